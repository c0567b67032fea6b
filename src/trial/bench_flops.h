/* Counted operations of a patient-day, by tools/count_flops.cpp while islet is built; NAN where there was no C++ compiler. */
#ifndef ISLET_TRIAL_BENCH_FLOPS_H
#define ISLET_TRIAL_BENCH_FLOPS_H

#define BENCH_FLOPS_DAYS 14 /* preparing a person is shared by so many */

typedef struct {
    double whole, core, general_whole, general_core; /* default method with and without grafts; Runge-Kutta of one minute */
    double divisions[4];                             /* among them, in the same order */
} bench_flops;

extern const bench_flops bench_flops_counted;

#endif
