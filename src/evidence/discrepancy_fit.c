/* The two standard deviations on a grid: the surface is flat where rows are few, and a grid cannot be lost in it.
 *
 *   off ~ N(0, diag(sampling^2) + S + row_sd^2 I + cohort_sd^2 [same cohort])
 *
 * S is the covariance of the rows over the draws of the parameters: rows that one parameter moves together are not counted twice. Every point of the
 * grid counts by its likelihood, under a flat prior: the point of the highest likelihood alone is too small for few cohorts, and leaving each
 * cohort out in turn showed it (docs/validation.md). The mixture of normals that a new trial then comes from is kept as the Student t that has its middle half and its
 * middle 95 %. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "evidence/discrepancy.h"

#define GRID 48         /* steps of each sd .. */
#define GRID_REACH 2.0  /* .. from 0 to so many root mean squares */
#define LEAST_DF 1.0
#define MOST_DF 200.0   /* a normal */
#define HALVINGS 50
#define PASSES 5       /* of which each sets the likelihood of the next */
#define LEAST_VARIANCE 1e-12 /* keeps the covariance positive definite where nothing else is known */

typedef struct {
    const discrepancy_point *points;
    int n;
    double *fixed, *factor; /* n x n: sampling and parameters; Cholesky factor of all */
    double *solved;
} problem;

static void fill_fixed(problem *p, int n_draws)
{
    for (int i = 0; i < p->n; i++)
        for (int j = 0; j < p->n; j++) {
            double sum = 0.0;
            for (int k = 0; k < n_draws; k++) sum += p->points[i].shift[k] * p->points[j].shift[k];
            if (n_draws > 0) sum /= n_draws;
            if (i == j) sum += p->points[i].sampling_sd * p->points[i].sampling_sd + LEAST_VARIANCE;
            p->fixed[i * p->n + j] = sum;
        }
}

/* lower triangle of the covariance's Cholesky factor; false when it is singular */
static bool factorise(problem *p, double cohort_sd, double row_sd)
{
    int n = p->n;
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = p->fixed[i * n + j] + (i == j ? row_sd * row_sd : 0.0);
            if (p->points[i].cohort == p->points[j].cohort) sum += cohort_sd * cohort_sd;
            for (int k = 0; k < j; k++) sum -= p->factor[i * n + k] * p->factor[j * n + k];
            if (i == j && !(sum > 0.0)) return false;
            p->factor[i * n + j] = i == j ? sqrt(sum) : sum / p->factor[j * n + j];
        }
    return true;
}

/* p->solved becomes covariance^-1 of itself */
static void solve(problem *p)
{
    int n = p->n;
    for (int i = 0; i < n; i++) {
        for (int k = 0; k < i; k++) p->solved[i] -= p->factor[i * n + k] * p->solved[k];
        p->solved[i] /= p->factor[i * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        for (int k = i + 1; k < n; k++) p->solved[i] -= p->factor[k * n + i] * p->solved[k];
        p->solved[i] /= p->factor[i * n + i];
    }
}

static double log_likelihood(problem *p, double cohort_sd, double row_sd)
{
    if (!factorise(p, cohort_sd, row_sd)) return -INFINITY;
    double sum = 0.0;
    for (int i = 0; i < p->n; i++) {
        p->solved[i] = p->points[i].off;
        sum -= log(p->factor[i * p->n + i]);
    }
    solve(p);
    for (int i = 0; i < p->n; i++) sum -= 0.5 * p->points[i].off * p->solved[i];
    return sum;
}

/* mean by generalised least squares under the fitted covariance */
static void fill_bias(problem *p, discrepancy_term *out)
{
    out->bias = out->bias_se = NAN;
    if (!factorise(p, out->cohort_sd, out->row_sd)) return;
    for (int i = 0; i < p->n; i++) p->solved[i] = 1.0;
    solve(p);
    double weight = 0.0, sum = 0.0;
    for (int i = 0; i < p->n; i++) {
        weight += p->solved[i];
        sum += p->solved[i] * p->points[i].off;
    }
    out->bias = sum / weight;
    out->bias_se = sqrt(1.0 / weight);
}

static int count_cohorts(const discrepancy_point *points, int n)
{
    int cohorts = 0;
    for (int i = 0; i < n; i++) {
        bool is_new = true;
        for (int j = 0; j < i; j++) is_new = is_new && points[j].cohort != points[i].cohort;
        cohorts += is_new;
    }
    return cohorts;
}

/* likelihoods on the grid, in row `cohort_sd`, column `row_sd`, over their sum */
typedef struct {
    double step, weight[GRID + 1][GRID + 1];
} grid_weights;

static void weigh(problem *p, grid_weights *g)
{
    double squares = 0.0, most = -INFINITY, sum = 0.0;
    for (int i = 0; i < p->n; i++) squares += p->points[i].off * p->points[i].off;
    g->step = GRID_REACH * sqrt(squares / p->n) / GRID;
    for (int a = 0; a <= GRID; a++)
        for (int b = 0; b <= GRID; b++) {
            g->weight[a][b] = log_likelihood(p, a * g->step, b * g->step);
            most = fmax(most, g->weight[a][b]);
        }
    for (int a = 0; a <= GRID; a++)
        for (int b = 0; b <= GRID; b++) sum += g->weight[a][b] = exp(g->weight[a][b] - most);
    for (int a = 0; a <= GRID; a++)
        for (int b = 0; b <= GRID; b++) g->weight[a][b] /= sum;
}

/* variances of a row: of the cohort's, and of its own */
typedef struct {
    double cohort, row;
} row_kind;

static const row_kind one_arm = {1.0, 1.0}, two_arms = {0.0, 2.0}; /* the cohort is in both */

/* share of the mixture of normals between -x and x */
static double share_within(const grid_weights *g, row_kind kind, double x)
{
    double share = 0.0;
    for (int a = 0; a <= GRID; a++)
        for (int b = 0; b <= GRID; b++) {
            double sd = g->step * sqrt(kind.cohort * a * a + kind.row * b * b);
            share += g->weight[a][b] * (sd > 0.0 ? 2.0 * gsl_cdf_ugaussian_P(x / sd) - 1.0 : 1.0);
        }
    return share;
}

static double reach_of(const grid_weights *g, row_kind kind, double share)
{
    double low = 0.0, high = 8.0 * g->step * GRID;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = 0.5 * (low + high);
        *(share_within(g, kind, middle) < share ? &low : &high) = middle;
    }
    return 0.5 * (low + high);
}

/* the t with the mixture's middle half and 95 %; the ratio of the two falls with the degrees of freedom */
static void match_t(const grid_weights *g, row_kind kind, double *sd, double *df_found)
{
    double half = reach_of(g, kind, 0.5), most = reach_of(g, kind, 0.95), low = LEAST_DF, high = MOST_DF;
    for (int i = 0; i < HALVINGS; i++) {
        double df = 0.5 * (low + high);
        bool too_wide = gsl_cdf_tdist_Pinv(0.975, df) / gsl_cdf_tdist_Pinv(0.75, df) * half > most;
        *(too_wide ? &low : &high) = df;
    }
    *df_found = 0.5 * (low + high);
    *sd = most / gsl_cdf_tdist_Pinv(0.975, *df_found);
}

static void fill_spread(problem *p, grid_weights *g, discrepancy_term *out)
{
    weigh(p, g);
    for (int a = 0; a <= GRID; a++)
        for (int b = 0; b <= GRID; b++) {
            out->cohort_sd += g->weight[a][b] * a * g->step;
            out->row_sd += g->weight[a][b] * b * g->step;
        }
    match_t(g, one_arm, &out->sd, &out->df);
    match_t(g, two_arms, &out->arms_sd, &out->arms_df);
}

bool discrepancy_fit(const discrepancy_point *points, int n, int n_draws, discrepancy_term *out)
{
    int cohorts = count_cohorts(points, n);
    *out = (discrepancy_term){.rows = n, .cohorts = cohorts, .bias = NAN, .bias_se = NAN};
    if (cohorts < 2) return true;
    size_t all = (size_t)n * (size_t)n;
    problem p = {points, n, malloc(all * sizeof(double)), malloc(all * sizeof(double)), malloc((size_t)n * sizeof(double))};
    grid_weights *g = malloc(sizeof *g);
    bool fine = p.fixed && p.factor && p.solved && g;
    if (fine) {
        fill_fixed(&p, n_draws);
        fill_spread(&p, g, out);
        fill_bias(&p, out);
    }
    free(p.fixed);
    free(p.factor);
    free(p.solved);
    free(g);
    return fine;
}

/* ---- the draws without a cohort ---- */

/* minus twice the log-likelihood that draw k gives the points of a cohort, but for what all draws share: Sherman and Morrison, as in calibrate_fit.c */
static double misfit(const discrepancy_point *points, int n, int cohort, int k, const discrepancy_term *known)
{
    double quadratic = 0.0, linear = 0.0, weights = 0.0;
    const double shared = known->cohort_sd * known->cohort_sd;
    for (int i = 0; i < n; i++) {
        if (points[i].cohort != cohort) continue;
        double off = points[i].off - points[i].shift[k];
        double variance = points[i].sampling_sd * points[i].sampling_sd + known->row_sd * known->row_sd + LEAST_VARIANCE;
        quadratic += off * off / variance;
        linear += off / variance;
        weights += 1.0 / variance;
    }
    return quadratic - shared * linear * linear / (1.0 + shared * weights);
}

/* inverse likelihoods over their sum, none above the root of their number times their mean */
static void weigh_without(const discrepancy_point *points, int n, int cohort, int n_draws, const discrepancy_term *known, double *weight)
{
    double most = -INFINITY, sum = 0.0, kept = 0.0;
    for (int k = 0; k < n_draws; k++) most = fmax(most, weight[k] = 0.5 * misfit(points, n, cohort, k, known));
    for (int k = 0; k < n_draws; k++) sum += weight[k] = exp(weight[k] - most);
    const double highest = sum / sqrt((double)n_draws);
    for (int k = 0; k < n_draws; k++) kept += weight[k] = fmin(weight[k], highest);
    for (int k = 0; k < n_draws; k++) weight[k] /= kept;
}

/* `points` as they lie about the draws without their cohort: `off` from the mean of the weighted draws, shifts about it, each times the root of its weight */
static void fill_apart(const discrepancy_point *points, int n, int n_draws, const discrepancy_term *known, double *weight,
                       discrepancy_point *apart, double *shifts)
{
    for (int i = 0; i < n; i++) {
        double mean = 0.0, *shift = shifts + (size_t)i * (size_t)n_draws;
        weigh_without(points, n, points[i].cohort, n_draws, known, weight);
        for (int k = 0; k < n_draws; k++) mean += weight[k] * points[i].shift[k];
        for (int k = 0; k < n_draws; k++) shift[k] = sqrt(n_draws * weight[k]) * (points[i].shift[k] - mean);
        apart[i] = (discrepancy_point){points[i].off - mean, points[i].sampling_sd, points[i].cohort, shift};
    }
}

bool discrepancy_fit_apart(const discrepancy_point *points, int n, int n_draws, discrepancy_term *out)
{
    discrepancy_term known;
    if (!discrepancy_fit(points, n, n_draws, &known)) return false;
    *out = known;
    if (known.cohorts < 2 || n_draws == 0) return true;
    discrepancy_point *apart = malloc((size_t)n * sizeof *apart);
    double *room = malloc(((size_t)n + 1) * (size_t)n_draws * sizeof *room);
    bool fine = apart && room;
    for (int pass = 0; pass < PASSES && fine; pass++) {
        fill_apart(points, n, n_draws, &known, room, apart, room + n_draws);
        fine = discrepancy_fit(apart, n, n_draws, out);
        known.cohort_sd = 0.5 * (known.cohort_sd + out->cohort_sd);
        known.row_sd = 0.5 * (known.row_sd + out->row_sd);
    }
    free(apart);
    free(room);
    return fine;
}
