/* Published outcomes in a store: what was known when the run was made stays with it, and the report needs nothing else. */
#include "store/evidence.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/problems.h"

#define DOING_WRITE "write the published outcomes"
#define DOING_READ "read the published outcomes"

/* columns of the table behind `fact`, in its order */
#define TEXTS 17
#define NUMBERS 12
#define PEOPLE_MAX 1e9 /* of no study; a number from a file may be any */
static const char add_one[] =
    "INSERT INTO evidence (fact, day, n, value, sd, se, ci_low, ci_high, events, q1, q3, n_arm, dose_cells, trial_id, cohort_group, arm, "
    "protocol, endpoint, unit, statistic, role, arm_role, part_of, cell_type, population, product, regimen, citation, source, note) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
static const char read_all[] =
    "SELECT day, n, value, sd, se, ci_low, ci_high, events, q1, q3, n_arm, dose_cells, trial_id, cohort_group, arm, protocol, endpoint, unit, "
    "statistic, role, arm_role, part_of, cell_type, population, product, regimen, citation, source, note FROM evidence ORDER BY fact";

static islet_status put(islet_store *store, sqlite3_stmt *statement, int fact, const evidence_row *row,
                        islet_problems *problems)
{
    const double numbers[NUMBERS] = {row->day,     row->n,      row->value, row->sd, row->se,    row->ci_low,
                                     row->ci_high, row->events, row->q1,    row->q3, row->n_arm, row->dose_cells};
    const char *texts[TEXTS] = {row->trial,
                                row->group,
                                row->arm,
                                row->protocol,
                                row->endpoint.key,
                                row->endpoint.unit,
                                evidence_statistic_word(row->statistic),
                                evidence_role_word(row->role),
                                row->arm_role,
                                row->part_of,
                                row->cell_type,
                                row->population,
                                row->product,
                                row->regimen,
                                row->citation,
                                row->source,
                                row->note};
    int code = sqlite3_bind_int(statement, 1, fact);
    for (int i = 0; i < NUMBERS && code == SQLITE_OK; i++)
        code = sqlite3_bind_double(statement, 2 + i, numbers[i]); /* NaN becomes NULL */
    for (int i = 0; i < TEXTS && code == SQLITE_OK; i++)
        code = sqlite3_bind_text(statement, 2 + NUMBERS + i, texts[i], -1, SQLITE_STATIC);
    return code == SQLITE_OK ? store_step(store, statement, DOING_WRITE, problems)
                             : store_failure(store, code, DOING_WRITE, problems);
}

islet_status store_evidence_write(islet_store *store, islet_problems *problems)
{
    evidence_rows rows;
    sqlite3_stmt *statement = NULL;
    islet_status status = evidence_shipped(&rows, problems);
    if (status == ISLET_OK) status = store_prepare(store, add_one, &statement, problems);
    for (int i = 0; i < rows.n && status == ISLET_OK; i++) status = put(store, statement, i, &rows.rows[i], problems);
    sqlite3_finalize(statement);
    evidence_free(&rows);
    return status;
}

/* ---- reading ---- */

/* text of a cell, kept behind what is there already; NULL when there is no room, which cannot be after `room` was counted */
static const char *keep(char *bytes, size_t room, size_t *used, sqlite3_stmt *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row, column);
    size_t n = text ? (size_t)sqlite3_column_bytes(row, column) + 1 : 1;
    if (n > room - *used) return NULL;
    char *to = bytes + *used;
    if (n > 1) memcpy(to, text, n - 1);
    to[n - 1] = 0;
    *used += n;
    return to;
}

/* false when a word of the row is none of ours: the store was altered */
static bool set_words(evidence_row *row, const char *endpoint, const char *statistic, const char *role)
{
    int s = 0, r = 0;
    while (s < STATISTICS && strcmp(evidence_statistic_word((evidence_statistic)s), statistic) != 0) s++;
    while (r < ROLES && strcmp(evidence_role_word((evidence_role)r), role) != 0) r++;
    row->statistic = (evidence_statistic)s;
    row->role = (evidence_role)r;
    return s < STATISTICS && r < ROLES && outcome_find(endpoint, &row->endpoint);
}

static bool take(evidence_rows *out, size_t room, size_t *used, sqlite3_stmt *query)
{
    double numbers[NUMBERS];
    const char *texts[TEXTS];
    evidence_row *row = &out->rows[out->n];
    for (int i = 0; i < NUMBERS; i++)
        numbers[i] = sqlite3_column_type(query, i) == SQLITE_NULL ? NAN : sqlite3_column_double(query, i);
    for (int i = 0; i < TEXTS; i++)
        if (!(texts[i] = keep(out->file.bytes, room, used, query, NUMBERS + i))) return false;
    *row = (evidence_row){.line = out->n,
                          .trial = texts[0],
                          .group = texts[1],
                          .arm = texts[2],
                          .protocol = texts[3],
                          .arm_role = texts[8],
                          .part_of = texts[9],
                          .cell_type = texts[10],
                          .cell_source = "",
                          .population = texts[11],
                          .design = "",
                          .product = texts[12],
                          .regimen = texts[13],
                          .citation = texts[14],
                          .source = texts[15],
                          .source_kind = "",
                          .note = texts[16],
                          .printed = "",
                          .n = numbers[1],
                          .value = numbers[2],
                          .sd = numbers[3],
                          .se = numbers[4],
                          .ci_low = numbers[5],
                          .ci_high = numbers[6],
                          .events = numbers[7],
                          .q1 = numbers[8],
                          .q3 = numbers[9],
                          .n_arm = numbers[10],
                          .dose_cells = numbers[11]};
    if (!(numbers[0] >= 0 && numbers[0] < 1e6) || row->n < 0.0 || row->n > PEOPLE_MAX || row->n_arm < 0.0 ||
        row->n_arm > PEOPLE_MAX)
        return false;
    row->day = (int)numbers[0];
    out->n++;
    return set_words(row, texts[4], texts[6], texts[7]);
}

/* rows of the table and bytes of all their text */
static islet_status count(islet_store *store, size_t *rows, size_t *bytes, islet_problems *problems)
{
    sqlite3_stmt *query = NULL;
    islet_status status = store_prepare(store, read_all, &query, problems);
    int code = SQLITE_DONE;
    *rows = *bytes = 0;
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        ++*rows;
        for (int i = 0; i < TEXTS; i++) {
            if (sqlite3_column_text(query, NUMBERS + i)) *bytes += (size_t)sqlite3_column_bytes(query, NUMBERS + i);
            ++*bytes;
        }
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING_READ, problems);
    sqlite3_finalize(query);
    return status;
}

islet_status store_evidence_read(islet_store *store, evidence_rows *out, islet_problems *problems)
{
    sqlite3_stmt *query = NULL;
    size_t rows, room, used = 0;
    int code = SQLITE_DONE;
    *out = (evidence_rows){.path = "evidence"};
    islet_status status = count(store, &rows, &room, problems);
    if (status != ISLET_OK) return status;
    out->rows = calloc(rows + 1, sizeof *out->rows);
    out->file.bytes = malloc(room + 1);
    if (!out->rows || !out->file.bytes) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = store_prepare(store, read_all, &query, problems);
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        if ((size_t)out->n < rows && take(out, room, &used, query)) continue;
        problems_error(
            problems, store->path, 0, 0,
            "a published outcome that no version of islet writes; the table evidence was expected as it was made; run again");
        status = ISLET_ERR_STORE;
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING_READ, problems);
    sqlite3_finalize(query);
    if (status != ISLET_OK) evidence_free(out);
    return status;
}
