/* Scalar draws: the lane functions at width 1, so that they equal those of the kernel bit for bit. */
#define ISLET_LANES 1
#include "base/rng.h"

#include "base/fma_clones.h"
#include "base/lanes_math.h"

FMA_CLONES double rng_normal(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index)
{
    return lanes_normal_from_uniform(rng_uniform(seed, patient, stream, index));
}

FMA_CLONES void rng_normal_pair(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index, double out[2])
{
    const rng_block b = rng_u32x4(seed, patient, stream, index);
    out[0] = lanes_normal_from_uniform(rng_uniform_from_words(b.word[0], b.word[1]));
    out[1] = lanes_normal_from_uniform(rng_uniform_from_words(b.word[2], b.word[3]));
}
