/* Regression on the value before treatment, among simulated people. */
#include "evidence/standardise.h"

#include <math.h>
#include <stdbool.h>

#define LEAST_PEOPLE 8
#define MOST_SLOPE 1.0 /* a difference between groups does not grow by itself */

standard standard_fit(const double *after, const double *before, int64_t n, const discrepancy_scale *scale,
                      double observed, double simulated)
{
    standard s = {0.0, 0.0, discrepancy_to(scale, observed) - discrepancy_to(scale, simulated)};
    double known = 0.0, y_mean = 0.0, xx = 0.0, xy = 0.0, yy = 0.0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(after[i]) || isnan(before[i])) continue;
        known += 1.0;
        s.mean += discrepancy_to(scale, before[i]);
        y_mean += discrepancy_to(scale, after[i]);
    }
    if (known < LEAST_PEOPLE) return s;
    s.mean /= known;
    y_mean /= known;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(after[i]) || isnan(before[i])) continue;
        double x = discrepancy_to(scale, before[i]) - s.mean, y = discrepancy_to(scale, after[i]) - y_mean;
        xx += x * x;
        xy += x * y;
        yy += y * y;
    }
    if (!(xx > 0.0)) return s;
    double slope = xy / xx, error = fmax(yy - slope * xy, 0.0) / (known - 2.0) / xx; /* squared */
    if (slope != 0.0) s.slope = fmin(fmax(slope * slope * slope / (slope * slope + error), -MOST_SLOPE), MOST_SLOPE);
    return s;
}

void standard_apply(const standard *s, double *after, const double *before, int64_t n, const discrepancy_scale *scale)
{
    bool never_negative = true;
    for (int64_t i = 0; i < n; i++) never_negative = never_negative && !(after[i] < 0.0);
    for (int64_t i = 0; i < n; i++) {
        if (isnan(after[i])) continue;
        double own = isnan(before[i]) ? 0.0 : discrepancy_to(scale, before[i]) - s->mean;
        after[i] = discrepancy_from(scale, discrepancy_to(scale, after[i]) + s->slope * (s->difference - own));
        if (never_negative && after[i] < 0.0) after[i] = 0.0;
    }
}
