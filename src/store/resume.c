/* Continuing a run that was cut short: is it the same run, and what of it is already in the store?
 *
 * The same run: the description that this run would write is written into a store in memory, and its tables are held
 * against those of the store, cell by cell. So whatever comes to be described is compared, too: protocol, seed, options,
 * parameters, products, populations, data files, version. Machine, threads and engine are not part of it. */
#include <stdlib.h>
#include <string.h>

#include "base/problems.h"
#include "store/bind.h"
#include "store/schema.h"
#include "store/write.h"

#define DOING "continue the run"

/* What a run is described by; the number of leading columns that tell its rows apart, 0 where there is one row. */
static const struct {
    const char *table, *query;
    int keys;
} described[] = {
    {"run",
     "SELECT title, seed, patients, arms, control_arm, has_control, follow_up_day, years, paired, population, protocol_sha256 FROM run",
     0},
    {"provenance", "SELECT version, source_commit, options FROM provenance", 0},
    {"input", "SELECT * FROM input ORDER BY 1", 1},
    {"arm", "SELECT * FROM arm ORDER BY 1", 1},
    {"course", "SELECT * FROM course ORDER BY 1, 2", 2},
    {"endpoint", "SELECT * FROM endpoint ORDER BY 1", 1},
    {"event_kind", "SELECT * FROM event_kind ORDER BY 1", 1},
    {"parameter", "SELECT * FROM parameter ORDER BY 1", 1},
    {"product_value", "SELECT * FROM product_value ORDER BY 1, 2, 3", 3},
    {"population_value", "SELECT * FROM population_value ORDER BY 1", 1},
    {"care_rule", "SELECT * FROM care_rule ORDER BY 1", 1},
    {"evidence", "SELECT * FROM evidence ORDER BY 1", 1},
    {"published_arm", "SELECT * FROM published_arm ORDER BY 1, 2, 3", 3},
};

static const char *cell_text(sqlite3_stmt *row, bool there, int column)
{
    const unsigned char *text = there ? sqlite3_column_text(row, column) : NULL;
    return text ? (const char *)text : "nothing";
}

/* bit for bit: text of a number might hide its last digits */
static bool same_cell(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
    if (sqlite3_column_type(a, column) != sqlite3_column_type(b, column)) return false;
    if (sqlite3_column_type(a, column) == SQLITE_FLOAT)
        return sqlite3_column_double(a, column) == sqlite3_column_double(b, column);
    return strcmp(cell_text(a, true, column), cell_text(b, true, column)) == 0;
}

static const char *shown_name(const islet_store *store)
{
    return strncmp(store->path, "./", 2) == 0 ? store->path + 2 : store->path;
}

static void tell(const char *file, int which, sqlite3_stmt *kept, bool has_kept, sqlite3_stmt *asked, bool has_asked,
                 int column, islet_problems *problems)
{
    sqlite3_stmt *named = has_kept ? kept : asked;
    const char *row = described[which].keys ? cell_text(named, true, described[which].keys - 1) : "";
    problems_error(problems, file, 0, 0, "not the same run: %s %.80s%s%s was '%.80s' and is '%.80s' now; repeat the command as "
                   "it was given, with the same version, or leave out --resume to begin anew", described[which].table, row,
                   row[0] ? " " : "", sqlite3_column_name(named, column), cell_text(kept, has_kept, column),
                   cell_text(asked, has_asked, column));
}

static bool out_of_memory(sqlite3_stmt *statement)
{
    return (sqlite3_errcode(sqlite3_db_handle(statement)) & 0xff) == SQLITE_NOMEM;
}

/* *same when both hold the same rows; the first difference of a table is told, all of a table with one row */
static islet_status compare_rows(int which, islet_store *store, sqlite3_stmt *kept, sqlite3_stmt *asked, bool *same,
                                 islet_problems *problems)
{
    for (;;) {
        int kept_code = sqlite3_step(kept), asked_code = sqlite3_step(asked);
        bool has_kept = kept_code == SQLITE_ROW, has_asked = asked_code == SQLITE_ROW;
        if (!has_kept && kept_code != SQLITE_DONE) return store_failure(store, kept_code, DOING, problems);
        if (!has_asked && asked_code != SQLITE_DONE) return store_failure(store, asked_code, DOING, problems);
        *same = true;
        if (!has_kept && !has_asked) return ISLET_OK;
        for (int column = 0; column < sqlite3_column_count(kept); column++) {
            if (has_kept && has_asked && same_cell(kept, asked, column)) continue;
            if (out_of_memory(kept) || out_of_memory(asked)) return ISLET_ERR_MEMORY; /* a text that was not given differs, too */
            tell(shown_name(store), which, kept, has_kept, asked, has_asked, column, problems);
            *same = false;
            if (described[which].keys) break;
        }
        if (!*same) return ISLET_OK;
    }
}

/* a store in memory that holds nothing but the description of the run */
static islet_status describe(const run_info *info, islet_store *out, islet_problems *problems)
{
    char *text = schema_text();
    if (!text) return ISLET_ERR_MEMORY;
    islet_status status = sqlite3_open(":memory:", &out->db) == SQLITE_OK ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = store_execute(out, text, DOING, problems);
    if (status == ISLET_OK) status = store_run_begin(out, info, problems);
    free(text);
    return status;
}

islet_status store_run_same(islet_store *store, const run_info *info, islet_problems *problems)
{
    islet_store asked = {.path = store->path};
    bool same = true;
    islet_status status = describe(info, &asked, problems);
    for (int i = 0; i < (int)(sizeof described / sizeof described[0]) && status == ISLET_OK; i++) {
        sqlite3_stmt *a = NULL, *b = NULL;
        bool same_here = true;
        status = store_prepare(store, described[i].query, &a, problems);
        if (status == ISLET_OK) status = store_prepare(&asked, described[i].query, &b, problems);
        if (status == ISLET_OK) status = compare_rows(i, store, a, b, &same_here, problems);
        same = same && same_here;
        sqlite3_finalize(a);
        sqlite3_finalize(b);
    }
    sqlite3_close(asked.db);
    return status == ISLET_OK && !same ? ISLET_ERR_STORE : status;
}

islet_status store_run_continue(islet_store *store, islet_problems *problems)
{
    islet_status status = store_execute(store, "BEGIN; UPDATE run SET state = '" STATE_RUNNING "'; UPDATE provenance_build "
                                        "SET value = value + 1 WHERE key = 'resume_count'; COMMIT", DOING, problems);
    if (status != ISLET_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}

islet_status store_batches_done(islet_store *store, unsigned char *done, int64_t batches, islet_problems *problems)
{
    sqlite3_stmt *query;
    islet_status status = store_prepare(store, "SELECT batch FROM batch", &query, problems);
    int code = SQLITE_DONE;
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        int64_t batch = sqlite3_column_int64(query, 0);
        if (batch >= 0 && batch < batches) done[batch] = 1;
        else status = ISLET_ERR_STORE;
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING, problems);
    sqlite3_finalize(query);
    return status;
}

/* The counts lie in the store with their lowest byte first. */
#define PROFILE_COUNTS (PROFILE_PERIODS * PROFILE_SLOTS * PROFILE_BINS)
#define PROFILE_BYTES (PROFILE_COUNTS * 4)

islet_status store_profiles_put(islet_store *store, const glucose_profile *profiles, int arms, islet_problems *problems)
{
    sqlite3_stmt *put = NULL;
    unsigned char *bytes = malloc(PROFILE_BYTES);
    if (!bytes) return ISLET_ERR_MEMORY;
    islet_status status = store_prepare(store, "REPLACE INTO profile_so_far VALUES (?, ?)", &put, problems);
    for (int arm = 0; arm < arms && status == ISLET_OK; arm++) {
        const uint32_t *counts = &profiles[arm].count[0][0][0];
        for (int i = 0; i < PROFILE_BYTES; i++) bytes[i] = (unsigned char)(counts[i / 4] >> (8 * (i % 4)));
        row_binding row = bind_row(put);
        bind_integer(&row, arm);
        bind_bytes(&row, bytes, PROFILE_BYTES);
        status = store_put(store, &row, DOING, problems);
    }
    sqlite3_finalize(put);
    free(bytes);
    return status;
}

islet_status store_profiles_read(islet_store *store, glucose_profile *profiles, int arms, islet_problems *problems)
{
    sqlite3_stmt *query;
    islet_status status = store_prepare(store, "SELECT arm, counts FROM profile_so_far", &query, problems);
    int code = SQLITE_DONE;
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        int arm = sqlite3_column_int(query, 0);
        const unsigned char *bytes = sqlite3_column_blob(query, 1);
        if (arm < 0 || arm >= arms || !bytes || sqlite3_column_bytes(query, 1) != PROFILE_BYTES) {
            status = ISLET_ERR_STORE;
            break;
        }
        uint32_t *counts = &profiles[arm].count[0][0][0];
        memset(counts, 0, sizeof *profiles);
        for (int i = 0; i < PROFILE_BYTES; i++) counts[i / 4] |= (uint32_t)bytes[i] << (8 * (i % 4));
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING, problems);
    sqlite3_finalize(query);
    return status;
}
