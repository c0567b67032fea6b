/* The store: whole or not there, refused when it is not ours or damaged, the same content however it was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/number.h"
#include "own_folder.h"
#include "store/schema.h"
#include "synthetic.h"

#define PATH "store.db"
#define PART PATH ".part"
#define PEOPLE 30

static int clean(void **state)
{
    (void)state;
    unlink(PATH);
    unlink(PART);
    unlink(PART "-journal");
    return 0;
}

static size_t read_all(const char *path, unsigned char **bytes)
{
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s is not there", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    *bytes = malloc(size + 1);
    assert_non_null(*bytes);
    assert_int_equal(fread(*bytes, 1, size, file), size);
    fclose(file);
    return size;
}

static void write_all(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static void assert_same_file(const char *path, const unsigned char *bytes, size_t size)
{
    unsigned char *now;
    assert_int_equal(read_all(path, &now), size);
    assert_memory_equal(now, bytes, size);
    free(now);
}

static void make_store(const char *path)
{
    assert_int_equal(synthetic_store(path, "made up", PEOPLE, 8, false, NULL), ISLET_OK);
}

/* one number from the store */
static double query(islet_store *store, const char *sql)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(store->db, sql, -1, &statement, NULL) != SQLITE_OK) fail_msg("%s: %s", sql, sqlite3_errmsg(store->db));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    double value = sqlite3_column_type(statement, 0) == SQLITE_NULL ? NAN : sqlite3_column_double(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

static islet_store *open_store(void)
{
    islet_store *store;
    assert_int_equal(islet_store_open(PATH, &store, NULL), ISLET_OK);
    return store;
}

static void test_rows(void **state)
{
    (void)state;
    make_store(PATH);
    islet_store *store = open_store();
    assert_true(query(store, "SELECT count(*) FROM patient") == PEOPLE);
    assert_true(query(store, "SELECT count(*) FROM visit") == 2 * PEOPLE * SYNTHETIC_VISITS);
    assert_true(query(store, "SELECT count(*) FROM batch") == 4);
    assert_true(query(store, "SELECT count(*) FROM parameter WHERE standing NOT IN ('measured','fitted','assumed')") == 0);
    assert_true(query(store, "SELECT count(*) FROM parameter") > 0);
    assert_true(query(store, "SELECT count(*) FROM product_value WHERE kind = 'product'") == 12);
    assert_true(query(store, "SELECT count(*) FROM population_value WHERE high IS NOT NULL") == 0);
    assert_true(query(store, "SELECT count(*) FROM input WHERE length(sha256) = 64") >= 1);
    assert_true(query(store, "SELECT count(*) FROM run WHERE state = 'complete' AND control_arm = 1 AND screened_out = 7") == 1);
    /* the view gives back what the engine counted */
    synthetic_person *person = malloc(sizeof *person);
    synthetic_fill(person, 3, 0);
    double insulin = person->days[17].insulin_0_01_u / 100.0, glucose = person->days[17].mean_glucose_0_1_mg_dl / 10.0;
    free(person);
    assert_true(query(store, "SELECT insulin_u FROM day WHERE arm = 0 AND patient = 3 AND day = 17") == insulin);
    assert_true(query(store, "SELECT mean_glucose_mg_dl FROM day WHERE arm = 0 AND patient = 3 AND day = 17") == glucose);
    /* the schema explains itself: a comment in every table, a column for every end point */
    assert_true(query(store, "SELECT count(*) FROM sqlite_schema WHERE sql NOT LIKE '%-- %'") == 0);
    assert_true(query(store, "SELECT count(*) FROM pragma_table_info('visit')") == 3 + ENDPOINT_COUNT);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_int_not_equal(access(PART, F_OK), 0);
    assert_int_not_equal(access(PART "-journal", F_OK), 0);
    struct stat info;
    assert_int_equal(stat(PATH, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

/* estimates against a plain second computation; missing values counted; harms over everybody enrolled */
static void test_results(void **state)
{
    (void)state;
    make_store(PATH);
    islet_store *store = open_store();
    double values[PEOPLE], paired[2][PEOPLE], difference = 0.0;
    int n = 0, pairs = 0, left = 0;
    synthetic_person *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    for (int i = 0; i < PEOPLE; i++) {
        synthetic_fill(a, i, 0);
        synthetic_fill(b, i, 1);
        double x = a->visits[5][ENDPOINT_hba1c_pct], y = b->visits[5][ENDPOINT_hba1c_pct];
        left += a->result.n_days < 366;
        if (isnan(x)) continue;
        values[n++] = x;
        if (isnan(y)) continue;
        paired[0][pairs] = x;
        paired[1][pairs++] = y;
        difference += x - y;
    }
    free(a);
    free(b);
    assert_true(left > 0 && n == PEOPLE - left && pairs > 0);
    summary expected = summary_mean(values, n);
#define AT_365(what, endpoint) "SELECT " what " FROM endpoint_result WHERE arm = 0 AND day = 365 AND endpoint = '" endpoint "'"
    assert_true(query(store, AT_365("n", "hba1c_pct")) == n);
    assert_true(query(store, AT_365("value", "hba1c_pct")) == expected.value);
    assert_true(query(store, AT_365("ci_low", "hba1c_pct")) == expected.ci_low);
    assert_true(query(store, AT_365("ci_high", "hba1c_pct")) == expected.ci_high);
    assert_true(query(store, AT_365("n", "death")) == PEOPLE);
    assert_true(fabs(query(store, AT_365("value", "death") ) + query(store, AT_365("value", "withdrawn"))
                     - (double)left / PEOPLE) < 1e-12);
    assert_true(query(store, "SELECT n FROM difference WHERE arm = 0 AND day = 365 AND endpoint = 'hba1c_pct'") == pairs);
    assert_true(fabs(query(store, "SELECT value FROM difference WHERE arm = 0 AND day = 365 AND endpoint = 'hba1c_pct'")
                     - difference / pairs) < 1e-12);
    assert_true(query(store, "SELECT count(*) FROM difference WHERE arm = control_arm") == 0);
    assert_true(query(store, "SELECT count(*) FROM run WHERE has_control = 1") == 1);
    /* no interval leaves its scale, and none that has spread is of no width */
    assert_true(query(store, "SELECT count(*) FROM endpoint_result WHERE endpoint LIKE 'time_%' AND (ci_low < 0 OR ci_high > 100)") == 0);
    assert_true(query(store, AT_365("ci_high", "time_in_range_pct")) < 100.0);
    assert_true(query(store, "SELECT count(*) FROM difference WHERE unit = 'fraction' AND (ci_low < -1 OR ci_high > 1)") == 0);
    assert_true(query(store, "SELECT min(ci_low) FROM endpoint_result") == 0.0); /* of what cannot be negative */

    islet_table *table;
    assert_int_equal(islet_store_results(store, &table), ISLET_OK);
    assert_int_equal(islet_table_columns(table), 8);
    assert_int_equal(islet_table_rows(table), 2 * 8 * SYNTHETIC_VISITS); /* two arms, the end points asked for */
    assert_string_equal(islet_table_cell(table, 0, 0), "full dose");
    assert_string_equal(islet_table_cell(table, 0, 1), "insulin_independent");
    islet_table_free(table);

    assert_int_equal(islet_store_differences(store, &table), ISLET_OK);
    assert_int_equal(islet_table_columns(table), 10);
    assert_int_equal(islet_table_rows(table), 8 * SYNTHETIC_VISITS); /* of the one arm that is not the control */
    assert_string_equal(islet_table_cell(table, 0, 0), "full dose");
    assert_string_equal(islet_table_cell(table, 0, 1), "insulin alone");
    const int last = 2 * SYNTHETIC_VISITS - 1; /* HbA1c on day 365 */
    assert_string_equal(islet_table_cell(table, last, 2), "hba1c_pct");
    assert_string_equal(islet_table_cell(table, last, 4), "365");
    char shown[3][NUMBER_TEXT];
    number_write(query(store, "SELECT value FROM difference WHERE arm = 0 AND day = 365 AND endpoint = 'hba1c_pct'"), shown[0]);
    number_write(query(store, "SELECT ci_low FROM difference WHERE arm = 0 AND day = 365 AND endpoint = 'hba1c_pct'"), shown[1]);
    number_write(summary_paired_variance_share(paired[0], paired[1], pairs), shown[2]);
    assert_string_equal(islet_table_cell(table, last, 5), shown[0]);
    assert_string_equal(islet_table_cell(table, last, 6), shown[1]);
    assert_string_equal(islet_table_cell(table, last, 9), shown[2]);
    islet_table_free(table);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
}

/* A store of another schema must say so by its version: a change of schema.sql or endpoints.def raises STORE_VERSION, and the hash
 * of the new schema is written here with it. */
static void test_version(void **state)
{
    (void)state;
    static const char of_version[] = "5 f50182cd9b1347a27b9c8c1b802f8f83a34233dda200974c6cca9cc9d664eee1";
    char hash[ISLET_HASH_TEXT], now[ISLET_HASH_TEXT + 16], *text = schema_text();
    assert_non_null(text);
    hash_sha256(text, strlen(text), hash);
    snprintf(now, sizeof now, "%d %s", STORE_VERSION, hash);
    free(text);
    assert_string_equal(now, of_version);
}

/* the same content in another order and in other batches has the same hash; other content has another */
static void test_hash(void **state)
{
    (void)state;
    char first[ISLET_HASH_TEXT], second[ISLET_HASH_TEXT];
    make_store(PATH);
    islet_store *store = open_store();
    assert_int_equal(islet_store_hash(store, first), ISLET_OK);
    assert_int_equal(strlen(first), 64);
    islet_store_close(store, NULL);

    assert_int_equal(synthetic_store(PATH, "made up", PEOPLE, 7, true, NULL), ISLET_OK);
    store = open_store();
    assert_int_equal(islet_store_hash(store, second), ISLET_OK);
    islet_store_close(store, NULL);
    assert_string_equal(first, second);

    assert_int_equal(synthetic_store(PATH, "made up!", PEOPLE, 7, true, NULL), ISLET_OK);
    store = open_store();
    assert_int_equal(islet_store_hash(store, second), ISLET_OK);
    islet_store_close(store, NULL);
    assert_string_not_equal(first, second);
}

/* a place that holds anything else is refused and left alone */
static void test_foreign(void **state)
{
    (void)state;
    static const char *const contents[] = {"", "my notes",
        ("SQLite format 3 but not really, only the beginning of a line like it, "
         "which goes on for more than a hundred bytes so that there is a header")};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        islet_store *store;
        islet_problems *problems = islet_problems_create();
        write_all(PATH, contents[i], strlen(contents[i]));
        assert_int_equal(islet_store_create(PATH, &store, problems), ISLET_ERR_IO);
        assert_null(store);
        assert_int_equal(islet_problems_error_count(problems), 1);
        assert_same_file(PATH, (const unsigned char *)contents[i], strlen(contents[i]));
        assert_int_not_equal(access(PART, F_OK), 0);
        assert_int_equal(islet_store_open(PATH, &store, problems), ISLET_ERR_STORE);
        assert_null(store);
        islet_problems_free(problems);
    }
    islet_store *store;
    assert_int_equal(islet_store_create("/dev/full", &store, NULL), ISLET_ERR_IO);
    assert_int_equal(islet_store_create("no_such_folder/x.db", &store, NULL), ISLET_ERR_IO);
    assert_int_equal(islet_store_create(".", &store, NULL), ISLET_ERR_IO);
    assert_int_equal(islet_store_open("no_such_file.db", &store, NULL), ISLET_ERR_IO);
    assert_int_equal(islet_store_open("", &store, NULL), ISLET_ERR_ARGUMENT);
}

/* islet_check_file tells a store from a protocol and says what is wrong with either */
static void test_check(void **state)
{
    (void)state;
    islet_file_kind kind;
    islet_problems *problems = islet_problems_create();
    make_store(PATH);
    assert_int_equal(islet_check_file(PATH, &kind, problems), ISLET_OK);
    assert_int_equal(kind, ISLET_FILE_STORE);
    assert_int_equal(islet_problems_count(problems), 0);
    /* known by its bytes, not by its name */
    assert_int_equal(rename(PATH, "test_store.other"), 0);
    assert_int_equal(islet_check_file("test_store.other", &kind, problems), ISLET_OK);
    assert_int_equal(kind, ISLET_FILE_STORE);
    assert_int_equal(rename("test_store.other", PATH), 0);
    assert_int_equal(islet_check_file(ISLET_SOURCE_DIR "/examples/zimislecel.yaml", &kind, problems), ISLET_OK);
    assert_int_equal(kind, ISLET_FILE_PROTOCOL);
    write_all(PATH, "random bytes", 12);
    assert_int_equal(islet_check_file(PATH, &kind, problems), ISLET_ERR_STORE);
    assert_non_null(strstr(islet_problems_text(problems, 0), "not an islet store"));
    assert_int_equal(islet_check_file("no_such.db", &kind, problems), ISLET_ERR_IO);
    assert_int_equal(kind, ISLET_FILE_UNKNOWN);
    islet_problems_free(problems);
}

/* open must fail with the word in its message, and the file must stay as it was */
static void refuse(const unsigned char *bytes, size_t size, const char *word)
{
    islet_store *store;
    islet_problems *problems = islet_problems_create();
    write_all(PATH, bytes, size);
    assert_int_equal(islet_store_open(PATH, &store, problems), ISLET_ERR_STORE);
    assert_null(store);
    assert_int_equal(islet_problems_count(problems), 1);
    if (!strstr(islet_problems_text(problems, 0), word))
        fail_msg("\"%s\" does not say \"%s\"", islet_problems_text(problems, 0), word);
    assert_same_file(PATH, bytes, size);
    islet_problems_free(problems);
}

/* a store changed by `sql` under another program's hands */
static void alter(const char *sql)
{
    sqlite3 *db;
    char *message = NULL;
    assert_int_equal(sqlite3_open(PATH, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &message) != SQLITE_OK) fail_msg("%s", message);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static void refuse_altered(const unsigned char *whole, size_t size, const char *sql, const char *word)
{
    unsigned char *altered;
    write_all(PATH, whole, size);
    alter(sql);
    size_t altered_size = read_all(PATH, &altered);
    refuse(altered, altered_size, word);
    free(altered);
}

static void test_damaged(void **state)
{
    (void)state;
    unsigned char *whole, *broken;
    make_store(PATH);
    size_t size = read_all(PATH, &whole);
    broken = malloc(size);

    refuse(whole, 0, "empty");
    refuse(whole, 1500, "damaged");
    refuse(whole, size - 4096, "damaged");
    refuse_altered(whole, size, "PRAGMA application_id = 42", "not an islet");
    refuse_altered(whole, size, "PRAGMA user_version = 9999", "newer");
    refuse_altered(whole, size, "PRAGMA user_version = 1", "written by an older islet");
    refuse_altered(whole, size, "PRAGMA user_version = 0", "version 0");
    refuse_altered(whole, size, "DROP TABLE run; CREATE VIEW run AS WITH RECURSIVE r(id) AS (SELECT 1 UNION ALL SELECT "
                   "id + 1 FROM r) SELECT id, 'x' AS title FROM r", "schema differs at \"run\"");
    refuse_altered(whole, size, "ALTER TABLE patient ADD COLUMN name TEXT", "schema differs at \"patient\"");
    refuse_altered(whole, size, "CREATE TRIGGER t AFTER INSERT ON run BEGIN DELETE FROM run; END", "schema");

    /* 32 bytes of some page overwritten: never misread in silence where SQLite can tell */
    int refused = 0, tried = 0;
    for (size_t page = 1; page < size / 4096 && tried < 40; page += 7, tried++) {
        memcpy(broken, whole, size);
        for (int i = 0; i < 32; i++) broken[page * 4096 + (size_t)i] = (unsigned char)(37 * i + 11);
        islet_store *store;
        write_all(PATH, broken, size);
        islet_status status = islet_store_open(PATH, &store, NULL);
        refused += status == ISLET_ERR_STORE;
        islet_store_close(store, NULL);
    }
    assert_int_equal(refused, tried);
    free(broken);
    free(whole);
}

/* a writer that stops before the end leaves nothing, and what was there stays */
static void test_unfinished(void **state)
{
    (void)state;
    unsigned char *old;
    make_store(PATH);
    size_t size = read_all(PATH, &old);
    islet_store *store, *second;
    assert_int_equal(islet_store_create(PATH, &store, NULL), ISLET_OK);

    /* a second writer of the same name is told, and harms nothing */
    islet_problems *problems = islet_problems_create();
    assert_int_equal(islet_store_create(PATH, &second, problems), ISLET_ERR_IO);
    assert_non_null(strstr(islet_problems_text(problems, 0), "another islet"));
    islet_problems_free(problems);

    struct islet_protocol *protocol = synthetic_protocol("unfinished");
    run_info info = synthetic_info(protocol, PEOPLE);
    assert_int_equal(store_run_begin(store, &info, NULL), ISLET_OK);
    free(protocol);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_int_not_equal(access(PART, F_OK), 0);
    assert_same_file(PATH, old, size);
    free(old);
}

/* an interrupted run is kept with what was finished, but never instead of a whole store */
static void test_interrupted(void **state)
{
    (void)state;
    for (int existing = 0; existing < 2; existing++) {
        unsigned char *old = NULL;
        size_t size = 0;
        if (existing) {
            make_store(PATH);
            size = read_all(PATH, &old);
        }
        islet_store *store;
        store_writer *writer;
        struct islet_protocol *protocol = synthetic_protocol("interrupted");
        run_info info = synthetic_info(protocol, PEOPLE);
        assert_int_equal(islet_store_create(PATH, &store, NULL), ISLET_OK);
        assert_int_equal(store_run_begin(store, &info, NULL), ISLET_OK);
        assert_int_equal(store_writer_create(store, true, SYNTHETIC_VISITS, synthetic_visit_days, &writer, NULL), ISLET_OK);
        assert_int_equal(synthetic_batch(writer, 0, 0, 8, NULL), ISLET_OK);
        store_writer_free(writer);
        assert_int_equal(store_run_end(store, false, 2, NULL, 0, NULL), ISLET_OK);
        islet_problems *problems = islet_problems_create();
        assert_int_equal(islet_store_close(store, problems), ISLET_OK);
        assert_int_equal(islet_problems_count(problems), existing);
        islet_problems_free(problems);
        free(protocol);
        if (existing) assert_same_file(PATH, old, size);
        free(old);

        assert_int_equal(islet_store_open(existing ? PART : PATH, &store, NULL), ISLET_OK);
        assert_true(query(store, "SELECT count(*) FROM run WHERE state = 'interrupted' AND patients = 30") == 1);
        assert_true(query(store, "SELECT n FROM endpoint_result WHERE arm = 1 AND endpoint = 'death' AND day = 365") == 8);
        islet_store_close(store, NULL);
        clean(NULL);
    }
}

/* write batches without end until killed */
static void write_until_killed(void)
{
    islet_store *store;
    store_writer *writer;
    struct islet_protocol *protocol = synthetic_protocol("killed");
    run_info info = synthetic_info(protocol, 1000000);
    islet_problems *problems = islet_problems_create();
    if (islet_store_create(PATH, &store, problems) != ISLET_OK) {
        fprintf(stderr, "%s\n", islet_problems_text(problems, 0));
        _exit(1);
    }
    if (store_run_begin(store, &info, NULL) != ISLET_OK) _exit(2);
    if (store_writer_create(store, true, SYNTHETIC_VISITS, synthetic_visit_days, &writer, NULL) != ISLET_OK) _exit(3);
    for (int batch = 0;; batch++)
        if (synthetic_batch(writer, batch, batch * 4, 4, NULL) != ISLET_OK) _exit(4);
}

/* kill -9 at different moments: the old store is untouched, the next run takes over, batches are whole */
static void test_killed(void **state)
{
    (void)state;
    unsigned char *old;
    make_store(PATH);
    size_t size = read_all(PATH, &old);
    for (int round = 0; round < 12; round++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) write_until_killed();
        usleep((useconds_t)(1000 + 4000 * round));
        assert_int_equal(kill(child, SIGKILL), 0);
        int result;
        assert_int_equal(waitpid(child, &result, 0), child);
        if (!WIFSIGNALED(result)) fail_msg("round %d: the writer ended with %d", round, WEXITSTATUS(result));
        assert_same_file(PATH, old, size);

        /* what is left opens with whole batches only (a journal, if any, is rolled back by a writer) */
        sqlite3 *db;
        if (access(PART, F_OK) != 0) continue;
        assert_int_equal(sqlite3_open_v2(PART, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
        islet_store left = {.db = db};
        if (query(&left, "SELECT count(*) FROM sqlite_schema WHERE name = 'visit'") == 1) {
            double batches = query(&left, "SELECT count(*) FROM batch");
            assert_true(query(&left, "SELECT count(*) FROM patient") == 4 * batches);
            assert_true(query(&left, "SELECT count(*) FROM visit") == 8 * SYNTHETIC_VISITS * batches);
        }
        sqlite3_close(db);
    }
    assert_int_equal(synthetic_store(PATH, "next", PEOPLE, 8, false, NULL), ISLET_OK);
    assert_int_not_equal(access(PART, F_OK), 0);
    islet_store *store = open_store();
    assert_true(query(store, "SELECT count(*) FROM patient") == PEOPLE);
    islet_store_close(store, NULL);
    free(old);
}

/* files may grow to `limit` bytes only, as on a full disk; exit status 0 when the run failed as it should */
static void write_in_little_room(rlim_t limit)
{
    struct rlimit room = {limit, limit};
    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &room) != 0) _exit(10);
    islet_problems *problems = islet_problems_create();
    islet_status status = synthetic_store(PATH, "too large", 400, 8, false, problems);
    _exit(status == ISLET_ERR_IO && islet_problems_error_count(problems) == 1
                  && strstr(islet_problems_text(problems, 0), "could not") ? 0 : 1);
}

static void test_disk_full(void **state)
{
    (void)state;
    unsigned char *old;
    make_store(PATH);
    size_t size = read_all(PATH, &old);
    static const rlim_t limits[] = {0, 100, 4096, 20000, 100000, 1000000, 5000000};
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) write_in_little_room(limits[i]);
        int result;
        assert_int_equal(waitpid(child, &result, 0), child);
        if (!WIFEXITED(result) || WEXITSTATUS(result) != 0) fail_msg("with room for %ld bytes: %x", (long)limits[i], (unsigned)result);
        assert_same_file(PATH, old, size);
        islet_store_close(open_store(), NULL);
    }
    free(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_rows, clean, clean),
        cmocka_unit_test_setup_teardown(test_results, clean, clean),
        cmocka_unit_test_setup_teardown(test_hash, clean, clean),
        cmocka_unit_test(test_version),
        cmocka_unit_test_setup_teardown(test_foreign, clean, clean),
        cmocka_unit_test_setup_teardown(test_check, clean, clean),
        cmocka_unit_test_setup_teardown(test_damaged, clean, clean),
        cmocka_unit_test_setup_teardown(test_unfinished, clean, clean),
        cmocka_unit_test_setup_teardown(test_interrupted, clean, clean),
        cmocka_unit_test_setup_teardown(test_killed, clean, clean),
        cmocka_unit_test_setup_teardown(test_disk_full, clean, clean),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, NULL, NULL));
}
