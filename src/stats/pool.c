/* Pooling of effect sizes; see pool.h for the method. */
#include "stats/pool.h"

#include <float.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stddef.h>

#define P POOL_COEFFICIENTS

typedef struct {
    const double *y, *v, *x;
    int k, p;
} problem;

/* weighted least squares at one tau2 */
typedef struct {
    double beta[P], a[P][P];     /* coefficients, inverse of X'WX */
    double log_determinant;      /* of X'WX */
    double w1, w2, trace_p, trace_pp, q, q2, log_w; /* sums of w and w2, traces of P and PP, y'Py, y'PPy */
} weighted;

static double column(const problem *in, int i, int j)
{
    return in->x ? in->x[i * in->p + j] : 1.0;
}

/* inverse of a symmetric positive matrix by Gauss-Jordan; false when it is singular */
static bool invert(double m[P][P], int p, double inverse[P][P], double *log_determinant)
{
    double scale[P];
    for (int i = 0; i < p; i++) {
        scale[i] = m[i][i];
        for (int j = 0; j < p; j++) inverse[i][j] = i == j;
    }
    *log_determinant = 0;
    for (int i = 0; i < p; i++) {
        double pivot = m[i][i];
        if (!(pivot > 1e-12 * scale[i]) || !isfinite(pivot)) return false;
        *log_determinant += log(pivot);
        for (int j = 0; j < p; j++) m[i][j] /= pivot, inverse[i][j] /= pivot;
        for (int r = 0; r < p; r++) {
            double factor = m[r][i];
            for (int j = 0; r != i && j < p; j++) m[r][j] -= factor * m[i][j], inverse[r][j] -= factor * inverse[i][j];
        }
    }
    return true;
}

static void set_traces(weighted *out, double w2[P][P], double w3[P][P], int p)
{
    double trace1 = 0, trace3 = 0, trace22 = 0, product[P][P];
    for (int i = 0; i < p; i++)
        for (int j = 0; j < p; j++) {
            trace1 += out->a[i][j] * w2[j][i];
            trace3 += out->a[i][j] * w3[j][i];
            product[i][j] = 0;
            for (int r = 0; r < p; r++) product[i][j] += out->a[i][r] * w2[r][j];
        }
    for (int i = 0; i < p; i++)
        for (int j = 0; j < p; j++) trace22 += product[i][j] * product[j][i];
    out->trace_p = out->w1 - trace1;
    out->trace_pp = out->w2 - 2 * trace3 + trace22;
}

static void set_residuals(const problem *in, const double *equal, double tau2, weighted *out)
{
    for (int i = 0; i < in->k; i++) {
        double w = equal ? *equal : 1 / (in->v[i] + tau2), rest = in->y[i];
        for (int j = 0; j < in->p; j++) rest -= column(in, i, j) * out->beta[j];
        out->q += w * rest * rest;
        out->q2 += w * w * rest * rest;
    }
}

/* equal != NULL: every weight is *equal, else 1 / (v + tau2) */
static bool solve(const problem *in, const double *equal, double tau2, weighted *out)
{
    double m[P][P] = {{0}}, m2[P][P] = {{0}}, m3[P][P] = {{0}}, right[P] = {0}, product = 1;
    *out = (weighted){0};
    for (int i = 0; i < in->k; i++) {
        double w = equal ? *equal : 1 / (in->v[i] + tau2);
        out->w1 += w;
        out->w2 += w * w;
        if (!(w > 1e-100 && w < 1e100)) {
            out->log_w += log(w);
        } else { /* one logarithm of a product of many */
            product *= w;
            if (!(product > 1e-150 && product < 1e150)) {
                out->log_w += log(product);
                product = 1;
            }
        }
        for (int r = 0; r < in->p; r++) {
            double xr = column(in, i, r);
            right[r] += w * xr * in->y[i];
            for (int c = 0; c < in->p; c++) {
                double xx = xr * column(in, i, c);
                m[r][c] += w * xx, m2[r][c] += w * w * xx, m3[r][c] += w * w * w * xx;
            }
        }
    }
    out->log_w += log(product);
    if (!invert(m, in->p, out->a, &out->log_determinant)) return false;
    for (int r = 0; r < in->p; r++)
        for (int c = 0; c < in->p; c++) out->beta[r] += out->a[r][c] * right[c];
    set_traces(out, m2, m3, in->p);
    set_residuals(in, equal, tau2, out);
    return true;
}

/* ---- tau2 ---- */

/* tau2 at which the generalised Q is `target`; 0 when Q is below it already at 0 */
static double tau2_where_q_is(const problem *in, double target)
{
    weighted at;
    if (!solve(in, NULL, 0, &at)) return NAN;
    if (!(at.q > target)) return 0;
    double low = 0, high = 1e-3;
    for (int i = 0; i < 200; i++, low = high, high *= 2)
        if (!solve(in, NULL, high, &at) || !(at.q > target)) break;
    for (int i = 0; i < 200 && high - low > 1e-14 * high; i++) {
        double middle = 0.5 * (low + high);
        if (!solve(in, NULL, middle, &at)) return NAN;
        if (at.q > target) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

/* The limit of a Q-profile interval. R's uniroot, which metafor asks, ends its search (Brent's zeroin over 0 to 100) at a bracket of
 * 1.2e-4, which moves the third digit of limits near 0.1. People compare with metafor, so the search ends where that one does where half of it is less
 * than a thousandth of the limit; smaller limits are searched to the end. */
#define UNIROOT_TOLERANCE 1.220703125e-4 /* 2^-13, R's eps^0.25 */
#define UNIROOT_HIGHEST 100.0
#define UNIROOT_FRAC 1e-3

typedef struct {
    double at, f;
} place;

/* the next place to look from `b`, a step towards `c`, which lies on the other side: through the last places where that is safe, else halfway */
static double step_of_zeroin(place a, place b, place c, double half, double tolerance, double last)
{
    if (!(fabs(last) >= tolerance && fabs(a.f) > fabs(b.f))) return half;
    double p, q, width = c.at - b.at, s = b.f / a.f;
    if (a.at == c.at) {
        p = width * s, q = 1 - s;
    } else {
        double r = b.f / c.f, t = a.f / c.f;
        p = s * (width * t * (t - r) - (b.at - a.at) * (r - 1)), q = (t - 1) * (r - 1) * (s - 1);
    }
    if (p > 0) q = -q;
    else p = -p;
    return p < 0.75 * width * q - fabs(tolerance * q) / 2 && p < fabs(last * q / 2) ? p / q : half;
}

/* Brent, Algorithms for Minimization without Derivatives, 1973, chapter 4, as R's zeroin has it; NAN when it does not end */
static double zeroin(const problem *in, double target)
{
    weighted at;
    place a = {0, 0}, b = {UNIROOT_HIGHEST, 0}, c;
    if (!solve(in, NULL, a.at, &at)) return NAN;
    a.f = at.q - target;
    if (!solve(in, NULL, b.at, &at)) return NAN;
    b.f = at.q - target;
    c = a;
    if ((a.f > 0) == (b.f > 0)) return NAN;
    for (int i = 0; i < 1000; i++) {
        double last = b.at - a.at;
        if (fabs(c.f) < fabs(b.f)) a = b, b = c, c = a;
        double tolerance = 2 * DBL_EPSILON * fabs(b.at) + UNIROOT_TOLERANCE / 2, half = (c.at - b.at) / 2;
        if (fabs(half) <= tolerance || b.f == 0) return b.at;
        double step = step_of_zeroin(a, b, c, half, tolerance, last);
        if (fabs(step) < tolerance) step = step > 0 ? tolerance : -tolerance;
        a = b;
        b.at += step;
        if (!solve(in, NULL, b.at, &at)) return NAN;
        b.f = at.q - target;
        if ((b.f > 0) == (c.f > 0)) c = a;
    }
    return NAN;
}

static double profile_q_limit(const problem *in, double target)
{
    double limit = tau2_where_q_is(in, target);
    if (!(limit * UNIROOT_FRAC > UNIROOT_TOLERANCE / 2)) return limit;
    double as_metafor = zeroin(in, target);
    return fabs(as_metafor - limit) <= UNIROOT_TOLERANCE ? as_metafor : limit;
}

/* Hedges: residual variance of the unweighted fit less the mean sampling variance */
static bool tau2_hedges(const problem *in, double *tau2)
{
    const double one = 1;
    weighted at;
    if (!solve(in, &one, 0, &at)) return false;
    double trace = 0;
    for (int i = 0; i < in->k; i++) {
        double leverage = 0;
        for (int r = 0; r < in->p; r++)
            for (int c = 0; c < in->p; c++) leverage += column(in, i, r) * at.a[r][c] * column(in, i, c);
        trace += in->v[i] * (1 - leverage);
    }
    *tau2 = (at.q - trace) / (in->k - in->p);
    return true;
}

static bool tau2_sidik_jonkman(const problem *in, double *tau2)
{
    double mean = 0, start = 0;
    for (int i = 0; i < in->k; i++) mean += in->y[i] / in->k;
    for (int i = 0; i < in->k; i++) start += (in->y[i] - mean) * (in->y[i] - mean) / in->k;
    weighted at;
    if (!solve(in, NULL, start, &at)) return false;
    *tau2 = start * at.q / (in->k - in->p);
    return true;
}

/* Scoring ends as in metafor, whose numbers people compare with: at a step of 1e-5. Where tau2 itself is so small that this would be
 * much of it, at half a percent of tau2. */
#define STEP_SETTLED 1e-5
#define STEP_SETTLED_FRAC 0.005

static double log_likelihood(const weighted *at, bool restricted)
{
    return 0.5 * (at->log_w - at->q - (restricted ? at->log_determinant : 0));
}

static bool tau2_likelihood(const problem *in, bool restricted, double *tau2)
{
    double t;
    weighted at;
    if (!tau2_hedges(in, &t)) return false;
    if (!(t > 0)) t = 0;
    for (int i = 0; i < 500; i++) {
        if (!solve(in, NULL, t, &at)) return false;
        double step = restricted ? (at.q2 - at.trace_p) / at.trace_pp : (at.q2 - at.w1) / at.w2;
        double here = log_likelihood(&at, restricted), next = t + step > 0 ? t + step : 0;
        for (int half = 0; half < 60 && solve(in, NULL, next, &at) && log_likelihood(&at, restricted) < here; half++)
            next = 0.5 * (next + t);
        bool settled = fabs(next - t) <= STEP_SETTLED && fabs(next - t) <= STEP_SETTLED_FRAC * next;
        t = next;
        if (!settled) continue;
        *tau2 = t;
        return true;
    }
    return false;
}

static bool tau2_of(const problem *in, pool_method method, double *tau2)
{
    weighted at;
    int freedom = in->k - in->p;
    *tau2 = 0;
    if (method == POOL_EE || freedom == 0) return true;
    bool fine = solve(in, NULL, 0, &at);
    if (!fine) return false;
    if (method == POOL_DL) *tau2 = (at.q - freedom) / at.trace_p;
    if (method == POOL_HS) *tau2 = (at.q - in->k) / at.w1;
    if (method == POOL_PM || method == POOL_EB) *tau2 = tau2_where_q_is(in, freedom);
    if (method == POOL_HE) fine = tau2_hedges(in, tau2);
    if (method == POOL_SJ) fine = tau2_sidik_jonkman(in, tau2);
    if (method == POOL_ML || method == POOL_REML) fine = tau2_likelihood(in, method == POOL_REML, tau2);
    if (*tau2 < 0) *tau2 = 0;
    return fine && isfinite(*tau2);
}

/* tau2 between `inside` and infinity or 0 where the log-likelihood falls to `level` */
static double profile_limit(const problem *in, bool restricted, double inside, double level, bool upper)
{
    weighted at;
    double outside = upper ? inside + 1e-3 : 0;
    for (int i = 0; i < 100; i++, outside = inside + 2 * (outside - inside)) {
        if (!solve(in, NULL, outside, &at)) return NAN;
        bool below = log_likelihood(&at, restricted) < level;
        if (!upper && !below) return 0;
        if (below) break;
    }
    for (int i = 0; i < 100; i++) {
        double middle = 0.5 * (inside + outside);
        if (!solve(in, NULL, middle, &at)) return NAN;
        if (log_likelihood(&at, restricted) < level) outside = middle;
        else inside = middle;
    }
    return inside;
}

/* Quantile of chi-square by halving; GSL's own ends the program when it does not converge, as it does from 2,320 degrees of
 * freedom on. */
static double chi_square_quantile(double share, double freedom)
{
    double low = 0, high = freedom + 20 * sqrt(2 * freedom) + 50;
    for (int i = 0; i < 200 && high - low > 1e-15 * high; i++) {
        double middle = 0.5 * (low + high);
        if (gsl_cdf_chisq_P(middle, freedom) < share) low = middle;
        else high = middle;
    }
    return 0.5 * (low + high);
}

/* ---- results ---- */

static void set_heterogeneity(const problem *in, const weighted *fixed, pool_method method, pool_fit *out)
{
    double freedom = in->k - in->p;
    out->q = fixed->q;
    out->q_p = freedom > 0 ? gsl_cdf_chisq_Q(out->q, freedom) : NAN;
    out->i2_pct = out->h2 = out->tau2_low = out->tau2_high = out->profile_low = out->profile_high = NAN;
    if (!(freedom > 0)) return;
    double typical = freedom / fixed->trace_p; /* sampling variance of a typical study */
    bool equal = method == POOL_EE;
    out->h2 = equal ? out->q / freedom : out->tau2 / typical + 1;
    out->i2_pct = equal ? (out->q > freedom ? 100 * (out->q - freedom) / out->q : 0) : 100 * out->tau2 / (typical + out->tau2);
}

void pool_tau2_intervals(const double *y, const double *v, const double *x, pool_method method, pool_fit *out)
{
    const problem all = {y, v, x, out->k, out->p}, *in = &all;
    const double freedom = in->k - in->p;
    if (!(freedom > 0) || method == POOL_EE) return;
    out->tau2_low = profile_q_limit(in, chi_square_quantile(0.975, freedom));
    out->tau2_high = profile_q_limit(in, chi_square_quantile(0.025, freedom));
    if (method != POOL_ML && method != POOL_REML) return;
    weighted best;
    if (!solve(in, NULL, out->tau2, &best)) return;
    double level = log_likelihood(&best, method == POOL_REML) - 0.5 * chi_square_quantile(0.95, 1);
    out->profile_low = profile_limit(in, method == POOL_REML, out->tau2, level, false);
    out->profile_high = profile_limit(in, method == POOL_REML, out->tau2, level, true);
}

static void set_coefficient(pool_fit *out, int j, bool knapp_hartung)
{
    double freedom = out->k - out->p;
    double width = knapp_hartung ? gsl_cdf_tdist_Pinv(0.975, freedom) : gsl_cdf_ugaussian_Pinv(0.975);
    out->low[j] = out->beta[j] - width * out->se[j];
    out->high[j] = out->beta[j] + width * out->se[j];
    out->statistic[j] = out->beta[j] / out->se[j];
    double away = fabs(out->statistic[j]);
    out->p_value[j] = 2 * (knapp_hartung ? gsl_cdf_tdist_Q(away, freedom) : gsl_cdf_ugaussian_Q(away));
}

bool pool_run(const double *y, const double *v, const double *x, int k, int p, pool_method method, bool knapp_hartung,
              pool_fit *out)
{
    problem in = {y, v, x, k, x ? p : 1};
    *out = (pool_fit){.k = k, .p = in.p, .pi_low = NAN, .pi_high = NAN};
    weighted fixed, at;
    if (in.p < 1 || in.p > P || k < in.p + (in.p > 1 || knapp_hartung) || !solve(&in, NULL, 0, &fixed)) return false;
    if (!tau2_of(&in, method, &out->tau2) || !solve(&in, NULL, out->tau2, &at)) return false;
    double scale = knapp_hartung ? at.q / (k - in.p) : 1;
    for (int j = 0; j < in.p; j++) {
        out->beta[j] = at.beta[j];
        out->se[j] = sqrt(scale * at.a[j][j]);
        set_coefficient(out, j, knapp_hartung);
    }
    set_heterogeneity(&in, &fixed, method, out);
    if (in.p == 1 && method != POOL_EE && k > 1) {
        double width = knapp_hartung ? gsl_cdf_tdist_Pinv(0.975, k - 1) : gsl_cdf_ugaussian_Pinv(0.975);
        double spread = width * sqrt(out->se[0] * out->se[0] + out->tau2);
        out->pi_low = out->beta[0] - spread;
        out->pi_high = out->beta[0] + spread;
    }
    return true;
}

/* ---- Mantel-Haenszel ---- */

typedef struct {
    double r, s, pr, cross, qs, risk_variance, weight, sato_beta, sato_rest;
} table_sums;

static void add_table(const double t[4], pool_table_measure measure, table_sums *sum)
{
    double a = t[0], b = t[1], c = t[2], d = t[3], n1 = a + b, n2 = c + d, n = n1 + n2;
    double r = measure == POOL_ODDS_RATIO ? a * d / n : a * n2 / n, s = measure == POOL_ODDS_RATIO ? b * c / n : c * n1 / n;
    double share = (a + d) / n, other = (b + c) / n, f1 = n1 / n, f2 = n2 / n;
    sum->r += r;
    sum->s += s;
    sum->pr += share * r;
    sum->cross += share * s + other * r;
    sum->qs += other * s;
    sum->risk_variance += f1 * f2 * (a + c) - a * c / n;
    sum->weight += n1 * n2 / n;
    sum->sato_beta += c * f1 * f1 - a * f2 * f2 + f1 * f2 * (n2 - n1) / 2;
    sum->sato_rest += (a * d / n + c * b / n) / 2;
}

/* Nobody, or everybody, has the event in both arms: such people count in the pooled ratio or difference, but the study's own effect, and its variance, would be
 * made of the halves that are added to its cells, and Q with them (metafor's drop00). */
static bool is_without_effect(const double t[4])
{
    return (t[0] == 0 && t[2] == 0) || (t[1] == 0 && t[3] == 0);
}

bool pool_mantel_haenszel(const double (*table)[4], const double *y, const double *v, int k, pool_table_measure measure,
                          pool_fit *out)
{
    table_sums sum = {0};
    for (int i = 0; i < k; i++) add_table(table[i], measure, &sum);
    *out = (pool_fit){.k = k, .p = 1, .tau2_low = NAN, .tau2_high = NAN, .profile_low = NAN, .profile_high = NAN, .pi_low = NAN, .pi_high = NAN};
    double r = sum.r, s = sum.s, variance;
    if (measure == POOL_RISK_DIFFERENCE) {
        out->beta[0] = (r - s) / sum.weight;
        variance = (out->beta[0] * sum.sato_beta + sum.sato_rest) / (sum.weight * sum.weight);
    } else {
        out->beta[0] = log(r / s);
        variance = measure == POOL_RISK_RATIO ? sum.risk_variance / (r * s)
                                              : sum.pr / (2 * r * r) + sum.cross / (2 * r * s) + sum.qs / (2 * s * s);
    }
    out->se[0] = sqrt(variance);
    if (!isfinite(out->beta[0]) || !(out->se[0] > 0)) return false;
    set_coefficient(out, 0, false);
    double freedom = -1;
    for (int i = 0; i < k; i++) {
        if (is_without_effect(table[i])) continue;
        out->q += (y[i] - out->beta[0]) * (y[i] - out->beta[0]) / v[i];
        freedom++;
    }
    out->q_p = freedom > 0 ? gsl_cdf_chisq_Q(out->q, freedom) : NAN;
    out->h2 = freedom > 0 ? out->q / freedom : NAN;
    out->i2_pct = !(freedom > 0) ? NAN : out->q > freedom ? 100 * (out->q - freedom) / out->q : 0;
    return true;
}
