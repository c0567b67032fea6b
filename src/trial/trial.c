/* Trial: enrolment, then every person in every arm in blocks of LANE_GROUP, blocks shared out among threads.
 *
 * Paired (the default): the run-in of a block is simulated once and every arm continues from a copy of it, so that arms
 * differ only by what is done in them. With independent arms each arm enrols its own people. Blocks are independent and
 * keyed by person, so the result depends on neither threads nor order. */
#include "trial/trial_parts.h"

#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "physiology/clock.h"
#include "therapy/parameter_set.h"
#include "trial/batch_bytes.h"

uint64_t islet_run_seed(const islet_protocol *protocol, const islet_run_options *options)
{
    if (options && options->has_seed) return options->seed;
    return protocol->has_seed ? protocol->seed : 1;
}

int trial_cohorts(const trial *t)
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

/* The protocol as the options change it, and what else they say. */
static islet_status take_options(trial *t, const islet_protocol *protocol, const islet_run_options *o, islet_problems *problems)
{
    if (!(o->years >= 0.0 && o->years <= PROTOCOL_MAX_YEARS)) return ISLET_ERR_ARGUMENT;
    t->own = *protocol;
    t->protocol = &t->own;
    if (o->years > 0.0 && !protocol_set_years(&t->own, o->years, problems)) return ISLET_ERR_INPUT;
    t->seed = islet_run_seed(protocol, o);
    t->n_patients = o->patients > 0 ? o->patients : protocol->n_patients;
    if (t->n_patients > PROTOCOL_MAX_PATIENTS) return ISLET_ERR_ARGUMENT;
    t->independent = o->independent_arms;
    t->threads = o->threads > 0 ? o->threads : omp_get_num_procs();
    t->progress = o->progress;
    t->interrupted = o->interrupted;
    t->context = o->context;
    t->team = o->team;
    for (int v = 0; v < t->own.n_visits; v++)
        if (t->own.visits_day[v] <= t->own.follow_up_day) t->visit_day[t->n_visits++] = t->own.visits_day[v];
    return ISLET_OK;
}

/* Engine, people and clock of the run. */
static islet_status fill_plan(trial *t, const char *engine, islet_problems *problems)
{
    const kernel *kernel = kernel_find(engine);
    if (!kernel) {
        problems_error(problems, "--engine", 0, 0, "'%s' is not an engine of this machine; try `islet doctor`", engine);
        return ISLET_ERR_UNSUPPORTED;
    }
    if (!person_source_fill(&t->source, &t->protocol->population, &t->params)) {
        problems_error(problems, t->protocol->file, 0, 0, "population '%s' names no band of public subjects",
                       t->protocol->population.name);
        return ISLET_ERR_INPUT;
    }
    t->plan = (run_plan){.protocol = t->protocol, .params = &t->params, .kernel = kernel, .seed = t->seed,
                         .run_in_day = (int)t->params.run_in_day + t->protocol->preparation.days,
                         .follow_up_day = t->protocol->follow_up_day, .n_visits = t->n_visits, .visit_day = t->visit_day,
                         .sensors = sensor_population_published(), .stop = is_stopping, .stop_context = t};
    clock_fill_dawn(t->plan.dawn);
    clock_fill_liver_rhythm(t->plan.liver_rhythm);
    return ISLET_OK;
}

islet_status trial_create_with(const islet_protocol *protocol, const islet_run_options *options, const params *with,
                               trial **out, islet_problems *problems)
{
    const islet_run_options none = {0}, *o = options ? options : &none;
    *out = NULL;
    trial *t = calloc(1, sizeof(*t));
    if (!t) return ISLET_ERR_MEMORY;
    t->params = *with;
    islet_status status = take_options(t, protocol, o, problems);
    if (status == ISLET_OK) status = fill_plan(t, o->engine, problems);
    if (status == ISLET_OK) {
        t->candidate = calloc((size_t)t->n_patients * (size_t)trial_cohorts(t), sizeof(*t->candidate));
        t->profiles = calloc((size_t)t->protocol->n_arms, sizeof(*t->profiles));
        if (!t->candidate || !t->profiles) status = ISLET_ERR_MEMORY;
    }
    if (status == ISLET_OK) *out = t;
    else trial_free(t);
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

int trial_block_people(const trial *t, int64_t block)
{
    int64_t left = t->n_patients - block * LANE_GROUP;
    return left < LANE_GROUP ? (int)left : LANE_GROUP;
}

static double days_a_person(const trial *t)
{
    return t->plan.follow_up_day * (double)t->protocol->n_arms + t->plan.run_in_day * (double)trial_cohorts(t);
}

double trial_total_patient_days(const trial *t)
{
    return (double)t->n_patients * days_a_person(t);
}

/* ---- run ---- */

void trial_begin(trial *t, const unsigned char *done)
{
    memset(t->profiles, 0, sizeof(*t->profiles) * (size_t)t->protocol->n_arms);
    t->days_done = 0.0;
    for (int64_t block = 0; done && block < trial_batches(t); block++)
        if (done[block]) t->days_done += trial_block_people(t, block) * days_a_person(t);
}

islet_status trial_enrol(trial *t, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    t->screened_out = 0;
    for (int c = 0; c < trial_cohorts(t) && status == ISLET_OK; c++) status = trial_enrol_cohort(t, c, problems);
    return status;
}

/* A finished batch goes to the sink. */
static islet_status hand_on(trial *t, int64_t batch, const patient_result *results, int n_results,
                            const glucose_profile *profiles, trial_sink sink, void *context)
{
    for (int a = 0; a < t->protocol->n_arms; a++)
        profile_add(&t->profiles[a], &profiles[a]); /* first: the sink may keep them, too */
    t->batch_profiles = profiles;
    islet_status status = sink(context, batch, results, n_results);
    t->batch_profiles = NULL;
    t->days_done += trial_block_people(t, batch) * days_a_person(t);
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
            bool whole = worker_run(t, w, block);
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
                if (whole && !w->impossible &&
                    (status == ISLET_OK || status == ISLET_ERR_INTERRUPTED)) { /* what is finished is kept */
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
