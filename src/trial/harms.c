/* Harms; the laws are in harms.h. */
#include "trial/harms.h"

#include <math.h>

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "physiology/slow.h"

#define KIDNEY_INJURY_FRAC 0.70   /* of the eGFR at day 0 */
#define EGFR_LEAST 5.0            /* kidney failure: replaced, not followed further down */

void harms_start(lane *lane)
{
    lane->egfr = lane->who->egfr_ml_min_1_73m2;
    lane->cmv_day = lane->neutropenia_day = lane->treatment_death_day = lane->engraftment_day = -1;
}

static void once(lane *lane, int day, event_kind kind)
{
    if (!lane->happened[kind]) course_event(lane, day, kind, NAN);
}

static void ends(lane *lane, int day, event_kind kind)
{
    course_event(lane, day, kind, NAN);
    if (day < lane->end_day) lane->end_day = day + 1;
}

/* ---- at one time ---- */

/* Fever and other reactions, with draws of their own so that those of the procedure stay as they are. */
static void reactions(const run_plan *run, lane *lane, int day, const product *cells)
{
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_REACTION + (uint64_t)lane->next_course);
    double fever = draw_uniform(&d), other = draw_uniform(&d);
    if (fever < cells->fever_frac.value) course_event(lane, day, EVENT_fever, NAN);
    if (other < cells->infusion_reaction_frac.value) course_event(lane, day, EVENT_infusion_reaction, NAN);
}

void harms_of_infusion(const run_plan *run, lane *lane, int day, const cell_course *course, bool gives_beta_cells, draw *d)
{
    const params *p = run->params;
    reactions(run, lane, day, &run->protocol->products[course->product]);
    if (course->route == ROUTE_portal_vein) {
        double bleeding = course->tract == TRACT_UNSEALED ? p->portal_bleeding_unsealed_frac : p->portal_bleeding_frac;
        if (draw_uniform(d) < bleeding) course_event(lane, day, EVENT_portal_bleeding, NAN);
        if (draw_uniform(d) < p->portal_thrombosis_frac) course_event(lane, day, EVENT_portal_thrombosis, NAN);
    }
    /* once a person: deaths related to the procedure or the treatment, spread over the first year */
    if (!gives_beta_cells) return;
    if (lane->n_given == 0 && draw_uniform(d) < p->procedure_mortality_frac)
        lane->treatment_death_day = day + (int)(DAYS_PER_YEAR * draw_uniform(d));
    lane->n_given++;
}

void harms_of_drugs(const run_plan *run, lane *lane, int day)
{
    const regimen *drugs = lane->drugs.regimen;
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_DRUGS);
    bool infected = draw_uniform(&d) < drugs->cmv_infection_frac.value;
    double onset = -run->params->cmv_median_day / 0.69314718055994531 * lanes_log(draw_uniform(&d));
    bool neutropenic = draw_uniform(&d) < drugs->neutropenia_frac.value;
    double when = draw_uniform(&d);
    lane->cmv_day = infected && onset < 1e6 ? day + (int)onset : -1;
    lane->neutropenia_day = neutropenic ? day + (int)(DAYS_PER_YEAR * when) : -1;
}

void harms_of_graft_loss(const run_plan *run, lane *lane, int day)
{
    bool foreign = false;
    for (int c = 0; c < lane->graft.n_courses; c++)
        foreign = foreign || lane->graft.courses[c].product->origin == ORIGIN_ALLOGENEIC;
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, HARM_DRAWS_GRAFT);
    if (foreign && draw_uniform(&d) < run->params->sensitisation_frac) once(lane, day, EVENT_sensitisation);
}

/* ---- day by day ---- */

/* Time below 70 acts through the minutes of deep hypoglycaemia; the published rate ratio of 1.23 per % of time below 70
 * (doi:10.1177/15209156261432166) is a check of that, not an input (docs/model.md). */
static void severe_hypoglycaemia(const run_plan *run, lane *lane, int day)
{
    const params *p = run->params;
    draw d = draw_from(run->seed, lane->who->key, RNG_severe_hypo, (uint64_t)(day + run->run_in_day));
    double fatal = draw_uniform(&d), chance = draw_uniform(&d);
    if (!(lane->deep_low_min > 0.0)) return;
    double unaware = (1.0 - lane->awareness) / (1.0 - p->awareness_impaired_typical);
    double hazard = p->severe_hypo_per_low_min * lane->deep_low_min * lane->who->severe_hypo_frailty *
                    lanes_exp(lanes_log(p->severe_hypo_unaware_ratio) * unaware);
    if (!(chance < 1.0 - lanes_exp(-hazard))) return;
    course_event(lane, day, EVENT_severe_hypo, NAN);
    lane->severe_hypo_since_visit++;
    if (fatal < p->severe_hypo_fatality) ends(lane, day, EVENT_death);
}

/* Years on drugs follow the regimen's law, which holds ageing; the others follow age alone. */
static void kidney(const run_plan *run, lane *lane, int day)
{
    double on_drugs = lane->days_on_drugs / DAYS_PER_YEAR, off_drugs = (day + 1) / DAYS_PER_YEAR - on_drugs;
    double loss = run->params->egfr_age_slope_per_year * off_drugs;
    if (lane->drugs.regimen)
        loss += egfr_drug_loss(run->params, lane->drugs.regimen, on_drugs, lane->drugs.exposure_frac) * lane->who->kidney_response;
    double day0 = lane->who->egfr_ml_min_1_73m2, egfr = day0 - loss;
    lane->egfr = egfr > EGFR_LEAST ? egfr : EGFR_LEAST;
    if (lane->egfr <= KIDNEY_INJURY_FRAC * day0 && !lane->happened[EVENT_kidney_injury])
        course_event(lane, day, EVENT_kidney_injury, lane->egfr);
}

static void under_drugs(lane *lane, int day, double infection, double cancer)
{
    const regimen *drugs = lane->drugs.regimen;
    double exposure = lane->drugs.exposure_frac / DAYS_PER_YEAR;
    if (infection < drugs->serious_infection_per_year.value * exposure) course_event(lane, day, EVENT_serious_infection, NAN);
    if (cancer < drugs->malignancy_per_year.value * exposure) once(lane, day, EVENT_malignancy);
    if (day == lane->cmv_day) course_event(lane, day, EVENT_cmv_infection, NAN);
    if (day == lane->neutropenia_day && day < lane->arm->regimen_stop_day) once(lane, day, EVENT_neutropenia);
}

void harms_day(const run_plan *run, lane *lane, int day)
{
    const params *p = run->params;
    kidney(run, lane, day);
    severe_hypoglycaemia(run, lane, day);
    if (lane->happened[EVENT_death]) return;
    draw d = draw_from(run->seed, lane->who->key, RNG_harms, (uint64_t)(HARM_DRAWS_DAY + day));
    double infection = draw_uniform(&d), cancer = draw_uniform(&d), death = draw_uniform(&d), leaves = draw_uniform(&d);
    if (lane->drugs.regimen) under_drugs(lane, day, infection, cancer);
    if (day == lane->treatment_death_day) {
        course_event(lane, day, EVENT_treatment_death, NAN);
        ends(lane, day, EVENT_death);
    } else if (death < mortality_per_year(p, lane->who, day / DAYS_PER_YEAR) / DAYS_PER_YEAR) {
        ends(lane, day, EVENT_death);
    }
    if (leaves < 1.0 - lanes_exp(lanes_log(1.0 - run->protocol->dropout_probability_per_year) / DAYS_PER_YEAR))
        ends(lane, day, EVENT_withdrawn);
}
