/* Glucose of a vector through a block, and what its stages see of insulin.
 *
 * By the exponential Runge-Kutta method of Cox and Matthews (J Comput Phys 2002;176:430, ETD4RK) with exchange and
 * appearance exact; its stages see insulin as it would be if glucose went on as they do; insulin is then taken through both
 * halves with the glucose found. The stages of a vector wait for each other; the vectors of a group take turns, stage by
 * stage, and fill each other's waiting time. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_GLUCOSE_H
#define ISLET_PHYSIOLOGY_BLOCK_GLUCOSE_H

#include "physiology/block_insulin.h"
#include "physiology/block_intestine.h"

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

typedef struct {
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

/* Stage 1, which needs nothing of the stomach. */
static inline void block_stage1(const lane_group *g, int lane, block_work *w)
{
    const lane_kinetics *k = kinetics_of(g, lane);
    const minute_state *x = &w->start;
    w->glucose = x->gp * k->per_vg;
    w->signal = glucose_signal(k, x->id, x->ipo, x->xh);
    w->n1 = glucose_sources_of(k, w->signal, x->xu, x->gp, x->gt);
}

/* Appearance, and what is common to stages 2 and 3: exchange and appearance in the first half. */
static inline void block_eats(const lane_group *g, int lane, const part_lines *emptied, block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = kinetics_of(g, lane);
    const minute_state *x = &w->start;
    lanes qg = x->qg;
    for (int p = 0; p < BLOCK_PARTS; p++) {
        const line ra = intestine_part(k, table, lane, lanes_load(&emptied->mean[p][lane]),
                                       lanes_load(&emptied->slope[p][lane]),
                                       emptied->uneven ? lanes_load(&emptied->more[p][lane]) : lanes_set1(0.0), &qg);
        w->eaten_gp[p] = lanes_fma(T(half_gp_start_plasma), ra.start, T(half_gp_rise_plasma) * ra.rise);
        w->eaten_gt[p] = lanes_fma(T(half_gt_start_plasma), ra.start, T(half_gt_rise_plasma) * ra.rise);
        w->eaten_gs[p] = lanes_fma(T(half_gs_start_plasma), ra.start, T(half_gs_rise_plasma) * ra.rise);
        w->ra[p] = ra;
    }
    w->end.qg = qg;
    w->slope = (w->n1.gp + w->ra[0].start + lanes_fma(k->k2, x->gt, -k->k1 * x->gp)) * k->per_vg;
    w->gp_held = lanes_fma(T(half_gp_of_gp), x->gp, lanes_fma(T(half_gp_of_gt), x->gt, w->eaten_gp[0]));
    w->gt_held = lanes_fma(T(half_gt_of_gp), x->gp, lanes_fma(T(half_gt_of_gt), x->gt, w->eaten_gt[0]));
    w->gp2 = HALF_gp(w->n1.gp, w->n1.gt, w->gp_held);
    w->gt2 = HALF_gt(w->n1.gp, w->n1.gt, w->gt_held);
}

/* Insulin as far as it does not depend on glucose: without secretion all of it. */
static inline __attribute__((always_inline)) void block_first_half(const lane_group *g, int lane, bool secretes,
                                                                   block_work *w)
{
    chain_part(g, lane, 0, secretes, CHAIN_WHOLE, &w->start, secretes ? &w->unsecreted : &w->middle);
}

static inline void block_second_half(const lane_group *g, int lane, block_work *w)
{
    if (!w->secretes) chain_part(g, lane, 1, false, CHAIN_WHOLE, &w->middle, &w->end);
}

/* Stage 2, in the middle. */
static inline __attribute__((always_inline)) void block_stage2(const lane_group *g, int lane, bool secretes,
                                                               block_work *w)
{
    const step_table *table = &g->step;
    const lane_kinetics *k = kinetics_of(g, lane);
    const lanes glucose2 = w->gp2 * k->per_vg;
    w->portal = lanes_set1(0.0);
    if (secretes) {
        copy_chain(&w->unsecreted, &w->middle);
        const glucose_course course = {w->glucose, w->slope, glucose2};
        w->portal = secrete(k, table, lane, &w->start, &course, CHAIN_INSULIN, &w->middle);
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
    w->n3 = glucose_sources_of(kinetics_of(g, lane), w->signal_middle, w->middle.xu, w->gp3, w->gt3);
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
    const lane_kinetics *k = kinetics_of(g, lane);
    const lanes glucose3 = w->gp3 * k->per_vg, glucose4 = w->gp4 * k->per_vg;
    if (secretes) {
        chain_part(g, lane, 1, true, CHAIN_SIGNALS, &w->middle, &w->end);
        const lanes slope3 = lanes_fma(lanes_set1(2.0 / PART_MIN), glucose3 - w->glucose, -w->slope);
        const glucose_course course = {glucose3, slope3, glucose4};
        w->portal = w->portal + secrete(k, table, lane, &w->middle, &course, CHAIN_SIGNALS, &w->end);
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
    missed = missed * kinetics_of(g, lane)->pmol_kg_per_u;
    add_missed(&g->step, lane, lanes_set1(0.0), -missed * w->n3.per_action * w->gt3, w);
}

/* Share of the block in which production is above its floor. */
static inline lanes share_above_floor(const block_work *w)
{
    return lanes_fma(lanes_set1(1.0 / 6.0), one_if_positive(w->n1.production) + one_if_positive(w->n4.production),
                     (2.0 / 3.0) * one_if_positive(w->n3.production));
}

/* Portal insulin moves faster than the stages see: its effect on production is put right by its integral. */
static inline void portal_missed(const lane_group *g, int lane, block_work *w)
{
    const lanes seen = (w->start.ipo + 4.0 * w->middle.ipo + w->end.ipo) * (BLOCK_MINUTES / 6.0);
    add_missed(&g->step, lane, share_above_floor(w) * kinetics_of(g, lane)->kp4 * (seen - w->portal), lanes_set1(0.0), w);
}

#define FAST_UPTAKE_PER_MIN 0.5 /* where uptake is faster than this, */
#define FLOOR_DOUBT 0.5 /* or moves by more while its hypoglycaemia term reaches its most, mg/kg/min, */
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
    if (secretes) portal_missed(g, lane, w);

    /* uptake has a kink where its action changes sign in hypoglycaemia */
    const lanes kink =
        lanes_abs(w->n4.per_action - w->n1.per_action) * x->gt * lanes_min(lanes_abs(x->xu), lanes_abs(w->end.xu));
    const lanes_mask turns = lanes_lt(x->xu * w->end.xu, lanes_set1(0.0));
    /* and one where its hypoglycaemia term reaches its most */
    const lanes at_end = w->gp4 * kinetics_of(g, lane)->per_vg, floor_mg_dl = lanes_set1(HYPO_FLOOR_MG_DL);
    const lanes_mask crosses = lanes_and(lanes_lt(lanes_min(w->glucose, at_end), floor_mg_dl),
                                         lanes_gt(lanes_max(w->glucose, at_end), floor_mg_dl));
    const lanes doubt = lanes_max(lanes_abs(w->n3.gt - w->n2.gt), lanes_select(turns, kink, lanes_set1(0.0)));
    const lanes_mask bends = lanes_and(crosses, lanes_gt(kink, lanes_set1(FLOOR_DOUBT)));
    const lanes fastest = lanes_max(w->n1.uptake_rate, lanes_max(w->n3.uptake_rate, w->n4.uptake_rate));
    const lanes slowest =
        lanes_min(w->n3.uptake_rate, w->n4.uptake_rate); /* negative where a stage emptied the tissue */
    const lanes_mask calm =
        lanes_and(lanes_le(fastest, lanes_set1(FAST_UPTAKE_PER_MIN)), lanes_ge(slowest, lanes_set1(0.0)));
    const lanes_mask fed = lanes_ge(lanes_min(w->gp, x->gp) * kinetics_of(g, lane)->per_vg, lanes_set1(FCNS_FALLS_BELOW_MG_DL));
    return lanes_or(bends, lanes_not(lanes_and(lanes_and(calm, fed), lanes_le(doubt, lanes_set1(FAST_DOUBT)))));
}

#endif
