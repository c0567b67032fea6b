/* Random numbers: a function of (seed, patient, stream, index) and of nothing else.
 *
 * Philox 4x32 with 10 rounds: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as
 * 1, 2, 3", SC11 (2011). Key = seed; counter = index (64 bits), patient (48 bits), stream (16 bits), so different draws never
 * share a counter. base/rng_lanes.h gives the same numbers for many patients at once.
 */
#ifndef ISLET_BASE_RNG_H
#define ISLET_BASE_RNG_H

#include <stdint.h>

#define RNG_PATIENT_MAX (((uint64_t)1 << 48) - 1)

/* One line a use of random numbers: name, what is drawn. A new use goes to the end; then old results do not move. */
#define RNG_STREAM_LIST(STREAM)                                                                                        \
    STREAM(population, "who the patient is: physiology, age, duration, ..")                                            \
    STREAM(behaviour, "how the patient lives with the disease: counting, missing, habits")                             \
    STREAM(meals, "time and size of each meal")                                                                        \
    STREAM(bolus, "error of each counted bolus; whether it is missed")                                                 \
    STREAM(sensor, "noise of each sensor reading")                                                                     \
    STREAM(sensor_session, "calibration error of each sensor session")                                                 \
    STREAM(insulin_variability, "absorption of each day's insulin")                                                    \
    STREAM(sensitivity, "insulin sensitivity from day to day")                                                         \
    STREAM(severe_hypo, "whether a low becomes a severe one")                                                          \
    STREAM(harms, "adverse events")                                                                                    \
    STREAM(care, "visits, titration, adherence to the protocol")                                                       \
    STREAM(graft, "delivery, engraftment, maturation and loss of cells")                                               \
    STREAM(assay, "laboratory error")                                                                                  \
    STREAM(uncertainty, "parameters drawn from their uncertainty for predictive intervals")                            \
    STREAM(rescue, "whether a low is noticed and how it is treated")                                                   \
    STREAM(injection_action, "how injected insulin acts from window to window")

typedef enum {
#define STREAM(name, sentence) RNG_##name,
    RNG_STREAM_LIST(STREAM)
#undef STREAM
    RNG_STREAM_COUNT
} rng_stream;

typedef struct {
    uint32_t word[4];
} rng_block;

/* Multipliers and key increments of Philox 4x32. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u /* golden ratio */
#define PHILOX_W1 0xBB67AE85u /* sqrt(3) - 1 */
#define PHILOX_ROUNDS 10

/* The bare generator: 128 bits out of a 128-bit counter and a 64-bit key. */
static inline rng_block rng_philox(rng_block counter, uint32_t key0, uint32_t key1)
{
    for (int round = 0; round < PHILOX_ROUNDS; round++) {
        const uint64_t p0 = (uint64_t)PHILOX_M0 * counter.word[0], p1 = (uint64_t)PHILOX_M1 * counter.word[2];
        counter = (rng_block){{(uint32_t)(p1 >> 32) ^ counter.word[1] ^ key0, (uint32_t)p1,
                               (uint32_t)(p0 >> 32) ^ counter.word[3] ^ key1, (uint32_t)p0}};
        key0 += PHILOX_W0;
        key1 += PHILOX_W1;
    }
    return counter;
}

/* Four random words; patient at most RNG_PATIENT_MAX. */
static inline rng_block rng_u32x4(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index)
{
    const uint64_t who = patient | (uint64_t)stream << 48;
    const rng_block counter = {{(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)who, (uint32_t)(who >> 32)}};
    return rng_philox(counter, (uint32_t)seed, (uint32_t)(seed >> 32));
}

/* 52 random bits to the middle of one of 2^52 equal parts of (0, 1): never 0 or 1, symmetric about 1/2, exact. */
static inline double rng_uniform_from_words(uint32_t low, uint32_t high)
{
    return ((double)(((uint64_t)high << 32 | low) >> 12) + 0.5) * 0x1p-52;
}

/* Uniform in the open interval (0, 1). */
static inline double rng_uniform(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index)
{
    const rng_block b = rng_u32x4(seed, patient, stream, index);
    return rng_uniform_from_words(b.word[0], b.word[1]);
}

/* Standard normal from the same draw as rng_uniform at this index: its quantile. */
double rng_normal(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index);

/* Two independent standard normals out of one draw; the first is rng_normal's. */
void rng_normal_pair(uint64_t seed, uint64_t patient, rng_stream stream, uint64_t index, double out[2]);

#endif
