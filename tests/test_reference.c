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
#define BLOCKS (DAYS * BLOCKS_PER_DAY)
#define RELATIVE_ERROR_MAX 1e-6 /* of Runge-Kutta in 32 steps a minute, the tightest the kernel is asked for */
#define ERROR_MAX_MG_DL 0.1     /* of the default method, over people and readings */

static workload_person people[SUBJECT_COUNT];
static workload_event *calendar;
static double *reference_mg_dl; /* [person][block] */

static int set_up(void **state)
{
    (void)state;
    reference_mg_dl = malloc((size_t)SUBJECT_COUNT * BLOCKS * sizeof(double));
    if (!reference_mg_dl || !workload_people(true, people)) return -1;
    calendar = workload_calendar(people, SUBJECT_COUNT, DAYS);
    if (!calendar) return -1;
    for (int i = 0; i < SUBJECT_COUNT; i++)
        if (!reference_glucose(&people[i], DAYS, reference_mg_dl + (size_t)i * BLOCKS)) return -1;
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    free(reference_mg_dl);
    free(calendar);
    return 0;
}

/* largest difference; relative to glucose there in `relative`, unless NULL */
static double worst_error(const workload_method *method, const char *name, double *relative)
{
    double *trace = malloc((size_t)SUBJECT_COUNT * BLOCKS * sizeof(double));
    assert_non_null(trace);
    workload_run(method, people, SUBJECT_COUNT, DAYS, calendar, trace);
    double worst = 0.0, low = INFINITY, high = 0.0;
    int at = 0;
    for (int i = 0; i < SUBJECT_COUNT * BLOCKS; i++) {
        const double error = fabs(trace[i] - reference_mg_dl[i]);
        if (!(error <= worst)) worst = error, at = i;
        if (relative) *relative = fmax(*relative, error / reference_mg_dl[i]);
        low = fmin(low, trace[i]);
        high = fmax(high, trace[i]);
    }
    print_message("%-34s max error %.3g mg/dL (person %d, block %d); glucose %.0f .. %.0f\n", name, worst, at / BLOCKS, at % BLOCKS, low,
                  high);
    free(trace);
    return worst;
}

static void default_method_meets_its_error(void **state)
{
    (void)state;
    const kernel *widest = kernel_find(NULL);
    assert_true(worst_error(&(workload_method){widest, 0}, "default", NULL) <= ERROR_MAX_MG_DL);
}

/* Runge-Kutta on everything tends to the reference, so the two solve the same equations. */
static void general_method_converges_to_the_reference(void **state)
{
    (void)state;
    const kernel *widest = kernel_find(NULL);
    worst_error(&(workload_method){widest, 1}, "all, 1 step a minute", NULL);
    worst_error(&(workload_method){widest, 2}, "all, 2 steps a minute", NULL);
    assert_true(worst_error(&(workload_method){widest, 8}, "all, 8 steps a minute", NULL) < 0.01);
    double relative = 0.0; /* the tight mode */
    assert_true(worst_error(&(workload_method){widest, 32}, "all, 32 steps a minute", &relative) < 1e-4);
    print_message("relative error %.3g\n", relative);
    assert_true(relative <= RELATIVE_ERROR_MAX);
}

/* Halving the step divides the error by 2^4, once the steps resolve the emptying curve and where nothing has a kink: no
 * dose is given, and the kidney and the hypoglycaemia term are switched off. (People whose hepatic production reaches
 * its floor of 0 show no order.) */
static void general_method_is_of_fourth_order(void **state)
{
    (void)state;
    static double fine[BLOCKS_PER_DAY], trace[BLOCKS_PER_DAY];
    workload_person person = people[12];
    person.u_per_g = person.kinetics.ke1 = person.kinetics.r1 = 0.0;
    const kernel *widest = kernel_find(NULL);
    workload_event *day = workload_calendar(&person, 1, 1);
    assert_non_null(day);
    workload_run(&(workload_method){widest, 512}, &person, 1, 1, day, fine);
    double last = NAN;
    for (int steps = 16; steps <= 64; steps *= 2) {
        double squares = 0.0;
        workload_run(&(workload_method){widest, steps}, &person, 1, 1, day, trace);
        for (int i = 0; i < BLOCKS_PER_DAY; i++) squares += (trace[i] - fine[i]) * (trace[i] - fine[i]);
        const double error = sqrt(squares / BLOCKS_PER_DAY);
        if (steps > 16) {
            const double order = log2(last / error);
            print_message("%d steps a minute: rms error %.3g mg/dL, order %.2f\n", steps, error, order);
            assert_true(fabs(order - 4.0) < 0.15);
        }
        last = error;
    }
    free(day);
}

/* Same bytes at every width, at every lane, beside any neighbours (two thirds of which secrete), in any number of blocks at once. */
static void widths_and_neighbours_do_not_matter(void **state)
{
    (void)state;
    static const char *const names[] = {"portable", "scalar", "avx2", "avx512"};
    const size_t size = (size_t)SUBJECT_COUNT * BLOCKS_PER_DAY * sizeof(double);
    double *first = malloc(size), *other = malloc(size);
    workload_event *day = workload_calendar(people, SUBJECT_COUNT, 1);
    assert_non_null(first);
    assert_non_null(other);
    assert_non_null(day);
    int n_widths = 0;
    for (int steps = 0; steps < 2; steps++) {
        workload_run(&(workload_method){kernel_find("portable"), steps}, people, SUBJECT_COUNT, 1, day, first);
        for (size_t i = 1; i < sizeof names / sizeof names[0]; i++) {
            const workload_method method = {kernel_find(names[i]), steps};
            if (!method.kernel) continue; /* not on this processor */
            n_widths++;
            workload_run(&method, people, SUBJECT_COUNT, 1, day, other);
            assert_memory_equal(first, other, size);
        }
    }
    print_message("%d comparisons with the portable width: same bytes\n", n_widths);

    /* the people in another order: other lanes, other neighbours; then each alone */
    static workload_person reversed[SUBJECT_COUNT];
    const workload_method method = {kernel_find(NULL), 0};
    for (int i = 0; i < SUBJECT_COUNT; i++) reversed[i] = people[SUBJECT_COUNT - 1 - i];
    workload_event *reversed_day = workload_calendar(reversed, SUBJECT_COUNT, 1);
    assert_non_null(reversed_day);
    workload_run(&method, people, SUBJECT_COUNT, 1, day, first);
    workload_run(&method, reversed, SUBJECT_COUNT, 1, reversed_day, other);
    for (int i = 0; i < SUBJECT_COUNT; i++)
        assert_memory_equal(first + (size_t)i * BLOCKS_PER_DAY, other + (size_t)(SUBJECT_COUNT - 1 - i) * BLOCKS_PER_DAY,
                            BLOCKS_PER_DAY * sizeof(double));
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        workload_run(&method, &people[i], 1, 1, day + (size_t)i * WORKLOAD_EVENTS, other);
        assert_memory_equal(first + (size_t)i * BLOCKS_PER_DAY, other, BLOCKS_PER_DAY * sizeof(double));
    }

    /* one block at a time against all at once */
    static lane_group whole, pieces;
    memset(&whole, 0, sizeof whole);
    for (int l = 0; l < LANE_GROUP; l++) {
        basal_lane(&people[l].kinetics, people[l].start, &whole, l);
        group_give_meal(&whole, l, l % BLOCK_MINUTES, 1000.0 * (l + 20));
        group_give_rapid(&whole, l, l % 3, l);
    }
    method.kernel->prepare(&whole);
    pieces = whole;
    method.kernel->advance(&whole, 20);
    for (int i = 0; i < 20; i++) method.kernel->advance(&pieces, 1);
    assert_memory_equal(&whole, &pieces, sizeof whole);
    free(first);
    free(other);
    free(day);
    free(reversed_day);
}

/* What may change from day to day is followed by the cheap preparation as by the whole. */
static void prepared_for_a_day_as_from_the_start(void **state)
{
    (void)state;
    static const int daily[] = {KINETIC_INDEX(bw), KINETIC_INDEX(kabs), KINETIC_INDEX(kmax), KINETIC_INDEX(kmin), KINETIC_INDEX(alpha),
                                KINETIC_INDEX(beta), KINETIC_INDEX(kg), KINETIC_INDEX(sb), KINETIC_INDEX(h), KINETIC_INDEX(ke1),
                                KINETIC_INDEX(ke2), KINETIC_INDEX(kp1)};
    static lane_group whole, day;
    const kernel *widest = kernel_find(NULL);
    memset(&whole, 0, sizeof whole);
    for (int l = 0; l < LANE_GROUP; l++) basal_lane(&people[l].kinetics, people[l].start, &whole, l);
    widest->prepare(&whole);
    for (size_t i = 0; i < sizeof daily / sizeof daily[0]; i++)
        for (int l = 0; l < LANE_GROUP; l++) whole.k[daily[i]][l] *= 1.0 + 0.01 * (double)(i + 1);
    day = whole;
    widest->prepare_day(&day);
    assert_memory_not_equal(&whole, &day, sizeof whole);
    widest->prepare(&whole);
    assert_memory_equal(&whole, &day, sizeof whole);
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
        cmocka_unit_test(prepared_for_a_day_as_from_the_start),
        cmocka_unit_test(basal_state_is_steady),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
