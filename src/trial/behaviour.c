/* Behaviour: what a person does on one day. Drawn from (seed, person, day) alone, so that every arm has the same day.
 *
 * Meal slots, chances and grams follow the simglucose scenario generator; the sizes of errors in counting, timing and
 * forgetting are in base/params.def with their sources. */
#include "base/lanes.h"
#include "base/lanes_math.h"
#include "trial/attention.h"

#define LONG_ACTING_MINUTE (22 * 60)
#define FASTING_MINUTE (6 * 60)
#define WAKE_MINUTE (7 * 60)
#define SLEEP_MINUTE (23 * 60)
#define POST_MEAL_MIN 120
#define BREAKFAST_AFTER_VISIT 450 /* people come to a visit fasting */

/* Start of each insulin-sensitivity window: 04, 11, 17 h (ReplayBG). */
static const int sensitivity_start[SENSITIVITY_WINDOWS] = {4 * 60, 11 * 60, 17 * 60};

/* Main meals and snacks: centre and bounds of the time of day, simglucose. */
static const struct {
    int centre, low, high;
} main_slot[MAIN_MEALS] = {{420, 300, 540}, {720, 600, 840}, {1080, 960, 1200}},
  snack_slot[MAIN_MEALS] = {{570, 541, 599}, {900, 841, 959}, {1290, 1201, 1380}};

static void plan_add(day_plan *plan, int minute, plan_kind kind, int index, double value)
{
    if (minute >= MINUTES_PER_DAY && plan->n_after_midnight < PLAN_LATE) /* a bolus long after a late snack */
        plan->after_midnight[plan->n_after_midnight++] = (plan_event){minute - MINUTES_PER_DAY, kind, index, value};
    if (plan->n == PLAN_EVENTS || minute < 0 || minute >= MINUTES_PER_DAY) return;
    /* keep the order by minute; equal minutes keep the order of planning */
    int at = plan->n++;
    for (; at > 0 && plan->events[at - 1].minute > minute; at--) plan->events[at] = plan->events[at - 1];
    plan->events[at] = (plan_event){minute, kind, index, value};
}

static int clamp_minute(double minute, int low, int high)
{
    return minute < low ? low : minute > high ? high : (int)minute;
}

/* One meal or snack with its bolus: when, how much, how much is counted, and whether and when insulin is given. People count carbohydrate;
 * what reaches the blood is glucose (without type 1 diabetes the appetite is in glucose already, person_metabolic.c). */
static void plan_meal(const params *p, const person *who, draw *d, int minute, double mean_g, int index, double bolus_chance,
                      day_plan *plan)
{
    double grams = draw_lognormal(d, mean_g * who->habits.meal_scale, p->meal_cv);
    double counted = grams * who->habits.carb_count_ratio * draw_log_sd(d, p->carb_count_meal_log_sd);
    bool dosed = draw_uniform(d) < bolus_chance;
    bool late = draw_uniform(d) < p->late_bolus_frac;
    double delay = -p->late_bolus_mean_min * lanes_log(draw_uniform(d));
    double jitter = p->bolus_delay_mean_min + p->bolus_delay_sd_min * draw_normal(d);
    plan_add(plan, minute, PLAN_MEAL, index, who->diabetes == DIABETES_TYPE1 ? grams * p->carbohydrate_as_glucose : grams);
    if (index < MAIN_MEALS) plan_add(plan, minute + POST_MEAL_MIN, PLAN_POST_MEAL, index, 0.0);
    if (dosed) plan_add(plan, minute + (int)(late ? delay : jitter), PLAN_BOLUS, index, counted);
}

/* Insulin action of the day's three windows. What injected insulin does varies beyond sensitivity itself and the exposure of single
 * doses; with a graft that makes most of the insulin, little of it is injected. */
static void plan_sensitivity(const run_plan *run, const lane *lane, int day, double cv, draw *d, day_plan *plan)
{
    const params *p = run->params;
    const person *who = lane->who;
    uint64_t run_day = (uint64_t)(day + run->run_in_day);
    double injected_cv = 0.0;
    if (who->diabetes == DIABETES_TYPE1 && run_day > 0) {
        double share = lane->tally[run_day - 1].insulin_u / who->kinetics.bw / p->remission_reference_u_per_kg;
        injected_cv = p->injection_action_cv * (share < 1.0 ? share : 1.0);
    }
    draw injected = draw_from(run->seed, who->key, RNG_injection_action, run_day);
    for (int w = 0; w < SENSITIVITY_WINDOWS; w++) {
        double own = who->sensitivity[w] * draw_lognormal(d, 1.0, cv);
        double with_injected = injected_cv > 0.0 ? draw_lognormal(&injected, 1.0, injected_cv) : 1.0;
        plan_add(plan, sensitivity_start[w], PLAN_SENSITIVITY, w, own * with_injected);
    }
}

void behaviour_plan_day(const run_plan *run, const lane *lane, int day, bool visit_morning, day_plan *plan)
{
    const params *p = run->params;
    const person *who = lane->who;
    draw d = draw_from(run->seed, who->key, RNG_behaviour, (uint64_t)(day + run->run_in_day));
    bool type1 = who->diabetes == DIABETES_TYPE1;
    double effort = attention_effort(run, lane->arm, day), forgets = attention_missed_factor(p, effort);
    double eaten = attention_meal_factor(p, effort) * (type1 ? 1.0 : lane->type2.body.meal_factor),
           sensitivity_cv = type1 ? p->sensitivity_day_cv : who->body.sensitivity_day_cv;
    const double main_g[MAIN_MEALS] = {p->breakfast_g * eaten, p->lunch_g * eaten, p->dinner_g * eaten};
    const day_plan yesterday = *plan;
    *plan = (day_plan){0};
    for (int i = 0; i < yesterday.n_after_midnight; i++) {
        const plan_event *late = &yesterday.after_midnight[i];
        plan_add(plan, late->minute, late->kind, late->index, late->value);
    }

    plan_sensitivity(run, lane, day, sensitivity_cv, &d, plan);

    /* meals */
    for (int m = 0; m < MAIN_MEALS; m++) {
        double z = draw_normal(&d);
        int earliest = m == 0 && visit_morning ? BREAKFAST_AFTER_VISIT : main_slot[m].low;
        int minute = clamp_minute(main_slot[m].centre + p->meal_time_sd_min * z, earliest, main_slot[m].high);
        bool happens = draw_uniform(&d) < p->meal_chance;
        draw own = draw_from(run->seed, who->key, RNG_meals, (uint64_t)(day + run->run_in_day) * 8 + (uint64_t)m);
        if (happens) plan_meal(p, who, &own, minute, main_g[m], m, 1.0 - forgets * who->habits.missed_bolus_frac, plan);
        int snack = clamp_minute(snack_slot[m].centre + 0.5 * p->meal_time_sd_min * draw_normal(&d), snack_slot[m].low,
                                 snack_slot[m].high);
        bool snacks = draw_uniform(&d) < p->snack_chance;
        draw more = draw_from(run->seed, who->key, RNG_meals, (uint64_t)(day + run->run_in_day) * 8 + 4 + (uint64_t)m);
        if (snacks) plan_meal(p, who, &more, snack, p->snack_g * eaten, MAIN_MEALS, p->snack_bolus_frac, plan);
    }

    /* long-acting dose, unless forgotten */
    double exposure = draw_lognormal(&d, 1.0, p->long_acting_dose_cv);
    if (draw_uniform(&d) >= forgets * p->missed_basal_frac) plan_add(plan, LONG_ACTING_MINUTE, PLAN_LONG_ACTING, 0, exposure);

    /* looks at the sensor while awake, and the fasting value */
    int looks = draw_poisson(&d, p->looks_per_day);
    for (int i = 0; i < looks && i < 16; i++) {
        /* one draw a statement: the order of arguments is the compiler's choice */
        double acts = draw_uniform(&d);
        int minute = WAKE_MINUTE + (int)((SLEEP_MINUTE - WAKE_MINUTE) * draw_uniform(&d));
        plan_add(plan, minute, PLAN_LOOK, i, acts);
    }
    plan_add(plan, FASTING_MINUTE, PLAN_FASTING, 0, 0.0);
}
