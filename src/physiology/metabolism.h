/* Metabolism: weight, inflammation, insulin sensitivity, blood pressure and lipids of one person, stepped once a day.
 *
 *   BW'  = [ dEI - k (BW - BW0) - 4 (UGE - UGE0) ]/rho         dEI change of intake, UGE glucose in urine, g/day
 *   r'   = (max(0, -rho BW'/EI0) - r)/tau_r                    energy missing over the usual intake: the liver makes less glucose
 *   J'   = (Jss - J)/tau_J,  Jss = 1 + a max(0, BMI - 22)/22 - drop,  J >= 0.1      one latent tone of inflammation
 *   s    = (BW/BW0)^-n (J/J0)^-nJ (1 + drugs) (1 + cells)      insulin sensitivity, n for liver and for muscle
 *   muscle's also times (Gm/Gm0)^-nG,  Gm' = (mean glucose of the day - Gm)/tau_G
 *   CRP  = CRP_lean J^kC,  IL-6 = IL6_lean J^kI
 *   SBP' = (SBP0 + b (BMI - BMI0) + age + drugs - SBP)/30 d; DBP, LDL, HDL, TG and waist alike
 *
 * Weight: one-state form of Hall's model (illinoistech-itm/py-mgipsim). No published law links tone to sensitivity; trials of
 * anti-inflammatory drugs say that the link is weak, weight dominates (10.3389/fimmu.2023.1125116, PMC4833627).
 * Energy restriction lowers basal production within two days without any change of sensitivity (PMID 15931603), and fasting
 * glucose follows the restriction more than the weight lost (UKPDS 7, doi:10.1016/0026-0495(90)90299-R).
 * High glucose makes muscle resistant and this comes back: three months of near-normal glucose raised disposal 1.40-fold
 * (doi:10.2337/diabetes.51.2.462).
 * A person with type 1 diabetes keeps weight and sensitivity: the laws' baselines are not known for them. */
#ifndef ISLET_PHYSIOLOGY_METABOLISM_H
#define ISLET_PHYSIOLOGY_METABOLISM_H

#include "patient/person.h"
#include "physiology/signals.h"

typedef struct {
    double weight_kg;
    double restriction_frac;              /* r, 0 in balance */
    double glucose_mg_dl, usual_glucose_mg_dl; /* Gm; that of the weeks before day 0 */
    double tone;                          /* J */
    double liver_sensitivity, muscle_sensitivity; /* over those at enrolment */
    double meal_factor;                   /* what is eaten today over what was eaten at enrolment */
    double waist_cm, systolic_mm_hg, diastolic_mm_hg, ldl_mg_dl, hdl_mg_dl, triglycerides_mg_dl;
    double years;                         /* since day 0 */
    double usual_intake_kcal, usual_urine_g, usual_drug_systolic_mm_hg; /* of the weeks before day 0, in balance with weight */
} metabolism;

/* What acts on metabolism today. */
typedef struct {
    double intake_kcal;          /* change through drugs, insulin, cells' company: total over the usual intake */
    double eaten_frac;           /* prescribed eating over the intake at enrolment, 1 for none */
    double urine_g;              /* glucose lost with urine today and not eaten again */
    double glucose_mg_dl;        /* mean */
    double drug_sensitivity, drug_systolic_mm_hg;
} metabolic_day;

void metabolism_start(const params *params, const person *who, metabolism *m);

/* Take what acts today as the usual, at the end of the run-in. */
void metabolism_settle(metabolism *m, const metabolic_day *today);

void metabolism_day(const params *params, const person *who, const metabolic_day *today, const cell_signals *signals, metabolism *m);

/* Factor on the liver's glucose production through restriction of energy. */
double metabolism_production_factor(const params *params, const metabolism *m);

double metabolism_crp_mg_l(const params *params, const person *who, const metabolism *m);
double metabolism_il6_pg_ml(const params *params, const metabolism *m);

/* Metabolic syndrome by the harmonised criteria of 2009: three of large waist (102 cm in men, 88 in women), triglycerides
 * from 150, HDL below 40 or 50, blood pressure from 130 or 85, fasting glucose from 100 or drugs against it
 * (doi:10.1161/CIRCULATIONAHA.109.192644). */
bool metabolism_syndrome(const person *who, const metabolism *m, double fasting_mg_dl, bool glucose_drugs);

#endif
