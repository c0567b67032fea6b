/* A run: the trial's batches go into the store as they are finished, the estimates follow. */
#include <stdlib.h>
#include <string.h>

#include "base/problems.h"
#include "store/write.h"
#include "trial/trial.h"

typedef struct {
    const trial *trial;
    store_writer *writer;
    islet_problems *problems;
    const glucose_profile *before; /* one an arm: counts over the batches of an interrupted run */
    glucose_profile *sum;          /* the same with those of this run */
} batch_sink;

static void add_profiles(const batch_sink *sink)
{
    for (int arm = 0; arm < trial_arms(sink->trial); arm++) {
        const uint32_t *before = &sink->before[arm].count[0][0][0], *now = &trial_profile(sink->trial, arm)->count[0][0][0];
        uint32_t *sum = &sink->sum[arm].count[0][0][0];
        for (size_t i = 0; i < sizeof *sink->sum / sizeof *sum; i++) sum[i] = before[i] + now[i];
    }
}

static islet_status keep_batch(void *context, int64_t batch, const patient_result *results, int n_results)
{
    batch_sink *sink = context;
    add_profiles(sink);
    return store_writer_batch(sink->writer, batch, results, n_results, sink->sum, trial_arms(sink->trial), sink->problems);
}

/* the writer, with the days of the trial's visits */
static islet_status create_writer(const trial *t, bool paired, islet_store *store, store_writer **out,
                                  islet_problems *problems)
{
    int days[PROTOCOL_MAX_VISITS], n_visits = trial_visits(t);
    if (n_visits > PROTOCOL_MAX_VISITS) return ISLET_ERR_ARGUMENT;
    for (int i = 0; i < n_visits; i++) days[i] = trial_visit_day(t, i);
    return store_writer_create(store, paired, n_visits, days, out, problems);
}

static islet_status end_run(const batch_sink *sink, bool complete, islet_store *store, islet_problems *problems)
{
    const glucose_profile *profiles[PROTOCOL_MAX_ARMS];
    int arms = trial_arms(sink->trial);
    add_profiles(sink);
    for (int arm = 0; arm < arms; arm++) profiles[arm] = &sink->sum[arm];
    return store_run_end(store, complete, trial_screened_out(sink->trial), profiles, arms, problems);
}

/* what an earlier run has left in the store; ISLET_ERR_STORE when that was another run */
static islet_status find_done(islet_store *store, const run_info *info, unsigned char *done, int64_t batches,
                              glucose_profile *before, bool *complete, islet_problems *problems)
{
    islet_status status = store_run_same(store, info, problems);
    if (status != ISLET_OK) return status;
    char *state;
    status = store_state(store, &state);
    *complete = state && strcmp(state, STATE_COMPLETE) == 0;
    free(state);
    if (status != ISLET_OK || *complete) return status;
    status = store_run_continue(store, problems);
    if (status == ISLET_OK) status = store_batches_done(store, done, batches, problems);
    if (status == ISLET_OK) status = store_profiles_read(store, before, info->arms, problems);
    return status;
}

/* a store takes one run: its whole, or after islet_store_resume its rest */
static islet_status check_takes_run(islet_store *store)
{
    char *state;
    if (store->resumed) return ISLET_OK;
    if (!store->part_path) return ISLET_ERR_ARGUMENT; /* opened for reading */
    islet_status status = store_state(store, &state);
    if (state) status = ISLET_ERR_ARGUMENT;
    free(state);
    return status;
}

islet_status islet_run(const islet_protocol *protocol, const islet_run_options *options, islet_store *store,
                       islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    islet_status status = protocol && store ? check_takes_run(store) : ISLET_ERR_ARGUMENT;
    if (status != ISLET_OK) return status;
    if (!options) options = &defaults;

    /* 1. plan the trial, which applies the options */
    store_writer *writer = NULL;
    trial *t = NULL;
    unsigned char *done = NULL;
    glucose_profile *before = NULL, *sum = NULL;
    bool complete = false;
    status = trial_create(protocol, options, &t, problems);
    if (status != ISLET_OK) goto done;
    status = ISLET_ERR_MEMORY;
    int arms = trial_arms(t);
    done = calloc((size_t)trial_batches(t), 1);
    before = calloc((size_t)arms, sizeof *before);
    sum = calloc((size_t)arms, sizeof *sum);
    if (!done || !before || !sum) goto done;

    /* 2. describe it, or find what of it is done */
    run_info info = {.protocol = options->parameters ? trial_protocol(t) : protocol,
                     .params = trial_params(t),
                     .patients = trial_patients(t),
                     .arms = arms,
                     .follow_up_day = trial_follow_up_day(t),
                     .seed = trial_seed(t),
                     .paired = !options->independent_arms,
                     .engine = trial_engine(t),
                     .threads = options->threads,
                     .command_line = options->command_line,
                     .date = options->date};
    status = store->resumed ? find_done(store, &info, done, trial_batches(t), before, &complete, problems)
                            : store_run_begin(store, &info, problems);
    if (status == ISLET_OK && complete) {
        problems_warning(problems, strncmp(store->path, "./", 2) == 0 ? store->path + 2 : store->path, 0, 0,
                         "this run is complete already; nothing was left to simulate");
        goto done;
    }
    if (status == ISLET_OK) status = create_writer(t, info.paired, store, &writer, problems);
    if (status != ISLET_OK) goto done;

    /* 3. simulate what is missing, or have it simulated; every finished batch is in the store before the next is taken */
    batch_sink sink = {t, writer, problems, before, sum};
    status = options->elsewhere ? trial_run_elsewhere(t, done, options->elsewhere, keep_batch, &sink, problems)
                                : trial_run(t, done, keep_batch, &sink, problems);

    /* 4. estimates from what is in the store, also when the user stopped early */
    if (status == ISLET_OK || status == ISLET_ERR_INTERRUPTED) {
        islet_status ended = end_run(&sink, status == ISLET_OK, store, problems);
        if (ended != ISLET_OK) status = ended;
    }
done:
    store_writer_free(writer);
    free(done);
    free(before);
    free(sum);
    trial_free(t);
    return status;
}
