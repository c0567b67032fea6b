/* Bad inputs: every file of tests/badinputs gets what its manifest says; large hostile texts and thousands of mutated
 * protocols and evidence rows end in a message or are read, never in a crash. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/rng.h"
#include "evidence/outcome.h"
#include "therapy/protocol.h"

#define FOLDER ISLET_SOURCE_DIR "/tests/badinputs/"
#define MUTATIONS 3000

static char *text_of(const char *path, size_t *size)
{
    char *bytes = NULL;
    assert_int_equal(file_read(path, (size_t)1 << 20, &bytes, size, NULL), ISLET_OK);
    assert_non_null(bytes);
    return bytes;
}

/* Every text is shown as one line without control characters. */
static void check_shown(const islet_problems *problems)
{
    for (int i = 0; i < islet_problems_count(problems); i++)
        for (const char *p = islet_problems_text(problems, i); *p; p++)
            assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
}

/* Is "file:LINE:" named in a message, for one of the alternatives "a|b"? `ending` is that of the file. */
static bool line_is_named(const islet_problems *problems, const char *ending, const char *lines, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t n = strcspn(lines + at, "|;\t");
        char place[32];
        snprintf(place, sizeof place, "%.*s:%.*s:", (int)strlen(ending), ending, (int)n, lines + at);
        for (int i = 0; i < islet_problems_count(problems); i++)
            if (strstr(islet_problems_text(problems, i), place)) return true;
        at += n + 1;
    }
    return false;
}

static bool words_stand(const islet_problems *problems, const char *words)
{
    regex_t pattern;
    bool found = false;
    assert_int_equal(regcomp(&pattern, words, REG_EXTENDED | REG_NOSUB), 0);
    for (int i = 0; i < islet_problems_count(problems) && !found; i++)
        found = regexec(&pattern, islet_problems_text(problems, i), 0, NULL, 0) == 0;
    regfree(&pattern);
    return found;
}

static bool all_lines_named(const islet_problems *problems, const char *ending, const char *lines)
{
    while (*lines) {
        size_t n = strcspn(lines, ";");
        if (!line_is_named(problems, ending, lines, n)) return false;
        lines += n + (lines[n] == ';');
    }
    return true;
}

/* One row of the manifest; 1 if something else happened. */
static int check_row(const char *file, const char *expected, const char *lines, const char *words)
{
    char path[400];
    islet_problems *problems = islet_problems_create();
    islet_file_kind kind;
    assert_non_null(problems);
    snprintf(path, sizeof path, FOLDER "%s", file);
    islet_status status = islet_check_file(path, &kind, problems);
    bool error = strcmp(expected, "error") == 0, accept = strcmp(expected, "accept") == 0;
    bool right = error == (status == ISLET_ERR_INPUT || status == ISLET_ERR_STORE) &&
                 error == (islet_problems_error_count(problems) > 0) &&
                 accept == (islet_problems_count(problems) == 0) && all_lines_named(problems, strrchr(file, '.'), lines) &&
                 (accept || words_stand(problems, words));
    check_shown(problems);
    if (!right) {
        print_error("%s: %s was expected with line '%s' and '%s'; status %d\n", file, expected, lines, words, status);
        for (int i = 0; i < islet_problems_count(problems); i++)
            print_error("    %s\n", islet_problems_text(problems, i));
    }
    islet_problems_free(problems);
    return !right;
}

static void every_file_does_what_the_manifest_says(void **state)
{
    (void)state;
    size_t size;
    char *manifest = text_of(FOLDER "manifest.tsv", &size), *at = manifest;
    int files = 0, wrong = 0;
    while (*at) {
        char *cell[5];
        for (int i = 0; i < 5; i++) {
            cell[i] = at;
            at += strcspn(at, i < 4 ? "\t\n" : "\n");
            assert_true(*at);
            *at++ = '\0';
        }
        wrong += check_row(cell[0], cell[1], cell[2], cell[3]);
        files++;
    }
    free(manifest);
    assert_true(files > 100);
    assert_int_equal(wrong, 0);
}

/* ---- texts that are too large to keep ---- */

static struct islet_protocol *room(void)
{
    struct islet_protocol *protocol = calloc(1, sizeof *protocol);
    assert_non_null(protocol);
    return protocol;
}

static void refuse(const char *text, size_t length, const char *words)
{
    struct islet_protocol *protocol = room();
    islet_problems *problems = islet_problems_create();
    assert_int_equal(protocol_parse(text, length, "large.yaml", protocol, problems), ISLET_ERR_INPUT);
    if (!words_stand(problems, words)) fail_msg("%s: %s", words, islet_problems_text(problems, 0));
    islet_problems_free(problems);
    free(protocol);
}

static char *repeated(const char *head, const char *piece, size_t n, const char *tail)
{
    size_t a = strlen(head), b = strlen(piece), c = strlen(tail);
    char *text = malloc(a + n * b + c + 1);
    assert_non_null(text);
    memcpy(text, head, a);
    for (size_t i = 0; i < n; i++) memcpy(text + a + i * b, piece, b);
    memcpy(text + a + n * b, tail, c + 1);
    return text;
}

static void large_texts_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *head, *piece;
        size_t n;
        const char *tail, *words;
    } row[] = {
        {"islet: 1\ntitle: ", "x", 100000, "\n", "long|limit"},
        {"islet: 1\n", "k", 100000, ": 1\n", "long|limit|key"},
        {"islet: 1\nx: ", "[", 5000, "\n", "deep|nest|limit"},
        {"islet: 1\nx: ", "[", 500000, "\n", "deep|nest|limit"}, /* libyaml alone would take minutes */
        {"islet: 1\nx: ", "- ", 5000, "1\n", "deep|nest|limit|YAML"},
        {"islet: 1\nx: [", "1,", 400000, "1]\n", "limit|long"},
        {"islet: 1\n", "# comment\n", 120000, "", "limit"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char *text = repeated(row[i].head, row[i].piece, row[i].n, row[i].tail);
        refuse(text, strlen(text), row[i].words);
        free(text);
    }
}

/* ---- mutations of a good file: the same ones at every run ---- */

static void mutate(char *text, size_t *length, size_t capacity, uint64_t number)
{
    static const char odd[] = "\t\n\"'{}[],:&*!|>%@`#-?0\x01\x80\xff ";
    for (uint64_t k = 0; k < 1 + number % 4; k++) {
        rng_block b = rng_u32x4(11, number, RNG_population, k);
        size_t at = b.word[0] % *length, n = 1 + b.word[1] % 12;
        if (n > *length - at) n = *length - at;
        switch (b.word[2] % 4) {
        case 0: text[at] = odd[b.word[3] % (sizeof odd - 1)]; break; /* one character */
        case 1:                                                      /* some taken away */
            if (*length - n < 2) break;
            memmove(text + at, text + at + n, *length - at - n);
            *length -= n;
            break;
        case 2: /* some doubled */
            if (*length + n > capacity) break;
            memmove(text + at + n, text + at, *length - at);
            *length += n;
            break;
        default: *length = at + 1; break; /* cut off */
        }
    }
}

static bool reads_protocol(const char *text, size_t length, islet_problems *problems)
{
    struct islet_protocol *protocol = room();
    bool read = protocol_parse(text, length, "mutated.yaml", protocol, problems) == ISLET_OK;
    free(protocol);
    return read;
}

static bool reads_rows(const char *text, size_t length, islet_problems *problems)
{
    evidence_rows rows;
    bool read = evidence_parse(text, length, "mutated.csv", &rows, problems) == ISLET_OK;
    assert_true(read || (rows.n == 0 && !rows.rows)); /* nothing by halves */
    evidence_free(&rows);
    return read;
}

static void check_mutations(const char *path, bool (*reads)(const char *text, size_t length, islet_problems *problems))
{
    size_t size;
    char *good = text_of(path, &size);
    int refused = 0;
    for (uint64_t i = 0; i < MUTATIONS; i++) {
        size_t length = size, capacity = size + 64;
        char *text = malloc(capacity); /* its own piece, so that a sanitizer sees one byte too far */
        assert_non_null(text);
        memcpy(text, good, size);
        mutate(text, &length, capacity, i);
        char *exact = malloc(length);
        assert_non_null(exact);
        memcpy(exact, text, length);
        islet_problems *problems = islet_problems_create();
        bool read = reads(exact, length, problems);
        assert_int_equal(read, islet_problems_error_count(problems) == 0); /* refused with a reason, or read */
        check_shown(problems);
        refused += !read;
        islet_problems_free(problems);
        free(exact);
        free(text);
    }
    assert_true(refused > MUTATIONS / 4 && refused < MUTATIONS);
    free(good);
}

static void mutations_never_crash(void **state)
{
    (void)state;
    check_mutations(ISLET_SOURCE_DIR "/examples/zimislecel.yaml", reads_protocol);
    check_mutations(FOLDER "control_rows.csv", reads_rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_does_what_the_manifest_says),
        cmocka_unit_test(large_texts_are_refused),
        cmocka_unit_test(mutations_never_crash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
