/* Comparators that are no cells: dietary advice, a lifestyle programme, a weight-loss programme, bypass surgery.
 *
 *   diet            advice as control arms get it (Look AHEAD, Finnish DPS): a kilogram in a year
 *   lifestyle       a programme with dietitians: a smaller intake, most of it given up within a year. Newly found people in
 *                   the first months of UKPDS, and the intensive arms of Look AHEAD and DPP
 *   weight_loss     a total diet replacement for 84 days, food back over 42, then a smaller intake that is given up slowly:
 *                   DiRECT's programme (825 to 853 kcal a day for 12 to 20 weeks) with the share done that a person manages
 *   bypass_surgery  smaller intake for good, much smaller at first, and a stronger incretin effect of meals
 * Remission is not in here: it follows from weight, sensitivity and the recovery of native cells, or it does not. */
#ifndef ISLET_PHYSIOLOGY_COMPARATOR_H
#define ISLET_PHYSIOLOGY_COMPARATOR_H

#include "patient/person.h"
#include "therapy/protocol.h"

/* Intake prescribed `day` days after the start, over that at enrolment, as this person does it; 1 for none. */
double comparator_eaten_frac(const params *params, comparator_kind kind, const person *who, int day);

/* Factor on secretion while a meal is absorbed: Ra, mg/kg/min. */
double comparator_incretin_factor(const params *params, comparator_kind kind, double appearance_mg_kg_min);

#endif
