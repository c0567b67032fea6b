/* What each arm of a protocol is given, as a table for people: every giving of cells and what must hold for it, the drugs around them, what else
 * is given or taken away. */
#include <limits.h>

#include "base/number.h"
#include "base/table.h"
#include "therapy/protocol_words.h"

enum { ARM, DAY, GIVEN, AMOUNT, UNIT, ONLY_IF, COLUMNS };

/* the one dose of a course that is set; a dose of 0 is in cells */
static double course_dose(const cell_course *course, const char **unit)
{
    *unit = course->dose_cells_per_kg > 0 ? "cells/kg" : course->dose_ieq > 0 ? "IEQ" : course->dose_ieq_per_kg > 0 ? "IEQ/kg"
            : course->cd34_per_kg > 0 ? "CD34+ cells/kg" : "cells";
    return course->dose_cells + course->dose_cells_per_kg + course->dose_ieq + course->dose_ieq_per_kg + course->cd34_per_kg;
}

static bool add_course(islet_table *table, const struct islet_protocol *protocol, const protocol_arm *arm,
                       const cell_course *course)
{
    char day[NUMBER_TEXT], dose[NUMBER_TEXT], only_if[PROTOCOL_WORDS];
    const char *unit;
    protocol_conditions(course, only_if);
    number_write(course_dose(course, &unit), dose);
    number_write(course->day, day);
    const char *cells[COLUMNS] = {[ARM] = arm->name, [DAY] = day, [GIVEN] = protocol->products[course->product].name,
                                  [AMOUNT] = dose, [UNIT] = unit, [ONLY_IF] = only_if};
    return table_add_row(table, cells);
}

static bool add_drugs(islet_table *table, const struct islet_protocol *protocol, const protocol_arm *arm)
{
    char start[NUMBER_TEXT], stop[NUMBER_TEXT] = "";
    number_write(arm->regimen_start_day, start);
    if (arm->regimen_stop_day != INT_MAX) number_write(arm->regimen_stop_day, stop);
    const char *cells[COLUMNS] = {[ARM] = arm->name, [DAY] = start, [GIVEN] = protocol->regimens[arm->regimen].name,
                                  [AMOUNT] = stop, [UNIT] = stop[0] ? "last day" : "until the end"};
    return table_add_row(table, cells);
}

/* Every step of the path on its day. */
static bool add_conditioning(islet_table *table, const struct islet_protocol *protocol, const protocol_arm *arm)
{
    const conditioning *path = &protocol->conditionings[arm->conditioning];
    bool fine = true;
    for (int s = 0; fine && s < STEP_COUNT; s++) {
        char day[NUMBER_TEXT];
        if (path->step_day[s] < 0) continue;
        number_write(arm->conditioning_start_day + path->step_day[s], day);
        const char *cells[COLUMNS] = {[ARM] = arm->name, [DAY] = day, [GIVEN] = path->name, [UNIT] = conditioning_step_words[s]};
        fine = table_add_row(table, cells);
    }
    return fine;
}

/* what is neither cells nor a path around them, from day 0 */
static bool add_beside(islet_table *table, const struct islet_protocol *protocol, const protocol_arm *arm)
{
    char beside[PROTOCOL_WORDS];
    protocol_beside(protocol, arm, beside);
    if (beside[0]) return table_add_row(table, (const char *const[COLUMNS]){[ARM] = arm->name, [DAY] = "0", [GIVEN] = beside});
    if (arm->n_courses > 0 || arm->regimen >= 0 || arm->conditioning >= 0) return true;
    return table_add_row(table, (const char *const[COLUMNS]){[ARM] = arm->name, [GIVEN] = protocol_nothing(protocol)});
}

islet_status islet_protocol_table(const islet_protocol *protocol, islet_table **out)
{
    static const char *const names[COLUMNS] = {"arm", "day", "given", "amount", "unit", "only_if"};
    static const bool is_number[COLUMNS] = {[DAY] = true, [AMOUNT] = true};
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!protocol) return ISLET_ERR_ARGUMENT;
    islet_table *table = table_create(COLUMNS, names, is_number);
    bool fine = table != NULL;
    for (int i = 0; fine && i < protocol->n_arms; i++) {
        const protocol_arm *arm = &protocol->arms[i];
        for (int k = 0; fine && k < arm->n_courses; k++) fine = add_course(table, protocol, arm, &arm->courses[k]);
        if (fine && arm->regimen >= 0) fine = add_drugs(table, protocol, arm);
        if (fine && arm->conditioning >= 0) fine = add_conditioning(table, protocol, arm);
        if (fine) fine = add_beside(table, protocol, arm);
    }
    if (!fine) {
        islet_table_free(table);
        return ISLET_ERR_MEMORY;
    }
    *out = table;
    return ISLET_OK;
}
