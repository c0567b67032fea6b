/* Published arms like an arm of a protocol: every published arm that a shipped protocol stands for is found by that protocol itself, other cells,
 * doses, ways, drugs and people are not alike, and controls come with the treated arm of their trial. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "evidence/alike.h"

static struct islet_protocol *parse(const char *text)
{
    struct islet_protocol *p = malloc(sizeof *p);
    assert_non_null(p);
    assert_int_equal(protocol_parse(text, strlen(text), "p.yaml", p, NULL), ISLET_OK);
    return p;
}

#define HEAD "islet: 1\ntitle: T\n"
#define VISITS "follow_up: {years: 1, visits_day: [0, 365]}\n"
#define CORD                                                                                                         \
    HEAD "population: {of: t1d_new_onset, n: 10, require: {age_year: [18, 40], duration_year: \"<= 2\"}}\narms:\n"    \
         "  - name: cells\n    cells: [{product: msc_umbilical_cord, dose_cells: 2e8, day: 0}]\n  - name: none\n" VISITS

/* pairs of this trial and arm of the protocol's text */
static int pairs(const char *text, const char *trial, int arm, char differs[ALIKE_WORDS])
{
    struct islet_protocol *p = parse(text);
    alike_arms found;
    int n = 0;
    assert_int_equal(alike_find(p, &found, NULL), ISLET_OK);
    for (int i = 0; i < found.n; i++) {
        if (strcmp(found.list[i].trial, trial) != 0 || found.list[i].own_arm != arm) continue;
        n++;
        if (differs) memcpy(differs, found.list[i].differs, ALIKE_WORDS);
    }
    alike_free(&found);
    free(p);
    return n;
}

static void test_same_treatment(void **state)
{
    (void)state;
    char differs[ALIKE_WORDS];
    assert_int_equal(pairs(CORD, "PROTRANS2_CARLSSON2023", 0, differs), 1);
    assert_string_equal(differs, "");
    assert_int_equal(pairs(CORD, "PROTRANS2_CARLSSON2023", 1, NULL), 1); /* its control, too */
    assert_int_equal(pairs(CORD, "NH_T1GER", 1, NULL), 0);               /* a control of another treatment */
}

/* one thing is changed, and it is another treatment or other people */
static void test_another_treatment(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
    } changes[] = {{"msc_umbilical_cord", "msc_placenta"}, {"2e8, day: 0", "4e8, day: 0"}, {"day: 0}", "day: 0, route: pancreatic_artery}"},
                   {"day: 0}", "day: 40}"}, {"t1d_new_onset", "t2d_oral"}, {"\"<= 2\"", "[2, 3]"}, {"[18, 40]", "[45, 60]"},
                   {"day: 0}]\n", "day: 0}]\n    immunosuppression: glucocorticoid_free\n"},
                   {"day: 0}]\n", "day: 0}]\n    conditioning: teplizumab\n"}};
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        static const char whole[] = CORD;
        char text[1000];
        const char *at = strstr(whole, changes[i].from);
        assert_non_null(at);
        snprintf(text, sizeof text, "%.*s%s%s", (int)(at - whole), whole, changes[i].to, at + strlen(changes[i].from));
        assert_int_equal(pairs(text, "PROTRANS2_CARLSSON2023", 0, NULL), 0);
        assert_int_equal(pairs(text, "PROTRANS2_CARLSSON2023", 1, NULL), 0);
    }
}

static void test_what_differs_is_said(void **state)
{
    (void)state;
    char differs[ALIKE_WORDS];
    assert_int_equal(pairs(HEAD "population: {of: t2d_oral, n: 10, require: {age_year: [30, 70]}}\narms:\n  - name: cells\n"
                                "    cells: [{product: msc_umbilical_cord, dose_cells_per_kg: 1e6, day: 0, courses: 2, interval_week: 4}]\n" VISITS,
                           "ZANG2022", 0, differs),
                     1);
    assert_non_null(strstr(differs, "3 million cells/kg there, in 3 courses"));
    assert_non_null(strstr(differs, "Adults with type 2 diabetes on basal or basal-bolus insulin there"));
}

static void test_natural_history(void **state)
{
    (void)state;
    static const char alone[] = HEAD "population: {of: t1d_new_onset_child, n: 10, require: {duration_year: \"<= 0.27\"}}\n"
                                     "arms:\n  - name: insulin alone\n" VISITS;
    assert_int_equal(pairs(alone, "NH_T1GER", 0, NULL), 1);
    assert_int_equal(pairs(alone, "NH_DELAY2013", 0, NULL), 0); /* months later after diagnosis */
}

static void test_days_from_the_infusion(void **state)
{
    (void)state;
    const embedded_file *file = embedded_find("data/evidence/protocols/ahsct.yaml");
    struct islet_protocol *p = malloc(sizeof *p);
    alike_arms found;
    assert_non_null(file);
    assert_non_null(p);
    assert_int_equal(protocol_parse((const char *)file->bytes, file->size, "p.yaml", p, NULL), ISLET_OK);
    assert_int_equal(alike_find(p, &found, NULL), ISLET_OK);
    assert_true(found.n >= 5);
    for (int i = 0; i < found.n; i++) assert_int_equal(found.list[i].later_day, 33);
    alike_free(&found);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_treatment),        cmocka_unit_test(test_another_treatment),
        cmocka_unit_test(test_what_differs_is_said),  cmocka_unit_test(test_natural_history),
        cmocka_unit_test(test_days_from_the_infusion),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
