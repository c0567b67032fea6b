/* Stomach of a group through a block: nothing but the meal drives it.
 *
 * One Runge-Kutta step where its emptying curve is flat, else steps of its own, lanes in need brought together into one vector.
 * What left is handed on as a straight line in each half of the block with its mass and moment. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_STOMACH_H
#define ISLET_PHYSIOLOGY_BLOCK_STOMACH_H

#include "physiology/block_lanes.h"
#include "physiology/meal_book.h"

/* ---- stomach, flat ---- */

#define FLAT_CHANGE 6.0      /* largest movement of an exponent of the emptying curve within a step */
#define FLAT_CONTENT_MG 50.0 /* so little is emptied well enough by any step */
#define CURVE_SPAN 6.0       /* beyond it (base 2) a step of the curve is over or has not begun */

/* Largest movement of the emptying curve's exponents within `minutes`, as far as they are near their step. */
static inline lanes curve_change(const lane_kinetics *k, const stomach_curve *curve, lanes meal, lanes content,
                                 lanes minutes)
{
    const lanes zero = lanes_set1(0.0), span = lanes_set1(CURVE_SPAN);
    const lanes down = k->kmax * content * minutes, up = meal * minutes;
    const lanes at_a = lanes_fma(curve->slope_a, content, -curve->centre_a),
                at_c = lanes_fma(curve->slope_c, content, -curve->centre_c);
    const lanes down_a = curve->slope_a * down, up_a = curve->slope_a * up, down_c = curve->slope_c * down,
                up_c = curve->slope_c * up;
    const lanes_mask near_a = lanes_and(lanes_gt(at_a + up_a, -span), lanes_lt(at_a - down_a, span));
    const lanes_mask near_c = lanes_and(lanes_gt(at_c + up_c, -span), lanes_lt(at_c - down_c, span));
    const lanes change_a = lanes_select(near_a, lanes_max(down_a, up_a), zero);
    const lanes change_c = lanes_select(near_c, lanes_max(down_c, up_c), zero);
    return lanes_select(curve->working, lanes_max(change_a, change_c), zero);
}

/* One block of one vector in one step where nothing is eaten and the curve is flat; => lanes that need more, whose states stay. */
static inline lanes_mask stomach_flat(lane_group *g, int lane, part_lines *out)
{
    const lane_kinetics *k = kinetics_of(g, lane);
    const lanes zero = lanes_set1(0.0), h = lanes_set1(BLOCK_MINUTES), half = lanes_set1(0.5 * BLOCK_MINUTES);
    const lanes qs1 = lanes_load(&g->x[MINUTE_qs1][lane]), qs2 = lanes_load(&g->x[MINUTE_qs2][lane]);
    const stomach_curve curve =
        stomach_curve_of(k, lanes_load(&g->stomach_before_mg[lane]) + lanes_load(&g->eaten_mg[lane]));

    lanes meal = lanes_load(&g->meal_left_mg[lane]);
    for (int m = 0; m < BLOCK_MINUTES; m++)
        if (g->meal_minutes >> m & 1) meal = meal + lanes_load(&g->meal_mg[m][lane]);
    const lanes content = qs1 + qs2;
    const lanes change = curve_change(k, &curve, zero, content, h);
    const lanes_mask steep = lanes_or(lanes_gt(meal, zero), lanes_and(lanes_gt(change, lanes_set1(FLAT_CHANGE)),
                                                                      lanes_gt(qs2, lanes_set1(FLAT_CONTENT_MG))));

    /* qs1 decays by itself; Runge-Kutta for the content */
    const lanes keep = lanes_load(&g->step.qs1_keep_half[lane]);
    const lanes qs1_middle = qs1 * keep, qs1_end = qs1_middle * keep;
    const lanes f1 = stomach_emptying_rate(k, &curve, content) * qs2;
    const lanes q2 = lanes_fma(-half, f1, content);
    const lanes f2 = stomach_emptying_rate(k, &curve, q2) * (q2 - qs1_middle);
    const lanes q3 = lanes_fma(-half, f2, content);
    const lanes f3 = stomach_emptying_rate(k, &curve, q3) * (q3 - qs1_middle);
    const lanes q4 = lanes_fma(-h, f3, content);
    const lanes f4 = stomach_emptying_rate(k, &curve, q4) * (q4 - qs1_end);
    const lanes mean = (1.0 / 6.0) * lanes_fma(lanes_set1(2.0), f2 + f3, f1 + f4);
    const lanes qs2_end = lanes_fma(-h, mean, content) - qs1_end;

    /* flux as the quadratic f1 + linear t + square t^2, 0 <= t <= 1, with the ends f1, f4 and this mean */
    const lanes square = 3.0 * (f1 + f4 - 2.0 * mean), linear = f4 - f1 - square;
    for (int p = 0; p < BLOCK_PARTS; p++) {
        const double a = (double)p / BLOCK_PARTS, b = (double)(p + 1) / BLOCK_PARTS;
        const lanes part = lanes_fma(square, lanes_set1((a * a + a * b + b * b) / 3.0),
                                     lanes_fma(linear, lanes_set1(0.5 * (a + b)), f1));
        lanes_store(&out->mean[p][lane], part);
        lanes_store(&out->slope[p][lane], lanes_fma(square, lanes_set1(a + b), linear) * (1.0 / BLOCK_MINUTES));
    }
    lanes_store(&g->x[MINUTE_qs1][lane], lanes_select(steep, qs1, qs1_end));
    lanes_store(&g->x[MINUTE_qs2][lane], lanes_select(steep, qs2, qs2_end));
    lanes_store(&g->eating[lane], lanes_select(steep, lanes_load(&g->eating[lane]), zero));
    return steep;
}

/* ---- stomach, steep ---- */

#define STEEP_CHANGE 8.0
#define STEEP_STEPS_MAX 8.0

/* Lanes that need small steps, brought together into one vector. */
typedef struct {
    _Alignas(64) double kmax[ISLET_LANES], kmin[ISLET_LANES], b[ISLET_LANES], d[ISLET_LANES];
    double emptying_a[ISLET_LANES], emptying_c[ISLET_LANES];
    double qs1[ISLET_LANES], qs2[ISLET_LANES], left[ISLET_LANES], eating[ISLET_LANES], before[ISLET_LANES],
        eaten[ISLET_LANES];
    double meal[BLOCK_MINUTES][ISLET_LANES];
    double mass[BLOCK_PARTS][ISLET_LANES], moment[BLOCK_PARTS][ISLET_LANES];
} steep_lanes;

static inline void gather_steep(const lane_group *g, const int *from, int n, steep_lanes *s)
{
    for (int i = 0; i < ISLET_LANES; i++) {
        const int l = from[i < n ? i : 0]; /* places left over repeat the first and are not used */
        s->kmax[i] = g->k[KINETIC_INDEX(kmax)][l];
        s->kmin[i] = g->k[KINETIC_INDEX(kmin)][l];
        s->b[i] = g->k[KINETIC_INDEX(b)][l];
        s->d[i] = g->k[KINETIC_INDEX(d)][l];
        s->emptying_a[i] = g->derived[DERIVED_emptying_a][l];
        s->emptying_c[i] = g->derived[DERIVED_emptying_c][l];
        s->qs1[i] = g->x[MINUTE_qs1][l];
        s->qs2[i] = g->x[MINUTE_qs2][l];
        s->left[i] = g->meal_left_mg[l];
        s->eating[i] = g->eating[l];
        s->before[i] = g->stomach_before_mg[l];
        s->eaten[i] = g->eaten_mg[l];
        for (int m = 0; m < BLOCK_MINUTES; m++) s->meal[m][i] = g->meal_mg[m][l];
    }
}

static inline void scatter_steep(const steep_lanes *s, const int *to, int n, lane_group *g, part_lines *out)
{
    for (int i = 0; i < n; i++) {
        const int l = to[i];
        g->x[MINUTE_qs1][l] = s->qs1[i];
        g->x[MINUTE_qs2][l] = s->qs2[i];
        g->meal_left_mg[l] = s->left[i];
        g->eating[l] = s->eating[i];
        g->stomach_before_mg[l] = s->before[i];
        g->eaten_mg[l] = s->eaten[i];
        for (int p = 0; p < BLOCK_PARTS; p++) {
            out->mean[p][l] = s->mass[p][i] * (1.0 / PART_MIN);
            out->slope[p][l] = s->moment[p][i] * (12.0 / (PART_MIN * PART_MIN * PART_MIN));
        }
    }
}

/* One Runge-Kutta step of h minutes of qs1 and qs2; => flux at its start and end. */
static inline void stomach_step(const lane_kinetics *k, const stomach_curve *curve, lanes meal, lanes h, lanes *qs1,
                                lanes *qs2, lanes *flux_start, lanes *flux_end)
{
    const lanes half = 0.5 * h, sixth = h * (1.0 / 6.0), two = lanes_set1(2.0);
    const lanes a = *qs1, b = *qs2;
    const lanes f1 = stomach_emptying(k, curve, a, b), a1 = lanes_fma(-k->kmax, a, meal),
                b1 = lanes_fma(k->kmax, a, -f1);
    const lanes p2 = lanes_fma(half, a1, a), q2 = lanes_fma(half, b1, b);
    const lanes f2 = stomach_emptying(k, curve, p2, q2), a2 = lanes_fma(-k->kmax, p2, meal),
                b2 = lanes_fma(k->kmax, p2, -f2);
    const lanes p3 = lanes_fma(half, a2, a), q3 = lanes_fma(half, b2, b);
    const lanes f3 = stomach_emptying(k, curve, p3, q3), a3 = lanes_fma(-k->kmax, p3, meal),
                b3 = lanes_fma(k->kmax, p3, -f3);
    const lanes p4 = lanes_fma(h, a3, a), q4 = lanes_fma(h, b3, b);
    const lanes f4 = stomach_emptying(k, curve, p4, q4), a4 = lanes_fma(-k->kmax, p4, meal),
                b4 = lanes_fma(k->kmax, p4, -f4);
    *qs1 = lanes_fma(sixth, lanes_fma(two, a2 + a3, a1 + a4), a);
    *qs2 = lanes_fma(sixth, lanes_fma(two, b2 + b3, b1 + b4), b);
    *flux_start = f1;
    *flux_end = f4;
}

/* What leaves in one step, shared out to the halves of the block. The cubic through what has left by its start and end, with
 * the fluxes there, says how much of it before the middle. */
typedef struct {
    lanes mass[BLOCK_PARTS], moment[BLOCK_PARTS]; /* mg; mg min about the middle of the half */
} emptied_parts;

static inline void share_out(lanes t, lanes h, lanes per_h, lanes mass, lanes flux_start, lanes flux_end,
                             emptied_parts *out)
{
    const lanes zero = lanes_set1(0.0), one = lanes_set1(1.0);
    const lanes before = lanes_max(lanes_min((PART_MIN - t) * per_h, one), zero),
                after = one - before; /* shares of the step */
    const lanes early =
        before * (mass * before * (3.0 - 2.0 * before) + h * after * (flux_start * after - flux_end * before));
    const lanes late = mass - early, bend = (flux_end - flux_start) * h * h * (1.0 / 12.0);
    const lanes middle_early = t + 0.5 * before * h - 0.5 * PART_MIN;
    const lanes middle_late = t + 0.5 * (one + before) * h - 1.5 * PART_MIN;
    out->mass[0] = out->mass[0] + early;
    out->mass[1] = out->mass[1] + late;
    out->moment[0] = out->moment[0] + lanes_fma(early, middle_early, bend * before * before * before);
    out->moment[1] = out->moment[1] + lanes_fma(late, middle_late, bend * after * after * after);
}

/* A block of one vector in small steps; each lane keeps its own clock. */
static void stomach_steep(steep_lanes *s)
{
    lane_kinetics k;
    k.kmax = lanes_load(s->kmax);
    k.kmin = lanes_load(s->kmin);
    k.b = lanes_load(s->b);
    k.d = lanes_load(s->d);
    k.emptying_a = lanes_load(s->emptying_a);
    k.emptying_c = lanes_load(s->emptying_c);
    const lanes zero = lanes_set1(0.0), one = lanes_set1(1.0), block = lanes_set1(BLOCK_MINUTES);
    lanes qs1 = lanes_load(s->qs1), qs2 = lanes_load(s->qs2);
    emptied_parts emptied;
    meal_book book = {lanes_load(s->left), lanes_load(s->eating), lanes_load(s->before), lanes_load(s->eaten)};
    lanes coming = book.left;
    for (int m = 0; m < BLOCK_MINUTES; m++) coming = coming + lanes_load(s->meal[m]);
    for (int p = 0; p < BLOCK_PARTS; p++) emptied.mass[p] = emptied.moment[p] = zero;
    const lanes_mask eats = lanes_gt(coming, zero); /* in this block */

    /* inputs are constant for a minute of those who eat, and for the block of others; left: steps to the end of that */
    lanes t = zero, end = zero, h = zero, per_h = zero, left = zero, meal = zero;
    stomach_curve curve = stomach_curve_of(&k, book.before + book.eaten);
    if (!lanes_all(eats)) book.eating = lanes_select(eats, book.eating, zero);
    for (;;) {
        const lanes_mask running = lanes_lt(t, block);
        if (!lanes_any(running)) break;
        const lanes_mask fresh = lanes_and(running, lanes_le(left, zero));
        if (lanes_any(fresh)) {
            /* a minute begins for those who eat */
            const lanes_mask minute = lanes_and(lanes_and(fresh, eats), lanes_not(lanes_gt(t, lanes_floor(t))));
            if (lanes_any(minute)) {
                meal_book next = book;
                for (int m = 0; m < BLOCK_MINUTES; m++) {
                    const lanes_mask now = lanes_not(lanes_or(lanes_gt(t, lanes_set1(m)), lanes_lt(t, lanes_set1(m))));
                    next.left = next.left + lanes_select(now, lanes_load(s->meal[m]), zero);
                }
                const lanes bite = meal_book_minute(&next, qs1 + qs2);
                meal = lanes_select(minute, bite, meal);
                meal_book_select(minute, &next, &book);
                curve = stomach_curve_of(&k, book.before + book.eaten);
            }
            const lanes length = lanes_select(eats, one, block);
            const lanes change = curve_change(&k, &curve, meal, qs1 + qs2, length) * (1.0 / STEEP_CHANGE);
            lanes steps = lanes_min(-lanes_floor(-change), lanes_set1(STEEP_STEPS_MAX));
            steps = lanes_select(lanes_gt(qs2, lanes_set1(FLAT_CONTENT_MG)), lanes_max(steps, one), one);
            end = lanes_select(fresh, t + length, end);
            h = lanes_select(fresh, length / steps, h);
            per_h = lanes_select(fresh, steps * lanes_select(eats, one, lanes_set1(1.0 / BLOCK_MINUTES)), per_h);
            left = lanes_select(fresh, steps, left);
        }
        const lanes step = lanes_select(running, h, zero), before = qs1 + qs2;
        lanes flux_start, flux_end;
        stomach_step(&k, &curve, meal, step, &qs1, &qs2, &flux_start, &flux_end);
        share_out(t, step, per_h, lanes_fma(meal, step, before - (qs1 + qs2)), flux_start, flux_end, &emptied);
        left = left - 1.0;
        t = lanes_select(running, lanes_select(lanes_gt(left, zero), t + step, end), t);
    }
    lanes_store(s->qs1, qs1);
    lanes_store(s->qs2, qs2);
    lanes_store(s->left, book.left);
    lanes_store(s->eating, book.eating);
    lanes_store(s->before, book.before);
    lanes_store(s->eaten, book.eaten);
    for (int p = 0; p < BLOCK_PARTS; p++) {
        lanes_store(s->mass[p], emptied.mass[p]);
        lanes_store(s->moment[p], emptied.moment[p]);
    }
}

/* A block of everybody's stomach. */
static void stomach_block(lane_group *g, part_lines *out)
{
    int steep[LANE_GROUP], n_steep = 0;
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES) {
        const lanes_mask mask = stomach_flat(g, lane, out);
        if (!lanes_any(mask)) continue;
        for (int i = 0; i < ISLET_LANES; i++)
            if (lanes_mask_get(mask, i)) steep[n_steep++] = lane + i;
    }
    for (int first = 0; first < n_steep; first += ISLET_LANES) {
        const int n = n_steep - first < ISLET_LANES ? n_steep - first : ISLET_LANES;
        steep_lanes s;
        gather_steep(g, steep + first, n, &s);
        stomach_steep(&s);
        scatter_steep(&s, steep + first, n, g, out);
    }
    if (g->meal_minutes) memset(g->meal_mg, 0, sizeof g->meal_mg);
    g->meal_minutes = 0;
}

#endif
