/* Attention: which arm gets how much of the trial effect, that it fades, that it can be switched off, and that entry thresholds bring
 * regression to the mean without it. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trial/attention.h"
#include "trial/trial.h"

typedef struct {
    params params;
    struct islet_protocol protocol;
    run_plan run;
} site;

enum { NOTHING, PLACEBO, SHAM, CELLS, ARMS };

static void open_site(site *s)
{
    memset(s, 0, sizeof *s);
    s->params = params_default();
    s->run = (run_plan){.protocol = &s->protocol, .params = &s->params};
    s->protocol.n_arms = ARMS;
    for (int a = 0; a < ARMS; a++) s->protocol.arms[a] = (protocol_arm){.regimen = -1, .regimen_stop_day = INT_MAX, .conditioning = -1};
    s->protocol.arms[PLACEBO].control = CONTROL_PLACEBO;
    s->protocol.arms[SHAM].control = CONTROL_SHAM;
    s->protocol.arms[CELLS].n_courses = 1;
    s->protocol.arms[CELLS].courses[0].dose_cells = 1e8;
}

static double effort(const site *s, int arm, int day)
{
    return attention_effort(&s->run, &s->protocol.arms[arm], day);
}

static void open_trials_give_more_to_who_feels_treated(void **state)
{
    (void)state;
    site s;
    open_site(&s);
    for (int day = 0; day < 400; day += 30) {
        assert_true(effort(&s, NOTHING, day) > 0.0);
        assert_true(effort(&s, PLACEBO, day) > effort(&s, NOTHING, day));
        assert_true(effort(&s, SHAM, day) > effort(&s, PLACEBO, day));
        assert_true(effort(&s, CELLS, day) == effort(&s, SHAM, day));
        for (int a = 0; a < ARMS; a++) assert_true(effort(&s, a, day) > effort(&s, a, day + 30));
    }
    for (int a = 0; a < ARMS; a++) assert_true(effort(&s, a, -1) == 0.0);
}

/* The null trial: who does not know the arm does not do other things in it. */
static void blinded_arms_do_the_same(void **state)
{
    (void)state;
    site s;
    open_site(&s);
    double known = effort(&s, CELLS, 90);
    s.protocol.masking = MASKING_BLINDED;
    for (int a = 0; a < ARMS; a++) assert_true(effort(&s, a, 90) == known);
}

static void a_dose_of_nothing_is_no_treatment(void **state)
{
    (void)state;
    site s;
    open_site(&s);
    s.protocol.arms[CELLS].courses[0].dose_cells = 0.0;
    assert_true(effort(&s, CELLS, 30) == effort(&s, NOTHING, 30));
}

/* `drugs: []` takes tablets away; nobody takes any */
static void no_drugs_are_no_tablets(void **state)
{
    (void)state;
    site s;
    open_site(&s);
    s.protocol.arms[NOTHING].sets_drugs = true;
    assert_true(effort(&s, NOTHING, 30) < effort(&s, PLACEBO, 30));
    s.protocol.arms[NOTHING].drugs[DRUG_tirzepatide] = true;
    assert_true(effort(&s, NOTHING, 30) == effort(&s, PLACEBO, 30));
}

static void it_can_be_switched_off(void **state)
{
    (void)state;
    site s;
    open_site(&s);
    s.protocol.trial_effect = TRIAL_EFFECT_NONE;
    for (int a = 0; a < ARMS; a++) assert_true(effort(&s, a, 10) == 0.0);
    assert_true(attention_meal_factor(&s.params, 0.0) == 1.0 && attention_missed_factor(&s.params, 0.0) == 1.0);
    assert_true(attention_missed_factor(&s.params, 100.0) == 0.0);
}

/* ---- through whole trials ---- */

typedef struct {
    double sum[ARMS][2];
    int n[ARMS];
} hba1c_of;

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    hba1c_of *out = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        double first = results[i].visit_values[0][ENDPOINT_hba1c_pct], last = results[i].visit_values[1][ENDPOINT_hba1c_pct];
        if (isnan(last)) continue;
        out->sum[results[i].arm][0] += first;
        out->sum[results[i].arm][1] += last;
        out->n[results[i].arm]++;
    }
    return ISLET_OK;
}

static hba1c_of simulate(const char *text)
{
    hba1c_of out = {0};
    struct islet_protocol *protocol = malloc(sizeof *protocol);
    assert_non_null(protocol);
    assert_int_equal(protocol_parse(text, strlen(text), "trial.yaml", protocol, NULL), ISLET_OK);
    trial *t = NULL;
    assert_int_equal(trial_create(protocol, NULL, &t, NULL), ISLET_OK);
    assert_int_equal(trial_run(t, NULL, keep, &out, NULL), ISLET_OK);
    trial_free(t);
    free(protocol);
    return out;
}

static double mean(const hba1c_of *h, int arm, int visit)
{
    return h->sum[arm][visit] / h->n[arm];
}

#define PEOPLE_LINE(n, require) "population: {of: t1d_adult, n: " n require "}\n"
#define TWO_ARMS "arms: [{name: nothing}, {name: sham, control: sham}]\nfollow_up: {days: 42, visits_day: [0, 42]}\n"

static void people_do_better_in_a_trial(void **state)
{
    (void)state;
    hba1c_of with = simulate("islet: 1\ntitle: t\n" PEOPLE_LINE("64", "") TWO_ARMS);
    hba1c_of without = simulate("islet: 1\ntitle: t\ntrial_effect: none\n" PEOPLE_LINE("64", "") TWO_ARMS);
    assert_true(fabs(mean(&with, 0, 0) - mean(&without, 0, 0)) < 1e-9);
    assert_true(fabs(mean(&without, 0, 1) - mean(&without, 1, 1)) < 1e-9);
    assert_true(mean(&with, 0, 1) < mean(&without, 0, 1) - 0.03);
    assert_true(mean(&with, 1, 1) < mean(&with, 0, 1));
}

/* Who is taken in at 8 % or more has less at day 0, and who is taken in below 7.5 % has more, with no trial effect at all. */
static void thresholds_regress_to_the_mean(void **state)
{
    (void)state;
    const char *high = "islet: 1\ntitle: t\ntrial_effect: none\n" PEOPLE_LINE("192", ", require: {hba1c_pct: [8.3, 8.6]}")
        "arms: [{name: nothing}]\nfollow_up: {days: 42, visits_day: [0, 42]}\n";
    const char *low = "islet: 1\ntitle: t\ntrial_effect: none\n" PEOPLE_LINE("192", ", require: {hba1c_pct: [7.0, 7.3]}")
        "arms: [{name: nothing}]\nfollow_up: {days: 42, visits_day: [0, 42]}\n";
    hba1c_of above = simulate(high), below = simulate(low);
    double fell = 8.45 - mean(&above, 0, 0), rose = mean(&below, 0, 0) - 7.15;
    print_message("          8.30 to 8.60 at screening: %.2f at day 0; 7.00 to 7.30: %.2f\n", mean(&above, 0, 0), mean(&below, 0, 0));
    assert_true(fell > 0.03);
    assert_true(fell + rose > 0.06);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_trials_give_more_to_who_feels_treated),
        cmocka_unit_test(blinded_arms_do_the_same),
        cmocka_unit_test(a_dose_of_nothing_is_no_treatment),
        cmocka_unit_test(no_drugs_are_no_tablets),
        cmocka_unit_test(it_can_be_switched_off),
        cmocka_unit_test(people_do_better_in_a_trial),
        cmocka_unit_test(thresholds_regress_to_the_mean),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
