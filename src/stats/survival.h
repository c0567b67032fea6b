/* Survival: Kaplan-Meier curve with Greenwood's standard error, numbers at risk, median. */
#ifndef ISLET_STATS_SURVIVAL_H
#define ISLET_STATS_SURVIVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "islet.h"

/* Scale on which the 95 % interval is symmetric: log S (the default of R's survfit; may exceed 1 and is cut there) or
 * log(-log S), which stays inside 0..1 and is what the report shows. */
typedef enum { SURVIVAL_LOG, SURVIVAL_LOG_LOG } survival_scale;

typedef struct {
    double time;
    int64_t at_risk;        /* just before `time` */
    int64_t events;         /* at `time`, at least 1 */
    double survival;        /* just after `time` */
    double standard_error;  /* Greenwood; NaN where survival is 0 */
    double ci_low, ci_high; /* NaN where survival is 0 */
} survival_point;

typedef struct {
    int64_t n, n_events;
    int n_points;           /* distinct times with an event, increasing */
    survival_point *points;
    double *times;          /* all n times, sorted: for the numbers at risk */
} survival_curve;

/* Curve of n people: time until the event where event[i] is not 0, else time until they were last seen. Someone last
 * seen at the time of an event counts as at risk for it. Times must be finite and at least 0.
 * ISLET_ERR_ARGUMENT or ISLET_ERR_MEMORY; *out is then empty. */
ISLET_CHECK islet_status survival_estimate(const double *time, const unsigned char *event, int64_t n,
                                           survival_scale scale, survival_curve *out);
void survival_free(survival_curve *curve);

/* People with a time of at least `time`. */
int64_t survival_at_risk(const survival_curve *curve, double time);

/* The point in force at `time`; before the first event it is survival 1 with itself as the interval. */
survival_point survival_at(const survival_curve *curve, double time);

/* First time with survival <= 0.5, and the first times at which the interval's limits are; NaN where never reached. */
void survival_median(const survival_curve *curve, double *median, double *ci_low, double *ci_high);

#endif
