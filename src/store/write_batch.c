/* Rows of people, a batch a transaction. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/bind.h"
#include "store/write.h"

#define DOING "write a batch of people"

enum { PUT_PATIENT, PUT_VISIT, PUT_DAILY, PUT_EVENT, PUT_BATCH, PUT_COUNT };

struct store_writer {
    islet_store *store;
    bool paired; /* the same people in every arm: their traits are written once */
    int n_visits;
    int visit_days[PROTOCOL_MAX_VISITS];
    sqlite3_stmt *put[PUT_COUNT];
};

#define ENDPOINT(key, unit, kind, digits, sentence) ", ?"
static const char *const put_sql[PUT_COUNT] = {
    [PUT_PATIENT] = "INSERT INTO patient VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [PUT_VISIT] = "INSERT INTO visit VALUES (?, ?, ?"
#include "base/endpoints.def"
        ")",
    [PUT_DAILY] = "INSERT INTO daily VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    [PUT_EVENT] = "INSERT INTO event VALUES (?, ?, ?, ?, ?, ?)",
    [PUT_BATCH] = "INSERT INTO batch VALUES (?)",
};
#undef ENDPOINT

static const char *const event_keys[EVENT_COUNT] = {
#define EVENT_KEY(key, sentence) #key,
    EVENT_LIST(EVENT_KEY)
#undef EVENT_KEY
};

islet_status store_writer_create(islet_store *store, bool paired, int n_visits, const int *visit_days,
                                 store_writer **out, islet_problems *problems)
{
    *out = NULL;
    if (n_visits < 0 || n_visits > PROTOCOL_MAX_VISITS) return ISLET_ERR_ARGUMENT;
    store_writer *writer = calloc(1, sizeof *writer);
    if (!writer) return ISLET_ERR_MEMORY;
    writer->store = store;
    writer->paired = paired;
    writer->n_visits = n_visits;
    for (int i = 0; i < n_visits; i++) writer->visit_days[i] = visit_days[i];
    for (int i = 0; i < PUT_COUNT; i++) {
        islet_status status = store_prepare(store, put_sql[i], &writer->put[i], problems);
        if (status != ISLET_OK) {
            store_writer_free(writer);
            return status;
        }
    }
    *out = writer;
    return ISLET_OK;
}

void store_writer_free(store_writer *writer)
{
    if (!writer) return;
    for (int i = 0; i < PUT_COUNT; i++) sqlite3_finalize(writer->put[i]);
    free(writer);
}

static islet_status put_patient(store_writer *writer, const patient_traits *traits, islet_problems *problems)
{
    row_binding row = bind_row(writer->put[PUT_PATIENT]);
    char subject[sizeof traits->subject + 1];
    snprintf(subject, sizeof subject, "%.*s", (int)sizeof traits->subject, traits->subject);
    const double reals[] = {traits->age_year,  traits->duration_year, traits->height_m,
                            traits->weight_kg, traits->bmi_kg_m2,     traits->egfr_ml_min_1_73m2,
                            traits->native_function_frac};
    bind_integer(&row, traits->patient);
    bind_integer(&row, traits->candidate);
    bind_text(&row, subject);
    bind_integer(&row, traits->female);
    for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++) bind_real(&row, reals[i]);
    bind_integer(&row, traits->autoantibody_positive);
    bind_integer(&row, traits->impaired_awareness);
    bind_real(&row, traits->severe_hypo_per_year);
    return store_put(writer->store, &row, DOING, problems);
}

static islet_status put_visits(store_writer *writer, const patient_result *result, islet_problems *problems)
{
    islet_status status = result->n_visits == writer->n_visits ? ISLET_OK : ISLET_ERR_ARGUMENT;
    for (int visit = 0; visit < writer->n_visits && status == ISLET_OK; visit++) {
        const double *values = result->visit_values[visit];
        row_binding row = bind_row(writer->put[PUT_VISIT]);
        bind_integer(&row, result->arm);
        bind_integer(&row, writer->visit_days[visit]);
        bind_integer(&row, result->traits->patient);
        for (int id = 0; id < ENDPOINT_COUNT; id++) bind_real(&row, values[id]);
        status = store_put(writer->store, &row, DOING, problems);
    }
    return status;
}

static islet_status put_days(store_writer *writer, const patient_result *result, islet_problems *problems)
{
    row_binding each = bind_row(writer->put[PUT_DAILY]);
    bind_integer(&each, result->arm);
    bind_integer(&each, result->traits->patient);
    islet_status status = ISLET_OK;
    for (int day = 0; day < result->n_days && status == ISLET_OK; day++) {
        const patient_day *d = &result->days[day];
        const uint16_t values[] = {d->mean_glucose_0_1_mg_dl, d->in_range_min,       d->below_70_min,
                                   d->below_54_min,           d->insulin_0_01_u,     d->carbohydrate_0_1_g,
                                   d->c_peptide_mean_pmol_l,  d->graft_function_0_0001};
        row_binding row = each; /* arm and person stay bound */
        bind_integer(&row, day);
        for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) bind_integer(&row, values[i]);
        status = store_put(writer->store, &row, DOING, problems);
    }
    return status;
}

static islet_status put_events(store_writer *writer, const patient_result *result, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int i = 0; i < result->n_events && status == ISLET_OK; i++) {
        const patient_event *event = &result->events[i];
        if (event->kind < 0 || event->kind >= EVENT_COUNT) return ISLET_ERR_ARGUMENT;
        row_binding row = bind_row(writer->put[PUT_EVENT]);
        bind_integer(&row, result->arm);
        bind_integer(&row, result->traits->patient);
        bind_integer(&row, i);
        bind_integer(&row, event->day);
        bind_text(&row, event_keys[event->kind]);
        bind_real(&row, event->value);
        status = store_put(writer->store, &row, DOING, problems);
    }
    return status;
}

islet_status store_writer_batch(store_writer *writer, int64_t batch, const patient_result *results, int n_results,
                                const glucose_profile *profiles, int arms, islet_problems *problems)
{
    islet_status status = store_execute(writer->store, "BEGIN", DOING, problems);
    for (int i = 0; i < n_results && status == ISLET_OK; i++) {
        if (results[i].arm == 0 || !writer->paired) status = put_patient(writer, results[i].traits, problems);
        if (status == ISLET_OK) status = put_visits(writer, &results[i], problems);
        if (status == ISLET_OK) status = put_days(writer, &results[i], problems);
        if (status == ISLET_OK) status = put_events(writer, &results[i], problems);
    }
    if (status == ISLET_OK && profiles) status = store_profiles_put(writer->store, profiles, arms, problems);
    row_binding mark = bind_row(writer->put[PUT_BATCH]);
    bind_integer(&mark, batch);
    if (status == ISLET_OK) status = store_put(writer->store, &mark, DOING, problems);
    if (status == ISLET_OK) status = store_execute(writer->store, "COMMIT", DOING, problems);
    if (status == ISLET_OK) writer->store->has_batches = true;
    else sqlite3_exec(writer->store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
