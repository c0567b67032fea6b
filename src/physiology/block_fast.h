/* Glucose in short steps, where uptake is fast: lanes brought together from the vectors of a group, classical Runge-Kutta. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_FAST_H
#define ISLET_PHYSIOLOGY_BLOCK_FAST_H

#include "physiology/block_glucose.h"

/* A parabola in time through its values at the start, in the middle and at the end of a block: t = 0, 1, 2. */
typedef struct {
    lanes start, slope, turn;
} parabola;

static inline parabola parabola_through(lanes start, lanes middle, lanes end)
{
    const lanes half = lanes_set1(0.5);
    const lanes turn = lanes_fma(half, start + end, -middle);
    return (parabola){start, middle - start - turn, turn};
}

static inline lanes parabola_at(const parabola *p, double t)
{
    return lanes_fma(lanes_fma(p->turn, lanes_set1(t), p->slope), lanes_set1(t), p->start);
}

#define FAST_STEPS 2 /* a half */

/* gp, gt and gs through the block by classical Runge-Kutta in short steps. */
static void glucose_fast(const lane_kinetics *k, block_work *w)
{
    const double h = PART_MIN / FAST_STEPS;
    const parabola signal = parabola_through(w->signal, w->signal_middle, w->signal_end);
    const parabola xu = parabola_through(w->start.xu, w->middle.xu, w->end.xu);
    minute_state x = w->start;
    for (int i = 0; i < BLOCK_PARTS * FAST_STEPS; i++) {
        const double at[4] = {0.0, 0.5, 0.5, 1.0}, weight[4] = {1.0 / 6.0, 1.0 / 3.0, 1.0 / 3.0, 1.0 / 6.0};
        minute_state y = x, slope = {0};
        const int part = i / FAST_STEPS;
        for (int stage = 0; stage < 4; stage++) {
            const double t = (i + at[stage]) / FAST_STEPS;
            if (stage > 0) {
                const lanes reach = lanes_set1(at[stage] * h);
                y.gp = lanes_fma(reach, slope.gp, w->start.gp);
                y.gt = lanes_fma(reach, slope.gt, w->start.gt);
                y.gs = lanes_fma(reach, slope.gs, w->start.gs);
            }
            const glucose_sources sources =
                glucose_sources_of(k, parabola_at(&signal, t), parabola_at(&xu, t), y.gp, y.gt);
            glucose_exchange(k, &y, &slope);
            slope.gp = slope.gp + sources.gp + lanes_fma(lanes_set1(t - part), w->ra[part].rise, w->ra[part].start);
            slope.gt = slope.gt + sources.gt;
            const lanes share = lanes_set1(weight[stage] * h);
            x.gp = lanes_fma(share, slope.gp, x.gp);
            x.gt = lanes_fma(share, slope.gt, x.gt);
            x.gs = lanes_fma(share, slope.gs, x.gs);
        }
        w->start.gp = x.gp;
        w->start.gt = x.gt;
        w->start.gs = x.gs;
    }
}

#define VECTORS (LANE_GROUP / ISLET_LANES)

/* What glucose_fast reads. */
#define FAST_CONSTANT(field) offsetof(lane_kinetics, field)
#define FAST_FIELD(field) offsetof(block_work, field)
static const size_t fast_constants[] = {
    FAST_CONSTANT(per_vg), FAST_CONSTANT(k1),  FAST_CONSTANT(k2),  FAST_CONSTANT(ksc),      FAST_CONSTANT(kp2),
    FAST_CONSTANT(fcns),   FAST_CONSTANT(ke1), FAST_CONSTANT(ke2), FAST_CONSTANT(vm0),      FAST_CONSTANT(vmx),
    FAST_CONSTANT(km0),    FAST_CONSTANT(r1),  FAST_CONSTANT(gb),  FAST_CONSTANT(ln_gb_pow)};
static const size_t fast_fields[] = {FAST_FIELD(signal),      FAST_FIELD(signal_middle), FAST_FIELD(signal_end),
                                     FAST_FIELD(start.xu),    FAST_FIELD(middle.xu),     FAST_FIELD(end.xu),
                                     FAST_FIELD(ra[0].start), FAST_FIELD(ra[0].rise),    FAST_FIELD(ra[1].start),
                                     FAST_FIELD(ra[1].rise),  FAST_FIELD(start.gp),      FAST_FIELD(start.gt),
                                     FAST_FIELD(start.gs)};
#define N_OF(array) (sizeof(array) / sizeof((array)[0]))

static inline lane_number *lane_of(const void *from, size_t field, int i)
{
    return (lane_number *)(void *)((char *)(uintptr_t)from + field) + i;
}

/* Lanes of one list of fields into places 0 .. n-1; places left over repeat the first and are not used. */
static inline void gather_fields(const size_t *fields, size_t n_fields, const void *const *from, const int *at, int n,
                                 void *to)
{
    for (size_t f = 0; f < n_fields; f++) {
        lane_number *place = lane_of(to, fields[f], 0);
        lanes_store(place, lanes_set1(*lane_of(from[0], fields[f], at[0])));
        for (int j = 1; j < n; j++) place[j] = *lane_of(from[j], fields[f], at[j]);
    }
}

static void glucose_fast_lanes(const lane_group *g, const int *lane, int n, block_work *work)
{
    lane_kinetics k;
    block_work w;
    const void *constants[ISLET_LANES], *states[ISLET_LANES];
    int at[ISLET_LANES];
    for (int j = 0; j < n; j++) {
        at[j] = lane[j] % ISLET_LANES;
        constants[j] = kinetics_of(g, lane[j] - at[j]);
        states[j] = &work[lane[j] / ISLET_LANES];
    }
    gather_fields(fast_constants, N_OF(fast_constants), constants, at, n, &k);
    gather_fields(fast_fields, N_OF(fast_fields), states, at, n, &w);
    glucose_fast(&k, &w);
    for (int j = 0; j < n; j++) {
        block_work *to = &work[lane[j] / ISLET_LANES];
        *lane_of(&to->gp, 0, at[j]) = *lane_of(&w.start.gp, 0, j);
        *lane_of(&to->gt, 0, at[j]) = *lane_of(&w.start.gt, 0, j);
        *lane_of(&to->gs, 0, at[j]) = *lane_of(&w.start.gs, 0, j);
    }
}

#endif
