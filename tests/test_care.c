/* Care: when insulin stops and starts again after cells; the rules that a report tells. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "trial/lane.h"

typedef struct {
    params params;
    person who;
    struct islet_protocol protocol;
    run_plan run;
    lane lane;
    product cells;
    int day;
} clinic;

/* somebody of 70 kg whose graft works and who still takes 3 U a day */
static void open_clinic(clinic *c)
{
    memset(c, 0, sizeof *c);
    c->params = params_default();
    c->who.kinetics.bw = 70.0;
    c->who.engraftment = 1.0;
    c->cells = (product){.secretion_gain = {.value = 1.0}};
    c->lane.graft.n_courses = 1;
    c->lane.graft.courses[0] = (graft_course){.product = &c->cells, .route = ROUTE_portal_vein, .cells_million = 200.0, .age_day = 100.0};
    c->lane.engraftment_day = -1;
    c->run = (run_plan){.protocol = &c->protocol, .params = &c->params, .seed = 1};
    c->lane.who = &c->who;
    care_start(&c->lane, 1.5);
    c->lane.care.weaning = true;
}

/* a week of mornings and meals at these sensor readings */
static void live_a_week(clinic *c, double fasting_mg_dl, double post_meal_mg_dl)
{
    care_state *care = &c->lane.care;
    for (int i = 0; i < 7; i++) {
        care->fasting_sum += fasting_mg_dl;
        care->fasting_n++;
        care->fasting_high_n += fasting_mg_dl > c->params.resume_fasting_mg_dl;
        care->post_meal_sum += post_meal_mg_dl;
        care->post_meal_n++;
        care->insulin_u += care->off_insulin ? 0.0 : 3.0;
        care_day_end(&c->run, &c->lane, c->day++);
    }
}

static void insulin_stops_when_little_is_left_and_glucose_is_good(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c);
    live_a_week(&c, c.params.wean_fasting_mg_dl + 5.0, c.params.wean_post_meal_mg_dl - 5.0);
    assert_false(c.lane.care.off_insulin);
    live_a_week(&c, c.params.wean_fasting_mg_dl - 5.0, c.params.wean_post_meal_mg_dl - 5.0);
    assert_true(c.lane.care.off_insulin);
}

/* Where hardly a cell lives care is the usual: nothing is weaned on the same good glucose, and high glucose is titrated away. After a reset the
 * own cells count instead. */
static void without_cells_that_can_work_nothing_is_weaned(void **state)
{
    (void)state;
    clinic c;
    for (int own = 0; own < 2; own++) {
        open_clinic(&c);
        c.lane.graft.courses[0].cells_million = 1e-6;
        c.params.titration_chance = 0.0;
        if (own) {
            c.lane.engraftment_day = 10;
            c.lane.native.inactive_frac = c.params.graft_lost_function;
        }
        live_a_week(&c, c.params.wean_fasting_mg_dl - 5.0, c.params.wean_post_meal_mg_dl - 5.0);
        assert_int_equal(c.lane.care.off_insulin, own);
    }
}

/* HbA1c of a visit before insulin stopped does not bring it back; that of a visit after does. */
static void only_hba1c_without_insulin_counts(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c);
    c.lane.care.hba1c_last_visit_pct = 8.0;
    live_a_week(&c, 100.0, 120.0);
    assert_true(c.lane.care.off_insulin);
    live_a_week(&c, 100.0, 120.0);
    assert_true(c.lane.care.off_insulin);
    c.lane.care.hba1c_last_visit_pct = 7.1;
    live_a_week(&c, 100.0, 120.0);
    assert_false(c.lane.care.off_insulin);
    assert_true(c.lane.care.long_acting_u > 0.0);
}

/* What a visit finds in the first three months without insulin is of the time before, and does not count later either. */
static void hba1c_of_the_time_before_does_not_count(void **state)
{
    (void)state;
    static day_tally tally[60];
    clinic c;
    for (int own_cells = 0; own_cells < 2; own_cells++) {
        open_clinic(&c);
        if (own_cells) c.who.native_function_frac = 0.6;
        c.lane.tally = tally;
        c.lane.care.off_insulin = true;
        c.lane.days_without_insulin = 30;
        care_sees_hba1c(&c.lane, 8.0);
        live_a_week(&c, 100.0, 120.0);
        assert_true(c.lane.care.off_insulin);
        c.lane.days_without_insulin = 100;
        live_a_week(&c, 100.0, 120.0);
        assert_true(c.lane.care.off_insulin);
        care_sees_hba1c(&c.lane, 8.0);
        live_a_week(&c, 100.0, 120.0);
        assert_false(c.lane.care.off_insulin);
    }
}

/* Recipients are seen every three months: a protocol with visits once a year does not leave a high HbA1c unseen. */
static void hba1c_is_measured_between_visits(void **state)
{
    (void)state;
    static day_tally tally[200];
    for (int graft = 0; graft < 2; graft++) {
        for (int high = 0; high < 2; high++) {
            clinic c;
            open_clinic(&c);
            for (int day = 0; day < 200; day++) tally[day].mean_glucose_mg_dl = high ? 230.0 : 110.0;
            c.lane.tally = tally;
            c.lane.graft.n_courses = graft;
            c.lane.care.off_insulin = true;
            c.day = 150;
            c.lane.days_without_insulin = 91;
            c.who.glycation_rate_l_per_mmol_s = c.params.glycation_rate_l_per_mmol_s;
            live_a_week(&c, 100.0, 120.0);
            assert_true(c.lane.care.off_insulin == !(graft && high));
        }
    }
}

/* A clinic knows the dose that was enough before: it is taken up again in one step, on insulin or off it, once, in a week of high glucose alone, and only when the
 * graft is dead. */
static void a_dead_graft_brings_the_former_dose_back(void **state)
{
    (void)state;
    static day_tally tally[60];
    for (int off = 0; off < 2; off++) {
        for (int living = 0; living < 2; living++) {
            clinic c;
            open_clinic(&c);
            c.protocol.wean = WEAN_TRIAL_PROTOCOL;
            c.params.titration_chance = 0.0;
            c.lane.tally = tally;
            c.lane.care.weaning = false;
            c.lane.care.long_acting_u = 24.0;
            for (int m = 0; m < MAIN_MEALS; m++) c.lane.care.carb_ratio_g_per_u[m] = 10.0;
            care_wean_begins(&c.run, &c.lane);
            c.lane.care.long_acting_u = 2.0;
            for (int m = 0; m < MAIN_MEALS; m++) c.lane.care.carb_ratio_g_per_u[m] = 200.0;
            c.lane.care.off_insulin = off;
            if (!living) c.lane.graft.courses[0].cells_million = 1e-6;
            live_a_week(&c, c.params.resume_fasting_mg_dl - 5.0, 150.0);
            assert_true(c.lane.care.long_acting_u < 3.0);
            live_a_week(&c, c.params.resume_fasting_mg_dl + 20.0, 150.0);
            assert_false(c.lane.care.off_insulin);
            assert_true((c.lane.care.long_acting_u == 24.0 && c.lane.care.carb_ratio_g_per_u[2] == 10.0) == !living);
            if (living) continue;
            c.lane.care.long_acting_u = 12.0;
            live_a_week(&c, c.params.resume_fasting_mg_dl + 20.0, 150.0);
            assert_true(c.lane.care.long_acting_u == 12.0);
        }
    }
}

/* Nobody's good glucose costs them their insulin: with beta cells left the dose is kept where it would fall without, and falls near normal glucose. */
static void people_with_cells_keep_their_dose(void **state)
{
    (void)state;
    static day_tally tally[60];
    for (int own_cells = 0; own_cells < 2; own_cells++) {
        clinic c;
        open_clinic(&c);
        c.params.titration_chance = c.params.new_onset_titration_chance = 1.0;
        c.params.new_onset_off_u_per_kg_day = c.params.wean_off_u_per_day = 0.0; /* nothing is stopped */
        c.who.native_function_frac = 0.6 * own_cells;
        c.who.duration_year = 2.0;
        c.lane.tally = tally;
        c.lane.care.weaning = false;
        c.lane.care.long_acting_u = 20.0;
        live_a_week(&c, c.params.target_fasting_mg_dl - 45.0, 150.0);
        assert_true(own_cells ? c.lane.care.long_acting_u == 20.0 : c.lane.care.long_acting_u < 19.0);
        c.lane.care.long_acting_u = 20.0;
        live_a_week(&c, c.params.new_onset_low_fasting_mg_dl - 2.0, 150.0);
        assert_true(c.lane.care.long_acting_u < 19.0);
    }
}

/* An hour after a correction the next is possible, before it none is. */
static void corrections_wait_an_hour(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c);
    c.lane.care.sensitivity_mg_dl_per_u = 30.0;
    assert_true(care_correction_u(&c.run, &c.lane, 600, 300.0, true) > 0.0);
    assert_true(care_correction_u(&c.run, &c.lane, 659, 300.0, true) == 0.0);
    assert_true(care_correction_u(&c.run, &c.lane, 660, 300.0, true) > 0.0);
}

static void high_mornings_bring_insulin_back(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c);
    live_a_week(&c, 100.0, 120.0);
    assert_true(c.lane.care.off_insulin);
    live_a_week(&c, c.params.resume_fasting_mg_dl + 1.0, 120.0);
    assert_false(c.lane.care.off_insulin);
}

/* Where nothing is weaned a report does not tell how; every text is whole and has no place left for a number. */
static void the_rules_told_are_those_used(void **state)
{
    (void)state;
    const params p = params_default();
    struct islet_protocol type1 = {.wean = WEAN_TRIAL_PROTOCOL}, unweaned = {.wean = WEAN_NEVER}, none_left = {.wean = WEAN_TRIAL_PROTOCOL};
    type1.population.native_function_frac.mean = unweaned.population.native_function_frac.mean = 0.6;
    struct islet_protocol type2 = {.population = {.diabetes = DIABETES_TYPE2}, .treatment = TREATMENT_HELD};
    int always = 0, weaning = 0, of_type2 = 0, of_cells = 0;
    for (int i = 0; i < care_rule_count(); i++) {
        char text[CARE_RULE_TEXT];
        care_rule_text(i, &p, text, sizeof text);
        assert_null(strstr(text, "%s"));
        assert_int_equal(text[strlen(text) - 1], '.');
        assert_true(care_rule_holds(i, &type1) != care_rule_holds(i, &type2)); /* every rule is of one kind of care */
        of_type2 += care_rule_holds(i, &type2);
        of_cells += care_rule_holds(i, &type1) && !care_rule_holds(i, &none_left);
        if (!care_rule_holds(i, &type1)) continue;
        bool holds = care_rule_holds(i, &unweaned);
        assert_int_equal(holds, !strstr(text, "After cells") && !strstr(text, "Insulin stops"));
        always += holds;
        weaning += !holds;
    }
    assert_true(always >= 2 && weaning >= 2 && of_type2 >= 3 && of_cells == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(insulin_stops_when_little_is_left_and_glucose_is_good),
        cmocka_unit_test(without_cells_that_can_work_nothing_is_weaned),
        cmocka_unit_test(only_hba1c_without_insulin_counts),
        cmocka_unit_test(hba1c_of_the_time_before_does_not_count), cmocka_unit_test(hba1c_is_measured_between_visits),
        cmocka_unit_test(people_with_cells_keep_their_dose),
        cmocka_unit_test(a_dead_graft_brings_the_former_dose_back),
        cmocka_unit_test(high_mornings_bring_insulin_back),
        cmocka_unit_test(the_rules_told_are_those_used),
        cmocka_unit_test(corrections_wait_an_hour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
