/* What all resources of a FHIR bundle share: codes, dates, places for messages, and how long what was seen is taken to hold.
 *
 * There is no clock here: age and duration are those on the last date of the bundle, which must be one on which something was known: onsets alone say
 * nothing of today. */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "patient/record_codes.h"
#include "patient/record_fhir.h"

void fhir_error(fhir_bundle *b, const char *format, const char *what)
{
    b->errors++;
    problems_error(b->problems, b->file, b->at.line, b->at.column, format, what);
}

const char *fhir_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

/* Any of the codings of a CodeableConcept that has the system (NULL for all). */
bool fhir_has_coding(const json_t *concept, const char *system, const char *const *codes)
{
    size_t i;
    json_t *coding;
    json_array_foreach(json_object_get(concept, "coding"), i,
                       coding) for (const char *const *code = codes; *code;
                                    code++) if ((!system || strcmp(record_system(fhir_text(coding, "system")), system) == 0) &&
                                                strcmp(fhir_text(coding, "code"), *code) == 0) return true;
    return false;
}

/* The date of a resource; "" when there is none. Fills at most 19 characters, without the zone. */
void fhir_date(const json_t *resource, char out[20])
{
    static const char *const keys[] = {"effectiveDateTime", "effectiveInstant", "onsetDateTime",
                                       "recordedDate",      "authoredOn",       "issued"};
    static const char *const periods[] = {"effectivePeriod", "onsetPeriod", "period"};
    *out = '\0';
    for (size_t i = 0; i < sizeof keys / sizeof *keys && !*out; i++) snprintf(out, 20, "%.19s", fhir_text(resource, keys[i]));
    for (size_t i = 0; i < sizeof periods / sizeof *periods && !*out; i++)
        snprintf(out, 20, "%.19s", fhir_text(json_object_get(resource, periods[i]), "start"));
}

void fhir_name(const fhir_bundle *b, const json_t *resource, char out[FHIR_NAME])
{
    const char *type = fhir_text(resource, "resourceType"), *id = fhir_text(resource, "id");
    if (*id) snprintf(out, FHIR_NAME, "%.40s/%.64s", type, id);
    else snprintf(out, FHIR_NAME, "%.40s of line %d", type, b->at.line);
}

void fhir_where(const fhir_bundle *b, const json_t *resource, char out[160])
{
    char name[FHIR_NAME], date[20];
    fhir_name(b, resource, name);
    fhir_date(resource, date);
    snprintf(out, 160, "%s%s%.10s", name, *date ? ", " : "", date);
}

record_place fhir_place(const fhir_bundle *b)
{
    return (record_place){b->file, b->at.line, b->at.column, b->problems};
}

/* ---- dates and what is too old ---- */

/* Years from one ISO date to another, counted in years of 365.25 days; below 0 when one is no date. */
double fhir_years_between(const char *from, const char *to)
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
        day[i] = FHIR_DAYS_PER_YEAR * (double)y + 30.4375 * (double)(m - 1) + (double)d;
    }
    return (day[1] - day[0]) / FHIR_DAYS_PER_YEAR;
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
bool fhir_set_old(fhir_bundle *b, int item, const char *found, const char *since, const char *date, const char *where)
{
    char text[200], days[NUMBER_TEXT];
    const double limit = old_after_day(item);
    if (!(limit > 0.0) || !*since || !(FHIR_DAYS_PER_YEAR * fhir_years_between(since, b->last_date) > limit)) return false;
    number_write(limit, days);
    snprintf(text, sizeof text, "%.60s since %.10s, more than %s days before the bundle's last date %s", found, since, days, b->last_date);
    record_set_doubtful(b->out, (item_id)item, text, date ? date : since, where);
    return true;
}

/* `since`: when it began or was seen, "" when unknown */
void fhir_set_flag(fhir_bundle *b, int item, bool yes, const char *since, const char *date, const char *where)
{
    if (fhir_set_old(b, item, yes ? "yes" : "no", since, date, where)) return;
    if (!record_set_number(b->out, (item_id)item, yes, '\0', RECORD_FLAG, date, where, fhir_place(b))) b->errors++;
}

/* ---- the last date of a bundle, and years up to it ---- */

static void note_date(fhir_bundle *b, const char *date)
{
    if (strlen(date) >= 10 && strncmp(date, b->last_date, 10) > 0) snprintf(b->last_date, sizeof b->last_date, "%.10s", date);
}

void fhir_note_known(fhir_bundle *b, const char *date)
{
    note_date(b, date);
    b->dated = b->dated || strlen(date) >= 10;
}

/* The resource's own date, and every one on which something was known: measured, seen, written down, ordered, done. What is only planned (an
 * appointment, an order's day) or covered (an insurance) says nothing of today, nor does the end of a period. */
void fhir_note_dates(fhir_bundle *b, const json_t *resource, const char *own)
{
    static const char *const plans[] = {"Appointment", "CarePlan", "Coverage", "Goal"};
    static const char *const dates[] = {
        "effectiveDateTime", "effectiveInstant",  "recordedDate", "authoredOn", "issued",
        "dateAsserted",      "performedDateTime", "date",         "created"};
    static const char *const periods[] = {"effectivePeriod", "performedPeriod", "period"};
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++)
        if (strcmp(fhir_text(resource, "resourceType"), plans[i]) == 0) return;
    note_date(b, own);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) fhir_note_known(b, fhir_text(resource, dates[i]));
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        fhir_note_known(b, fhir_text(json_object_get(resource, periods[i]), "start"));
}

/* Age and duration on the last date of the bundle. */
void fhir_set_years(fhir_bundle *b, item_id item, const char *since, const char *where, text_place place)
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
    double years = fhir_years_between(since, b->last_date);
    if (years < 0.0) {
        fhir_error(b, "%s is no date before the bundle's last; YYYY-MM-DD is expected; correct it", where);
        return;
    }
    snprintf(at, sizeof at, "%s %s, counted to the bundle's last date %s", where, since, b->last_date);
    years = (double)(int)(years * 10.0) / 10.0;
    if (!record_set_number(b->out, item, years, '\0', "year", "", at, fhir_place(b))) b->errors++;
}
