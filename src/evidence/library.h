/* The other tables of data/evidence: pooled results and their inputs, claims, parameters, and the rows as collected. Each is
 * text, checked column by column; what computes with them takes the cells. */
#ifndef ISLET_EVIDENCE_LIBRARY_H
#define ISLET_EVIDENCE_LIBRARY_H

#include "islet.h"

/* The shipped table `name` (islet_evidence_names), or, with a path, a file of the same format. Every column must be there
 * and every cell be what its column says. ISLET_ERR_UNKNOWN_NAME for another name. */
ISLET_CHECK islet_status library_table(const char *name, const char *path, islet_table **out, islet_problems *problems);

/* Name of the table whose first columns a text begins with; NULL when it is none's. */
const char *library_kind(const char *text, size_t size);

#endif
