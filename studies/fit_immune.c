/* Fit of autoimmunity: how fast people lose their own beta cells after diagnosis, when the loss ends, what insulin they need
 * meanwhile, and what treatments of the immune system remove.
 *
 *   make fit                                 with the other fits
 *   fit_immune PEOPLE ITERATIONS             search from the shipped values; 0 iterations shows their table only
 *   fit_immune PEOPLE 0 KEY=VALUE ...        the table for other values of parameters, or of those named below
 *
 * Rows of evidence/outcomes.csv with the role `calibrate` only, and one cohort that is not among them (PMID 17880810). Adults and children followed
 * from diagnosis for nine years on insulin alone (rows that give a mean of a mixed group are held against the mean of both), adults and children whose
 * immune system is reset, young children some months after diagnosis, and two trials of drugs with placebo.
 *
 * The trials' "geometric means" of C-peptide are exp(mean ln(1 + x)) - 1: in that scale, and not in ln x, the printed intervals are symmetric
 * (0.52: 0.32 to 0.75; 0.141: 0.071 to 0.215), and a geometric mean proper of 0.24 does not go with quartiles of 0.05 and 0.30. Levenberg-Marquardt on the misses in errors and, as weak priors, on the
 * way from the shipped values; derivatives by finite differences over the same people and the same chances. What is in the table and not
 * fitted is a check. */
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "trial/trial.h"

#define DETECTED_NMOL_L 0.013
#define LOG_FLOOR_NMOL_L 0.003 /* what an assay that sees nothing is taken as */
#define URINE_FLOOR_NMOL_L 0.001     /* urine C-peptide is seen from 0.001 nmol/mmol on, which goes with about as much in nmol/L of plasma */
#define RESET_INFUSION_DAY 33
#define MOST_ROWS 80

enum { ADULT, CHILD, RESET, RESET_CHILD, YOUNG, EARLY, LATE, GROUPS };

/* Day 80 is the usual enrolment of trials within 100 days; their months count from there. */
#define NATURAL_TEXT(of)                                                                                               \
    "islet: 1\ntitle: fit\npopulation: {of: " of ", n: 64, require: {duration_year: \"<= 0.01\"}}\narms:\n  - name: insulin alone\n"     \
    "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\n"                                                  \
    "follow_up: {years: 9, visits_day: [0, 30, 80, 90, 180, 365, 445, 545, 730, 810, 1095, 1460, 1825, 2190, 2555, 2920, 3285]}\n"

#define RESET_TEXT(of, who)                                                                                            \
    "islet: 1\ntitle: fit\npopulation: {of: " of ", n: 64, require: {" who "}}\narms:\n  - name: reset\n"               \
    "    conditioning: {regimen: cyclophosphamide_atg, start_day: 0}\n"                                               \
    "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 33}]\n"                                  \
    "care: {insulin: basal_bolus, wean: trial_protocol}\n"                                                            \
    "follow_up: {years: 4.2, visits_day: [0, 28, 62, 76, 90, 125, 216, 398, 763, 1128, 1493]}\n"

static const char *const protocol_text[GROUPS] = {
    [ADULT] = NATURAL_TEXT("t1d_new_onset"),
    [CHILD] = NATURAL_TEXT("t1d_new_onset_child"),
    /* examples/ahsct_new_onset.yaml and the protocol of FUDAN_CHILDREN; visits by time after the infusion */
    [RESET] = RESET_TEXT("t1d_new_onset", "age_year: \"<= 35\", duration_year: \"<= 0.115\", ketoacidosis_at_onset: \"<= 0\""),
    [RESET_CHILD] = RESET_TEXT("t1d_new_onset_child", "age_year: [8, 17.9], duration_year: \"<= 0.25\""),
    /* HALLER2011: given cord blood that does nothing */
    [YOUNG] = "islet: 1\ntitle: fit\npopulation: {of: t1d_new_onset_child, n: 64, require: {age_year: [5, 9], duration_year: [0.1, 0.8]}}\narms:\n"
              "  - name: insulin alone\ntrial_effect: none\ncare: {insulin: basal_bolus, wean: never}\n"
              "follow_up: {years: 2, visits_day: [0, 90, 180, 365, 730]}\n",
    /* children within six weeks, two courses; the others four to twelve months after diagnosis, one course */
    [EARLY] = "islet: 1\ntitle: fit\npopulation: {of: t1d_new_onset_child, n: 64, require: {age_year: \">= 8\", duration_year: \"<= 0.12\", "
              "c_peptide_stimulated_nmol_l: \">= 0.2\"}}\narms:\n  - name: placebo\n  - name: teplizumab\n    conditioning: teplizumab\n"
              "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\nfollow_up: {years: 2, visits_day: [0, 365, 545, 730]}\n",
    [LATE] = "islet: 1\ntitle: fit\npopulation: {of: t1d_new_onset, n: 64, require: {duration_year: [0.33, 1], "
             "c_peptide_stimulated_nmol_l: \">= 0.2\"}}\narms:\n  - name: placebo\n  - name: teplizumab\n    conditioning: teplizumab\n"
             "  - name: low-dose ATG\n    conditioning: atg_low_dose\n"
             "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\nfollow_up: {years: 1, visits_day: [0, 365]}\n",
};
static const char *const group_name[GROUPS] = {"adults", "children", "immune reset", "reset, young", "young", "early drug", "late drug"};
static const double people_share[GROUPS] = {1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5};

typedef struct {
    struct islet_protocol protocol;
    int n, n_visits;
    double *values; /* [arm][patient][visit][endpoint] */
    double *diagnosed_year;
    unsigned char *was_free;  /* of insulin, by 18 months */
    double *free_day;         /* the longest time without insulin */
} group_study;

typedef struct {
    group_study of[GROUPS];
    params params;
    int evaluations;
} study;

/* Days of the longest time without insulin. */
static double longest_free_day(const patient_result *r)
{
    double longest = 0.0, since = -1.0;
    for (int e = 0; e < r->n_events; e++) {
        if (r->events[e].kind == EVENT_insulin_stopped) since = r->events[e].day;
        if (r->events[e].kind != EVENT_insulin_resumed || since < 0.0) continue;
        longest = fmax(longest, r->events[e].day - since);
        since = -1.0;
    }
    return since < 0.0 ? longest : fmax(longest, r->n_days - since);
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    group_study *s = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        size_t who = (size_t)r->traits->patient, row = (size_t)r->arm * (size_t)s->n + who;
        memcpy(s->values + row * (size_t)s->n_visits * ENDPOINT_COUNT, r->visit_values,
               sizeof(double) * (size_t)s->n_visits * ENDPOINT_COUNT);
        s->diagnosed_year[who] = r->traits->age_year - r->traits->duration_year;
        if (r->arm > 0) continue;
        s->was_free[who] = 0;
        for (int e = 0; e < r->n_events; e++)
            if (r->events[e].kind == EVENT_insulin_stopped && r->events[e].day <= 545) s->was_free[who] = 1;
        s->free_day[who] = longest_free_day(r);
    }
    return ISLET_OK;
}

static void fail(islet_problems *problems)
{
    for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
    exit(4);
}

static void simulate(study *s, int first, int last)
{
    for (int g = first; g <= last; g++) {
        trial *t;
        islet_problems *problems = islet_problems_create();
        if (trial_create_with(&s->of[g].protocol, NULL, &s->params, &t, problems) != ISLET_OK ||
            trial_run(t, NULL, keep, &s->of[g], problems) != ISLET_OK)
            fail(problems);
        islet_problems_free(problems);
        trial_free(t);
    }
    s->evaluations++;
}

static bool study_read(study *s, int n)
{
    *s = (study){.params = params_default()};
    for (int g = 0; g < GROUPS; g++) {
        group_study *of = &s->of[g];
        islet_problems *problems = islet_problems_create();
        if (protocol_parse(protocol_text[g], strlen(protocol_text[g]), "fit", &of->protocol, problems) != ISLET_OK) fail(problems);
        islet_problems_free(problems);
        of->n = (int)ceil(people_share[g] * n);
        of->protocol.n_patients = of->n;
        of->n_visits = of->protocol.n_visits;
        of->values = calloc((size_t)of->protocol.n_arms * (size_t)of->n * (size_t)of->n_visits * ENDPOINT_COUNT, sizeof(double));
        of->diagnosed_year = calloc((size_t)of->n, sizeof(double));
        of->free_day = calloc((size_t)of->n, sizeof(double));
        of->was_free = calloc((size_t)of->n, 1);
        if (!of->values || !of->diagnosed_year || !of->was_free || !of->free_day) return false;
    }
    s->of[LATE].protocol.conditionings[s->of[LATE].protocol.arms[1].conditioning].courses.value = 1.0; /* NH_DELAY2013: one course */
    return true;
}

static void study_free(study *s)
{
    for (int g = 0; g < GROUPS; g++) {
        free(s->of[g].values);
        free(s->of[g].diagnosed_year);
        free(s->of[g].free_day);
        free(s->of[g].was_free);
    }
}

/* ---- what is read from the people ---- */

static double value_of(const group_study *s, int arm, int who, int day, endpoint_id e)
{
    for (int v = 0; v < s->n_visits; v++)
        if (s->protocol.visits_day[v] == day)
            return s->values[(((size_t)arm * (size_t)s->n + (size_t)who) * (size_t)s->n_visits + (size_t)v) * ENDPOINT_COUNT + e];
    fprintf(stderr, "no visit on day %d\n", day);
    exit(2);
}

static double value_at(const group_study *s, int who, int day, endpoint_id e)
{
    return value_of(s, 0, who, day, e);
}

typedef double reading(const group_study *s, int who, int day, endpoint_id e);

static double logarithm(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return isnan(x) ? NAN : log(fmax(x, LOG_FLOOR_NMOL_L));
}

static double log_of_one_more(const group_study *s, int who, int day, endpoint_id e)
{
    return log1p(value_at(s, who, day, e));
}

/* As a urine assay sees it, which sees less than that of the trials: by the function, with which C-peptide goes where there is little. */
static double urine_logarithm(const group_study *s, int who, int day, endpoint_id e)
{
    const params p = params_default();
    double x = p.c_peptide_per_function_nmol_l * value_at(s, who, day, e);
    return isnan(x) ? NAN : log(fmax(x, URINE_FLOOR_NMOL_L));
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
#define FASTING ENDPOINT_c_peptide_fasting_nmol_l

#define MOST_PEOPLE 4096 /* of adults and children together, in quantiles */

static int in_order(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Values of the groups from `first` to the children, in order. */
static int values_of(const study *s, int day, endpoint_id e, ages of, int first, double *out)
{
    int n = 0;
    for (int g = first; g == first || g <= CHILD; g++)
        for (int i = 0; i < s->of[g].n && n < MOST_PEOPLE; i++) {
            double x = value_at(&s->of[g], i, day, e);
            if (!isnan(x) && s->of[g].diagnosed_year[i] >= of.low && s->of[g].diagnosed_year[i] < of.high) out[n++] = x;
        }
    qsort(out, (size_t)n, sizeof *out, in_order);
    return n;
}

static double quantile_of(const study *s, int day, endpoint_id e, ages of, int first, double share)
{
    static double values[MOST_PEOPLE];
    int n = values_of(s, day, e, of, first, values);
    double at = share * (n - 1);
    int below = (int)at;
    return n < 2 ? NAN : below + 1 < n ? values[below] + (at - below) * (values[below + 1] - values[below]) : values[n - 1];
}

static double quartile_ratio(const study *s, int day, endpoint_id e, ages of, int first)
{
    double low = quantile_of(s, day, e, of, first, 0.25), high = quantile_of(s, day, e, of, first, 0.75);
    return log(fmax(high, LOG_FLOOR_NMOL_L) / fmax(low, LOG_FLOOR_NMOL_L));
}

static double spread_of(const study *s, int day, endpoint_id e, ages of, int first)
{
    static double values[MOST_PEOPLE];
    int n = values_of(s, day, e, of, first, values);
    double mean = 0.0, squares = 0.0;
    for (int i = 0; i < n; i++) mean += values[i] / n;
    for (int i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean);
    return n < 2 ? NAN : sqrt(squares / (n - 1));
}

static double young_median(const study *s, int day, endpoint_id e)
{
    return quantile_of(s, day, e, all_ages, YOUNG, 0.5);
}

#define REMISSION_DAY 90 /* the first sample: on the day of diagnosis most cells are at rest */

/* % a year of a log-linear fall between yearly visits, the first at three months; in children, since half of those people were diagnosed before 10.8. */
static double yearly_pct(const study *s, int first_year, int last_year)
{
    double t = 0.0, y = 0.0, tt = 0.0, ty = 0.0;
    int n = 0;
    for (int year = first_year; year <= last_year; year++, n++) {
        int day = year ? year * 365 : REMISSION_DAY;
        double value = mean_of(&s->of[CHILD], urine_logarithm, day, ENDPOINT_native_function_frac, all_ages), x = day / 365.0;
        t += x, y += value, tt += x * x, ty += x * value;
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

/* Mean over people of an arm's change from day 0, less that of arm 0. */
static double gain(const group_study *s, int arm, int day)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        double with = value_of(s, arm, i, day, AUC) - value_of(s, arm, i, 0, AUC), without = value_of(s, 0, i, day, AUC) - value_of(s, 0, i, 0, AUC);
        if (isnan(with) || isnan(without)) continue;
        sum += with - without;
        n++;
    }
    return sum / n;
}

static double free_for_pct(const group_study *s, double days)
{
    int n = 0;
    for (int i = 0; i < s->n; i++) n += s->free_day[i] >= days;
    return 100.0 * n / s->n;
}

static double reset_at(const study *s, int group, int month, endpoint_id e)
{
    static const int day[] = {[3] = 125, [6] = 216, [12] = 398, [24] = 763, [36] = 1128, [48] = 1493};
    return mean_of(&s->of[group], value_at, day[month], e, all_ages);
}

/* ---- rows ---- */

enum { CHECKED, NATURAL, TREATMENT }; /* what a row is fitted by: nothing, the natural history with the reset, drugs */

/* row, observed, error, fitted by, simulated; errors: half the interval over 1.96 where one is printed, else ours, never less than
 * what a model of such people can mean. */
typedef struct {
    const char *row;
    double observed, error;
    int fitted;
    double simulated;
} evidence_row;

static int natural_rows(const study *s, evidence_row *out)
{
    const group_study *adult = &s->of[ADULT], *child = &s->of[CHILD], *reset = &s->of[RESET];
    const ages from_7 = {7.0, 200.0}, from_10 = {10.0, 200.0};
    const evidence_row rows[] = {
        {"NH_GREENBAUM2012 AUC mean, slope of year 1, nmol/L/month", -0.0245, 0.0015, NATURAL,
         (both(s, value_at, 445, AUC) - both(s, value_at, 80, AUC)) / 12.0},
        {"NH_GREENBAUM2012 AUC mean, slope of year 2, nmol/L/month", -0.0079, 0.0016, NATURAL,
         (both(s, value_at, 810, AUC) - both(s, value_at, 445, AUC)) / 12.0},
        {"NH_GREENBAUM2012 detectable at 2 years, %", 93.0, 3.0, NATURAL, 100.0 * both(s, detected, 810, PEAK)},
        {"NH_SHIELDS2018 fall until 7 years, % a year", -47.0, 3.0, NATURAL, yearly_pct(s, 0, 7)},
        {"NH_SHIELDS2018 change after 7 years, % a year", 0.0, 2.0, NATURAL, yearly_pct(s, 7, 9)},
        {"NH_HVIDOERE2009 month 1 to 12, diagnosed at 10 and over, %", -50.0, 5.0, NATURAL, change_pct(s, from_10)},
        {"NH_HVIDOERE2009 month 1 to 12, youngest (here under 8), %", -69.0, 6.0, NATURAL, change_pct(s, (ages){0.0, 8.0})},
        {"NH_HVIDOERE_SLOPE months 3 to 12, children, % a month", -8.0, 0.7, NATURAL,
         100.0 * (exp((mean_of(child, logarithm, 365, PEAK, all_ages) - mean_of(child, logarithm, 90, PEAK, all_ages)) / 9.0) - 1.0)},
        {"NH_UKGRID detectable at 1 to 5 years, diagnosed at 7 to 12, %", 61.0, 5.0, CHECKED, late_detected(s, (ages){7.0, 13.0}, CHILD)},
        {"NH_UKGRID detectable at 1 to 5 years, diagnosed at 13 and over, %", 78.0, 5.0, CHECKED, late_detected(s, all_ages, ADULT)},
        {"NH_CLVER2023 placebo, AUC mean at 12 months, nmol/L", 0.44, 0.05, NATURAL, mean_of(child, value_at, 365, AUC, from_7)},
        {"NH_CLVER2023 placebo, peak >= 0.2 at 12 months, %", 71.0, 7.0, NATURAL, 100.0 * mean_of(child, above_0_2, 365, PEAK, from_7)},
        {"NH_CLOUD2022 control, mean of ln(1 + x) at 12 months, nmol/L", 0.46, 0.06, NATURAL, expm1(mean_of(child, log_of_one_more, 365, AUC, from_10))},
        {"NH_CLOUD2022 control, mean of ln(1 + x) at 24 months, nmol/L", 0.24, 0.05, NATURAL, expm1(mean_of(child, log_of_one_more, 730, AUC, from_10))},
        {"NH_BUCKINGHAM2013 control, mean of ln(1 + x) at 12 months, nmol/L", 0.52, 0.11, NATURAL, expm1(mean_of(child, log_of_one_more, 365, AUC, from_10))},
        {"NH_ABATACEPT placebo, mean of ln(1 + x) at 24 months, nmol/L", 0.238, 0.05, NATURAL, expm1(both(s, log_of_one_more, 810, AUC))},
        {"NH_ABATACEPT placebo, mean of ln(1 + x) at 36 months, nmol/L", 0.141, 0.037, NATURAL, expm1(both(s, log_of_one_more, 1095, AUC))},
        {"NH_T1GER placebo, AUC mean at 12 months, nmol/L", 0.43, 0.074, NATURAL, both(s, value_at, 445, AUC)},
        {"NH_T1GER placebo, SD of the AUC mean at 12 months, nmol/L", 0.39, 0.053, NATURAL, spread_of(s, 445, AUC, all_ages, ADULT)},
        {"NH_CLOUD2022 control, ln of upper over lower quartile at 12 months", 1.14, 0.2, NATURAL, quartile_ratio(s, 365, AUC, from_10, CHILD)},
        {"NH_CLOUD2022 control, ln of upper over lower quartile at 24 months", 1.79, 0.31, NATURAL, quartile_ratio(s, 730, AUC, from_10, CHILD)},
        {"NH_BANDIT2023 placebo, median at 48 weeks, nmol/L", 0.43, 0.08, NATURAL, quantile_of(s, 445, AUC, all_ages, ADULT, 0.5)},
        {"NH_BANDIT2023 placebo, ln of upper over lower quartile at 48 weeks", 1.58, 0.33, NATURAL, quartile_ratio(s, 445, AUC, all_ages, ADULT)},
        {"PMID 17880810 children, fasting, median at 3 months over diagnosis", 1.59, 0.2, NATURAL,
         quantile_of(s, 90, FASTING, all_ages, CHILD, 0.5) / quantile_of(s, 0, FASTING, all_ages, CHILD, 0.5)},
        {"PMID 17880810 children, fasting, median at 12 months over 3 months", 0.48, 0.1, NATURAL,
         quantile_of(s, 365, FASTING, all_ages, CHILD, 0.5) / quantile_of(s, 90, FASTING, all_ages, CHILD, 0.5)},
        {"PMID 17880810 children, fasting, median at diagnosis, nmol/L", 0.17, 0.03, CHECKED, quantile_of(s, 0, FASTING, all_ages, CHILD, 0.5)},
        {"HALLER2011 young children, stimulated, median before, nmol/L", 0.384, 0.06, NATURAL, young_median(s, 0, PEAK)},
        {"HALLER2011 young children, stimulated, median at 12 months, nmol/L", 0.093, 0.04, NATURAL, young_median(s, 365, PEAK)},
        {"HALLER2011 young children, stimulated, median at 24 months, nmol/L", 0.017, 0.02, NATURAL, young_median(s, 730, PEAK)},
        {"HALLER2011 young children, insulin, median at 3 months, U/kg/day", 0.46, 0.06, NATURAL, young_median(s, 90, ENDPOINT_insulin_u_per_kg_day)},
        {"HALLER2011 young children, insulin, median at 12 months, U/kg/day", 0.69, 0.06, NATURAL, young_median(s, 365, ENDPOINT_insulin_u_per_kg_day)},
        {"HALLER2011 young children, insulin, median at 24 months, U/kg/day", 0.66, 0.06, NATURAL, young_median(s, 730, ENDPOINT_insulin_u_per_kg_day)},
        {"HALLER2011 young children, HbA1c, median at 12 months, %", 7.1, 0.2, NATURAL, young_median(s, 365, ENDPOINT_hba1c_pct)},
        {"HALLER2011 young children, HbA1c, median at 24 months, %", 7.6, 0.2, NATURAL, young_median(s, 730, ENDPOINT_hba1c_pct)},
        {"NH_NEON2013 HbA1c at diagnosis, %", 11.4, 0.15, NATURAL, mean_of(child, value_at, 0, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 HbA1c at 3 months, %", 7.2, 0.15, NATURAL, mean_of(child, value_at, 90, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 HbA1c at 6 months, %", 7.3, 0.15, NATURAL, mean_of(child, value_at, 180, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 HbA1c at 12 months, %", 7.8, 0.15, NATURAL, mean_of(child, value_at, 365, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_NEON2013 severe hypoglycaemia, children, per 100 person-years", 5.2, 0.8, CHECKED, severe_per_100_years(child)},
        {"NH_STENO1987 ever off insulin in 18 months, adults, %", 12.3, 3.0, NATURAL, 100.0 * mean_of(adult, was_free, 0, PEAK, all_ages)},
        {"NH_BRATISLAVA2023 ever off insulin, children, %", 2.8, 2.0, NATURAL, 100.0 * mean_of(child, was_free, 0, PEAK, all_ages)},
        {"NH_PROTEGE2011 placebo, off insulin at 12 months, %", 0.0, 1.5, NATURAL, 100.0 * both(s, value_at, 445, ENDPOINT_insulin_independent)},
        {"NH_BRATISLAVA2023 HbA1c < 7 and < 0.5 U/kg, ever, children, %", 39.7, 4.0, NATURAL,
         100.0 * mean_of(child, ever_in_remission, 0, ENDPOINT_hba1c_pct, all_ages)},
        {"NH_T1GER placebo (6 to 21 years, here children), IDAA1c <= 9 at 12 months, %", 7.0, 8.0, NATURAL,
         100.0 * mean_of(child, value_at, 445, ENDPOINT_partial_remission, all_ages)},
        {"NH_PROTEGE2011 placebo, < 0.5 U/kg and HbA1c < 6.5 at 12 months, %", 20.4, 4.1, NATURAL,
         100.0 * both(s, low_dose_and_hba1c, 445, ENDPOINT_hba1c_pct)},
        {"NH_BANDIT2023 placebo, insulin at 48 weeks, U/kg/day", 0.52, 0.04, NATURAL, both(s, value_at, 445, ENDPOINT_insulin_u_per_kg_day)},
        {"NH_PROTECT2023 placebo, insulin at 78 weeks, children, U/kg/day", 0.59, 0.05, NATURAL,
         mean_of(child, value_at, 545, ENDPOINT_insulin_u_per_kg_day, all_ages)},
        {"NH_PROTECT2023 placebo, time in range at 78 weeks, children, %", 62.7, 3.0, NATURAL,
         mean_of(child, value_at, 545, ENDPOINT_time_in_range_pct, all_ages)},
        {"NH_BANDIT2023 placebo, CV of glucose at 48 weeks, %", 33.8, 1.5, CHECKED, both(s, value_at, 445, ENDPOINT_glucose_cv_pct)},
        {"NH_KEROUZ1995 insulin before puberty (here 5 to 8 at diagnosis, 3 years on), U/kg/day", 0.8, 0.1, NATURAL,
         mean_of(child, value_at, 1095, ENDPOINT_insulin_u_per_kg_day, (ages){5.0, 8.0})},
        {"NH_KEROUZ1995 insulin in puberty (here from 12 at diagnosis, 3 years on), U/kg/day", 1.25, 0.2, NATURAL,
         mean_of(child, value_at, 1095, ENDPOINT_insulin_u_per_kg_day, (ages){12.0, 200.0})},
        {"SNARSKI2016 reset, off insulin for 9.5 months or more, %", 87.0, 7.0, NATURAL, free_for_pct(reset, 289.0)},
        {"SNARSKI2016 HbA1c at diagnosis, adults, %", 10.9, 0.4, NATURAL, mean_of(adult, value_at, 0, ENDPOINT_hba1c_pct, all_ages)},
        {"SNARSKI2016 reset, HbA1c at 12 months, %", 5.9, 0.3, NATURAL, reset_at(s, RESET, 12, ENDPOINT_hba1c_pct)},
        {"SNARSKI2016 reset, HbA1c at 24 months, %", 6.4, 0.3, NATURAL, reset_at(s, RESET, 24, ENDPOINT_hba1c_pct)},
        {"SNARSKI2016 reset, HbA1c at 36 months, %", 6.8, 0.3, NATURAL, reset_at(s, RESET, 36, ENDPOINT_hba1c_pct)},
        {"SNARSKI2016 reset, HbA1c at 48 months, %", 7.1, 0.3, NATURAL, reset_at(s, RESET, 48, ENDPOINT_hba1c_pct)},
        {"FUDAN_CHILDREN reset, HbA1c at 3 months, %", 5.21, 0.6, CHECKED, reset_at(s, RESET_CHILD, 3, ENDPOINT_hba1c_pct)},
        {"FUDAN_CHILDREN reset, HbA1c at 6 months, %", 5.82, 0.4, CHECKED, reset_at(s, RESET_CHILD, 6, ENDPOINT_hba1c_pct)},
        {"FUDAN_CHILDREN reset, fasting C-peptide at 6 months, nmol/L", 0.487, 0.1, NATURAL, reset_at(s, RESET_CHILD, 6, FASTING)},
        {"FUDAN_CHILDREN reset, fasting C-peptide at 12 months, nmol/L", 0.54, 0.1, NATURAL, reset_at(s, RESET_CHILD, 12, FASTING)},
        {"FUDAN_CHILDREN reset, off insulin at 6 months, %", 66.7, 14.0, NATURAL, 100.0 * reset_at(s, RESET_CHILD, 6, ENDPOINT_insulin_independent)},
        {"FUDAN_CHILDREN reset, off insulin at 24 months, %", 50.0, 14.0, NATURAL, 100.0 * reset_at(s, RESET_CHILD, 24, ENDPOINT_insulin_independent)},
        {"FUDAN_CHILDREN reset, off insulin at 48 months, %", 25.0, 13.0, NATURAL, 100.0 * reset_at(s, RESET_CHILD, 48, ENDPOINT_insulin_independent)},
    };
    memcpy(out, rows, sizeof rows);
    return (int)(sizeof rows / sizeof *rows);
}

static int treatment_rows(const study *s, evidence_row *out)
{
    const evidence_row rows[] = {
        {"NH_PROTECT2023 teplizumab less placebo, change of AUC mean at 18 months, nmol/L", 0.12, 0.02, TREATMENT, gain(&s->of[EARLY], 1, 545)},
        {"NH_ABATE2013 teplizumab less control at 24 months, nmol/L (courses a year apart)", 0.18, 0.07, CHECKED, gain(&s->of[EARLY], 1, 730)},
        {"NH_DELAY2013 teplizumab less placebo at 12 months, late, one course, nmol/L", 0.08, 0.035, TREATMENT, gain(&s->of[LATE], 1, 365)},
        {"NH_ATGGCSF2015 antithymocyte globulin less placebo at 12 months, late, nmol/L", 0.28, 0.14, TREATMENT, gain(&s->of[LATE], 2, 365)},
    };
    memcpy(out, rows, sizeof rows);
    return (int)(sizeof rows / sizeof *rows);
}

static double miss(const evidence_row *row)
{
    double x = (row->simulated - row->observed) / row->error;
    return isnan(x) ? 10.0 : x;
}

static void print_rows(const evidence_row *rows, int n)
{
    for (int i = 0; i < n; i++)
        printf("  %-82s observed %8.4f simulated %8.4f (%+.1f errors)%s\n", rows[i].row, rows[i].observed, rows[i].simulated, miss(&rows[i]),
               rows[i].fitted == CHECKED ? "" : " fitted");
}

/* ---- what is fitted ---- */

/* A parameter of the model, of both populations or of a treatment; its way from the shipped value has a prior with this SD (of the log). */
typedef struct {
    const char *name;
    int fitted;
    double sd;
    size_t offset; /* in params, where it is one */
} unknown;

static const unknown unknowns[] = {
    {"native_loss_per_day", NATURAL, 1.0, offsetof(params, native_loss_per_day)},
    {"native_loss_age_power", NATURAL, 0.5, offsetof(params, native_loss_age_power)},
    {"native_loss_log_sd", NATURAL, 0.3, offsetof(params, native_loss_log_sd)},
    {"aggressive_pace", NATURAL, 0.3, offsetof(params, aggressive_pace)},
    {"aggressive_reserve_frac", NATURAL, 0.3, offsetof(params, aggressive_reserve_frac)},
    {"native_hidden_frac", NATURAL, 0.7, offsetof(params, native_hidden_frac)},
    {"antigen_half", NATURAL, 1.0, offsetof(params, antigen_half)},
    {"quiescence_half_ratio", NATURAL, 1.0, offsetof(params, quiescence_half_ratio)},
    {"onset_collapse_day", NATURAL, 0.5, offsetof(params, onset_collapse_day)},
    {"onset_collapse_child_day", NATURAL, 0.5, offsetof(params, onset_collapse_child_day)},
    {"reactivation_per_day", NATURAL, 0.5, offsetof(params, reactivation_per_day)},
    {"stunning_per_day", NATURAL, 0.7, offsetof(params, stunning_per_day)},
    {"inactivation_per_day", NATURAL, 0.7, offsetof(params, inactivation_per_day)},
    {"youth_sensitivity", NATURAL, 0.3, offsetof(params, youth_sensitivity)},
    {"new_onset_low_fasting_mg_dl", NATURAL, 0.3, offsetof(params, new_onset_low_fasting_mg_dl)},
    {"new_onset_low_window_mg_dl", NATURAL, 0.3, offsetof(params, new_onset_low_window_mg_dl)},
    {"new_onset_titration_chance", NATURAL, 0.5, offsetof(params, new_onset_titration_chance)},
    {"reserve_adult", NATURAL, 0.15, 0},
    {"reserve_child", NATURAL, 0.15, 0},
    {"reserve_sd", NATURAL, 0.3, 0},
    {"reset_memory_kept", NATURAL, 1.0, 0},
    {"teplizumab_memory_kept", TREATMENT, 0.5, 0},
    {"teplizumab_brake", TREATMENT, 0.3, 0},
    {"atg_memory_kept", TREATMENT, 0.5, 0},
};
#define UNKNOWNS ((int)(sizeof unknowns / sizeof *unknowns))

static conditioning *path_of(study *s, int group, int arm)
{
    struct islet_protocol *p = &s->of[group].protocol;
    return &p->conditionings[p->arms[arm].conditioning];
}

static double unknown_get(study *s, int i)
{
    const char *name = unknowns[i].name;
    if (strcmp(name, "reserve_adult") == 0) return s->of[ADULT].protocol.population.native_function_frac.mean;
    if (strcmp(name, "reserve_child") == 0) return s->of[CHILD].protocol.population.native_function_frac.mean;
    if (strcmp(name, "reserve_sd") == 0) return s->of[ADULT].protocol.population.native_function_frac.sd;
    if (strcmp(name, "reset_memory_kept") == 0) return 1.0 - path_of(s, RESET, 0)->memory_depletion_frac.value;
    if (strcmp(name, "teplizumab_memory_kept") == 0) return 1.0 - path_of(s, EARLY, 1)->memory_depletion_frac.value;
    if (strcmp(name, "teplizumab_brake") == 0) return path_of(s, EARLY, 1)->growth_brake_frac.value;
    if (strcmp(name, "atg_memory_kept") == 0) return 1.0 - path_of(s, LATE, 2)->memory_depletion_frac.value;
    double value;
    memcpy(&value, (const char *)&s->params + unknowns[i].offset, sizeof value);
    return value;
}

static void unknown_set(study *s, int i, double value)
{
    const char *name = unknowns[i].name;
    if (strcmp(name, "reserve_adult") == 0)
        for (int g = 0; g < 3; g++) s->of[(const int[]){ADULT, RESET, LATE}[g]].protocol.population.native_function_frac.mean = value;
    else if (strcmp(name, "reserve_child") == 0)
        for (int g = 0; g < 4; g++) s->of[(const int[]){CHILD, RESET_CHILD, YOUNG, EARLY}[g]].protocol.population.native_function_frac.mean = value;
    else if (strcmp(name, "reserve_sd") == 0)
        for (int g = 0; g < GROUPS; g++) s->of[g].protocol.population.native_function_frac.sd = value;
    else if (strcmp(name, "reset_memory_kept") == 0)
        for (int g = RESET; g <= RESET_CHILD; g++) path_of(s, g, 0)->memory_depletion_frac.value = 1.0 - fmin(value, 1.0);
    else if (strcmp(name, "teplizumab_memory_kept") == 0)
        for (int g = 0; g < 2; g++) path_of(s, (const int[]){EARLY, LATE}[g], 1)->memory_depletion_frac.value = 1.0 - fmin(value, 1.0);
    else if (strcmp(name, "teplizumab_brake") == 0)
        for (int g = 0; g < 2; g++) path_of(s, (const int[]){EARLY, LATE}[g], 1)->growth_brake_frac.value = fmin(value, 1.0);
    else if (strcmp(name, "atg_memory_kept") == 0) path_of(s, LATE, 2)->memory_depletion_frac.value = 1.0 - fmin(value, 1.0);
    else memcpy((char *)&s->params + unknowns[i].offset, &value, sizeof value);
}

/* ---- the search: Levenberg-Marquardt in the logs of what is fitted ---- */

#define STEP 0.1    /* of the logs, for derivatives */
#define LONGEST 0.6 /* step of a log in one iteration */

typedef struct {
    int stage, n_unknowns, n_residuals;
    int of[UNKNOWNS];
    double start[UNKNOWNS]; /* logs of the shipped values */
} problem;

static double residuals(study *s, const problem *p, const double *x, double *out)
{
    for (int i = 0; i < p->n_unknowns; i++) unknown_set(s, p->of[i], exp(x[i]));
    evidence_row rows[MOST_ROWS];
    simulate(s, p->stage == NATURAL ? ADULT : EARLY, p->stage == NATURAL ? YOUNG : LATE);
    int n = 0, n_rows = p->stage == NATURAL ? natural_rows(s, rows) : treatment_rows(s, rows);
    double sum = 0.0;
    for (int i = 0; i < n_rows; i++)
        if (rows[i].fitted == p->stage) out[n++] = miss(&rows[i]);
    for (int i = 0; i < p->n_unknowns; i++) out[n++] = (x[i] - p->start[i]) / unknowns[p->of[i]].sd;
    for (int i = 0; i < n; i++) sum += out[i] * out[i];
    return sum;
}

static int residual_count(study *s, const problem *p)
{
    evidence_row rows[MOST_ROWS];
    int n = 0, n_rows = p->stage == NATURAL ? natural_rows(s, rows) : treatment_rows(s, rows);
    for (int i = 0; i < n_rows; i++) n += rows[i].fitted == p->stage;
    return n + p->n_unknowns;
}

/* The step of damped least squares; false if it cannot be solved. */
static void damped_step(const double *jacobian, const double *r, int n, int k, double damping, double *step)
{
    gsl_matrix *a = gsl_matrix_calloc((size_t)k, (size_t)k);
    gsl_vector *b = gsl_vector_calloc((size_t)k), *x = gsl_vector_calloc((size_t)k);
    for (int i = 0; i < k; i++)
        for (int m = 0; m < n; m++) {
            gsl_vector_set(b, (size_t)i, gsl_vector_get(b, (size_t)i) - jacobian[m * k + i] * r[m]);
            for (int j = 0; j < k; j++)
                gsl_matrix_set(a, (size_t)i, (size_t)j, gsl_matrix_get(a, (size_t)i, (size_t)j) + jacobian[m * k + i] * jacobian[m * k + j]);
        }
    for (int i = 0; i < k; i++) gsl_matrix_set(a, (size_t)i, (size_t)i, gsl_matrix_get(a, (size_t)i, (size_t)i) * (1.0 + damping));
    gsl_linalg_cholesky_decomp1(a); /* the priors keep it positive */
    gsl_linalg_cholesky_solve(a, b, x);
    for (int i = 0; i < k; i++) step[i] = fmax(-LONGEST, fmin(LONGEST, gsl_vector_get(x, (size_t)i)));
    gsl_matrix_free(a);
    gsl_vector_free(b);
    gsl_vector_free(x);
}

static void search(study *s, int stage, int iterations)
{
    problem p = {.stage = stage};
    double x[UNKNOWNS], moved[UNKNOWNS], step[UNKNOWNS];
    for (int i = 0; i < UNKNOWNS; i++)
        if (unknowns[i].fitted == stage) {
            p.of[p.n_unknowns] = i;
            x[p.n_unknowns] = p.start[p.n_unknowns] = log(unknown_get(s, i));
            p.n_unknowns++;
        }
    simulate(s, ADULT, LATE);
    int k = p.n_unknowns, n = residual_count(s, &p);
    double r[MOST_ROWS + UNKNOWNS], other[MOST_ROWS + UNKNOWNS], *jacobian = calloc((size_t)(n * k), sizeof(double));
    if (!jacobian) exit(3);
    double sum = residuals(s, &p, x, r), damping = 0.1;
    for (int it = 0; it < iterations; it++) {
        for (int i = 0; i < k; i++) {
            memcpy(moved, x, sizeof moved);
            moved[i] += STEP;
            residuals(s, &p, moved, other);
            for (int m = 0; m < n; m++) jacobian[m * k + i] = (other[m] - r[m]) / STEP;
        }
        bool better = false;
        for (int attempt = 0; attempt < 4 && !better; attempt++, damping *= better ? 0.3 : 5.0) {
            damped_step(jacobian, r, n, k, damping, step);
            for (int i = 0; i < k; i++) moved[i] = x[i] + step[i];
            double tried = residuals(s, &p, moved, other);
            better = tried < sum;
            if (!better) continue;
            sum = tried;
            memcpy(x, moved, sizeof x);
            memcpy(r, other, sizeof r);
        }
        fprintf(stderr, "iteration %d, %d runs, misses and priors %.1f:", it + 1, s->evaluations, sum);
        for (int i = 0; i < k; i++) fprintf(stderr, " %s=%.5g", unknowns[p.of[i]].name, exp(x[i]));
        fprintf(stderr, "\n");
        if (!better) break;
    }
    residuals(s, &p, x, r);
    free(jacobian);
}

static bool set_by_hand(study *s, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals) return false;
    for (int i = 0; i < UNKNOWNS; i++)
        if (strlen(unknowns[i].name) == (size_t)(equals - text) && strncmp(text, unknowns[i].name, strlen(unknowns[i].name)) == 0) {
            unknown_set(s, i, atof(equals + 1));
            return true;
        }
#define PARAM(key, value, low, high, unit, standing, source, sentence)                                                 \
    if (strlen(#key) == (size_t)(equals - text) && strncmp(text, #key, strlen(#key)) == 0) {                           \
        s->params.key = atof(equals + 1);                                                                              \
        return true;                                                                                                   \
    }
#include "base/params.def"
#undef PARAM
    return false;
}

/* Means of adults and children at every visit: what lies behind the rows. */
static void print_course(const study *s)
{
    static const struct {
        const char *name;
        endpoint_id endpoint;
        double factor;
    } shown[] = {{"HbA1c", ENDPOINT_hba1c_pct, 1.0}, {"glucose", ENDPOINT_mean_glucose_mg_dl, 1.0}, {"CV", ENDPOINT_glucose_cv_pct, 1.0},
                 {"in range", ENDPOINT_time_in_range_pct, 1.0}, {"below 70", ENDPOINT_time_below_70_pct, 1.0},
                 {"U/kg", ENDPOINT_insulin_u_per_kg_day, 1.0}, {"fasting C", ENDPOINT_c_peptide_fasting_nmol_l, 1.0}, {"AUC mean", AUC, 1.0},
                 {"active %", ENDPOINT_native_function_frac, 100.0}, {"alive %", ENDPOINT_native_beta_cells_frac, 100.0},
                 {"off %", ENDPOINT_insulin_independent, 100.0}};
    for (int g = ADULT; g <= YOUNG; g++) {
        printf("%-12s day", group_name[g]);
        for (size_t e = 0; e < sizeof shown / sizeof *shown; e++) printf(" %9s", shown[e].name);
        printf("\n");
        for (int v = 0; v < s->of[g].n_visits; v++) {
            int day = s->of[g].protocol.visits_day[v];
            printf("%16d", day);
            for (size_t e = 0; e < sizeof shown / sizeof *shown; e++)
                printf(" %9.3f", shown[e].factor * mean_of(&s->of[g], value_at, day, shown[e].endpoint, all_ages));
            printf("\n");
        }
    }
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 64, iterations = argc > 2 ? atoi(argv[2]) : 6;
    static study s;
    if (!study_read(&s, n)) return 3;
    for (int i = 3; i < argc; i++)
        if (!set_by_hand(&s, argv[i])) {
            fprintf(stderr, "%s: no parameter of this name; see islet params\n", argv[i]);
            return 2;
        }
    for (int stage = NATURAL; stage <= TREATMENT && iterations > 0; stage++) search(&s, stage, iterations);
    simulate(&s, ADULT, LATE);
    printf("natural history, %d adults and %d children, %d in each trial of a treatment:", n, n, s.of[RESET].n);
    for (int i = 0; i < UNKNOWNS; i++) printf(" %s=%.4g", unknowns[i].name, unknown_get(&s, i));
    printf("\n");
    evidence_row rows[MOST_ROWS];
    print_rows(rows, natural_rows(&s, rows));
    print_rows(rows, treatment_rows(&s, rows));
    print_course(&s);
    study_free(&s);
    return 0;
}
