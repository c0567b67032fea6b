/* Evidence rows: the shipped table is whole, and a file with one impossible row is refused by place and gives no row. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/units.h"
#include "evidence/outcome.h"

#define HEADER "trial_id,cohort_group,arm,protocol,endpoint,unit,day,n,value,sd,se,ci_low,ci_high,events,role"

static const evidence_row *find(const evidence_rows *base, const char *arm, const char *endpoint,
                                evidence_statistic statistic, int day)
{
    for (int i = 0; i < base->n; i++) {
        const evidence_row *row = &base->rows[i];
        if (strcmp(row->arm, arm) == 0 && strcmp(row->endpoint.key, endpoint) == 0 && row->statistic == statistic &&
            row->day == day)
            return row;
    }
    fail_msg("no row of %s, %s at day %d", arm, endpoint, day);
    return NULL;
}

static void test_shipped(void **state)
{
    (void)state;
    evidence_rows base;
    islet_problems *problems = islet_problems_create();
    islet_status status = evidence_shipped(&base, problems);
    for (int i = 0; i < islet_problems_count(problems); i++) print_message("%s\n", islet_problems_text(problems, i));
    assert_int_equal(islet_problems_count(problems), 0);
    assert_int_equal(status, ISLET_OK);
    assert_int_equal(base.n, 340);
    int per_role[ROLES] = {0};
    for (int i = 0; i < base.n; i++) {
        const evidence_row *row = &base.rows[i];
        per_role[row->role]++;
        assert_int_equal(strncmp(row->source, "http", 4), 0);
        assert_true(row->original >= 2 && row->printed[0] && row->arm_role[0]);
        /* of the zimislecel cohort only C-peptide of the full dose may set the model */
        if (strcmp(row->group, "zim_forward") == 0 && row->role == ROLE_CALIBRATE)
            assert_string_equal(row->endpoint.key, "c_peptide_stimulated_nmol_l");
    }
    assert_int_equal(per_role[ROLE_CALIBRATE], 135);
    assert_int_equal(per_role[ROLE_VALIDATE], 101);
    islet_problems_free(problems);
    evidence_free(&base);
}

/* numbers of every kind, as they were printed: counts, shares, SDs, intervals, quartiles, converted units */
static void test_numbers(void **state)
{
    (void)state;
    evidence_rows base;
    assert_int_equal(evidence_shipped(&base, NULL), ISLET_OK);
    const evidence_row *row = find(&base, "BC_full_0.8e9", "insulin_independent", STATISTIC_SHARE, 365);
    assert_true(row->events == 10 && row->n == 12 && row->value == 10.0 / 12.0 && row->dose_cells == 8e8);
    assert_string_equal(row->product, "zimislecel");
    row = find(&base, "BC_full_0.8e9", "c_peptide_stimulated_nmol_l", STATISTIC_MEAN, 365);
    assert_true(row->value == 1.274 && row->role == ROLE_CALIBRATE && isnan(evidence_row_se(row)));
    row = find(&base, "A_half_0.4e9_pt1", "hba1c_pct", STATISTIC_MEAN, 90);
    assert_true(row->value == 7.2 && row->n == 1 && row->role == ROLE_VALIDATE);
    row = find(&base, "autograft", "insulin_independent", STATISTIC_SHARE, 365);
    assert_true(row->value == 0.32 && isnan(row->events) && row->role == ROLE_CALIBRATE);
    row = find(&base, "refined_regimens", "insulin_independent", STATISTIC_SHARE, 1825);
    assert_true(row->value == 0.5 && row->n == 166);
    row = find(&base, "UC-MSC+aBM-MNC", "hba1c_pct", STATISTIC_MEAN, 365);
    assert_true(row->value == 7.5 && row->sd == 1.0 && row->role == ROLE_VALIDATE);
    assert_float_equal(evidence_row_se(row), 1.0 / sqrt(21), 1e-15);
    row = find(&base, "teplizumab", "c_peptide_auc_mean_nmol_l", STATISTIC_CHANGE, 730);
    assert_true(row->value == -0.28 && row->ci_low == -0.36 && row->ci_high == -0.2);
    row = find(&base, "autologous_UCB", "hba1c_pct", STATISTIC_MEDIAN, 730);
    assert_true(row->value == 7.6 && row->q1 == 7.2 && row->q3 == 8 && row->n == 21);
    row = find(&base, "ProTrans", "c_peptide_auc_mean_nmol_l", STATISTIC_MEAN, 372);
    assert_true(row->value == 0.7083 && row->sd == 0.25);
    row = find(&base, "WJ-MSC", "hba1c_pct", STATISTIC_SIGN, 730);
    assert_true(row->value == -1 && row->role == ROLE_DIRECTION);
    evidence_keep_role(&base, ROLE_CALIBRATE);
    assert_int_equal(base.n, 135);
    for (int i = 0; i < base.n; i++) assert_int_equal(base.rows[i].role, ROLE_CALIBRATE);
    evidence_free(&base);
}

static islet_status parse(const char *header, const char *rows, evidence_rows *out, islet_problems *problems)
{
    char text[4096];
    snprintf(text, sizeof text, "%s\n%s", header, rows);
    return evidence_parse(text, strlen(text), "rows.csv", out, problems);
}

/* times as publications write them, and the statistics of changes and differences */
static void test_times_and_statistics(void **state)
{
    (void)state;
    static const struct {
        const char *column, *written;
        int day;
    } times[] = {{"day", "24 weeks", 168}, {"day", "28", 28},     {"day", "1 year", 365}, {"time", "6 months", 182}, {"time", "Week 24", 168},
                 {"time", "baseline", 0},  {"week", "52", 364},   {"month", "3", 91},     {"month", "12", 365},      {"year", "0.5", 182},
                 {"month", "12 weeks", 84}};
    evidence_rows rows;
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        char header[120], row[120];
        snprintf(header, sizeof header, "trial_id,arm,endpoint,unit,n,value,%s", times[i].column);
        snprintf(row, sizeof row, "T,a,hba1c_pct,%%,12,7,%s\n", times[i].written);
        assert_int_equal(parse(header, row, &rows, NULL), ISLET_OK);
        assert_int_equal(rows.rows[0].day, times[i].day);
        evidence_free(&rows);
    }
    assert_int_equal(parse("trial_id,arm,endpoint,unit,n,value,time", "T,a,hba1c_pct,%,12,7,24\n", &rows, NULL), ISLET_ERR_INPUT);
    assert_int_equal(parse("trial_id,arm,endpoint,unit,n,value,day", "T,a,hba1c_pct,%,12,7,28.5\n", &rows, NULL), ISLET_ERR_INPUT);
    assert_int_equal(parse("trial_id,arm,endpoint,unit,n,value", "T,a,hba1c_pct,%,12,7\n", &rows, NULL), ISLET_ERR_INPUT);
    assert_int_equal(parse("trial_id,arm,endpoint,unit,n,value,day,year", "T,a,hba1c_pct,%,12,7,28,2019\n", &rows, NULL), ISLET_OK);
    assert_int_equal(rows.rows[0].day, 28); /* the year is of the paper */
    evidence_free(&rows);

    static const char header[] = "trial_id,arm,comparator_arm,endpoint,unit,day,n,n_comparator,value,sd,q1,q3,min,max,statistic";
    assert_int_equal(parse(header,
                           "T,a,b,hba1c_pct,mmol/mol,28,16,9,-10,5,,,,,change_difference\n"
                           "T,a,,hba1c_pct,mmol/mol,28,16,,53,,48,58,,,median\n"
                           "T,a,,hba1c_pct,%,28,16,,-5,10,,,,,change_pct\n"
                           "T,a,,c_peptide_auc_mean_nmol_l,nmol/L,28,25,,0.4,,,,0.1,0.9,median\n"
                           "T,a,b,insulin_independent,%,28,16,9,-20,,,,,,risk_difference\n",
                           &rows, NULL),
                     ISLET_OK);
    const evidence_row *row = rows.rows;
    assert_true(evidence_is_difference(row) && row->statistic == STATISTIC_CHANGE && fabs(row->value + 0.9148) < 1e-12);
    assert_true(fabs(evidence_row_se(row) - 5 * 0.09148 * sqrt(1 / 16.0 + 1 / 9.0)) < 1e-12);
    /* quartiles and range of normal values (Wan 2014): n 16, 25 */
    assert_true(fabs(evidence_row_se(row + 1) - 10 * 0.09148 / (2 * 0.6152) / 4 * 1.2533) < 1e-3);
    assert_true(row[2].statistic == STATISTIC_CHANGE_PCT && row[2].value == -5 && strcmp(row[2].endpoint.unit, "%") == 0);
    assert_true(fabs(evidence_row_se(row + 3) - 0.8 / (2 * 1.9653) / 5 * 1.2533) < 1e-3);
    assert_true(evidence_is_difference(row + 4) && fabs(row[4].value + 0.2) < 1e-12);
    evidence_free(&rows);
    static const char *const bad[] = {"T,a,,hba1c_pct,%,28,16,,-1,1,,,,,mean_difference\n", "T,a,a,hba1c_pct,%,28,16,,-1,1,,,,,change\n",
                                      "T,a,,hba1c_pct,%,28,16,9,7,1,,,,,mean\n",             "T,a,b,hba1c_pct,%,28,16,,-1,1,,,,,median\n",
                                      "T,a,,hba1c_pct,mmol/mol,28,16,,-5,1,,,,,change_pct\n", "T,a,,hba1c_pct,%,28,16,,7,,,,7.5,8,median\n"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (parse(header, bad[i], &rows, NULL) != ISLET_ERR_INPUT) fail_msg("%s", bad[i]);
}

static void test_units(void **state)
{
    (void)state;
    evidence_rows rows;
    assert_int_equal(parse(HEADER,
                           "T,g,a,p.yaml,hba1c_pct,mmol/mol,365,12,53,11,,,,,validate\n"
                           "T,g,a,p.yaml,c_peptide_fasting_nmol_l,ng/mL,365,12,3.0203,0.60406,,,,,validate\n"
                           "T,g,a,p.yaml,fasting_glucose_mg_dl,mmol/L,365,12,10,,1,,,,validate\n"
                           "T,g,a,p.yaml,insulin_independent,%,365,12,50,,,20,80,,validate\n"
                           "T,g,a,p.yaml,death,,365,12,,,,,,1,validate\n"
                           "T,g,a,p.yaml,triglycerides_mg_dl,mmol/L,365,12,2,0.5,,,,,validate\n"
                           "T,g,a,p.yaml,ldl_mg_dl,mmol/L,365,12,3,0.5,,,,,validate\n"
                           "T,g,a,p.yaml,insulin_u_per_kg_day,IU/kg,365,12,0.4,0.1,,,,,validate\n",
                           &rows, NULL),
                     ISLET_OK);
    assert_int_equal(rows.n, 8);
    assert_true(fabs(rows.rows[5].value - 177.14) < 1e-9 && fabs(rows.rows[6].value - 116.01) < 1e-9 && rows.rows[7].value == 0.4); /* a mmol of fat is not one of glucose */
    assert_true(rows.rows[0].value == hba1c_ngsp_pct_from_ifcc(53) && rows.rows[0].sd == 0.09148 * 11);
    assert_float_equal(rows.rows[1].value, 1, 1e-12);
    assert_float_equal(rows.rows[1].sd, 0.2, 1e-12);
    assert_true(rows.rows[2].value == 10 * MG_DL_PER_MMOL_L && rows.rows[2].se == MG_DL_PER_MMOL_L);
    assert_true(rows.rows[3].value == 0.5 && rows.rows[3].ci_high == 0.8 && isnan(rows.rows[3].events));
    assert_true(rows.rows[4].value == 1.0 / 12.0 && rows.rows[4].statistic == STATISTIC_SHARE &&
                rows.rows[4].line == 6);
    assert_string_equal(rows.rows[0].protocol, "p.yaml");
    evidence_free(&rows);
    /* an end point without a range of its own has that of its unit */
    assert_int_equal(parse(HEADER, "T,g,a,,graft_function_frac,fraction,365,12,0.5,,,,,,context\n", &rows, NULL),
                     ISLET_OK);
    assert_true(rows.rows[0].endpoint.id == ENDPOINT_graft_function_frac && rows.rows[0].endpoint.high == 1);
    evidence_free(&rows);
    /* what a file has nothing for it leaves out; units as people write them; a role that sets nothing */
    assert_int_equal(parse("trial_id;arm;endpoint;unit;day;n;value;sex",
                           "T; a; time_in_range_pct; fraction; 365; 12; 0.93; f\n"
                           "T;a;hba1c_pct;Percent;365;12;6;f\n"
                           "T;a;insulin_u_per_kg_day;U/kg/d;365;12;0.4;.\n"
                           "T;a;severe_hypo_per_year;per year;365;12;0.5;\n"
                           "T;a;fasting_glucose_mg_dl;MG/DL;365;12;120;\n"
                           ";;;;;;;\n"
                           "T;a;crp_mg_l;mg / litre;365;12;2;\n",
                           &rows, NULL),
                     ISLET_OK);
    assert_true(rows.n == 6 && rows.rows[0].value == 93 && rows.rows[1].value == 6 && rows.rows[5].line == 8);
    assert_true(rows.rows[0].role == ROLE_VALIDATE && strcmp(rows.rows[0].group, "T") == 0 && isnan(rows.rows[0].sd));
    evidence_free(&rows);
    /* a change has no offset */
    assert_int_equal(
        parse(HEADER ",statistic", "T,g,a,,hba1c_pct,mmol/mol,365,12,-10,,,,,,context,change\n", &rows, NULL),
        ISLET_OK);
    assert_true(rows.rows[0].value == 0.09148 * -10);
    evidence_free(&rows);
    /* below 0 it can be nothing else, and is told; what may be below 0 is as it is */
    islet_problems *problems = islet_problems_create();
    assert_int_equal(parse(HEADER, "T,g,a,,hba1c_pct,mmol/mol,365,12,-10,,,-12,-8,,context\nT,g,a,,insulin_change_pct,%,365,12,-40,,,,,,context\n", &rows, problems), ISLET_OK);
    assert_true(rows.rows[0].statistic == STATISTIC_CHANGE && rows.rows[0].ci_low == 0.09148 * -12 && rows.rows[1].statistic == STATISTIC_MEAN);
    assert_true(islet_problems_count(problems) == 1 && strstr(islet_problems_text(problems, 0), "rows.csv:2:34: value is -10"));
    islet_problems_free(problems);
    evidence_free(&rows);
}

/* each breaks one thing of a good file; the message names the place and what stands there */
static void test_refused(void **state)
{
    (void)state;
    static const struct {
        const char *header, *rows, *place, *word;
    } bad[] = {
        {HEADER, "T,g,a,,hba1c_pct,furlong,365,12,7,,,,,,validate\n", "rows.csv:2:18:", "unit 'furlong'"},
        {HEADER, "T,g,a,,hba1c_pct,,365,12,7,,,,,,validate\n", "rows.csv:2:18:", "unit ''"},
        {HEADER, "T,g,a,,insulin_u_per_kg_day,U/day,365,12,7,,,,,,validate\n", "rows.csv:2:29:", "insulin_u_per_day"},
        {"trial_id,arm,endpoint,unit,day,n,events,values", "T,a,hba1c_pct,%,365,12,,7\n", "rows.csv:1:41:", "no column 'value' but one 'values'"},
        {"trial_id,arm,endpoint,unit,day,n", "T,a,hba1c_pct,%,365,12\n", "rows.csv:1:1:", "neither a column 'value' nor 'events'"},
        {HEADER, "T,g,a,,hba1c,%,365,12,7,,,,,,validate\n", "rows.csv:2:8:", "endpoint is 'hba1c'"},
        {HEADER, "T,g,a,,death,fraction,365,12,,,,,,13,validate\n", "rows.csv:2:35:", "events is '13'"},
        {HEADER, "T,g,a,,death,fraction,365,12,,,,,,1.5,validate\n", "rows.csv:2:35:", "events is '1.5'"},
        {HEADER, "T,g,a,,death,fraction,365,12,,,,,,-1,validate\n", "rows.csv:2:35:", "events is '-1'"},
        {HEADER, "T,g,a,,death,fraction,365,,,,,,,1,validate\n", "rows.csv:2:27:", "n is empty"},
        {HEADER, "T,g,a,,death,fraction,365,12,0.5,,,,,1,validate\n", "rows.csv:2:30:", "value is '0.5'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,,,3,validate\n", "rows.csv:2:33:", "events is '3'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,,7,,,,,,validate\n", "rows.csv:2:24:", "n is empty"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,,,,,,,validate\n", "rows.csv:2:27:", "value is empty"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,62,,,,,,validate\n", "rows.csv:2:27:", "look at the unit"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,nan,,,,,,validate\n", "rows.csv:2:27:", "value is 'nan'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,0,7,,,,,,validate\n", "rows.csv:2:24:", "n is '0'"},
        {HEADER, "T,g,a,,hba1c_pct,%,12 moons,12,7,,,,,,validate\n", "rows.csv:2:20:", "day is '12 moons'"},
        {HEADER, "T,g,a,,hba1c_pct,%,,12,7,,,,,,validate\n", "rows.csv:2:20:", "day is empty"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,-1,,,,,validate\n", "rows.csv:2:29:", "sd is '-1'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,7.5,8,,validate\n", "rows.csv:2:31:", "ci_low is '7.5'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,6,,,validate\n", "rows.csv:2:33:", "ci_high is empty"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,,,,fit\n", "rows.csv:2:34:", "role is 'fit'"},
        {HEADER, "T,,a,,hba1c_pct,%,365,12,7,,,,,,validate\n", "rows.csv:2:3:", "cohort_group is empty"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,,,validate\n", "rows.csv:2:1:", "14 cells"},
        {HEADER ",statistic", "T,g,a,,hba1c_pct,%,365,12,1,,,,,,validate,sign\n", "rows.csv:2:43:", "statistic is 'sign'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,2,,,,,,direction\n", "rows.csv:2:27:", "a sign"},
        {HEADER, "T,g,a,,hba1c,%,365,12,7,,,,,,validate\n", "rows.csv:2:8:", "perhaps 'hba1c_pct'"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,1.2,,,,,,validate\n", "rows.csv:2:27:", "the word change in the column statistic"},
        {HEADER, "T,g,a,,hba1c_pct,%,0,12,-1.2,,,,,,validate\n", "rows.csv:2:25:", "look at the unit"},
        {HEADER, "T,g,a,,insulin_u_per_kg_day,%,365,12,-40,,,,,,validate\n", "rows.csv:2:29:", "the word change_pct"},
        {HEADER, "T,g,a,,hba1c_pct,g/dL,365,12,7,,,,,,validate\n", "rows.csv:2:18:", "expected %, fraction, mmol/mol, percentage points"},
        /* rows together */
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate\nT,g,a,,hba1c_pct,%,365,12,7,,,,,,validate\n",
         "rows.csv:3:8:", "stands in line 2 too"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate\nU,g,a,,hba1c_pct,%,0,12,7,,,,,,calibrate\n",
         "rows.csv:3:32:", "one side of the split"},
        {HEADER, "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate\nT,h,a,,hba1c_pct,%,0,12,7,,,,,,validate\n",
         "rows.csv:3:3:", "cohort_group of arm 'a'"},
        {HEADER, "T,g,a,x.yaml,hba1c_pct,%,365,12,7,,,,,,validate\nT,g,a,y.yaml,hba1c_pct,%,0,12,7,,,,,,validate\n",
         "rows.csv:3:7:", "protocol of arm"},
        {HEADER ",n_arm", "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate,11\n",
         "rows.csv:2:24:", "n is 12 in an arm of 11"},
        {HEADER ",part_of,n_arm",
         "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate,,12\nT,g,b,,hba1c_pct,%,365,7,7,,,,,,validate,a,7\n"
         "T,g,c,,hba1c_pct,%,365,6,7,,,,,,validate,a,6\n",
         "rows.csv:3:42:", "have 13 people, the arm 12"},
        {HEADER ",part_of", "T,g,b,,hba1c_pct,%,365,7,7,,,,,,validate,a\n", "rows.csv:2:42:", "part_of is 'a'"},
        {HEADER ",q1,q3,statistic", "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate,7.5,8,median\n",
         "rows.csv:2:43:", "q1 is '7.5'"},
        {HEADER ",statistic", "T,g,a,,death,fraction,365,12,,,,,,1,validate,median\n",
         "rows.csv:2:46:", "share or ever"},
        {HEADER ",source", "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate,\n", "rows.csv:2:43:", "source is empty"},
        {HEADER, "T,zim_forward,a,,hba1c_pct,%,365,12,7,,,,,,calibrate\n", "rows.csv:2:44:", "split by outcome"},
        {"trial_id,cohort_group,arm", "T,g,a\n", "rows.csv:1:1:", "no column 'endpoint'"},
        {HEADER ",role", "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate,validate\n",
         "rows.csv:1:95:", "second column 'role'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        evidence_rows rows;
        islet_problems *problems = islet_problems_create();
        islet_status status = parse(bad[i].header, bad[i].rows, &rows, problems);
        const char *said = islet_problems_text(problems, 0);
        if (status != ISLET_ERR_INPUT || strncmp(said, bad[i].place, strlen(bad[i].place)) != 0 ||
            !strstr(said, bad[i].word))
            fail_msg("%s\nexpected at %s with '%s'; found: %s", bad[i].rows, bad[i].place, bad[i].word, said);
        assert_true(rows.n == 0 && !rows.rows);
        islet_problems_free(problems);
    }
}

/* one bad row among good ones: nothing is loaded, and every bad row is named */
static void test_nothing_by_halves(void **state)
{
    (void)state;
    evidence_rows rows;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(parse(HEADER,
                           "T,g,a,,hba1c_pct,%,365,12,7,,,,,,validate\nT,g,a,,hba1c_pct,%,0,12,seven,,,,,,validate\n"
                           "T,g,a,,death,fraction,0,12,,,,,,13,validate\n",
                           &rows, problems),
                     ISLET_ERR_INPUT);
    assert_int_equal(rows.n, 0);
    assert_int_equal(islet_problems_error_count(problems), 2);
    assert_non_null(strstr(islet_problems_text(problems, 0), "rows.csv:3:25: value is 'seven'"));
    assert_non_null(strstr(islet_problems_text(problems, 1), "rows.csv:4:"));
    islet_problems_free(problems);
}

static void test_warned(void **state)
{
    (void)state;
    evidence_rows rows;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(
        parse(HEADER ",remark",
              "T,g,a,,hba1c_pct,%,365,100,7,1,1,,,,validate,x\nT,g,a,,hba1c_pct,%,0,100,7,1,0.1,,,,validate,x\n", &rows,
              problems),
        ISLET_OK);
    assert_int_equal(islet_problems_count(problems), 2);
    assert_non_null(strstr(islet_problems_text(problems, 0), "the column 'remark' is not read"));
    assert_non_null(strstr(islet_problems_text(problems, 1), "rows.csv:2:32: se is 1 beside sd 1 and n 100"));
    evidence_free(&rows);
    islet_problems_free(problems);
}

static int rows_of(const char *name)
{
    islet_table *table;
    islet_problems *problems = islet_problems_create();
    islet_status status = islet_evidence_table(name, NULL, &table, problems);
    for (int i = 0; i < islet_problems_count(problems); i++) print_message("%s\n", islet_problems_text(problems, i));
    assert_int_equal(status, ISLET_OK);
    assert_int_equal(islet_problems_count(problems), 0);
    int rows = islet_table_rows(table);
    islet_table_free(table);
    islet_problems_free(problems);
    return rows;
}

static void test_tables(void **state)
{
    (void)state;
    assert_int_equal(rows_of("outcomes"), 340);
    assert_int_equal(rows_of("outcomes_original"), 751);
    assert_int_equal(rows_of("claims"), 132);
    assert_int_equal(rows_of("meta_pooled"), 80);
    assert_int_equal(rows_of("meta_inputs"), 21);
    assert_int_equal(rows_of("parameters"), 1072);
    assert_int_equal(rows_of("graft_parameters"), 236);
    islet_table *table;
    assert_int_equal(islet_evidence_table("trials", NULL, &table, NULL), ISLET_ERR_UNKNOWN_NAME);
    assert_null(table);
}

/* every collected row became facts or says why not, and every fact names a row that says so */
static void test_originals(void **state)
{
    (void)state;
    islet_table *table;
    evidence_rows base;
    assert_int_equal(islet_evidence_table("outcomes_original", NULL, &table, NULL), ISLET_OK);
    assert_int_equal(evidence_shipped(&base, NULL), ISLET_OK);
    for (int row = 0; row < islet_table_rows(table); row++) {
        int facts = 0, number = row + 2; /* rows are named by their line in the collected file */
        char text[16];
        for (int i = 0; i < base.n; i++) {
            if (base.rows[i].original != number) continue;
            facts++;
            assert_string_equal(base.rows[i].group, islet_table_cell(table, row, 4));
            assert_string_equal(base.rows[i].trial, islet_table_cell(table, row, 6));
        }
        snprintf(text, sizeof text, "%d", number);
        assert_string_equal(islet_table_cell(table, row, 0), text);
        snprintf(text, sizeof text, "%d", facts);
        assert_string_equal(islet_table_cell(table, row, 1), text);
        assert_true((facts == 0) == (islet_table_cell(table, row, 2)[0] != 0));
    }
    islet_table_free(table);
    evidence_free(&base);
}

#define CLAIMS                                                                                                         \
    "claim_id,source_site,claim,kind,diabetes_type,cell_source,quantity,unit,reviewer_verdict,evidence,source_url,testable_by_simulation,how\n"
#define POOLED                                                                                                         \
    "meta_id,citation,doi,diabetes_type,outcome,unit,effect_measure,model,k,n_total,time_months,estimate,ci_low,ci_high,p,i2,tau2,source_url\n"

static void test_tables_refused(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text, *place, *word;
    } bad[] = {
        {"claims", CLAIMS "A,s,c,process,T1D,,,,maybe,,,no,\n", ":2:22:", "reviewer_verdict is 'maybe'"},
        {"claims", CLAIMS "A,s,c,process,T1D,,,,partly,,,no,\nA,s,c,process,T1D,,,,partly,,,no,\n",
         ":3:1:", "claim_id 'A' stands in line 2 too"},
        {"claims", CLAIMS "A,s,,process,T1D,,,,partly,,,no,\n", ":2:5:", "claim is ''"},
        {"claims", CLAIMS "A,s,c,process,T1D,,,,partly,,ftp://x,no,\n", ":2:30:", "source_url is 'ftp://x'"},
        {"claims", "claim_id,source_site\nA,s\n", ":1:1:", "no column 'claim'"},
        {"meta_pooled", POOLED "M,c,,T1D,hba1c,%,MD,random,5,100,12,-1,-0.5,0.5,<0.001,50,,http://x.org\n",
         ":2:40:", "ci_low is '-0.5'"},
        {"meta_pooled", POOLED "M,c,,T1D,hba1c,%,MD,random,5.5,100,12,-1,-1.5,0.5,<0.001,50,,http://x.org\n",
         ":2:28:", "k is '5.5'"},
        {"meta_pooled", POOLED "M,c,,T1D,hba1c,%,MD,random,5,100,12,-1,-1.5,0.5,<2,50,,http://x.org\n",
         ":2:49:", "p is '<2'"},
        {"meta_pooled", POOLED "M,c,,T1D,hba1c,%,HR,random,5,100,12,-1,-1.5,0.5,,50,,http://x.org\n",
         ":2:18:", "effect_measure is 'HR'"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        char path[] = "evidence_XXXXXX", place[64];
        int file = mkstemp(path);
        assert_true(file >= 0);
        assert_int_equal(write(file, bad[i].text, strlen(bad[i].text)), (long)strlen(bad[i].text));
        assert_int_equal(close(file), 0);
        islet_table *table;
        islet_problems *problems = islet_problems_create();
        islet_status status = islet_evidence_table(bad[i].name, path, &table, problems);
        const char *said = islet_problems_text(problems, 0);
        snprintf(place, sizeof place, "%s%s", path, bad[i].place);
        if (status != ISLET_ERR_INPUT || strncmp(said, place, strlen(place)) != 0 || !strstr(said, bad[i].word))
            fail_msg("expected %s with '%s'; found: %s", place, bad[i].word, said);
        assert_null(table);
        islet_problems_free(problems);
        assert_int_equal(remove(path), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shipped), cmocka_unit_test(test_numbers),           cmocka_unit_test(test_units), cmocka_unit_test(test_times_and_statistics),
        cmocka_unit_test(test_refused), cmocka_unit_test(test_nothing_by_halves), cmocka_unit_test(test_warned),
        cmocka_unit_test(test_tables),  cmocka_unit_test(test_originals),         cmocka_unit_test(test_tables_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
