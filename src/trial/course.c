/* Course: what happens to a person in an arm from day to day - drugs given, what cells do (giving.c gives them), the graft,
 * independence of insulin, and what goes wrong (harms.c). */
#include <limits.h>
#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "physiology/puberty.h"
#include "trial/harms.h"

#define INDEPENDENT_DAYS 14
#define NATIVE_MOST 0.95          /* of a healthy pancreas, months before diagnosis, in who has not more still then */

void course_event(lane *lane, int day, event_kind kind, double value)
{
    if (day >= lane->end_day) return; /* nothing happens to people who are gone */
    lane->happened[kind] = true;
    if (lane->n_events < lane->max_events)
        lane->events[lane->n_events++] = (patient_event){day, (int32_t)kind, value};
}

/* ---- drugs ---- */

/* Exposure is full while the drugs are taken and fades with the wash-out after a stop. */
static void step_drugs(const run_plan *run, lane *lane, int day)
{
    const protocol_arm *arm = lane->arm;
    if (arm->regimen < 0) return;
    if (day == arm->regimen_start_day) {
        lane->drugs.regimen = &run->protocol->regimens[arm->regimen];
        harms_of_drugs(run, lane, day);
    }
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

/* ---- immunity and native beta cells ---- */

int course_diagnosis_day(const person *who)
{
    return -(int)(who->duration_year * DAYS_PER_YEAR + 0.5);
}

/* Long before diagnosis glucose is near normal: cells are killed, but the many that are left work. */
static bool is_before_collapse(const run_plan *run, const lane *lane, int day)
{
    double lasts = lane->who->child ? run->params->onset_collapse_child_day : run->params->onset_collapse_day;
    return lane->care.undiagnosed && day < course_diagnosis_day(lane->who) - (int)lasts;
}

/* What drugs against rejection leave of the attack on own beta cells; of that on a graft the regimen's file says what they stop. */
static double attack_left_frac(const params *p, const drug_state *drugs)
{
    return drugs->regimen ? 1.0 - p->drugs_native_block_frac * drugs->exposure_frac : 1.0;
}

/* Own beta cells and immunity; `dead_graft` are the graft's cells that died today, over a healthy pancreas. */
static void native_after_day(const run_plan *run, lane *lane, int day, double glucose_mg_dl, double dead_graft)
{
    double graft = graft_cells_million(&lane->graft) / run->params->healthy_beta_cells_million;
    bool working = is_before_collapse(run, lane, day); /* neither the attack nor glucose puts any to rest */
    const double left = attack_left_frac(run->params, &lane->drugs);
    const native_day_of met = {.loss_per_day = left * immunity_native_loss_per_day(&lane->immunity, run->params, lane->who),
                               .attack = working ? 0.0 : left * immunity_native_attack(&lane->immunity, run->params),
                               .glucose_mg_dl = working ? 0.0 : glucose_mg_dl};
    double dead = native_day(&lane->native, run->params, &lane->signals, &met);
    double living = lane->native.active_frac + lane->native.inactive_frac + graft;
    immunity_day(&lane->immunity, run->params, lane->who, &lane->signals, dead + dead_graft, living);
}

/* Young people grow up during a trial. */
static void age_of_day(const run_plan *run, lane *lane, int day)
{
    const person *who = lane->who;
    if (who->child) lane->puberty_sensitivity = puberty_sensitivity(run->params, who->female, who->age_year + day / DAYS_PER_YEAR);
}

/* Where diagnosis was before the run-in, the days between are gone through at an ordinary glucose; where it falls into the
 * run-in, the cells lost until then are still there, and none is at rest yet. */
void course_start(const run_plan *run, lane *lane)
{
    const person *who = lane->who;
    int before = -run->run_in_day - course_diagnosis_day(who);
    lane->cells.type1 = who->diabetes == DIABETES_TYPE1;
    lane->puberty_sensitivity = 1.0;
    age_of_day(run, lane, -run->run_in_day);
    immunity_start(&lane->immunity, run->params, who);
    native_start(&lane->native, run->params, who);
    if (!(who->native_function_frac > 0.0) || who->diabetes != DIABETES_TYPE1) return;
    for (int i = 0; i < before; i++)
        native_after_day(run, lane, course_diagnosis_day(who) + i, run->params->native_history_glucose_mg_dl, 0.0);
    if (before >= 0) return;
    double to_come = lanes_exp(-before * immunity_native_loss_per_day(&lane->immunity, run->params, who));
    double room = fmax(1.0, NATIVE_MOST / who->native_function_frac), more = to_come < room ? to_come : room;
    lane->native.active_frac = who->native_function_frac * more;
    lane->native.inactive_frac = 0.0;
    lane->care.undiagnosed = lane->care.off_insulin = true;
}

/* Insulin made outside the portal circulation passes no liver first: there is more of it where glucose is used, and it does less there. */
static double systemic_delivery_factor(const params *p, const graft *graft)
{
    return 1.0 - (1.0 - p->systemic_delivery_sensitivity) * (1.0 - graft_portal_frac(graft));
}

/* Before diagnosis high glucose takes what the lack of injections would give (physiology/remission.h). Recipients of a graft gain
 * what clamps found in them; in both it is insulin under the skin that goes. */
static void remission_after_day(const run_plan *run, lane *lane, int day)
{
    const bool own = lane->who->native_function_frac > 0.0;
    if (lane->who->diabetes != DIABETES_TYPE1 || lane->care.undiagnosed || !(own || lane->graft.n_courses > 0)) return;
    const day_tally *today = &lane->tally[day + run->run_in_day];
    double dose = today->insulin_u / lane_weight_kg(lane), lacking = 1.0 - dose / run->params->remission_reference_u_per_kg;
    double share = own ? remission_portal_share(&lane->who->kinetics, today->c_peptide_mean_nmol_l, dose) : lacking > 0.0 ? lacking : 0.0;
    double gain = own ? run->params->remission_sensitivity_gain : run->params->graft_sensitivity_gain;
    if (!own) gain = (1.0 + gain) * systemic_delivery_factor(run->params, &lane->graft) - 1.0;
    lane->remission_sensitivity = remission_sensitivity_day(lane->remission_sensitivity, run->params, gain, share);
}

void course_run_in_day(const run_plan *run, lane *lane, int day)
{
    native_after_day(run, lane, day, lane->tally[day + run->run_in_day].mean_glucose_mg_dl, 0.0);
    remission_after_day(run, lane, day);
    age_of_day(run, lane, day + 1);
}

/* What had worked works no more, or what would have worked is dead before it did. */
static void graft_is_lost(const run_plan *run, lane *lane, int day)
{
    const params *p = run->params;
    double function = graft_function(&lane->graft, p, lane->who, &lane->drugs);
    double promise = graft_promise(&lane->graft, p, lane->who);
    if (function >= p->graft_worked_function) lane->graft_worked = true;
    bool stopped = lane->graft_worked && function < p->graft_lost_function;
    bool died = lane->graft_promised && promise < p->graft_lost_function;
    if (lane->graft_lost || !(stopped || died)) return;
    lane->graft_lost = true;
    course_event(lane, day, EVENT_graft_lost, NAN);
    harms_of_graft_loss(run, lane, day);
}

static void graft_after_day(const run_plan *run, lane *lane, int day)
{
    const day_tally *today = &lane->tally[day + run->run_in_day];
    const graft_day_of world = {run->params, lane->who, &lane->drugs, run->protocol->alternatives, today->mean_glucose_mg_dl,
                                lane->signals.vessel_gain, 1.0 - lane->signals.effector_brake_frac,
                                immunity_graft_factor(&lane->immunity, run->params)};
    double dead = graft_day(&lane->graft, &world);
    native_after_day(run, lane, day, today->mean_glucose_mg_dl, dead);
    remission_after_day(run, lane, day);
    age_of_day(run, lane, day + 1);
    graft_is_lost(run, lane, day);
}

/* What is given on a day is given after its visit, so that day 0 is before treatment: it acts from the next day. */
void course_day(const run_plan *run, lane *lane, int day)
{
    if (day == 0 && lane->who->diabetes != DIABETES_TYPE1) care_type2_arm_begins(run, lane);
    step_drugs(run, lane, day);
    giving_day(run, lane, day);
    reset_day(run, lane, day);
    signals_day(&lane->cells, run->params, &lane->arm->mechanisms,
                (effect_account)run->protocol->alternatives.mesenchymal_effect, &lane->signals);
    graft_after_day(run, lane, day);
    independence(lane, day, lane->tally[day + run->run_in_day].insulin_u);
    harms_day(run, lane, day);
}
