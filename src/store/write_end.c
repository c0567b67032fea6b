/* Rows that are known when the people are in: profiles, estimates, differences, the state of the run. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stats/summary.h"
#include "store/bind.h"
#include "store/write.h"

#define DOING "write the results"

static const char *const period_names[PROFILE_PERIODS] = {[PROFILE_BEFORE] = "before", [PROFILE_AFTER] = "after"};

static islet_status write_profile(islet_store *store, int arm, const glucose_profile *profile, islet_problems *problems)
{
    sqlite3_stmt *put;
    islet_status status = store_prepare(store, "INSERT INTO profile VALUES (?, ?, ?, ?, ?)", &put, problems);
    for (int period = 0; period < PROFILE_PERIODS; period++)
        for (int slot = 0; slot < PROFILE_SLOTS; slot++)
            for (int bin = 0; bin < PROFILE_BINS && status == ISLET_OK; bin++) {
                uint32_t count = profile->count[period][slot][bin];
                if (count == 0) continue;
                row_binding row = bind_row(put);
                bind_integer(&row, arm);
                bind_text(&row, period_names[period]);
                bind_integer(&row, slot);
                bind_integer(&row, bin);
                bind_integer(&row, count);
                status = store_put(store, &row, DOING, problems);
            }
    sqlite3_finalize(put);
    return status;
}

/* Values of one end point at one visit in one arm, in the order of the people's numbers. */
typedef struct {
    int64_t n, capacity;
    int64_t *patients;
    double *values; /* NaN: missing */
} sample;

static void sample_free(sample *s)
{
    free(s->patients);
    free(s->values);
}

static bool sample_add(sample *s, int64_t patient, double value)
{
    if (s->n == s->capacity) {
        int64_t capacity = s->capacity ? 2 * s->capacity : 1024;
        int64_t *patients = realloc(s->patients, (size_t)capacity * sizeof *patients);
        if (!patients) return false;
        s->patients = patients;
        double *values = realloc(s->values, (size_t)capacity * sizeof *values);
        if (!values) return false;
        s->values = values;
        s->capacity = capacity;
    }
    s->patients[s->n] = patient;
    s->values[s->n++] = value;
    return true;
}

/* query binds arm and day and returns patient and value => sample, refilled */
static islet_status sample_read(islet_store *store, sqlite3_stmt *query, int arm, int day, sample *out,
                                islet_problems *problems)
{
    islet_status status = ISLET_OK;
    row_binding row = bind_row(query);
    bind_integer(&row, arm);
    bind_integer(&row, day);
    if (row.code != SQLITE_OK) return store_failure(store, row.code, DOING, problems);
    int code = SQLITE_DONE;
    out->n = 0;
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        bool missing = sqlite3_column_type(query, 1) == SQLITE_NULL;
        if (!sample_add(out, sqlite3_column_int64(query, 0), missing ? NAN : sqlite3_column_double(query, 1)))
            status = ISLET_ERR_MEMORY;
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING, problems);
    sqlite3_reset(query);
    return status;
}

/* keep the people who are in both samples; both are in the order of the people's numbers */
static void sample_match(sample *a, sample *b)
{
    int64_t i = 0, j = 0, kept = 0;
    while (i < a->n && j < b->n) {
        if (a->patients[i] < b->patients[j]) i++;
        else if (a->patients[i] > b->patients[j]) j++;
        else {
            a->values[kept] = a->values[i++];
            b->values[kept++] = b->values[j++];
        }
    }
    a->n = b->n = kept;
}

/* What all results of a run share. */
typedef struct {
    islet_store *store;
    islet_problems *problems;
    int arms, control; /* control -1: no differences */
    bool paired;
    sqlite3_stmt *put_result, *put_difference;
    sample treated, untreated; /* reused */
} result_writer;

/* `variance_share` is of a difference alone */
static islet_status put_summary(result_writer *w, sqlite3_stmt *put, int arm, const endpoint_info *endpoint, int day,
                                const summary *s, double variance_share)
{
    row_binding row = bind_row(put);
    bind_integer(&row, arm);
    if (put == w->put_difference) bind_integer(&row, w->control);
    bind_text(&row, endpoint->key);
    bind_integer(&row, day);
    bind_text(&row, endpoint->unit);
    bind_real(&row, s->value);
    bind_real(&row, s->ci_low);
    bind_real(&row, s->ci_high);
    bind_integer(&row, s->n);
    if (put == w->put_difference) bind_real(&row, variance_share);
    return store_put(w->store, &row, DOING, w->problems);
}

static bool is_share(const endpoint_info *endpoint)
{
    return endpoint->kind == ENDPOINT_KIND_fraction || endpoint->kind == ENDPOINT_KIND_harm;
}

/* mean with an interval that stays on the end point's scale */
static summary estimate(const endpoint_info *endpoint, const sample *of)
{
    const double top = endpoint_top((endpoint_id)(endpoint - islet_endpoint_info));
    if (is_share(endpoint)) return summary_share(of->values, of->n);
    if (isfinite(top)) return summary_mean_within(of->values, of->n, top);
    summary s = summary_mean(of->values, of->n);
    if (s.ci_low < 0.0) s.ci_low = 0.0; /* no end point can be negative */
    return s;
}

static islet_status write_difference(result_writer *w, sqlite3_stmt *query, int arm, const endpoint_info *endpoint,
                                     int day)
{
    islet_status status = sample_read(w->store, query, w->control, day, &w->untreated, w->problems);
    if (status != ISLET_OK) return status;
    sample *a = &w->treated, *b = &w->untreated;
    summary s;
    double variance_share = NAN;
    const double top = endpoint_top((endpoint_id)(endpoint - islet_endpoint_info));
    if (w->paired) {
        sample_match(a, b);
        variance_share = summary_paired_variance_share(a->values, b->values, a->n);
        s = is_share(endpoint) ? summary_share_difference_paired(a->values, b->values, a->n)
                               : summary_difference_paired(a->values, b->values, a->n);
    } else {
        s = is_share(endpoint) ? summary_share_difference(a->values, a->n, b->values, b->n)
                               : summary_difference(a->values, a->n, b->values, b->n);
    }
    if (s.ci_low < -top) s.ci_low = -top; /* two values on a scale cannot be further apart than its ends */
    if (s.ci_high > top) s.ci_high = top;
    return put_summary(w, w->put_difference, arm, endpoint, day, &s, variance_share);
}

/* one end point in all arms at all visits */
static islet_status write_endpoint(result_writer *w, const endpoint_info *endpoint, const int *days, int n_days)
{
    sqlite3_stmt *query = NULL;
    char *sql = sqlite3_mprintf("SELECT patient, \"%w\" FROM visit WHERE arm = ? AND day = ? ORDER BY patient",
                                endpoint->key);
    if (!sql) return ISLET_ERR_MEMORY;
    islet_status status = store_prepare(w->store, sql, &query, w->problems);
    sqlite3_free(sql);
    for (int arm = 0; arm < w->arms; arm++)
        for (int i = 0; i < n_days && status == ISLET_OK; i++) {
            status = sample_read(w->store, query, arm, days[i], &w->treated, w->problems);
            if (status != ISLET_OK) break;
            summary s = estimate(endpoint, &w->treated);
            status = put_summary(w, w->put_result, arm, endpoint, days[i], &s, NAN);
            if (status == ISLET_OK && w->control >= 0 && arm != w->control)
                status = write_difference(w, query, arm, endpoint, days[i]);
        }
    sqlite3_finalize(query);
    return status;
}

/* days of the visits in the store; at most PROTOCOL_MAX_VISITS */
static islet_status read_visit_days(islet_store *store, int days[PROTOCOL_MAX_VISITS], int *n_days,
                                    islet_problems *problems)
{
    sqlite3_stmt *query;
    islet_status status = store_prepare(store, "SELECT DISTINCT day FROM visit ORDER BY day", &query, problems);
    int code = SQLITE_DONE;
    *n_days = 0;
    while (status == ISLET_OK && (code = sqlite3_step(query)) == SQLITE_ROW) {
        if (*n_days < PROTOCOL_MAX_VISITS) days[(*n_days)++] = sqlite3_column_int(query, 0);
        else status = ISLET_ERR_STORE; /* no protocol has as many */
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING, problems);
    sqlite3_finalize(query);
    return status;
}

static islet_status read_design(islet_store *store, result_writer *w)
{
    sqlite3_stmt *query;
    islet_status status = store_prepare(store, "SELECT arms, coalesce(control_arm, -1), paired FROM run", &query,
                                        w->problems);
    if (status != ISLET_OK) return status;
    int code = sqlite3_step(query);
    if (code == SQLITE_ROW) {
        w->arms = sqlite3_column_int(query, 0);
        w->control = sqlite3_column_int(query, 1);
        w->paired = sqlite3_column_int(query, 2) != 0;
    } else {
        status = code == SQLITE_DONE ? ISLET_ERR_STORE : store_failure(store, code, DOING, w->problems);
    }
    sqlite3_finalize(query);
    return status;
}

static islet_status write_results(islet_store *store, islet_problems *problems)
{
    result_writer w = {.store = store, .problems = problems, .control = -1};
    int days[PROTOCOL_MAX_VISITS], n_days = 0;
    islet_status status = read_design(store, &w);
    if (status == ISLET_OK) status = read_visit_days(store, days, &n_days, problems);
    if (status == ISLET_OK)
        status = store_prepare(store, "INSERT INTO endpoint_result VALUES (?, ?, ?, ?, ?, ?, ?, ?)", &w.put_result, problems);
    if (status == ISLET_OK)
        status = store_prepare(store, "INSERT INTO difference VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", &w.put_difference,
                               problems);
    for (int id = 0; id < ENDPOINT_COUNT && status == ISLET_OK; id++)
        status = write_endpoint(&w, &islet_endpoint_info[id], days, n_days);
    sample_free(&w.treated);
    sample_free(&w.untreated);
    sqlite3_finalize(w.put_result);
    sqlite3_finalize(w.put_difference);
    return status;
}

static islet_status write_state(islet_store *store, bool complete, int64_t screened_out, islet_problems *problems)
{
    sqlite3_stmt *put;
    islet_status status = store_prepare(store, "UPDATE run SET state = ?, screened_out = ?", &put, problems);
    if (status != ISLET_OK) return status;
    row_binding row = bind_row(put);
    bind_text(&row, complete ? STATE_COMPLETE : STATE_INTERRUPTED);
    bind_integer(&row, screened_out);
    status = store_put(store, &row, DOING, problems);
    sqlite3_finalize(put);
    return status;
}

islet_status store_run_end(islet_store *store, bool complete, int64_t screened_out,
                           const glucose_profile *const *profiles, int n_profiles, islet_problems *problems)
{
    /* what an interruption had estimated from the people of that time goes */
    islet_status status = store_execute(store, "BEGIN; DELETE FROM profile; DELETE FROM endpoint_result; DELETE FROM difference",
                                        DOING, problems);
    if (status == ISLET_OK && complete) status = store_execute(store, "DELETE FROM profile_so_far", DOING, problems);
    for (int arm = 0; arm < n_profiles && status == ISLET_OK; arm++)
        status = write_profile(store, arm, profiles[arm], problems);
    if (status == ISLET_OK) status = write_results(store, problems);
    if (status == ISLET_OK) status = write_state(store, complete, screened_out, problems);
    if (status == ISLET_OK) status = store_execute(store, "COMMIT", DOING, problems);
    if (status != ISLET_OK) sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
