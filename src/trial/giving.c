/* Giving: the cells of a day - whether a course's condition holds, beta cells into the graft, other cells as signals, and
 * what the procedure does.
 *
 * A condition compares the fortnight before the course with the one before day 0 (docs/formats.md): HbA1c as the red cells
 * carry it, without the laboratory's error, glucose of the plasma, and injected insulin. */
#include <math.h>

#include "physiology/slow.h"
#include "trial/harms.h"

#define WINDOW_DAYS 14

/* ---- conditions ---- */

static before_treatment state_of(const run_plan *run, const lane *lane, int day)
{
    int last = day + run->run_in_day, stride = (int)(sizeof(day_tally) / sizeof(double));
    double glucose = 0.0, insulin = 0.0;
    for (int i = last - WINDOW_DAYS; i < last; i++) {
        glucose += lane->tally[i].mean_glucose_mg_dl;
        insulin += lane->tally[i].insulin_u;
    }
    return (before_treatment){
        .hba1c_pct = hba1c_pct(lane->who->glycation_rate_l_per_mmol_s, (int)run->params->red_cell_life_day,
                               &lane->tally[last - 1].mean_glucose_mg_dl, stride, last),
        .mean_glucose_mg_dl = glucose / WINDOW_DAYS,
        .insulin_u_per_kg_day = insulin / WINDOW_DAYS / lane->who->kinetics.bw};
}

static double found(const run_plan *run, const lane *lane, const before_treatment *now, condition_id what)
{
    const before_treatment *before = &lane->before;
    switch (what) {
    case CONDITION_hba1c_pct: return now->hba1c_pct;
    case CONDITION_hba1c_drop_pct: return before->hba1c_pct - now->hba1c_pct;
    case CONDITION_mean_glucose_drop_mg_dl: return before->mean_glucose_mg_dl - now->mean_glucose_mg_dl;
    case CONDITION_insulin_u_per_kg_day: return now->insulin_u_per_kg_day;
    case CONDITION_insulin_drop_pct:
        return before->insulin_u_per_kg_day > 0.0
                   ? 100.0 * (1.0 - now->insulin_u_per_kg_day / before->insulin_u_per_kg_day)
                   : 0.0;
    case CONDITION_graft_function_frac:
    case CONDITION_COUNT: break;
    }
    return graft_function(&lane->graft, run->params, lane->who, &lane->drugs);
}

static bool conditions_hold(const run_plan *run, const lane *lane, const cell_course *course, int day)
{
    if (course->n_conditions == 0) return true;
    before_treatment now = state_of(run, lane, day);
    for (int i = 0; i < course->n_conditions; i++)
        if (!requirement_holds(&course->only_if[i].range, found(run, lane, &now, course->only_if[i].what))) return false;
    return true;
}

/* ---- what is given ---- */

static void give(const run_plan *run, lane *lane, const cell_course *course, int day, draw *d)
{
    const product *cells = &run->protocol->products[course->product];
    double beta = graft_infuse(&lane->graft, run->params, cells, course, &lane->arm->mechanisms, lane->who->kinetics.bw);
    draw scar = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_SCAR);
    if (beta > 0.0) graft_meets_scar(&lane->graft, draw_uniform(&scar));
    if (graft_promise(&lane->graft, run->params, lane->who) >= run->params->graft_worked_function) lane->graft_promised = true;
    signals_give(&lane->cells, run->params, cells, course, lane->who->kinetics.bw);
    course_event(lane, day, EVENT_infusion, beta);
    harms_of_infusion(run, lane, day, course, beta > 0.0, d);
    if (beta > 0.0) care_wean_begins(run, lane);
}

void giving_day(const run_plan *run, lane *lane, int day)
{
    const protocol_arm *arm = lane->arm;
    if (day == 0) lane->before = state_of(run, lane, day);
    while (lane->next_course < arm->n_courses && arm->courses[lane->next_course].day == day) {
        int number = lane->next_course++;
        const cell_course *course = &arm->courses[number];
        uint64_t index = number < HARM_DRAWS_DRUGS ? (uint64_t)number : HARM_DRAWS_LATER + (uint64_t)number;
        draw d = draw_from(run->seed, lane->who->key, RNG_harms, index);
        if (!course_has_dose(course)) continue;
        if (conditions_hold(run, lane, course, day)) give(run, lane, course, day, &d);
        else course_event(lane, day, EVENT_course_left_out, NAN);
    }
}
