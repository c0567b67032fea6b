/* Ranges wider than chance, put beside the results of a run. */
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "store/bind.h"

#define DOING "keep the ranges"

static int column_named(const islet_table *table, const char *name)
{
    for (int c = 0; c < islet_table_columns(table); c++)
        if (strcmp(islet_table_column_name(table, c), name) == 0) return c;
    return -1;
}

/* a cell of a table; empty is NULL */
static void bind_cell(row_binding *row, const char *text)
{
    double value;
    bind_real(row, number_read(text, strlen(text), &value) ? value : NAN);
}

/* `low` and `high` of every row of the table as rows of one kind */
static islet_status put_kind(islet_store *store, const islet_table *table, const char *kind, const char *low,
                             const char *high, islet_problems *problems)
{
    const char *const names[] = {"arm", "endpoint", "day", "simulated", low, high};
    int at[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if ((at[i] = column_named(table, names[i])) < 0) return ISLET_ERR_ARGUMENT;
    sqlite3_stmt *put;
    islet_status status = store_prepare(
        store, "INSERT OR REPLACE INTO range_result SELECT arm, ?2, ?3, ?4, ?5, ?6, ?7 FROM arm WHERE name = ?1", &put,
        problems);
    if (status != ISLET_OK) return status;
    for (int r = 0; r < islet_table_rows(table) && status == ISLET_OK; r++) {
        row_binding row = bind_row(put);
        bind_text(&row, islet_table_cell(table, r, at[0]));
        bind_text(&row, islet_table_cell(table, r, at[1]));
        bind_cell(&row, islet_table_cell(table, r, at[2]));
        bind_text(&row, kind);
        for (int i = 3; i < 6; i++) bind_cell(&row, islet_table_cell(table, r, at[i]));
        status = store_put(store, &row, DOING, problems);
        if (status == ISLET_OK && sqlite3_changes(store->db) != 1) status = ISLET_ERR_ARGUMENT; /* an arm of another run */
    }
    sqlite3_finalize(put);
    return status;
}

islet_status islet_store_keep_ranges(islet_store *store, const islet_table *predictive, const islet_table *alternatives,
                                     islet_problems *problems)
{
    if (!store || !(store->part_path || store->resumed)) return ISLET_ERR_ARGUMENT; /* opened for reading */
    if (!store->part_path) { /* what is complete is never written again */
        problems_warning(problems, strncmp(store->path, "./", 2) == 0 ? store->path + 2 : store->path, 0, 0,
                         "the store was complete already, so the ranges are shown here and are not in it or in its report; the same command "
                         "without --resume keeps them");
        return ISLET_OK;
    }
    islet_status status = store_execute(store, "BEGIN", DOING, problems);
    if (status != ISLET_OK) return status;
    if (predictive) status = put_kind(store, predictive, "trial", "pi95_low", "pi95_high", problems);
    if (predictive && status == ISLET_OK)
        status = put_kind(store, predictive, "trial_bare", "bare95_low", "bare95_high", problems);
    if (alternatives && status == ISLET_OK) status = put_kind(store, alternatives, "alternatives", "low", "high", problems);
    if (status == ISLET_OK) status = store_execute(store, "COMMIT", DOING, problems);
    if (status != ISLET_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
