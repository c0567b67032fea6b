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

#define PEOPLE 1000

/* People of this sex and age who go through the whole path; how many have the event. */
static int who_have(event_kind kind, bool female, double age_year)
{
    static struct islet_protocol protocol;
    const params p = params_default();
    const run_plan run = {.protocol = &protocol, .params = &p, .seed = 3};
    const protocol_arm arm = {.conditioning = 0, .conditioning_start_day = 0};
    assert_true(conditioning_shipped("cyclophosphamide_atg", &protocol.conditionings[0]));
    int n = 0;
    for (int i = 0; i < PEOPLE; i++) {
        patient_event events[64];
        const person who = {.key = (uint64_t)i, .female = female, .age_year = age_year, .kinetics = {.bw = 70.0}};
        lane l = {.who = &who, .arm = &arm, .events = events, .max_events = 64, .end_day = 1000, .engraftment_day = -1, .treatment_death_day = -1};
        for (int day = 0; day < 100; day++) reset_day(&run, &l, day);
        n += l.happened[kind];
    }
    return n;
}

/* What is lost at menopause is not lost to the drugs. */
static void only_the_fertile_become_infertile(void **state)
{
    (void)state;
    assert_int_equal(who_have(EVENT_infertility, true, 55.0), 0);
    assert_in_range(who_have(EVENT_infertility, true, 45.0), 560, 680);
    assert_in_range(who_have(EVENT_infertility, false, 55.0), 440, 560);
}

static void fever_comes_without_neutrophils(void **state)
{
    (void)state;
    assert_in_range(who_have(EVENT_fever, false, 25.0), 930, 985); /* 24 of 25 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(high_mornings_count_in_a_bad_week),
                                       cmocka_unit_test(only_the_fertile_become_infertile),
                                       cmocka_unit_test(fever_comes_without_neutrophils)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
