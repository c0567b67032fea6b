/* Validation: predictive intervals against closed forms and by coverage, values of a person, binding of rows to
 * protocols, the summary of hand-made rows, and the parameter sets that carry the uncertainty. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/embedded.h"
#include "base/rng.h"
#include "evidence/by_hand.h"
#include "evidence/measure.h"
#include "evidence/standardise.h"
#include "evidence/validate.h"
#include "stats/summary.h"
#include "therapy/parameter_set.h"

#define PEOPLE 4000
#define HEADER "trial_id,cohort_group,arm,protocol,endpoint,unit,day,n,value,sd,se,ci_low,ci_high,events,role\n"
#define PROTOCOL ISLET_SOURCE_DIR "/examples/validate/stem_cell_islets.yaml"

/* ---- predictive intervals ---- */

static void fill_normal(double *values, int n, double mean, double sd, uint64_t seed)
{
    for (int i = 0; i < n; i++) values[i] = mean + sd * rng_normal(seed, (uint64_t)i, RNG_assay, 0);
}

static void test_mean(void **state)
{
    (void)state;
    static double values[PEOPLE];
    fill_normal(values, PEOPLE, 7.0, 1.0, 3);
    prediction p;
    assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = values, .n_people = PEOPLE, .trial_n = 25, .seed = 1, .row = 0}, &p));
    assert_true(fabs(p.simulated - 7.0) < 0.05);
    const double z[PREDICT_INTERVALS] = {0.6745, 1.2816, 1.9600};
    for (int i = 0; i < PREDICT_INTERVALS; i++) {
        assert_true(fabs(p.low[i] - (p.simulated - z[i] / 5.0)) < 0.03);
        assert_true(fabs(p.high[i] - (p.simulated + z[i] / 5.0)) < 0.03);
    }
}

static void test_share(void **state)
{
    (void)state;
    static double values[PEOPLE];
    for (int i = 0; i < PEOPLE; i++) values[i] = i % 10 < 3;
    prediction p;
    assert_true(predict_trial(&(predict_question){.statistic = PREDICT_SHARE, .values = values, .n_people = PEOPLE, .trial_n = 20, .seed = 1, .row = 0}, &p));
    unsigned low = 0, high = 0;
    while (gsl_cdf_binomial_P(low, 0.3, 20) < 0.025) low++;
    while (gsl_cdf_binomial_P(high, 0.3, 20) < 0.975) high++;
    assert_true(fabs(p.low[PI95] * 20.0 - low) <= 1.0 && fabs(p.high[PI95] * 20.0 - high) <= 1.0);
    assert_true(fabs(p.simulated - 0.3) < 1e-12);
}

/* of trials drawn from the same people as many lie inside as the interval says; with few people, too */
static void test_coverage(void **state)
{
    (void)state;
    int inside[PREDICT_INTERVALS] = {0};
    const int trials = 400;
    for (int t = 0; t < trials; t++) {
        double values[60], trial[12], mean = 0.0;
        fill_normal(values, 60, 0.0, 2.0, 100 + (uint64_t)t);
        fill_normal(trial, 12, 0.0, 2.0, 10000 + (uint64_t)t);
        for (int i = 0; i < 12; i++) mean += trial[i] / 12.0;
        prediction p;
        assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = values, .n_people = 60, .trial_n = 12, .seed = 1, .row = (uint64_t)t}, &p));
        for (int i = 0; i < PREDICT_INTERVALS; i++) inside[i] += mean >= p.low[i] && mean <= p.high[i];
    }
    assert_true(inside[PI95] > 0.92 * trials && inside[PI95] < 0.98 * trials);
    assert_true(inside[PI80] > 0.74 * trials && inside[PI80] < 0.86 * trials);
    assert_true(inside[PI50] > 0.42 * trials && inside[PI50] < 0.58 * trials);
}

/* two arms of the same simulated people, other people in each arm of the trial: the difference spreads as two means do, however alike the simulated pairs are;
 * the draws move it by what they do within people */
static void test_difference(void **state)
{
    (void)state;
    static double control[PEOPLE], treated[PEOPLE], within[PEOPLE], moved[1000];
    fill_normal(control, PEOPLE, 8.0, 1.0, 3);
    for (int i = 0; i < PEOPLE; i++) {
        treated[i] = control[i] - 1.0;
        within[i] = -1.0;
    }
    predict_question q = {.statistic = PREDICT_MEAN, .values = within, .n_people = PEOPLE, .treated = treated, .control = control,
                          .trial_n = 25, .control_n = 100, .seed = 1, .row = 0};
    prediction p;
    assert_true(predict_trial(&q, &p));
    const double sd = sqrt(1.0 / 25.0 + 1.0 / 100.0);
    assert_true(fabs(p.simulated + 1.0) < 1e-9 && fabs(p.people_sd - 1.0) < 0.05);
    assert_true(fabs(p.low[PI95] + 1.0 + 1.96 * sd) < 0.04 && fabs(p.high[PI95] + 1.0 - 1.96 * sd) < 0.04);
    const double *members[] = {moved};
    for (int i = 0; i < 1000; i++) moved[i] = -3.0;
    q.members = members, q.n_members = 1, q.n_member = 1000;
    assert_true(predict_trial(&q, &p));
    assert_true(fabs(p.low[PI95] + 3.0 + 1.96 * sd) < 0.04);
}

/* no trial finds more than 100 % of the time in range */
static void test_bounds(void **state)
{
    (void)state;
    double values[] = {99.0, 97.0, 100.0, 90.0, 98.0};
    prediction p;
    predict_question q = {.statistic = PREDICT_MEAN, .values = values, .n_people = 5, .trial_n = 5, .discrepancy_sd = 10.0,
                          .discrepancy_df = 5.0, .seed = 1, .row = 0};
    assert_true(predict_trial(&q, &p));
    assert_true(p.high[PI95] > 100.0);
    q.most = 100.0;
    assert_true(predict_trial(&q, &p));
    assert_true(p.high[PI95] == 100.0 && p.low[PI95] < 90.0);
}

/* 96 simulated person-years without an event: the rate is a gamma of shape 1/2, so trials find what a negative binomial law of that shape says */
static void test_rate_without_events(void **state)
{
    (void)state;
    static const double none[96];
    const int64_t people[] = {12, 200, 2000};
    for (int i = 0; i < 3; i++) {
        const double n = (double)people[i];
        prediction p;
        assert_true(predict_trial(&(predict_question){.statistic = PREDICT_RATE, .values = none, .n_people = 96, .years = 0.5, .trial_n = people[i], .seed = 1}, &p));
        unsigned high = 0;
        while (gsl_cdf_negative_binomial_P(high, 96.0 / (96.0 + n), 0.5) < 0.975) high++;
        assert_true(p.simulated == 0.0 && !p.constant && p.low[PI95] == 0.0);
        assert_true(high > 0 && fabs(p.high[PI95] * 0.5 * n - high) <= 0.15 * high);
        assert_true(fabs(p.people_sd - sqrt(0.5 / 48.0 / 0.5)) < 1e-12);
    }
}

/* of many events: a Poisson count in the trial's own person-years; of clumps wider, as the people's own spread says */
static void test_rate(void **state)
{
    (void)state;
    static double poisson[PEOPLE], clumped[PEOPLE], twice[1000];
    for (int i = 0; i < PEOPLE; i++) {
        unsigned count = 0;
        const double u = (i * 1237 % PEOPLE + 0.5) / PEOPLE; /* the first are as all are */
        while (gsl_cdf_poisson_P(count, 1.0) < u) count++;
        poisson[i] = 2.0 * count; /* in half a year */
        clumped[i] = i % 10 == 0 ? 20.0 : 0.0;
    }
    for (int i = 0; i < 1000; i++) twice[i] = 2.0 * poisson[i];
    predict_question q = {.statistic = PREDICT_RATE, .values = poisson, .n_people = PEOPLE, .years = 0.5, .trial_n = 40, .seed = 1};
    prediction p;
    assert_true(predict_trial(&q, &p));
    unsigned low = 0, high = 0;
    while (gsl_cdf_poisson_P(low, 40.0) < 0.025) low++;
    while (gsl_cdf_poisson_P(high, 40.0) < 0.975) high++;
    assert_true(fabs(p.low[PI95] * 20.0 - low) <= 1.0 && fabs(p.high[PI95] * 20.0 - high) <= 1.0);

    q.values = clumped; /* 10 events in one of ten people: variance 9 a person */
    assert_true(predict_trial(&q, &p));
    assert_true(fabs(p.people_sd - 6.0) < 0.05 && fabs(p.sampling_sd - 6.0 / sqrt(40.0)) < 0.08);

    const double *members[] = {twice};
    q.values = poisson, q.members = members, q.n_members = 1, q.n_member = 1000;
    assert_true(predict_trial(&q, &p));
    assert_true(fabs(0.5 * (p.low[PI50] + p.high[PI50]) - 2.0 * p.simulated) < 0.2);
    assert_true(fabs(p.centre - 2.0 * p.simulated) < 0.01);
}

/* two arms of a trial, of which only one had events: other people in each, no width of zero */
static void test_rate_difference(void **state)
{
    (void)state;
    static double none[100], some[100], within[100];
    for (int i = 0; i < 100; i++) some[i] = i % 2, within[i] = none[i] - some[i];
    predict_question q = {.statistic = PREDICT_RATE, .values = within, .n_people = 100, .treated = none, .control = some, .years = 1.0,
                          .trial_n = 50, .control_n = 50, .seed = 1};
    prediction p;
    assert_true(predict_trial(&q, &p));
    assert_true(fabs(p.simulated + 0.5) < 1e-12);
    assert_true(fabs(p.high[PI95] - p.low[PI95] - 2.0 * 1.96 * sqrt(0.5 / 100.0 + 0.5 / 50.0)) < 0.06);
    q.control = none;
    for (int i = 0; i < 100; i++) within[i] = 0.0;
    assert_true(predict_trial(&q, &p) && p.low[PI95] < 0.0 && p.high[PI95] > 0.0);
}

/* people who are all alike say nothing of a trial's spread; a known discrepancy does */
static void test_constant(void **state)
{
    (void)state;
    const double alike[] = {0.0, 0.0, 0.0, 0.0}, differ[] = {0.0, 0.0, 0.0, 1.0};
    const double *members[] = {differ};
    prediction p;
    predict_question q = {.statistic = PREDICT_MEAN, .values = alike, .n_people = 4, .trial_n = 8, .seed = 1};
    assert_true(predict_trial(&q, &p) && p.constant && p.simulated == 0.0);
    q.discrepancy_sd = 0.5, q.discrepancy_df = 5.0;
    assert_true(predict_trial(&q, &p) && !p.constant);
    q.in_people_sds = true;
    assert_true(predict_trial(&q, &p) && p.constant);
    q.values = differ;
    assert_true(predict_trial(&q, &p) && !p.constant);
    q.values = alike, q.members = members, q.n_members = 1, q.n_member = 4, q.statistic = PREDICT_SHARE;
    assert_true(predict_trial(&q, &p) && !p.constant); /* nobody of four is no certainty */
}

/* draws of the parameters that move the mean by +-1 widen the interval by that */
static void test_parameter_uncertainty(void **state)
{
    (void)state;
    static double values[PEOPLE], up[1000], down[1000];
    fill_normal(values, PEOPLE, 7.0, 1.0, 3);
    for (int i = 0; i < 1000; i++) {
        up[i] = values[i] + 1.0;
        down[i] = values[i] - 1.0;
    }
    const double *members[] = {up, down};
    prediction p;
    for (int i = 0; i < 1000; i++) assert_true(values[i] > 0.0); /* far from 0, where intervals end */
    assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = values, .n_people = PEOPLE, .members = members, .n_members = 2, .n_member = 1000, .trial_n = 400, .seed = 1, .row = 0}, &p));
    assert_true(fabs(p.high[PI95] - (p.simulated + 1.0 + 1.645 * 0.05)) < 0.02);
    assert_true(fabs(p.low[PI95] - (p.simulated - 1.0 - 1.645 * 0.05)) < 0.02);
}

/* people are moved to the mean that a trial had before: by the slope, on the scale, and what their own value before told is no spread any more */
static void test_standardise(void **state)
{
    (void)state;
    enum { N = 400 };
    static double before[N], after[N];
    discrepancy_scale linear = {FORM_LINEAR, 0.0}, logs = {FORM_LOG, 0.02};
    fill_normal(before, N, 8.0, 1.0, 21);
    fill_normal(after, N, 3.0, 0.2, 22);
    for (int i = 0; i < N; i++) after[i] += 0.5 * before[i];
    before[3] = NAN;
    after[7] = NAN;
    summary was = summary_mean(after, N), x = summary_mean(before, N);
    standard s = standard_fit(after, before, N, &linear, x.value - 1.0, x.value);
    assert_true(fabs(s.slope - 0.5) < 0.03 && fabs(s.difference + 1.0) < 1e-12);
    standard_apply(&s, after, before, N, &linear);
    summary now = summary_mean(after, N);
    assert_true(fabs(now.value - (was.value - s.slope)) < 0.01 && now.n == N - 1);
    assert_true(was.sd > 0.45 && now.sd < 0.25);
    assert_true(fabs(standard_fit(after, before, N, &linear, 7.0, 8.0).slope) < 0.01); /* nothing is left to move by */

    for (int i = 0; i < N; i++) {
        before[i] = 0.1 + 0.01 * i;
        after[i] = i % 5 ? 0.5 * before[i] : 0.0;
    }
    s = standard_fit(after, before, N, &logs, 1.0, 2.0);
    standard_apply(&s, after, before, N, &logs);
    for (int i = 0; i < N; i++) assert_true(after[i] >= 0.0);
    for (int i = 0; i < N; i++) after[i] = 3.0 * before[i];
    assert_true(standard_fit(after, before, N, &linear, 1.0, 2.0).slope == 1.0);
    assert_true(standard_fit(after, before, 5, &linear, 1.0, 2.0).slope == 0.0); /* too few people to tell */
}

/* nobody left: no prediction; the missing are left out of the others */
static void test_missing(void **state)
{
    (void)state;
    double nobody[] = {NAN, NAN}, some[] = {NAN, 2.0, NAN, 4.0};
    prediction p;
    assert_false(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = nobody, .n_people = 2, .trial_n = 5, .seed = 1, .row = 0}, &p));
    assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEDIAN, .values = some, .n_people = 4, .trial_n = 1, .seed = 1, .row = 0}, &p));
    assert_int_equal(p.people, 2);
    assert_true(p.simulated == 3.0);
    assert_true(predict_trial(&(predict_question){.statistic = PREDICT_GEOMETRIC_MEAN, .values = some, .n_people = 4, .trial_n = 1, .seed = 1, .row = 0}, &p));
    assert_true(fabs(p.simulated - (sqrt(3.0 * 5.0) - 1.0)) < 1e-12); /* of 1 + x */
    double low[] = {0.0, 0.1, 0.0, 0.2};
    assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = low, .n_people = 4, .trial_n = 3, .seed = 1, .row = 0}, &p));
    assert_true(p.low[PI95] == 0.0); /* a mean of what is never negative */
}

/* ---- the value of a person ---- */

static double measured(const char *endpoint, evidence_statistic statistic, int day, const patient_result *result)
{
    const int visits[] = {0, 90, 365};
    evidence_row row = {.statistic = statistic, .day = day};
    assert_true(outcome_find(endpoint, &row.endpoint));
    return measure_person(&row, result, visits, day, day == 365 ? 90 : 0);
}

static void test_measure(void **state)
{
    (void)state;
    static double visit[3][ENDPOINT_COUNT];
    memset(visit, 0, sizeof visit);
    const double hba1c[3] = {8.0, 7.4, 6.5}, insulin[3] = {0.5, 0.25, 0.0};
    for (int v = 0; v < 3; v++) {
        visit[v][ENDPOINT_hba1c_pct] = hba1c[v];
        visit[v][ENDPOINT_insulin_u_per_kg_day] = insulin[v];
        visit[v][ENDPOINT_insulin_independent] = insulin[v] == 0.0;
        visit[v][ENDPOINT_weight_kg] = v == 2 ? 76.0 : 80.0;
        visit[v][ENDPOINT_c_peptide_stimulated_nmol_l] = v == 0 ? 0.19 : 0.2;
    }
    const patient_event events[] = {{100, EVENT_severe_hypo, NAN}, {200, EVENT_insulin_stopped, NAN}, {60, EVENT_severe_hypo, NAN}};
    patient_traits traits = {.severe_hypo_per_year = 3.0};
    patient_result result = {.traits = &traits, .n_visits = 3, .visit_values = (const double(*)[ENDPOINT_COUNT])visit, .n_events = 3, .events = events};
    assert_true(fabs(measured("hba1c_pct", STATISTIC_CHANGE, 365, &result) + 1.5) < 1e-12);
    assert_true(fabs(measured("insulin_u_per_day", STATISTIC_MEAN, 90, &result) - 20.0) < 1e-12);
    assert_true(fabs(measured("insulin_change_pct", STATISTIC_MEAN, 90, &result) + 50.0) < 1e-12);
    assert_true(measured("hba1c_below_7", STATISTIC_SHARE, 90, &result) == 0.0);
    assert_true(measured("hba1c_below_7", STATISTIC_SHARE, 365, &result) == 1.0);
    assert_true(measured("hba1c_below_6_5", STATISTIC_SHARE, 365, &result) == 0.0);
    assert_true(measured("insulin_halved", STATISTIC_SHARE, 90, &result) == 1.0);
    assert_true(fabs(measured("weight_change_pct", STATISTIC_MEAN, 365, &result) + 5.0) < 1e-12);
    visit[2][ENDPOINT_waist_cm] = NAN; /* type 1 diabetes: nothing moves weight */
    assert_true(isnan(measured("weight_change_pct", STATISTIC_MEAN, 365, &result)));
    assert_true(isnan(measured("weight_kg", STATISTIC_MEAN, 365, &result)) && !isnan(measured("weight_kg", STATISTIC_MEAN, 0, &result)));
    assert_true(measured("c_peptide_at_least_0_2", STATISTIC_SHARE, 365, &result) == 1.0);
    assert_true(measured("c_peptide_at_least_0_2", STATISTIC_SHARE, 0, &result) == 0.0);
    assert_true(measured("hba1c_below_7_no_severe_hypo", STATISTIC_SHARE, 365, &result) == 0.0);
    result.n_events = 0;
    assert_true(measured("hba1c_below_7_no_severe_hypo", STATISTIC_SHARE, 365, &result) == 1.0);
    assert_true(measured("hba1c_below_7_no_severe_hypo", STATISTIC_SHARE, 90, &result) == 0.0);
    result.n_events = 3;
    assert_true(fabs(measured("hba1c_pct", STATISTIC_CHANGE_PCT, 90, &result) + 7.5) < 1e-12);
    assert_true(fabs(measured("hba1c_pct", STATISTIC_MEDIAN_CHANGE, 365, &result) + 1.5) < 1e-12);
    assert_true(measured("insulin_independent", STATISTIC_EVER, 90, &result) == 0.0);
    assert_true(measured("insulin_independent", STATISTIC_EVER, 365, &result) == 1.0);
    assert_true(measured("severe_hypo_free_from_90", STATISTIC_SHARE, 365, &result) == 0.0);
    /* one event between days 90 and 365, one between 0 and 90; three in the year before */
    assert_true(fabs(measured("severe_hypo_per_year", STATISTIC_MEAN, 365, &result) - 365.0 / 275.0) < 1e-12);
    assert_true(fabs(measured("severe_hypo_per_year", STATISTIC_MEAN, 90, &result) - 365.0 / 90.0) < 1e-12);
    assert_true(measured("severe_hypo_per_year", STATISTIC_MEAN, 0, &result) == 3.0);
    visit[2][ENDPOINT_hba1c_pct] = NAN; /* gone */
    assert_true(isnan(measured("hba1c_below_7", STATISTIC_SHARE, 365, &result)));
    assert_true(measured("insulin_independent", STATISTIC_EVER, 365, &result) == 1.0);
}

/* ---- binding rows to protocols ---- */

static char work[] = "/tmp/islet_test_validate_XXXXXX";
static char rows_path[256], protocol_path[256];

static void write_text(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static int setup(void **state)
{
    (void)state;
    if (!mkdtemp(work)) return -1;
    snprintf(rows_path, sizeof rows_path, "%s/rows.csv", work);
    snprintf(protocol_path, sizeof protocol_path, "%s/p.yaml", work);
    FILE *from = fopen(PROTOCOL, "r"), *to = fopen(protocol_path, "w");
    if (!from || !to) return -1;
    for (int c; (c = fgetc(from)) != EOF;) fputc(c, to);
    return fclose(from) | fclose(to);
}

static int teardown(void **state)
{
    (void)state;
    return remove(rows_path) | remove(protocol_path) | remove(work);
}

static void expect_refused(const char *row, const char *said)
{
    char text[1024];
    expressed rows;
    islet_problems *problems = islet_problems_create();
    snprintf(text, sizeof text, HEADER "%s\n", row);
    write_text(rows_path, text);
    islet_status status = expressed_read(rows_path, &rows, problems);
    assert_int_not_equal(status, ISLET_OK);
    bool found = false;
    for (int i = 0; i < islet_problems_count(problems); i++) {
        if (strstr(islet_problems_text(problems, i), said)) found = true;
        else print_message("%s\n", islet_problems_text(problems, i));
    }
    if (!found) fail_msg("'%s' was not said of %s", said, row);
    assert_null(rows.rows);
    islet_problems_free(problems);
}

static void test_binding(void **state)
{
    (void)state;
    expect_refused("T,t,half dose,p.yaml,hba1c_pct,%,90,12,7,,,,,,validate", "rows.csv:2:5: arm: 'half dose' is no arm");
    expect_refused("T,t,full dose,,hba1c_pct,%,90,12,7,,,,,,validate", "rows.csv:2:15: protocol: nothing was found");
    expect_refused("T,t,full dose,q.yaml,hba1c_pct,%,90,12,7,,,,,,validate", "q.yaml");
    expect_refused("T,t,full dose,p.yaml,hba1c_pct,%,90,12,,,,,,3,validate", ":2:");

    write_text(rows_path, HEADER "T,t,full dose,p.yaml,hba1c_pct,mmol/mol,500,12,53,,,,,,validate\n"
                                 "T,t,full dose,p.yaml,hba1c_pct,%,60,12,7.5,,,,,,validate\n");
    expressed rows;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(expressed_read(rows_path, &rows, problems), ISLET_OK);
    assert_int_equal(rows.n_rows, 2);
    assert_int_equal(rows.n_protocols, 1); /* read once for both */
    const islet_protocol *protocol = rows.protocols[0].protocol;
    assert_int_equal(protocol->follow_up_day, 500); /* made as long, with a warning */
    assert_int_equal(islet_problems_count(problems), 1);
    assert_int_equal(protocol->n_visits, 6);
    assert_int_equal(protocol->visits_day[1], 60);
    assert_int_equal(rows.rows[0].since, 365);
    assert_true(fabs(rows.rows[0].row->value - 7.0) < 0.01);
    expressed_free(&rows);
    islet_problems_free(problems);
}

/* a difference names two arms of its protocol, and both are simulated */
static void test_binding_of_differences(void **state)
{
    (void)state;
    static const char header[] = "trial_id,arm,comparator_arm,protocol,endpoint,unit,month,n,n_comparator,value,ci_low,ci_high,statistic\n";
    static const char both[] = "islet: 1\ntitle: Two\npopulation: {of: t1d_new_onset, n: 8}\n"
                               "arms: [{name: idle}, {name: drug, conditioning: atg_low_dose}, {name: placebo, control: sham}]\nfollow_up: {months: 6, visits_month: [3, 6]}\n";
    char text[1024], path[300];
    expressed rows;
    snprintf(path, sizeof path, "%s/two.yaml", work);
    write_text(path, both);
    snprintf(text, sizeof text, "%sT,drug,placebo,two.yaml,hba1c_pct,percentage points,6,12,11,-0.4,-0.9,0.1,mean_difference\n", header);
    write_text(rows_path, text);
    assert_int_equal(expressed_read(rows_path, &rows, NULL), ISLET_OK);
    assert_int_equal(rows.n_rows, 1);
    assert_int_equal(rows.rows[0].day, 182);
    const islet_protocol *protocol = rows.protocols[0].protocol;
    assert_int_equal(protocol->follow_up_day, 182);
    assert_true(protocol->n_visits == 3 && protocol->visits_day[1] == 91);
    assert_int_equal(protocol->n_arms, 2); /* nobody is simulated in vain */
    assert_string_equal(protocol->arms[rows.rows[0].arm].name, "drug");
    assert_string_equal(protocol->arms[rows.rows[0].against].name, "placebo");
    expressed_free(&rows);
    snprintf(text, sizeof text, "%sT,drug,sugar,two.yaml,hba1c_pct,%%,6,12,11,-0.4,,,change\n", header);
    write_text(rows_path, text);
    islet_problems *problems = islet_problems_create();
    assert_int_not_equal(expressed_read(rows_path, &rows, problems), ISLET_OK);
    assert_non_null(strstr(islet_problems_text(problems, 0), "comparator_arm: 'sugar' is no arm"));
    islet_problems_free(problems);
    assert_int_equal(remove(path), 0);
}

/* days of an immune reset count from the infusion, where the protocol counts from the mobilisation; those of day 0 and of other arms stay */
static void test_days_of_a_reset(void **state)
{
    (void)state;
    static const char *const paths[] = {"protocols/ahsct_young.yaml", "protocols/ahsct_young.yaml", "protocols/ahsct_young.yaml"};
    evidence_row published[3] = {{.arm = "immune reset", .day = 180}, {.arm = "immune reset", .day = 0}, {.arm = "insulin alone", .day = 180}};
    expressed rows;
    for (int i = 0; i < 3; i++) assert_true(outcome_find("hba1c_pct", &published[i].endpoint));
    assert_int_equal(expressed_from(published, paths, 3, NULL, &rows, NULL), ISLET_OK);
    assert_int_equal(rows.rows[0].day, 213);
    assert_int_equal(rows.rows[1].day, 0);
    assert_int_equal(rows.rows[2].day, 180);
    expressed_free(&rows);
}

/* every shipped row is bound or left out with a reason, and the map names only arms that there are */
static void test_shipped(void **state)
{
    (void)state;
    expressed rows;
    evidence_rows all;
    islet_problems *problems = islet_problems_create();
    islet_status status = expressed_shipped(&rows, problems);
    for (int i = 0; i < islet_problems_count(problems); i++) print_message("%s\n", islet_problems_text(problems, i));
    assert_int_equal(status, ISLET_OK);
    assert_int_equal(evidence_shipped(&all, NULL), ISLET_OK);
    assert_int_equal(rows.n_rows + rows.n_left_out, all.n);
    for (int i = 0; i < rows.n_left_out; i++) assert_true(rows.left_out[i].reason[0] != 0);
    int before = rows.n_rows;
    expressed_keep_role(&rows, ROLE_CALIBRATE);
    assert_true(rows.n_rows > 0 && rows.n_rows < before);
    for (int r = 0; r < rows.n_rows; r++) assert_int_equal(rows.rows[r].row->role, ROLE_CALIBRATE);
    evidence_free(&all);
    expressed_free(&rows);
    islet_problems_free(problems);
}

/* ---- summary ---- */

static void test_summary(void **state)
{
    (void)state;
    evidence_row published[4];
    expressed_row bound[4];
    validated_row rows[4];
    const double observed[4] = {6.0, 7.0, 8.0, 9.0}, simulated[4] = {6.5, 7.0, 8.0, 9.5}, guess[4] = {7.5, 7.5, 7.5, NAN};
    for (int i = 0; i < 4; i++) {
        published[i] = (evidence_row){.role = ROLE_VALIDATE, .day = 365, .value = observed[i], .events = NAN};
        assert_true(outcome_find("hba1c_pct", &published[i].endpoint));
        bound[i] = (expressed_row){.row = &published[i]};
        rows[i] = (validated_row){.bound = &bound[i], .predicted_any = true, .guess = guess[i], .observed_low = observed[i] - 0.5,
                                  .observed_high = observed[i] + 0.5, .predicted = {.simulated = simulated[i]}};
        for (int k = 0; k < PREDICT_INTERVALS; k++) {
            rows[i].predicted.low[k] = simulated[i] - 0.2 * (k + 1) + (i == 0 ? 0.2 : 0.0);
            rows[i].predicted.high[k] = simulated[i] + 0.2 * (k + 1);
        }
    }
    published[2].day = 0; /* who was enrolled: shown, not counted */
    validation_summary s;
    validate_summarise(rows, 4, ROLE_VALIDATE, &published[0].endpoint, &s);
    assert_int_equal(s.rows, 3);
    assert_true(fabs(s.inside[PI95] - 2.0 / 3.0) < 1e-12 && fabs(s.inside[PI50] - 1.0 / 3.0) < 1e-12);
    assert_int_equal(s.too_high, 1);
    assert_int_equal(s.too_low, 0);
    assert_true(fabs(s.sharpness - 1.2) < 1e-9);
    assert_true(fabs(s.error - 1.0 / 3.0) < 1e-12 && fabs(s.bias - 1.0 / 3.0) < 1e-12);
    assert_int_equal(s.guessed, 2);
    assert_true(fabs(s.guess_error - 1.0) < 1e-12 && fabs(s.skill - 0.75) < 1e-12);
    /* observed 6, 7, 9 and simulated 6.5, 7, 9.5: sums of squares 14/3 and 31/6, of products 29/6 */
    assert_true(fabs(s.r2 - (29.0 / 6.0) * (29.0 / 6.0) / (14.0 / 3.0 * 31.0 / 6.0)) < 1e-9);
    assert_true(fabs(s.r2_identity - (1.0 - 0.5 / 4.6666667)) < 1e-6);
    validate_summarise(rows, 4, ROLE_CALIBRATE, NULL, &s);
    assert_int_equal(s.rows, 0);
}

static void test_signs(void **state)
{
    (void)state;
    static const struct {
        double value, simulated, low, high;
        bool agrees;
    } cases[] = {{-1, -0.4, -0.9, 0.1, true}, {-1, 0.1, -0.3, 0.5, false}, {1, 0.2, 0.1, 0.3, true}, {0, 0.2, -0.1, 0.5, true}, {0, 0.4, 0.1, 0.7, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        evidence_row published = {.role = ROLE_DIRECTION, .statistic = STATISTIC_SIGN, .day = 365, .value = cases[i].value, .events = NAN};
        expressed_row bound = {.row = &published};
        validated_row row = {.bound = &bound, .predicted_any = true, .predicted = {.simulated = cases[i].simulated}};
        row.predicted.bare_low[PI95] = cases[i].low;
        row.predicted.bare_high[PI95] = cases[i].high;
        assert_true(validated_is_sign(&row));
        assert_int_equal(validated_sign_agrees(&row), cases[i].agrees);
    }
}

/* ---- parameter sets ---- */

/* a key that products and conditionings share is that of whom the name says */
static void test_conditioning_parameter(void **state)
{
    (void)state;
    static const char *const paths[] = {"protocols/ahsct_young.yaml"};
    evidence_row published = {.arm = "immune reset", .day = 180};
    parameter_target memory, reaction;
    expressed rows;
    params with = params_default();
    assert_true(parameter_find("cyclophosphamide_atg.memory_depletion_frac", &memory) && parameter_find("cyclophosphamide_atg.serious_infection_frac", &reaction));
    assert_int_equal(memory.owner, OWNER_CONDITIONING);
    assert_int_equal(reaction.owner, OWNER_CONDITIONING);
    assert_false(parameter_find("zimislecel.memory_depletion_frac", &reaction));
    assert_true(outcome_find("hba1c_pct", &published.endpoint));
    assert_int_equal(expressed_from(&published, paths, 1, NULL, &rows, NULL), ISLET_OK);
    parameter_set_value(&memory, 0.5, &with, rows.protocols[0].protocol);
    assert_true(rows.protocols[0].protocol->conditionings[0].memory_depletion_frac.value == 0.5);
    assert_true(parameter_value(&memory, &with, rows.protocols[0].protocol) == 0.5);
    expressed_free(&rows);
}

static void refuse_set(const char *text, const char *said)
{
    parameter_set set;
    islet_problems *problems = islet_problems_create();
    assert_int_equal(parameter_set_parse(text, strlen(text), "set.yaml", &set, problems), ISLET_ERR_INPUT);
    assert_true(islet_problems_count(problems) > 0);
    if (!strstr(islet_problems_text(problems, 0), said)) fail_msg("'%s', not '%s'", islet_problems_text(problems, 0), said);
    islet_problems_free(problems);
}

static void test_parameter_set(void **state)
{
    (void)state;
    static const char text[] = "islet_params: 1\ntitle: A set\nvalues: {portal_potency: 0.2, zimislecel.secretion_gain: 3}\n"
                               "draws:\n  parameters: [portal_potency, zimislecel.secretion_gain]\n  values: [[0.1, 2], [0.3, 4]]\n";
    parameter_set set;
    assert_int_equal(parameter_set_parse(text, strlen(text), "set.yaml", &set, NULL), ISLET_OK);
    assert_int_equal(set.n, 2);
    assert_int_equal(set.n_draws, 2);
    islet_protocol *protocol = NULL;
    assert_int_equal(islet_protocol_read(PROTOCOL, &protocol, NULL), ISLET_OK);
    params with = params_default();
    parameter_set_apply(&set, -1, &with, protocol);
    assert_true(with.portal_potency == 0.2 && protocol->products[0].secretion_gain.value == 3.0);
    parameter_set_apply(&set, 1, &with, protocol);
    assert_true(with.portal_potency == 0.3 && protocol->products[0].secretion_gain.value == 4.0);
    islet_protocol_free(protocol);
    parameter_set_free(&set);

    refuse_set("islet_params: 1\ntitle: A\nvalues: {portal_potencyy: 0.2}\n", "set.yaml:3:27: 'portal_potencyy' is no parameter; did you mean 'portal_potency'");
    refuse_set("islet_params: 1\ntitle: A\nvalues: {portal_potency: 20}\n", "set.yaml:3:");
    refuse_set("islet_params: 1\ntitle: A\nvalues: {}\ndraws: {parameters: [portal_potency], values: [[0.1, 2]]}\n", "2 numbers in this draw; expected 1");
    refuse_set("islet_params: 1\ntitle: A\nvalues: {}\ndraws: {values: [[0.1]]}\n", "");
    assert_int_equal(parameter_set_shipped(&set, NULL), ISLET_OK);
    parameter_set_free(&set);
}

/* ---- what was set by hand ---- */

/* every listed parameter is one, has no draw, and stands beside a row of the role calibrate */
static void test_set_by_hand(void **state)
{
    (void)state;
    by_hand hand;
    evidence_rows rows;
    parameter_set set;
    assert_int_equal(by_hand_shipped(&hand, NULL), ISLET_OK);
    assert_int_equal(evidence_shipped(&rows, NULL), ISLET_OK);
    assert_int_equal(parameter_set_shipped(&set, NULL), ISLET_OK);
    for (int r = 0; r < rows.n; r++)
        if (by_hand_of(&hand, &rows.rows[r]) && rows.rows[r].role != ROLE_CALIBRATE) fail_msg("line %d of the rows is no calibration row", rows.rows[r].line);
    for (int at = 0; by_hand_parameter(&hand, at); at++) {
        static const char *const folders[] = {"populations", "conditioning"}; /* beside what a parameter set can name */
        const char *name = by_hand_parameter(&hand, at), *dot = strchr(name, '.');
        parameter_target target;
        bool found = parameter_find(name, &target), has_row = false;
        for (int f = 0; f < 2 && dot && !found; f++) {
            char path[200];
            snprintf(path, sizeof path, "data/%s/%.*s.yaml", folders[f], (int)(dot - name), name);
            const embedded_file *file = embedded_find(path);
            found = file && strstr((const char *)file->bytes, dot + 1);
        }
        if (!found) fail_msg("%s is no parameter", name);
        for (int d = 0; d < set.n_drawn; d++)
            if (strcmp(set.drawn[d].name, name) == 0) fail_msg("%s has draws", name);
        for (int r = 0; r < rows.n; r++) has_row = has_row || (strcmp(rows.rows[r].trial, by_hand_trial(&hand, at)) == 0 && by_hand_of(&hand, &rows.rows[r]));
        if (!has_row) fail_msg("%s: no row of %s", name, by_hand_trial(&hand, at));
    }
    evidence_row row = {.trial = "NH_T1GER", .arm = "golimumab", .day = 364};
    assert_true(outcome_find("c_peptide_auc_mean_nmol_l", &row.endpoint));
    assert_string_equal(by_hand_of(&hand, &row), "golimumab.growth_brake_frac");
    row.day = 546;
    assert_null(by_hand_of(&hand, &row)); /* off the drug: not looked at */
    row = (evidence_row){.trial = "HALLER2011", .arm = "autologous_UCB", .day = 90};
    assert_true(outcome_find("c_peptide_stimulated_nmol_l", &row.endpoint));
    assert_non_null(by_hand_of(&hand, &row));
    row.arm = "placebo";
    assert_null(by_hand_of(&hand, &row));
    by_hand_free(&hand);
    evidence_free(&rows);
    parameter_set_free(&set);
}

static void test_set_by_hand_refusals(void **state)
{
    (void)state;
    static const char *const bad[] = {"parameter,trial_id,arm,endpoint\na,T,x,hba1c_pct\n", "parameter,trial_id,arm,endpoint,day\na,T,x,hba1c_pct,soon\n"};
    by_hand hand;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(by_hand_parse(bad[i], strlen(bad[i]), "x.csv", &hand, NULL), ISLET_ERR_INPUT);
        assert_int_equal(hand.file.rows, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mean),
        cmocka_unit_test(test_share),
        cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_parameter_uncertainty),
        cmocka_unit_test(test_difference),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_rate_without_events),
        cmocka_unit_test(test_rate),
        cmocka_unit_test(test_rate_difference),
        cmocka_unit_test(test_constant),
        cmocka_unit_test(test_set_by_hand),
        cmocka_unit_test(test_set_by_hand_refusals),
        cmocka_unit_test(test_binding_of_differences),
        cmocka_unit_test(test_standardise),
        cmocka_unit_test(test_missing),
        cmocka_unit_test(test_measure),
        cmocka_unit_test(test_binding),
        cmocka_unit_test(test_shipped),
        cmocka_unit_test(test_summary), cmocka_unit_test(test_signs), cmocka_unit_test(test_days_of_a_reset),
        cmocka_unit_test(test_parameter_set), cmocka_unit_test(test_conditioning_parameter),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
