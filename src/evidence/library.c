/* Reader of the tables of data/evidence that are lists of text and numbers; their columns are library.def. */
#include "evidence/library.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "evidence/outcome_table.h"

#define TEXT "@text"
#define NEEDED "@needed"
#define NUMBER "@number"
#define COUNT "@count"
#define P "@p"
#define ADDRESS "@address"
#define SOURCE "@source"

static const struct {
    const char *table; /* begins a table; NULL in its columns */
    int key;
    const char *column, *kind;
} list[] = {
#define TABLE(name_, key_) {.table = #name_, .key = key_},
#define COLUMN(name_, kind_) {.column = #name_, .kind = kind_},
#include "evidence/library.def"
#undef TABLE
#undef COLUMN
};
#define LIST_N ((int)(sizeof list / sizeof *list))
#define COLUMNS_MAX 64

typedef struct {
    const char *path;
    islet_problems *problems;
    csv_file file;
    int first, n;             /* columns of the table in `list` */
    int columns[COLUMNS_MAX]; /* of the file */
    int errors;
} reader;

static int table_find(const char *name, int *n)
{
    for (int i = 0; i < LIST_N; i++) {
        if (!list[i].table || strcmp(list[i].table, name) != 0) continue;
        *n = 0;
        while (i + 1 + *n < LIST_N && list[i + 1 + *n].column) ++*n;
        return i + 1;
    }
    return -1;
}

static const csv_cell *cell_of(const reader *in, int row, int column)
{
    return csv_cell_at(&in->file, row, in->columns[column]);
}

static bool number_in(const char *text, double *out)
{
    *out = NAN;
    return !text[0] || number_read(text, strlen(text), out);
}

/* the words of `kind` have one blank between them */
static bool word_in(const char *word, const char *words)
{
    size_t length = strlen(word);
    for (const char *at = words;; at++) {
        size_t n = strcspn(at, " ");
        if (n == length && memcmp(at, word, n) == 0) return true;
        at += n;
        if (!*at) return false;
    }
}

/* what was expected, NULL when the cell is that */
static const char *wrong_cell(const char *text, const char *kind)
{
    double value;
    if (strcmp(kind, TEXT) == 0) return NULL;
    if (strcmp(kind, NEEDED) == 0) return text[0] ? NULL : "some text";
    if (strcmp(kind, NUMBER) == 0)
        return number_in(text, &value) ? NULL : "a plain number, or nothing when it is unknown";
    if (strcmp(kind, COUNT) == 0)
        return number_in(text, &value) && !(value < 0) && !(value != floor(value) && !isnan(value))
                   ? NULL
                   : "a whole number, or nothing when it is unknown";
    if (strcmp(kind, P) == 0) {
        bool fine = number_in(text[0] == '<' ? text + 1 : text, &value) && !(value < 0) && !(value > 1) &&
                    strcmp(text, "<") != 0;
        return fine ? NULL : "a probability, as 0.02 or <0.001";
    }
    bool address = strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
    if (strcmp(kind, ADDRESS) == 0) return address || !text[0] ? NULL : "an address that begins with http, or nothing";
    if (strcmp(kind, SOURCE) == 0) return address ? NULL : "the address where it was read";
    return word_in(text, kind) ? NULL : kind;
}

static void refuse(reader *in, const csv_cell *cell, const char *column, const char *expected)
{
    problems_error(in->problems, in->path, cell->line, cell->column, "%s is '%s'; expected %s%s; correct the row",
                   column, cell->text, expected[0] == ' ' ? "nothing or one of" : "", expected);
    in->errors++;
}

static int column_named(const reader *in, const char *name)
{
    for (int i = 0; i < in->n; i++)
        if (strcmp(list[in->first + i].column, name) == 0) return i;
    return -1;
}

static double number_at(const reader *in, int row, int column)
{
    double value = NAN;
    if (column >= 0 && !number_in(cell_of(in, row, column)->text, &value)) return NAN;
    return value;
}

/* an estimate lies between the ends of its interval, a value in its range */
static void check_order(reader *in, int row)
{
    static const char *const triples[][3] = {{"ci_low", "estimate", "ci_high"}, {"low", "value", "high"}};
    for (size_t i = 0; i < sizeof triples / sizeof *triples; i++) {
        int column[3];
        double value[3];
        for (int j = 0; j < 3; j++) {
            column[j] = column_named(in, triples[i][j]);
            value[j] = number_at(in, row, column[j]);
        }
        if (value[0] > value[1])
            refuse(in, cell_of(in, row, column[0]), triples[i][0], "no more than the value itself");
        else if (value[2] < value[1])
            refuse(in, cell_of(in, row, column[2]), triples[i][2], "no less than the value itself");
    }
}

static bool same_key(const reader *in, int row, int other)
{
    for (int i = 0; i < list[in->first - 1].key; i++)
        if (strcmp(cell_of(in, row, i)->text, cell_of(in, other, i)->text) != 0) return false;
    return list[in->first - 1].key > 0;
}

static void check_row(reader *in, int row)
{
    for (int i = 0; i < in->n; i++) {
        const csv_cell *cell = cell_of(in, row, i);
        const char *expected = wrong_cell(cell->text, list[in->first + i].kind);
        if (expected) refuse(in, cell, list[in->first + i].column, expected);
    }
    check_order(in, row);
    for (int other = 0; other < row; other++)
        if (same_key(in, row, other)) {
            problems_error(in->problems, in->path, cell_of(in, row, 0)->line, cell_of(in, row, 0)->column,
                           "%s '%s' stands in line %d too; expected one row each; remove one", list[in->first].column,
                           cell_of(in, row, 0)->text, cell_of(in, other, 0)->line);
            in->errors++;
            break;
        }
}

static void read_header(reader *in)
{
    for (int i = 0; i < in->n; i++) {
        in->columns[i] = csv_column(&in->file, list[in->first + i].column);
        if (in->columns[i] >= 0) continue;
        problems_error(in->problems, in->path, 1, 1,
                       "there is no column '%s'; expected every column of %s (docs/evidence.md); add it",
                       list[in->first + i].column, list[in->first - 1].table);
        in->errors++;
    }
    for (int i = 0; i < in->file.columns; i++)
        if (column_named(in, in->file.cells[i].text) < 0)
            problems_warning(in->problems, in->path, 1, in->file.cells[i].column,
                             "the column '%s' is not read; expected a column of %s (docs/evidence.md)",
                             in->file.cells[i].text, list[in->first - 1].table);
}

static islet_status to_table(const reader *in, islet_table **out)
{
    const char *names[COLUMNS_MAX], *cells[COLUMNS_MAX];
    bool numbers[COLUMNS_MAX];
    for (int i = 0; i < in->n; i++) {
        names[i] = list[in->first + i].column;
        numbers[i] = strcmp(list[in->first + i].kind, NUMBER) == 0 || strcmp(list[in->first + i].kind, COUNT) == 0;
    }
    bool fine = (*out = table_create(in->n, names, numbers));
    for (int row = 0; fine && row < in->file.rows; row++) {
        for (int i = 0; i < in->n; i++) cells[i] = cell_of(in, row, i)->text;
        fine = table_add_row(*out, cells);
    }
    if (fine) return ISLET_OK;
    islet_table_free(*out);
    *out = NULL;
    return ISLET_ERR_MEMORY;
}

static islet_status read_csv(const char *name, const char *path, csv_file *out, islet_problems *problems)
{
    char shipped[96] = "data/evidence/";
    if (path) return csv_read(path, out, problems);
    size_t at = strlen(shipped), n = strlen(name);
    if (n + at + 5 > sizeof shipped) return ISLET_ERR_UNKNOWN_NAME;
    memcpy(shipped + at, name, n);
    memcpy(shipped + at + n, ".csv", 5);
    const embedded_file *file = embedded_find(shipped);
    return file ? csv_parse((const char *)file->bytes, file->size, file->path, out, problems) : ISLET_ERR_UNKNOWN_NAME;
}

islet_status library_table(const char *name, const char *path, islet_table **out, islet_problems *problems)
{
    reader in = {.path = path ? path : name, .problems = problems};
    *out = NULL;
    in.first = table_find(name, &in.n);
    if (in.first < 0) return ISLET_ERR_UNKNOWN_NAME;
    islet_status status = read_csv(name, path, &in.file, problems);
    if (status != ISLET_OK) return status;
    read_header(&in);
    for (int row = 0, whole = in.errors == 0; whole && row < in.file.rows; row++) check_row(&in, row);
    status = in.errors ? ISLET_ERR_INPUT : to_table(&in, out);
    csv_free(&in.file);
    return status;
}

/* the header begins with the first three columns of the table that `list` has at `first` */
static bool begins(const char *text, size_t size, int first)
{
    for (int i = 0; i < 3; i++) {
        size_t n = strlen(list[first + i].column);
        if (size < n + 1 || memcmp(text, list[first + i].column, n) != 0 || (text[n] != ',' && text[n] != '\t'))
            return false;
        text += n + 1, size -= n + 1;
    }
    return true;
}

const char *library_kind(const char *text, size_t size)
{
    for (int i = 0; i < LIST_N; i++)
        if (list[i].table && begins(text, size, i + 1)) return list[i].table;
    return NULL;
}

/* ---- for everybody ---- */

const char *const *islet_evidence_names(void)
{
    static const char *const names[] = {"outcomes",
#define TABLE(name_, key_) #name_,
#define COLUMN(name_, kind_)
#include "evidence/library.def"
#undef TABLE
#undef COLUMN
                                        NULL};
    return names;
}

islet_status islet_evidence_table(const char *name, const char *path, islet_table **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!name) return ISLET_ERR_ARGUMENT;
    return strcmp(name, "outcomes") == 0 ? outcome_table(path, out, problems)
                                         : library_table(name, path, out, problems);
}
