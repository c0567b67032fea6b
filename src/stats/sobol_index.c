/* Both estimators share the variance of A and B together. */
#include "stats/sobol_index.h"

#define NO_VARIANCE 1e-12 /* of the square of the mean: rounding */

bool sobol_index_of(const double *a, const double *b, const double *ab, int n, double *first, double *total)
{
    double sum = 0.0, squares = 0.0, alone = 0.0, all = 0.0;
    for (int i = 0; i < n; i++) sum += a[i] + b[i];
    double mean = sum / (2.0 * n);
    for (int i = 0; i < n; i++) {
        squares += (a[i] - mean) * (a[i] - mean) + (b[i] - mean) * (b[i] - mean);
        alone += (b[i] - mean) * (ab[i] - a[i]);
        all += 0.5 * (a[i] - ab[i]) * (a[i] - ab[i]);
    }
    double variance = squares / (2.0 * n);
    if (!(variance > NO_VARIANCE * (1.0 + mean * mean))) return false;
    *first = alone / n / variance;
    *total = all / n / variance;
    return true;
}
