/* YAML: the tree and its places, limits exactly at their edge, and the tables of fields. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/yaml_read.h"

static yaml_document *parse(const char *text, islet_problems *problems)
{
    yaml_document *document = yaml_parse(text, strlen(text), "t.yaml", problems);
    assert_non_null(document);
    return document;
}

/* Number of errors of a text, and the first message. */
static int errors_of(const char *text, const char *first)
{
    islet_problems *problems = islet_problems_create();
    yaml_document *document = parse(text, problems);
    int errors = document->errors;
    assert_int_equal(errors, islet_problems_error_count(problems));
    if (first && !strstr(islet_problems_text(problems, 0), first))
        fail_msg("'%s' lacks '%s'", islet_problems_text(problems, 0), first);
    yaml_free(document);
    islet_problems_free(problems);
    return errors;
}

static char *repeated(const char *head, char piece, size_t n, const char *tail)
{
    size_t a = strlen(head), c = strlen(tail);
    char *text = malloc(a + n + c + 1);
    assert_non_null(text);
    memcpy(text, head, a);
    memset(text + a, piece, n);
    memcpy(text + a + n, tail, c + 1);
    return text;
}

static void nodes_know_their_places(void **state)
{
    (void)state;
    yaml_document *d = parse(
        "# first\na: 1\nlist:\n  - x\n  - {k: 'v w', \"q\": \"z\\n\"}\nblock: |\n  one\n  two\nu: \xc3\xa4 # end\n",
        NULL);
    const yaml_node *list = yaml_find(d->root, "list"), *map = list->first->next;
    assert_int_equal(d->errors, 0);
    assert_false(d->broken);
    assert_int_equal(d->root->count, 4);
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->count, 2);
    assert_int_equal(list->key_line, 3);
    assert_int_equal(list->first->line, 4);
    assert_int_equal(list->first->column, 5);
    assert_string_equal(list->first->text, "x");
    assert_false(list->first->quoted);
    assert_int_equal(map->kind, YAML_MAP);
    assert_true(yaml_find(map, "k")->quoted);
    assert_int_equal(yaml_find(map, "k")->column, 9);
    assert_string_equal(yaml_find(map, "q")->text, "z\n");
    assert_string_equal(yaml_find(d->root, "block")->text, "one\ntwo\n");
    assert_true(yaml_find(d->root, "block")->quoted);
    assert_string_equal(yaml_find(d->root, "u")->text, "\xc3\xa4");
    assert_null(yaml_find(d->root, "x"));
    yaml_free(d);
    yaml_free(NULL);
}

static void limits_hold_at_their_edge(void **state)
{
    (void)state;
    char *fits = repeated("a: ", 'x', YAML_MAX_SCALAR, "\n"), *over = repeated("a: ", 'x', YAML_MAX_SCALAR + 1, "\n");
    assert_int_equal(errors_of(fits, NULL), 0);
    assert_int_equal(errors_of(over, "t.yaml:1:4: "), 1);
    free(fits);
    free(over);

    char deep[2 * YAML_MAX_DEPTH + 8];
    for (int levels = YAML_MAX_DEPTH; levels <= YAML_MAX_DEPTH + 1; levels++) {
        memset(deep, '[', (size_t)levels);
        memset(deep + levels, ']', (size_t)levels);
        deep[2 * levels] = '\0';
        assert_int_equal(errors_of(deep, levels > YAML_MAX_DEPTH ? "deeper" : NULL), levels > YAML_MAX_DEPTH);
    }

    char *large = repeated("a: 1\n#", 'x', YAML_MAX_BYTES - 6, ""),
         *larger = repeated("a: 1\n#", 'x', YAML_MAX_BYTES - 5, "");
    assert_int_equal(errors_of(large, NULL), 0);
    assert_int_equal(errors_of(larger, "limit"), 1);
    free(large);
    free(larger);

    /* keys of one mapping */
    char keys[(YAML_MAX_KEYS + 1) * 8 + 1], *at = keys;
    for (int i = 0; i <= YAML_MAX_KEYS; i++, at += 8)
        memcpy(
            at,
            (char[]){'k', (char)('a' + i / 100), (char)('0' + i / 10 % 10), (char)('0' + i % 10), ':', ' ', '1', '\n'},
            8);
    *at = '\0';
    assert_int_equal(errors_of(keys, "more than 1000 keys"), 1);
    at[-8] = '\0';
    assert_int_equal(errors_of(keys, NULL), 0);
}

static void at_most_twenty_errors_are_looked_for(void **state)
{
    (void)state;
    char text[50 * 6 + 1];
    for (int i = 0; i < 50; i++) memcpy(text + 6 * i, "- *xy\n", 6);
    text[300] = '\0';
    assert_int_equal(errors_of(text, "t.yaml:1:3: an alias"), 20);
}

/* ---- tables of fields ---- */

typedef struct {
    double x;
    int whole, word;
    int64_t large;
    uint64_t seed;
    char name[8];
} example;

static const char *const words[] = {"portal_vein", "omentum", NULL};

static const yaml_field fields[] = {
    YAML_NUMBER(example, x, true, 0.0, 10.0, "mmHg"),
    {.key = "whole", .read = yaml_read_int, .offset = offsetof(example, whole), .low = -5, .high = 5},
    {.key = "large", .read = yaml_read_int64, .offset = offsetof(example, large), .low = 0, .high = 1e18},
    {.key = "seed", .read = yaml_read_uint64, .offset = offsetof(example, seed)},
    YAML_WORD(example, word, false, words),
    {.key = "name", .read = yaml_read_name, .offset = offsetof(example, name), .size = 8},
};

/* Reads the text into `out`; returns the errors, *message (if any) is the caller's to free. */
static int fill(const char *text, example *out, char *message, size_t room)
{
    islet_problems *problems = islet_problems_create();
    yaml_document *document = parse(text, problems);
    yaml_reader reader = yaml_reader_of(document, "t.yaml", problems);
    memset(out, 0, sizeof *out);
    yaml_read_map(&reader, document->root, "an example", YAML_TABLE(fields), out, NULL);
    const char *first = islet_problems_text(problems, 0);
    size_t n = strlen(first) < room ? strlen(first) : room - 1;
    memcpy(message, first, n);
    message[n] = '\0';
    yaml_free(document);
    islet_problems_free(problems);
    return reader.errors;
}

static void a_table_fills_a_struct(void **state)
{
    (void)state;
    example e;
    char message[500];
    assert_int_equal(
        fill("{x: 0.1, whole: -5, large: 9007199254740991, seed: 18446744073709551615, word: omentum, name: abcdefg}",
             &e, message, sizeof message),
        0);
    assert_true(e.x == 0.1);
    assert_int_equal(e.whole, -5);
    assert_true(e.large == 9007199254740991);
    assert_true(e.seed == UINT64_MAX);
    assert_int_equal(e.word, 1);
    assert_string_equal(e.name, "abcdefg");
}

static void what_does_not_fit_the_table_is_told(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        int errors;
    } row[] = {
        {"{}", "t.yaml:1:1: an example has no 'x'", 1},
        {"x: 10.000000000000002", "'x' is '10.000000000000002'; a number from 0 to 10 mmHg is expected", 1},
        {"x: -0.0", "", 0},
        {"x: 1\nhole: 1", "t.yaml:2:1: 'hole' is no key of an example; did you mean 'whole'", 1},
        {"x: 1\nzzzzzzz: 1", "known keys: x, whole, large, seed, word, name", 1},
        {"{x: 1, large: 10,000}", "marks between thousands", 1},
        {"x: 1\nwhole: 6", "a whole number from -5 to 5 is expected; correct it", 1},
        {"x: 1\nwhole: 5e0", "written with digits only; write 5", 1},
        {"x: 1\nwhole: 1.5", "written with digits only; write one such as -5", 1},
        {"x: 1\nwhole: 1.0", "digits only", 1},
        {"x: 1\nlarge: 9007199254740993", "'large' is '9007199254740993'", 1}, /* no double is this number */
        {"x: 1\nseed: -1", "18446744073709551615", 1},
        {"x: 1\nword: portal", "did you mean 'portal_vein'", 1},
        {"x: 1\nname: abcdefgh", "the limit is 7", 1},
        {"x: 1\nname: \"a\\tb\"", "control", 1},
        {"x: 1\nname: [a]", "name is a list; a single value is expected", 1},
        {"x: 1\nname: ''", "an empty text", 1},
        {"x: 1\nname: off", "true, false or nothing", 1},
        {"x: 1\nname: 'off'", "", 0},
        {"x: [1]\nwhole: a\nseed: b\nword: c\nname:", "t.yaml:1:4: 'x' is a list", 5},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        example e;
        char message[500];
        int errors = fill(row[i].text, &e, message, sizeof message);
        if (errors != row[i].errors || (errors && !strstr(message, row[i].message)))
            fail_msg("%s: %d errors: %s", row[i].text, errors, message);
    }
}

static void ranges_have_two_ends(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool fine;
    } row[] = {
        {"[1, 2]", true},     {"[1, 1]", true},  {"[2, 1]", false}, {"[1]", false},    {"[1, 2, 3]", false},
        {"[1, .nan]", false}, {"[0, 2]", false}, {"1", false},      {"{a: 1}", false},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        yaml_document *d = parse(row[i].text, NULL);
        yaml_reader reader = yaml_reader_of(d, "t.yaml", NULL);
        double range[2] = {NAN, NAN};
        assert_int_equal(yaml_range(&reader, d->root, "r", NULL, 1, 2, range), row[i].fine);
        assert_int_equal(reader.errors > 0, !row[i].fine);
        yaml_free(d);
    }
}

static void the_nearest_word_is_found(void **state)
{
    (void)state;
    static const char *const list[] = {"dose_cells", "dose_ieq", "day", NULL};
    assert_string_equal(yaml_nearest("dose_cell", list), "dose_cells");
    assert_string_equal(yaml_nearest("dsoe_ieq", list), "dose_ieq"); /* two neighbours swapped */
    assert_string_equal(yaml_nearest("days", list), "day");
    assert_string_equal(yaml_nearest("dose", list), "dose_cells"); /* the beginning of one */
    assert_string_equal(yaml_nearest("abdc", (const char *const[]){"abxx", "abcd", NULL}), "abcd"); /* one edit, not two */
    assert_null(yaml_nearest("immunosuppression", list));
    static const char *const keys[] = {"c_peptide_stimulated_nmol_l", "duration_year", NULL};
    assert_null(yaml_nearest("c_peptide_fasting_nmol_l", keys)); /* another measurement, not another spelling */
    assert_null(yaml_nearest("duration_month", keys));
    assert_string_equal(yaml_nearest("c_peptide_stim_nmol_l", keys), keys[0]);
    assert_string_equal(yaml_nearest("c_peptid_stimulatd_nmol_l", keys), keys[0]);
    assert_string_equal(yaml_nearest("duration_years", keys), keys[1]);
    assert_null(yaml_nearest("", list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_know_their_places),
        cmocka_unit_test(limits_hold_at_their_edge),
        cmocka_unit_test(at_most_twenty_errors_are_looked_for),
        cmocka_unit_test(a_table_fills_a_struct),
        cmocka_unit_test(what_does_not_fit_the_table_is_told),
        cmocka_unit_test(ranges_have_two_ends),
        cmocka_unit_test(the_nearest_word_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
