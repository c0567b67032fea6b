/* A patient record as a FHIR R4 bundle: JSON read strictly, then resource by resource.
 *
 * Codes: LOINC for measurements, ICD-10(-CM) by prefix and SNOMED CT for conditions, and for what has no
 * code everybody uses, the system urn:islet:item with an item's key as the code. There is no clock here: age and duration
 * are those on the last date of the bundle, which must be one on which something was known: onsets alone say nothing of today.
 * What is older than its item stays true for is doubtful (old_after), what is dated after the bundle was made is left out.
 * Messages name the line where the entry of the bundle begins (record_fhir_text.h). */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "patient/record.h"
#include "patient/record_codes.h"
#include "patient/record_fhir_text.h"

#define OWN_SYSTEM "urn:islet:item"
#define NO_ITEM (-1)
#define DAYS_PER_YEAR_OF_DATES 365.25
#define ZONES_DAY 2.0 /* dates of one moment differ by less, wherever they were written */

typedef struct {
    const char *file;
    islet_problems *problems;
    text_place *entries, at; /* where each entry begins; what is being read */
    patient_record *out, *aside; /* aside: values that are looked at and not kept */
    int errors, in_error, beyond, other_visits, preliminary;
    const json_t *list;      /* the entries, where a medicine may stand apart from its order */
    char unread[160];        /* an order of a medicine that nothing says the class of */
    char made[11];           /* when the bundle was made, "" where it does not say */
    bool mixed; /* that values of several people are in it has been said */
    const char *patient, *patient_url; /* id and fullUrl of the one Patient, NULL without one */
    char last_date[11];
    bool is_preliminary;     /* what is being read may still be changed */
    bool dated; /* one of the dates says when something was known */
    text_place birth_place, onset_place;
    char birth[11], onset[11];
    char birth_where[160], onset_where[160];
} bundle;

static void bundle_error(bundle *b, const char *format, const char *what)
{
    b->errors++;
    problems_error(b->problems, b->file, b->at.line, b->at.column, format, what);
}

/* ---- small readers ---- */

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* Any of the codings of a CodeableConcept that has the system (NULL for all). */
static bool has_coding(const json_t *concept, const char *system, const char *const *codes)
{
    size_t i;
    json_t *coding;
    json_array_foreach(json_object_get(concept, "coding"), i,
                       coding) for (const char *const *code = codes; *code;
                                    code++) if ((!system || strcmp(record_system(text_of(coding, "system")), system) == 0) &&
                                                strcmp(text_of(coding, "code"), *code) == 0) return true;
    return false;
}

/* The date of a resource; "" when there is none. Fills at most 19 characters, without the zone. */
static void date_of(const json_t *resource, char out[20])
{
    static const char *const keys[] = {"effectiveDateTime", "effectiveInstant", "onsetDateTime",
                                       "recordedDate",      "authoredOn",       "issued"};
    static const char *const periods[] = {"effectivePeriod", "onsetPeriod", "period"};
    *out = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !*out; i++) snprintf(out, 20, "%.19s", text_of(resource, keys[i]));
    for (size_t i = 0; i < sizeof periods / sizeof *periods && !*out; i++)
        snprintf(out, 20, "%.19s", text_of(json_object_get(resource, periods[i]), "start"));
}

static void where_of(const json_t *resource, char out[160])
{
    char date[20];
    date_of(resource, date);
    snprintf(out, 160, "%.40s/%.64s%s%.10s", text_of(resource, "resourceType"), text_of(resource, "id"), *date ? ", " : "", date);
}

/* The id of another person than the bundle's whom the resource names; NULL if it names none. */
static const char *other_person(const bundle *b, const json_t *resource)
{
    const json_t *subject = json_object_get(resource, "subject");
    const char *reference = text_of(subject ? subject : json_object_get(resource, "patient"), "reference");
    if (!*reference || !b->patient) return NULL;
    const char *slash = strrchr(reference, '/'), *id = slash ? slash + 1 : reference;
    return strcmp(id, b->patient) == 0 || strcmp(reference, b->patient_url) == 0 ? NULL : id;
}

/* For what holds values another person is an error, a stray visit or report is left out. */
static void say_other(bundle *b, const json_t *resource, const char *id)
{
    const char *type = text_of(resource, "resourceType");
    if (strcmp(type, "Observation") != 0 && strcmp(type, "Condition") != 0) b->other_visits++;
    else if (!b->mixed) {
        bundle_error(b, "values of another patient, '%.60s', are in the bundle; one patient is expected; split it", id);
        b->mixed = true;
    }
}

static record_place place_of(const bundle *b)
{
    return (record_place){b->file, b->at.line, b->at.column, b->problems};
}

/* Years from one ISO date to another, counted in years of 365.25 days; below 0 when one is no date. */
static double years_between(const char *from, const char *to)
{
    const char *texts[] = {from, to};
    double day[2];
    for (int i = 0; i < 2; i++) {
        uint64_t y, m = 7, d = 1; /* a year or a month alone is taken at its middle or beginning */
        size_t n = strlen(texts[i]);
        if (n < 4 || !number_read_u64(texts[i], 4, &y)) return -1.0;
        for (int k = 0; k < 2; k++) { /* number_read_u64 takes no leading zero */
            size_t at = k ? 8 : 5;
            uint64_t *part = k ? &d : &m;
            if (n < at + 2) break;
            bool zero = texts[i][at] == '0';
            if (!number_read_u64(texts[i] + at + zero, zero ? 1 : 2, part)) return -1.0;
        }
        if (m < 1 || m > 12 || d < 1 || d > 31) return -1.0;
        day[i] = DAYS_PER_YEAR_OF_DATES * (double)y + 30.4375 * (double)(m - 1) + (double)d;
    }
    return (day[1] - day[0]) / DAYS_PER_YEAR_OF_DATES;
}

/* How long what was found of an item is taken to hold, in days. Assumed: a pregnancy is over after ten months and an infection after three;
 * HbA1c and doses change within a year, weight and kidneys within two. Items that are not here hold until something else is found. */
static double old_after_day(int item)
{
    switch (item) {
    case ITEM_pregnant: return 305.0;
    case ITEM_acute_infection:
    case ITEM_chronic_disease_flare: return 92.0;
    case ITEM_hba1c_pct:
    case ITEM_fasting_glucose_mg_dl:
    case ITEM_insulin_u_per_kg_day:
    case ITEM_insulin_u_per_day:
    case ITEM_severe_hypo_per_year: return 366.0;
    case ITEM_breast_feeding:
    case ITEM_weight_kg:
    case ITEM_bmi_kg_m2:
    case ITEM_egfr_ml_min_1_73m2:
    case ITEM_c_peptide_stimulated_nmol_l: return 731.0;
    default: return 0.0;
    }
}

/* Is what was true `since` too old to hold on the last date? Then it is noted as doubtful. `date` as for record_set_number. */
static bool set_old(bundle *b, int item, const char *found, const char *since, const char *date, const char *where)
{
    char text[200], days[NUMBER_TEXT];
    const double limit = old_after_day(item);
    if (!(limit > 0.0) || !*since || !(DAYS_PER_YEAR_OF_DATES * years_between(since, b->last_date) > limit)) return false;
    number_write(limit, days);
    snprintf(text, sizeof text, "%.60s since %.10s, more than %s days before the bundle's last date %s", found, since, days, b->last_date);
    record_set_doubtful(b->out, (item_id)item, text, date ? date : since, where);
    return true;
}

/* `since`: when it began or was seen, "" when unknown */
static void set_flag(bundle *b, int item, bool yes, const char *since, const char *date, const char *where)
{
    if (set_old(b, item, yes ? "yes" : "no", since, date, where)) return;
    if (!record_set_number(b->out, (item_id)item, yes, '\0', RECORD_FLAG, date, where, place_of(b))) b->errors++;
}

/* ---- observations ---- */

static int item_of(const json_t *concept, bool *kept)
{
    size_t i;
    json_t *coding;
    item_id item;
    json_array_foreach(json_object_get(concept, "coding"), i,
                       coding) if (strcmp(record_system(text_of(coding, "system")), "http://loinc.org") == 0 &&
                                   record_loinc_item(text_of(coding, "code"), &item, kept)) return (int)item;
    *kept = true;
    for (int k = 0; k < ITEM_COUNT; k++) {
        const char *const codes[] = {record_items[k].key, NULL};
        if (has_coding(concept, OWN_SYSTEM, codes)) return k;
    }
    return NO_ITEM;
}

/* The unit of a quantity; NULL after a message when it has none or two. */
static const char *unit_of(bundle *b, int item, const json_t *quantity, const char *where)
{
    const char *unit = text_of(quantity, "unit"), *code = text_of(quantity, "code");
    char both[200];
    if (!*unit && !*code) {
        bundle_error(b, "%s has no unit; the number could be in several; add the unit", where);
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
            bundle_error(b, "%s for one number; one unit is expected; correct it", both);
            return NULL;
        }
    }
    return code_known ? code : *unit ? unit : code;
}

/* A number in a unit that is none of the item's says nothing, but is said. */
static void set_unread(bundle *b, int item, const json_t *quantity, const char *unit, const char *date, const char *where)
{
    char number[NUMBER_TEXT], found[224], known[RECORD_UNITS_TEXT];
    number_write(json_number_value(json_object_get(quantity, "value")), number);
    record_units((item_id)item, known);
    snprintf(found, sizeof found, "%s '%.30s', which is none of its units: %s", number, unit, known);
    problems_warning(b->problems, b->file, b->at.line, b->at.column, "%s has %s; left out; convert it", where, found);
    record_set_doubtful(b->out, (item_id)item, found, date, where);
}

static void read_quantity(bundle *b, int item, bool kept, const json_t *quantity, const char *date, const char *where)
{
    const json_t *value = json_object_get(quantity, "value");
    const char *comparator = text_of(quantity, "comparator"), *unit;
    char number[NUMBER_TEXT], found[80];
    if (!json_is_number(value)) {
        bundle_error(b, "%s has no number as its value; a number is expected; correct it", where);
        return;
    }
    if (!(unit = unit_of(b, item, quantity, where))) return;
    if (!record_unit_known((item_id)item, unit)) {
        if (kept) set_unread(b, item, quantity, unit, date, where);
        return;
    }
    number_write(json_number_value(value), number);
    snprintf(found, sizeof found, "%.2s%s %.20s", comparator, number, unit);
    if (kept && set_old(b, item, found, date, date, where)) return;
    if (*comparator) b->beyond++;
    if (!kept) b->aside->items[item] = (record_value){.known = false};
    if (!record_set_number(kept ? b->out : b->aside, (item_id)item, json_number_value(value), *comparator, unit, date,
                           where, place_of(b)))
        b->errors++;
}

static void read_pregnancy(bundle *b, const json_t *value, const char *date, const char *where)
{
    static const char *const yes[] = {"77386006", NULL}, *const no[] = {"60001007", NULL};
    if (has_coding(value, NULL, yes)) set_flag(b, ITEM_pregnant, true, date, date, where);
    if (has_coding(value, NULL, no)) set_flag(b, ITEM_pregnant, false, date, date, where);
}

/* LOINC answers or SNOMED CT qualifiers */
static void read_breast_feeding(bundle *b, const json_t *value, const char *date, const char *where)
{
    static const char *const yes[] = {"LA33-6", "LA29252-6", "373066001", "413712001", NULL}, *const no[] = {
                                                                                                  "LA32-8", "LA29253-4",
                                                                                                  "373067005", NULL};
    if (has_coding(value, NULL, yes)) set_flag(b, ITEM_breast_feeding, true, date, date, where);
    if (has_coding(value, NULL, no)) set_flag(b, ITEM_breast_feeding, false, date, date, where);
}

static bool is_unstimulated(const json_t *code)
{
    size_t i;
    json_t *coding;
    json_array_foreach(json_object_get(code, "coding"), i, coding)
        if (strcmp(record_system(text_of(coding, "system")), "http://loinc.org") == 0 &&
            record_loinc_unstimulated(text_of(coding, "code"))) return true;
    return false;
}

/* It takes nothing away from one that is stimulated, whatever their dates. */
static void set_unstimulated(bundle *b, const json_t *quantity, const char *where)
{
    char number[NUMBER_TEXT], found[160];
    number_write(json_number_value(json_object_get(quantity, "value")), number);
    snprintf(found, sizeof found, "%s %.30s of C-peptide that is not said to be stimulated", number, text_of(quantity, "unit"));
    problems_warning(b->problems, b->file, b->at.line, b->at.column,
                     "%s has %s; the peak after a meal or glucagon is expected; left out", where, found);
    record_set_doubtful(b->out, ITEM_c_peptide_stimulated_nmol_l, found, "", where);
}

static void read_observation(bundle *b, const json_t *resource, const char *date, const char *where)
{
    static const char *const pregnancy_status[] = {"82810-3", NULL}, *const breast_feeding_status[] = {"63895-7", NULL};
    bool kept;
    const json_t *code = json_object_get(resource, "code"), *value;
    int item = item_of(code, &kept);
    if (has_coding(code, "http://loinc.org", pregnancy_status))
        read_pregnancy(b, json_object_get(resource, "valueCodeableConcept"), date, where);
    if (has_coding(code, "http://loinc.org", breast_feeding_status))
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
        set_flag(b, item, json_is_true(value), date, date, where);
    else if ((value = json_object_get(resource, "valueQuantity")))
        read_quantity(b, item, kept, value, date, where);
}

/* ---- conditions, encounters, the person ---- */

static bool holds_now(const json_t *resource)
{
    static const char *const over[] = {"inactive", "remission", "resolved", NULL}, *const wrong[] = {"refuted",
                                                                                                     "entered-in-error",
                                                                                                     NULL};
    return !has_coding(json_object_get(resource, "clinicalStatus"), NULL, over) &&
           !json_object_get(resource, "abatementDateTime") && !json_object_get(resource, "abatementPeriod") &&
           !has_coding(json_object_get(resource, "verificationStatus"), NULL, wrong);
}

/* Every item that a code of the concept means; true if one of them is a diabetes. */
static bool set_coded(bundle *b, const json_t *concept, const char *since, const char *where)
{
    size_t i;
    json_t *coding;
    bool diabetes = false;
    json_array_foreach(json_object_get(concept, "coding"), i, coding) {
        int next = 0;
        item_id item;
        bool value;
        while (record_code_item(record_system(text_of(coding, "system")), text_of(coding, "code"), &next, &item, &value)) {
            set_flag(b, (int)item, value, since, NULL, where);
            diabetes = diabetes || item == ITEM_type_1_diabetes || item == ITEM_type_2_diabetes;
        }
    }
    return diabetes;
}

static void read_condition(bundle *b, const json_t *resource, const char *where)
{
    char onset[20], since[20];
    snprintf(onset, sizeof onset, "%.10s", text_of(resource, "onsetDateTime"));
    if (!*onset) snprintf(onset, sizeof onset, "%.10s", text_of(json_object_get(resource, "onsetPeriod"), "start"));
    snprintf(since, sizeof since, "%.10s", *onset ? onset : text_of(resource, "recordedDate"));
    if (!holds_now(resource) || !set_coded(b, json_object_get(resource, "code"), since, where)) return;
    if (!*onset || (*b->onset && strcmp(b->onset, onset) <= 0)) return; /* the earliest onset counts */
    memcpy(b->onset, onset, sizeof b->onset);
    b->onset_place = b->at;
    snprintf(b->onset_where, sizeof b->onset_where, "Condition/%.64s onset", text_of(resource, "id"));
}

/* What was done and is not undone: removal of the pancreas, transplants, dialysis. */
static void read_procedure(bundle *b, const json_t *resource, const char *where)
{
    if (strcmp(text_of(resource, "status"), "completed") == 0 || strcmp(text_of(resource, "status"), "in-progress") == 0)
        set_coded(b, json_object_get(resource, "code"), "", where);
}

/* ---- medicines ---- */

/* Every class that a concept says, by code or by name. *named: there was something to go by, if only that it is another medicine. */
static bool set_classes(bundle *b, const json_t *concept, const char *date, const char *where, bool *named)
{
    size_t i;
    json_t *coding;
    item_id item;
    bool found = false;
    const char *text = text_of(concept, "text");
    json_array_foreach(json_object_get(concept, "coding"), i, coding) {
        const char *system = record_system(text_of(coding, "system")), *code = text_of(coding, "code"), *name = text_of(coding, "display");
        for (int next = 0; record_medicine_item(system, code, &next, &item); found = true) set_flag(b, (int)item, true, "", date, where);
        for (int next = 0; record_medicine_named(name, &next, &item); found = true) set_flag(b, (int)item, true, "", date, where);
        *named = *named || *name || record_medicine_is_other(system, code);
    }
    for (int next = 0; record_medicine_named(text, &next, &item); found = true) set_flag(b, (int)item, true, "", date, where);
    *named = *named || *text;
    return found;
}

/* The medicine that an order points to: in the order itself, or an entry of the bundle. NULL when it is not there. */
static const json_t *medicine_of(const bundle *b, const json_t *order, const char *reference)
{
    size_t i;
    const json_t *one;
    char own[100];
    json_array_foreach(json_object_get(order, "contained"), i, one)
        if (*reference == '#' && strcmp(text_of(one, "id"), reference + 1) == 0) return json_object_get(one, "code");
    json_array_foreach(b->list, i, one) {
        const json_t *resource = json_object_get(one, "resource");
        if (strcmp(text_of(resource, "resourceType"), "Medication") != 0) continue;
        snprintf(own, sizeof own, "Medication/%.80s", text_of(resource, "id"));
        if (strcmp(reference, own) == 0 || (*reference && strcmp(reference, text_of(one, "fullUrl")) == 0))
            return json_object_get(resource, "code");
    }
    return NULL;
}

/* What is being taken: orders and statements that are active. What was ended says nothing about another order of the same medicine. */
static void read_medicine(bundle *b, const json_t *resource, const char *date, const char *where)
{
    static const char *const plans[] = {"proposal", "plan", "option"}; /* not ordered, perhaps never taken */
    if (strcmp(text_of(resource, "status"), "active") != 0 || json_is_true(json_object_get(resource, "doNotPerform"))) return;
    for (size_t k = 0; k < sizeof plans / sizeof *plans; k++)
        if (strcmp(text_of(resource, "intent"), plans[k]) == 0) return;
    const json_t *concept = json_object_get(resource, "medicationCodeableConcept"), *to = json_object_get(resource, "medicationReference");
    bool named = false;
    item_id item;
    bool found = set_classes(b, concept ? concept : medicine_of(b, resource, text_of(to, "reference")), date, where, &named);
    for (int next = 0; record_medicine_named(text_of(to, "display"), &next, &item); found = true)
        set_flag(b, (int)item, true, "", date, where);
    if (!found && !named && !*text_of(to, "display")) snprintf(b->unread, sizeof b->unread, "%s", where);
}

/* A medicine of which only a code is given that is not in the tables may be of any class: none of them is absent then. */
static void say_unread_medicine(bundle *b)
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

static void read_encounter(bundle *b, const json_t *resource, const char *where)
{
    static const char *const hospice[] = {"428361000124107", "428371000124100", "385763009", NULL};
    const json_t *disposition = json_object_get(json_object_get(resource, "hospitalization"), "dischargeDisposition");
    if (has_coding(disposition, NULL, hospice)) set_flag(b, ITEM_hospice_care, true, "", NULL, where);
}

static void read_person(bundle *b, const json_t *resource)
{
    char where[160];
    snprintf(b->out->id, sizeof b->out->id, "%.90s", text_of(resource, "id"));
    snprintf(b->birth, sizeof b->birth, "%.10s", text_of(resource, "birthDate"));
    b->birth_place = b->at;
    snprintf(b->birth_where, sizeof b->birth_where, "Patient/%.64s birthDate", text_of(resource, "id"));
    if (json_is_true(json_object_get(resource, "deceasedBoolean")) || *text_of(resource, "deceasedDateTime")) {
        snprintf(where, sizeof where, "Patient/%.64s deceased %.10s", text_of(resource, "id"), text_of(resource, "deceasedDateTime"));
        set_flag(b, ITEM_deceased, true, "", NULL, where);
    }
    snprintf(where, sizeof where, "Patient/%.64s gender male", text_of(resource, "id"));
    if (strcmp(text_of(resource, "gender"), "male") != 0) return;
    set_flag(b, ITEM_pregnant, false, "", NULL, where);
    set_flag(b, ITEM_breast_feeding, false, "", NULL, where);
}

/* ---- dates ---- */

static void note_date(bundle *b, const char *date)
{
    if (strlen(date) >= 10 && strncmp(date, b->last_date, 10) > 0) snprintf(b->last_date, sizeof b->last_date, "%.10s", date);
}

static void note_known(bundle *b, const char *date)
{
    note_date(b, date);
    b->dated = b->dated || strlen(date) >= 10;
}

/* The resource's own date, and every one on which something was known: measured, seen, written down, ordered, done. What is only planned (an
 * appointment, an order's day) or covered (an insurance) says nothing of today, nor does the end of a period. */
static void note_dates(bundle *b, const json_t *resource, const char *own)
{
    static const char *const plans[] = {"Appointment", "CarePlan", "Coverage", "Goal"};
    static const char *const dates[] = {
        "effectiveDateTime", "effectiveInstant",  "recordedDate", "authoredOn", "issued",
        "dateAsserted",      "performedDateTime", "date",         "created"};
    static const char *const periods[] = {"effectivePeriod", "performedPeriod", "period"};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (strcmp(text_of(resource, "resourceType"), plans[i]) == 0) return;
    note_date(b, own);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) note_known(b, text_of(resource, dates[i]));
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        note_known(b, text_of(json_object_get(resource, periods[i]), "start"));
}

/* Age and duration on the last date of the bundle. */
static void set_years(bundle *b, item_id item, const char *since, const char *where, text_place place)
{
    char at[240];
    if (!*since || b->out->items[item].known) return;
    b->at = place;
    if (!b->dated) {
        problems_warning(b->problems, b->file, place.line, place.column,
                         "%s is not known: the bundle has %s and no date on which anything was recorded; a date is expected to count to; "
                         "add the bundle's timestamp, or recordedDate and effectiveDateTime to its resources",
                         record_items[item].key, where);
        return;
    }
    double years = years_between(since, b->last_date);
    if (years < 0.0) {
        bundle_error(b, "%s is no date before the bundle's last; YYYY-MM-DD is expected; correct it", where);
        return;
    }
    snprintf(at, sizeof at, "%s %s, counted to the bundle's last date %s", where, since, b->last_date);
    years = (double)(int)(years * 10.0) / 10.0;
    if (!record_set_number(b->out, item, years, '\0', "year", "", at, place_of(b))) b->errors++;
}

/* ---- the bundle ---- */

static void find_person(bundle *b, const json_t *entries)
{
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry) {
        const json_t *resource = json_object_get(entry, "resource");
        if (strcmp(text_of(resource, "resourceType"), "Patient") != 0) continue;
        b->at = b->entries[i];
        if (b->patient && strcmp(b->patient, text_of(resource, "id")) != 0) {
            bundle_error(b, "a second patient, '%.60s', is in the bundle; one patient is expected; split it",
                         text_of(resource, "id"));
            continue;
        }
        b->patient = text_of(resource, "id");
        b->patient_url = text_of(entry, "fullUrl");
        read_person(b, resource);
    }
}

static bool is_void(const json_t *resource)
{
    const char *status = text_of(resource, "status");
    return strcmp(status, "entered-in-error") == 0 || strcmp(status, "cancelled") == 0;
}

/* Is it dated after it was written down, or after the bundle was made? Of the dates of what happens later nothing is read. */
static bool is_ahead(const bundle *b, const json_t *resource, const char *date)
{
    const char *made[] = {b->made, text_of(resource, "issued"), text_of(json_object_get(resource, "meta"), "lastUpdated")};
    if (strcmp(text_of(resource, "resourceType"), "Observation") != 0 || !*date) return false;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (*made[i] && DAYS_PER_YEAR_OF_DATES * years_between(made[i], date) > ZONES_DAY) return true;
    return false;
}

/* The last date of the bundle, before anything is read, and what is said of resources that will not be. */
static void survey(bundle *b, const json_t *resource)
{
    char date[20], where[160];
    const char *other = other_person(b, resource);
    if (other) {
        say_other(b, resource, other);
        return;
    }
    if (is_void(resource)) {
        b->in_error++;
        return;
    }
    date_of(resource, date);
    where_of(resource, where);
    if (is_ahead(b, resource, date))
        problems_warning(b->problems, b->file, b->at.line, b->at.column,
                         "%s lies after the day on which it was recorded or the bundle was made; it is left out; correct the date", where);
    else note_dates(b, resource, date);
}

static bool may_change(const json_t *resource)
{
    const char *status = text_of(resource, "status");
    return strcmp(status, "preliminary") == 0 || strcmp(status, "registered") == 0;
}

/* Preliminary observations are read after all others, and count only for items of which there is nothing else. */
static void read_resource(bundle *b, const json_t *resource)
{
    const char *type = text_of(resource, "resourceType");
    char date[20], where[160];
    if (other_person(b, resource) || is_void(resource)) return;
    date_of(resource, date);
    if (is_ahead(b, resource, date)) return;
    where_of(resource, where);
    if (strcmp(type, "Observation") == 0 && may_change(resource) != b->is_preliminary) return;
    if (strcmp(type, "Observation") != 0 && b->is_preliminary) return;
    if (strcmp(type, "Observation") == 0) read_observation(b, resource, date, where);
    else if (strcmp(type, "Condition") == 0) read_condition(b, resource, where);
    else if (strcmp(type, "Procedure") == 0) read_procedure(b, resource, where);
    else if (strcmp(type, "Encounter") == 0) read_encounter(b, resource, where);
    else if (strcmp(type, "MedicationRequest") == 0 || strcmp(type, "MedicationStatement") == 0)
        read_medicine(b, resource, date, where);
}

static void warn(const bundle *b, int count, const char *what)
{
    if (count > 0) problems_warning(b->problems, b->file, 0, 0, "%s: %d", what, count);
}

static islet_status read_bundle(bundle *b, const json_t *root, const char *text, size_t length)
{
    size_t i;
    json_t *entry;
    const json_t *entries = json_object_get(root, "entry");
    b->at = (text_place){1, 1};
    if (!json_is_object(root) || strcmp(text_of(root, "resourceType"), "Bundle") != 0) {
        bundle_error(b, "the top is %.60s; an object of resourceType Bundle is expected; export a bundle",
                     !json_is_object(root)            ? "no object"
                     : *text_of(root, "resourceType") ? text_of(root, "resourceType")
                                                      : "an object without resourceType");
        return ISLET_ERR_INPUT;
    }
    if (!json_is_array(entries)) {
        bundle_error(b, "the bundle has no list '%s'; it is required; export the patient's resources", "entry");
        return ISLET_ERR_INPUT;
    }
    b->entries = calloc(json_array_size(entries) + 1, sizeof *b->entries);
    if (!b->entries) return ISLET_ERR_MEMORY;
    fhir_text_entries(text, length, b->entries, json_array_size(entries));
    note_known(b, text_of(root, "timestamp"));
    snprintf(b->made, sizeof b->made, "%.10s", text_of(root, "timestamp"));
    if (!*b->made) snprintf(b->made, sizeof b->made, "%.10s", text_of(json_object_get(root, "meta"), "lastUpdated"));
    b->list = entries;
    find_person(b, entries);
    json_array_foreach(entries, i, entry) {
        b->at = b->entries[i];
        survey(b, json_object_get(entry, "resource"));
    }
    for (int pass = 0; pass < 2; pass++) {
        b->is_preliminary = pass == 1;
        json_array_foreach(entries, i, entry) {
            b->at = b->entries[i];
            read_resource(b, json_object_get(entry, "resource"));
        }
    }
    say_unread_medicine(b);
    if (b->errors == 0) set_years(b, ITEM_age_year, b->birth, b->birth_where, b->birth_place);
    if (b->errors == 0) set_years(b, ITEM_duration_year, b->onset, b->onset_where, b->onset_place);
    if (!b->patient) problems_warning(b->problems, b->file, 0, 0, "the bundle has no Patient; age and sex are not known from it");
    warn(b, b->in_error, "left out, because entered in error or cancelled");
    warn(b, b->preliminary, "preliminary values left out, because a final one is there");
    warn(b, b->beyond, "values given as above or below a limit, kept as such");
    warn(b, b->other_visits, "left out, because they name another person than the bundle's Patient");
    return b->errors == 0 ? ISLET_OK : ISLET_ERR_INPUT;
}

islet_status record_read_fhir(const char *text, size_t length, const char *path, patient_record *out, islet_problems *problems)
{
    json_t *root;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    islet_status status = fhir_text_parse(text, length, path, &root, problems);
    if (status != ISLET_OK) return status;
    bundle b = {.file = path, .problems = problems, .out = out, .aside = calloc(1, sizeof *b.aside)};
    status = b.aside ? read_bundle(&b, root, text, length) : ISLET_ERR_MEMORY;
    free(b.entries);
    free(b.aside);
    json_decref(root);
    return status;
}
