/* Peak rate: enough independent chains of lanes_fma to fill the units. Compiled once a width (PEAK_NAME, ISLET_LANES). */
#include "peak.h"

#include "base/lanes.h"

#define CHAINS 16
#define REPEATS 2000000

double PEAK_NAME(double (*clock_s)(void))
{
    lanes chain[CHAINS], factor = lanes_set1(0.999999), term = lanes_set1(1e-7), sum = lanes_set1(0.0);
    for (int i = 0; i < CHAINS; i++) chain[i] = lanes_set1(1.0 + i);
    const double start = clock_s();
    for (int n = 0; n < REPEATS; n++)
#pragma GCC unroll 16
        for (int i = 0; i < CHAINS; i++) chain[i] = lanes_fma(chain[i], factor, term);
    const double elapsed = clock_s() - start;
    for (int i = 0; i < CHAINS; i++) sum += chain[i];
    /* the result is used, so that the loop is not removed */
    return lanes_get(sum, 0) > 0.0 ? 2.0 * ISLET_LANES * (double)CHAINS * REPEATS / elapsed : 0.0;
}
