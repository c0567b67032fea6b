/* Order of convergence of the default method: the kernel built with blocks of 4, 2 and 1 minutes against Runge-Kutta in 64
 * steps a minute, where nothing has a kink (kidney, hypoglycaemia term and alarm off, no meal, no dose). A kink that falls
 * within a block costs order; what that does to the error in ordinary days is what tests/test_reference.c bounds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "block_order.h"
#include "trial/workload.h"

#define TOLERANCE 0.15

static workload_person people[SUBJECT_COUNT];

/* observed order of one state between blocks of two minutes and of one, from basal glucose displaced by these factors */
static double order_of(int number, int state, double gp_factor, double gt_factor, int minutes)
{
    workload_person *p = &people[number];
    double start[MINUTE_STATES], fine[MINUTE_STATES], two[MINUTE_STATES], one[MINUTE_STATES], four[MINUTE_STATES];
    p->kinetics.ke1 = p->kinetics.r1 = p->kinetics.xi = 0.0;
    memcpy(start, p->start, sizeof start);
    start[MINUTE_gp] *= gp_factor;
    start[MINUTE_gt] *= gt_factor;
    order_fine(&p->kinetics, start, p->basal_u_per_min, minutes, fine);
    order_4(&p->kinetics, start, p->basal_u_per_min, minutes, four);
    order_2(&p->kinetics, start, p->basal_u_per_min, minutes, two);
    order_1(&p->kinetics, start, p->basal_u_per_min, minutes, one);
    const double error4 = fabs(four[state] - fine[state]), error2 = fabs(two[state] - fine[state]),
                 error1 = fabs(one[state] - fine[state]);
    print_message("person %d: errors %.2e %.2e %.2e, order %.2f, %.2f\n", number, error4, error2, error1, log2(error4 / error2),
                  log2(error2 / error1));
    return log2(error2 / error1);
}

static void glucose_without_secretion_is_of_fourth_order(void **state)
{
    (void)state;
    assert_true(workload_people(false, people));
    for (int i = 0; i < SUBJECT_COUNT; i += 3) assert_true(fabs(order_of(i, MINUTE_gp, 1.3, 1.1, 240) - 4.0) <= TOLERANCE);
}

/* Secretion is a straight line in each half of a block, with the right mean. These people, two with a portal graft and two with
 * another, are chosen because their secretion and production stay above their floors; one hour, because later the error of some changes its
 * sign on the way, and then shows any order. */
static void secretion_is_of_third_order(void **state)
{
    (void)state;
    static const int smooth[] = {4, 10, 8, 17};
    assert_true(workload_people(true, people));
    for (int i = 0; i < 4; i++) {
        assert_true(fabs(order_of(smooth[i], MINUTE_gp, 1.03, 1.01, 60) - 3.0) <= TOLERANCE);
        assert_true(fabs(order_of(smooth[i], MINUTE_ip, 1.03, 1.01, 60) - 3.0) <= TOLERANCE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(glucose_without_secretion_is_of_fourth_order),
        cmocka_unit_test(secretion_is_of_third_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
