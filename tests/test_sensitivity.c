/* Sensitivity: Sobol indices against a closed form, and the ranking of the shipped screening. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/params.h"
#include "base/rng.h"
#include "evidence/sensitivity.h"
#include "stats/sobol_index.h"
#include "therapy/parameter_set.h"

#define POINTS 20000

/* y = x1 + 2 x2 + x1 x3, inputs uniform on -1..1: variances 1/3, 4/3, 1/9, in all 16/9 */
static double model(const double *x)
{
    return x[0] + 2.0 * x[1] + x[0] * x[2];
}

static void test_indices(void **state)
{
    (void)state;
    static double a[POINTS], b[POINTS], ab[POINTS];
    const double first[3] = {3.0 / 16, 12.0 / 16, 0.0}, total[3] = {4.0 / 16, 12.0 / 16, 1.0 / 16};
    for (int i = 0; i < 3; i++) {
        for (int k = 0; k < POINTS; k++) {
            double at[3], other[3], mixed[3];
            for (int c = 0; c < 3; c++) {
                at[c] = 2.0 * rng_uniform(1, (uint64_t)k, RNG_assay, (uint64_t)c) - 1.0;
                other[c] = 2.0 * rng_uniform(2, (uint64_t)k, RNG_assay, (uint64_t)c) - 1.0;
                mixed[c] = c == i ? other[c] : at[c];
            }
            a[k] = model(at);
            b[k] = model(other);
            ab[k] = model(mixed);
        }
        double alone, all;
        assert_true(sobol_index_of(a, b, ab, POINTS, &alone, &all));
        assert_true(fabs(alone - first[i]) < 0.03);
        assert_true(fabs(all - total[i]) < 0.03);
    }
    for (int k = 0; k < POINTS; k++) a[k] = b[k] = ab[k] = 3.0;
    double alone, all;
    assert_false(sobol_index_of(a, b, ab, POINTS, &alone, &all)); /* what does not vary has no indices */
}

/* every ranked name is a parameter; the strongest come first and move an end point */
static void test_shipped(void **state)
{
    (void)state;
    sensitivity_rank *ranks;
    int n, parameters = 0;
    assert_int_equal(sensitivity_ranks(&ranks, &n, NULL), ISLET_OK);
    for (const param_info *p = islet_param_info; p->key; p++) parameters++;
    assert_true(n > parameters / 2);
    for (int i = 0; i < n; i++) {
        parameter_target target;
        if (!parameter_find(ranks[i].parameter, &target)) fail_msg("'%s' is no parameter any more; make sensitivity", ranks[i].parameter);
        if (i > 0) assert_true(ranks[i].effect <= ranks[i - 1].effect);
        assert_true(ranks[i].standing[0] && ranks[i].moves[0]);
    }
    assert_true(ranks[0].effect > 0.2 && ranks[4].effect > 0.05);
    free(ranks);
    islet_table *table = NULL;
    assert_int_equal(islet_sensitivity_table(&table), ISLET_OK);
    assert_int_equal(islet_table_rows(table), n);
    assert_true(islet_table_cell(table, 0, 4)[0] != 0); /* the leading one has Sobol indices */
    islet_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_indices), cmocka_unit_test(test_shipped)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
