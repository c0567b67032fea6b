/* Sobol indices: which share of an output's variance goes back to each input, alone and with all others.
 *
 * Saltelli's design (Comput. Phys. Commun. 181 (2010) 259-270): two samples A and B of n points, and for each input i the sample A with
 * column i of B. First order by Saltelli's, total by Jansen's estimator. Many thousands of points are needed: for an emulator. */
#ifndef ISLET_STATS_SOBOL_INDEX_H
#define ISLET_STATS_SOBOL_INDEX_H

#include <stdbool.h>

/* From the outputs at A, at B, and at A with column i of B: n values each. False when the output does not vary. */
bool sobol_index_of(const double *at_a, const double *at_b, const double *at_ab, int n, double *first, double *total);

#endif
