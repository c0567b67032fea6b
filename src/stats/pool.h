/* Pooling of effect sizes: fixed and random effects, with or without moderators, by inverse variance; Mantel-Haenszel.
 *
 * Model: y_i = x_i' beta + u_i + e_i, var e_i = v_i known, var u_i = tau2. Estimators of tau2: DerSimonian-Laird, restricted and
 * full maximum likelihood (Fisher scoring, steps halved so that tau2 stays at or above 0), Paule-Mandel and empirical Bayes (the
 * same equation), Hunter-Schmidt, Hedges, Sidik-Jonkman; Viechtbauer (2005, 2007) for them and for the Q-profile interval. */
#ifndef ISLET_STATS_POOL_H
#define ISLET_STATS_POOL_H

#include <stdbool.h>

#define POOL_COEFFICIENTS 6

typedef enum { POOL_EE, POOL_DL, POOL_REML, POOL_ML, POOL_PM, POOL_HS, POOL_SJ, POOL_EB, POOL_HE } pool_method;

typedef struct {
    int k, p;
    double beta[POOL_COEFFICIENTS], se[POOL_COEFFICIENTS], low[POOL_COEFFICIENTS], high[POOL_COEFFICIENTS];
    double statistic[POOL_COEFFICIENTS], p_value[POOL_COEFFICIENTS]; /* z, or t with Knapp and Hartung's method */
    double tau2;
    double tau2_low, tau2_high, profile_low, profile_high; /* NaN until pool_tau2_intervals */
    double q, q_p, i2_pct, h2;                         /* residual heterogeneity on k - p degrees of freedom */
    double pi_low, pi_high;                            /* of a new study; NaN with moderators or a fixed effect */
} pool_fit;

/* Fit k studies; x holds k rows of p columns, NULL for the pooled effect alone (p = 1). False when k < p + 1 (p + 0 with p = 1),
 * the columns depend on each other, or the likelihood does not settle. */
bool pool_run(const double *y, const double *v, const double *x, int k, int p, pool_method method, bool knapp_hartung, pool_fit *out);

/* Intervals of tau2 of a fit of the same studies: Q-profile (none with a fixed effect) and profile likelihood (ML and REML). Some
 * hundred times the work of the fit. */
void pool_tau2_intervals(const double *y, const double *v, const double *x, pool_method method, pool_fit *fit);

typedef enum { POOL_RISK_RATIO, POOL_ODDS_RATIO, POOL_RISK_DIFFERENCE } pool_table_measure;

/* Mantel-Haenszel over k tables (rows of a, b, c, d) with the variances of Greenland and Robins (ratios) and of Sato (difference);
 * y and v are the studies' own effects, for Q. False when the estimate does not exist. */
bool pool_mantel_haenszel(const double (*table)[4], const double *y, const double *v, int k, pool_table_measure measure, pool_fit *out);

#endif
