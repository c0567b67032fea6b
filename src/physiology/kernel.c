/* Kernel: see kernel.h. Compiled once a lane width with ISLET_LANES and ISLET_KERNEL_NAME set by the build. */
#include "physiology/kernel.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/rng_lanes.h"
#include "base/units.h"
#include "physiology/minute.h"

_Static_assert(LANE_GROUP % ISLET_LANES == 0, "a group is a whole number of vectors");
_Static_assert((int)STATE_COUNT == (int)MINUTE_STATES, "one list of states");

/* ---- group <-> lanes ---- */

static inline void load_kinetics(const lane_group *group, int lane, lane_kinetics *k)
{
    lanes *to = (lanes *)k;
    for (int i = 0; i < KINETIC_COUNT; i++) to[i] = lanes_load(&group->k[i][lane]);
    lane_kinetics_derive(k);
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

/* ---- meal bookkeeping (simglucose): which meal the stomach is working on ----
 * Eating at 5 g/min on the one-minute grid. When eating starts, the stomach's content is remembered and the meal's
 * count starts at 0; what is eaten this minute counts before the step; both values stay until the next meal. */

typedef struct {
    lanes left, eating, before, eaten;
} meal_book;

static inline lanes meal_book_minute(meal_book *book, const minute_state *x)
{
    lanes zero = lanes_set1(0.0), one = lanes_set1(1.0);
    lanes bite = lanes_min(book->left, lanes_set1(EATING_MG_PER_MIN));
    lanes_mask eats = lanes_gt(bite, zero);
    lanes now = lanes_select(eats, one, zero);
    lanes_mask starts = lanes_gt(now, book->eating);
    book->before = lanes_select(starts, x->qs1 + x->qs2, book->before);
    book->eaten = lanes_select(starts, zero, book->eaten) + bite;
    book->left = book->left - bite;
    book->eating = now;
    return bite;
}

/* ---- one minute ---- */

/* y + h * slope for every state from `first` on */
static inline void state_step(const minute_state *y, const minute_state *slope, double h, int first, minute_state *out)
{
    const lanes *a = (const lanes *)y, *b = (const lanes *)slope;
    lanes *to = (lanes *)out, step = lanes_set1(h);
    for (int i = first; i < MINUTE_STATES; i++) to[i] = lanes_fma(step, b[i], a[i]);
}

/* y += h/6 (k1 + 2 k2 + 2 k3 + k4) for every state from `first` on */
static inline void state_finish(const minute_state *k1, const minute_state *k2, const minute_state *k3,
                                const minute_state *k4, double h, int first, minute_state *y)
{
    const lanes *a = (const lanes *)k1, *b = (const lanes *)k2, *c = (const lanes *)k3, *d = (const lanes *)k4;
    lanes *to = (lanes *)y, sixth = lanes_set1(h / 6.0), two = lanes_set1(2.0);
    for (int i = first; i < MINUTE_STATES; i++)
        to[i] = lanes_fma(sixth, lanes_fma(two, b[i] + c[i], a[i] + d[i]), to[i]);
}

/* The stomach alone: two states that nothing but the meal drives. One Runge-Kutta step of h minutes. */
static inline void stomach_step(const lane_kinetics *k, const stomach_curve *curve, lanes meal, double h, lanes *qs1,
                                lanes *qs2)
{
    lanes a = *qs1, b = *qs2, half = lanes_set1(0.5 * h), whole = lanes_set1(h);
    lanes ka1 = meal - k->kmax * a, kb1 = k->kmax * a - stomach_emptying(k, curve, a, b);
    lanes a2 = lanes_fma(half, ka1, a), b2 = lanes_fma(half, kb1, b);
    lanes ka2 = meal - k->kmax * a2, kb2 = k->kmax * a2 - stomach_emptying(k, curve, a2, b2);
    lanes a3 = lanes_fma(half, ka2, a), b3 = lanes_fma(half, kb2, b);
    lanes ka3 = meal - k->kmax * a3, kb3 = k->kmax * a3 - stomach_emptying(k, curve, a3, b3);
    lanes a4 = lanes_fma(whole, ka3, a), b4 = lanes_fma(whole, kb3, b);
    lanes ka4 = meal - k->kmax * a4, kb4 = k->kmax * a4 - stomach_emptying(k, curve, a4, b4);
    lanes sixth = lanes_set1(h / 6.0), two = lanes_set1(2.0);
    *qs1 = lanes_fma(sixth, lanes_fma(two, ka2 + ka3, ka1 + ka4), a);
    *qs2 = lanes_fma(sixth, lanes_fma(two, kb2 + kb3, kb1 + kb4), b);
}

/* One minute: the stomach in small steps; then everything downstream in one Runge-Kutta step. What downstream sees of
 * the stomach is the straight line in time that holds what left it in the first and in the second half of the minute, so
 * no carbohydrate is lost however steep the emptying curve is. */
static inline void minute_multirate(const lane_kinetics *k, const minute_input *in, int stomach_steps, minute_state *x)
{
    stomach_curve curve = stomach_curve_of(k, in->stomach_dose_mg);
    double h = 1.0 / stomach_steps;
    lanes content_start = x->qs1 + x->qs2;
    for (int i = 0; i < stomach_steps / 2; i++) stomach_step(k, &curve, in->meal_mg_per_min, h, &x->qs1, &x->qs2);
    lanes content_middle = x->qs1 + x->qs2;
    for (int i = 0; i < stomach_steps / 2; i++) stomach_step(k, &curve, in->meal_mg_per_min, h, &x->qs1, &x->qs2);
    lanes content_end = x->qs1 + x->qs2;

    /* mean flux of each half, then the line through them */
    lanes first = in->meal_mg_per_min + 2.0 * (content_start - content_middle);
    lanes second = in->meal_mg_per_min + 2.0 * (content_middle - content_end);
    lanes flux_start = 1.5 * first - 0.5 * second;
    lanes flux_middle = 0.5 * (first + second);
    lanes flux_end = 1.5 * second - 0.5 * first;

    minute_state k1, k2, k3, k4, y;
    minute_rhs_after_stomach(k, in, flux_start, x, &k1);
    state_step(x, &k1, 0.5, STATE_qg, &y);
    minute_rhs_after_stomach(k, in, flux_middle, &y, &k2);
    state_step(x, &k2, 0.5, STATE_qg, &y);
    minute_rhs_after_stomach(k, in, flux_middle, &y, &k3);
    state_step(x, &k3, 1.0, STATE_qg, &y);
    minute_rhs_after_stomach(k, in, flux_end, &y, &k4);
    state_finish(&k1, &k2, &k3, &k4, 1.0, STATE_qg, x);
}

/* The same minute with every state in classical Runge-Kutta of `steps` equal steps. */
static inline void minute_general(const lane_kinetics *k, const minute_input *in, int steps, minute_state *x)
{
    double h = 1.0 / steps;
    for (int i = 0; i < steps; i++) {
        minute_state k1, k2, k3, k4, y;
        minute_rhs(k, in, x, &k1);
        state_step(x, &k1, 0.5 * h, 0, &y);
        minute_rhs(k, in, &y, &k2);
        state_step(x, &k2, 0.5 * h, 0, &y);
        minute_rhs(k, in, &y, &k3);
        state_step(x, &k3, h, 0, &y);
        minute_rhs(k, in, &y, &k4);
        state_finish(&k1, &k2, &k3, &k4, h, 0, x);
    }
}

/* ---- a stretch of minutes ---- */

typedef void minute_method(const lane_kinetics *k, const minute_input *in, int steps, minute_state *x);

static inline __attribute__((always_inline)) void advance_lanes(lane_group *group, int lane, int minutes, int steps,
                                                                minute_method *method)
{
    lane_kinetics k;
    minute_state x;
    load_kinetics(group, lane, &k);
    load_state(group, lane, &x);
    meal_book book = {lanes_load(&group->meal_left_mg[lane]), lanes_load(&group->eating[lane]),
                      lanes_load(&group->stomach_before_mg[lane]), lanes_load(&group->eaten_mg[lane])};
    lanes glucose_sum = lanes_load(&group->glucose_sum_mg_dl[lane]);
    lanes c_peptide_sum = lanes_load(&group->c_peptide_sum_nmol_l[lane]);
    lanes pmol_kg_per_u = PMOL_PER_UNIT_INSULIN / k.bw;
    lanes basal = lanes_load(&group->basal_u_per_min[lane]);
    lanes rapid = lanes_load(&group->rapid_u[lane]) + basal;   /* U within the first minute */
    lanes depot = lanes_load(&group->depot_u[lane]);

    for (int minute = 0; minute < minutes; minute++) {
        minute_input in;
        in.meal_mg_per_min = meal_book_minute(&book, &x);
        in.rapid_pmol_kg_min = rapid * pmol_kg_per_u;
        in.depot_pmol_kg_min = depot * pmol_kg_per_u;
        in.stomach_dose_mg = book.before + book.eaten;
        method(&k, &in, steps, &x);
        glucose_sum += x.gp * k.per_vg;
        c_peptide_sum += x.c1;
        rapid = basal;
        depot = lanes_set1(0.0);
    }

    store_state(group, lane, &x);
    lanes_store(&group->meal_left_mg[lane], book.left);
    lanes_store(&group->eating[lane], book.eating);
    lanes_store(&group->stomach_before_mg[lane], book.before);
    lanes_store(&group->eaten_mg[lane], book.eaten);
    lanes_store(&group->glucose_sum_mg_dl[lane], glucose_sum);
    lanes_store(&group->c_peptide_sum_nmol_l[lane], c_peptide_sum);
    lanes_store(&group->rapid_u[lane], lanes_set1(0.0));
    lanes_store(&group->depot_u[lane], lanes_set1(0.0));
}

static void advance(lane_group *group, int minutes, int stomach_steps)
{
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES)
        advance_lanes(group, lane, minutes, stomach_steps, minute_multirate);
}

static void advance_general(lane_group *group, int minutes, int steps)
{
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES)
        advance_lanes(group, lane, minutes, steps, minute_general);
}

/* ---- sensor ----
 * CGM = (a0 + a1 t + a2 t^2) IG + b0 + e,  e_n = phi1 e_{n-1} + phi2 e_{n-2} + sigma z,  every 5 minutes, 40..400.
 * Vettoretti, Battocchio, Sparacino, Facchinetti, Sensors 2019;19:5320 (10-day factory-calibrated sensor). */

#define CGM_LOW_MG_DL 40.0
#define CGM_HIGH_MG_DL 400.0

static inline lanes count_if(const double *counter, lanes_mask condition)
{
    return lanes_load(counter) + lanes_select(condition, lanes_set1(1.0), lanes_set1(0.0));
}

static void sense(lane_group *group, uint64_t seed, uint64_t reading, double session_day)
{
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES) {
        lanes z = rng_lanes_normal(seed, lanes_bits_load(&group->person[lane]), RNG_sensor, reading);
        lanes error1 = lanes_load(&group->error1_mg_dl[lane]), error2 = lanes_load(&group->error2_mg_dl[lane]);
        lanes error = lanes_load(&group->phi1[lane]) * error1 + lanes_load(&group->phi2[lane]) * error2 +
                      lanes_load(&group->sigma_mg_dl[lane]) * z;
        lanes t = lanes_set1(session_day);
        lanes gain = lanes_load(&group->a0[lane]) +
                     t * (lanes_load(&group->a1[lane]) + t * lanes_load(&group->a2[lane]));
        lanes interstitial = lanes_load(&group->x[MINUTE_gs][lane]) /
                             lanes_load(&group->k[KINETIC_INDEX(vg)][lane]);
        lanes cgm = gain * interstitial + lanes_load(&group->b0[lane]) + error;
        cgm = lanes_min(lanes_max(cgm, lanes_set1(CGM_LOW_MG_DL)), lanes_set1(CGM_HIGH_MG_DL));

        lanes_store(&group->error2_mg_dl[lane], error1);
        lanes_store(&group->error1_mg_dl[lane], error);
        lanes_store(&group->cgm_before_mg_dl[lane], lanes_load(&group->cgm_mg_dl[lane]));
        lanes_store(&group->cgm_mg_dl[lane], cgm);

        lanes_mask low = lanes_lt(cgm, lanes_set1(70.0)), high = lanes_gt(cgm, lanes_set1(180.0));
        lanes_store(&group->below_70[lane], count_if(&group->below_70[lane], low));
        lanes_store(&group->below_54[lane], count_if(&group->below_54[lane], lanes_lt(cgm, lanes_set1(54.0))));
        lanes_store(&group->above_180[lane], count_if(&group->above_180[lane], high));
        lanes_store(&group->in_range[lane], count_if(&group->in_range[lane], lanes_not(lanes_or(low, high))));
        lanes_store(&group->cgm_sum[lane], lanes_load(&group->cgm_sum[lane]) + cgm);
        lanes_store(&group->cgm_sum_squares[lane], lanes_load(&group->cgm_sum_squares[lane]) + cgm * cgm);
    }
}

#define KERNEL_SYMBOL2(name) islet_kernel_##name
#define KERNEL_SYMBOL(name) KERNEL_SYMBOL2(name)
#define KERNEL_TEXT2(name) #name
#define KERNEL_TEXT(name) KERNEL_TEXT2(name)

extern const kernel KERNEL_SYMBOL(ISLET_KERNEL_NAME);
const kernel KERNEL_SYMBOL(ISLET_KERNEL_NAME) = {KERNEL_TEXT(ISLET_KERNEL_NAME), ISLET_LANES, advance, advance_general,
                                                 sense};
