/* As validate.c does for rows, for all visits of a protocol: the same people under the shipped values and, a quarter of them, under draws. */
#include "evidence/uncertainty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/table.h"
#include "evidence/predict.h"

#define PEOPLE 192
#define MEMBERS 12
#define MEMBER_SHARE 4
#define LEAST_MEMBER_PEOPLE 8

typedef struct {
    int visits;
    int64_t people;
    double *values; /* [arm][visit][endpoint][person] */
} visit_sink;

static double *values_at(const visit_sink *sink, int arm, int visit, int endpoint)
{
    return sink->values + (((size_t)arm * (size_t)sink->visits + (size_t)visit) * ENDPOINT_COUNT + (size_t)endpoint) * (size_t)sink->people;
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    visit_sink *sink = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        for (int v = 0; v < results[i].n_visits; v++)
            for (int e = 0; e < ENDPOINT_COUNT; e++)
                values_at(sink, results[i].arm, v, e)[results[i].traits->patient] = results[i].visit_values[v][e];
    return ISLET_OK;
}

typedef struct {
    const struct islet_protocol *protocol;
    const parameter_set *set;
    const islet_run_options *options;
    double done, total;
} job;

static void add_progress(void *context, const islet_progress *now)
{
    job *j = context;
    islet_progress all = {j->done + now->done_patient_days, j->total};
    if (j->options->progress) j->options->progress(j->options->context, &all);
}

static bool ask_interrupted(void *context)
{
    const job *j = context;
    return j->options->interrupted && j->options->interrupted(j->options->context);
}

/* one simulation under draw `member`, -1: the set's values; the sink gets room of its own */
static islet_status simulate(job *j, int member, int64_t people, visit_sink *sink, uncertainty *out, islet_problems *problems)
{
    params with = params_default();
    islet_protocol *changed = malloc(sizeof *changed);
    trial *t = NULL;
    if (!changed) return ISLET_ERR_MEMORY;
    *changed = *j->protocol;
    parameter_set_apply(j->set, member, &with, changed);
    islet_run_options own = *j->options;
    own.patients = people;
    own.progress = add_progress;
    own.interrupted = ask_interrupted;
    own.context = j;
    own.independent_arms = false;
    own.parameters = NULL;
    islet_status status = trial_create_with(changed, &own, &with, &t, problems);
    if (status == ISLET_OK) {
        out->arms = trial_arms(t);
        out->visits = trial_visits(t);
        for (int v = 0; v < out->visits; v++) out->visit_day[v] = trial_visit_day(t, v);
        size_t n = (size_t)out->arms * (size_t)out->visits * ENDPOINT_COUNT * (size_t)people;
        *sink = (visit_sink){out->visits, people, malloc(n * sizeof(double))};
        if (!sink->values) status = ISLET_ERR_MEMORY;
        for (size_t i = 0; i < n && sink->values; i++) sink->values[i] = NAN;
        if (j->total == 0.0) j->total = trial_total_patient_days(t); /* people of the base; scaled by the caller */
    }
    if (status == ISLET_OK) status = trial_run(t, NULL, keep, sink, problems);
    if (t) j->done += trial_total_patient_days(t);
    trial_free(t);
    free(changed);
    return status;
}

static void predict_all(const visit_sink *base, const visit_sink *members, int n_members, int64_t trial_n, uint64_t seed, uncertainty *out)
{
    for (int a = 0; a < out->arms; a++)
        for (int v = 0; v < out->visits; v++)
            for (int e = 0; e < ENDPOINT_COUNT; e++) {
                const endpoint_info *info = &islet_endpoint_info[e];
                bool share = info->kind == ENDPOINT_KIND_fraction || info->kind == ENDPOINT_KIND_harm;
                const double *under[MEMBERS];
                prediction p;
                size_t at = ((size_t)a * (size_t)out->visits + (size_t)v) * ENDPOINT_COUNT + (size_t)e;
                for (int k = 0; k < n_members; k++) under[k] = values_at(&members[k], a, v, e);
                bool known = predict_trial(share ? PREDICT_SHARE : PREDICT_MEAN, values_at(base, a, v, e), base->people, under, n_members,
                                           n_members ? members[0].people : 0, trial_n, seed, at, &p);
                out->all[at] = known ? (predictive){p.simulated, p.low[PI95], p.high[PI95]} : (predictive){NAN, NAN, NAN};
            }
}

islet_status uncertainty_run(const struct islet_protocol *protocol, const parameter_set *set, int64_t trial_n, const islet_run_options *options,
                             uncertainty *out, islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    job j = {.protocol = protocol, .set = set, .options = options ? options : &defaults};
    int64_t people = j.options->patients > 0 ? j.options->patients : PEOPLE;
    int64_t few = people / MEMBER_SHARE < LEAST_MEMBER_PEOPLE ? LEAST_MEMBER_PEOPLE : people / MEMBER_SHARE;
    int n_members = set->n_draws < MEMBERS ? set->n_draws : MEMBERS;
    visit_sink base = {0}, members[MEMBERS] = {{0}};
    *out = (uncertainty){.draws = n_members};
    if (few > people) few = people;

    islet_status status = simulate(&j, -1, people, &base, out, problems);
    j.total *= 1.0 + (double)n_members * (double)few / (double)people;
    for (int k = 0; k < n_members && status == ISLET_OK; k++) status = simulate(&j, k, few, &members[k], out, problems);
    if (status == ISLET_OK) {
        out->all = malloc((size_t)out->arms * (size_t)out->visits * ENDPOINT_COUNT * sizeof *out->all);
        if (!out->all) status = ISLET_ERR_MEMORY;
    }
    if (status == ISLET_OK) predict_all(&base, members, n_members, trial_n, islet_run_seed(protocol, j.options), out);
    free(base.values);
    for (int k = 0; k < n_members; k++) free(members[k].values);
    if (status != ISLET_OK) uncertainty_free(out);
    return status;
}

void uncertainty_free(uncertainty *u)
{
    free(u->all);
    *u = (uncertainty){0};
}

/* ---- public ---- */

static bool add_row(islet_table *table, const struct islet_protocol *protocol, const uncertainty *u, int arm, int visit, int endpoint)
{
    const predictive *p = uncertainty_at(u, arm, visit, endpoint);
    char day[NUMBER_TEXT], number[3][NUMBER_TEXT];
    number_write(u->visit_day[visit], day);
    number_write(round(p->simulated * 1e4) / 1e4, number[0]);
    number_write(round(p->low * 1e4) / 1e4, number[1]);
    number_write(round(p->high * 1e4) / 1e4, number[2]);
    return table_add_row(table, (const char *const[]){protocol->arms[arm].name, islet_endpoint_info[endpoint].key, islet_endpoint_info[endpoint].unit, day,
                                                      number[0], number[1], number[2]});
}

islet_status islet_uncertainty(const islet_protocol *protocol, int64_t trial_n, const islet_run_options *options, islet_table **out,
                               islet_problems *problems)
{
    static const char *const names[] = {"arm", "endpoint", "unit", "day", "simulated", "pi95_low", "pi95_high"};
    static const bool numbers[] = {false, false, false, true, true, true, true};
    if (!protocol || !out || trial_n < 1) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    parameter_set set;
    uncertainty u = {0};
    islet_table *table = NULL;
    islet_run_options own = options ? *options : (islet_run_options){0};
    own.patients = 0;
    islet_status status = own.parameters ? parameter_set_read(own.parameters, &set, problems) : parameter_set_shipped(&set, problems);
    if (status != ISLET_OK) return status;
    status = uncertainty_run(protocol, &set, trial_n, &own, &u, problems);
    if (status != ISLET_OK) goto done;
    table = table_create(7, names, numbers);
    bool fine = table != NULL;
    for (int a = 0; a < u.arms && fine; a++)
        for (int e = 0; e < protocol->n_endpoints && fine; e++)
            for (int v = 0; v < u.visits && fine; v++) fine = add_row(table, protocol, &u, a, v, protocol->endpoints[e]);
    status = fine ? ISLET_OK : ISLET_ERR_MEMORY;
    if (fine) {
        *out = table;
        table = NULL;
    }
done:
    islet_table_free(table);
    uncertainty_free(&u);
    parameter_set_free(&set);
    return status;
}
