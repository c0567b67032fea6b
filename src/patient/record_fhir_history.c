/* What a FHIR bundle says without numbers: conditions (ICD-10(-CM) by prefix, SNOMED CT), procedures, where somebody was discharged to, and medicines. */
#include <stdio.h>
#include <string.h>

#include "base/problems.h"
#include "patient/record_codes.h"
#include "patient/record_fhir.h"

static bool was_never(const json_t *resource)
{
    static const char *const wrong[] = {"refuted", "entered-in-error", NULL};
    return fhir_has_coding(json_object_get(resource, "verificationStatus"), NULL, wrong);
}

static bool is_over(const json_t *resource)
{
    static const char *const over[] = {"inactive", "remission", "resolved", NULL};
    return fhir_has_coding(json_object_get(resource, "clinicalStatus"), NULL, over) || json_object_get(resource, "abatementDateTime") ||
           json_object_get(resource, "abatementPeriod");
}

/* Every item that a code of the concept means; of what is over only a cancer stays of interest. True if one of them is a diabetes. */
static bool set_coded(fhir_bundle *b, const json_t *concept, bool over, const char *since, const char *where)
{
    size_t i;
    json_t *coding;
    bool diabetes = false;
    json_array_foreach(json_object_get(concept, "coding"), i, coding) {
        int next = 0;
        item_id item;
        bool value;
        while (record_code_item(record_system(fhir_text(coding, "system")), fhir_text(coding, "code"), &next, &item, &value)) {
            if (over && item == ITEM_active_malignancy) item = ITEM_past_malignancy;
            if (over && item != ITEM_past_malignancy) continue;
            fhir_set_flag(b, (int)item, value, since, NULL, where);
            diabetes = diabetes || item == ITEM_type_1_diabetes || item == ITEM_type_2_diabetes;
        }
    }
    return diabetes;
}

void fhir_read_condition(fhir_bundle *b, const json_t *resource, const char *where)
{
    char name[FHIR_NAME], onset[20], since[20];
    snprintf(onset, sizeof onset, "%.10s", fhir_text(resource, "onsetDateTime"));
    if (!*onset) snprintf(onset, sizeof onset, "%.10s", fhir_text(json_object_get(resource, "onsetPeriod"), "start"));
    snprintf(since, sizeof since, "%.10s", *onset ? onset : fhir_text(resource, "recordedDate"));
    if (was_never(resource) || !set_coded(b, json_object_get(resource, "code"), is_over(resource), since, where)) return;
    if (!*onset || (*b->onset && strcmp(b->onset, onset) <= 0)) return; /* the earliest onset counts */
    memcpy(b->onset, onset, sizeof b->onset);
    b->onset_place = b->at;
    fhir_name(b, resource, name);
    snprintf(b->onset_where, sizeof b->onset_where, "%s onset", name);
}

/* What was done and is not undone: removal of the pancreas, transplants, dialysis. */
void fhir_read_procedure(fhir_bundle *b, const json_t *resource, const char *where)
{
    if (strcmp(fhir_text(resource, "status"), "completed") == 0 || strcmp(fhir_text(resource, "status"), "in-progress") == 0)
        set_coded(b, json_object_get(resource, "code"), false, "", where);
}

void fhir_read_encounter(fhir_bundle *b, const json_t *resource, const char *where)
{
    static const char *const hospice[] = {"428361000124107", "428371000124100", "385763009", NULL};
    const json_t *disposition = json_object_get(json_object_get(resource, "hospitalization"), "dischargeDisposition");
    if (fhir_has_coding(disposition, NULL, hospice)) fhir_set_flag(b, ITEM_hospice_care, true, "", NULL, where);
}

/* ---- medicines ---- */

/* Every class that a concept says, by code or by name. *named: there was something to go by, if only that it is another medicine. */
static bool set_classes(fhir_bundle *b, const json_t *concept, const char *date, const char *where, bool *named)
{
    size_t i;
    json_t *coding;
    item_id item;
    bool found = false;
    const char *text = fhir_text(concept, "text");
    json_array_foreach(json_object_get(concept, "coding"), i, coding) {
        const char *system = record_system(fhir_text(coding, "system")), *code = fhir_text(coding, "code"), *name = fhir_text(coding, "display");
        for (int next = 0; record_medicine_item(system, code, &next, &item); found = true) fhir_set_flag(b, (int)item, true, "", date, where);
        for (int next = 0; record_medicine_named(name, &next, &item); found = true) fhir_set_flag(b, (int)item, true, "", date, where);
        *named = *named || *name || record_medicine_is_other(system, code);
    }
    for (int next = 0; record_medicine_named(text, &next, &item); found = true) fhir_set_flag(b, (int)item, true, "", date, where);
    *named = *named || *text;
    return found;
}

/* The medicine that an order points to: in the order itself, or an entry of the bundle. NULL when it is not there. */
static const json_t *medicine_of(const fhir_bundle *b, const json_t *order, const char *reference)
{
    size_t i;
    const json_t *one;
    char own[100];
    json_array_foreach(json_object_get(order, "contained"), i, one)
        if (*reference == '#' && strcmp(fhir_text(one, "id"), reference + 1) == 0) return json_object_get(one, "code");
    json_array_foreach(b->list, i, one) {
        const json_t *resource = json_object_get(one, "resource");
        if (strcmp(fhir_text(resource, "resourceType"), "Medication") != 0) continue;
        snprintf(own, sizeof own, "Medication/%.80s", fhir_text(resource, "id"));
        if (strcmp(reference, own) == 0 || (*reference && strcmp(reference, fhir_text(one, "fullUrl")) == 0))
            return json_object_get(resource, "code");
    }
    return NULL;
}

/* What is being taken: orders and statements that are active. What was ended says nothing about another order of the same medicine. */
void fhir_read_medicine(fhir_bundle *b, const json_t *resource, const char *date, const char *where)
{
    static const char *const plans[] = {"proposal", "plan", "option"}; /* not ordered, perhaps never taken */
    if (strcmp(fhir_text(resource, "status"), "active") != 0 || json_is_true(json_object_get(resource, "doNotPerform"))) return;
    for (size_t k = 0; k < sizeof plans / sizeof *plans; k++)
        if (strcmp(fhir_text(resource, "intent"), plans[k]) == 0) return;
    const json_t *concept = json_object_get(resource, "medicationCodeableConcept"), *to = json_object_get(resource, "medicationReference");
    bool named = false;
    item_id item;
    bool found = set_classes(b, concept ? concept : medicine_of(b, resource, fhir_text(to, "reference")), date, where, &named);
    for (int next = 0; record_medicine_named(fhir_text(to, "display"), &next, &item); found = true)
        fhir_set_flag(b, (int)item, true, "", date, where);
    if (!found && !named && !*fhir_text(to, "display")) snprintf(b->unread, sizeof b->unread, "%s", where);
}

/* A medicine of which only a code is given that is not in the tables may be of any class: none of them is absent then. */
void fhir_say_unread_medicine(fhir_bundle *b)
{
    static const item_id classes[] = {ITEM_uses_insulin,        ITEM_uses_metformin,        ITEM_uses_sulfonylurea, ITEM_uses_dpp4_inhibitor,
                                      ITEM_uses_glp1_agonist,   ITEM_uses_sglt2_inhibitor,  ITEM_uses_tzd};
    if (!*b->unread) return;
    problems_warning(b->problems, b->file, 0, 0,
                     "%s: a medicine without a name and with no code that is known; which drugs are not taken cannot be told; "
                     "add the code's display, or ATC", b->unread);
    for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
        record_set_doubtful(b->out, classes[i], "a medicine of the bundle has no name and no code that is known", "", b->unread);
}
