/* Care without type 1 diabetes: tablets, basal and prandial insulin, what is added above target and taken away below it.
 *
 *   titration    of basal insulin by fasting glucose, as clinics usually do or by a published ladder
 *   escalation   every 91 days by HbA1c: metformin, sulfonylurea, DPP-4 inhibitor, basal insulin, insulin with meals
 *   reduction    in trials of cells, and with a comparator: less insulin while fasting glucose is low, and while it is at its goal with
 *                HbA1c below target (trials ask for half the insulin at an HbA1c below 7 %), then fewer tablets,
 *                at an HbA1c below 6.5 % that has fallen, which come back above target
 *   background   in trials of cells what people come with is held: insulin that was taken away is given back as in ordinary care, more
 *                than at day 0 only when fasting glucose is far above target, another treatment only as rescue, unless the
 *                protocol says otherwise
 *
 * Ladders: forced titration of the treat-to-target trial (Riddle 2003), GOAL A1C, AT.LANTUS 1 and 2, INITIATE, all as tabulated
 * in PMC6794223 (table T2); where the table gives a range, the middle is used. */
#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "trial/lane.h"

#define WEEK 7
#define CLINIC_DAYS 91
#define BANDS 4
#define START_U 10.0             /* first basal dose */
#define BASAL_MOST_U_PER_KG 1.5
#define MEAL_START_U 4.0         /* first prandial dose, ADA-like rules */
#define MEAL_MOST_U 30.0
#define SETTLING_ENDS -28        /* day from which the run-in is ordinary care */
#define SETTLE_EVERY_DAYS 4
#define SETTLE_GAIN 0.6
#define SETTLE_STEP_MOST 0.25
#define SETTLE_LEAST_U_PER_KG 0.1 /* who is on insulin injects that much */
#define USUAL_TOLERANCE_MG_DL 10.0 /* as in type 1 diabetes */
#define REDUCE_STEP 0.8
#define OFF_BELOW_U 6.0          /* daily dose at which insulin is given up when it is being reduced */
#define FASTING_SHARE (1.0 / 7.0) /* of the newest morning in the running mean */
#define DIABETIC_HBA1C_PCT 6.5   /* diagnostic limits (doi:10.2337/dc10-S062) */
#define DIABETIC_FASTING_MG_DL 126.0
#define CONFIRMED_VISITS 2
#define FALL_PCT 0.5 /* of HbA1c since day 0 that is an effect and no chance (assumed): people who came with a low HbA1c on a drug keep it */

/* ---- ladders ---- */

typedef struct {
    int every_day;
    double above_mg_dl[BANDS], add_u[BANDS];      /* from high to low; 0 ends the list */
    double none_below_mg_dl;                      /* no rise if any reading since the last review was below */
    double cut_below_mg_dl, cut_u;                /* fewer units if any was below this */
    bool back_to_dose_before;                     /* below cut_below: back to the dose before the last rise */
} ladder;

static const ladder ladders[] = {
    [TITRATION_RIDDLE] = {7, {180, 140, 120, 100}, {8, 6, 4, 2}, 72, 56, 3, false},
    [TITRATION_GOAL_A1C] = {7, {180, 160, 140, 120}, {8, 6, 4, 2}, 70, 70, 0, true},
    [TITRATION_AT_LANTUS_CLINIC] = {7, {180, 140, 120, 100}, {7, 4, 2, 1}, 72, 56, 2, false},
    [TITRATION_AT_LANTUS_PATIENT] = {3, {100}, {2}, 72, 56, 2, false},
    [TITRATION_INITIATE] = {3, {140, 100}, {4, 2}, 72, 72, 2, false},
};

static void review_begins(type2_care *care, int day)
{
    care->titration = (titration_log){.day = day, .lowest = INFINITY, .dose_before_u = care->titration.dose_before_u};
}

static double bounded(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

static void set_basal(lane *lane, double units)
{
    lane->care.long_acting_u = bounded((double)(int64_t)(units + 0.5), 0.0, BASAL_MOST_U_PER_KG * lane->type2.body.weight_kg);
}

static void climb(const ladder *rule, lane *lane)
{
    type2_care *care = &lane->type2.care;
    const titration_log *log = &care->titration;
    /* whom ordinary care leaves far above the goal a ladder does not bring all the way, either: lows, fear of them, missed calls */
    double level = lane->who->body.care_level > 1.0 ? lane->who->body.care_level : 1.0;
    double mean = log->fasting_sum / log->fasting_n / level, dose = lane->care.long_acting_u;
    if (log->lowest < rule->cut_below_mg_dl) {
        set_basal(lane, rule->back_to_dose_before ? care->titration.dose_before_u : dose - rule->cut_u);
        return;
    }
    if (log->lowest < rule->none_below_mg_dl) return;
    for (int b = 0; b < BANDS && rule->above_mg_dl[b] > 0.0; b++)
        if (mean >= rule->above_mg_dl[b]) {
            care->titration.dose_before_u = dose;
            set_basal(lane, dose + rule->add_u[b]);
            return;
        }
}

/* What ordinary care leaves a person at: some are brought near the goal, others are left far above it for years. */
static double usual_level(const run_plan *run, const lane *lane)
{
    double level = lane->who->body.care_level;
    return run->protocol->preparation.glucose_stabilised && level > 1.0 ? 1.0 : level;
}

static double toward(double x, double goal)
{
    return bounded(1.0 + SETTLE_GAIN * (x / goal - 1.0), 1.0 - SETTLE_STEP_MOST, 1.0 + SETTLE_STEP_MOST);
}

/* People come with the doses of years. The run-in finds them: it goes quickly, without inertia, to where ordinary care leaves the person, and
 * has its last weeks there; with the usual steps from a first guess doses would still rise after day 0, and HbA1c fall in everybody. */
static void settle_doses(const run_plan *run, lane *lane)
{
    const params *p = run->params;
    const titration_log *log = &lane->type2.care.titration;
    double level = usual_level(run, lane), weight = lane->type2.body.weight_kg;
    double basal = lane->care.long_acting_u * toward(log->fasting_sum / log->fasting_n, p->type2_target_fasting_mg_dl * level);
    if (care_share_low_pct(&lane->care, 0) > p->titration_low_pct) basal = (1.0 - p->titration_low_step) * lane->care.long_acting_u;
    set_basal(lane, basal > SETTLE_LEAST_U_PER_KG * weight ? basal : SETTLE_LEAST_U_PER_KG * weight);
    for (int m = 0; m < MAIN_MEALS && lane->type2.care.insulin == INSULIN_BASAL_BOLUS; m++) {
        int part = m + 1, n = lane->care.part_n[part];
        double *dose = &lane->type2.care.meal_u[m];
        if (!n) continue;
        *dose *= toward(lane->care.part_sum[part] / n, p->type2_target_post_meal_mg_dl * level);
        *dose = bounded(*dose, 1.0, MEAL_MOST_U);
    }
}

/* As clinics do: two units, when somebody looks at the numbers; less after lows. */
static void usual_titration(const run_plan *run, lane *lane, int day, draw *d)
{
    const double chance = care_review_chance(run, day, run->params->type2_titration_chance);
    const params *p = run->params;
    const titration_log *log = &lane->type2.care.titration;
    double acts = draw_uniform(d), dose = lane->care.long_acting_u, mean = log->fasting_sum / log->fasting_n;
    if (care_share_low_pct(&lane->care, 0) > p->titration_low_pct || mean < 80.0)
        set_basal(lane, dose * (1.0 - p->titration_low_step));
    else if (acts < chance && mean > p->type2_target_fasting_mg_dl * usual_level(run, lane) + USUAL_TOLERANCE_MG_DL)
        set_basal(lane, dose + 2.0);
}

static void titrate_meals(const run_plan *run, lane *lane, int day, draw *d)
{
    const double chance = care_review_chance(run, day, run->params->type2_titration_chance);
    const params *p = run->params;
    for (int m = 0; m < MAIN_MEALS; m++) {
        double acts = draw_uniform(d), *dose = &lane->type2.care.meal_u[m];
        int part = m + 1, n = lane->care.part_n[part];
        if (!n) continue;
        if (care_share_low_pct(&lane->care, part) > 0.5 * p->titration_low_pct) *dose *= 1.0 - 2.0 * p->titration_low_step;
        else if (acts < chance && lane->care.part_sum[part] / n > p->type2_target_post_meal_mg_dl * usual_level(run, lane) + USUAL_TOLERANCE_MG_DL)
            *dose += 2.0;
        *dose = bounded(*dose, 0.0, MEAL_MOST_U);
    }
}

/* ---- insulin and drugs are started and stopped ---- */

static void set_insulin(const params *p, lane *lane, insulin_care insulin, bool settled)
{
    type2_care *care = &lane->type2.care;
    double weight = lane->type2.body.weight_kg;
    if (insulin != INSULIN_NONE && care->insulin == INSULIN_NONE)
        set_basal(lane, settled ? p->type2_start_basal_u_per_kg * weight : START_U);
    for (int m = 0; m < MAIN_MEALS; m++) {
        double first = settled ? p->type2_start_basal_u_per_kg * weight / MAIN_MEALS : MEAL_START_U;
        if (insulin != INSULIN_BASAL_BOLUS) care->meal_u[m] = 0.0;
        else if (care->insulin != INSULIN_BASAL_BOLUS) care->meal_u[m] = first;
    }
    if (insulin == INSULIN_NONE) lane->care.long_acting_u = 0.0;
    care->insulin = insulin;
    lane->care.off_insulin = insulin == INSULIN_NONE;
}

static void stop_drugs(type2 *t)
{
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) t->drugs.taken[i] = false;
}

/* The next treatment of the ladder of care. */
static void escalate(const params *p, lane *lane)
{
    static const glucose_drug order[] = {DRUG_metformin, DRUG_sulfonylurea, DRUG_dpp4_inhibitor};
    type2 *t = &lane->type2;
    bool incretin = t->drugs.taken[DRUG_glp1_agonist] || t->drugs.taken[DRUG_semaglutide] || t->drugs.taken[DRUG_tirzepatide];
    if (t->care.insulin == INSULIN_NONE)
        for (int i = 0; i < 3; i++) {
            if (t->drugs.taken[order[i]] || (order[i] == DRUG_dpp4_inhibitor && incretin)) continue;
            t->drugs.taken[order[i]] = true;
            return;
        }
    if (t->care.insulin == INSULIN_NONE) set_insulin(p, lane, INSULIN_BASAL, false);
    else if (t->care.insulin == INSULIN_BASAL) {
        set_insulin(p, lane, INSULIN_BASAL_BOLUS, false);
        t->drugs.taken[DRUG_sulfonylurea] = false;
    }
}

/* Drugs in the order in which they harm, metformin last. */
static const glucose_drug harm_order[] = {DRUG_sulfonylurea, DRUG_tzd,         DRUG_dpp4_inhibitor, DRUG_sglt2_inhibitor,
                                          DRUG_tirzepatide,  DRUG_semaglutide, DRUG_glp1_agonist,   DRUG_metformin};

static void take_one_away(type2 *t)
{
    for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++)
        if (t->drugs.taken[harm_order[i]]) {
            t->drugs.taken[harm_order[i]] = false;
            t->care.withdrawn[harm_order[i]] = true;
            return;
        }
}

/* True when a drug that was taken away has come back: what was stopped at a low HbA1c is not left out when it is high again. */
static bool give_one_back(type2 *t)
{
    for (int i = GLUCOSE_DRUG_COUNT - 1; i >= 0; i--)
        if (t->care.withdrawn[harm_order[i]]) {
            t->care.withdrawn[harm_order[i]] = false;
            if (t->drugs.taken[harm_order[i]]) continue; /* care has added it since */
            t->drugs.taken[harm_order[i]] = true;
            return true;
        }
    return false;
}

/* ---- start ---- */

static int either(int arm, int protocol, int otherwise)
{
    return arm >= 0 ? arm : protocol >= 0 ? protocol : otherwise;
}

void care_type2_start(const run_plan *run, lane *lane)
{
    type2_care *care = &lane->type2.care;
    *care = (type2_care){.plan = {.titration = TITRATION_USUAL, .escalation = ESCALATION_NONE},
                         .fasting_mg_dl = lane->who->kinetics.gb,
                         .hba1c_pct = NAN,
                         .entry_hba1c_pct = NAN,
                         .diagnosed = lane->who->diabetes == DIABETES_TYPE2};
    lane->care = (care_state){.hba1c_last_visit_pct = NAN, .last_correction = -MINUTES_PER_DAY, .last_rescue = -MINUTES_PER_DAY};
    set_insulin(run->params, lane, lane->who->body.insulin, true);
    review_begins(care, -run->run_in_day);
    lane->independent = lane->care.off_insulin;
    lane->days_without_insulin = lane->care.off_insulin ? run->run_in_day : 0;
}

void care_type2_arm_begins(const run_plan *run, lane *lane)
{
    const params *p = run->params;
    const type2_plan *all = &run->protocol->care, *arm = &lane->arm->care;
    type2 *t = &lane->type2;
    double target = isnan(arm->hba1c_target_pct) ? all->hba1c_target_pct : arm->hba1c_target_pct;
    bool of_cells = run->protocol->wean == WEAN_TRIAL_PROTOCOL && protocol_gives_cells(run->protocol);
    bool held = protocol_treatment_is_held(run->protocol);
    t->care.plan = (type2_plan){
        .insulin = either(arm->insulin, all->insulin, (int)t->care.insulin),
        .titration = either(arm->titration, all->titration, TITRATION_USUAL),
        .escalation = either(arm->escalation, all->escalation, held ? ESCALATION_RESCUE : ESCALATION_STANDARD),
        .hba1c_target_pct = isnan(target) ? p->type2_target_hba1c_pct : target};
    set_insulin(p, lane, (insulin_care)t->care.plan.insulin, false);
    if (lane->arm->sets_drugs)
        for (int i = 0; i < GLUCOSE_DRUG_COUNT; i++) t->drugs.taken[i] = lane->arm->drugs[i];
    t->comparator = lane->arm->comparator;
    t->care.reducing = of_cells;
    t->care.holding = held && t->care.plan.titration == TITRATION_USUAL;
    t->care.entry_basal_u = lane->care.long_acting_u;
    for (int m = 0; m < MAIN_MEALS; m++) t->care.entry_meal_u[m] = t->care.meal_u[m];
    if (t->comparator == COMPARATOR_WEIGHT_LOSS || t->comparator == COMPARATOR_BYPASS_SURGERY) {
        t->care.reducing = true;
        if (t->comparator == COMPARATOR_WEIGHT_LOSS) stop_drugs(t); /* as DiRECT does on its first day */
        set_basal(lane, 0.5 * lane->care.long_acting_u);
        for (int m = 0; m < MAIN_MEALS; m++) t->care.meal_u[m] *= 0.5;
    }
    care_week_begins(&lane->care); /* or lows would be counted over other days than those of a review */
    review_begins(&t->care, 1);
}

/* ---- doses of the moment ---- */

double care_type2_meal_bolus_u(const lane *lane, int meal)
{
    return meal < MAIN_MEALS ? care_pen_dose(lane->type2.care.meal_u[meal]) : 0.0; /* nothing with snacks */
}

void care_type2_reading(lane *lane, double plasma_mg_dl, bool fasting)
{
    titration_log *log = &lane->type2.care.titration;
    if (plasma_mg_dl < log->lowest) log->lowest = plasma_mg_dl;
    if (!fasting) return;
    log->fasting_sum += plasma_mg_dl;
    log->fasting_n++;
    lane->type2.care.fasting_mg_dl += FASTING_SHARE * (plasma_mg_dl - lane->type2.care.fasting_mg_dl);
}

/* ---- reviews ---- */

/* Lows by day that no dose of a meal answers for: who has such doses loses a tenth of the one that made them, as always. */
static bool has_basal_lows(const params *p, const lane *lane)
{
    bool low = false;
    for (int part = 0; part < DAY_PARTS; part++) low = low || care_share_low_pct(&lane->care, part) > p->titration_low_pct;
    return low && lane->type2.care.insulin == INSULIN_BASAL;
}

/* True when insulin was reduced. */
static bool reduce_insulin(const run_plan *run, lane *lane)
{
    const params *p = run->params;
    type2_care *care = &lane->type2.care;
    const titration_log *log = &care->titration;
    double below = care->hba1c_pct < care->plan.hba1c_target_pct ? p->type2_goal_fasting_mg_dl : p->type2_reduce_fasting_mg_dl;
    if (!has_basal_lows(p, lane) && !(log->fasting_sum / log->fasting_n < below)) return false;
    double daily = lane->care.long_acting_u = REDUCE_STEP * lane->care.long_acting_u;
    for (int m = 0; m < MAIN_MEALS; m++) daily += care->meal_u[m] *= REDUCE_STEP;
    if (daily < OFF_BELOW_U) set_insulin(p, lane, INSULIN_NONE, false);
    return true;
}

/* Held treatment: what was taken away comes back as in ordinary care, but no dose rises above that of day 0. One that rises only
 * far above target would ratchet: every low week takes a fifth, and glucose of all arms would rise for good. */
static void give_back(const run_plan *run, lane *lane, int day, draw *d)
{
    type2_care *care = &lane->type2.care;
    double basal_before_u = lane->care.long_acting_u, meal_before_u[MAIN_MEALS];
    for (int m = 0; m < MAIN_MEALS; m++) meal_before_u[m] = care->meal_u[m];
    usual_titration(run, lane, day, d);
    if (care->insulin == INSULIN_BASAL_BOLUS) titrate_meals(run, lane, day, d);
    lane->care.long_acting_u = bounded(lane->care.long_acting_u, 0.0, fmax(care->entry_basal_u, basal_before_u));
    for (int m = 0; m < MAIN_MEALS; m++) care->meal_u[m] = bounded(care->meal_u[m], 0.0, fmax(care->entry_meal_u[m], meal_before_u[m]));
}

static void review_insulin(const run_plan *run, lane *lane, int day, draw *d)
{
    type2_care *care = &lane->type2.care;
    if (care->insulin == INSULIN_NONE || care->titration.fasting_n == 0) return;
    if (day < SETTLING_ENDS) {
        settle_doses(run, lane);
        return;
    }
    if (care->reducing && reduce_insulin(run, lane)) return;
    if (care->holding && care->titration.fasting_sum / care->titration.fasting_n < run->params->type2_hold_fasting_mg_dl) {
        give_back(run, lane, day, d);
        return;
    }
    if (care->plan.titration == TITRATION_USUAL) usual_titration(run, lane, day, d);
    else climb(&ladders[care->plan.titration], lane);
    if (care->insulin == INSULIN_BASAL_BOLUS) titrate_meals(run, lane, day, d);
}

static void diagnose(type2_care *care, double hba1c_pct, double fasting_mg_dl)
{
    bool high = hba1c_pct >= DIABETIC_HBA1C_PCT || fasting_mg_dl >= DIABETIC_FASTING_MG_DL;
    care->high_visits = high ? care->high_visits + 1 : 0;
    if (care->high_visits >= CONFIRMED_VISITS) care->diagnosed = true;
}

static void quarterly_visit(const run_plan *run, lane *lane, int day, draw *d)
{
    const params *p = run->params;
    type2 *t = &lane->type2;
    double acts = draw_uniform(d), fasting = t->care.fasting_mg_dl;
    double hba1c_pct = t->care.hba1c_pct = visit_hba1c_pct(run, lane, day + 1, d);
    diagnose(&t->care, hba1c_pct, fasting);
    if (!t->care.diagnosed) return;
    bool fell = hba1c_pct < p->type2_reduce_hba1c_pct && hba1c_pct < t->care.entry_hba1c_pct - FALL_PCT;
    if (t->care.reducing && t->care.insulin == INSULIN_NONE && fell) take_one_away(t);
    if (hba1c_pct > t->care.plan.hba1c_target_pct && give_one_back(t)) return;
    bool above = hba1c_pct > t->care.plan.hba1c_target_pct && acts < p->type2_escalation_chance;
    if (t->care.plan.escalation == ESCALATION_STANDARD && above) escalate(p, lane);
    if (t->care.plan.escalation == ESCALATION_RESCUE && fasting > p->type2_rescue_fasting_mg_dl) escalate(p, lane);
}

void care_type2_day_end(const run_plan *run, lane *lane, int day)
{
    type2_care *care = &lane->type2.care;
    draw d = draw_from(run->seed, lane->who->key, RNG_care, (uint64_t)(day + run->run_in_day));
    int every = care->plan.titration == TITRATION_USUAL ? WEEK : ladders[care->plan.titration].every_day;
    if (day < SETTLING_ENDS) every = SETTLE_EVERY_DAYS;
    bool untreated = glucose_drugs_count(&lane->type2.drugs) == 0 && care->insulin == INSULIN_NONE;
    care->days_untreated = untreated ? care->days_untreated + 1 : 0;
    lane->care.days++;
    if (day - care->titration.day + 1 >= every) {
        review_insulin(run, lane, day, &d);
        review_begins(care, day + 1);
    }
    if (day == 0) care->hba1c_pct = care->entry_hba1c_pct = visit_hba1c_pct(run, lane, day, &d);
    if (day > 0 && day % CLINIC_DAYS == 0) quarterly_visit(run, lane, day, &d);
    if (lane->care.days >= WEEK) care_week_begins(&lane->care);
}
