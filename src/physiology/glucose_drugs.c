/* Glucose-lowering drugs: see glucose_drugs.h. */
#include "physiology/glucose_drugs.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

void glucose_drugs_settled(glucose_drugs *drugs, double share_taken)
{
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) drugs->exposure[i] = drugs->taken[i] ? share_taken : 0.0;
}

void glucose_drugs_day(const params *p, glucose_drugs *drugs, double share_taken)
{
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) {
        double tau = i == DRUG_tzd ? p->tzd_onset_day : p->drug_onset_day, settled = drugs->taken[i] ? share_taken : 0.0;
        if (drugs->exposure[i] != settled)
            drugs->exposure[i] = settled + (drugs->exposure[i] - settled) * lanes_exp(-1.0 / tau);
    }
}

int glucose_drugs_count(const glucose_drugs *drugs)
{
    int n = 0;
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) n += drugs->taken[i];
    return n;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Energy eaten less on drugs of one receptor: that of the one which does most. */
static double appetite_kcal(const params *p, const double *e)
{
    return -larger(-p->glp1_intake_kcal * e[DRUG_glp1_agonist],
                   larger(-p->semaglutide_intake_kcal * e[DRUG_semaglutide], -p->tirzepatide_intake_kcal * e[DRUG_tirzepatide]));
}

drug_effects glucose_drugs_effects(const params *p, const glucose_drugs *drugs)
{
    const double *e = drugs->exposure;
    /* incretin drugs work on the same receptors: the strongest counts, they do not add up */
    double glp1 = larger(e[DRUG_glp1_agonist], larger(p->semaglutide_strength * e[DRUG_semaglutide],
                                                      p->tirzepatide_strength * e[DRUG_tirzepatide]));
    double incretin = larger(p->glp1_incretin_gain * glp1, p->dpp4_incretin_gain * e[DRUG_dpp4_inhibitor]);
    double glucagon = larger(p->glp1_production_frac * glp1, p->dpp4_production_frac * e[DRUG_dpp4_inhibitor]);
    double slower = (1.0 - p->glp1_emptying_factor) * glp1;
    return (drug_effects){
        .production_factor = (1.0 - p->metformin_production_frac * e[DRUG_metformin]) * (1.0 - glucagon),
        .secretion_factor = 1.0 + p->sulfonylurea_secretion_gain * e[DRUG_sulfonylurea],
        .incretin_factor = 1.0 + incretin,
        .threshold_shift_mg_dl = p->sulfonylurea_shift_mg_dl * e[DRUG_sulfonylurea],
        .emptying_factor = slower < 0.9 ? 1.0 - slower : 0.1,
        .sensitivity_factor = 1.0 + p->tzd_sensitivity_gain * e[DRUG_tzd],
        .sglt2 = e[DRUG_sglt2_inhibitor],
        .native_pace = (1.0 + (p->sulfonylurea_pace - 1.0) * e[DRUG_sulfonylurea]) * (1.0 + (p->tzd_pace - 1.0) * e[DRUG_tzd]),
        .intake_kcal = p->metformin_intake_kcal * e[DRUG_metformin] + p->sulfonylurea_intake_kcal * e[DRUG_sulfonylurea] +
                       appetite_kcal(p, e) + p->tzd_intake_kcal * e[DRUG_tzd],
        .systolic_mm_hg = p->sglt2_systolic_mm_hg * e[DRUG_sglt2_inhibitor],
    };
}
