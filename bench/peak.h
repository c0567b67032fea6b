/* Peak rate of fused multiply-adds of this core, in operations (two each) a second; 0 where the width does not run. */
#ifndef ISLET_BENCH_PEAK_H
#define ISLET_BENCH_PEAK_H

double peak_portable(double (*clock_s)(void));
double peak_avx2(double (*clock_s)(void));
double peak_avx512(double (*clock_s)(void));

#endif
