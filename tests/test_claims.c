/* Claims: verdicts of effects and shares by their intervals, each kind of test on the shipped evidence, refusals, a user's file. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "evidence/claims.h"
#include "evidence/library.h"
#include "own_folder.h"

static evidence_rows rows;
static islet_table *reviews;

static int setup(void **state)
{
    (void)state;
    return evidence_shipped(&rows, NULL) != ISLET_OK || library_table("meta_pooled", NULL, &reviews, NULL) != ISLET_OK;
}

static int teardown(void **state)
{
    (void)state;
    evidence_free(&rows);
    islet_table_free(reviews);
    return 0;
}

static void test_verdicts(void **state)
{
    (void)state;
    /* benefit is a fall */
    assert_int_equal(claim_verdict_effect(-0.5, -0.7, -1.1, -0.3), VERDICT_SUPPORTED);
    assert_int_equal(claim_verdict_effect(-1.0, -0.7, -1.1, -0.3), VERDICT_PARTLY);
    assert_int_equal(claim_verdict_effect(-0.5, -0.7, -1.5, 0.1), VERDICT_UNSUPPORTED);
    assert_int_equal(claim_verdict_effect(-0.5, 0.7, 0.3, 1.1), VERDICT_CONTRADICTED);
    /* benefit is a rise */
    assert_int_equal(claim_verdict_effect(0.2, 0.3, 0.1, 0.5), VERDICT_SUPPORTED);
    assert_int_equal(claim_verdict_effect(0.2, NAN, NAN, NAN), VERDICT_UNSUPPORTED);
    assert_int_equal(claim_verdict_share(0.93, 0.94, 0.6), VERDICT_SUPPORTED);
    assert_int_equal(claim_verdict_share(0.93, 0.9, 0.6), VERDICT_PARTLY);
    assert_int_equal(claim_verdict_share(0.93, 0.2, 0.1), VERDICT_UNSUPPORTED);
    assert_int_equal(claim_verdict_find("partly"), VERDICT_PARTLY);
    assert_int_equal(claim_verdict_find("maybe"), VERDICT_NONE);
}

static claim judged(claim_test test, const char *from, const char *endpoint, double needed, int day)
{
    claim c = {.id = "X", .text = "", .evidence = "", .because = "", .unit = "", .covers = "", .test = test, .from = from, .endpoint = endpoint, .needed = needed, .day = day,
               .reviewer = VERDICT_NONE};
    assert_int_equal(claim_judge(&c, &rows, reviews), ISLET_OK);
    assert_true(c.why[0] != 0);
    return c;
}

static void test_last_day_with_a_variance(void **state)
{
    (void)state;
    /* T1GER prints a variance at day 364 and none later; abatacept's last is day 1095: 0.217 (0.168, 0.268) against 0.141 (0.071, 0.215) */
    claim c = judged(TEST_EFFECT, "NH_T1GER:golimumab:placebo", "c_peptide_auc_mean_nmol_l", 0.05, 0);
    assert_true(fabs(c.estimate - (0.64 - 0.43)) < 1e-9);
    c = judged(TEST_EFFECT, "NH_ABATACEPT:abatacept:placebo", "c_peptide_auc_mean_nmol_l", 0.05, 0);
    assert_true(fabs(c.estimate - (0.217 - 0.141)) < 1e-9);
    /* nobody has set them against each other */
    c = judged(TEST_EFFECT, "none", "hba1c_pct", -0.3, 547);
    assert_int_equal(c.k, 0);
    assert_int_equal(c.verdict, VERDICT_UNSUPPORTED);
}

/* fewer than so many have it: the exact interval below, above, or across */
static void test_below(void **state)
{
    (void)state;
    assert_int_equal(judged(TEST_BELOW, "SNARSKI2016:AHSCT", "insulin_independent", 1.0, 1582).verdict, VERDICT_SUPPORTED); /* 4 of 20 */
    assert_int_equal(judged(TEST_BELOW, "SNARSKI2016:AHSCT", "insulin_independent", 0.3, 1582).verdict, VERDICT_PARTLY);
    assert_int_equal(judged(TEST_BELOW, "SNARSKI2016:AHSCT", "insulin_independent", 0.01, 1582).verdict, VERDICT_CONTRADICTED);
    claim c = judged(TEST_BELOW, "NO_TRIAL:arm", "insulin_independent", 0.5, 0);
    assert_true(c.verdict == VERDICT_UNSUPPORTED && c.k == 0 && isnan(c.estimate));
}

/* every shipped claim has a test, or the kind of reason why it has none, with the reason in words */
static void test_none_without_reason(void **state)
{
    (void)state;
    islet_claims *claims = NULL;
    int tested = 0;
    assert_int_equal(islet_claims_judge(NULL, &(islet_run_options){.patients = 1}, &claims, NULL), ISLET_OK);
    assert_int_equal(islet_table_rows(claims->rows), 132);
    for (int i = 0; i < 132; i++) {
        const char *test = islet_table_cell(claims->rows, i, 5), *refusal = islet_table_cell(claims->rows, i, 16);
        tested += *test != 0;
        if (!*test && !*refusal) fail_msg("%s has neither test nor reason", islet_table_cell(claims->rows, i, 0));
        if (!*test) assert_non_null(strstr(islet_table_cell(claims->rows, i, 28), "; "));
    }
    assert_int_equal(tested, 75);
    islet_claims_free(claims);
}

static claim_verdict verdict_of_step(const char *from, const char *steps, double needed, double up_to)
{
    claim c = {.id = "X", .text = "", .evidence = "", .because = "", .unit = "", .covers = "", .test = TEST_STEP, .from = from, .endpoint = steps,
               .needed = needed, .up_to = up_to, .reviewer = VERDICT_NONE};
    assert_int_equal(claim_judge(&c, &rows, reviews), ISLET_OK);
    return c.verdict;
}

static void test_steps_and_routes(void **state)
{
    (void)state;
    const char *both = "cyclophosphamide_atg;fludarabine_cyclophosphamide_atg"; /* 18 and 17 days from freezing to the drugs */
    assert_int_equal(verdict_of_step(both, "freezing:conditioning", 14, 21), VERDICT_SUPPORTED);
    assert_int_equal(verdict_of_step(both, "freezing:conditioning", 18, 21), VERDICT_PARTLY);
    assert_int_equal(verdict_of_step(both, "freezing:conditioning", 1, 7), VERDICT_UNSUPPORTED);
    assert_int_equal(verdict_of_step(both, "infusion:conditioning", NAN, NAN), VERDICT_UNSUPPORTED);
    assert_int_equal(verdict_of_step("teplizumab", "leukapheresis", NAN, NAN), VERDICT_UNSUPPORTED);
    assert_int_equal(verdict_of_step("unknown;cyclophosphamide_atg", "freezing:conditioning", 14, 21), VERDICT_SUPPORTED);
    assert_int_equal(verdict_of_step("unknown", "freezing:conditioning", 14, 21), VERDICT_UNTESTABLE);
    assert_int_equal(judged(TEST_ROUTE, "msc_umbilical_cord", "vein", NAN, 0).verdict, VERDICT_SUPPORTED);
    assert_int_equal(judged(TEST_ROUTE, "msc_umbilical_cord;bone_marrow_mononuclear", "vein", NAN, 0).verdict, VERDICT_PARTLY);
    assert_int_equal(judged(TEST_ROUTE, "msc_umbilical_cord", "omentum;portal_vein", NAN, 0).verdict, VERDICT_UNSUPPORTED);
}

static void test_effect(void **state)
{
    (void)state;
    /* 7.52 (1.07) of 45 against 8.19 (1.02) of 46, by hand */
    claim c = judged(TEST_EFFECT, "ZANG2022:UC-MSC:PLACEBO", "hba1c_pct", -0.5, 336);
    assert_int_equal(c.k, 1);
    assert_true(fabs(c.estimate + 0.67) < 1e-9);
    double se = sqrt(1.07 * 1.07 / 45 + 1.02 * 1.02 / 46);
    assert_true(fabs(c.ci_low - (-0.67 - 1.959964 * se)) < 1e-6);
    assert_int_equal(c.verdict, VERDICT_SUPPORTED);
    assert_true(isnan(c.pi_low) && strstr(c.refusal, "too few"));
    /* medians without a variance cannot be pooled */
    c = judged(TEST_EFFECT, "BHANSALI_RCT:ABMSCT:SHAM", "insulin_change_pct", -50, 365);
    assert_int_equal(c.k, 0);
    assert_true(strstr(c.refusal, "no variance") != NULL);
    assert_int_equal(c.verdict, VERDICT_UNSUPPORTED);
    /* counts: 10 of 11 against 6 of 10 */
    c = judged(TEST_EFFECT, "BHANSALI_RCT:ABMSCT:SHAM", "hba1c_below_7", 0.93, 365);
    assert_true(fabs(c.estimate - (10.0 / 11.0 - 0.6)) < 1e-9);
    assert_int_equal(c.verdict, VERDICT_UNSUPPORTED);
    c = judged(TEST_EFFECT, "ASC_VITD_12M:ASC+vitD:standard_insulin;CAI2016:UC-MSC+aBM-MNC:standard_care", "hba1c_pct", -0.5, 365);
    assert_int_equal(c.k, 2);
    assert_true(c.n == 53);
}

static void test_others(void **state)
{
    (void)state;
    claim c = judged(TEST_PUBLISHED, "KASHBOUR2025:hba1c_vs_control", "hba1c_pct", -1.0, 0);
    assert_true(c.estimate == -0.72);
    assert_int_equal(c.verdict, VERDICT_PARTLY);
    /* reviews that disagree: -0.07 (-0.3, 0.16) and 0.24 (0.05, 0.43); two without any benefit are no part of one */
    c = judged(TEST_PUBLISHED, "RCTMSC2021:cpeptide_fasting_vs_control;KASHBOUR2025:cpeptide_fasting_vs_control", "", 0.1, 0);
    assert_true(c.k == 2 && c.verdict == VERDICT_PARTLY && c.estimate == -0.07 && strstr(c.why, "disagree"));
    c = judged(TEST_PUBLISHED, "RCTMSC2021:cpeptide_fasting_vs_control;KASHBOUR2025:cpeptide_fasting_vs_control", "", -0.1, 0);
    assert_int_equal(c.verdict, VERDICT_UNSUPPORTED);
    /* of a ratio 1 is no effect: amputations 0.12 (0.02, 0.59), harms of any kind 0.98 (0.72, 1.32), healing 2.21 (1.54, 3.16) */
    assert_int_equal(judged(TEST_PUBLISHED, "DMLIMB2017:amputation", "", 0.5, 0).verdict, VERDICT_SUPPORTED);
    assert_int_equal(judged(TEST_PUBLISHED, "DMLIMB2017:amputation", "", 0.1, 0).verdict, VERDICT_PARTLY);
    assert_int_equal(judged(TEST_PUBLISHED, "DMLIMB2017:amputation", "", 1.5, 0).verdict, VERDICT_CONTRADICTED);
    assert_int_equal(judged(TEST_PUBLISHED, "RCTMSC2021:ae_any", "", 0.8, 0).verdict, VERDICT_UNSUPPORTED);
    assert_int_equal(judged(TEST_PUBLISHED, "DMLIMB2017:ulcer_healing", "", 1.5, 0).verdict, VERDICT_SUPPORTED);
    /* without comparison it is partly at best; where nothing else does it, it counts */
    assert_int_equal(judged(TEST_SHARE, "ZIM_FORWARD:BC_full_0.8e9", "insulin_independent", 0.3, 365).verdict, VERDICT_PARTLY);
    c = judged(TEST_SOLE, "ZIM_FORWARD:BC_full_0.8e9", "insulin_independent", 0.3, 365);
    assert_int_equal(c.verdict, VERDICT_SUPPORTED);
    assert_true(fabs(c.ci_low - 0.5159) < 1e-3);
    assert_int_equal(judged(TEST_NEVER, "ZIM_FORWARD:BC_full_0.8e9", "insulin_independent", NAN, 0).verdict, VERDICT_CONTRADICTED);
    assert_int_equal(judged(TEST_NEVER, "NOBODY:arm", "malignancy", NAN, 0).verdict, VERDICT_UNSUPPORTED);
    assert_int_equal(judged(TEST_MECHANISM, "msc_umbilical_cord;bone_marrow_mononuclear", "differentiation", NAN, 0).verdict, VERDICT_CONTRADICTED);
    assert_int_equal(judged(TEST_MECHANISM, "donor_islets", "beta_cell_replacement", NAN, 0).verdict, VERDICT_SUPPORTED);
    assert_int_equal(judged(TEST_MECHANISM, "msc_umbilical_cord;bone_marrow_mononuclear", "insulin_sensitivity", NAN, 0).verdict, VERDICT_PARTLY);
    assert_int_equal(judged(TEST_CRITERION, "msc_umbilical_cord", "pregnancy", NAN, 0).verdict, VERDICT_SUPPORTED);
    assert_int_equal(judged(TEST_NONE, "", "", NAN, 0).verdict, VERDICT_UNTESTABLE);
}

static void refuse(const char *text, const char *said)
{
    const char *path = "claims.csv";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    islet_claims *claims = NULL;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(islet_claims_judge(path, NULL, &claims, problems), ISLET_ERR_INPUT);
    assert_null(claims);
    assert_true(islet_problems_count(problems) > 0);
    const char *last = islet_problems_text(problems, islet_problems_count(problems) - 1);
    if (!strstr(islet_problems_text(problems, 0), said) && !strstr(last, said)) fail_msg("'%s', not '%s'", last, said);
    islet_problems_free(problems);
    assert_int_equal(remove(path), 0);
}

static void test_files(void **state)
{
    (void)state;
    refuse("claim_id,text\nA,b\n", "no column claim;");
    refuse("claim_id,claim\nA,b\nA,c\n", ":3: claim_id: 'A' stands in line 2");
    refuse("claim_id,claim,test,from\nA,b,guess,x\n", ":2: test: 'guess'");
    refuse("claim_id,claim,test,from,needed\nA,b,effect,x,\n", ":2: needed: nothing was found");
    refuse("claim_id,claim,test,from,needed\nA,b,effect,x,much\n", ":2: needed: 'much' is no number");
}

/* A misspelt name is no evidence of absence: it is refused, and so is a size that cannot be compared. */
static void test_names_and_units(void **state)
{
    (void)state;
#define HEAD "claim_id,claim,test,endpoint,day,needed,unit,from\n"
    refuse(HEAD "A,b,effect,hba1c_pct,336,-1,%,NOPE:UC-MSC:PLACEBO\n", ":2: from: trial 'NOPE'");
    refuse(HEAD "A,b,effect,hba1c_pct,336,-1,%,ZANG2022:UC-MSC:sham\n", "it has UC-MSC, PLACEBO");
    refuse(HEAD "A,b,effect,hba1c,336,-1,%,ZANG2022:UC-MSC:PLACEBO\n", "endpoint: 'hba1c' is no end point");
    refuse(HEAD "A,b,effect,hba1c_pct,336,-1,furlongs,ZANG2022:UC-MSC:PLACEBO\n", "unit 'furlongs' of hba1c_pct; expected %");
    refuse(HEAD "A,b,effect,hba1c_pct,1.5,-1,%,ZANG2022:UC-MSC:PLACEBO\n", "day: '1.5'");
    refuse(HEAD "A,b,share,insulin_independent,365,80,,ZIM_FORWARD:BC_full_0.8e9\n", "expected a share, 0 to 1");
    refuse(HEAD "A,b,share,hba1c_pct,365,0.8,,ZIM_FORWARD:BC_full_0.8e9\n", "hba1c_pct is a mean");
    refuse(HEAD "A,b,published,c_peptide_auc_mean_nmol_l,,0.1,nmol/L,SUN2020:cpeptide_auc_vs_control\n", "gives cpeptide_auc_vs_control as SMD");
    refuse(HEAD "A,b,published,hba1c_pct,,-1,%,SUN2020:nothing\n", "is no pooled result");
    refuse(HEAD "A,b,mechanism,magic,,,,msc_umbilical_cord\n", "endpoint: 'magic' is no mechanism");
    refuse(HEAD "A,b,mechanism,immune_modulation,,,,msc_umbilical\n", "from: 'msc_umbilical' is no product");
    refuse(HEAD "A,b,criterion,pregnant,,,,msc_umbilical_cord\n", "endpoint: 'pregnant' is no criterion");
    refuse(HEAD "A,b,route,moon,,,,msc_umbilical_cord\n", "endpoint: 'moon' is no route");
    refuse(HEAD "A,b,step,freezing:magic,,,,msc_umbilical_cord\n", "'magic' is no step");
    refuse(HEAD "A,b,effect,hba1c_pct,336,-1,%,NOPE:a:b\nC,d,mechanism,magic,,,,msc_umbilical_cord\n", ":3: endpoint: 'magic'"); /* both are told */
    refuse("claim_id,claim,test,endpoint,day,needed,from,protocol,treated,control\n"
           "A,b,effect,hba1c_pct,336,-1,ZANG2022:UC-MSC:PLACEBO,absent.yaml,x,y\n",
           "claims.csv:2: protocol: 'absent.yaml' was not found");
}

static claim in_unit(const char *unit, double needed, const char *covers)
{
    claim c = judged(TEST_EFFECT, "ZANG2022:UC-MSC:PLACEBO", "hba1c_pct", needed, 336);
    c.unit = unit;
    c.covers = covers;
    assert_int_equal(claim_check(&c, "claims.csv", &rows, reviews, NULL), ISLET_OK);
    assert_int_equal(claim_judge(&c, &rows, reviews), ISLET_OK);
    return c;
}

/* 0.67 points of % are 7.3 mmol/mol */
static void test_size_in_another_unit(void **state)
{
    (void)state;
    claim c = in_unit("mmol/mol", -5.0, "");
    assert_true(fabs(c.needed + 0.4574) < 1e-9);
    assert_string_equal(c.unit, "%");
    assert_int_equal(c.verdict, VERDICT_SUPPORTED);
    assert_int_equal(in_unit("mmol/mol", -8.0, "").verdict, VERDICT_PARTLY);
    /* one part of a claim of several */
    assert_int_equal(in_unit("%", -0.5, "HbA1c alone").verdict, VERDICT_PARTLY);
    assert_int_equal(in_unit("%", 0.5, "HbA1c alone").verdict, VERDICT_CONTRADICTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_below), cmocka_unit_test(test_none_without_reason),
        cmocka_unit_test(test_verdicts), cmocka_unit_test(test_effect),
        cmocka_unit_test(test_last_day_with_a_variance),
        cmocka_unit_test(test_steps_and_routes), cmocka_unit_test(test_others), cmocka_unit_test(test_files),
        cmocka_unit_test(test_names_and_units), cmocka_unit_test(test_size_in_another_unit),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, setup, teardown));
}
