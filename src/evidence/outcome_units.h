/* Units of published outcomes, between the reader (outcome.c) and the table of them (outcome_units.c). */
#ifndef ISLET_EVIDENCE_OUTCOME_UNITS_H
#define ISLET_EVIDENCE_OUTCOME_UNITS_H

#include "evidence/outcome.h"

/* value of the end point = factor * written + offset; a change and a spread have no offset */
typedef struct {
    const char *endpoint; /* only this one; NULL: any with the unit */
    const char *unit, *written;
    double factor, offset;
} outcome_conversion;

/* The same unit, but for capitals, blanks and spellings? */
bool outcome_unit_is(const char *a, const char *b);

/* The conversion of what is written in another unit than the end point's own; NULL when there is none. A change in per cent of each person's own value
 * has those of no single end point (`any_endpoint`). */
const outcome_conversion *outcome_conversion_find(const outcome_info *endpoint, const char *written, bool any_endpoint);

/* the end point's unit and all that are converted to it */
void outcome_units_list(const outcome_info *endpoint, char out[UNITS_SHOWN]);

/* the end point that a unit belongs to rather, as the end of a message; "" for none */
const char *outcome_unit_elsewhere(const outcome_info *endpoint, const char *written);

#endif
