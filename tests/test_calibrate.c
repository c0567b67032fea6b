/* Calibration: the emulator and the sampler against closed forms, priors, recovery over repeats with intervals that hold the
 * truth, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/rng.h"
#include "evidence/calibrate_job.h"

static double normal(uint64_t who, uint64_t index)
{
    return rng_normal(7, who, RNG_assay, index);
}

/* ---- emulator ---- */

static double surface(const double *x)
{
    return 2.0 + x[0] - 0.5 * x[1] + 0.3 * x[0] * x[1] + 0.2 * x[1] * x[1];
}

static void test_emulator(void **state)
{
    (void)state;
    double x[120], y[60];
    for (int i = 0; i < 60; i++) {
        x[2 * i] = normal(1, 2 * (uint64_t)i);
        x[2 * i + 1] = normal(1, 2 * (uint64_t)i + 1);
        y[i] = i == 7 ? NAN : surface(x + 2 * i); /* a point that gave nothing is left out */
    }
    emulator e;
    assert_true(emulator_fit(x, y, 60, 2, &e));
    assert_true(e.products);
    const double at[2] = {0.4, -0.7};
    assert_true(fabs(emulator_value(&e, at) - surface(at)) < 2e-3);
    assert_true(e.error < 5e-3);
    emulator_free(&e);
    /* noise of SD 0.3 is found by leaving points out */
    for (int i = 0; i < 60; i++) y[i] = surface(x + 2 * i) + 0.3 * normal(2, (uint64_t)i);
    assert_true(emulator_fit(x, y, 60, 2, &e));
    assert_true(e.error > 0.2 && e.error < 0.42);
    emulator_free(&e);
    assert_false(emulator_fit(x, y, 3, 2, &e)); /* too few points */
}

/* ---- sampler ---- */

/* normal with means 1 and -2, SDs 1 and 0.5, correlation 0.8 */
static double density(void *context, const double *x)
{
    (void)context;
    double a = x[0] - 1.0, b = (x[1] + 2.0) / 0.5;
    return -(a * a - 1.6 * a * b + b * b) / (2.0 * (1.0 - 0.64));
}

static void test_sampler(void **state)
{
    (void)state;
    const double start[2] = {0.0, 0.0}, scale[2] = {1.0, 1.0};
    mcmc_result r, again;
    assert_true(mcmc_run(density, NULL, start, scale, 2, 20000, 4000, 1, &r));
    double mean[2] = {0}, square[2] = {0}, product = 0.0;
    for (int i = 0; i < r.kept; i++) {
        for (int k = 0; k < 2; k++) mean[k] += r.draws[2 * i + k] / r.kept;
        for (int k = 0; k < 2; k++) square[k] += r.draws[2 * i + k] * r.draws[2 * i + k] / r.kept;
        product += r.draws[2 * i] * r.draws[2 * i + 1] / r.kept;
    }
    double sd[2] = {sqrt(square[0] - mean[0] * mean[0]), sqrt(square[1] - mean[1] * mean[1])};
    assert_true(fabs(mean[0] - 1.0) < 0.08 && fabs(mean[1] + 2.0) < 0.04);
    assert_true(fabs(sd[0] - 1.0) < 0.06 && fabs(sd[1] - 0.5) < 0.03);
    assert_true(fabs((product - mean[0] * mean[1]) / (sd[0] * sd[1]) - 0.8) < 0.04);
    assert_true(r.r_hat < 1.02 && r.accepted > 0.15 && r.accepted < 0.6);
    assert_true(mcmc_run(density, NULL, start, scale, 2, 20000, 4000, 1, &again));
    assert_memory_equal(r.draws, again.draws, sizeof(double) * 8000);
    mcmc_free(&r);
    mcmc_free(&again);
}

/* ---- priors ---- */

static void test_priors(void **state)
{
    (void)state;
    free_parameter share, positive, free;
    free_parameter_fill(&share, 0.9, 0.0, 1.0);
    free_parameter_fill(&positive, 2.0, 0.0, 50.0);
    free_parameter_fill(&free, -5.0, -40.0, 30.0);
    assert_int_equal(share.scale, SCALE_LOGIT);
    assert_int_equal(positive.scale, SCALE_LOG);
    assert_int_equal(free.scale, SCALE_LINEAR);
    assert_true(fabs(free_parameter_value(&positive, 2.0) - 8.0) < 1e-2); /* two SDs: four times as much */
    assert_true(fabs(free_parameter_value(&free, 1.0) - 12.5) < 1e-12);
    assert_true(free_parameter_value(&free, 9.0) == 30.0); /* never outside the range */
    assert_true(fabs(free_parameter_x(&share, free_parameter_value(&share, -1.3)) + 1.3) < 1e-9);
}

/* ---- recovery ---- */

#define TARGETS 5

/* Two parameters; two means of one cohort that the first moves, a count of it and one of another that both move, and a mean that neither moves: over 200
 * repeats 95 % intervals hold the truth 90 to 98 % of the time. Data are made from the density's own model, cohorts with it. */
static void test_recovery(void **state)
{
    (void)state;
    double weights[TARGETS][6] = {{5.0, 1.0, 0.0, 0.1, 0.0, 0.0}, {4.0, 0.8, 0.0, 0.0, 0.0, 0.0}, {0.0, 0.5, 0.8, 0.0, 0.0, 0.0}, {0.0, 0.4, 0.9, 0.0, 0.0, 0.0},
                                  {3.0, 0.0, 0.0, 0.0, 0.0, 0.0}};
    free_parameter parameters[2];
    calibration_target targets[TARGETS] = {{.se = 0.3, .block = 0, .cohort_sd = 0.3, .row_sd = 0.1}, {.se = 0.3, .block = 0, .cohort_sd = 0.3, .row_sd = 0.1},
                                           {.share = true, .n = 20, .block = 2, .cohort_sd = 0.4, .row_sd = 0.2},
                                           {.share = true, .n = 20, .block = 2, .cohort_sd = 0.4, .row_sd = 0.2}, {.se = 0.5, .block = 4, .row_sd = 0.1}};
    calibration_problem problem = {2, TARGETS, parameters, targets};
    int held = 0;
    double shrinks[2] = {0};
    const int repeats = 200, keep = 200;
    for (int k = 0; k < 2; k++) free_parameter_fill(&parameters[k], 1.0, 0.0, 1e6);
    for (int t = 0; t < TARGETS; t++) targets[t].surface = (emulator){.n_inputs = 2, .n_terms = 6, .products = true, .weights = weights[t]};
    for (int r = 0; r < repeats; r++) {
        uint64_t who = 100 + (uint64_t)r;
        const double truth[2] = {normal(who, 0), normal(who, 1)};
        double size = exp(CALIBRATE_SIZE_LOG_SD * normal(who, 2)), point[2];
        for (int t = 0; t < TARGETS; t++) {
            double beyond = targets[t].cohort_sd * normal(who, 30 + (uint64_t)targets[t].block) + targets[t].row_sd * normal(who, 10 + (uint64_t)t);
            double said = emulator_value(&targets[t].surface, truth) + size * beyond;
            targets[t].value = said + targets[t].se * normal(who, 20 + (uint64_t)t);
            targets[t].events = 0;
            for (uint64_t i = 0; i < 20 && targets[t].share; i++)
                targets[t].events += rng_uniform(7, who, RNG_care, 20 * (uint64_t)t + i) < 1.0 / (1.0 + exp(-said));
        }
        mcmc_result posterior;
        assert_true(calibrate_point(&problem, point));
        assert_true(calibrate_posterior(&problem, point, 3000, keep, (uint64_t)r, &posterior));
        for (int k = 0; k < 2; k++) {
            int below = 0;
            double mean = 0.0, squares = 0.0;
            for (int i = 0; i < keep; i++) {
                double x = posterior.draws[3 * i + k];
                below += x < truth[k];
                mean += x / keep;
                squares += x * x / keep;
            }
            held += below >= 5 && below <= keep - 5;
            shrinks[k] += sqrt(squares - mean * mean) / repeats;
        }
        mcmc_free(&posterior);
    }
    assert_true(held >= 0.90 * 2 * repeats && held <= 0.98 * 2 * repeats);
    assert_true(shrinks[0] < 0.5 && shrinks[1] < 0.75); /* both are learnt */
}

/* Six rows of one cohort do not tell as much as six of six, and in the limit no more than one. */
static void test_cohorts(void **state)
{
    (void)state;
    double weights[6][3];
    free_parameter parameter;
    calibration_target targets[6];
    calibration_problem problem = {1, 6, &parameter, targets};
    free_parameter_fill(&parameter, 1.0, 0.0, 1e6);
    for (int share = 0; share < 2; share++) {
        double fall[2];
        for (int apart = 0; apart < 2; apart++) {
            for (int t = 0; t < 6; t++) {
                memcpy(weights[t], (const double[]){0.0, 1.0, 0.0}, sizeof weights[t]);
                targets[t] = (calibration_target){.share = share, .n = 40, .events = 20, .se = 0.05, .block = apart ? t : 0, .cohort_sd = 1.0, .row_sd = 0.1};
                targets[t].surface = (emulator){.n_inputs = 1, .n_terms = 3, .weights = weights[t]};
            }
            const double middle[] = {0.0, 0.0}, off[] = {1.0, 0.0};
            fall[apart] = calibrate_density(&problem, middle) - calibrate_density(&problem, off) - 0.5; /* half of a squared SD is the prior's */
        }
        assert_true(fall[0] > 0.35 && fall[0] < 0.55); /* one cohort that lies an SD off, as if it were one row */
        assert_true(fall[1] > 4.0 * fall[0]);
    }
    /* by hand: two rows, variances 1 and 2 of their own, 0.5 shared; off by 1 and 2 */
    problem.n_targets = 2;
    for (int t = 0; t < 2; t++) {
        memcpy(weights[t], (const double[]){0.0, 0.0, 0.0}, sizeof weights[t]);
        targets[t] = (calibration_target){.value = 1.0 + t, .se = sqrt(1.0 + t), .block = 0, .cohort_sd = sqrt(0.5), .surface = targets[t].surface};
    }
    const double at[] = {0.0, 0.0};
    double determinant = 1.5 * 2.5 - 0.25, form = (2.5 * 1.0 - 2.0 * 0.5 * 2.0 + 1.5 * 4.0) / determinant;
    assert_true(fabs(calibrate_density(&problem, at) + 0.5 * (form + log(determinant) + 2.0 * log(2.0 * M_PI))) < 1e-9);
}

/* ---- points without a result ---- */

/* of four points one has a value that is none: it is lost with a warning, and the others have theirs; of two so lost it is no calibration any more */
static void test_lost_point(void **state)
{
    (void)state;
    enum { POINTS = 4, LOST = 2, FEW = 4 };
    static const char *const paths[] = {"protocols/onset_adults.yaml"};
    static const islet_run_options options = {.patients = FEW};
    static double x[POINTS] = {-0.5, 0.0, NAN, 0.5}, y[POINTS], anchor[1], values_of_row[FEW], *values[] = {values_of_row};
    static discrepancy_scale scale = {FORM_LINEAR, 0.0};
    static calibrate_job j;
    evidence_row published = {.arm = "insulin alone", .day = 30, .n = 12};
    j = (calibrate_job){.options = &options, .n_parameters = 1, .people = FEW, .x = x, .y = y, .anchor = anchor, .values = values, .scale = &scale};
    assert_true(outcome_find("hba1c_pct", &published.endpoint) && parameter_find("remission_sensitivity_gain", &j.parameters[0].target));
    free_parameter_fill(&j.parameters[0], 0.67, 0.0, 1.5);
    if (expressed_from(&published, paths, 1, NULL, &j.rows, NULL) != ISLET_OK) fail_msg("no such arm");
    islet_problems *problems = islet_problems_create();
    assert_int_equal(calibrate_simulate_points(&j, 0, POINTS, problems), ISLET_OK);
    assert_int_equal(j.n_lost, 1);
    for (int i = 0; i < POINTS; i++) assert_true(i == LOST ? isnan(y[i]) : y[i] > 4.0 && y[i] < 15.0);
    assert_int_equal(islet_problems_count(problems), 1);
    assert_true(islet_problems_is_warning(problems, 0));
    assert_non_null(strstr(islet_problems_text(problems, 0), "point 3"));
    assert_int_equal(calibrate_simulate_points(&j, LOST, LOST + 2, problems), ISLET_ERR_NUMERICAL);
    islet_problems_free(problems);
    expressed_free(&j.rows);
}

/* ---- refusals ---- */

/* among the problems: shipped protocols are remarked on, too */
static bool is_said(const islet_problems *problems, const char *said)
{
    for (int i = 0; i < islet_problems_count(problems); i++)
        if (strstr(islet_problems_text(problems, i), said)) return true;
    return false;
}

static void expect_refused(const char *path, const char *parameters, const char *cohorts, const char *said)
{
    islet_calibration *c = NULL;
    islet_problems *problems = islet_problems_create();
    islet_run_options options = {.patients = 8};
    assert_int_not_equal(islet_calibrate(path, parameters, cohorts, 0, &options, &c, problems), ISLET_OK);
    assert_null(c);
    assert_true(islet_problems_count(problems) > 0);
    if (!is_said(problems, said)) fail_msg("'%s', not '%s'", islet_problems_text(problems, islet_problems_count(problems) - 1), said);
    islet_problems_free(problems);
}

static void test_points(void **state)
{
    (void)state;
    islet_calibration *c = NULL;
    islet_problems *problems = islet_problems_create();
    islet_run_options options = {.patients = 8};
    assert_int_equal(islet_calibrate(NULL, "portal_potency,wean_step", "zim_forward", 9, &options, &c, problems), ISLET_ERR_ARGUMENT);
    assert_true(is_said(problems, "--points: 9; expected 10 to 10000 for 2 parameters"));
    islet_problems_free(problems);
}

static void test_refusals(void **state)
{
    (void)state;
    expect_refused(NULL, "portal_potenzy", NULL, "'portal_potenzy' is no parameter");
    expect_refused(NULL, "zimislecel.no_such_key", NULL, "is no parameter");
    expect_refused(NULL, "no_product.secretion_gain", NULL, "is no parameter");
    expect_refused(NULL, "portal_potency,portal_potency", NULL, "named twice");
    expect_refused(NULL, "portal_potency", "no_such_cohort", "no row of the role calibrate");
    /* rows of another role are not read: */
    expect_refused(ISLET_SOURCE_DIR "/examples/validate/stem_cell_islets.csv", "portal_potency", NULL, "role: 'validate'; expected only rows of the role calibrate");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_emulator), cmocka_unit_test(test_sampler),  cmocka_unit_test(test_priors),
        cmocka_unit_test(test_recovery), cmocka_unit_test(test_cohorts), cmocka_unit_test(test_refusals), cmocka_unit_test(test_points),
        cmocka_unit_test(test_lost_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
