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

/* Values of some end points at one visit in one arm, in the order of the people's numbers. The columns of a row are found one after the other:
 * to read a few at once costs little more than to read one. */
#define TOGETHER 8
typedef struct {
    int64_t n, capacity;
    int64_t *patients;
    double *values[TOGETHER]; /* NaN: missing */
} sample;

static void sample_free(sample *s)
{
    free(s->patients);
    for (int i = 0; i < TOGETHER; i++) free(s->values[i]);
}

static bool sample_grow(sample *s)
{
    int64_t capacity = s->capacity ? 2 * s->capacity : 1024;
    int64_t *patients = realloc(s->patients, (size_t)capacity * sizeof *patients);
    if (!patients) return false;
    s->patients = patients;
    for (int i = 0; i < TOGETHER; i++) {
        double *values = realloc(s->values[i], (size_t)capacity * sizeof *values);
        if (!values) return false;
        s->values[i] = values;
    }
    s->capacity = capacity;
    return true;
}

/* query binds arm and day and returns patient and n values => sample, refilled */
static islet_status sample_read(islet_store *store, sqlite3_stmt *query, int arm, int day, int n, sample *out,
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
        if (out->n == out->capacity && !sample_grow(out)) {
            status = ISLET_ERR_MEMORY;
            break;
        }
        out->patients[out->n] = sqlite3_column_int64(query, 0);
        for (int i = 0; i < n; i++) {
            bool missing = sqlite3_column_type(query, 1 + i) == SQLITE_NULL;
            out->values[i][out->n] = missing ? NAN : sqlite3_column_double(query, 1 + i);
        }
        out->n++;
    }
    if (status == ISLET_OK && code != SQLITE_DONE) status = store_failure(store, code, DOING, problems);
    sqlite3_reset(query);
    return status;
}

static void sample_keep(sample *s, int64_t from, int64_t to, int n)
{
    for (int i = 0; i < n; i++) s->values[i][to] = s->values[i][from];
}

/* keep the people who are in both samples of n values; both are in the order of the people's numbers */
static void sample_match(sample *a, sample *b, int n)
{
    int64_t i = 0, j = 0, kept = 0;
    while (i < a->n && j < b->n) {
        if (a->patients[i] < b->patients[j]) i++;
        else if (a->patients[i] > b->patients[j]) j++;
        else {
            sample_keep(a, i++, kept, n);
            sample_keep(b, j++, kept++, n);
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

/* Of an end point that treatment decides who has: is there a value of fewer than half of the people? */
static bool is_of_few(const endpoint_info *endpoint, const double *values, int64_t n)
{
    int64_t measured = 0;
    for (int64_t i = 0; i < n; i++) measured += !isnan(values[i]);
    return endpoint_picks_people((endpoint_id)(endpoint - islet_endpoint_info)) && 2 * measured < n;
}

/* How many there are is still said. */
static summary left_out(summary s)
{
    s.value = s.ci_low = s.ci_high = NAN;
    return s;
}

/* mean with an interval that stays on the end point's scale */
static summary estimate(const endpoint_info *endpoint, const double *values, int64_t n)
{
    const double top = endpoint_top((endpoint_id)(endpoint - islet_endpoint_info));
    if (is_share(endpoint)) return summary_share(values, n);
    if (isfinite(top)) return summary_mean_within(values, n, top);
    summary s = summary_mean(values, n);
    if (s.ci_low < 0.0) s.ci_low = 0.0; /* no end point can be negative */
    return s;
}

/* of matched values where people are in both arms */
static summary difference_of(const result_writer *w, const endpoint_info *endpoint, const double *a, const double *b)
{
    const double top = endpoint_top((endpoint_id)(endpoint - islet_endpoint_info));
    int64_t n_a = w->treated.n, n_b = w->untreated.n;
    summary s;
    if (w->paired) s = is_share(endpoint) ? summary_share_difference_paired(a, b, n_a) : summary_difference_paired(a, b, n_a);
    else s = is_share(endpoint) ? summary_share_difference(a, n_a, b, n_b) : summary_difference(a, n_a, b, n_b);
    if (s.ci_low < -top) s.ci_low = -top; /* two values on a scale cannot be further apart than its ends */
    if (s.ci_high > top) s.ci_high = top;
    return s;
}

/* the sample of an arm less that of the control arm on that day */
static islet_status write_differences(result_writer *w, sqlite3_stmt *query, int arm, const endpoint_info *endpoints, int n, int day)
{
    islet_status status = sample_read(w->store, query, w->control, day, n, &w->untreated, w->problems);
    if (status == ISLET_OK && w->paired) sample_match(&w->treated, &w->untreated, n);
    for (int i = 0; i < n && status == ISLET_OK; i++) {
        const double *a = w->treated.values[i], *b = w->untreated.values[i];
        const bool few = is_of_few(&endpoints[i], a, w->treated.n) || is_of_few(&endpoints[i], b, w->untreated.n);
        const double variance_share = w->paired && !few ? summary_paired_variance_share(a, b, w->treated.n) : NAN;
        summary s = difference_of(w, &endpoints[i], a, b);
        if (few) s = left_out(s);
        status = put_summary(w, w->put_difference, arm, &endpoints[i], day, &s, variance_share);
    }
    return status;
}

static islet_status write_estimates(result_writer *w, int arm, const endpoint_info *endpoints, int n, int day)
{
    islet_status status = ISLET_OK;
    for (int i = 0; i < n && status == ISLET_OK; i++) {
        summary s = estimate(&endpoints[i], w->treated.values[i], w->treated.n);
        if (is_of_few(&endpoints[i], w->treated.values[i], w->treated.n)) s = left_out(s);
        status = put_summary(w, w->put_result, arm, &endpoints[i], day, &s, NAN);
    }
    return status;
}

/* patient and n end points of everybody in an arm on a day */
static islet_status prepare_visits(result_writer *w, const endpoint_info *endpoints, int n, sqlite3_stmt **out)
{
    *out = NULL;
    sqlite3_str *sql = sqlite3_str_new(NULL);
    sqlite3_str_appendall(sql, "SELECT patient");
    for (int i = 0; i < n; i++) sqlite3_str_appendf(sql, ", \"%w\"", endpoints[i].key);
    sqlite3_str_appendall(sql, " FROM visit WHERE arm = ? AND day = ? ORDER BY patient");
    char *text = sqlite3_str_finish(sql); /* NULL when any of this found no memory */
    if (!text) return ISLET_ERR_MEMORY;
    islet_status status = store_prepare(w->store, text, out, w->problems);
    sqlite3_free(text);
    return status;
}

/* n end points, TOGETHER at most, in all arms at all visits */
static islet_status write_endpoints(result_writer *w, const endpoint_info *endpoints, int n, const int *days, int n_days)
{
    sqlite3_stmt *query;
    islet_status status = prepare_visits(w, endpoints, n, &query);
    for (int arm = 0; arm < w->arms; arm++)
        for (int i = 0; i < n_days && status == ISLET_OK; i++) {
            status = sample_read(w->store, query, arm, days[i], n, &w->treated, w->problems);
            if (status == ISLET_OK) status = write_estimates(w, arm, endpoints, n, days[i]);
            if (status == ISLET_OK && w->control >= 0 && arm != w->control)
                status = write_differences(w, query, arm, endpoints, n, days[i]);
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
    for (int id = 0; id < ENDPOINT_COUNT && status == ISLET_OK; id += TOGETHER) {
        int n = ENDPOINT_COUNT - id < TOGETHER ? ENDPOINT_COUNT - id : TOGETHER;
        status = write_endpoints(&w, &islet_endpoint_info[id], n, days, n_days);
    }
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
