/* A patient record as a FHIR R4 bundle: JSON read strictly, then resource by resource.
 *
 * First whose bundle it is and its last date, then what each resource says (record_fhir_observation.c, record_fhir_history.c). What is older than its item
 * stays true for is doubtful, what is dated after the bundle was made is left out. Messages name the line where the entry of the bundle begins
 * (record_fhir_text.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/problems.h"
#include "patient/record_fhir.h"

#define ZONES_DAY 2.0 /* dates of one moment differ by less, wherever they were written */

/* The id of another person than the bundle's whom the resource names; NULL if it names none. */
static const char *other_person(const fhir_bundle *b, const json_t *resource)
{
    const json_t *subject = json_object_get(resource, "subject");
    const char *reference = fhir_text(subject ? subject : json_object_get(resource, "patient"), "reference");
    if (!*reference || !b->patient) return NULL;
    const char *slash = strrchr(reference, '/'), *id = slash ? slash + 1 : reference;
    return strcmp(id, b->patient) == 0 || strcmp(reference, b->patient_url) == 0 ? NULL : id;
}

/* For what holds values another person is an error, a stray visit or report is left out. */
static void say_other(fhir_bundle *b, const json_t *resource, const char *id)
{
    const char *type = fhir_text(resource, "resourceType");
    if (strcmp(type, "Observation") != 0 && strcmp(type, "Condition") != 0) b->other_visits++;
    else if (!b->mixed) {
        fhir_error(b, "values of another patient, '%.60s', are in the bundle; one patient is expected; split it", id);
        b->mixed = true;
    }
}

static void read_person(fhir_bundle *b, const json_t *resource)
{
    char name[FHIR_NAME], where[160];
    fhir_name(b, resource, name);
    snprintf(b->out->id, sizeof b->out->id, "%.90s", fhir_text(resource, "id"));
    snprintf(b->birth, sizeof b->birth, "%.10s", fhir_text(resource, "birthDate"));
    b->birth_place = b->at;
    snprintf(b->birth_where, sizeof b->birth_where, "%s birthDate", name);
    if (json_is_true(json_object_get(resource, "deceasedBoolean")) || *fhir_text(resource, "deceasedDateTime")) {
        snprintf(where, sizeof where, "%s deceased %.10s", name, fhir_text(resource, "deceasedDateTime"));
        fhir_set_flag(b, ITEM_deceased, true, "", NULL, where);
    }
    snprintf(where, sizeof where, "%s gender male", name);
    if (strcmp(fhir_text(resource, "gender"), "male") != 0) return;
    fhir_set_flag(b, ITEM_pregnant, false, "", NULL, where);
    fhir_set_flag(b, ITEM_breast_feeding, false, "", NULL, where);
}

/* ---- the bundle ---- */

static void find_person(fhir_bundle *b, const json_t *entries)
{
    size_t i;
    json_t *entry;
    json_array_foreach(entries, i, entry) {
        const json_t *resource = json_object_get(entry, "resource");
        if (strcmp(fhir_text(resource, "resourceType"), "Patient") != 0) continue;
        b->at = b->entries[i];
        if (b->patient && strcmp(b->patient, fhir_text(resource, "id")) != 0) {
            fhir_error(b, "a second patient, '%.60s', is in the bundle; one patient is expected; split it",
                         fhir_text(resource, "id"));
            continue;
        }
        b->patient = fhir_text(resource, "id");
        b->patient_url = fhir_text(entry, "fullUrl");
        read_person(b, resource);
    }
}

static bool is_void(const json_t *resource)
{
    const char *status = fhir_text(resource, "status");
    return strcmp(status, "entered-in-error") == 0 || strcmp(status, "cancelled") == 0;
}

/* Is it dated after it was written down, or after the bundle was made? Of the dates of what happens later nothing is read. */
static bool is_ahead(const fhir_bundle *b, const json_t *resource, const char *date)
{
    const char *made[] = {b->made, fhir_text(resource, "issued"), fhir_text(json_object_get(resource, "meta"), "lastUpdated")};
    if (strcmp(fhir_text(resource, "resourceType"), "Observation") != 0 || !*date) return false;
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        if (*made[i] && FHIR_DAYS_PER_YEAR * fhir_years_between(made[i], date) > ZONES_DAY) return true;
    return false;
}

/* The last date of the bundle, before anything is read, and what is said of resources that will not be. */
static void survey(fhir_bundle *b, const json_t *resource)
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
    fhir_date(resource, date);
    fhir_where(b, resource, where);
    if (is_ahead(b, resource, date))
        problems_warning(b->problems, b->file, b->at.line, b->at.column,
                         "%s lies after the day on which it was recorded or the bundle was made; it is left out; correct the date", where);
    else fhir_note_dates(b, resource, date);
}

static bool may_change(const json_t *resource)
{
    const char *status = fhir_text(resource, "status");
    return strcmp(status, "preliminary") == 0 || strcmp(status, "registered") == 0;
}

/* Preliminary observations are read after all others, and count only for items of which there is nothing else. */
static void read_resource(fhir_bundle *b, const json_t *resource)
{
    const char *type = fhir_text(resource, "resourceType");
    char date[20], where[160];
    if (other_person(b, resource) || is_void(resource)) return;
    fhir_date(resource, date);
    if (is_ahead(b, resource, date)) return;
    fhir_where(b, resource, where);
    if (strcmp(type, "Observation") == 0 && may_change(resource) != b->is_preliminary) return;
    if (strcmp(type, "Observation") != 0 && b->is_preliminary) return;
    if (strcmp(type, "Observation") == 0) fhir_read_observation(b, resource, date, where);
    else if (strcmp(type, "Condition") == 0) fhir_read_condition(b, resource, where);
    else if (strcmp(type, "Procedure") == 0) fhir_read_procedure(b, resource, where);
    else if (strcmp(type, "Encounter") == 0) fhir_read_encounter(b, resource, where);
    else if (strcmp(type, "MedicationRequest") == 0 || strcmp(type, "MedicationStatement") == 0)
        fhir_read_medicine(b, resource, date, where);
}

static void warn(const fhir_bundle *b, int count, const char *what)
{
    if (count > 0) problems_warning(b->problems, b->file, 0, 0, "%s: %d", what, count);
}

static islet_status read_bundle(fhir_bundle *b, const json_t *root, const char *text, size_t length)
{
    size_t i;
    json_t *entry;
    const json_t *entries = json_object_get(root, "entry");
    b->at = (text_place){1, 1};
    if (!json_is_object(root) || strcmp(fhir_text(root, "resourceType"), "Bundle") != 0) {
        fhir_error(b, "the top is %.60s; an object of resourceType Bundle is expected; export a bundle",
                     !json_is_object(root)            ? "no object"
                     : *fhir_text(root, "resourceType") ? fhir_text(root, "resourceType")
                                                      : "an object without resourceType");
        return ISLET_ERR_INPUT;
    }
    if (!json_is_array(entries)) {
        fhir_error(b, "the bundle has no list '%s'; it is required; export the patient's resources", "entry");
        return ISLET_ERR_INPUT;
    }
    b->entries = calloc(json_array_size(entries) + 1, sizeof *b->entries);
    if (!b->entries) return ISLET_ERR_MEMORY;
    fhir_text_entries(text, length, b->entries, json_array_size(entries));
    fhir_note_known(b, fhir_text(root, "timestamp"));
    snprintf(b->made, sizeof b->made, "%.10s", fhir_text(root, "timestamp"));
    if (!*b->made) snprintf(b->made, sizeof b->made, "%.10s", fhir_text(json_object_get(root, "meta"), "lastUpdated"));
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
    fhir_say_unread_medicine(b);
    if (b->errors == 0) fhir_set_years(b, ITEM_age_year, b->birth, b->birth_where, b->birth_place);
    if (b->errors == 0) fhir_set_years(b, ITEM_duration_year, b->onset, b->onset_where, b->onset_place);
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
    fhir_bundle b = {.file = path, .problems = problems, .out = out, .aside = calloc(1, sizeof *b.aside)};
    status = b.aside ? read_bundle(&b, root, text, length) : ISLET_ERR_MEMORY;
    free(b.entries);
    free(b.aside);
    json_decref(root);
    return status;
}
