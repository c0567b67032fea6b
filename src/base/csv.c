/* Reader of tables from outside. The separator is the one the header shows: tab, else comma, else semicolon (spreadsheets where
 * the comma is decimal), else blanks. Lines of nothing but separators, as spreadsheets leave them, are no rows. */
#include "base/csv.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/problems.h"
#include "base/utf8.h"

#define BYTES_MAX (4u << 20)
#define COLUMNS_MAX 200
#define ROWS_MAX 5000

typedef struct {
    char *at;
    const char *line_start, *path;
    int line, room, n;
    char separator; /* ' ' is any run of blanks */
    csv_cell *cells;
    islet_problems *problems;
} reader;

static bool ends_line(char c)
{
    return c == '\n' || c == '\r' || c == 0;
}

/* unquote in place; leaves `at` behind the closing quote. False when the quote is not closed on its line. */
static bool read_quoted(reader *in)
{
    char *to = in->at++;
    for (; !ends_line(*in->at) || *in->at == '\r'; in->at++) {
        if (*in->at == '"' && in->at[1] != '"') {
            in->at++;
            memset(to, 0, (size_t)(in->at - to)); /* nothing after the closing quote belongs to the cell */
            return true;
        }
        if (*in->at == '"') in->at++;
        *to++ = *in->at;
    }
    return false;
}

static islet_status add_cell(reader *in, const char *text, int column)
{
    if (in->n == in->room) {
        int room = in->room ? 2 * in->room : 256;
        csv_cell *more = realloc(in->cells, (size_t)room * sizeof *more);
        if (!more) return ISLET_ERR_MEMORY;
        in->cells = more;
        in->room = room;
    }
    in->cells[in->n++] = (csv_cell){strcmp(text, "NA") == 0 || strcmp(text, ".") == 0 ? "" : text, in->line, column};
    return ISLET_OK;
}

static void skip_blanks(reader *in)
{
    while (*in->at == ' ' || (in->separator == ' ' && *in->at == '\t')) in->at++;
}

/* one cell and the separator behind it; *more says that another follows in the line */
static islet_status read_cell(reader *in, bool *more)
{
    skip_blanks(in);
    char *text = in->at;
    int column = (int)(text - in->line_start) + 1;
    if (*text == '"') {
        if (!read_quoted(in)) {
            problems_error(in->problems, in->path, in->line, column,
                           "a quote is not closed in its line; expected '\"' at the end of the cell; add it");
            return ISLET_ERR_INPUT;
        }
    } else {
        while (!ends_line(*in->at) && *in->at != in->separator && !(in->separator == ' ' && *in->at == '\t')) in->at++;
    }
    char *end = in->at;
    skip_blanks(in);
    bool separated = in->separator == ' ' ? in->at > end && !ends_line(*in->at) : *in->at == in->separator;
    if (!separated && !ends_line(*in->at)) {
        problems_error(in->problems, in->path, in->line, (int)(in->at - in->line_start) + 1,
                       "text follows a quoted cell; expected the separator; quote the whole cell");
        return ISLET_ERR_INPUT;
    }
    *more = separated;
    if (in->separator != ' ' && separated) in->at++;
    if (!separated) { /* the end of the line; its bytes become the end of the text */
        if (*in->at == '\r') *in->at++ = 0;
        if (*in->at == '\n') *in->at++ = 0;
    }
    while (end > text && end[-1] == ' ') end--;
    *end = 0;
    return add_cell(in, text, column);
}

static islet_status read_line(reader *in, int *cells)
{
    bool more = true;
    in->line_start = in->at;
    int before = in->n;
    islet_status status = ISLET_OK;
    while (more && status == ISLET_OK && in->n - before <= COLUMNS_MAX) status = read_cell(in, &more);
    *cells = in->n - before;
    in->line++;
    return status;
}

static islet_status read_lines(reader *in, const char *end, csv_file *out)
{
    bool fine = true;
    while (in->at < end) {
        char *first = in->at + strspn(in->at, in->separator == ',' ? ", \t\r" : in->separator == ';' ? "; \t\r" : " \t\r");
        if (*first == '\n') { /* an empty line */
            in->at = first + 1;
            in->line++;
            continue;
        }
        int cells, line = in->line;
        if (first >= end) break;
        islet_status status = read_line(in, &cells);
        if (status != ISLET_OK) return status;
        if (!out->columns) out->columns = cells;
        else out->rows++;
        if (out->rows > ROWS_MAX) {
            problems_error(in->problems, in->path, line, 1, "row %d; expected at most %d; split the table", out->rows, ROWS_MAX);
            return ISLET_ERR_INPUT;
        }
        if (cells == out->columns && cells <= COLUMNS_MAX) continue;
        problems_error(in->problems, in->path, line, 1,
                       "%d cells in this row; the header has %d; expected as many, at most %d; quote cells with the separator",
                       cells, out->columns, COLUMNS_MAX);
        if (cells > COLUMNS_MAX) return ISLET_ERR_INPUT; /* no table at all */
        fine = false;
    }
    if (!fine) return ISLET_ERR_INPUT;
    if (out->rows > 0) return ISLET_OK;
    problems_error(in->problems, in->path, 0, 0, "no row; expected a header and one row for each study or fact");
    return ISLET_ERR_INPUT;
}

/* text that a table can be made of: UTF-8 without zero bytes; says where the first odd byte stands */
static bool readable(const char *text, size_t size, const char *path, islet_problems *problems)
{
    int line = 1;
    size_t start = 0, n;
    uint32_t code;
    for (size_t at = 0; at < size; at += n) {
        n = utf8_read(text + at, size - at, &code);
        if (n == 0 || code == 0) {
            problems_error(
                problems, path, line, (int)(at - start) + 1,
                "a byte that is no text in UTF-8; expected text; export the table as CSV in UTF-8 (no UTF-16, no spreadsheet file)");
            return false;
        }
        if (code == '\n') line++, start = at + 1;
    }
    return true;
}

/* two columns of one name would make it a matter of chance which is read */
static bool header_is_unique(const csv_file *file, const char *path, islet_problems *problems)
{
    bool unique = true;
    for (int i = 1; i < file->columns; i++) {
        const csv_cell *cell = &file->cells[i];
        if (!cell->text[0] || csv_column(file, cell->text) == i) continue;
        problems_error(problems, path, cell->line, cell->column,
                       "a second column '%s'; expected every name once; rename or remove one", cell->text);
        unique = false;
    }
    return unique;
}

/* reads out->bytes, whose `size` bytes are followed by a 0 */
static islet_status read_table(const char *path, size_t size, csv_file *out, islet_problems *problems)
{
    reader in = {.at = out->bytes, .path = path, .line = 1, .problems = problems};
    islet_status status = ISLET_ERR_INPUT;
    if (readable(out->bytes, size, path, problems)) {
        if (strncmp(in.at, "\xef\xbb\xbf", 3) == 0) in.at += 3;
        size_t header = strcspn(in.at, "\n");
        in.separator = memchr(in.at, '\t', header)  ? '\t'
                       : memchr(in.at, ',', header) ? ','
                       : memchr(in.at, ';', header) ? ';'
                                                    : ' ';
        status = read_lines(&in, out->bytes + size, out);
        out->cells = in.cells;
    }
    if (status == ISLET_OK && !header_is_unique(out, path, problems)) status = ISLET_ERR_INPUT;
    if (status != ISLET_OK) csv_free(out);
    return status;
}

islet_status csv_read(const char *path, csv_file *out, islet_problems *problems)
{
    *out = (csv_file){0};
    size_t size;
    islet_status status = file_read(path, BYTES_MAX, &out->bytes, &size, problems);
    return status == ISLET_OK ? read_table(path, size, out, problems) : status;
}

islet_status csv_parse(const char *text, size_t size, const char *path, csv_file *out, islet_problems *problems)
{
    *out = (csv_file){.bytes = malloc(size + 1)};
    if (!out->bytes) return ISLET_ERR_MEMORY;
    memcpy(out->bytes, text, size);
    out->bytes[size] = 0;
    return read_table(path, size, out, problems);
}

void csv_free(csv_file *file)
{
    free(file->bytes);
    free(file->cells);
    *file = (csv_file){0};
}

int csv_column(const csv_file *file, const char *name)
{
    for (int i = 0; i < file->columns; i++)
        if (strcmp(file->cells[i].text, name) == 0) return i;
    return -1;
}

const csv_cell *csv_cell_at(const csv_file *file, int row, int column)
{
    return &file->cells[(row + 1) * file->columns + column];
}
