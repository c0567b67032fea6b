/* A group of the workload's people through their days: for workload.c in double, for workload_single.cpp in float. */
#ifndef ISLET_TRIAL_WORKLOAD_DAYS_H
#define ISLET_TRIAL_WORKLOAD_DAYS_H

#include <string.h>

#include "physiology/kernel.h"
#include "trial/workload.h"

typedef struct {
    const workload_person *people[LANE_GROUP];
    const workload_event *events[LANE_GROUP]; /* of the day */
    int next[LANE_GROUP], due[LANE_GROUP], soonest; /* event, its minute; minute of the next event of anybody */
    lane_group group;
} workload_group;

/* Lanes beyond `n` repeat the first person. */
static void start_group(const workload_person *people, int n, workload_group *g)
{
    memset(&g->group, 0, sizeof g->group);
    for (int l = 0; l < LANE_GROUP; l++) {
        const workload_person *person = g->people[l] = &people[l < n ? l : 0];
        const double *constants = (const double *)&person->kinetics; /* one after the other */
        for (int i = 0; i < KINETIC_COUNT; i++) g->group.k[i][l] = (lane_number)constants[i];
        for (int i = 0; i < MINUTE_STATES; i++) g->group.x[i][l] = (lane_number)person->start[i];
        g->group.basal_u_per_min[l] = (lane_number)person->basal_u_per_min;
    }
}

/* Give what is due in the block that begins at `minute`. */
static void give_due(workload_group *g, int minute)
{
    if (g->soonest >= minute + BLOCK_MINUTES) return;
    const int end = minute + BLOCK_MINUTES;
    g->soonest = MINUTES_PER_DAY;
    for (int l = 0; l < LANE_GROUP; l++) {
        while (g->due[l] < end) {
            const workload_event *event = &g->events[l][g->next[l]++];
            const int at = event->minute - minute;
            if (event->meal_mg > 0.0) group_give_meal(&g->group, l, at, event->meal_mg);
            if (event->rapid_u > 0.0) group_give_rapid(&g->group, l, at, event->rapid_u);
            if (event->depot_u > 0.0) group_give_depot(&g->group, l, at, event->depot_u);
            g->due[l] = g->next[l] < WORKLOAD_EVENTS ? g->events[l][g->next[l]].minute : MINUTES_PER_DAY;
        }
        if (g->due[l] < g->soonest) g->soonest = g->due[l];
    }
}

static void run_day(const workload_method *method, workload_group *g, int stride, double *trace_mg_dl, int n_traced)
{
    for (int l = 0; l < LANE_GROUP; l++) {
        g->next[l] = 0;
        g->due[l] = g->events[l][0].minute;
    }
    g->soonest = 0;
    for (int block = 0; block < BLOCKS_PER_DAY; block++) {
        give_due(g, block * BLOCK_MINUTES);
        if (method->steps) method->kernel->advance_general(&g->group, BLOCK_MINUTES, method->steps);
        else method->kernel->advance(&g->group, 1);
        for (int l = 0; l < n_traced; l++)
            trace_mg_dl[(size_t)l * (size_t)stride + (size_t)block] =
                (double)g->group.x[MINUTE_gp][l] / g->people[l]->kinetics.vg;
    }
}

/* workload_run by a kernel of this lane number */
static void run_days(const workload_method *method, const workload_person *people, int n_people, int days,
                     const workload_event *calendar, double *trace_mg_dl)
{
    const int stride = days * BLOCKS_PER_DAY;
    for (int first = 0; first < n_people; first += LANE_GROUP) {
        const int n = n_people - first < LANE_GROUP ? n_people - first : LANE_GROUP;
        workload_group g;
        start_group(people + first, n, &g);
        method->kernel->prepare(&g.group);
        for (int day = 0; day < days; day++) {
            double *at =
                trace_mg_dl ? trace_mg_dl + (size_t)first * (size_t)stride + (size_t)day * BLOCKS_PER_DAY : NULL;
            for (int l = 0; l < LANE_GROUP; l++)
                g.events[l] =
                    calendar + ((size_t)(first + (l < n ? l : 0)) * (size_t)days + (size_t)day) * WORKLOAD_EVENTS;
            run_day(method, &g, stride, at, trace_mg_dl ? n : 0);
        }
    }
}

#endif
