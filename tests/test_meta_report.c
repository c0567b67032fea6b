/* Report of a pool: figures whose data and words parse and fit together, nothing from outside becomes markup, refusals are said, the same
 * table gives the same bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include <jansson.h>

#include "base/embedded.h"
#include "base/file.h"
#include "islet.h"
#include "own_folder.h"

#define FOLDER ISLET_SOURCE_DIR "/tests/data/meta/"
#define PAGE "page.html"
#define TABLE "studies.csv"

static int clean(void **state)
{
    (void)state;
    unlink(PAGE);
    unlink(TABLE);
    return 0;
}

/* a build without the figure libraries cannot write reports */
static bool can_report(void)
{
    return embedded_find("vendor/vega.min.js") != NULL;
}

static char *read_page(void)
{
    char *bytes;
    size_t size;
    assert_int_equal(file_read(PAGE, 16 << 20, &bytes, &size, NULL), ISLET_OK);
    assert_int_equal(strlen(bytes), size);
    return bytes;
}

static char *pool_page(const char *path, const islet_meta_options *options, const char *title)
{
    islet_meta *meta;
    assert_int_equal(islet_meta_run(path, options, &meta, NULL), ISLET_OK);
    assert_int_equal(islet_meta_report_write(meta, title, PAGE, NULL), ISLET_OK);
    islet_meta_free(meta);
    return read_page();
}

static void write_table(const char *text)
{
    FILE *file = fopen(TABLE, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

/* JSON of a script element */
static json_t *element(const char *page, const char *id)
{
    char open[80];
    snprintf(open, sizeof open, "<script type=\"application/json\" id=\"%s\">", id);
    const char *from = strstr(page, open);
    assert_non_null(from);
    from += strlen(open);
    const char *to = strstr(from, "</script>");
    json_error_t error;
    json_t *found = json_loadb(from, (size_t)(to - from), JSON_REJECT_DUPLICATES, &error);
    if (!found) fail_msg("%s: %s at %d", id, error.text, error.position);
    return found;
}

/* every "$word" of a figure is a word of the page, every data set it names is in the data */
static void check_figure(const json_t *part, const json_t *words, const json_t *data, int *checked)
{
    const char *key;
    json_t *value;
    size_t index;
    json_array_foreach((json_t *)part, index, value) check_figure(value, words, data, checked);
    if (!json_is_object(part)) {
        const char *text = json_string_value(part);
        if (text && text[0] == '$' && !json_object_get(words, text + 1)) fail_msg("the page has no word %s", text);
        *checked += text && text[0] == '$';
        return;
    }
    const json_t *set = json_object_get(json_object_get(part, "data"), "name");
    if (set && !json_object_get(data, json_string_value(set))) fail_msg("no data %s", json_string_value(set));
    json_object_foreach((json_t *)part, key, value) if (key[0] != '$') check_figure(value, words, data, checked);
}

static int rows_of_kind(const json_t *data, const char *kind)
{
    int n = 0;
    size_t index;
    json_t *row;
    json_array_foreach(json_object_get(data, "forest"), index, row) n +=
        strcmp(json_string_value(json_object_get(row, "kind")), kind) == 0;
    return n;
}

static void test_forest_and_funnel(void **state)
{
    (void)state;
    if (!can_report()) skip();
    int checked = 0;
    char *page = pool_page(FOLDER "dat.bcg.txt", NULL, "BCG vaccine");
    json_t *words = element(page, "words"), *data = element(page, "data"), *figures = element(page, "figures");
    check_figure(json_object_get(figures, "forest"), words, data, &checked);
    check_figure(json_object_get(figures, "funnel"), words, data, &checked);
    assert_true(checked > 10);
    assert_int_equal(rows_of_kind(data, "study"), 13);
    assert_int_equal(rows_of_kind(data, "pool"), 1);
    assert_int_equal(rows_of_kind(data, "prediction"), 1);
    assert_int_equal(json_array_size(json_object_get(data, "forest_diamond")), 4);
    assert_int_equal(json_array_size(json_object_get(data, "funnel")), 13);
    assert_string_equal(json_string_value(json_object_get(words, "scale")), "log");
    json_t *first = json_array_get(json_object_get(data, "forest"), 1);
    assert_string_equal(json_string_value(json_object_get(first, "treated")), "4 / 123");
    assert_string_equal(json_string_value(json_object_get(first, "effect")), "0.41 [0.13, 1.26]");
    assert_non_null(strstr(page, "0.49 (95&nbsp;% interval 0.34 to 0.70; p &lt; 0.0001)"));
    assert_null(strstr(page, "p = 0.0000"));
    assert_null(strstr(page, "src=\"http"));
    assert_null(strstr(page, "{{"));
    char *again = pool_page(FOLDER "dat.bcg.txt", NULL, "BCG vaccine");
    assert_string_equal(page, again);
    json_decref(words);
    json_decref(data);
    json_decref(figures);
    free(page);
    free(again);
}

static void test_subgroups(void **state)
{
    (void)state;
    if (!can_report()) skip();
    write_table("study,yi,vi,g\nA,0,1,a\nB,3,1,b\nC,2,1,a\nD,5,1,b\nE,,1,b\n");
    char *page = pool_page(TABLE, &(islet_meta_options){.subgroups = "g", .method = "EE"}, "groups");
    json_t *data = element(page, "data");
    assert_int_equal(rows_of_kind(data, "group"), 2);
    assert_int_equal(rows_of_kind(data, "pool"), 3);
    assert_non_null(strstr(page, "Test between subgroups: Q 9.00 on 1 degree of freedom, p = 0.0027"));
    assert_non_null(strstr(page, "its effect is not reported"));
    json_decref(data);
    free(page);
}

static void test_refusal(void **state)
{
    (void)state;
    if (!can_report()) skip();
    write_table("study,yi,vi,design\nA,0,1,single\nB,3,1,randomised\n");
    char *page = pool_page(TABLE, NULL, "mixed");
    json_t *data = element(page, "data");
    assert_non_null(strstr(page, "Not pooled (not_comparable): the rows mix single-arm and controlled evidence"));
    assert_int_equal(rows_of_kind(data, "study"), 2);
    assert_int_equal(rows_of_kind(data, "pool"), 0);
    assert_null(strstr(page, "data-figure=\"funnel\""));
    json_decref(data);
    free(page);
}

static void test_hostile_text(void **state)
{
    (void)state;
    if (!can_report()) skip();
    write_table("study,yi,vi\n</script><script>alert(1)</script>,0,1\n<img src=x onerror=alert(2)>,3,1\n");
    char *page = pool_page(TABLE, NULL, "</title><script>alert(3)</script>");
    assert_null(strstr(page, "<script>alert"));
    assert_null(strstr(page, "<img src=x"));
    assert_non_null(strstr(page, "&lt;img src=x"));
    free(page);
}

static void test_network(void **state)
{
    (void)state;
    if (!can_report()) skip();
    islet_network *network;
    int checked = 0;
    assert_int_equal(islet_network_run(FOLDER "dat.senn2013.txt", NULL, &network, NULL), ISLET_OK);
    assert_int_equal(islet_network_report_write(network, "glucose-lowering drugs", PAGE, NULL), ISLET_OK);
    char *page = read_page();
    json_t *words = element(page, "words"), *data = element(page, "data"), *figures = element(page, "figures");
    check_figure(json_object_get(figures, "forest"), words, data, &checked);
    assert_int_equal(rows_of_kind(data, "study"), 9);
    assert_non_null(strstr(page, "Between designs: Q 22.53 on 7 degrees of freedom, p = 0.0021"));
    islet_network_free(network);
    json_decref(words);
    json_decref(data);
    json_decref(figures);
    free(page);
}

static void test_unwritable(void **state)
{
    (void)state;
    if (!can_report()) skip();
    islet_meta *meta;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(islet_meta_run(FOLDER "dat.bcg.txt", NULL, &meta, NULL), ISLET_OK);
    assert_int_equal(islet_meta_report_write(meta, "t", "/nonexistent/page.html", problems), ISLET_ERR_IO);
    assert_int_equal(islet_problems_error_count(problems), 1);
    assert_int_equal(islet_meta_report_write(meta, "t", "", problems), ISLET_ERR_ARGUMENT);
    islet_meta_free(meta);
    islet_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_forest_and_funnel, clean, clean),
        cmocka_unit_test_setup_teardown(test_subgroups, clean, clean),
        cmocka_unit_test_setup_teardown(test_refusal, clean, clean),
        cmocka_unit_test_setup_teardown(test_hostile_text, clean, clean),
        cmocka_unit_test_setup_teardown(test_network, clean, clean),
        cmocka_unit_test_setup_teardown(test_unwritable, clean, clean),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, NULL, NULL));
}
