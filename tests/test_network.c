/* Network meta-analysis: metafor's numbers on the diabetes drug trials, two-arm limits with closed forms, and refusals. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/csv.h"
#include "base/file.h"
#include "base/number.h"
#include "islet.h"
#include "stats/network.h"

#define FOLDER ISLET_SOURCE_DIR "/tests/data/meta/"

static double number(const char *text)
{
    double value;
    if (!number_read(text, strlen(text), &value)) fail_msg("'%s' is no number", text);
    return value;
}

/* within half a unit of the last printed digit or 1e-4 of itself, whichever is larger */
static void agrees(const char *treatment, const char *printed, const char *found)
{
    double unit = 1, expected = number(printed), value = number(found);
    const char *point = strchr(printed, '.');
    for (size_t i = 1; point && i < strlen(point); i++) unit /= 10;
    if (!(fabs(value - expected) <= fmax(0.5000001 * unit, 1e-4 * fabs(expected))))
        fail_msg("%s: %s expected, %s found", treatment, printed, found);
}

static int row_of(const islet_table *table, const char *name)
{
    for (int i = 0; i < islet_table_rows(table); i++)
        if (strcmp(islet_table_cell(table, i, 0), name) == 0) return i;
    fail_msg("no row '%s'", name);
    return -1;
}

static void test_senn2013(void **state)
{
    (void)state;
    islet_network *n;
    char *bytes;
    size_t size;
    csv_file file;
    assert_true(islet_network_is_one(FOLDER "dat.senn2013.txt"));
    assert_false(islet_network_is_one(FOLDER "dat.begg1989.txt"));
    assert_int_equal(islet_network_run(FOLDER "dat.senn2013.txt", NULL, &n, NULL), ISLET_OK);
    assert_string_equal(n->reference, "placebo");
    assert_true(n->studies == 26 && n->arms == 53 && n->treatments == 10 && n->q_df == 18 && n->left_out == 0);
    assert_true(fabs(n->q - 96.98407) < 5e-6 && fabs(n->tau2 - 0.099914544) < 1e-4 * 0.099914544);
    /* the parts of Q that the design-by-treatment model leaves: 74.45 on 11 within designs, 22.53 on 7 between */
    assert_true(n->q_within_df == 11 && n->q_between_df == 7 && fabs(n->q_within - 74.45) < 0.005 &&
                fabs(n->q_between - 22.53) < 0.005);
    assert_int_equal(file_read(FOLDER "senn2013_network.csv", 1 << 16, &bytes, &size, NULL), ISLET_OK);
    const char *header = strchr(bytes, '\n') + 1; /* behind a remark */
    assert_int_equal(csv_parse(header, size - (size_t)(header - bytes), "expected", &file, NULL), ISLET_OK);
    assert_int_equal(file.rows, 9);
    for (int row = 0; row < file.rows; row++) {
        const char *treatment = csv_cell_at(&file, row, 0)->text;
        int found = row_of(n->contrasts, treatment);
        for (int i = 0; i < 4; i++)
            agrees(treatment, csv_cell_at(&file, row, 1 + i)->text, islet_table_cell(n->contrasts, found, 2 + i));
    }
    assert_int_equal(islet_table_rows(n->league), 90);
    csv_free(&file);
    free(bytes);
    islet_network_free(n);
}

/* pairs only: a network of two treatments is the plain pool; the one variance of both is the same */
static void test_two_treatments(void **state)
{
    (void)state;
    const network_arm arms[] = {{0, 0, 1, 0.5}, {0, 1, 2, 0.5}, {1, 0, 1, 0.5},
                                {1, 1, 3, 0.5}, {2, 0, 1, 0.5}, {2, 1, 7, 0.5}};
    network_fit fit; /* differences 1, 2, 6 of variance 1: their variance is 7, so tau2 is 6 */
    double se;
    assert_true(network_run(arms, 6, 2, true, &fit));
    assert_true(fabs(fit.tau2 - 6) < 1e-5 && fabs(network_contrast(&fit, 1, 0, &se) - 3) < 1e-9 &&
                fabs(se - sqrt(7 / 3.0)) < 1e-6);
    assert_true(fit.q_df == 2 && fabs(fit.q - 14) < 1e-9);
    network_free(&fit);
}

/* one trial of three arms: its differences are plain, and share the variance of the common arm */
static void test_three_arms(void **state)
{
    (void)state;
    const network_arm arms[] = {{0, 0, 1, 0.25}, {0, 1, 2, 1}, {0, 2, 5, 4}};
    network_fit fit;
    double se;
    assert_true(network_run(arms, 3, 3, true, &fit));
    assert_true(fabs(network_contrast(&fit, 1, 0, &se) - 1) < 1e-12 && fabs(se - sqrt(1.25)) < 1e-12);
    assert_true(fabs(network_contrast(&fit, 2, 1, &se) - 3) < 1e-12 && fabs(se - sqrt(5)) < 1e-12);
    assert_true(fabs(fit.covariance[1] - 0.25) < 1e-12 && fit.q_df == 0 && fit.tau2 == 0);
    network_free(&fit);
    assert_false(network_run((const network_arm[]){{0, 0, 1, 1}, {0, 1, 2, 1}, {1, 2, 2, 1}, {1, 3, 1, 1}}, 4, 4, false,
                             &fit)); /* not connected */
}

/* ---- files ---- */

static islet_status run_text(const char *text, const islet_meta_options *options, islet_network **n,
                             islet_problems *problems)
{
    char path[] = "network_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text) && close(file) == 0);
    islet_status status = islet_network_run(path, options, n, problems);
    unlink(path);
    return status;
}

/* odds of three trials with an empty cell in one: 1/2 goes to every cell of that trial */
static void test_counts(void **state)
{
    (void)state;
    islet_network *n;
    assert_int_equal(run_text("study,treatment,xi,ni\nA,x,0,10\nA,y,5,10\n",
                              &(islet_meta_options){.reference = "x", .method = "FE"}, &n, NULL),
                     ISLET_OK);
    assert_string_equal(n->measure, "OR");
    double expected = log((5.5 / 5.5) / (0.5 / 10.5)), se = sqrt(2 / 5.5 + 1 / 0.5 + 1 / 10.5);
    int row = row_of(n->contrasts, "y");
    assert_true(fabs(number(islet_table_cell(n->contrasts, row, 4)) - expected) < 1e-12 &&
                fabs(number(islet_table_cell(n->contrasts, row, 5)) - se) < 1e-12);
    islet_network_free(n);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *text, *refusal, *why;
    } none[] = {
        {"study,treatment,mi,sdi,ni\nA,x,1,,10\nA,y,2,1,10\n", "not_reported", "two arms"},
        {"study,treatment,mi,sdi,ni\nA,x,1,1,10\nA,y,2,1,10\nB,u,1,1,10\nB,v,2,1,10\n", "not_comparable",
         "no chain of studies"},
    };
    static const struct {
        islet_status status;
        const char *text, *place, *word;
        islet_meta_options options;
    } bad[] = {
        {ISLET_ERR_INPUT, "study,treatment,mi,sdi,ni\nA,x,1,1,10\nA,x,2,1,10\n", ":3:3: ", "once in each study", {0}},
        {ISLET_ERR_INPUT, "study,treatment,mi,sdi,ni\nA,x,1,-1,10\nA,y,2,1,10\n", ":2:7: ", "sdi is '-1'", {0}},
        {ISLET_ERR_INPUT, "study,treatment,xi,ni\nA,x,11,10\nA,y,2,10\n", ":2:5: ", "no more events than people", {0}},
        {ISLET_ERR_INPUT, "study,treatment,xi,ni\nA,,1,10\nA,y,2,10\n", ":2:3: ", "treatment is ''", {0}},
        {ISLET_ERR_INPUT, "study,arm,xi,ni\nA,x,1,10\n", ": ", "columns of a network", {0}},
        {ISLET_ERR_UNKNOWN_NAME,
         "study,treatment,xi,ni\nA,x,1,10\nA,y,2,10\n",
         ": ",
         "reference 'z'",
         {.reference = "z"}},
        {ISLET_ERR_UNKNOWN_NAME, "study,treatment,xi,ni\nA,x,1,10\nA,y,2,10\n", ": ", "method 'DL'", {.method = "DL"}},
        {ISLET_ERR_ARGUMENT, "study,treatment,xi,ni\nA,x,1,10\nA,y,2,10\n", ": ", "measure MD", {.measure = "MD"}},
    };
    islet_network *n;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_int_equal(run_text(none[i].text, NULL, &n, NULL), ISLET_OK);
        assert_string_equal(n->refusal, none[i].refusal);
        if (!strstr(n->why, none[i].why)) fail_msg("%s", n->why);
        assert_true(isnan(n->tau2) && !n->contrasts);
        islet_network_free(n);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        islet_problems *problems = islet_problems_create();
        assert_int_equal(run_text(bad[i].text, &bad[i].options, &n, problems), bad[i].status);
        const char *said = islet_problems_text(problems, 0);
        if (!strstr(said, bad[i].place) || !strstr(said, bad[i].word))
            fail_msg("expected %s with %s; found %s", bad[i].place, bad[i].word, said);
        assert_null(n);
        islet_problems_free(problems);
    }
}

/* The trials of diabetes drugs as pairs (mean differences with their standard errors; of the trial of three arms all three) are the same network. */
static void test_pairs(void **state)
{
    (void)state;
    static char text[20000];
    csv_file file;
    islet_network *arms, *pairs;
    assert_int_equal(csv_read(FOLDER "dat.senn2013.txt", &file, NULL), ISLET_OK);
    const int study = csv_column(&file, "study"), treatment = csv_column(&file, "treatment"), mi = csv_column(&file, "mi"),
              sdi = csv_column(&file, "sdi"), ni = csv_column(&file, "ni");
    size_t at = (size_t)snprintf(text, sizeof text, "studlab,treat1,treat2,TE,seTE\n");
    for (int i = 0; i < file.rows; i++)
        for (int j = i + 1; j < file.rows; j++) {
            double x[2], v = 0;
            char te[NUMBER_TEXT], se[NUMBER_TEXT];
            if (strcmp(csv_cell_at(&file, i, study)->text, csv_cell_at(&file, j, study)->text) != 0) continue;
            for (int k = 0; k < 2; k++) {
                const int row = k ? j : i;
                const double sd = number(csv_cell_at(&file, row, sdi)->text);
                x[k] = number(csv_cell_at(&file, row, mi)->text);
                v += sd * sd / number(csv_cell_at(&file, row, ni)->text);
            }
            number_write(x[0] - x[1], te);
            number_write(sqrt(v), se);
            at += (size_t)snprintf(text + at, sizeof text - at, "\"%s\",%s,%s,%s,%s\n", csv_cell_at(&file, i, study)->text,
                                   csv_cell_at(&file, i, treatment)->text, csv_cell_at(&file, j, treatment)->text, te, se);
        }
    csv_free(&file);
    assert_int_equal(islet_network_run(FOLDER "dat.senn2013.txt", NULL, &arms, NULL), ISLET_OK);
    assert_int_equal(run_text(text, NULL, &pairs, NULL), ISLET_OK);
    assert_string_equal(pairs->measure, "GEN");
    assert_true(pairs->studies == 26 && pairs->arms == 53 && pairs->treatments == 10 && pairs->q_df == 18);
    assert_true(fabs(pairs->q - arms->q) < 1e-6 && fabs(pairs->tau2 - arms->tau2) < 1e-6 && fabs(pairs->q_between - arms->q_between) < 1e-6);
    for (int i = 0; i < 10; i++) {
        const int other = row_of(pairs->contrasts, islet_table_cell(arms->contrasts, i, 0));
        for (int column = 4; i > 0 && column < 6; column++)
            assert_true(fabs(number(islet_table_cell(pairs->contrasts, other, column)) - number(islet_table_cell(arms->contrasts, i, column))) < 1e-6);
    }
    islet_network_free(arms);
    islet_network_free(pairs);
}

/* a pair of a trial of three arms that is missing, one twice, effects that do not add up: out, with the reason; one arm twice in a pair: refused */
static void test_pairs_that_are_no_arms(void **state)
{
    (void)state;
    static const struct {
        const char *rows, *why;
    } out[] = {{"B,x,y,1,1\nB,y,z,1,1\n", "expected once"},
               {"B,x,y,1,1\nB,x,y,1,1\n", "expected once"},
               {"B,x,y,1,1\nB,y,z,1,1\nB,x,z,5,1\n", "do not add up"},
               {"B,x,y,1,1\nB,y,z,1,1\nB,x,z,2,9\n", "not those of arms"},
               {"B,x,y,NA,1\n", "without an effect"}};
    char text[300];
    islet_network *n;
    for (size_t i = 0; i < sizeof out / sizeof *out; i++) {
        snprintf(text, sizeof text, "study,treat1,treat2,yi,vi\nA,x,y,1,1\n%s", out[i].rows);
        assert_int_equal(run_text(text, NULL, &n, NULL), ISLET_OK);
        assert_true(n->studies == 1 && n->left_out == 1);
        if (!strstr(islet_table_cell(n->left, 0, 2), out[i].why)) fail_msg("%s", islet_table_cell(n->left, 0, 2));
        islet_network_free(n);
    }
    assert_int_equal(run_text("study,treat1,treat2,yi,vi\nA,x,x,1,1\n", NULL, &n, NULL), ISLET_ERR_INPUT);
    assert_int_equal(run_text("study,treat1,treat2,yi,vi\nA,x,y,1,1\n", &(islet_meta_options){.measure = "MD"}, &n, NULL), ISLET_ERR_ARGUMENT);
}

/* an arm without SD leaves, and takes the last other arm of its trial with it */
static void test_left_out(void **state)
{
    (void)state;
    islet_network *n;
    assert_int_equal(
        run_text("study,treatment,mi,sdi,ni\nA,x,1,1,10\nA,y,2,1,10\nB,x,1,NA,10\nB,y,2,1,10\n", NULL, &n, NULL),
        ISLET_OK);
    assert_true(n->studies == 1 && n->arms == 2 && n->left_out == 2);
    assert_string_equal(islet_table_cell(n->left, 0, 2), "no variance: sdi is not reported");
    assert_string_equal(islet_table_cell(n->left, 1, 2), "the only arm of its study that can be used");
    islet_network_free(n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_senn2013), cmocka_unit_test(test_two_treatments), cmocka_unit_test(test_three_arms),
        cmocka_unit_test(test_counts),   cmocka_unit_test(test_refusals),       cmocka_unit_test(test_left_out),
        cmocka_unit_test(test_pairs),
        cmocka_unit_test(test_pairs_that_are_no_arms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
