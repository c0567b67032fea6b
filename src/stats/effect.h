/* Effect sizes of one study with their sampling variances.
 *
 * Formulas as in Borenstein et al. (2009), Yusuf et al. (1985) for Peto's odds ratio, Hedges (1981) for the standardised mean
 * difference and Freeman and Tukey (1950) with Miller's back transform (1978) for proportions. Where a table has an empty cell
 * 1/2 is added to each of its cells (ratios, differences, plain and logit proportions), to no other study. */
#ifndef ISLET_STATS_EFFECT_H
#define ISLET_STATS_EFFECT_H

#include <stdbool.h>

typedef struct {
    double y, v; /* effect and its variance; NaN where the numbers give none */
} effect;

/* Events a, others b in the treated; events c, others d in the controls. */
effect effect_log_risk_ratio(double a, double b, double c, double d);
effect effect_log_odds_ratio(double a, double b, double c, double d);
effect effect_risk_difference(double a, double b, double c, double d);
effect effect_log_odds_peto(double a, double b, double c, double d);

/* Means, SDs and numbers of two arms; `one_variance` pools the two SDs. */
effect effect_mean_difference(double m1, double sd1, double n1, double m2, double sd2, double n2, bool one_variance);
effect effect_standardised_difference(double m1, double sd1, double n1, double m2, double sd2, double n2);

/* The same people before and after; r is the correlation between the two. The standardised change is in SDs of before, with Hedges'
 * correction (Becker 1988; variance of the large sample). */
effect effect_mean_change(double before, double sd_before, double after, double sd_after, double n, double r);
effect effect_standardised_change(double before, double sd_before, double after, double n, double r);

/* x events of n. */
effect effect_proportion(double x, double n);
effect effect_logit(double x, double n);
effect effect_freeman_tukey(double x, double n);

/* Share that belongs to a pooled Freeman-Tukey value; n is the harmonic mean of the studies' numbers. */
double effect_freeman_tukey_back(double y, double n);

#endif
