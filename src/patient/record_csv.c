/* A patient record as a row of a CSV file: the header gives the keys of record.c, one row a person. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/problems.h"
#include "base/utf8.h"
#include "patient/record.h"

#define MAX_COLUMNS 256
#define MAX_CELL 256

typedef struct {
    const char *text, *end, *file;
    char separator;
    int line;
    islet_problems *problems;
    int errors;
} csv_reader;

static void csv_error(csv_reader *csv, int column, const char *text)
{
    csv->errors++;
    problems_error(csv->problems, csv->file, csv->line, column, "%s", text);
}

/* One cell without blanks around it; true when another follows in the same row. */
static bool next_cell(csv_reader *csv, int column, char out[MAX_CELL])
{
    size_t n = 0;
    bool quoted = csv->text < csv->end && *csv->text == '"', open = quoted, cut = false;
    csv->text += quoted;
    for (; csv->text < csv->end; csv->text++) {
        char c = *csv->text;
        if (open && c == '"') {
            if (csv->text + 1 < csv->end && csv->text[1] == '"') csv->text++;
            else {
                open = false;
                continue;
            }
        } else if (c == '\n' || c == '\r' || (!open && c == csv->separator)) {
            break;
        }
        if (n == 0 && c == ' ') continue;
        if (n + 1 < MAX_CELL) out[n++] = c;
        else cut = true;
    }
    while (n > 0 && out[n - 1] == ' ') n--;
    out[n] = '\0';
    if (open) csv_error(csv, column, "a quote is not closed on its line; a closing quote is expected; add it");
    if (cut) csv_error(csv, column, "a cell is longer than 255 bytes; values are short; check the separators");
    bool more = csv->text < csv->end && *csv->text == csv->separator;
    csv->text += more;
    return more;
}

static void next_line(csv_reader *csv)
{
    if (csv->text < csv->end && *csv->text == '\r') csv->text++;
    if (csv->text < csv->end && *csv->text == '\n') csv->text++;
    csv->line++;
}

/* The separator of the header: the one of comma, semicolon and tab that occurs first. */
static char separator_of(const char *text)
{
    char found = text[strcspn(text, ",;\t\r\n")];
    return found == ';' || found == '\t' ? found : ',';
}

static bool check_text(csv_reader *csv)
{
    for (const char *at = csv->text; at < csv->end;) {
        uint32_t code;
        size_t n = utf8_read(at, (size_t)(csv->end - at), &code);
        if (n == 0 || code == 0) {
            csv_error(csv, 0, n ? "a NUL byte (as in UTF-16); UTF-8 text is expected; save the file as UTF-8"
                                : "bytes that are not UTF-8; UTF-8 text is expected; save the file as UTF-8");
            return false;
        }
        csv->line += *at == '\n';
        at += n;
    }
    csv->line = 1;
    if (csv->end - csv->text >= 3 && memcmp(csv->text, "\xef\xbb\xbf", 3) == 0) csv->text += 3;
    return true;
}

/* Names of the columns, and how many of them are a patient's. */
static int read_names(csv_reader *csv, char (*names)[MAX_CELL], int *known)
{
    int n = 0;
    *known = 0;
    for (bool more = true; more && n < MAX_COLUMNS; n++) {
        more = next_cell(csv, n + 1, names[n]);
        *known += record_key_known(names[n]);
    }
    return n;
}

static bool check_names(csv_reader *csv, char (*names)[MAX_CELL], int n, int known)
{
    const char *words[64];
    if (known == 0) {
        csv_error(
            csv, 1,
            "none of the columns is one of a patient, such as age_year, hba1c_pct or weight_kg; of tables islet knows patients, "
            "evidence rows (trial_id, endpoint, ..), studies to pool (ai, bi, ci, di; yi, vi; ..) and claims (claim_id, claim); "
            "name the columns so, see docs/formats.md");
        return false;
    }
    for (int k = 0; k < n; k++) {
        for (int i = 0; i < k; i++)
            if (strcmp(names[i], names[k]) == 0)
                csv_error(csv, k + 1, "a column occurs twice; each name once is expected; drop one");
        if (strcmp(names[k], "id") == 0 || record_key_known(names[k])) continue;
        const char *nearest = yaml_nearest(names[k], record_keys(words));
        problems_warning(csv->problems, csv->file, 1, k + 1, "the column '%.60s' is not read%s%s%s", names[k],
                         nearest ? "; did you mean '" : "", nearest ? nearest : "", nearest ? "'" : "");
    }
    return true;
}

/* Does this row hold what the choice asks for? */
static bool chosen(const record_choice *choice, int64_t row, const char *id)
{
    if (!choice || (choice->row == 0 && !choice->id)) return true;
    return choice->id ? strcmp(choice->id, id) == 0 : choice->row == row;
}

static void set_cells(csv_reader *csv, char (*names)[MAX_CELL], char (*cells)[MAX_CELL], int n, patient_record *out)
{
    char where[240];
    snprintf(where, sizeof where, "%.200s:%d", csv->file, csv->line);
    for (int i = 0; i < n; i++) {
        record_place place = {csv->file, csv->line, i + 1, csv->problems};
        if (strcmp(names[i], "id") == 0) snprintf(out->id, sizeof out->id, "%.90s", cells[i]);
        else if (*cells[i] && record_key_known(names[i])) csv->errors += !record_set_text(out, names[i], cells[i], where, place);
    }
}

static int64_t read_rows(csv_reader *csv, char (*names)[MAX_CELL], char (*cells)[MAX_CELL], int n_names,
                         const record_choice *choice, patient_record *out)
{
    int64_t found = 0;
    for (int64_t row = 1; csv->text < csv->end; next_line(csv)) {
        const char *id = "";
        int n = 0;
        if (*csv->text == '\n' || *csv->text == '\r') continue;
        for (bool more = true; more && n < MAX_COLUMNS; n++) {
            more = next_cell(csv, n + 1, cells[n]);
            if (n < n_names && strcmp(names[n], "id") == 0) id = cells[n];
        }
        csv->text += strcspn(csv->text, "\r\n");
        if (n != n_names)
            csv_error(csv, 0,
                      "a row has another number of cells than the header; one a column is expected; correct it");
        else if (chosen(choice, row, id)) {
            memset(out, 0, sizeof *out);
            set_cells(csv, names, cells, n, out);
            found++;
        }
        row++;
    }
    return found;
}

/* Of rows that share an id the id chooses none; a number chooses one. */
static void say_several(csv_reader *csv, int64_t found, const record_choice *choice)
{
    char text[200];
    if (choice->id)
        snprintf(text, sizeof text, "%lld rows have the id '%.60s'; one patient is read at a time; choose with --row N, or give each row its own id",
                 (long long)found, choice->id);
    else snprintf(text, sizeof text, "several rows; one patient is read at a time; choose with --row N or --id TEXT");
    csv_error(csv, 0, text);
}

islet_status record_read_csv(const char *text, size_t length, const char *path, const record_choice *choice, patient_record *out,
                             islet_problems *problems)
{
    csv_reader csv = {text, text + length, path, separator_of(text), 1, problems, 0};
    char(*names)[MAX_CELL] = calloc(MAX_COLUMNS, MAX_CELL), (*cells)[MAX_CELL] = calloc(MAX_COLUMNS, MAX_CELL);
    bool room = names && cells;
    int known, n;
    if (room && check_text(&csv) && (n = read_names(&csv, names, &known)) > 0 && check_names(&csv, names, n, known)) {
        next_line(&csv);
        int64_t found = read_rows(&csv, names, cells, n, choice, out);
        csv.line = 0; /* what follows is about no line */
        if (found == 0) csv_error(&csv, 0, "no such row; a row below the header is expected; check --row or --id");
        if (found > 1 && choice)
            say_several(&csv, found, choice);
    }
    free(cells);
    free(names);
    return !room ? ISLET_ERR_MEMORY : csv.errors == 0 ? ISLET_OK : ISLET_ERR_INPUT;
}

bool record_csv_is_one(const char *text, size_t length)
{
    csv_reader csv = {text, text + length, "", separator_of(text), 1, NULL, 0};
    char(*names)[MAX_CELL] = calloc(MAX_COLUMNS, MAX_CELL);
    int known = 0;
    if (names && check_text(&csv)) read_names(&csv, names, &known);
    free(names);
    return known > 0;
}
