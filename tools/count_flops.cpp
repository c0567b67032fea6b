// Counts the arithmetic of a patient-day while islet is built: the kernel's own text, compiled with a lane that counts
// (base/lanes_counted.h), lives the days of the bench (trial/workload.h).
//
//   count_flops OUT.c
//
// The number is what one person needs. A vector does more: a branch that one lane wants is taken by all of it.
#define ISLET_LANES 1
#define ISLET_LANES_COUNTED
#define ISLET_KERNEL_NAME counted
#define _Alignas alignas
#define _Static_assert static_assert
#include <stdio.h>
#include <stdlib.h>

extern "C" {
#include "physiology/kernel.h"
#include "trial/bench_flops.h"
#include "trial/workload.h"
const bench_flops bench_flops_counted = {}; // this program is what fills it
}

#include "physiology/kernel.c"

#define READINGS ((size_t)SUBJECT_COUNT * BENCH_FLOPS_DAYS * BLOCKS_PER_DAY)

/* => operations of a patient-day; 0 if the days cannot be lived, or end in other bits than the shipped kernel gives */
static double operations_per_day(int steps, bool grafts, double *divisions)
{
    static workload_person people[SUBJECT_COUNT];
    static double counted[READINGS], shipped[READINGS];
    if (!workload_people(grafts, people)) return 0.0;
    workload_event *calendar = workload_calendar(people, SUBJECT_COUNT, BENCH_FLOPS_DAYS);
    if (!calendar) return 0.0;
    const workload_method method = {&islet_kernel_counted, steps}, same = {kernel_find("portable"), steps};
    lanes_operations = lanes_divisions = 0;
    workload_run(&method, people, SUBJECT_COUNT, BENCH_FLOPS_DAYS, calendar, counted);
    workload_run(&same, people, SUBJECT_COUNT, BENCH_FLOPS_DAYS, calendar, shipped);
    free(calendar);
    if (memcmp(counted, shipped, sizeof counted) != 0) return 0.0;
    // lanes without a person of their own repeat one, and are counted with it
    const double patient_days = (double)((SUBJECT_COUNT + LANE_GROUP - 1) / LANE_GROUP * LANE_GROUP) * BENCH_FLOPS_DAYS;
    *divisions = (double)lanes_divisions / patient_days;
    return (double)lanes_operations / patient_days;
}

int main(int argc, char **argv)
{
    double divisions[4];
    const double whole = operations_per_day(0, true, &divisions[0]), core = operations_per_day(0, false, &divisions[1]),
                 general_whole = operations_per_day(1, true, &divisions[2]), general_core = operations_per_day(1, false, &divisions[3]);
    FILE *out = argc == 2 ? fopen(argv[1], "w") : NULL;
    if (!out || !(core > 0.0) || !(whole > 0.0) || !(general_whole > 0.0) || !(general_core > 0.0)) return 1;
    const bool written = fprintf(out, "/* written by tools/count_flops.cpp */\n#include \"trial/bench_flops.h\"\n"
                                      "const bench_flops bench_flops_counted = {%.0f, %.0f, %.0f, %.0f, {%.0f, %.0f, %.0f, %.0f}};\n",
                                 whole, core, general_whole, general_core, divisions[0], divisions[1], divisions[2], divisions[3]) > 0;
    return fclose(out) == 0 && written ? 0 : 1;
}
