/* Stomach of a group through a block: nothing but the meal drives it.
 *
 * One Runge-Kutta step where nothing is eaten and its emptying curve is flat; else minute by minute, lanes in need brought
 * together into one vector, by quadrature on the expected way of the content.
 * What left is handed on as a straight line in each half of the block with its mass and moment. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_STOMACH_H
#define ISLET_PHYSIOLOGY_BLOCK_STOMACH_H

#include "physiology/block_lanes.h"
#include "physiology/meal_book.h"

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
    const lanes change = curve_change(k, &curve, content, h);
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

/* Minute by minute: the content changes almost evenly within one (meals enter at 5 g/min, little leaves), so what leaves can
 * be looked at where it is expected to be, all moments of a minute side by side: first roughly, while content moves on as it did in
 * the minute before, then finely, on the way that the rough look gives. Both by Gauss-Legendre quadrature; what has left by a
 * moment is the integral of the polynomial through the moments looked at. (Steps of a Runge-Kutta method wait for each other, and
 * have to be shorter where the curve is steep.) */

#define ROUGH 3 /* moments */
#define FINE 4

/* moments of a minute; share of each rough one in what has left by each fine one; of each fine one in the mass and in the moment
 * about the middle (mg min), of the minute and of its first half */
static const double rough_at[ROUGH] = {0.11270166537925831, 0.5, 0.8872983346207417};
static const double fine_at[FINE] = {0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263};
static const double rough_before_fine[FINE][ROUGH] = {{0.09190340350412164, -0.030962438869661282, 0.008490879568513347}, {0.2761524294394483, 0.06314765217472573, -0.00929060340660216}, {0.28706838118437994, 0.3812967922697187, 0.0016253483383294872}, {0.26928689820926444, 0.47540688331410574, 0.18587437427365613}};
static const double fine_mass[FINE] = {0.17392742256872692, 0.32607257743127305, 0.32607257743127305, 0.17392742256872692};
static const double fine_moment[FINE] = {-0.07488760957794684, -0.05542924757974403, 0.05542924757974403, 0.07488760957794684};
static const double early_mass[FINE] = {0.17610593793866203, 0.30491593948386214, 0.02115663794741092, -0.0021785153699350923};
static const double early_moment[FINE] = {-0.07582560892315528, -0.051832819655690164, 0.003596427924053868, -0.0009379993452084292};

static inline lanes weighed(const double *weight, const lanes *of, int n)
{
    lanes sum = weight[0] * of[0];
    for (int i = 1; i < n; i++) sum = lanes_fma(lanes_set1(weight[i]), of[i], sum);
    return sum;
}

/* qs1 some minutes on: keep qs1 + gain meal. Series of (1 - exp(-z))/z, for z = kmax minutes below 0.2 good to 1e-6. */
typedef struct {
    lanes keep, gain;
} grinding;

static inline grinding grinding_over(lanes kmax, double minutes)
{
    const lanes z = kmax * minutes;
    lanes series = lanes_fma(lanes_set1(1.0 / 120.0), z, lanes_set1(-1.0 / 24.0));
    series = lanes_fma(series, z, lanes_set1(1.0 / 6.0));
    series = lanes_fma(series, z, lanes_set1(-0.5));
    const lanes gain = minutes * lanes_fma(series, z, lanes_set1(1.0));
    return (grinding){lanes_fma(-kmax, gain, lanes_set1(1.0)), gain};
}

/* Lanes that need it, brought together into one vector. */
typedef struct {
    _Alignas(64) double kmax[ISLET_LANES], kmin[ISLET_LANES], b[ISLET_LANES], d[ISLET_LANES];
    double emptying_a[ISLET_LANES], emptying_c[ISLET_LANES];
    double qs1[ISLET_LANES], qs2[ISLET_LANES], left[ISLET_LANES], eating[ISLET_LANES], before[ISLET_LANES],
        eaten[ISLET_LANES];
    double meal[BLOCK_MINUTES][ISLET_LANES];
    double mass[BLOCK_PARTS][ISLET_LANES], moment[BLOCK_PARTS][ISLET_LANES];
} steep_lanes;

/* Places left over repeat the first and are not used. */
static inline void gather_row(const double *from, const int *lane, int n, double *to)
{
    lanes_store(to, lanes_set1(from[lane[0]]));
    for (int i = 1; i < n; i++) to[i] = from[lane[i]];
}

static inline void gather_steep(const lane_group *g, const int *lane, int n, steep_lanes *s)
{
    gather_row(g->k[KINETIC_INDEX(kmax)], lane, n, s->kmax);
    gather_row(g->k[KINETIC_INDEX(kmin)], lane, n, s->kmin);
    gather_row(g->k[KINETIC_INDEX(b)], lane, n, s->b);
    gather_row(g->k[KINETIC_INDEX(d)], lane, n, s->d);
    gather_row(g->derived[DERIVED_emptying_a], lane, n, s->emptying_a);
    gather_row(g->derived[DERIVED_emptying_c], lane, n, s->emptying_c);
    gather_row(g->x[MINUTE_qs1], lane, n, s->qs1);
    gather_row(g->x[MINUTE_qs2], lane, n, s->qs2);
    gather_row(g->meal_left_mg, lane, n, s->left);
    gather_row(g->eating, lane, n, s->eating);
    gather_row(g->stomach_before_mg, lane, n, s->before);
    gather_row(g->eaten_mg, lane, n, s->eaten);
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        if (g->meal_minutes >> m & 1) gather_row(g->meal_mg[m], lane, n, s->meal[m]);
        else lanes_store(s->meal[m], lanes_set1(0.0));
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

/* What leaves in a block, in each half of it: mg, and mg min about the middle of the half. */
typedef struct {
    lanes mass[BLOCK_PARTS], moment[BLOCK_PARTS];
} emptied_parts;

static inline void share_out(int part, double middle_min, lanes mass, lanes moment, emptied_parts *out)
{
    const double off = middle_min - (part + 0.5) * PART_MIN;
    out->mass[part] = out->mass[part] + mass;
    out->moment[part] = out->moment[part] + lanes_fma(lanes_set1(off), mass, moment);
}

/* What leaves in minute m, a half of the block or two halves. */
static inline void share_out_minute(int m, const lanes *flux, lanes mass, emptied_parts *out)
{
    const lanes moment = weighed(fine_moment, flux, FINE);
    if (m + 1 <= PART_MIN || m >= PART_MIN) {
        share_out(m >= PART_MIN, m + 0.5, mass, moment, out);
        return;
    }
    const lanes early = weighed(early_mass, flux, FINE), moment_early = weighed(early_moment, flux, FINE);
    share_out(0, m + 0.5, early, moment_early, out);
    share_out(1, m + 0.5, mass - early, moment - moment_early, out);
}

/* A block of one vector, minute by minute. */
static void stomach_steep(steep_lanes *s)
{
    lane_kinetics k;
    k.kmax = lanes_load(s->kmax);
    k.kmin = lanes_load(s->kmin);
    k.b = lanes_load(s->b);
    k.d = lanes_load(s->d);
    k.emptying_a = lanes_load(s->emptying_a);
    k.emptying_c = lanes_load(s->emptying_c);
    grinding rough[ROUGH], fine[FINE];
    for (int i = 0; i < ROUGH; i++) rough[i] = grinding_over(k.kmax, rough_at[i]);
    for (int i = 0; i < FINE; i++) fine[i] = grinding_over(k.kmax, fine_at[i]);
    const grinding minute = grinding_over(k.kmax, 1.0);

    const lanes zero = lanes_set1(0.0);
    lanes qs1 = lanes_load(s->qs1), content = qs1 + lanes_load(s->qs2), leaving = zero; /* leaving: mg/min */
    meal_book book = {lanes_load(s->left), lanes_load(s->eating), lanes_load(s->before), lanes_load(s->eaten)};
    emptied_parts emptied;
    for (int p = 0; p < BLOCK_PARTS; p++) emptied.mass[p] = emptied.moment[p] = zero;
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        book.left = book.left + lanes_load(s->meal[m]);
        const lanes meal = meal_book_minute(&book, content);
        const stomach_curve curve = stomach_curve_of(&k, book.before + book.eaten);
        if (m == 0) leaving = stomach_emptying_rate(&k, &curve, content) * (content - qs1);
        lanes flux[ROUGH], flux_fine[FINE];
        for (int i = 0; i < ROUGH; i++) {
            const lanes expected = lanes_fma(lanes_set1(rough_at[i]), meal - leaving, content);
            flux[i] = stomach_emptying_rate(&k, &curve, expected) *
                      (expected - lanes_fma(rough[i].gain, meal, rough[i].keep * qs1));
        }
        for (int i = 0; i < FINE; i++) {
            const lanes expected =
                lanes_fma(lanes_set1(fine_at[i]), meal, content) - weighed(rough_before_fine[i], flux, ROUGH);
            flux_fine[i] = stomach_emptying_rate(&k, &curve, expected) *
                           (expected - lanes_fma(fine[i].gain, meal, fine[i].keep * qs1));
        }
        leaving = weighed(fine_mass, flux_fine, FINE);
        share_out_minute(m, flux_fine, leaving, &emptied);
        qs1 = lanes_fma(minute.gain, meal, minute.keep * qs1);
        content = content + (meal - leaving);
    }
    lanes_store(s->qs1, qs1);
    lanes_store(s->qs2, content - qs1);
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
