/* base/lanes.h and base/lanes_math.h: the same bits at every width, and the errors that the header states. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "lanes_unit.h"

#define N (1 << 16)

typedef struct {
    double x[N], y[N], z[N], a[N], b[N];
} arrays;

static arrays *arrays_create(void)
{
    arrays *m = aligned_alloc(64, sizeof *m);
    assert_non_null(m);
    return m;
}

/* A repeatable number in low .. high. */
static double number(uint64_t index, double low, double high)
{
    return low + (high - low) * rng_uniform(1, 0, RNG_population, index);
}

static const double special[] = {0.0, -0.0, 1.0, -1.0, 0.5, NAN, -NAN, INFINITY, -INFINITY, 0x1p-1074, -0x1p-1074, 0x1p-1022, 1e300,
                                 -1e300, 709.0, 709.5, -708.0, -708.5, 710.0, -746.0, 40.0, -40.0, 0.425, 0.925, 0.075};

/* Ordinary numbers, random bit patterns and the special ones in every pairing. */
static void fill(arrays *m)
{
    const int n_special = sizeof special / sizeof special[0];
    double *columns[] = {m->x, m->y, m->z};
    for (int c = 0; c < 3; c++)
        for (int i = 0; i < N; i++) {
            const uint64_t index = (uint64_t)i * 3 + (uint64_t)c;
            const rng_block bits = rng_u32x4(2, 0, RNG_population, index);
            memcpy(&columns[c][i], bits.word, sizeof(double));
            if (i % 4 == 0) columns[c][i] = number(index, -50.0, 50.0);
            if (i % 4 == 1) columns[c][i] = number(index, 0.0, 1.0);
            if (i % 4 == 2) columns[c][i] = number(index, -800.0, 800.0);
        }
    int i = 0;
    for (int j = 0; j < n_special; j++)
        for (int k = 0; k < n_special; k++, i++) {
            m->x[i] = special[j];
            m->y[i] = special[k];
            m->z[i] = special[(j + 2 * k) % n_special];
        }
}

static bool same_bits_or_nan(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0 || (isnan(a) && isnan(b));
}

static const char *const function_name[] = {
#define F(name, expression) #name,
    LANES_UNIT_FUNCTIONS(F)
#undef F
};

static void widths_agree_bit_for_bit(void **state)
{
    (void)state;
    arrays *m = arrays_create();
    fill(m);
    const lanes_unit *units[4];
    const int n_units = lanes_units_here(units);
    for (int f = 0; f < LANES_UNIT_FUNCTION_COUNT; f++) {
        units[0]->apply((lanes_unit_function)f, m->x, m->y, m->z, m->a, N);
        for (int u = 1; u < n_units; u++) {
            units[u]->apply((lanes_unit_function)f, m->x, m->y, m->z, m->b, N);
            for (int i = 0; i < N; i++)
                if (!same_bits_or_nan(m->a[i], m->b[i]))
                    fail_msg("%s(%a, %a, %a): %a at width portable, %a at %s", function_name[f], m->x[i], m->y[i], m->z[i], m->a[i],
                             m->b[i], units[u]->name);
        }
    }
    print_message("%d functions, %d widths, %d arguments: same bits\n", LANES_UNIT_FUNCTION_COUNT, n_units, N);
    free(m);
}

static void masks_count_the_same(void **state)
{
    (void)state;
    arrays *m = arrays_create();
    const lanes_unit *units[4];
    const int n_units = lanes_units_here(units);
    int negative = 0;
    for (int i = 0; i < N; i++) {
        m->x[i] = i / 8 % 3 == 0 ? -1.0 : i / 8 % 3 == 1 ? 1.0 : number((uint64_t)i, -1.0, 1.0);
        negative += m->x[i] < 0.0;
    }
    for (int u = 0; u < n_units; u++) {
        int any, any_bit, all, single, any_expected = 0, all_expected = 0;
        units[u]->count_negative(m->x, N, &any, &any_bit, &all, &single);
        for (int i = 0; i < N; i += units[u]->width) {
            int count = 0;
            for (int lane = 0; lane < units[u]->width; lane++) count += m->x[i + lane] < 0.0;
            any_expected += count > 0;
            all_expected += count == units[u]->width;
        }
        assert_int_equal(single, negative);
        assert_int_equal(any, any_expected);
        assert_int_equal(any_bit, any_expected);
        assert_int_equal(all, all_expected);
    }
    free(m);
}

/* Largest |found - exact| / unit(exact) of a function of x over low .. high. */
typedef long double (*exact_function)(long double x, long double y);
typedef long double (*error_unit)(long double exact);

static long double ulp(long double exact)
{
    const double near = (double)fabsl(exact);
    return nextafter(near, INFINITY) - near;
}
static long double relative(long double exact) { return fabsl(exact); }

static double worst_error(lanes_unit_function f, exact_function exact, error_unit unit, double low, double high)
{
    arrays *m = arrays_create();
    long double worst = 0.0L;
    for (int i = 0; i < N; i++) {
        m->x[i] = number((uint64_t)i, low, high);
        m->y[i] = number((uint64_t)i + N, low, high);
        m->z[i] = 0.0;
    }
    lanes_unit_portable.apply(f, m->x, m->y, m->z, m->a, N);
    for (int i = 0; i < N; i++) {
        const long double truth = exact(m->x[i], m->y[i]);
        const long double error = fabsl(m->a[i] - truth) / unit(truth);
        if (!(error <= worst)) worst = error;
    }
    free(m);
    print_message("%-22s %9.3g .. %-9.3g worst error %.3Lg\n", function_name[f], low, high, worst);
    return (double)worst;
}

static long double exact_exp(long double x, long double y) { return (void)y, expl(x); }
static long double exact_exp2(long double x, long double y) { return (void)y, exp2l(x); }
static long double exact_log(long double x, long double y) { return (void)y, logl(x); }
static long double exact_pow(long double x, long double y) { return powl(x, y); }

static void errors_are_as_stated(void **state)
{
    (void)state;
    assert_true(worst_error(LANES_UNIT_exp, exact_exp, ulp, -1.0, 1.0) < 1.2);
    assert_true(worst_error(LANES_UNIT_exp, exact_exp, ulp, -708.0, 709.0) < 1.2);
    assert_true(worst_error(LANES_UNIT_exp2_fast, exact_exp2, relative, -1.0, 1.0) < 6e-9);
    assert_true(worst_error(LANES_UNIT_exp2_fast, exact_exp2, relative, -1000.0, 1000.0) < 6e-9);
    assert_true(worst_error(LANES_UNIT_log, exact_log, ulp, 0.9, 1.1) < 1.0);
    assert_true(worst_error(LANES_UNIT_log, exact_log, ulp, 0x1p-1022, 10.0) < 1.0);
    assert_true(worst_error(LANES_UNIT_log, exact_log, ulp, 0.1, 1e300) < 1.0);
    assert_true(worst_error(LANES_UNIT_pow, exact_pow, relative, 0.2, 6.0) < 2e-16 * (1.0 + 6.0 * log(6.0)));
}

/* The quantile put back into the distribution function: z = z0 + (P(z0) - p) / density; p down to exp(lowest). */
static long double worst_quantile(lanes_unit_function quantile, double lowest)
{
    arrays *m = arrays_create();
    long double worst = 0.0L;
    for (int i = 0; i < N; i++) {
        m->x[i] = i % 2 ? number((uint64_t)i, 0.0, 1.0) : exp(number((uint64_t)i, lowest, -0.7));
        m->y[i] = m->z[i] = 0.0;
    }
    lanes_unit_portable.apply(quantile, m->x, m->y, m->z, m->a, N);
    for (int i = 0; i < N; i++) {
        const long double p = m->x[i], z = m->a[i];
        const long double below = 0.5L * erfcl(-z * sqrtl(0.5L)), above = 0.5L * erfcl(z * sqrtl(0.5L));
        const long double density = expl(-0.5L * z * z) * 0.398942280401432677939946L;
        const long double miss = p < 0.5L ? below - p : (1.0L - p) - above;
        const long double error = fabsl(miss) / density / fmaxl(1.0L, fabsl(z));
        if (!(error <= worst)) worst = error;
    }
    print_message("%s: worst error %.3Lg * max(1, |z|)\n", function_name[quantile], worst);
    free(m);
    return worst;
}

static void normal_quantile_inverts_the_distribution(void **state)
{
    (void)state;
    assert_true(worst_quantile(LANES_UNIT_normal_from_uniform, -700.0) < 1e-15L);
    assert_true(worst_quantile(LANES_UNIT_normal_fast, -36.0) < 2e-7L); /* 2^-52 */
}

static double one(lanes_unit_function f, double x, double y)
{
    _Alignas(64) double xs[8], ys[8], zs[8] = {0}, out[8];
    for (int i = 0; i < 8; i++) xs[i] = x, ys[i] = y;
    lanes_unit_portable.apply(f, xs, ys, zs, out, 8);
    return out[7];
}

/* Arguments outside a domain are held at its edge; a NaN stays one. */
static void edges_are_held(void **state)
{
    (void)state;
    assert_true(one(LANES_UNIT_exp, 0.0, 0.0) == 1.0);
    assert_true(one(LANES_UNIT_exp2_fast, 0.0, 0.0) == 1.0);
    assert_true(one(LANES_UNIT_exp, INFINITY, 0.0) == one(LANES_UNIT_exp, 709.0, 0.0));
    assert_true(isfinite(one(LANES_UNIT_exp, INFINITY, 0.0)));
    assert_true(one(LANES_UNIT_exp, -INFINITY, 0.0) == one(LANES_UNIT_exp, -708.0, 0.0));
    assert_true(isnormal(one(LANES_UNIT_exp, -INFINITY, 0.0)));
    assert_true(one(LANES_UNIT_log, 1.0, 0.0) == 0.0);
    assert_true(one(LANES_UNIT_log, -5.0, 0.0) == one(LANES_UNIT_log, 0x1p-1022, 0.0));
    assert_true(fabs(one(LANES_UNIT_log, INFINITY, 0.0) - 1024.0 * log(2.0)) < 1e-12);
    assert_true(one(LANES_UNIT_normal_from_uniform, 0.5, 0.0) == 0.0);
    assert_true(one(LANES_UNIT_normal_from_uniform, 0.0, 0.0) < -37.0);
    assert_true(one(LANES_UNIT_normal_from_uniform, 1.0, 0.0) > 37.0);
    const lanes_unit_function pass_nan[] = {LANES_UNIT_exp, LANES_UNIT_log, LANES_UNIT_normal_from_uniform, LANES_UNIT_clamp, LANES_UNIT_pow};
    for (size_t i = 0; i < sizeof pass_nan / sizeof pass_nan[0]; i++)
        if (!isnan(one(pass_nan[i], NAN, 0.5))) fail_msg("%s(NaN) is a number", function_name[pass_nan[i]]);

    /* lanes_min and lanes_max answer their second argument where either is a NaN */
    assert_true(one(LANES_UNIT_min, NAN, 3.0) == 3.0 && isnan(one(LANES_UNIT_min, 3.0, NAN)));
    assert_true(one(LANES_UNIT_max, NAN, 3.0) == 3.0 && isnan(one(LANES_UNIT_max, 3.0, NAN)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths_agree_bit_for_bit),
        cmocka_unit_test(masks_count_the_same),
        cmocka_unit_test(errors_are_as_stated),
        cmocka_unit_test(normal_quantile_inverts_the_distribution),
        cmocka_unit_test(edges_are_held),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
