/* A small trial from a protocol's text, as one number: every visit, day and event of everybody, hashed; and the visits kept. */
#ifndef ISLET_TESTS_SMALL_TRIAL_H
#define ISLET_TESTS_SMALL_TRIAL_H

#include <stdlib.h>
#include <string.h>

#include "trial/trial.h"

#define SMALL_ARMS 4
#define SMALL_PEOPLE 16
#define SMALL_VISITS 8

typedef struct {
    uint64_t digest[SMALL_ARMS];   /* of an arm, the same for the same results whatever the arm's place */
    double values[SMALL_ARMS][SMALL_PEOPLE][SMALL_VISITS][ENDPOINT_COUNT];
    int events[SMALL_ARMS][EVENT_COUNT];
} small_result;

static inline void small_hash(uint64_t *h, const void *bytes, size_t n) /* FNV-1a */
{
    for (size_t i = 0; i < n; i++) *h = (*h ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3u;
}

static inline islet_status small_keep(void *context, int64_t batch, const patient_result *results, int n)
{
    small_result *out = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        uint64_t h = 0xcbf29ce484222325u + (uint64_t)r->traits->patient;
        small_hash(&h, r->visit_values, sizeof(double) * ENDPOINT_COUNT * (size_t)r->n_visits);
        small_hash(&h, r->days, sizeof(patient_day) * (size_t)r->n_days);
        for (int e = 0; e < r->n_events; e++) {
            small_hash(&h, &r->events[e].day, sizeof(int32_t) * 2);
            small_hash(&h, &r->events[e].value, sizeof(double));
            out->events[r->arm][r->events[e].kind]++;
        }
        out->digest[r->arm] += h; /* in any order of people */
        if (r->traits->patient < SMALL_PEOPLE)
            memcpy(out->values[r->arm][r->traits->patient], r->visit_values,
                   sizeof(double) * ENDPOINT_COUNT * (size_t)(r->n_visits < SMALL_VISITS ? r->n_visits : SMALL_VISITS));
    }
    return ISLET_OK;
}

/* False when it cannot run. */
static inline bool small_run(const islet_protocol *protocol, const params *with, small_result *out)
{
    trial *t = NULL;
    memset(out, 0, sizeof *out);
    const islet_run_options options = {.threads = 2};
    bool fine = trial_create_with(protocol, &options, with, &t, NULL) == ISLET_OK &&
                trial_run(t, NULL, small_keep, out, NULL) == ISLET_OK;
    trial_free(t);
    return fine;
}

static inline bool same_arm(const small_result *a, int arm_a, const small_result *b, int arm_b)
{
    return a->digest[arm_a] == b->digest[arm_b];
}

#endif
