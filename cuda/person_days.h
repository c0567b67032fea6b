/* One person's days by the default method, as one lane: what a thread of an accelerator does. The kernel's own text with groups of
 * one person; nvcc compiles it for the device (days.cu), tests/one_lane_days.cpp as C++ for the processor, where test_one_lane compares
 * it with the shipped kernel bit by bit. */
#ifndef ISLET_CUDA_PERSON_DAYS_H
#define ISLET_CUDA_PERSON_DAYS_H

#define ISLET_LANES 1
#define LANE_GROUP 1
#define ISLET_KERNEL_NAME thread
#define _Alignas alignas
#define _Static_assert static_assert
extern "C" {
#include "physiology/kernel.h"
#include "trial/workload.h"
}
#include "physiology/kernel.c"

/* As basal_lane of basal.h, which is built for groups of sixteen. */
static void person_starts(const workload_person *person, lane_group *g)
{
    const double *constants = (const double *)&person->kinetics;
    memset(g, 0, sizeof *g);
    for (int i = 0; i < KINETIC_COUNT; i++) g->k[i][0] = constants[i];
    for (int i = 0; i < MINUTE_STATES; i++) g->x[i][0] = person->start[i];
    g->k[KINETIC_INDEX(ln_gb_pow)][0] = hypo_ln_pow(person->kinetics.gb);
    g->basal_u_per_min[0] = person->basal_u_per_min;
    prepare(g);
}

/* `calendar` holds the person's days, trace_mg_dl (may be NULL) takes plasma glucose at the end of each block; => the last one. */
static double person_days(const workload_person *person, const workload_event *calendar, int days, double *trace_mg_dl)
{
    lane_group g;
    person_starts(person, &g);
    for (int day = 0; day < days; day++) {
        const workload_event *events = calendar + (size_t)day * WORKLOAD_EVENTS;
        for (int block = 0, next = 0; block < BLOCKS_PER_DAY; block++) {
            for (; next < WORKLOAD_EVENTS && events[next].minute < (block + 1) * BLOCK_MINUTES; next++) {
                const int minute = events[next].minute - block * BLOCK_MINUTES;
                if (events[next].meal_mg > 0.0) group_give_meal(&g, 0, minute, events[next].meal_mg);
                if (events[next].rapid_u > 0.0) group_give_rapid(&g, 0, minute, events[next].rapid_u);
                if (events[next].depot_u > 0.0) group_give_depot(&g, 0, minute, events[next].depot_u);
            }
            advance(&g, 1);
            if (trace_mg_dl) trace_mg_dl[day * BLOCKS_PER_DAY + block] = g.x[MINUTE_gp][0] / person->kinetics.vg;
        }
    }
    return g.x[MINUTE_gp][0] / person->kinetics.vg;
}

#endif
