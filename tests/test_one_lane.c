/* The equation headers as one-lane C++ give the bits of the C build: in ordinary states and far outside them; and so do whole days of the
 * kernel with groups of one person, which is what a thread of an accelerator runs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/rng.h"
#include "patient/subject.h"
#include "reference/scalar.h"
#include "trial/workload.h"

void one_lane_rhs(const double *kinetics, size_t n_kinetics, const double in[4], const double *x, double *dx);
double one_lane_days(const workload_person *person, const workload_event *calendar, int days, double *trace_mg_dl);

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

#define DAYS 7

static void days_of_one_person_as_in_a_group(void **state)
{
    (void)state;
    static workload_person people[SUBJECT_COUNT];
    static double together[SUBJECT_COUNT][DAYS * BLOCKS_PER_DAY], alone[DAYS * BLOCKS_PER_DAY];
    assert_true(workload_people(true, people));
    workload_event *calendar = workload_calendar(people, SUBJECT_COUNT, DAYS);
    assert_non_null(calendar);
    workload_run(&(workload_method){kernel_find(NULL), 0}, people, SUBJECT_COUNT, DAYS, calendar, together[0]);
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        const double last = one_lane_days(&people[i], calendar + (size_t)i * DAYS * WORKLOAD_EVENTS, DAYS, alone);
        assert_memory_equal(alone, together[i], sizeof alone);
        assert_true(last == alone[DAYS * BLOCKS_PER_DAY - 1]);
    }
    free(calendar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(same_bits_as_the_c_build),
        cmocka_unit_test(days_of_one_person_as_in_a_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
