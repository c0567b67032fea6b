/* Draw: random numbers with a counter of their own, for code that draws a varying number of them.
 * The k-th draw of (seed, person, stream, block) is always the same number. */
#ifndef ISLET_PATIENT_DRAW_H
#define ISLET_PATIENT_DRAW_H

#include <stdint.h>

#include "base/rng.h"

typedef struct {
    uint64_t seed, person;
    rng_stream stream;
    uint64_t index;               /* of the next draw */
} draw;

#define DRAW_BLOCK 65536          /* draws a block may use, e.g. a day */

static inline draw draw_from(uint64_t seed, uint64_t person, rng_stream stream, uint64_t block)
{
    return (draw){seed, person, stream, block * DRAW_BLOCK};
}

double draw_uniform(draw *d);
double draw_normal(draw *d);
/* Log-normal with the given mean and coefficient of variation. */
double draw_lognormal(draw *d, double mean, double cv);
/* exp(sd z): median 1. */
double draw_log_sd(draw *d, double log_sd);
/* Gamma with mean 1 and the given variance; 1 if the variance is 0. */
double draw_gamma_mean_one(draw *d, double variance);
/* Poisson count. */
int draw_poisson(draw *d, double mean);

#endif
