/* Measure: what a published row would have seen in one simulated person. */
#ifndef ISLET_EVIDENCE_MEASURE_H
#define ISLET_EVIDENCE_MEASURE_H

#include "evidence/outcome.h"
#include "trial/result.h"

/* Why a row cannot be held against a simulation of its arm; NULL when it can. */
const char *measure_refusal(const evidence_row *row);

/* Does the row tell what some people keep as their population has it: body weight after day 0? Those have no value of it then. */
bool measure_is_input(const evidence_row *row);

/* The value of one person, NaN when there is none (dead, withdrawn, not measured). `day` is the row's day as the protocol counts, `visit_day`
 * are the days of the result's visits, among them day 0 and that one; `since` is the visit of the protocol before it, from
 * which events a year are counted. Shares are 0 or 1; of a sign it is the change that the sign is of. */
double measure_person(const evidence_row *row, const patient_result *result, const int *visit_day, int day, int since);

#endif
