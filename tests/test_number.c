/* Numbers as text: against the C library's own reader and writer on many doubles, and the texts that must be refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/rng.h"

#define TRIES 20000

static uint64_t random_bits(uint64_t index)
{
    rng_block b = rng_u32x4(7, 1, RNG_population, index);
    return (uint64_t)b.word[0] << 32 | b.word[1];
}

static double double_of(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static bool same(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

static double read_or_nan(const char *text)
{
    double value;
    return number_read(text, strlen(text), &value) ? value : NAN;
}

/* any bits; numbers of daily size; whole numbers; subnormal numbers; powers of two */
static double sample(uint64_t i)
{
    uint64_t bits = random_bits(i);
    switch (i % 5) {
    case 0: return double_of(bits);
    case 1: return (double)(int64_t)(bits >> 20) * 1e-6;
    case 2: return (double)(bits >> 10);
    case 3: return double_of(bits & 0xfffffffffffff);
    default: return ldexp(1.0, (int)(bits % 2098) - 1074);
    }
}

static void written_numbers_read_back(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < TRIES; i++) {
        double value = sample(i);
        if (!isfinite(value)) continue;
        char text[NUMBER_TEXT], libc[64];
        number_write(value, text);
        if (!same(read_or_nan(text), value) || !same(strtod(text, NULL), value)) fail_msg("%.17g was written as %s", value, text);

        /* no shorter text reads back: the C library's at one digit less does not */
        int digits = 0;
        for (const char *p = text; *p && *p != 'e'; p++) digits += *p >= '0' && *p <= '9' && (digits || *p != '0');
        while (digits > 1 && strtod(libc, (snprintf(libc, sizeof libc, "%.*e", digits - 2, value), NULL)) == value) {
            if (!strchr(text, '.') && !strchr(text, 'e')) break; /* a whole number shows its zeros */
            fail_msg("%s is shorter than %s", libc, text);
        }
    }
}

static void reading_equals_the_c_library(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < TRIES; i++) {
        /* 1 to 40 digits, a point somewhere, an exponent */
        char text[128];
        int n = 0, digits = 1 + (int)(random_bits(10 * i) % 40), point = (int)(random_bits(10 * i + 1) % 40);
        if (i % 2) text[n++] = '-';
        if (point == 0) n += snprintf(text + n, sizeof text - (size_t)n, "0");
        for (int k = 0; k < digits; k++) {
            if (k == point) text[n++] = '.';
            char digit = (char)('0' + random_bits(10 * i + 2 + (uint64_t)k / 16) / ((uint64_t)1 << 4 * (k % 16)) % 10);
            text[n++] = k == 0 && point && digit == '0' ? '1' : digit;
        }
        int exponent = (int)(random_bits(10 * i + 7) % 640) - 330;
        if (i % 3) snprintf(text + n, sizeof text - (size_t)n, "e%d", i % 3 == 1 ? exponent : exponent / 20);
        else text[n] = '\0';
        double value = 0.0, expected = strtod(text, NULL);
        bool read = number_read(text, strlen(text), &value);
        if (read != (isfinite(expected) != 0) || (read && !same(value, expected))) fail_msg("%s was read as %.17g", text, value);
    }
}

/* The exact middle between two doubles, and a hair beside it. */
static void halfway_goes_to_even(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 2000; i++) {
        double low = fabs(sample(i));
        if (!(low < 1e300)) continue;
        double high = nextafter(low, INFINITY);
        char text[1600];
        /* middle = low + half a step, exact in long double's 64 bits unless subnormal */
        long double middle = ((long double)low + (long double)high) / 2;
        int n = snprintf(text, sizeof text, "%.1200Lf", middle);
        assert_true(n > 0 && n < (int)sizeof text - 2);
        assert_true(same(read_or_nan(text), strtod(text, NULL)));
        text[n] = '1';
        text[n + 1] = '\0';
        assert_true(same(read_or_nan(text), high));
    }
}

static void fixed_equals_the_c_library(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < TRIES; i++) {
        double value = i % 2 ? sample(5 * i + 1) : (double)(int)(random_bits(i) % 100000) / 32.0; /* ties */
        if (i % 4 == 0) value = -value;
        if (!(fabs(value) < 1e15)) continue;
        int digits = (int)(i % 7);
        char text[NUMBER_TEXT], libc[64];
        number_write_fixed(value, digits, text);
        snprintf(libc, sizeof libc, "%.*f", digits, value);
        const char *expected = libc[0] == '-' && strspn(libc, "-0.") == strlen(libc) ? libc + 1 : libc;
        assert_string_equal(text, expected);
    }
}

static void known_texts(void **state)
{
    (void)state;
    static const struct { double value; const char *text; } row[] = {
        {0.0, "0"}, {-0.0, "-0"}, {1.0, "1"}, {0.1, "0.1"}, {250.621836, "250.621836"}, {1e-5, "1e-5"}, {0.0001, "0.0001"},
        {8e8, "800000000"}, {1e23, "1e23"}, {5e-324, "5e-324"}, {1.7976931348623157e308, "1.7976931348623157e308"},
        {0x1p-44, "5.684341886080802e-14"}, {9007199254740993.0, "9.007199254740992e15"}, {1.0 / 3.0, "0.3333333333333333"},
        {NAN, ""}, {INFINITY, ""}};
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char text[NUMBER_TEXT];
        number_write(row[i].value, text);
        assert_string_equal(text, row[i].text);
    }
    assert_true(same(read_or_nan("1e-05"), 1e-5) && same(read_or_nan("0.8e9"), 8e8) && same(read_or_nan("1e+3"), 1000.0));
}

static void refused_texts(void **state)
{
    (void)state;
    static const char *const text[] = {"", "-", "+1", "01", "-01", "0100", "1_00", "3:00", ".5", "1.", "1.e5", "1e", "1e+", "0x10",
                                       "inf", "nan", ".inf", "1,5", " 1", "1 ", "1e309", "1e400", "-1e999999999999", "1E5",
                                       "1e5.0", "--1", "0,5", "1\xc2\xa0", "\xd9\xa1"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) {
        double value = 7.0;
        if (number_read(text[i], strlen(text[i]), &value)) fail_msg("'%s' was read as %g", text[i], value);
        assert_true(value == 7.0);
    }
    double value;
    assert_false(number_read("1\0002", 3, &value));
    assert_true(number_read("1e-400", 6, &value) && value == 0.0);
}

static void whole_numbers_to_64_bits(void **state)
{
    (void)state;
    uint64_t value = 3;
    assert_true(number_read_u64("18446744073709551615", 20, &value) && value == UINT64_MAX);
    assert_true(number_read_u64("0", 1, &value) && value == 0);
    static const char *const text[] = {"", "-1", "+1", "01", "1.0", "1e3", "18446744073709551616", "99999999999999999999", "1 "};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++) assert_false(number_read_u64(text[i], strlen(text[i]), &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_texts),          cmocka_unit_test(refused_texts),
        cmocka_unit_test(whole_numbers_to_64_bits), cmocka_unit_test(written_numbers_read_back),
        cmocka_unit_test(reading_equals_the_c_library), cmocka_unit_test(halfway_goes_to_even),
        cmocka_unit_test(fixed_equals_the_c_library),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
