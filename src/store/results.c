/* Results of a store as a table for people. */
#include "base/number.h"
#include "base/table.h"
#include "store/store.h"

#define COLUMNS_MOST 10

/* A table of the run with the columns of `query`, in its order. */
static bool add_row(islet_table *table, sqlite3_stmt *row)
{
    char numbers[COLUMNS_MOST][NUMBER_TEXT];
    const char *cells[COLUMNS_MOST];
    for (int column = 0; column < sqlite3_column_count(row); column++) {
        cells[column] = (const char *)sqlite3_column_text(row, column);
        /* our own digits: SQLite writes 15, which do not always read back as the same number */
        if (sqlite3_column_type(row, column) == SQLITE_FLOAT) {
            number_write(sqlite3_column_double(row, column), numbers[column]);
            cells[column] = numbers[column];
        }
    }
    return table_add_row(table, cells);
}

static islet_status read_table(islet_store *store, const char *sql, int columns, const char *const *names, const bool *is_number,
                               islet_table **out)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!store) return ISLET_ERR_ARGUMENT;
    sqlite3_stmt *query;
    islet_status status = store_prepare(store, sql, &query, NULL);
    if (status != ISLET_OK) return status;
    islet_table *table = table_create(columns, names, is_number);
    status = table ? ISLET_OK : ISLET_ERR_MEMORY;
    int code = SQLITE_OK;
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW)
        if (!add_row(table, query)) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, "read the results", NULL);
    sqlite3_finalize(query);
    if (status == ISLET_OK) *out = table;
    else islet_table_free(table);
    return status;
}

islet_status islet_store_results(islet_store *store, islet_table **out)
{
    static const char *const names[] = {"arm", "endpoint", "unit", "day", "value", "ci_low", "ci_high", "n"};
    static const bool is_number[] = {false, false, false, true, true, true, true, true};
    return read_table(store,
                      "SELECT arm.name, r.endpoint, r.unit, r.day, r.value, r.ci_low, r.ci_high, r.n FROM endpoint_result AS r "
                      "JOIN arm USING (arm) JOIN endpoint AS e USING (endpoint) WHERE e.asked ORDER BY arm, e.position, r.day",
                      8, names, is_number, out);
}

islet_status islet_store_differences(islet_store *store, islet_table **out)
{
    static const char *const names[] = {"arm", "against", "endpoint", "unit", "day", "value", "ci_low", "ci_high", "n", "variance_share"};
    static const bool is_number[] = {false, false, false, false, true, true, true, true, true, true};
    return read_table(store,
                      "SELECT a.name, c.name, d.endpoint, d.unit, d.day, d.value, d.ci_low, d.ci_high, d.n, d.variance_share "
                      "FROM difference AS d JOIN arm AS a ON a.arm = d.arm JOIN arm AS c ON c.arm = d.control_arm "
                      "JOIN endpoint AS e USING (endpoint) WHERE e.asked ORDER BY d.arm, e.position, d.day",
                      10, names, is_number, out);
}
