/* Prior, likelihood, point and posterior on emulated statistics.
 *
 *   z(observed) = z(emulated) + cohort + row + errors
 *
 * as in discrepancy.h. cohort is shared by the rows of the same people and kind: they do not count as so many trials. */
#include <math.h>
#include <nlopt.h>
#include <string.h>

#include "evidence/calibrate.h"

#define LOGIT_SD 0.75          /* two SDs: odds 4.5 times as high or low */
#define LOG_SD_MAX 0.6931      /* two SDs: a factor of 4 */
#define SDS_IN_RANGE 4.0
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

/* observed - emulated, and the variance of its error; a count by its log odds with half an event more of either kind */
static double off_target(const calibration_target *t, const double *x, double *variance)
{
    double value = t->value;
    *variance = t->se * t->se;
    if (t->share) {
        double with = t->events + 0.5, without = t->n - t->events + 0.5;
        value = log(with / without);
        *variance = 1.0 / with + 1.0 / without;
    }
    return value - emulator_value(&t->surface, x);
}

/* off ~ N(0, D + cohort^2 11') of the rows of one block: Sherman and Morrison */
static double log_likelihood(const calibration_problem *problem, int block, const double *x, double size)
{
    double quadratic = 0.0, linear = 0.0, weights = 0.0, logs = 0.0;
    double cohort = size * problem->targets[block].cohort_sd;
    for (int t = block; t < problem->n_targets; t++) {
        const calibration_target *target = &problem->targets[t];
        if (target->block != block) continue;
        double variance, off = off_target(target, x, &variance), row = size * target->row_sd;
        variance += target->surface.error * target->surface.error + target->monte_carlo * target->monte_carlo + row * row;
        quadratic += off * off / variance;
        linear += off / variance;
        weights += 1.0 / variance;
        logs += log(2.0 * M_PI * variance);
    }
    double shared = 1.0 + cohort * cohort * weights;
    return -0.5 * (quadratic - cohort * cohort * linear * linear / shared + logs + log(shared));
}

double calibrate_density(void *context, const double *x)
{
    const calibration_problem *problem = context;
    double log_size = x[problem->n_parameters], off = log_size / CALIBRATE_SIZE_LOG_SD;
    double sum = -0.5 * off * off;
    for (int i = 0; i < problem->n_parameters; i++) {
        if (!is_in_range(&problem->parameters[i], x[i])) return -INFINITY;
        sum -= 0.5 * x[i] * x[i];
    }
    for (int t = 0; t < problem->n_targets; t++)
        if (problem->targets[t].block == t)
            sum += log_likelihood(problem, t, x, exp(log_size)); /* its first row stands for all */
    return sum;
}

/* ---- point and posterior ---- */

static double negative_density(unsigned n, const double *x, double *gradient, void *context)
{
    double with_size[CALIBRATE_MAX_PARAMETERS + 1];
    (void)gradient;
    memcpy(with_size, x, n * sizeof *x);
    with_size[n] = 0.0;
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

bool calibrate_posterior(const calibration_problem *problem, const double *x, int steps, int keep, uint64_t seed,
                         mcmc_result *out)
{
    double start[CALIBRATE_MAX_PARAMETERS + 1], scale[CALIBRATE_MAX_PARAMETERS + 1];
    memcpy(start, x, (size_t)problem->n_parameters * sizeof *x);
    start[problem->n_parameters] = 0.0;
    for (int i = 0; i < problem->n_parameters; i++) scale[i] = 1.0;
    scale[problem->n_parameters] = CALIBRATE_SIZE_LOG_SD;
    return mcmc_run(calibrate_density, (void *)problem, start, scale, problem->n_parameters + 1, steps, keep, seed, out);
}
