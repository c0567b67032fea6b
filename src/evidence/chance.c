/* Draws of the stream `uncertainty`. Gamma: Marsaglia and Tsang 2000 (doi:10.1145/358407.358414), a shape below 1 by the root of a uniform;
 * Poisson: products of uniforms. */
#include "evidence/chance.h"

#include <math.h>

#include "base/rng.h"

double chance_uniform(chance *c)
{
    return rng_uniform(c->seed, c->row, RNG_uncertainty, c->index++);
}

double chance_normal(chance *c)
{
    return rng_normal(c->seed, c->row, RNG_uncertainty, c->index++);
}

double chance_gamma(chance *c, double shape)
{
    const double lift = shape < 1.0 ? pow(chance_uniform(c), 1.0 / shape) : 1.0;
    const double d = (shape < 1.0 ? shape + 1.0 : shape) - 1.0 / 3.0, scale = 1.0 / sqrt(9.0 * d);
    for (;;) { /* nineteen of twenty are kept */
        const double z = chance_normal(c), root = 1.0 + scale * z, cube = root * root * root;
        if (root > 0.0 && log(chance_uniform(c)) < 0.5 * z * z + d - d * cube + d * log(cube)) return d * cube * lift;
    }
}

double chance_poisson(chance *c, double mean)
{
    if (mean > CHANCE_COUNT_MAX) return fmax(round(mean + sqrt(mean) * chance_normal(c)), 0.0);
    const double end = exp(-mean);
    double product = chance_uniform(c), count = 0.0;
    while (product > end) {
        product *= chance_uniform(c);
        count += 1.0;
    }
    return count;
}

double chance_share(chance *c, double share, int64_t n)
{
    int64_t count = 0;
    share = share > 1.0 ? 1.0 : share > 0.0 ? share : 0.0;
    if (n > CHANCE_COUNT_MAX) {
        double found = share + sqrt(share * (1.0 - share) / (double)n) * chance_normal(c);
        return found > 1.0 ? 1.0 : found > 0.0 ? found : 0.0;
    }
    for (int64_t i = 0; i < n; i++) count += chance_uniform(c) < share;
    return (double)count / (double)n;
}
