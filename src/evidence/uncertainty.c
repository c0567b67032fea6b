/* As validate.c does for rows, for all visits of a protocol: the same people under the shipped values and, a few of them, under draws. */
#include "evidence/uncertainty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/table.h"
#include "base/units.h"
#include "evidence/predict.h"
#include "evidence/visits.h"

#define PEOPLE 192
#define MEMBERS 24
#define MEMBER_SHARE 4 /* a share that a dozen people have or not moves by twelfths, and so would its interval */
#define LEAST_MEMBER_PEOPLE 8

/* one simulation under draw `member`, -1: the set's values */
static islet_status simulate(visit_work *work, const struct islet_protocol *protocol, const parameter_set *set,
                             int member, int64_t people, visit_values *out, islet_problems *problems)
{
    params with = params_default();
    islet_protocol *changed = malloc(sizeof *changed);
    if (!changed) return ISLET_ERR_MEMORY;
    *changed = *protocol;
    parameter_set_apply(set, member, &with, changed);
    islet_status status = visit_values_simulate(work, changed, &with, people, out, problems);
    free(changed);
    return status;
}

/* base, members and what is known beyond them */
typedef struct {
    const visit_values *base, *members;
    int n_members;
    const discrepancy *beyond;
    int64_t trial_n;
    uint64_t seed;
} prospects;

static predictive predict_one(const prospects *from, int arm, int visit, int endpoint, uint64_t row)
{
    const endpoint_info *info = &islet_endpoint_info[endpoint];
    const bool share = info->kind == ENDPOINT_KIND_fraction || info->kind == ENDPOINT_KIND_harm;
    const bool rate = info->kind == ENDPOINT_KIND_rate && visit > 0; /* on day 0 of the year before, which people were taken by */
    const double top = endpoint_top((endpoint_id)endpoint);
    const double *under[MEMBERS];
    prediction p;
    for (int k = 0; k < from->n_members; k++) under[k] = visit_values_at(&from->members[k], arm, visit, endpoint);
    predict_question q = {.statistic = share ? PREDICT_SHARE : rate ? PREDICT_RATE : PREDICT_MEAN,
                          .years = rate ? (from->base->visit_day[visit] - from->base->visit_day[visit - 1]) / DAYS_PER_YEAR : 0.0,
                          .most = isfinite(top) ? top : 0.0,
                          .values = visit_values_at(from->base, arm, visit, endpoint),
                          .n_people = from->base->people,
                          .members = under,
                          .n_members = from->n_members,
                          .n_member = from->n_members ? from->members[0].people : 0,
                          .trial_n = from->trial_n,
                          .seed = from->seed,
                          .row = row};
    predict_beyond(&q, from->beyond, discrepancy_of(info->key, info->kind, false, &q.scale));
    if (!predict_trial(&q, &p)) return (predictive){NAN, NAN, NAN, NAN, NAN};
    if (p.constant) return (predictive){p.simulated, NAN, NAN, NAN, NAN};
    return (predictive){p.simulated, p.low[PI95], p.high[PI95], p.bare_low[PI95], p.bare_high[PI95]};
}

static void predict_all(const prospects *from, uncertainty *out)
{
    for (int a = 0; a < out->arms; a++)
        for (int v = 0; v < out->visits; v++)
            for (int e = 0; e < ENDPOINT_COUNT; e++) {
                size_t at = ((size_t)a * (size_t)out->visits + (size_t)v) * ENDPOINT_COUNT + (size_t)e;
                out->all[at] = predict_one(from, a, v, e, at);
            }
}

islet_status uncertainty_run(const struct islet_protocol *protocol, const parameter_set *set, int64_t trial_n,
                             const islet_run_options *options, uncertainty *out, islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    visit_work work = {.options = options ? options : &defaults};
    int64_t people = work.options->patients > 0 ? work.options->patients : PEOPLE;
    int64_t few = people / MEMBER_SHARE < LEAST_MEMBER_PEOPLE ? LEAST_MEMBER_PEOPLE : people / MEMBER_SHARE;
    int n_members = set->n_draws < MEMBERS ? set->n_draws : MEMBERS;
    visit_values base = {0}, members[MEMBERS] = {{0}};
    discrepancy beyond;
    *out = (uncertainty){.draws = n_members};
    if (few > people) few = people;
    work.share = 1.0 + (double)n_members * (double)few / (double)people;

    islet_status status = discrepancy_shipped(&beyond, problems);
    if (status == ISLET_OK) status = simulate(&work, protocol, set, -1, people, &base, problems);
    for (int k = 0; k < n_members && status == ISLET_OK; k++)
        status = simulate(&work, protocol, set, k, few, &members[k], problems);
    if (status == ISLET_OK) {
        out->arms = base.arms;
        out->visits = base.visits;
        memcpy(out->visit_day, base.visit_day, sizeof out->visit_day);
        out->all = malloc((size_t)out->arms * (size_t)out->visits * ENDPOINT_COUNT * sizeof *out->all);
        if (!out->all) status = ISLET_ERR_MEMORY;
    }
    if (status == ISLET_OK)
        predict_all(&(prospects){&base, members, n_members, &beyond, trial_n, islet_run_seed(protocol, work.options)}, out);
    visit_values_free(&base);
    for (int k = 0; k < n_members; k++) visit_values_free(&members[k]);
    if (status != ISLET_OK) uncertainty_free(out);
    return status;
}

void uncertainty_free(uncertainty *u)
{
    free(u->all);
    *u = (uncertainty){0};
}

/* ---- public ---- */

static bool add_row(islet_table *table, const struct islet_protocol *protocol, const uncertainty *u, int arm, int visit,
                    int endpoint)
{
    const predictive *p = uncertainty_at(u, arm, visit, endpoint);
    char day[NUMBER_TEXT], number[5][NUMBER_TEXT];
    const double values[] = {p->simulated, p->low, p->high, p->bare_low, p->bare_high};
    number_write(u->visit_day[visit], day);
    for (int i = 0; i < 5; i++) number_write(round(values[i] * 1e4) / 1e4, number[i]);
    return table_add_row(table, (const char *const[]){protocol->arms[arm].name, islet_endpoint_info[endpoint].key,
                                                      islet_endpoint_info[endpoint].unit, day, number[0], number[1],
                                                      number[2], number[3], number[4]});
}

islet_status islet_uncertainty(const islet_protocol *protocol, int64_t trial_n, const islet_run_options *options,
                               islet_table **out, islet_problems *problems)
{
    static const char *const names[] = {"arm",      "endpoint",  "unit",       "day",        "simulated",
                                        "pi95_low", "pi95_high", "bare95_low", "bare95_high"};
    static const bool numbers[] = {false, false, false, true, true, true, true, true, true};
    if (!protocol || !out || trial_n < 1) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    parameter_set set;
    uncertainty u = {0};
    islet_table *table = NULL;
    islet_run_options own = options ? *options : (islet_run_options){0};
    own.patients = 0;
    islet_status status =
        own.parameters ? parameter_set_read(own.parameters, &set, problems) : parameter_set_shipped(&set, problems);
    if (status != ISLET_OK) return status;
    status = uncertainty_run(protocol, &set, trial_n, &own, &u, problems);
    if (status != ISLET_OK) goto done;
    table = table_create(9, names, numbers);
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
