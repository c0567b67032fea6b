/* Problems, tables, hash, files, statuses, end points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/endpoint.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/problems.h"
#include "base/table.h"
#include "base/utf8.h"

static void problems_keep_place_and_escape(void **state)
{
    (void)state;
    islet_problems *problems = islet_problems_create();
    assert_non_null(problems);
    problems_error(problems, "a.yaml", 3, 7, "found '%s'", "x\x1b[2J\xff\xc2\x85\xe2\x80\xae\xc3\xa9");
    problems_warning(problems, "a.yaml", 4, 0, "dose 0");
    problems_error(problems, "a\n.yaml", 0, 0, "empty");
    problems_error(NULL, "a", 1, 1, "nothing happens");
    assert_string_equal(islet_problems_text(problems, 0), "a.yaml:3:7: found 'x\\x1b[2J\\xff\\x85\\u202e\xc3\xa9'");
    assert_string_equal(islet_problems_text(problems, 1), "a.yaml:4: dose 0");
    assert_string_equal(islet_problems_text(problems, 2), "a\\x0a.yaml: empty");
    assert_int_equal(islet_problems_count(problems), 3);
    assert_int_equal(islet_problems_error_count(problems), 2);
    assert_true(islet_problems_is_warning(problems, 1) && !islet_problems_is_warning(problems, 0));
    assert_string_equal(islet_problems_text(problems, 3), "");
    islet_problems_free(problems);
    islet_problems_free(NULL);
}

static void problems_are_bounded(void **state)
{
    (void)state;
    islet_problems *problems = islet_problems_create();
    char text[3000] = "";
    for (int i = 0; i < 900; i++) strncat(text, "\xe2\x82\xac", sizeof text - strlen(text) - 1); /* euro signs */
    for (int i = 0; i < 100; i++) problems_error(problems, "f", 1, 1, "%s", text);
    problems_warning(problems, "f", 1, 1, "still heard");
    assert_int_equal(islet_problems_count(problems), 21);
    assert_int_equal(islet_problems_error_count(problems), 100);
    const char *kept = islet_problems_text(problems, 0);
    assert_true(strlen(kept) <= 400 && strcmp(kept + strlen(kept) - 6, "\xe2\x82\xac...") == 0);
    islet_problems_free(problems);
}

static void utf8_is_strict(void **state)
{
    (void)state;
    static const struct { const char *text; size_t n; uint32_t code; } good[] = {
        {"a", 1, 'a'}, {"\xc2\xa0", 2, 0xa0}, {"\xe2\x82\xac", 3, 0x20ac}, {"\xf0\x9f\x98\x80", 4, 0x1f600}, {"\xf4\x8f\xbf\xbf", 4, 0x10ffff}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        uint32_t code = 0;
        assert_int_equal(utf8_read(good[i].text, strlen(good[i].text), &code), good[i].n);
        assert_int_equal(code, good[i].code);
        if (good[i].n > 1) assert_int_equal(utf8_read(good[i].text, good[i].n - 1, &code), 0);
    }
    /* overlong, surrogate, too high, lone continuation */
    static const char *const bad[] = {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xc3("};
    uint32_t code;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_int_equal(utf8_read(bad[i], strlen(bad[i]), &code), 0);
}

static void tables_hold_text(void **state)
{
    (void)state;
    islet_table *table = table_create(2, (const char *const[]){"key", "value"}, (const bool[]){false, true});
    assert_non_null(table);
    for (int i = 0; i < 100; i++) assert_true(table_add_row(table, (const char *const[]){"k", i == 50 ? NULL : "1.5"}));
    assert_int_equal(islet_table_rows(table), 100);
    assert_int_equal(islet_table_columns(table), 2);
    assert_string_equal(islet_table_column_name(table, 1), "value");
    assert_true(islet_table_column_is_number(table, 1) && !islet_table_column_is_number(table, 0));
    assert_string_equal(islet_table_cell(table, 99, 1), "1.5");
    assert_string_equal(islet_table_cell(table, 50, 1), "");
    assert_string_equal(islet_table_cell(table, 100, 0), "");
    assert_string_equal(islet_table_cell(table, 0, -1), "");
    islet_table_free(table);
    islet_table_free(NULL);
}

/* FIPS 180-2, appendix B */
static void hash_of_known_texts(void **state)
{
    (void)state;
    char text[ISLET_HASH_TEXT];
    hash_sha256("abc", 3, text);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    hash_state pieces;
    hash_begin(&pieces);
    hash_add(&pieces, "abcdbcdecdefdefgefghfghighij", 28);
    hash_add(&pieces, "hijkijkljklmklmnlmnomnopnopq", 28);
    hash_end(&pieces, text);
    assert_string_equal(text, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

static islet_status read_one(const char *path, size_t limit, char **bytes, size_t *size, const char *says)
{
    islet_problems *problems = islet_problems_create();
    islet_status status = file_read(path, limit, bytes, size, problems);
    assert_int_equal(islet_problems_error_count(problems), status == ISLET_OK ? 0 : 1);
    if (says) assert_non_null(strstr(islet_problems_text(problems, 0), says));
    islet_problems_free(problems);
    return status;
}

static void files_are_read_whole_or_refused(void **state)
{
    (void)state;
    char path[] = "test_base_XXXXXX", *bytes;
    size_t size;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, "a\0b", 3), 3);
    assert_int_equal(close(file), 0);
    assert_int_equal(read_one(path, 3, &bytes, &size, NULL), ISLET_OK);
    assert_int_equal(size, 3);
    assert_memory_equal(bytes, "a\0b", 4);
    free(bytes);
    assert_int_equal(read_one(path, 2, &bytes, &size, "limit is 2"), ISLET_ERR_INPUT);
    assert_null(bytes);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(read_one(path, 3, &bytes, &size, "opened"), ISLET_ERR_IO);
    assert_int_equal(read_one(".", 3, &bytes, &size, "a folder"), ISLET_ERR_IO);
    assert_int_equal(read_one("/dev/zero", 3, &bytes, &size, "a device"), ISLET_ERR_IO);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(read_one(path, 3, &bytes, &size, "pipe"), ISLET_ERR_IO); /* and does not wait for a writer */
    assert_int_equal(unlink(path), 0);
}

static void statuses_and_endpoints_have_texts(void **state)
{
    (void)state;
    assert_string_equal(islet_strerror(ISLET_OK), "fine");
    assert_string_equal(islet_strerror(ISLET_ERR_MEMORY), "out of memory");
    assert_string_equal(islet_strerror((islet_status)99), "unknown status");
    assert_string_equal(islet_version(), ISLET_VERSION);
    char version[32];
    snprintf(version, sizeof version, "%d.%d.%d", ISLET_VERSION_MAJOR, ISLET_VERSION_MINOR, ISLET_VERSION_PATCH);
    assert_string_equal(version, ISLET_VERSION);
    assert_true(strlen(islet_commit()) > 0);
    assert_int_equal(endpoint_find("hba1c_pct"), ENDPOINT_hba1c_pct);
    assert_int_equal(endpoint_find("nonsense"), -1);
    assert_string_equal(islet_endpoint_info[ENDPOINT_withdrawn].key, "withdrawn");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(problems_keep_place_and_escape), cmocka_unit_test(problems_are_bounded),
        cmocka_unit_test(utf8_is_strict), cmocka_unit_test(tables_hold_text), cmocka_unit_test(hash_of_known_texts),
        cmocka_unit_test(files_are_read_whole_or_refused), cmocka_unit_test(statuses_and_endpoints_have_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
