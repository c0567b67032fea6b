/* Trial: every patient of a protocol simulated in every arm; finished people are handed on in batches. */
#ifndef ISLET_TRIAL_TRIAL_H
#define ISLET_TRIAL_TRIAL_H

#include "base/params.h"
#include "therapy/protocol.h"
#include "trial/result.h"

typedef struct trial trial;

/* Receives a finished batch: all arms of a block of consecutive people. Called from one thread at a time, in any order
 * of batches. A status other than ISLET_OK stops the run with that status. */
typedef islet_status (*trial_sink)(void *context, int64_t batch, const patient_result *results, int n_results);

/* With the values of options.parameters, a file, where it is given. */
ISLET_CHECK islet_status trial_create(const struct islet_protocol *protocol, const islet_run_options *options,
                                      trial **out, islet_problems *problems);

/* The same with other parameters than the documented ones: for calibration and sensitivity studies. */
ISLET_CHECK islet_status trial_create_with(const struct islet_protocol *protocol, const islet_run_options *options,
                                           const params *params, trial **out, islet_problems *problems);
void trial_free(trial *trial);

const struct islet_protocol *trial_protocol(const trial *trial); /* borrowed; with options and parameter set */
const params *trial_params(const trial *trial);                  /* likewise */
int64_t trial_patients(const trial *trial); /* after options: people per arm */
int trial_arms(const trial *trial);
int trial_follow_up_day(const trial *trial);
int trial_visits(const trial *trial);       /* visits within the follow-up after options */
int trial_visit_day(const trial *trial, int visit);
uint64_t trial_seed(const trial *trial);
const char *trial_engine(const trial *trial); /* name of the engine in use */
double trial_total_patient_days(const trial *trial);
int64_t trial_batches(const trial *trial);

/* Candidates drawn and not enrolled because of the protocol's requirements; known after trial_run. */
int64_t trial_screened_out(const trial *trial);

/* Run all batches for which done[batch] is 0 (done may be NULL: all). */
ISLET_CHECK islet_status trial_run(trial *trial, const unsigned char *done, trial_sink sink, void *context,
                                   islet_problems *problems);

/* Glucose by time of day of an arm, counted over the people of the batches that were run; in the sink, those handed on
 * so far and now. */
const glucose_profile *trial_profile(const trial *trial, int arm);

/* ---- over several processes (elsewhere.c, batch_bytes.c) ---- */

/* In the sink: the same of the batch handed on, alone. */
const glucose_profile *trial_batch_profile(const trial *trial, int arm);

const char *trial_protocol_hash(const trial *trial); /* SHA-256 of the protocol's text */
const char *trial_protocol_file(const trial *trial);
bool trial_is_independent(const trial *trial);       /* other people in every arm */
bool trial_is_stopping(trial *trial);                /* has the user asked to stop? */

/* As trial_run, with each missing batch fetched from another process, in order. */
ISLET_CHECK islet_status trial_run_elsewhere(trial *trial, const unsigned char *done, const islet_elsewhere *from,
                                             trial_sink sink, void *context, islet_problems *problems);

/* Count a batch as if it had been simulated here, and hand it on. */
struct batch_view;
ISLET_CHECK islet_status trial_take(trial *trial, int64_t batch, const struct batch_view *view, trial_sink sink,
                                    void *context);

/* What trial_run begins with: counts go back to what `done` holds; the people are drawn, and the others counted. */
void trial_begin(trial *trial, const unsigned char *done);
ISLET_CHECK islet_status trial_enrol(trial *trial, islet_problems *problems);

#endif
