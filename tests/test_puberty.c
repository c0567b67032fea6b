/* Puberty: the need of insulin that follows from sensitivity by age, against the sources of physiology/puberty.h. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "physiology/puberty.h"

/* Insulin for the same effect, over that of a person far from puberty. */
static double need(bool female, double age_year)
{
    const params p = params_default();
    return 1.0 / puberty_sensitivity(&p, female, age_year);
}

static double highest(bool female)
{
    double most = 0.0;
    for (double age = 5.0; age < 25.0; age += 0.1) most = fmax(most, need(female, age));
    return most;
}

/* 0.97 against 0.69 U/kg (10.4158/EP13099.OR); before puberty and as an adult as everybody. */
static void test_most_in_the_middle(void **state)
{
    (void)state;
    for (int female = 0; female < 2; female++) {
        assert_float_equal(highest(female), 0.97 / 0.69, 0.01);
        assert_true(need(female, 5.0) < 1.02 && need(female, 28.0) < 1.001);
    }
}

/* Kerouz 1995: girls above boys between 10 and 13 years; 20 to 30 % below the highest dose at 21. */
static void test_girls_earlier_and_an_end(void **state)
{
    (void)state;
    for (double age = 10.0; age <= 13.0; age += 0.5) assert_true(need(true, age) > 1.04 * need(false, age));
    assert_true(need(false, 16.0) > need(true, 16.0));
    for (int female = 0; female < 2; female++) {
        double fall = 1.0 - need(female, 21.0) / highest(female);
        assert_true(fall > 0.20 && fall < 0.30);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_most_in_the_middle),
        cmocka_unit_test(test_girls_earlier_and_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
