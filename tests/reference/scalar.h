/* The minute block's equations at lane width 1, for reference solvers and for published trajectories. */
#ifndef ISLET_TESTS_SCALAR_H
#define ISLET_TESTS_SCALAR_H

#include <stdbool.h>

#include "physiology/kernel.h"

/* Inputs, constant within one minute. */
typedef struct {
    double meal_mg_per_min, rapid_pmol_kg_min, depot_pmol_kg_min, stomach_dose_mg;
} scalar_input;

/* Where a published model differs from the shipped one. */
typedef struct {
    bool has_curve;              /* the emptying curve's slopes are given, not computed from the dose */
    double a_per_mg, c_per_mg;
    bool falling_counts;         /* secretion also answers to falling glucose: K G', not K max(G', 0) */
} scalar_variant;

/* One person's equations; constants and variant (may be NULL) are copied. NULL when out of memory. */
typedef struct scalar_equations scalar_equations;
scalar_equations *scalar_create(const kinetics *k, const scalar_variant *variant);
void scalar_free(scalar_equations *equations);
void scalar_set_input(scalar_equations *equations, const scalar_input *in);

/* dx = f(x): the equations as they are shipped, at the last input. */
void scalar_rhs(const scalar_equations *equations, const double x[MINUTE_STATES], double dx[MINUTE_STATES]);

/* Classical Runge-Kutta with steps of h minutes. */
void scalar_advance(const scalar_equations *equations, double minutes, double h, double x[MINUTE_STATES]);

#endif
