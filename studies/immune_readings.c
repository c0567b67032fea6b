/* Readings of the immune study: the means, medians, spreads and slopes that rows of evidence print. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "immune_study.h"

#define DETECTED_NMOL_L 0.013
#define LOG_FLOOR_NMOL_L 0.003 /* what an assay that sees nothing is taken as */
#define URINE_FLOOR_NMOL_L 0.001     /* urine C-peptide is seen from 0.001 nmol/mmol on, which goes with about as much in nmol/L of plasma */

double logarithm(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return isnan(x) ? NAN : log(fmax(x, LOG_FLOOR_NMOL_L));
}

double log_of_one_more(const group_study *s, int who, int day, endpoint_id e)
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

double detected(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return isnan(x) ? NAN : x >= DETECTED_NMOL_L;
}

double above_0_2(const group_study *s, int who, int day, endpoint_id e)
{
    double x = value_at(s, who, day, e);
    return isnan(x) ? NAN : x >= 0.2;
}

double low_dose_and_hba1c(const group_study *s, int who, int day, endpoint_id e)
{
    double dose = value_at(s, who, day, ENDPOINT_insulin_u_per_kg_day), hba1c = value_at(s, who, day, e);
    return isnan(dose) || isnan(hba1c) ? NAN : dose < 0.5 && hba1c < 6.5;
}

/* Remission of the Bratislava children at any of the visits until 18 months. */
double ever_in_remission(const group_study *s, int who, int day, endpoint_id e)
{
    static const int days[] = {80, 90, 180, 365, 445, 545};
    (void)day;
    for (size_t i = 0; i < sizeof(days) / sizeof(*days); i++)
        if (value_at(s, who, days[i], ENDPOINT_insulin_u_per_kg_day) < 0.5 && value_at(s, who, days[i], e) < 7.0)
            return 1.0;
    return 0.0;
}

double was_free(const group_study *s, int who, int day, endpoint_id e)
{
    (void)day, (void)e;
    return s->was_free[who];
}

/* Severe events of the first year, weighted by the time since the visit before. */
double severe_per_100_years(const group_study *s)
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

#define ENTRY_DAY 80

static bool is_among(const group_study *s, int who, ages of)
{
    bool age = s->diagnosed_year[who] >= of.low && s->diagnosed_year[who] < of.high;
    return age && (!(of.peak_nmol_l > 0.0) || value_at(s, who, ENTRY_DAY, ENDPOINT_c_peptide_stimulated_nmol_l) >= of.peak_nmol_l);
}

double mean_of(const group_study *s, reading *read, int day, endpoint_id e, ages of)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < s->n; i++) {
        double x = read(s, i, day, e);
        if (isnan(x) || !is_among(s, i, of)) continue;
        sum += x;
        n++;
    }
    return n ? sum / n : NAN;
}

/* In trials that took people with a peak of 0.2 nmol/L or more. */
double both(const study *s, reading *read, int day, endpoint_id e)
{
    return 0.5 * (mean_of(&s->of[ADULT], read, day, e, in_trials) + mean_of(&s->of[CHILD], read, day, e, in_trials));
}

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
            if (!isnan(x) && is_among(&s->of[g], i, of)) out[n++] = x;
        }
    qsort(out, (size_t)n, sizeof *out, in_order);
    return n;
}

double quantile_of(const study *s, int day, endpoint_id e, ages of, int first, double share)
{
    static double values[MOST_PEOPLE];
    int n = values_of(s, day, e, of, first, values);
    double at = share * (n - 1);
    int below = (int)at;
    return n < 2 ? NAN : below + 1 < n ? values[below] + (at - below) * (values[below + 1] - values[below]) : values[n - 1];
}

double quartile_ratio(const study *s, int day, endpoint_id e, ages of, int first)
{
    double low = quantile_of(s, day, e, of, first, 0.25), high = quantile_of(s, day, e, of, first, 0.75);
    return log(fmax(high, LOG_FLOOR_NMOL_L) / fmax(low, LOG_FLOOR_NMOL_L));
}

double spread_of(const study *s, int day, endpoint_id e, ages of, int first)
{
    static double values[MOST_PEOPLE];
    int n = values_of(s, day, e, of, first, values);
    double mean = 0.0, squares = 0.0;
    for (int i = 0; i < n; i++) mean += values[i] / n;
    for (int i = 0; i < n; i++) squares += (values[i] - mean) * (values[i] - mean);
    return n < 2 ? NAN : sqrt(squares / (n - 1));
}

double young_median(const study *s, int day, endpoint_id e)
{
    return quantile_of(s, day, e, all_ages, YOUNG, 0.5);
}

#define REMISSION_DAY 90 /* the first sample: on the day of diagnosis most cells are at rest */

/* % a year of a log-linear fall between yearly visits, the first at three months; in children, since half of those people were diagnosed before 10.8. */
double yearly_pct(const study *s, int first_year, int last_year)
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

double change_pct(const study *s, ages of)
{
    const group_study *c = &s->of[CHILD];
    return 100.0 * (mean_of(c, value_at, 365, PEAK, of) / mean_of(c, value_at, 30, PEAK, of) - 1.0);
}

double late_detected(const study *s, ages of, int group)
{
    const int days[] = {365, 730, 1095, 1460, 1825};
    double sum = 0.0;
    for (int i = 0; i < 5; i++) sum += mean_of(&s->of[group], detected, days[i], PEAK, of);
    return 100.0 * sum / 5.0;
}

/* Mean over people of an arm's change from day 0, less that of arm 0. */
double gain(const group_study *s, int arm, int day)
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

double free_for_pct(const group_study *s, double days)
{
    int n = 0;
    for (int i = 0; i < s->n; i++) n += s->free_day[i] >= days;
    return 100.0 * n / s->n;
}

double reset_at(const study *s, int group, int month, endpoint_id e)
{
    static const int day[] = {[3] = 125, [6] = 216, [12] = 398, [24] = 763, [36] = 1128, [48] = 1493};
    return mean_of(&s->of[group], value_at, day[month], e, all_ages);
}

/* ---- the course ---- */

static const char *const group_name[GROUPS] = {"adults", "children", "immune reset", "reset, young", "young", "early drug", "late drug"};

/* Means of adults and children at every visit: what lies behind the rows. */
void print_course(const study *s)
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
