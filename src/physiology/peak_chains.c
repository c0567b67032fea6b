/* Peak: see peak.h. Compiled once a lane width with ISLET_LANES and ISLET_KERNEL_NAME set by the build. */
#include "base/lanes.h"
#include "physiology/peak.h"

/* Enough for two units that take up to six cycles; with factor and term they fit into 16 registers, all that scalar and AVX2 have: a chain
 * that goes through memory waits for it. */
#define CHAINS 12

#define PEAK_SYMBOL2(name) islet_peak_##name
#define PEAK_SYMBOL(name) PEAK_SYMBOL2(name)

/* without the instruction, lanes_fma calls libm: then the limit is a multiplication and an addition */
#ifdef __FP_FAST_FMA
#define MULTIPLY_ADD(a, b, c) lanes_fma(a, b, c)
#else
#define MULTIPLY_ADD(a, b, c) ((a) * (b) + (c))
#endif

extern peak_run PEAK_SYMBOL(ISLET_KERNEL_NAME);
peak_work PEAK_SYMBOL(ISLET_KERNEL_NAME)(long repeats)
{
    lanes chain[CHAINS], factor = lanes_set1(0.999999), term = lanes_set1(1e-7), sum = lanes_set1(0.0);
    for (int i = 0; i < CHAINS; i++) chain[i] = lanes_set1(1.0 + i);
    for (long n = 0; n < repeats; n++)
#pragma GCC unroll 12
        for (int i = 0; i < CHAINS; i++) chain[i] = MULTIPLY_ADD(chain[i], factor, term);
    for (int i = 0; i < CHAINS; i++) sum = sum + chain[i];
    return (peak_work){2.0 * ISLET_LANES * CHAINS * (double)repeats, lanes_get(sum, 0)};
}
