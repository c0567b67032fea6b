/* People at the onset of type 1 diabetes and what is tried then: who they are, days before diagnosis, dated steps of the immune
 * reset, and that it does what it removes and nothing when it is switched off. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "patient/person.h"
#include "therapy/conditioning.h"
#include "trial/trial.h"

#define PEOPLE 16
#define ARMS 3
#define VISITS 5

static const char reset_text[] =
    "islet: 1\n"
    "title: reset\n"
    "population: {of: t1d_new_onset, n: 16, require: {duration_year: \"<= 0.1\"}}\n"
    "arms:\n"
    "  - name: reset\n"
    "    conditioning: {regimen: cyclophosphamide_atg, start_day: 7}\n"
    "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 40}]\n"
    "  - name: switched off\n"
    "    conditioning: {regimen: cyclophosphamide_atg, start_day: 7}\n"
    "    mechanisms: {immune_reset: off}\n"
    "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 40}]\n"
    "  - name: insulin\n"
    "care: {wean: never}\n"
    "trial_effect: none\n" /* arms differ by what they are given alone */
    "follow_up: {years: 1, visits_day: [0, 30, 90, 180, 365]}\n";

typedef struct {
    double values[ARMS][PEOPLE][VISITS][ENDPOINT_COUNT];
    int day_of[ARMS][PEOPLE][EVENT_COUNT]; /* of the last event of a kind, -1 without */
    patient_traits traits[PEOPLE];
} outcome;

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    outcome *out = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        int *days = out->day_of[r->arm][r->traits->patient];
        assert_true(r->n_visits <= VISITS);
        memcpy(out->values[r->arm][r->traits->patient], r->visit_values, (size_t)r->n_visits * sizeof(out->values[0][0][0]));
        for (int e = 0; e < EVENT_COUNT; e++) days[e] = -1;
        for (int e = 0; e < r->n_events; e++) days[r->events[e].kind] = r->events[e].day;
        out->traits[r->traits->patient] = *r->traits;
    }
    return ISLET_OK;
}

static islet_status read_text(const char *text, struct islet_protocol *out, islet_problems *problems)
{
    return protocol_parse(text, strlen(text), "onset.yaml", out, problems);
}

static outcome *simulate_with(const char *text, const params *p)
{
    static struct islet_protocol protocol;
    outcome *out = calloc(1, sizeof *out);
    trial *t;
    assert_non_null(out);
    assert_int_equal(read_text(text, &protocol, NULL), ISLET_OK);
    assert_int_equal(trial_create_with(&protocol, NULL, p, &t, NULL), ISLET_OK);
    assert_int_equal(trial_run(t, NULL, keep, out, NULL), ISLET_OK);
    trial_free(t);
    return out;
}

static outcome *simulate(const char *text)
{
    const params p = params_default();
    return simulate_with(text, &p);
}

static double mean(const outcome *out, int arm, int visit, endpoint_id e)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < PEOPLE; i++)
        if (!isnan(out->values[arm][i][visit][e])) sum += out->values[arm][i][visit][e], n++;
    return n ? sum / n : NAN;
}

static void test_path_is_dated(void **state)
{
    const outcome *out = *state;
    for (int i = 0; i < PEOPLE; i++) {
        const int *day = out->day_of[0][i];
        if (day[EVENT_death] >= 0 || day[EVENT_withdrawn] >= 0) continue;
        assert_int_equal(day[EVENT_mobilisation], 7);
        assert_int_equal(day[EVENT_leukapheresis], 17);
        assert_int_equal(day[EVENT_freezing], 17);
        assert_in_range(day[EVENT_conditioning] - day[EVENT_freezing], 14, 21); /* two to three weeks' wait */
        assert_int_equal(day[EVENT_thaw], 40);
        assert_int_equal(day[EVENT_infusion], 40);
        assert_int_equal(day[EVENT_aplasia], 42);
        assert_in_range(day[EVENT_engraftment], 45, 60);
        assert_int_equal(day[EVENT_discharge], day[EVENT_engraftment] + 5);
        assert_int_equal(out->day_of[2][i][EVENT_conditioning], -1);
    }
}

static void test_reset_keeps_and_wakes_beta_cells(void **state)
{
    const outcome *out = *state;
    assert_true(mean(out, 0, 4, ENDPOINT_native_beta_cells_frac) > 1.3 * mean(out, 2, 4, ENDPOINT_native_beta_cells_frac));
    assert_true(mean(out, 0, 4, ENDPOINT_c_peptide_auc_mean_nmol_l) > 1.5 * mean(out, 2, 4, ENDPOINT_c_peptide_auc_mean_nmol_l));
    assert_true(mean(out, 0, 4, ENDPOINT_insulin_u_per_kg_day) < mean(out, 2, 4, ENDPOINT_insulin_u_per_kg_day));
    assert_true(mean(out, 0, 2, ENDPOINT_lymphocytes_frac) < 0.8 && mean(out, 2, 2, ENDPOINT_lymphocytes_frac) == 1.0);
}

/* Switched off it changes no beta cell of anybody, while its harms stay. */
static void test_switched_off_is_null(void **state)
{
    const outcome *out = *state;
    for (int i = 0; i < PEOPLE; i++) {
        assert_int_equal(out->day_of[1][i][EVENT_infertility], out->day_of[0][i][EVENT_infertility]);
        if (out->day_of[1][i][EVENT_death] >= 0 || out->day_of[2][i][EVENT_death] >= 0) continue;
        assert_true(out->values[1][i][4][ENDPOINT_native_beta_cells_frac] == out->values[2][i][4][ENDPOINT_native_beta_cells_frac]);
        assert_true(out->values[1][i][4][ENDPOINT_hba1c_pct] == out->values[2][i][4][ENDPOINT_hba1c_pct]);
    }
    int infertile = 0;
    for (int i = 0; i < PEOPLE; i++) infertile += out->day_of[1][i][EVENT_infertility] >= 0;
    assert_in_range(infertile, 1, PEOPLE - 1);
}

/* Untreated glucose before diagnosis, insulin after it; nobody counts as freed of insulin that was not yet begun. */
static void test_diagnosis(void **state)
{
    const outcome *out = *state;
    assert_true(mean(out, 2, 0, ENDPOINT_hba1c_pct) > 9.0);
    assert_true(mean(out, 2, 2, ENDPOINT_hba1c_pct) < mean(out, 2, 0, ENDPOINT_hba1c_pct) - 1.5);
    for (int i = 0; i < PEOPLE; i++) {
        bool long_enough = out->traits[i].duration_year * 365.0 >= 14.6;
        if (!long_enough && out->traits[i].duration_year * 365.0 > 13.4) continue; /* on the edge of the fortnight */
        assert_true(isnan(out->values[2][i][0][ENDPOINT_insulin_independent]) == !long_enough);
        assert_true(isnan(out->values[2][i][0][ENDPOINT_insulin_u_per_kg_day]) == !long_enough);
        assert_false(isnan(out->values[2][i][1][ENDPOINT_insulin_u_per_kg_day]));
    }
}

/* People are found weeks after glucose rose, when most cells are at rest, and insulin wakes them. */
static void test_collapse_before_diagnosis(void **state)
{
    (void)state;
    static const char text[] = "islet: 1\ntitle: collapse\npopulation: {of: t1d_new_onset_child, n: 16, require: {duration_year: \"<= 0.01\"}}\n"
                               "arms: [{name: insulin}]\ntrial_effect: none\ncare: {wean: never}\nfollow_up: {days: 90, visits_day: [0, 45, 90]}\n";
    outcome *out = simulate(text);
    params always = params_default();
    always.onset_collapse_child_day = 365.0;
    outcome *long_ill = simulate_with(text, &always);
    assert_true(mean(out, 0, 0, ENDPOINT_hba1c_pct) < mean(long_ill, 0, 0, ENDPOINT_hba1c_pct) - 1.0);
    free(long_ill);
    assert_true(mean(out, 0, 1, ENDPOINT_native_function_frac) > 1.2 * mean(out, 0, 0, ENDPOINT_native_function_frac));
    assert_true(mean(out, 0, 1, ENDPOINT_c_peptide_auc_mean_nmol_l) > mean(out, 0, 0, ENDPOINT_c_peptide_auc_mean_nmol_l)); /* at half the glucose */
    assert_true(mean(out, 0, 2, ENDPOINT_native_beta_cells_frac) < mean(out, 0, 0, ENDPOINT_native_beta_cells_frac));
    free(out);
}

/* Beta cells of one's own make insulin act better: without that people inject more a quarter of a year after diagnosis. */
static void test_own_insulin_makes_sensitive(void **state)
{
    static const char text[] = "islet: 1\ntitle: remission\npopulation: {of: t1d_new_onset, n: 16, require: {duration_year: \"<= 0.1\"}}\n"
                               "arms: [{name: insulin}]\ntrial_effect: none\ncare: {wean: never}\nfollow_up: {days: 90, visits_day: [0, 90]}\n";
    (void)state;
    params without = params_default();
    without.remission_sensitivity_gain = 0.0;
    outcome *with = simulate(text), *none = simulate_with(text, &without);
    assert_true(mean(with, 0, 1, ENDPOINT_insulin_u_per_kg_day) < 0.9 * mean(none, 0, 1, ENDPOINT_insulin_u_per_kg_day));
    free(with);
    free(none);
}

/* In the middle of puberty people inject more than they would without it. */
static void test_puberty_needs_insulin(void **state)
{
    static const char text[] = "islet: 1\ntitle: puberty\npopulation: {of: t1d_child, n: 16, require: {age_year: [12, 15], duration_year: \">= 4\"}}\n"
                               "arms: [{name: insulin}]\ntrial_effect: none\nfollow_up: {days: 120, visits_day: [0, 120]}\n";
    (void)state;
    params without = params_default();
    without.puberty_sensitivity_loss = 0.0;
    outcome *with = simulate(text), *none = simulate_with(text, &without);
    assert_true(mean(with, 0, 1, ENDPOINT_insulin_u_per_kg_day) > 1.1 * mean(none, 0, 1, ENDPOINT_insulin_u_per_kg_day));
    free(with);
    free(none);
}

/* A drug in two courses acts twice: lymphocytes have returned from the first and fall again with the second, where there is one. */
static void test_second_course(void **state)
{
    (void)state;
    static const char text[] = "islet: 1\ntitle: courses\npopulation: {of: t1d_new_onset, n: 16, require: {duration_year: \"<= 0.1\"}}\n"
                               "arms: [{name: two, conditioning: teplizumab}, {name: one, conditioning: atg_low_dose}, {name: none}]\n"
                               "trial_effect: none\ncare: {wean: never}\nfollow_up: {years: 1, visits_day: [0, 90, 180, 200, 365]}\n";
    outcome *out = simulate(text);
    for (int i = 0; i < PEOPLE; i++) {
        if (out->day_of[0][i][EVENT_death] >= 0) continue;
        assert_int_equal(out->day_of[0][i][EVENT_conditioning], 182); /* the last */
        assert_int_equal(out->day_of[1][i][EVENT_conditioning], 0);
    }
    assert_true(mean(out, 0, 3, ENDPOINT_lymphocytes_frac) < 0.8 * mean(out, 0, 2, ENDPOINT_lymphocytes_frac));
    assert_true(mean(out, 1, 3, ENDPOINT_lymphocytes_frac) > mean(out, 1, 2, ENDPOINT_lymphocytes_frac));
    free(out);
}

/* ---- people ---- */

static void test_children_have_children_s_bodies(void **state)
{
    (void)state;
    const char *const names[] = {"t1d_new_onset_child", "t1d_child"};
    const params p = params_default();
    for (int k = 0; k < 2; k++) {
        population of;
        person_source source;
        person who;
        int n = 0, adolescents = 0;
        assert_true(population_shipped(names[k], &of));
        assert_true(person_source_fill(&source, &of, &p));
        for (uint64_t number = 0; n < 300 && number < 100000; number++) {
            if (!person_draw(&source, 1, number, &who)) continue;
            n++;
            bool adolescent = who.age_year >= 13.0;
            adolescents += adolescent;
            assert_true(who.age_year >= 5.0 && who.age_year < 18.0 && who.duration_year <= who.age_year);
            assert_true(who.bmi_kg_m2 >= 13.0 && who.bmi_kg_m2 <= 28.0);
            assert_float_equal(who.bmi_kg_m2 * who.height_m * who.height_m, who.kinetics.bw, 1e-9);
            assert_int_equal(strncmp(who.subject, adolescent ? "adolescent" : "child", 5), 0);
            assert_true(who.kinetics.bw < (adolescent ? 90.0 : 60.0));
        }
        assert_int_equal(n, 300);
        assert_in_range(adolescents, 20, 280);
    }
}

/* Ketoacidosis marks a low reserve; the younger lose faster. */
static void test_marks_of_onset(void **state)
{
    (void)state;
    const params p = params_default();
    population of;
    person_source source;
    person who;
    double reserve[2] = {0.0, 0.0}, pace[2] = {0.0, 0.0};
    int n[2] = {0, 0}, aged[2] = {0, 0};
    assert_true(population_shipped("t1d_new_onset_child", &of));
    assert_true(person_source_fill(&source, &of, &p));
    for (uint64_t number = 0; number < 20000; number++) {
        if (!person_draw(&source, 1, number, &who)) continue;
        reserve[who.ketoacidosis_at_onset] += who.native_function_frac;
        n[who.ketoacidosis_at_onset]++;
        pace[who.age_year > 11.0] += log(who.immune_pace);
        aged[who.age_year > 11.0]++;
    }
    assert_true(n[1] > 0.26 * (n[0] + n[1]) && n[1] < 0.34 * (n[0] + n[1])); /* 29.9 % of 59,000 children, 10.1007/s00125-020-05152-1 */
    assert_true(reserve[1] / n[1] < 0.85 * reserve[0] / n[0]);
    assert_true(pace[0] / aged[0] > pace[1] / aged[1] + 0.1);
}

/* Adults at diagnosis are lean (10.1002/edm2.38); the public subjects' weights would make them overweight. */
static void test_adults_at_onset_are_lean(void **state)
{
    (void)state;
    const params p = params_default();
    population of;
    person_source source;
    person who;
    int n = 0;
    double sum = 0.0;
    assert_true(population_shipped("t1d_new_onset", &of) && person_source_fill(&source, &of, &p));
    for (uint64_t number = 0; number < 1000; number++) {
        if (!person_draw(&source, 1, number, &who)) continue;
        assert_true(fabs(who.kinetics.bw / (who.height_m * who.height_m) - who.bmi_kg_m2) < 1e-9);
        sum += who.bmi_kg_m2;
        n++;
    }
    assert_true(n > 300 && sum / n > 22.5 && sum / n < 24.5);
}

/* All the youngest have the aggressive form, nobody from 13 on, some between; it acts by its two factors and nothing else. */
static void test_aggressive_form_by_age(void **state)
{
    (void)state;
    params with = params_default(), without = with;
    with.aggressive_pace = 3.0, with.aggressive_reserve_frac = 0.5;
    without.aggressive_pace = without.aggressive_reserve_frac = 1.0;
    population of;
    person_source a, b;
    person one, other;
    int n[3] = {0, 0, 0}, aggressive[3] = {0, 0, 0};
    assert_true(population_shipped("t1d_new_onset_child", &of));
    assert_true(person_source_fill(&a, &of, &with) && person_source_fill(&b, &of, &without));
    for (uint64_t number = 0; number < 5000; number++) {
        if (!person_draw(&a, 1, number, &one)) continue;
        assert_true(person_draw(&b, 1, number, &other));
        double age = one.age_year - one.duration_year, ratio = one.immune_pace / other.immune_pace;
        int band = age < with.aggressive_below_year ? 0 : age < with.aggressive_until_year ? 1 : 2;
        bool is_aggressive = ratio > 2.0;
        assert_float_equal(ratio, is_aggressive ? 3.0 : 1.0, 1e-12);
        assert_float_equal(one.native_function_frac, other.native_function_frac * (is_aggressive ? 0.5 : 1.0), 1e-12);
        n[band]++;
        aggressive[band] += is_aggressive;
    }
    assert_true(n[0] > 100 && n[1] > 100 && n[2] > 100);
    assert_int_equal(aggressive[0], n[0]);
    assert_in_range(aggressive[1], n[1] / 4, 3 * n[1] / 4);
    assert_int_equal(aggressive[2], 0);
}

/* Ciclosporin at onset kept C-peptide up for as long as it was given (10.2337/diab.39.7.768). */
static void test_drugs_against_rejection_hold_back_the_attack(void **state)
{
    (void)state;
    static const char text[] = "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 16, require: {duration_year: \"<= 0.12\"}}\n"
                               "arms: [{name: drugs, immunosuppression: glucocorticoid_free}, {name: none}]\nfollow_up: {days: 180, visits_day: [0, 180]}\n";
    outcome *out = simulate(text);
    double kept[2] = {0.0, 0.0};
    for (int arm = 0; arm < 2; arm++)
        for (int i = 0; i < PEOPLE; i++) kept[arm] += out->values[arm][i][1][ENDPOINT_c_peptide_stimulated_nmol_l];
    assert_true(kept[0] > 1.3 * kept[1]);
    free(out);
}

static void test_residual_c_peptide_can_be_required(void **state)
{
    (void)state;
    static const char text[] = "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 16, require: {c_peptide_stimulated_nmol_l: \">= 0.6\", "
                               "ketoacidosis_at_onset: [0, 0]}}\narms: [{name: insulin}]\nfollow_up: {days: 30, visits_day: [0, 30]}\n";
    outcome *out = simulate(text);
    for (int i = 0; i < PEOPLE; i++) assert_true(out->values[0][i][0][ENDPOINT_c_peptide_stimulated_nmol_l] > 0.2); /* a month after screening */
    free(out);
}

/* ---- files ---- */

static void test_shipped_conditionings_are_valid(void **state)
{
    (void)state;
    int with_cells = 0;
    for (const char *const *name = conditioning_names(); *name; name++) {
        conditioning path;
        assert_true(conditioning_shipped(*name, &path));
        assert_string_equal(path.name, *name);
        with_cells += conditioning_needs_cells(&path);
    }
    assert_int_equal(with_cells, 2);
}

static bool says(const char *text, islet_status expected, const char *words)
{
    static struct islet_protocol protocol;
    islet_problems *problems = islet_problems_create();
    bool found = read_text(text, &protocol, problems) == expected && !*words && islet_problems_count(problems) == 0;
    for (int i = 0; i < islet_problems_count(problems); i++) found = found || (*words && strstr(islet_problems_text(problems, i), words));
    if (!found)
        for (int i = 0; i < islet_problems_count(problems); i++) print_error("%s\n", islet_problems_text(problems, i));
    islet_problems_free(problems);
    return found;
}

#define ARM(arm) "islet: 1\ntitle: t\npopulation: {of: t1d_new_onset, n: 8}\narms: [{name: a, " arm "}]\nfollow_up: {years: 1}\n"

static void test_protocols_with_conditioning(void **state)
{
    (void)state;
    assert_true(says(ARM("conditioning: atg_low_dose"), ISLET_OK, ""));
    assert_true(says(ARM("conditioning: cyclophosphamide_atg"), ISLET_OK, "blood-forming cells back on day 33"));
    assert_true(says(ARM("conditioning: cyclophosphamide_atg, cells: [{product: haematopoietic_autologous, cd34_per_kg: 4e6, day: 33}]"),
                     ISLET_OK, ""));
    assert_true(says(ARM("conditioning: cyclofosfamide"), ISLET_ERR_INPUT, "no conditioning is called 'cyclofosfamide'"));
    assert_true(says(ARM("conditioning: {regimen: teplizumab, start_day: -3}"), ISLET_ERR_INPUT, "start_day"));
}

static bool path_says(const char *steps, const char *words)
{
    char text[400];
    conditioning path;
    islet_problems *problems = islet_problems_create();
    snprintf(text, sizeof text, "islet_conditioning: 1\nname: n\ntitle: t\nsteps: %s\nvalues: {duration_day: {value: 2, standing: assumed, source: s}}\n", steps);
    bool found = false, fine = conditioning_parse(text, strlen(text), "c.yaml", &path, problems);
    for (int i = 0; i < islet_problems_count(problems); i++) found = found || strstr(islet_problems_text(problems, i), words);
    islet_problems_free(problems);
    return found && !fine;
}

static void test_conditioning_files_are_checked(void **state)
{
    (void)state;
    assert_true(path_says("{conditioning: 3, mobilisation: 5}", "before the step that precedes it"));
    assert_true(path_says("{mobilisation: 0}", "no 'conditioning'"));
    assert_true(path_says("{conditioning: 0, infusion: 5}", "belong together"));
    assert_true(path_says("{conditioning: 0, apheresis: 5}", "apheresis"));
}

static int run_once(void **state)
{
    *state = simulate(reset_text);
    return 0;
}

static int release(void **state)
{
    free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_path_is_dated),
        cmocka_unit_test(test_reset_keeps_and_wakes_beta_cells),
        cmocka_unit_test(test_switched_off_is_null),
        cmocka_unit_test(test_diagnosis),
        cmocka_unit_test(test_collapse_before_diagnosis),
        cmocka_unit_test(test_own_insulin_makes_sensitive),
        cmocka_unit_test(test_puberty_needs_insulin),
        cmocka_unit_test(test_second_course),
        cmocka_unit_test(test_children_have_children_s_bodies),
        cmocka_unit_test(test_marks_of_onset),
        cmocka_unit_test(test_adults_at_onset_are_lean),
        cmocka_unit_test(test_aggressive_form_by_age),
        cmocka_unit_test(test_drugs_against_rejection_hold_back_the_attack),
        cmocka_unit_test(test_residual_c_peptide_can_be_required),
        cmocka_unit_test(test_shipped_conditionings_are_valid),
        cmocka_unit_test(test_protocols_with_conditioning),
        cmocka_unit_test(test_conditioning_files_are_checked),
    };
    return cmocka_run_group_tests(tests, run_once, release);
}
