// The kernel and the workload's days in single precision: the same text with lanes of float (base/lanes_single.h), groups of 32, compiled
// once a width with ISLET_LANES and ISLET_KERNEL_NAME set by the build. States keep 7 digits, which costs less than the method's error;
// time never enters as a number, only as the minute within a block.
#define ISLET_LANES_SINGLE
#define LANE_GROUP 32
#define _Alignas alignas
#define _Static_assert static_assert
#include <stddef.h>
#include <stdint.h>

extern "C" {
#include "physiology/kernel.h"
#include "trial/workload.h"
}
#include "physiology/kernel.c"
extern "C" {
#include "physiology/peak_chains.c"
}
#include "trial/workload_days.h"

#define SINGLE_SYMBOL2(name) islet_workload_##name
#define SINGLE_SYMBOL(name) SINGLE_SYMBOL2(name)

extern "C" workload_runner SINGLE_SYMBOL(ISLET_KERNEL_NAME);
void SINGLE_SYMBOL(ISLET_KERNEL_NAME)(int steps, const workload_person *people, int n_people, int days, const workload_event *calendar,
                                      double *trace_mg_dl)
{
    const workload_method method = {&KERNEL_SYMBOL(ISLET_KERNEL_NAME), steps};
    run_days(&method, people, n_people, days, calendar, trace_mg_dl);
}
