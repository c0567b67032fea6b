/* People simulated in several shares and fetched into one store: the same content; bytes of another run are refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

#include "own_folder.h"
#include "recorded.h"

#define STORE "run.db"
#define EXAMPLE ISLET_SOURCE_DIR "/examples/zimislecel.yaml"
#define PEOPLE 37 /* three batches, the last not full */
#define BATCHES 3

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
    unlink(STORE);
    unlink(STORE ".part");
    return 0;
}

static const islet_run_options small = {.patients = PEOPLE, .years = 0.03, .threads = 2};

static islet_status run(islet_run_options options, char hash[ISLET_HASH_TEXT])
{
    islet_store *store;
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    islet_status status = islet_run(example, &options, store, NULL);
    if (status == ISLET_OK) assert_int_equal(islet_store_hash(store, hash), ISLET_OK);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    return status;
}

static islet_status run_elsewhere(islet_run_options options, recorded *r, char hash[ISLET_HASH_TEXT])
{
    islet_elsewhere from = recorded_elsewhere(r);
    options.elsewhere = &from;
    return run(options, hash);
}

/* by batch number modulo `shares`, each share with its own number of threads */
static void simulate(islet_run_options options, int shares, recorded *r)
{
    for (int share = 0; share < shares; share++) {
        unsigned char done[BATCHES];
        for (int b = 0; b < BATCHES; b++) done[b] = b % shares != share;
        options.threads = 1 + share;
        assert_int_equal(islet_simulate(example, &options, done, BATCHES, recorded_keep, r, NULL), ISLET_OK);
    }
    assert_int_equal(r->simulated, BATCHES);
}

static void any_number_of_shares_gives_the_same_content(void **state)
{
    (void)state;
    char here[ISLET_HASH_TEXT], elsewhere[ISLET_HASH_TEXT];
    for (int independent = 0; independent < 2; independent++) {
        islet_run_options options = small;
        options.independent_arms = independent;
        assert_int_equal(run(options, here), ISLET_OK);
        recorded r = {0};
        simulate(options, BATCHES - independent, &r);
        assert_int_equal(run_elsewhere(options, &r, elsewhere), ISLET_OK);
        assert_string_equal(here, elsewhere);
        assert_int_equal(r.asked, BATCHES);
        recorded_free(&r);
    }
}

/* what a run was stopped with is continued by people fetched from elsewhere, and where nothing is left none is fetched */
static bool stop_now(void *context) { return *(const bool *)context; }
static void stop_after_the_first(void *context, const islet_progress *progress)
{
    *(bool *)context = progress->done_patient_days > 0.0;
}

static void a_stopped_run_is_continued_elsewhere(void **state)
{
    (void)state;
    char here[ISLET_HASH_TEXT], elsewhere[ISLET_HASH_TEXT];
    bool stop = false;
    islet_store *store;
    recorded r = {0};
    islet_elsewhere from = recorded_elsewhere(&r);
    assert_int_equal(run(small, here), ISLET_OK);
    unlink(STORE);
    islet_run_options options = small;
    options.threads = 1;
    options.interrupted = stop_now;
    options.progress = stop_after_the_first;
    options.context = &stop;
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_ERR_INTERRUPTED);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);

    simulate(small, 2, &r);
    options = small;
    options.elsewhere = &from;
    assert_int_equal(islet_store_resume(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_OK);
    assert_int_equal(islet_store_hash(store, elsewhere), ISLET_OK);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_string_equal(here, elsewhere);
    assert_int_equal(r.asked, BATCHES - 1);
    recorded_free(&r);
}

static void bytes_of_another_run_or_damaged_are_refused(void **state)
{
    (void)state;
    char hash[ISLET_HASH_TEXT];
    recorded r = {0};
    islet_run_options other = small;
    other.has_seed = true;
    other.seed = 99;
    simulate(other, 1, &r);
    assert_int_equal(run_elsewhere(small, &r, hash), ISLET_ERR_INPUT);
    assert_int_equal(run_elsewhere(other, &r, hash), ISLET_OK);
    other.years = 0.04;
    assert_int_equal(run_elsewhere(other, &r, hash), ISLET_ERR_INPUT);
    other.years = small.years;
    const size_t whole = r.size[1];
    for (size_t cut = 1; cut < whole; cut = cut * 3 + 1) { /* the end is missing */
        r.size[1] = whole - cut;
        assert_int_equal(run_elsewhere(other, &r, hash), ISLET_ERR_INPUT);
    }
    r.size[1] = whole;
    void *swap = r.bytes[0]; /* people of another place */
    r.bytes[0] = r.bytes[1];
    r.bytes[1] = swap;
    assert_int_equal(run_elsewhere(other, &r, hash), ISLET_ERR_INPUT);
    recorded_free(&r);
    unsigned char done[BATCHES] = {0};
    assert_int_equal(islet_simulate(example, &small, done, BATCHES + 1, recorded_keep, &r, NULL), ISLET_ERR_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_shares_gives_the_same_content),
        cmocka_unit_test(a_stopped_run_is_continued_elsewhere),
        cmocka_unit_test(bytes_of_another_run_or_damaged_are_refused),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, set_up, tear_down));
}
