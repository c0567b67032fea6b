/* base/rng.h, base/rng_lanes.h and patient/draw.h: known answers, scalar and vector draws equal bit for bit, laws of the draws. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "lanes_unit.h"
#include "patient/draw.h"

#define N_DRAWS 1000000

/* tests/data/rng/random123_kat_vectors.txt: "philox4x32 ROUNDS counter*4 key*2 expected*4" */
static void philox_gives_the_known_answers(void **state)
{
    (void)state;
    FILE *file = fopen(ISLET_SOURCE_DIR "/tests/data/rng/random123_kat_vectors.txt", "r");
    assert_non_null(file);
    char line[512];
    int n_checked = 0;
    while (fgets(line, sizeof line, file)) {
        unsigned rounds, c[4], k[2], want[4];
        if (sscanf(line, "philox4x32 %u %x %x %x %x %x %x %x %x %x %x", &rounds, &c[0], &c[1], &c[2], &c[3], &k[0], &k[1], &want[0],
                   &want[1], &want[2], &want[3]) != 11 ||
            rounds != PHILOX_ROUNDS)
            continue;
        const rng_block got = rng_philox((rng_block){{c[0], c[1], c[2], c[3]}}, k[0], k[1]);
        for (int w = 0; w < 4; w++) assert_int_equal(got.word[w], want[w]);
        n_checked++;
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(n_checked, 3);
}

/* Where (seed, patient, stream, index) go in key and counter: old results depend on it. */
static void counter_keeps_its_layout(void **state)
{
    (void)state;
    const rng_block a = rng_u32x4(0x1111222233334444u, 0x555566667777u, RNG_meals, 0x88889999aaaabbbbu);
    const rng_block b = rng_philox((rng_block){{0xaaaabbbbu, 0x88889999u, 0x66667777u, (unsigned)RNG_meals << 16 | 0x5555u}}, 0x33334444u,
                                   0x11112222u);
    assert_memory_equal(&a, &b, sizeof a);
    assert_int_equal(RNG_population, 0);
    assert_int_equal(RNG_meals, 2);
}

static void lanes_draw_the_scalar_numbers(void **state)
{
    (void)state;
    enum { N = 4096 };
    static _Alignas(64) uint64_t patient[N];
    static _Alignas(64) double out[N];
    const lanes_unit *units[4];
    const int n_units = lanes_units_here(units);
    const uint64_t seeds[] = {0, 1, 0xfedcba9876543210u}, indices[] = {0, 77, 0x123456789abcdef0u};
    for (int i = 0; i < N; i++) patient[i] = i % 2 ? RNG_PATIENT_MAX - (uint64_t)i * 1000003u : (uint64_t)i;

    for (int u = 0; u < n_units; u++)
        for (int s = 0; s < 3; s++)
            for (int what = LANES_UNIT_uniform; what <= LANES_UNIT_normal_second; what++) {
                const rng_stream stream = s == 2 ? RNG_sensor : RNG_population;
                units[u]->draw((lanes_unit_draw)what, seeds[s], patient, stream, indices[s], out, N);
                for (int i = 0; i < N; i++) {
                    const rng_block b = rng_u32x4(seeds[s], patient[i], stream, indices[s]);
                    double pair[2];
                    rng_normal_pair(seeds[s], patient[i], stream, indices[s], pair);
                    const double want[] = {rng_uniform(seeds[s], patient[i], stream, indices[s]),
                                           rng_uniform_from_words(b.word[2], b.word[3]),
                                           rng_normal(seeds[s], patient[i], stream, indices[s]), pair[1]};
                    if (memcmp(&out[i], &want[what], sizeof(double)) != 0)
                        fail_msg("draw %d of patient %d: %a by %s, %a scalar", what, i, out[i], units[u]->name, want[what]);
                    if (what == LANES_UNIT_normal) assert_true(pair[0] == want[LANES_UNIT_normal]);
                }
            }
}

static void uniform_stays_inside_the_open_interval(void **state)
{
    (void)state;
    assert_true(rng_uniform_from_words(0, 0) == 0x1p-53);
    assert_true(rng_uniform_from_words(UINT32_MAX, UINT32_MAX) == 1.0 - 0x1p-53);
    assert_true(rng_uniform_from_words(0, 0x80000000u) == 0.5 + 0x1p-53);
}

/* A count of a binomial law, or a mean, in standard errors from its expectation. The draws are fixed by the seed, so
 * the bound of 4 is met or not once and for all. */
static void check_z(const char *what, double found, double expected, double standard_error)
{
    const double z = (found - expected) / standard_error;
    print_message("%-34s %.8g, expected %.8g, z %+.2f\n", what, found, expected, z);
    assert_true(fabs(z) < 4.0);
}

/* Draws in the two directions a run goes: many patients at one index, many indices of one patient. */
static void normals_follow_their_law(void **state)
{
    (void)state;
    for (int direction = 0; direction < 2; direction++) {
        double sum = 0.0, sum2 = 0.0, sum3 = 0.0, sum4 = 0.0, neighbours = 0.0, last = 0.0;
        double tail[3] = {0.0};
        const double edge[3] = {1.0, 3.0, 4.0}, tail_p[3] = {0.158655253931457051, 1.34989803163009453e-3, 3.16712418331199213e-5};
        for (int i = 0; i < N_DRAWS; i++) {
            const uint64_t patient = direction ? 12345 : (uint64_t)i, index = direction ? (uint64_t)i : 7;
            const double z = rng_normal(20261121, patient, RNG_sensor, index);
            sum += z, sum2 += z * z, sum3 += z * z * z, sum4 += z * z * z * z;
            neighbours += z * last;
            last = z;
            for (int t = 0; t < 3; t++) tail[t] += z > edge[t], tail[t] += z < -edge[t];
        }
        const double n = N_DRAWS;
        check_z("mean", sum / n, 0.0, sqrt(1.0 / n));
        check_z("second moment", sum2 / n, 1.0, sqrt(2.0 / n));
        check_z("third moment", sum3 / n, 0.0, sqrt(15.0 / n));
        check_z("fourth moment", sum4 / n, 3.0, sqrt(96.0 / n));
        check_z("product of neighbours", neighbours / n, 0.0, sqrt(1.0 / n));
        for (int t = 0; t < 3; t++) {
            const double p = 2.0 * tail_p[t];
            check_z("beyond 1, 3, 4", tail[t], n * p, sqrt(n * p * (1.0 - p)));
        }
    }
}

static void uniforms_fill_their_cells(void **state)
{
    (void)state;
    enum { CELLS = 100 };
    double count[CELLS] = {0.0}, chi2 = 0.0, both = 0.0;
    for (int i = 0; i < N_DRAWS; i++) {
        const rng_block b = rng_u32x4(3, (uint64_t)i, RNG_meals, 0);
        const double u = rng_uniform_from_words(b.word[0], b.word[1]), v = rng_uniform_from_words(b.word[2], b.word[3]);
        count[(int)(u * CELLS)] += 1.0;
        both += (u - 0.5) * (v - 0.5);
    }
    const double expected = (double)N_DRAWS / CELLS;
    for (int c = 0; c < CELLS; c++) chi2 += (count[c] - expected) * (count[c] - expected) / expected;
    check_z("chi-square of 100 cells", chi2, CELLS - 1.0, sqrt(2.0 * (CELLS - 1.0)));
    check_z("covariance of the two halves", both / N_DRAWS, 0.0, sqrt(1.0 / 144.0 / N_DRAWS));
}

/* mean and variance of N numbers against the law's; fourth_moment is that about the mean */
static void check_law(const char *law, const double *x, int n, double mean, double variance, double fourth_moment)
{
    double sum = 0.0, squares = 0.0;
    char what[80];
    for (int i = 0; i < n; i++) sum += x[i], squares += (x[i] - mean) * (x[i] - mean);
    snprintf(what, sizeof what, "mean of %s", law);
    check_z(what, sum / n, mean, sqrt(variance / n));
    snprintf(what, sizeof what, "variance of %s", law);
    check_z(what, squares / n, variance, sqrt((fourth_moment - variance * variance) / n));
}

/* Laws with the moments that their textbooks give: log-normal w = 1 + cv^2; gamma of shape a and mean 1; Poisson. */
static void draws_of_people_follow_their_laws(void **state)
{
    (void)state;
    enum { N = 200000 };
    double *x = malloc(N * sizeof *x);
    assert_non_null(x);

    const double mean = 3.0, cv = 0.3, w = 1.0 + cv * cv, variance = mean * mean * cv * cv;
    for (int i = 0; i < N; i++) {
        draw d = draw_from(4, (uint64_t)i, RNG_meals, 0);
        x[i] = draw_lognormal(&d, mean, cv);
    }
    check_law("log-normal", x, N, mean, variance, variance * variance * (w * w * w * w + 2.0 * w * w * w + 3.0 * w * w - 3.0));
    for (int i = 0; i < N; i++) {
        draw d = draw_from(4, (uint64_t)i, RNG_meals, 1);
        x[i] = log(draw_log_sd(&d, 0.5));
    }
    check_law("log of log-normal", x, N, 0.0, 0.25, 3.0 * 0.0625);

    const double variances[] = {0.2, 1.0, 2.5}; /* shapes 5, 1 and 0.4 */
    for (int v = 0; v < 3; v++) {
        for (int i = 0; i < N; i++) {
            draw d = draw_from(5, (uint64_t)i, RNG_population, (uint64_t)v);
            x[i] = draw_gamma_mean_one(&d, variances[v]);
        }
        check_law("gamma", x, N, 1.0, variances[v], 3.0 * variances[v] * variances[v] * (1.0 + 2.0 * variances[v]));
    }
    const double means[] = {0.05, 2.5, 60.0}; /* the last in pieces */
    for (int m = 0; m < 3; m++) {
        double zeros = 0.0, p0 = exp(-means[m]);
        for (int i = 0; i < N; i++) {
            draw d = draw_from(5, (uint64_t)i, RNG_severe_hypo, (uint64_t)m);
            x[i] = draw_poisson(&d, means[m]);
            zeros += x[i] == 0.0;
        }
        check_law("Poisson", x, N, means[m], means[m], means[m] * (1.0 + 3.0 * means[m]));
        if (m < 2) check_z("Poisson zeros", zeros, N * p0, sqrt(N * p0 * (1.0 - p0)));
    }
    free(x);

    draw d = draw_from(6, 0, RNG_harms, 0);
    assert_true(draw_gamma_mean_one(&d, 0.0) == 1.0);
    assert_int_equal(draw_poisson(&d, 0.0), 0);
    assert_int_equal(draw_poisson(&d, NAN), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_known_answers),
        cmocka_unit_test(counter_keeps_its_layout),
        cmocka_unit_test(lanes_draw_the_scalar_numbers),
        cmocka_unit_test(uniform_stays_inside_the_open_interval),
        cmocka_unit_test(normals_follow_their_law),
        cmocka_unit_test(uniforms_fill_their_cells),
        cmocka_unit_test(draws_of_people_follow_their_laws),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
