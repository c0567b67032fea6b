/* The table of what was set by hand: parameter, trial_id, arm, endpoint, day (empty: all days), because. */
#include "evidence/by_hand.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"

#define SHIPPED "data/evidence/set_by_hand.csv"

enum { PARAMETER, TRIAL, ARM, ENDPOINT, DAY, COLUMNS };
static const char *const names[COLUMNS] = {"parameter", "trial_id", "arm", "endpoint", "day"};

static const char *text_at(const by_hand *h, int row, int column)
{
    return csv_cell_at(&h->file, row, h->columns[column])->text;
}

/* bits in the order in which parameters come; -1 when there are too many */
static int bit_of(by_hand *h, int row)
{
    for (int before = 0; before < row; before++)
        if (strcmp(text_at(h, before, PARAMETER), text_at(h, row, PARAMETER)) == 0) return h->bit[before];
    return h->n < BY_HAND_MAX ? h->n++ : -1;
}

/* false after a message */
static bool check_row(const by_hand *h, int row, const char *path, islet_problems *problems)
{
    double day;
    const char *text = text_at(h, row, DAY);
    const int line = csv_cell_at(&h->file, row, 0)->line;
    if (h->bit[row] < 0) {
        problems_error(problems, path, line, 0, "more than %d parameters; expected fewer", BY_HAND_MAX);
        return false;
    }
    if (!*text || number_read(text, strlen(text), &day)) return true;
    problems_error(problems, path, line, 0, "day: '%.20s'; expected whole days, or nothing for all of the arm; correct it", text);
    return false;
}

islet_status by_hand_parse(const char *text, size_t size, const char *path, by_hand *out, islet_problems *problems)
{
    *out = (by_hand){0};
    islet_status status = csv_parse(text, size, path, &out->file, problems);
    if (status != ISLET_OK) return status;
    for (int c = 0; c < COLUMNS; c++) {
        out->columns[c] = csv_column(&out->file, names[c]);
        if (out->columns[c] >= 0) continue;
        problems_error(problems, path, 1, 0, "the column %s is missing; expected parameter, trial_id, arm, endpoint, day; add it", names[c]);
        status = ISLET_ERR_INPUT;
    }
    out->bit = calloc((size_t)out->file.rows + 1, sizeof *out->bit);
    if (!out->bit) status = ISLET_ERR_MEMORY;
    for (int row = 0; row < out->file.rows && status == ISLET_OK; row++) {
        out->bit[row] = bit_of(out, row);
        if (!check_row(out, row, path, problems)) status = ISLET_ERR_INPUT;
    }
    if (status != ISLET_OK) by_hand_free(out);
    return status;
}

islet_status by_hand_shipped(by_hand *out, islet_problems *problems)
{
    const embedded_file *file = embedded_find(SHIPPED);
    *out = (by_hand){0};
    return file ? by_hand_parse((const char *)file->bytes, file->size, SHIPPED, out, problems) : ISLET_ERR_INPUT;
}

void by_hand_free(by_hand *h)
{
    csv_free(&h->file);
    free(h->bit);
    *h = (by_hand){0};
}

static bool is_row(const by_hand *h, int at, const evidence_row *row)
{
    double day;
    const char *text = text_at(h, at, DAY);
    return strcmp(text_at(h, at, TRIAL), row->trial) == 0 && strcmp(text_at(h, at, ARM), row->arm) == 0 &&
           strcmp(text_at(h, at, ENDPOINT), row->endpoint.key) == 0 &&
           (!*text || (number_read(text, strlen(text), &day) && day == row->day));
}

uint64_t by_hand_of(const by_hand *h, const evidence_row *row)
{
    uint64_t set = 0;
    for (int at = 0; at < h->file.rows; at++)
        if (is_row(h, at, row)) set |= (uint64_t)1 << h->bit[at];
    return set;
}

const char *by_hand_parameter(const by_hand *h, int row)
{
    return row < h->file.rows ? text_at(h, row, PARAMETER) : NULL;
}
