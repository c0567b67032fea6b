/* The minute block once more, in long double, written down from the equations in the heads of src/physiology/{gut, glucose, insulin,
 * secretion,c_peptide}.h with the functions of libm, and integrated by classical Runge-Kutta in fixed steps: it shares neither text nor
 * method with the kernel, and neither method nor arithmetic with CVODE. */
#ifndef ISLET_TESTS_LONG_DOUBLE_H
#define ISLET_TESTS_LONG_DOUBLE_H

#include "reference/reference.h"

typedef struct long_double_solver long_double_solver;

/* NULL when out of memory. `steps` equal steps a minute. */
long_double_solver *long_double_create(const kinetics *k, const double start[MINUTE_STATES], int steps);
void long_double_free(long_double_solver *solver);
any_solver long_double_as_any(long_double_solver *solver);

#endif
