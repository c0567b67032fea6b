/* Scalar draws: the lane functions at width 1, so that they equal those of the kernel bit for bit. */
#define ISLET_LANES 1
#include "base/rng.h"

#include "base/lanes_math.h"

#define POISSON_MEAN_MAX 700.0 /* exp(-700) is still a normal number */

double rng_normal(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index)
{
    return lanes_normal_from_uniform(rng_uniform(seed, patient, stream, index));
}

void rng_normal_pair(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index, double out[2])
{
    const rng_block b = rng_u32x4(seed, patient, stream, index);
    out[0] = lanes_normal_from_uniform(rng_uniform_from_words(b.word[0], b.word[1]));
    out[1] = lanes_normal_from_uniform(rng_uniform_from_words(b.word[2], b.word[3]));
}

double rng_lognormal(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index, double median, double sd_log)
{
    return median * lanes_exp(sd_log * rng_normal(seed, patient, stream, index));
}

int rng_poisson(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index, double mean)
{
    mean = lanes_min(lanes_max(mean, 0.0), POISSON_MEAN_MAX); /* a NaN becomes 0 */
    const double u = rng_uniform(seed, patient, stream, index);
    double term = lanes_exp(-mean), sum = term;
    int n = 0;
    /* the sum of probabilities may stop short of u by rounding: a term too small to move it ends the search */
    while (sum < u && sum + term > sum) {
        n++;
        term *= mean / n;
        sum += term;
    }
    return n;
}
