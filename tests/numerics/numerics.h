/* What holds of the kernel whoever lives in it, measured on people drawn from a population: balance of what is given, events, steady
 * state, error against two references. tests/test_numerics.c has few people and days, studies/numerics.c (make study) many. */
#ifndef ISLET_TESTS_NUMERICS_H
#define ISLET_TESTS_NUMERICS_H

#include "trial/workload.h"

#define NUMERICS_SEED 20261121
#define NUMERICS_PEOPLE_MAX 1000

/* Adults with type 1 diabetes; with a third each of no graft, a portal one and one under the skin, half on pumps, as in workload.h. */
bool numerics_people(int n, workload_person *out);

/* Largest share of a day's flux that is not found again, of any person's day. */
typedef struct {
    long person_days;
    double carbohydrate, insulin; /* eaten: in gut or blood; given or secreted (by C-peptide): in depots or body */
} numerics_balance;

/* The people live the workload's days with every sink closed by its constant. Stomach, intestine and depots run on from day to day; what
 * cannot leave the blood is taken out at midnight. Absorption changes from day to day. */
numerics_balance numerics_balance_of(const workload_person *people, int n, int days);

/* Days of random events, at any minute, up to 40 a day and several a minute: after every block all that was given so far is there. */
typedef struct {
    long schedules, events, skipped; /* skipped: schedules in which something was missing or too much after some block */
    double worst;                    /* share of what was given that was not found, or found twice */
} numerics_schedules;
numerics_schedules numerics_schedules_of(const workload_person *people, int n, long schedules);

/* Largest movement of a state in a day at rest on basal insulin, over the size of the state. */
double numerics_drift_per_day(const workload_person *people, int n, int days);

/* Largest difference of plasma glucose at the end of any block, mg/dL, of the default method and of Runge-Kutta in 32 steps a minute from
 * CVODE at 1e-10, restarted at every change of inputs. False if CVODE gives up. */
typedef struct {
    double by_default_mg_dl, tight_mg_dl, tight_relative;
    int person, above; /* where the default method is worst; people in whom it is beyond 0.1 mg/dL somewhere */
} numerics_errors;
bool numerics_against_cvode(const workload_person *people, int n, int days, numerics_errors *out);

/* Likewise of CVODE and of the default method from long double in `steps` steps a minute (long_double.h). */
typedef struct {
    double cvode_mg_dl, by_default_mg_dl;
} numerics_long_errors;
bool numerics_against_long_double(const workload_person *people, int n, int days, int steps, numerics_long_errors *out);

#endif
