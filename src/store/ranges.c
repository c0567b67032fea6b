/* Ranges wider than chance, put beside the results of a run. */
#include <string.h>

#include "base/number.h"
#include "base/table.h"
#include "store/store.h"

#define DOING "writing ranges"

static int column_named(const islet_table *table, const char *name)
{
    for (int c = 0; c < islet_table_columns(table); c++)
        if (strcmp(islet_table_column_name(table, c), name) == 0) return c;
    return -1;
}

static void bind_number(sqlite3_stmt *put, int at, const char *text)
{
    double value;
    if (number_read(text, strlen(text), &value)) sqlite3_bind_double(put, at, value);
    else sqlite3_bind_null(put, at);
}

/* `low` and `high` of every row of the table as rows of one kind */
static islet_status put_kind(islet_store *store, const islet_table *table, const char *kind, const char *low, const char *high, islet_problems *problems)
{
    const int at[] = {column_named(table, "day"), column_named(table, "simulated"), column_named(table, low), column_named(table, high)};
    sqlite3_stmt *put;
    islet_status status = store_prepare(store, "INSERT OR REPLACE INTO range_result SELECT arm, ?2, ?3, ?4, ?5, ?6, ?7 FROM arm WHERE name = ?1", &put, problems);
    if (status != ISLET_OK) return status;
    for (int row = 0; row < islet_table_rows(table) && status == ISLET_OK; row++) {
        sqlite3_bind_text(put, 1, islet_table_cell(table, row, column_named(table, "arm")), -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 2, islet_table_cell(table, row, column_named(table, "endpoint")), -1, SQLITE_STATIC);
        bind_number(put, 3, islet_table_cell(table, row, at[0]));
        sqlite3_bind_text(put, 4, kind, -1, SQLITE_STATIC);
        for (int i = 1; i < 4; i++) bind_number(put, 4 + i, islet_table_cell(table, row, at[i]));
        status = store_step(store, put, DOING, problems);
    }
    sqlite3_finalize(put);
    return status;
}

islet_status islet_store_keep_ranges(islet_store *store, const islet_table *predictive, const islet_table *alternatives, islet_problems *problems)
{
    if (!store || !(store->part_path || store->resumed)) return ISLET_ERR_ARGUMENT; /* opened for reading */
    islet_status status = store_execute(store, "BEGIN", DOING, problems);
    if (status != ISLET_OK) return status;
    if (predictive) status = put_kind(store, predictive, "trial", "pi95_low", "pi95_high", problems);
    if (predictive && status == ISLET_OK) status = put_kind(store, predictive, "trial_bare", "bare95_low", "bare95_high", problems);
    if (alternatives && status == ISLET_OK) status = put_kind(store, alternatives, "alternatives", "low", "high", problems);
    if (status == ISLET_OK) status = store_execute(store, "COMMIT", DOING, problems);
    if (status != ISLET_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
