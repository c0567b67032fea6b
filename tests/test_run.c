/* A whole run into a store: the same content for any number of threads and engine, interruption, bad use. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "own_folder.h"
#include "store/store.h"

#define STORE "run.db"
#define EXAMPLE ISLET_SOURCE_DIR "/examples/zimislecel.yaml"
#define PEOPLE 10 /* a last batch that is not full */

static islet_protocol *example;

static int set_up(void **state)
{
    (void)state;
    return islet_protocol_read(EXAMPLE, &example, NULL) == ISLET_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    islet_protocol_free(example);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    unlink(STORE);
    unlink(STORE ".part");
    return 0;
}

static double number(islet_store *store, const char *sql)
{
    sqlite3_stmt *query;
    if (sqlite3_prepare_v2(store->db, sql, -1, &query, NULL) != SQLITE_OK) fail_msg("%s", sqlite3_errmsg(store->db));
    assert_int_equal(sqlite3_step(query), SQLITE_ROW);
    double value = sqlite3_column_double(query, 0);
    sqlite3_finalize(query);
    return value;
}

static void run_and_hash(islet_run_options options, char hash[ISLET_HASH_TEXT])
{
    islet_store *store;
    options.patients = PEOPLE;
    options.years = 0.25;
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_OK);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_store_hash(store, hash), ISLET_OK);
    /* one row of the protocol's visits and of every day for everybody; the text of the protocol itself */
    assert_true(number(store, "SELECT count(*) FROM patient") == PEOPLE * (options.independent_arms ? 2 : 1));
    assert_true(number(store, "SELECT count(DISTINCT day) * 2 * 10 - count(*) FROM visit") == 0);
    assert_true(number(store, "SELECT count(*) FROM run WHERE protocol_text LIKE '%islet: 1%' AND state = 'complete'") == 1);
    assert_true(number(store, "SELECT min(n) FROM endpoint_result WHERE endpoint = 'death'") == PEOPLE);
    assert_true(number(store, "SELECT count(*) FROM care_rule") >= 1);
    islet_store_close(store, NULL);
}

static void test_same_content(void **state)
{
    (void)state;
    char one[ISLET_HASH_TEXT], other[ISLET_HASH_TEXT];
    const char *const *engines = islet_engines();
    run_and_hash((islet_run_options){.threads = 1}, one);
    run_and_hash((islet_run_options){.threads = 3, .date = "another day", .command_line = "another"}, other);
    assert_string_equal(one, other);
    int n = 0;
    while (engines[n]) n++;
    run_and_hash((islet_run_options){.threads = 2, .engine = engines[n - 1]}, other); /* the narrowest */
    assert_string_equal(one, other);
    run_and_hash((islet_run_options){.threads = 2, .has_seed = true, .seed = 77}, other);
    assert_string_not_equal(one, other);
    run_and_hash((islet_run_options){.threads = 2, .independent_arms = true}, other);
    assert_string_not_equal(one, other);
}

/* other years than the protocol's: its visits as far as they go, then one a year, and one at the end */
static void test_years(void **state)
{
    (void)state;
    static const struct {
        double years, follow_up_day, visits, last_visit_day;
    } cases[] = {{0.5, 183, 5, 183}, {0.3, 110, 4, 110}, {2.1, 767, 7, 767}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        islet_store *store;
        islet_run_options options = {.patients = 2, .years = cases[i].years};
        assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
        assert_int_equal(islet_run(example, &options, store, NULL), ISLET_OK);
        assert_true(number(store, "SELECT follow_up_day FROM run") == cases[i].follow_up_day);
        assert_true(number(store, "SELECT count(DISTINCT day) FROM visit") == cases[i].visits);
        assert_true(number(store, "SELECT max(day) FROM visit") == cases[i].last_visit_day);
        assert_true(number(store, "SELECT max(day) FROM daily") == cases[i].follow_up_day - 1);
        assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    }
    static const double bad[] = {-1.0, 31.0, NAN, INFINITY};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        islet_store *store;
        islet_run_options options = {.patients = 2, .years = bad[i]};
        assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
        assert_int_not_equal(islet_run(example, &options, store, NULL), ISLET_OK);
        assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    }
}

typedef struct {
    int finished, allowed; /* batches */
} patience;

static void count_batch(void *context, const islet_progress *progress)
{
    (void)progress;
    ((patience *)context)->finished++;
}

static bool run_out(void *context)
{
    const patience *p = context;
    return p->finished >= p->allowed;
}

/* what was finished before the interruption is in the store, with estimates of its own */
static void test_interrupted(void **state)
{
    (void)state;
    islet_store *store;
    patience p = {.allowed = 2};
    islet_run_options options = {.patients = 40, .threads = 1, .years = 0.25, .progress = count_batch,
                                 .interrupted = run_out, .context = &p};
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_ERR_INTERRUPTED);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    assert_true(number(store, "SELECT count(*) FROM run WHERE state = 'interrupted' AND patients = 40") == 1);
    double people = number(store, "SELECT count(*) FROM patient"), batches = number(store, "SELECT count(*) FROM batch");
    assert_true(batches == 2 && people > 0 && people < 40);
    assert_true(number(store, "SELECT min(n) FROM endpoint_result WHERE endpoint = 'death'") == people);
    /* the glucose profile counts the same people: as many readings at every time of day in both arms before day 0 */
    assert_true(number(store, "SELECT sum(count) FROM profile WHERE arm = 0 AND period = 'before'")
                == number(store, "SELECT sum(count) FROM profile WHERE arm = 1 AND period = 'before'"));
    islet_store_close(store, NULL);
}

static void test_misuse(void **state)
{
    (void)state;
    islet_store *store;
    islet_run_options options = {.patients = 8, .threads = 2, .years = 0.1};
    assert_int_equal(islet_run(NULL, NULL, NULL, NULL), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_ERR_ARGUMENT); /* one store, one run */
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_ERR_ARGUMENT); /* opened for reading */
    islet_store_close(store, NULL);
    options.engine = "no such engine";
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_ERR_UNSUPPORTED);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK); /* nothing was written: the store from before stays */
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    islet_store_close(store, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_same_content, clean, clean),
        cmocka_unit_test_setup_teardown(test_years, clean, clean),
        cmocka_unit_test_setup_teardown(test_interrupted, clean, clean),
        cmocka_unit_test_setup_teardown(test_misuse, clean, clean),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, set_up, tear_down));
}
