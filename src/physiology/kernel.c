/* Kernel: see kernel.h. Compiled once a lane width with ISLET_LANES and ISLET_KERNEL_NAME set by the build. */
#include "physiology/kernel.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#ifndef ISLET_LANES_SINGLE
#include "base/rng_lanes.h"
#include "physiology/glucose_risk.h"
#endif
#include "physiology/block.h"

_Static_assert(LANE_GROUP % ISLET_LANES == 0, "a group is a whole number of vectors");
_Static_assert((int)STATE_COUNT == (int)MINUTE_STATES, "one list of states");

/* ---- what follows from the constants ---- */

static void derive(lane_group *group, int lane, lane_kinetics *k)
{
    lanes *all = (lanes *)k;
    for (int i = 0; i < KINETIC_COUNT; i++) all[i] = lanes_load(&group->k[i][lane]);
    lane_kinetics_derive(k);
    for (int i = 0; i < DERIVED_COUNT; i++) lanes_store(&group->derived[i][lane], all[KINETIC_COUNT + i]);
}

static void prepare_day(lane_group *group)
{
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES) {
        lane_kinetics k;
        derive(group, lane, &k);
        gather_kinetics(group, lane);
        prepare_daily(&k, &group->step, lane);
    }
}

static void prepare(lane_group *group)
{
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES) {
        lane_kinetics k;
        derive(group, lane, &k);
        prepare_chain(&k, lanes_load(&group->basal_u_per_min[lane]), &group->step, lane);
        prepare_exchange(&k, &group->step, lane);
        prepare_alarm(&k, &group->step, lane);
    }
    prepare_day(group);
}

/* ---- the general method: one minute ---- */

/* States that stay 0 where nobody secretes. */
static inline bool is_of_secretion(int state)
{
    return state == STATE_ipo || state == STATE_yn || state == STATE_yg || state == STATE_c1 || state == STATE_c2;
}

/* y + h * slope for every state; written out for each, which lets the compiler keep them in registers */
static inline __attribute__((always_inline)) void state_step(const minute_state *y, const minute_state *slope, double h,
                                                             bool secretes, minute_state *out)
{
    const lanes step = lanes_set1(h);
#define STATE(key, unit, sentence)                                                                                     \
    out->key = secretes || !is_of_secretion(STATE_##key) ? lanes_fma(step, slope->key, y->key) : y->key;
#include "physiology/states.def"
#undef STATE
}

/* y += h/6 (k1 + 2 k2 + 2 k3 + k4) for every state */
static inline __attribute__((always_inline)) void state_finish(const minute_state *k1, const minute_state *k2,
                                                               const minute_state *k3, const minute_state *k4, double h,
                                                               bool secretes, minute_state *y)
{
    const lanes sixth = lanes_set1(h / 6.0), two = lanes_set1(2.0);
#define STATE(key, unit, sentence)                                                                                     \
    if (secretes || !is_of_secretion(STATE_##key))                                                                     \
        y->key = lanes_fma(sixth, lanes_fma(two, k2->key + k3->key, k1->key + k4->key), y->key);
#include "physiology/states.def"
#undef STATE
}

/* Some vectors take turns, stage by stage, and fill each other's waiting. */
#define GENERAL_VECTORS (LANE_GROUP / ISLET_LANES < 4 ? LANE_GROUP / ISLET_LANES : 4)
_Static_assert(LANE_GROUP / ISLET_LANES % GENERAL_VECTORS == 0, "a group is a whole number of turns");
#define EACH_GENERAL for (int v = 0; v < GENERAL_VECTORS; v++)

typedef struct {
    const lane_kinetics *k;
    minute_state x;
    meal_book book;
} general_vector;

/* Classical Runge-Kutta of `steps` equal steps. What does not change within the minute is looked at once. */
static inline __attribute__((always_inline)) void minutes_general(general_vector *of, const minute_input *in, int steps,
                                                                  bool secretes)
{
    const double h = 1.0 / steps;
    stomach_curve curve[GENERAL_VECTORS];
    EACH_GENERAL curve[v] = stomach_curve_of(of[v].k, in[v].stomach_dose_mg);
    for (int i = 0; i < steps; i++) {
        minute_state k1[GENERAL_VECTORS], k2[GENERAL_VECTORS], k3[GENERAL_VECTORS], k4[GENERAL_VECTORS], y[GENERAL_VECTORS];
        EACH_GENERAL minute_rhs_of(of[v].k, &in[v], &curve[v], secretes, &of[v].x, &k1[v]);
        EACH_GENERAL state_step(&of[v].x, &k1[v], 0.5 * h, secretes, &y[v]);
        EACH_GENERAL minute_rhs_of(of[v].k, &in[v], &curve[v], secretes, &y[v], &k2[v]);
        EACH_GENERAL state_step(&of[v].x, &k2[v], 0.5 * h, secretes, &y[v]);
        EACH_GENERAL minute_rhs_of(of[v].k, &in[v], &curve[v], secretes, &y[v], &k3[v]);
        EACH_GENERAL state_step(&of[v].x, &k3[v], h, secretes, &y[v]);
        EACH_GENERAL minute_rhs_of(of[v].k, &in[v], &curve[v], secretes, &y[v], &k4[v]);
        EACH_GENERAL state_finish(&k1[v], &k2[v], &k3[v], &k4[v], h, secretes, &of[v].x);
    }
}

/* What enters in a minute, and what is eaten in it. */
static inline minute_input general_input(const lane_group *group, int lane, int minute, general_vector *of)
{
    const lanes basal = lanes_load(&group->basal_u_per_min[lane]), pmol = of->k->pmol_kg_per_u;
    minute_input in = {.rapid_pmol_kg_min = basal * pmol, .depot_pmol_kg_min = lanes_set1(0.0)};
    if (minute < BLOCK_MINUTES) {
        of->book.left = of->book.left + lanes_load(&group->meal_mg[minute][lane]);
        in.rapid_pmol_kg_min = (lanes_load(&group->rapid_u[minute][lane]) + basal) * pmol;
        in.depot_pmol_kg_min = lanes_load(&group->depot_u[minute][lane]) * pmol;
    }
    in.meal_mg_per_min = meal_book_minute(&of->book, of->x.qs1 + of->x.qs2);
    in.stomach_dose_mg = of->book.before + of->book.eaten;
    return in;
}

/* ---- blocks ---- */

static inline void doses_given(lane_group *group)
{
    if (group->rapid_minutes) memset(group->rapid_u, 0, sizeof group->rapid_u);
    if (group->depot_minutes) memset(group->depot_u, 0, sizeof group->depot_u);
    group->rapid_minutes = group->depot_minutes = 0;
}

static inline void add_to(lane_number *sum, lanes value)
{
    lanes_store(sum, lanes_load(sum) + value);
}

static void advance(lane_group *group, int blocks)
{
    for (int block = 0; block < blocks; block++) {
        block_advance(group);
        doses_given(group);
    }
}

static void advance_general(lane_group *group, int minutes, int steps)
{
    for (int first = 0; first < LANE_GROUP; first += GENERAL_VECTORS * ISLET_LANES) {
        general_vector of[GENERAL_VECTORS];
        minute_input in[GENERAL_VECTORS];
#define LANE (first + v * ISLET_LANES)
        EACH_GENERAL
        {
            refresh_kinetics(group, LANE);
            of[v].k = kinetics_of(group, LANE);
            load_state(group, LANE, &of[v].x);
            of[v].book = (meal_book){lanes_load(&group->meal_left_mg[LANE]), lanes_load(&group->eating[LANE]),
                                     lanes_load(&group->stomach_before_mg[LANE]), lanes_load(&group->eaten_mg[LANE])};
        }
        for (int minute = 0; minute < minutes; minute++) {
            bool secretes = false;
            EACH_GENERAL
            {
                in[v] = general_input(group, LANE, minute, &of[v]);
                secretes = secretes || vector_secretes(of[v].k, &of[v].x);
            }
            if (secretes) minutes_general(of, in, steps, true);
            else minutes_general(of, in, steps, false);
            EACH_GENERAL
            {
                add_to(&group->glucose_sum_mg_dl[LANE], of[v].x.gp * of[v].k->per_vg);
                add_to(&group->c_peptide_sum_nmol_l[LANE], of[v].x.c1);
            }
        }
        EACH_GENERAL
        {
            store_state(group, LANE, &of[v].x);
            lanes_store(&group->meal_left_mg[LANE], of[v].book.left);
            lanes_store(&group->eating[LANE], of[v].book.eating);
            lanes_store(&group->stomach_before_mg[LANE], of[v].book.before);
            lanes_store(&group->eaten_mg[LANE], of[v].book.eaten);
        }
#undef LANE
    }
    if (group->meal_minutes) memset(group->meal_mg, 0, sizeof group->meal_mg);
    group->meal_minutes = 0;
    doses_given(group);
}

#ifndef ISLET_LANES_SINGLE
/* ---- sensor ----
 * CGM = (a0 + a1 t + a2 t^2) IG + b0 + e,  e_n = phi1 e_{n-1} + phi2 e_{n-2} + sigma z,  every 5 minutes, 40..400.
 * Vettoretti, Battocchio, Sparacino, Facchinetti, Sensors 2019;19:5320 (10-day factory-calibrated sensor). */

#define CGM_LOW_MG_DL 40.0
#define CGM_HIGH_MG_DL 400.0

static inline lanes count_if(const double *counter, lanes_mask condition)
{
    return lanes_load(counter) + lanes_select(condition, lanes_set1(1.0), lanes_set1(0.0));
}

/* Standard normals of a reading. Two come of one draw: the second is kept for the next reading. */
static inline lanes reading_noise(lane_group *group, int lane, uint64_t seed, uint64_t reading)
{
    if (reading % 2 == 1) return lanes_load(&group->noise_to_come[lane]);
    lanes pair[2];
    rng_lanes_uniform_pair(seed, lanes_bits_load(&group->person[lane]), RNG_sensor, reading / 2, pair);
    lanes_store(&group->noise_to_come[lane], lanes_normal_fast(pair[1]));
    return lanes_normal_fast(pair[0]);
}

/* What the day's readings are counted into. */
static inline __attribute__((always_inline)) void count_reading(lane_group *group, int lane, lanes cgm, bool risk)
{
    const lanes_mask low = lanes_lt(cgm, lanes_set1(70.0)), high = lanes_gt(cgm, lanes_set1(180.0));
    lanes_store(&group->below_70[lane], count_if(&group->below_70[lane], low));
    lanes_store(&group->part_low[lane], count_if(&group->part_low[lane], low));
    add_to(&group->part_sum[lane], cgm);
    if (risk) {
        const lanes scale = glucose_risk_scale(cgm);
        add_to(&group->risk_low_sum[lane], glucose_risk_low(scale));
        add_to(&group->risk_high_sum[lane], glucose_risk_high(scale));
    }
    lanes_store(&group->above_250[lane], count_if(&group->above_250[lane], lanes_gt(cgm, lanes_set1(250.0))));
    lanes_store(&group->below_54[lane], count_if(&group->below_54[lane], lanes_lt(cgm, lanes_set1(54.0))));
    lanes_store(&group->above_180[lane], count_if(&group->above_180[lane], high));
    lanes_store(&group->in_range[lane], count_if(&group->in_range[lane], lanes_not(lanes_or(low, high))));
    add_to(&group->cgm_sum[lane], cgm);
    add_to(&group->cgm_sum_squares[lane], cgm * cgm);
}

static unsigned sense(lane_group *group, uint64_t seed, uint64_t reading, double session_day, bool risk)
{
    const lanes alarming = lanes_set1(SENSE_LOW_MG_DL), t = lanes_set1(session_day);
    unsigned low = 0;
    for (int lane = 0; lane < LANE_GROUP; lane += ISLET_LANES) {
        const lanes z = reading_noise(group, lane, seed, reading);
        const lanes error1 = lanes_load(&group->error1_mg_dl[lane]), error2 = lanes_load(&group->error2_mg_dl[lane]);
        const lanes error = lanes_load(&group->phi1[lane]) * error1 + lanes_load(&group->phi2[lane]) * error2 +
                            lanes_load(&group->sigma_mg_dl[lane]) * z;
        const lanes gain =
            lanes_load(&group->a0[lane]) + t * (lanes_load(&group->a1[lane]) + t * lanes_load(&group->a2[lane]));
        const lanes per_vg = lanes_load(&group->derived[DERIVED_per_vg][lane]);
        const lanes interstitial = lanes_load(&group->x[MINUTE_gs][lane]) * per_vg,
                    plasma = lanes_load(&group->x[MINUTE_gp][lane]) * per_vg;
        lanes cgm = gain * interstitial + lanes_load(&group->b0[lane]) + error;
        cgm = lanes_min(lanes_max(cgm, lanes_set1(CGM_LOW_MG_DL)), lanes_set1(CGM_HIGH_MG_DL));

        lanes_store(&group->error2_mg_dl[lane], error1);
        lanes_store(&group->error1_mg_dl[lane], error);
        lanes_store(&group->cgm_before_mg_dl[lane], lanes_load(&group->cgm_mg_dl[lane]));
        lanes_store(&group->cgm_mg_dl[lane], cgm);
        count_reading(group, lane, cgm, risk);
        low |= lanes_mask_bits(lanes_lt(lanes_min(cgm, plasma), alarming)) << lane;
    }
    return low;
}
#else
#define sense NULL /* readings are taken in double */
#endif

#define KERNEL_SYMBOL2(name) islet_kernel_##name
#define KERNEL_SYMBOL(name) KERNEL_SYMBOL2(name)
#define KERNEL_TEXT2(name) #name
#define KERNEL_TEXT(name) KERNEL_TEXT2(name)

extern const kernel KERNEL_SYMBOL(ISLET_KERNEL_NAME);
const kernel KERNEL_SYMBOL(ISLET_KERNEL_NAME) = {
    KERNEL_TEXT(ISLET_KERNEL_NAME), ISLET_LANES, prepare, prepare_day, advance, advance_general, sense};
