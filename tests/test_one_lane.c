/* The equation headers as one-lane C++ give the bits of the C build: in ordinary states and far outside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "patient/subject.h"
#include "reference/scalar.h"
#include "trial/workload.h"

void one_lane_rhs(const double *kinetics, size_t n_kinetics, const double in[4], const double *x, double *dx);

#define SEED 7
#define STATES_A_PERSON 2000

static void same_bits_as_the_c_build(void **state)
{
    (void)state;
    workload_person people[SUBJECT_COUNT];
    assert_true(workload_people(true, people));
    long differ = 0, moving = 0;
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        scalar_equations *c = scalar_create(&people[i].kinetics, NULL);
        assert_non_null(c);
        for (uint64_t n = 0; n < STATES_A_PERSON; n++) {
            double x[MINUTE_STATES], by_c[MINUTE_STATES], by_cpp[MINUTE_STATES], z[2];
            for (int s = 0; s < MINUTE_STATES; s++) { /* from nothing to many times the basal state */
                rng_normal_pair(SEED, (uint64_t)i, RNG_meals, n * MINUTE_STATES + (uint64_t)s, z);
                x[s] = z[0] * z[0] * (people[i].start[s] + 10.0);
            }
            rng_normal_pair(SEED, (uint64_t)i, RNG_bolus, n, z);
            const double eaten_mg = n % 3 ? 50000.0 * z[0] * z[0] : 0.0;
            const scalar_input in = {n % 2 ? 5000.0 : 0.0, z[1] * z[1], 0.1 * z[1] * z[1], eaten_mg};
            x[MINUTE_qs1] *= eaten_mg / 50.0;
            x[MINUTE_qs2] *= eaten_mg / 50.0;
            scalar_set_input(c, &in);
            scalar_rhs(c, x, by_c);
            one_lane_rhs((const double *)&people[i].kinetics, sizeof(kinetics) / sizeof(double),
                         (const double[4]){in.meal_mg_per_min, in.rapid_pmol_kg_min, in.depot_pmol_kg_min, in.stomach_dose_mg}, x, by_cpp);
            differ += memcmp(by_c, by_cpp, sizeof by_c) != 0;
            moving += by_c[MINUTE_gp] != 0.0;
        }
        scalar_free(c);
    }
    assert_int_equal(differ, 0);
    assert_true(moving > SUBJECT_COUNT * STATES_A_PERSON / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same_bits_as_the_c_build)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
