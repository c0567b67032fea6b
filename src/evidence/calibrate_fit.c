/* Prior, likelihood, point and posterior on emulated statistics. */
#include <float.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <nlopt.h>
#include <string.h>

#include "evidence/calibrate.h"

#define LOGIT_SD 0.75          /* two SDs: odds 4.5 times as high or low */
#define LOG_SD_MAX 0.6931      /* two SDs: a factor of 4 */
#define SDS_IN_RANGE 4.0
#define DISCREPANCY 0.2        /* prior median of the discrepancy between trials, in spreads of the statistic .. */
#define DISCREPANCY_LOG_SD 0.5
#define EVALUATIONS 4000

/* ---- prior ---- */

static double to_scale(parameter_scale scale, double value)
{
    if (scale == SCALE_LOG) return log(value);
    return scale == SCALE_LOGIT ? log(value / (1.0 - value)) : value;
}

static double from_scale(parameter_scale scale, double value)
{
    if (scale == SCALE_LOG) return exp(value);
    return scale == SCALE_LOGIT ? 1.0 / (1.0 + exp(-value)) : value;
}

void free_parameter_fill(free_parameter *p, double shipped, double low, double high)
{
    p->shipped = shipped;
    p->low = low;
    p->high = high;
    bool inside = shipped > low && shipped < high;
    p->scale = low == 0.0 && high == 1.0 && inside ? SCALE_LOGIT : low >= 0.0 && shipped > 0.0 ? SCALE_LOG : SCALE_LINEAR;
    p->centre = to_scale(p->scale, shipped);
    p->sd = (high - low) / SDS_IN_RANGE;
    if (p->scale == SCALE_LOGIT) p->sd = LOGIT_SD;
    if (p->scale == SCALE_LOG) p->sd = low > 0.0 ? fmin(log(high / low) / SDS_IN_RANGE, LOG_SD_MAX) : LOG_SD_MAX;
}

double free_parameter_value(const free_parameter *p, double x)
{
    double value = from_scale(p->scale, p->centre + p->sd * x);
    return value < p->low ? p->low : value > p->high ? p->high : value;
}

double free_parameter_x(const free_parameter *p, double value)
{
    return (to_scale(p->scale, value) - p->centre) / p->sd;
}

static bool is_in_range(const free_parameter *p, double x)
{
    double value = from_scale(p->scale, p->centre + p->sd * x);
    return value >= p->low && value <= p->high;
}

/* ---- likelihood ---- */

static double log_normal_density(double off, double variance)
{
    return -0.5 * (off * off / variance + log(2.0 * M_PI * variance));
}

/* binomial count under a logit that is only known as normal: seven-point Gauss-Hermite */
static double log_count(double n, double events, double logit, double sd)
{
    static const double node[] = {0.0, 1.154405394739968, 2.366759410734541, 3.750439717725742};
    static const double weight[] = {0.457142857142857, 0.240123178605013, 0.030757123967586, 0.000548268855972};
    double choose = gsl_sf_lnchoose((unsigned)n, (unsigned)events), sum = 0.0;
    for (int i = -3; i <= 3; i++) {
        int k = i < 0 ? -i : i;
        double z = logit + sd * (i < 0 ? -node[k] : node[k]);
        /* log p = -log(1 + e^-z), log (1-p) = -log(1 + e^z), without overflow */
        double log_p = z > 0.0 ? -log1p(exp(-z)) : z - log1p(exp(z)), log_q = z > 0.0 ? -z - log1p(exp(-z)) : -log1p(exp(z));
        sum += weight[k] * exp(choose + events * log_p + (n - events) * log_q);
    }
    return log(fmax(sum, DBL_MIN));
}

static double log_likelihood(const calibration_target *t, const double *x, double discrepancy)
{
    double said = emulator_value(&t->surface, x);
    double own = discrepancy * t->spread;
    double variance = t->surface.error * t->surface.error + t->monte_carlo * t->monte_carlo + own * own;
    if (t->share) return log_count(t->n, t->events, said, sqrt(variance));
    return log_normal_density(t->value - said, variance + t->se * t->se);
}

double calibrate_density(void *context, const double *x)
{
    const calibration_problem *problem = context;
    double log_size = x[problem->n_parameters], off = (log_size - log(DISCREPANCY)) / DISCREPANCY_LOG_SD;
    double sum = -0.5 * off * off;
    for (int i = 0; i < problem->n_parameters; i++) {
        if (!is_in_range(&problem->parameters[i], x[i])) return -INFINITY;
        sum -= 0.5 * x[i] * x[i];
    }
    for (int t = 0; t < problem->n_targets; t++) sum += log_likelihood(&problem->targets[t], x, exp(log_size));
    return sum;
}

/* ---- point and posterior ---- */

static double negative_density(unsigned n, const double *x, double *gradient, void *context)
{
    double with_size[CALIBRATE_MAX_PARAMETERS + 1];
    (void)gradient;
    memcpy(with_size, x, n * sizeof *x);
    with_size[n] = log(DISCREPANCY);
    double density = calibrate_density(context, with_size);
    return density > -1e30 ? -density : 1e30;
}

bool calibrate_point(const calibration_problem *problem, double *x)
{
    double low[CALIBRATE_MAX_PARAMETERS], high[CALIBRATE_MAX_PARAMETERS], reached;
    nlopt_opt search = nlopt_create(NLOPT_LN_BOBYQA, (unsigned)problem->n_parameters);
    if (!search) return false;
    for (int i = 0; i < problem->n_parameters; i++) {
        const free_parameter *p = &problem->parameters[i];
        bool low_counts = p->scale == SCALE_LINEAR || p->low > 0.0, high_counts = p->scale != SCALE_LOGIT || p->high < 1.0;
        low[i] = low_counts ? fmax(free_parameter_x(p, p->low), -4.0) : -4.0;
        high[i] = high_counts ? fmin(free_parameter_x(p, p->high), 4.0) : 4.0;
        x[i] = 0.0;
    }
    nlopt_set_lower_bounds(search, low);
    nlopt_set_upper_bounds(search, high);
    nlopt_set_initial_step1(search, 0.3);
    nlopt_set_xtol_abs1(search, 1e-4);
    nlopt_set_maxeval(search, EVALUATIONS);
    nlopt_set_min_objective(search, negative_density, (void *)problem);
    nlopt_result result = nlopt_optimize(search, x, &reached);
    nlopt_destroy(search);
    return result > 0 || result == NLOPT_ROUNDOFF_LIMITED;
}

bool calibrate_posterior(const calibration_problem *problem, const double *x, int steps, int keep, uint64_t seed, mcmc_result *out)
{
    double start[CALIBRATE_MAX_PARAMETERS + 1], scale[CALIBRATE_MAX_PARAMETERS + 1];
    memcpy(start, x, (size_t)problem->n_parameters * sizeof *x);
    start[problem->n_parameters] = log(DISCREPANCY);
    for (int i = 0; i < problem->n_parameters; i++) scale[i] = 1.0;
    scale[problem->n_parameters] = DISCREPANCY_LOG_SD;
    return mcmc_run(calibrate_density, (void *)problem, start, scale, problem->n_parameters + 1, steps, keep, seed, out);
}
