/* Visit: weight, blood pressure, lipids, inflammation, insulin resistance, and what they say about syndrome and diabetes.
 *
 * HOMA (Matthews 1985, doi:10.1007/BF00280883): IR = G I/22.5, B ~ I/(G - 3.5), G in mmol/L, I in uU/mL, both fasting at the
 * visit. B is given over the same ratio of the healthy parameter set (91.8 mg/dL, 25.6 pmol/L; 10.1109/TBME.2007.893506), so
 * that 100 is that person, as the insulin assay behind the original constant is not this one. */
#include <math.h>

#include "base/units.h"
#include "trial/group.h"

#define PMOL_PER_UU 6.0
#define HOMA_GLUCOSE_MMOL_L 3.5
#define HEALTHY_GLUCOSE_MG_DL 91.8
#define HEALTHY_INSULIN_PMOL_L 25.59
#define REMISSION_DAYS 90           /* consensus of 2021: HbA1c < 6.5 % at least three months after the last drug (doi:10.2337/dci21-0034) */
#define REMISSION_HBA1C_PCT 6.5

static double homa_b(double glucose_mg_dl, double insulin_pmol_l)
{
    double above = glucose_mg_dl / MG_DL_PER_MMOL_L - HOMA_GLUCOSE_MMOL_L;
    return above > 0.5 ? insulin_pmol_l / above : NAN; /* near 3.5 mmol/L the index means nothing */
}

void visit_record_metabolism(const run_plan *run, const lane *lane, const lane_group *minute, int l, double *out)
{
    const person *who = lane->who;
    const metabolism *body = &lane->type2.body;
    const type2_care *care = &lane->type2.care;
    double weight = lane_weight_kg(lane);
    out[ENDPOINT_weight_kg] = weight;
    out[ENDPOINT_bmi_kg_m2] = weight / (who->height_m * who->height_m);
    out[ENDPOINT_diabetes] = who->diabetes == DIABETES_TYPE1 || care->diagnosed;
    if (who->diabetes == DIABETES_TYPE1) return;

    double glucose = minute->x[MINUTE_gp][l] / minute->k[KINETIC_INDEX(vg)][l];
    double insulin = minute->x[MINUTE_ip][l] / minute->k[KINETIC_INDEX(vi)][l];
    int drugs = glucose_drugs_count(&lane->type2.drugs);
    out[ENDPOINT_fasting_glucose_mg_dl] = glucose; /* the laboratory's, of this morning */
    out[ENDPOINT_waist_cm] = body->waist_cm;
    out[ENDPOINT_systolic_mm_hg] = body->systolic_mm_hg;
    out[ENDPOINT_diastolic_mm_hg] = body->diastolic_mm_hg;
    out[ENDPOINT_ldl_mg_dl] = body->ldl_mg_dl;
    out[ENDPOINT_hdl_mg_dl] = body->hdl_mg_dl;
    out[ENDPOINT_triglycerides_mg_dl] = body->triglycerides_mg_dl;
    out[ENDPOINT_crp_mg_l] = metabolism_crp_mg_l(run->params, who, body);
    out[ENDPOINT_il6_pg_ml] = metabolism_il6_pg_ml(run->params, body);
    out[ENDPOINT_glucose_drugs_n] = drugs;
    out[ENDPOINT_metabolic_syndrome] =
        metabolism_syndrome(who, body, out[ENDPOINT_fasting_glucose_mg_dl], drugs > 0 || care->insulin != INSULIN_NONE);
    if (care->insulin == INSULIN_NONE) {
        out[ENDPOINT_homa_ir] = glucose / MG_DL_PER_MMOL_L * insulin / PMOL_PER_UU / 22.5;
        out[ENDPOINT_homa_b_pct] = 100.0 * homa_b(glucose, insulin) / homa_b(HEALTHY_GLUCOSE_MG_DL, HEALTHY_INSULIN_PMOL_L);
    }
    if (care->diagnosed)
        out[ENDPOINT_remission_t2d] = care->days_untreated >= REMISSION_DAYS && out[ENDPOINT_hba1c_pct] < REMISSION_HBA1C_PCT;
}
