/* A run: the trial's batches go into the store as they are finished, the estimates follow. */
#include <stdlib.h>

#include "store/write.h"
#include "trial/trial.h"

typedef struct {
    store_writer *writer;
    islet_problems *problems;
} batch_sink;

static islet_status keep_batch(void *context, int64_t batch, const patient_result *results, int n_results)
{
    batch_sink *sink = context;
    return store_writer_batch(sink->writer, batch, results, n_results, sink->problems);
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

static islet_status end_run(const trial *t, bool complete, islet_store *store, islet_problems *problems)
{
    const glucose_profile *profiles[PROTOCOL_MAX_ARMS];
    int arms = trial_arms(t);
    for (int arm = 0; arm < arms; arm++) profiles[arm] = trial_profile(t, arm);
    return store_run_end(store, complete, trial_screened_out(t), profiles, arms, problems);
}

islet_status islet_run(const islet_protocol *protocol, const islet_run_options *options, islet_store *store,
                       islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    if (!protocol || !store || !store->part_path) return ISLET_ERR_ARGUMENT; /* opened for reading: nothing to write */
    if (!options) options = &defaults;
    char *state = store_state(store);
    free(state);
    if (state) return ISLET_ERR_ARGUMENT; /* one store, one run */

    /* 1. plan the trial, which applies the options */
    store_writer *writer = NULL;
    trial *t = NULL;
    islet_status status = trial_create(protocol, options, &t, problems);
    if (status != ISLET_OK) goto done;

    /* 2. describe it */
    run_info info = {.protocol = protocol, .patients = trial_patients(t), .arms = trial_arms(t),
                     .follow_up_day = trial_follow_up_day(t), .seed = trial_seed(t),
                     .paired = !options->independent_arms, .engine = trial_engine(t), .threads = options->threads,
                     .command_line = options->command_line, .date = options->date};
    status = store_run_begin(store, &info, problems);
    if (status == ISLET_OK) status = create_writer(t, info.paired, store, &writer, problems);
    if (status != ISLET_OK) goto done;

    /* 3. simulate; every finished batch is in the store before the next is taken */
    batch_sink sink = {writer, problems};
    status = trial_run(t, NULL, keep_batch, &sink, problems);

    /* 4. estimates from what is in the store, also when the user stopped early */
    if (status == ISLET_OK || status == ISLET_ERR_INTERRUPTED) {
        islet_status ended = end_run(t, status == ISLET_OK, store, problems);
        if (ended != ISLET_OK) status = ended;
    }
done:
    store_writer_free(writer);
    trial_free(t);
    return status;
}
