/* Content hash: SHA-256 over every table except provenance_build, batch and profile_so_far, tables by name, rows in the order of their
 * primary key, each value with its type and length. Where the rows lie in the file does not matter, so neither do the
 * order of batches, the version of SQLite or its page size. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "store/store.h"

static void hash_u64(hash_state *state, char type, uint64_t value)
{
    unsigned char bytes[9] = {(unsigned char)type};
    for (int i = 0; i < 8; i++) bytes[1 + i] = (unsigned char)(value >> (8 * i));
    hash_add(state, bytes, sizeof bytes);
}

static void hash_text(hash_state *state, const void *text, size_t length)
{
    hash_u64(state, 't', length);
    hash_add(state, text, length);
}

static void hash_column(hash_state *state, sqlite3_stmt *row, int column)
{
    double real;
    uint64_t bits;
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: hash_u64(state, 'i', (uint64_t)sqlite3_column_int64(row, column)); break;
    case SQLITE_FLOAT:
        real = sqlite3_column_double(row, column);
        memcpy(&bits, &real, sizeof bits);
        hash_u64(state, 'r', bits);
        break;
    case SQLITE_NULL: hash_u64(state, 'n', 0); break;
    default: {
        const void *bytes = sqlite3_column_blob(row, column); /* before its length, as SQLite asks */
        size_t length = (size_t)sqlite3_column_bytes(row, column);
        hash_text(state, bytes ? bytes : "", bytes ? length : 0);
    }
    }
}

/* "a", "b": the columns of the primary key, from SQLite's own description of the table; the caller frees */
static char *key_columns(sqlite3 *db, const char *table)
{
    char *out = NULL;
    sqlite3_stmt *query = NULL;
    if (sqlite3_prepare_v2(db, "SELECT group_concat('\"' || name || '\"') FROM "
                           "(SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk)", -1, &query, NULL) == SQLITE_OK
        && sqlite3_bind_text(query, 1, table, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(query) == SQLITE_ROW) {
        const unsigned char *text = sqlite3_column_text(query, 0);
        if (text) out = strdup((const char *)text);
    }
    sqlite3_finalize(query);
    return out;
}

static int hash_table(sqlite3 *db, const char *table, hash_state *state)
{
    int code = SQLITE_NOMEM;
    sqlite3_stmt *rows = NULL;
    char *key = key_columns(db, table);
    char *sql = key ? sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY %s", table, key) : NULL;
    if (!sql) goto done;
    code = sqlite3_prepare_v2(db, sql, -1, &rows, NULL);
    if (code != SQLITE_OK) goto done;
    hash_text(state, table, strlen(table));
    int columns = sqlite3_column_count(rows);
    while ((code = sqlite3_step(rows)) == SQLITE_ROW)
        for (int column = 0; column < columns; column++) hash_column(state, rows, column);
    if (code == SQLITE_DONE) code = SQLITE_OK;
done:
    sqlite3_finalize(rows);
    sqlite3_free(sql);
    free(key);
    return code;
}

islet_status islet_store_hash(islet_store *store, char hash[ISLET_HASH_TEXT])
{
    if (!store || !hash) return ISLET_ERR_ARGUMENT;
    hash[0] = 0;
    hash_state state;
    sqlite3_stmt *tables = NULL;
    hash_begin(&state);
    int code = sqlite3_prepare_v2(store->db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN "
                                  "('provenance_build', 'batch', 'profile_so_far') ORDER BY name", -1, &tables, NULL);
    if (code != SQLITE_OK) return store_failure(store, code, "read the tables", NULL);
    while ((code = sqlite3_step(tables)) == SQLITE_ROW) {
        code = hash_table(store->db, (const char *)sqlite3_column_text(tables, 0), &state);
        if (code != SQLITE_OK) break;
    }
    sqlite3_finalize(tables);
    if (code != SQLITE_DONE) return store_failure(store, code, "read the tables", NULL);
    hash_end(&state, hash);
    return ISLET_OK;
}
