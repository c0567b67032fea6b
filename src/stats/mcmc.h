/* Adaptive Metropolis: draws from a density known up to a factor. Haario, Saksman, Tamminen, Bernoulli 7 (2001) 223-242. */
#ifndef ISLET_STATS_MCMC_H
#define ISLET_STATS_MCMC_H

#include <stdbool.h>
#include <stdint.h>

/* Logarithm of the density; -INFINITY outside its support. */
typedef double (*mcmc_density)(void *context, const double *x);

typedef struct {
    int dimensions, kept;  /* draws kept, of all chains together, in turn */
    double *draws;         /* kept x dimensions */
    double accepted;       /* share of proposals */
    double r_hat;          /* largest over the dimensions: 1 when the chains agree */
} mcmc_result;

#define MCMC_CHAINS 4

/* Four chains of `steps` from `start` (scattered by 0.3 `scale`), the first third dropped; `keep` draws, evenly spaced. The
 * random numbers are those of `seed` and of the stream `uncertainty`. False when memory fails or the start has no density. */
bool mcmc_run(mcmc_density density, void *context, const double *start, const double *scale, int dimensions, int steps, int keep,
              uint64_t seed, mcmc_result *out);
void mcmc_free(mcmc_result *result);

#endif
