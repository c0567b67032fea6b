/* Summaries of one sample or two: means, shares, quantiles and differences, each with its 95 % interval.
 *
 * Every sum runs in the order of the array, so that a result never depends on threads. A missing value is NaN: it is
 * left out, and n counts what was measured. A limit that the data cannot give (one value, none) is NaN. */
#ifndef ISLET_STATS_SUMMARY_H
#define ISLET_STATS_SUMMARY_H

#include <stdint.h>

#define NORMAL_Z_975 1.959963984540054 /* standard normal quantile at 0.975, for 95 % intervals */

typedef struct {
    int64_t n;              /* values that were not missing */
    double value;           /* mean, share or difference; NaN when n is 0 */
    double sd;              /* standard deviation with n - 1; NaN when n < 2 */
    double ci_low, ci_high; /* 95 % interval */
} summary;

/* Mean with Student's t interval. */
summary summary_mean(const double *values, int64_t n);

/* The same of values on a scale from 0 to `top`: the t interval of the mean's log odds, which stays on the scale and is that of summary_mean
 * when it is narrow. */
summary summary_mean_within(const double *values, int64_t n, double top);

/* Share of values that are not 0, with the exact interval of Clopper and Pearson. */
summary summary_share(const double *values, int64_t n);

/* Exact interval of a share of `events` in `n`; 0 <= events <= n. */
summary summary_binomial(int64_t events, int64_t n);

/* a minus b for n pairs (a pair with a missing side is left out): t interval of the differences. */
summary summary_difference_paired(const double *a, const double *b, int64_t n);

/* Variance of a minus b in n pairs over what it would be between different people, var(a) + var(b): how much pairing helps. A pair with a
 * missing side is left out; NaN for fewer than two, and where nothing varies. */
double summary_paired_variance_share(const double *a, const double *b, int64_t n);

/* a minus b for two samples: Welch's t interval; value and interval are NaN when a sample is empty. n is the smaller. */
summary summary_difference(const double *a, int64_t n_a, const double *b, int64_t n_b);

/* The same for shares of 0/1 values: Newcombe's hybrid of two score intervals, which stays wide where every pair
 * agrees and a t interval would shrink to nothing. */
summary summary_share_difference_paired(const double *a, const double *b, int64_t n);
summary summary_share_difference(const double *a, int64_t n_a, const double *b, int64_t n_b);

/* Sort in place, missing values last; returns how many are not missing. */
int64_t summary_sort(double *values, int64_t n);

/* Quantile p (0..1) of n sorted values without missing ones, linear between order statistics (type 7 of Hyndman and
 * Fan, what R and NumPy do by default); NaN when n is 0. */
double summary_quantile(const double *sorted, int64_t n, double p);

#endif
