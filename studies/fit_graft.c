/* Fit of the graft: the numbers that link cells, C-peptide, capacity and insulin independence.
 *
 *   make fit                          both fits, 64 people (about a quarter of an hour on two cores)
 *   fit_graft PEOPLE ITERATIONS 2     only the second, with the shipped parameters
 *
 * Two fits, both on rows of evidence/outcomes.csv whose role is `calibrate`, never on others:
 *   1. donor islets (Edmonton, CITR): the loss of cells under the first era's drugs, on the weighted squared misses;
 *   2. zimislecel's full-dose stimulated C-peptide at days 90, 180, 365: secretion_gain, maturation half-time and scale
 *      of the product, on the squared log misses, with 1. held.
 * Both by Nelder-Mead, with the same people and the same chance in every evaluation (common random numbers). Results go by hand into
 * base/params.def, data/regimens/edmonton_sirolimus_tacrolimus.yaml and data/products/zimislecel.yaml, with this file as their source. */
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "stats/survival.h"
#include "trial/trial.h"

#define IMPROVEMENT_FRAC 0.01 /* an iteration that gains less counts as idle .. */
#define CLOSE_ENOUGH 1e-5     /* of the squared log misses */
#define IDLE_MAX 8            /* .. and so many end the search */

typedef struct {
    struct islet_protocol protocol;
    params params;
    int n, n_visits;
    double *values;               /* [patient][visit][endpoint] of arm 0 */
    double *off_days;             /* first time without insulin, days until a dose again or the end .. */
    unsigned char *resumed;       /* .. and whether it ended with a dose */
    int n_off;
    int evaluations;
} study;

/* How long the first time without insulin lasted, for Kaplan-Meier. */
static void keep_duration(study *s, const patient_result *r)
{
    double stopped = NAN, ended = NAN;
    for (int e = 0; e < r->n_events; e++) {
        if (r->events[e].kind == EVENT_insulin_stopped && isnan(stopped)) stopped = r->events[e].day;
        if (r->events[e].kind == EVENT_insulin_resumed && isnan(ended)) ended = r->events[e].day;
    }
    if (isnan(stopped)) return;
    s->resumed[s->n_off] = !isnan(ended);
    s->off_days[s->n_off++] = (isnan(ended) ? r->n_days : ended) - stopped;
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    study *s = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        if (results[i].arm != 0) continue;
        size_t at = (size_t)results[i].traits->patient * (size_t)s->n_visits * ENDPOINT_COUNT;
        keep_duration(s, &results[i]);
        memcpy(s->values + at, results[i].visit_values, sizeof(double) * (size_t)s->n_visits * ENDPOINT_COUNT);
    }
    return ISLET_OK;
}

static void simulate(study *s)
{
    trial *t;
    s->n_off = 0;
    if (trial_create_with(&s->protocol, NULL, &s->params, &t, NULL) != ISLET_OK ||
        trial_run(t, NULL, keep, s, NULL) != ISLET_OK) {
        fprintf(stderr, "the simulation failed\n");
        exit(4);
    }
    trial_free(t);
    s->evaluations++;
}

static bool study_read(study *s, const char *path, int n)
{
    islet_problems *problems = islet_problems_create();
    islet_protocol *protocol = NULL;
    *s = (study){.n = n, .params = params_default()};
    if (islet_protocol_read(path, &protocol, problems) != ISLET_OK) {
        for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
        return false;
    }
    s->protocol = *protocol;
    s->protocol.n_patients = n;
    s->protocol.n_arms = 1;
    s->n_visits = s->protocol.n_visits;
    s->values = calloc((size_t)n * (size_t)s->n_visits * ENDPOINT_COUNT, sizeof(double));
    s->off_days = calloc((size_t)n, sizeof(double));
    s->resumed = calloc((size_t)n, 1);
    islet_protocol_free(protocol);
    islet_problems_free(problems);
    return s->values && s->off_days && s->resumed;
}

static void study_free(study *s)
{
    free(s->values);
    free(s->off_days);
    free(s->resumed);
}

static int visit_on(const study *s, int day)
{
    for (int v = 0; v < s->n_visits; v++)
        if (s->protocol.visits_day[v] == day) return v;
    fprintf(stderr, "no visit on day %d\n", day);
    exit(2);
}

/* Mean of an end point at a visit over people with independence == `off` (or all for off < 0). */
static double mean_of(const study *s, int day, endpoint_id e, int off)
{
    double sum = 0.0;
    int n = 0, visit = visit_on(s, day);
    for (int i = 0; i < s->n; i++) {
        const double *v = s->values + ((size_t)i * (size_t)s->n_visits + (size_t)visit) * ENDPOINT_COUNT;
        if (isnan(v[e]) || (off >= 0 && v[ENDPOINT_insulin_independent] != off)) continue;
        sum += v[e];
        n++;
    }
    return n ? sum / n : NAN;
}

static double increment(const study *s, int day, int off)
{
    return mean_of(s, day, ENDPOINT_c_peptide_stimulated_nmol_l, off) - mean_of(s, day, ENDPOINT_c_peptide_fasting_nmol_l, off);
}

/* Kaplan-Meier median of the first time without insulin, months; the follow-up if it is not reached. */
static double months_off_insulin(const study *s)
{
    survival_curve curve;
    double median = NAN, low, high;
    if (s->n_off == 0 || survival_estimate(s->off_days, s->resumed, s->n_off, SURVIVAL_LOG_LOG, &curve) != ISLET_OK) return 0.0;
    survival_median(&curve, &median, &low, &high);
    survival_free(&curve);
    return (isnan(median) ? s->protocol.follow_up_day : median) / (DAYS_PER_YEAR / 12.0);
}

/* ---- 1. donor islets ---- */

static double donor_misses(study *s, bool print)
{
    /* row of outcomes.csv, observed, its standard error, simulated */
    const struct {
        const char *row;
        double observed, error, simulated;
    } rows[] = {
        {"EDM2001 insulin independent at 10.2 months (day 365), share", 0.75, 0.10, mean_of(s, 365, ENDPOINT_insulin_independent, -1)},
        {"CITR_BARTON2012 insulin independent at 3 years, era 1999-2002", 0.27, 0.05, mean_of(s, 1095, ENDPOINT_insulin_independent, -1)},
        {"CITR2007 insulin independent at 4 years", 0.12, 0.05, mean_of(s, 1460, ENDPOINT_insulin_independent, -1)},
        {"EDM2005 insulin independent at 5 years", 0.10, 0.05, mean_of(s, 1825, ENDPOINT_insulin_independent, -1)},
        {"EDM2005 duration of insulin independence, median, months", 15.0, 4.0, months_off_insulin(s)},
        {"EDM2005 C-peptide increment off insulin, nmol/L", 0.76, 0.06, increment(s, 365, 1)},
        {"EDM2005 C-peptide increment back on insulin, nmol/L", 0.44, 0.06, increment(s, 1095, 0)},
        {"EDM2005 HbA1c off insulin at 5 years, %", 6.4, 0.2, mean_of(s, 1825, ENDPOINT_hba1c_pct, 1)},
        {"EDM2005 HbA1c back on insulin at 5 years, %", 6.7, 0.3, mean_of(s, 1825, ENDPOINT_hba1c_pct, 0)},
    };
    double sum = 0.0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        double miss = isnan(rows[i].simulated) ? 10.0 : (rows[i].simulated - rows[i].observed) / rows[i].error;
        sum += miss * miss;
        if (print) printf("  %-70s observed %.3f simulated %.3f (%+.1f errors)\n", rows[i].row, rows[i].observed, rows[i].simulated, miss);
    }
    return sum;
}

/* Of the regimen of examples/edmonton.yaml. */
static sourced_value *first_era_loss(study *s)
{
    return &s->protocol.regimens[s->protocol.arms[0].regimen].drug_graft_loss_per_year;
}

static double donor_objective(const gsl_vector *x, void *context)
{
    study *s = context;
    double loss = gsl_vector_get(x, 0), outside = fmax(0.0, -loss) + fmax(0.0, loss - 0.3);
    if (outside > 0.0) return 1000.0 + outside;
    first_era_loss(s)->value = loss;
    simulate(s);
    double misses = donor_misses(s, false);
    fprintf(stderr, "%3d  loss %.3f  misses %.2f\n", s->evaluations, loss, misses);
    return misses;
}

/* ---- 2. zimislecel's C-peptide ---- */

static const struct {
    int day;
    double nmol_l;
} zimislecel_rows[] = {{90, 0.424}, {180, 1.036}, {365, 1.274}}; /* ZIM_FORWARD BC_full_0.8e9, role calibrate */

static double zimislecel_objective(const gsl_vector *x, void *context)
{
    study *s = context;
    product *cells = &s->protocol.products[s->protocol.arms[0].courses[0].product];
    cells->secretion_gain.value = exp(gsl_vector_get(x, 0));
    cells->maturation_half_time_day.value = gsl_vector_get(x, 1);
    cells->maturation_scale_day.value = exp(gsl_vector_get(x, 2));
    simulate(s);
    double sum = 0.0, got[3];
    for (int i = 0; i < 3; i++) {
        got[i] = mean_of(s, zimislecel_rows[i].day, ENDPOINT_c_peptide_stimulated_nmol_l, -1);
        double miss = log(got[i] / zimislecel_rows[i].nmol_l);
        sum += miss * miss;
    }
    fprintf(stderr, "%3d  gain %.3f half-time %.1f scale %.1f  C-peptide %.3f %.3f %.3f  misses %.5f\n", s->evaluations,
            cells->secretion_gain.value, cells->maturation_half_time_day.value, cells->maturation_scale_day.value, got[0],
            got[1], got[2], sum);
    return sum;
}

static gsl_vector *minimise(double (*objective)(const gsl_vector *, void *), study *s, size_t n, const double *start,
                            const double *step, int iterations)
{
    gsl_vector *x = gsl_vector_alloc(n), *steps = gsl_vector_alloc(n);
    for (size_t i = 0; i < n; i++) {
        gsl_vector_set(x, i, start[i]);
        gsl_vector_set(steps, i, step[i]);
    }
    gsl_multimin_function f = {objective, n, s};
    gsl_multimin_fminimizer *m = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
    gsl_multimin_fminimizer_set(m, &f, x, steps);
    double best = INFINITY;
    for (int i = 0, idle = 0; i < iterations && idle < IDLE_MAX && !(best < CLOSE_ENOUGH); i++) {
        if (gsl_multimin_fminimizer_iterate(m)) break;
        idle = m->fval < best * (1.0 - IMPROVEMENT_FRAC) ? 0 : idle + 1;
        best = fmin(best, m->fval);
    }
    gsl_vector_memcpy(x, gsl_multimin_fminimizer_x(m));
    gsl_multimin_fminimizer_free(m);
    gsl_vector_free(steps);
    return x;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 64, iterations = argc > 2 ? atoi(argv[2]) : 40;
    static study donor, zimislecel;
    if (!study_read(&donor, "examples/edmonton.yaml", n) || !study_read(&zimislecel, "examples/zimislecel.yaml", n)) return 3;

    bool first = argc < 4 || atoi(argv[3]) != 2;
    if (first) {
        gsl_vector *x = minimise(donor_objective, &donor, 1, &first_era_loss(&donor)->value, &(const double){0.03}, iterations);
        first_era_loss(&donor)->value = gsl_vector_get(x, 0);
        gsl_vector_free(x);
    }
    simulate(&donor);
    printf("donor islets, %d people: drug_graft_loss_per_year of the first era %.3f\n", n, first_era_loss(&donor)->value);
    donor_misses(&donor, true);

    zimislecel.params = donor.params;
    const product *cells = &zimislecel.protocol.products[zimislecel.protocol.arms[0].courses[0].product];
    const double start[3] = {log(cells->secretion_gain.value), cells->maturation_half_time_day.value,
                             log(cells->maturation_scale_day.value)};
    gsl_vector *y = minimise(zimislecel_objective, &zimislecel, 3, start, (const double[3]){0.2, 15.0, 0.2}, iterations);
    printf("zimislecel C-peptide: secretion_gain %.3f maturation_half_time_day %.1f maturation_scale_day %.1f\n",
           exp(gsl_vector_get(y, 0)), gsl_vector_get(y, 1), exp(gsl_vector_get(y, 2)));
    gsl_vector_free(y);
    study_free(&donor);
    study_free(&zimislecel);
    return 0;
}
