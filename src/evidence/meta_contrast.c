/* islet meta --contrast A,B: a table of arms (one row an arm, column treatment or trt) as a table of studies, A less B. Means and counts
 * go side by side into the usual columns; effects with a variance are subtracted, their variances added, since arms of a trial are
 * other people. Other columns stay where both arms say the same: a row of a pair has one value or none. */
#include "evidence/meta_contrast.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/word.h"

#define NUMBERS 3

/* columns of an arm => of a pair, the arm's numbers first */
static const struct {
    int n;
    const char *arm[NUMBERS], *pair[2 * NUMBERS];
} layouts[] = {
    {3, {"mi", "sdi", "ni"}, {"m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"}},
    {2, {"xi", "ni"}, {"ai", "n1i", "ci", "n2i"}},
    {2, {"yi", "vi"}, {"yi", "vi"}},
    {2, {"yi", "sei"}, {"yi", "sei"}},
};
#define LAYOUTS ((int)(sizeof layouts / sizeof *layouts))

typedef struct {
    const csv_file *arms;
    const char *path;
    islet_problems *problems;
    int study, treatment, layout, numbers[NUMBERS]; /* columns of the arms */
    const char *first, *second; /* treatments; the first ends at a comma */
    size_t first_length;
    csv_file out; /* its texts are those of `arms`, the header's names, or its own bytes */
    char *at;     /* where the next number is written, in out.bytes */
} contrast;

static islet_status refuse(const contrast *in, islet_status status, int line, const char *format, const char *what)
{
    problems_error(in->problems, in->path, line, line, format, what);
    return status;
}

static islet_status find_columns(contrast *in)
{
    static const char *const names[] = {"study", "trial", "author", "id", "source", "name"};
    in->study = -1;
    for (size_t i = 0; in->study < 0 && i < sizeof names / sizeof *names; i++)
        in->study = csv_column(in->arms, names[i]);
    in->treatment = csv_column(in->arms, "treatment");
    if (in->treatment < 0) in->treatment = csv_column(in->arms, "trt");
    for (in->layout = 0; in->layout < LAYOUTS; in->layout++) {
        bool found = true;
        for (int i = 0; found && i < layouts[in->layout].n; i++)
            found = (in->numbers[i] = csv_column(in->arms, layouts[in->layout].arm[i])) >= 0;
        if (found) break;
    }
    if (in->study >= 0 && in->treatment >= 0 && in->layout < LAYOUTS) return ISLET_OK;
    return refuse(in, ISLET_ERR_INPUT, 1,
                  "the columns of arms are not in the header%s; expected study, treatment (or trt), and mi,sdi,ni or xi,ni or "
                  "yi,vi or yi,sei; rename them",
                  "");
}

/* whether the arm of a row was given the first (0) or the second (1) of the pair */
static bool is_of(const contrast *in, int row, int side)
{
    const char *text = csv_cell_at(in->arms, row, in->treatment)->text;
    if (side == 1) return word_same(text, in->second);
    size_t same = 0;
    while (same < in->first_length && text[same] && word_small(text[same]) == word_small(in->first[same])) same++;
    return same == in->first_length && !text[same];
}

static bool is_of_both(const contrast *in)
{
    for (int row = 0; row < in->arms->rows; row++)
        if (is_of(in, row, 0) && is_of(in, row, 1)) return true;
    return false;
}

/* names may have commas in them: the first place where both sides are treatments of the table */
static islet_status find_pair(contrast *in, const char *pair)
{
    for (const char *comma = strchr(pair, ','); comma; comma = strchr(comma + 1, ',')) {
        bool found[2] = {false};
        in->first = pair, in->first_length = (size_t)(comma - pair), in->second = comma + 1;
        for (int row = 0; row < in->arms->rows; row++)
            for (int side = 0; side < 2; side++) found[side] = found[side] || is_of(in, row, side);
        if (found[0] && found[1] && !is_of_both(in)) return ISLET_OK;
    }
    return refuse(in, ISLET_ERR_ARGUMENT, 0,
                  "contrast '%s'; expected two treatments of the table as A,B (A less B); see its column treatment", pair);
}

/* row of the study's other arm; -1 when it has none */
static int row_of(const contrast *in, const char *study, int side)
{
    for (int row = 0; row < in->arms->rows; row++)
        if (is_of(in, row, side) && strcmp(csv_cell_at(in->arms, row, in->study)->text, study) == 0) return row;
    return -1;
}

static bool each_arm_once(const contrast *in)
{
    bool fine = true;
    for (int row = 0; row < in->arms->rows; row++)
        for (int side = 0; side < 2; side++) {
            const csv_cell *study = csv_cell_at(in->arms, row, in->study), *arm = csv_cell_at(in->arms, row, in->treatment);
            if (!is_of(in, row, side)) continue;
            if (study->text[0] && row_of(in, study->text, side) == row) continue;
            problems_error(in->problems, in->path, arm->line, study->text[0] ? arm->column : study->column, "%s",
                           study->text[0] ? "a treatment twice in a study; expected each once; put its arms together"
                                          : "no name of the study; expected the same name in both of its arms; write it");
            fine = false;
        }
    return fine;
}

/* NaN when missing */
static bool number_at(const contrast *in, int row, int i, double *out)
{
    const csv_cell *cell = csv_cell_at(in->arms, row, in->numbers[i]);
    *out = NAN;
    if (!cell->text[0]) return true;
    if (number_read(cell->text, strlen(cell->text), out) && (i == 0 || *out >= 0)) return true;
    problems_error(in->problems, in->path, cell->line, cell->column, "'%s'; expected %s; correct the row", cell->text,
                   i == 0 ? "a plain number, or nothing or NA when it is missing" : "0 or more, or nothing or NA when it is missing");
    return false;
}

static const char *text_of(contrast *in, double value)
{
    char *text = in->at;
    if (!isfinite(value)) return "";
    number_write(value, text);
    in->at += strlen(text) + 1;
    return text;
}

static bool subtract(contrast *in, const int rows[2], csv_cell *to)
{
    double y[2], v[2];
    bool fine = true, se = strcmp(layouts[in->layout].arm[1], "sei") == 0;
    for (int side = 0; side < 2; side++)
        fine = number_at(in, rows[side], 0, &y[side]) && number_at(in, rows[side], 1, &v[side]) && fine;
    if (!fine) return false;
    to[0].text = text_of(in, y[0] - y[1]);
    to[1].text = text_of(in, se ? hypot(v[0], v[1]) : v[0] + v[1]);
    return true;
}

/* is the column a number or the treatment of an arm? */
static bool goes_into_pair(const contrast *in, int column)
{
    for (int i = 0; i < layouts[in->layout].n; i++)
        if (column == in->numbers[i]) return true;
    return column == in->treatment;
}

/* the row of one pair; places are those of the arms */
static bool write_pair(contrast *in, const int rows[2], csv_cell *to)
{
    const int n = layouts[in->layout].n;
    const bool effects = layouts[in->layout].pair[2] == NULL; /* one column each, subtracted */
    int at = 0;
    for (int side = 0; side < (effects ? 1 : 2); side++)
        for (int i = 0; i < n; i++) to[at++] = *csv_cell_at(in->arms, rows[side], in->numbers[i]);
    for (int column = 0; column < in->arms->columns; column++) {
        const csv_cell *a = csv_cell_at(in->arms, rows[0], column), *b = csv_cell_at(in->arms, rows[1], column);
        if (goes_into_pair(in, column)) continue;
        to[at] = *a;
        if (strcmp(a->text, b->text) != 0) to[at].text = "";
        at++;
    }
    return !effects || subtract(in, rows, to);
}

static void write_header(contrast *in)
{
    int at = 0;
    for (int i = 0; i < 2 * NUMBERS && layouts[in->layout].pair[i]; i++)
        in->out.cells[at++] = (csv_cell){layouts[in->layout].pair[i], 1, 1};
    for (int column = 0; column < in->arms->columns; column++)
        if (!goes_into_pair(in, column)) in->out.cells[at++] = in->arms->cells[column];
    in->out.columns = at;
}

/* one row a study with both arms; the arms without the other are counted */
static bool write_pairs(contrast *in, int *alone)
{
    bool fine = true;
    *alone = 0;
    for (int row = 0; row < in->arms->rows; row++) {
        const char *study = csv_cell_at(in->arms, row, in->study)->text;
        const int rows[2] = {row_of(in, study, 0), row_of(in, study, 1)};
        *alone += (rows[0] == row && rows[1] < 0) || (rows[1] == row && rows[0] < 0);
        if (rows[0] < 0 || rows[1] < 0 || row != (rows[0] < rows[1] ? rows[0] : rows[1])) continue;
        fine = write_pair(in, rows, &in->out.cells[(++in->out.rows) * in->out.columns]) && fine;
    }
    return fine;
}

islet_status meta_contrast(const csv_file *arms, const char *pair, const char *path, csv_file *out,
                           islet_problems *problems)
{
    contrast in = {.arms = arms, .path = path, .problems = problems};
    const size_t rows = (size_t)arms->rows + 1;
    int alone = 0;
    islet_status status = find_columns(&in);
    if (status == ISLET_OK) status = find_pair(&in, pair);
    if (status == ISLET_OK && !each_arm_once(&in)) status = ISLET_ERR_INPUT;
    if (status != ISLET_OK) return status;
    in.out.cells = malloc(rows * ((size_t)arms->columns + 2 * NUMBERS) * sizeof *in.out.cells);
    in.out.bytes = malloc(rows * 2 * NUMBER_TEXT);
    if (!in.out.cells || !in.out.bytes) {
        status = ISLET_ERR_MEMORY;
        goto done;
    }
    in.at = in.out.bytes;
    write_header(&in);
    if (!write_pairs(&in, &alone)) status = ISLET_ERR_INPUT;
    if (alone > 0)
        problems_warning(problems, path, 0, 0,
                         "%d arms of the contrast have no other arm in their study; expected both; they are no part of it",
                         alone);
    if (status == ISLET_OK && in.out.rows == 0)
        status = refuse(&in, ISLET_ERR_INPUT, 0, "no study has both arms of '%s'; expected one or more; choose another pair",
                        pair);
done:
    if (status == ISLET_OK) *out = in.out;
    else csv_free(&in.out);
    return status;
}
