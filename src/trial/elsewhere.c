/* A run over several processes: one keeps the store and fetches finished batches, each simulates its share.
 *
 * Batches are fetched in the order of their people, whoever simulated them; since a person's numbers depend on seed
 * and number alone, the store's content does not depend on how many processes there are. */
#include <stdlib.h>

#include "base/problems.h"
#include "trial/batch_bytes.h"

/* ---- the simulating side ---- */

typedef struct {
    trial *trial;
    islet_batch_sink *sink;
    void *context;
} share;

static islet_status pack_and_hand_on(void *context, int64_t batch, const patient_result *results, int n_results)
{
    const share *s = context;
    size_t size;
    void *bytes = batch_pack(s->trial, batch, results, n_results, &size);
    if (!bytes) return ISLET_ERR_MEMORY;
    islet_status status = s->sink(s->context, batch, bytes, size);
    free(bytes);
    return status;
}

islet_status islet_simulate(const islet_protocol *protocol, const islet_run_options *options, const unsigned char *done,
                            int64_t batches, islet_batch_sink *sink, void *context, islet_problems *problems)
{
    trial *t;
    if (!protocol || !sink) return ISLET_ERR_ARGUMENT;
    islet_status status = trial_create(protocol, options, &t, problems);
    if (status != ISLET_OK) return status;
    share s = {t, sink, context};
    status = done && batches != trial_batches(t) ? ISLET_ERR_ARGUMENT : trial_run(t, done, pack_and_hand_on, &s, problems);
    trial_free(t);
    return status;
}

/* ---- the side that keeps the store ---- */

static islet_status fetch(trial *t, const islet_elsewhere *from, int64_t batch, trial_sink sink, void *context,
                          islet_problems *problems)
{
    const void *bytes;
    size_t size;
    batch_view view;
    islet_status status = from->fetch(from->context, batch, &bytes, &size);
    if (status != ISLET_OK) return status;
    status = batch_unpack(t, batch, bytes, size, &view);
    if (status == ISLET_ERR_INPUT) {
        problems_error(problems, trial_protocol_file(t), 0, 0,
                       "a process sent people of another run; the same build of islet, the "
                       "same protocol and the same options were expected in every process");
    }
    if (status != ISLET_OK) return status;
    status = trial_take(t, batch, &view, sink, context);
    batch_release(&view);
    return status;
}

islet_status trial_run_elsewhere(trial *t, const unsigned char *done, const islet_elsewhere *from, trial_sink sink,
                                 void *context, islet_problems *problems)
{
    int64_t batches = trial_batches(t), fetched = 0;
    trial_begin(t, done);
    islet_status status = from->begin(from->context, done, batches);
    for (int64_t batch = 0; batch < batches && status == ISLET_OK; batch++) {
        if (done[batch]) continue;
        status = trial_is_stopping(t) ? ISLET_ERR_INTERRUPTED : fetch(t, from, batch, sink, context, problems);
        fetched++;
    }
    /* how many were screened out comes with the batches; where all were there already it is counted here */
    return status == ISLET_OK && fetched == 0 ? trial_enrol(t, problems) : status;
}
