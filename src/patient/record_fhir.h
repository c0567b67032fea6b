/* A FHIR bundle while it is read, between the files that read it: record_fhir.c (the bundle), record_fhir_read.c (what resources share),
 * record_fhir_observation.c and record_fhir_history.c. `where` is a resource as messages name it: "Observation/id, date". */
#ifndef ISLET_PATIENT_RECORD_FHIR_H
#define ISLET_PATIENT_RECORD_FHIR_H

#include <jansson.h>
#include <stdbool.h>

#include "patient/record.h"
#include "patient/record_fhir_text.h"

#define FHIR_DAYS_PER_YEAR 365.25

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
} fhir_bundle;

/* ---- record_fhir_read.c ---- */

void fhir_error(fhir_bundle *b, const char *format, const char *what);
/* The text at a key, "" without one; borrowed. */
const char *fhir_text(const json_t *object, const char *key);
/* Has any coding of a CodeableConcept the system (NULL for all) and one of the codes (NULL ends them)? */
bool fhir_has_coding(const json_t *concept, const char *system, const char *const *codes);
/* The date of a resource without its zone, "" when there is none. */
void fhir_date(const json_t *resource, char out[20]);
#define FHIR_NAME 120
/* The resource that is being read: "Condition/id", or by the line of its entry when it has no id: "Condition of line 12". */
void fhir_name(const fhir_bundle *b, const json_t *resource, char out[FHIR_NAME]);
/* .. and its date. */
void fhir_where(const fhir_bundle *b, const json_t *resource, char out[160]);
/* Where what is being read stands, for messages. */
record_place fhir_place(const fhir_bundle *b);
/* Years from one ISO date to another, below 0 when one is no date. */
double fhir_years_between(const char *from, const char *to);
/* Is what was found `since` then too old to hold on the last date? Then it is noted as doubtful. */
bool fhir_set_old(fhir_bundle *b, int item, const char *found, const char *since, const char *date, const char *where);
/* `since`: when it began or was seen, "" when unknown. */
void fhir_set_flag(fhir_bundle *b, int item, bool yes, const char *since, const char *date, const char *where);
/* Something was known on this date. */
void fhir_note_known(fhir_bundle *b, const char *date);
/* Every date of a resource on which something was known; `own` is fhir_date's. */
void fhir_note_dates(fhir_bundle *b, const json_t *resource, const char *own);
/* An item in years, counted from `since` to the last date of the bundle. */
void fhir_set_years(fhir_bundle *b, item_id item, const char *since, const char *where, text_place place);

/* ---- record_fhir_observation.c ---- */

void fhir_read_observation(fhir_bundle *b, const json_t *resource, const char *date, const char *where);

/* ---- record_fhir_history.c ---- */

void fhir_read_condition(fhir_bundle *b, const json_t *resource, const char *where);
void fhir_read_procedure(fhir_bundle *b, const json_t *resource, const char *where);
void fhir_read_encounter(fhir_bundle *b, const json_t *resource, const char *where);
void fhir_read_medicine(fhir_bundle *b, const json_t *resource, const char *date, const char *where);
/* After all resources: a medicine of which only an unknown code is given may be of any class. */
void fhir_say_unread_medicine(fhir_bundle *b);

#endif
