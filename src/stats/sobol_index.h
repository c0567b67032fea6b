/* Sobol indices: which share of an output's variance goes back to each input, alone and with all others.
 *
 * Saltelli's design (Comput. Phys. Commun. 181 (2010) 259-270): two samples A and B of n points, and for each input i the sample A with
 * column i of B. First order by Saltelli's, total by Jansen's estimator; intervals by bootstrap over the n points. */
#ifndef ISLET_STATS_SOBOL_INDEX_H
#define ISLET_STATS_SOBOL_INDEX_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    double first, first_low, first_high; /* 95 % */
    double total, total_low, total_high;
} sobol_index;

/* Outputs at A, B and A with column `i` of B: n values each. `seed` is that of the bootstrap. False when the output does not vary or
 * memory fails; values that are NaN leave their point out. */
bool sobol_index_of(const double *at_a, const double *at_b, const double *at_ab, int n, uint64_t seed, sobol_index *out);

#endif
