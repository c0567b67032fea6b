/* Calibrate: the parts of islet_calibrate that a recovery study uses, too - prior, likelihood, point and posterior. */
#ifndef ISLET_EVIDENCE_CALIBRATE_H
#define ISLET_EVIDENCE_CALIBRATE_H

#include "evidence/outcome.h"
#include "stats/emulator.h"
#include "stats/mcmc.h"
#include "therapy/parameter_set.h"

#define CALIBRATE_MAX_PARAMETERS 24 /* more have no end in minutes */
#define CALIBRATE_DRAWS 64

/* A parameter with its prior: normal on its scale, cut at its range. x is the number of prior SDs from the shipped value. */
typedef enum { SCALE_LINEAR, SCALE_LOG, SCALE_LOGIT } parameter_scale;
typedef struct {
    parameter_target target;
    parameter_scale scale;
    double shipped, low, high, centre, sd; /* centre and sd on the scale */
} free_parameter;

/* Scale and prior SD from the range: shares of 0 to 1 on the logit scale (SD 0.75), what cannot be negative on the log scale (SD a
 * quarter of the range, at most log 2), the rest as it is (a quarter of the range). */
void free_parameter_fill(free_parameter *p, double shipped, double low, double high);
double free_parameter_value(const free_parameter *p, double x);
double free_parameter_x(const free_parameter *p, double value);

/* What a row says and what the emulator says of it, on the scale of the discrepancy (discrepancy.h): shares as log odds, doses and C-peptide as logs. */
typedef struct {
    bool share;
    double n, events;       /* of a share */
    double value, se;       /* of a mean */
    int block;              /* first of the rows of the same people and kind, which the cohort's part of the discrepancy moves together */
    double cohort_sd, row_sd; /* of the discrepancy; times its size, which is fitted */
    double monte_carlo;     /* SD of the simulated statistic at one point */
    emulator surface;
} calibration_target;

typedef struct {
    int n_parameters, n_targets;
    free_parameter *parameters;
    calibration_target *targets;
} calibration_problem;

/* The problem after the first wave of islet_calibrate, for studies: the arguments are those of islet_calibrate. */
ISLET_CHECK islet_status calibrate_first_wave(const char *path, const char *parameters, const char *cohorts, const islet_run_options *options,
                                              calibration_problem *out, islet_problems *problems);
void calibrate_problem_free(calibration_problem *problem); /* one of calibrate_first_wave */

#define CALIBRATE_SIZE_LOG_SD 0.5 /* prior of log(size): the discrepancy is known to within a half */

/* Logarithm of prior times likelihood at x, with the size of the discrepancy between trials (times the shipped one) as the last entry,
 * log(size); context is a calibration_problem. */
double calibrate_density(void *context, const double *x);

/* Highest density with the discrepancy as shipped (NLopt, BOBYQA). False when it fails. */
bool calibrate_point(const calibration_problem *problem, double *x);

/* Posterior by adaptive Metropolis from x; draws have n_parameters + 1 entries. */
bool calibrate_posterior(const calibration_problem *problem, const double *x, int steps, int keep, uint64_t seed, mcmc_result *out);

#endif
