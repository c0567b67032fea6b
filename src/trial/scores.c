/* Scores; definitions and sources in scores.h. */
#include "trial/scores.h"

#include <math.h>

#include "base/units.h"

static double rounded(double x, double per_unit)
{
    return floor(x * per_unit + 0.5) / per_unit;
}

/* ---- beta score ---- */

static int points(double x, double two_at_most, double one_at_most)
{
    return x <= two_at_most ? 2 : x <= one_at_most ? 1 : 0;
}

int score_beta(const score_input *now)
{
    double stimulated = rounded(now->c_peptide_stimulated_nmol_l, 100.0);
    if (rounded(now->c_peptide_fasting_nmol_l, 100.0) >= 0.3 && !(stimulated >= 0.3)) stimulated = 0.3; /* the table's footnote */
    if (!(stimulated >= 0.1)) return 0;
    double insulin = rounded(now->insulin_u_per_kg_day, 100.0);
    int glucose = points(rounded(now->fasting_glucose_mg_dl / MG_DL_PER_MMOL_L, 10.0), 5.5, 6.9);
    int hba1c = points(rounded(now->hba1c_pct, 10.0), 6.1, 6.9);
    int c_peptide = stimulated >= 0.3 ? 2 : 1;
    int dose = !(now->insulin_u_per_kg_day > 0.0) && !now->other_drugs ? 2 : insulin <= 0.24 ? 1 : 0;
    return glucose + hba1c + c_peptide + dose;
}

/* ---- insulin-dose-adjusted HbA1c ---- */

#define IDAA1C_PCT_PER_U_KG_DAY 4.0
#define IDAA1C_REMISSION_PCT 9.0

double score_idaa1c_pct(double hba1c_pct, double insulin_u_per_kg_day)
{
    return hba1c_pct + IDAA1C_PCT_PER_U_KG_DAY * insulin_u_per_kg_day;
}

bool score_partial_remission(double hba1c_pct, double insulin_u_per_kg_day)
{
    return score_idaa1c_pct(hba1c_pct, insulin_u_per_kg_day) <= IDAA1C_REMISSION_PCT;
}

/* ---- Igls ---- */

#define HBA1C_OPTIMAL_PCT 6.5
#define HBA1C_GOOD_PCT 7.0
#define C_PEPTIDE_PRESENT_NMOL_L 0.17 /* 0.5 ng/mL */

/* Fewer severe events than before; where there were none before, glucose control has to be better (footnotes d and f). */
static bool is_better(const score_input *now, const score_input *before)
{
    if (before->severe_hypo_per_year > 0.0) return now->severe_hypo_per_year < before->severe_hypo_per_year;
    return !(now->severe_hypo_per_year > 0.0) && now->hba1c_pct < before->hba1c_pct;
}

igls_class score_igls_1(const score_input *now, const score_input *before)
{
    bool rose = now->c_peptide_fasting_nmol_l > before->c_peptide_fasting_nmol_l ||
                now->c_peptide_stimulated_nmol_l > before->c_peptide_stimulated_nmol_l;
    bool present = now->c_peptide_fasting_nmol_l > C_PEPTIDE_PRESENT_NMOL_L ||
                   now->c_peptide_stimulated_nmol_l > C_PEPTIDE_PRESENT_NMOL_L;
    if (!rose || !present) return IGLS_FAILURE;
    double dose = now->insulin_u_per_kg_day;
    if (!(now->severe_hypo_per_year > 0.0)) {
        if (now->hba1c_pct <= HBA1C_OPTIMAL_PCT && !(dose > 0.0) && !now->other_drugs) return IGLS_OPTIMAL;
        if (now->hba1c_pct < HBA1C_GOOD_PCT && dose < 0.5 * before->insulin_u_per_kg_day && dose < 0.5) return IGLS_GOOD;
    }
    return is_better(now, before) ? IGLS_MARGINAL : IGLS_FAILURE;
}

igls_class score_igls_2(const score_input *now, const score_input *before)
{
    if (!(now->severe_hypo_per_year > 0.0)) {
        bool none_below = !(now->time_below_54_pct > 0.0), few_below = now->time_below_54_pct < 1.0;
        if ((now->hba1c_pct <= HBA1C_OPTIMAL_PCT || now->time_in_range_pct >= 80.0) && none_below) return IGLS_OPTIMAL;
        if ((now->hba1c_pct < HBA1C_GOOD_PCT || now->time_in_range_pct >= 70.0) && few_below) return IGLS_GOOD;
    }
    bool control = now->hba1c_pct <= before->hba1c_pct || now->time_in_range_pct > before->time_in_range_pct;
    return control && is_better(now, before) ? IGLS_MARGINAL : IGLS_FAILURE;
}

igls_class score_igls_2_graft(const score_input *now, const score_input *before)
{
    igls_class outcome = score_igls_2(now, before), graft = IGLS_FAILURE;
    double stimulated = now->c_peptide_stimulated_nmol_l, fasting = now->c_peptide_fasting_nmol_l;
    if (!(now->insulin_u_per_kg_day > 0.0) && !now->other_drugs) graft = IGLS_OPTIMAL;
    else if (stimulated > C_PEPTIDE_PRESENT_NMOL_L || fasting >= 0.07) graft = IGLS_GOOD;
    else if (stimulated >= 0.10 || fasting >= 0.04) graft = IGLS_MARGINAL;
    return graft < outcome ? graft : outcome;
}
