/* Reader of the compiled-in tables of published outcomes: comma-separated, quoted where needed (RFC 4180). */
#include "evidence/published.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"

enum { TRIAL, GROUP, ARM, PRODUCT, DOSE, REGIMEN, ENDPOINT, UNIT, DAY, N, VALUE, SD, SE, CI_LOW, CI_HIGH, EVENTS, ROLE, NOTE, SOURCE,
       COLUMNS };
#define HEADER "trial_id,cohort_group,arm,product,dose_cells,regimen,endpoint,unit,day,n,value,sd,se,ci_low,ci_high,events,role,note,source\n"
#define CELL 1024

typedef struct {
    const char *text, *end, *file;
    int line;
} reader;

/* one cell => `cell`; false at the end of the row. Longer cells are cut; no row of ours has one. */
static bool read_cell(reader *in, char cell[CELL], bool *last)
{
    size_t n = 0;
    bool quoted = in->text < in->end && *in->text == '"';
    if (quoted) in->text++;
    while (in->text < in->end) {
        char c = *in->text;
        if (quoted && c == '"') {
            in->text++;
            if (in->text < in->end && *in->text == '"') { /* a doubled quote is one */
                if (n < CELL - 1) cell[n++] = '"';
                in->text++;
                continue;
            }
            quoted = false;
            continue;
        }
        if (!quoted && (c == ',' || c == '\n')) break;
        if (n < CELL - 1) cell[n++] = c;
        in->text++;
    }
    cell[n] = 0;
    *last = in->text >= in->end || *in->text == '\n';
    if (in->text < in->end) in->text++;
    return !quoted;
}

static double number_or_missing(const char *cell, bool *fine)
{
    double value = NAN;
    if (cell[0] && !number_read(cell, strlen(cell), &value)) *fine = false;
    return value;
}

static void copy(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);
    if (n > size - 1) n = size - 1;
    memcpy(to, from, n);
    to[n] = 0;
}

/* cells of one row => *out; false if a number is not one or what must be there is missing */
static bool fill_row(char cells[COLUMNS][CELL], published_row *out)
{
    bool fine = true;
    double day = number_or_missing(cells[DAY], &fine);
    *out = (published_row){.dose_cells = number_or_missing(cells[DOSE], &fine),
                           .n = number_or_missing(cells[N], &fine),
                           .value = number_or_missing(cells[VALUE], &fine),
                           .sd = number_or_missing(cells[SD], &fine),
                           .ci_low = number_or_missing(cells[CI_LOW], &fine),
                           .ci_high = number_or_missing(cells[CI_HIGH], &fine),
                           .events = number_or_missing(cells[EVENTS], &fine)};
    copy(out->trial, sizeof out->trial, cells[TRIAL]);
    copy(out->arm, sizeof out->arm, cells[ARM]);
    copy(out->product, sizeof out->product, cells[PRODUCT]);
    copy(out->regimen, sizeof out->regimen, cells[REGIMEN]);
    copy(out->endpoint, sizeof out->endpoint, cells[ENDPOINT]);
    copy(out->unit, sizeof out->unit, cells[UNIT]);
    copy(out->role, sizeof out->role, cells[ROLE]);
    copy(out->note, sizeof out->note, cells[NOTE]);
    copy(out->source, sizeof out->source, cells[SOURCE]);
    if (!(day >= 0.0 && day < 1e5) || day != floor(day)) fine = false;
    else out->day = (int)day;
    bool counted = !isnan(out->events), averaged = !isnan(out->value);
    return fine && out->n >= 1.0 && counted != averaged && (!counted || (out->events >= 0.0 && out->events <= out->n))
        && out->endpoint[0] && out->role[0] && out->source[0];
}

islet_status published_parse(const char *text, size_t length, const char *file, published_row **rows, int *n_rows,
                             islet_problems *problems)
{
    if (length < sizeof HEADER - 1 || memcmp(text, HEADER, sizeof HEADER - 1) != 0) {
        problems_error(problems, file, 1, 1, "another heading was found; %.*s was expected; use these columns",
                       (int)sizeof HEADER - 2, HEADER);
        return ISLET_ERR_INPUT;
    }
    reader in = {text + sizeof HEADER - 1, text + length, file, 1};
    char(*cells)[CELL] = malloc(COLUMNS * sizeof *cells);
    islet_status status = cells ? ISLET_OK : ISLET_ERR_MEMORY;
    while (status == ISLET_OK && in.text < in.end) {
        bool last = false, whole = true;
        int n = 0;
        in.line++;
        for (; n < COLUMNS && !last; n++) whole = read_cell(&in, cells[n], &last) && whole;
        published_row row;
        if (!last || !whole || n != COLUMNS || !fill_row(cells, &row)) {
            problems_error(problems, file, in.line, 0, "a row that is not an outcome was found; %d cells with a day, n, a value "
                           "or events of n, a role and a source were expected; complete the row", COLUMNS);
            status = ISLET_ERR_INPUT;
            break;
        }
        published_row *grown = realloc(*rows, (size_t)(*n_rows + 1) * sizeof **rows);
        if (!grown) status = ISLET_ERR_MEMORY;
        else {
            *rows = grown;
            grown[(*n_rows)++] = row;
        }
    }
    free(cells);
    return status;
}

islet_status published_read(published_row **rows, int *n_rows, islet_problems *problems)
{
    static const char folder[] = "data/evidence/", ending[] = ".csv";
    islet_status status = ISLET_OK;
    *rows = NULL;
    *n_rows = 0;
    for (const embedded_file *file = islet_embedded_files; file->path && status == ISLET_OK; file++) {
        size_t length = strlen(file->path);
        if (strncmp(file->path, folder, sizeof folder - 1) != 0 || length < sizeof ending
            || strcmp(file->path + length - (sizeof ending - 1), ending) != 0) continue;
        status = published_parse((const char *)file->bytes, file->size, file->path, rows, n_rows, problems);
    }
    if (status == ISLET_OK) return ISLET_OK;
    free(*rows);
    *rows = NULL;
    *n_rows = 0;
    return status;
}
