/* Summaries against exact small cases, published examples and numbers printed by R. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "stats/summary.h"

#define assert_close(value, expected, tolerance)                                                                     \
    do {                                                                                                             \
        if (!(fabs((value) - (expected)) <= (tolerance)))                                                            \
            fail_msg("%s is %.12g, expected %.12g", #value, (double)(value), (double)(expected));                    \
    } while (0)

/* R: t.test(c(1, 2, 3, 4, 10)) gives mean 4, interval -0.38991 8.38991, sd 3.535534 */
static void test_mean(void **state)
{
    (void)state;
    const double x[] = {1, 2, NAN, 3, 4, 10};
    summary s = summary_mean(x, 6);
    assert_int_equal(s.n, 5);
    assert_close(s.value, 4.0, 1e-14);
    assert_close(s.sd, sqrt(12.5), 1e-14);
    assert_close(s.ci_low, 4.0 - 2.7764451051977987 * sqrt(12.5 / 5.0), 1e-9); /* t quantile with 4 degrees */
    assert_close(s.ci_high, 4.0 + 2.7764451051977987 * sqrt(12.5 / 5.0), 1e-9);

    summary one = summary_mean(x, 1);
    assert_int_equal(one.n, 1);
    assert_close(one.value, 1.0, 0.0);
    assert_true(isnan(one.ci_low) && isnan(one.ci_high) && isnan(one.sd));
    summary none = summary_mean(x + 2, 1);
    assert_int_equal(none.n, 0);
    assert_true(isnan(none.value));
}

/* R: binom.test(10, 12) gives 0.5158623 0.9791375 (the published insulin independence of zimislecel);
 * 0 of 14 has the closed form 1 - 0.025^(1/14). */
static void test_binomial(void **state)
{
    (void)state;
    summary s = summary_binomial(10, 12);
    assert_close(s.value, 10.0 / 12.0, 1e-15);
    assert_close(s.ci_low, 0.5158623, 5e-8);
    assert_close(s.ci_high, 0.9791375, 5e-8);
    s = summary_binomial(0, 14);
    assert_close(s.ci_low, 0.0, 0.0);
    assert_close(s.ci_high, 1.0 - pow(0.025, 1.0 / 14.0), 1e-13);
    s = summary_binomial(14, 14);
    assert_close(s.ci_low, pow(0.025, 1.0 / 14.0), 1e-13);
    assert_close(s.ci_high, 1.0, 0.0);
    assert_true(isnan(summary_binomial(3, 2).value));
    assert_true(isnan(summary_binomial(0, 0).value));
}

/* every n: an interval exists, holds the share and shrinks; far beyond the reach of the exact form too */
static void test_binomial_large(void **state)
{
    (void)state;
    double width = 1.0;
    for (int64_t n = 10; n <= 10000000; n *= 10) {
        summary s = summary_binomial(3 * n / 10, n);
        assert_true(s.ci_low < s.value && s.value < s.ci_high);
        assert_true(s.ci_high - s.ci_low < width);
        width = s.ci_high - s.ci_low;
    }
    assert_close(width, 2.0 * 1.959963984540054 * sqrt(0.3 * 0.7 / 1e7), 1e-7);
}

static void test_share(void **state)
{
    (void)state;
    const double x[] = {1, 0, NAN, 1, 1};
    summary s = summary_share(x, 5), exact = summary_binomial(3, 4);
    assert_int_equal(s.n, 4);
    assert_close(s.value, 0.75, 0.0);
    assert_close(s.ci_low, exact.ci_low, 0.0);
    assert_close(s.ci_high, exact.ci_high, 0.0);
}

/* R: t.test(extra ~ group, data = sleep): Welch -3.3654832 0.2054832, paired -2.4598858 -0.7001142 */
static void test_difference(void **state)
{
    (void)state;
    const double a[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double b[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    summary welch = summary_difference(a, 10, b, 10), paired = summary_difference_paired(a, b, 10);
    assert_close(welch.value, -1.58, 1e-12);
    assert_close(welch.ci_low, -3.3654832, 5e-8);
    assert_close(welch.ci_high, 0.2054832, 5e-8);
    assert_close(paired.value, -1.58, 1e-12);
    assert_close(paired.ci_low, -2.4598858, 5e-8);
    assert_close(paired.ci_high, -0.7001142, 5e-8);

    const double holes_a[] = {1, NAN, 5, 7}, holes_b[] = {0, 2, NAN, 3};
    summary holes = summary_difference_paired(holes_a, holes_b, 4);
    assert_int_equal(holes.n, 2);
    assert_close(holes.value, 2.5, 0.0);
}

/* R: var(a - b)/(var(a) + var(b)) of the same data is 1.5128889/(3.2005556 + 4.0090000) */
static void test_paired_variance_share(void **state)
{
    (void)state;
    const double a[] = {0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0};
    const double b[] = {1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4};
    assert_close(summary_paired_variance_share(a, b, 10), 1.5128889 / 7.2095556, 5e-8);
    assert_close(summary_paired_variance_share(a, a, 10), 0.0, 1e-15);

    const double holes_a[] = {1, NAN, 5, 7}, holes_b[] = {0, 2, NAN, 3}, same[] = {2, 2, 2};
    assert_close(summary_paired_variance_share(holes_a, holes_b, 4), 4.5 / (18.0 + 4.5), 1e-15);
    assert_true(isnan(summary_paired_variance_share(same, same, 3)));
    assert_true(isnan(summary_paired_variance_share(a, b, 1)));
    assert_true(isnan(summary_paired_variance_share(NULL, NULL, 0)));
}

/* Newcombe 1998, table II: 56/70 against 48/80 by method 10 gives 0.0524 to 0.3339;
 * paired, 20 both, 12 and 2 discordant, 16 neither by method 10: the formula written out in another language gives
 * 0.0561564248 to 0.3292069954 */
static void test_share_difference(void **state)
{
    (void)state;
    double a[80], b[80];
    for (int i = 0; i < 80; i++) {
        a[i] = i < 56;
        b[i] = i < 48;
    }
    summary s = summary_share_difference(a, 70, b, 80);
    assert_close(s.value, 0.2, 1e-12);
    assert_close(s.ci_low, 0.0524, 5e-5);
    assert_close(s.ci_high, 0.3339, 5e-5);

    for (int i = 0; i < 50; i++) {
        a[i] = i < 32;
        b[i] = i < 20 || (i >= 32 && i < 34);
    }
    s = summary_share_difference_paired(a, b, 50);
    assert_int_equal(s.n, 50);
    assert_close(s.value, 0.2, 1e-12);
    assert_close(s.ci_low, 0.0561564248, 5e-10);
    assert_close(s.ci_high, 0.3292069954, 5e-10);

    /* all against none: the interval does not shrink to a point */
    for (int i = 0; i < 20; i++) {
        a[i] = 1;
        b[i] = 0;
    }
    s = summary_share_difference_paired(a, b, 20);
    assert_close(s.value, 1.0, 0.0);
    assert_true(s.ci_low < 0.9);
}

/* R: quantile(c(1, 2, 4, 8, 16), c(0.05, 0.1, 0.5, 0.9, 0.95)) gives 1.2 1.4 4 12.8 14.4 */
static void test_quantile(void **state)
{
    (void)state;
    double x[] = {16, NAN, 1, 8, 2, NAN, 4};
    int64_t n = summary_sort(x, 7);
    assert_int_equal(n, 5);
    assert_close(summary_quantile(x, n, 0.05), 1.2, 1e-14);
    assert_close(summary_quantile(x, n, 0.1), 1.4, 1e-14);
    assert_close(summary_quantile(x, n, 0.5), 4.0, 0.0);
    assert_close(summary_quantile(x, n, 0.9), 12.8, 1e-14);
    assert_close(summary_quantile(x, n, 1.0), 16.0, 0.0);
    assert_true(isnan(summary_quantile(x, 0, 0.5)));
    assert_true(isnan(summary_quantile(x, n, 1.5)));
}

/* a mean near the end of its scale has an interval that stays on it; a narrow one is that of Student's t */
static void test_mean_within(void **state)
{
    (void)state;
    const double few[] = {99.0, 60.0, 98.0, NAN, 97.0}, zero[] = {0.0, 0.0, 0.0};
    assert_true(summary_mean(few, 5).ci_high > 100.0);
    summary s = summary_mean_within(few, 5, 100.0);
    assert_true(s.value == 88.5 && s.n == 4);
    assert_true(s.ci_low > 0.0 && s.ci_low < s.value && s.ci_high > s.value && s.ci_high < 100.0);
    double many[400];
    for (int i = 0; i < 400; i++) many[i] = 50.0 + (i % 2 ? 1.0 : -1.0);
    summary t = summary_mean(many, 400), within = summary_mean_within(many, 400, 100.0);
    assert_true(fabs(within.ci_low - t.ci_low) < 1e-4 && fabs(within.ci_high - t.ci_high) < 1e-4);
    s = summary_mean_within(zero, 3, 100.0);
    assert_true(s.ci_low == 0.0 && s.ci_high == 0.0);
    assert_true(isnan(summary_mean_within(few, 1, 100.0).ci_low));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean_within),
        cmocka_unit_test(test_mean),       cmocka_unit_test(test_binomial),         cmocka_unit_test(test_binomial_large),
        cmocka_unit_test(test_share),      cmocka_unit_test(test_difference), cmocka_unit_test(test_paired_variance_share),       cmocka_unit_test(test_share_difference),
        cmocka_unit_test(test_quantile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
