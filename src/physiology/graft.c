/* Graft: the day block of infused beta cells; equations in graft.h. */
#include "physiology/graft.h"

#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"

#define EARLY_DAYS 30.0           /* stepped hourly */
#define HOURS 24
#define TOXIC_POWER 8             /* steepness of the glucose brake on regrowth */
#define BISECTIONS 40

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

static double immune_hazard_per_day(const params *params, const person *who, const drug_state *drugs, const product *cells)
{
    const regimen *taken = drugs->regimen;
    double allo = params->alloimmune_per_year * cells->alloimmune_frac.value;
    double autoimmune = who->autoantibody_positive ? params->autoimmune_per_year * cells->autoimmune_frac.value : 0.0;
    if (taken) {
        allo *= unblocked(drugs, taken->alloimmune_block_frac.value, who->immune_frailty);
        autoimmune *= unblocked(drugs, taken->autoimmune_block_frac.value, who->immune_frailty);
    }
    return (allo + autoimmune) / DAYS_PER_YEAR;
}

/* ---- one course ---- */

static void course_step(graft *graft, graft_course *course, const params *params, double immune, double other,
                        double glucose_mg_dl, double step_day)
{
    const product *cells = course->product;
    double before = course->cells_million;

    /* early loss: blood, lack of oxygen, apoptosis */
    double surface = params->oxygen_avascular_mm_hg +
                     (cells->oxygen_vascular_mm_hg.value - params->oxygen_avascular_mm_hg) * course->vessels_frac;
    if (surface < params->oxygen_avascular_mm_hg) surface = params->oxygen_avascular_mm_hg;
    double early = params->apoptosis_per_day * lanes_exp(-course->age_day / params->apoptosis_decay_day);
    if (cells->route == ROUTE_PORTAL_VEIN) {
        double blood = -lanes_log(1.0 - cells->blood_reaction_loss_frac.value) / params->blood_reaction_day;
        early += blood * lanes_exp(-course->age_day / params->blood_reaction_day);
    }
    if (course->age_day < EARLY_DAYS)
        early += params->anoxia_loss_per_day * graft_anoxic_frac(params, cells->islet_radius_um.value, surface);

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
        double g = glucose_mg_dl / params->regrowth_glucose_mg_dl, brake = 1.0;
        for (int i = 0; i < TOXIC_POWER; i++) brake *= g;
        double room = 1.0 - alive / limit;
        double grown = room > 0.0 ? params->regrowth_per_day * step_day * alive * room / (1.0 + brake) : 0.0;
        graft->regrown_million += grown;
        alive += grown;
    }
    course->cells_million = alive;
    course->vessels_frac = 1.0 - (1.0 - course->vessels_frac) * lanes_exp(-step_day / params->revascularisation_day);
    course->age_day += step_day;
}

static double course_maturity(const graft_course *course)
{
    double half_time = course->product->maturation_half_time_day.value;
    if (!(half_time > 0.0)) return course->vessels_frac;
    double x = (course->age_day - half_time) / course->product->maturation_scale_day.value;
    return course->vessels_frac / (1.0 + lanes_exp(-x));
}

/* ---- the graft ---- */

void graft_infuse(graft *graft, const product *product, const cell_course *course, double weight_kg)
{
    double cells = course->dose_cells + course->dose_cells_per_kg * weight_kg;
    double ieq = course->dose_ieq + course->dose_ieq_per_kg * weight_kg;
    double beta = cells * product->beta_cells_per_cell_frac.value + ieq * product->beta_cells_per_ieq.value;
    double alive = beta * product->viability_frac.value * 1e-6;
    graft->courses[graft->n_courses++] =
        (graft_course){.product = product, .delivered_million = alive, .cells_million = alive};
}

void graft_day(graft *graft, const params *params, const person *who, const drug_state *drugs, double glucose_mg_dl)
{
    double toxic = drugs->regimen ? drug_effect(drugs, drugs->regimen->drug_graft_loss_per_year.value, 0.0) : 0.0;
    double other = (params->attrition_per_year + toxic) / DAYS_PER_YEAR;
    for (int c = 0; c < graft->n_courses; c++) {
        graft_course *course = &graft->courses[c];
        double immune = immune_hazard_per_day(params, who, drugs, course->product);
        int steps = course->age_day < EARLY_DAYS ? HOURS : 1;
        for (int i = 0; i < steps; i++) course_step(graft, course, params, immune, other, glucose_mg_dl, 1.0 / steps);
    }
}

double graft_cells_million(const graft *graft)
{
    double cells = 0.0;
    for (int c = 0; c < graft->n_courses; c++) cells += graft->courses[c].cells_million;
    return cells;
}

double graft_function(const graft *graft, const params *params, const person *who, const drug_state *drugs)
{
    double mature = 0.0;
    for (int c = 0; c < graft->n_courses; c++)
        mature += graft->courses[c].cells_million * course_maturity(&graft->courses[c]) *
                  graft->courses[c].product->secretion_gain.value;
    double drug = drugs->regimen ? drug_effect(drugs, drugs->regimen->secretion_factor.value, 1.0) : 1.0;
    return mature * who->engraftment * drug / params->healthy_beta_cells_million;
}

double graft_portal_frac(const graft *graft)
{
    double portal = 0.0, all = 0.0;
    for (int c = 0; c < graft->n_courses; c++) {
        const graft_course *course = &graft->courses[c];
        cell_route route = course->product->route;
        double weight = course->cells_million * course_maturity(course);
        all += weight;
        if (route == ROUTE_PORTAL_VEIN || route == ROUTE_OMENTUM) portal += weight; /* both drain into the portal vein */
    }
    return all > 0.0 ? portal / all : 1.0;
}
