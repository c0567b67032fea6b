/* Stomach of a group through a block, where its emptying curve is steep or somebody eats: minute by minute, lanes in need brought
 * together into one vector, by quadrature on the expected way of the content. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_STEEP_H
#define ISLET_PHYSIOLOGY_BLOCK_STEEP_H

#include "physiology/block_stomach.h"
#include "physiology/meal_book.h"

/* Minute by minute: the content changes almost evenly within one (meals enter at 5 g/min, little leaves), so what leaves can
 * be looked at where it is expected to be, all moments of a minute side by side: first roughly, while content moves on as it did in
 * the minute before, then finely, on the way that the rough look gives. Both by Gauss-Legendre quadrature; what has left by a
 * moment is the integral of the polynomial through the moments looked at. The rough look of the next minute need not wait for the
 * fine one. (Steps of a Runge-Kutta method all wait for each other, and have to be shorter where the curve is steep.)
 *
 * A meal that meets a full stomach makes it empty at its highest rate for a minute or two: there the looks differ, and a lane in which they
 * do takes a third, at 6 moments on the way that the fine one gives. */

#define ROUGH 2 /* moments */
#define FINE 4
#define SHARP 6
#define SHARP_MG 5.0       /* a third look where rough and fine differ by more in a minute */
#define UNEVEN_MG_MIN2 100.0 /* no line for the intestine where kabs times the movement of what leaves in a minute is more */

/* moments of a minute; share of each rough one in what has left by each fine one; of each fine one in the mass and in the moment
 * about the middle (mg min), of the minute and of its first half */
static const double rough_at[ROUGH] = {0.2113248654051871, 0.7886751345948129}, rough_mass[ROUGH] = {0.5, 0.5};
static const double fine_at[FINE] = {0.06943184420297371, 0.33000947820757187, 0.6699905217924281, 0.9305681557970263};
static const double rough_before_fine[FINE][ROUGH] = {{0.0906707442099414, -0.021238900006967678}, {0.3564857466480282, -0.026476268440456287}, {0.5264762684404563, 0.14351425335197185}, {0.5212389000069677, 0.40932925579005863}};
static const double fine_mass[FINE] = {0.17392742256872692, 0.32607257743127305, 0.32607257743127305, 0.17392742256872692};
static const double fine_moment[FINE] = {-0.07488760957794684, -0.05542924757974403, 0.05542924757974403, 0.07488760957794684};
static const double early_mass[FINE] = {0.17610593793866203, 0.30491593948386214, 0.02115663794741092, -0.0021785153699350923};
static const double early_moment[FINE] = {-0.07582560892315528, -0.051832819655690164, 0.003596427924053868, -0.0009379993452084292};

static const double sharp_at[SHARP] = {0.03376524289842399, 0.16939530676686773, 0.38069040695840156, 0.6193095930415985, 0.8306046932331322, 0.966234757101576};
static const double fine_before_sharp[SHARP][FINE] = {
    {0.04686216249254178, -0.019998440086564737, 0.009618404049507598, -0.0027168835570606513},
    {0.15770166955018874, 0.01328335118581899, -0.0018941480963085048, 0.00030443412716851185},
    {0.18646289698274407, 0.21220626635375267, -0.023856648788725735, 0.005877892410630529},
    {0.1680495301580964, 0.34992922621999883, 0.1138663110775204, -0.012535474414017152},
    {0.1736229884415584, 0.32796672552758155, 0.3127892262454541, 0.016225753018538184},
    {0.17664430612578758, 0.31645417338176546, 0.3460710175178378, 0.12706526007618515}};
static const double sharp_mass[SHARP] = {0.08566224618958518, 0.1803807865240693, 0.23395696728634552, 0.23395696728634552, 0.1803807865240693, 0.08566224618958518};
static const double sharp_moment[SHARP] = {-0.039938716544976646, -0.05963473459394105, -0.027913310556180446, 0.027913310556180446, 0.05963473459394105, 0.039938716544976646};

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
    lane_number emptying_a[ISLET_LANES], emptying_c[ISLET_LANES], kabs[ISLET_LANES];
    lane_number qs1[ISLET_LANES], qs2[ISLET_LANES], left[ISLET_LANES], eating[ISLET_LANES], before[ISLET_LANES],
        eaten[ISLET_LANES];
    lane_number meal[BLOCK_MINUTES][ISLET_LANES];
    lane_number mass[BLOCK_PARTS][ISLET_LANES], moment[BLOCK_PARTS][ISLET_LANES];
    lane_number more[BLOCK_PARTS][ISLET_LANES]; /* see part_lines */
    bool uneven;
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
    gather_row(g->k[KINETIC_INDEX(kabs)], lane, n, s->kabs);
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
            if (s->uneven) out->more[p][l] = s->more[p][i];
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

/* What of the flux, known at the fine moments of each minute, is still in the intestine at the end of each half, less what would be if it
 * had been the straight line with its mass and moment. */
static __attribute__((noinline, cold)) void uneven_intestine(lanes kabs, const lanes flux[BLOCK_MINUTES][FINE], const emptied_parts *emptied,
                                    lanes *more)
{
    const lanes per_kabs = 1.0 / kabs, faster = kabs * -LANES_LOG2_E;
    const lanes after_half = lanes_exp2_fast(0.5 * faster), after_minute = after_half * after_half;
    const lanes zero = lanes_set1(0.0);
    lanes kept[BLOCK_PARTS] = {zero, zero}, late[FINE], from[FINE];
    for (int i = 0; i < FINE; i++) late[i] = lanes_exp2_fast((1.0 - fine_at[i]) * faster);
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        for (int i = 0; i < FINE; i++) from[i] = late[i] * flux[m][i];
        const lanes whole = weighed(fine_mass, from, FINE);
        const int part = m >= PART_MIN;
        if (m + 1 <= PART_MIN || m >= PART_MIN) kept[part] = lanes_fma(kept[part], after_minute, whole);
        else {
            const lanes early = weighed(early_mass, from, FINE);
            kept[0] = lanes_fma(kept[0], after_half, early / after_half); /* at the end of its first half */
            kept[1] = whole - early;
        }
    }
    /* of the line: start (1 - e)/k + rise (1/k) (1 - (1 - e)/(k h)) */
    const double h = PART_MIN;
    const lanes gone = 1.0 - lanes_exp2_fast(h * faster);
    for (int p = 0; p < BLOCK_PARTS; p++) {
        const lanes rise = emptied->moment[p] * (12.0 / (h * h)), start = emptied->mass[p] * (1.0 / h) - 0.5 * rise;
        const lanes of_line = per_kabs * lanes_fma(start, gone, rise * (1.0 - gone * per_kabs * (1.0 / h)));
        more[p] = kept[p] - of_line;
    }
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

/* The third look at a minute. What it finds, mass and moment, is given to the flux of the fine moments in lanes of the mask. => mass
 * (Seldom taken, so kept apart: within the loop it would hold registers.) */
static __attribute__((noinline, cold)) lanes look_sharply(stomach_curve curve, lanes kmax, lanes qs1, lanes content, lanes meal,
                                                          lanes mass, lanes_mask sharp, bool twice, lanes *flux_fine)
{
    lanes there[SHARP], flux[SHARP];
    for (int i = 0; i < SHARP; i++)
        there[i] = lanes_fma(lanes_set1(sharp_at[i]), meal, content) - weighed(fine_before_sharp[i], flux_fine, FINE);
    emptying_rates(&curve, there, SHARP, twice, flux);
    for (int i = 0; i < SHARP; i++) {
        const grinding ground = grinding_over(kmax, sharp_at[i]);
        flux[i] = flux[i] * (there[i] - lanes_fma(ground.gain, meal, ground.keep * qs1));
    }
    const lanes found = weighed(sharp_mass, flux, SHARP), more = found - mass;
    const lanes later = 12.0 * (weighed(sharp_moment, flux, SHARP) - weighed(fine_moment, flux_fine, FINE));
    for (int i = 0; i < FINE; i++)
        flux_fine[i] = lanes_select(sharp, flux_fine[i] + lanes_fma(lanes_set1(fine_at[i] - 0.5), later, more), flux_fine[i]);
    return lanes_select(sharp, found, mass);
}

/* A minute as far as the rough look goes. */
typedef struct {
    stomach_curve curve;
    lanes meal, qs1;    /* mg eaten in it; not yet ground at its start */
    lanes flux[ROUGH];
    lanes leaving;      /* in it, by the rough look */
} rough_minute;

/* Minute m, which begins with `expected` in the stomach and in which as much is thought to leave as in the minute before. */
static inline __attribute__((always_inline)) rough_minute look_roughly(const lane_kinetics *k, const grinding *rough, lanes expected,
                                                                       lanes leaving, lanes qs1, lanes announced, meal_book *book,
                                                                       bool first, bool twice)
{
    rough_minute minute;
    lanes there[ROUGH];
    book->left = book->left + announced;
    minute.meal = meal_book_minute(book, expected);
    minute.curve = stomach_curve_of(k, book->before + book->eaten);
    minute.qs1 = qs1;
    if (first) leaving = stomach_emptying_rate(&minute.curve, expected) * (expected - qs1);
    for (int i = 0; i < ROUGH; i++) there[i] = lanes_fma(lanes_set1(rough_at[i]), minute.meal - leaving, expected);
    emptying_rates(&minute.curve, there, ROUGH, twice, minute.flux);
    for (int i = 0; i < ROUGH; i++)
        minute.flux[i] = minute.flux[i] * (there[i] - lanes_fma(rough[i].gain, minute.meal, rough[i].keep * qs1));
    minute.leaving = weighed(rough_mass, minute.flux, ROUGH);
    return minute;
}

/* The fine look at a minute that begins with `content`, on the way that the rough one gives: what leaves at the fine moments. */
static inline __attribute__((always_inline)) void look_finely(const rough_minute *minute, const grinding *fine, lanes content,
                                                              bool twice, lanes *flux)
{
    lanes there[FINE];
    for (int i = 0; i < FINE; i++)
        there[i] = lanes_fma(lanes_set1(fine_at[i]), minute->meal, content) - weighed(rough_before_fine[i], minute->flux, ROUGH);
    emptying_rates(&minute->curve, there, FINE, twice, flux);
    for (int i = 0; i < FINE; i++)
        flux[i] = flux[i] * (there[i] - lanes_fma(fine[i].gain, minute->meal, fine[i].keep * minute->qs1));
}

/* A block of one vector, minute by minute; `twice`: its lanes fill half of it and stand in the other half again. The rough look at the
 * next minute stands beside the fine one at this, so that they fill each other's waiting. */
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
    const grinding whole = grinding_over(k.kmax, 1.0);

    const lanes zero = lanes_set1(0.0);
    lanes qs1 = lanes_load(s->qs1), content = qs1 + lanes_load(s->qs2);
    meal_book book = {lanes_load(s->left), lanes_load(s->eating), lanes_load(s->before), lanes_load(s->eaten)};
    emptied_parts emptied;
    for (int p = 0; p < BLOCK_PARTS; p++) emptied.mass[p] = emptied.moment[p] = zero;
    lanes fluxes[BLOCK_MINUTES][FINE];
    lanes least = lanes_set1(1e30), most = zero; /* of what leaves in a minute */
    rough_minute minute = look_roughly(&k, rough, content, zero, qs1, lanes_load(s->meal[0]), &book, true, twice);
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        const rough_minute now = minute;
        lanes *const flux = fluxes[m];
        qs1 = lanes_fma(whole.gain, now.meal, whole.keep * qs1);
        if (m + 1 < BLOCK_MINUTES)
            minute = look_roughly(&k, rough, content + (now.meal - now.leaving), now.leaving, qs1, lanes_load(s->meal[m + 1]), &book,
                                  false, twice);
        look_finely(&now, fine, content, twice, flux);
        lanes left = weighed(fine_mass, flux, FINE);
        const lanes_mask sharp = lanes_gt(lanes_abs(left - now.leaving), lanes_set1(SHARP_MG));
        if (lanes_any(sharp)) left = look_sharply(now.curve, k.kmax, now.qs1, content, now.meal, left, sharp, twice, flux);
        least = lanes_min(least, left);
        most = lanes_max(most, left);
        share_out_minute(m, flux, left, &emptied);
        content = content + (now.meal - left);
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
    const lanes_mask uneven = lanes_gt((most - least) * lanes_load(s->kabs), lanes_set1(UNEVEN_MG_MIN2));
    s->uneven = lanes_any(uneven);
    if (!s->uneven) return;
    lanes more[BLOCK_PARTS];
    uneven_intestine(lanes_load(s->kabs), fluxes, &emptied, more);
    for (int p = 0; p < BLOCK_PARTS; p++) lanes_store(s->more[p], lanes_select(uneven, more[p], zero));
}

static void stomach_steep(steep_lanes *s) { stomach_steep_of(s, false); }
static void stomach_steep_twice(steep_lanes *s) { stomach_steep_of(s, true); }

/* The rest of a block for lanes that need more than the flat step. */
static void stomach_rest(lane_group *g, const int *steep, int n_steep, part_lines *out)
{
    out->uneven = false;
    for (int first = 0; first < n_steep; first += ISLET_LANES) {
        const int n = n_steep - first < ISLET_LANES ? n_steep - first : ISLET_LANES;
        steep_lanes s;
        gather_steep(g, steep + first, n, &s);
        if (n <= ISLET_LANES / 2) stomach_steep_twice(&s);
        else stomach_steep(&s);
        if (s.uneven && !out->uneven) {
            memset(out->more, 0, sizeof out->more);
            out->uneven = true;
        }
        scatter_steep(&s, steep + first, n, g, out);
    }
    if (g->meal_minutes) memset(g->meal_mg, 0, sizeof g->meal_mg);
    g->meal_minutes = 0;
}

#endif
