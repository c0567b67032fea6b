/* Never lost: every call of a small run that changes a file fails once, the power goes at every such call, every
 * allocation fails. Whatever happens, the run ends with a status and a reason, what stood under the name is whole, what
 * was acknowledged is there, and the continued run ends with the bytes of one that nothing disturbed.
 *
 *   test_faults        every write of a new run; of a continued one, of power cuts and allocations a sample, spread evenly
 *   test_faults most   every write and power cut, each cut with several outcomes; of allocations one in 23 (make torture)
 *   test_faults all    every allocation too, failing alone and with all after it, for hours (FULL=1 make torture); then a pattern of names */
#include <dirent.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "faults/disk.h"
#include "faults/faults.h"
#include "own_folder.h"
#include "recorded.h"

#define FOLDER "faults_folder"
#define STORE FOLDER "/run.db"
#define REPORT FOLDER "/run.html"
#define PROTOCOL "faults_protocol.yaml"
#define BATCHES 2

static enum { SAMPLE, MOST, ALL } extent;
static islet_protocol *protocol;
static recorded people, other_people;
static char *older_store, *begun_store, *whole_report; /* what a folder begins with, and what a report must be */
static size_t older_size, begun_size, report_size;
static char whole_hash[ISLET_HASH_TEXT], other_hash[ISLET_HASH_TEXT];

/* few end points and days: every call counts in time */
static const char protocol_text[] =
    "islet: 1\n"
    "title: Faults\n"
    "population: {of: t1d_adult, n: 17}\n"
    "arms:\n"
    "  - name: cells\n"
    "    cells: [{product: zimislecel, dose_cells: 0.8e9, day: 0}]\n"
    "    immunosuppression: glucocorticoid_free\n"
    "care: {insulin: basal_bolus, wean: trial_protocol}\n"
    "follow_up: {years: 0.03, visits_day: [0, 7]}\n"
    "endpoints: [hba1c_pct, death]\n";

static const islet_run_options options_of_run = {.threads = 1}, options_of_other = {.threads = 1, .has_seed = true, .seed = 99};

/* ---- one run ---- */

typedef struct {
    islet_status status;
    islet_problems *problems;
    long acknowledged; /* batches, told by the progress callback */
    long report_at;    /* calls when the report was begun */
    char hash[ISLET_HASH_TEXT];
} outcome;

static void count(void *context, const islet_progress *progress)
{
    (void)progress;
    ++*(long *)context;
}

typedef enum { BEGIN, RESUME } way;
typedef enum { NO_REPORT, REPORTED } with_report;

/* the whole job: new or continued, with store, results and (which takes longest) report */
static void attempt(const recorded *fed, const islet_run_options *options, way how, with_report report, outcome *out)
{
    islet_store *store = NULL;
    islet_table *results = NULL;
    recorded from = *fed;
    islet_elsewhere elsewhere = recorded_elsewhere(&from);
    islet_run_options run = *options;
    *out = (outcome){.problems = out->problems};
    run.elsewhere = &elsewhere;
    run.progress = count;
    run.context = &out->acknowledged;
    out->status = how == RESUME ? islet_store_resume(STORE, &store, out->problems) : islet_store_create(STORE, &store, out->problems);
    if (out->status != ISLET_OK) {
        assert_null(store);
        return;
    }
    out->status = islet_run(protocol, &run, store, out->problems);
    islet_status closed = islet_store_close(store, out->problems);
    if (out->status == ISLET_OK) out->status = closed;
    if (out->status == ISLET_OK) out->status = islet_store_open(STORE, &store, out->problems);
    if (out->status != ISLET_OK) return;
    out->status = islet_store_hash(store, out->hash);
    if (out->status == ISLET_OK) out->status = islet_store_results(store, &results);
    out->report_at = faults_calls();
    if (out->status == ISLET_OK && report) out->status = islet_report_write(store, REPORT, out->problems);
    islet_table_free(results);
    islet_store_close(store, NULL);
}

/* ---- what must hold ---- */

static void empty_folder(void)
{
    DIR *all = opendir(FOLDER);
    char path[512];
    for (struct dirent *one; all && (one = readdir(all));) {
        snprintf(path, sizeof path, FOLDER "/%s", one->d_name);
        if (one->d_type == DT_REG) unlink(path);
    }
    if (all) closedir(all);
    mkdir(FOLDER, 0700);
}

static int open_files(void)
{
    int n = 0;
    DIR *all = opendir("/proc/self/fd");
    while (all && readdir(all)) n++;
    if (all) closedir(all);
    return n;
}

static bool exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

static void tell(const char *what, long at, const outcome *o)
{
    print_error("%s %ld: status %d\n", what, at, o->status);
    for (int i = 0; i < islet_problems_count(o->problems); i++) print_error("  %s\n", islet_problems_text(o->problems, i));
}

static outcome fresh(void)
{
    outcome o = {.problems = islet_problems_create()};
    assert_non_null(o.problems);
    return o;
}

/* Continue undisturbed and compare. What another run had left complete under the name is in the way of --resume. */
static void finish_and_compare(const char *what, long at, long acknowledged)
{
    outcome again = fresh();
    recorded fed = people;
    attempt(&fed, &options_of_run, RESUME, NO_REPORT, &again);
    if (again.status == ISLET_ERR_STORE && acknowledged == 0) {
        islet_problems_free(again.problems);
        again = fresh();
        attempt(&fed, &options_of_run, BEGIN, NO_REPORT, &again);
    }
    if (again.status != ISLET_OK || strcmp(again.hash, whole_hash) != 0) tell(what, at, &again);
    assert_int_equal(again.status, ISLET_OK);
    assert_string_equal(again.hash, whole_hash);
    assert_true(again.acknowledged <= BATCHES - acknowledged); /* what was acknowledged is not simulated again */
    assert_false(exists(STORE ".part"));
    assert_false(exists(STORE ".part-journal"));
    islet_problems_free(again.problems);
}

/* ---- set-up ---- */

static char *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *bytes = NULL;
    if (file && fseek(file, 0, SEEK_END) == 0) {
        *size = (size_t)ftell(file);
        rewind(file);
        bytes = malloc(*size + 1);
        if (bytes && fread(bytes, 1, *size, file) != *size) {
            free(bytes);
            bytes = NULL;
        }
    }
    if (file) fclose(file);
    return bytes;
}

/* a run that ends with an error after its first batch => the .part file it leaves */
static char *begin_and_fail(void)
{
    outcome o = fresh();
    recorded first_only = people;
    first_only.bytes[1] = NULL;
    empty_folder();
    attempt(&first_only, &options_of_run, BEGIN, NO_REPORT, &o);
    islet_problems_free(o.problems);
    return o.acknowledged == 1 && o.status != ISLET_OK ? read_file(STORE ".part", &begun_size) : NULL;
}

static bool made(const char *what, bool fine)
{
    if (!fine) print_error("preparation: no %s\n", what);
    return fine;
}

static bool write_protocol(const char *text)
{
    FILE *file = fopen(PROTOCOL, "w");
    return file && fputs(text, file) >= 0 && fclose(file) == 0;
}

static bool simulate(const islet_run_options *options, recorded *out)
{
    return islet_simulate(protocol, options, NULL, 0, recorded_keep, out, NULL) == ISLET_OK && out->simulated == BATCHES;
}

/* an undisturbed run of them => its hash */
static bool run_whole(const recorded *fed, const islet_run_options *options, with_report report, char hash[ISLET_HASH_TEXT])
{
    outcome o = fresh();
    attempt(fed, options, BEGIN, report, &o);
    if (o.status != ISLET_OK) tell("undisturbed run", 0, &o);
    memcpy(hash, o.hash, sizeof o.hash);
    islet_problems_free(o.problems);
    return o.status == ISLET_OK;
}

static int set_up(void **state)
{
    (void)state;
    empty_folder();
    bool fine = made("protocol", write_protocol(protocol_text) && islet_protocol_read(PROTOCOL, &protocol, NULL) == ISLET_OK) &&
                made("people", simulate(&options_of_run, &people)) && made("other people", simulate(&options_of_other, &other_people)) &&
                made("run of the others", run_whole(&other_people, &options_of_other, NO_REPORT, other_hash)) &&
                made("older store", (older_store = read_file(STORE, &older_size)) != NULL) &&
                made("run", run_whole(&people, &options_of_run, REPORTED, whole_hash)) &&
                made("report", (whole_report = read_file(REPORT, &report_size)) != NULL) &&
                made("store begun", (begun_store = begin_and_fail()) != NULL);
    return fine ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    empty_folder();
    rmdir(FOLDER);
    unlink(PROTOCOL);
    islet_protocol_free(protocol);
    recorded_free(&people);
    recorded_free(&other_people);
    free(older_store);
    free(begun_store);
    free(whole_report);
    return 0;
}

static void put_file(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_true(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* With an older store of another run under the name or without; with the .part file of a run cut short where it is to be
 * continued. => batches acknowledged in it */
static long prepare_folder(way how, bool older)
{
    empty_folder();
    if (older) put_file(STORE, older_store, older_size);
    if (how == BEGIN) return 0;
    put_file(STORE ".part", begun_store, begun_size);
    return 1;
}

/* ---- writes ---- */

/* under the name: the new store, whole, or the older one, or none where none was */
static void assert_name_holds_a_whole_store(bool had_older)
{
    islet_store *there;
    char hash[ISLET_HASH_TEXT];
    assert_true(exists(STORE) || !had_older);
    if (!exists(STORE)) return;
    assert_int_equal(islet_store_open(STORE, &there, NULL), ISLET_OK);
    assert_int_equal(islet_store_hash(there, hash), ISLET_OK);
    islet_store_close(there, NULL);
    assert_true(strcmp(hash, whole_hash) == 0 || (had_older && strcmp(hash, other_hash) == 0));
}

/* calls of a run that nothing disturbs, and those before its report */
static long count_calls(way how, long *before_report)
{
    outcome o = fresh();
    prepare_folder(how, false);
    faults_arm(FAULT_NONE, -1);
    attempt(&people, &options_of_run, how, REPORTED, &o);
    assert_int_equal(o.status, ISLET_OK);
    *before_report = o.report_at;
    islet_problems_free(o.problems);
    return faults_calls();
}

static void one_call_fails(way how, fault_kind kind, const char *name, long at, bool in_report, long *failed)
{
    outcome o = fresh();
    bool had_older = at % 2 == 1;
    long before = prepare_folder(how, had_older);
    int files = open_files();
    faults_arm(kind, at);
    attempt(&people, &options_of_run, how, in_report ? REPORTED : NO_REPORT, &o);
    assert_true(faults_met());
    faults_arm(FAULT_NONE, -1);
    assert_int_equal(open_files(), files);
    bool fine = o.status == ISLET_OK ? strcmp(o.hash, whole_hash) == 0
                                     : o.status == ISLET_ERR_IO && islet_problems_error_count(o.problems) > 0;
    if (!fine) tell(name, at, &o);
    assert_true(fine);
    if (kind == FAULT_SHORT) assert_int_equal(o.status, ISLET_OK); /* the rest is written by another call */
    assert_name_holds_a_whole_store(had_older);
    if (in_report && o.status == ISLET_OK) {
        size_t size;
        char *report = read_file(REPORT, &size);
        assert_true(report && (how == RESUME || (size == report_size && memcmp(report, whole_report, size) == 0)));
        free(report);
    } else if (in_report) {
        assert_false(exists(REPORT));
    }
    if (o.status != ISLET_OK) {
        ++*failed;
        finish_and_compare(name, at, before + o.acknowledged);
    }
    islet_problems_free(o.problems);
}

static void every_write_fails_once(void **state)
{
    (void)state;
    static const struct {
        fault_kind kind;
        const char *name;
    } kinds[] = {{FAULT_EIO, "EIO at call"}, {FAULT_ENOSPC, "ENOSPC at call"}, {FAULT_SHORT, "short write at call"}};
    for (way how = BEGIN; how <= RESUME; how++) {
        long failed = 0, before_report, calls = count_calls(how, &before_report);
        for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
            for (long at = 0; at < calls; at += how == BEGIN || extent != SAMPLE ? 1 : 7)
                one_call_fails(how, kinds[k].kind, kinds[k].name, at, at >= before_report, &failed);
        print_message("%ld calls change a file, %ld of them for the report; %ld runs failed and were continued\n", calls,
                      calls - before_report, failed);
        assert_true(calls > 100 && calls - before_report >= 3 && failed > calls / 4);
    }
}

/* ---- power ---- */

static void power_goes_once(way how, long at, uint64_t seed, bool had_older, long *kept)
{
    outcome cut = fresh();
    long before = prepare_folder(how, had_older);
    disk_begin(FOLDER);
    faults_arm(FAULT_CUT, at);
    attempt(&people, &options_of_run, how, NO_REPORT, &cut);
    assert_true(faults_met());
    assert_true(disk_recover(seed));
    faults_arm(FAULT_NONE, -1);
    assert_name_holds_a_whole_store(had_older);
    finish_and_compare("power cut at call", at, before + cut.acknowledged);
    *kept += cut.acknowledged;
    islet_problems_free(cut.problems);
}

static void power_goes_at_any_call(void **state)
{
    (void)state;
    const long step = extent != SAMPLE ? 1 : 3, outcomes = extent != SAMPLE ? 8 : 1;
    for (way how = BEGIN; how <= RESUME; how++) {
        long cuts = 0, kept = 0, calls;
        count_calls(how, &calls); /* those before the report */
        for (long at = 0; at < calls; at += step)
            for (long turn = 0; turn < outcomes; turn++)
                power_goes_once(how, at, (uint64_t)(at * 1000 + turn), cuts++ % 2 == 1, &kept);
        print_message("%ld power cuts, %ld acknowledged batches\n", cuts, kept);
        assert_true(cuts > 50 && kept > 0);
    }
}

/* ---- memory ---- */

static void assert_memory_status(const char *what, long at, islet_status status)
{
    if (status != ISLET_OK && status != ISLET_ERR_MEMORY) print_error("%s, allocation %ld: status %d\n", what, at, status);
    assert_true(status == ISLET_OK || status == ISLET_ERR_MEMORY);
}

#define MOST_STEP 23 /* odd, so that lacks of memory that last and others take turns */

/* Allocations at which to fail: all of the first sixty, then every step-th. */
static long next_allocation(long at, long step)
{
    if (extent == ALL || at < 60) return at + 1;
    return at + (extent == MOST && step > MOST_STEP ? MOST_STEP : step);
}

/* the report there is the whole one; that of a continued run tells that it was, and is as long */
static void assert_whole_report(way how)
{
    size_t size;
    char *report = read_file(REPORT, &size);
    assert_non_null(report);
    assert_int_equal(size, report_size);
    assert_true(how == RESUME || memcmp(report, whole_report, size) == 0);
    free(report);
}

/* => did the run come so far? */
static bool one_allocation_fails(way how, long at, bool for_ever, long *failed)
{
    const long blocks = faults_live_blocks();
    const with_report report = at % 8 ? NO_REPORT : REPORTED;
    outcome o = fresh();
    long before = prepare_folder(how, false);
    const int files = open_files();
    faults_arm_memory(at, for_ever);
    attempt(&people, &options_of_run, how, report, &o);
    bool met = faults_memory_met();
    faults_arm_memory(-1, false);
    assert_int_equal(open_files(), files);
    if (o.status != ISLET_OK && o.status != ISLET_ERR_MEMORY) tell("allocation", at, &o);
    assert_memory_status("run", at, o.status);
    if (o.status == ISLET_OK) {
        assert_string_equal(o.hash, whole_hash);
        if (report == REPORTED) assert_whole_report(how);
    } else {
        ++*failed;
        finish_and_compare("allocation", at, before + o.acknowledged);
    }
    islet_problems_free(o.problems);
    assert_int_equal(faults_live_blocks(), blocks); /* nothing leaks */
    return met;
}

static void every_allocation_of_a_run_fails(void **state)
{
    (void)state;
    for (way how = BEGIN; how <= RESUME; how++) {
        long failed = 0, at = 0;
        for (bool more = true; more; at = next_allocation(at, 401)) {
            more = one_allocation_fails(how, at, at % 2 == 1, &failed);
            if (extent == ALL && more) one_allocation_fails(how, at, at % 2 == 0, &failed);
        }
        print_message("about %ld allocations, %ld runs failed\n", at, failed);
        assert_true(failed >= 60); /* those of the library alone, as sanitizers show them, are some 860 */
    }
}

static void every_allocation_of_reading_fails(void **state)
{
    (void)state;
    for (int for_ever = 0; for_ever < 2; for_ever++) {
        long at = for_ever ? 7 : 0; /* others of the sample */
        for (bool more = true; more; at = next_allocation(at, 13)) {
            islet_protocol *p = NULL;
            const long blocks = faults_live_blocks();
            islet_problems *problems = islet_problems_create();
            faults_arm_memory(at, for_ever);
            islet_status status = islet_protocol_read(ISLET_SOURCE_DIR "/examples/zimislecel.yaml", &p, problems);
            more = faults_memory_met();
            faults_arm_memory(-1, false);
            assert_memory_status("reading", at, status);
            assert_true((status == ISLET_OK) == (p != NULL));
            islet_protocol_free(p);
            islet_problems_free(problems);
            assert_int_equal(faults_live_blocks(), blocks); /* nothing leaks */
        }
        print_message("%ld allocations of reading a protocol\n", at);
        assert_true(at > 100);
    }
}

static void assert_same_table(const islet_table *expected, const islet_table *found)
{
    assert_int_equal(islet_table_rows(found), islet_table_rows(expected));
    assert_int_equal(islet_table_columns(found), islet_table_columns(expected));
    for (int row = 0; row < islet_table_rows(expected); row++)
        for (int column = 0; column < islet_table_columns(expected); column++)
            assert_string_equal(islet_table_cell(found, row, column), islet_table_cell(expected, row, column));
}

/* A number that finds no room must not become an empty cell, and the store is of use afterwards. */
static void table_is_whole_or_refused(islet_store *store, const char *what, islet_status (*read)(islet_store *, islet_table **))
{
    islet_table *whole, *table;
    assert_int_equal(read(store, &whole), ISLET_OK);
    assert_true(islet_table_rows(whole) > 0);
    long failed = 0, at = 0;
    for (bool more = true; more; at++) {
        const bool for_ever = at % 2;
        faults_arm_memory(at, for_ever);
        const islet_status status = read(store, &table);
        more = faults_memory_met();
        faults_arm_memory(-1, false);
        assert_memory_status(what, at, status);
        assert_true((status == ISLET_OK) == (table != NULL));
        if (table) assert_same_table(whole, table);
        islet_table_free(table);
        failed += status != ISLET_OK;
        assert_int_equal(read(store, &table), ISLET_OK);
        assert_same_table(whole, table);
        islet_table_free(table);
    }
    print_message("%ld allocations of reading %s, %ld failed\n", at, what, failed);
    assert_true(failed > 5);
    islet_table_free(whole);
}

static void every_allocation_of_reading_tables_fails(void **state)
{
    (void)state;
    static const char two_arms[] =
        "islet: 1\n"
        "title: Two arms\n"
        "population: {of: t1d_adult, n: 4}\n"
        "arms:\n"
        "  - name: cells\n"
        "    cells: [{product: zimislecel, dose_cells: 0.8e9, day: 0}]\n"
        "    immunosuppression: glucocorticoid_free\n"
        "  - {name: insulin, control: none}\n"
        "care: {insulin: basal_bolus, wean: trial_protocol}\n"
        "follow_up: {years: 0.03, visits_day: [0, 7]}\n"
        "endpoints: [hba1c_pct, death]\n";
    islet_protocol *paired = NULL;
    islet_store *store = NULL;
    empty_folder();
    assert_true(write_protocol(two_arms));
    assert_int_equal(islet_protocol_read(PROTOCOL, &paired, NULL), ISLET_OK);
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(paired, &options_of_run, store, NULL), ISLET_OK);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    const long blocks = faults_live_blocks();
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    table_is_whole_or_refused(store, "results", islet_store_results);
    table_is_whole_or_refused(store, "differences", islet_store_differences);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_int_equal(faults_live_blocks(), blocks); /* nothing leaks */
    islet_protocol_free(paired);
}

static void every_allocation_of_simulating_fails(void **state)
{
    (void)state;
    const islet_run_options few = {.threads = 1, .patients = 2, .years = 0.003};
    long failed = 0, at = 0;
    for (bool more = true; more; at++) {
        recorded r = {0};
        const long blocks = faults_live_blocks();
        faults_arm_memory(at, at % 2 == 1);
        islet_status status = islet_simulate(protocol, &few, NULL, 0, recorded_keep, &r, NULL);
        more = faults_memory_met();
        faults_arm_memory(-1, false);
        assert_memory_status("simulating", at, status);
        failed += status != ISLET_OK;
        recorded_free(&r);
        assert_true(faults_live_blocks() <= blocks + 1); /* OpenMP keeps its team */
    }
    print_message("%ld allocations of simulating, %ld failed\n", at, failed);
    assert_true(failed > 5);
}

int main(int argc, char **argv)
{
    if (argc > 1) extent = strcmp(argv[1], "all") == 0 ? ALL : strcmp(argv[1], "most") == 0 ? MOST : SAMPLE;
    if (argc > 2) cmocka_set_test_filter(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_write_fails_once),
        cmocka_unit_test(power_goes_at_any_call),
        cmocka_unit_test(every_allocation_of_a_run_fails),
        cmocka_unit_test(every_allocation_of_reading_fails),
        cmocka_unit_test(every_allocation_of_reading_tables_fails),
        cmocka_unit_test(every_allocation_of_simulating_fails),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, set_up, tear_down));
}
