/* The report: well-formed, nothing from outside becomes markup or code, nothing is loaded, the same store gives the same
 * bytes, an unwritable place leaves what was there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <ctype.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/embedded.h"
#include "own_folder.h"
#include "synthetic.h"

#define STORE "run.db"
#define PAGE "page.html"
#define HOSTILE "</title><script>alert(1)</script>\"'&<img src=x onerror=alert(2)>\x1b[31m"

static int clean(void **state)
{
    (void)state;
    unlink(STORE);
    unlink(STORE ".part");
    unlink(PAGE);
    return 0;
}

static char *read_page(const char *path)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_int_equal(fread(text, 1, size, file), size);
    text[size] = 0;
    assert_int_equal(strlen(text), size);
    fclose(file);
    return text;
}

static islet_status write_report(const char *title, const char *path, islet_problems *problems)
{
    islet_store *store;
    assert_int_equal(synthetic_store(STORE, title, 40, 8, false, NULL), ISLET_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    islet_status status = islet_report_write(store, path, problems);
    islet_store_close(store, NULL);
    return status;
}

/* a build without the figure libraries cannot write reports and says so; the other tests then have nothing to test */
static bool can_report(void)
{
    return embedded_find("vendor/vega.min.js") != NULL;
}

static void test_without_libraries(void **state)
{
    (void)state;
    if (can_report()) return;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(write_report("plain", PAGE, problems), ISLET_ERR_UNSUPPORTED);
    assert_int_equal(islet_problems_error_count(problems), 1);
    assert_int_not_equal(access(PAGE, F_OK), 0);
    islet_problems_free(problems);
}

/* every element that is opened is closed in order; script and style content is skipped as a browser does */
static void check_nesting(const char *at)
{
    enum { DEPTH = 64 };
    char open[DEPTH][16];
    int depth = 0;
    while ((at = strchr(at, '<'))) {
        bool closing = at[1] == '/';
        const char *name = at + 1 + closing;
        if (*name == '!') {
            at = strchr(at, '>') + 1;
            continue;
        }
        if (!isalpha((unsigned char)*name)) fail_msg("a bare < at: %.60s", at);
        size_t length = 0;
        while (isalnum((unsigned char)name[length])) length++;
        assert_true(length < 16);
        const char *end = name;
        for (char quote = 0; *end && (quote || *end != '>'); end++)
            if (*end == '"') quote = quote ? 0 : '"';
        assert_true(*end == '>');
        char word[16];
        memcpy(word, name, length);
        word[length] = 0;
        at = end + 1;
        if (strcmp(word, "meta") == 0 || strcmp(word, "br") == 0) continue;
        if (closing) {
            assert_true(depth > 0);
            if (strcmp(open[--depth], word) != 0) fail_msg("<%s> is closed by </%s>: %.80s", open[depth], word, name);
            continue;
        }
        if (strcmp(word, "script") == 0 || strcmp(word, "style") == 0) {
            char ending[24];
            snprintf(ending, sizeof ending, "</%s>", word);
            at = strstr(at, ending);
            assert_non_null(at);
            at += strlen(ending);
            continue;
        }
        assert_true(depth < DEPTH);
        memcpy(open[depth++], word, length + 1);
    }
    assert_int_equal(depth, 0);
}

static int count(const char *in, const char *what)
{
    int n = 0;
    for (; (in = strstr(in, what)); in++) n++;
    return n;
}

static void test_page(void **state)
{
    (void)state;
    if (!can_report()) skip();
    assert_int_equal(write_report("A plain title", PAGE, NULL), ISLET_OK);
    char *page = read_page(PAGE);
    check_nesting(page);
    assert_int_equal(count(page, "Research software, not medical advice"), 1);
    assert_int_equal(count(page, "<h1>A plain title</h1>"), 1);
    assert_int_equal(count(page, "{{"), 0 + count(strstr(page, "<script>"), "{{")); /* every place is filled */
    assert_int_equal(count(page, "data-figure="), count(page, "<details><summary>Numbers") + count(page, "class=\"whole\"><summary>Numbers"));
    assert_int_equal(count(page, " id=\"build\""), 1);
    assert_non_null(strstr(page, "simulated trial"));
    assert_int_equal(count(page, " % with full dose of what it would be with different people in each arm."), 1);
    assert_int_equal(count(page, "full dose</span> at most 8.4\u00a0%"), 1); /* teratoma: the treated arm alone has a bound */
    assert_int_equal(count(page, "insulin alone</span> at most"), 0);
    assert_int_equal(count(page, "Trial effect: being seen and measured, and full expectation"), 1);
    assert_int_equal(count(page, "Trial effect: being seen and measured, no expectation"), 1);
    free(page);
}

/* the policy allows what is inside by hash and nothing else; no element loads from an address */
static void test_nothing_loaded(void **state)
{
    (void)state;
    if (!can_report()) skip();
    assert_int_equal(write_report("A plain title", PAGE, NULL), ISLET_OK);
    char *page = read_page(PAGE);
    const char *policy = strstr(page, "Content-Security-Policy");
    assert_non_null(policy);
    char line[2000];
    size_t length = strcspn(policy, ">");
    assert_true(length < sizeof line);
    memcpy(line, policy, length);
    line[length] = 0;
    assert_non_null(strstr(line, "default-src 'none'"));
    assert_int_equal(count(line, "'sha256-"), 6); /* one style, five scripts */
    assert_null(strstr(line, "unsafe"));
    assert_null(strstr(line, "http"));
    /* before the first script: markup of ours, where no attribute may load */
    char *script = strstr(page, "<script>");
    *script = 0;
    assert_null(strstr(page, " src="));
    assert_null(strstr(page, "<link"));
    assert_null(strstr(page, "@import"));
    assert_null(strstr(page, "url("));
    assert_null(strstr(page, " style="));
    assert_null(strstr(page, " onclick"));
    free(page);
}

static void test_hostile_title(void **state)
{
    (void)state;
    if (!can_report()) skip();
    assert_int_equal(write_report(HOSTILE, PAGE, NULL), ISLET_OK);
    char *page = read_page(PAGE);
    check_nesting(page);
    assert_null(strstr(page, "<script>alert"));
    assert_null(strchr(page, '\x1b'));
    *strstr(page, "<script>") = 0; /* what follows is ours */
    assert_null(strstr(page, "<img"));
    assert_int_equal(count(page, "&lt;/title&gt;&lt;script&gt;alert(1)"), 2); /* title and heading */
    free(page);
}

/* the page of a synthetic store in which `sql` was done */
static char *page_after(const char *sql)
{
    islet_store *store;
    sqlite3 *db;
    assert_int_equal(synthetic_store(STORE, "plain", 24, 8, false, NULL), ISLET_OK);
    assert_int_equal(sqlite3_open(STORE, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_report_write(store, PAGE, NULL), ISLET_OK);
    islet_store_close(store, NULL);
    return read_page(PAGE);
}

/* a file's name may hold any bytes; the page is UTF-8 all the same */
static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("INSERT OR REPLACE INTO provenance_build VALUES ('command_line', CAST(x'6e'||x'ff'||x'e282ac'||x'c3' AS TEXT))");
    check_nesting(page);
    assert_non_null(strstr(page, "n\ufffd\u20ac\ufffd</dd>"));
    assert_null(strchr(page, '\xff'));
    free(page);
}

/* without a control no arm is called one, and the difference names the arm it is from; with one it has its interval */
static void test_compared_with(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("SELECT 1");
    assert_int_equal(count(page, ") against control</span>"), 6); /* the lines of one card */
    assert_int_equal(count(page, "<span class=\"tag\">control</span>"), 1);
    free(page);
    page = page_after("UPDATE run SET has_control = 0");
    assert_int_equal(count(page, "against control"), 0);
    assert_int_equal(count(page, ") against insulin alone</span>"), 6);
    assert_int_equal(count(page, "<span class=\"tag\">control</span>"), 0);
    free(page);
}

/* which numbers matter most is said only of people and cells that were screened for it */
static void test_what_matters_most(void **state)
{
    (void)state;
    if (!can_report()) skip();
    static const char *const others[] = {"UPDATE run SET population = 't2d_new'", "UPDATE course SET product = 'msc_umbilical_cord'",
                                         "DELETE FROM course"};
    char *page = page_after("SELECT 1");
    assert_int_equal(count(page, "these five move the results"), 1);
    assert_int_equal(count(page, "; moves most: "), 0 + 5);
    assert_int_equal(count(page, "was not screened"), 0);
    free(page);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        page = page_after(others[i]);
        assert_int_equal(count(page, "moves most: "), 0);
        assert_int_equal(count(page, "was not screened"), 1);
        free(page);
    }
}

/* what an arm gets beside cells, and how many got a later course, stand in the paragraph and on the card */
static void test_what_arms_get(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("UPDATE arm SET beside = 'gastric bypass surgery' WHERE arm = 1;"
                            "INSERT INTO course VALUES (0, 1, 'zimislecel', 4e8, 'cells', 90, 'onto the omentum', 'hba1c_drop_pct >= 0.5');"
                            "INSERT INTO event SELECT 0, patient, 100, 90, 'infusion', 1 FROM patient WHERE patient < 5");
    assert_int_equal(count(page, "no cells; gastric bypass surgery"), 2);
    assert_int_equal(count(page, "onto the omentum on day 90 if hba1c_drop_pct &gt;= 0.5 (given to 5 of 24)"), 2);
    free(page);
    page = page_after("INSERT INTO course SELECT 0, 1, product, dose, dose_unit, 30, put, NULL FROM course WHERE arm = 0;"
                      "INSERT INTO course SELECT 0, 2, product, dose, dose_unit, 60, put, NULL FROM course WHERE arm = 0 AND course = 0;"
                      "INSERT INTO course SELECT 0, 3, product, dose, dose_unit, 90, 'under the skin', NULL FROM course WHERE arm = 0 AND course = 0");
    assert_int_equal(count(page, "800 million cells of zimislecel into the portal vein on days 0, 30 and 60, then 800 million cells of zimislecel under "
                                 "the skin on day 90, with"), 2);
    free(page);
}

/* an arm's name goes into markup, tables and the data of the figures */
static void test_hostile_arm(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("UPDATE arm SET name = '</script><script>alert(3)</script>\"\\' WHERE arm = 0");
    check_nesting(page);
    assert_null(strstr(page, "<script>alert"));
    assert_non_null(strstr(page, "\\u003c/script\\u003e\\u003cscript\\u003ealert(3)\\u003c/script\\u003e\\\"\\\\"));
    free(page);
}

/* numbers of an altered store: whatever they are, the page is written from what can be shown, and nothing is read beside it */
static void test_hostile_numbers(void **state)
{
    (void)state;
    if (!can_report()) skip();
    static const char *const altered[] = {
        "UPDATE arm SET arm = 1000000, teratoma_bound = 0.1 WHERE arm = 1", "UPDATE arm SET arm = -7, teratoma_bound = 0.1 WHERE arm = 0",
        "UPDATE profile SET count = 9223372036854775807", "UPDATE profile SET slot = slot + 4000000000, bin = -bin",
        "UPDATE run SET control_arm = 2147483647", "UPDATE run SET follow_up_day = -9223372036854775807, years = 9e999",
        "UPDATE visit SET day = 4294967296 - day", "UPDATE event SET day = 2147483647"};
    for (size_t i = 0; i < sizeof altered / sizeof altered[0]; i++) {
        char *page = page_after(altered[i]);
        check_nesting(page);
        free(page);
    }
}

/* Headline, cards and pictures are about what the people have and what the protocol asks for: where nobody injects insulin nothing is about insulin, and a
 * named end point comes first. */
static void test_what_is_shown_first(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("SELECT 1");
    assert_int_equal(count(page, "the share of people living without injected insulin is"), 1);
    assert_int_equal(count(page, "<section id=\"independence\">"), 1);
    assert_int_equal(count(page, "href=\"#independence\""), 1);
    free(page);
    page = page_after("UPDATE run SET diabetes = 'none'; UPDATE visit SET insulin_u_per_kg_day = 0; UPDATE endpoint SET asked = 1;"
                      "DELETE FROM course; UPDATE arm SET regimen = NULL");
    assert_int_equal(count(page, "the share of people with diabetes is"), 1);
    assert_int_equal(count(page, "<dt>Diabetes</dt>"), 2);
    assert_int_equal(count(page, "<dt>Off insulin</dt>"), 0);
    assert_int_equal(count(page, "id=\"independence\""), 0);
    assert_int_equal(count(page, "href=\"#independence\""), 0);
    assert_int_equal(count(page, "<td>off insulin</td>"), 0);
    assert_int_equal(count(page, "<td>without diabetes</td>"), 1);
    assert_int_equal(count(page, "<td>graft lost</td>"), 0);
    assert_int_equal(count(page, "Injected insulin, U/kg/day"), 0);
    free(page);
    page = page_after("UPDATE run SET diabetes = 'type2'; UPDATE visit SET insulin_u_per_kg_day = 0; UPDATE endpoint SET asked = 0;"
                      "UPDATE endpoint SET asked = 1 WHERE endpoint IN ('weight_kg', 'insulin_u_per_kg_day')");
    assert_int_equal(count(page, "the mean dose of insulin is"), 1);
    assert_int_equal(count(page, "<dt>Weight</dt>"), 2);
    assert_int_equal(count(page, "\"panel_title\":\"Injected insulin, U/kg/day\",\"panel_scale\":{\"domain\":[0,1]}"), 1); /* all are 0 */
    assert_int_equal(count(page, "<td>remission of type 2 diabetes</td>"), 1);
    free(page);
}

/* A reaction of which nothing is known is not one that nobody has. */
static void test_what_is_not_modelled(void **state)
{
    (void)state;
    if (!can_report()) skip();
    static const char cell[] = "<td class=\"n\">not modelled</td>";
    char *page = page_after("SELECT 1");
    assert_int_equal(count(page, cell), 0);
    free(page);
    page = page_after("UPDATE visit SET fever = NULL, infusion_reaction = NULL WHERE arm = 0");
    assert_int_equal(count(page, cell), 2);
    assert_int_equal(count(page, "(fever, reactions)"), 1);
    assert_int_equal(count(page, "through an artery"), 0);
    free(page);
    page = page_after("UPDATE visit SET infusion_reaction = NULL WHERE arm = 0; UPDATE course SET put = 'catheter into an artery of the pancreas'");
    assert_int_equal(count(page, cell), 1);
    assert_int_equal(count(page, " (reactions)"), 1);
    assert_int_equal(count(page, "through an artery"), 1);
    free(page);
}

/* sixteen arms and eight colours: those beyond are dashed and hollow, and single people are left out */
static void test_many_arms(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("SELECT 1");
    assert_int_equal(count(page, "\"dashes\":[[1,0],[1,0]]"), 1);
    assert_true(count(page, "\"person\":") > 0);
    free(page);
    page = page_after("WITH RECURSIVE more(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM more WHERE n < 9) INSERT INTO arm (arm, name, trial_effect) "
                      "SELECT n, 'arm ' || n, 'none' FROM more;"
                      "INSERT INTO visit (arm, day, patient, hba1c_pct) SELECT a.arm, v.day, v.patient, 7 FROM visit AS v, arm AS a WHERE v.arm = 1 AND a.arm > 1;"
                      "UPDATE run SET arms = 10");
    assert_int_equal(count(page, ",[1,0],[6,3],[6,3]]"), 1);
    assert_int_equal(count(page, ",\"circle\",\"diamond\",\"diamond\"]"), 1);
    assert_int_equal(count(page, "\"person\":"), 0);
    free(page);
}

/* published rows stand beside the arm that is given the same, and "none is known" is said only where none is */
static void test_published_rows_stand_beside_their_arm(void **state)
{
    (void)state;
    if (!can_report()) skip();
    char *page = page_after("SELECT 1");
    assert_int_equal(count(page, "values that were never used to set the model"), 1);
    assert_true(count(page, ">calibrate \u2020<") > 0);
    assert_int_equal(count(page, "No published outcome"), 0);
    int all = count(page, "\"what\":\"published\"");
    free(page);
    page = page_after("DELETE FROM published_arm");
    assert_int_equal(count(page, "\"what\":\"published\""), 0);
    assert_int_equal(count(page, "No published outcome of these treatments is known"), 1);
    free(page);
    page = page_after("UPDATE published_arm SET later_day = 3000"); /* no visit is near: they are known, and not comparable here */
    assert_int_equal(count(page, "\"what\":\"published\""), 0);
    assert_int_equal(count(page, "No published outcome"), 0);
    assert_int_equal(count(page, "published values of these treatments are not in this table"), 1);
    free(page);
    page = page_after("UPDATE published_arm SET differs = '<b>other people</b>', arm = arm + 1000000 * (trial_id = 'EDM2005')");
    assert_int_equal(count(page, "\"what\":\"published\""), all);
    assert_true(count(page, "otherwise: &lt;b&gt;other people") > 0);
    free(page);
}

/* another machine, day and thread count change the build block alone */
static void test_same_bytes(void **state)
{
    (void)state;
    if (!can_report()) skip();
    assert_int_equal(write_report("plain", PAGE, NULL), ISLET_OK);
    char *first = read_page(PAGE);
    islet_store *store;
    sqlite3 *db;
    assert_int_equal(sqlite3_open(STORE, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "UPDATE provenance_build SET value = 'another'; DELETE FROM batch WHERE batch > 2", NULL,
                                  NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    assert_int_equal(islet_store_open(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_report_write(store, PAGE, NULL), ISLET_OK);
    islet_store_close(store, NULL);
    char *second = read_page(PAGE);
    assert_string_not_equal(first, second);
    char *build_first = strstr(first, "<aside id=\"build\">"), *build_second = strstr(second, "<aside id=\"build\">");
    assert_non_null(build_first);
    assert_int_equal(build_first - first, build_second - second);
    assert_memory_equal(first, second, (size_t)(build_first - first));
    assert_string_equal(strstr(build_first, "</aside>"), strstr(build_second, "</aside>"));
    free(first);
    free(second);
}

static void test_unwritable(void **state)
{
    (void)state;
    if (!can_report()) skip();
    islet_problems *problems = islet_problems_create();
    assert_int_equal(write_report("plain", "no_such_folder/report.html", problems), ISLET_ERR_IO);
    assert_int_equal(write_report("plain", "/dev/full", problems), ISLET_ERR_IO);
    assert_int_equal(write_report("plain", ".", problems), ISLET_ERR_IO);
    assert_int_equal(islet_problems_error_count(problems), 3);
    islet_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_without_libraries, clean, clean),
        cmocka_unit_test_setup_teardown(test_page, clean, clean),
        cmocka_unit_test_setup_teardown(test_nothing_loaded, clean, clean),
        cmocka_unit_test_setup_teardown(test_hostile_title, clean, clean),
        cmocka_unit_test_setup_teardown(test_bytes_that_are_no_text, clean, clean),
        cmocka_unit_test_setup_teardown(test_compared_with, clean, clean),
        cmocka_unit_test_setup_teardown(test_what_matters_most, clean, clean),
        cmocka_unit_test_setup_teardown(test_what_arms_get, clean, clean),
        cmocka_unit_test_setup_teardown(test_what_is_shown_first, clean, clean),
        cmocka_unit_test_setup_teardown(test_what_is_not_modelled, clean, clean),
        cmocka_unit_test_setup_teardown(test_many_arms, clean, clean),
        cmocka_unit_test_setup_teardown(test_hostile_arm, clean, clean),
        cmocka_unit_test_setup_teardown(test_hostile_numbers, clean, clean),
        cmocka_unit_test_setup_teardown(test_published_rows_stand_beside_their_arm, clean, clean),
        cmocka_unit_test_setup_teardown(test_same_bytes, clean, clean),
        cmocka_unit_test_setup_teardown(test_unwritable, clean, clean),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, NULL, NULL));
}
