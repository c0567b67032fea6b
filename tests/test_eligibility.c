/* Eligibility: every kind of criterion in every state, and how the patient's state follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "therapy/eligibility.h"

static void put(patient_record *record, item_id item, double low, double high, bool high_open)
{
    record->items[item] = (record_value){.known = true, .value = {.low = low, .high = high, .high_open = high_open}};
}

static void a_needed_item_is_met_not_met_unknown_or_in_conflict(void **state)
{
    (void)state;
    patient_record record = {0};
    criterion rule = {.kind = CRITERION_NEEDS, .item = ITEM_egfr_ml_min_1_73m2, .range = {.low = 80, .high = INFINITY}};
    assert_int_equal(criterion_judge(&rule, &record), RULE_UNKNOWN);
    put(&record, ITEM_egfr_ml_min_1_73m2, 80, 80, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET); /* the limit is included */
    rule.range.low_open = true;
    assert_int_equal(criterion_judge(&rule, &record), RULE_NOT_MET);
    put(&record, ITEM_egfr_ml_min_1_73m2, 79.9, 79.9, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_NOT_MET);
    record.items[ITEM_egfr_ml_min_1_73m2].conflict = true;
    assert_int_equal(criterion_judge(&rule, &record), RULE_CONFLICT);
}

static void a_value_below_a_limit_decides_only_when_all_of_it_does(void **state)
{
    (void)state;
    patient_record record = {0};
    criterion rule = {.kind = CRITERION_NEEDS, .item = ITEM_c_peptide_stimulated_nmol_l,
                      .range = {.low = -INFINITY, .high = 0.02, .high_open = true}};
    put(&record, ITEM_c_peptide_stimulated_nmol_l, 0, 0.02, true);
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET);
    put(&record, ITEM_c_peptide_stimulated_nmol_l, 0, 0.1, true);
    assert_int_equal(criterion_judge(&rule, &record), RULE_UNKNOWN);
    put(&record, ITEM_c_peptide_stimulated_nmol_l, 0.02, INFINITY, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_NOT_MET);
}

static void what_records_note_only_when_it_is_there(void **state)
{
    (void)state;
    patient_record record = {0};
    criterion rule = {.kind = CRITERION_EXCLUDES_IF_NOTED, .item = ITEM_organ_transplant, .range = {.low = 1, .high = 1}};
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET);
    put(&record, ITEM_organ_transplant, 1, 1, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_NOT_MET);
    put(&record, ITEM_organ_transplant, 0, 0, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET);
}

/* What both products, or the protocol and a product ask for, is asked once. */
static void a_criterion_is_listed_once(void **state)
{
    (void)state;
    static const char text[] = "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 1, require: {age_year: [20, 60]}}\narms:\n  - name: a\n    cells:\n"
                               "      - {product: msc_umbilical_cord, dose_cells: 1e8, day: 0}\n      - {product: msc_placenta, dose_cells: 1e8, day: 1}\n"
                               "preparation: {contraindications: treated}\nfollow_up: {years: 1}\n";
    islet_protocol *protocol = malloc(sizeof *protocol);
    patient_record *record = calloc(1, sizeof *record);
    islet_eligibility state_found;
    islet_table *table = NULL;
    assert_true(protocol && record);
    assert_int_equal(protocol_parse(text, sizeof text - 1, "x.yaml", protocol, NULL), ISLET_OK);
    put(record, ITEM_pregnant, 1, 1, false);
    assert_int_equal(eligibility_screen(protocol, record, &state_found, &table), ISLET_OK);
    assert_int_equal(state_found, ISLET_NOT_NOW);
    int ages = 0, pregnancies = 0;
    for (int row = 0; row < islet_table_rows(table); row++) {
        ages += strstr(islet_table_cell(table, row, 0), "age") == islet_table_cell(table, row, 0);
        if (strcmp(islet_table_cell(table, row, 0), "pregnancy") != 0) continue;
        pregnancies++;
        assert_non_null(strstr(islet_table_cell(table, row, 4), "the preparation treats it"));
    }
    assert_int_equal(ages, 1); /* 20 to 60 is within the products' 18 to 80 */
    assert_int_equal(pregnancies, 1);
    islet_table_free(table);
    free(record);
    free(protocol);
}

/* the state of criterion `id` in the screening of the record; NULL when it is not asked */
static const char *asked(const char *protocol_text, const patient_record *record, const char *id, char where[256])
{
    static char found[32];
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_table *table = NULL;
    islet_eligibility answer;
    assert_non_null(protocol);
    assert_int_equal(protocol_parse(protocol_text, strlen(protocol_text), "x.yaml", protocol, NULL), ISLET_OK);
    assert_int_equal(eligibility_screen(protocol, record, &answer, &table), ISLET_OK);
    *found = '\0';
    for (int row = 0; row < islet_table_rows(table); row++) {
        if (strcmp(islet_table_cell(table, row, 0), id) != 0) continue;
        snprintf(found, sizeof found, "%s", islet_table_cell(table, row, 1));
        snprintf(where, 256, "%s", islet_table_cell(table, row, 7));
    }
    islet_table_free(table);
    free(protocol);
    return *found ? found : NULL;
}

#define TRIAL(of, product)                                                                                           \
    "islet: 1\ntitle: t\npopulation: {of: " of ", n: 1}\narms:\n  - name: a\n    cells: [{product: " product ", dose_cells: 1e8, day: 0}]\n" \
    "follow_up: {years: 1}\n"

/* Whom no population holds, no protocol of it may be said to suit: type, age and time since diagnosis are those of its file. */
static void a_population_holds_its_own(void **state)
{
    (void)state;
    patient_record record = {0};
    char source[256];
    put(&record, ITEM_age_year, 44, 44, false);
    put(&record, ITEM_duration_year, 23, 23, false);
    put(&record, ITEM_type_1_diabetes, 1, 1, false);
    const char *child = TRIAL("t1d_child", "msc_umbilical_cord"), *adult = TRIAL("t1d_adult", "msc_umbilical_cord");
    assert_string_equal(asked(child, &record, "population_age_year", source), "not_met");
    assert_non_null(strstr(source, "data/populations/t1d_child.yaml:7: "));
    assert_string_equal(asked(child, &record, "population_duration_year", source), "not_met");
    assert_string_equal(asked(child, &record, "type_1_diabetes", source), "met");
    assert_string_equal(asked(adult, &record, "population_age_year", source), "met");
    assert_string_equal(asked(adult, &record, "population_diagnosed_after", source), "met"); /* at 21 */
    put(&record, ITEM_duration_year, 43.9, 43.9, false);
    assert_string_equal(asked(adult, &record, "population_diagnosed_after", source), "not_met"); /* at one month */
    put(&record, ITEM_age_year, 65, 65, false);
    put(&record, ITEM_duration_year, 2, 2, false);
    assert_string_equal(asked(adult, &record, "population_diagnosed_before", source), "not_met"); /* at 63 */
    assert_string_equal(asked(TRIAL("t2d_new", "msc_umbilical_cord"), &record, "population_duration_year", source), "not_met");
    assert_null(asked(TRIAL("t1d_adult", "zimislecel"), &record, "population_age_year", source)); /* the product asks for 18 to 65, too */

    put(&record, ITEM_type_1_diabetes, 0, 0, false);
    put(&record, ITEM_type_2_diabetes, 1, 1, false);
    assert_string_equal(asked(adult, &record, "type_1_diabetes", source), "not_met");
    assert_string_equal(asked(adult, &record, "type_2_diabetes", source), "not_met");
    record.items[ITEM_type_1_diabetes].known = record.items[ITEM_type_2_diabetes].known = false;
    assert_string_equal(asked(adult, &record, "type_1_diabetes", source), "unknown");
    /* people with type 1 diabetes stand for those without a pancreas: the product's criteria alone say which diabetes */
    assert_string_equal(asked(TRIAL("t1d_adult", "donor_islets_autograft"), &record, "type_1_diabetes", source), "unknown");
    assert_null(asked(TRIAL("t1d_adult", "donor_islets_autograft"), &record, "population_diagnosed_before", source));
}

static void what_contradicts_itself_and_who_has_died_is_found_unasked(void **state)
{
    (void)state;
    patient_record record = {0};
    char source[256];
    const char *trial = TRIAL("t1d_adult", "msc_umbilical_cord");
    put(&record, ITEM_uses_insulin, 0, 0, false);
    put(&record, ITEM_insulin_u_per_kg_day, 0.5, 0.5, false);
    assert_null(asked(trial, &record, "uses_insulin", source));
    assert_null(asked(trial, &record, "deceased", source));
    record_find_conflicts(&record);
    put(&record, ITEM_deceased, 1, 1, false);
    assert_string_equal(asked(trial, &record, "insulin_u_per_kg_day", source), "conflict");
    assert_string_equal(asked(trial, &record, "deceased", source), "not_met");
}

static void what_is_doubtful_is_not_known(void **state)
{
    (void)state;
    patient_record record = {0};
    criterion rule = {.kind = CRITERION_JUDGEMENT, .item = ITEM_uses_glp1_agonist, .range = {.low = 1, .high = 1}};
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET);
    record.items[ITEM_uses_glp1_agonist].doubtful = true;
    assert_int_equal(criterion_judge(&rule, &record), RULE_UNKNOWN);
}

static void what_excludes_and_what_is_for_a_doctor(void **state)
{
    (void)state;
    patient_record record = {0};
    criterion rule = {.kind = CRITERION_EXCLUDES_IF, .item = ITEM_active_malignancy, .range = {.low = 1, .high = 1}};
    assert_int_equal(criterion_judge(&rule, &record), RULE_UNKNOWN);
    rule.kind = CRITERION_JUDGEMENT;
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET); /* not noted is not held against anybody */
    put(&record, ITEM_active_malignancy, 1, 1, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_NEEDS_JUDGEMENT);
    rule.kind = CRITERION_NOT_NOW_IF;
    assert_int_equal(criterion_judge(&rule, &record), RULE_NOT_MET);
    put(&record, ITEM_active_malignancy, 0, 0, false);
    assert_int_equal(criterion_judge(&rule, &record), RULE_MET);
}

static islet_eligibility screened(const islet_protocol *protocol, const patient_record *record)
{
    islet_eligibility answer = ISLET_ELIGIBLE;
    islet_table *table = NULL;
    assert_int_equal(eligibility_screen(protocol, record, &answer, &table), ISLET_OK);
    islet_table_free(table);
    return answer;
}

static void the_patients_state_is_that_of_the_weightiest_criterion(void **state)
{
    (void)state;
    islet_protocol *protocol = calloc(1, sizeof *protocol);
    patient_record record = {0};
    assert_non_null(protocol);
    assert_int_equal(screened(protocol, &record), ISLET_ELIGIBILITY_UNKNOWN); /* no criteria, no answer */
    protocol->n_products = 1;
    protocol->products[0].criteria = (criterion_list){
        .n = 4,
        .list = {{.kind = CRITERION_NEEDS, .item = ITEM_age_year, .range = {.low = 18, .high = 65}},
                 {.kind = CRITERION_JUDGEMENT, .item = ITEM_hospice_care, .range = {.low = 1, .high = 1}},
                 {.kind = CRITERION_NOT_NOW_IF, .item = ITEM_pregnant, .range = {.low = 1, .high = 1}},
                 {.kind = CRITERION_EXCLUDES_IF, .item = ITEM_active_malignancy, .range = {.low = 1, .high = 1}}}};
    put(&record, ITEM_pregnant, 0, 0, false);
    put(&record, ITEM_active_malignancy, 0, 0, false);
    assert_int_equal(screened(protocol, &record), ISLET_ELIGIBILITY_UNKNOWN);
    put(&record, ITEM_hospice_care, 1, 1, false);
    assert_int_equal(screened(protocol, &record), ISLET_NEEDS_JUDGEMENT);
    put(&record, ITEM_pregnant, 1, 1, false);
    assert_int_equal(screened(protocol, &record), ISLET_NOT_NOW);
    put(&record, ITEM_active_malignancy, 1, 1, false);
    assert_int_equal(screened(protocol, &record), ISLET_NOT_ELIGIBLE);
    memset(&record, 0, sizeof record);
    put(&record, ITEM_age_year, 40, 40, false);
    put(&record, ITEM_pregnant, 0, 0, false);
    put(&record, ITEM_active_malignancy, 0, 0, false);
    assert_int_equal(screened(protocol, &record), ISLET_ELIGIBLE);
    record.items[ITEM_age_year].conflict = true;
    assert_int_equal(screened(protocol, &record), ISLET_NEEDS_JUDGEMENT);
    free(protocol);
}

static void shipped_products_with_criteria_give_their_source(void **state)
{
    (void)state;
    static const char *const names[] = {"zimislecel", "donor_islets"};
    product *cells = malloc(sizeof *cells);
    assert_non_null(cells);
    for (int i = 0; i < 2; i++) {
        assert_true(product_shipped(names[i], cells));
        assert_true(cells->criteria.n >= 14);
        for (int k = 0; k < cells->criteria.n; k++) assert_true(strlen(cells->criteria.list[k].source) > 20);
    }
    free(cells);
}

static int criteria_errors(const char *line)
{
    char text[600];
    islet_problems *problems = islet_problems_create();
    product *cells = malloc(sizeof *cells);
    assert_non_null(problems);
    assert_non_null(cells);
    snprintf(text, sizeof text, "islet_product: 1\nname: x\ntitle: x\ncell_type: x\norigin: allogeneic\nroute: omentum\nevidence_grade: D\ncriteria:\n  - %s\n", line);
    product_parse(text, strlen(text), "x.yaml", cells, problems);
    int errors = islet_problems_error_count(problems) - 1; /* the values are not there */
    free(cells);
    islet_problems_free(problems);
    return errors;
}

static void criteria_are_read_strictly(void **state)
{
    (void)state;
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: age_year, range: [18, 65], standing: stated, source: c}"), 0);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: pregnant, value: no, standing: stated, source: c}"), 0);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: wants, item: age_year, range: [18, 65], standing: stated, source: c}"), 1);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: age, range: [18, 65], standing: stated, source: c}"), 1);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: age_year, value: yes, standing: stated, source: c}"), 1);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: age_year, range: \"= 5\", standing: stated, source: c}"), 1);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: pregnant, value: maybe, standing: stated, source: c}"), 1);
    assert_int_equal(criteria_errors("{id: a, sentence: b, kind: needs, item: age_year, range: [18, 65], standing: stated}"), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_needed_item_is_met_not_met_unknown_or_in_conflict),
        cmocka_unit_test(a_value_below_a_limit_decides_only_when_all_of_it_does),
        cmocka_unit_test(a_population_holds_its_own),
        cmocka_unit_test(what_contradicts_itself_and_who_has_died_is_found_unasked),
        cmocka_unit_test(what_is_doubtful_is_not_known),
        cmocka_unit_test(what_excludes_and_what_is_for_a_doctor),
        cmocka_unit_test(what_records_note_only_when_it_is_there),
        cmocka_unit_test(a_criterion_is_listed_once),
        cmocka_unit_test(the_patients_state_is_that_of_the_weightiest_criterion),
        cmocka_unit_test(shipped_products_with_criteria_give_their_source),
        cmocka_unit_test(criteria_are_read_strictly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
