/* Type 2: see type2.h. */
#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "physiology/comparator.h"
#include "trial/attention.h"

#define SETTLED_DAYS 28         /* last days of the run-in that show the steady state people come in */
#define DL_PER_ML 0.01
#define BODY_SURFACE_M2 1.73    /* that eGFR is given for */

void type2_start(const run_plan *run, lane *lane)
{
    const person *who = lane->who;
    type2 *t = &lane->type2;
    *t = (type2){.cells = {.mass = who->native_function_frac, .exocytosis = 1.0}};
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) t->drugs.taken[i] = who->body.drugs[i];
    glucose_drugs_settled(&t->drugs, 1.0 - run->params->missed_tablets_frac);
    metabolism_start(run->params, who, &t->body);
    t->body.liver_sensitivity = t->body.muscle_sensitivity = glucose_drugs_effects(run->params, &t->drugs).sensitivity_factor;
    care_type2_start(run, lane);
}

/* ---- the kinetics of the day ---- */

double type2_native_function(const run_plan *run, const lane *lane)
{
    const pathways *cells = &lane->type2.cells;
    return cells->mass * pathways_capacity(cells->exocytosis, run->params->pathways_capacity_half);
}

/* Delay of secretion: healthy at m = 1, the published type 2 set's at its m and below, a power between. */
static double secretion_delay(const params *p, double m)
{
    if (!(m < 1.0)) return p->secretion_delay_per_min;
    if (!(m > p->secretion_function_type2)) return p->secretion_delay_type2_per_min;
    double power = lanes_log(p->secretion_delay_type2_per_min / p->secretion_delay_per_min) /
                   lanes_log(p->secretion_function_type2);
    return p->secretion_delay_per_min * lanes_exp(power * lanes_log(m));
}

static void set(lane_group *minute, int index, int l, double value)
{
    minute->k[index][l] = value;
}
#define SET(key, value) set(minute, KINETIC_INDEX(key), l, value)

/* Under SGLT2 inhibition all glucose filtered above the threshold is lost: E = GFR (G - threshold)/BW. */
static void set_kidney(const params *p, const lane *lane, double sglt2, lane_group *minute, int l)
{
    const kinetics *k = &lane->who->kinetics;
    double weight = lane->type2.body.weight_kg, surface = sqrt(lane->who->height_m * 100.0 * weight / 3600.0);
    double filtered_dl_min = lane->egfr * DL_PER_ML * surface / BODY_SURFACE_M2;
    SET(ke1, (1.0 - sglt2) * k->ke1 + sglt2 * filtered_dl_min / (weight * k->vg));
    SET(ke2, (1.0 - sglt2) * k->ke2 + sglt2 * p->sglt2_threshold_mg_dl * k->vg);
}

/* Glucose that comes from the gut, mg/kg/min. */
static double appearance_mg_kg_min(const lane *lane, const lane_group *minute, int l)
{
    const kinetics *k = &lane->who->kinetics;
    return k->f * k->kabs * minute->x[MINUTE_qg][l] / lane->type2.body.weight_kg;
}

/* Rates are per kg of today's weight, the pancreas is one. */
static void set_native(const run_plan *run, const lane *lane, lane_group *minute, int l)
{
    const kinetics *k = &lane->who->kinetics;
    double weight = lane->type2.body.weight_kg, appearance = appearance_mg_kg_min(lane, minute, l);
    double incretin = comparator_incretin_factor(run->params, (comparator_kind)lane->type2.comparator, appearance);
    SET(m_native, type2_native_function(run, lane) * incretin * k->bw / weight);
}

void type2_day_begins(const run_plan *run, const lane *lane, lane_group *minute, int l)
{
    const params *p = run->params;
    const kinetics *k = &lane->who->kinetics;
    const type2 *t = &lane->type2;
    drug_effects drugs = glucose_drugs_effects(p, &t->drugs);
    double native = type2_native_function(run, lane);
    double glucose_dependent = drugs.secretion_factor * drugs.incretin_factor;
    SET(bw, t->body.weight_kg);
    set_native(run, lane, minute, l);
    SET(alpha, secretion_delay(p, native));
    SET(beta, k->beta * glucose_dependent);
    SET(kg, k->kg * glucose_dependent);
    SET(sb, k->sb * drugs.secretion_factor);
    SET(h, k->h - drugs.threshold_shift_mg_dl - p->pathways_shift_mg_dl * t->cells.shift);
    SET(kp1, k->kp1 * drugs.production_factor * metabolism_production_factor(p, &t->body));
    SET(kmax, k->kmax * drugs.emptying_factor);
    SET(kmin, k->kmin * drugs.emptying_factor);
    set_kidney(p, lane, drugs.sglt2, minute, l);
}

/* Uptake is Vm0 - Vmx Ib + s Vmx I: a factor on all of insulin's effect, the basal one included. */
static void set_uptake(const lane *lane, lane_group *minute, int l, double vmx)
{
    const kinetics *k = &lane->who->kinetics;
    SET(vmx, vmx);
    SET(vm0, k->vm0 + (vmx - k->vmx) * k->ib);
}

static double second_meal_factor(const lane *lane)
{
    return 1.0 + lane->who->body.second_meal_gain * lane->type2.second_meal;
}

void type2_set_sensitivity(const lane *lane, lane_group *minute, int l, double factor)
{
    const kinetics *k = &lane->who->kinetics;
    double muscle = factor * lane->type2.body.muscle_sensitivity, liver = factor * lane->type2.body.liver_sensitivity;
    set_uptake(lane, minute, l, k->vmx * muscle * second_meal_factor(lane));
    SET(kp3, k->kp3 * liver);
    SET(kp4, k->kp4 * liver);
}

/* The second-meal effect: insulin that a meal makes the person's own cells secrete keeps fatty acids low for hours, and muscle then
 * stores more of the next one.
 *   z' = (c Ra/(1 + Ra) - z)/tau, c = m/0.45, 1 at most;  uptake s (1 + g z)
 * It follows what meals make the cells secrete and not insulin, or injected basal insulin, which is there day and night, would have
 * it, too. That it is the cells' is known (an insulin secretagogue in place of breakfast gives half of it, doi:10.2337/dc08-2196; with
 * the receptor of GLP-1 blocked, and less secreted, it is gone, doi:10.2337/db18-1963-P); that it falls in proportion, from the function of
 * the type 2 set on, whom the trial's people (HbA1c 6.7 %, no drug that makes cells secrete) are taken to have had, is assumed. So
 * is the half: a fifth of what meals reach. */
#define SECOND_MEAL_HALF_MG_KG_MIN 1.0

static void step_second_meal(const run_plan *run, lane *lane, lane_group *minute, int l)
{
    const params *p = run->params;
    double appearance = appearance_mg_kg_min(lane, minute, l), before = second_meal_factor(lane);
    double cells = type2_native_function(run, lane) / p->secretion_function_type2;
    double share = LOOK_MINUTES / p->type2_second_meal_min, eaten = appearance / (SECOND_MEAL_HALF_MG_KG_MIN + appearance);
    lane->type2.second_meal += (share < 1.0 ? share : 1.0) * ((cells < 1.0 ? cells : 1.0) * eaten - lane->type2.second_meal);
    set_uptake(lane, minute, l, minute->k[KINETIC_INDEX(vmx)][l] * second_meal_factor(lane) / before);
}

/* ---- the slow laws ---- */

/* Secretion of a unit of native mass on the pathways scale. */
static double workload(const params *p, const lane *lane, const lane_group *minute, int l)
{
    double native = minute->k[KINETIC_INDEX(m_native)][l];
    double graft = minute->k[KINETIC_INDEX(m_graft)][l] * minute->k[KINETIC_INDEX(phi_p)][l];
    if (!(native > 0.0)) return 0.0;
    double secreted = minute->k[KINETIC_INDEX(gamma)][l] * minute->x[MINUTE_ipo][l] * native / (native + graft);
    double whole = secreted * lane->type2.body.weight_kg / lane->who->kinetics.bw;
    return p->pathways_workload * whole / (lane->type2.cells.mass * p->secretion_basal);
}

void type2_look(const run_plan *run, lane *lane, lane_group *minute, int l)
{
    const params *p = run->params;
    type2 *t = &lane->type2;
    double gp = minute->x[MINUTE_gp][l], glucose = gp / minute->k[KINETIC_INDEX(vg)][l];
    double above = gp - minute->k[KINETIC_INDEX(ke2)][l];
    t->glucose_sum_mg_dl += glucose;
    if (above > 0.0)
        t->urine_g += t->body.weight_kg * minute->k[KINETIC_INDEX(ke1)][l] * above * LOOK_MINUTES / 1000.0;
    pathways_look(glucose - p->pathways_glucose_shift_mg_dl, workload(p, lane, minute, l), lane->who->body.exocytosis_ceiling,
                  p->pathways_shift_glucose_mg_dl, &t->drive);
    step_second_meal(run, lane, minute, l);
    if (t->comparator == COMPARATOR_BYPASS_SURGERY) set_native(run, lane, minute, l);
}

static metabolic_day today(const params *p, const type2 *t, double days, const person *who, int day)
{
    drug_effects drugs = glucose_drugs_effects(p, &t->drugs);
    return (metabolic_day){
        .intake_kcal = drugs.intake_kcal + p->insulin_intake_kcal_per_u * t->insulin_u / days,
        .eaten_frac = comparator_eaten_frac(p, (comparator_kind)t->comparator, who, day),
        .urine_g = t->urine_g / days * (1.0 - p->sglt2_compensation_frac * drugs.sglt2),
        .glucose_mg_dl = t->glucose_sum_mg_dl / t->drive.looks,
        .drug_sensitivity = drugs.sensitivity_factor,
        .drug_systolic_mm_hg = drugs.systolic_mm_hg,
    };
}

static void forget_day(type2 *t)
{
    t->drive = (pathways_drive){0};
    t->urine_g = t->insulin_u = t->glucose_sum_mg_dl = 0.0;
}

/* What people come with is their steady state: exocytosis has followed their glucose, and the mass is what then gives the
 * function that they were drawn with. */
void type2_follow_up_begins(const run_plan *run, lane *lane)
{
    const params *p = run->params;
    type2 *t = &lane->type2;
    double settled = pathways_exocytosis_settled(&t->drive, 0.0);
    t->cells = (pathways){.mass = lane->who->native_function_frac / pathways_capacity(settled, p->pathways_capacity_half),
                          .exocytosis = settled,
                          .shift = t->cells.shift};
    metabolic_day usual = today(p, t, SETTLED_DAYS, lane->who, 0);
    metabolism_settle(&t->body, &usual);
    forget_day(t);
}

void type2_day_ends(const run_plan *run, lane *lane, int day, double insulin_u)
{
    const params *p = run->params;
    type2 *t = &lane->type2;
    t->insulin_u += insulin_u;
    if (day < 0) { /* a steady state: only the shift, which follows within days, moves */
        pathways settled = t->cells;
        pathways_step(&t->drive, MINUTES_PER_DAY, &PATHWAYS_ALONE, &settled);
        t->cells.shift = settled.shift;
        if (day < -SETTLED_DAYS) forget_day(t);
        return;
    }
    const cell_signals *signals = &lane->signals;
    const pathways_help help = {.pace = glucose_drugs_effects(p, &t->drugs).native_pace,
                                .steady_loss_per_day =
                                    lane->who->body.native_pace * p->type2_native_loss_per_year / DAYS_PER_YEAR,
                                .turnover_frac = p->pathways_turnover_frac,
                                .protection_frac = signals->native_protection_frac,
                                .recovery_gain = signals->native_recovery_gain,
                                .exocytosis_min = p->pathways_exocytosis_day * MINUTES_PER_DAY};
    metabolic_day now = today(p, t, 1.0, lane->who, day);
    double effort = attention_effort(run, lane->arm, day);
    now.eaten_frac *= attention_energy_factor(p, effort);
    glucose_drugs_day(p, &t->drugs, 1.0 - p->missed_tablets_frac * attention_missed_factor(p, effort));
    metabolism_day(p, lane->who, &now, signals, &t->body);
    pathways_step(&t->drive, MINUTES_PER_DAY, &help, &t->cells);
    forget_day(t);
}
