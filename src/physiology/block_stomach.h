/* Stomach of a group through a block: nothing but the meal drives it.
 *
 * One step of a two-derivative Runge-Kutta method of order 4 (Chan, Tsai, Numer Algorithms 2010;53:171) where nothing is eaten and
 * its emptying curve is flat; block_steep.h has the rest.
 * What left is handed on as a straight line in each half of the block with its mass and moment. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_STOMACH_H
#define ISLET_PHYSIOLOGY_BLOCK_STOMACH_H

#include "physiology/block_lanes.h"

/* ---- stomach, flat ---- */

#define FLAT_CHANGE 6.0      /* largest movement of an exponent of the emptying curve within a step */
#define FLAT_CONTENT_MG 50.0 /* so little is emptied well enough by any step */
#define CURVE_SPAN 6.0       /* beyond it (base 2) a step of the curve is over or has not begun */

/* Largest movement of the emptying curve's exponents within `minutes` without a meal, as far as they are near their step. */
static inline lanes curve_change(const lane_kinetics *k, const stomach_curve *curve, lanes content, lanes minutes)
{
    const lanes zero = lanes_set1(0.0), span = lanes_set1(CURVE_SPAN);
    const lanes down = k->kmax * content * minutes;
    const lanes at_a = lanes_fma(curve->slope_a, content, -curve->centre_a),
                at_c = lanes_fma(curve->slope_c, content, -curve->centre_c);
    const lanes down_a = curve->slope_a * down, down_c = curve->slope_c * down;
    const lanes_mask near_a = lanes_and(lanes_gt(at_a, -span), lanes_lt(at_a - down_a, span));
    const lanes_mask near_c = lanes_and(lanes_gt(at_c, -span), lanes_lt(at_c - down_c, span));
    const lanes change = lanes_max(lanes_select(near_a, down_a, zero), lanes_select(near_c, down_c, zero));
    return lanes_select(curve->working, change, zero);
}

/* One step of a vector; its second look waits for the first, so that the path through the block (block.h) puts other work in
 * between. */
typedef struct {
    stomach_curve curve;
    lanes_mask steep; /* lanes that need more, whose states stay */
    lanes qs1, qs2, qs1_middle, qs1_end, content, f1, g1, f2, g2;
} flat_step;

/* What leaves, mg/min, and its slope in time. */
static inline void flat_flux(const lane_kinetics *k, const stomach_curve *curve, lanes content, lanes qs1, lanes *flux,
                             lanes *slope)
{
    const emptying e = stomach_emptying_sloped(curve, content);
    const lanes ground = content - qs1;
    *flux = e.rate * ground;
    *slope = e.rate * lanes_fma(k->kmax, qs1, -*flux) - e.per_mg * ground * *flux;
}

static inline void flat_begins(const lane_group *g, int lane, flat_step *s)
{
    const lane_kinetics *k = kinetics_of(g, lane);
    const lanes zero = lanes_set1(0.0);
    s->qs1 = lanes_load(&g->x[MINUTE_qs1][lane]);
    s->qs2 = lanes_load(&g->x[MINUTE_qs2][lane]);
    s->curve = stomach_curve_of(k, lanes_load(&g->stomach_before_mg[lane]) + lanes_load(&g->eaten_mg[lane]));
    lanes meal = lanes_load(&g->meal_left_mg[lane]);
    for (int m = 0; m < BLOCK_MINUTES; m++)
        if (g->meal_minutes >> m & 1) meal = meal + lanes_load(&g->meal_mg[m][lane]);
    s->content = s->qs1 + s->qs2;
    const lanes change = curve_change(k, &s->curve, s->content, lanes_set1(BLOCK_MINUTES));
    s->steep = lanes_or(lanes_gt(meal, zero), lanes_and(lanes_gt(change, lanes_set1(FLAT_CHANGE)),
                                                        lanes_gt(s->qs2, lanes_set1(FLAT_CONTENT_MG))));
    /* qs1 decays by itself; Runge-Kutta for the content */
    const lanes keep = lanes_load(&g->step.qs1_keep_half[lane]);
    s->qs1_middle = s->qs1 * keep;
    s->qs1_end = s->qs1_middle * keep;
    flat_flux(k, &s->curve, s->content, s->qs1, &s->f1, &s->g1);
}

static inline void flat_second(const lane_group *g, int lane, flat_step *s)
{
    const double h = BLOCK_MINUTES;
    const lanes gone = lanes_fma(lanes_set1(0.125 * h * h), s->g1, 0.5 * h * s->f1);
    flat_flux(kinetics_of(g, lane), &s->curve, s->content - gone, s->qs1_middle, &s->f2, &s->g2);
}

static inline void flat_ends(lane_group *g, int lane, const flat_step *s, part_lines *out)
{
    const double h = BLOCK_MINUTES, part = PART_MIN;
    const lanes zero = lanes_set1(0.0);
    const lanes mean = lanes_fma(lanes_set1(h / 3.0), s->g2, lanes_fma(lanes_set1(h / 6.0), s->g1, s->f1));
    const lanes qs2_end = lanes_fma(lanes_set1(-h), mean, s->content) - s->qs1_end;
    const lanes first = lanes_fma(lanes_set1(part / 12.0), s->g1 - s->g2, 0.5 * (s->f1 + s->f2)), second = 2.0 * mean - first;
    lanes_store(&out->mean[0][lane], first);
    lanes_store(&out->mean[1][lane], second);
    lanes_store(&out->slope[0][lane], lanes_fma(lanes_set1(1.2 / part), s->f2 - s->f1, -0.1 * (s->g1 + s->g2)));
    lanes_store(&out->slope[1][lane], lanes_fma(lanes_set1(3.0 / part), second - s->f2, -0.5 * s->g2));
    lanes_store(&g->x[MINUTE_qs1][lane], lanes_select(s->steep, s->qs1, s->qs1_end));
    lanes_store(&g->x[MINUTE_qs2][lane], lanes_select(s->steep, s->qs2, qs2_end));
    lanes_store(&g->eating[lane], lanes_select(s->steep, lanes_load(&g->eating[lane]), zero));
}

#endif
