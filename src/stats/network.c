/* Network meta-analysis by weighted least squares with the study effects eliminated; tau2 by a search of the restricted likelihood. */
#include "stats/network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define GRID 80 /* points of the first look at the likelihood */
#define GRID_DECADES 10.0
#define GOLDEN 0.6180339887498949
#define SEARCH_STEPS 120 /* each shortens the bracket by GOLDEN */

typedef struct {
    int p;          /* treatments - 1 */
    double *a, *b;  /* reduced normal equations: a beta = b */
    double *sums;   /* of one study: weight of each treatment */
    double c;       /* reduced sum of squares of y */
    double log_det; /* of the weights and of the study effects' part */
} equations;

/* One study: its arms first .. end-1 with weights 1 / (v + s), less what the study's own level explains. */
static void add_study(equations *e, const network_arm *arms, int first, int end, double s)
{
    double weight = 0, level = 0;
    for (int i = first; i < end; i++) weight += 1 / (arms[i].v + s), level += arms[i].y / (arms[i].v + s);
    level /= weight;
    memset(e->sums, 0, (size_t)e->p * sizeof *e->sums);
    for (int i = first; i < end; i++) {
        double w = 1 / (arms[i].v + s), residual = arms[i].y - level;
        int t = arms[i].treatment - 1;
        e->log_det -= log(w);
        e->c += w * residual * residual;
        if (t < 0) continue;
        e->sums[t] += w;
        e->a[t * e->p + t] += w;
        e->b[t] += w * residual;
    }
    for (int r = 0; r < e->p; r++)
        for (int t = 0; e->sums[r] > 0 && t < e->p; t++) e->a[r * e->p + t] -= e->sums[r] * e->sums[t] / weight;
    e->log_det += log(weight);
}

static void build(equations *e, const network_arm *arms, int n, double s)
{
    memset(e->a, 0, (size_t)(e->p * e->p) * sizeof *e->a);
    memset(e->b, 0, (size_t)e->p * sizeof *e->b);
    e->c = e->log_det = 0;
    for (int first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && arms[end].study == arms[first].study; end++) {
        }
        add_study(e, arms, first, end, s);
    }
}

/* a = L L' in place (lower part); false when it is singular, as for treatments without a connection */
static bool factor(double *a, int p, double *log_det)
{
    for (int j = 0; j < p; j++) {
        double scale = a[j * p + j];
        for (int k = 0; k < j; k++) a[j * p + j] -= a[j * p + k] * a[j * p + k];
        if (!(a[j * p + j] > 1e-10 * scale)) return false;
        a[j * p + j] = sqrt(a[j * p + j]);
        *log_det += 2 * log(a[j * p + j]);
        for (int i = j + 1; i < p; i++) {
            for (int k = 0; k < j; k++) a[i * p + j] -= a[i * p + k] * a[j * p + k];
            a[i * p + j] /= a[j * p + j];
        }
    }
    return true;
}

static void solve(const double *l, int p, double *b)
{
    for (int i = 0; i < p; i++) {
        for (int k = 0; k < i; k++) b[i] -= l[i * p + k] * b[k];
        b[i] /= l[i * p + i];
    }
    for (int i = p - 1; i >= 0; i--) {
        for (int k = i + 1; k < p; k++) b[i] -= l[k * p + i] * b[k];
        b[i] /= l[i * p + i];
    }
}

/* e->b becomes the estimates; returns the residual sum of squares, and minus twice the restricted log likelihood */
static bool fit_at(equations *e, const network_arm *arms, int n, double s, double *residual, double *deviance)
{
    build(e, arms, n, s);
    double *right = malloc((size_t)e->p * sizeof *right);
    if (!right) return false;
    memcpy(right, e->b, (size_t)e->p * sizeof *right);
    bool fine = factor(e->a, e->p, &e->log_det);
    if (fine) {
        solve(e->a, e->p, e->b);
        *residual = e->c;
        for (int i = 0; i < e->p; i++) *residual -= e->b[i] * right[i];
        *deviance = e->log_det + *residual;
    }
    free(right);
    return fine;
}

/* The variance s of an arm (tau2 / 2) that maximises the restricted likelihood: a coarse look over ten decades and at 0, then golden sections
 * between the neighbours of the best. */
static bool best_variance(equations *e, const network_arm *arms, int n, double *best)
{
    double top = 0, residual, deviance, least = 0, mean = 0;
    for (int i = 0; i < n; i++) mean += arms[i].y / n;
    for (int i = 0; i < n; i++) top = fmax(top, (arms[i].y - mean) * (arms[i].y - mean));
    int at = -1;
    for (int i = -1; i <= GRID; i++) {
        double s = i < 0 ? 0 : top * pow(10, GRID_DECADES * (i - GRID) / GRID);
        if (!fit_at(e, arms, n, s, &residual, &deviance)) return false;
        if (i < 0 || deviance < least) least = deviance, at = i;
    }
    double low = at <= 0 ? 0 : top * pow(10, GRID_DECADES * (at - 1 - GRID) / GRID),
           high = top * pow(10, GRID_DECADES * (at + 1 - GRID) / GRID);
    for (int i = 0; i < SEARCH_STEPS; i++) {
        double left = high - GOLDEN * (high - low), right = low + GOLDEN * (high - low), at_left, at_right;
        if (!fit_at(e, arms, n, left, &residual, &at_left) || !fit_at(e, arms, n, right, &residual, &at_right))
            return false;
        if (at_left < at_right) high = right;
        else low = left;
    }
    *best = at < 0 && low == 0 ? 0 : (low + high) / 2;
    return true;
}

bool network_run(const network_arm *arms, int n, int treatments, bool random_effects, network_fit *out)
{
    int p = treatments - 1, studies = 0;
    size_t room = (size_t)p * sizeof(double);
    equations e = {.p = p, .a = malloc(room * (size_t)p), .b = malloc(room), .sums = malloc(room)};
    double residual, deviance, s = 0;
    bool fine = p > 0 && e.a && e.b && e.sums;
    *out = (network_fit){.treatments = treatments, .estimate = malloc(room), .covariance = malloc(room * (size_t)p)};
    for (int i = 0; i < n; i++) studies += i == 0 || arms[i].study != arms[i - 1].study;
    fine = fine && out->estimate && out->covariance && fit_at(&e, arms, n, 0, &out->q, &deviance);
    out->q_df = n - studies - p;
    if (fine && random_effects && out->q_df > 0) fine = best_variance(&e, arms, n, &s);
    fine = fine && fit_at(&e, arms, n, s, &residual, &deviance);
    if (fine) {
        out->tau2 = 2 * s;
        memcpy(out->estimate, e.b, room);
        for (int j = 0; j < p; j++) { /* columns of the inverse */
            for (int i = 0; i < p; i++) e.b[i] = i == j;
            solve(e.a, p, e.b);
            for (int i = 0; i < p; i++) out->covariance[i * p + j] = e.b[i];
        }
    }
    free(e.a);
    free(e.b);
    free(e.sums);
    if (!fine) network_free(out);
    return fine;
}

void network_free(network_fit *fit)
{
    free(fit->estimate);
    free(fit->covariance);
    *fit = (network_fit){0};
}

double network_contrast(const network_fit *fit, int a, int b, double *se)
{
    int p = fit->treatments - 1;
    double difference = 0, variance = 0;
    if (a > 0) difference += fit->estimate[a - 1], variance += fit->covariance[(a - 1) * p + a - 1];
    if (b > 0) difference -= fit->estimate[b - 1], variance += fit->covariance[(b - 1) * p + b - 1];
    if (a > 0 && b > 0) variance -= 2 * fit->covariance[(a - 1) * p + b - 1];
    *se = sqrt(fmax(variance, 0));
    return difference;
}
