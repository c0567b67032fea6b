/* Visits: all values of all visits of a protocol, simulated in memory - for ranges that need the same people several times. */
#ifndef ISLET_EVIDENCE_VISITS_H
#define ISLET_EVIDENCE_VISITS_H

#include "base/params.h"
#include "therapy/protocol.h"
#include "trial/trial.h"

typedef struct {
    int arms, visits;
    int visit_day[PROTOCOL_MAX_VISITS];
    int64_t people;
    double *values; /* [arm][visit][endpoint][person], NaN where there is none */
} visit_values;

static inline double *visit_values_at(const visit_values *v, int arm, int visit, int endpoint)
{
    return v->values + (((size_t)arm * (size_t)v->visits + (size_t)visit) * ENDPOINT_COUNT + (size_t)endpoint) * (size_t)v->people;
}

/* Several simulations as one piece of work: what is done of all is told to the caller's progress. */
typedef struct {
    const islet_run_options *options;
    double done, total; /* patient-days; total is filled by the first simulation times `share` */
    double share;       /* all people of all simulations over those of the first */
} visit_work;

/* The protocol with `people` people under these parameters. Of the options seed, threads, engine, years, progress and interrupted count. */
ISLET_CHECK islet_status visit_values_simulate(visit_work *work, const islet_protocol *protocol, const params *with, int64_t people, visit_values *out,
                                               islet_problems *problems);
void visit_values_free(visit_values *v);

#endif
