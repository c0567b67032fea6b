/* Block: the default method, five minutes of a group.
 *
 *   stomach     nothing but the meal drives it: one Runge-Kutta step where its emptying curve is flat, else minute by
 *               minute by quadrature, lanes in need brought together into one vector
 *   intestine   exact for what left the stomach: in each half of the block a straight line with its mass and moment
 *   insulin, C-peptide   exact for everything linear (propagator.h); secretion is a straight line in each half, what a
 *               changed hepatic extraction spares a parabola
 *   glucose     exponential Runge-Kutta of fourth order, exchange and appearance exact; where uptake is fast, classical
 *               Runge-Kutta in short steps
 *
 * Blocks and halves lie on the clock, and how a lane is stepped depends on its own state alone: no neighbour enters a
 * person's bytes. What is skipped for a whole vector would have changed no bit. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_H
#define ISLET_PHYSIOLOGY_BLOCK_H

#include "physiology/block_fast.h"
#include "physiology/block_steep.h"

/* ---- the end of a block ---- */

/* Insulin once more, with the glucose found; what that changes of glucose. */
static inline void block_secretes(lane_group *g, int lane, lanes glucose_middle, lanes slope_end, block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = kinetics_of(g, lane);
    const lanes four = lanes_set1(4.0), glucose_end = w->gp * k->per_vg,
                guessed = lanes_fma(four, w->middle.xu, w->end.xu);
    const lanes slope_middle =
        lanes_fma(lanes_set1(1.5 / BLOCK_MINUTES), glucose_end - w->glucose, -0.25 * (w->slope + slope_end));
    const glucose_course first = {w->glucose, w->slope, glucose_middle}, second = {glucose_middle, slope_middle, glucose_end};
    copy_chain(&w->unsecreted, &w->middle);
    lanes found = secrete(k, table, lane, &w->start, &first, CHAIN_WHOLE, &w->middle);
    chain_part(g, lane, 1, true, CHAIN_WHOLE, &w->middle, &w->end);
    found = found + secrete(k, table, lane, &w->middle, &second, CHAIN_WHOLE, &w->end);
    const lanes action = (lanes_fma(four, w->middle.xu, w->end.xu) - guessed) * (BLOCK_MINUTES / 6.0);
    add_missed(table, lane, share_above_floor(w) * k->kp4 * (w->portal - found), -action * w->n3.per_action * w->gt3,
               w);
    lanes_store(&g->c_peptide_sum_nmol_l[lane],
                lanes_fma(lanes_set1(0.5 * PART_MIN), w->start.c1 + 2.0 * w->middle.c1 + w->end.c1,
                          lanes_load(&g->c_peptide_sum_nmol_l[lane])));
}

static inline __attribute__((always_inline)) void block_ends(lane_group *g, int lane, bool secretes, block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = kinetics_of(g, lane);
    /* glucose in the middle by the cubic with the values and slopes of both ends */
    const lanes glucose_end = w->gp * k->per_vg;
    const lanes slope_end =
        (w->n4.gp + w->ra[1].start + w->ra[1].rise + lanes_fma(k->k2, w->gt, -k->k1 * w->gp)) * k->per_vg;
    const lanes glucose_middle =
        lanes_fma(lanes_set1(BLOCK_MINUTES / 8.0), w->slope - slope_end, 0.5 * (w->glucose + glucose_end));
    if (secretes) block_secretes(g, lane, glucose_middle, slope_end, w);
    else {
        w->end.yn = w->start.yn;
        w->end.yg = w->start.yg;
    }
    const lanes xh_middle = follow_alarm(k, table, lane, w->start.xh, w->glucose, glucose_middle);
    w->end.xh = follow_alarm(k, table, lane, xh_middle, glucose_middle, glucose_end);
    w->end.qs1 = lanes_load(&g->x[MINUTE_qs1][lane]);
    w->end.qs2 = lanes_load(&g->x[MINUTE_qs2][lane]);
    w->end.gp = w->gp;
    w->end.gt = w->gt;
    w->end.gs = w->gs;
    const lanes simpson = w->glucose + 4.0 * glucose_middle + glucose_end;
    lanes_store(&g->glucose_sum_mg_dl[lane],
                lanes_fma(lanes_set1(BLOCK_MINUTES / 6.0), simpson, lanes_load(&g->glucose_sum_mg_dl[lane])));
}
#undef T

#define EACH_VECTOR for (int v = 0; v < VECTORS; v++)
#define AT (v * ISLET_LANES)

/* Lanes of the mask are added to a list. */
static inline int list_lanes(lanes_mask mask, int first_lane, int *list, int n)
{
    for (unsigned bits = lanes_mask_bits(mask); bits; bits >>= 1, first_lane++)
        if (bits & 1) list[n++] = first_lane;
    return n;
}

/* The stomach's evaluations wait for each other: what needs none of it is done in between. */
static void block_advance(lane_group *g)
{
    block_work work[VECTORS];
    flat_step flat[VECTORS];
    part_lines emptied;
    int steep[LANE_GROUP], n_steep = 0, fast[LANE_GROUP], n_fast = 0;
#define BY_SECRETION(what) (work[v].secretes ? what(g, AT, true, &work[v]) : what(g, AT, false, &work[v]))
    EACH_VECTOR flat_begins(g, AT, &flat[v]);
    EACH_VECTOR
    {
        refresh_kinetics(g, AT);
        load_state(g, AT, &work[v].start);
        work[v].secretes = vector_secretes(kinetics_of(g, AT), &work[v].start);
        BY_SECRETION(block_first_half);
    }
    EACH_VECTOR flat_second(g, AT, &flat[v]);
    EACH_VECTOR block_stage1(g, AT, &work[v]);
    EACH_VECTOR
    {
        flat_ends(g, AT, &flat[v], &emptied);
        n_steep = list_lanes(flat[v].steep, AT, steep, n_steep);
    }
    stomach_rest(g, steep, n_steep, &emptied);

    EACH_VECTOR block_eats(g, AT, &emptied, &work[v]);
    EACH_VECTOR BY_SECRETION(block_stage2);
    block_second_half(g, 0, &work[0]); /* one vector's beside another's stage 3, so that they fill each other's waiting */
    EACH_VECTOR block_stage3(g, AT, &work[v]);
    for (int v = 1; v < VECTORS; v++) block_second_half(g, AT, &work[v]);
    EACH_VECTOR BY_SECRETION(block_stage4);
    EACH_VECTOR n_fast = list_lanes(BY_SECRETION(block_glucose), AT, fast, n_fast);
    for (int first = 0; first < n_fast; first += ISLET_LANES)
        glucose_fast_lanes(g, fast + first, n_fast - first < ISLET_LANES ? n_fast - first : ISLET_LANES, work);
    EACH_VECTOR
    {
        BY_SECRETION(block_ends);
        store_state(g, AT, &work[v].end);
    }
}

#endif
