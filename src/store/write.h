/* Writing a run into a store: what is known before, batches of people, what is known after. */
#ifndef ISLET_STORE_WRITE_H
#define ISLET_STORE_WRITE_H

#include "base/params.h"
#include "store/store.h"
#include "therapy/protocol.h"
#include "trial/result.h"

/* The run as it will be, options applied. Borrowed during store_run_begin. */
typedef struct {
    const struct islet_protocol *protocol;
    const params *params;
    int64_t patients;
    int arms, follow_up_day;
    uint64_t seed;
    bool paired;
    const char *engine;
    int threads;              /* 0: all processors */
    const char *command_line; /* nullable */
    const char *date;         /* nullable */
} run_info;

/* Rows of run, arm, course, provenance, inputs, parameters and the lists, in one transaction. */
ISLET_CHECK islet_status store_run_begin(islet_store *store, const run_info *info, islet_problems *problems);

/* Writer of batches: prepared statements, and the days of the visits. */
typedef struct store_writer store_writer;
ISLET_CHECK islet_status store_writer_create(islet_store *store, bool paired, int n_visits, const int *visit_days,
                                             store_writer **out, islet_problems *problems);
void store_writer_free(store_writer *writer);

/* All rows of one batch, its mark and the `arms` profiles counted so far (NULL: none are kept), in one transaction:
 * wholly there or not at all. */
ISLET_CHECK islet_status store_writer_batch(store_writer *writer, int64_t batch, const patient_result *results,
                                            int n_results, const glucose_profile *profiles, int arms,
                                            islet_problems *problems);

/* ---- continuing a run that was cut short (resume.c) ---- */

/* ISLET_ERR_STORE, with a problem for each difference, unless the store describes the same run. */
ISLET_CHECK islet_status store_run_same(islet_store *store, const run_info *info, islet_problems *problems);

/* Mark the run as going on again. */
ISLET_CHECK islet_status store_run_continue(islet_store *store, islet_problems *problems);

/* done[batch] = 1 for every batch that is in the store. */
ISLET_CHECK islet_status store_batches_done(islet_store *store, unsigned char *done, int64_t batches,
                                            islet_problems *problems);

/* Counts of glucose over the batches in the store, one profile an arm; arms without any are left as they are. */
ISLET_CHECK islet_status store_profiles_put(islet_store *store, const glucose_profile *profiles, int arms,
                                            islet_problems *problems);
ISLET_CHECK islet_status store_profiles_read(islet_store *store, glucose_profile *profiles, int arms,
                                             islet_problems *problems);

/* End of the run in one transaction: profiles (one an arm), estimates and differences of all end points from the visits
 * in the store, and the state. `complete` is false when only some batches are there. */
ISLET_CHECK islet_status store_run_end(islet_store *store, bool complete, int64_t screened_out,
                                       const glucose_profile *const *profiles, int n_profiles,
                                       islet_problems *problems);

#endif
