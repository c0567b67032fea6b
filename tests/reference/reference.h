/* Reference solution of the minute block: CVODE (SUNDIALS), BDF at a tolerance of 1e-10, restarted wherever an input
 * changes, driving the width-1 build of the very equations of src/physiology. Meals are booked here once more, by the
 * definition and independently of the kernel. */
#ifndef ISLET_TESTS_REFERENCE_H
#define ISLET_TESTS_REFERENCE_H

#include <stdbool.h>

#include "scalar.h"
#include "trial/workload.h"

#define REFERENCE_TOLERANCE 1e-10

/* What enters one person minute after minute: queue of carbohydrate, doses, the stomach's present meal. */
typedef struct {
    double left_mg, eating, before_mg, eaten_mg;
    double rapid_u, depot_u, basal_u_per_min;
} reference_book;

void reference_book_event(reference_book *book, const workload_event *event);

/* The inputs of the minute that begins in state x; doses are used up. */
scalar_input reference_book_minute(reference_book *book, const kinetics *k, const double x[MINUTE_STATES]);

typedef struct reference_solver reference_solver;

/* NULL if SUNDIALS refuses. The constants are copied. */
reference_solver *reference_create_adams(const kinetics *k, const double start[MINUTE_STATES], double tolerance); /* fixed-point */
reference_solver *reference_create(const kinetics *k, const double start[MINUTE_STATES], double tolerance);
void reference_free(reference_solver *solver);

/* Integrate with constant inputs; restarts if they differ from the last ones. */
bool reference_advance(reference_solver *solver, const scalar_input *in, double minutes);
const double *reference_state(const reference_solver *solver);

/* A solver seen from outside: advances its state with constant inputs, which may differ from the last ones. */
typedef struct {
    void *self;
    bool (*advance)(void *self, const scalar_input *in, double minutes);
    const double *(*state)(const void *self);
} any_solver;

any_solver reference_as_any(reference_solver *solver);

/* Let a person live `days` days with the solver. With out_mg_dl it stops at each minute and takes plasma glucose at the end of
 * each block of BLOCK_MINUTES; without (NULL) it stops only where an input changes. */
bool reference_live(const any_solver *solver, const workload_person *person, int days, double *out_mg_dl);

/* The same by CVODE at REFERENCE_TOLERANCE. */
bool reference_glucose(const workload_person *person, int days, double *out_mg_dl);

#endif
