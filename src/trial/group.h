/* Group: LANE_GROUP people, each in an arm, through all their days. Arms of one person side by side eat together. */
#ifndef ISLET_TRIAL_GROUP_H
#define ISLET_TRIAL_GROUP_H

#include "trial/lane.h"

#define VISIT_WINDOW_DAYS 14 /* of sensor readings and doses before a visit: what it reports of them */

typedef struct {
    lane_group minute;            /* the kernel's side */
    lane lanes[LANE_GROUP];       /* the rest of each person */
    glucose_profile *profile[LANE_GROUP]; /* where each lane's last 14 days are counted */
    int n_people;                 /* lanes in use; the others repeat the first and are not reported */
    int next_event_minute[LANE_GROUP]; /* of each lane's plan today */
    bool all_type1;
} group;

/* Put people at the start of the run-in, in their basal state, under ordinary care. Tally, events and visits of each
 * lane must already point to buffers. */
void group_start(const run_plan *run, group *group);

/* From the first day of the run-in up to day 0. False when the run was stopped: what the group holds is then of no use. */
bool group_run_in(const run_plan *run, group *group);

/* From day 0 to the end of follow-up in the lanes' arms. False when stopped. */
bool group_follow_up(const run_plan *run, group *group);

/* Measure what a visit on `day` measures; called by group_follow_up at 07:00. (visit.c) */
void visit_measure(const run_plan *run, group *group, int visit, int day);

/* Weight, metabolism and what follows from them, into a visit's values. (visit_metabolism.c) */
void visit_record_metabolism(const run_plan *run, const lane *lane, const lane_group *minute, int l, double *out);

#endif
