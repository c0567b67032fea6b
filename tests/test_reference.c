/* The kernel against CVODE at 1e-10 on the same equations (tests/reference), and what every width promises. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"
#include "physiology/basal.h"
#include "reference/reference.h"

#define DAYS 4                  /* make bench takes 14; the largest errors come with meals, every day */
#define MINUTES (DAYS * MINUTES_PER_DAY)
#define ERROR_MAX_MG_DL 0.1     /* of the default method, over people and minutes */

static workload_person people[SUBJECT_COUNT];
static double *reference_mg_dl; /* [person][minute] */

static int set_up(void **state)
{
    (void)state;
    reference_mg_dl = malloc((size_t)SUBJECT_COUNT * MINUTES * sizeof(double));
    if (!reference_mg_dl || !workload_people(people)) return -1;
    for (int i = 0; i < SUBJECT_COUNT; i++)
        if (!reference_glucose(&people[i], DAYS, reference_mg_dl + (size_t)i * MINUTES)) return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(reference_mg_dl);
    return 0;
}

static double worst_error(const workload_method *method, const char *name)
{
    double *trace = malloc((size_t)SUBJECT_COUNT * MINUTES * sizeof(double));
    assert_non_null(trace);
    workload_run(method, people, SUBJECT_COUNT, DAYS, trace);
    double worst = 0.0, low = INFINITY, high = 0.0;
    int at = 0;
    for (int i = 0; i < SUBJECT_COUNT * MINUTES; i++) {
        const double error = fabs(trace[i] - reference_mg_dl[i]);
        if (!(error <= worst)) worst = error, at = i;
        low = fmin(low, trace[i]);
        high = fmax(high, trace[i]);
    }
    print_message("%-34s max error %.3g mg/dL (person %d, minute %d); glucose %.0f .. %.0f\n", name, worst, at / MINUTES, at % MINUTES, low,
                  high);
    free(trace);
    return worst;
}

static void default_method_meets_its_error(void **state)
{
    (void)state;
    const kernel *widest = kernel_find(NULL);
    const double error = worst_error(&(workload_method){widest, false, STOMACH_STEPS}, "default");
    assert_true(error <= ERROR_MAX_MG_DL);
    /* the stomach's steps are not what limits it */
    assert_true(worst_error(&(workload_method){widest, false, 4 * STOMACH_STEPS}, "stomach in four times the steps") <= ERROR_MAX_MG_DL);
}

/* Runge-Kutta on everything tends to the reference, so the two solve the same equations. */
static void general_method_converges_to_the_reference(void **state)
{
    (void)state;
    const kernel *widest = kernel_find(NULL);
    worst_error(&(workload_method){widest, true, 1}, "all, 1 step a minute");
    worst_error(&(workload_method){widest, true, 2}, "all, 2 steps a minute");
    assert_true(worst_error(&(workload_method){widest, true, 8}, "all, 8 steps a minute") < 0.01);
    assert_true(worst_error(&(workload_method){widest, true, 32}, "all, 32 steps a minute") < 1e-4);
}

/* Halving the step divides the error by 2^4, once the steps resolve the emptying curve and where nothing has a kink: no
 * dose is given, and the kidney and the hypoglycaemia term are switched off. (People whose hepatic production reaches
 * its floor of 0 show no order.) */
static void general_method_is_of_fourth_order(void **state)
{
    (void)state;
    static double fine[MINUTES_PER_DAY], trace[MINUTES_PER_DAY];
    workload_person person = people[12];
    person.u_per_g = person.kinetics.ke1 = person.kinetics.r1 = 0.0;
    const kernel *widest = kernel_find(NULL);
    workload_run(&(workload_method){widest, true, 512}, &person, 1, 1, fine);
    double last = NAN;
    for (int steps = 16; steps <= 64; steps *= 2) {
        double squares = 0.0;
        workload_run(&(workload_method){widest, true, steps}, &person, 1, 1, trace);
        for (int i = 0; i < MINUTES_PER_DAY; i++) squares += (trace[i] - fine[i]) * (trace[i] - fine[i]);
        const double error = sqrt(squares / MINUTES_PER_DAY);
        if (steps > 16) {
            const double order = log2(last / error);
            print_message("%d steps a minute: rms error %.3g mg/dL, order %.2f\n", steps, error, order);
            assert_true(fabs(order - 4.0) < 0.2);
        }
        last = error;
    }
}

/* Same bytes at every width, at every lane, beside any neighbours, in any stretches. */
static void widths_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    static const char *const names[] = {"portable", "scalar", "avx2", "avx512"};
    const size_t size = (size_t)SUBJECT_COUNT * MINUTES_PER_DAY * sizeof(double);
    double *first = malloc(size), *other = malloc(size);
    assert_non_null(first);
    assert_non_null(other);
    int n_widths = 0;
    for (int general = 0; general < 2; general++) {
        const workload_method base = {kernel_find("portable"), general, STOMACH_STEPS};
        workload_run(&base, people, SUBJECT_COUNT, 1, first);
        for (size_t i = 1; i < sizeof names / sizeof names[0]; i++) {
            const workload_method method = {kernel_find(names[i]), general, STOMACH_STEPS};
            if (!method.kernel) continue; /* not on this processor */
            n_widths++;
            workload_run(&method, people, SUBJECT_COUNT, 1, other);
            assert_memory_equal(first, other, size);
        }
    }
    print_message("%d comparisons with the portable width: same bytes\n", n_widths);

    /* the people in another order: other lanes, other neighbours */
    static workload_person reversed[SUBJECT_COUNT];
    const workload_method method = {kernel_find(NULL), false, STOMACH_STEPS};
    for (int i = 0; i < SUBJECT_COUNT; i++) reversed[i] = people[SUBJECT_COUNT - 1 - i];
    workload_run(&method, people, SUBJECT_COUNT, 1, first);
    workload_run(&method, reversed, SUBJECT_COUNT, 1, other);
    for (int i = 0; i < SUBJECT_COUNT; i++)
        assert_memory_equal(first + (size_t)i * MINUTES_PER_DAY, other + (size_t)(SUBJECT_COUNT - 1 - i) * MINUTES_PER_DAY,
                            MINUTES_PER_DAY * sizeof(double));

    /* one minute at a time against one stretch */
    static lane_group whole, pieces;
    memset(&whole, 0, sizeof whole);
    for (int l = 0; l < LANE_GROUP; l++) {
        basal_lane(&people[l].kinetics, people[l].start, &whole, l);
        whole.meal_left_mg[l] = 1000.0 * (l + 20);
        whole.rapid_u[l] = l;
    }
    pieces = whole;
    method.kernel->advance(&whole, 100, STOMACH_STEPS);
    for (int i = 0; i < 100; i++) method.kernel->advance(&pieces, 1, STOMACH_STEPS);
    assert_memory_equal(&whole, &pieces, sizeof whole);
    free(first);
    free(other);
}

/* The public file's identities: at its basal state a subject without graft does not move. */
static void basal_state_is_steady(void **state)
{
    (void)state;
    for (int i = 0; i < SUBJECT_COUNT; i++)
        for (int from_depot = 0; from_depot < 2; from_depot++) {
            kinetics k = people[i].kinetics;
            double x[MINUTE_STATES], dx[MINUTE_STATES];
            k.m_graft = 0.0;
            basal_state(&k, from_depot, x);
            scalar_input in = {0};
            const double basal_pmol_kg_min = subject_basal_u_per_min(&k) * PMOL_PER_UNIT_INSULIN / k.bw;
            if (from_depot)
                in.depot_pmol_kg_min = basal_pmol_kg_min;
            else
                in.rapid_pmol_kg_min = basal_pmol_kg_min;
            scalar_equations *equations = scalar_create(&k, NULL);
            assert_non_null(equations);
            scalar_set_input(equations, &in);
            scalar_rhs(equations, x, dx);
            scalar_free(equations);
            for (int s = 0; s < MINUTE_STATES; s++) assert_true(fabs(dx[s]) < 1e-12 * (1.0 + fabs(x[s])));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(default_method_meets_its_error),
        cmocka_unit_test(general_method_converges_to_the_reference),
        cmocka_unit_test(general_method_is_of_fourth_order),
        cmocka_unit_test(widths_and_neighbours_do_not_matter),
        cmocka_unit_test(basal_state_is_steady),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
