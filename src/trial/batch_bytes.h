/* A finished batch as bytes, for a run whose people are simulated in several processes of one build.
 *
 * The bytes are the structures of result.h as they lie in memory: processes of another build or architecture cannot
 * read them, and the head tells such bytes apart. Text and numbers are those of the simulating process, so the store
 * gets the same values whoever simulated. */
#ifndef ISLET_TRIAL_BATCH_BYTES_H
#define ISLET_TRIAL_BATCH_BYTES_H

#include "trial/trial.h"

/* Bytes of the batch that a trial's sink has just been given; the caller frees. NULL when out of memory. */
void *batch_pack(const trial *trial, int64_t batch, const patient_result *results, int n_results, size_t *size);

/* A batch that points into its bytes, which must stay and begin at a multiple of 8. */
typedef struct batch_view {
    int n_results;
    patient_result *results;         /* batch_release frees it */
    const glucose_profile *profiles; /* one an arm, of this batch alone */
    int64_t screened_out;
} batch_view;

/* ISLET_ERR_INPUT unless the bytes hold `batch` of the very run that `trial` is. */
ISLET_CHECK islet_status batch_unpack(const trial *trial, int64_t batch, const void *bytes, size_t size, batch_view *out);
void batch_release(batch_view *view);

#endif
