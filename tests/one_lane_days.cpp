// Whole days as one-lane C++: the text that an accelerator's thread runs (cuda/person_days.h). Compared in test_one_lane.c.
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "person_days.h"

extern "C" double one_lane_days(const workload_person *person, const workload_event *calendar, int days, double *trace_mg_dl);

double one_lane_days(const workload_person *person, const workload_event *calendar, int days, double *trace_mg_dl)
{
    return person_days(person, calendar, days, trace_mg_dl);
}
