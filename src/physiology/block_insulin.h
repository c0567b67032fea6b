/* Insulin and C-peptide in one half of a block: exact for everything linear (propagator.h); secretion is a straight line in each
 * half, what a changed hepatic extraction spares a parabola. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_INSULIN_H
#define ISLET_PHYSIOLOGY_BLOCK_INSULIN_H

#include "physiology/block_lanes.h"

/* How much of the chain is wanted: what production and uptake of glucose look at, all of insulin, C-peptide too. */
typedef enum { CHAIN_SIGNALS, CHAIN_INSULIN, CHAIN_WHOLE } chain_extent;
#define FIRST_IN_ipo CHAIN_SIGNALS
#define FIRST_IN_xu CHAIN_SIGNALS
#define FIRST_IN_id CHAIN_SIGNALS
#define FIRST_IN_s1 CHAIN_INSULIN
#define FIRST_IN_s2 CHAIN_INSULIN
#define FIRST_IN_d1 CHAIN_INSULIN
#define FIRST_IN_d2 CHAIN_INSULIN
#define FIRST_IN_il CHAIN_INSULIN
#define FIRST_IN_ip CHAIN_INSULIN
#define FIRST_IN_i1 CHAIN_INSULIN
#define FIRST_IN_c1 CHAIN_WHOLE
#define FIRST_IN_c2 CHAIN_WHOLE

static inline void copy_chain(const minute_state *from, minute_state *to)
{
#define ENTRY(key) to->key = from->key;
    FOR_CHAIN_STATES(ENTRY)
#undef ENTRY
}

/* What is given in a part of the block has become by its end. */
static inline __attribute__((always_inline)) void add_doses(const lane_group *g, int lane, int part, minute_state *y)
{
    const step_table *table = &g->step;
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

/* Insulin and C-peptide without what is secreted in this part. */
static inline __attribute__((always_inline)) void chain_part(const lane_group *g, int lane, int part, bool secretes,
                                                             chain_extent extent, const minute_state *x, minute_state *out)
{
    const step_table *table = &g->step;
    minute_state sum, *const y = &sum; /* in registers until it is complete */
#define ZERO(key) y->key = lanes_set1(0.0);
    FOR_CHAIN_STATES(ZERO)
#undef ZERO
#define DRIFT(to) y->to = T(to##_drift);
#include "physiology/step.def"
#define CHAIN(to, from)                                                                                                \
    if ((secretes || !(IS_SECRETED_##to || IS_SECRETED_##from)) && FIRST_IN_##to <= extent)                            \
        y->to = lanes_fma(T(to##_of_##from), x->from, y->to);
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
    if (g->rapid_minutes | g->depot_minutes) add_doses(g, lane, part, y);
#define ENTRY(key)                                                                                                     \
    if (FIRST_IN_##key <= extent) out->key = y->key;
    FOR_CHAIN_STATES(ENTRY)
#undef ENTRY
}

/* What is secreted into the portal vein and past it, pmol/kg/min. */
typedef struct {
    line portal, systemic;
} secretion_lines;

/* Glucose at the ends of a half and its slope at the start; at the end it has the slope that makes the mean right. */
typedef struct {
    lanes start, slope, end;
} glucose_course;

/* Where provision tends to in a half, for a whole pancreas: what that adds to it by the end, and its mean. */
typedef struct {
    lanes toward, mean;
} provision_target;

/* Secretion of a mass m, with the answer to rising glucose. Provision goes from `before` to `after`; it bends: the
 * line from its start that has its mean, from y' = alpha (m target - y). Nothing comes of nothing. */
static inline line secretion_line(const lane_kinetics *k, lanes m, const provision_target *target, lanes keep,
                                  const line *rising, lanes before, lanes *after)
{
    *after = lanes_set1(0.0);
    if (!lanes_any_bit((lanes_to_bits(m) | lanes_to_bits(before)) << 1)) return (line){*after, *after};
    *after = lanes_fma(keep, before, m * target->toward);
    const lanes dynamic = m * k->kg, basal = m * k->sb;
    const lanes mean = lanes_fma(m, target->mean, (before - *after) * k->per_alpha * (1.0 / PART_MIN));
    const lanes y_end = lanes_fma(lanes_set1(2.0), mean, -before);
    return clipped(lanes_fma(dynamic, rising->start, before + basal),
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
    const lanes keep = T(provision_keep);
    const provision_target toward = {lanes_fma(T(provision_start), target + excess, T(provision_rise) * rise),
                                     lanes_fma(lanes_set1(0.5), rise, target + excess)};
    const line rising = clipped(glucose->slope, slope_end);
    const line native = secretion_line(k, k->m_native, &toward, keep, &rising, x->yn, &y->yn);
    const line graft = secretion_line(k, k->m_graft, &toward, keep, &rising, x->yg, &y->yg);
    const line portal = {k->phi_p * graft.start, k->phi_p * graft.rise};
    return (secretion_lines){.portal = {native.start + portal.start, native.rise + portal.rise},
                             .systemic = {graft.start - portal.start, graft.rise - portal.rise}};
}

/* What they become in insulin and C-peptide. */
static inline __attribute__((always_inline)) void add_secretion(const step_table *table, int lane,
                                                                const secretion_lines *in, chain_extent extent,
                                                                minute_state *y)
{
#define SOURCE_portal(to)                                                                                              \
    if (FIRST_IN_##to <= extent)                                                                                       \
        y->to =                                                                                                        \
            lanes_fma(T(to##_rise_portal), in->portal.rise, lanes_fma(T(to##_start_portal), in->portal.start, y->to));
#define SOURCE_systemic(to)
#define SOURCE_liver(to)
#define SOURCE(to, from) SOURCE_##from(to)
#include "physiology/step.def"
#undef SOURCE_portal
#undef SOURCE_systemic
    if (is_zero_everywhere(in->systemic.start) && is_zero_everywhere(in->systemic.rise)) return;
#define SOURCE_portal(to)
#define SOURCE_systemic(to)                                                                                            \
    if (FIRST_IN_##to <= extent)                                                                                       \
        y->to = lanes_fma(T(to##_rise_systemic), in->systemic.rise,                                                    \
                          lanes_fma(T(to##_start_systemic), in->systemic.start, y->to));
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

/* The same for a guess: what is spared at the start stays. */
static inline __attribute__((always_inline)) void hold_liver(const step_table *table, int lane, lanes start,
                                                             chain_extent extent, minute_state *y)
{
#define SOURCE_portal(to)
#define SOURCE_systemic(to)
#define SOURCE_liver(to)                                                                                               \
    if (FIRST_IN_##to <= extent) y->to = lanes_fma(T(to##_start_liver), start, y->to);
#define SOURCE(to, from) SOURCE_##from(to)
#include "physiology/step.def"
#undef SOURCE_portal
#undef SOURCE_systemic
#undef SOURCE_liver
}

/* What is secreted in a half while glucose takes this course, added to y; the whole chain is right, less of it a guess. => time
 * integral of portal insulin: what came in and is not there any more has left at the rate gamma. */
static inline __attribute__((always_inline)) lanes secrete(const lane_kinetics *k, const step_table *table, int lane,
                                                           const minute_state *x, const glucose_course *glucose,
                                                           chain_extent extent, minute_state *y)
{
    const secretion_lines in = secretion_of_part(k, table, lane, x, glucose, y);
    add_secretion(table, lane, &in, extent, y);
    if (extent == CHAIN_WHOLE) spare_insulin(k, table, lane, x, &in, y);
    else hold_liver(table, lane, liver_spares(k, x->ipo) * x->il, extent, y);
    const lanes mean = lanes_fma(lanes_set1(0.5), in.portal.rise, in.portal.start);
    return k->per_gamma * lanes_fma(lanes_set1(PART_MIN), mean, x->ipo - y->ipo);
}

#endif
