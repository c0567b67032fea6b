/* Meta-analysis against metafor: every row of tests/data/meta/meta_reference.csv has its analysis below and every number printed
 * there agrees within half a unit of its last digit or 1e-4 of itself; broken tables are refused by place. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/file.h"
#include "base/number.h"
#include "islet.h"
#include "stats/effect.h"
#include "stats/pool.h"

#define FOLDER ISLET_SOURCE_DIR "/tests/data/meta/"
#define COLUMNS 11

enum { SET, MEASURE, METHOD, ESTIMATE, SE, LOW, HIGH, TAU2, Q, I2, SOURCE };

typedef enum { POOLED, RATIO, RATIO_PI, PI, EGGER, RANK, FILL, TAU_Q, TAU_PROFILE, SLOPE, TIMES_100 } reading;

/* set, measure and method of a row of the file => how islet gives it */
static const struct {
    const char *set, *measure, *method, *file;
    islet_meta_options options;
    reading reading;
} known[] = {
#define BCG(label, m, method_label, method_, reading) {"dat.bcg", label, method_label, "dat.bcg.txt", {.measure = m, .method = method_}, reading}
    BCG("log RR", "RR", "EE", "EE", POOLED), BCG("log RR", "RR", "DL", "DL", POOLED), BCG("log RR", "RR", "REML", "REML", POOLED),
    BCG("log OR", "OR", "EE", "EE", POOLED), BCG("log OR", "OR", "DL", "DL", POOLED), BCG("RD", "RD", "EE", "EE", POOLED),
    BCG("RD", "RD", "DL", "DL", POOLED), BCG("log RR", "RR", "MH", "MH", POOLED), BCG("log OR", "OR", "MH", "MH", POOLED),
    BCG("RD", "RD", "MH", "MH", POOLED), BCG("log OR", "OR", "Peto", "PETO", POOLED),
    BCG("RR", "RR", "REML prediction interval", "REML", RATIO_PI), BCG("log RR", "RR", "REML Egger z", "REML", EGGER),
    BCG("log RR", "RR", "REML rank tau", "REML", RANK), BCG("log RR", "RR", "REML trim-and-fill", "REML", FILL),
#define COLDITZ(label, method_label, kh, mods, reading)                                                                                    \
    {"dat.colditz1994", label, method_label, "dat.colditz1994.txt", {.measure = "OR", .method = "ML", .knapp_hartung = kh, .moderators = mods}, reading}
    COLDITZ("OR", "ML", false, NULL, RATIO), COLDITZ("OR", "ML+Knapp-Hartung", true, NULL, RATIO),
    COLDITZ("tau2", "Q-profile CI", false, NULL, TAU_Q), COLDITZ("tau2", "profile-likelihood CI", false, NULL, TAU_PROFILE),
    COLDITZ("log OR", "ML meta-regression intercept", false, "ablat", POOLED), COLDITZ("log OR", "ML meta-regression slope", false, "ablat", SLOPE),
    {"dat.hine1989", "RD x100", "EE=DL=REML", "dat.hine1989.txt", {.measure = "RD", .method = "EE"}, TIMES_100},
    {"dat.hine1989", "RD x100", "EE=DL=REML", "dat.hine1989.txt", {.measure = "RD", .method = "DL"}, TIMES_100},
    {"dat.hine1989", "RD x100", "EE=DL=REML", "dat.hine1989.txt", {.measure = "RD", .method = "REML"}, TIMES_100},
#define NORMAND(method_) {"dat.normand1999", "MD (pooled SD)", method_, "dat.normand1999.txt", {.measure = "MDH", .method = method_}, POOLED}
    NORMAND("EE"), NORMAND("DL"), NORMAND("REML"),
    {"dat.egger2001", "log OR", "Egger z (REML)", "dat.egger2001.txt", {.measure = "OR"}, EGGER},
    {"dat.egger2001", "log OR", "rank tau", "dat.egger2001.txt", {.measure = "OR"}, RANK},
    {"dat.yusuf1985 table 6", "OR", "Peto", "dat.yusuf1985.txt", {.method = "PETO", .only = "table=6"}, RATIO},
#define SENN(label, method_, kh, reading)                                                                                                   \
    {"dat.senn2013 metformin-placebo (4 trials)", "MD HbA1c", label, "dat.senn2013.txt", {.contrast = "metformin,placebo", .method = method_, .knapp_hartung = kh}, reading}
    SENN("EE", "EE", false, POOLED), SENN("DL", "DL", false, POOLED), SENN("REML", "REML", false, POOLED), SENN("ML", "ML", false, POOLED),
    SENN("PM", "PM", false, POOLED), SENN("SJ", "SJ", false, POOLED), SENN("HE", "HE", false, POOLED), SENN("HS", "HS", false, POOLED),
    SENN("EB", "EB", false, POOLED), SENN("REML+Knapp-Hartung", "REML", true, POOLED), SENN("REML prediction interval (z)", "REML", false, PI),
    {"dat.begg1989 controlled (4)", "2-year DFS difference", "DL", "dat.begg1989.txt", {.contrast = "BMT,CMO", .method = "DL"}, POOLED},
    {"dat.begg1989 BMT arms", "2-year DFS", "REML", "dat.begg1989.txt", {.only = "trt=BMT"}, POOLED},
    {"dat.begg1989 CMO arms", "2-year DFS", "REML", "dat.begg1989.txt", {.only = "trt=CMO"}, POOLED},
};
#define KNOWN (sizeof known / sizeof *known)

/* islet's numbers in the order estimate, se, low, high, tau2, Q, I2, and the p value of a test */
static void read_out(const islet_meta *m, reading reading, double v[8])
{
    double pooled[8] = {m->estimate, m->se, m->ci_low, m->ci_high, m->tau2, m->q, m->i2_pct, NAN};
    memcpy(v, pooled, sizeof pooled);
    switch (reading) {
    case RATIO: v[0] = m->shown, v[2] = m->shown_low, v[3] = m->shown_high; break;
    case RATIO_PI: v[0] = m->shown, v[2] = m->shown_pi_low, v[3] = m->shown_pi_high; break;
    case PI: v[2] = m->pi_low, v[3] = m->pi_high; break;
    case EGGER: v[0] = m->egger_z, v[7] = m->egger_p; break;
    case RANK: v[0] = m->rank_tau, v[7] = m->rank_p; break;
    case TAU_Q: v[0] = m->tau2, v[2] = m->tau2_low, v[3] = m->tau2_high; break;
    case TAU_PROFILE: v[0] = m->tau2, v[2] = m->profile_low, v[3] = m->profile_high; break;
    case TIMES_100: v[0] *= 100, v[2] *= 100, v[3] *= 100; break;
    case FILL:
        v[0] = m->trim_estimate, v[1] = m->trim_se, v[2] = m->trim_low, v[3] = m->trim_high, v[4] = m->trim_tau2, v[5] = m->trim_q;
        v[6] = m->trim_i2_pct;
        assert_true(m->trim_added == 1 && m->trim_right);
        break;
    case SLOPE:
        for (int i = 0; i < 2; i++) {
            const char *cell = islet_table_cell(m->coefficients, 1, 1 + i);
            assert_true(number_read(cell, strlen(cell), &v[i]));
        }
        break;
    case POOLED: break;
    }
}

/* `printed` agrees with value within half a unit of its last digit or `share` of itself */
static bool agrees(const char *printed, double value, double share)
{
    double expected, unit = 1;
    assert_true(number_read(printed, strlen(printed), &expected));
    const char *point = strchr(printed, '.');
    for (size_t i = 1; point && i < strlen(point); i++) unit /= 10;
    return fabs(value - expected) <= fmax(0.5000001 * unit, share * fabs(expected));
}

static int check(char *const *cells, size_t which)
{
    char path[512];
    islet_meta *m;
    double v[8];
    int wrong = 0;
    snprintf(path, sizeof path, FOLDER "%s", known[which].file);
    assert_int_equal(islet_meta_run(path, &known[which].options, &m, NULL), ISLET_OK);
    read_out(m, known[which].reading, v);
    islet_meta_free(m);
    for (int i = 0; i < 7; i++) {
        const char *printed = cells[ESTIMATE + i];
        if (!*printed || agrees(printed, v[i], 1e-4)) continue;
        wrong++;
        print_message("%s, %s, %s: %s expected, %.10g found\n", cells[SET], cells[MEASURE], cells[METHOD], printed, v[i]);
    }
    char *p = strstr(cells[SOURCE], "(p 0"), *end = p ? strchr(p, ')') : NULL;
    if (!end) return wrong;
    *end = 0;
    return wrong + !agrees(p + 3, v[7], 1e-4);
}

static void test_reference(void **state)
{
    (void)state;
    char *bytes, *line, *next;
    size_t size;
    int rows = 0, covered = 0, wrong = 0;
    assert_int_equal(file_read(FOLDER "meta_reference.csv", 1 << 20, &bytes, &size, NULL), ISLET_OK);
    for (line = bytes; *line; line = next) {
        char *cells[COLUMNS] = {line};
        next = line + strcspn(line, "\n");
        if (*next) *next++ = 0;
        if (*line == '#') continue;
        for (int i = 1; i < COLUMNS; i++) {
            cells[i] = strchr(cells[i - 1], ',');
            assert_non_null(cells[i]);
            *cells[i]++ = 0;
        }
        bool found = false;
        for (size_t w = 0; w < KNOWN; w++) {
            if (strcmp(known[w].set, cells[SET]) || strcmp(known[w].measure, cells[MEASURE]) || strcmp(known[w].method, cells[METHOD])) continue;
            found = true;
            wrong += check(cells, w);
        }
        rows++;
        covered += found;
        if (!found) print_message("not covered: %s, %s, %s\n", cells[SET], cells[MEASURE], cells[METHOD]);
    }
    free(bytes);
    print_message("%d of %d rows covered\n", covered, rows);
    assert_int_equal(rows, 42);
    assert_int_equal(covered, rows);
    assert_int_equal(wrong, 0);
}

/* R2 stands in the last column of the reference */
static void test_explained(void **state)
{
    (void)state;
    islet_meta *m;
    assert_int_equal(islet_meta_run(FOLDER "dat.colditz1994.txt", &(islet_meta_options){.measure = "OR", .method = "ML", .moderators = "ablat"}, &m, NULL), ISLET_OK);
    assert_true(agrees("98.6691", m->r2_pct, 1e-4));
    islet_meta_free(m);
    assert_int_equal(islet_meta_run(FOLDER "dat.bcg.txt", NULL, &m, NULL), ISLET_OK);
    assert_true(isnan(m->r2_pct));
    islet_meta_free(m);
}

/* ---- closed forms where the reference has no row ---- */

static void test_effects(void **state)
{
    (void)state;
    effect e = effect_log_odds_ratio(0, 10, 5, 5); /* 1/2 in each cell */
    assert_true(fabs(e.y - log(0.5 * 5.5 / (10.5 * 5.5))) < 1e-12 && fabs(e.v - (2 + 1 / 10.5 + 2 / 5.5)) < 1e-12);
    e = effect_logit(3, 10);
    assert_true(fabs(e.y - log(3 / 7.0)) < 1e-12 && fabs(e.v - (1 / 3.0 + 1 / 7.0)) < 1e-12);
    for (int x = 0; x <= 20; x++) assert_true(fabs(effect_freeman_tukey_back(effect_freeman_tukey(x, 20).y, 20) - x / 20.0) < 1e-9);
    e = effect_standardised_difference(3, 2, 4, 1, 2, 4); /* d = 1, six degrees of freedom: gamma(3) / (sqrt(3) gamma(2.5)) */
    double g = 2 / (sqrt(3) * 1.329340388179137);
    assert_true(fabs(e.y - g) < 1e-12 && fabs(e.v - (0.5 + g * g / 16)) < 1e-12);
    assert_true(isnan(effect_log_odds_peto(0, 5, 0, 5).y));
}

static void test_pool_of_equal_variances(void **state)
{
    (void)state;
    const double y[] = {1, 2, 6}, v[] = {1, 1, 1}; /* variance of y 7: every moment estimator and REML give 7 - 1 */
    static const pool_method methods[] = {POOL_DL, POOL_REML, POOL_PM, POOL_HE, POOL_EB};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        pool_fit fit;
        assert_true(pool_run(y, v, NULL, 3, 1, methods[i], true, &fit));
        assert_true(fabs(fit.tau2 - 6) < 1e-6 && fabs(fit.beta[0] - 3) < 1e-9 && fabs(fit.se[0] - sqrt(7 / 3.0)) < 1e-6);
    }
}

/* as many studies as a table may have: quantiles of thousands of degrees of freedom exist */
static void test_many_studies(void **state)
{
    (void)state;
    enum { MANY = 5000 };
    static double y[MANY], v[MANY];
    pool_fit fit;
    for (int i = 0; i < MANY; i++) y[i] = i % 2, v[i] = 0.25; /* the variance of y is a quarter, and n / (n - 1) of it */
    assert_true(pool_run(y, v, NULL, MANY, 1, POOL_DL, false, &fit));
    pool_tau2_intervals(y, v, NULL, POOL_DL, &fit);
    assert_true(fabs(fit.beta[0] - 0.5) < 1e-12 && fit.tau2 < 1e-3 && fit.tau2_low == 0);
    assert_true(fit.tau2_high > 0.009 && fit.tau2_high < 0.011); /* 1.96 standard errors of 0.25 * sqrt(2 / n) */
    assert_true(pool_run(y, v, NULL, 3, 1, POOL_DL, false, &fit));
    assert_true(fabs(fit.q - 8 / 3.0) < 1e-12);
}

/* ---- refusals ---- */

static islet_status run_text(const char *text, const islet_meta_options *options, islet_meta **m, islet_problems *problems)
{
    char path[] = "meta_XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
    islet_status status = islet_meta_run(path, options, m, problems);
    unlink(path);
    return status;
}

static void refused_with(islet_status expected, const char *text, islet_meta_options options, const char *place, const char *words)
{
    islet_meta *m;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(run_text(text, &options, &m, problems), expected);
    assert_null(m);
    bool said = false;
    for (int i = 0; i < islet_problems_count(problems); i++) {
        const char *message = islet_problems_text(problems, i);
        said = said || (strstr(message, place) && strstr(message, words));
    }
    if (!said) print_message("%s\n", islet_problems_text(problems, 0));
    islet_problems_free(problems);
    assert_true(said);
}
#define refused(text, options, place, words) refused_with(ISLET_ERR_INPUT, text, options, place, words)

static void test_refusals(void **state)
{
    (void)state;
    refused("ai,n1i,ci,n2i\n1,10,2,10\n12,10,2,10\n", (islet_meta_options){0}, ":3:1: ", "no more events than people");
    refused("xi\tni\n1\t4\n2\t-5\n", (islet_meta_options){0}, ":3:3: ", "whole number");
    refused("a,b\n1,2\n3,4\n", (islet_meta_options){0}, ":1:1: ", "not in the header");
    refused("yi,vi\n1,2\n3,4\n", (islet_meta_options){.measure = "RR"}, ":1:1: ", "ai,bi,ci,di");
    refused("yi,vi\n1,-2\n3,4\n", (islet_meta_options){0}, ":2:3: ", "0 or more");
    refused("yi,vi\n1,0x2\n3,4\n", (islet_meta_options){0}, ":2:3: ", "plain number");
    refused("yi,vi\n1,2,3\n3,4\n", (islet_meta_options){0}, ":2:1: ", "3 cells");
    refused("author,yi,vi\n\"A,1,2\n", (islet_meta_options){0}, ":2:1: ", "not closed");
    refused("yi,vi,vi\n1,2,2\n3,4,2\n", (islet_meta_options){0}, ":1:7: ", "second column");
    refused("yi,vi\n1,2\n3,4\n5,6\n", (islet_meta_options){.moderators = "dose"}, ":1:1: ", "moderator");
    refused("yi,vi\n1,2\n3,4\n5,6\n", (islet_meta_options){.subgroups = "dose"}, ":1:1: ", "subgroups 'dose'");
    refused("mpre,sdpre,mpost,sdpost,ni,ri\n8,1,7,1,10,1\n", (islet_meta_options){0}, ":2:12: ", "less than 1");
    refused("mpre,sdpre,mpost,sdpost,ni\n8,1,7,-1,10\n", (islet_meta_options){0}, ":2:7: ", "0 or more");
    refused("", (islet_meta_options){0}, ": ", "no row");
    refused_with(ISLET_ERR_UNKNOWN_NAME, "yi,vi\n1,2\n3,4\n", (islet_meta_options){.method = "XX"}, ": ", "method 'XX'");
    refused_with(ISLET_ERR_UNKNOWN_NAME, "yi,vi\n1,2\n3,4\n", (islet_meta_options){.measure = "HR"}, ": ", "measure 'HR'");
    refused_with(ISLET_ERR_ARGUMENT, "yi,vi\n1,2\n3,4\n", (islet_meta_options){.method = "PETO"}, ": ", "counts");
    refused_with(ISLET_ERR_ARGUMENT, "yi,vi\n1,2\n3,4\n", (islet_meta_options){.only = "yi"}, ": ", "COLUMN=VALUE");
}

/* results that are no pool: the type, a reason, and no number */
static void not_pooled(const char *text, islet_meta_options options, const char *refusal, const char *words)
{
    islet_meta *m;
    assert_int_equal(run_text(text, &options, &m, NULL), ISLET_OK);
    assert_string_equal(m->refusal, refusal);
    if (!strstr(m->why, words)) fail_msg("%s", m->why);
    assert_true(isnan(m->estimate) && isnan(m->shown) && isnan(m->tau2) && isnan(m->egger_p));
    assert_int_equal(islet_table_rows(m->coefficients), 0);
    islet_meta_free(m);
}

static void test_results_without_a_pool(void **state)
{
    (void)state;
    not_pooled("xi ni\n1 4\n", (islet_meta_options){0}, "too_few", "1 study with");
    not_pooled("yi,vi\n1,\n3,4\n", (islet_meta_options){0}, "too_few", "1 study with");
    not_pooled("yi,vi\n1,2\n3,4\n", (islet_meta_options){.moderators = "yi"}, "too_few", "3 or more");
    not_pooled("m1i,sd1i,n1i,m2i,sd2i,n2i\n7,,20,8,,20\n7,,20,8,1,20\n", (islet_meta_options){0}, "not_reported", "none of 2 rows");
    not_pooled("yi,vi,design\n1,1,single\n2,1,randomised\n3,1,randomised\n", (islet_meta_options){0}, "not_comparable", "single-arm and controlled");
    not_pooled("yi,vi,arm_role\n1,1,treatment\n2,1,single\n3,1,treatment\n", (islet_meta_options){0}, "not_comparable", "--only arm_role=VALUE");
    not_pooled("yi,vi,endpoint\n1,1,hba1c_pct\n2,1,weight_kg\n", (islet_meta_options){0}, "not_comparable", "end points");
    not_pooled("yi,vi,unit\n1,1,%\n2,1,mmol/mol\n", (islet_meta_options){0}, "not_comparable", "units");
    not_pooled("xi,ni,trt\n1,9,A\n2,9,B\n", (islet_meta_options){0}, "not_comparable", "treatments");
    not_pooled("study,treat1,treat2,TE,seTE\n1,a,b,1,1\n2,c,d,1,1\n", (islet_meta_options){0}, "not_comparable", "--network");
    not_pooled("study,treat1,treat2,yi,vi\n1,a,b,1,1\n2,b,a,1,1\n", (islet_meta_options){0}, "not_comparable", "'b' with 'a'");
    islet_meta *m;
    /* designs that both have a control are one kind; so are the rows that are chosen */
    assert_int_equal(run_text("yi,vi,design\n1,1,randomised\n2,1,matched\n", NULL, &m, NULL), ISLET_OK);
    assert_true(m->refusal[0] == 0 && m->estimate == 1.5);
    islet_meta_free(m);
    const islet_meta_options single = {.only = "design=single"};
    assert_int_equal(run_text("yi,vi,design\n1,1,single\n9,1,randomised\n2,1,single\n", &single, &m, NULL), ISLET_OK);
    assert_true(m->refusal[0] == 0 && m->k == 2 && m->estimate == 1.5);
    islet_meta_free(m);
    /* apart, but never together */
    const islet_meta_options apart = {.subgroups = "design", .method = "EE"};
    assert_int_equal(run_text("yi,vi,design\n1,1,single\n9,1,randomised\n2,1,single\n7,1,randomised\n", &apart, &m, NULL), ISLET_OK);
    assert_string_equal(m->refusal, "not_comparable");
    assert_true(isnan(m->estimate) && isnan(m->between_q));
    assert_string_equal(islet_table_cell(m->subgroups, 0, 2), "1.5");
    assert_string_equal(islet_table_cell(m->subgroups, 1, 2), "8");
    islet_meta_free(m);
}

/* two groups of two, all variances 1, fixed effect: means 1 and 4 of variance 1/2, so Q between is (4 - 1)^2 / (1/2 + 1/2) = 9 */
static void test_subgroups(void **state)
{
    (void)state;
    islet_meta *m;
    const islet_meta_options by = {.subgroups = "g", .method = "EE"};
    assert_int_equal(run_text("yi,vi,g\n0,1,a\n3,1,b\n2,1,a\n5,1,b\n", &by, &m, NULL), ISLET_OK);
    assert_true(fabs(m->between_q - 9) < 1e-12 && m->between_df == 1 && fabs(m->between_p - erfc(3 / sqrt(2))) < 1e-12);
    assert_true(fabs(m->q - (2 + 2 + 9)) < 1e-12); /* the whole is within and between */
    assert_int_equal(islet_table_rows(m->subgroups), 2);
    assert_string_equal(islet_table_cell(m->subgroups, 1, 0), "b");
    assert_string_equal(islet_table_cell(m->subgroups, 1, 1), "2");
    assert_string_equal(islet_table_cell(m->subgroups, 1, 2), "4");
    assert_string_equal(islet_table_cell(m->studies, 1, 6), "b");
    islet_meta_free(m);
}

/* before and after: closed forms of the variance, the assumed correlation said, and rows that report their own left alone */
static void test_pre_post(void **state)
{
    (void)state;
    islet_meta *m;
    static const char both[] = "mpre,sdpre,mpost,sdpost,ni\n8,1,7,2,10\n8,1,6,2,10\n";
    assert_int_equal(run_text(both, &(islet_meta_options){.method = "EE"}, &m, NULL), ISLET_OK);
    assert_string_equal(m->measure, "MC");
    assert_true(m->correlation == 0.5 && fabs(m->estimate + 1.5) < 1e-12 && fabs(m->se - sqrt((1 + 4 - 2) / 20.0)) < 1e-12);
    assert_int_equal(islet_table_rows(m->sensitivity), 2 * 2 + 5);
    assert_string_equal(islet_table_cell(m->sensitivity, 4, 0), "correlation");
    islet_meta_free(m);
    assert_int_equal(run_text(both, &(islet_meta_options){.method = "EE", .has_correlation = true, .correlation = 0}, &m, NULL), ISLET_OK);
    assert_true(m->correlation == 0 && fabs(m->se - sqrt(5 / 20.0)) < 1e-12);
    islet_meta_free(m);
    assert_int_equal(run_text("mpre,sdpre,mpost,sdpost,ni,ri\n8,1,7,2,10,0.75\n8,1,6,2,10,0.75\n", &(islet_meta_options){.method = "EE"}, &m, NULL), ISLET_OK);
    assert_true(isnan(m->correlation) && fabs(m->se - sqrt(2 / 20.0)) < 1e-12);
    assert_int_equal(islet_table_rows(m->sensitivity), 2 * 2);
    islet_meta_free(m);
    effect e = effect_standardised_change(8, 2, 6, 4, 0.5); /* three degrees of freedom: gamma(1.5) / (sqrt(1.5) gamma(1)) */
    double g = -0.886226925452758 / sqrt(1.5);
    assert_true(fabs(e.y - g) < 1e-12 && fabs(e.v - (0.25 + g * g / 8)) < 1e-12);
}

static void test_left_out(void **state)
{
    (void)state;
    islet_meta *m;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(run_text("study,yi,vi\r\n\"a, \"\"b\"\"\",1,2\r\nc,NA,1\r\n\r\nd,3,2", NULL, &m, problems), ISLET_OK);
    assert_true(m->k == 2 && m->left_out == 1 && islet_problems_is_warning(problems, 0));
    assert_non_null(strstr(islet_problems_text(problems, 0), ":3:1: "));
    assert_string_equal(islet_table_cell(m->studies, 0, 0), "a, \"b\"");
    assert_true(fabs(m->estimate - 2) < 1e-12 && m->tau2 < 1e-6);
    assert_int_equal(islet_table_rows(m->sensitivity), 4);
    assert_int_equal(islet_table_rows(m->left), 1);
    assert_string_equal(islet_table_cell(m->left, 0, 0), "c");
    assert_string_equal(islet_table_cell(m->left, 0, 1), "3");
    assert_string_equal(islet_table_cell(m->left, 0, 2), "its effect is not reported");
    islet_meta_free(m);
    islet_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reference), cmocka_unit_test(test_explained), cmocka_unit_test(test_many_studies), cmocka_unit_test(test_effects), cmocka_unit_test(test_pool_of_equal_variances),
        cmocka_unit_test(test_refusals), cmocka_unit_test(test_left_out), cmocka_unit_test(test_results_without_a_pool),
        cmocka_unit_test(test_subgroups), cmocka_unit_test(test_pre_post),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
