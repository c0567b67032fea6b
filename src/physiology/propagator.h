/* Propagator: the tables of step.def, exact solutions of the linear equations over one part of a block.
 *
 * With x' = L x + sum of inputs that are straight lines in time, the state after h minutes is a fixed linear function of
 * the state before and of each line's start and rise: the matrix exponential of L with the inputs appended as states
 * (constants c' = r, rises r' = 0). It is summed as a Taylor series over a short time and squared up; every matrix is
 * held less 1, so that what leaves one state and enters another stays equal to the last digits. The rates of L are the
 * slopes of the shipped right-hand side, found by unit vectors: no equation stands here a second time. */
#ifndef ISLET_PHYSIOLOGY_PROPAGATOR_H
#define ISLET_PHYSIOLOGY_PROPAGATOR_H

#include "physiology/minute.h"

#define TICKS_PER_MINUTE 4 /* parts, half parts and minutes are whole numbers of ticks */
#define TICK_MIN (1.0 / TICKS_PER_MINUTE)
#define PART_TICKS (BLOCK_MINUTES * TICKS_PER_MINUTE / BLOCK_PARTS)
#define PART_MIN (PART_TICKS * TICK_MIN)
_Static_assert(PART_TICKS *BLOCK_PARTS == BLOCK_MINUTES * TICKS_PER_MINUTE && PART_TICKS % 2 == 0,
               "whole numbers of ticks");

#define PROPAGATOR_MAX 22
#define TAYLOR_HALVINGS 4 /* rates stay below about 2/min: a tick over 2^4 is a step below 0.04 */
#define TAYLOR_TERMS 8

typedef struct {
    int n;
    lanes at[PROPAGATOR_MAX][PROPAGATOR_MAX]; /* [to][from] */
} propagator;

static inline bool is_zero_everywhere(lanes x)
{
    const lanes zero = lanes_set1(0.0);
    return !lanes_any(lanes_or(lanes_gt(x, zero), lanes_lt(x, zero)));
}

/* out = a + b + a b, which is (1 + a)(1 + b) - 1 */
static void propagator_join(const propagator *a, const propagator *b, propagator *out)
{
    out->n = a->n;
    for (int i = 0; i < a->n; i++) {
        for (int j = 0; j < a->n; j++) out->at[i][j] = a->at[i][j] + b->at[i][j];
        for (int k = 0; k < a->n; k++) {
            const lanes factor = a->at[i][k];
            if (is_zero_everywhere(factor)) continue; /* most are 0 in everybody */
            for (int j = 0; j < a->n; j++) out->at[i][j] = lanes_fma(factor, b->at[k][j], out->at[i][j]);
        }
    }
}

/* exp(rates minutes) - 1 over one tick */
static void propagator_of_tick(const propagator *rates, propagator *out)
{
    const double h = TICK_MIN / (1 << TAYLOR_HALVINGS);
    const int n = rates->n;
    propagator sum = {.n = n}, next;
    /* sum = A (1 + A/2 (1 + A/3 (..))) */
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) sum.at[i][j] = lanes_set1(0.0);
    next.n = n;
    for (int term = TAYLOR_TERMS; term >= 1; term--) {
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) next.at[i][j] = rates->at[i][j] * (h / term);
            for (int k = 0; k < n; k++) {
                const lanes factor = rates->at[i][k] * (h / term);
                if (is_zero_everywhere(factor)) continue;
                for (int j = 0; j < n; j++) next.at[i][j] = lanes_fma(factor, sum.at[k][j], next.at[i][j]);
            }
        }
        sum = next;
    }
    for (int i = 0; i < TAYLOR_HALVINGS; i++) {
        propagator_join(&sum, &sum, &next);
        sum = next;
    }
    *out = sum;
}

/* (1 + tick)^ticks - 1, for ticks > 0 */
static void propagator_of_ticks(const propagator *tick, int ticks, propagator *out)
{
    propagator power = *tick, next;
    bool begun = false;
    for (; ticks; ticks >>= 1) {
        if (ticks & 1) {
            if (begun) propagator_join(&power, out, &next);
            *out = begun ? next : power;
            begun = true;
        }
        if (ticks == 1) return;
        propagator_join(&power, &power, &next);
        power = next;
    }
}

/* What a state keeps of another, or of itself: the stored matrix lacks the 1. */
static inline lanes kept(const propagator *part, int to, int from)
{
    return part->at[to][from] + (to == from ? 1.0 : 0.0);
}

/* An arc over h minutes, 0 at both ends and 1 in the middle, has slope 4/h at the start and turns by -8/h^2 a minute. */
static inline lanes arc_response(lanes rise, lanes turn, double arc_min)
{
    return rise * (4.0 / arc_min) - turn * (8.0 / (arc_min * arc_min));
}

/* ---- insulin and C-peptide ---- */

enum {
    IN_turn_liver,
    IN_rise_portal,
    IN_rise_systemic,
    IN_rise_liver,
    IN_start_portal,
    IN_start_systemic,
    IN_start_liver,
    IN_rapid,
    IN_depot,
    IN_one,
    AT_ipo,
    AT_s1,
    AT_s2,
    AT_d1,
    AT_d2,
    AT_il,
    AT_ip,
    AT_xu,
    AT_i1,
    AT_id,
    AT_c1,
    AT_c2,
    CHAIN_SIZE
};
_Static_assert(CHAIN_SIZE <= PROPAGATOR_MAX, "room for the chain");
#define FOR_CHAIN_STATES(DO) DO(ipo) DO(s1) DO(s2) DO(d1) DO(d2) DO(il) DO(ip) DO(xu) DO(i1) DO(id) DO(c1) DO(c2)

/* Slopes of the chain in state x with what is secreted past the portal vein, in pmol/kg/min, and doses. */
static void chain_slopes(const lane_kinetics *k, const minute_state *x, const minute_input *in, lanes systemic,
                         lanes out[CHAIN_SIZE])
{
    minute_state dx;
    memset(&dx, 0, sizeof dx);
    insulin_rhs(k, in, x->ip * k->per_vi, insulin_hepatic_loss_rate(k, k->gamma * x->ipo), systemic, x, &dx);
    c_peptide_rhs(k, systemic, x, &dx);
    dx.ipo = -k->gamma * x->ipo;
#define ONE(key) out[AT_##key] = dx.key;
    FOR_CHAIN_STATES(ONE)
#undef ONE
}

static void chain_rates(const lane_kinetics *k, propagator *rates)
{
    const lanes zero = lanes_set1(0.0), one = lanes_set1(1.0);
    minute_state none;
    minute_input nothing, in;
    lanes idle[CHAIN_SIZE], slope[CHAIN_SIZE];
    memset(rates, 0, sizeof *rates);
    memset(&none, 0, sizeof none);
    memset(&nothing, 0, sizeof nothing);
    rates->n = CHAIN_SIZE;
    chain_slopes(k, &none, &nothing, zero, idle);
#define COLUMN(from)                                                                                                   \
    for (int to = AT_ipo; to < CHAIN_SIZE; to++) rates->at[to][from] = slope[to] - idle[to];
#define ONE(key)                                                                                                       \
    {                                                                                                                  \
        minute_state unit = none;                                                                                      \
        unit.key = one;                                                                                                \
        chain_slopes(k, &unit, &nothing, zero, slope);                                                                 \
        COLUMN(AT_##key)                                                                                               \
    }
    FOR_CHAIN_STATES(ONE)
#undef ONE
    chain_slopes(k, &none, &nothing, one, slope);
    COLUMN(IN_start_systemic)
    in = nothing;
    in.rapid_pmol_kg_min = one;
    chain_slopes(k, &none, &in, zero, slope);
    COLUMN(IN_rapid)
    in = nothing;
    in.depot_pmol_kg_min = one;
    chain_slopes(k, &none, &in, zero, slope);
    COLUMN(IN_depot)
#undef COLUMN
    for (int to = AT_ipo; to < CHAIN_SIZE; to++) rates->at[to][IN_one] = idle[to];
    rates->at[AT_ipo][IN_start_portal] = one;
    rates->at[AT_il][IN_start_liver] = one;
    for (int source = 0; source < 3; source++) rates->at[IN_start_portal + source][IN_rise_portal + source] = one;
    rates->at[IN_rise_liver][IN_turn_liver] = one;
}

/* The chain one tick on, while one unit a minute of `from` enters (-1: nothing). */
static void chain_tick(const propagator *tick, int from, lanes x[CHAIN_SIZE])
{
    lanes next[CHAIN_SIZE];
    for (int i = AT_ipo; i < CHAIN_SIZE; i++) {
        next[i] = from < 0 ? x[i] : x[i] + tick->at[i][from];
        for (int j = AT_ipo; j < CHAIN_SIZE; j++) next[i] = lanes_fma(tick->at[i][j], x[j], next[i]);
    }
    for (int i = AT_ipo; i < CHAIN_SIZE; i++) x[i] = next[i];
}

/* What one unit a minute given in the overlap of a part and a minute has become at the end of the part. */
static void dose_response(const propagator *tick, int part, int minute, int from, lanes out[CHAIN_SIZE])
{
    for (int i = 0; i < CHAIN_SIZE; i++) out[i] = lanes_set1(0.0);
    for (int t = part * PART_TICKS; t < (part + 1) * PART_TICKS; t++)
        chain_tick(tick, t / TICKS_PER_MINUTE == minute ? from : -1, out);
}

/* Do part and minute overlap? => number of the pair among those that do */
static inline int dose_pair(int part, int minute)
{
    int pair = 0;
    for (int p = 0; p < BLOCK_PARTS; p++)
        for (int m = p * PART_TICKS / TICKS_PER_MINUTE; m * TICKS_PER_MINUTE < (p + 1) * PART_TICKS; m++, pair++)
            if (p == part && m == minute) return pair;
    return -1;
}

static void prepare_midway(const propagator *tick, lanes pump, step_table *table, int lane)
{
    propagator middle;
    const lanes per_part = lanes_set1(1.0 / PART_MIN);
    propagator_of_ticks(tick, PART_TICKS / 2, &middle);
#define MIDWAY(from) lanes_store(&table->midway_of_##from[lane], kept(&middle, AT_il, AT_##from));
#include "physiology/step.def"
    lanes_store(&table->midway_drift[lane], lanes_fma(pump, middle.at[AT_il][IN_rapid], middle.at[AT_il][IN_one]));
    lanes_store(&table->midway_start_portal[lane], middle.at[AT_il][IN_start_portal]);
    lanes_store(&table->midway_rise_portal[lane], middle.at[AT_il][IN_rise_portal] * per_part);
    lanes_store(&table->midway_start_systemic[lane], middle.at[AT_il][IN_start_systemic]);
    lanes_store(&table->midway_rise_systemic[lane], middle.at[AT_il][IN_rise_systemic] * per_part);
    lanes_store(&table->midway_start_liver[lane], middle.at[AT_il][IN_start_liver]);
    lanes_store(&table->midway_rise_liver[lane], middle.at[AT_il][IN_rise_liver] * per_part);
    lanes_store(&table->midway_bend_liver[lane],
                arc_response(middle.at[AT_il][IN_rise_liver], middle.at[AT_il][IN_turn_liver], PART_MIN));
    lanes_store(&table->midway_ipo_keep[lane], kept(&middle, AT_ipo, AT_ipo));
    lanes_store(&table->midway_ipo_start[lane], middle.at[AT_ipo][IN_start_portal]);
    lanes_store(&table->midway_ipo_rise[lane], middle.at[AT_ipo][IN_rise_portal] * per_part);
}

static void prepare_doses(const propagator *tick, step_table *table, int lane)
{
    for (int p = 0; p < BLOCK_PARTS; p++)
        for (int m = 0; m < BLOCK_MINUTES; m++) {
            lanes rapid[CHAIN_SIZE], depot[CHAIN_SIZE];
            const int pair = dose_pair(p, m);
            if (pair < 0) continue;
            dose_response(tick, p, m, IN_rapid, rapid);
            dose_response(tick, p, m, IN_depot, depot);
#define DOSE(to, from) lanes_store(&table->to##_dose_##from[pair][lane], from[AT_##to]);
#include "physiology/step.def"
        }
}

/* Action of one unit a minute given in a minute of the block: its time integral by Simpson's rule on every tick, less that on
 * start, middle and end of the block. */
static void prepare_missed(const propagator *tick, step_table *table, int lane)
{
    const int ticks = BLOCK_MINUTES * TICKS_PER_MINUTE;
    for (int m = 0; m < BLOCK_MINUTES; m++) {
        lanes now[CHAIN_SIZE], integral = lanes_set1(0.0), seen = lanes_set1(0.0);
        for (int i = 0; i < CHAIN_SIZE; i++) now[i] = lanes_set1(0.0);
        for (int t = 0; t < ticks; t++) {
            chain_tick(tick, t / TICKS_PER_MINUTE == m ? IN_rapid : -1, now);
            const double weight = t == ticks - 1 ? 1.0
                                  : t % 2        ? 2.0
                                                 : 4.0; /* at the end of this tick; 0 at the start */
            integral = lanes_fma(lanes_set1(weight * TICK_MIN / 3.0), now[AT_xu], integral);
            if (t == ticks / 2 - 1) seen = lanes_fma(lanes_set1(4.0 * BLOCK_MINUTES / 6.0), now[AT_xu], seen);
            if (t == ticks - 1) seen = lanes_fma(lanes_set1(BLOCK_MINUTES / 6.0), now[AT_xu], seen);
        }
        lanes_store(&table->xu_missed[m][lane], integral - seen);
    }
}

static void prepare_chain(const lane_kinetics *k, lanes basal_u_per_min, step_table *table, int lane)
{
    propagator rates, tick, part;
    lane_kinetics unit = *k;
    unit.c_per_pmol_kg = lanes_set1(1.0);
    chain_rates(&unit, &rates);
    propagator_of_tick(&rates, &tick);
    propagator_of_ticks(&tick, PART_TICKS, &part);
    const lanes pump = basal_u_per_min * k->pmol_kg_per_u, per_part = lanes_set1(1.0 / PART_MIN);
#define CHAIN(to, from) lanes_store(&table->to##_of_##from[lane], kept(&part, AT_##to, AT_##from));
#define DRIFT(to)                                                                                                      \
    lanes_store(&table->to##_drift[lane], lanes_fma(pump, part.at[AT_##to][IN_rapid], part.at[AT_##to][IN_one]));
#define SOURCE(to, from)                                                                                               \
    lanes_store(&table->to##_start_##from[lane], part.at[AT_##to][IN_start_##from]);                                   \
    lanes_store(&table->to##_rise_##from[lane], part.at[AT_##to][IN_rise_##from] * per_part);
#define CURVED(to, from)                                                                                               \
    lanes_store(&table->to##_bend_##from[lane],                                                                        \
                arc_response(part.at[AT_##to][IN_rise_##from], part.at[AT_##to][IN_turn_##from], PART_MIN));
#include "physiology/step.def"
#define ENTRY(name) lanes_store(&table->unit_##name[lane], lanes_load(&table->name[lane]));
    C_PEPTIDE_SOURCES(ENTRY)
#undef ENTRY
    prepare_midway(&tick, pump, table, lane);
    prepare_doses(&tick, table, lane);
    prepare_missed(&tick, table, lane);
}

/* ---- glucose ---- */

enum {
    IN_turn_plasma,
    IN_turn_tissue,
    IN_rise_plasma,
    IN_rise_tissue,
    IN_start_plasma,
    IN_start_tissue,
    AT_gp,
    AT_gt,
    AT_gs,
    EXCHANGE_SIZE
};

static void prepare_exchange(const lane_kinetics *k, step_table *table, int lane)
{
    const lanes one = lanes_set1(1.0), per_part = lanes_set1(1.0 / PART_MIN),
                per_block = lanes_set1(1.0 / BLOCK_MINUTES);
    propagator rates, tick, half, whole;
    memset(&rates, 0, sizeof rates);
    rates.n = EXCHANGE_SIZE;
#define COLUMN(key)                                                                                                    \
    {                                                                                                                  \
        minute_state unit, slope;                                                                                      \
        memset(&unit, 0, sizeof unit);                                                                                 \
        unit.key = one;                                                                                                \
        glucose_exchange(k, &unit, &slope);                                                                            \
        rates.at[AT_gp][AT_##key] = slope.gp;                                                                          \
        rates.at[AT_gt][AT_##key] = slope.gt;                                                                          \
        rates.at[AT_gs][AT_##key] = slope.gs;                                                                          \
    }
    COLUMN(gp)
    COLUMN(gt)
    COLUMN(gs)
#undef COLUMN
    rates.at[AT_gp][IN_start_plasma] = rates.at[AT_gt][IN_start_tissue] = one;
    rates.at[IN_start_plasma][IN_rise_plasma] = rates.at[IN_start_tissue][IN_rise_tissue] = one;
    rates.at[IN_rise_plasma][IN_turn_plasma] = rates.at[IN_rise_tissue][IN_turn_tissue] = one;
    propagator_of_tick(&rates, &tick);
    propagator_of_ticks(&tick, PART_TICKS, &half);
    propagator_join(&half, &half, &whole);
#define EXCHANGE(to, from)                                                                                             \
    lanes_store(&table->half_##to##_of_##from[lane], kept(&half, AT_##to, AT_##from));                                 \
    lanes_store(&table->to##_of_##from[lane], kept(&whole, AT_##to, AT_##from));
#define FLUX(to, from)                                                                                                 \
    lanes_store(&table->half_##to##_start_##from[lane], half.at[AT_##to][IN_start_##from]);                            \
    lanes_store(&table->half_##to##_rise_##from[lane], half.at[AT_##to][IN_rise_##from] * per_part);                   \
    lanes_store(&table->to##_start_##from[lane], whole.at[AT_##to][IN_start_##from]);                                  \
    lanes_store(&table->to##_rise_##from[lane], whole.at[AT_##to][IN_rise_##from] * per_block);                        \
    lanes_store(&table->to##_bend_##from[lane],                                                                        \
                arc_response(whole.at[AT_##to][IN_rise_##from], whole.at[AT_##to][IN_turn_##from], BLOCK_MINUTES));
#include "physiology/step.def"
}

/* ---- one state that follows its target: x' = rate (target - x) ---- */

typedef struct {
    lanes keep, start, rise; /* of the state, of the target at the start, of its rise within the part */
} fade;

#define FADE_TERMS 14 /* of exp(-z) over z < 1/2 */

static fade fade_of(lanes rate)
{
    /* e = exp(-z) - 1, phi = (exp(-z) - 1 + z)/z over a tick, as series; then tick after tick */
    const lanes z = rate * TICK_MIN;
    lanes phi = lanes_set1(0.0);
    for (int i = FADE_TERMS; i >= 2; i--) phi = (1.0 - phi) * z * (1.0 / i);
    const lanes lost = z * (1.0 - phi); /* 1 - exp(-z) = z - z phi */
    lanes keep = lanes_set1(1.0), start = lanes_set1(0.0), rise = lanes_set1(0.0);
    for (int t = 0; t < PART_TICKS; t++) {
        const double from = (double)t / PART_TICKS, per_tick = 1.0 / PART_TICKS;
        rise = (1.0 - lost) * rise + lost * from + phi * per_tick;
        start = (1.0 - lost) * start + lost;
        keep = (1.0 - lost) * keep;
    }
    return (fade){keep, start, rise};
}

static inline void store_fade(lane_number *keep, lane_number *start, lane_number *rise, lanes rate)
{
    const fade f = fade_of(rate);
    lanes_store(keep, f.keep);
    lanes_store(start, f.start);
    lanes_store(rise, f.rise);
}

/* What may change from day to day. */
static void prepare_daily(const lane_kinetics *k, step_table *table, int lane)
{
    store_fade(&table->qg_keep[lane], &table->qg_start[lane], &table->qg_rise[lane], k->kabs);
    store_fade(&table->provision_keep[lane], &table->provision_start[lane], &table->provision_rise[lane], k->alpha);
    lanes_store(&table->qs1_keep_half[lane], lanes_exp(-0.5 * BLOCK_MINUTES * k->kmax));
#define ENTRY(name) lanes_store(&table->name[lane], lanes_load(&table->unit_##name[lane]) * k->c_per_pmol_kg);
    C_PEPTIDE_SOURCES(ENTRY)
#undef ENTRY
}

static void prepare_alarm(const lane_kinetics *k, step_table *table, int lane)
{
    store_fade(&table->alarm_keep[lane], &table->alarm_start[lane], &table->alarm_rise[lane], k->kh);
}

#endif
