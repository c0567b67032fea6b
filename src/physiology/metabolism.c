/* Metabolism: see metabolism.h. */
#include "physiology/metabolism.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"

#define LEAN_BMI_KG_M2 22.0
#define TONE_LEAST 0.1          /* markers fall, they do not vanish */
#define WEIGHT_LEAST_FRAC 0.4   /* of the weight at enrolment: nobody is followed below */

static double to_power(double x, double exponent)
{
    return lanes_exp(exponent * lanes_log(x));
}

static double bmi_of(const person *who, double weight_kg)
{
    return weight_kg / (who->height_m * who->height_m);
}

static double tone_of_weight(const params *p, const person *who, double weight_kg)
{
    double excess = (bmi_of(who, weight_kg) - LEAN_BMI_KG_M2) / LEAN_BMI_KG_M2;
    return 1.0 + p->tone_per_bmi * (excess > 0.0 ? excess : 0.0);
}

void metabolism_start(const params *p, const person *who, metabolism *m)
{
    const metabolic_traits *body = &who->body;
    *m = (metabolism){.weight_kg = who->kinetics.bw, .tone = tone_of_weight(p, who, who->kinetics.bw),
                      .liver_sensitivity = 1.0, .muscle_sensitivity = 1.0, .meal_factor = 1.0, .waist_cm = body->waist_cm,
                      .systolic_mm_hg = body->systolic_mm_hg, .diastolic_mm_hg = body->diastolic_mm_hg,
                      .ldl_mg_dl = body->ldl_mg_dl, .hdl_mg_dl = body->hdl_mg_dl,
                      .triglycerides_mg_dl = body->triglycerides_mg_dl,
                      .glucose_mg_dl = who->kinetics.gb, .usual_glucose_mg_dl = who->kinetics.gb};
}

void metabolism_settle(metabolism *m, const metabolic_day *today)
{
    m->usual_intake_kcal = today->intake_kcal;
    m->usual_urine_g = today->urine_g;
    m->usual_drug_systolic_mm_hg = today->drug_systolic_mm_hg;
    m->glucose_mg_dl = m->usual_glucose_mg_dl = today->glucose_mg_dl;
}

static void step_weight(const params *p, const person *who, const metabolic_day *today, metabolism *m)
{
    double start = who->kinetics.bw, prescribed = (today->eaten_frac - 1.0) * who->body.intake_kcal;
    double intake = today->intake_kcal - m->usual_intake_kcal + prescribed;
    double balance = intake - p->energy_use_per_kg_kcal * (m->weight_kg - start) -
                     p->urine_glucose_kcal_per_g * (today->urine_g - m->usual_urine_g);
    double missing = balance < 0.0 ? -balance / who->body.intake_kcal : 0.0;
    m->restriction_frac = missing + (m->restriction_frac - missing) * lanes_exp(-1.0 / p->restriction_day);
    m->weight_kg += balance / p->energy_per_kg_kcal;
    if (m->weight_kg < WEIGHT_LEAST_FRAC * start) m->weight_kg = WEIGHT_LEAST_FRAC * start;
    double eaten = 1.0 + intake / who->body.intake_kcal;
    m->meal_factor = eaten > 0.1 ? eaten : 0.1;
}

static void step_sensitivity(const params *p, const person *who, const metabolic_day *today, const cell_signals *signals,
                             metabolism *m)
{
    double settled = tone_of_weight(p, who, m->weight_kg) - signals->inflammation_drop;
    m->tone = settled + (m->tone - settled) * lanes_exp(-1.0 / p->tone_day);
    if (m->tone < TONE_LEAST) m->tone = TONE_LEAST;

    double weight = m->weight_kg / who->kinetics.bw, tone = m->tone / tone_of_weight(p, who, who->kinetics.bw);
    double common = to_power(tone, -p->sensitivity_tone_exponent) * today->drug_sensitivity *
                    (1.0 + signals->sensitivity_gain_frac);
    /* no liver fat is left to lose below this weight */
    double liver_weight = weight > p->liver_weight_least_frac ? weight : p->liver_weight_least_frac;
    m->liver_sensitivity = common * to_power(liver_weight, -p->liver_weight_exponent);
    m->glucose_mg_dl = today->glucose_mg_dl + (m->glucose_mg_dl - today->glucose_mg_dl) * lanes_exp(-1.0 / p->muscle_glucose_day);
    m->muscle_sensitivity = common * to_power(weight, -p->muscle_weight_exponent) *
                            to_power(m->glucose_mg_dl / m->usual_glucose_mg_dl, -p->muscle_glucose_exponent);
}

static void step_risk_factors(const params *p, const person *who, const metabolic_day *today, metabolism *m)
{
    const metabolic_traits *body = &who->body;
    double kg = m->weight_kg - who->kinetics.bw, bmi = bmi_of(who, m->weight_kg) - who->bmi_kg_m2;
    double share = 1.0 - lanes_exp(-1.0 / p->body_settles_day);
    double drug = today->drug_systolic_mm_hg - m->usual_drug_systolic_mm_hg;
    m->years += 1.0 / DAYS_PER_YEAR;
    double systolic = body->systolic_mm_hg + p->systolic_per_bmi_mm_hg * bmi + p->systolic_age_slope_per_year * m->years + drug;
    m->systolic_mm_hg += share * (systolic - m->systolic_mm_hg);
    m->diastolic_mm_hg += share * (body->diastolic_mm_hg + p->diastolic_per_bmi_mm_hg * bmi - m->diastolic_mm_hg);
    m->ldl_mg_dl += share * (body->ldl_mg_dl + p->ldl_per_kg_mg_dl * kg - m->ldl_mg_dl);
    m->hdl_mg_dl += share * (body->hdl_mg_dl + p->hdl_per_kg_mg_dl * kg - m->hdl_mg_dl);
    m->triglycerides_mg_dl += share * (body->triglycerides_mg_dl + p->triglycerides_per_kg_mg_dl * kg - m->triglycerides_mg_dl);
    m->waist_cm = body->waist_cm + p->waist_per_bmi_cm * bmi;
}

void metabolism_day(const params *p, const person *who, const metabolic_day *today, const cell_signals *signals, metabolism *m)
{
    if (who->diabetes == DIABETES_TYPE1) return;
    step_weight(p, who, today, m);
    step_sensitivity(p, who, today, signals, m);
    step_risk_factors(p, who, today, m);
}

double metabolism_production_factor(const params *p, const metabolism *m)
{
    return 1.0 - p->restriction_production_frac * m->restriction_frac;
}

double metabolism_crp_mg_l(const params *p, const person *who, const metabolism *m)
{
    return who->body.lean_crp_mg_l * to_power(m->tone, p->crp_exponent);
}

double metabolism_il6_pg_ml(const params *p, const metabolism *m)
{
    return p->il6_lean_pg_ml * to_power(m->tone, p->il6_exponent);
}

bool metabolism_syndrome(const person *who, const metabolism *m, double fasting_mg_dl, bool glucose_drugs)
{
    int criteria = m->waist_cm >= (who->female ? 88.0 : 102.0);
    criteria += m->triglycerides_mg_dl >= 150.0;
    criteria += m->hdl_mg_dl < (who->female ? 50.0 : 40.0);
    criteria += m->systolic_mm_hg >= 130.0 || m->diastolic_mm_hg >= 85.0;
    criteria += fasting_mg_dl >= 100.0 || glucose_drugs;
    return criteria >= 3;
}
