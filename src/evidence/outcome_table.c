/* Evidence rows as a table of text: the columns of the file format, numbers in the unit of the end point. */
#include "evidence/outcome_table.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/table.h"
#include "evidence/outcome.h"

#define COLUMNS 38

static const char *const names[COLUMNS] = {
    "trial_id",  "cohort_group", "arm",         "protocol", "endpoint", "unit",       "day",
    "n",         "value",        "sd",          "se",       "ci_low",   "ci_high",    "events",
    "role",      "statistic",    "q1",          "q3",       "arm_role", "part_of",    "n_arm",
    "cell_type", "cell_source",  "population",  "design",   "product",  "dose_cells", "regimen",
    "citation",  "source",       "source_kind", "note",     "printed",  "original",
    "min",       "max",          "comparator_arm", "n_comparator"};

static bool is_number(int column)
{
    return (column >= 6 && column < 14) || column == 16 || column == 17 || column == 20 || column == 26 || column == 33 || column == 34 ||
           column == 35 || column == 37;
}

static bool add_row(islet_table *table, const evidence_row *row)
{
    double numbers[COLUMNS] = {
        [6] = row->day,      row->n,      row->value,     row->sd, row->se,           row->ci_low,
        row->ci_high,        row->events, [16] = row->q1, row->q3, [20] = row->n_arm, [26] = row->dose_cells,
        [33] = row->original, row->least, row->most, [37] = row->n_comparator};
    const char *cells[COLUMNS] = {row->trial,
                                  row->group,
                                  row->arm,
                                  row->protocol,
                                  row->endpoint.key,
                                  row->endpoint.unit,
                                  [14] = evidence_role_word(row->role),
                                  evidence_statistic_word(row->statistic),
                                  [18] = row->arm_role,
                                  row->part_of,
                                  [21] = row->cell_type,
                                  row->cell_source,
                                  row->population,
                                  row->design,
                                  row->product,
                                  [27] = row->regimen,
                                  row->citation,
                                  row->source,
                                  row->source_kind,
                                  row->note,
                                  row->printed,
                                  [36] = row->comparator};
    char text[COLUMNS][NUMBER_TEXT];
    for (int i = 0; i < COLUMNS; i++) {
        if (!is_number(i)) continue;
        number_write(numbers[i], text[i]);
        cells[i] = text[i];
    }
    if (row->original == 0) cells[33] = "";
    return table_add_row(table, cells);
}

islet_status outcome_table(const char *path, islet_table **out, islet_problems *problems)
{
    evidence_rows rows;
    bool numbers[COLUMNS];
    *out = NULL;
    islet_status status = path ? evidence_read(path, &rows, problems) : evidence_shipped(&rows, problems);
    if (status != ISLET_OK) return status;
    for (int i = 0; i < COLUMNS; i++) numbers[i] = is_number(i);
    bool fine = (*out = table_create(COLUMNS, names, numbers));
    for (int i = 0; fine && i < rows.n; i++) fine = add_row(*out, &rows.rows[i]);
    evidence_free(&rows);
    if (fine) return ISLET_OK;
    islet_table_free(*out);
    *out = NULL;
    return ISLET_ERR_MEMORY;
}
