/* After an immune reset: which mornings begin insulin again. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "trial/lane.h"

/* A week off insulin with six high mornings and this mean glucose in each part of the day. */
static lane week_of(double mean_mg_dl, bool weaning)
{
    lane l = {.engraftment_day = -1, .treatment_death_day = -1};
    l.care.weaning = weaning;
    l.care.off_insulin = true;
    l.care.fasting_high_n = 6;
    for (int part = 0; part < DAY_PARTS; part++) {
        l.care.part_n[part] = 100;
        l.care.part_sum[part] = 100.0 * mean_mg_dl;
    }
    return l;
}

static int mornings_that_count(lane l)
{
    static struct islet_protocol protocol; /* too large for the stack */
    const protocol_arm arm = {.conditioning = 0, .conditioning_start_day = 0};
    const params p = params_default();
    const run_plan run = {.protocol = &protocol, .params = &p};
    for (int s = 0; s < STEP_COUNT; s++) protocol.conditionings[0].step_day[s] = -1;
    l.arm = &arm;
    reset_day(&run, &l, 400);
    return l.care.fasting_high_n;
}

/* 154 mg/dL is an HbA1c of 7 %. Where nobody weans, mornings are left as they were seen. */
static void high_mornings_count_in_a_bad_week(void **state)
{
    (void)state;
    assert_int_equal(mornings_that_count(week_of(150.0, true)), 0);
    assert_int_equal(mornings_that_count(week_of(158.0, true)), 6);
    assert_int_equal(mornings_that_count(week_of(150.0, false)), 6);
    assert_int_equal(mornings_that_count(week_of(NAN, true)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(high_mornings_count_in_a_bad_week)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
