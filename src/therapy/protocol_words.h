/* What a protocol gives, in words: for the plan of a run, its store and its report. */
#ifndef ISLET_THERAPY_PROTOCOL_WORDS_H
#define ISLET_THERAPY_PROTOCOL_WORDS_H

#include "therapy/protocol.h"

#define PROTOCOL_WORDS 512

/* What an arm gets beside cells, immunosuppression and conditioning: an operation or diet, drugs, a placebo, its care of type 2 diabetes,
 * divided by "; ". "" when that is nothing. */
void protocol_beside(const struct islet_protocol *protocol, const protocol_arm *arm, char out[PROTOCOL_WORDS]);

/* What must hold for a course: "hba1c_drop_pct >= 0.5 and ..."; "" when it is always given. */
void protocol_conditions(const cell_course *course, char out[PROTOCOL_WORDS]);

/* Where a course is put, as people say it: "into the portal vein", with the needle's way left open where it is. */
const char *protocol_put(const cell_course *course);

/* Of an arm that is given nothing at all. */
const char *protocol_nothing(const struct islet_protocol *protocol);

/* Arm the others are compared with, and whether it is a control by its role: the last that says so (`control: placebo`, `sham`); else the last that
 * gets nothing which other arms do not get, too. Without either no arm is a control, and the first is compared with. -1: one arm. */
int protocol_compared_with(const struct islet_protocol *protocol, bool *is_control);

#endif
