/* Binding the values of a row, one after the other; the first failure is kept until the row is written. */
#ifndef ISLET_STORE_BIND_H
#define ISLET_STORE_BIND_H

#include "store/store.h"

typedef struct {
    sqlite3_stmt *statement;
    int at; /* the next parameter, from 1 */
    int code;
} row_binding;

static inline row_binding bind_row(sqlite3_stmt *statement)
{
    return (row_binding){.statement = statement, .at = 1, .code = SQLITE_OK};
}

static inline void bind_integer(row_binding *row, int64_t value)
{
    if (row->code == SQLITE_OK) row->code = sqlite3_bind_int64(row->statement, row->at++, value);
}

/* NaN becomes NULL */
static inline void bind_real(row_binding *row, double value)
{
    if (row->code == SQLITE_OK) row->code = sqlite3_bind_double(row->statement, row->at++, value);
}

/* The text (NULL is NULL) stays where it is until the row is written. */
static inline void bind_text(row_binding *row, const char *text)
{
    if (row->code == SQLITE_OK) row->code = sqlite3_bind_text(row->statement, row->at++, text, -1, SQLITE_STATIC);
}

static inline void bind_bytes(row_binding *row, const void *bytes, int size)
{
    if (row->code == SQLITE_OK) row->code = sqlite3_bind_blob(row->statement, row->at++, bytes, size, SQLITE_STATIC);
}

/* Write the row, if all was bound; the statement is ready for the next. */
ISLET_CHECK static inline islet_status store_put(islet_store *store, const row_binding *row, const char *doing, islet_problems *problems)
{
    return row->code == SQLITE_OK ? store_step(store, row->statement, doing, problems)
                                  : store_failure(store, row->code, doing, problems);
}

#endif
