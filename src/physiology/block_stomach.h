/* Stomach of a group through a block: nothing but the meal drives it.
 *
 * One step of a two-derivative Runge-Kutta method of order 4 (Chan, Tsai, Numer Algorithms 2010;53:171) where nothing is eaten and
 * its emptying curve is flat; else minute by minute, lanes in need brought together into one vector, by quadrature on the expected
 * way of the content.
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

/* ---- stomach, steep ---- */

/* Minute by minute: the content changes almost evenly within one (meals enter at 5 g/min, little leaves), so what leaves can
 * be looked at where it is expected to be, all moments of a minute side by side: first roughly, while content moves on as it did in
 * the minute before, then finely, on the way that the rough look gives. Both by Gauss-Legendre quadrature; what has left by a
 * moment is the integral of the polynomial through the moments looked at. The rough look of the next minute need not wait for the
 * fine one. (Steps of a Runge-Kutta method all wait for each other, and have to be shorter where the curve is steep.) */

#define ROUGH 2 /* moments */
#define FINE 4

/* moments of a minute; share of each rough one in what has left by each fine one; of each fine one in the mass and in the moment
 * about the middle (mg min), of the minute and of its first half */
static const double rough_at[ROUGH] = {0.2113248654051871, 0.7886751345948129}, rough_mass[ROUGH] = {0.5, 0.5};
static const double fine_at[FINE] = {0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263};
static const double rough_before_fine[FINE][ROUGH] = {{0.0906707442099414, -0.021238900006967678}, {0.3564857466480282, -0.026476268440456287}, {0.5264762684404563, 0.14351425335197185}, {0.5212389000069677, 0.40932925579005863}};
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
    _Alignas(64) lane_number kmax[ISLET_LANES], kmin[ISLET_LANES], b[ISLET_LANES], d[ISLET_LANES];
    lane_number emptying_a[ISLET_LANES], emptying_c[ISLET_LANES];
    lane_number qs1[ISLET_LANES], qs2[ISLET_LANES], left[ISLET_LANES], eating[ISLET_LANES], before[ISLET_LANES],
        eaten[ISLET_LANES];
    lane_number meal[BLOCK_MINUTES][ISLET_LANES];
    lane_number mass[BLOCK_PARTS][ISLET_LANES], moment[BLOCK_PARTS][ISLET_LANES];
} steep_lanes;

/* Lanes that fill half of the vector at most stand in the other half again; places left over repeat the first. */
static inline void gather_row(const lane_number *from, const int *lane, int n, lane_number *to)
{
    const int again = n <= ISLET_LANES / 2 ? ISLET_LANES / 2 : 0;
    lanes_store(to, lanes_set1(from[lane[0]]));
    for (int i = 1; i < n; i++) {
        to[i] = from[lane[i]];
        to[i + again] = to[i];
    }
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

/* Rates at an even number of contents. Where every lane stands in both halves of the vector, two are looked at in one. */
static inline __attribute__((always_inline)) void emptying_rates(const stomach_curve *curve, const lanes *content, int n,
                                                                 bool twice, lanes *rate)
{
#if ISLET_LANES > 1
    for (int i = 0; twice && i < n; i += 2) {
        const lanes both = stomach_emptying_rate(curve, lanes_low_high(content[i], content[i + 1]));
        rate[i] = lanes_low_twice(both);
        rate[i + 1] = lanes_high_twice(both);
    }
#endif
    for (int i = 0; !(twice && ISLET_LANES > 1) && i < n; i++) rate[i] = stomach_emptying_rate(curve, content[i]);
}

/* A block of one vector, minute by minute; `twice`: its lanes fill half of it and stand in the other half again. */
static inline __attribute__((always_inline)) void stomach_steep_of(steep_lanes *s, bool twice)
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
    lanes qs1 = lanes_load(s->qs1), content = qs1 + lanes_load(s->qs2);
    lanes expected = content, leaving = zero; /* at the start of a minute, mg; then, mg/min */
    meal_book book = {lanes_load(s->left), lanes_load(s->eating), lanes_load(s->before), lanes_load(s->eaten)};
    emptied_parts emptied;
    for (int p = 0; p < BLOCK_PARTS; p++) emptied.mass[p] = emptied.moment[p] = zero;
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        book.left = book.left + lanes_load(s->meal[m]);
        const lanes meal = meal_book_minute(&book, expected);
        const stomach_curve curve = stomach_curve_of(&k, book.before + book.eaten);
        if (m == 0) leaving = stomach_emptying_rate(&curve, content) * (content - qs1);
        lanes there[FINE], flux[ROUGH], flux_fine[FINE];
        for (int i = 0; i < ROUGH; i++) there[i] = lanes_fma(lanes_set1(rough_at[i]), meal - leaving, expected);
        emptying_rates(&curve, there, ROUGH, twice, flux);
        for (int i = 0; i < ROUGH; i++)
            flux[i] = flux[i] * (there[i] - lanes_fma(rough[i].gain, meal, rough[i].keep * qs1));
        for (int i = 0; i < FINE; i++)
            there[i] = lanes_fma(lanes_set1(fine_at[i]), meal, content) - weighed(rough_before_fine[i], flux, ROUGH);
        emptying_rates(&curve, there, FINE, twice, flux_fine);
        for (int i = 0; i < FINE; i++)
            flux_fine[i] = flux_fine[i] * (there[i] - lanes_fma(fine[i].gain, meal, fine[i].keep * qs1));
        leaving = weighed(rough_mass, flux, ROUGH);
        expected = content + (meal - leaving);
        const lanes left = weighed(fine_mass, flux_fine, FINE);
        share_out_minute(m, flux_fine, left, &emptied);
        qs1 = lanes_fma(minute.gain, meal, minute.keep * qs1);
        content = content + (meal - left);
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

static void stomach_steep(steep_lanes *s) { stomach_steep_of(s, false); }
static void stomach_steep_twice(steep_lanes *s) { stomach_steep_of(s, true); }

/* The rest of a block for lanes that need more than the flat step. */
static void stomach_rest(lane_group *g, const int *steep, int n_steep, part_lines *out)
{
    for (int first = 0; first < n_steep; first += ISLET_LANES) {
        const int n = n_steep - first < ISLET_LANES ? n_steep - first : ISLET_LANES;
        steep_lanes s;
        gather_steep(g, steep + first, n, &s);
        if (n <= ISLET_LANES / 2) stomach_steep_twice(&s);
        else stomach_steep(&s);
        scatter_steep(&s, steep + first, n, g, out);
    }
    if (g->meal_minutes) memset(g->meal_mg, 0, sizeof g->meal_mg);
    g->meal_minutes = 0;
}

#endif
