/* Workload: the 30 public subjects living ordinary days, for benchmarks and for tests against reference solvers.
 *
 * Three meals a day with their doses, basal insulin by pump or from a long-acting depot; a third of the people carry a
 * portal graft, a third a subcutaneous one, each with less injected insulin. So every equation of the minute block
 * takes part. A day is a function of (person, day) alone. */
#ifndef ISLET_TRIAL_WORKLOAD_H
#define ISLET_TRIAL_WORKLOAD_H

#include <stdbool.h>

#include "base/units.h"
#include "patient/subject.h"
#include "physiology/kernel.h"

#define WORKLOAD_EVENTS 7 /* a day: three meals, three doses at their own minute, one long-acting dose */

typedef struct {
    int minute;               /* of the day */
    double meal_mg, rapid_u, depot_u;
} workload_event;

typedef struct {
    int number;
    kinetics kinetics;
    double start[MINUTE_STATES];   /* the subject's basal state */
    double basal_u_per_min;        /* pump; 0 where the depot is used */
    double long_acting_u;          /* a day; 0 where the pump is used */
    double u_per_g;                /* rapid insulin per gram of carbohydrate */
} workload_person;

/* All 30 people, with grafts as above or with nobody secreting (the glucose core: what published simulators integrate). False if
 * the subjects compiled into the library are damaged. */
bool workload_people(bool grafts, workload_person out[SUBJECT_COUNT]);

/* The day's events ordered by minute; at one minute there may be several. */
void workload_day(const workload_person *person, int day, workload_event out[WORKLOAD_EVENTS]);

#define BLOCKS_PER_DAY (MINUTES_PER_DAY / BLOCK_MINUTES)

/* The events of everybody's days, [person][day][event], so that drawing them need not be timed; NULL when out of memory, to be
 * freed by the caller. */
workload_event *workload_calendar(const workload_person *people, int n_people, int days);

/* As workload_run, by one kernel in single precision (workload_single.cpp). */
typedef void workload_runner(int steps, const workload_person *people, int n_people, int days, const workload_event *calendar,
                             double *trace_mg_dl);

/* Of the width of a kernel that this machine runs; NULL where this build has none. */
workload_runner *workload_single(const kernel *like);

/* How a kernel integrates: by the default method (steps = 0), or everything by Runge-Kutta in `steps` steps a minute. */
typedef struct {
    const kernel *kernel;
    int steps;
} workload_method;

/* Let people live `days` days of a calendar of theirs. `trace_mg_dl` may be NULL; otherwise it takes plasma glucose at the end of each block,
 * [person][block]. */
void workload_run(const workload_method *method, const workload_person *people, int n_people, int days, const workload_event *calendar,
                  double *trace_mg_dl);

#endif
