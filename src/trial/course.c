/* Course: what happens to a person in an arm from day to day - drugs given, what cells do (giving.c gives them), graft and kidney, severe
 * hypoglycaemia, harms, death, leaving. Chance is drawn from (seed, person, day), the same in every arm, so that arms
 * differ only by what was done. */
#include <limits.h>
#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "physiology/slow.h"
#include "trial/lane.h"

#define INDEPENDENT_DAYS 14
#define KIDNEY_INJURY_FRAC 0.70   /* of the eGFR at day 0 */

void course_event(lane *lane, int day, event_kind kind, double value)
{
    if (day >= lane->end_day) return; /* nothing happens to people who are gone */
    lane->happened[kind] = true;
    if (lane->n_events < lane->max_events)
        lane->events[lane->n_events++] = (patient_event){day, (int32_t)kind, value};
}

static void ends(lane *lane, int day, event_kind kind)
{
    course_event(lane, day, kind, NAN);
    if (day < lane->end_day) lane->end_day = day + 1;
}

/* ---- drugs ---- */

static void start_drugs(const run_plan *run, lane *lane, int day)
{
    lane->drugs.regimen = &run->protocol->regimens[lane->arm->regimen];
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_DRUGS);
    bool infected = draw_uniform(&d) < lane->drugs.regimen->cmv_infection_frac.value;
    double onset = -run->params->cmv_median_day / 0.69314718055994531 * lanes_log(draw_uniform(&d));
    lane->cmv_day = infected && onset < 1e6 ? day + (int)onset : -1;
}

/* Exposure is full while the drugs are taken and fades with the wash-out after a stop. */
static void step_drugs(const run_plan *run, lane *lane, int day)
{
    const protocol_arm *arm = lane->arm;
    if (arm->regimen < 0) return;
    if (day == arm->regimen_start_day) start_drugs(run, lane, day);
    if (!lane->drugs.regimen) return;
    if (day == arm->regimen_stop_day) course_event(lane, day, EVENT_immunosuppression_stopped, NAN);
    if (day >= arm->regimen_stop_day)
        lane->drugs.exposure_frac *= lanes_exp(-1.0 / lane->drugs.regimen->washout_day.value);
    else {
        lane->drugs.exposure_frac = 1.0;
        lane->days_on_drugs += 1.0;
    }
    lane->sensitivity_factor = drug_effect(&lane->drugs, lane->drugs.regimen->insulin_sensitivity_factor.value, 1.0);
}

/* ---- what follows ---- */

/* A severe event needs a low: on a day with plasma glucose below 54 mg/dL its hazard is
 *   h ratio^((1 - W)/(1 - W_ref)) frailty,  W awareness,
 * on other days 0. Time below 70 acts through the number of such days; the published rate ratio of 1.23 per % of time below 70
 * (doi:10.1177/15209156261432166) is a check of that, not an input (docs/model.md). */
static void severe_hypoglycaemia(const run_plan *run, lane *lane, int day, draw *d)
{
    const params *p = run->params;
    double fatal = draw_uniform(d), chance = draw_uniform(d);
    if (!lane->low_today) return;
    double unaware = (1.0 - lane->awareness) / (1.0 - p->awareness_impaired_typical);
    double hazard = p->severe_hypo_per_low_day * lane->who->severe_hypo_frailty *
                    lanes_exp(lanes_log(p->severe_hypo_unaware_ratio) * unaware);
    if (!(chance < 1.0 - lanes_exp(-hazard))) return;
    course_event(lane, day, EVENT_severe_hypo, NAN);
    lane->severe_hypo_since_visit++;
    if (fatal < p->severe_hypo_fatality) ends(lane, day, EVENT_death);
}

static void kidney(const run_plan *run, lane *lane, int day)
{
    double years = (day + 1) / DAYS_PER_YEAR;
    double drugs = lane->drugs.regimen
                       ? egfr_drug_loss(run->params, lane->drugs.regimen, lane->days_on_drugs / DAYS_PER_YEAR)
                       : 0.0;
    double day0 = lane->who->egfr_ml_min_1_73m2;
    double egfr = day0 - run->params->egfr_age_slope_per_year * years - drugs * lane->who->kidney_response;
    lane->egfr = egfr > 5.0 ? egfr : 5.0; /* kidney failure: replaced, not followed further down */
    if (lane->egfr <= KIDNEY_INJURY_FRAC * day0 && !lane->happened[EVENT_kidney_injury])
        course_event(lane, day, EVENT_kidney_injury, lane->egfr);
}

static void harms(const run_plan *run, lane *lane, int day, draw *d)
{
    const params *p = run->params;
    double infection = draw_uniform(d), cancer = draw_uniform(d), death = draw_uniform(d), leaves = draw_uniform(d);
    if (lane->drugs.regimen) {
        double exposure = lane->drugs.exposure_frac / DAYS_PER_YEAR;
        if (infection < lane->drugs.regimen->serious_infection_per_year.value * exposure)
            course_event(lane, day, EVENT_serious_infection, NAN);
        if (cancer < lane->drugs.regimen->malignancy_per_year.value * exposure && !lane->happened[EVENT_malignancy])
            course_event(lane, day, EVENT_malignancy, NAN);
        if (day == lane->cmv_day) course_event(lane, day, EVENT_cmv_infection, NAN);
    }
    if (death < p->background_mortality_per_year / DAYS_PER_YEAR || day == lane->treatment_death_day)
        ends(lane, day, EVENT_death);
    if (leaves < 1.0 - lanes_exp(lanes_log(1.0 - run->protocol->dropout_probability_per_year) / DAYS_PER_YEAR))
        ends(lane, day, EVENT_withdrawn);
}

static void independence(lane *lane, int day, double insulin_u)
{
    lane->days_without_insulin = insulin_u > 0.0 ? 0 : lane->days_without_insulin + 1;
    if (lane->days_without_insulin == INDEPENDENT_DAYS) {
        course_event(lane, day - INDEPENDENT_DAYS + 1, EVENT_insulin_stopped, NAN);
        lane->independent = true;
    }
    if (lane->independent && insulin_u > 0.0) {
        course_event(lane, day, EVENT_insulin_resumed, NAN);
        lane->independent = false;
    }
}

static void graft_after_day(const run_plan *run, lane *lane, int day)
{
    const day_tally *today = &lane->tally[day + run->run_in_day];
    const graft_day_of world = {run->params, lane->who, &lane->drugs, run->protocol->alternatives, today->mean_glucose_mg_dl,
                                lane->signals.vessel_gain, 1.0 - lane->signals.effector_brake_frac};
    graft_day(&lane->graft, &world);
    double function = graft_function(&lane->graft, run->params, lane->who, &lane->drugs);
    if (function >= run->params->graft_worked_function) lane->graft_worked = true;
    if (lane->graft_worked && !lane->graft_lost && function < run->params->graft_lost_function) {
        lane->graft_lost = true;
        course_event(lane, day, EVENT_graft_lost, NAN);
    }
}

/* What is given on a day is given after its visit, so that day 0 is before treatment: it acts from the next day. */
void course_day(const run_plan *run, lane *lane, int day)
{
    draw d = draw_from(run->seed, lane->who->key, RNG_severe_hypo, (uint64_t)(day + run->run_in_day));
    draw h = draw_from(run->seed, lane->who->key, RNG_harms, (uint64_t)(HARM_DRAWS_DAY + day));
    step_drugs(run, lane, day);
    giving_day(run, lane, day);
    signals_day(&lane->cells, run->params, &lane->arm->mechanisms, (effect_account)run->protocol->alternatives.mesenchymal_effect, &lane->signals);
    graft_after_day(run, lane, day);
    kidney(run, lane, day);
    independence(lane, day, lane->tally[day + run->run_in_day].insulin_u);
    severe_hypoglycaemia(run, lane, day, &d);
    harms(run, lane, day, &h);
}
