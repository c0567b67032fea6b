/* Content hash: SHA-256 over every table except provenance_build, batch and profile_so_far, tables by name, rows in the order of their
 * primary key, each value with its type and length. Where the rows lie in the file does not matter, so neither do the
 * order of batches, the version of SQLite or its page size.
 *
 * Nearly all of it are the days. Where a store is large, several threads, each with a connection of its own, read the days of some people at
 * a time; they are hashed in their order, so the number of threads does not matter either. */
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "store/store.h"
#include "store/verify.h"

/* Rows as they are hashed. Where there is no room for more they go on to the hash, or, without one, room is made. */
typedef struct {
    unsigned char *bytes;
    size_t n, room;
    hash_state *to;
} row_bytes;

#define VALUE_BYTES 9
#define FIRST_ROOM ((size_t)1 << 14)

static void pass_on(row_bytes *rows, hash_state *to)
{
    if (rows->n > 0) hash_add(to, rows->bytes, rows->n);
    rows->n = 0;
}

/* room for n bytes more; false when out of memory */
static bool make_room(row_bytes *rows, size_t n)
{
    if (rows->room - rows->n >= n) return true;
    if (rows->to) pass_on(rows, rows->to);
    size_t room = rows->room ? rows->room : FIRST_ROOM;
    while (room - rows->n < n) room *= 2;
    if (room == rows->room) return true;
    unsigned char *bytes = realloc(rows->bytes, room);
    if (!bytes) return false;
    rows->bytes = bytes;
    rows->room = room;
    return true;
}

/* lowest byte first; written out, which a compiler makes one store of */
static inline void put_u64(unsigned char *at, uint64_t value)
{
    at[0] = (unsigned char)value;
    at[1] = (unsigned char)(value >> 8);
    at[2] = (unsigned char)(value >> 16);
    at[3] = (unsigned char)(value >> 24);
    at[4] = (unsigned char)(value >> 32);
    at[5] = (unsigned char)(value >> 40);
    at[6] = (unsigned char)(value >> 48);
    at[7] = (unsigned char)(value >> 56);
}

static inline bool add_u64(row_bytes *rows, char type, uint64_t value)
{
    if (rows->room - rows->n < VALUE_BYTES && !make_room(rows, VALUE_BYTES)) return false;
    rows->bytes[rows->n] = (unsigned char)type;
    put_u64(rows->bytes + rows->n + 1, value);
    rows->n += VALUE_BYTES;
    return true;
}

static bool add_text(row_bytes *rows, const void *text, size_t length)
{
    if (!add_u64(rows, 't', length) || !make_room(rows, length)) return false;
    if (length > 0) memcpy(rows->bytes + rows->n, text, length);
    rows->n += length;
    return true;
}

static inline bool add_column(row_bytes *rows, sqlite3_stmt *row, int column)
{
    double real;
    uint64_t bits;
    switch (sqlite3_column_type(row, column)) {
    case SQLITE_INTEGER: return add_u64(rows, 'i', (uint64_t)sqlite3_column_int64(row, column));
    case SQLITE_FLOAT:
        real = sqlite3_column_double(row, column);
        memcpy(&bits, &real, sizeof bits);
        return add_u64(rows, 'r', bits);
    case SQLITE_NULL: return add_u64(rows, 'n', 0);
    default: {
        const void *bytes = sqlite3_column_blob(row, column); /* before its length, as SQLite asks */
        size_t length = (size_t)sqlite3_column_bytes(row, column);
        return add_text(rows, bytes, bytes ? length : 0);
    }
    }
}

static int add_rows(row_bytes *rows, sqlite3_stmt *query)
{
    int code, columns = sqlite3_column_count(query);
    while ((code = sqlite3_step(query)) == SQLITE_ROW)
        for (int column = 0; column < columns; column++)
            if (!add_column(rows, query, column)) return SQLITE_NOMEM;
    return code == SQLITE_DONE ? SQLITE_OK : code;
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

/* ---- the days, by several threads ---- */

#define DAYS_TABLE "daily"
#define THREADS_MAX 8
#define PEOPLE_AT_ONCE 2 /* five years of them are 360 kB */
#define PIECES_MIN 64    /* a smaller store is not worth a second connection */

typedef struct {
    int threads; /* connections; the first is the store's own */
    sqlite3 *db[THREADS_MAX];
    int64_t arms, first_person, pieces_an_arm;
} day_readers;

static int64_t pieces_of(const day_readers *r)
{
    return r->arms * r->pieces_an_arm;
}

/* as many as the run was to have, which its user chose; 1 where SQLite was built without threads */
static int threads_wanted(sqlite3 *db)
{
    sqlite3_stmt *query = NULL;
    int asked = 1, most = omp_get_num_procs();
    if (!sqlite3_threadsafe()) return 1;
    if (sqlite3_prepare_v2(db, "SELECT CAST(value AS INTEGER) FROM provenance_build WHERE key = 'threads'", -1, &query, NULL) == SQLITE_OK
        && sqlite3_step(query) == SQLITE_ROW)
        asked = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    if (asked < 1) asked = most; /* all processors */
    if (asked > most) asked = most;
    return asked > THREADS_MAX ? THREADS_MAX : asked;
}

/* how the days fall into pieces; only how the work is shared out depends on it */
static bool find_pieces(sqlite3 *db, day_readers *r)
{
    sqlite3_stmt *query = NULL;
    int64_t last = -1;
    if (sqlite3_prepare_v2(db, "SELECT arms, (SELECT min(patient) FROM patient), (SELECT max(patient) FROM patient) FROM run", -1, &query,
                           NULL) == SQLITE_OK
        && sqlite3_step(query) == SQLITE_ROW) {
        r->arms = sqlite3_column_int64(query, 0);
        r->first_person = sqlite3_column_int64(query, 1);
        last = sqlite3_column_int64(query, 2);
    }
    sqlite3_finalize(query);
    if (r->arms < 1 || r->arms > 1000 || r->first_person < 0 || last < r->first_person || last > INT32_MAX) return false;
    r->pieces_an_arm = (last - r->first_person) / PEOPLE_AT_ONCE + 1;
    return pieces_of(r) >= PIECES_MIN;
}

/* Connections to the file of a store that is open for reading; what cannot be had is done without. */
static void open_readers(islet_store *store, day_readers *r)
{
    *r = (day_readers){.threads = 1, .db = {store->db}};
    int wanted = store->part_path ? 1 : threads_wanted(store->db), moved = 0;
    if (wanted < 2 || !find_pieces(store->db, r)) return;
    while (r->threads < wanted) {
        sqlite3 *db = NULL;
        int code = sqlite3_open_v2(store->path, &db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
        if (code == SQLITE_OK) code = store_harden(db);
        if (code != SQLITE_OK) {
            sqlite3_close(db);
            break;
        }
        r->db[r->threads++] = db;
    }
    /* another file may have taken the name */
    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && !moved) return;
    while (r->threads > 1) sqlite3_close(r->db[--r->threads]);
}

static void close_readers(day_readers *r)
{
    while (r->threads > 1) sqlite3_close(r->db[--r->threads]);
}

/* The rows of one piece; the first has all before it, too, and the last all after it, whatever they may be. */
static int read_piece(const day_readers *r, sqlite3 *db, int64_t piece, row_bytes *rows)
{
    static const char *const sql[2][2] = {
        {"SELECT * FROM " DAYS_TABLE " WHERE (arm, patient) >= (?1, ?2) AND (arm, patient) < (?3, ?4) ORDER BY arm, patient, day",
         "SELECT * FROM " DAYS_TABLE " WHERE (arm, patient) >= (?1, ?2) ORDER BY arm, patient, day"},
        {"SELECT * FROM " DAYS_TABLE " WHERE (arm, patient) < (?3, ?4) ORDER BY arm, patient, day", NULL}}; /* [first][last] */
    bool is_first = piece == 0, is_last = piece == pieces_of(r) - 1;
    sqlite3_stmt *query = NULL;
    int code = sqlite3_prepare_v2(db, sql[is_first][is_last], -1, &query, NULL);
    for (int end = is_first; end < 2 - is_last && code == SQLITE_OK; end++) {
        int64_t at = piece + end;
        code = sqlite3_bind_int64(query, 1 + 2 * end, at / r->pieces_an_arm);
        if (code == SQLITE_OK)
            code = sqlite3_bind_int64(query, 2 + 2 * end, r->first_person + at % r->pieces_an_arm * PEOPLE_AT_ONCE);
    }
    rows->n = 0;
    if (code == SQLITE_OK) code = add_rows(rows, query);
    sqlite3_finalize(query);
    return code;
}

static int hash_days(const day_readers *r, hash_state *state)
{
    int worst = SQLITE_OK;
#pragma omp parallel num_threads(r->threads)
    {
        row_bytes rows = {0};
        sqlite3 *db = r->db[omp_get_thread_num()];
#pragma omp for ordered schedule(static, 1)
        for (int64_t piece = 0; piece < pieces_of(r); piece++) {
            int code = read_piece(r, db, piece, &rows);
#pragma omp ordered
            {
                if (code == SQLITE_OK && worst == SQLITE_OK) pass_on(&rows, state);
                else if (worst == SQLITE_OK) worst = code;
            }
        }
        free(rows.bytes);
    }
    return worst;
}

/* ---- tables ---- */

static int hash_table(const day_readers *readers, const char *table, row_bytes *rows)
{
    sqlite3 *db = readers->db[0];
    if (!add_text(rows, table, strlen(table))) return SQLITE_NOMEM;
    if (readers->threads > 1 && strcmp(table, DAYS_TABLE) == 0) {
        pass_on(rows, rows->to);
        return hash_days(readers, rows->to);
    }
    int code = SQLITE_NOMEM;
    sqlite3_stmt *query = NULL;
    char *key = key_columns(db, table);
    char *sql = key ? sqlite3_mprintf("SELECT * FROM \"%w\" ORDER BY %s", table, key) : NULL;
    if (sql) code = sqlite3_prepare_v2(db, sql, -1, &query, NULL);
    if (code == SQLITE_OK) code = add_rows(rows, query);
    sqlite3_finalize(query);
    sqlite3_free(sql);
    free(key);
    return code;
}

islet_status islet_store_hash(islet_store *store, char hash[ISLET_HASH_TEXT])
{
    if (!store || !hash) return ISLET_ERR_ARGUMENT;
    hash[0] = 0;
    hash_state state;
    day_readers readers;
    row_bytes rows = {.to = &state};
    sqlite3_stmt *tables = NULL;
    hash_begin(&state);
    open_readers(store, &readers);
    int code = sqlite3_prepare_v2(store->db, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN "
                                  "('provenance_build', 'batch', 'profile_so_far') ORDER BY name", -1, &tables, NULL);
    while (code == SQLITE_OK && (code = sqlite3_step(tables)) == SQLITE_ROW)
        code = hash_table(&readers, (const char *)sqlite3_column_text(tables, 0), &rows);
    sqlite3_finalize(tables);
    close_readers(&readers);
    if (code == SQLITE_DONE) {
        pass_on(&rows, &state);
        hash_end(&state, hash);
    }
    free(rows.bytes);
    return code == SQLITE_DONE ? ISLET_OK : store_failure(store, code, "read the tables", NULL);
}
