/* Small-study effects; see bias.h. */
#include "stats/bias.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

static bool regression(const double *y, const double *v, int k, pool_method method, pool_fit *fit)
{
    double *x = malloc(2 * (size_t)k * sizeof *x);
    for (int i = 0; x && i < k; i++) {
        x[2 * i] = 1;
        x[2 * i + 1] = sqrt(v[i]);
    }
    bool fine = x && k >= 3 && pool_run(y, v, x, k, 2, method, false, fit);
    free(x);
    return fine;
}

bias_test bias_regression(const double *y, const double *v, int k, pool_method method)
{
    pool_fit fit;
    if (!regression(y, v, k, method, &fit)) return (bias_test){NAN, NAN};
    return (bias_test){fit.statistic[1], fit.p_value[1]};
}

static int sign(double x)
{
    return (x > 0) - (x < 0);
}

/* P(at most `least` pairs in order) of n values without ties, all orders equally likely; NaN without memory */
static double kendall_below(int least, int n)
{
    int room = n * (n - 1) / 2 + 1;
    double *share = calloc((size_t)room, sizeof *share), *next = calloc((size_t)room, sizeof *next), below = NAN;
    if (share && next) {
        share[0] = 1;
        for (int m = 2; m <= n; m++) {
            double window = 0; /* the m-th value adds 0 .. m-1 ordered pairs */
            for (int i = 0; i < room; i++) {
                window += share[i] - (i >= m ? share[i - m] : 0);
                next[i] = window / m;
            }
            double *swap = share;
            share = next;
            next = swap;
        }
        below = 0;
        for (int i = 0; i <= least && i < room; i++) below += share[i];
    }
    free(share);
    free(next);
    return below;
}

/* sum over groups of equal values of t(t-1)(2t+5), and of t(t-1) => *pairs */
static double ties(const double *x, int k, double *pairs)
{
    double sum = 0;
    *pairs = 0;
    for (int i = 0; i < k; i++) { /* each member of a group of t adds its t-th part */
        int t = 0;
        for (int j = 0; j < k; j++) t += x[j] == x[i];
        sum += (t - 1.0) * (2.0 * t + 5);
        *pairs += t - 1.0;
    }
    return sum;
}

static bias_test kendall(const double *a, const double *b, int k)
{
    int s = 0;
    for (int i = 0; i < k; i++)
        for (int j = 0; j < i; j++) s += sign(a[i] - a[j]) * sign(b[i] - b[j]);
    double tied_a, tied_b, n = k, all = n * (n - 1);
    double va = ties(a, k, &tied_a), vb = ties(b, k, &tied_b);
    bias_test out = {2 * s / sqrt((all - tied_a) * (all - tied_b)), NAN};
    if (tied_a == 0 && tied_b == 0 && k < 50) {
        int pairs = k * (k - 1) / 2, ordered = (pairs + s) / 2, rarer = ordered < pairs - ordered ? ordered : pairs - ordered;
        out.p = fmin(1, 2 * kendall_below(rarer, k)); /* the distribution is symmetric */
        return out;
    }
    double variance = (all * (2 * n + 5) - va - vb) / 18 + tied_a * tied_b / (2 * all);
    out.p = 2 * gsl_cdf_ugaussian_Q(fabs((double)s) / sqrt(variance));
    return out;
}

bias_test bias_rank(const double *y, const double *v, int k)
{
    pool_fit fixed;
    double *standard = malloc((size_t)k * sizeof *standard);
    bias_test out = {NAN, NAN};
    if (standard && k >= 3 && pool_run(y, v, NULL, k, 1, POOL_EE, false, &fixed)) {
        for (int i = 0; i < k; i++) standard[i] = (y[i] - fixed.beta[0]) / sqrt(v[i] - fixed.se[0] * fixed.se[0]);
        out = kendall(standard, v, k);
    }
    free(standard);
    return out;
}

/* ---- trim and fill ---- */

typedef struct {
    double y, v;
    int place; /* keeps equal effects in the order of the file */
} study;

static int by_effect(const void *a, const void *b)
{
    const study *p = a, *q = b;
    return p->y != q->y ? sign(p->y - q->y) : p->place - q->place;
}

/* number of missing studies when the centre is `centre` (estimator L0) */
static int missing_studies(const study *s, int k, double centre)
{
    double sum = 0;
    for (int i = 0; i < k; i++) {
        double away = fabs(s[i].y - centre);
        int rank = 1;
        for (int j = 0; j < k; j++) rank += fabs(s[j].y - centre) < away || (fabs(s[j].y - centre) == away && j < i);
        if (s[i].y > centre) sum += rank;
    }
    double missing = rint((4 * sum - (double)k * (k + 1)) / (2.0 * k - 1));
    return missing > 0 ? (int)missing : 0;
}

bool bias_trim_fill(const double *y, const double *v, int k, pool_method method, bool knapp_hartung, pool_fit *out, int *added,
                    bool *right)
{
    pool_fit slope;
    study *s = malloc((size_t)k * sizeof *s);
    double *effects = malloc(4 * (size_t)k * sizeof *effects), *variances = effects + 2 * (size_t)k;
    bool settled = false;
    if (!s || !effects || !regression(y, v, k, method, &slope)) goto done;
    *right = slope.beta[1] < 0; /* small studies lie to the left: their mirror images are missing on the right */
    double turn = *right ? -1 : 1;
    for (int i = 0; i < k; i++) s[i] = (study){turn * y[i], v[i], i};
    qsort(s, (size_t)k, sizeof *s, by_effect);
    for (int i = 0; i < k; i++) effects[i] = s[i].y, variances[i] = s[i].v;
    *added = 0;
    for (int round = 0; round < 100 && !settled; round++) {
        if (!pool_run(effects, variances, NULL, k - *added, 1, method, false, out)) goto done;
        int missing = missing_studies(s, k, out->beta[0]);
        if (missing >= k) goto done;
        settled = missing == *added;
        *added = missing;
    }
    if (!settled) goto done;
    double centre = out->beta[0];
    for (int i = 0; i < *added; i++) {
        effects[k + i] = 2 * centre - s[k - *added + i].y;
        variances[k + i] = s[k - *added + i].v;
    }
    for (int i = 0; i < k + *added; i++) effects[i] *= turn;
    settled = pool_run(effects, variances, NULL, k + *added, 1, method, knapp_hartung, out);
done:
    free(s);
    free(effects);
    return settled;
}
