/* Trial: enrolment, then every person in every arm in blocks of LANE_GROUP, blocks shared out among threads.
 *
 * Paired (the default): the run-in of a block is simulated once and every arm continues from a copy of it, so that arms
 * differ only by what is done in them. With independent arms each arm enrols its own people. Blocks are independent and
 * keyed by person, so the result depends on neither threads nor order. */
#include "trial/trial.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/units.h"
#include "physiology/slow.h"
#include "trial/batch_bytes.h"
#include "therapy/parameter_set.h"
#include "trial/group.h"

#define EVENTS_SPARE 64
#define SCREENING_DRAWS ((uint64_t)1 << 32) /* place in the laboratory's stream, beyond every visit */
#define ARM_PEOPLE ((uint64_t)1 << 40)  /* first candidate of arm a with independent arms is a times this */
#define CANDIDATES_PER_PERSON_MAX 20000 /* a population that admits fewer than this share is an input error */

struct trial {
    struct islet_protocol own; /* the protocol with the options' follow-up */
    const struct islet_protocol *protocol;
    params params;
    run_plan plan;
    person_source source;
    uint64_t seed;
    int64_t n_patients, screened_out;
    bool independent;
    int threads, n_visits, visit_day[PROTOCOL_MAX_VISITS];
    uint64_t *candidate;          /* [arm or 0][patient] numbers of the people enrolled */
    glucose_profile *profiles;    /* one an arm */
    const glucose_profile *batch_profiles; /* of the batch in the sink */
    double days_done;
    void (*progress)(void *context, const islet_progress *progress);
    bool (*interrupted)(void *context);
    const islet_team *team; /* with whom candidates are screened; NULL: alone */
    bool stopping; /* it has answered true once; guarded by the critical section islet_stop */
    void *context;
};

/* ---- create ---- */

/* Smooth rise of hepatic production: 0 at 02:00, 1 from 05:00 to 07:00, 0 again at 10:00. */
static void fill_dawn(double *shape)
{
    const double rises = 120.0, high = 300.0, falls = 420.0, ends = 600.0;
    for (int i = 0; i < MINUTES_PER_DAY / SENSOR_MINUTES; i++) {
        double t = i * SENSOR_MINUTES, x = 0.0;
        if (t >= rises && t < high) x = (t - rises) / (high - rises);
        else if (t >= high && t < falls) x = 1.0;
        else if (t >= falls && t < ends) x = (ends - t) / (ends - falls);
        shape[i] = x * x * (3.0 - 2.0 * x);
    }
}

#define RHYTHM_PEAK_MIN 510          /* 08:31 (Diabetes 1996;45:1044) */
#define RHYTHM_COS 0.99976202707990913 /* of five minutes of a day's circle: turned step by step, the same on every machine */
#define RHYTHM_SIN 0.02181488503456112

/* The liver's rhythm without type 1 diabetes: most of it in the morning, least twelve hours later, none on average. */
static void fill_rhythm(double *shape)
{
    const int slots = MINUTES_PER_DAY / SENSOR_MINUTES;
    double x = 1.0, y = 0.0;
    for (int i = 0; i < slots; i++) {
        shape[(i + RHYTHM_PEAK_MIN / SENSOR_MINUTES) % slots] = x;
        double turned = x * RHYTHM_COS - y * RHYTHM_SIN;
        y = x * RHYTHM_SIN + y * RHYTHM_COS;
        x = turned;
    }
}

uint64_t islet_run_seed(const islet_protocol *protocol, const islet_run_options *options)
{
    if (options && options->has_seed) return options->seed;
    return protocol->has_seed ? protocol->seed : 1;
}

static int cohorts(const trial *t)
{
    return t->independent ? t->protocol->n_arms : 1;
}

/* Has the user asked to stop? The callback is called from one thread at a time. */
bool trial_is_stopping(trial *t)
{
    bool stopping;
#pragma omp critical(islet_stop)
    {
        if (!t->stopping && t->interrupted && t->interrupted(t->context)) t->stopping = true;
        stopping = t->stopping;
    }
    return stopping;
}

static bool is_stopping(void *context)
{
    return trial_is_stopping(context);
}

islet_status trial_create(const islet_protocol *protocol, const islet_run_options *options, trial **out,
                          islet_problems *problems)
{
    params with = params_default();
    if (!options || !options->parameters) return trial_create_with(protocol, options, &with, out, problems);

    /* values of a parameter set; its file becomes one that the protocol names, so that the store knows it */
    parameter_set set;
    *out = NULL;
    islet_protocol *changed = malloc(sizeof *changed);
    if (!changed) return ISLET_ERR_MEMORY;
    islet_status status = parameter_set_read(options->parameters, &set, problems);
    if (status == ISLET_OK) {
        *changed = *protocol;
        parameter_set_apply(&set, -1, &with, changed);
        if (changed->n_files < PROTOCOL_MAX_FILES) {
            protocol_file *file = &changed->files[changed->n_files++];
            const char *slash = strrchr(options->parameters, '/');
            *file = (protocol_file){.size = set.size};
            snprintf(file->name, sizeof file->name, "%s", slash ? slash + 1 : options->parameters);
            memcpy(file->hash, set.hash, sizeof file->hash);
        }
        status = trial_create_with(changed, options, &with, out, problems);
        parameter_set_free(&set);
    }
    free(changed);
    return status;
}

islet_status trial_create_with(const islet_protocol *protocol, const islet_run_options *options, const params *with,
                               trial **out, islet_problems *problems)
{
    const islet_run_options none = {0}, *o = options ? options : &none;
    islet_status status = ISLET_ERR_MEMORY;
    *out = NULL;
    trial *t = calloc(1, sizeof(*t));
    if (!t) return ISLET_ERR_MEMORY;

    if (!(o->years >= 0.0 && o->years <= PROTOCOL_MAX_YEARS)) {
        status = ISLET_ERR_ARGUMENT;
        goto done;
    }
    t->own = *protocol;
    t->protocol = protocol = &t->own;
    if (o->years > 0.0 && !protocol_set_years(&t->own, o->years, problems)) {
        status = ISLET_ERR_INPUT;
        goto done;
    }
    t->params = *with;
    t->seed = islet_run_seed(protocol, o);
    t->n_patients = o->patients > 0 ? o->patients : protocol->n_patients;
    t->independent = o->independent_arms;
    t->threads = o->threads > 0 ? o->threads : omp_get_num_procs();
    t->progress = o->progress;
    t->interrupted = o->interrupted;
    t->context = o->context;
    t->team = o->team;
    for (int v = 0; v < protocol->n_visits; v++)
        if (protocol->visits_day[v] <= protocol->follow_up_day) t->visit_day[t->n_visits++] = protocol->visits_day[v];

    const kernel *kernel = kernel_find(o->engine);
    if (!kernel) {
        problems_error(problems, "--engine", 0, 0, "'%s' is not an engine of this machine; try `islet doctor`", o->engine);
        status = ISLET_ERR_UNSUPPORTED;
        goto done;
    }
    if (t->n_patients > PROTOCOL_MAX_PATIENTS) {
        status = ISLET_ERR_ARGUMENT;
        goto done;
    }
    if (!person_source_fill(&t->source, &protocol->population, &t->params)) {
        problems_error(problems, protocol->file, 0, 0, "population '%s' names no band of public subjects",
                       protocol->population.name);
        status = ISLET_ERR_INPUT;
        goto done;
    }
    t->plan = (run_plan){.protocol = protocol, .params = &t->params, .kernel = kernel, .seed = t->seed,
                         .run_in_day = (int)t->params.run_in_day + protocol->preparation.days, .follow_up_day = protocol->follow_up_day,
                         .n_visits = t->n_visits, .visit_day = t->visit_day, .sensors = sensor_population_published(),
                         .stop = is_stopping, .stop_context = t};
    fill_dawn(t->plan.dawn);
    fill_rhythm(t->plan.liver_rhythm);
    t->candidate = calloc((size_t)t->n_patients * (size_t)cohorts(t), sizeof(*t->candidate));
    t->profiles = calloc((size_t)protocol->n_arms, sizeof(*t->profiles));
    if (!t->candidate || !t->profiles) goto done;
    *out = t;
    t = NULL;
    status = ISLET_OK;
done:
    trial_free(t);
    return status;
}

void trial_free(trial *t)
{
    if (!t) return;
    free(t->candidate);
    free(t->profiles);
    free(t);
}

const struct islet_protocol *trial_protocol(const trial *t) { return t->protocol; }
const params *trial_params(const trial *t) { return &t->params; }
int64_t trial_patients(const trial *t) { return t->n_patients; }
int trial_arms(const trial *t) { return t->protocol->n_arms; }
int trial_follow_up_day(const trial *t) { return t->plan.follow_up_day; }
int trial_visits(const trial *t) { return t->n_visits; }
int trial_visit_day(const trial *t, int visit) { return t->visit_day[visit]; }
uint64_t trial_seed(const trial *t) { return t->seed; }
const char *trial_engine(const trial *t) { return t->plan.kernel->name; }
int64_t trial_screened_out(const trial *t) { return t->screened_out; }
const glucose_profile *trial_profile(const trial *t, int arm) { return &t->profiles[arm]; }
const glucose_profile *trial_batch_profile(const trial *t, int arm) { return &t->batch_profiles[arm]; }
const char *trial_protocol_hash(const trial *t) { return t->protocol->hash; }
const char *trial_protocol_file(const trial *t) { return t->protocol->file; }
bool trial_is_independent(const trial *t) { return t->independent; }

int64_t trial_batches(const trial *t)
{
    return (t->n_patients + LANE_GROUP - 1) / LANE_GROUP;
}

static double days_a_person(const trial *t)
{
    return t->plan.follow_up_day * (double)t->protocol->n_arms + t->plan.run_in_day * (double)cohorts(t);
}

double trial_total_patient_days(const trial *t)
{
    return (double)t->n_patients * days_a_person(t);
}

/* ---- buffers of one thread ---- */

typedef struct {
    group run_in, group;          /* people in the run-in; people in their arms */
    person people[LANE_GROUP];
    patient_traits *traits;       /* [arm][lane]; one arm's when all share their people */
    day_tally *run_in_tally;      /* [lane][day] */
    patient_event *run_in_events; /* [lane][event] */
    day_tally *tally;             /* [lane][day], the run-in's before them */
    patient_event *events;        /* [lane][event] */
    double (*visits)[ENDPOINT_COUNT]; /* [lane][visit] */
    patient_day *days;            /* [arm][lane][day] */
    patient_event *kept_events;   /* [arm][lane][event] */
    double (*kept_visits)[ENDPOINT_COUNT];
    const person *impossible;     /* somebody whose states left their bounds; NULL if nobody */
    patient_result *results;      /* [arm][lane] */
    glucose_profile before, *after;
    int n_tally, max_events;
} worker;

static void worker_free(worker *w)
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

static worker *worker_create(const trial *t)
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
    if (w->traits && w->run_in_tally && w->run_in_events && w->tally && w->events && w->visits && w->days && w->kept_events && w->kept_visits && w->results && w->after) return w;
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

/* Draw the people of a block again from their numbers; empty lanes repeat the first person. People of different cohorts
 * (independent arms) have different numbers. */
static void load_people(const trial *t, worker *w, int cohort, const uint64_t *candidate, int64_t first, int n)
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
    w->results[slot] = (patient_result){.arm = a, .traits = &w->traits[(t->independent ? a * LANE_GROUP : 0) + l], .n_visits = t->n_visits, .visit_values = values,
                                        .n_days = lane->end_day, .days = days, .n_events = lane->n_events, .events = events};
}

static void add_profile(glucose_profile *to, const glucose_profile *from)
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
static int take_seats(const trial *t, worker *w, int begin, int first, int arms, int arm_of[LANE_GROUP], int person_of[LANE_GROUP])
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

static int block_people(const trial *t, int64_t block)
{
    int64_t left = t->n_patients - block * LANE_GROUP;
    return left < LANE_GROUP ? (int)left : LANE_GROUP;
}

/* One block in every arm; false when the run was stopped on the way. */
static bool run_block(const trial *t, worker *w, int64_t block)
{
    int64_t first = block * LANE_GROUP;
    int n = block_people(t, block);
    memset(w->after, 0, sizeof(*w->after) * (size_t)t->protocol->n_arms);
    const int arms = t->protocol->n_arms, together = t->independent ? 1 : arms;
    for (int a = 0; a < arms; a += together) {
        load_people(t, w, a, t->candidate + (t->independent ? a * t->n_patients : 0), first, n);
        memset(&w->before, 0, sizeof(w->before));
        group_start(&t->plan, &w->run_in);
        if (!group_run_in(&t->plan, &w->run_in)) return false;
        for (int arm = a; arm < a + together; arm++) add_profile(&w->after[arm], &w->before);
        if (!run_arms(t, w, a, together)) return false;
    }
    return true;
}

/* ---- enrolment ---- */

/* Requirements on what only the run-in shows; C-peptide is one where the people have beta cells to lose. */
static bool needs_run_in(const population *of)
{
    const person typical = {.diabetes = (diabetes_type)of->diabetes, .native_function_frac = of->native_function_frac.mean};
    for (int i = 0; i < TRAIT_COUNT; i++)
        if (of->has_require[i] && !person_knows(&typical, (trait_id)i)) return true;
    return false;
}

/* Held against what the laboratory and the sensor said some weeks before day 0, so that whoever came in by a chance high value
 * is found lower on day 0: regression to the mean. Own insulin is that of day 0, which the run-in leads to. */
static bool meets_at_screening(const trial *t, const lane *lane)
{
    const population *of = &t->protocol->population;
    const params *p = &t->params;
    double values[TRAIT_COUNT] = {0};
    bool was_ill = course_diagnosis_day(lane->who) + 14 <= -(int)p->screening_day; /* else the day before day 0 has to do */
    int day = t->plan.run_in_day - (was_ill ? (int)p->screening_day : 0);
    const day_tally *last = &lane->tally[day - 1];
    double hba1c = hba1c_pct(lane->who->glycation_rate_l_per_mmol_s, (int)p->red_cell_life_day, &last->mean_glucose_mg_dl,
                             (int)(sizeof(*last) / sizeof(double)), day);
    draw d = draw_from(t->seed, lane->who->key, RNG_assay, SCREENING_DRAWS);
    double fasting = 0.0, insulin = 0.0, function = lane->native.active_frac;
    for (int i = 0; i < 14; i++) fasting += last[-i].fasting_mg_dl / 14.0, insulin += last[-i].insulin_u / 14.0;
    values[TRAIT_hba1c_pct] = hba1c * draw_lognormal(&d, 1.0, p->hba1c_assay_cv);
    values[TRAIT_fasting_glucose_mg_dl] = fasting;
    values[TRAIT_insulin_u_per_kg_day] = insulin / lane->who->kinetics.bw;
    values[TRAIT_c_peptide_stimulated_nmol_l] = p->c_peptide_per_function_nmol_l * function / (1.0 + p->c_peptide_saturation * function);
    for (int i = 0; i < TRAIT_COUNT; i++)
        if (of->has_require[i] && !person_knows(lane->who, (trait_id)i) && !requirement_holds(&of->require[i], values[i])) return false;
    return true;
}

/* The next candidate from *number on who meets what is known before the run-in; false when there are too few. */
static bool next_candidate(const trial *t, uint64_t *number, person *who)
{
    for (int tries = 0; tries < CANDIDATES_PER_PERSON_MAX; tries++, (*number)++)
        if (person_draw(&t->source, t->seed, *number, who) && person_meets(&t->protocol->population, who)) return true;
    return false;
}

/* Simulate the run-in of `n` candidates and mark who meets the rest of the requirements. */
static void screen_block(const trial *t, worker *w, const uint64_t *candidate, int n, bool *admitted)
{
    load_people(t, w, 0, candidate, 0, n);
    group_start(&t->plan, &w->run_in);
    bool whole = group_run_in(&t->plan, &w->run_in);
    for (int l = 0; l < n; l++) admitted[l] = whole && meets_at_screening(t, &w->run_in.lanes[l]);
}

#define SCREEN_BLOCKS 16 /* at least, in one round */

/* The candidates of one round of screening. Who is enrolled does not depend on how many are looked at in a round. */
typedef struct {
    int blocks, wanted, n;
    uint64_t *number;   /* of `wanted` candidates */
    bool *admitted;
    worker **workers;   /* one a block; NULL where another member of the team screens */
} screen_round;

static void round_free(screen_round *round)
{
    for (int b = 0; round->workers && b < round->blocks; b++) worker_free(round->workers[b]);
    free(round->number);
    free(round->admitted);
    free(round->workers);
}

static bool screens(const trial *t, int block)
{
    return !t->team || block % t->team->size == t->team->member;
}

static islet_status round_create(const trial *t, screen_round *round)
{
    const int members = t->team ? t->team->size : 1, turns = (SCREEN_BLOCKS + members - 1) / members;
    const bool run_in = needs_run_in(&t->protocol->population);
    *round = (screen_round){.blocks = run_in ? members * turns : 1};
    round->wanted = round->blocks * LANE_GROUP;
    round->number = calloc((size_t)round->wanted, sizeof *round->number);
    round->admitted = calloc((size_t)round->wanted, sizeof *round->admitted);
    round->workers = calloc((size_t)round->blocks, sizeof *round->workers);
    bool whole = round->number && round->admitted && round->workers;
    for (int b = 0; whole && run_in && b < round->blocks; b++)
        if (screens(t, b)) whole = (round->workers[b] = worker_create(t)) != NULL;
    return whole ? ISLET_OK : ISLET_ERR_MEMORY;
}

/* Run-ins of the round's candidates; with a team, of this member's blocks, and what the others have found of theirs. */
static islet_status screen(trial *t, screen_round *round)
{
    memset(round->admitted, 0, (size_t)round->wanted * sizeof *round->admitted);
#pragma omp parallel for schedule(dynamic, 1) num_threads(t->threads)
    for (int b = 0; b < round->blocks; b++)
        if (round->workers[b])
            screen_block(t, round->workers[b], round->number + b * LANE_GROUP, LANE_GROUP, round->admitted + b * LANE_GROUP);
    if (is_stopping(t)) return ISLET_ERR_INTERRUPTED; /* not everybody was looked at */
    _Static_assert(sizeof *round->admitted == 1, "one byte a candidate");
    return t->team ? t->team->join(t->team->context, (unsigned char *)round->admitted, (size_t)round->wanted) : ISLET_OK;
}

#define REFUSED_MAX 12800 /* candidates in a row whom the run-in shows to be others than required */

static islet_status enrol(trial *t, int cohort, islet_problems *problems)
{
    screen_round round;
    islet_status status = round_create(t, &round);
    uint64_t number = (uint64_t)cohort * ARM_PEOPLE, *enrolled = t->candidate + cohort * t->n_patients;
    const bool run_in = needs_run_in(&t->protocol->population);
    person who;
    int64_t n = 0, refused = 0; /* in a row: a round's size depends on the ranks, this does not */
    while (n < t->n_patients && status == ISLET_OK) {
        if (is_stopping(t)) {
            status = ISLET_ERR_INTERRUPTED;
            break;
        }
        for (round.n = 0; round.n < round.wanted && next_candidate(t, &number, &who); number++) {
            round.admitted[round.n] = true;
            round.number[round.n++] = number;
        }
        if (round.n < round.wanted) status = ISLET_ERR_INPUT;
        else if (run_in) status = screen(t, &round);
        if (status != ISLET_OK) break;
        for (int i = 0; i < round.n && n < t->n_patients && refused < REFUSED_MAX; i++) {
            refused = round.admitted[i] ? 0 : refused + 1;
            if (!round.admitted[i]) continue;
            enrolled[n++] = round.number[i];
            number = round.number[i] + 1;
        }
        if (refused >= REFUSED_MAX) status = ISLET_ERR_INPUT;
    }
    if (status == ISLET_ERR_INPUT)
        problems_error(problems, t->protocol->file, 0, 0,
                       "population '%s' has almost nobody who meets `require`; widen its ranges", t->protocol->population.name);
    if (status == ISLET_OK) t->screened_out += (int64_t)(number - (uint64_t)cohort * ARM_PEOPLE) - t->n_patients;
    round_free(&round);
    return status;
}

/* ---- run ---- */

void trial_begin(trial *t, const unsigned char *done)
{
    memset(t->profiles, 0, sizeof(*t->profiles) * (size_t)t->protocol->n_arms);
    t->days_done = 0.0;
    for (int64_t block = 0; done && block < trial_batches(t); block++)
        if (done[block]) t->days_done += block_people(t, block) * days_a_person(t);
}

islet_status trial_enrol(trial *t, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    t->screened_out = 0;
    for (int c = 0; c < cohorts(t) && status == ISLET_OK; c++) status = enrol(t, c, problems);
    return status;
}

/* A finished batch goes to the sink. */
static islet_status hand_on(trial *t, int64_t batch, const patient_result *results, int n_results,
                            const glucose_profile *profiles, trial_sink sink, void *context)
{
    for (int a = 0; a < t->protocol->n_arms; a++) add_profile(&t->profiles[a], &profiles[a]); /* first: the sink may keep them, too */
    t->batch_profiles = profiles;
    islet_status status = sink(context, batch, results, n_results);
    t->batch_profiles = NULL;
    t->days_done += block_people(t, batch) * days_a_person(t);
    if (status == ISLET_OK && t->progress) t->progress(t->context, &(islet_progress){t->days_done, trial_total_patient_days(t)});
    return status;
}

islet_status trial_take(trial *t, int64_t batch, const batch_view *view, trial_sink sink, void *context)
{
    t->screened_out = view->screened_out;
    return hand_on(t, batch, view->results, view->n_results, view->profiles, sink, context);
}

static islet_status keep_block(trial *t, worker *w, int64_t block, trial_sink sink, void *context)
{
    int n = w->run_in.n_people, arms = t->protocol->n_arms;
    for (int a = 1; a < arms; a++) /* close the gaps of an incomplete block */
        memmove(w->results + a * n, w->results + a * LANE_GROUP, sizeof(*w->results) * (size_t)n);
    return hand_on(t, block, w->results, n * arms, w->after, sink, context);
}

islet_status trial_run(trial *t, const unsigned char *done, trial_sink sink, void *context, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    int64_t blocks = trial_batches(t);
    trial_begin(t, done);
    status = trial_enrol(t, problems);
    if (status != ISLET_OK) return status;

#pragma omp parallel num_threads(t->threads)
    {
        worker *w = worker_create(t);
#pragma omp for schedule(dynamic, 1)
        for (int64_t block = 0; block < blocks; block++) {
            islet_status seen;
#pragma omp critical(islet_trial)
            {
                if (!w) status = ISLET_ERR_MEMORY;
                if (status == ISLET_OK && is_stopping(t)) status = ISLET_ERR_INTERRUPTED;
                seen = status;
            }
            if (seen != ISLET_OK || (done && done[block])) continue;
            bool whole = run_block(t, w, block);
#pragma omp critical(islet_trial)
            {
                if (w->impossible && status == ISLET_OK) {
                    char number[NUMBER_TEXT];
                    number_write((double)w->impossible->key, number);
                    problems_error(problems, t->protocol->file, 0, 0,
                                   "the glucose or insulin of candidate %s left what is physically possible; nothing of this block is kept; "
                                   "report it with the seed and the protocol", number);
                    status = ISLET_ERR_NUMERICAL;
                }
                if (whole && !w->impossible && (status == ISLET_OK || status == ISLET_ERR_INTERRUPTED)) { /* what is finished is kept */
                    islet_status kept = keep_block(t, w, block, sink, context);
                    if (kept != ISLET_OK) status = kept;
                } else if (status == ISLET_OK) {
                    status = ISLET_ERR_INTERRUPTED;
                }
            }
        }
        worker_free(w);
    }
    return status;
}
