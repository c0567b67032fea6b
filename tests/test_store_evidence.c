/* Published outcomes in a store: what is written is read again as it was shipped; an altered row is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "own_folder.h"
#include "store/evidence.h"
#include "synthetic.h"

#define STORE "run.db"

static int clean(void **state)
{
    (void)state;
    unlink(STORE);
    unlink(STORE ".part");
    return 0;
}

static bool same_number(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

static void test_round_trip(void **state)
{
    (void)state;
    islet_store *store;
    evidence_rows shipped, kept;
    assert_int_equal(synthetic_store(STORE, "t", 4, 2, false, NULL), ISLET_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(evidence_shipped(&shipped, NULL), ISLET_OK);
    assert_int_equal(store_evidence_read(store, &kept, NULL), ISLET_OK);
    assert_int_equal(kept.n, shipped.n);
    for (int i = 0; i < kept.n; i++) {
        const evidence_row *a = &kept.rows[i], *b = &shipped.rows[i];
        const char *const texts[][2] = {{a->trial, b->trial},
                                        {a->group, b->group},
                                        {a->arm, b->arm},
                                        {a->protocol, b->protocol},
                                        {a->arm_role, b->arm_role},
                                        {a->part_of, b->part_of},
                                        {a->cell_type, b->cell_type},
                                        {a->population, b->population},
                                        {a->product, b->product},
                                        {a->regimen, b->regimen},
                                        {a->citation, b->citation},
                                        {a->source, b->source},
                                        {a->note, b->note},
                                        {a->endpoint.key, b->endpoint.key}};
        const double numbers[][2] = {{a->n, b->n},
                                     {a->value, b->value},
                                     {a->sd, b->sd},
                                     {a->se, b->se},
                                     {a->ci_low, b->ci_low},
                                     {a->ci_high, b->ci_high},
                                     {a->events, b->events},
                                     {a->q1, b->q1},
                                     {a->q3, b->q3},
                                     {a->n_arm, b->n_arm},
                                     {a->dose_cells, b->dose_cells}};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) assert_string_equal(texts[t][0], texts[t][1]);
        for (size_t t = 0; t < sizeof numbers / sizeof *numbers; t++)
            assert_true(same_number(numbers[t][0], numbers[t][1]));
        assert_true(a->role == b->role && a->statistic == b->statistic && a->day == b->day &&
                    a->endpoint.id == b->endpoint.id);
    }
    evidence_free(&kept);
    evidence_free(&shipped);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
}

static void test_altered(void **state)
{
    (void)state;
    static const char *const changes[] = {"UPDATE evidence SET endpoint = 'x' WHERE fact = 3",
                                          "UPDATE evidence SET day = -1 WHERE fact = 3",
                                          "UPDATE evidence SET statistic = 'x' WHERE fact = 3"};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        islet_store *store;
        evidence_rows kept;
        sqlite3 *db;
        islet_problems *problems = islet_problems_create();
        assert_int_equal(synthetic_store(STORE, "t", 4, 2, false, NULL), ISLET_OK);
        assert_int_equal(sqlite3_open(STORE, &db), SQLITE_OK);
        assert_int_equal(sqlite3_exec(db, changes[i], NULL, NULL, NULL), SQLITE_OK);
        assert_int_equal(sqlite3_close(db), SQLITE_OK);
        assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
        assert_int_equal(store_evidence_read(store, &kept, problems), ISLET_ERR_STORE);
        assert_true(kept.n == 0 && !kept.rows && islet_problems_error_count(problems) == 1);
        assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
        islet_problems_free(problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_round_trip, clean, clean),
        cmocka_unit_test_setup_teardown(test_altered, clean, clean),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, NULL, NULL));
}
