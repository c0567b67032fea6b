/* Block: the default method, five minutes of a group.
 *
 *   stomach     nothing but the meal drives it: one Runge-Kutta step where its emptying curve is flat, else steps of
 *               its own, lanes in need brought together into one vector
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

#include "physiology/propagator.h"

/* ---- group <-> lanes ---- */

/* The constants of a vector, where they lie in the group. */
static inline lane_kinetics *kinetics_of(lane_group *group, int lane)
{
    return (lane_kinetics *)(void *)((double *)group->by_vector +
                                     (size_t)lane * (sizeof(lane_kinetics) / sizeof(lanes)));
}

static inline void gather_kinetics(lane_group *group, int lane)
{
    lanes *to = (lanes *)kinetics_of(group, lane);
    for (int i = 0; i < KINETIC_COUNT; i++) to[i] = lanes_load(&group->k[i][lane]);
    for (int i = 0; i < DERIVED_COUNT; i++) to[KINETIC_COUNT + i] = lanes_load(&group->derived[i][lane]);
}

/* What may change at any block. */
static inline const lane_kinetics *refresh_kinetics(lane_group *group, int lane)
{
    lane_kinetics *k = kinetics_of(group, lane);
#define REFRESH(key) k->key = lanes_load(&group->k[KINETIC_INDEX(key)][lane]);
    REFRESH(dawn)
    REFRESH(kp3)
    REFRESH(kp4)
    REFRESH(vm0)
    REFRESH(vmx)
    REFRESH(xi)
    REFRESH(m_native)
    REFRESH(m_graft)
    REFRESH(phi_p)
#undef REFRESH
    lane_kinetics_clock(k);
    return k;
}

static inline void load_state(const lane_group *group, int lane, minute_state *x)
{
    lanes *to = (lanes *)x;
    for (int i = 0; i < MINUTE_STATES; i++) to[i] = lanes_load(&group->x[i][lane]);
}

static inline void store_state(lane_group *group, int lane, const minute_state *x)
{
    const lanes *from = (const lanes *)x;
    for (int i = 0; i < MINUTE_STATES; i++) lanes_store(&group->x[i][lane], from[i]);
}

/* What flows in each part of a block, per minute: mean and slope of the straight line with its mass and first moment. */
typedef struct {
    _Alignas(64) double mean[BLOCK_PARTS][LANE_GROUP], slope[BLOCK_PARTS][LANE_GROUP];
} part_lines;

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

/* ---- meal bookkeeping (simglucose): which meal the stomach is working on ----
 * Eating at 5 g/min on the one-minute grid. When eating starts, the stomach's content is remembered and the meal's
 * count starts at 0; what is eaten this minute counts before the step; both values stay until the next meal. */

typedef struct {
    lanes left, eating, before, eaten;
} meal_book;

static inline lanes meal_book_minute(meal_book *book, lanes in_stomach_mg)
{
    lanes zero = lanes_set1(0.0), one = lanes_set1(1.0);
    lanes bite = lanes_min(book->left, lanes_set1(EATING_MG_PER_MIN));
    lanes_mask eats = lanes_gt(bite, zero);
    lanes now = lanes_select(eats, one, zero);
    lanes_mask starts = lanes_gt(now, book->eating);
    book->before = lanes_select(starts, in_stomach_mg, book->before);
    book->eaten = lanes_select(starts, zero, book->eaten) + bite;
    book->left = book->left - bite;
    book->eating = now;
    return bite;
}

static inline void meal_book_select(lanes_mask mask, const meal_book *from, meal_book *to)
{
    to->left = lanes_select(mask, from->left, to->left);
    to->eating = lanes_select(mask, from->eating, to->eating);
    to->before = lanes_select(mask, from->before, to->before);
    to->eaten = lanes_select(mask, from->eaten, to->eaten);
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

/* ---- intestine ---- */

/* A straight line in time over a part: its value at the start and its rise to the end. */
typedef struct {
    lanes start, rise;
} line;

/* One part: what left the stomach => what appears in plasma, mg/kg/min. */
static inline line intestine_part(const lane_kinetics *k, const step_table *table, int lane, lanes mean, lanes slope,
                                  lanes *qg)
{
    const double h = PART_MIN;
    const lanes rise = slope * h, start = lanes_fma(lanes_set1(-0.5), rise, mean);
    const lanes before = *qg;
    const lanes after = lanes_fma(
        lanes_load(&table->qg_keep[lane]), before,
        k->per_kabs * lanes_fma(lanes_load(&table->qg_start[lane]), start, lanes_load(&table->qg_rise[lane]) * rise));
    /* absorbed: what came in and is not there any more; the moment by parts, from qg' = flux - kabs qg */
    const lanes absorbed = mean - (after - before) * (1.0 / h); /* mg/min */
    const lanes bend =
        lanes_fma(absorbed, k->per_kabs, -0.5 * (before + after)); /* mean less the mean of the ends, mg */
    const lanes ra_slope = lanes_fma(bend, lanes_set1(12.0 / (h * h)), slope);
    *qg = after;
    const lanes ra_rise = k->ra_per_mg * ra_slope * h;
    return (line){lanes_fma(lanes_set1(-0.5), ra_rise, k->ra_per_mg * absorbed), ra_rise};
}

/* ---- insulin and C-peptide: one half ---- */

#define T(name) lanes_load(&table->name[lane])

/* Insulin and C-peptide without what is secreted in this part. */
static inline __attribute__((always_inline)) void chain_part(const lane_group *g, int lane, int part, bool secretes,
                                                             const minute_state *x, minute_state *y)
{
    const step_table *table = &g->step;
    const lanes zero = lanes_set1(0.0);
    y->ipo = y->c1 = y->c2 = y->s1 = y->s2 = y->d1 = y->d2 = y->il = y->ip = y->xu = y->i1 = y->id = zero;
#define DRIFT(to) y->to = T(to##_drift);
#include "physiology/step.def"
#define CHAIN(to, from)                                                                                                \
    if (secretes || !(IS_SECRETED_##to || IS_SECRETED_##from)) y->to = lanes_fma(T(to##_of_##from), x->from, y->to);
#define IS_SECRETED_ipo 1
#define IS_SECRETED_c1 1
#define IS_SECRETED_c2 1
#define IS_SECRETED_s1 0
#define IS_SECRETED_s2 0
#define IS_SECRETED_d1 0
#define IS_SECRETED_d2 0
#define IS_SECRETED_il 0
#define IS_SECRETED_ip 0
#define IS_SECRETED_xu 0
#define IS_SECRETED_i1 0
#define IS_SECRETED_id 0
#include "physiology/step.def"
    if (!(g->rapid_minutes | g->depot_minutes)) return;
    const lanes pmol = lanes_load(&g->derived[DERIVED_pmol_kg_per_u][lane]);
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        const int pair = dose_pair(part, m);
        if (pair < 0) continue;
        if (g->rapid_minutes >> m & 1) {
            const lanes rapid = lanes_load(&g->rapid_u[m][lane]) * pmol;
#define DOSE_rapid(to) y->to = lanes_fma(lanes_load(&table->to##_dose_rapid[pair][lane]), rapid, y->to);
#define DOSE_depot(to)
#define DOSE(to, from) DOSE_##from(to)
#include "physiology/step.def"
#undef DOSE_rapid
#undef DOSE_depot
        }
        if (g->depot_minutes >> m & 1) {
            const lanes depot = lanes_load(&g->depot_u[m][lane]) * pmol;
#define DOSE_rapid(to)
#define DOSE_depot(to) y->to = lanes_fma(lanes_load(&table->to##_dose_depot[pair][lane]), depot, y->to);
#define DOSE(to, from) DOSE_##from(to)
#include "physiology/step.def"
#undef DOSE_rapid
#undef DOSE_depot
        }
    }
}

/* What is secreted into the portal vein and past it, pmol/kg/min. */
typedef struct {
    line portal, systemic;
} secretion_lines;

/* Glucose at the ends of a half and its slope at the start; at the end it has the slope that makes the mean right. */
typedef struct {
    lanes start, slope, end;
} glucose_course;

/* The line through two values where it is above 0: with a crossing in between, its positive end shrinks until the mean is
 * that of the clipped line. */
static inline line clipped(lanes from, lanes to)
{
    const lanes zero = lanes_set1(0.0);
    const lanes start = lanes_max(from, zero), end = lanes_max(to, zero), sum = start + end;
    const lanes span = lanes_max(lanes_abs(to - from), lanes_max(sum, lanes_set1(1e-300)));
    const lanes share = sum / span; /* 1 unless the line crosses 0 */
    return (line){start * share, (end - start) * share};
}

/* Secretion of a mass m whose provision goes from y to y_end towards m times a target with this mean, with the answer to
 * rising glucose. Provision bends: the line from its start that has its mean, from y' = alpha (m target - y). */
static inline line secretion_line(const lane_kinetics *k, lanes m, lanes target_mean, lanes y, lanes y_after,
                                  const line *rising)
{
    const lanes dynamic = m * k->kg, basal = m * k->sb;
    const lanes mean = lanes_fma(m, target_mean, (y - y_after) * k->per_alpha * (1.0 / PART_MIN));
    const lanes y_end = lanes_fma(lanes_set1(2.0), mean, -y);
    return clipped(lanes_fma(dynamic, rising->start, y + basal),
                   lanes_fma(dynamic, rising->start + rising->rise, y_end + basal));
}

static inline secretion_lines secretion_of_part(const lane_kinetics *k, const step_table *table, int lane,
                                                const minute_state *x, const glucose_course *glucose, minute_state *y)
{
    const lanes slope_end = lanes_fma(lanes_set1(2.0 / PART_MIN), glucose->end - glucose->start, -glucose->slope);
    const lanes target = secretion_target(k, glucose->start), rise = secretion_target(k, glucose->end) - target;
    /* the target bends with glucose: by how much its mean exceeds that of its ends, where it follows glucose throughout */
    const lanes bulge = lanes_fma(glucose->slope, lanes_set1(PART_MIN), glucose->start - glucose->end) * (1.0 / 6.0);
    const lanes lowest = lanes_min(target, target + rise);
    const lanes excess = lanes_select(lanes_gt(lowest, -k->sb), k->beta * bulge, lanes_set1(0.0));
    const lanes toward = lanes_fma(T(provision_start), target + excess, T(provision_rise) * rise),
                keep = T(provision_keep);
    const lanes mean = lanes_fma(lanes_set1(0.5), rise, target + excess);
    const line rising = clipped(glucose->slope, slope_end);
    y->yn = lanes_fma(keep, x->yn, k->m_native * toward);
    y->yg = lanes_fma(keep, x->yg, k->m_graft * toward);
    const line native = secretion_line(k, k->m_native, mean, x->yn, y->yn, &rising);
    const line graft = secretion_line(k, k->m_graft, mean, x->yg, y->yg, &rising);
    const line portal = {k->phi_p * graft.start, k->phi_p * graft.rise};
    return (secretion_lines){.portal = {native.start + portal.start, native.rise + portal.rise},
                             .systemic = {graft.start - portal.start, graft.rise - portal.rise}};
}

static inline void add_secretion(const step_table *table, int lane, const secretion_lines *in, minute_state *y)
{
#define SOURCE_portal(to)                                                                                              \
    y->to = lanes_fma(T(to##_rise_portal), in->portal.rise, lanes_fma(T(to##_start_portal), in->portal.start, y->to));
#define SOURCE_systemic(to)                                                                                            \
    y->to = lanes_fma(T(to##_rise_systemic), in->systemic.rise,                                                        \
                      lanes_fma(T(to##_start_systemic), in->systemic.start, y->to));
#define SOURCE_liver(to)
#define SOURCE(to, from) SOURCE_##from(to)
#include "physiology/step.def"
#undef SOURCE_portal
#undef SOURCE_systemic
#undef SOURCE_liver
}

/* By how much hepatic loss falls short of that at the basal extraction, which is in the chain: 1/min. */
static inline lanes liver_spares(const lane_kinetics *k, lanes ipo)
{
    return k->m3_basal - insulin_hepatic_loss_rate(k, k->gamma * ipo);
}

static inline void add_liver(const step_table *table, int lane, lanes start, lanes rise, lanes bend, minute_state *y)
{
#define SOURCE_portal(to)
#define SOURCE_systemic(to)
#define SOURCE_liver(to) y->to = lanes_fma(T(to##_rise_liver), rise, lanes_fma(T(to##_start_liver), start, y->to));
#define SOURCE(to, from) SOURCE_##from(to)
#define CURVED(to, from) y->to = lanes_fma(T(to##_bend_##from), bend, y->to);
#include "physiology/step.def"
#undef SOURCE_portal
#undef SOURCE_systemic
#undef SOURCE_liver
}

/* What the liver spares is (its rate) x (insulin there), which depends on what is spared: a parabola in time that holds
 * at the start, in the middle and at the end (Lobatto's collocation), from two linear equations. y holds everything else. */
static inline void spare_insulin(const lane_kinetics *k, const step_table *table, int lane, const minute_state *x,
                                 const secretion_lines *in, minute_state *y)
{
    const lanes half = lanes_set1(-0.5), one = lanes_set1(1.0);
    const lanes ipo_middle =
        lanes_fma(T(midway_ipo_keep), x->ipo,
                  lanes_fma(T(midway_ipo_start), in->portal.start, T(midway_ipo_rise) * in->portal.rise));
    lanes il_middle = T(midway_drift);
#define MIDWAY(from) il_middle = lanes_fma(T(midway_of_##from), x->from, il_middle);
#include "physiology/step.def"
    il_middle = lanes_fma(T(midway_start_portal), in->portal.start,
                          lanes_fma(T(midway_rise_portal), in->portal.rise, il_middle));
    il_middle = lanes_fma(T(midway_start_systemic), in->systemic.start,
                          lanes_fma(T(midway_rise_systemic), in->systemic.rise, il_middle));
    const lanes start = liver_spares(k, x->ipo) * x->il, rate_middle = liver_spares(k, ipo_middle),
                rate_end = liver_spares(k, y->ipo);

    /* insulin in the liver = known + (weight of the middle) spared there + (weight of the end) spared there */
    const lanes bend = T(il_bend_liver), bend_middle = T(midway_bend_liver);
    const lanes end = lanes_fma(half, bend, T(il_rise_liver)),
                end_middle = lanes_fma(half, bend_middle, T(midway_rise_liver));
    const lanes known = lanes_fma(lanes_fma(half, bend, T(il_start_liver) - T(il_rise_liver)), start, y->il);
    const lanes known_middle =
        lanes_fma(lanes_fma(half, bend_middle, T(midway_start_liver) - T(midway_rise_liver)), start, il_middle);
    const lanes a = lanes_fma(-bend_middle, rate_middle, one), b = end_middle * rate_end;
    const lanes c = bend * rate_middle, d = lanes_fma(-end, rate_end, one);
    const lanes per_determinant = 1.0 / lanes_fma(a, d, -(b * c));
    const lanes spared_middle = rate_middle * lanes_fma(d, known_middle, b * known) * per_determinant;
    const lanes spared_end = rate_end * lanes_fma(a, known, c * known_middle) * per_determinant;
    add_liver(table, lane, start, spared_end - start, lanes_fma(half, start + spared_end, spared_middle), y);
}

/* What is secreted in a half while glucose takes this course, added to y. A first guess holds what the liver spares. => time
 * integral of portal insulin: what came in and is not there any more has left at the rate gamma. */
static inline lanes secrete(const lane_kinetics *k, const step_table *table, int lane, const minute_state *x,
                            const glucose_course *glucose, bool guess, minute_state *y)
{
    const lanes zero = lanes_set1(0.0);
    const secretion_lines in = secretion_of_part(k, table, lane, x, glucose, y);
    add_secretion(table, lane, &in, y);
    if (guess) add_liver(table, lane, liver_spares(k, x->ipo) * x->il, zero, zero, y);
    else spare_insulin(k, table, lane, x, &in, y);
    const lanes mean = lanes_fma(lanes_set1(0.5), in.portal.rise, in.portal.start);
    return k->per_gamma * lanes_fma(lanes_set1(PART_MIN), mean, x->ipo - y->ipo);
}

/* ---- glucose ---- */

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

static inline lanes one_if_positive(lanes x)
{
    return lanes_select(lanes_gt(x, lanes_set1(0.0)), lanes_set1(1.0), lanes_set1(0.0));
}

static inline lanes follow_alarm(const lane_kinetics *k, const step_table *table, int lane, lanes xh,
                                 lanes glucose_start, lanes glucose_end)
{
    const lanes start = glucose_alarm(k, glucose_start), rise = glucose_alarm(k, glucose_end) - start;
    return lanes_fma(T(alarm_keep), xh, lanes_fma(T(alarm_start), start, T(alarm_rise) * rise));
}

/* ---- everything downstream of the stomach ----
 * Glucose by the exponential Runge-Kutta method of Cox and Matthews (J Comput Phys 2002;176:430, ETD4RK) with exchange and
 * appearance exact; its stages see insulin as it would be if glucose went on as they do; insulin is then taken through both
 * halves with the glucose found. The stages of a vector wait for each other; the vectors of a group take turns, stage by
 * stage, and fill each other's waiting time. */

typedef struct {
    const lane_kinetics *k;
    bool secretes;
    minute_state start, middle, end; /* of the block */
    minute_state unsecreted;         /* the middle, without what is secreted in the first half */
    line ra[BLOCK_PARTS];            /* appearance */
    lanes eaten_gp[BLOCK_PARTS], eaten_gt[BLOCK_PARTS],
        eaten_gs[BLOCK_PARTS]; /* and what has become of it at the end of its half */
    lanes glucose, slope;      /* mg/dL, mg/dL/min at the start */
    lanes signal, signal_middle, signal_end, xh_middle;
    lanes portal;                                         /* time integral of portal insulin */
    lanes gp_held, gt_held, gp2, gt2, gp3, gt3, gp4, gt4; /* stages */
    glucose_sources n1, n2, n3, n4;
    lanes gp, gt, gs; /* at the end */
} block_work;

#define HALF_gp(from_plasma, from_tissue, to)                                                                          \
    lanes_fma(T(half_gp_start_plasma), from_plasma, lanes_fma(T(half_gp_start_tissue), from_tissue, to))
#define HALF_gt(from_plasma, from_tissue, to)                                                                          \
    lanes_fma(T(half_gt_start_plasma), from_plasma, lanes_fma(T(half_gt_start_tissue), from_tissue, to))

/* Stage 1, and what is common to stages 2 and 3: exchange and appearance in the first half. */
static inline void block_begins(const lane_group *g, int lane, const part_lines *emptied, block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = w->k;
    const minute_state *x = &w->start;
    lanes qg = x->qg;
    for (int p = 0; p < BLOCK_PARTS; p++) {
        const line ra = intestine_part(k, table, lane, lanes_load(&emptied->mean[p][lane]),
                                       lanes_load(&emptied->slope[p][lane]), &qg);
        w->eaten_gp[p] = lanes_fma(T(half_gp_start_plasma), ra.start, T(half_gp_rise_plasma) * ra.rise);
        w->eaten_gt[p] = lanes_fma(T(half_gt_start_plasma), ra.start, T(half_gt_rise_plasma) * ra.rise);
        w->eaten_gs[p] = lanes_fma(T(half_gs_start_plasma), ra.start, T(half_gs_rise_plasma) * ra.rise);
        w->ra[p] = ra;
    }
    w->end.qg = qg;
    w->glucose = x->gp * k->per_vg;
    w->signal = glucose_signal(k, x->id, x->ipo, x->xh);
    w->n1 = glucose_sources_of(k, w->signal, x->xu, x->gp, x->gt);
    w->slope = (w->n1.gp + w->ra[0].start + lanes_fma(k->k2, x->gt, -k->k1 * x->gp)) * k->per_vg;
    w->gp_held = lanes_fma(T(half_gp_of_gp), x->gp, lanes_fma(T(half_gp_of_gt), x->gt, w->eaten_gp[0]));
    w->gt_held = lanes_fma(T(half_gt_of_gp), x->gp, lanes_fma(T(half_gt_of_gt), x->gt, w->eaten_gt[0]));
    w->gp2 = HALF_gp(w->n1.gp, w->n1.gt, w->gp_held);
    w->gt2 = HALF_gt(w->n1.gp, w->n1.gt, w->gt_held);
}

/* Stage 2, in the middle. */
static inline __attribute__((always_inline)) void block_stage2(const lane_group *g, int lane, bool secretes,
                                                               block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = w->k;
    const lanes glucose2 = w->gp2 * k->per_vg;
    chain_part(g, lane, 0, secretes, &w->start, &w->middle);
    w->portal = lanes_set1(0.0);
    if (secretes) {
        w->unsecreted = w->middle;
        const glucose_course course = {w->glucose, w->slope, glucose2};
        w->portal = secrete(k, table, lane, &w->start, &course, true, &w->middle);
    }
    w->xh_middle = follow_alarm(k, table, lane, w->start.xh, w->glucose, glucose2);
    w->signal_middle = glucose_signal(k, w->middle.id, w->middle.ipo, w->xh_middle);
    w->n2 = glucose_sources_of(k, w->signal_middle, w->middle.xu, w->gp2, w->gt2);
    w->gp3 = HALF_gp(w->n2.gp, w->n2.gt, w->gp_held);
    w->gt3 = HALF_gt(w->n2.gp, w->n2.gt, w->gt_held);
}

/* Stage 3, in the middle again. */
static inline void block_stage3(const lane_group *g, int lane, block_work *w)
{
    const step_table *table = &g->step;
    const lanes two = lanes_set1(2.0);
    w->n3 = glucose_sources_of(w->k, w->signal_middle, w->middle.xu, w->gp3, w->gt3);
    const lanes gp = lanes_fma(T(half_gp_of_gp), w->gp2, lanes_fma(T(half_gp_of_gt), w->gt2, w->eaten_gp[1]));
    const lanes gt = lanes_fma(T(half_gt_of_gp), w->gp2, lanes_fma(T(half_gt_of_gt), w->gt2, w->eaten_gt[1]));
    const lanes turn_gp = lanes_fma(two, w->n3.gp, -w->n1.gp), turn_gt = lanes_fma(two, w->n3.gt, -w->n1.gt);
    w->gp4 = HALF_gp(turn_gp, turn_gt, gp);
    w->gt4 = HALF_gt(turn_gp, turn_gt, gt);
}

/* Stage 4, at the end. */
static inline __attribute__((always_inline)) void block_stage4(const lane_group *g, int lane, bool secretes,
                                                               block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = w->k;
    const lanes qg = w->end.qg, glucose3 = w->gp3 * k->per_vg, glucose4 = w->gp4 * k->per_vg;
    chain_part(g, lane, 1, secretes, &w->middle, &w->end);
    w->end.qg = qg;
    if (secretes) {
        const lanes slope3 = lanes_fma(lanes_set1(2.0 / PART_MIN), glucose3 - w->glucose, -w->slope);
        const glucose_course course = {glucose3, slope3, glucose4};
        w->portal = w->portal + secrete(k, table, lane, &w->middle, &course, true, &w->end);
    }
    const lanes xh_end = follow_alarm(k, table, lane, w->xh_middle, glucose3, glucose4);
    w->signal_end = glucose_signal(k, w->end.id, w->end.ipo, xh_end);
    w->n4 = glucose_sources_of(k, w->signal_end, w->end.xu, w->gp4, w->gt4);
}

#undef HALF_gp
#undef HALF_gt

/* What n mg/kg that the stages did not see have become at the end, taken to come in the middle. */
static inline void add_missed(const step_table *table, int lane, lanes plasma, lanes tissue, block_work *w)
{
    w->gp = lanes_fma(T(half_gp_of_gp), plasma, lanes_fma(T(half_gp_of_gt), tissue, w->gp));
    w->gt = lanes_fma(T(half_gt_of_gp), plasma, lanes_fma(T(half_gt_of_gt), tissue, w->gt));
    w->gs = lanes_fma(T(half_gs_of_gp), plasma, lanes_fma(T(half_gs_of_gt), tissue, w->gs));
}

/* Production reaches its floor within the block: the mean of the broken line, clipped, for that of three points. */
static inline void floor_missed(const step_table *table, int lane, block_work *w)
{
    const lanes zero = lanes_set1(0.0), n1 = w->n1.demand, n3 = w->n3.demand, n4 = w->n4.demand;
    const lanes_mask reached =
        lanes_and(lanes_lt(lanes_min(n1, lanes_min(n3, n4)), zero), lanes_gt(lanes_max(n1, lanes_max(n3, n4)), zero));
    if (!lanes_any(reached)) return;
    const line first = clipped(n1, n3), second = clipped(n3, n4);
    const lanes broken = 0.5 * (first.start + second.start) + 0.25 * (first.rise + second.rise);
    const lanes seen = (1.0 / 6.0) * (w->n1.production + w->n4.production) + (2.0 / 3.0) * w->n3.production;
    const lanes curved = (1.0 / 12.0) * (n1 + n4) - (1.0 / 6.0) * n3; /* the same difference where nothing is clipped */
    add_missed(table, lane, lanes_select(reached, (broken - seen - curved) * (double)BLOCK_MINUTES, zero), zero, w);
}

/* The action of a dose sets in within the block: what the stages do not see of it. */
static inline void dose_missed(const lane_group *g, int lane, block_work *w)
{
    lanes missed = lanes_set1(0.0);
    if (!g->rapid_minutes) return;
    for (int m = 0; m < BLOCK_MINUTES; m++)
        if (g->rapid_minutes >> m & 1)
            missed = lanes_fma(lanes_load(&g->step.xu_missed[m][lane]), lanes_load(&g->rapid_u[m][lane]), missed);
    missed = missed * w->k->pmol_kg_per_u;
    add_missed(&g->step, lane, lanes_set1(0.0), -missed * w->n3.per_action * w->gt3, w);
}

/* Share of the block in which production is above its floor. */
static inline lanes share_above_floor(const block_work *w)
{
    return lanes_fma(lanes_set1(1.0 / 6.0), one_if_positive(w->n1.production) + one_if_positive(w->n4.production),
                     (2.0 / 3.0) * one_if_positive(w->n3.production));
}

/* Portal insulin moves faster than the stages see: its effect on production is put right by its integral. */
static inline void portal_missed(const step_table *table, int lane, block_work *w)
{
    const lanes seen = (w->start.ipo + 4.0 * w->middle.ipo + w->end.ipo) * (BLOCK_MINUTES / 6.0);
    add_missed(table, lane, share_above_floor(w) * w->k->kp4 * (seen - w->portal), lanes_set1(0.0), w);
}

#define FAST_UPTAKE_PER_MIN 0.5 /* where uptake is faster than this, */
#define FAST_DOUBT 0.25 /* or its stages differ by more, mg/kg/min, or glucose is nearly gone, it takes short steps */

/* The step; => lanes that need short steps. */
static inline __attribute__((always_inline)) lanes_mask block_glucose(const lane_group *g, int lane, bool secretes,
                                                                      block_work *w)
{
    const step_table *table = &g->step;
    const minute_state *x = &w->start;
    const lanes half = lanes_set1(0.5);
    const lanes rise_gp = w->n4.gp - w->n1.gp, rise_gt = w->n4.gt - w->n1.gt;
    const lanes bend_gp = half * (w->n2.gp + w->n3.gp - w->n1.gp - w->n4.gp),
                bend_gt = half * (w->n2.gt + w->n3.gt - w->n1.gt - w->n4.gt);
    const lanes *gp = w->eaten_gp, *gt = w->eaten_gt, *gs = w->eaten_gs;
    w->gp = lanes_fma(T(gp_of_gp), x->gp, lanes_fma(T(gp_of_gt), x->gt, gp[1]));
    w->gt = lanes_fma(T(gt_of_gp), x->gp, lanes_fma(T(gt_of_gt), x->gt, gt[1]));
    w->gs = lanes_fma(T(gs_of_gp), x->gp, lanes_fma(T(gs_of_gt), x->gt, lanes_fma(T(gs_of_gs), x->gs, gs[1])));
    w->gp = lanes_fma(T(half_gp_of_gp), gp[0], lanes_fma(T(half_gp_of_gt), gt[0], w->gp));
    w->gt = lanes_fma(T(half_gt_of_gp), gp[0], lanes_fma(T(half_gt_of_gt), gt[0], w->gt));
    w->gs = lanes_fma(T(half_gs_of_gp), gp[0],
                      lanes_fma(T(half_gs_of_gt), gt[0], lanes_fma(T(half_gs_of_gs), gs[0], w->gs)));
#define STEP(to)                                                                                                       \
    w->to = lanes_fma(T(to##_start_plasma), w->n1.gp, lanes_fma(T(to##_start_tissue), w->n1.gt, w->to));               \
    w->to = lanes_fma(T(to##_rise_plasma), rise_gp, lanes_fma(T(to##_rise_tissue), rise_gt, w->to));                   \
    w->to = lanes_fma(T(to##_bend_plasma), bend_gp, lanes_fma(T(to##_bend_tissue), bend_gt, w->to));
    STEP(gp)
    STEP(gt)
    STEP(gs)
#undef STEP
    floor_missed(table, lane, w);
    dose_missed(g, lane, w);
    if (secretes) portal_missed(table, lane, w);

    /* uptake has a kink where its action changes sign in hypoglycaemia */
    const lanes kink =
        lanes_abs(w->n4.per_action - w->n1.per_action) * x->gt * lanes_min(lanes_abs(x->xu), lanes_abs(w->end.xu));
    const lanes_mask turns = lanes_lt(x->xu * w->end.xu, lanes_set1(0.0));
    const lanes doubt = lanes_max(lanes_abs(w->n3.gt - w->n2.gt), lanes_select(turns, kink, lanes_set1(0.0)));
    const lanes fastest = lanes_max(w->n1.uptake_rate, lanes_max(w->n3.uptake_rate, w->n4.uptake_rate));
    const lanes slowest =
        lanes_min(w->n3.uptake_rate, w->n4.uptake_rate); /* negative where a stage emptied the tissue */
    const lanes_mask calm =
        lanes_and(lanes_le(fastest, lanes_set1(FAST_UPTAKE_PER_MIN)), lanes_ge(slowest, lanes_set1(0.0)));
    const lanes_mask fed = lanes_ge(lanes_min(w->gp, x->gp) * w->k->per_vg, lanes_set1(FCNS_FALLS_BELOW_MG_DL));
    return lanes_not(lanes_and(lanes_and(calm, fed), lanes_le(doubt, lanes_set1(FAST_DOUBT))));
}

/* ---- glucose in short steps, for lanes brought together from the vectors of a group ---- */

#define FAST_STEPS 3 /* a half */

/* gp, gt and gs through the block by classical Runge-Kutta in short steps. */
static void glucose_fast(block_work *w)
{
    const lane_kinetics *k = w->k;
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

static inline void copy_lane(const void *from, int i, void *to, int j, size_t field)
{
    memcpy((char *)to + field + (size_t)j * sizeof(double), (const char *)from + field + (size_t)i * sizeof(double),
           sizeof(double));
}

static void glucose_fast_lanes(const int *lane, int n, block_work *work)
{
    lane_kinetics k;
    block_work w;
    for (int j = 0; j < ISLET_LANES; j++) {
        const int l = lane[j < n ? j : 0]; /* places left over repeat the first and are not used */
        const block_work *from = &work[l / ISLET_LANES];
        for (size_t f = 0; f < N_OF(fast_constants); f++) copy_lane(from->k, l % ISLET_LANES, &k, j, fast_constants[f]);
        for (size_t f = 0; f < N_OF(fast_fields); f++) copy_lane(from, l % ISLET_LANES, &w, j, fast_fields[f]);
    }
    w.k = &k;
    glucose_fast(&w);
    w.gp = w.start.gp;
    w.gt = w.start.gt;
    w.gs = w.start.gs;
    for (int j = 0; j < n; j++) {
        block_work *to = &work[lane[j] / ISLET_LANES];
        copy_lane(&w, j, to, lane[j] % ISLET_LANES, FAST_FIELD(gp));
        copy_lane(&w, j, to, lane[j] % ISLET_LANES, FAST_FIELD(gt));
        copy_lane(&w, j, to, lane[j] % ISLET_LANES, FAST_FIELD(gs));
    }
}

/* ---- the end of a block ---- */

/* Insulin once more, with the glucose found; what that changes of glucose. */
static inline void block_secretes(lane_group *g, int lane, lanes glucose_middle, lanes slope_end, block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = w->k;
    const lanes four = lanes_set1(4.0), glucose_end = w->gp * k->per_vg, qg = w->end.qg,
                guessed = lanes_fma(four, w->middle.xu, w->end.xu);
    const lanes slope_middle =
        lanes_fma(lanes_set1(1.5 / BLOCK_MINUTES), glucose_end - w->glucose, -0.25 * (w->slope + slope_end));
    const glucose_course first = {w->glucose, w->slope, glucose_middle}, second = {glucose_middle, slope_middle, glucose_end};
    w->middle = w->unsecreted;
    lanes found = secrete(k, table, lane, &w->start, &first, false, &w->middle);
    chain_part(g, lane, 1, true, &w->middle, &w->end);
    found = found + secrete(k, table, lane, &w->middle, &second, false, &w->end);
    w->end.qg = qg;
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
    const lane_kinetics *k = w->k;
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

static inline bool any_nonzero(lanes a, lanes b, lanes c)
{
    return !(is_zero_everywhere(a) && is_zero_everywhere(b) && is_zero_everywhere(c));
}

/* What is 0 for a whole vector stays so and adds nothing: leaving it out changes no bit. */
static inline bool vector_secretes(const lane_kinetics *k, const minute_state *x)
{
    return any_nonzero(k->m_native, k->m_graft, x->ipo) || any_nonzero(x->yn, x->yg, x->c1) ||
           any_nonzero(x->c2, x->c2, x->c2);
}

#define EACH_VECTOR for (int v = 0; v < VECTORS; v++)
#define AT (v * ISLET_LANES)

static void downstream_block(lane_group *g, const part_lines *emptied)
{
    block_work work[VECTORS];
    int fast[LANE_GROUP], n_fast = 0;
    EACH_VECTOR
    {
        work[v].k = refresh_kinetics(g, AT);
        load_state(g, AT, &work[v].start);
        work[v].secretes = vector_secretes(work[v].k, &work[v].start);
        block_begins(g, AT, emptied, &work[v]);
    }
#define BY_SECRETION(what) (work[v].secretes ? what(g, AT, true, &work[v]) : what(g, AT, false, &work[v]))
    EACH_VECTOR BY_SECRETION(block_stage2);
    EACH_VECTOR block_stage3(g, AT, &work[v]);
    EACH_VECTOR BY_SECRETION(block_stage4);
    EACH_VECTOR
    {
        const lanes_mask mask = BY_SECRETION(block_glucose);
        if (!lanes_any(mask)) continue;
        for (int i = 0; i < ISLET_LANES; i++)
            if (lanes_mask_get(mask, i)) fast[n_fast++] = AT + i;
    }
    for (int first = 0; first < n_fast; first += ISLET_LANES)
        glucose_fast_lanes(fast + first, n_fast - first < ISLET_LANES ? n_fast - first : ISLET_LANES, work);
    EACH_VECTOR
    {
        BY_SECRETION(block_ends);
        store_state(g, AT, &work[v].end);
    }
}

#endif
