/* Fit of autoimmunity: how fast people lose their own beta cells after diagnosis, and when the loss ends.
 *
 *   make fit                                 with the other fits
 *   fit_immune PEOPLE ITERATIONS             search from the shipped values; 0 iterations shows their table only
 *   fit_immune PEOPLE 0 KEY=VALUE ...        the table for other values of parameters
 *
 * Rows of evidence/outcomes.csv with the role `calibrate` only. Adults (t1d_new_onset) and children (t1d_new_onset_child) are followed from
 * diagnosis for nine years on insulin alone. Rows that give a mean of a mixed group are held against the mean of both. Fitted by
 * Nelder-Mead on the squared misses in errors: native_loss_per_day, native_loss_age_power, antigen_half, quiescence_half_ratio. All else
 * in the table is printed beside it, among it what was not fitted: HbA1c, remission, insulin-free rate. */
#include <gsl/gsl_multimin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "trial/trial.h"

#define DETECTED_NMOL_L 0.013
#define GEOMETRIC_FLOOR_NMOL_L 0.003 /* what an assay that sees nothing is taken as */
#define OUTSIDE 1000.0

enum { ADULT, CHILD, GROUPS };

/* Day 80 is the usual enrolment of trials within 100 days; their months count from there. */
static const char *const protocol_text =
    "islet: 1\ntitle: fit\npopulation: {of: %s, n: 64, require: {duration_year: \"<= 0.01\"}}\narms:\n  - name: insulin alone\n"
    "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\n"
    "follow_up: {years: 9, visits_day: [0, 30, 80, 90, 180, 365, 445, 545, 730, 810, 1095, 1460, 1825, 2190, 2555, 2920, 3285]}\n";
static const char *const population_of[GROUPS] = {"t1d_new_onset", "t1d_new_onset_child"};

typedef struct {
    struct islet_protocol protocol;
    int n, n_visits;
    double *values; /* [patient][visit][endpoint] */
    double *diagnosed_year;
    unsigned char *was_free; /* of insulin, by 18 months */
} group_study;

typedef struct {
    group_study of[GROUPS];
    params params;
    int evaluations;
} study;

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    group_study *s = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        size_t who = (size_t)r->traits->patient;
        memcpy(s->values + who * (size_t)s->n_visits * ENDPOINT_COUNT, r->visit_values,
               sizeof(double) * (size_t)s->n_visits * ENDPOINT_COUNT);
        s->diagnosed_year[who] = r->traits->age_year - r->traits->duration_year;
        s->was_free[who] = 0;
        for (int e = 0; e < r->n_events; e++)
            if (r->events[e].kind == EVENT_insulin_stopped && r->events[e].day <= 545) s->was_free[who] = 1;
    }
    return ISLET_OK;
}

static void simulate(study *s)
{
    for (int g = 0; g < GROUPS; g++) {
        trial *t;
        islet_problems *problems = islet_problems_create();
        if (trial_create_with(&s->of[g].protocol, NULL, &s->params, &t, problems) != ISLET_OK ||
            trial_run(t, NULL, keep, &s->of[g], problems) != ISLET_OK) {
            for (int i = 0; i < islet_problems_count(problems); i++)
                fprintf(stderr, "%s\n", islet_problems_text(problems, i));
            exit(4);
        }
        islet_problems_free(problems);
        trial_free(t);
    }
    s->evaluations++;
}

static bool study_read(study *s, int n)
{
    *s = (study){.params = params_default()};
    for (int g = 0; g < GROUPS; g++) {
        char text[1000];
        group_study *of = &s->of[g];
        islet_problems *problems = islet_problems_create();
        snprintf(text, sizeof text, protocol_text, population_of[g]);
        if (protocol_parse(text, strlen(text), "fit", &of->protocol, problems) != ISLET_OK) {
            for (int i = 0; i < islet_problems_count(problems); i++)
                fprintf(stderr, "%s\n", islet_problems_text(problems, i));
            return false;
        }
        islet_problems_free(problems);
        of->protocol.n_patients = of->n = n;
        of->n_visits = of->protocol.n_visits;
        of->values = calloc((size_t)n * (size_t)of->n_visits * ENDPOINT_COUNT, sizeof(double));
        of->diagnosed_year = calloc((size_t)n, sizeof(double));
        of->was_free = calloc((size_t)n, 1);
        if (!of->values || !of->diagnosed_year || !of->was_free) return false;
    }
    return true;
}

static void study_free(study *s)
{
    for (int g = 0; g < GROUPS; g++) {
        free(s->of[g].values);
        free(s->of[g].diagnosed_year);
        free(s->of[g].was_free);
    }
}

/* ---- what is read from the people ---- */

static double value_at(const group_study *s, int who, int day, endpoint_id e)
{
    for (int v = 0; v < s->n_visits; v++)
        if (s->protocol.visits_day[v] == day)
            return s->values[((size_t)who * (size_t)s->n_visits + (size_t)v) * ENDPOINT_COUNT + e];
    fprintf(stderr, "no visit on day %d\n", day);
    exit(2);
}

typedef double reading(const group_study *s, int who, int day, endpoint_id e);

static double logarithm(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return log(x > GEOMETRIC_FLOOR_NMOL_L ? x : x <= GEOMETRIC_FLOOR_NMOL_L ? GEOMETRIC_FLOOR_NMOL_L : NAN);
}

static double detected(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return isnan(x) ? NAN : x >= DETECTED_NMOL_L;
}

static double above_0_2(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return isnan(x) ? NAN : x >= 0.2;
}

static double low_dose_and_hba1c(const group_study *s, int who, int day, endpoint_id e)
{
    double dose = value_at(s, who, day, ENDPOINT_insulin_u_per_kg_day), hba1c = value_at(s, who, day, e);
    return isnan(dose) || isnan(hba1c) ? NAN : dose < 0.5 && hba1c < 6.5;
}

/* Remission of the Bratislava children at any of the visits until 18 months. */
static double ever_in_remission(const group_study *s, int who, int day, endpoint_id e)
{
    static const int days[] = {80, 90, 180, 365, 445, 545};
    (void)day;
    for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++)
        if (value_at(s, who, days[i], ENDPOINT_insulin_u_per_kg_day) < 0.5 && value_at(s, who, days[i], e) < 7.0)
            return 1.0;
    return 0.0;
}

static double was_free(const group_study *s, int who, int day, endpoint_id e)
{
    (void)day, (void)e;
    return s->was_free[who];
}

/* Severe events of the first year, weighted by the time since the visit before. */
static double severe_per_100_years(const group_study *s)
{
    static const int days[] = {30, 80, 90, 180, 365};
    double sum = 0.0, time = 0.0;
    for (int i = 0; i < s->n; i++)
        for (int d = 0, before = 0; d < 5; before = days[d++]) {
            double rate = value_at(s, i, days[d], ENDPOINT_severe_hypo_per_year);
            if (isnan(rate)) continue;
            sum += rate * (days[d] - before);
            time += days[d] - before;
        }
    return 100.0 * sum / time;
}

typedef struct {
    double low, high; /* of the age at diagnosis */
} ages;
static const ages all_ages = {0.0, 200.0};

static double mean_of(const group_study *s, reading *read, int day, endpoint_id e, ages of)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        double x = read(s, i, day, e);
        if (isnan(x) || !(s->diagnosed_year[i] >= of.low && s->diagnosed_year[i] < of.high)) continue;
        sum += x;
        n++;
    }
    return n ? sum / n : NAN;
}

static double both(const study *s, reading *read, int day, endpoint_id e)
{
    return 0.5 * (mean_of(&s->of[ADULT], read, day, e, all_ages) + mean_of(&s->of[CHILD], read, day, e, all_ages));
}

#define AUC ENDPOINT_c_peptide_auc_mean_nmol_l
#define PEAK ENDPOINT_c_peptide_stimulated_nmol_l

/* % a year of a log-linear fall between yearly visits. */
static double yearly_pct(const study *s, int first_year, int last_year)
{
    double t = 0.0, y = 0.0, tt = 0.0, ty = 0.0;
    int n = 0;
    for (int year = first_year; year <= last_year; year++, n++) {
        double value = both(s, logarithm, year * 365, AUC);
        t += year, y += value, tt += year * (double)year, ty += year * value;
    }
    double slope = (n * ty - t * y) / (n * tt - t * t);
    return 100.0 * (exp(slope) - 1.0);
}

static double change_pct(const study *s, ages of)
{
    const group_study *c = &s->of[CHILD];
    return 100.0 * (mean_of(c, value_at, 365, PEAK, of) / mean_of(c, value_at, 30, PEAK, of) - 1.0);
}

static double late_detected(const study *s, ages of, int group)
{
    const int days[] = {365, 730, 1095, 1460, 1825};
    double sum = 0.0;
    for (int i = 0; i < 5; i++) sum += mean_of(&s->of[group], detected, days[i], PEAK, of);
    return 100.0 * sum / 5.0;
}

static double misses(study *s, bool print)
{
    const group_study *adult = &s->of[ADULT], *child = &s->of[CHILD];
    /* row, observed, error, fitted?, simulated; errors: half the interval over 1.96 where one is printed, else ours */
    const struct {
        const char *row;
        double observed, error;
        bool fitted;
        double simulated;
    } rows[] = {
        {"NH_GREENBAUM2012 AUC mean, slope of year 1, nmol/L/month", -0.0245, 0.0015, true,
         (both(s, value_at, 445, AUC) - both(s, value_at, 80, AUC)) / 12.0},
        {"NH_GREENBAUM2012 AUC mean, slope of year 2, nmol/L/month", -0.0079, 0.0016, true,
         (both(s, value_at, 810, AUC) - both(s, value_at, 445, AUC)) / 12.0},
        {"NH_GREENBAUM2012 detectable at 2 years, %", 93.0, 2.0, false, 100.0 * both(s, detected, 810, PEAK)},
        {"NH_SHIELDS2018 fall until 7 years, % a year", -47.0, 2.1, true, yearly_pct(s, 0, 7)},
        {"NH_SHIELDS2018 change after 7 years, % a year", 0.07, 2.0, true, yearly_pct(s, 7, 9)},
        {"NH_HVIDOERE2009 month 1 to 12, diagnosed at 10 and over, %", -50.0, 6.0, true,
         change_pct(s, (ages){10.0, 200.0})},
        {"NH_HVIDOERE2009 month 1 to 12, youngest (here under 8), %", -69.0, 6.0, true,
         change_pct(s, (ages){0.0, 8.0})},
        {"NH_HVIDOERE_SLOPE months 3 to 12, children, % a month", -8.0, 0.7, false,
         100.0 * (exp((mean_of(child, logarithm, 365, PEAK, all_ages) - mean_of(child, logarithm, 90, PEAK, all_ages)) /
                      9.0) -
                  1.0)},
        {"NH_UKGRID detectable at 1 to 5 years, diagnosed at 7 to 12, %", 61.0, 3.0, false,
         late_detected(s, (ages){7.0, 13.0}, CHILD)},
        {"NH_UKGRID detectable at 1 to 5 years, diagnosed at 13 and over, %", 78.0, 3.0, false,
         late_detected(s, all_ages, ADULT)},
        {"NH_CLVER2023 placebo, AUC mean at 12 months, nmol/L", 0.44, 0.05, true,
         mean_of(child, value_at, 365, AUC, all_ages)},
        {"NH_CLVER2023 placebo, peak >= 0.2 at 12 months, %", 71.0, 7.0, false,
         100.0 * mean_of(child, above_0_2, 365, PEAK, all_ages)},
        {"NH_CLOUD2022 control, geometric mean at 12 months, nmol/L", 0.46, 0.06, false,
         exp(mean_of(child, logarithm, 365, AUC, (ages){10.0, 200.0}))},
        {"NH_CLOUD2022 control, geometric mean at 24 months, nmol/L", 0.24, 0.05, true,
         exp(mean_of(child, logarithm, 730, AUC, (ages){10.0, 200.0}))},
        {"NH_BUCKINGHAM2013 control, geometric mean at 12 months, nmol/L", 0.52, 0.11, false,
         exp(mean_of(child, logarithm, 365, AUC, (ages){10.0, 200.0}))},
        {"NH_T1GER placebo, AUC mean at 12 months, nmol/L", 0.43, 0.074, true, both(s, value_at, 445, AUC)},
        {"NH_NEON2013 HbA1c at diagnosis, %", 11.4, 0.08, false,
         mean_of(child, value_at, 0, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 HbA1c at 3 months, %", 7.2, 0.04, false,
         mean_of(child, value_at, 90, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 HbA1c at 6 months, %", 7.3, 0.05, false,
         mean_of(child, value_at, 180, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 HbA1c at 12 months, %", 7.8, 0.05, false,
         mean_of(child, value_at, 365, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 severe hypoglycaemia, children, per 100 person-years", 5.2, 0.8, false,
         severe_per_100_years(child)},
        {"NH_STENO1987 ever off insulin in 18 months, adults, %", 12.3, 2.0, false,
         100.0 * mean_of(adult, was_free, 0, PEAK, all_ages)},
        {"NH_BRATISLAVA2023 ever off insulin, children, %", 2.8, 0.7, false,
         100.0 * mean_of(child, was_free, 0, PEAK, all_ages)},
        {"NH_PROTEGE2011 placebo, off insulin at 12 months, %", 0.0, 1.0, false,
         100.0 * both(s, value_at, 445, ENDPOINT_insulin_independent)},
        {"NH_BRATISLAVA2023 HbA1c < 7 and < 0.5 U/kg, ever, children, %", 39.7, 2.1, false,
         100.0 * mean_of(child, ever_in_remission, 0, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_T1GER placebo, IDAA1c <= 9 at 12 months, %", 7.0, 5.0, false,
         100.0 * both(s, value_at, 445, ENDPOINT_partial_remission)},
        {"NH_PROTEGE2011 placebo, < 0.5 U/kg and HbA1c < 6.5 at 12 months, %", 20.4, 4.1, false,
         100.0 * both(s, low_dose_and_hba1c, 445, ENDPOINT_hba1c_pct)},
        {"NH_BANDIT2023 placebo, insulin at 48 weeks, U/kg/day", 0.52, 0.04, false,
         both(s, value_at, 445, ENDPOINT_insulin_u_per_kg_day)},
        {"NH_PROTECT2023 placebo, insulin at 78 weeks, children, U/kg/day", 0.59, 0.05, false,
         mean_of(child, value_at, 545, ENDPOINT_insulin_u_per_kg_day, all_ages)},
        {"NH_PROTECT2023 placebo, time in range at 78 weeks, children, %", 62.7, 2.0, false,
         mean_of(child, value_at, 545, ENDPOINT_time_in_range_pct, all_ages)},
    };
    double sum = 0.0;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        double miss = (rows[i].simulated - rows[i].observed) / rows[i].error;
        if (rows[i].fitted) sum += isnan(miss) ? 100.0 : miss * miss;
        if (print)
            printf("  %-70s observed %8.4f simulated %8.4f (%+.1f errors)%s\n", rows[i].row, rows[i].observed,
                   rows[i].simulated, miss, rows[i].fitted ? " fitted" : "");
    }
    return sum;
}

/* ---- the search ---- */

#define FITTED 4

static void set_parameters(study *s, const gsl_vector *x)
{
    s->params.native_loss_per_day = exp(gsl_vector_get(x, 0));
    s->params.native_loss_age_power = gsl_vector_get(x, 1);
    s->params.antigen_half = exp(gsl_vector_get(x, 2));
    s->params.quiescence_half_ratio = exp(gsl_vector_get(x, 3));
}

static double objective(const gsl_vector *x, void *context)
{
    study *s = context;
    set_parameters(s, x);
    double power = s->params.native_loss_age_power, outside = fmax(0.0, -power) + fmax(0.0, power - 2.0);
    if (outside > 0.0) return OUTSIDE + outside;
    simulate(s);
    double sum = misses(s, false);
    fprintf(stderr, "%3d  loss %.5f age power %.3f antigen half %.3f quiescence ratio %.2f  misses %.2f\n",
            s->evaluations, s->params.native_loss_per_day, power, s->params.antigen_half,
            s->params.quiescence_half_ratio, sum);
    return sum;
}

static void search(study *s, int iterations)
{
    gsl_vector *x = gsl_vector_alloc(FITTED), *steps = gsl_vector_alloc(FITTED);
    const double start[FITTED] = {log(s->params.native_loss_per_day), s->params.native_loss_age_power,
                                  log(s->params.antigen_half), log(s->params.quiescence_half_ratio)};
    const double step[FITTED] = {0.2, 0.15, 0.5, 0.4};
    for (int i = 0; i < FITTED; i++) gsl_vector_set(x, (size_t)i, start[i]), gsl_vector_set(steps, (size_t)i, step[i]);
    gsl_multimin_function f = {objective, FITTED, s};
    gsl_multimin_fminimizer *m = gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, FITTED);
    gsl_multimin_fminimizer_set(m, &f, x, steps);
    for (int i = 0; i < iterations && !gsl_multimin_fminimizer_iterate(m); i++) {
    }
    set_parameters(s, gsl_multimin_fminimizer_x(m));
    gsl_multimin_fminimizer_free(m);
    gsl_vector_free(x);
    gsl_vector_free(steps);
}

static bool set_by_hand(params *p, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals) return false;
#define PARAM(key, value, low, high, unit, standing, source, sentence)                                                 \
    if (strlen(#key) == (size_t)(equals - text) && strncmp(text, #key, strlen(#key)) == 0) {                           \
        p->key = atof(equals + 1);                                                                                     \
        return true;                                                                                                   \
    }
#include "base/params.def"
#undef PARAM
    return false;
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 64, iterations = argc > 2 ? atoi(argv[2]) : 40;
    static study s;
    if (!study_read(&s, n)) return 3;
    for (int i = 3; i < argc; i++)
        if (!set_by_hand(&s.params, argv[i])) {
            fprintf(stderr, "%s: no parameter of this name; see islet params\n", argv[i]);
            return 2;
        }
    if (iterations > 0) search(&s, iterations);
    simulate(&s);
    printf(
        "natural history, %d adults and %d children: native_loss_per_day %.5f native_loss_age_power %.3f antigen_half %.3f quiescence_half_ratio %.2f\n",
        n, n, s.params.native_loss_per_day, s.params.native_loss_age_power, s.params.antigen_half,
        s.params.quiescence_half_ratio);
    printf("misses of the fitted rows %.2f\n", misses(&s, true));
    study_free(&s);
    return 0;
}
