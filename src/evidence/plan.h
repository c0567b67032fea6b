/* What a simulation of bound rows would do, without simulating anything. */
#ifndef ISLET_EVIDENCE_PLAN_H
#define ISLET_EVIDENCE_PLAN_H

#include "evidence/expressed.h"

/* One row a protocol that rows are bound to: protocol, arms, rows, people (in every arm), draws (simulated again, with
 * draw_people), patient_days of all of it. */
ISLET_CHECK islet_status expressed_plan(const expressed *trials, int64_t people, int draws, int64_t draw_people, islet_table **out);

#endif
