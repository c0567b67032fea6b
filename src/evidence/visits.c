/* Values of visits, kept as they come. */
#include "evidence/visits.h"

#include <math.h>
#include <stdlib.h>

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    const visit_values *into = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        for (int v = 0; v < results[i].n_visits; v++)
            for (int e = 0; e < ENDPOINT_COUNT; e++)
                visit_values_at(into, results[i].arm, v, e)[results[i].traits->patient] = results[i].visit_values[v][e];
    return ISLET_OK;
}

static void add_progress(void *context, const islet_progress *now)
{
    const visit_work *work = context;
    islet_progress all = {work->done + now->done_patient_days, work->total};
    if (work->options->progress) work->options->progress(work->options->context, &all);
}

static bool ask_interrupted(void *context)
{
    const visit_work *work = context;
    return work->options->interrupted && work->options->interrupted(work->options->context);
}

static bool make_room(const trial *t, int64_t people, visit_values *out)
{
    *out = (visit_values){.arms = trial_arms(t), .visits = trial_visits(t), .people = people};
    for (int v = 0; v < out->visits; v++) out->visit_day[v] = trial_visit_day(t, v);
    size_t n = (size_t)out->arms * (size_t)out->visits * ENDPOINT_COUNT * (size_t)people;
    out->values = malloc(n * sizeof(double));
    for (size_t i = 0; i < n && out->values; i++) out->values[i] = NAN;
    return out->values != NULL;
}

islet_status visit_values_simulate(visit_work *work, const islet_protocol *protocol, const params *with, int64_t people,
                                   visit_values *out, islet_problems *problems)
{
    trial *t = NULL;
    islet_run_options own = *work->options;
    own.patients = people;
    own.progress = add_progress;
    own.interrupted = ask_interrupted;
    own.context = work;
    own.independent_arms = false;
    own.parameters = NULL;
    *out = (visit_values){0};
    islet_status status = trial_create_with(protocol, &own, with, &t, problems);
    if (status != ISLET_OK) return status;
    if (work->total == 0.0) work->total = work->share * trial_total_patient_days(t);
    status = make_room(t, people, out) ? trial_run(t, NULL, keep, out, problems) : ISLET_ERR_MEMORY;
    work->done += trial_total_patient_days(t);
    trial_free(t);
    return status;
}

void visit_values_free(visit_values *v)
{
    free(v->values);
    *v = (visit_values){0};
}
