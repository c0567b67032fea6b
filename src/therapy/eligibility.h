/* Eligibility: a patient record against the criteria of a protocol and of the products it gives. */
#ifndef ISLET_THERAPY_ELIGIBILITY_H
#define ISLET_THERAPY_ELIGIBILITY_H

#include "therapy/protocol.h"

typedef enum { RULE_MET, RULE_NOT_MET, RULE_UNKNOWN, RULE_CONFLICT, RULE_NEEDS_JUDGEMENT } rule_state;

/* The state of one criterion. */
rule_state criterion_judge(const criterion *rule, const patient_record *record);

/* Whom the protocol's population holds, as criteria: the type of diabetes, hard bounds of age and time since diagnosis, insulin and drugs.
 * The bounds of the age at diagnosis become those of the time since then at the age of `record`. Without `all` what the protocol or its
 * products ask for themselves is left out. */
void eligibility_population(const struct islet_protocol *protocol, const patient_record *record, bool all, criterion_list *out);

/* ISLET_ERR_INPUT and why, when nobody of the population can be like this patient. */
ISLET_CHECK islet_status eligibility_in_population(const struct islet_protocol *protocol, const patient_record *record,
                                                   islet_problems *problems);

/* Every criterion as a row (see islet_screen) and the state of the patient: what rules out for ever weighs most, then
 * what rules out for now, then what a doctor must decide (a conflict among them), then what is missing. */
ISLET_CHECK islet_status eligibility_screen(const struct islet_protocol *protocol, const patient_record *record,
                                            islet_eligibility *state, islet_table **criteria);

#endif
