/* The text of a FHIR bundle, before what it says: limits that hold before anything is allocated, strict JSON, and where its entries begin,
 * since Jansson keeps no positions. */
#ifndef ISLET_PATIENT_RECORD_FHIR_TEXT_H
#define ISLET_PATIENT_RECORD_FHIR_TEXT_H

#include <jansson.h>
#include <stddef.h>

#include "islet.h"

typedef struct {
    int line, column;
} text_place;

/* Untrusted text to JSON, which the caller releases (json_decref); *root is NULL after an error. */
islet_status fhir_text_parse(const char *text, size_t length, const char *file, json_t **root, islet_problems *problems);

/* Places of the first n elements of the list `entry` at the top of text that was parsed. */
void fhir_text_entries(const char *text, size_t length, text_place *out, size_t n);

#endif
