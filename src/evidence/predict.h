/* Predict: where a trial of n people would find its mean, median or share, given simulated people.
 *
 * A drawn trial takes n simulated people with replacement (a share: a binomial count, a rate: a Poisson one in its person-years), under one draw of the uncertain parameters, adds the
 * Monte Carlo error of the simulated people, and differs from the simulation by what trials differ by (discrepancy.h). 95 % of drawn
 * trials lie inside pi95. The intervals without the discrepancy are kept beside. */
#ifndef ISLET_EVIDENCE_PREDICT_H
#define ISLET_EVIDENCE_PREDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "evidence/discrepancy.h"

/* A "geometric mean" of C-peptide is exp(mean ln(1 + x)) - 1 in the trials that print one: in that scale their intervals are symmetric (NH_BUCKINGHAM2013 0.52,
 * 0.32 to 0.75; NH_ABATACEPT 0.141, 0.071 to 0.215; role calibrate). */
typedef enum { PREDICT_MEAN, PREDICT_MEDIAN, PREDICT_GEOMETRIC_MEAN, PREDICT_SHARE, PREDICT_RATE } predict_statistic;

enum { PI50, PI80, PI95, PREDICT_INTERVALS };

enum { PREDICT_MEMBERS = 32 }; /* draws of the parameters at most */

/* What is known of the arm, and the trial that is asked about. */
typedef struct {
    predict_statistic statistic;
    const double *values;        /* of the simulated people at the shipped parameters, missing ones NaN */
    int64_t n_people;
    double years;                /* of a rate: the years that each person's events were counted over, in the trial, too */
    /* Member k is members[k], n_member values of the first n_member of the same people under the k-th draw: the shift of the statistic (of a
     * share, of its log odds) from those people's own is added. What the shifts owe to these few people is taken off their spread (fill_shifts). */
    const double *const *members;
    int n_members;               /* may be 0 */
    int64_t n_member;
    int64_t trial_n;
    /* A difference between two arms: all the above hold the differences within people, and these the two arms apart, whose trial has other
     * people in each; `statistic` is the mean. NULL: one arm. */
    const double *treated, *control;
    int64_t control_n;           /* people of the trial in the second; trial_n in the first */
    double most;                 /* no statistic is above it; 0: no such bound */
    discrepancy_scale scale;     /* of the discrepancy .. */
    double discrepancy_sd;       /* .. its size; 0: none */
    double discrepancy_df;
    bool in_people_sds;          /* the size is in SDs between people; of a difference, of the differences within them */
    uint64_t seed, row;
} predict_question;

typedef struct {
    int64_t people;                                             /* simulated, with a value */
    double simulated;                                           /* their statistic */
    double low[PREDICT_INTERVALS], high[PREDICT_INTERVALS];
    double bare_low[PREDICT_INTERVALS], bare_high[PREDICT_INTERVALS]; /* without the discrepancy */
    /* on the scale of the discrepancy, for its estimation */
    double centre;                                              /* simulated and the mean shift */
    double sampling_sd;                                         /* of the statistic at trial_n, Monte Carlo error included */
    bool constant;                                              /* no mean of any trial differs: people, draws and trials are all alike, and nothing is predicted */
    double people_sd;                                           /* between the simulated people, as people read it */
    double discrepancy_sd;                                      /* on the scale, whatever it was asked in */
    double shift[PREDICT_MEMBERS];                              /* of each member, about their mean */
} prediction;

/* What is known of the discrepancy of a kind of end points, into the question, which knows whether it is about a difference between two arms. */
void predict_beyond(predict_question *q, const discrepancy *known, discrepancy_kind kind);

/* False when nobody has a value, or memory fails. */
bool predict_trial(const predict_question *q, prediction *out);

#endif
