/* Trials of cells that are no islets: a null stays null, switches and strengths of 0 change nothing at all, conditions and
 * second courses do what they say, preparation settles glucose; and beside them what recipients of islets gain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "small_trial.h"

static small_result first, second;

static islet_protocol *parsed(const char *text)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    assert_non_null(protocol);
    if (protocol_parse(text, strlen(text), "x.yaml", protocol, problems) < 0) fail_msg("%s", islet_problems_text(problems, 0));
    islet_problems_free(problems);
    return protocol;
}

static void run(const char *text, small_result *out)
{
    const params defaults = params_default();
    islet_protocol *protocol = parsed(text);
    assert_true(small_run(protocol, &defaults, out));
    free(protocol);
}

static double mean(const small_result *r, int arm, int visit, endpoint_id e)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < SMALL_PEOPLE; i++)
        if (!isnan(r->values[arm][i][visit][e])) sum += r->values[arm][i][visit][e], n++;
    assert_true(n > 0);
    return sum / n;
}

#define HEAD(of, more) "islet: 1\ntitle: t\npopulation: {of: " of ", n: 16" more "}\n"
#define CORD "product: msc_umbilical_cord, dose_cells_per_kg: 1e6"

/* What a blinded trial that found nothing must find here: no cells by vein bring insulin back where there is none. */
static void a_null_trial_stays_null(void **state)
{
    (void)state;
    run(HEAD("t1d_adult", ", require: {duration_year: \">= 10\", c_peptide_stimulated_nmol_l: \"< 0.02\"}") "arms:\n"
        "  - {name: cord, cells: [{" CORD ", day: 0, courses: 3, interval_week: 4}]}\n"
        "  - {name: fetal, cells: [{product: fetal_cells, dose_cells: 1e7, day: 0}]}\n"
        "  - {name: none}\nfollow_up: {days: 180, visits_day: [0, 90, 180]}\n", &first);
    for (int arm = 0; arm < 3; arm++) {
        assert_true(mean(&first, arm, 2, ENDPOINT_c_peptide_stimulated_nmol_l) < 0.01);
        assert_true(mean(&first, arm, 2, ENDPOINT_insulin_independent) == 0.0);
    }
    assert_true(fabs(mean(&first, 0, 2, ENDPOINT_c_peptide_stimulated_nmol_l) - mean(&first, 2, 2, ENDPOINT_c_peptide_stimulated_nmol_l)) < 0.005);
    assert_int_equal(first.events[1][EVENT_infusion], 16);
}

/* Recipients of islets gain insulin sensitivity as injections go: without the gain they inject more. */
static void recipients_gain_sensitivity(void **state)
{
    (void)state;
    params with = params_default(), without = with;
    without.graft_sensitivity_gain = 0.0;
    islet_protocol *protocol = parsed(HEAD("t1d_adult", "") "arms:\n"
        "  - {name: islets, cells: [{product: donor_islets, dose_ieq_per_kg: 10000, day: 0}], immunosuppression: glucocorticoid_free}\n"
        "  - {name: none}\ncare: {wean: trial_protocol}\nfollow_up: {days: 240, visits_day: [0, 240]}\n");
    assert_true(small_run(protocol, &with, &first) && small_run(protocol, &without, &second));
    free(protocol);
    assert_true(mean(&first, 0, 1, ENDPOINT_insulin_u_per_kg_day) < 0.9 * mean(&second, 0, 1, ENDPOINT_insulin_u_per_kg_day));
    assert_true(same_arm(&first, 1, &second, 1)); /* who has no graft is not asked */
}

/* Cells that nothing is known of are given, and nothing else differs. */
static void strength_zero_and_switched_off_are_nothing(void **state)
{
    (void)state;
    run(HEAD("t2d_insulin", "") "arms:\n"
        "  - {name: switched off, cells: [{" CORD ", day: 0}], mechanisms: {insulin_sensitivity: off, immune_modulation: off}}\n"
        "  - {name: placenta, cells: [{product: msc_placenta, dose_cells_per_kg: 1e6, day: 0}]}\n"
        "  - {name: switched on, cells: [{" CORD ", day: 0}]}\nfollow_up: {days: 60, visits_day: [0, 60]}\n", &first);
    assert_true(same_arm(&first, 0, &first, 1));
    assert_false(same_arm(&first, 0, &first, 2));
    assert_true(mean(&first, 2, 1, ENDPOINT_mean_glucose_mg_dl) < mean(&first, 0, 1, ENDPOINT_mean_glucose_mg_dl));
}

static void cord_and_marrow_act_differently(void **state)
{
    (void)state;
    run(HEAD("t2d_insulin", "") "arms:\n"
        "  - {name: cord, cells: [{" CORD ", day: 0}]}\n"
        "  - {name: marrow, cells: [{product: bone_marrow_mononuclear, dose_cells_per_kg: 1e8, day: 0}]}\n"
        "  - {name: none}\nfollow_up: {days: 120, visits_day: [0, 120]}\n", &first);
    double none = mean(&first, 2, 1, ENDPOINT_c_peptide_stimulated_nmol_l);
    assert_true(mean(&first, 1, 1, ENDPOINT_c_peptide_stimulated_nmol_l) > none);  /* more secretion */
    assert_true(mean(&first, 0, 1, ENDPOINT_c_peptide_stimulated_nmol_l) < none);  /* less is needed */
}

/* What an arm prescribes begins after the visit of day 0. */
static void day_0_is_before_treatment_in_every_arm(void **state)
{
    (void)state;
    run(HEAD("t2d_oral", "") "arms:\n  - {name: none}\n  - {name: bypass, comparator: bypass_surgery}\n  - {name: drug, drugs: [semaglutide]}\n"
        "follow_up: {days: 30, visits_day: [0, 30]}\n", &first);
    for (int arm = 1; arm < 3; arm++) {
        for (int i = 0; i < SMALL_PEOPLE; i++)
            assert_memory_equal(first.values[0][i][0], first.values[arm][i][0], sizeof first.values[0][i][0]);
        assert_true(mean(&first, arm, 1, ENDPOINT_mean_glucose_mg_dl) < mean(&first, 0, 1, ENDPOINT_mean_glucose_mg_dl));
    }
    for (int i = 0; i < SMALL_PEOPLE; i++) assert_true(first.values[2][i][1][ENDPOINT_glucose_drugs_n] == 1.0);
}

static void a_condition_decides_about_the_second_course(void **state)
{
    (void)state;
    run(HEAD("t2d_insulin", "") "arms:\n"
        "  - {name: one, cells: [{" CORD ", day: 0}]}\n"
        "  - {name: never, cells: [{" CORD ", day: 0, courses: 2, interval_day: 40, only_if: {hba1c_drop_pct: \">= 9\"}}]}\n"
        "  - {name: always, cells: [{" CORD ", day: 0, courses: 2, interval_day: 40, only_if: {hba1c_pct: \"> 3.1\"}}]}\n"
        "  - {name: some, cells: [{" CORD ", day: 0, courses: 2, interval_day: 40, only_if: {hba1c_drop_pct: \">= 0.2\"}}]}\n"
        "follow_up: {days: 80, visits_day: [0, 80]}\n", &first);
    assert_int_equal(first.events[1][EVENT_course_left_out], 16);
    assert_int_equal(first.events[2][EVENT_infusion], 32);
    int given = first.events[3][EVENT_infusion] - 16;
    assert_true(given > 0 && given < 16 && first.events[3][EVENT_course_left_out] == 16 - given);
    for (int e = 0; e < ENDPOINT_COUNT; e++) /* what is left out leaves nothing behind */
        assert_memory_equal(&first.values[0][3][1][e], &first.values[1][3][1][e], sizeof(double));
}

#define TWICE                                                                                                        \
    "arms:\n  - {name: one, cells: [{" CORD ", day: 0}]}\n  - {name: two, cells: [{" CORD ", day: 0, courses: 2, interval_day: 120}]}\n" \
    "follow_up: {days: 240, visits_day: [0, 240]}\n"

/* Emergent: a second course is worth something only where the mechanism lasts. */
static void two_courses_beat_one_only_where_the_effect_lasts(void **state)
{
    (void)state;
    run(HEAD("t2d_insulin", "") TWICE, &first);
    run("alternatives: {mesenchymal_effect: pulse}\n" HEAD("t2d_insulin", "") TWICE, &second);
    double lasting = mean(&first, 0, 1, ENDPOINT_hba1c_pct) - mean(&first, 1, 1, ENDPOINT_hba1c_pct);
    double fading = mean(&second, 0, 1, ENDPOINT_hba1c_pct) - mean(&second, 1, 1, ENDPOINT_hba1c_pct);
    assert_true(lasting > 0.1 && fabs(fading) < 0.5 * lasting); /* insulin is held in trials of cells: glucose shows it */
}

static void preparation_settles_glucose_before_day_0(void **state)
{
    (void)state;
    run(HEAD("t2d_insulin", "") "arms: [{name: a}]\nfollow_up: {days: 2, visits_day: [0]}\n", &first);
    run("preparation: {weeks: 8, glucose: stabilised}\n" HEAD("t2d_insulin", "") "arms: [{name: a}]\nfollow_up: {days: 2, visits_day: [0]}\n",
        &second);
    assert_true(mean(&second, 0, 0, ENDPOINT_hba1c_pct) < mean(&first, 0, 0, ENDPOINT_hba1c_pct) - 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_null_trial_stays_null),
        cmocka_unit_test(recipients_gain_sensitivity),
        cmocka_unit_test(strength_zero_and_switched_off_are_nothing),
        cmocka_unit_test(cord_and_marrow_act_differently),
        cmocka_unit_test(day_0_is_before_treatment_in_every_arm),
        cmocka_unit_test(a_condition_decides_about_the_second_course),
        cmocka_unit_test(two_courses_beat_one_only_where_the_effect_lasts),
        cmocka_unit_test(preparation_settles_glucose_before_day_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
