/* One thread's block of people: drawn, through the run-in together, then through the arms, and what each left is kept. */
#include "trial/trial_parts.h"

#include <stdlib.h>
#include <string.h>

#define EVENTS_SPARE 64

void worker_free(worker *w)
{
    if (!w) return;
    free(w->traits);
    free(w->run_in_tally);
    free(w->run_in_events);
    free(w->tally);
    free(w->events);
    free(w->visits);
    free(w->days);
    free(w->kept_events);
    free(w->kept_visits);
    free(w->results);
    free(w->after);
    free(w);
}

worker *worker_create(const trial *t)
{
    worker *w = aligned_alloc(64, (sizeof(*w) + 63) / 64 * 64);
    if (!w) return NULL;
    memset(w, 0, sizeof(*w));
    size_t arms = (size_t)t->protocol->n_arms, visits = (size_t)t->n_visits + 1;
    w->n_tally = t->plan.run_in_day + t->plan.follow_up_day + 1;
    w->max_events = t->plan.follow_up_day + EVENTS_SPARE;
    w->traits = calloc(LANE_GROUP * arms, sizeof(*w->traits));
    w->run_in_tally = calloc((size_t)t->plan.run_in_day * LANE_GROUP, sizeof(*w->run_in_tally));
    w->run_in_events = calloc((size_t)w->max_events * LANE_GROUP, sizeof(*w->run_in_events));
    w->tally = calloc((size_t)w->n_tally * LANE_GROUP, sizeof(*w->tally));
    w->events = calloc((size_t)w->max_events * LANE_GROUP, sizeof(*w->events));
    w->visits = calloc(visits * LANE_GROUP, sizeof(*w->visits));
    w->days = calloc((size_t)t->plan.follow_up_day * LANE_GROUP * arms, sizeof(*w->days));
    w->kept_events = calloc((size_t)w->max_events * LANE_GROUP * arms, sizeof(*w->kept_events));
    w->kept_visits = calloc(visits * LANE_GROUP * arms, sizeof(*w->kept_visits));
    w->results = calloc(LANE_GROUP * arms, sizeof(*w->results));
    w->after = calloc(arms, sizeof(*w->after));
    if (w->traits && w->run_in_tally && w->run_in_events && w->tally && w->events && w->visits && w->days && w->kept_events &&
        w->kept_visits && w->results && w->after)
        return w;
    worker_free(w);
    return NULL;
}

/* ---- one block ---- */

static void fill_traits(const person *who, int64_t patient, patient_traits *out)
{
    *out = (patient_traits){.patient = patient, .candidate = (int64_t)who->key, .female = who->female,
                            .age_year = who->age_year, .duration_year = who->duration_year, .height_m = who->height_m,
                            .weight_kg = who->kinetics.bw, .bmi_kg_m2 = who->bmi_kg_m2,
                            .egfr_ml_min_1_73m2 = who->egfr_ml_min_1_73m2, .native_function_frac = who->native_function_frac,
                            .autoantibody_positive = who->autoantibody_positive,
                            .impaired_awareness = who->impaired_awareness,
                            .severe_hypo_per_year = who->severe_hypo_per_year};
    memcpy(out->subject, who->subject, sizeof(out->subject));
}

void worker_load(const trial *t, worker *w, int cohort, const uint64_t *candidate, int64_t first, int n)
{
    w->run_in.n_people = n;
    for (int l = 0; l < LANE_GROUP; l++) {
        uint64_t number = candidate[first + (l < n ? l : 0)];
        if (!person_draw(&t->source, t->seed, number, &w->people[l])) continue; /* enrolled people can be drawn */
        fill_traits(&w->people[l], cohort * t->n_patients + first + l, &w->traits[cohort * LANE_GROUP + l]);
        w->run_in.profile[l] = &w->before;
        w->run_in.lanes[l] = (lane){.who = &w->people[l], .tally = w->run_in_tally + (size_t)l * (size_t)t->plan.run_in_day,
                                    .events = w->run_in_events + (size_t)l * (size_t)w->max_events, .max_events = w->max_events};
    }
}

static uint16_t packed(double value, double per_unit)
{
    double x = value * per_unit + 0.5;
    return x > 0.0 ? x < 65535.0 ? (uint16_t)x : 65535 : 0;
}

static void pack_day(const day_tally *tally, patient_day *out)
{
    *out = (patient_day){packed(tally->mean_glucose_mg_dl, 10.0), packed(tally->in_range, SENSOR_MINUTES),
                         packed(tally->below_70, SENSOR_MINUTES), packed(tally->below_54, SENSOR_MINUTES),
                         packed(tally->insulin_u, 100.0), packed(tally->carbohydrate_g, 10.0),
                         packed(tally->c_peptide_mean_nmol_l, 1000.0), packed(tally->graft_function, 10000.0)};
}

/* Keep what a lane of the group left: person `l` of the block in arm `a`. */
static void keep_lane(const trial *t, worker *w, int a, int l, const lane *lane)
{
    size_t slot = (size_t)a * LANE_GROUP + (size_t)l;
    size_t visits = (size_t)t->n_visits + 1, follow_up = (size_t)t->plan.follow_up_day;
    patient_day *days = w->days + slot * follow_up;
    patient_event *events = w->kept_events + slot * (size_t)w->max_events;
    double(*values)[ENDPOINT_COUNT] = w->kept_visits + slot * visits;
    for (int d = 0; d < lane->end_day; d++) pack_day(&lane->tally[d + t->plan.run_in_day], &days[d]);
    memcpy(events, lane->events, (size_t)lane->n_events * sizeof(*events));
    memcpy(values, lane->visits, (size_t)t->n_visits * sizeof(*values));
    w->results[slot] = (patient_result){.arm = a, .traits = &w->traits[(t->independent ? a * LANE_GROUP : 0) + l],
                                        .n_visits = t->n_visits, .visit_values = values, .n_days = lane->end_day, .days = days,
                                        .n_events = lane->n_events, .events = events};
}

void profile_add(glucose_profile *to, const glucose_profile *from)
{
    uint32_t *a = &to->count[0][0][0];
    const uint32_t *b = &from->count[0][0][0];
    for (size_t i = 0; i < sizeof(*to) / sizeof(*a); i++) a[i] += b[i];
}

/* Person `l` after the run-in takes a seat in the group, in arm `a`. */
static void take_seat(const trial *t, worker *w, int seat, int a, int l)
{
    const lane *before = &w->run_in.lanes[l];
    lane *here = &w->group.lanes[seat];
    group_copy_lane(&w->run_in.minute, l, &w->group.minute, seat);
    *here = *before;
    here->arm = &t->protocol->arms[a];
    here->tally = w->tally + (size_t)seat * (size_t)w->n_tally;
    here->events = w->events + (size_t)seat * (size_t)w->max_events;
    here->visits = w->visits + (size_t)seat * ((size_t)t->n_visits + 1);
    memcpy(here->tally, before->tally, (size_t)t->plan.run_in_day * sizeof(*here->tally));
    memcpy(here->events, before->events, (size_t)before->n_events * sizeof(*here->events));
    w->group.profile[seat] = &w->after[a];
}

/* A group's seats: the (person, arm) pairs from `begin` on, arms of a person side by side in the count. Within the group they
 * sit by arm, so that what an arm does not do is left out for whole vectors. */
static int take_seats(const trial *t, worker *w, int begin, int first, int arms, int arm_of[LANE_GROUP],
                      int person_of[LANE_GROUP])
{
    const int all = w->run_in.n_people * arms, n = all - begin < LANE_GROUP ? all - begin : LANE_GROUP;
    int seat = 0;
    for (int a = 0; a < arms; a++)
        for (int at = begin; at < begin + n; at++) {
            if (at % arms != a) continue;
            arm_of[seat] = first + a;
            person_of[seat++] = at / arms;
        }
    for (seat = 0; seat < LANE_GROUP; seat++) take_seat(t, w, seat, arm_of[seat < n ? seat : 0], person_of[seat < n ? seat : 0]);
    w->group.n_people = n;
    return n;
}

/* The block's people in `arms` arms from `first` on. False when stopped. */
static bool run_arms(const trial *t, worker *w, int first, int arms)
{
    int arm_of[LANE_GROUP], person_of[LANE_GROUP];
    for (int begin = 0; begin < w->run_in.n_people * arms; begin += LANE_GROUP) {
        const int n = take_seats(t, w, begin, first, arms, arm_of, person_of);
        if (!group_follow_up(&t->plan, &w->group)) return false;
        for (int seat = 0; seat < n; seat++) {
            const lane *lane = &w->group.lanes[seat];
            keep_lane(t, w, arm_of[seat], person_of[seat], lane);
            if (lane->out_of_bounds && !w->impossible) w->impossible = lane->who;
        }
    }
    return true;
}

bool worker_run(const trial *t, worker *w, int64_t block)
{
    int64_t first = block * LANE_GROUP;
    int n = trial_block_people(t, block);
    memset(w->after, 0, sizeof(*w->after) * (size_t)t->protocol->n_arms);
    const int arms = t->protocol->n_arms, together = t->independent ? 1 : arms;
    for (int a = 0; a < arms; a += together) {
        worker_load(t, w, a, t->candidate + (t->independent ? a * t->n_patients : 0), first, n);
        memset(&w->before, 0, sizeof(w->before));
        group_start(&t->plan, &w->run_in);
        if (!group_run_in(&t->plan, &w->run_in)) return false;
        for (int arm = a; arm < a + together; arm++) profile_add(&w->after[arm], &w->before);
        if (!run_arms(t, w, a, together)) return false;
    }
    return true;
}
