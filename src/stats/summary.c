/* Summaries with 95 % intervals.
 * Clopper CJ, Pearson ES. Biometrika 1934;26:404-413. Newcombe RG. Statistics in Medicine 1998;17:873-890 (independent,
 * method 10) and 2635-2650 (paired, method 10). Hyndman RJ, Fan Y. American Statistician 1996;50:361-365. */
#include "stats/summary.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#define TAIL 0.025     /* outside a 95 % interval on each side */
#define BISECTIONS 200 /* more than the bits of a double between 0 and 1 */

static const summary summary_empty = {0, NAN, NAN, NAN, NAN};

/* mean and sd of values, two passes */
static summary mean_and_sd(const double *values, int64_t n)
{
    summary out = summary_empty;
    double sum = 0.0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(values[i])) {
            sum += values[i];
            out.n++;
        }
    if (out.n == 0) return out;
    out.value = sum / (double)out.n;
    if (out.n < 2) return out;
    double squares = 0.0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(values[i])) squares += (values[i] - out.value) * (values[i] - out.value);
    out.sd = sqrt(squares / (double)(out.n - 1));
    return out;
}

static void set_interval(summary *s, double half_width)
{
    s->ci_low = s->value - half_width;
    s->ci_high = s->value + half_width;
}

summary summary_mean(const double *values, int64_t n)
{
    summary out = mean_and_sd(values, n);
    if (out.n >= 2)
        set_interval(&out, gsl_cdf_tdist_Pinv(1.0 - TAIL, (double)(out.n - 1)) * out.sd / sqrt((double)out.n));
    return out;
}

static double odds_share(double log_odds)
{
    return 1.0 / (1.0 + exp(-log_odds));
}

summary summary_mean_within(const double *values, int64_t n, double top)
{
    summary out = summary_mean(values, n);
    double share = out.value / top;
    if (out.n < 2 || !(share > 0.0 && share < 1.0)) return out; /* at an end of the scale all values are the same */
    /* delta method: the log odds change by 1/(share (1 - share)) of the share's change */
    double half = 0.5 * (out.ci_high - out.ci_low) / (top * share * (1.0 - share)), at = log(share / (1.0 - share));
    out.ci_low = top * odds_share(at - half);
    out.ci_high = top * odds_share(at + half);
    return out;
}

/* Wilson's score limits of a share */
static void score_limits(double p, double n, double *low, double *high)
{
    double z2 = NORMAL_Z_975 * NORMAL_Z_975, centre = p + z2 / (2.0 * n);
    double half = NORMAL_Z_975 * sqrt(p * (1.0 - p) / n + z2 / (4.0 * n * n));
    *low = fmax(0.0, (centre - half) / (1.0 + z2 / n));
    *high = fmin(1.0, (centre + half) / (1.0 + z2 / n));
}

/* x with P(beta(a, b) <= x) = p, by bisection: GSL's own inverse ends the process when it does not converge.
 * NaN where GSL gives no distribution function (a and b beyond some 1e5). */
static double beta_quantile(double p, double a, double b)
{
    double low = 0.0, high = 1.0;
    for (int i = 0; i < BISECTIONS && low < high; i++) {
        double middle = 0.5 * (low + high), below = gsl_cdf_beta_P(middle, a, b);
        if (isnan(below)) return NAN;
        if (middle <= low || middle >= high) break;
        if (below < p) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

summary summary_binomial(int64_t events, int64_t n)
{
    summary out = summary_empty;
    if (!(n > 0 && events >= 0 && events <= n)) return out;
    double x = (double)events, size = (double)n;
    out.n = n;
    out.value = x / size;
    if (n > 1) out.sd = sqrt(out.value * (1.0 - out.value) * size / (size - 1.0));
    out.ci_low = events == 0 ? 0.0 : beta_quantile(TAIL, x, size - x + 1.0);
    out.ci_high = events == n ? 1.0 : beta_quantile(1.0 - TAIL, x + 1.0, size - x);
    /* so many people that the exact and the score interval agree to every digit shown */
    double low, high;
    score_limits(out.value, size, &low, &high);
    if (isnan(out.ci_low)) out.ci_low = low;
    if (isnan(out.ci_high)) out.ci_high = high;
    return out;
}

summary summary_share(const double *values, int64_t n)
{
    int64_t events = 0, measured = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(values[i])) {
            measured++;
            events += values[i] != 0.0;
        }
    return summary_binomial(events, measured);
}

summary summary_difference_paired(const double *a, const double *b, int64_t n)
{
    summary out = summary_empty;
    double sum = 0.0, squares = 0.0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(a[i]) && !isnan(b[i])) {
            sum += a[i] - b[i];
            out.n++;
        }
    if (out.n == 0) return out;
    out.value = sum / (double)out.n;
    if (out.n < 2) return out;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(a[i]) && !isnan(b[i])) squares += (a[i] - b[i] - out.value) * (a[i] - b[i] - out.value);
    out.sd = sqrt(squares / (double)(out.n - 1));
    set_interval(&out, gsl_cdf_tdist_Pinv(1.0 - TAIL, (double)(out.n - 1)) * out.sd / sqrt((double)out.n));
    return out;
}

double summary_paired_variance_share(const double *a, const double *b, int64_t n)
{
    /* sums of squares about the running means (Welford) */
    double mean_a = 0.0, mean_b = 0.0, squares_a = 0.0, squares_b = 0.0, products = 0.0;
    int64_t pairs = 0;
    for (int64_t i = 0; i < n; i++) {
        if (isnan(a[i]) || isnan(b[i])) continue;
        pairs++;
        const double off_a = a[i] - mean_a, off_b = b[i] - mean_b;
        mean_a += off_a / (double)pairs;
        mean_b += off_b / (double)pairs;
        squares_a += off_a * (a[i] - mean_a);
        squares_b += off_b * (b[i] - mean_b);
        products += off_a * (b[i] - mean_b);
    }
    const double apart = squares_a + squares_b;
    return pairs > 1 && apart > 0.0 ? fmax(apart - 2.0 * products, 0.0) / apart : NAN;
}

summary summary_difference(const double *a, int64_t n_a, const double *b, int64_t n_b)
{
    summary left = mean_and_sd(a, n_a), right = mean_and_sd(b, n_b), out = summary_empty;
    out.n = left.n < right.n ? left.n : right.n;
    if (out.n == 0) return out;
    out.value = left.value - right.value;
    if (out.n < 2) return out;
    /* degrees of freedom of Welch and Satterthwaite */
    double va = left.sd * left.sd / (double)left.n, vb = right.sd * right.sd / (double)right.n;
    double both = va + vb;
    if (!(both > 0.0)) {
        set_interval(&out, 0.0);
        return out;
    }
    double freedom = both * both / (va * va / (double)(left.n - 1) + vb * vb / (double)(right.n - 1));
    set_interval(&out, gsl_cdf_tdist_Pinv(1.0 - TAIL, freedom) * sqrt(both));
    return out;
}

/* Newcombe's limits for p1 - p2 with correlation phi between the two (0 for separate samples) */
static void newcombe_limits(summary *out, double p1, double n1, double p2, double n2, double phi)
{
    double l1, u1, l2, u2;
    score_limits(p1, n1, &l1, &u1);
    score_limits(p2, n2, &l2, &u2);
    double down1 = p1 - l1, up1 = u1 - p1, down2 = p2 - l2, up2 = u2 - p2;
    out->value = p1 - p2;
    out->ci_low = out->value - sqrt(fmax(0.0, down1 * down1 - 2.0 * phi * down1 * up2 + up2 * up2));
    out->ci_high = out->value + sqrt(fmax(0.0, up1 * up1 - 2.0 * phi * up1 * down2 + down2 * down2));
}

summary summary_share_difference_paired(const double *a, const double *b, int64_t n)
{
    int64_t both = 0, only_a = 0, only_b = 0, neither = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(a[i]) && !isnan(b[i])) {
            both += a[i] != 0.0 && b[i] != 0.0;
            only_a += a[i] != 0.0 && b[i] == 0.0;
            only_b += a[i] == 0.0 && b[i] != 0.0;
            neither += a[i] == 0.0 && b[i] == 0.0;
        }
    summary out = summary_empty;
    out.n = both + only_a + only_b + neither;
    if (out.n == 0) return out;
    /* phi of the two-by-two table, its numerator pulled towards 0 by n/2 when positive (method 10) */
    double size = (double)out.n;
    double margins = (double)(both + only_a) * (double)(only_b + neither) * (double)(both + only_b)
        * (double)(only_a + neither);
    double numerator = (double)both * (double)neither - (double)only_a * (double)only_b;
    if (numerator > 0.0) numerator = fmax(0.0, numerator - 0.5 * size);
    double phi = margins > 0.0 ? numerator / sqrt(margins) : 0.0;
    newcombe_limits(&out, (double)(both + only_a) / size, size, (double)(both + only_b) / size, size, phi);
    return out;
}

summary summary_share_difference(const double *a, int64_t n_a, const double *b, int64_t n_b)
{
    summary left = summary_share(a, n_a), right = summary_share(b, n_b), out = summary_empty;
    out.n = left.n < right.n ? left.n : right.n;
    if (out.n > 0)
        newcombe_limits(&out, left.value, (double)left.n, right.value, (double)right.n, 0.0);
    return out;
}

static int compare_doubles(const void *left, const void *right)
{
    double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

int64_t summary_sort(double *values, int64_t n)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(values[i])) values[kept++] = values[i];
    if (kept > 1) qsort(values, (size_t)kept, sizeof *values, compare_doubles);
    for (int64_t i = kept; i < n; i++) values[i] = NAN;
    return kept;
}

double summary_quantile(const double *sorted, int64_t n, double p)
{
    if (n <= 0 || !(p >= 0.0 && p <= 1.0)) return NAN;
    double position = p * (double)(n - 1);
    int64_t below = (int64_t)floor(position);
    if (below >= n - 1) return sorted[n - 1];
    return sorted[below] + (position - (double)below) * (sorted[below + 1] - sorted[below]);
}
