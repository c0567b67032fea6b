/* What a simulation of bound rows would do: protocols, arms and patient-days. */
#include "evidence/plan.h"

#include <stdio.h>

#include "base/number.h"
#include "base/table.h"

enum { COLUMNS = 7, ARMS_ROOM = 400 };
static const char *const names[COLUMNS] = {"protocol", "arms", "rows", "people", "draws", "draw_people", "patient_days"};
static const bool is_number[COLUMNS] = {false, false, true, true, true, true, true};

static void list_arms(const islet_protocol *protocol, char out[ARMS_ROOM])
{
    size_t at = 0;
    out[0] = '\0';
    for (int a = 0; a < protocol->n_arms && at < ARMS_ROOM; a++)
        at += (size_t)snprintf(out + at, ARMS_ROOM - at, "%s%s", a ? "; " : "", protocol->arms[a].name);
}

static int rows_of(const expressed *trials, int p)
{
    int n = 0;
    for (int r = 0; r < trials->n_rows; r++) n += trials->rows[r].protocol == p;
    return n;
}

static bool add_protocol(islet_table *table, const expressed *trials, int p, int64_t people, int draws, int64_t draw_people)
{
    const double each_day = expressed_days_a_person(trials, p);
    const double numbers[] = {rows_of(trials, p), (double)people, draws, (double)draw_people,
                              each_day * (double)(people + draws * draw_people)};
    char arms[ARMS_ROOM], text[COLUMNS][NUMBER_TEXT];
    const char *cells[COLUMNS] = {trials->protocols[p].path, arms};
    list_arms(trials->protocols[p].protocol, arms);
    for (int i = 2; i < COLUMNS; i++) {
        number_write(numbers[i - 2], text[i]);
        cells[i] = text[i];
    }
    return table_add_row(table, cells);
}

islet_status expressed_plan(const expressed *trials, int64_t people, int draws, int64_t draw_people, islet_table **out)
{
    bool fine = (*out = table_create(COLUMNS, names, is_number));
    for (int p = 0; p < trials->n_protocols && fine; p++)
        if (rows_of(trials, p) > 0) fine = add_protocol(*out, trials, p, people, draws, draw_people);
    if (fine) return ISLET_OK;
    islet_table_free(*out);
    *out = NULL;
    return ISLET_ERR_MEMORY;
}
