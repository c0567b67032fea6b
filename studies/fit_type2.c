/* Fit of type 2 diabetes: response to diet, drift over years, drugs, insulin, and trials of cells; prints the table of docs/type2.md.
 *
 *   make fit                                 with the other fits
 *   fit_type2 PEOPLE ITERATIONS              search from the shipped values; 0 iterations shows their table only
 *   fit_type2 PEOPLE 0 KEY=VALUE ...         the table for other values of parameters
 *
 * Rows of evidence/outcomes.csv with the role `calibrate` and constants of the literature that carry no role there; nothing marked
 * `validate`. Fitted by Nelder-Mead on the squared misses in errors: pathways_capacity_half, type2_native_loss_per_year,
 * pathways_turnover_frac, on the rows of newly found people (UKPDS). The others are set one by one to the row their source names, and
 * are printed beside it. */
#include <gsl/gsl_multimin.h>
#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "trial/trial.h"

#define OUTSIDE 1e4
#define MMOL_MG_DL 18.0182

enum { UKPDS, DRUGS, TARGET, ADOPT, PREDIABETES, ZANG, BHANSALI, STEADY_ORAL, STEADY_INSULIN, HELD_INSULIN, GROUPS };

static const char *const group_name[GROUPS] = {"ukpds", "drugs",    "target",       "adopt",          "prediabetes",
                                               "zang",  "bhansali", "steady_oral", "steady_insulin", "held_insulin"};

/* UKPDS: three months of diet, then diet alone or with a sulfonylurea, more only above 15 mmol/L (UKPDS 16, PMID 7589820). ADOPT: a
 * quarter's visits, failure is fasting glucose above 180 mg/dL twice in a row. */
static const char *const protocol_text[GROUPS] = {
    [UKPDS] = "population: {of: t2d_new, n: 64}\ntrial_effect: none\narms:\n"
              "  - {name: untreated, escalation: none}\n  - {name: diet, comparator: lifestyle, escalation: rescue}\n"
              "  - {name: sulfonylurea, drugs: [sulfonylurea], comparator: lifestyle, escalation: rescue}\n"
              "follow_up: {years: 10, visits_day: [0, 90, 365, 730, 1095, 1460, 1825, 2190, 2555, 2920, 3285, 3650]}\n",
    [DRUGS] = "population: {of: t2d_new, n: 64, require: {hba1c_pct: [7, 10]}}\ncare: {escalation: none}\narms:\n"
              "  - {name: none}\n  - {name: metformin, drugs: [metformin]}\n  - {name: sulfonylurea, drugs: [sulfonylurea]}\n"
              "  - {name: dpp4, drugs: [dpp4_inhibitor]}\n  - {name: glp1, drugs: [glp1_agonist]}\n"
              "  - {name: semaglutide, drugs: [semaglutide]}\n  - {name: tirzepatide, drugs: [tirzepatide]}\n"
              "  - {name: tzd, drugs: [tzd]}\n"
              "follow_up: {days: 182, visits_day: [0, 182]}\n",
    [TARGET] = "population: {of: t2d_oral, n: 64, require: {hba1c_pct: [7.5, 10]}}\ncare: {escalation: none}\narms:\n"
               "  - {name: forced titration, insulin: basal, titration: riddle}\nfollow_up: {days: 168, visits_day: [0, 168]}\n",
    [ADOPT] = "population: {of: t2d_new, n: 64, require: {fasting_glucose_mg_dl: [126, 180]}}\ncare: {escalation: none}\narms:\n"
              "  - {name: tzd, drugs: [tzd]}\n  - {name: metformin, drugs: [metformin]}\n  - {name: sulfonylurea, drugs: [sulfonylurea]}\n"
              "follow_up: {years: 5, visits_day: [0, 90, 180, 270, 365, 455, 545, 635, 730, 820, 910, 1000, 1095, 1185, 1275, 1365, "
              "1460, 1550, 1640, 1730, 1825]}\n",
    [PREDIABETES] = "population: {of: prediabetes, n: 64, require: {fasting_glucose_mg_dl: [100, 125]}}\ntrial_effect: none\n"
                    "care: {escalation: none}\narms:\n  - {name: nothing}\n"
                    "follow_up: {years: 5, visits_day: [0, 182, 365, 547, 730, 912, 1095, 1277, 1460, 1642, 1825]}\n",
    [ZANG] = "population: {of: t2d_insulin, n: 64, require: {age_year: [18, 80], hba1c_pct: [7, 12]}}\nmasking: blinded\narms:\n"
             "  - {name: cells, cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0, courses: 3, interval_week: 4}]}\n"
             "  - {name: placebo, control: placebo}\nfollow_up: {days: 336, visits_day: [0, 336]}\n",
    [BHANSALI] = "population: {of: t2d_insulin, n: 64, require: {age_year: [18, 70], bmi_kg_m2: [24, 32], hba1c_pct: \"< 7.5\", insulin_u_per_kg_day: [0.4, 0.8]}}\n"
                 "masking: blinded\narms:\n  - name: cells\n    cells:\n"
                 "      - {product: bone_marrow_mononuclear, dose_cells_per_kg: 1e7, day: 0}\n"
                 "      - {product: bone_marrow_mononuclear, dose_cells_per_kg: 1e7, day: 84, route: vein}\n"
                 "  - {name: sham, control: sham}\nfollow_up: {years: 1, visits_day: [0, 365]}\n",
    [STEADY_ORAL] = "population: {of: t2d_oral, n: 64}\ntrial_effect: none\ncare: {escalation: none}\narms:\n  - {name: as before}\n"
                    "follow_up: {years: 1, visits_day: [0, 28, 91, 182, 365]}\n",
    [STEADY_INSULIN] = "population: {of: t2d_insulin, n: 64}\ntrial_effect: none\ncare: {escalation: none}\narms:\n  - {name: as before}\n"
                       "follow_up: {years: 1, visits_day: [0, 28, 91, 182, 365]}\n",
    [HELD_INSULIN] = "population: {of: t2d_insulin, n: 64}\ntrial_effect: none\narms:\n"
                     "  - {name: cells without effect, cells: [{product: fetal_cells, dose_cells_per_kg: 1e6, day: 0}]}\n"
                     "follow_up: {years: 1, visits_day: [0, 28, 91, 182, 365]}\n",
};

typedef struct {
    struct islet_protocol protocol;
    int n;
    double *values; /* [arm][patient][visit][endpoint] */
} group_study;

typedef struct {
    group_study of[GROUPS];
    params params;
    int evaluations;
} study;

/* ---- the people ---- */

static double *place_of(const group_study *s, int arm, int who, int visit)
{
    return s->values + (((size_t)arm * (size_t)s->n + (size_t)who) * (size_t)s->protocol.n_visits + (size_t)visit) * ENDPOINT_COUNT;
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    group_study *s = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        memcpy(place_of(s, results[i].arm, (int)results[i].traits->patient, 0), results[i].visit_values,
               sizeof(double) * (size_t)s->protocol.n_visits * ENDPOINT_COUNT);
    return ISLET_OK;
}

static void tell(const islet_problems *problems)
{
    for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
}

static void simulate(study *s, int first, int last)
{
    for (int g = first; g <= last; g++) {
        trial *t;
        islet_problems *problems = islet_problems_create();
        if (trial_create_with(&s->of[g].protocol, NULL, &s->params, &t, problems) != ISLET_OK ||
            trial_run(t, NULL, keep, &s->of[g], problems) != ISLET_OK) {
            tell(problems);
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
        char text[2000];
        group_study *of = &s->of[g];
        islet_problems *problems = islet_problems_create();
        snprintf(text, sizeof text, "islet: 1\ntitle: fit\n%s", protocol_text[g]);
        if (protocol_parse(text, strlen(text), "fit", &of->protocol, problems) != ISLET_OK) {
            tell(problems);
            return false;
        }
        islet_problems_free(problems);
        of->protocol.n_patients = of->n = n;
        of->values = calloc((size_t)of->protocol.n_arms * (size_t)n * (size_t)of->protocol.n_visits * ENDPOINT_COUNT, sizeof(double));
        if (!of->values) return false;
        for (size_t i = 0; i < (size_t)of->protocol.n_arms * (size_t)n * (size_t)of->protocol.n_visits * ENDPOINT_COUNT; i++) of->values[i] = NAN;
    }
    return true;
}

/* ---- what is read from them ---- */

static int visit_of(const group_study *s, int day)
{
    for (int v = 0; v < s->protocol.n_visits; v++)
        if (s->protocol.visits_day[v] == day) return v;
    fprintf(stderr, "no visit on day %d\n", day);
    exit(2);
}

static double value_at(const group_study *s, int arm, int who, int day, endpoint_id e)
{
    return place_of(s, arm, who, visit_of(s, day))[e];
}

/* UKPDS counted people whose fasting glucose was 6 to 15 mmol/L after three months of diet. */
static bool counts(const group_study *s, bool chosen, int who)
{
    double fasting = chosen ? value_at(s, 1, who, 90, ENDPOINT_fasting_glucose_mg_dl) / MMOL_MG_DL : 10.0;
    return fasting >= 6.0 && fasting <= 15.0;
}

typedef struct {
    double mean, median, sd;
} summary;

static summary summary_of(const group_study *s, int arm, int day, endpoint_id e, bool chosen, bool change)
{
    double *x = calloc((size_t)s->n, sizeof *x);
    size_t n = 0;
    if (!x) exit(3);
    for (int i = 0; i < s->n; i++) {
        double value = value_at(s, arm, i, day, e) - (change ? value_at(s, arm, i, 0, e) : 0.0);
        if (!isnan(value) && counts(s, chosen, i)) x[n++] = value;
    }
    gsl_sort(x, 1, n);
    summary out = n < 2 ? (summary){NAN, NAN, NAN}
                        : (summary){gsl_stats_mean(x, 1, n), gsl_stats_median_from_sorted_data(x, 1, n), gsl_stats_sd(x, 1, n)};
    free(x);
    return out;
}

#define HBA1C ENDPOINT_hba1c_pct
#define FASTING ENDPOINT_fasting_glucose_mg_dl
#define WEIGHT ENDPOINT_weight_kg

static double mean_at(const group_study *s, int arm, int day, endpoint_id e)
{
    return summary_of(s, arm, day, e, false, false).mean;
}

static double ukpds(const study *s, int arm, int day, endpoint_id e)
{
    return summary_of(&s->of[UKPDS], arm, day, e, true, false).median;
}

static double diet_change(const study *s, endpoint_id e)
{
    return summary_of(&s->of[UKPDS], 1, 90, e, true, true).mean;
}

/* Median over the people's yearly values of ten years. */
static double of_ten_years(const study *s, int arm)
{
    double *x = calloc((size_t)s->of[UKPDS].n * 10, sizeof *x);
    size_t n = 0;
    if (!x) exit(3);
    for (int i = 0; i < s->of[UKPDS].n; i++)
        for (int year = 1; year <= 10; year++) {
            double value = value_at(&s->of[UKPDS], arm, i, 365 * year, HBA1C);
            if (!isnan(value) && counts(&s->of[UKPDS], true, i)) x[n++] = value;
        }
    gsl_sort(x, 1, n);
    double median = n ? gsl_stats_median_from_sorted_data(x, 1, n) : NAN;
    free(x);
    return median;
}

/* Drug less none after half a year. */
static double drug_effect(const study *s, int arm, endpoint_id e)
{
    return mean_at(&s->of[DRUGS], arm, 182, e) - mean_at(&s->of[DRUGS], 0, 182, e);
}

static double reached_pct(const group_study *s, int arm, int day, double limit)
{
    int reached = 0;
    if (isnan(mean_at(s, arm, 0, HBA1C))) return NAN; /* not simulated */
    for (int i = 0; i < s->n; i++) reached += value_at(s, arm, i, day, HBA1C) <= limit;
    return 100.0 * reached / s->n;
}

static double insulin_u(const group_study *s, int arm, int day)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        double units = value_at(s, arm, i, day, ENDPOINT_insulin_u_per_kg_day) * value_at(s, arm, i, day, WEIGHT);
        if (!isnan(units)) sum += units, n++; /* not of the dead */
    }
    return n ? sum / n : NAN;
}

static double failed_pct(const study *s, int arm)
{
    const group_study *a = &s->of[ADOPT];
    int failed = 0;
    if (isnan(mean_at(a, arm, 0, HBA1C))) return NAN;
    for (int i = 0; i < a->n; i++) {
        int high = 0;
        for (int v = 1; v < a->protocol.n_visits && high < 2; v++) high = place_of(a, arm, i, v)[FASTING] > 180.0 ? high + 1 : 0;
        failed += high == 2;
    }
    return 100.0 * failed / a->n;
}

/* Share a year with 126 mg/dL fasting at two half-yearly visits in a row, of people in a range at entry. */
static double progress_pct(const study *s, double from, double below)
{
    const group_study *p = &s->of[PREDIABETES];
    double years = 0.0, found = 0.0;
    for (int i = 0; i < p->n; i++) {
        double entry = value_at(p, 0, i, 0, FASTING);
        if (!(entry >= from && entry < below)) continue;
        int high = 0;
        for (int v = 1; v < p->protocol.n_visits && high < 2; v++) {
            years += 0.5;
            high = place_of(p, 0, i, v)[FASTING] >= 126.0 ? high + 1 : 0;
        }
        found += high == 2;
    }
    return years > 0.0 ? 100.0 * found / years : NAN;
}

/* Change of the dose of insulin, % of the arm's baseline. */
static double dose_change_pct(const group_study *s, int arm, int day)
{
    return 100.0 * (insulin_u(s, arm, day) / insulin_u(s, arm, 0) - 1.0);
}

/* People's own changes, median. */
static double own_dose_change_pct(const group_study *s, int arm, int day)
{
    double *x = calloc((size_t)s->n, sizeof *x);
    size_t n = 0;
    if (!x) exit(3);
    for (int i = 0; i < s->n; i++) {
        double before = value_at(s, arm, i, 0, ENDPOINT_insulin_u_per_kg_day) * value_at(s, arm, i, 0, WEIGHT);
        double after = value_at(s, arm, i, day, ENDPOINT_insulin_u_per_kg_day) * value_at(s, arm, i, day, WEIGHT);
        if (before > 0.0 && !isnan(after)) x[n++] = 100.0 * (after / before - 1.0);
    }
    gsl_sort(x, 1, n);
    double median = n ? gsl_stats_median_from_sorted_data(x, 1, n) : NAN;
    free(x);
    return median;
}

/* ---- the table ---- */

typedef struct {
    const char *row;
    double observed, error; /* errors are ours: no row prints an interval of a median */
    bool fitted;
    double simulated;
} row;

static double misses_of(const row *rows, size_t n, bool print)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double miss = (rows[i].simulated - rows[i].observed) / rows[i].error;
        if (rows[i].fitted) sum += isnan(miss) ? 100.0 : miss * miss;
        if (print && !isnan(rows[i].simulated))
            printf("  %-78s observed %7.2f simulated %7.2f (%+.1f errors)%s\n", rows[i].row, rows[i].observed, rows[i].simulated, miss,
                   rows[i].fitted ? " fitted" : "");
    }
    return sum;
}

static double newly_found(const study *s, bool print)
{
    const group_study *u = &s->of[UKPDS];
    const row rows[] = {
        {"UKPDS49 HbA1c at diagnosis, median, %", 9.1, 0.2, false, summary_of(u, 0, 0, HBA1C, false, false).median},
        {"UKPDS 49 fasting glucose at diagnosis, median, mg/dL", 207.0, 10.0, false, summary_of(u, 0, 0, FASTING, false, false).median},
        {"UKPDS_HOMAB at diagnosis, % of normal", 50.0, 3.0, false, summary_of(u, 0, 0, ENDPOINT_homa_b_pct, false, false).mean},
        {"UKPDS_HOMAB after six years, with advice, % of normal", 28.0, 3.0, true, ukpds(s, 1, 2190, ENDPOINT_homa_b_pct)},
        {"  without anything, % of normal", 28.0, 3.0, false, ukpds(s, 0, 2190, ENDPOINT_homa_b_pct)},
        {"  with advice and a sulfonylurea, % of normal", 28.0, 3.0, false, ukpds(s, 2, 2190, ENDPOINT_homa_b_pct)},
        {"UKPDS 45 three months of diet, weight, kg", -4.5, 0.5, false, diet_change(s, WEIGHT)},
        {"UKPDS 45 three months of diet, fasting glucose, mg/dL", -54.0, 9.0, false, diet_change(s, FASTING)},
        {"UKPDS 45 three months of diet, HbA1c, %", -2.0, 0.3, false, diet_change(s, HBA1C)},
        {"UKPDS 16 conventional, one year, HbA1c, %", 6.8, 0.2, true, ukpds(s, 1, 365, HBA1C)},
        {"UKPDS 16 conventional, six years, HbA1c, %", 8.0, 0.2, true, ukpds(s, 1, 2190, HBA1C)},
        {"UKPDS 16 conventional, one year, fasting glucose, mg/dL", 148.0, 9.0, false, ukpds(s, 1, 365, FASTING)},
        {"UKPDS 16 conventional, six years, fasting glucose, mg/dL", 171.0, 9.0, false, ukpds(s, 1, 2190, FASTING)},
        {"UKPDS 16 intensive, one year, HbA1c, %", 6.1, 0.2, true, ukpds(s, 2, 365, HBA1C)},
        {"UKPDS 16 intensive, six years, HbA1c, %", 7.1, 0.2, true, ukpds(s, 2, 2190, HBA1C)},
        {"UKPDS 16 intensive, one year, fasting glucose, mg/dL", 122.0, 9.0, false, ukpds(s, 2, 365, FASTING)},
        {"UKPDS 16 intensive, six years, fasting glucose, mg/dL", 140.0, 9.0, false, ukpds(s, 2, 2190, FASTING)},
        {"UKPDS33 conventional, median of ten years, HbA1c, %", 7.9, 0.2, true, of_ten_years(s, 1)},
        {"UKPDS33 intensive, median of ten years, HbA1c, %", 7.0, 0.2, true, of_ten_years(s, 2)},
    };
    return misses_of(rows, sizeof rows / sizeof *rows, print);
}

/* People as they come, followed without a trial's effects: nothing should move in months. */
static void print_steady(const study *s, int group)
{
    const group_study *g = &s->of[group];
    static const int days[] = {0, 28, 91, 182, 365};
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        printf("  %-15s day %3d: HbA1c %.2f fasting %.0f mean %.0f insulin %.1f U weight %.1f\n", group_name[group], days[i], mean_at(g, 0, days[i], HBA1C),
               mean_at(g, 0, days[i], FASTING), mean_at(g, 0, days[i], ENDPOINT_mean_glucose_mg_dl), insulin_u(g, 0, days[i]),
               mean_at(g, 0, days[i], WEIGHT));
}

static double others(const study *s)
{
    const group_study *t = &s->of[TARGET], *z = &s->of[ZANG], *b = &s->of[BHANSALI];
    const row rows[] = {
        {"metformin against none, half a year, HbA1c, %", -1.0, 0.1, false, drug_effect(s, 1, HBA1C)},
        {"sulfonylurea, HbA1c, %", -1.0, 0.1, false, drug_effect(s, 2, HBA1C)},
        {"DPP-4 inhibitor, HbA1c, %", -0.6, 0.1, false, drug_effect(s, 3, HBA1C)},
        {"GLP-1 agonist, HbA1c, %", -1.2, 0.1, false, drug_effect(s, 4, HBA1C)},
        {"semaglutide, HbA1c, %", -1.5, 0.1, false, drug_effect(s, 5, HBA1C)},
        {"tirzepatide, HbA1c, %", -2.3, 0.1, false, drug_effect(s, 6, HBA1C)},
        {"thiazolidinedione, HbA1c, % (about metformin's)", -1.0, 0.1, false, drug_effect(s, 7, HBA1C)},
        {"GLP-1 agonist, weight, kg", -1.2, 0.5, false, drug_effect(s, 4, WEIGHT)},
        {"semaglutide, weight, kg", -2.8, 0.5, false, drug_effect(s, 5, WEIGHT)},
        {"tirzepatide, weight, kg", -9.1, 1.0, false, drug_effect(s, 6, WEIGHT)},
        {"TTT2003 HbA1c after 24 weeks, %", 6.96, 0.1, false, mean_at(t, 0, 168, HBA1C)},
        {"TTT2003 fasting glucose after 24 weeks, mg/dL", 117.0, 4.0, false, mean_at(t, 0, 168, FASTING)},
        {"TTT2003 at 7 % or below, %", 60.0, 4.0, false, reached_pct(t, 0, 168, 7.0)},
        {"  HbA1c before, %", NAN, 1.0, false, mean_at(t, 0, 0, HBA1C)},
        {"  fasting glucose before, mg/dL", NAN, 1.0, false, mean_at(t, 0, 0, FASTING)},
        {"  insulin after 24 weeks, U a day", NAN, 1.0, false, insulin_u(t, 0, 168)},
        {"ADOPT failed in five years on a thiazolidinedione, %", 15.0, 2.0, false, failed_pct(s, 0)},
        {"ADOPT failed in five years on metformin, %", 21.0, 2.0, false, failed_pct(s, 1)},
        {"ADOPT failed in five years on a sulfonylurea, %", 34.0, 2.0, false, failed_pct(s, 2)},
        {"diabetes from fasting 100 to 109 mg/dL (dc06-1392), % a year", 1.34, 0.5, false, progress_pct(s, 100.0, 110.0)},
        {"diabetes from fasting 110 to 125 mg/dL (dc06-1392), % a year", 5.56, 1.0, false, progress_pct(s, 110.0, 126.0)},
        {"ZANG2022 cells, HbA1c before, %", 9.02, 0.2, false, mean_at(z, 0, 0, HBA1C)},
        {"ZANG2022 cells, HbA1c week 48, %", 7.52, 0.16, false, mean_at(z, 0, 336, HBA1C)},
        {"ZANG2022 placebo, HbA1c week 48, %", 8.19, 0.15, false, mean_at(z, 1, 336, HBA1C)},
        {"ZANG2022 cells, insulin, % of baseline", -27.78, 5.0, false, dose_change_pct(z, 0, 336)},
        {"ZANG2022 placebo, insulin, % of baseline", -15.62, 5.0, false, dose_change_pct(z, 1, 336)},
        {"BHANSALI_RCT cells, HbA1c before, %", 6.9, 0.2, false, mean_at(b, 0, 0, HBA1C)},
        {"  insulin before, U a day", 41.0, 5.0, false, insulin_u(b, 0, 0)},
        {"BHANSALI_RCT cells, HbA1c one year, %", 7.1, 0.2, false, mean_at(b, 0, 365, HBA1C)},
        {"BHANSALI_RCT sham, HbA1c one year, %", 7.0, 0.2, false, mean_at(b, 1, 365, HBA1C)},
        {"BHANSALI_RCT cells, insulin, median change, %", -66.7, 10.0, false, own_dose_change_pct(b, 0, 365)},
        {"BHANSALI_RCT sham, insulin, median change, %", -32.1, 10.0, false, own_dose_change_pct(b, 1, 365)},
    };
    return misses_of(rows, sizeof rows / sizeof *rows, true);
}

/* ---- the search ---- */

#define FITTED 3

static void set_parameters(study *s, const gsl_vector *x)
{
    s->params.pathways_capacity_half = exp(gsl_vector_get(x, 0));
    s->params.type2_native_loss_per_year = exp(gsl_vector_get(x, 1));
    s->params.pathways_turnover_frac = gsl_vector_get(x, 2);
}

static void show(const study *s, FILE *to, double misses)
{
    fprintf(to, "%3d  pathways_capacity_half %.4f type2_native_loss_per_year %.4f pathways_turnover_frac %.3f  misses %.1f\n",
            s->evaluations, s->params.pathways_capacity_half, s->params.type2_native_loss_per_year, s->params.pathways_turnover_frac, misses);
}

static double objective(const gsl_vector *x, void *context)
{
    study *s = context;
    set_parameters(s, x);
    double most = fmax(0.0, s->params.pathways_capacity_half - 0.2) + fmax(0.0, -s->params.pathways_turnover_frac) +
                  fmax(0.0, s->params.pathways_turnover_frac - 1.0);
    if (most > 0.0) return OUTSIDE * (1.0 + most);
    simulate(s, UKPDS, UKPDS);
    double sum = newly_found(s, false);
    show(s, stderr, sum);
    return sum;
}

static void search(study *s, int iterations)
{
    gsl_vector *x = gsl_vector_alloc(FITTED), *steps = gsl_vector_alloc(FITTED);
    const double start[FITTED] = {log(s->params.pathways_capacity_half), log(s->params.type2_native_loss_per_year),
                                  s->params.pathways_turnover_frac};
    const double step[FITTED] = {0.4, 0.3, 0.06};
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
    int n = argc > 1 ? atoi(argv[1]) : 64, iterations = argc > 2 ? atoi(argv[2]) : 30;
    static study s;
    if (!study_read(&s, n)) return 3;
    bool wanted[GROUPS] = {false}, all = true;
    for (int i = 3; i < argc; i++) {
        bool named = false;
        for (int g = 0; g < GROUPS; g++)
            if (strcmp(argv[i], group_name[g]) == 0) wanted[g] = named = true, all = false;
        if (named) continue;
        if (!set_by_hand(&s.params, argv[i])) {
            fprintf(stderr, "%s: no parameter of this name; see islet params\n", argv[i]);
            return 2;
        }
    }
    if (iterations > 0) search(&s, iterations);
    for (int g = 0; g < GROUPS; g++)
        if (all || wanted[g]) simulate(&s, g, g);
    printf("type 2 diabetes, %d people in every group\n", n);
    double misses = newly_found(&s, true);
    others(&s);
    for (int g = STEADY_ORAL; g <= HELD_INSULIN; g++)
        if (all || wanted[g]) print_steady(&s, g);
    show(&s, stdout, misses);
    for (int g = 0; g < GROUPS; g++) free(s.of[g].values);
    return 0;
}
