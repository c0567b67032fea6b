/* Checks of evidence rows against each other. */
#ifndef ISLET_EVIDENCE_OUTCOME_CHECK_H
#define ISLET_EVIDENCE_OUTCOME_CHECK_H

#include "evidence/outcome.h"

/* Facts stand once, an arm is the same in all its rows, parts are not more than their arm, and no cohort stands on both
 * sides of the split unless evidence_split_reason names it. False after messages. */
bool outcome_check_together(const evidence_rows *rows, islet_problems *problems);

#endif
