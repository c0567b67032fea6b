/* Emulator: a quadratic surface through simulated points, for asking what a slow model would say at many others.
 *
 *   y(x) = b0 + sum b_i x_i + sum b_ij x_i x_j, fitted by ridge regression; with too few points for all products, squares only.
 * How wrong it is comes from leaving each point out in turn (hat matrix). */
#ifndef ISLET_STATS_EMULATOR_H
#define ISLET_STATS_EMULATOR_H

#include <stdbool.h>

typedef struct {
    int n_inputs, n_terms;
    bool products;      /* x_i x_j are terms */
    double *weights;
    double error;       /* SD of the leave-one-out errors */
} emulator;

/* Fit n points, x[point * n_inputs + input], y[point]; the inputs should be of the order of 1. Points whose y is NaN are left
 * out. False when fewer than 2 + n_inputs points are left or memory fails. */
bool emulator_fit(const double *x, const double *y, int n, int n_inputs, emulator *out);
double emulator_value(const emulator *e, const double *x);
void emulator_free(emulator *e);

#endif
