/* The draws of base/rng.h for one patient a lane: the same numbers, bit for bit. */
#ifndef ISLET_BASE_RNG_LANES_H
#define ISLET_BASE_RNG_LANES_H

#include "base/lanes_math.h"
#include "base/rng.h"

typedef struct {
    lanes_bits word[4]; /* each 32 bits */
} rng_lanes_block;

/* rng_u32x4 for each lane's patient */
static inline rng_lanes_block rng_lanes_u32x4(uint64_t seed, lanes_bits patient, rng_stream stream, uint64_t index)
{
    const lanes_bits low32 = lanes_bits_set1(UINT32_MAX);
    const lanes_bits m0 = lanes_bits_set1(PHILOX_M0), m1 = lanes_bits_set1(PHILOX_M1);
    uint32_t key0 = (uint32_t)seed, key1 = (uint32_t)(seed >> 32);
    lanes_bits c0 = lanes_bits_set1((uint32_t)index), c1 = lanes_bits_set1(index >> 32);
    lanes_bits c2 = patient & low32, c3 = patient >> 32 | lanes_bits_set1((uint64_t)stream << 16);

    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        const lanes_bits p0 = lanes_bits_multiply_low(m0, c0), p1 = lanes_bits_multiply_low(m1, c2);
        c0 = (p1 >> 32) ^ c1 ^ lanes_bits_set1(key0);
        c1 = p1 & low32;
        c2 = (p0 >> 32) ^ c3 ^ lanes_bits_set1(key1);
        c3 = p0 & low32;
        key0 += PHILOX_W0;
        key1 += PHILOX_W1;
    }
    return (rng_lanes_block){{c0, c1, c2, c3}};
}

/* rng_uniform_from_words: the 52 bits become the fraction of a number in 1 .. 2; the subtraction is exact. */
static inline lanes rng_lanes_uniform_from_words(lanes_bits low, lanes_bits high)
{
    const lanes_bits bits = ((high << 32) | low) >> 12;
    return lanes_from_bits(bits | lanes_bits_set1(0x3ff0000000000000)) - (1.0 - 0x1p-53);
}

static inline lanes rng_lanes_uniform(uint64_t seed, lanes_bits patient, rng_stream stream, uint64_t index)
{
    const rng_lanes_block b = rng_lanes_u32x4(seed, patient, stream, index);
    return rng_lanes_uniform_from_words(b.word[0], b.word[1]);
}

/* A second uniform out of the same draw, independent of the first. */
static inline void rng_lanes_uniform_pair(uint64_t seed, lanes_bits patient, rng_stream stream, uint64_t index, lanes out[2])
{
    const rng_lanes_block b = rng_lanes_u32x4(seed, patient, stream, index);
    out[0] = rng_lanes_uniform_from_words(b.word[0], b.word[1]);
    out[1] = rng_lanes_uniform_from_words(b.word[2], b.word[3]);
}

#endif
