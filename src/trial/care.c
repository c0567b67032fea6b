/* Care: basal-bolus insulin as people and clinics do it. Every decision uses sensor glucose and what was counted,
 * never the true state. Doses are titrated once a week; after cells were given insulin is reduced by a weekly rule, and when
 * they are dead the doses before them are taken up again.
 * The rules in words are at the end of this file and appear in every report. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/number.h"
#include "trial/lane.h"

/* Where the rules come from: carbohydrate ratio 450-500 and correction 1700-1800 over the daily dose, active insulin 3 to 5 h
 * (PMC10563601 table 3); correction only above 150 mg/dL (simglucose); rapid insulin 300/75 min (oref0). The rest is assumed: the pause
 * between corrections, half-unit pens and their largest dose, waking hours, the doses of the first day and of a restart. */
#define CORRECTION_TARGET_MG_DL 120.0
#define MEAL_CORRECTION_ABOVE_MG_DL 150.0 /* no correction with a meal below this */
#define CORRECTION_PAUSE_MIN 60
#define PEN_STEP_U 0.5
#define DOSE_MAX_U 30.0
#define START_BASAL_FRAC 0.75             /* of the basal need without lows; the run-in titrates from here */
#define START_DAILY_OVER_BASAL 1.7        /* first daily dose over basal need */
#define RULE_CARB_RATIO 450.0             /* g/U = 450 / daily dose */
#define RULE_CORRECTION 1700.0            /* mg/dL per U = 1700 / daily dose */
#define AWAKE_FROM (7 * 60)
#define AWAKE_TO (23 * 60)
#define SYMPTOMS_BELOW_MG_DL 65.0
#define LOW_SENSOR_MG_DL 70.0
#define URGENT_SENSOR_MG_DL 55.0
#define WEEK 7
#define CARE_HBA1C_DRAWS ((uint64_t)1 << 32) /* of the stream of care, beyond its days */

/* ---- insulin on board ----
 * Exponential activity curve with duration td and peak tp:
 *   IOB(t) = 1 - S {[t^2/(tau td) - (1 - a)(t/tau + 1)] exp(-t/tau) + (1 - a)}
 *   tau = tp (1 - tp/td)/(1 - 2 tp/td), a = 2 tau/td, S = 1/(1 - a + (1 + a) exp(-td/tau))
 * openaps/oref0, LoopKit; written so that it stays defined at tp/td = 0.2929. */
#define ACTIVE_MIN 300.0
#define PEAK_MIN 75.0

double care_on_board_frac(double minutes, double active_min, double peak_min)
{
    if (!(minutes < active_min)) return 0.0;
    double tau = peak_min * (1.0 - peak_min / active_min) / (1.0 - 2.0 * peak_min / active_min);
    double a = 2.0 * tau / active_min, s = 1.0 / (1.0 - a + (1.0 + a) * lanes_exp(-active_min / tau));
    double t = minutes / tau;
    return 1.0 - s * ((minutes * t / active_min - (1.0 - a) * (t + 1.0)) * lanes_exp(-t) + (1.0 - a));
}

static double on_board_u(const care_state *care, int64_t now)
{
    double sum = 0.0;
    for (int i = 0; i < BOLUS_LOG; i++)
        if (care->bolus_u[i] > 0.0)
            sum += care->bolus_u[i] * care_on_board_frac((double)(now - care->bolus_minute[i]), ACTIVE_MIN, PEAK_MIN);
    return sum;
}

void care_log_bolus(lane *lane, int64_t now, double units)
{
    care_state *care = &lane->care;
    care->bolus_u[care->bolus_next] = units;
    care->bolus_minute[care->bolus_next] = now;
    care->bolus_next = (care->bolus_next + 1) % BOLUS_LOG;
}

/* Pens give half units. */
double care_pen_dose(double units)
{
    if (!(units > 0.0)) return 0.0;
    if (units > DOSE_MAX_U) units = DOSE_MAX_U;
    return PEN_STEP_U * (double)(int64_t)(units / PEN_STEP_U + 0.5);
}

/* ---- doses of the moment ---- */

double care_meal_bolus_u(lane *lane, int64_t now, double cgm_mg_dl, int meal, double counted_g)
{
    const care_state *care = &lane->care;
    int ratio = meal < MAIN_MEALS ? meal : MAIN_MEALS - 1; /* snacks use dinner's ratio */
    double units = counted_g / care->carb_ratio_g_per_u[ratio];
    double above = (cgm_mg_dl - CORRECTION_TARGET_MG_DL) / care->sensitivity_mg_dl_per_u;
    if (cgm_mg_dl > MEAL_CORRECTION_ABOVE_MG_DL) {
        double missing = above - on_board_u(care, now);
        if (missing > 0.0) units += missing;
    } else if (cgm_mg_dl < LOW_SENSOR_MG_DL) {
        units += above; /* less insulin when low */
    }
    return care_pen_dose(units);
}

double care_correction_u(const run_plan *run, lane *lane, int64_t now, double cgm_mg_dl, bool ignores_on_board)
{
    care_state *care = &lane->care;
    if (!(cgm_mg_dl > run->params->correction_threshold_mg_dl)) return 0.0;
    if (now - care->last_correction < CORRECTION_PAUSE_MIN) return 0.0;
    double units = (cgm_mg_dl - CORRECTION_TARGET_MG_DL) / care->sensitivity_mg_dl_per_u;
    if (!ignores_on_board) units -= on_board_u(care, now);
    units = care_pen_dose(units);
    if (units > 0.0) care->last_correction = now;
    return units;
}

/* Insulin is weaned while the cells given, or after a reset the own ones, can do as much as a graft that is not lost; else care is the usual. */
static bool is_weaning(const params *p, const lane *lane)
{
    if (!lane->care.weaning) return false;
    bool own = lane->engraftment_day >= 0 && lane->native.active_frac + lane->native.inactive_frac >= p->graft_lost_function;
    return own || graft_promise(&lane->graft, p, lane->who) >= p->graft_lost_function;
}

/* The first weeks after an infusion, while insulin is weaned: reviews every few days, and low readings are acted on. */
static bool is_supervised(const params *p, const lane *lane)
{
    const graft *graft = &lane->graft;
    return graft->n_courses > 0 && is_weaning(p, lane) && graft->courses[graft->n_courses - 1].age_day < p->supervision_day;
}

/* Carbohydrate against a low: an alarm that is heard, or symptoms that are felt. 0 if nothing is done. */
double care_rescue_g(const run_plan *run, lane *lane, int64_t now, double cgm_mg_dl, double plasma_mg_dl)
{
    const params *p = run->params;
    care_state *care = &lane->care;
    if (now - care->last_rescue < (int64_t)p->rescue_lockout_min) return 0.0;
    int minute = (int)(now % MINUTES_PER_DAY);
    bool awake = minute >= AWAKE_FROM && minute < AWAKE_TO;
    double unnoticed = 1.0;
    double heard = awake ? p->alarm_response_awake : p->alarm_response_asleep;
    if (is_supervised(p, lane)) heard = p->supervision_response;
    if (cgm_mg_dl < LOW_SENSOR_MG_DL) unnoticed *= 1.0 - heard;
    if (cgm_mg_dl < URGENT_SENSOR_MG_DL) unnoticed *= 1.0 - p->alarm_response_urgent;
    if (plasma_mg_dl < SYMPTOMS_BELOW_MG_DL) unnoticed *= 1.0 - p->symptom_response * lane->awareness;
    draw d = draw_from(run->seed, lane->who->key, RNG_rescue, (uint64_t)now);
    if (draw_uniform(&d) < unnoticed) return 0.0;
    care->last_rescue = now;
    return lane->who->habits.rescue_scale * draw_lognormal(&d, p->rescue_g, p->rescue_cv);
}

/* ---- once a week ---- */

void care_week_begins(care_state *care)
{
    care->fasting_sum = care->post_meal_sum = care->insulin_u = 0.0;
    care->fasting_n = care->fasting_high_n = care->post_meal_n = care->days = 0;
    for (int i = 0; i < DAY_PARTS; i++) {
        care->part_sum[i] = 0.0;
        care->part_n[i] = care->part_low_n[i] = 0;
    }
}

double care_share_low_pct(const care_state *care, int part)
{
    return care->part_n[part] ? 100.0 * care->part_low_n[part] / care->part_n[part] : 0.0;
}

static double bounded(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

/* All doses times a factor: less insulin for factors below 1. */
static void scale_doses(care_state *care, double factor)
{
    care->long_acting_u *= factor;
    for (int m = 0; m < MAIN_MEALS; m++)
        care->carb_ratio_g_per_u[m] = bounded(care->carb_ratio_g_per_u[m] / factor, 2.0, 400.0);
}

static void set_correction_factor(care_state *care, double daily_u)
{
    if (daily_u > 1.0) care->sensitivity_mg_dl_per_u = bounded(RULE_CORRECTION / daily_u, 10.0, 300.0);
}

/* Cells of the person's own that may make insulin superfluous for a while. */
static bool has_own_cells(const lane *lane)
{
    return lane->who->diabetes == DIABETES_TYPE1 && lane->who->native_function_frac > 0.0;
}

#define ADMITTED_ABOVE_MG_DL 450.0 /* mean sensor glucose of a day that brings a person to hospital; assumed */

/* The dose by weight with which insulin begins, half of it long-acting. */
static void begin_anew(const params *p, lane *lane)
{
    care_state *care = &lane->care;
    double daily_u = (lane->who->child ? p->new_onset_child_u_per_kg_day : p->new_onset_u_per_kg_day) * lane->who->kinetics.bw;
    care->long_acting_u = 0.5 * daily_u;
    for (int m = 0; m < MAIN_MEALS; m++) care->carb_ratio_g_per_u[m] = bounded(RULE_CARB_RATIO / daily_u, 2.0, 60.0);
    set_correction_factor(care, daily_u);
}

/* Off insulin when so little is left that it is not worth injecting. */
static void stop_if_little(const params *p, lane *lane, double daily_u)
{
    care_state *care = &lane->care;
    double least = has_own_cells(lane) ? p->new_onset_off_u_per_kg_day : p->wean_off_u_per_kg_day;
    if (!(daily_u < least * lane->who->kinetics.bw) && !(daily_u < p->wean_off_u_per_day && !lane->who->child)) return;
    care->off_insulin = true;
    care->hba1c_last_visit_pct = NAN; /* what was found on insulin says nothing about life without it */
}

double care_review_chance(const run_plan *run, int day, double usual)
{
    return day < 0 && run->protocol->preparation.glucose_stabilised ? 1.0 : usual;
}

/* Ordinary titration: the night decides the long-acting dose, the hours after each meal its ratio. Who has beta cells left has good glucose without
 * lows on more insulin than needed; clinics leave it at that and do not let glucose rise to the target from below. */
static void titrate(const run_plan *run, lane *lane, int day, draw *d)
{
    const params *p = run->params;
    bool own_cells = has_own_cells(lane),
         at_onset = own_cells && day - course_diagnosis_day(lane->who) < (int)p->new_onset_titration_day;
    double least = own_cells ? 0.01 : 0.05, mildest = own_cells ? 200.0 : 60.0;
    double chance =
        at_onset ? 1.0 : care_review_chance(run, day, own_cells ? p->new_onset_titration_chance : p->titration_chance);
    care_state *care = &lane->care;
    double bw = lane->who->kinetics.bw, shift = p->fear_target_mg_dl * lane->who->habits.fear;
    double eased_fasting = own_cells ? p->new_onset_low_fasting_mg_dl : p->target_fasting_mg_dl + shift - 30.0;
    double eased_window = own_cells ? p->new_onset_low_window_mg_dl : p->target_window_mg_dl + shift - 30.0;
    double up = 1.0 + p->titration_step, down = 1.0 - (at_onset ? p->wean_step : p->titration_low_step);

    if (draw_uniform(d) < chance && care->fasting_n) {
        double fasting = care->fasting_sum / care->fasting_n, target = p->target_fasting_mg_dl + shift;
        if (care_share_low_pct(care, 0) > p->titration_low_pct) care->long_acting_u *= down;
        else if (fasting > target + 10.0) care->long_acting_u *= up;
        else if (fasting < eased_fasting) care->long_acting_u /= up;
        care->long_acting_u = bounded(care->long_acting_u, least * bw, 0.8 * bw);
    }
    for (int m = 0; m < MAIN_MEALS; m++) {
        int part = m + 1;
        if (!(draw_uniform(d) < chance) || !care->part_n[part]) continue;
        double mean = care->part_sum[part] / care->part_n[part], target = p->target_window_mg_dl + shift;
        double *ratio = &care->carb_ratio_g_per_u[m];
        if (care_share_low_pct(care, part) > p->titration_low_pct) *ratio /= down;
        else if (mean > target + 10.0) *ratio /= up;
        else if (mean < eased_window) *ratio *= up;
        *ratio = bounded(*ratio, 2.0, mildest);
    }
    if (own_cells) stop_if_little(p, lane, care->insulin_u / care->days);
}

void care_wean_begins(const run_plan *run, lane *lane)
{
    care_state *care = &lane->care;
    care->weaning = run->protocol->wean == WEAN_TRIAL_PROTOCOL;
    if (!care->weaning || care->remembers) return;
    care->remembers = true;
    care->former_long_acting_u = care->long_acting_u;
    for (int m = 0; m < MAIN_MEALS; m++) care->former_carb_ratio_g_per_u[m] = care->carb_ratio_g_per_u[m];
}

/* The cells are dead: what was enough without them is enough again, and titration goes on from there. No dose falls. False if there is nothing to go
 * back to. */
static bool take_up_former_doses(lane *lane)
{
    care_state *care = &lane->care;
    if (!care->remembers) return false;
    care->remembers = false;
    if (care->off_insulin || care->long_acting_u < care->former_long_acting_u) care->long_acting_u = care->former_long_acting_u;
    for (int m = 0; m < MAIN_MEALS; m++)
        if (care->off_insulin || care->carb_ratio_g_per_u[m] > care->former_carb_ratio_g_per_u[m])
            care->carb_ratio_g_per_u[m] = care->former_carb_ratio_g_per_u[m];
    return true;
}

static bool is_high(const params *p, const care_state *care)
{
    return (care->fasting_n && care->fasting_sum / care->fasting_n > p->resume_fasting_mg_dl) ||
           (care->post_meal_n && care->post_meal_sum / care->post_meal_n > p->resume_post_meal_mg_dl);
}

/* After cells: less insulin while glucose is good or low, one step back when it is not, off when little is left. */
static void wean(const run_plan *run, lane *lane)
{
    const params *p = run->params;
    care_state *care = &lane->care;
    if (!care->fasting_n || !care->post_meal_n) return;
    double fasting = care->fasting_sum / care->fasting_n, post_meal = care->post_meal_sum / care->post_meal_n;
    double daily_u = care->insulin_u / care->days, bw = lane->who->kinetics.bw;
    bool low = false;
    for (int part = 0; part < DAY_PARTS; part++) low = low || care_share_low_pct(care, part) > p->titration_low_pct;

    if ((fasting < p->wean_fasting_mg_dl && post_meal < p->wean_post_meal_mg_dl) || low) {
        scale_doses(care, 1.0 - p->wean_step);
        stop_if_little(p, lane, daily_u * (1.0 - p->wean_step));
    } else if (fasting > p->resume_fasting_mg_dl || post_meal > p->resume_post_meal_mg_dl) {
        scale_doses(care, 1.0 / (1.0 - p->wean_step));
        care->long_acting_u = bounded(care->long_acting_u, 0.02 * bw, 0.8 * bw);
    }
}

#define RESUME_U_PER_KG 0.15        /* daily dose with which insulin starts again, half of it long-acting */
#define RESUME_HBA1C_PCT 7.0
#define HBA1C_TELLS_DAY 90          /* for about three months HbA1c remembers the time before insulin was stopped */

/* What a visit finds counts once it is of the time without insulin; on insulin nothing asks for it. */
void care_sees_hba1c(lane *lane, double hba1c_pct)
{
    if (lane->days_without_insulin >= HBA1C_TELLS_DAY) lane->care.hba1c_last_visit_pct = hba1c_pct;
}

#define HBA1C_CHECK_DAY 91 /* recipients are seen every three months, whatever visits a protocol reports; assumed */

static void hba1c_between_visits(const run_plan *run, lane *lane, int day)
{
    if (!lane->care.off_insulin || lane->graft.n_courses == 0 || lane->days_without_insulin == 0 ||
        lane->days_without_insulin % HBA1C_CHECK_DAY != 0)
        return;
    draw d = draw_from(run->seed, lane->who->key, RNG_care, CARE_HBA1C_DRAWS + (uint64_t)(day + run->run_in_day));
    care_sees_hba1c(lane, visit_hba1c_pct(run, lane, day + 1, &d));
}

static void resume_if_needed(const run_plan *run, lane *lane)
{
    care_state *care = &lane->care;
    bool high = care->fasting_high_n >= (int)run->params->resume_fasting_days;
    if (!high && !(care->hba1c_last_visit_pct > RESUME_HBA1C_PCT)) return;
    double daily_u = RESUME_U_PER_KG * lane->who->kinetics.bw;
    bool former = care->weaning && !is_weaning(run->params, lane) && take_up_former_doses(lane);
    care->off_insulin = false;
    care->hba1c_last_visit_pct = NAN;
    if (former) return; /* the correction factor is still theirs or follows within a week */
    care->long_acting_u = 0.5 * daily_u;
    for (int m = 0; m < MAIN_MEALS; m++) care->carb_ratio_g_per_u[m] = bounded(RULE_CARB_RATIO / daily_u, 2.0, 60.0);
    set_correction_factor(care, daily_u);
}

void care_start(lane *lane, double basal_u_per_day)
{
    care_state *care = &lane->care;
    *care = (care_state){.long_acting_u = START_BASAL_FRAC * basal_u_per_day, .hba1c_last_visit_pct = NAN, .last_correction = -MINUTES_PER_DAY,
                         .last_rescue = -MINUTES_PER_DAY};
    double daily_u = START_DAILY_OVER_BASAL * basal_u_per_day;
    for (int m = 0; m < MAIN_MEALS; m++) care->carb_ratio_g_per_u[m] = bounded(RULE_CARB_RATIO / daily_u, 2.0, 60.0);
    set_correction_factor(care, daily_u);
}

/* Diabetes is found: insulin begins with a usual dose by weight, which titration then fits to what the person's own cells do. */
void care_diagnose(const run_plan *run, lane *lane)
{
    lane->care.undiagnosed = lane->care.off_insulin = false;
    begin_anew(run->params, lane);
}

void care_day_end(const run_plan *run, lane *lane, int day)
{
    care_state *care = &lane->care;
    if (care->undiagnosed && day + 1 >= course_diagnosis_day(lane->who)) {
        care_diagnose(run, lane);
        care_week_begins(care);
        return;
    }
    care->days++;
    const day_tally *today = &lane->tally[day + run->run_in_day];
    if (has_own_cells(lane) && !care->undiagnosed && today->cgm_sum > ADMITTED_ABOVE_MG_DL * today->cgm_n) {
        care->off_insulin = false;
        begin_anew(run->params, lane);
        care_week_begins(care);
        return;
    }
    hba1c_between_visits(run, lane, day);
    if (care->days < (is_supervised(run->params, lane) ? (int)run->params->supervision_review_day : WEEK)) return;
    draw d = draw_from(run->seed, lane->who->key, RNG_care, (uint64_t)(day + run->run_in_day));
    if (care->undiagnosed) care->days = 0;
    else if (care->off_insulin) resume_if_needed(run, lane);
    else {
        if (is_weaning(run->params, lane)) wean(run, lane);
        else if (!care->weaning || !is_high(run->params, care) || !take_up_former_doses(lane)) titrate(run, lane, day, &d);
        set_correction_factor(care, care->insulin_u / care->days);
    }
    care_week_begins(care);
}

/* ---- the rules in words ----
 * A rule's text holds %s where the numbers of params.def go, so that a report never says other numbers than were used. */

#define RULE_NUMBERS 8

typedef struct {
    const char *text;
    size_t offset[RULE_NUMBERS]; /* of the parameters, in order; 0 ends the list */
    bool percent[RULE_NUMBERS];  /* shown times 100 */
    bool weaning;                /* holds only where insulin is weaned after cells */
    bool type2;                  /* holds without type 1 diabetes, the others with it (care_type2.c) */
    bool own_cells;              /* holds where people have beta cells of their own */
    bool held;                   /* holds where treatment is held */
} care_rule;

#define AT(key) offsetof(params, key)

static const care_rule rules[] = {
    {"Long-acting insulin once a day at 22:00 and rapid insulin with meals, from counted carbohydrate and sensor glucose; "
     "corrections above %s mg/dL towards 120 mg/dL.",
     {AT(correction_threshold_mg_dl)},
     {false},
     false,
     false,
     false,
     false},
    {"Once a week: the night decides the long-acting dose, the hours after each meal that meal's carbohydrate ratio; "
     "doses fall %s % where more than %s % of readings were below 70 mg/dL and rise %s % above the person's own target (on average %s "
     "mg/dL fasting and %s mg/dL after meals).",
     {AT(titration_low_step), AT(titration_low_pct), AT(titration_step), AT(target_fasting_mg_dl),
      AT(target_window_mg_dl)},
     {true, false, true, false, false},
     false,
     false,
     false,
     false},
    {"In people with beta cells of their own doses also fall where mean fasting glucose is below %s or that after a meal below %s mg/dL; lows of the first "
     "%s days after diagnosis cut them by %s %, every week is acted on in that time and %s % of the weeks later, and insulin stops below %s U/kg a day.",
     {AT(new_onset_low_fasting_mg_dl), AT(new_onset_low_window_mg_dl), AT(new_onset_titration_day), AT(wean_step),
      AT(new_onset_titration_chance), AT(new_onset_off_u_per_kg_day)},
     {false, false, false, true, true, false},
     false,
     false,
     true,
     false},
    {"After cells were given and while what lives of them could do as much as a graft that is not lost, instead, once a week and in the first %s days every %s days: all doses fall %s % if mean fasting glucose is below %s and mean glucose two hours after meals below %s "
     "mg/dL, or if lows call for it; they go one step back above %s or %s mg/dL.",
     {AT(supervision_day), AT(supervision_review_day), AT(wean_step), AT(wean_fasting_mg_dl), AT(wean_post_meal_mg_dl),
      AT(resume_fasting_mg_dl), AT(resume_post_meal_mg_dl)},
     {false, false, true, false, false, false, false},
     true,
     false,
     false,
     false},
    {"When less lives of them than that, the doses of the day on which they were given are taken up again, at once and whole, in the first week with mean glucose above %s mg/dL "
     "fasting or %s mg/dL after meals; titration goes on from there. After cells were given.",
     {AT(resume_fasting_mg_dl), AT(resume_post_meal_mg_dl)},
     {false, false},
     true,
     false,
     false,
     false},
    {"Insulin stops when the day's dose is below %s U/kg or %s U, and starts again (0.15 U/kg) when fasting glucose is above %s mg/dL on "
     "%s of seven days (after an immune reset only in weeks with a mean glucose above 154 mg/dL) or HbA1c, measured at visits and every 91 days, is above "
     "7.0 % after 90 days without insulin.",
     {AT(wean_off_u_per_kg_day), AT(wean_off_u_per_day), AT(resume_fasting_mg_dl), AT(resume_fasting_days)},
     {false, false, false, false},
     true,
     false,
     false,
     false},
    {"Basal insulin once a day at 22:00 by fasting glucose: in ordinary care 2 U more in %s % of the weeks with a mean above %s mg/dL and %s % less after "
     "lows, or by the ladder that the protocol names. Insulin with meals is a dose for each meal, 2 U more where mean glucose after it is above %s mg/dL.",
     {AT(type2_titration_chance), AT(type2_target_fasting_mg_dl), AT(titration_low_step),
      AT(type2_target_post_meal_mg_dl)},
     {true, false, true, false},
     false,
     true,
     false,
     false},
    {"Every 91 days, unless the protocol says otherwise: HbA1c above %s % adds, at %s % of the visits, the next of metformin, a sulfonylurea, a DPP-4 "
     "inhibitor, basal insulin and insulin with meals; under rescue only fasting glucose above %s mg/dL does.",
     {AT(type2_target_hba1c_pct), AT(type2_escalation_chance), AT(type2_rescue_fasting_mg_dl)},
     {false, true, false},
     false,
     true,
     false,
     false},
    {"In every arm of a trial of cells, and after a weight-loss programme or surgery: insulin falls by 20 % in weeks with mean fasting glucose below %s "
     "mg/dL (%s while the last HbA1c is below its target) or, on basal insulin alone, with lows and stops below 6 U; without insulin, one drug stops at each quarterly visit with "
     "HbA1c below %s % that has fallen by half a point, and one that was stopped comes back at each with HbA1c above its target.",
     {AT(type2_reduce_fasting_mg_dl), AT(type2_goal_fasting_mg_dl), AT(type2_reduce_hba1c_pct)},
     {false, false, false},
     true,
     true,
     false,
     false},
    {"Treatment is held in every arm, as it is in a trial of cells (care: {treatment: usual} lets it go on): insulin that was taken away is given back as in "
     "ordinary care, rises above the dose of day 0 only in weeks with mean fasting glucose above %s mg/dL, and a treatment is added only as rescue.",
     {AT(type2_hold_fasting_mg_dl)},
     {false},
     false,
     true,
     false,
     true},
};

int care_rule_count(void)
{
    return (int)(sizeof(rules) / sizeof(*rules));
}

bool care_rule_holds(int index, const struct islet_protocol *protocol)
{
    bool type2 = protocol->population.diabetes != DIABETES_TYPE1;
    return rules[index].type2 == type2 && (!rules[index].weaning || protocol->wean == WEAN_TRIAL_PROTOCOL) &&
           (!rules[index].held || protocol_treatment_is_held(protocol)) && (!rules[index].own_cells || protocol->population.native_function_frac.mean > 0.0);
}

/* Append `text` to the string of length *used in `out`. */
static void append(char *out, size_t room, size_t *used, const char *text, size_t length)
{
    for (size_t i = 0; i < length && *used + 1 < room; i++) out[(*used)++] = text[i];
    out[*used] = 0;
}

void care_rule_text(int index, const params *p, char *out, size_t room)
{
    const care_rule *rule = &rules[index];
    size_t used = 0;
    int next = 0;
    for (const char *c = rule->text; *c; c++) {
        if (c[0] != '%' || c[1] != 's') {
            append(out, room, &used, c, 1);
            continue;
        }
        char number[NUMBER_TEXT];
        double value;
        memcpy(&value, (const char *)p + rule->offset[next], sizeof(value));
        value *= rule->percent[next++] ? 100.0 : 1.0;
        number_write_fixed(value, value == (double)(int64_t)value ? 0 : 2, number);
        append(out, room, &used, number, strlen(number));
        c++;
    }
}
