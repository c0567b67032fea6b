/* Kaplan-Meier estimate: S(t) = product over event times u <= t of (1 - d_u / n_u).
 * Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481. Greenwood's variance of log S: sum of d / (n (n - d)).
 * log-log interval: S^exp(-/+ z se / (S |log S|)); Kalbfleisch JD, Prentice RL 1980, section 1.3. */
#include "stats/survival.h"

#include <math.h>
#include <stdlib.h>

#include "stats/summary.h"

typedef struct {
    double time;
    bool event;
} person;

/* by time; at the same time events come before people who were last seen then */
static int compare_people(const void *left, const void *right)
{
    const person *a = left, *b = right;
    if (a->time != b->time) return a->time < b->time ? -1 : 1;
    return (int)b->event - (int)a->event;
}

static void set_interval(survival_point *point, double variance_of_log, survival_scale scale)
{
    double s = point->survival, se = sqrt(variance_of_log);
    point->standard_error = s * se;
    if (!(s > 0.0)) {
        point->standard_error = point->ci_low = point->ci_high = NAN;
    } else if (scale == SURVIVAL_LOG) {
        point->ci_low = s * exp(-NORMAL_Z_975 * se);
        point->ci_high = fmin(1.0, s * exp(NORMAL_Z_975 * se));
    } else {
        double spread = NORMAL_Z_975 * se / fabs(log(s));
        point->ci_low = pow(s, exp(spread));
        point->ci_high = pow(s, exp(-spread));
    }
}

/* sorted people => points of the curve */
static int curve_points(const person *people, int64_t n, survival_scale scale, survival_point *points)
{
    int n_points = 0;
    double survival = 1.0, variance_of_log = 0.0;
    for (int64_t i = 0; i < n;) {
        int64_t same = i, events = 0;
        while (same < n && people[same].time == people[i].time) events += people[same++].event;
        if (events > 0) {
            double risk = (double)(n - i), d = (double)events;
            survival = n - i == events ? 0.0 : survival * (1.0 - d / risk);
            variance_of_log += d / (risk * (risk - d));
            points[n_points] = (survival_point){people[i].time, n - i, events, survival, NAN, NAN, NAN};
            set_interval(&points[n_points++], variance_of_log, scale);
        }
        i = same;
    }
    return n_points;
}

islet_status survival_estimate(const double *time, const unsigned char *event, int64_t n, survival_scale scale,
                               survival_curve *out)
{
    *out = (survival_curve){0};
    if (n < 0 || (uint64_t)n > SIZE_MAX / sizeof(survival_point) - 1 || n > INT32_MAX) return ISLET_ERR_ARGUMENT;
    for (int64_t i = 0; i < n; i++)
        if (!(time[i] >= 0.0 && time[i] < INFINITY)) return ISLET_ERR_ARGUMENT;

    islet_status status = ISLET_ERR_MEMORY;
    person *people = malloc((size_t)(n + 1) * sizeof *people);
    survival_point *points = malloc((size_t)(n + 1) * sizeof *points);
    double *times = malloc((size_t)(n + 1) * sizeof *times);
    if (!people || !points || !times) goto done;

    for (int64_t i = 0; i < n; i++) people[i] = (person){time[i], event[i] != 0};
    if (n > 1) qsort(people, (size_t)n, sizeof *people, compare_people);
    int64_t n_events = 0;
    for (int64_t i = 0; i < n; i++) {
        times[i] = people[i].time;
        n_events += people[i].event;
    }
    *out = (survival_curve){n, n_events, curve_points(people, n, scale, points), points, times};
    points = NULL; /* ownership moved to out */
    times = NULL;
    status = ISLET_OK;
done:
    free(people);
    free(points);
    free(times);
    return status;
}

void survival_free(survival_curve *curve)
{
    if (!curve) return;
    free(curve->points);
    free(curve->times);
    *curve = (survival_curve){0};
}

int64_t survival_at_risk(const survival_curve *curve, double time)
{
    int64_t low = 0, high = curve->n; /* first person with times >= time */
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (curve->times[middle] < time) low = middle + 1;
        else high = middle;
    }
    return curve->n - low;
}

survival_point survival_at(const survival_curve *curve, double time)
{
    survival_point point = {0.0, curve->n, 0, 1.0, 0.0, 1.0, 1.0};
    for (int i = 0; i < curve->n_points && curve->points[i].time <= time; i++) point = curve->points[i];
    return point;
}

void survival_median(const survival_curve *curve, double *median, double *ci_low, double *ci_high)
{
    *median = *ci_low = *ci_high = NAN;
    for (int i = curve->n_points - 1; i >= 0; i--) {
        const survival_point *p = &curve->points[i];
        if (p->survival <= 0.5) *median = p->time;
        /* a lower curve crosses one half earlier; at survival 0 both limits are taken as 0 */
        if (p->survival <= 0.0 || p->ci_low <= 0.5) *ci_low = p->time;
        if (p->survival > 0.0 && p->ci_high <= 0.5) *ci_high = p->time;
    }
}
