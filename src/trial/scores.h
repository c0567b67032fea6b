/* Scores: what clinics make of a visit's measurements - beta score, Igls classes, insulin-dose-adjusted HbA1c, partial remission.
 * Functions of their arguments alone.
 *
 *   beta score   2, 1 or 0 points each for fasting glucose, HbA1c, stimulated C-peptide and insulin; 0 in all when stimulated
 *                C-peptide is below 0.1 nmol/L      Ryan 2005, table 1, doi:10.2337/diacare.28.2.343
 *   IDAA1c       HbA1c + 4 (insulin, U/kg/day); at most 9 is partial remission     Mortensen 2009, doi:10.2337/dc08-1987
 *   Igls 1.0     Rickels 2018, table 3, doi:10.1111/tri.13138
 *   Igls 2.0     Landstra 2021, table 2, doi:10.1210/clinem/dgab386
 *
 * BETA-2 (Forbes 2016) is not here: its inputs and units are in its abstract, its formula was in no source that could be read. */
#ifndef ISLET_TRIAL_SCORES_H
#define ISLET_TRIAL_SCORES_H

#include <stdbool.h>

typedef enum { IGLS_FAILURE, IGLS_MARGINAL, IGLS_GOOD, IGLS_OPTIMAL } igls_class;

/* What a visit measured. */
typedef struct {
    double hba1c_pct, fasting_glucose_mg_dl;
    double c_peptide_fasting_nmol_l, c_peptide_stimulated_nmol_l;
    double insulin_u_per_kg_day;
    double time_in_range_pct, time_below_54_pct;
    double severe_hypo_per_year;
    bool other_drugs;              /* glucose-lowering drugs beside insulin */
} score_input;

/* 0 .. 8. The table's bounds have one digit (glucose in mmol/L, HbA1c) or two (C-peptide, insulin): values are rounded to them. */
int score_beta(const score_input *now);

double score_idaa1c_pct(double hba1c_pct, double insulin_u_per_kg_day);
bool score_partial_remission(double hba1c_pct, double insulin_u_per_kg_day);

/* Igls 1.0 against the values before treatment: HbA1c, severe events, insulin and C-peptide together. */
igls_class score_igls_1(const score_input *now, const score_input *before);

/* Igls 2.0, treatment outcome: HbA1c or time in range; severe events and time below 54 mg/dL. */
igls_class score_igls_2(const score_input *now, const score_input *before);

/* Igls 2.0, graft function: by C-peptide and insulin, never better than the treatment outcome, which must be met first. */
igls_class score_igls_2_graft(const score_input *now, const score_input *before);

/* Optimal and good are the treatment's success in both. */
static inline bool igls_is_success(igls_class class)
{
    return class >= IGLS_GOOD;
}

#endif
