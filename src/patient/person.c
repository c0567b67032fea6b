/* Person: drawing one virtual patient. */
#include "patient/person.h"

#include <math.h>
#include <string.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"
#include "patient/draw.h"
#include "patient/person_draw.h"

#define TRIES_MAX 200 /* draws of one trait before its bounds are taken as too narrow */

static void add_band(person_source *source, const subject all[SUBJECT_COUNT], const char *name)
{
    size_t band = strlen(name);
    for (int i = 0; i < SUBJECT_COUNT; i++)
        if (strncmp(all[i].name, name, band) == 0 && all[i].name[band] == '#')
            source->subjects[source->n_subjects++] = all[i];
}

bool person_source_fill(person_source *source, const population *population, const params *params)
{
    subject all[SUBJECT_COUNT];
    *source = (person_source){.population = population, .params = params};
    if (!subjects_read(all)) return false;
    bool youth = strcmp(population->subjects, "youth") == 0;
    add_band(source, all, youth ? "child" : population->subjects);
    if (youth) {
        source->n_children = source->n_subjects;
        add_band(source, all, "adolescent");
    }
    return source->n_subjects > 1;
}

/* ---- one trait of the population file ---- */

static double draw_once(draw *d, const population_value *value)
{
    switch (value->kind) {
    case SPREAD_NORMAL: return value->mean + value->sd * draw_normal(d);
    case SPREAD_LOGNORMAL: return draw_lognormal(d, value->mean, value->sd / value->mean);
    case SPREAD_UNIFORM: return value->low + (value->high - value->low) * draw_uniform(d);
    case SPREAD_GAMMA: return value->mean * draw_gamma_mean_one(d, value->sd * value->sd / (value->mean * value->mean));
    case SPREAD_BETA: {
        /* two gammas; mean m and sd s give a + b = m (1 - m)/s^2 - 1 */
        double m = value->mean, total = m * (1.0 - m) / (value->sd * value->sd) - 1.0;
        double a = m * total, b = (1.0 - m) * total;
        double x = a * draw_gamma_mean_one(d, 1.0 / a), y = b * draw_gamma_mean_one(d, 1.0 / b);
        return x / (x + y);
    }
    case SPREAD_BERNOULLI: return draw_uniform(d) < value->mean ? 1.0 : 0.0;
    }
    return value->mean;
}

/* Draw within the hard bounds, again if outside; the nearest bound if the bounds are too narrow to be met. */
double person_draw_value(draw *d, const population_value *value)
{
    double x = value->mean;
    if (!(value->sd > 0.0) && value->kind != SPREAD_UNIFORM && value->kind != SPREAD_BERNOULLI) return x;
    for (int i = 0; i < TRIES_MAX; i++) {
        x = draw_once(d, value);
        if (x >= value->low && x <= value->high) return x;
    }
    return x < value->low ? value->low : value->high;
}

/* ---- physiology: a log-normal around the public subjects, with half of their covariance ----
 * x = mean + sqrt(1 - s)/sqrt(n - 1) sum_j z_j (x_j - mean) + sqrt(s) sd e     in log (logit for b and d) space:
 * the first part has exactly the subjects' covariance, the second their variances without correlation. */

static bool is_fraction(int i)
{
    return i == (int)(offsetof(subject_free, b) / sizeof(double)) || i == (int)(offsetof(subject_free, d) / sizeof(double));
}

static double to_line(int i, double x)
{
    return is_fraction(i) ? lanes_log(x / (1.0 - x)) : lanes_log(x);
}

static double from_line(int i, double y)
{
    double e = lanes_exp(y);
    return is_fraction(i) ? e / (1.0 + e) : e;
}

static double free_value(const subject *s, int i)
{
    double values[sizeof(subject_free) / sizeof(double)];
    memcpy(values, &s->free, sizeof(values));
    return values[i];
}

/* With another centre the people are spread around it as the subjects are around their own, but by less. */
bool person_draw_free(const person_source *source, draw *d, const subject_free *centre, subject_free *out, int *closest)
{
    double moved[sizeof(subject_free) / sizeof(double)] = {0.0};
    if (centre) memcpy(moved, centre, sizeof moved);
    int n = source->n_subjects;
    double z[SUBJECT_COUNT], values[sizeof(subject_free) / sizeof(double)];
    double kept = sqrt((1.0 - source->params->subject_shrinkage) / (n - 1)), own = sqrt(source->params->subject_shrinkage);
    bool inside = true;
    *closest = 0;
    for (int j = 0; j < n; j++) {
        z[j] = draw_normal(d);
        if (z[j] > z[*closest]) *closest = j;
    }
    for (int i = 0; i < SUBJECT_FREE_COUNT; i++) {
        double mean = 0.0, sum = 0.0, squares = 0.0, low = INFINITY, high = -INFINITY;
        for (int j = 0; j < n; j++) {
            double x = free_value(&source->subjects[j], i);
            mean += to_line(i, x) / n;
            low = x < low ? x : low;
            high = x > high ? x : high;
        }
        for (int j = 0; j < n; j++) {
            double deviation = to_line(i, free_value(&source->subjects[j], i)) - mean;
            sum += z[j] * deviation;
            squares += deviation * deviation;
        }
        double sd = sqrt(squares / (n - 1));
        double deviation = kept * sum + own * sd * draw_normal(d), x = from_line(i, mean + deviation);
        double margin = source->params->subject_bound_frac;
        inside = inside && x >= low / (1.0 + margin) &&
                 x <= (is_fraction(i) ? 1.0 - (1.0 - high) / (1.0 + margin) : high * (1.0 + margin));
        values[i] = centre ? from_line(i, to_line(i, moved[i]) + source->params->type2_spread * deviation) : x;
    }
    memcpy(out, values, sizeof(*out));
    return inside;
}

#define BASAL_LOW_U_PER_H 0.2        /* hard bounds of a basal need that occurs in adults .. */
#define BASAL_LOW_CHILD_U_PER_H 0.05 /* .. and in children */
#define BASAL_HIGH_U_PER_H 3.0

#define ADULT_KG 75.0 /* whose meals the averages of params.def are .. */
#define ADULT_M2 1.88 /* .. and body surface at 1.70 m */

static bool physiology_is_plausible(const kinetics *k, bool child)
{
    double basal = 60.0 * subject_basal_u_per_min(k), low = child ? BASAL_LOW_CHILD_U_PER_H : BASAL_LOW_U_PER_H;
    return k->vm0 > 0.0 && k->kp1 > 0.0 && basal >= low && basal <= BASAL_HIGH_U_PER_H;
}

/* Secretion, C-peptide, depot and counter-regulation: what the public rows do not hold. What changes with the clock
 * (dawn, m_graft) and ln_gb_pow, which follows from gb, are the driver's. */
void person_complete_kinetics(const params *p, const person *who, draw *d, kinetics *k)
{
    kinetics_set_defaults(p, k);
    k->m_native = who->native_function_frac;

    /* C-peptide from age and body surface (Mosteller); the regression rests on adults, so a child's volume is an adult's by weight */
    double cv = p->c_peptide_kinetics_cv;
    double surface = sqrt(who->height_m * 100.0 * k->bw / 3600.0);
    bool type1 = who->diabetes == DIABETES_TYPE1; /* the others are of Van Cauter's obese or type 2 class */
    double short_half_life =
        draw_lognormal(d, type1 ? p->c_peptide_short_half_life_min : p->c_peptide_short_half_life_type2_min, cv);
    double long_half_life = draw_lognormal(
        d, p->c_peptide_long_half_life_base_min + p->c_peptide_long_half_life_per_year_min * who->age_year, cv);
    kinetics_set_c_peptide(short_half_life, long_half_life, type1 ? p->c_peptide_fraction : p->c_peptide_fraction_type2, k);
    k->c_vc = kinetics_c_peptide_volume_l(who->female, who->child ? ADULT_M2 : surface) * (who->child ? k->bw / ADULT_KG : 1.0);
}

#define MEAL_SIZE_CV 0.15       /* between people, assumed */
#define MISSED_BOLUS_MOST 0.6   /* who misses more would hardly be enrolled; assumed */
#define BMI_LEAST_KG_M2 18.5    /* hard bounds: no underweight, no second degree of obesity (WHO classes) */
#define BMI_MOST_KG_M2 35.0

/* Children and light adults eat less than others, but more for their weight; what is taken against a low goes by weight. Assumed. */
static void scale_to_size(habits *habits, double weight_kg)
{
    double size = weight_kg < ADULT_KG ? weight_kg / ADULT_KG : 1.0;
    habits->meal_scale *= sqrt(size);
    habits->rescue_scale = size;
}

static void draw_habits(const params *p, draw *d, habits *out)
{
    out->carb_count_ratio = p->carb_count_bias * draw_log_sd(d, p->carb_count_person_log_sd);
    double missed = p->missed_bolus_frac + p->missed_bolus_person_sd * draw_normal(d);
    out->missed_bolus_frac = missed < 0.0 ? 0.0 : missed > MISSED_BOLUS_MOST ? MISSED_BOLUS_MOST : missed;
    out->fear = p->fear_person_sd * draw_normal(d);
    out->meal_scale = draw_lognormal(d, 1.0, MEAL_SIZE_CV);
    out->rescue_scale = 1.0;
}

/* ---- onset of type 1 diabetes and youth: streams of their own, so that nobody else's draws move ---- */

#define ADOLESCENT_FROM_YEAR 13.0 /* the younger are drawn from the public children */
#define PACE_REFERENCE_YEAR 25.0
enum { DRAW_TRAITS, DRAW_YOUTH, DRAW_ONSET }; /* blocks of the population's stream */

/* The subjects of the age band that a young person belongs to, and the age. */
static double draw_youth(const person_source *source, uint64_t seed, uint64_t number, person_source *band)
{
    draw d = draw_from(seed, number, RNG_population, DRAW_YOUTH);
    double age = person_draw_value(&d, &source->population->age_year);
    int first = age < ADOLESCENT_FROM_YEAR ? 0 : source->n_children;
    *band = *source;
    band->n_subjects = age < ADOLESCENT_FROM_YEAR ? source->n_children : source->n_subjects - source->n_children;
    memmove(band->subjects, source->subjects + first, (size_t)band->n_subjects * sizeof(*band->subjects));
    return age;
}

/* Share of people diagnosed at this age whose islets hold many B cells: all the youngest, nobody from the teens on (params.def). */
static double aggressive_share(const params *p, double age_year)
{
    double share = (p->aggressive_until_year - age_year) / (p->aggressive_until_year - p->aggressive_below_year);
    return share < 0.0 ? 0.0 : share > 1.0 ? 1.0 : share;
}

/* How fast the beta cells are lost, how many are left, and whether the lack of insulin had led to ketoacidosis: likelier the fewer there were. */
static void draw_onset(const params *p, uint64_t seed, uint64_t number, person *out)
{
    draw d = draw_from(seed, number, RNG_population, DRAW_ONSET);
    double diagnosed = out->age_year - out->duration_year;
    double age = diagnosed > 1.0 ? diagnosed : 1.0;
    out->immune_pace = draw_log_sd(&d, p->native_loss_log_sd) *
                       lanes_exp(-p->native_loss_age_power * lanes_log(age / PACE_REFERENCE_YEAR));
    double chance = draw_uniform(&d);
    if (!(out->native_function_frac > 0.0)) return;
    if (draw_uniform(&d) < aggressive_share(p, age)) {
        out->immune_pace *= p->aggressive_pace;
        out->native_function_frac *= p->aggressive_reserve_frac;
    }
    double odds = p->ketoacidosis_odds * lanes_exp(-p->ketoacidosis_reserve_power *
                                                   lanes_log(out->native_function_frac / p->ketoacidosis_reserve_frac));
    out->ketoacidosis_at_onset = chance < odds / (1.0 + odds);
}

/* Height and body mass index, one from the other; false outside the hard bounds. */
static bool draw_body(const population *of, draw *d, person *out)
{
    if (out->child) {
        out->bmi_kg_m2 = person_draw_value(d, &of->child_bmi_kg_m2);
        out->height_m = sqrt(out->kinetics.bw / out->bmi_kg_m2);
        return true;
    }
    out->height_m = person_draw_value(d, out->female ? &of->height_women_m : &of->height_men_m);
    if (population_gives(&of->adult_bmi_kg_m2)) /* parameters are per kg and stay */
        out->kinetics.bw = person_draw_value(d, &of->adult_bmi_kg_m2) * out->height_m * out->height_m;
    out->bmi_kg_m2 = out->kinetics.bw / (out->height_m * out->height_m);
    return out->bmi_kg_m2 >= BMI_LEAST_KG_M2 && out->bmi_kg_m2 <= BMI_MOST_KG_M2;
}

static bool draw_duration(const population *of, draw *d, person *out)
{
    if (population_gives(&of->duration_year)) out->duration_year = person_draw_value(d, &of->duration_year);
    else out->duration_year = out->age_year - person_draw_value(d, &of->age_at_diagnosis_year);
    return out->duration_year >= 0.0 && out->duration_year <= out->age_year;
}

/* Does anything this person takes bring glucose low? Other tablets and injections hardly do, and they have no history of it. */
static bool is_driven_low(const person *who)
{
    return who->diabetes == DIABETES_TYPE1 || who->body.insulin != INSULIN_NONE || who->body.drugs[DRUG_sulfonylurea];
}

/* Hidden factors, habits, and the history that follows from them. */
static void draw_hidden(const params *p, const population *of, draw *d, person *out)
{
    out->severe_hypo_frailty = draw_gamma_mean_one(d, of->severe_hypo_frailty_var.mean);
    if (population_gives(&of->severe_hypo_factor)) out->severe_hypo_frailty *= of->severe_hypo_factor.mean;
    out->immune_frailty = draw_gamma_mean_one(d, p->immune_frailty_var);
    out->engraftment = draw_lognormal(d, 1.0, sqrt(lanes_exp(p->engraftment_log_sd * p->engraftment_log_sd) - 1.0));
    out->kidney_response = draw_lognormal(d, 1.0, sqrt(lanes_exp(p->egfr_response_log_sd * p->egfr_response_log_sd) - 1.0));
    double rate = p->glycation_rate_l_per_mmol_s + p->glycation_rate_sd * draw_normal(d);
    out->glycation_rate_l_per_mmol_s = rate > 0.5 * p->glycation_rate_l_per_mmol_s ? rate : 0.5 * p->glycation_rate_l_per_mmol_s;
    for (int w = 0; w < SENSITIVITY_WINDOWS; w++) out->sensitivity[w] = draw_lognormal(d, 1.0, p->sensitivity_window_cv);
    out->dawn_rise = draw_lognormal(d, p->dawn_rise, p->dawn_cv);
    draw_habits(p, d, &out->habits);

    /* severe events in the year before: what the person's own hazard gives in a typical year */
    double ratio = out->impaired_awareness ? p->severe_hypo_unaware_ratio : 1.0;
    double hazard =
        DAYS_PER_YEAR * p->severe_hypo_history_low_min * p->severe_hypo_per_low_min * ratio * out->severe_hypo_frailty;
    double events = draw_poisson(d, hazard); /* drawn for everybody: what is drawn after it does not depend on treatment */
    out->severe_hypo_per_year = is_driven_low(out) ? events : 0.0;
}

bool person_draw(const person_source *source, uint64_t seed, uint64_t number, person *out)
{
    const params *p = source->params;
    const population *of = source->population;
    draw d = draw_from(seed, number, RNG_population, DRAW_TRAITS);
    person_source band;
    subject_free free;
    int closest;
    bool youth = source->n_children > 0;
    double young_age = youth ? draw_youth(source, seed, number, &band) : 0.0;
    if (youth) source = &band;

    memset(out, 0, sizeof(*out));
    out->key = number;
    out->diabetes = (diabetes_type)of->diabetes;
    if (out->diabetes != DIABETES_TYPE1) {
        if (!person_draw_metabolic(source, &d, out)) return false;
        draw_hidden(p, of, &d, out);
        person_settle_metabolic(p, &d, out);
        return true;
    }
    out->child = population_gives(&of->child_bmi_kg_m2);
    bool inside = person_draw_free(source, &d, NULL, &free, &closest);
    memcpy(out->subject, source->subjects[closest].name, sizeof(out->subject));
    subject_kinetics(&free, &out->kinetics);
    if (!inside || !physiology_is_plausible(&out->kinetics, out->child)) return false;

    /* traits */
    out->female = draw_uniform(&d) < of->female_frac.mean;
    out->age_year = youth ? young_age : person_draw_value(&d, &of->age_year);
    if (!draw_duration(of, &d, out) || !draw_body(of, &d, out)) return false;
    out->egfr_ml_min_1_73m2 = person_draw_value(&d, &of->egfr_ml_min_1_73m2);
    out->native_function_frac = person_draw_value(&d, &of->native_function_frac);
    out->autoantibody_positive = draw_uniform(&d) < of->autoantibody_frac.mean;
    out->impaired_awareness = draw_uniform(&d) < of->impaired_awareness_frac.mean;
    out->c_peptide_stimulated_nmol_l = 0.0;
    draw_onset(p, seed, number, out);
    person_complete_kinetics(p, out, &d, &out->kinetics);

    draw_hidden(p, of, &d, out);
    if (out->child || population_gives(&of->adult_bmi_kg_m2)) scale_to_size(&out->habits, out->kinetics.bw);
    if (!out->child) return true;
    for (int w = 0; w < SENSITIVITY_WINDOWS; w++) out->sensitivity[w] *= p->youth_sensitivity;
    return true;
}

/* ---- requirements ---- */

bool person_knows(const person *who, trait_id trait)
{
    if (trait == TRAIT_c_peptide_stimulated_nmol_l) return who->diabetes != DIABETES_TYPE1 || !(who->native_function_frac > 0.0);
    return trait != TRAIT_hba1c_pct && trait != TRAIT_fasting_glucose_mg_dl && trait != TRAIT_insulin_u_per_kg_day;
}

bool person_meets(const population *population, const person *who)
{
    const double known[TRAIT_COUNT] = {
        [TRAIT_age_year] = who->age_year,
        [TRAIT_duration_year] = who->duration_year,
        [TRAIT_bmi_kg_m2] = who->bmi_kg_m2,
        [TRAIT_weight_kg] = who->kinetics.bw,
        [TRAIT_severe_hypo_per_year] = who->severe_hypo_per_year,
        [TRAIT_c_peptide_stimulated_nmol_l] = who->c_peptide_stimulated_nmol_l,
        [TRAIT_ketoacidosis_at_onset] = who->ketoacidosis_at_onset,
        [TRAIT_egfr_ml_min_1_73m2] = who->egfr_ml_min_1_73m2,
    };
    for (int t = 0; t < TRAIT_COUNT; t++) {
        if (!person_knows(who, (trait_id)t)) continue; /* seen after the run-in */
        if (population->has_require[t] && !requirement_holds(&population->require[t], known[t])) return false;
    }
    return true;
}
