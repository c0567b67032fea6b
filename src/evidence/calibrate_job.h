/* Within calibrate: what one calibration holds, and its simulations (calibrate_simulate.c). */
#ifndef ISLET_EVIDENCE_CALIBRATE_JOB_H
#define ISLET_EVIDENCE_CALIBRATE_JOB_H

#include "evidence/calibrate.h"
#include "evidence/discrepancy.h"
#include "evidence/expressed.h"

#define CALIBRATE_BASE_TIMES 4 /* times as many people in the base simulation */

typedef struct {
    const islet_run_options *options;
    expressed rows;
    int n_parameters, n_points;
    int n_first;              /* points of wave 1 */
    int n_lost;               /* points without a result */
    free_parameter parameters[CALIBRATE_MAX_PARAMETERS];
    int64_t people;
    double *x, *y;            /* [point][parameter], [point][row] on the row's scale */
    double *anchor;           /* [row]: what is added to a simulated statistic */
    discrepancy_scale *scale; /* [row] */
    bool *in_people_sds;      /* [row]: so is the discrepancy */
    double *base_value, *fitted_value; /* [row], as people read them */
    double **values;          /* [row][person], of one simulation */
    calibration_target *targets;
    double point[CALIBRATE_MAX_PARAMETERS];
    mcmc_result posterior;
    double done, total;
} calibrate_job;

double calibrate_days_a_person(const calibrate_job *j); /* of all protocols together */

/* All protocols at x (prior SDs from the shipped values) with so many people; fills values. */
ISLET_CHECK islet_status calibrate_simulate(calibrate_job *j, const double *x, int64_t people, islet_problems *problems);

/* What the simulated people give for row r, on its scale; as people read it, and its Monte Carlo error. */
double calibrate_statistic(const calibrate_job *j, int r, int64_t people, double *natural, double *monte_carlo);

/* The base simulation: fills targets and anchors. */
ISLET_CHECK islet_status calibrate_simulate_base(calibrate_job *j, islet_problems *problems);

/* Points from (included) to (excluded): fills y; NaN, and a warning, at a point that has no result. */
ISLET_CHECK islet_status calibrate_simulate_points(calibrate_job *j, int from, int to, islet_problems *problems);

#endif
