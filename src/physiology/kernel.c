/* Kernel: see kernel.h. Compiled once a lane width with ISLET_LANES and ISLET_KERNEL_NAME set by the build. */
#include "physiology/kernel.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/rng_lanes.h"
#include "base/units.h"
#include "physiology/glucose_risk.h"
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

/* ---- one minute ---- */

/* y + h * slope for every state from `first` on; written out for each, which lets the compiler keep them in registers */
static inline __attribute__((always_inline)) void state_step(const minute_state *y, const minute_state *slope, double h,
                                                             int first, minute_state *out)
{
    const lanes step = lanes_set1(h);
#define STATE(key, unit, sentence)                                                                                    \
    if (STATE_##key >= first) out->key = lanes_fma(step, slope->key, y->key);
#include "physiology/states.def"
#undef STATE
}

/* y += h/6 (k1 + 2 k2 + 2 k3 + k4) for every state from `first` on */
static inline __attribute__((always_inline)) void state_finish(const minute_state *k1, const minute_state *k2,
                                                               const minute_state *k3, const minute_state *k4, double h,
                                                               int first, minute_state *y)
{
    const lanes sixth = lanes_set1(h / 6.0), two = lanes_set1(2.0);
#define STATE(key, unit, sentence)                                                                                    \
    if (STATE_##key >= first)                                                                                         \
        y->key = lanes_fma(sixth, lanes_fma(two, k2->key + k3->key, k1->key + k4->key), y->key);
#include "physiology/states.def"
#undef STATE
}

/* ---- the default method: the stomach first, then everything downstream ----
 * Nothing but the meal drives the stomach, so its minutes are integrated ahead of the rest. Its four Runge-Kutta stages are
 * one long chain of exponentials and divisions; WAYS vectors side by side fill the waiting time of each other. */

#define STRETCH_MIN 5
#define WAYS (LANE_GROUP / ISLET_LANES < 2 ? 1 : 2)
#define EACH_WAY for (int w = 0; w < WAYS; w++)

/* What leaves the stomach within a minute, mg/min: a straight line in time that holds all that left it, so that no
 * carbohydrate is lost however steep the emptying curve is. */
typedef struct {
    lanes start, middle, end;
} emptied_line;

/* One Runge-Kutta step of h minutes of qs1 and qs2; => flux at its start. */
static inline __attribute__((always_inline)) void stomach_step(const lane_kinetics k[WAYS], const stomach_curve curve[WAYS],
                                                               const lanes meal[WAYS], double h, lanes qs1[WAYS],
                                                               lanes qs2[WAYS], lanes flux[WAYS])
{
    const double reach[3] = {0.5 * h, 0.5 * h, h}; /* where the next stage is taken */
    lanes a[WAYS], b[WAYS], sum_a[WAYS], sum_b[WAYS];
    EACH_WAY
    {
        a[w] = qs1[w];
        b[w] = qs2[w];
        sum_a[w] = sum_b[w] = flux[w] = lanes_set1(0.0);
    }
    for (int stage = 0; stage < 4; stage++) {
        const double weight = stage == 0 || stage == 3 ? h / 6.0 : h / 3.0;
        lanes out[WAYS], slope_a[WAYS], slope_b[WAYS];
        EACH_WAY out[w] = stomach_emptying(&k[w], &curve[w], a[w], b[w]);
        EACH_WAY
        {
            if (stage == 0) flux[w] = out[w];
            slope_a[w] = meal[w] - k[w].kmax * a[w];
            slope_b[w] = k[w].kmax * a[w] - out[w];
            sum_a[w] = lanes_fma(lanes_set1(weight), slope_a[w], sum_a[w]);
            sum_b[w] = lanes_fma(lanes_set1(weight), slope_b[w], sum_b[w]);
            if (stage == 3) continue;
            a[w] = lanes_fma(lanes_set1(reach[stage]), slope_a[w], qs1[w]);
            b[w] = lanes_fma(lanes_set1(reach[stage]), slope_b[w], qs2[w]);
        }
    }
    EACH_WAY
    {
        qs1[w] = qs1[w] + sum_a[w];
        qs2[w] = qs2[w] + sum_b[w];
    }
}

/* A flat minute: one step. The line begins at the flux of the start and holds all that left. */
static inline __attribute__((always_inline)) void stomach_minute_flat(const lane_kinetics k[WAYS],
                                                                      const stomach_curve curve[WAYS],
                                                                      const lanes meal[WAYS], lanes qs1[WAYS],
                                                                      lanes qs2[WAYS], emptied_line out[WAYS])
{
    lanes before[WAYS], flux[WAYS];
    EACH_WAY before[w] = qs1[w] + qs2[w];
    stomach_step(k, curve, meal, 1.0, qs1, qs2, flux);
    EACH_WAY
    {
        lanes mean = meal[w] + (before[w] - (qs1[w] + qs2[w]));
        out[w] = (emptied_line){flux[w], mean, 2.0 * mean - flux[w]};
    }
}

/* A steep minute: `steps` steps. The line holds what left in the first and in the second half. */
static void stomach_minute_steep(const lane_kinetics k[WAYS], const stomach_curve curve[WAYS], const lanes meal[WAYS],
                                 int steps, lanes qs1[WAYS], lanes qs2[WAYS], emptied_line out[WAYS])
{
    lanes start[WAYS], middle[WAYS], flux[WAYS];
    EACH_WAY start[w] = qs1[w] + qs2[w];
    for (int i = 0; i < steps / 2; i++) stomach_step(k, curve, meal, 1.0 / steps, qs1, qs2, flux);
    EACH_WAY middle[w] = qs1[w] + qs2[w];
    for (int i = 0; i < steps / 2; i++) stomach_step(k, curve, meal, 1.0 / steps, qs1, qs2, flux);
    EACH_WAY
    {
        lanes first = meal[w] + 2.0 * (start[w] - middle[w]);
        lanes second = meal[w] + 2.0 * (middle[w] - (qs1[w] + qs2[w]));
        out[w] = (emptied_line){1.5 * first - 0.5 * second, 0.5 * (first + second), 1.5 * second - 0.5 * first};
    }
}

/* A minute is steep if the argument of a tanh of the emptying curve may move by more than this in it, and there is
 * something to empty. Measured on the public subjects: bench/NOTES.md. */
#define STEEP_CHANGE 3.0
#define STEEP_CONTENT_MG 50.0

static inline lanes_mask stomach_is_steep(const lane_kinetics *k, const stomach_curve *curve, lanes meal, lanes qs1, lanes qs2)
{
    lanes change = lanes_max(curve->a, curve->c) * (meal + k->kmax * (qs1 + qs2));
    lanes_mask moves = lanes_gt(change, lanes_set1(STEEP_CHANGE)), matters = lanes_gt(qs2, lanes_set1(STEEP_CONTENT_MG));
    return lanes_and(curve->working, lanes_and(moves, matters));
}

/* One minute of the stomach. Each lane takes the one or the other by its own state; the dear one is computed only where a
 * lane takes it. */
static inline __attribute__((always_inline)) void stomach_minute(const lane_kinetics k[WAYS], const lanes meal[WAYS],
                                                                 const lanes dose_mg[WAYS], int steps, lanes qs1[WAYS],
                                                                 lanes qs2[WAYS], emptied_line out[WAYS])
{
    stomach_curve curve[WAYS];
    lanes steep1[WAYS], steep2[WAYS];
    lanes_mask steep[WAYS];
    bool any = false;
    EACH_WAY
    {
        curve[w] = stomach_curve_of(&k[w], dose_mg[w]);
        steep1[w] = qs1[w];
        steep2[w] = qs2[w];
        steep[w] = stomach_is_steep(&k[w], &curve[w], meal[w], qs1[w], qs2[w]);
        any = any || lanes_any(steep[w]);
    }
    stomach_minute_flat(k, curve, meal, qs1, qs2, out);
    if (!any) return;
    emptied_line line[WAYS];
    stomach_minute_steep(k, curve, meal, steps, steep1, steep2, line);
    EACH_WAY
    {
        qs1[w] = lanes_select(steep[w], steep1[w], qs1[w]);
        qs2[w] = lanes_select(steep[w], steep2[w], qs2[w]);
        out[w].start = lanes_select(steep[w], line[w].start, out[w].start);
        out[w].middle = lanes_select(steep[w], line[w].middle, out[w].middle);
        out[w].end = lanes_select(steep[w], line[w].end, out[w].end);
    }
}

/* One minute of everything downstream in one Runge-Kutta step. */
static inline void minute_downstream(const lane_kinetics *k, const minute_input *in, const emptied_line *emptied,
                                     minute_state *x)
{
    minute_state k1, k2, k3, k4, y;
    minute_rhs_after_stomach(k, in, emptied->start, x, &k1);
    state_step(x, &k1, 0.5, STATE_qg, &y);
    minute_rhs_after_stomach(k, in, emptied->middle, &y, &k2);
    state_step(x, &k2, 0.5, STATE_qg, &y);
    minute_rhs_after_stomach(k, in, emptied->middle, &y, &k3);
    state_step(x, &k3, 1.0, STATE_qg, &y);
    minute_rhs_after_stomach(k, in, emptied->end, &y, &k4);
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

static inline meal_book load_book(const lane_group *group, int lane)
{
    return (meal_book){lanes_load(&group->meal_left_mg[lane]), lanes_load(&group->eating[lane]),
                       lanes_load(&group->stomach_before_mg[lane]), lanes_load(&group->eaten_mg[lane])};
}

static inline void store_book(lane_group *group, int lane, const meal_book *book)
{
    lanes_store(&group->meal_left_mg[lane], book->left);
    lanes_store(&group->eating[lane], book->eating);
    lanes_store(&group->stomach_before_mg[lane], book->before);
    lanes_store(&group->eaten_mg[lane], book->eaten);
}

/* Insulin of the minutes: what is injected goes in within the first, the pump runs on. */
typedef struct {
    lanes per_u, rapid_u, basal_u, depot_u;
} dose_book;

static inline dose_book load_doses(const lane_group *group, int lane, const lane_kinetics *k)
{
    lanes basal = lanes_load(&group->basal_u_per_min[lane]);
    return (dose_book){PMOL_PER_UNIT_INSULIN / k->bw, lanes_load(&group->rapid_u[lane]) + basal, basal,
                       lanes_load(&group->depot_u[lane])};
}

static inline void dose_book_minute(dose_book *book, minute_input *in)
{
    in->rapid_pmol_kg_min = book->rapid_u * book->per_u;
    in->depot_pmol_kg_min = book->depot_u * book->per_u;
    book->rapid_u = book->basal_u;
    book->depot_u = lanes_set1(0.0);
}

static inline void add_to(double *sum, lanes value)
{
    lanes_store(sum, lanes_load(sum) + value);
}

static inline void doses_given(lane_group *group, int lane)
{
    lanes_store(&group->rapid_u[lane], lanes_set1(0.0));
    lanes_store(&group->depot_u[lane], lanes_set1(0.0));
}

/* At most STRETCH_MIN minutes of the WAYS vectors that begin at `lane`. */
static void advance_stretch(lane_group *group, int lane, int minutes, int stomach_steps)
{
    lane_kinetics k[WAYS];
    lanes qs1[WAYS], qs2[WAYS];
    meal_book book[WAYS];
    emptied_line emptied[STRETCH_MIN][WAYS];
    EACH_WAY
    {
        int at = lane + w * ISLET_LANES;
        load_kinetics(group, at, &k[w]);
        book[w] = load_book(group, at);
        qs1[w] = lanes_load(&group->x[MINUTE_qs1][at]);
        qs2[w] = lanes_load(&group->x[MINUTE_qs2][at]);
    }
    for (int minute = 0; minute < minutes; minute++) {
        lanes meal[WAYS], dose_mg[WAYS];
        EACH_WAY
        {
            meal[w] = meal_book_minute(&book[w], qs1[w] + qs2[w]);
            dose_mg[w] = book[w].before + book[w].eaten;
        }
        stomach_minute(k, meal, dose_mg, stomach_steps, qs1, qs2, emptied[minute]);
    }
    EACH_WAY
    {
        int at = lane + w * ISLET_LANES;
        minute_state x;
        dose_book doses = load_doses(group, at, &k[w]);
        load_state(group, at, &x);
        for (int minute = 0; minute < minutes; minute++) {
            minute_input in;
            dose_book_minute(&doses, &in);
            minute_downstream(&k[w], &in, &emptied[minute][w], &x);
            add_to(&group->glucose_sum_mg_dl[at], x.gp * k[w].per_vg);
            add_to(&group->c_peptide_sum_nmol_l[at], x.c1);
        }
        x.qs1 = qs1[w];
        x.qs2 = qs2[w];
        store_state(group, at, &x);
        store_book(group, at, &book[w]);
        doses_given(group, at);
    }
}

static void advance(lane_group *group, int minutes, int stomach_steps)
{
    for (int done = 0; done < minutes; done += STRETCH_MIN) {
        int stretch = minutes - done < STRETCH_MIN ? minutes - done : STRETCH_MIN;
        for (int lane = 0; lane < LANE_GROUP; lane += WAYS * ISLET_LANES) advance_stretch(group, lane, stretch, stomach_steps);
    }
}

static void advance_general(lane_group *group, int minutes, int steps)
{
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES) {
        lane_kinetics k;
        minute_state x;
        load_kinetics(group, lane, &k);
        load_state(group, lane, &x);
        meal_book book = load_book(group, lane);
        dose_book doses = load_doses(group, lane, &k);
        for (int minute = 0; minute < minutes; minute++) {
            minute_input in;
            in.meal_mg_per_min = meal_book_minute(&book, x.qs1 + x.qs2);
            in.stomach_dose_mg = book.before + book.eaten;
            dose_book_minute(&doses, &in);
            minute_general(&k, &in, steps, &x);
            add_to(&group->glucose_sum_mg_dl[lane], x.gp * k.per_vg);
            add_to(&group->c_peptide_sum_nmol_l[lane], x.c1);
        }
        store_state(group, lane, &x);
        store_book(group, lane, &book);
        doses_given(group, lane);
    }
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
        lanes scale = glucose_risk_scale(cgm);
        add_to(&group->risk_low_sum[lane], glucose_risk_low(scale));
        add_to(&group->risk_high_sum[lane], glucose_risk_high(scale));
        lanes_store(&group->above_250[lane], count_if(&group->above_250[lane], lanes_gt(cgm, lanes_set1(250.0))));
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
