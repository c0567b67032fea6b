/* Evidence rows as a table of text. */
#ifndef ISLET_EVIDENCE_OUTCOME_TABLE_H
#define ISLET_EVIDENCE_OUTCOME_TABLE_H

#include "islet.h"

/* The shipped rows, or those of a file, with the numbers in the unit of the end point. */
ISLET_CHECK islet_status outcome_table(const char *path, islet_table **out, islet_problems *problems);

#endif
