/* Patient files: units at the border, conflicts, the latest value, and what each form refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "patient/record.h"

static patient_record record;
static char message[500];

static islet_status read_text(const char *name, const char *text, const record_choice *choice)
{
    islet_problems *problems = islet_problems_create();
    assert_non_null(problems);
    islet_status status = record_parse(text, strlen(text), name, choice, &record, problems);
    snprintf(message, sizeof message, "%s", islet_problems_count(problems) ? islet_problems_text(problems, 0) : "");
    assert_int_equal(status != ISLET_OK, islet_problems_error_count(problems) > 0);
    islet_problems_free(problems);
    return status;
}

static double yaml_value(const char *line, item_id item)
{
    char text[200];
    snprintf(text, sizeof text, "islet_patient: 1\n%s\n", line);
    assert_int_equal(read_text("p.yaml", text, NULL), ISLET_OK);
    assert_true(record.items[item].known);
    return record.items[item].value.high;
}

static void yaml_refuses(const char *line, const char *word)
{
    char text[200];
    snprintf(text, sizeof text, "islet_patient: 1\n%s\n", line);
    assert_int_equal(read_text("p.yaml", text, NULL), ISLET_ERR_INPUT);
    assert_non_null(strstr(message, "p.yaml:2:"));
    if (!strstr(message, word)) fail_msg("'%s' does not say '%s'", message, word);
}

static void units_are_understood_at_the_border(void **state)
{
    (void)state;
    assert_float_equal(yaml_value("hba1c_mmol_mol: 53", ITEM_hba1c_pct), 7.0, 0.01);
    assert_float_equal(yaml_value("hba1c: 53 mmol/mol", ITEM_hba1c_pct), 7.0, 0.01);
    assert_float_equal(yaml_value("hba1c: 7%", ITEM_hba1c_pct), 7.0, 1e-12);
    assert_float_equal(yaml_value("hba1c_pct: 53 MMOL/mol", ITEM_hba1c_pct), 7.0, 0.01); /* the unit that is written counts, as in protocols */
    assert_float_equal(yaml_value("fasting_glucose: 10 mmol/L", ITEM_fasting_glucose_mg_dl), 180.16, 1e-9);
    assert_float_equal(yaml_value("c_peptide_stimulated: 3.0203 ng/mL", ITEM_c_peptide_stimulated_nmol_l), 1.0, 1e-9);
    assert_float_equal(yaml_value("c_peptide_stimulated: 20 pmol/L", ITEM_c_peptide_stimulated_nmol_l), 0.02, 1e-12);
    assert_float_equal(yaml_value("c_peptide_stimulated_nmol_l: \"< 0.02\"", ITEM_c_peptide_stimulated_nmol_l), 0.02, 0);
    assert_true(record.items[ITEM_c_peptide_stimulated_nmol_l].value.high_open);
    assert_string_equal(record.items[ITEM_c_peptide_stimulated_nmol_l].where, "p.yaml:2");
}

static void what_could_be_two_things_is_refused(void **state)
{
    (void)state;
    yaml_refuses("hba1c: 7.1", "no unit");
    yaml_refuses("fasting_glucose: 6", "no unit");
    yaml_refuses("hba1c_pct: 53", "3 to 20");
    yaml_refuses("hba1c_pct: 53 mmol/L", "one of %, mmol/mol is expected");
    yaml_refuses("pregnant: maybe", "yes or no");
    yaml_refuses("pregnnt: no", "pregnant");
    yaml_refuses("age_year: nan", "plain number");
    yaml_refuses("weight_kg: 1,234", "thousands");
    yaml_refuses("hba1c_mmol_mol: 7.9", "hba1c_mmol_mol is 7.9 mmol/mol; 10 to 195 is expected"); /* the key that was written */
}

static void what_people_write_is_read(void **state)
{
    (void)state;
    assert_float_equal(yaml_value("hba1c_pct: 7,9", ITEM_hba1c_pct), 7.9, 1e-12);
    assert_float_equal(yaml_value("c_peptide_stimulated_nmol_l: \"< 0,012\"", ITEM_c_peptide_stimulated_nmol_l), 0.012, 1e-12);
    assert_int_equal(read_text("p.csv", "id,hba1c_pct,pregnant\na,\"7,9\",Yes\n", NULL), ISLET_OK);
    assert_float_equal(record.items[ITEM_hba1c_pct].value.low, 7.9, 1e-12);
    assert_float_equal(record.items[ITEM_pregnant].value.low, 1.0, 0);
    assert_int_equal(read_text("p.csv", "id;hba1c_pct\na;7,9\n", NULL), ISLET_OK);
    assert_float_equal(record.items[ITEM_hba1c_pct].value.low, 7.9, 1e-12);
    assert_float_equal(yaml_value("weight_lb: 150", ITEM_weight_kg), 68.04, 0.01);
    assert_float_equal(yaml_value("insulin_u_per_day: 40\nweight_kg: 80", ITEM_insulin_u_per_kg_day), 0.5, 1e-12);
    assert_float_equal(yaml_value("insulin_u_per_day: 40", ITEM_uses_insulin), 1.0, 0);
    assert_false(record.items[ITEM_insulin_u_per_kg_day].known);
}

/* What the first item of a row says cannot be, the second being true: both are in conflict, and each names the other. */
static void items_that_cannot_both_be_true_are_a_conflict(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        item_id a, b;
        bool conflict;
    } rows[] = {
        {"type_1_diabetes: yes\ntype_2_diabetes: yes", ITEM_type_1_diabetes, ITEM_type_2_diabetes, true},
        {"type_1_diabetes: yes\npancreatectomy: yes", ITEM_type_1_diabetes, ITEM_pancreatectomy, true},
        {"type_1_diabetes: no\npancreatectomy: yes", ITEM_type_1_diabetes, ITEM_pancreatectomy, false},
        {"type_1_diabetes: no\nketoacidosis_at_onset: yes", ITEM_type_1_diabetes, ITEM_ketoacidosis_at_onset, true},
        {"age_year: 44\nduration_year: 50", ITEM_age_year, ITEM_duration_year, true},
        {"age_year: 44\nduration_year: 44", ITEM_age_year, ITEM_duration_year, false},
        {"weight_kg: 180\nbmi_kg_m2: 24.1", ITEM_weight_kg, ITEM_bmi_kg_m2, true},
        {"weight_kg: 30\nbmi_kg_m2: 24.1\nage_year: 40", ITEM_weight_kg, ITEM_bmi_kg_m2, true},
        {"weight_kg: 30\nbmi_kg_m2: 24.1\nage_year: 8", ITEM_weight_kg, ITEM_bmi_kg_m2, false},
        {"weight_kg: 70\nbmi_kg_m2: 24.1", ITEM_weight_kg, ITEM_bmi_kg_m2, false},
        {"uses_insulin: no\ninsulin_u_per_kg_day: 0.55", ITEM_uses_insulin, ITEM_insulin_u_per_kg_day, true},
        {"uses_insulin: no\ninsulin_u_per_day: 40", ITEM_uses_insulin, ITEM_insulin_u_per_day, true},
        {"uses_insulin: no\ninsulin_u_per_kg_day: 0", ITEM_uses_insulin, ITEM_insulin_u_per_kg_day, false},
        {"insulin_u_per_day: 40\ninsulin_u_per_kg_day: 1\nweight_kg: 80", ITEM_insulin_u_per_day, ITEM_insulin_u_per_kg_day, true},
        {"insulin_u_per_day: 40\ninsulin_u_per_kg_day: 0.5\nweight_kg: 80", ITEM_insulin_u_per_day, ITEM_insulin_u_per_kg_day, false},
        {"dialysis: yes\negfr_ml_min_1_73m2: 96", ITEM_dialysis, ITEM_egfr_ml_min_1_73m2, true},
        {"dialysis: yes\negfr_ml_min_1_73m2: 9", ITEM_dialysis, ITEM_egfr_ml_min_1_73m2, false},
        {"severe_organ_disease: no\ndialysis: yes", ITEM_severe_organ_disease, ITEM_dialysis, true},
        {"severe_organ_disease: no\negfr_ml_min_1_73m2: 9", ITEM_severe_organ_disease, ITEM_egfr_ml_min_1_73m2, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[200];
        snprintf(text, sizeof text, "islet_patient: 1\n%s\n", rows[i].text);
        assert_int_equal(read_text("p.yaml", text, NULL), ISLET_OK);
        const record_value *a = &record.items[rows[i].a], *b = &record.items[rows[i].b];
        if (a->conflict != rows[i].conflict || b->conflict != rows[i].conflict) fail_msg("row %zu: %s", i, rows[i].text);
        if (!rows[i].conflict) continue;
        assert_non_null(strstr(a->found, record_items[rows[i].b].key));
        assert_non_null(strstr(b->found, record_items[rows[i].a].key));
    }
}

static void values_that_cannot_both_be_true_are_a_conflict(void **state)
{
    (void)state;
    assert_int_equal(read_text("p.yaml", "islet_patient: 1\nhba1c_pct: 7.0\nhba1c_mmol_mol: 53\n", NULL), ISLET_OK);
    assert_false(record.items[ITEM_hba1c_pct].conflict);
    assert_int_equal(read_text("p.yaml", "islet_patient: 1\nhba1c_pct: 7.0\nhba1c_mmol_mol: 70\n", NULL), ISLET_OK);
    assert_true(record.items[ITEM_hba1c_pct].conflict);
    assert_non_null(strstr(record.items[ITEM_hba1c_pct].found, "70 mmol/mol"));
}

static void a_row_of_csv_is_chosen_by_number_or_id(void **state)
{
    (void)state;
    const char *text = "id;age_year;note\r\n\"a\";40;x\r\nb;;y\r\n";
    assert_int_equal(read_text("p.csv", text, &(record_choice){1, NULL}), ISLET_OK);
    assert_float_equal(record.items[ITEM_age_year].value.low, 40, 0);
    assert_non_null(strstr(message, "note")); /* a warning */
    assert_int_equal(read_text("p.csv", text, &(record_choice){0, "b"}), ISLET_OK);
    assert_false(record.items[ITEM_age_year].known);
    assert_string_equal(record.id, "b");
    assert_int_equal(read_text("p.csv", text, &(record_choice){0, NULL}), ISLET_ERR_INPUT);
    assert_int_equal(read_text("p.csv", text, &(record_choice){3, NULL}), ISLET_ERR_INPUT);
    assert_int_equal(read_text("/dev/stdin", text, &(record_choice){1, NULL}), ISLET_OK); /* known by its first column */
    assert_int_equal(read_text("p.csv", "id,age_year\nB,40\nA,41\nB,42\n", &(record_choice){0, "B"}), ISLET_ERR_INPUT);
    assert_non_null(strstr(message, "2 rows have the id 'B'"));
    assert_null(strstr(message, "--id"));
    assert_int_equal(read_text("p.csv", "age_year,age_year\n4,5\n", NULL), ISLET_ERR_INPUT);
    assert_int_equal(read_text("p.csv", "age_year,weight_kg\n4\n", NULL), ISLET_ERR_INPUT);
    assert_int_equal(read_text("p.csv", "id,age_year\n\"a,40\n", NULL), ISLET_ERR_INPUT);
}

#define OBSERVATION(id, date, quantity)                                                                              \
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":" \
    "\"http://loinc.org\",\"code\":\"4548-4\"}]},\"effectiveDateTime\":\"" date "\",\"valueQuantity\":{" quantity "}}}"
#define BUNDLE(entries) "{\"resourceType\":\"Bundle\",\"entry\":[" entries "]}"
#define PERCENT "\"value\":8.1,\"unit\":\"%\""

static void fhir_refuses(const char *text, const char *word)
{
    assert_int_equal(read_text("p.json", text, NULL), ISLET_ERR_INPUT);
    if (!strstr(message, word)) fail_msg("'%s' does not say '%s'", message, word);
}

static void the_latest_of_a_bundle_counts(void **state)
{
    (void)state;
    const char *text = BUNDLE(OBSERVATION("new", "2026-05-01", PERCENT) "," OBSERVATION("old", "2025-05-01", "\"value\":70,\"unit\":\"mmol/mol\""));
    assert_int_equal(read_text("p.json", text, NULL), ISLET_OK);
    assert_float_equal(record.items[ITEM_hba1c_pct].value.low, 8.1, 1e-12);
    assert_string_equal(record.items[ITEM_hba1c_pct].where, "Observation/new, 2026-05-01");
    text = BUNDLE(OBSERVATION("a", "2026-05-01", PERCENT) "," OBSERVATION("b", "2026-05-01", "\"value\":70,\"unit\":\"mmol/mol\""));
    assert_int_equal(read_text("p.json", text, NULL), ISLET_OK);
    assert_true(record.items[ITEM_hba1c_pct].conflict);
}

#define PERSON "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"birthDate\":\"1980-05-01\"}}"
#define CONDITION(code, dates)                                                                                       \
    "{\"resource\":{\"resourceType\":\"Condition\",\"id\":\"c" code "\",\"code\":{\"coding\":[{\"system\":\"http://hl7.org/fhir/sid/icd-10\",\"code\":" \
    "\"" code "\"}]}," dates "}}"
#define ONSET CONDITION("E10", "\"onsetDateTime\":\"2000-01-01\"")

static void years_are_counted_to_a_date_on_which_something_was_known(void **state)
{
    (void)state;
    /* what is planned for or covered until some later day says nothing of today */
    const char *text = BUNDLE(PERSON "," ONSET "," CONDITION("Z33", "\"recordedDate\":\"2026-05-01\"") ","
                              "{\"resource\":{\"resourceType\":\"ServiceRequest\",\"id\":\"s\",\"occurrenceDateTime\":\"2046-05-01\"}},"
                              "{\"resource\":{\"resourceType\":\"CarePlan\",\"id\":\"k\",\"period\":{\"start\":\"2050-01-01\"}}},"
                              "{\"resource\":{\"resourceType\":\"Coverage\",\"id\":\"i\",\"period\":{\"start\":\"2020-01-01\",\"end\":\"2099-12-31\"}}}");
    assert_int_equal(read_text("p.json", text, NULL), ISLET_OK);
    assert_float_equal(record.items[ITEM_age_year].value.low, 46, 0.11);
    assert_float_equal(record.items[ITEM_duration_year].value.low, 26.3, 0.11);
    assert_int_equal(read_text("p.json", BUNDLE(PERSON "," ONSET), NULL), ISLET_OK);
    assert_false(record.items[ITEM_age_year].known);
    assert_false(record.items[ITEM_duration_year].known);
    assert_non_null(strstr(message, "a date is expected"));
    assert_int_equal(read_text("p.json", "{\"resourceType\":\"Bundle\",\"timestamp\":\"2026-05-01\",\"entry\":[" PERSON "," ONSET "]}", NULL), ISLET_OK);
    assert_float_equal(record.items[ITEM_age_year].value.low, 46, 0.11);
}

/* a byte order mark is passed over, whatever the name of the file */
static void a_message_names_where_the_entry_begins(void **state)
{
    (void)state;
    const char *fine = "\xef\xbb\xbf" BUNDLE(OBSERVATION("a", "2026-05-01", PERCENT));
    assert_int_equal(read_text("p.json", fine, NULL), ISLET_OK);
    assert_int_equal(read_text("/dev/stdin", fine, NULL), ISLET_OK);
    fhir_refuses("{\"note\":[\"entry\",{}],\"resourceType\":\"Bundle\",\n \"entry\" : [\n" OBSERVATION("a", "2026-05-01", PERCENT) ",\n  "
                 OBSERVATION("b", "2026-05-01", "\"value\":8.1") "]}", "p.json:4:3: ");
    /* so does the place of a value whose resource has no id */
    assert_int_equal(read_text("p.json", "{\"resourceType\":\"Bundle\",\"entry\":[\n\n{\"resource\":{\"resourceType\":\"Condition\",\"recordedDate\":\"2000-05-01\","
                                         "\"code\":{\"coding\":[{\"system\":\"http://snomed.info/sct\",\"code\":\"254837009\"}]}}}]}", NULL), ISLET_OK);
    assert_string_equal(record.items[ITEM_active_malignancy].where, "Condition of line 3, 2000-05-01");
    fhir_refuses(BUNDLE("null," OBSERVATION("b\\\"}", "2026-05-01", "\"value\":81,\"unit\":\"%\"")), "p.json:1:40: ");
    fhir_refuses("[]", "p.json:1:1: ");
}

#define SNOMED "http://snomed.info/sct"
#define ICD "http://hl7.org/fhir/sid/icd-10-cm"
#define CODED(type, id, system, code)                                                                                \
    "{\"resource\":{\"resourceType\":\"" type "\",\"id\":\"" id "\",\"status\":\"completed\",\"code\":{\"coding\":[{\"system\":\"" system \
    "\",\"code\":\"" code "\"}]}}}"
#define ORDER(atc)                                                                                                   \
    "{\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"m\",\"status\":\"active\",\"intent\":\"order\",\"medicationCodeableConcept\":" \
    "{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"" atc "\"}]}}}"

static void conditions_and_procedures_are_read_by_their_codes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        item_id item;
        double value;
    } rows[] = {
        {BUNDLE(CODED("Condition", "a", SNOMED, "46635009")), ITEM_type_1_diabetes, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "46635009")), ITEM_type_2_diabetes, 0},
        {BUNDLE(CODED("Condition", "a", ICD, "E11.65")), ITEM_type_2_diabetes, 1},
        {BUNDLE(CODED("Condition", "a", ICD, "E11.65")), ITEM_type_1_diabetes, 0},
        {BUNDLE(CODED("Condition", "a", SNOMED, "413712001")), ITEM_breast_feeding, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "254837009")), ITEM_active_malignancy, 1},
        {BUNDLE(CODED("Condition", "a", ICD, "C43.9")), ITEM_active_malignancy, 1},
        {BUNDLE(CODED("Condition", "a", ICD, "Z85.3")), ITEM_past_malignancy, 1},
        {BUNDLE(CODED("Condition", "a", ICD, "Z85.820")), ITEM_past_malignancy, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "266987004")), ITEM_past_malignancy, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "840539006")), ITEM_acute_infection, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "86406008")), ITEM_chronic_viral_infection, 1},
        {BUNDLE(CODED("Condition", "a", ICD, "I50.9")), ITEM_severe_organ_disease, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "714152005")), ITEM_severe_organ_disease, 1}, /* a code of two items */
        {BUNDLE(CODED("Condition", "a", SNOMED, "714152005")), ITEM_dialysis, 1},
        {BUNDLE(CODED("Condition", "a", SNOMED, "161665007")), ITEM_organ_transplant, 1},
        {BUNDLE(CODED("Procedure", "a", SNOMED, "33149006")), ITEM_pancreatectomy, 1},
        {BUNDLE(ORDER("A10AB05")), ITEM_uses_insulin, 1},
        {BUNDLE(ORDER("A10AE56")), ITEM_uses_insulin, 1}, /* degludec with liraglutide */
        {BUNDLE(ORDER("A10AE56")), ITEM_uses_glp1_agonist, 1},
        {BUNDLE(ORDER("A10BD27")), ITEM_uses_metformin, 1}, /* with linagliptin and empagliflozin */
        {BUNDLE(ORDER("A10BD27")), ITEM_uses_dpp4_inhibitor, 1},
        {BUNDLE(ORDER("A10BD27")), ITEM_uses_sglt2_inhibitor, 1},
        {BUNDLE(ORDER("A10BD14")), ITEM_uses_metformin, 1}, /* the glinide beside it is no item */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_text("p.json", rows[i].text, NULL), ISLET_OK);
        const record_value *found = &record.items[rows[i].item];
        if (!found->known || found->value.low != rows[i].value) fail_msg("row %zu is not read", i);
    }
    assert_int_equal(read_text("p.json", BUNDLE(ORDER("A10BD07")), NULL), ISLET_OK);
    assert_false(record.items[ITEM_uses_sglt2_inhibitor].known); /* metformin and sitagliptin */
    assert_int_equal(read_text("p.json", BUNDLE(CODED("Condition", "a", ICD, "C44.91")), NULL), ISLET_OK);
    assert_false(record.items[ITEM_active_malignancy].known); /* skin cancer, not melanoma */
    assert_int_equal(read_text("p.json", BUNDLE(CODED("Condition", "a", SNOMED, "46635009") "," CODED("Condition", "b", ICD, "E11.9")), NULL), ISLET_OK);
    assert_true(record.items[ITEM_type_1_diabetes].conflict);
}

#define WEIGHT(unit)                                                                                                 \
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"w\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":" \
    "\"urn:oid:2.16.840.1.113883.6.1\",\"code\":\"29463-7\"}]},\"effectiveDateTime\":\"2026-05-01\",\"valueQuantity\":{\"value\":150,\"unit\":\"" unit "\"}}}"
#define EGFR(unit)                                                                                                   \
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"e\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":" \
    "\"http://loinc.org\",\"code\":\"62238-1\"}]},\"effectiveDateTime\":\"2026-05-01\",\"valueQuantity\":{\"value\":95,\"unit\":\"" unit "\"}}}"

static void units_of_records_are_read_or_said(void **state)
{
    (void)state;
    static const char *const rates[] = {EGFR("mL/min/1.73m^2"), EGFR("mL/min/1.73 m\xc2\xb2"), EGFR("mL/min/{1.73_m2}"), EGFR("mL/min/[1.73_m2]"),
                                        EGFR("ml/min/1.73 m2")};
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        char text[600];
        snprintf(text, sizeof text, "{\"resourceType\":\"Bundle\",\"entry\":[%s]}", rates[i]);
        assert_int_equal(read_text("p.json", text, NULL), ISLET_OK);
        assert_true(record.items[ITEM_egfr_ml_min_1_73m2].known);
    }
    assert_int_equal(read_text("p.json", BUNDLE(WEIGHT("[lb_av]")), NULL), ISLET_OK);
    assert_float_equal(record.items[ITEM_weight_kg].value.low, 68.04, 0.01);
    assert_int_equal(read_text("p.json", BUNDLE(WEIGHT("Kilogram")), NULL), ISLET_OK);
    assert_true(record.items[ITEM_weight_kg].known);
    assert_int_equal(read_text("p.json", BUNDLE(EGFR("mL/min") "," WEIGHT("kg")), NULL), ISLET_OK); /* one odd unit is no fault of the rest */
    assert_non_null(strstr(message, "none of its units"));
    assert_true(record.items[ITEM_weight_kg].known && record.items[ITEM_egfr_ml_min_1_73m2].doubtful);
    assert_false(record.items[ITEM_egfr_ml_min_1_73m2].known);
}

#define MADE(entries) "{\"resourceType\":\"Bundle\",\"timestamp\":\"2026-06-01T00:00:00Z\",\"entry\":[" entries "]}"
#define NEWLY(status, date, value)                                                                                   \
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"n\",\"status\":\"" status "\",\"code\":{\"coding\":[{\"system\":" \
    "\"http://loinc.org\",\"code\":\"4548-4\"}]},\"effectiveDateTime\":\"" date "\",\"valueQuantity\":{\"value\":" value ",\"unit\":\"%\"}}}"

static void what_is_too_old_or_not_yet_is_not_counted_on(void **state)
{
    (void)state;
    const record_value *hba1c = &record.items[ITEM_hba1c_pct];
    assert_int_equal(read_text("p.json", MADE(OBSERVATION("a", "2005-05-01", PERCENT)), NULL), ISLET_OK);
    assert_true(hba1c->doubtful && !hba1c->known);
    assert_non_null(strstr(hba1c->found, "8.1 % since 2005-05-01"));
    assert_int_equal(read_text("p.json", MADE(OBSERVATION("a", "2005-05-01", PERCENT) "," NEWLY("final", "2026-05-01", "7.1")), NULL), ISLET_OK);
    assert_float_equal(hba1c->value.low, 7.1, 1e-12);
    /* what lies ahead is told and left out, and ages nobody */
    assert_int_equal(read_text("p.json", MADE(PERSON "," OBSERVATION("a", "2026-05-01", PERCENT) "," NEWLY("final", "2031-05-01", "9.9")), NULL), ISLET_OK);
    assert_float_equal(hba1c->value.low, 8.1, 1e-12);
    assert_float_equal(record.items[ITEM_age_year].value.low, 46, 0.11);
    assert_non_null(strstr(message, "correct the date"));
    /* final before preliminary, whatever came later; preliminary before nothing */
    assert_int_equal(read_text("p.json", MADE(NEWLY("preliminary", "2026-05-20", "9.9") "," OBSERVATION("a", "2026-05-01", PERCENT)), NULL), ISLET_OK);
    assert_float_equal(hba1c->value.low, 8.1, 1e-12);
    assert_int_equal(read_text("p.json", MADE(NEWLY("preliminary", "2026-05-20", "9.9")), NULL), ISLET_OK);
    assert_float_equal(hba1c->value.low, 9.9, 1e-12);

    static const struct {
        const char *text;
        item_id item;
        bool holds;
    } rows[] = {
        {MADE(CONDITION("Z33", "\"onsetDateTime\":\"2010-01-01\",\"recordedDate\":\"2026-05-01\"")), ITEM_pregnant, false},
        {MADE(CONDITION("Z33", "\"onsetDateTime\":\"2025-12-01\"")), ITEM_pregnant, true},
        {MADE(CONDITION("J18", "\"onsetDateTime\":\"2001-01-01\"")), ITEM_acute_infection, false},
        {MADE(CONDITION("J18", "\"recordedDate\":\"2026-05-20\"")), ITEM_acute_infection, true},
        {MADE(CONDITION("C50", "\"onsetDateTime\":\"2001-01-01\"")), ITEM_active_malignancy, true}, /* holds until it is said to be over */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_text("p.json", rows[i].text, NULL), ISLET_OK);
        const record_value *found = &record.items[rows[i].item];
        if (found->known != rows[i].holds || found->doubtful == rows[i].holds) fail_msg("row %zu", i);
    }
    /* of what is over a cancer stays in the history */
    assert_int_equal(read_text("p.json", MADE(CONDITION("C50", "\"abatementDateTime\":\"2013-01-01\"") "," CONDITION("J18", "\"abatementDateTime\":\"2013-01-01\"")), NULL),
                     ISLET_OK);
    assert_true(record.items[ITEM_past_malignancy].value.low > 0 && !record.items[ITEM_active_malignancy].known && !record.items[ITEM_acute_infection].known);
    assert_int_equal(read_text("p.json", MADE(CONDITION("Z85.828", "\"recordedDate\":\"2026-05-01\"")), NULL), ISLET_OK);
    assert_false(record.items[ITEM_past_malignancy].known); /* skin cancers but melanoma exclude nowhere */
    assert_int_equal(read_text("p.json", BUNDLE("{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p\",\"deceasedBoolean\":true}}"), NULL), ISLET_OK);
    assert_true(record.items[ITEM_deceased].known);
}

static void a_c_peptide_that_was_not_stimulated_is_said(void **state)
{
    (void)state;
    const char *text = BUNDLE(
        "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"c\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":\"http://loinc.org\","
        "\"code\":\"1986-9\"}]},\"effectiveDateTime\":\"2026-05-01\",\"valueQuantity\":{\"value\":0.6,\"unit\":\"ng/mL\"}}}");
    assert_int_equal(read_text("p.json", text, NULL), ISLET_OK);
    assert_non_null(strstr(message, "not said to be stimulated"));
    assert_true(record.items[ITEM_c_peptide_stimulated_nmol_l].doubtful);
}

#define MEDICINE(what)                                                                                               \
    "{\"resource\":{\"resourceType\":\"MedicationRequest\",\"id\":\"m\",\"status\":\"active\",\"intent\":\"order\"," what "}}"
#define CONCEPT(what) "\"medicationCodeableConcept\":{" what "}"
#define RXNORM "\"system\":\"http://www.nlm.nih.gov/research/umls/rxnorm\""
#define A_MEDICATION(id, code)                                                                                       \
    "{\"resource\":{\"resourceType\":\"Medication\",\"id\":\"" id "\",\"code\":{\"coding\":[{\"system\":\"http://www.whocc.no/atc\",\"code\":\"" code "\"}]}}}"

static void medicines_are_read_by_code_name_or_reference(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        item_id item;
    } rows[] = {
        {BUNDLE(MEDICINE(CONCEPT("\"coding\":[{" RXNORM ",\"code\":\"1991302\"}]"))), ITEM_uses_glp1_agonist},
        {BUNDLE(MEDICINE(CONCEPT("\"coding\":[{" RXNORM ",\"code\":\"317573\",\"display\":\"Pioglitazone 30 MG Oral Tablet\"}]"))), ITEM_uses_tzd},
        {BUNDLE(MEDICINE(CONCEPT("\"text\":\"Insulin glargine 100 U/mL\""))), ITEM_uses_insulin},
        {BUNDLE(MEDICINE(CONCEPT("\"coding\":[{\"system\":\"urn:oid:2.16.840.1.113883.6.73\",\"code\":\"A10BJ06\"}]"))), ITEM_uses_glp1_agonist},
        {BUNDLE(MEDICINE("\"medicationReference\":{\"reference\":\"Medication/x\"}") "," A_MEDICATION("y", "C10AA05") "," A_MEDICATION("x", "A10BJ06")),
         ITEM_uses_glp1_agonist},
        {BUNDLE(MEDICINE("\"contained\":[{\"resourceType\":\"Medication\",\"id\":\"k\",\"code\":{\"text\":\"gliclazide\"}}],\"medicationReference\":"
                         "{\"reference\":\"#k\"}")),
         ITEM_uses_sulfonylurea},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_text("p.json", rows[i].text, NULL), ISLET_OK);
        const record_value *found = &record.items[rows[i].item];
        if (!found->known || !(found->value.low > 0.0)) fail_msg("row %zu is not read", i);
        assert_false(record.items[ITEM_uses_metformin].doubtful);
    }
    /* a bare code that nobody knows may be any drug: none is then absent; another medicine's name says that it is another */
    assert_int_equal(read_text("p.json", BUNDLE(MEDICINE(CONCEPT("\"coding\":[{" RXNORM ",\"code\":\"99999\"}]"))), NULL), ISLET_OK);
    assert_true(record.items[ITEM_uses_metformin].doubtful && record.items[ITEM_uses_insulin].doubtful);
    assert_int_equal(read_text("p.json", BUNDLE(MEDICINE(CONCEPT("\"coding\":[{" RXNORM ",\"code\":\"99999\",\"display\":\"Simvastatin\"}]"))), NULL), ISLET_OK);
    assert_false(record.items[ITEM_uses_metformin].doubtful);
    assert_int_equal(read_text("p.json", BUNDLE(ORDER("C10AA05")), NULL), ISLET_OK);
    assert_false(record.items[ITEM_uses_metformin].doubtful);
}

static void json_is_strict(void **state)
{
    (void)state;
    static char deep[400];
    memset(deep, '[', 100);
    fhir_refuses(deep, "deep");
    fhir_refuses("", "empty");
    fhir_refuses("{\"resourceType\":\"Bundle\",\"resourceType\":\"Bundle\"}", "duplicate");
    fhir_refuses("{\"a\":NaN}", "NaN");
    fhir_refuses("{\"a\":\"cut", "ends inside a string");
    fhir_refuses("{} {}", "end of file");
    fhir_refuses("{\"resourceType\":\"OperationOutcome\"}", "OperationOutcome");
    fhir_refuses("{\"a\":\"\xff\"}", "UTF-8");
    fhir_refuses(BUNDLE(OBSERVATION("o", "2026-05-01", "\"value\":8.1")), "no unit");
    fhir_refuses(BUNDLE(OBSERVATION("o", "2026-05-01", "\"value\":60,\"unit\":\"mmol/mol\",\"code\":\"%\"")), "mmol/mol");
    fhir_refuses(BUNDLE("{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\"}},{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p2\"}}"), "p2");
}

static void mutated_bundles_end_in_a_record_or_a_message(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    unsigned draw = 1;
    assert_int_equal(file_read(ISLET_SOURCE_DIR "/tests/data/patients/eligible.json", 1 << 20, &text, &size, NULL), ISLET_OK);
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    for (int i = 0; i < 500; i++) {
        memcpy(copy, text, size + 1);
        for (int k = 0; k < 3; k++) {
            draw = draw * 1664525u + 1013904223u;
            copy[draw % size] = "{}[]\",:0<\\\xff"[(draw >> 8) % 11];
        }
        read_text("p.json", copy, NULL); /* it asserts that a refusal comes with its reason */
    }
    free(copy);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_are_understood_at_the_border),
        cmocka_unit_test(what_could_be_two_things_is_refused),
        cmocka_unit_test(values_that_cannot_both_be_true_are_a_conflict),
        cmocka_unit_test(what_people_write_is_read),
        cmocka_unit_test(items_that_cannot_both_be_true_are_a_conflict),
        cmocka_unit_test(a_row_of_csv_is_chosen_by_number_or_id),
        cmocka_unit_test(the_latest_of_a_bundle_counts),
        cmocka_unit_test(years_are_counted_to_a_date_on_which_something_was_known),
        cmocka_unit_test(a_message_names_where_the_entry_begins),
        cmocka_unit_test(conditions_and_procedures_are_read_by_their_codes),
        cmocka_unit_test(units_of_records_are_read_or_said),
        cmocka_unit_test(what_is_too_old_or_not_yet_is_not_counted_on),
        cmocka_unit_test(a_c_peptide_that_was_not_stimulated_is_said),
        cmocka_unit_test(medicines_are_read_by_code_name_or_reference),
        cmocka_unit_test(json_is_strict),
        cmocka_unit_test(mutated_bundles_end_in_a_record_or_a_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
