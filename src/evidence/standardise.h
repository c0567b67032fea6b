/* Standardise: the trial's own people for the simulated ones, as far as their mean before treatment tells.
 *
 * A protocol enrols by ranges, and the mean that a trial found before treatment is hardly ever the simulated one. Where it was published, each person's later value
 * is moved along the regression on their own value before (analysis of covariance, among the simulated people of the arm):
 *
 *   y'_i = y_i - b (x_i - mean x) + b (observed before - simulated before)          on the scale of the end point (discrepancy.h)
 *
 * so that the mean is that of people like the trial's, and the spread what their value before does not tell. b is drawn in towards 0 by its own error, and is not above 1. */
#ifndef ISLET_EVIDENCE_STANDARDISE_H
#define ISLET_EVIDENCE_STANDARDISE_H

#include <stdint.h>

#include "evidence/discrepancy.h"

typedef struct {
    double slope;      /* 0 where people tell nothing */
    double mean;       /* of x */
    double difference; /* observed before - simulated before */
} standard;

/* Of n people with `after` and `before` (NaN: not known); the statistics before are as people read them. */
standard standard_fit(const double *after, const double *before, int64_t n, const discrepancy_scale *scale, double observed, double simulated);

/* Move the values of n people; values that are never negative stay so. */
void standard_apply(const standard *s, double *after, const double *before, int64_t n, const discrepancy_scale *scale);

#endif
