/* Graft: the day block of infused beta cells; equations in graft.h. */
#include "physiology/graft.h"

#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"
#include "physiology/signals.h"

#define EARLY_DAYS 30.0           /* stepped hourly */
#define HOURS 24
#define TOXIC_POWER 8             /* steepness of the glucose brake on regrowth */
#define BISECTIONS 40
#define SLAB_LAYERS 8

/* ---- oxygen ---- */

double graft_anoxic_frac(const params *params, double radius_um, double p_mm_hg)
{
    double radius = radius_um * 1e-4; /* cm */
    double scale = params->oxygen_use_mol_cm3_s / (6.0 * params->oxygen_permeability_mol_cm_mmhg_s);
    if (scale * radius * radius <= p_mm_hg) return 0.0;

    /* pressure needed falls from scale R^2 at r = 0 to 0 at r = R: bisect for the core radius */
    double low = 0.0, high = radius;
    for (int i = 0; i < BISECTIONS; i++) {
        double r = 0.5 * (low + high);
        double needed = scale * (radius * radius - 3.0 * r * r + 2.0 * r * r * r / radius);
        if (needed > p_mm_hg) low = r;
        else high = r;
    }
    double share = 0.5 * (low + high) / radius;
    return share * share * share;
}

/* ---- drugs ---- */

double drug_effect(const drug_state *drugs, double under_drug, double without)
{
    return without + (under_drug - without) * drugs->exposure_frac;
}

/* What gets past the drugs: all of an attack without them, the share they do not block under them; people differ in that
 * share (frailty), not in that an unprotected foreign graft is rejected. */
static double unblocked(const drug_state *drugs, double block_frac, double frailty)
{
    return (1.0 - drugs->exposure_frac) + drugs->exposure_frac * (1.0 - block_frac) * frailty;
}

/* How much of the attack on donor cells gets through, 0..1 of an attack without drugs. Steady: what the drugs leave.
 * Growing: the size of a clone that grows with what they leave and without antigen falls back to a few cells. */
static double allo_share(graft_course *course, const graft_day_of *day, double unblocked_share)
{
    const params *p = day->params;
    if (day->alternatives.immune_attack != ATTACK_GROWING) return unblocked_share;
    double e = course->clone_frac > 0.0 ? course->clone_frac : p->clone_seed_frac;
    double grows = p->clone_growth_per_day * unblocked_share * (1.0 - e), dies = 1.0 / p->clone_life_day;
    e = p->clone_seed_frac + (e - p->clone_seed_frac) * lanes_exp(grows - dies) + p->clone_seed_frac * grows;
    course->clone_frac = e < 1.0 ? e : 1.0;
    return course->clone_frac;
}

static double immune_hazard_per_day(graft_course *course, const graft_day_of *day)
{
    const product *cells = course->product;
    const drug_state *drugs = day->drugs;
    const regimen *taken = drugs->regimen;
    double frailty = day->who->immune_frailty;
    double past_allo = taken ? unblocked(drugs, taken->alloimmune_block_frac.value, frailty) : 1.0;
    double past_auto = taken ? unblocked(drugs, taken->autoimmune_block_frac.value, frailty) : 1.0;
    double allo = day->params->alloimmune_per_year * cells->alloimmune_frac.value * allo_share(course, day, past_allo);
    double autoimmune = day->who->autoantibody_positive ? day->params->autoimmune_per_year * day->autoimmune_factor *
                                                              cells->autoimmune_frac.value * past_auto
                                                        : 0.0;
    double through = route_is_device(course->route) ? cells->attack_frac.value : 1.0;
    return (allo + autoimmune) * through * day->attack_left_frac / DAYS_PER_YEAR;
}

/* ---- early loss ---- */

double graft_slab_anoxic_frac(const params *params, double half_thickness_um, double tissue_frac, double p_mm_hg)
{
    double half = half_thickness_um * 1e-4; /* cm */
    double use = tissue_frac * params->oxygen_use_mol_cm3_s;
    double reach = use > 0.0 ? lanes_sqrt(2.0 * params->oxygen_permeability_mol_cm_mmhg_s * p_mm_hg / use) : half;
    return reach < half ? 1.0 - reach / half : 0.0;
}

double graft_slab_secretion_frac(const params *params, double half_thickness_um, double tissue_frac, double p_mm_hg)
{
    double half = half_thickness_um * 1e-4;
    double fall = tissue_frac * params->oxygen_use_mol_cm3_s / (2.0 * params->oxygen_permeability_mol_cm_mmhg_s);
    double core = 1.0 - graft_slab_anoxic_frac(params, half_thickness_um, tissue_frac, p_mm_hg), sum = 0.0;
    for (int i = 0; i < SLAB_LAYERS; i++) { /* layers of the part that lives, from the face inwards */
        double depth = (i + 0.5) / SLAB_LAYERS * core * half;
        double oxygen = p_mm_hg - fall * depth * (2.0 * core * half - depth);
        if (!(oxygen > 0.0)) continue;
        double x = oxygen / params->oxygen_secretion_half_mm_hg, power = x * x * x;
        sum += power / (1.0 + power);
    }
    return sum / SLAB_LAYERS;
}

/* Oxygen at the surface of a device falls as scar grows around it, to nothing where the scar walls it off. */
static double device_oxygen_mm_hg(const graft_course *course)
{
    const product *cells = course->product;
    double scar = 1.0 - lanes_exp(-0.69314718055994531 * course->age_day / cells->scar_half_time_day.value);
    return cells->oxygen_outside_mm_hg.value * (1.0 - (course->walled_off ? 1.0 : 1.0 - cells->scar_oxygen_frac.value) * scar);
}

/* The living tissue's share of a device's layer. */
static double device_tissue_frac(const graft_course *course)
{
    double living = course->delivered_million > 0.0 ? course->cells_million / course->delivered_million : 0.0;
    return living * course->product->tissue_frac.value;
}

/* Share of the cells without oxygen: vessels bring it, in a device both faces too. */
static double anoxic_share(const graft_course *course, const params *params)
{
    const product *cells = course->product;
    if (route_is_device(course->route)) {
        double slab = graft_slab_anoxic_frac(params, cells->half_thickness_um.value, device_tissue_frac(course),
                                             device_oxygen_mm_hg(course));
        if (course->route == ROUTE_device_sealed) return slab;
        return (1.0 - course->vessels_frac) * slab +
               course->vessels_frac * graft_anoxic_frac(params, cells->islet_radius_um.value, cells->oxygen_vascular_mm_hg.value);
    }
    double surface = params->oxygen_avascular_mm_hg +
                     (cells->oxygen_vascular_mm_hg.value - params->oxygen_avascular_mm_hg) * course->vessels_frac;
    if (surface < params->oxygen_avascular_mm_hg) surface = params->oxygen_avascular_mm_hg;
    return graft_anoxic_frac(params, cells->islet_radius_um.value, surface);
}

/* What a place without vessels takes of cells put there bare; a product's numbers are already those of its own place. */
static double place_rate_per_day(const graft_course *course, const params *params)
{
    if (course->route == course->product->route) return 0.0;
    double share = course->route == ROUTE_intramuscular ? params->muscle_loss_frac
                   : course->route == ROUTE_subcutaneous ? params->skin_loss_frac
                                                         : 0.0;
    return -lanes_log(1.0 - share) / params->place_loss_day * lanes_exp(-course->age_day / params->place_loss_day);
}

/* Blood, lack of oxygen, apoptosis; or one share whatever the cause. */
static double early_rate_per_day(const graft_course *course, const graft_day_of *day)
{
    const product *cells = course->product;
    const params *params = day->params;
    if (day->alternatives.engraftment_loss == ENGRAFTMENT_FIXED_SHARE)
        return -lanes_log(1.0 - params->fixed_loss_frac) / params->fixed_loss_day *
               lanes_exp(-course->age_day / params->fixed_loss_day);
    double early = params->apoptosis_per_day * lanes_exp(-course->age_day / params->apoptosis_decay_day);
    if (course->route == ROUTE_portal_vein) {
        double blood = -lanes_log(1.0 - cells->blood_reaction_loss_frac.value) / params->blood_reaction_day;
        early += blood * lanes_exp(-course->age_day / params->blood_reaction_day);
    }
    if (day->drugs->regimen) early *= 1.0 - drug_effect(day->drugs, day->drugs->regimen->early_loss_block_frac.value, 0.0);
    if (course->age_day < EARLY_DAYS || route_is_device(course->route))
        early += params->anoxia_loss_per_day * anoxic_share(course, params);
    early += place_rate_per_day(course, params);
    return early;
}

/* ---- one course ---- */

static void course_step(graft *graft, graft_course *course, const graft_day_of *day, double immune, double other, double step_day)
{
    const params *params = day->params;
    double before = course->cells_million, early = early_rate_per_day(course, day);

    /* what dies, split by cause in proportion to the rates; exact over the step */
    double rate = early + immune + other;
    double lost = before * (1.0 - lanes_exp(-rate * step_day));
    if (rate > 0.0) {
        graft->lost_early_million += lost * early / rate;
        graft->lost_immune_million += lost * immune / rate;
        graft->lost_other_million += lost * other / rate;
    }
    double alive = before - lost;

    /* regrowth while glucose is normal */
    if (course->age_day < params->regrowth_until_day) {
        double limit = params->regrowth_limit_frac * course->delivered_million;
        double g = day->glucose_mg_dl / params->regrowth_glucose_mg_dl, brake = 1.0;
        for (int i = 0; i < TOXIC_POWER; i++) brake *= g;
        double room = 1.0 - alive / limit;
        double grown = room > 0.0 ? params->regrowth_per_day * step_day * alive * room / (1.0 + brake) : 0.0;
        graft->regrown_million += grown;
        alive += grown;
    }
    course->cells_million = alive;
    if (course->route != ROUTE_device_sealed && !course->walled_off)
        course->vessels_frac = 1.0 - (1.0 - course->vessels_frac) *
                                         lanes_exp(-step_day * (1.0 + day->vessel_gain) / params->revascularisation_day);
    course->age_day += step_day;
}

/* Cells that live on little oxygen secrete less. */
static double course_secretion_frac(const graft_course *course, const params *params)
{
    if (!route_is_device(course->route)) return 1.0;
    double slab = graft_slab_secretion_frac(params, course->product->half_thickness_um.value, device_tissue_frac(course),
                                            device_oxygen_mm_hg(course));
    return course->route == ROUTE_device_sealed ? slab : (1.0 - course->vessels_frac) * slab + course->vessels_frac;
}

/* Share of mature function. What a graft cannot do before it has vessels: in a sealed device, where none come, nothing of
 * it before the first day. */
static double course_maturity(const graft_course *course)
{
    double half_time = course->product->maturation_half_time_day.value;
    bool sealed = course->route == ROUTE_device_sealed;
    double supplied = sealed ? 1.0 : course->vessels_frac;
    if (!(half_time > 0.0)) return supplied;
    double scale = course->product->maturation_scale_day.value;
    double now = 1.0 / (1.0 + lanes_exp(-(course->age_day - half_time) / scale));
    if (!sealed) return supplied * now;
    double first = 1.0 / (1.0 + lanes_exp(half_time / scale));
    return (now - first) / (1.0 - first);
}

/* ---- the graft ---- */

double graft_infuse(graft *graft, const params *params, const product *product, const cell_course *course,
                    const mechanism_switches *switches, double weight_kg)
{
    double cells = course->dose_cells + (course->dose_cells_per_kg + course->cd34_per_kg) * weight_kg;
    double ieq = course->dose_ieq + course->dose_ieq_per_kg * weight_kg;
    double given = cells * product->beta_cells_per_cell_frac.value + ieq * product->beta_cells_per_ieq.value;
    double become = cells * signals_arrival_frac(params, course->route, PLACE_PANCREAS);
    double beta =
        given * product_strength(product, MECHANISM_beta_cell_replacement) *
            switches->factor[MECHANISM_beta_cell_replacement] +
        become * product_strength(product, MECHANISM_differentiation) * switches->factor[MECHANISM_differentiation];
    double alive = beta * product->viability_frac.value * 1e-6;
    if (!(alive > 0.0)) return 0.0;
    graft->courses[graft->n_courses++] =
        (graft_course){.product = product, .route = course->route, .delivered_million = alive, .cells_million = alive};
    return alive;
}

void graft_meets_scar(graft *graft, double chance)
{
    if (graft->n_courses == 0) return;
    graft_course *course = &graft->courses[graft->n_courses - 1];
    course->walled_off = route_is_device(course->route) && chance < course->product->walled_off_frac.value;
}

static double dead_million(const graft *graft)
{
    return graft->lost_early_million + graft->lost_immune_million + graft->lost_other_million;
}

double graft_day(graft *graft, const graft_day_of *day)
{
    double before = dead_million(graft);
    const drug_state *drugs = day->drugs;
    double toxic = drugs->regimen ? drug_effect(drugs, drugs->regimen->drug_graft_loss_per_year.value, 0.0) : 0.0;
    double other = (day->params->attrition_per_year + toxic) / DAYS_PER_YEAR;
    for (int c = 0; c < graft->n_courses; c++) {
        graft_course *course = &graft->courses[c];
        double immune = immune_hazard_per_day(course, day);
        int steps = course->age_day < EARLY_DAYS ? HOURS : 1;
        for (int i = 0; i < steps; i++) course_step(graft, course, day, immune, other, 1.0 / steps);
    }
    return (dead_million(graft) - before) / day->params->healthy_beta_cells_million;
}

double graft_cells_million(const graft *graft)
{
    double cells = 0.0;
    for (int c = 0; c < graft->n_courses; c++) cells += graft->courses[c].cells_million;
    return cells;
}

/* Over a healthy pancreas and without drugs: now, or as if what lives were mature. */
static double secretes(const graft *graft, const params *params, const person *who, bool all_mature)
{
    double working = 0.0;
    for (int c = 0; c < graft->n_courses; c++) {
        const graft_course *course = &graft->courses[c];
        working += course->cells_million * (all_mature ? 1.0 : course_maturity(course)) * course_secretion_frac(course, params) *
                   course->product->secretion_gain.value;
    }
    double healthy = params->healthy_beta_cells_million * who->kinetics.bw /
                     params->healthy_weight_kg; /* secretion laws are per kg */
    return working * who->engraftment / healthy;
}

double graft_function(const graft *graft, const params *params, const person *who, const drug_state *drugs)
{
    double drug = drugs->regimen ? drug_effect(drugs, drugs->regimen->secretion_factor.value, 1.0) : 1.0;
    return secretes(graft, params, who, false) * drug;
}

double graft_promise(const graft *graft, const params *params, const person *who)
{
    return secretes(graft, params, who, true);
}

double graft_portal_frac(const graft *graft)
{
    double portal = 0.0, all = 0.0;
    for (int c = 0; c < graft->n_courses; c++) {
        const graft_course *course = &graft->courses[c];
        cell_route route = course->route;
        double weight = course->cells_million * course_maturity(course);
        all += weight;
        if (route == ROUTE_portal_vein || route == ROUTE_omentum) portal += weight; /* both drain into the portal vein */
    }
    return all > 0.0 ? portal / all : 1.0;
}
