/* Rows of the immune study: those of evidence/outcomes.csv with the role `calibrate` about the time after diagnosis, and one cohort that is not among them
 * (PMID 17880810). Rows that give a mean of a mixed group are held against the mean of both groups; those of trials that took only people with a peak of C-peptide
 * of 0.2 nmol/L or more against such people.
 *
 * The trials' "geometric means" of C-peptide are exp(mean ln(1 + x)) - 1: in that scale, and not in ln x, the printed intervals are symmetric
 * (0.52: 0.32 to 0.75; 0.141: 0.071 to 0.215), and a geometric mean proper of 0.24 does not go with quartiles of 0.05 and 0.30. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "immune_study.h"

int natural_rows(const study *s, evidence_row *out)
{
    const group_study *adult = &s->of[ADULT], *child = &s->of[CHILD], *reset = &s->of[RESET];
    const ages from_7 = {7.0, 200.0, 0.0}, from_10 = {10.0, 200.0, 0.0};
    const evidence_row rows[] = {
        {"NH_GREENBAUM2012 AUC mean, slope of year 1, nmol/L/month", -0.0245, 0.0015, NATURAL,
         (both(s, value_at, 445, AUC) - both(s, value_at, 80, AUC)) / 12.0},
        {"NH_GREENBAUM2012 AUC mean, slope of year 2, nmol/L/month", -0.0079, 0.0016, NATURAL,
         (both(s, value_at, 810, AUC) - both(s, value_at, 445, AUC)) / 12.0},
        {"NH_GREENBAUM2012 detectable at 2 years, %", 93.0, 3.0, NATURAL, 100.0 * both(s, detected, 810, PEAK)},
        {"NH_SHIELDS2018 fall until 7 years, % a year", -47.0, 3.0, NATURAL, yearly_pct(s, 0, 7)},
        {"NH_SHIELDS2018 change after 7 years, % a year", 0.0, 2.0, NATURAL, yearly_pct(s, 7, 9)},
        {"NH_HVIDOERE2009 month 1 to 12, diagnosed at 10 and over, %", -50.0, 5.0, NATURAL, change_pct(s, from_10)},
        {"NH_HVIDOERE2009 month 1 to 12, youngest (here under 8), %", -69.0, 6.0, NATURAL, change_pct(s, (ages){0.0, 8.0, 0.0})},
        {"NH_HVIDOERE_SLOPE months 3 to 12, children, % a month", -8.0, 0.7, NATURAL,
         100.0 * (exp((mean_of(child, logarithm, 365, PEAK, all_ages) - mean_of(child, logarithm, 90, PEAK, all_ages)) / 9.0) - 1.0)},
        {"NH_UKGRID detectable at 1 to 5 years, diagnosed at 7 to 12, %", 61.0, 5.0, CHECKED, late_detected(s, (ages){7.0, 13.0, 0.0}, CHILD)},
        {"NH_UKGRID detectable at 1 to 5 years, diagnosed at 13 and over, %", 78.0, 5.0, CHECKED, late_detected(s, all_ages, ADULT)},
        {"NH_CLVER2023 placebo, AUC mean at 12 months, nmol/L", 0.44, 0.05, NATURAL, mean_of(child, value_at, 365, AUC, from_7)},
        {"NH_CLVER2023 placebo, peak >= 0.2 at 12 months, %", 71.0, 7.0, NATURAL, 100.0 * mean_of(child, above_0_2, 365, PEAK, from_7)},
        {"NH_CLOUD2022 control, mean of ln(1 + x) at 12 months, nmol/L", 0.46, 0.06, NATURAL, expm1(mean_of(child, log_of_one_more, 365, AUC, from_10))},
        {"NH_CLOUD2022 control, mean of ln(1 + x) at 24 months, nmol/L", 0.24, 0.05, NATURAL, expm1(mean_of(child, log_of_one_more, 730, AUC, from_10))},
        {"NH_BUCKINGHAM2013 control, mean of ln(1 + x) at 12 months, nmol/L", 0.52, 0.11, NATURAL, expm1(mean_of(child, log_of_one_more, 365, AUC, from_10))},
        {"NH_ABATACEPT placebo, mean of ln(1 + x) at 24 months, nmol/L", 0.238, 0.05, NATURAL, expm1(both(s, log_of_one_more, 810, AUC))},
        {"NH_ABATACEPT placebo, mean of ln(1 + x) at 36 months, nmol/L", 0.141, 0.037, NATURAL, expm1(both(s, log_of_one_more, 1095, AUC))},
        {"NH_T1GER placebo, AUC mean at 12 months, nmol/L", 0.43, 0.074, NATURAL, both(s, value_at, 445, AUC)},
        {"NH_T1GER placebo, SD of the AUC mean at 12 months, nmol/L", 0.39, 0.053, NATURAL, spread_of(s, 445, AUC, in_trials, ADULT)},
        {"NH_CLOUD2022 control, ln of upper over lower quartile at 12 months", 1.14, 0.2, NATURAL, quartile_ratio(s, 365, AUC, from_10, CHILD)},
        {"NH_CLOUD2022 control, ln of upper over lower quartile at 24 months", 1.79, 0.31, NATURAL, quartile_ratio(s, 730, AUC, from_10, CHILD)},
        {"NH_BANDIT2023 placebo, median at 48 weeks, nmol/L", 0.43, 0.08, NATURAL, quantile_of(s, 445, AUC, in_trials, ADULT, 0.5)},
        {"NH_BANDIT2023 placebo, ln of upper over lower quartile at 48 weeks", 1.58, 0.33, NATURAL, quartile_ratio(s, 445, AUC, in_trials, ADULT)},
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
         100.0 * mean_of(child, value_at, 445, ENDPOINT_partial_remission, in_trials)},
        {"NH_PROTEGE2011 placebo, < 0.5 U/kg and HbA1c < 6.5 at 12 months, %", 20.4, 4.1, NATURAL,
         100.0 * both(s, low_dose_and_hba1c, 445, ENDPOINT_hba1c_pct)},
        {"NH_BANDIT2023 placebo, insulin at 48 weeks, U/kg/day", 0.52, 0.04, NATURAL, both(s, value_at, 445, ENDPOINT_insulin_u_per_kg_day)},
        {"NH_PROTECT2023 placebo, insulin at 78 weeks, children, U/kg/day", 0.59, 0.05, NATURAL,
         mean_of(child, value_at, 545, ENDPOINT_insulin_u_per_kg_day, (ages){8.0, 200.0, 0.2})},
        {"NH_PROTECT2023 placebo, time in range at 78 weeks, children, %", 62.7, 3.0, NATURAL,
         mean_of(child, value_at, 545, ENDPOINT_time_in_range_pct, (ages){8.0, 200.0, 0.2})},
        {"NH_BANDIT2023 placebo, CV of glucose at 48 weeks, %", 33.8, 1.5, CHECKED, both(s, value_at, 445, ENDPOINT_glucose_cv_pct)},
        {"NH_KEROUZ1995 insulin before puberty (here 5 to 8 at diagnosis, 3 years on), U/kg/day", 0.8, 0.1, NATURAL,
         mean_of(child, value_at, 1095, ENDPOINT_insulin_u_per_kg_day, (ages){5.0, 8.0, 0.0})},
        {"NH_KEROUZ1995 insulin in puberty (here from 12 at diagnosis, 3 years on), U/kg/day", 1.25, 0.2, NATURAL,
         mean_of(child, value_at, 1095, ENDPOINT_insulin_u_per_kg_day, (ages){12.0, 200.0, 0.0})},
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

int treatment_rows(const study *s, evidence_row *out)
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

double miss(const evidence_row *row)
{
    double x = (row->simulated - row->observed) / row->error;
    return isnan(x) ? 10.0 : x;
}

void print_rows(const evidence_row *rows, int n)
{
    for (int i = 0; i < n; i++)
        printf("  %-82s observed %8.4f simulated %8.4f (%+.1f errors)%s\n", rows[i].row, rows[i].observed, rows[i].simulated, miss(&rows[i]),
               rows[i].fitted == CHECKED ? "" : " fitted");
}
