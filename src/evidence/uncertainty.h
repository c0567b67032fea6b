/* Uncertainty: 95 % predictive intervals of every end point of a protocol - uncertainty of the parameters, sampling at its number of people,
 * and the discrepancy between trials and model (discrepancy.h). */
#ifndef ISLET_EVIDENCE_UNCERTAINTY_H
#define ISLET_EVIDENCE_UNCERTAINTY_H

#include "therapy/parameter_set.h"
#include "trial/trial.h"

/* Of one arm, visit and end point; NaN where nobody has a value, the intervals also where the model has a constant, from which nothing is predicted. */
typedef struct {
    double simulated, low, high;
    double bare_low, bare_high; /* without the discrepancy */
} predictive;

typedef struct {
    int arms, visits, draws;
    int visit_day[PROTOCOL_MAX_VISITS];
    predictive *all; /* [arm][visit][ENDPOINT_COUNT] */
} uncertainty;

/* Simulate `protocol` with the values of `set` and with up to 24 of its draws, and predict trials of `trial_n` people. Of the options
 * seed, threads, engine, progress, interrupted and patients (simulated in each arm; default 192) count. */
ISLET_CHECK islet_status uncertainty_run(const struct islet_protocol *protocol, const parameter_set *set, int64_t trial_n,
                                         const islet_run_options *options, uncertainty *out, islet_problems *problems);
void uncertainty_free(uncertainty *u);

static inline const predictive *uncertainty_at(const uncertainty *u, int arm, int visit, int endpoint)
{
    return &u->all[((size_t)arm * (size_t)u->visits + (size_t)visit) * ENDPOINT_COUNT + (size_t)endpoint];
}

#endif
