/* Reset: conditioning of the immune system on its dated days - events, what the drugs remove, aplasia, engraftment, harms.
 *
 *   each day of the drugs   in each course a pool X loses 1 - (1 - f)^(1/n) of itself, f the path's share, n the days
 *   last day of the drugs   the thymus rests, regulatory cells return in excess, drugs go on braking for a while
 *   engraftment             days after the infusion / (share of blood formation that the given cells rebuild), log-normal; few
 *                           CD34+ cells rebuild little of it, and the more days go by
 *
 * Without cells given back, or with so few that they fail, blood returns from what is left, late: these drugs do not destroy the
 * marrow. Infection and death in aplasia grow with its length. The mechanism switch `immune_reset` scales what the drugs remove, and nothing else: harms stay.
 * Later on the centre looks at mean glucose before high mornings begin insulin again. */
#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "trial/harms.h"

#define ENGRAFTMENT_CV 0.15 /* between people; assumed */
#define REBUILT_ALONE 0.4   /* of blood formation where no cells are given back: weeks instead of ten days; assumed */
#define PER_MILLION 1e-6
#define YOUNG_WOMAN_YEAR 33.0 /* exclusive: up to 32 completed years */
#define MENOPAUSE_YEAR 51.4     /* median age at natural menopause, 10.1093/aje/153.9.865; who is past it has no fertility to lose */
#define INFECTION_WINDOW_DAY 30 /* after drugs without aplasia */

static const event_kind step_event[STEP_COUNT] = {[STEP_mobilisation] = EVENT_mobilisation,
                                                  [STEP_leukapheresis] = EVENT_leukapheresis,
                                                  [STEP_freezing] = EVENT_freezing,
                                                  [STEP_conditioning] = EVENT_conditioning,
                                                  [STEP_thaw] = EVENT_thaw,
                                                  [STEP_aplasia] = EVENT_aplasia};

/* Steps whose day is the same for everybody; the infusion is the cells' own event, engraftment and discharge the person's. */
static bool is_common(conditioning_step step)
{
    return step != STEP_infusion && step != STEP_engraftment && step != STEP_discharge;
}

static void step_events(lane *lane, const conditioning *path, int day, int of_path)
{
    for (int s = 0; s < STEP_COUNT; s++)
        if (path->step_day[s] == of_path && is_common((conditioning_step)s))
            course_event(lane, day, step_event[s], NAN);
    if (path->step_day[STEP_aplasia] == of_path) course_event(lane, day, EVENT_neutropenia, NAN);
    if (day == lane->engraftment_day) course_event(lane, day, EVENT_engraftment, NAN);
    int stay = path->step_day[STEP_discharge] - path->step_day[STEP_engraftment];
    if (lane->engraftment_day >= 0 && path->step_day[STEP_discharge] >= 0 && day == lane->engraftment_day + stay)
        course_event(lane, day, EVENT_discharge, NAN);
}

/* ---- what the drugs remove ---- */

static double daily(const sourced_value *share, double strength, double days)
{
    return 1.0 - lanes_exp(lanes_log(1.0 - share->value * strength) / days);
}

static void deplete(lane *lane, const conditioning *path, double strength)
{
    double days = path->duration_day.value;
    immunity_deplete(&lane->immunity,
                     &(immune_depletion){.effector_frac = daily(&path->effector_depletion_frac, strength, days),
                                         .memory_frac = daily(&path->memory_depletion_frac, strength, days),
                                         .regulatory_frac = daily(&path->regulatory_depletion_frac, strength, days),
                                         .lymphocyte_frac = daily(&path->lymphocyte_depletion_frac, strength, days)});
}

static void after_drugs(lane *lane, const conditioning *path, double strength)
{
    immunity *i = &lane->immunity;
    i->thymus *= 1.0 - path->thymus_loss_frac.value * strength;
    i->thymus_waits_day = (int)path->thymus_wait_day.value;
    i->regulatory_boost = path->regulatory_boost.value * strength;
    i->brake_frac = path->growth_brake_frac.value * strength;
    i->brake_fade_day = path->growth_brake_day.value;
}

/* ---- aplasia and harms ---- */

/* What a dose does of what the dose of the paths' trials does, D/(D + K) over its value there. */
static double dose_share(const params *p, const cell_course *course, double weight_kg)
{
    double million_per_kg = (course->cd34_per_kg + course->dose_cells_per_kg + course->dose_cells / weight_kg) * PER_MILLION;
    double usual = p->cd34_usual_million_per_kg / (p->cd34_usual_million_per_kg + p->cd34_half_million_per_kg);
    return million_per_kg / (million_per_kg + p->cd34_half_million_per_kg) / usual;
}

/* Share of blood formation that the cells given today rebuild; none falls short of what comes back without them. */
static double rebuilt(const run_plan *run, const lane *lane, int day)
{
    double best = REBUILT_ALONE;
    for (int i = 0; i < lane->next_course; i++) {
        const cell_course *course = &lane->arm->courses[i];
        double strength = product_strength(&run->protocol->products[course->product], MECHANISM_immune_reset);
        if (course->day != day || !(strength > REBUILT_ALONE)) continue;
        double share = REBUILT_ALONE + (strength - REBUILT_ALONE) * dose_share(run->params, course, lane->who->kinetics.bw);
        if (share > best) best = share;
    }
    return best;
}

static void give_back(const run_plan *run, lane *lane, const conditioning *path, int day)
{
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_RESET + 1);
    double usual = path->step_day[STEP_engraftment] - path->step_day[STEP_infusion];
    double days = draw_lognormal(&d, usual, ENGRAFTMENT_CV) / rebuilt(run, lane, day);
    lane->engraftment_day = day + (int)(days + 0.5);
    care_wean_begins(run, lane);

    /* fever, infection and death until blood is back; the last two grow with the days without it */
    double longer = days / usual, infection = draw_uniform(&d), death = draw_uniform(&d), when = draw_uniform(&d);
    if (draw_uniform(&d) < path->neutropenic_fever_frac.value) course_event(lane, day, EVENT_fever, NAN);
    if (infection < path->serious_infection_frac.value * longer) course_event(lane, day, EVENT_serious_infection, NAN);
    if (death < path->treatment_death_frac.value * longer) lane->treatment_death_day = day + 1 + (int)(when * days);
}

/* Of women by age, since eggs are not renewed (10.6002/ECT.2015.0336). */
static double infertility_frac(const conditioning *path, const person *who)
{
    if (!who->female) return path->infertility_man_frac.value;
    if (who->age_year >= MENOPAUSE_YEAR) return 0.0;
    return who->age_year < YOUNG_WOMAN_YEAR ? path->infertility_woman_young_frac.value : path->infertility_woman_older_frac.value;
}

static void harms_of_the_drugs(const run_plan *run, lane *lane, const conditioning *path, int day)
{
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_RESET);
    double reaction = draw_uniform(&d), infertile = draw_uniform(&d), infection = draw_uniform(&d),
           death = draw_uniform(&d), when = draw_uniform(&d);
    if (reaction < path->infusion_reaction_frac.value) course_event(lane, day, EVENT_infusion_reaction, NAN);
    if (infertile < infertility_frac(path, lane->who)) course_event(lane, day, EVENT_infertility, NAN);
    if (conditioning_needs_cells(path)) return; /* the rest comes with aplasia */
    if (infection < path->serious_infection_frac.value) course_event(lane, day, EVENT_serious_infection, NAN);
    if (death < path->treatment_death_frac.value)
        lane->treatment_death_day = day + 1 + (int)(when * INFECTION_WINDOW_DAY);
}

/* `of_course`: the day as the path would count it if its first course began with this one. */
static void drugs_of_day(lane *lane, const conditioning *path, int day, int of_course, int course)
{
    int first = path->step_day[STEP_conditioning], last = first + (int)path->duration_day.value - 1;
    double factor = lane->arm->mechanisms.factor[MECHANISM_immune_reset], strength = factor < 1.0 ? factor : 1.0;
    if (of_course == first && course > 0) course_event(lane, day, EVENT_conditioning, NAN);
    if (of_course >= first && of_course <= last) deplete(lane, path, strength);
    if (of_course == last) after_drugs(lane, path, strength);
}

/* ---- insulin again ---- */

/* High mornings alone begin no insulin again after a reset: they count in a week whose mean glucose is above that of an HbA1c of 7 %
 * (28.7 x 7 - 46.7 mg/dL, 10.2337/dc08-0545), the other sign on which insulin is begun (trial/care.c). Assumed: no trial prints its rule; the one read
 * keeps glucose before meals at 140 mg/dL on the average (PMID 2903105). Without it dawn and an early sample gave insulin for a week at a time to people with an HbA1c of 5 %. */
#define RESUME_MEAN_MG_DL 154.2

static void confirm_mornings(care_state *care)
{
    double sum = 0.0;
    int n = 0;
    for (int part = 0; part < DAY_PARTS; part++) {
        sum += care->part_sum[part];
        n += care->part_n[part];
    }
    if (care->weaning && care->off_insulin && n > 0 && !(sum / n > RESUME_MEAN_MG_DL)) care->fasting_high_n = 0;
}

void reset_day(const run_plan *run, lane *lane, int day)
{
    if (lane->arm->conditioning < 0) return;
    confirm_mornings(&lane->care);
    const conditioning *path = &run->protocol->conditionings[lane->arm->conditioning];
    int of_path = day - lane->arm->conditioning_start_day;
    if (of_path < 0) return;
    if (of_path == path->step_day[STEP_conditioning]) harms_of_the_drugs(run, lane, path, day);
    for (int course = 0; course < (int)path->courses.value; course++)
        drugs_of_day(lane, path, day, of_path - course * (int)path->course_interval_day.value, course);
    if (of_path == path->step_day[STEP_infusion]) give_back(run, lane, path, day);
    step_events(lane, path, day, of_path);
}
