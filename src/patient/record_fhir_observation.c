/* Observations of a FHIR bundle: which item a code means (LOINC, or the project's own system), and its number in a unit that is one of the item's. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "patient/record_codes.h"
#include "patient/record_fhir.h"

#define OWN_SYSTEM "urn:islet:item"
#define NO_ITEM (-1)

static int item_of(const json_t *concept, bool *kept)
{
    size_t i;
    json_t *coding;
    item_id item;
    json_array_foreach(json_object_get(concept, "coding"), i,
                       coding) if (strcmp(record_system(fhir_text(coding, "system")), "http://loinc.org") == 0 &&
                                   record_loinc_item(fhir_text(coding, "code"), &item, kept)) return (int)item;
    *kept = true;
    for (int k = 0; k < ITEM_COUNT; k++) {
        const char *const codes[] = {record_items[k].key, NULL};
        if (fhir_has_coding(concept, OWN_SYSTEM, codes)) return k;
    }
    return NO_ITEM;
}

/* The unit of a quantity; NULL after a message when it has none or two. */
static const char *unit_of(fhir_bundle *b, int item, const json_t *quantity, const char *where)
{
    const char *unit = fhir_text(quantity, "unit"), *code = fhir_text(quantity, "code");
    char both[200];
    if (!*unit && !*code) {
        fhir_error(b, "%s has no unit; the number could be in several; add the unit", where);
        return NULL;
    }
    bool unit_known = record_unit_known((item_id)item, unit), code_known = record_unit_known((item_id)item, code);
    if (*unit && *code && strcmp(unit, code) != 0 && unit_known && code_known) {
        record_place silent = {b->file, 0, 0, NULL};
        double x = json_number_value(json_object_get(quantity, "value"));
        b->aside->items[item] = (record_value){.known = false};
        bool same = record_set_number(b->aside, (item_id)item, x, '\0', unit, "", "", silent) &&
                    record_set_number(b->aside, (item_id)item, x, '\0', code, "", "", silent) && !b->aside->items[item].conflict;
        if (!same) {
            snprintf(both, sizeof both, "%.100s says '%.30s' and '%.30s'", where, unit, code);
            fhir_error(b, "%s for one number; one unit is expected; correct it", both);
            return NULL;
        }
    }
    return code_known ? code : *unit ? unit : code;
}

/* A number in a unit that is none of the item's says nothing, but is said. */
static void set_unread(fhir_bundle *b, int item, const json_t *quantity, const char *unit, const char *date, const char *where)
{
    char number[NUMBER_TEXT], found[224], known[RECORD_UNITS_TEXT];
    number_write(json_number_value(json_object_get(quantity, "value")), number);
    record_units((item_id)item, known);
    snprintf(found, sizeof found, "%s '%.30s', which is none of its units: %s", number, unit, known);
    problems_warning(b->problems, b->file, b->at.line, b->at.column, "%s has %s; left out; convert it", where, found);
    record_set_doubtful(b->out, (item_id)item, found, date, where);
}

static void read_quantity(fhir_bundle *b, int item, bool kept, const json_t *quantity, const char *date, const char *where)
{
    const json_t *value = json_object_get(quantity, "value");
    const char *comparator = fhir_text(quantity, "comparator"), *unit;
    char number[NUMBER_TEXT], found[80];
    if (!json_is_number(value)) {
        fhir_error(b, "%s has no number as its value; a number is expected; correct it", where);
        return;
    }
    if (!(unit = unit_of(b, item, quantity, where))) return;
    if (!record_unit_known((item_id)item, unit)) {
        if (kept) set_unread(b, item, quantity, unit, date, where);
        return;
    }
    number_write(json_number_value(value), number);
    snprintf(found, sizeof found, "%.2s%s %.20s", comparator, number, unit);
    if (kept && fhir_set_old(b, item, found, date, date, where)) return;
    if (*comparator) b->beyond++;
    if (!kept) b->aside->items[item] = (record_value){.known = false};
    if (!record_set_number(kept ? b->out : b->aside, (item_id)item, json_number_value(value), *comparator, unit, date,
                           where, fhir_place(b)))
        b->errors++;
}

static void read_pregnancy(fhir_bundle *b, const json_t *value, const char *date, const char *where)
{
    static const char *const yes[] = {"77386006", NULL}, *const no[] = {"60001007", NULL};
    if (fhir_has_coding(value, NULL, yes)) fhir_set_flag(b, ITEM_pregnant, true, date, date, where);
    if (fhir_has_coding(value, NULL, no)) fhir_set_flag(b, ITEM_pregnant, false, date, date, where);
}

/* LOINC answers or SNOMED CT qualifiers */
static void read_breast_feeding(fhir_bundle *b, const json_t *value, const char *date, const char *where)
{
    static const char *const yes[] = {"LA33-6", "LA29252-6", "373066001", "413712001", NULL}, *const no[] = {
                                                                                                  "LA32-8", "LA29253-4",
                                                                                                  "373067005", NULL};
    if (fhir_has_coding(value, NULL, yes)) fhir_set_flag(b, ITEM_breast_feeding, true, date, date, where);
    if (fhir_has_coding(value, NULL, no)) fhir_set_flag(b, ITEM_breast_feeding, false, date, date, where);
}

static bool is_unstimulated(const json_t *code)
{
    size_t i;
    json_t *coding;
    json_array_foreach(json_object_get(code, "coding"), i, coding)
        if (strcmp(record_system(fhir_text(coding, "system")), "http://loinc.org") == 0 &&
            record_loinc_unstimulated(fhir_text(coding, "code"))) return true;
    return false;
}

/* It takes nothing away from one that is stimulated, whatever their dates. */
static void set_unstimulated(fhir_bundle *b, const json_t *quantity, const char *where)
{
    char number[NUMBER_TEXT], found[160];
    number_write(json_number_value(json_object_get(quantity, "value")), number);
    snprintf(found, sizeof found, "%s %.30s of C-peptide that is not said to be stimulated", number, fhir_text(quantity, "unit"));
    problems_warning(b->problems, b->file, b->at.line, b->at.column,
                     "%s has %s; the peak after a meal or glucagon is expected; left out", where, found);
    record_set_doubtful(b->out, ITEM_c_peptide_stimulated_nmol_l, found, "", where);
}

void fhir_read_observation(fhir_bundle *b, const json_t *resource, const char *date, const char *where)
{
    static const char *const pregnancy_status[] = {"82810-3", NULL}, *const breast_feeding_status[] = {"63895-7", NULL};
    bool kept;
    const json_t *code = json_object_get(resource, "code"), *value;
    int item = item_of(code, &kept);
    if (fhir_has_coding(code, "http://loinc.org", pregnancy_status))
        read_pregnancy(b, json_object_get(resource, "valueCodeableConcept"), date, where);
    if (fhir_has_coding(code, "http://loinc.org", breast_feeding_status))
        read_breast_feeding(b, json_object_get(resource, "valueCodeableConcept"), date, where);
    if (item == NO_ITEM) {
        if (is_unstimulated(code)) set_unstimulated(b, json_object_get(resource, "valueQuantity"), where);
        return;
    }
    if (b->is_preliminary && (b->out->items[item].known || b->out->items[item].doubtful)) {
        b->preliminary++;
        return;
    }
    if ((value = json_object_get(resource, "valueBoolean")) && strcmp(record_items[item].unit, RECORD_FLAG) == 0)
        fhir_set_flag(b, item, json_is_true(value), date, date, where);
    else if ((value = json_object_get(resource, "valueQuantity")))
        read_quantity(b, item, kept, value, date, where);
}
