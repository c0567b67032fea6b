/* Codes of electronic records for the yes-or-no items of a patient: conditions and procedures that hold. */
#ifndef ISLET_PATIENT_RECORD_CODES_H
#define ISLET_PATIENT_RECORD_CODES_H

#include "patient/record.h"

/* A code means one item, yes or no. Systems are FHIR's URIs. Codes that mean two items are met twice: begin with *next = 0, go on
 * until false. */
bool record_code_item(const char *system, const char *code, int *next, item_id *item, bool *value);

/* ATC or RxNorm code of a medicine that lowers glucose; one of two classes is met twice, as above. */
bool record_medicine_item(const char *system, const char *code, int *next, item_id *item);

/* LOINC code of a measured item; *kept is false for glucose that was not fasting, whose unit is checked and no more. */
bool record_loinc_item(const char *code, item_id *item, bool *kept);

/* Each class that a medicine's name says, as above. */
bool record_medicine_named(const char *name, int *next, item_id *item);

/* Does the code say that it is no drug for diabetes? */
bool record_medicine_is_other(const char *system, const char *code);

/* Is it a C-peptide that is not said to be stimulated? */
bool record_loinc_unstimulated(const char *code);

/* The address of a coding system that may be given as an OID. */
const char *record_system(const char *system);

#endif
