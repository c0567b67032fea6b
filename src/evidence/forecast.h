/* Within forecast: people like a patient as they were simulated, shared by its parts - whom to simulate (forecast.c) and the tables (forecast_tables.c). */
#ifndef ISLET_EVIDENCE_FORECAST_H
#define ISLET_EVIDENCE_FORECAST_H

#include "evidence/discrepancy.h"
#include "patient/record.h"
#include "therapy/eligibility.h"
#include "trial/trial.h"

#define FORECAST_MEMBERS 12 /* draws of the uncertain parameters that are simulated */
#define FORECAST_MATCHED 7  /* traits that people may be matched by */

typedef struct {
    trait_id trait;
    double share, amount;
} forecast_tolerance;
extern const forecast_tolerance forecast_tolerances[FORECAST_MATCHED];

typedef struct {
    struct islet_protocol protocol; /* the copy that is simulated */
    patient_record record;
    trial *trial;
    int64_t n;                      /* people */
    int n_visits;
    double *values;                 /* [arm][visit][endpoint][person] */
    double *traits[FORECAST_MATCHED]; /* of the people, at day 0 */
    int widened;
    double wider, moved_by[FORECAST_MATCHED]; /* of the ranges: how much wider; the middle from the patient's value */
    uint64_t seed;
    discrepancy beyond;
    int members;                    /* draws that were simulated .. */
    int64_t member_people;
    double *member_values[FORECAST_MEMBERS]; /* .. as `values`, of member_people */
} forecast;

static inline size_t forecast_slot(const forecast *f, int arm, int visit, int endpoint)
{
    return (((size_t)arm * (size_t)f->n_visits + (size_t)visit) * ENDPOINT_COUNT + (size_t)endpoint) * (size_t)f->n;
}

static inline size_t forecast_member_slot(const forecast *f, int arm, int visit, int endpoint)
{
    return forecast_slot(f, arm, visit, endpoint) / (size_t)f->n * (size_t)f->member_people;
}

static inline bool forecast_is_known(const forecast *f, trait_id trait)
{
    const record_value *at = &f->record.items[trait];
    return at->known && !at->conflict;
}

/* How far a mean of the people is off the patient's value of matched trait i, in halves of its range; 0 where the patient's is not one number. */
double forecast_off(const forecast *f, int i, double mean);

/* Every table of the result but the criteria. */
ISLET_CHECK islet_status forecast_tables(const forecast *f, islet_forecast *out);

#endif
