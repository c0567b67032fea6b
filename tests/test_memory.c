/* Memory: whatever the library makes tables of (what protocols give, who may be treated, evidence, pools of studies, plans, the bench) ends with
 * a status and without a leak when an allocation fails, alone or with all after it; a table that comes nevertheless is the whole one. Runs and
 * stores: test_faults.
 *
 *   test_memory [PATTERN]    of names */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "faults/faults.h"
#include "islet.h"

#define EXAMPLE ISLET_SOURCE_DIR "/examples/zimislecel.yaml"
#define PATIENT ISLET_SOURCE_DIR "/examples/patient.yaml"
#define STUDIES ISLET_SOURCE_DIR "/tests/data/meta/dat.bcg.txt"
#define NETWORK ISLET_SOURCE_DIR "/tests/data/meta/dat.senn2013.txt"
#define EACH 40       /* of the first allocations every one fails, */
#define SAMPLE 120    /* of the others so many, evenly spread */
#define TABLES_MOST 5

static islet_protocol *protocol;

/* ---- what makes tables ---- */

typedef islet_status maker(islet_table *out[TABLES_MOST]);

static islet_status parameters(islet_table *out[TABLES_MOST]) { return islet_params_table(out); }
static islet_status sensitivity(islet_table *out[TABLES_MOST]) { return islet_sensitivity_table(out); }
static islet_status products(islet_table *out[TABLES_MOST]) { return islet_products_table(out); }
static islet_status what_is_given(islet_table *out[TABLES_MOST]) { return islet_protocol_table(protocol, out); }
static islet_status outcomes(islet_table *out[TABLES_MOST]) { return islet_evidence_table("outcomes", NULL, out, NULL); }
static islet_status inputs(islet_table *out[TABLES_MOST]) { return islet_evidence_table("meta_inputs", NULL, out, NULL); }
static islet_status claims(islet_table *out[TABLES_MOST]) { return islet_claims_plan(NULL, NULL, out, NULL); }
static islet_status validation(islet_table *out[TABLES_MOST]) { return islet_validate_plan(NULL, NULL, NULL, &out[0], &out[1], NULL); }
static islet_status calibration(islet_table *out[TABLES_MOST]) { return islet_calibrate_plan(NULL, NULL, NULL, 0, NULL, out, NULL); }

static islet_status screening(islet_table *out[TABLES_MOST])
{
    islet_eligibility state;
    return islet_screen(protocol, PATIENT, 0, NULL, &state, out, NULL);
}

static islet_status pool(islet_table *out[TABLES_MOST])
{
    islet_meta *meta = NULL;
    const islet_status status = islet_meta_run(STUDIES, NULL, &meta, NULL);
    if (status != ISLET_OK) return assert_null(meta), status;
    islet_table **tables[TABLES_MOST] = {&meta->studies, &meta->coefficients, &meta->sensitivity, &meta->subgroups, &meta->left};
    for (int i = 0; i < TABLES_MOST; i++) {
        out[i] = *tables[i];
        *tables[i] = NULL;
    }
    islet_meta_free(meta);
    return status;
}

static islet_status network(islet_table *out[TABLES_MOST])
{
    islet_network *found = NULL;
    const islet_status status = islet_network_run(NETWORK, NULL, &found, NULL);
    if (status != ISLET_OK) return assert_null(found), status;
    islet_table **tables[] = {&found->contrasts, &found->league, &found->left};
    for (int i = 0; i < 3; i++) {
        out[i] = *tables[i];
        *tables[i] = NULL;
    }
    islet_network_free(found);
    return status;
}

/* a clock on which every round is over at once */
static double hurried_s(void)
{
    static double now;
    return now += 1.0;
}

static islet_status bench(islet_table *out[TABLES_MOST])
{
    islet_bench_row rows[1];
    int n = 0;
    (void)out;
    return islet_bench(1, hurried_s, rows, 1, &n);
}

/* ---- what must hold ---- */

static void free_all(islet_table *tables[TABLES_MOST])
{
    for (int i = 0; i < TABLES_MOST; i++) islet_table_free(tables[i]);
}

static void assert_same(islet_table *expected[TABLES_MOST], islet_table *found[TABLES_MOST])
{
    for (int i = 0; i < TABLES_MOST; i++) {
        assert_true((expected[i] == NULL) == (found[i] == NULL));
        if (!expected[i]) continue;
        assert_int_equal(islet_table_rows(found[i]), islet_table_rows(expected[i]));
        assert_int_equal(islet_table_columns(found[i]), islet_table_columns(expected[i]));
        for (int row = 0; row < islet_table_rows(expected[i]); row++)
            for (int column = 0; column < islet_table_columns(expected[i]); column++)
                assert_string_equal(islet_table_cell(found[i], row, column), islet_table_cell(expected[i], row, column));
    }
}

/* What a refusal is called. For lack of memory a shipped file may be taken for one that is not there, a network for one without a solution: both
 * are refused, under another name. */
typedef enum { AS_MEMORY, UNDER_ANY_NAME } refusal;

static void whole_or_refused(const char *what, maker *make, refusal refused)
{
    islet_table *whole[TABLES_MOST] = {NULL};
    assert_int_equal(make(whole), ISLET_OK); /* what is kept for good is made now */
    faults_arm_memory(-1, false);
    islet_table *again[TABLES_MOST] = {NULL};
    assert_int_equal(make(again), ISLET_OK);
    const long all = faults_allocations(), step = all > EACH + SAMPLE ? (all - EACH) / SAMPLE : 1;
    assert_same(whole, again);
    free_all(again);
    long failed = 0, at = 0;
    for (bool more = true; more; at += at < EACH ? 1 : step) {
        islet_table *found[TABLES_MOST] = {NULL};
        const long blocks = faults_live_blocks();
        faults_arm_memory(at, at % 2);
        const islet_status status = make(found);
        more = faults_memory_met();
        faults_arm_memory(-1, false);
        if (refused == AS_MEMORY && status != ISLET_OK && status != ISLET_ERR_MEMORY)
            print_error("%s, allocation %ld: status %d\n", what, at, status);
        assert_true(status == ISLET_OK || status == ISLET_ERR_MEMORY || refused == UNDER_ANY_NAME);
        if (status == ISLET_OK) assert_same(whole, found);
        else for (int i = 0; i < TABLES_MOST; i++) assert_null(found[i]);
        free_all(found);
        if (faults_live_blocks() != blocks) print_error("%s, allocation %ld\n", what, at);
        assert_int_equal(faults_live_blocks(), blocks); /* nothing leaks */
        failed += status != ISLET_OK;
    }
    print_message("%s: %ld allocations, %ld attempts failed\n", what, all, failed);
    assert_true(failed > 0);
    free_all(whole);
}

#define CASE(name, refused)                                                                                                         \
    static void making_##name(void **state)                                                                                         \
    {                                                                                                                               \
        (void)state;                                                                                                                \
        whole_or_refused(#name, name, refused);                                                                                     \
    }
CASE(parameters, AS_MEMORY)
CASE(sensitivity, AS_MEMORY)
CASE(products, AS_MEMORY)
CASE(what_is_given, AS_MEMORY)
CASE(screening, AS_MEMORY)
CASE(outcomes, AS_MEMORY)
CASE(inputs, AS_MEMORY)
CASE(pool, AS_MEMORY)
CASE(network, UNDER_ANY_NAME)
CASE(claims, UNDER_ANY_NAME)
CASE(validation, UNDER_ANY_NAME)
CASE(calibration, UNDER_ANY_NAME)
CASE(bench, AS_MEMORY)

static int set_up(void **state)
{
    (void)state;
    return islet_protocol_read(EXAMPLE, &protocol, NULL) == ISLET_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    islet_protocol_free(protocol);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1) cmocka_set_test_filter(argv[1]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(making_parameters),    cmocka_unit_test(making_sensitivity), cmocka_unit_test(making_products),
        cmocka_unit_test(making_what_is_given), cmocka_unit_test(making_screening),   cmocka_unit_test(making_outcomes),
        cmocka_unit_test(making_inputs),        cmocka_unit_test(making_pool),        cmocka_unit_test(making_network),
        cmocka_unit_test(making_claims),        cmocka_unit_test(making_validation),  cmocka_unit_test(making_calibration),
        cmocka_unit_test(making_bench),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
