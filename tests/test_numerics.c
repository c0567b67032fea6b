/* Numerics on people of a population (tests/numerics): few of them and few days; studies/numerics.c has the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#include "numerics/numerics.h"

#define PEOPLE 20
#define BALANCE_MAX 1e-10     /* of a day's flux */
#define DRIFT_MAX 1e-9        /* a day */
#define ERROR_MAX_MG_DL 0.1   /* of the default method */
#define TIGHT_MAX 1e-6        /* relative, of Runge-Kutta in 32 steps a minute */
#define LONG_DOUBLE_MAX_MG_DL 1e-3

static workload_person people[PEOPLE];

static int set_up(void **state)
{
    (void)state;
    return numerics_people(PEOPLE, people) ? 0 : -1;
}

static void what_is_given_is_found_every_day(void **state)
{
    (void)state;
    const numerics_balance b = numerics_balance_of(people, PEOPLE, 30);
    print_message("%ld days: carbohydrate %.1e, insulin %.1e of a day's flux\n", b.person_days, b.carbohydrate, b.insulin);
    assert_int_equal(b.person_days, PEOPLE * 30);
    assert_true(b.carbohydrate > 0.0 && b.carbohydrate < BALANCE_MAX && b.insulin > 0.0 && b.insulin < BALANCE_MAX);
}

static void no_event_of_a_random_schedule_is_skipped(void **state)
{
    (void)state;
    const numerics_schedules s = numerics_schedules_of(people, PEOPLE, 4000);
    print_message("%ld schedules, %ld events, %ld skipped, at most %.1e missing\n", s.schedules, s.events, s.skipped, s.worst);
    assert_int_equal(s.schedules, 4000);
    assert_true(s.events > 70000);
    assert_int_equal(s.skipped, 0);
}

static void the_steady_state_does_not_drift(void **state)
{
    (void)state;
    const double drift = numerics_drift_per_day(people, PEOPLE, 30);
    print_message("drift %.1e a day\n", drift);
    assert_true(drift > 0.0 && drift < DRIFT_MAX);
}

static void people_are_within_the_stated_error_of_cvode(void **state)
{
    (void)state;
    numerics_errors e;
    assert_true(numerics_against_cvode(people, PEOPLE, 14, &e));
    print_message("default %.3g mg/dL (person %d), tight %.2g mg/dL, %.2g relative\n", e.by_default_mg_dl, e.person, e.tight_mg_dl,
                  e.tight_relative);
    assert_true(e.by_default_mg_dl <= ERROR_MAX_MG_DL && e.tight_relative <= TIGHT_MAX);
}

/* One day of three people: a portal graft, one under the skin, none. */
static void cvode_agrees_with_long_double(void **state)
{
    (void)state;
    numerics_long_errors e;
    assert_true(numerics_against_long_double(people, 3, 1, 32, &e));
    print_message("CVODE %.2g, default method %.2g mg/dL from long double\n", e.cvode_mg_dl, e.by_default_mg_dl);
    assert_true(e.cvode_mg_dl <= LONG_DOUBLE_MAX_MG_DL && e.by_default_mg_dl <= ERROR_MAX_MG_DL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_given_is_found_every_day),
        cmocka_unit_test(no_event_of_a_random_schedule_is_skipped),
        cmocka_unit_test(the_steady_state_does_not_drift),
        cmocka_unit_test(people_are_within_the_stated_error_of_cvode),
        cmocka_unit_test(cvode_agrees_with_long_double),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
