/* Person without type 1 diabetes: type 2, prediabetes, metabolic syndrome.
 *
 *   centre     (1 - w) normal + w type 2 in log space: the two parameter sets of Dalla Man, Rizza, Cobelli 2007
 *              (10.1109/TBME.2007.893506, table I and its steady states); w is the person's insulin resistance
 *   spread     around it as the public adult subjects are spread around their own mean (no spread is published for the sets)
 *   basal      the sets' steady state with secretion: Sb = m4 Ipb/0.16, m6 = m5 Sb + 0.6,
 *              kp1 = EGPb + kp2 Gpb + kp3 Ib + kp4 ipob
 *   secretion  the healthy law times the person's functional mass m. The published type 2 law is the healthy one at m = 0.45
 *              (0.45 (1.549 + 0.11 (159.2 - 91.8)) = 4.03 = its Sb at its basal glucose; 0.45 0.11 = 0.050 = its beta;
 *              0.45 2.30 = 1.03, its K 0.99): so one scale serves from healthy to failing
 * Fasting glucose and HbA1c are not drawn: they follow from w, m and the rest. */
#include <math.h>
#include <string.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "patient/person_draw.h"

static const subject_free normal_set = {
    .bw = 78.0, .egpb = 1.916, .gb = 91.80, .ib = 25.59, .kabs = 0.057, .kmax = 0.0558, .kmin = 0.0080, .b = 0.82, .d = 0.010,
    .vg = 1.88, .vi = 0.05, .vmx = 0.047, .km0 = 225.59, .k1 = 0.065, .k2 = 0.079, .p2u = 0.0331, .m1 = 0.190, .m4 = 0.194,
    .m5 = 0.0304, .ki = 0.0079, .kp2 = 0.0021, .kp3 = 0.009, .kd = 0.0159, .ka1 = 0.0034, .ka2 = 0.0159, .ksc = 0.095};
static const subject_free type2_set = {
    .bw = 78.0, .egpb = 1.992, .gb = 159.23, .ib = 59.85, .kabs = 0.023, .kmax = 0.0465, .kmin = 0.0076, .b = 0.68, .d = 0.09,
    .vg = 1.49, .vi = 0.04, .vmx = 0.034, .km0 = 466.21, .k1 = 0.042, .k2 = 0.071, .p2u = 0.0840, .m1 = 0.379, .m4 = 0.269,
    .m5 = 0.0526, .ki = 0.0066, .kp2 = 0.0007, .kp3 = 0.005, .kd = 0.0159, .ka1 = 0.0034, .ka2 = 0.0159, .ksc = 0.095};

/* Of the same table, not among the free parameters of a subject. Subcutaneous and sensor rates are the adult subjects' means. */
#define KP4_TYPE2_RATIO (0.0786 / 0.0618) /* over the healthy value, which is the parameter portal_potency */
#define KE1_NORMAL 0.0005
#define KE1_TYPE2 0.0007
#define KE2_NORMAL 339.0
#define KE2_TYPE2 269.0
#define LIVER_RATE_MOST_PER_MIN 2.1 /* m1/(1 - m6): 2.0 in the type 2 set; above 2.4 a minute is too long a step for it */
#define PORTAL_OF_PLASMA 0.16 /* Sb = m4 Ipb/((2/5)(1 - HEb)), HEb 0.6 */

static double between(double normal, double type2, double w)
{
    return lanes_exp((1.0 - w) * lanes_log(normal) + w * lanes_log(type2));
}

static void centre_of(double w, subject_free *out)
{
    double normal[sizeof(subject_free) / sizeof(double)], type2[SUBJECT_FREE_COUNT], mixed[SUBJECT_FREE_COUNT];
    memcpy(normal, &normal_set, sizeof normal);
    memcpy(type2, &type2_set, sizeof type2);
    for (int i = 0; i < SUBJECT_FREE_COUNT; i++) mixed[i] = between(normal[i], type2[i], w);
    mixed[offsetof(subject_free, b) / sizeof(double)] = (1.0 - w) * normal_set.b + w * type2_set.b; /* stays below 1 */
    memcpy(out, mixed, sizeof *out);
}

/* What the type 1 identities leave out: a basal state that the person's own secretion holds. */
static void add_secretion(const params *p, double w, kinetics *k)
{
    double basal_secretion = k->m4 * k->ib * k->vi / PORTAL_OF_PLASMA; /* pmol/kg/min */
    k->kp4 = p->portal_potency * between(1.0, KP4_TYPE2_RATIO, w);
    k->ke1 = between(KE1_NORMAL, KE1_TYPE2, w);
    k->ke2 = between(KE2_NORMAL, KE2_TYPE2, w);
    k->kp1 += k->kp4 * basal_secretion / p->portal_rate_per_min;
    /* m6: hepatic extraction at zero secretion, what the minute block falls from; extraction at the basal state stays HEb */
    double m6 = k->heb + k->m5 * basal_secretion, most = 1.0 - k->m1 / LIVER_RATE_MOST_PER_MIN;
    if (m6 > most) m6 = most > k->heb ? most : k->heb;
    k->m5 = (m6 - k->heb) / basal_secretion;
    k->heb = m6;
}

#define BASAL_UPTAKE_LEAST 0.6 /* assumed: with less, falling insulin would stop all uptake */
#define INSULIN_RATE_MOST_PER_MIN 2.5  /* fastest rate of liver and plasma together: Runge-Kutta of a minute needs less than 2.78 */

static double fastest_insulin_rate(const kinetics *k)
{
    double liver = k->m1 / (1.0 - k->heb), plasma = k->m2 + k->m4;
    return 0.5 * (liver + plasma) + sqrt(0.25 * (liver - plasma) * (liver - plasma) + k->m1 * k->m2);
}

static bool is_plausible(const kinetics *k)
{
    return k->vm0 > BASAL_UPTAKE_LEAST * k->vmx * k->ib && k->kp1 > 0.0 && k->m5 > 0.0 &&
           fastest_insulin_rate(k) < INSULIN_RATE_MOST_PER_MIN;
}

static void draw_treatment(const population *of, draw *d, metabolic_traits *body)
{
    const double share[GLUCOSE_DRUG_COUNT] = {
        [DRUG_metformin] = of->metformin_frac.mean,           [DRUG_sulfonylurea] = of->sulfonylurea_frac.mean,
        [DRUG_dpp4_inhibitor] = of->dpp4_inhibitor_frac.mean, [DRUG_glp1_agonist] = of->glp1_agonist_frac.mean,
        [DRUG_sglt2_inhibitor] = of->sglt2_inhibitor_frac.mean, [DRUG_tzd] = of->tzd_frac.mean};
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) body->drugs[i] = draw_uniform(d) < share[i];
    double on_insulin = draw_uniform(d), with_meals = draw_uniform(d);
    if (on_insulin < of->insulin_frac.mean)
        body->insulin = with_meals < of->basal_bolus_frac.mean ? INSULIN_BASAL_BOLUS : INSULIN_BASAL;
}

#define ENERGY_PER_ACTIVITY 1.5 /* physical activity level of a mostly seated day, assumed */

static void draw_body(const params *p, const population *of, draw *d, person *out)
{
    metabolic_traits *body = &out->body;
    double per_bmi = out->bmi_kg_m2 - 30.0;
    body->waist_cm = (out->female ? p->waist_women_at_bmi_30_cm : p->waist_men_at_bmi_30_cm) + p->waist_per_bmi_cm * per_bmi +
                     p->waist_sd_cm * draw_normal(d);
    body->systolic_mm_hg = person_draw_value(d, &of->systolic_mm_hg);
    body->diastolic_mm_hg = person_draw_value(d, &of->diastolic_mm_hg);
    body->ldl_mg_dl = person_draw_value(d, &of->ldl_mg_dl);
    body->hdl_mg_dl = person_draw_value(d, out->female ? &of->hdl_women_mg_dl : &of->hdl_men_mg_dl);
    body->triglycerides_mg_dl = person_draw_value(d, &of->triglycerides_mg_dl);
    body->lean_crp_mg_l = person_draw_value(d, &of->lean_crp_mg_l);
    body->exocytosis_ceiling = person_draw_value(d, &of->exocytosis_ceiling) * lanes_exp(-out->duration_year / p->type2_reversible_year);
    double resting = 9.99 * out->kinetics.bw + 625.0 * out->height_m - 4.92 * out->age_year + (out->female ? -161.0 : 5.0);
    body->intake_kcal = ENERGY_PER_ACTIVITY * resting; /* Mifflin; Hall 2011 (10.1016/S0140-6736(11)60812-X) */
    double adherence = p->diet_adherence + p->diet_adherence_sd * draw_normal(d);
    body->adherence = adherence < 0.0 ? 0.0 : adherence > 1.0 ? 1.0 : adherence;
}

bool person_draw_metabolic(const person_source *source, draw *d, person *out)
{
    const population *of = source->population;
    const params *p = source->params;
    subject_free free, centre;
    int closest;

    out->female = draw_uniform(d) < of->female_frac.mean;
    out->age_year = person_draw_value(d, &of->age_year);
    bool given = population_gives(&of->duration_year);
    double years = person_draw_value(d, given ? &of->duration_year : &of->age_at_diagnosis_year);
    out->duration_year = given ? years : out->age_year - years;
    if (!(out->duration_year >= 0.0 && out->duration_year <= out->age_year)) return false;
    out->height_m = person_draw_value(d, out->female ? &of->height_women_m : &of->height_men_m);
    out->bmi_kg_m2 = person_draw_value(d, &of->bmi_kg_m2);
    double resistance = person_draw_value(d, &of->insulin_resistance);
    resistance += p->resistance_per_bmi * (out->bmi_kg_m2 - of->bmi_kg_m2.mean);
    resistance = resistance < 0.0 ? 0.0 : resistance;

    out->body.insulin_resistance = resistance;
    centre_of(resistance, &centre);
    bool inside = person_draw_free(source, d, &centre, &free, &closest);
    free.bw = out->bmi_kg_m2 * out->height_m * out->height_m; /* weight follows from body mass index here */
    memcpy(out->subject, source->subjects[closest].name, sizeof(out->subject));
    subject_kinetics(&free, &out->kinetics);
    out->egfr_ml_min_1_73m2 = person_draw_value(d, &of->egfr_ml_min_1_73m2);
    out->native_function_frac = person_draw_value(d, &of->native_function_frac);
    out->autoantibody_positive = draw_uniform(d) < of->autoantibody_frac.mean;
    out->impaired_awareness = draw_uniform(d) < of->impaired_awareness_frac.mean;
    out->c_peptide_stimulated_nmol_l = p->c_peptide_per_function_nmol_l * out->native_function_frac /
                                       (1.0 + p->c_peptide_saturation * out->native_function_frac);
    person_complete_kinetics(p, out, d, &out->kinetics);
    add_secretion(p, resistance, &out->kinetics);
    draw_body(p, of, d, out);
    draw_treatment(of, d, &out->body);
    return inside && is_plausible(&out->kinetics);
}

/* Sensitivity over the day. A healthy person's is worst in the evening (Dalla Man 2007's day simulation: Vmx 0.75). In type 2
 * diabetes it is worst at half past eight in the morning, and all of that is the liver's production while uptake stays the same
 * (72 h of hyperglycaemic clamp, Diabetes 1996;45:1044). A person's place between the two sets mixes them. */
#define EVENING 2
#define EVENING_SENSITIVITY 0.75
#define KCAL_PER_G 4.0 /* of carbohydrate */
#define FULL_LOSS_AT 0.5 /* halfway to type 2 beta cells are lost as in it, by hand to progress from prediabetes (doi:10.2337/dc06-1392) */

/* The meals of params.def in their proportions, as much of them as the person's energy says; grams are those of glucose that raises
 * blood glucose as much as the food does, because the two sets were identified with glucose in the meal. */
static double meal_scale(const params *p, double intake_kcal)
{
    double usual_g = p->meal_chance * (p->breakfast_g + p->lunch_g + p->dinner_g) + 3.0 * p->snack_chance * p->snack_g;
    return intake_kcal * p->type2_carbohydrate_frac / KCAL_PER_G * p->type2_glycemic_index / usual_g;
}

void person_settle_metabolic(const params *p, draw *d, person *out)
{
    double resistance = out->body.insulin_resistance < 1.0 ? out->body.insulin_resistance : 1.0;
    for (int w = 0; w < SENSITIVITY_WINDOWS; w++) {
        double healthy = w == EVENING ? EVENING_SENSITIVITY : 1.0;
        out->sensitivity[w] = between(healthy, 1.0, resistance) * draw_lognormal(d, 1.0, p->type2_sensitivity_window_cv);
    }
    out->body.second_meal_gain = resistance * (p->type2_second_meal_factor - 1.0);
    out->dawn_rise *= resistance * p->type2_liver_rhythm_frac / p->dawn_rise;
    out->body.sensitivity_day_cv = between(p->healthy_sensitivity_day_cv, p->type2_sensitivity_day_cv, resistance);
    out->habits.meal_scale *= meal_scale(p, out->body.intake_kcal);
    double place = resistance / FULL_LOSS_AT;
    out->body.native_pace = (place < 1.0 ? place : 1.0) * draw_log_sd(d, p->type2_native_loss_log_sd);
    out->body.care_level = draw_log_sd(d, p->type2_target_log_sd);
}
