/* Predict: where a trial of n people would find its mean, median or share, given simulated people.
 *
 * A drawn trial takes n simulated people with replacement (a share: a binomial count), under one draw of the uncertain
 * parameters, and adds the Monte Carlo error of the simulated people. 95 % of drawn trials lie inside pi95. */
#ifndef ISLET_EVIDENCE_PREDICT_H
#define ISLET_EVIDENCE_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

typedef enum { PREDICT_MEAN, PREDICT_MEDIAN, PREDICT_GEOMETRIC_MEAN, PREDICT_SHARE } predict_statistic;

enum { PI50, PI80, PI95, PREDICT_INTERVALS };

typedef struct {
    int64_t people;                                             /* simulated, with a value */
    double simulated;                                           /* their statistic */
    double low[PREDICT_INTERVALS], high[PREDICT_INTERVALS];
} prediction;

/* `values` are n_people values of the simulated people at the shipped parameters, missing ones NaN. Member k of the ensemble
 * is members[k], n_member values of the first n_member of the same people under the k-th draw: the shift of the
 * statistic from those people's own is added (common random numbers take most of the noise out of the shift).
 * n_members may be 0. False when nobody has a value, or memory fails. */
bool predict_trial(predict_statistic statistic, const double *values, int64_t n_people, const double *const *members,
                   int n_members, int64_t n_member, int64_t trial_n, uint64_t seed, uint64_t row, prediction *out);

#endif
