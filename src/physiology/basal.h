/* Basal state: the steady state in which every public subject is kept by its basal insulin alone. */
#ifndef ISLET_PHYSIOLOGY_BASAL_H
#define ISLET_PHYSIOLOGY_BASAL_H

#include <stdbool.h>

#include "physiology/kernel.h"

/* States at basal insulin from a pump, or from a long-acting depot in its own steady state. Without secretion and
 * with counter-regulation silent every derivative is 0 (the public file's identities). */
void basal_state(const kinetics *k, bool from_depot, double out[MINUTE_STATES]);

/* Put one person's constants and states into a lane; events and sums start at 0. */
void basal_lane(const kinetics *k, const double x[MINUTE_STATES], lane_group *group, int lane);

/* Uptake rises in hypoglycaemia from this glucose down, not from the lane's own basal glucose. */
void basal_set_hypo_threshold(lane_group *group, int lane, double glucose_mg_dl);

#endif
