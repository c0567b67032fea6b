/* Group: the day loop.
 *
 *   each day      plan ─▶ sensor, rescue, events of five minutes ─▶ these five minutes in the kernel ─▶ end of the day:
 *                 tally, graft, awareness, kidney, hazards, care
 *   visit days    measured at 07:00 before breakfast
 *
 * Every decision is made per lane. */
#include "trial/group.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "physiology/basal.h"
#include "physiology/slow.h"
#include "trial/harms.h"

#define VISIT_MINUTE (7 * 60)
#define LIQUID_MG_PER_G 1000.0

/* ---- start ---- */

static void set_kinetic(lane_group *minute, int index, int l, double value)
{
    minute->k[index][l] = value;
}

/* The public subjects' basal state, held by long-acting insulin at its own steady state; without type 1 diabetes no depot is
 * filled, and their own secretion takes over in the first hours of the run-in. */
static void start_lane(const params *p, lane_group *minute, int l, const kinetics *k, bool type1)
{
    double x[MINUTE_STATES];
    basal_state(k, true, x);
    if (!type1) x[MINUTE_d1] = x[MINUTE_d2] = 0.0;
    basal_lane(k, x, minute, l);
    if (type1) basal_set_hypo_threshold(minute, l, p->hypo_uptake_below_mg_dl);
    minute->cgm_mg_dl[l] = minute->cgm_before_mg_dl[l] = k->gb;
}

void group_start(const run_plan *run, group *group)
{
    memset(&group->minute, 0, sizeof(group->minute));
    for (int l = 0; l < LANE_GROUP; l++) {
        lane *lane = &group->lanes[l];
        const kinetics *k = &lane->who->kinetics;
        group->minute.person[l] = lane->who->key;
        bool type1 = lane->who->diabetes == DIABETES_TYPE1;
        start_lane(run->params, &group->minute, l, k, type1);
        if (type1) care_start(lane, subject_basal_u_per_min(k) * MINUTES_PER_DAY);
        else type2_start(run, lane);
        lane->awareness = lane->who->impaired_awareness ? run->params->awareness_ceiling_impaired : 1.0;
        harms_start(lane);
        lane->sensitivity_factor = lane->remission_sensitivity = 1.0;
        lane->end_day = run->follow_up_day;
        course_start(run, lane);
    }
    run->kernel->prepare(&group->minute);
}

/* ---- within the day ---- */

static day_tally *tally_of(const run_plan *run, lane *lane, int day)
{
    return &lane->tally[day + run->run_in_day];
}

/* Give a dose. What was injected counts as dose; what of it reaches the blood varies from dose to dose. */
static void inject_rapid(const run_plan *run, group *group, int l, int64_t now, double units, day_tally *today)
{
    const int minute_of_block = (int)(now % BLOCK_MINUTES);
    lane *lane = &group->lanes[l];
    if (!(units > 0.0)) return;
    draw d = draw_from(run->seed, lane->who->key, RNG_insulin_variability, (uint64_t)now);
    group_give_rapid(&group->minute, l, minute_of_block, units * draw_lognormal(&d, 1.0, run->params->rapid_dose_cv));
    today->insulin_u += units;
    care_log_bolus(lane, now, units);
}

/* Where the parts of the day end that the week's review looks at. */
static const int part_end_minute[DAY_PARTS] = {7 * 60, 12 * 60, 18 * 60, MINUTES_PER_DAY};

/* Insulin of the moment acts `s` times as well, on muscle and liver alike. Uptake is written around the subjects' basal insulin, so its value
 * there moves too: else a factor above 1 would lower uptake wherever insulin is below basal, as it is when a graft secretes into the
 * portal vein, and hardly change it on ordinary injections (docs/decisions.md, 30). */
static void set_sensitivity(const lane *lane, lane_group *minute, int l, double factor)
{
    double s = factor * lane->sensitivity_factor * lane->remission_sensitivity * lane->puberty_sensitivity;
    if (lane->who->diabetes != DIABETES_TYPE1) {
        type2_set_sensitivity(lane, minute, l, s);
        return;
    }
    const kinetics *k = &lane->who->kinetics;
    set_kinetic(minute, KINETIC_INDEX(vmx), l, k->vmx * s);
    set_kinetic(minute, KINETIC_INDEX(vm0), l, k->vm0 + k->vmx * k->ib * (s - 1.0));
    set_kinetic(minute, KINETIC_INDEX(kp3), l, k->kp3 * s);
    set_kinetic(minute, KINETIC_INDEX(kp4), l, k->kp4 * s);
}

static void apply(const run_plan *run, group *group, int l, int day, const plan_event *event)
{
    lane *lane = &group->lanes[l];
    lane_group *minute = &group->minute;
    care_state *care = &lane->care;
    day_tally *today = tally_of(run, lane, day);
    int64_t now = (int64_t)(day + run->run_in_day) * MINUTES_PER_DAY + event->minute;
    double cgm = minute->cgm_mg_dl[l];
    bool type1 = lane->who->diabetes == DIABETES_TYPE1;

    switch (event->kind) {
    case PLAN_MEAL:
        group_give_meal(minute, l, event->minute % BLOCK_MINUTES, event->value * 1000.0);
        today->carbohydrate_g += event->value;
        break;
    case PLAN_BOLUS:
        if (!care->off_insulin)
            inject_rapid(run, group, l, now,
                         type1 ? care_meal_bolus_u(lane, now, cgm, event->index, event->value)
                               : care_type2_meal_bolus_u(lane, event->index), today);
        break;
    case PLAN_LONG_ACTING:
        if (!care->off_insulin && care->long_acting_u > 0.0) {
            group_give_depot(minute, l, event->minute % BLOCK_MINUTES, care->long_acting_u * event->value);
            today->insulin_u += care->long_acting_u;
        }
        break;
    case PLAN_LOOK:
        if (!care->off_insulin && type1)
            inject_rapid(run, group, l, now,
                         care_correction_u(run, lane, now, cgm, event->value < run->params->stacking_frac), today);
        break;
    case PLAN_POST_MEAL:
        care->post_meal_sum += cgm;
        care->post_meal_n++;
        if (!type1) care_type2_reading(lane, minute->x[MINUTE_gp][l] / minute->k[KINETIC_INDEX(vg)][l], false);
        break;
    case PLAN_FASTING:
        today->fasting_mg_dl = cgm;
        care->fasting_sum += cgm;
        care->fasting_n++;
        care->fasting_high_n += cgm > run->params->resume_fasting_mg_dl;
        if (!type1) care_type2_reading(lane, minute->x[MINUTE_gp][l] / minute->k[KINETIC_INDEX(vg)][l], true);
        break;
    case PLAN_SENSITIVITY:
        set_sensitivity(lane, minute, l, event->value);
        break;
    }
}

/* A sensor reading or plasma that is low: deep lows are counted, lows treated. */
static void respond(const run_plan *run, group *group, int l, int day, int minute_of_day)
{
    lane *lane = &group->lanes[l];
    lane_group *minute = &group->minute;
    double cgm = minute->cgm_mg_dl[l];
    double plasma = minute->x[MINUTE_gp][l] / minute->k[KINETIC_INDEX(vg)][l];
    if (plasma < run->params->severe_hypo_below_mg_dl) lane->deep_low_min += SENSOR_MINUTES;
    if (!(cgm < 70.0) && !(plasma < 70.0)) return;
    int64_t now = (int64_t)(day + run->run_in_day) * MINUTES_PER_DAY + minute_of_day;
    double grams = care_rescue_g(run, lane, now, cgm, plasma);
    if (!(grams > 0.0)) return;
    /* glucose tablets and juice need no grinding; the stomach's current meal grows by them */
    minute->x[MINUTE_qs2][l] += grams * LIQUID_MG_PER_G;
    minute->eaten_mg[l] += grams * LIQUID_MG_PER_G;
    tally_of(run, lane, day)->carbohydrate_g += grams;
}

/* The kernel adds up a part of the day; a review of the week has it from the lanes. */
static void part_begins(group *group, int part)
{
    for (int l = 0; l < LANE_GROUP; l++) {
        group->minute.part_sum[l] = group->lanes[l].care.part_sum[part];
        group->minute.part_low[l] = 0.0;
    }
}

static void part_ends(group *group, int part)
{
    const int begins = part > 0 ? part_end_minute[part - 1] : 0, readings = (part_end_minute[part] - begins) / SENSOR_MINUTES;
    for (int l = 0; l < LANE_GROUP; l++) {
        care_state *care = &group->lanes[l].care;
        care->part_sum[part] = group->minute.part_sum[l];
        care->part_n[part] += readings;
        care->part_low_n[part] += (int)group->minute.part_low[l];
    }
}

static void count_profile(const group *group, int day, int minute_of_day, int period)
{
    int slot = minute_of_day * PROFILE_SLOTS / MINUTES_PER_DAY;
    for (int l = 0; l < group->n_people; l++) {
        if (day >= group->lanes[l].end_day) continue;
        int bin = (int)(group->minute.cgm_mg_dl[l] / PROFILE_BIN_MG_DL);
        group->profile[l]->count[period][slot][bin < PROFILE_BINS ? bin : PROFILE_BINS - 1]++;
    }
}

/* Everything planned for the coming block. Nobody learns anything before the next reading, so what is decided at a minute
 * within the block can be decided now. */
static void apply_events(const run_plan *run, group *group, int day, int minute_of_day)
{
    const int end = minute_of_day + BLOCK_MINUTES;
    for (int l = 0; l < LANE_GROUP; l++) {
        if (group->next_event_minute[l] >= end) continue;
        day_plan *plan = &group->lanes[l].plan;
        while (plan->next < plan->n && plan->events[plan->next].minute < end)
            apply(run, group, l, day, &plan->events[plan->next++]);
        group->next_event_minute[l] = plan->next < plan->n ? plan->events[plan->next].minute : MINUTES_PER_DAY;
    }
}

static bool counts_for_a_visit(const run_plan *run, int day)
{
    for (int v = 0; v < run->n_visits; v++)
        if (day < run->visit_day[v] && day >= run->visit_day[v] - VISIT_WINDOW_DAYS) return true;
    return false;
}

static unsigned sensor_reading(const run_plan *run, group *group, int day, int minute_of_day, bool risk)
{
    int run_day = day + run->run_in_day;
    uint64_t reading = ((uint64_t)run_day * MINUTES_PER_DAY + (uint64_t)minute_of_day) / SENSOR_MINUTES;
    double session_day = run_day % SENSOR_SESSION_DAY + minute_of_day / (double)MINUTES_PER_DAY;
    return run->kernel->sense(&group->minute, run->seed, reading, session_day, risk);
}

static void set_dawn(const run_plan *run, group *group, int minute_of_day)
{
    const int now = minute_of_day / SENSOR_MINUTES;
    if (now > 0 && run->dawn[now] == run->dawn[now - 1] && group->all_type1) return; /* most of the day */
    for (int l = 0; l < LANE_GROUP; l++) {
        const person *who = group->lanes[l].who;
        double shape = who->diabetes == DIABETES_TYPE1 ? run->dawn[now] : run->liver_rhythm[now];
        set_kinetic(&group->minute, KINETIC_INDEX(dawn), l, who->dawn_rise * shape);
    }
}

/* What a day is for besides being lived. */
typedef struct {
    int visit;                    /* number of the visit measured at 07:00, -1 for none */
    int period;                   /* of the glucose profile it counts in, -1 for none */
    bool closing;                 /* the day after the follow-up: only its morning, for the last visit */
} day_purpose;

/* What the loop over the day asks of every lane at every reading, at hand in one place. */
static void group_looked_over(group *group)
{
    group->all_type1 = true;
    for (int l = 0; l < LANE_GROUP; l++) {
        const day_plan *plan = &group->lanes[l].plan;
        if (group->lanes[l].who->diabetes != DIABETES_TYPE1) group->all_type1 = false;
        group->next_event_minute[l] = plan->n > 0 ? plan->events[0].minute : MINUTES_PER_DAY;
    }
}

static void minutes_of_day(const run_plan *run, group *group, int day, const day_purpose *purpose)
{
    const bool risk = counts_for_a_visit(run, day);
    int part = 0;
    group_looked_over(group);
    part_begins(group, part);
    for (int now = 0; now < MINUTES_PER_DAY; now += BLOCK_MINUTES) {
        set_dawn(run, group, now);
        if (now == part_end_minute[part]) {
            part_ends(group, part);
            part_begins(group, ++part);
        }
        unsigned low = sensor_reading(run, group, day, now, risk);
        for (int l = 0; low; l++, low >>= 1)
            if (low & 1) respond(run, group, l, day, now);
        if (now % LOOK_MINUTES == 0 && !group->all_type1)
            for (int l = 0; l < LANE_GROUP; l++)
                if (group->lanes[l].who->diabetes != DIABETES_TYPE1) type2_look(run, &group->lanes[l], &group->minute, l);
        if (purpose->period >= 0 && now % (MINUTES_PER_DAY / PROFILE_SLOTS) == 0)
            count_profile(group, day, now, purpose->period);
        if (purpose->visit >= 0 && now == VISIT_MINUTE) {
            visit_measure(run, group, purpose->visit, day);
            if (purpose->closing) return;
        }
        apply_events(run, group, day, now);
        run->kernel->advance(&group->minute, 1);
    }
    part_ends(group, part);
}

/* ---- beginning and end of a day ---- */

static void begin_sensor_session(const run_plan *run, group *group, int run_day)
{
    lane_group *minute = &group->minute;
    for (int l = 0; l < LANE_GROUP; l++) {
        double c[SENSOR_CONSTANTS];
        sensor_session(&run->sensors, run->seed, group->lanes[l].who->key, (uint64_t)(run_day / SENSOR_SESSION_DAY), c);
        minute->a0[l] = c[0];
        minute->a1[l] = c[1];
        minute->a2[l] = c[2];
        minute->b0[l] = c[3];
        minute->phi1[l] = c[4];
        minute->phi2[l] = c[5];
        minute->sigma_mg_dl[l] = c[6];
        minute->error1_mg_dl[l] = minute->error2_mg_dl[l] = 0.0;
    }
}

static void day_begins(const run_plan *run, group *group, int day, bool visits)
{
    int run_day = day + run->run_in_day;
    if (run_day % SENSOR_SESSION_DAY == 0) begin_sensor_session(run, group, run_day);
    for (int l = 0; l < LANE_GROUP; l++) {
        lane *lane = &group->lanes[l];
        lane_group *minute = &group->minute;
        *tally_of(run, lane, day) = (day_tally){.fasting_mg_dl = NAN};
        lane->deep_low_min = 0.0;
        behaviour_plan_day(run, lane, day, visits, &lane->plan);

        draw d = draw_from(run->seed, lane->who->key, RNG_sensitivity, (uint64_t)run_day);
        set_kinetic(minute, KINETIC_INDEX(kabs), l,
                    lane->who->kinetics.kabs * draw_lognormal(&d, 1.0, run->params->absorption_cv));
        double function = graft_function(&lane->graft, run->params, lane->who, &lane->drugs);
        double native = lane->who->diabetes == DIABETES_TYPE1 ? lane->native.active_frac : type2_native_function(run, lane);
        double counter = counterregulation_frac(run->params, lane->awareness, function + native, function);
        set_kinetic(minute, KINETIC_INDEX(xi), l, lane->who->kinetics.xi * counter);
        if (lane->who->diabetes == DIABETES_TYPE1) set_kinetic(minute, KINETIC_INDEX(m_native), l, lane->native.active_frac);
        set_kinetic(minute, KINETIC_INDEX(m_graft), l, function);
        set_kinetic(minute, KINETIC_INDEX(phi_p), l, graft_portal_frac(&lane->graft));
        if (lane->who->diabetes != DIABETES_TYPE1) type2_day_begins(run, lane, minute, l);
        minute->glucose_sum_mg_dl[l] = minute->c_peptide_sum_nmol_l[l] = 0.0;
        minute->in_range[l] = minute->below_70[l] = minute->below_54[l] = minute->above_180[l] = 0.0;
        minute->above_250[l] = minute->risk_low_sum[l] = minute->risk_high_sum[l] = 0.0;
        minute->cgm_sum[l] = minute->cgm_sum_squares[l] = 0.0;
    }
    run->kernel->prepare_day(&group->minute);
}

#define GLUCOSE_POSSIBLE_MG_DL 3000.0 /* far above any person: a number beyond it is a fault of the numerics */

static bool is_possible(const lane_group *minute, int l)
{
    double gp = minute->x[MINUTE_gp][l], gt = minute->x[MINUTE_gt][l], ip = minute->x[MINUTE_ip][l];
    return gp > 0.0 && gp < GLUCOSE_POSSIBLE_MG_DL * minute->k[KINETIC_INDEX(vg)][l] && gt > 0.0 && ip >= 0.0;
}

static void tally_day(const run_plan *run, const lane_group *minute, int l, lane *lane, int day)
{
    day_tally *today = tally_of(run, lane, day);
    today->mean_glucose_mg_dl = minute->glucose_sum_mg_dl[l] / MINUTES_PER_DAY;
    today->c_peptide_mean_nmol_l = minute->c_peptide_sum_nmol_l[l] / MINUTES_PER_DAY;
    today->cgm_n = (double)MINUTES_PER_DAY / SENSOR_MINUTES;
    today->in_range = minute->in_range[l];
    today->below_70 = minute->below_70[l];
    today->below_54 = minute->below_54[l];
    today->above_250 = minute->above_250[l];
    today->risk_low_sum = minute->risk_low_sum[l];
    today->risk_high_sum = minute->risk_high_sum[l];
    today->above_180 = minute->above_180[l];
    today->cgm_sum = minute->cgm_sum[l];
    today->cgm_sum_squares = minute->cgm_sum_squares[l];
    today->graft_function = minute->k[KINETIC_INDEX(m_graft)][l];
    lane->care.insulin_u += today->insulin_u;
}

static void day_ends(const run_plan *run, group *group, int day)
{
    for (int l = 0; l < LANE_GROUP; l++) {
        lane *lane = &group->lanes[l];
        tally_day(run, &group->minute, l, lane, day);
        lane->out_of_bounds = lane->out_of_bounds || !is_possible(&group->minute, l);
        const day_tally *today = tally_of(run, lane, day);
        lane->awareness = awareness_day(run->params, lane->awareness,
                                        lane->who->impaired_awareness ? run->params->awareness_ceiling_impaired : 1.0,
                                        today->below_54 * SENSOR_MINUTES, today->graft_function);
        if (lane->who->diabetes == DIABETES_TYPE1) {
            care_day_end(run, lane, day);
            continue;
        }
        care_type2_day_end(run, lane, day);
        type2_day_ends(run, lane, day, today->insulin_u);
    }
}

#define PROFILE_DAYS 14

/* A run that is to stop is noticed within a week of simulated time. */
static bool is_stopped(const run_plan *run, int day)
{
    return day % 7 == 0 && run->stop && run->stop(run->stop_context);
}

bool group_run_in(const run_plan *run, group *group)
{
    for (int day = -run->run_in_day; day < 0; day++) {
        if (is_stopped(run, day)) return false;
        day_begins(run, group, day, false);
        minutes_of_day(run, group, day, &(day_purpose){.visit = -1, .period = day >= -PROFILE_DAYS ? PROFILE_BEFORE : -1});
        day_ends(run, group, day);
        for (int l = 0; l < LANE_GROUP; l++) course_run_in_day(run, &group->lanes[l], day);
    }
    return true;
}

bool group_follow_up(const run_plan *run, group *group)
{
    int visit = 0;
    for (int l = 0; l < LANE_GROUP; l++)
        if (group->lanes[l].who->diabetes != DIABETES_TYPE1) type2_follow_up_begins(run, &group->lanes[l]);
    for (int day = 0; day <= run->follow_up_day; day++) {
        if (is_stopped(run, day)) return false;
        bool closing = day == run->follow_up_day, visits = visit < run->n_visits && run->visit_day[visit] == day;
        if (closing && !visits) break;
        day_begins(run, group, day, visits);
        int period = !closing && day >= run->follow_up_day - PROFILE_DAYS ? PROFILE_AFTER : -1;
        minutes_of_day(run, group, day, &(day_purpose){visits ? visit++ : -1, period, closing});
        if (closing) break;
        day_ends(run, group, day);
        for (int l = 0; l < LANE_GROUP; l++) course_day(run, &group->lanes[l], day);
    }
    return true;
}
