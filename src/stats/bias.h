/* Small-study effects: regression and rank tests of funnel asymmetry, trim and fill. */
#ifndef ISLET_STATS_BIAS_H
#define ISLET_STATS_BIAS_H

#include "stats/pool.h"

typedef struct {
    double statistic, p;
} bias_test;

/* Egger's test as a regression of the effects on their standard errors, same estimator of tau2; the statistic is z. NaN under 3 studies. */
bias_test bias_regression(const double *y, const double *v, int k, pool_method method);

/* Begg and Mazumdar's rank correlation (Kendall's tau) of standardised effect and variance; exact p without ties and under 50
 * studies, else the normal approximation with ties in its variance. NaN under 3 studies or without memory. */
bias_test bias_rank(const double *y, const double *v, int k);

/* Duval and Tweedie's trim and fill, estimator L0; the filled pool has the interval of the pool it belongs to. `added` studies mirrored, on the right when `right`. False if it does not settle. */
bool bias_trim_fill(const double *y, const double *v, int k, pool_method method, bool knapp_hartung, pool_fit *out, int *added,
                    bool *right);

#endif
