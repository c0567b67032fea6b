/* Recovery: are parameters that are known found again, and do 95 % intervals hold them 95 % of the time?
 *
 *   make study            (some minutes)
 *   recover REPEATS PEOPLE
 *
 * The surfaces are those of `islet calibrate` on the zimislecel cohort's calibration rows: three stimulated C-peptides, simulated with the real
 * model over the prior of three parameters. Each repeat draws the truth from the prior (and the size of the discrepancy between trials
 * from its own), makes the three published numbers from it - surface, discrepancy, error of the surface, sampling at the trial's n - and fits them.
 * portal_potency hardly moves C-peptide: it is not identified by these rows, and must say so while its interval still holds the truth. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/rng.h"
#include "evidence/calibrate.h"

#define PARAMETERS "zimislecel.secretion_gain,zimislecel.maturation_half_time_day,portal_potency"
#define COHORTS "zim_forward"
#define STEPS 4000
#define KEEP 400
#define NOT_IDENTIFIED 0.85

typedef struct {
    uint64_t repeat, index;
} chance;

static double normal(chance *c)
{
    return rng_normal(20261121, c->repeat, RNG_assay, c->index++);
}

/* a draw of the prior: normal, inside the parameter's range */
static double draw_truth(const free_parameter *p, chance *c)
{
    for (;;) {
        double x = normal(c);
        if (fabs(free_parameter_x(p, free_parameter_value(p, x)) - x) < 1e-9) return x;
    }
}

static void make_data(calibration_problem *problem, const double *truth, chance *c)
{
    double size = exp(CALIBRATE_SIZE_LOG_SD * normal(c)), cohort = 0.0; /* one cohort and kind: its rows stand together */
    for (int t = 0; t < problem->n_targets; t++) {
        calibration_target *target = &problem->targets[t];
        if (target->block == t) cohort = size * target->cohort_sd * normal(c);
        target->value = emulator_value(&target->surface, truth) + cohort + size * target->row_sd * normal(c) + target->surface.error * normal(c) +
                        target->monte_carlo * normal(c) + target->se * normal(c);
    }
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(int argc, char **argv)
{
    int repeats = argc > 1 ? atoi(argv[1]) : 200, held[CALIBRATE_MAX_PARAMETERS] = {0}, all = 0, status = 0;
    double shrinks[CALIBRATE_MAX_PARAMETERS] = {0};
    islet_run_options options = {.patients = argc > 2 ? atoi(argv[2]) : 16};
    calibration_problem problem;
    islet_problems *problems = islet_problems_create();
    if (calibrate_first_wave(NULL, PARAMETERS, COHORTS, &options, &problem, problems) != ISLET_OK) {
        for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
        return 3;
    }
    int d = problem.n_parameters;
    for (int r = 0; r < repeats; r++) {
        chance c = {(uint64_t)r, 0};
        double truth[CALIBRATE_MAX_PARAMETERS], point[CALIBRATE_MAX_PARAMETERS];
        mcmc_result posterior;
        for (int k = 0; k < d; k++) truth[k] = draw_truth(&problem.parameters[k], &c);
        make_data(&problem, truth, &c);
        if (!calibrate_point(&problem, point) || !calibrate_posterior(&problem, point, STEPS, KEEP, (uint64_t)r, &posterior)) return 4;
        for (int k = 0; k < d; k++) {
            double x[KEEP], mean = 0.0, squares = 0.0;
            for (int i = 0; i < KEEP; i++) {
                x[i] = posterior.draws[i * (d + 1) + k];
                mean += x[i] / KEEP;
                squares += x[i] * x[i] / KEEP;
            }
            qsort(x, KEEP, sizeof *x, compare);
            held[k] += truth[k] >= x[KEEP / 40] && truth[k] <= x[KEEP - 1 - KEEP / 40];
            shrinks[k] += sqrt(squares - mean * mean) / repeats;
        }
        mcmc_free(&posterior);
    }
    printf("%d repeats, %d rows\n%-40s %8s %14s\n", repeats, problem.n_targets, "parameter", "covered", "sd over prior");
    for (int k = 0; k < d; k++) {
        printf("%-40s %7.1f%% %14.2f%s\n", problem.parameters[k].target.name, 100.0 * held[k] / repeats, shrinks[k],
               shrinks[k] < NOT_IDENTIFIED ? "" : "  not identified");
        all += held[k];
    }
    double covered = (double)all / (repeats * d);
    printf("%-40s %7.1f%%  (expected 90 to 98)\n", "all", 100.0 * covered);
    if (!(covered >= 0.90 && covered <= 0.98)) status = 1;
    calibrate_problem_free(&problem);
    islet_problems_free(problems);
    return status;
}
