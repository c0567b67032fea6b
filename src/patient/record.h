/* Patient record: what is known of one real person, each value with where it was found; read from YAML, CSV or FHIR.
 *
 * A value is an interval, because laboratories also write "< 0.02". Yes and no are 1 and 0. Two values that cannot both
 * be true are a conflict, which is kept and shown, never resolved by picking one; so are values of two items (record_conflicts.c).
 * A value that was found and cannot be counted on - too old, in a unit nobody knows - is doubtful: not known, and said. */
#ifndef ISLET_PATIENT_RECORD_H
#define ISLET_PATIENT_RECORD_H

#include "patient/population.h"

#define RECORD_MAX_BYTES (16 * 1024 * 1024)
#define RECORD_FLAG "yes/no" /* the unit of items that hold or do not hold */

/* Items of a record: the traits a protocol may require, and what only screening asks for. */
#define RECORD_ITEMS(ENTRY)                                                                                          \
    PATIENT_TRAITS(ENTRY)                                                                                            \
    ENTRY(type_1_diabetes, RECORD_FLAG, 0.0, 1.0, "type 1 diabetes")                                                 \
    ENTRY(impaired_awareness, RECORD_FLAG, 0.0, 1.0, "impaired awareness of hypoglycaemia")                          \
    ENTRY(pregnant, RECORD_FLAG, 0.0, 1.0, "pregnant")                                                               \
    ENTRY(breast_feeding, RECORD_FLAG, 0.0, 1.0, "breast-feeding")                                                   \
    ENTRY(acute_infection, RECORD_FLAG, 0.0, 1.0, "acute infection")                                                 \
    ENTRY(chronic_disease_flare, RECORD_FLAG, 0.0, 1.0, "flare of a chronic disease")                                \
    ENTRY(active_malignancy, RECORD_FLAG, 0.0, 1.0, "active malignancy")                                             \
    ENTRY(past_malignancy, RECORD_FLAG, 0.0, 1.0, "malignancy in the past")                                          \
    ENTRY(type_2_diabetes, RECORD_FLAG, 0.0, 1.0, "type 2 diabetes")                                                 \
    ENTRY(chronic_viral_infection, RECORD_FLAG, 0.0, 1.0, "HIV infection, chronic hepatitis B or C")                 \
    ENTRY(severe_organ_disease, RECORD_FLAG, 0.0, 1.0, "severe disease of heart, lung, liver, kidney or blood")      \
    ENTRY(dialysis, RECORD_FLAG, 0.0, 1.0, "dialysis")                                                               \
    ENTRY(organ_transplant, RECORD_FLAG, 0.0, 1.0, "organ transplant")                                               \
    ENTRY(pancreatectomy, RECORD_FLAG, 0.0, 1.0, "pancreas removed, or planned to be")                               \
    ENTRY(hospice_care, RECORD_FLAG, 0.0, 1.0, "hospice care")                                                       \
    ENTRY(uses_insulin, RECORD_FLAG, 0.0, 1.0, "insulin")                                                            \
    ENTRY(uses_metformin, RECORD_FLAG, 0.0, 1.0, "metformin")                                                        \
    ENTRY(uses_sulfonylurea, RECORD_FLAG, 0.0, 1.0, "a sulfonylurea")                                                \
    ENTRY(uses_dpp4_inhibitor, RECORD_FLAG, 0.0, 1.0, "a DPP-4 inhibitor")                                           \
    ENTRY(uses_glp1_agonist, RECORD_FLAG, 0.0, 1.0, "a GLP-1 receptor agonist")                                      \
    ENTRY(uses_sglt2_inhibitor, RECORD_FLAG, 0.0, 1.0, "an SGLT2 inhibitor")                                         \
    ENTRY(uses_tzd, RECORD_FLAG, 0.0, 1.0, "a thiazolidinedione")                                                    \
    ENTRY(insulin_u_per_day, "U/day", 0.0, 1000.0, "injected insulin a day")                                         \
    ENTRY(deceased, RECORD_FLAG, 0.0, 1.0, "has died")

typedef enum {
#define ITEM_ID(key, unit, low, high, sentence) ITEM_##key,
    RECORD_ITEMS(ITEM_ID)
#undef ITEM_ID
    ITEM_COUNT
} item_id;

typedef struct {
    const char *key, *unit;
    double low, high;
    const char *sentence;
} item_info;

extern const item_info record_items[ITEM_COUNT];
extern const char *const record_item_words[]; /* the keys, NULL-terminated */

typedef struct {
    bool known, conflict, lasting; /* lasting: a fact without a date, which a later date does not replace */
    bool doubtful;                 /* found and not known; `found` says why */
    int conflict_with;             /* item_id; the item itself where two of its own values conflict */
    requirement value;
    char date[20];
    char found[240]; /* the value as found, with its unit; both when they conflict */
    char where[320]; /* file and line, or FHIR resource and date */
} record_value;

typedef struct {
    char id[96];
    record_value items[ITEM_COUNT];
} patient_record;

/* Which row of a CSV file: by number from 1 or by the column `id`; 0 and NULL when there is only one. */
typedef struct {
    int64_t row;
    const char *id;
} record_choice;

/* How a record is written: by the name of the file, or by how the text begins. */
typedef enum { RECORD_YAML, RECORD_CSV, RECORD_FHIR } record_form;
record_form record_form_of(const char *path, const char *text, size_t length);

/* Read one record: ISLET_OK, ISLET_ERR_INPUT or ISLET_ERR_MEMORY. choice NULL checks every row of a CSV file and leaves
 * the last in *out. */
ISLET_CHECK islet_status record_parse(const char *text, size_t length, const char *path, const record_choice *choice,
                                      patient_record *out, islet_problems *problems);

/* ---- for the readers ---- */

typedef struct {
    const char *file;
    int line, column;
    islet_problems *problems;
} record_place;

/* Put the value of `key` (with its unit in the name, or in the text) into the record. False after a message. */
bool record_set_text(patient_record *record, const char *key, const char *text, const char *where, record_place place);

/* Put a measured number in: comparator is '\0', '<' or '>'; date "" when unknown, NULL for a lasting fact. */
bool record_set_number(patient_record *record, item_id item, double value, char comparator, const char *unit,
                       const char *date, const char *where, record_place place);

/* Note that something was found of an item that cannot be counted on, unless there is something as new that can. */
void record_set_doubtful(patient_record *record, item_id item, const char *found, const char *date, const char *where);

/* Values of two items that cannot both be true become conflicts that name both. */
void record_find_conflicts(patient_record *record);

/* A unit in which an item can be written: the item in its own unit is scale * written + shift. */
typedef struct {
    const char *unit;
    double scale, shift, low, high; /* limits of what is written */
} record_unit;

bool record_unit_find(item_id item, const char *unit, record_unit *out); /* false when it is none of the item's */

#define RECORD_UNITS_TEXT 80
void record_units(item_id item, char out[RECORD_UNITS_TEXT]); /* "%, mmol/mol" */

/* Is this a unit in which the item can be written? */
bool record_unit_known(item_id item, const char *unit);
bool record_key_known(const char *key);
const char *const *record_keys(const char *words[64]); /* every key, NULL-terminated, for suggestions */

/* Statuses as record_parse; a record that is refused has its reason among the problems. */
ISLET_CHECK islet_status record_read_yaml(const char *text, size_t length, const char *path, patient_record *out, islet_problems *problems);
ISLET_CHECK islet_status record_read_csv(const char *text, size_t length, const char *path, const record_choice *choice, patient_record *out,
                                         islet_problems *problems);
/* Is one of the columns a patient's? */
bool record_csv_is_one(const char *text, size_t length);
ISLET_CHECK islet_status record_read_fhir(const char *text, size_t length, const char *path, patient_record *out, islet_problems *problems);

#endif
