/* The table of what was set by hand: parameter, trial_id, arm, endpoint, day (empty: all days), because. */
#include "evidence/by_hand.h"

#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"

#define SHIPPED "data/evidence/set_by_hand.csv"

enum { PARAMETER, TRIAL, ARM, ENDPOINT, DAY, COLUMNS };
static const char *const names[COLUMNS] = {"parameter", "trial_id", "arm", "endpoint", "day"};

static const char *text_at(const by_hand *h, int at, int column)
{
    return csv_cell_at(&h->file, at, h->columns[column])->text;
}

/* false after a message */
static bool check_day(const by_hand *h, int at, const char *path, islet_problems *problems)
{
    double day;
    const char *text = text_at(h, at, DAY);
    const csv_cell *cell = csv_cell_at(&h->file, at, h->columns[DAY]);
    if (!*text || number_read(text, strlen(text), &day)) return true;
    problems_error(problems, path, cell->line, cell->column, "day: '%.20s'; expected whole days, or nothing for all of the arm; correct it", text);
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
    for (int at = 0; at < out->file.rows && status == ISLET_OK; at++)
        if (!check_day(out, at, path, problems)) status = ISLET_ERR_INPUT;
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
    *h = (by_hand){0};
}

const char *by_hand_of(const by_hand *h, const evidence_row *row)
{
    for (int at = 0; at < h->file.rows; at++) {
        double day = row->day;
        const char *text = text_at(h, at, DAY);
        if (*text && !number_read(text, strlen(text), &day)) continue;
        if (day == row->day && strcmp(text_at(h, at, TRIAL), row->trial) == 0 && strcmp(text_at(h, at, ARM), row->arm) == 0 &&
            strcmp(text_at(h, at, ENDPOINT), row->endpoint.key) == 0)
            return text_at(h, at, PARAMETER);
    }
    return NULL;
}

const char *by_hand_parameter(const by_hand *h, int at)
{
    return at < h->file.rows ? text_at(h, at, PARAMETER) : NULL;
}

const char *by_hand_trial(const by_hand *h, int at)
{
    return at < h->file.rows ? text_at(h, at, TRIAL) : NULL;
}
