/* Estimators and their bootstrap. */
#include "stats/sobol_index.h"

#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "stats/summary.h"

#define BOOTSTRAPS 500
#define STREAM_INDEX ((uint64_t)1 << 45)

static bool is_known(double a, double b, double c)
{
    return !isnan(a) && !isnan(b) && !isnan(c);
}

/* indices of the points `pick` (NULL: all) */
static bool estimate(const double *a, const double *b, const double *ab, const int *pick, int n, double *first, double *total)
{
    double sum = 0.0, squares = 0.0, v_first = 0.0, v_total = 0.0;
    int known = 0;
    for (int k = 0; k < n; k++) {
        int i = pick ? pick[k] : k;
        if (!is_known(a[i], b[i], ab[i])) continue;
        known++;
        sum += a[i] + b[i];
        squares += a[i] * a[i] + b[i] * b[i];
    }
    if (known < 4) return false;
    double mean = sum / (2.0 * known), variance = squares / (2.0 * known) - mean * mean;
    if (!(variance > 1e-12 * (1.0 + mean * mean))) return false;
    for (int k = 0; k < n; k++) {
        int i = pick ? pick[k] : k;
        if (!is_known(a[i], b[i], ab[i])) continue;
        v_first += (b[i] - mean) * (ab[i] - a[i]);
        v_total += 0.5 * (a[i] - ab[i]) * (a[i] - ab[i]);
    }
    *first = v_first / known / variance;
    *total = v_total / known / variance;
    return true;
}

bool sobol_index_of(const double *a, const double *b, const double *ab, int n, uint64_t seed, sobol_index *out)
{
    double *first = malloc(2 * BOOTSTRAPS * sizeof *first), *total = first + BOOTSTRAPS;
    int *pick = malloc((size_t)n * sizeof *pick), made = 0;
    *out = (sobol_index){0};
    bool fine = first && pick && estimate(a, b, ab, NULL, n, &out->first, &out->total);
    for (int k = 0; k < BOOTSTRAPS && fine; k++) {
        for (int i = 0; i < n; i++)
            pick[i] = (int)(rng_uniform(seed, STREAM_INDEX + (uint64_t)k, RNG_uncertainty, (uint64_t)i) * n);
        made += estimate(a, b, ab, pick, n, &first[made], &total[made]);
    }
    if (fine && made > BOOTSTRAPS / 2) {
        summary_sort(first, made);
        summary_sort(total, made);
        out->first_low = summary_quantile(first, made, 0.025);
        out->first_high = summary_quantile(first, made, 0.975);
        out->total_low = summary_quantile(total, made, 0.025);
        out->total_high = summary_quantile(total, made, 0.975);
    }
    free(first);
    free(pick);
    return fine;
}
