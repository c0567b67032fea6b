/* What the parts of a block share: constants, states and tables of a vector where they lie in the group; straight lines in
 * time. A header of each subject takes it from here (block_*.h); block.h is the path through them. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_LANES_H
#define ISLET_PHYSIOLOGY_BLOCK_LANES_H

#include "physiology/propagator.h"

/* ---- group <-> lanes ---- */

/* The constants of a vector, where they lie in the group. */
static inline lane_kinetics *kinetics_kept(lane_group *group, int lane)
{
    return (lane_kinetics *)(void *)((lane_number *)group->by_vector +
                                     (size_t)lane * (sizeof(lane_kinetics) / sizeof(lanes)));
}

static inline const lane_kinetics *kinetics_of(const lane_group *group, int lane)
{
    return (const lane_kinetics *)(const void *)((const lane_number *)group->by_vector +
                                                 (size_t)lane * (sizeof(lane_kinetics) / sizeof(lanes)));
}

static inline void gather_kinetics(lane_group *group, int lane)
{
    lanes *to = (lanes *)kinetics_kept(group, lane);
    for (int i = 0; i < KINETIC_COUNT; i++) to[i] = lanes_load(&group->k[i][lane]);
    for (int i = 0; i < DERIVED_COUNT; i++) to[KINETIC_COUNT + i] = lanes_load(&group->derived[i][lane]);
}

/* What may change at any block. */
static inline void refresh_kinetics(lane_group *group, int lane)
{
    lane_kinetics *k = kinetics_kept(group, lane);
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
}

/* written out by the list of states, which keeps them in registers */
static inline void load_state(const lane_group *group, int lane, minute_state *x)
{
#define STATE(key, unit, sentence) x->key = lanes_load(&group->x[MINUTE_##key][lane]);
#include "physiology/states.def"
#undef STATE
}

static inline void store_state(lane_group *group, int lane, const minute_state *x)
{
#define STATE(key, unit, sentence) lanes_store(&group->x[MINUTE_##key][lane], x->key);
#include "physiology/states.def"
#undef STATE
}

/* What flows in each part of a block, per minute: mean and slope of the straight line with its mass and first moment. */
typedef struct {
    _Alignas(64) lane_number mean[BLOCK_PARTS][LANE_GROUP], slope[BLOCK_PARTS][LANE_GROUP];
    lane_number more[BLOCK_PARTS][LANE_GROUP]; /* in the intestine at the end of a part beyond what the line leaves there, mg */
    bool uneven;                               /* there is such a lane; more is not set otherwise */
} part_lines;

/* A straight line in time over a part: its value at the start and its rise to the end. */
typedef struct {
    lanes start, rise;
} line;

/* An entry of the table of step.def. */
#define T(name) lanes_load(&table->name[lane])

/* The line through two values where it is above 0: with a crossing in between, its positive end shrinks until the mean is
 * that of the clipped line. */
static inline line clipped(lanes from, lanes to)
{
    const lanes zero = lanes_set1(0.0);
    const lanes start = lanes_max(from, zero), end = lanes_max(to, zero), sum = start + end;
    const lanes_mask crosses = lanes_and(lanes_lt(lanes_min(from, to), zero), lanes_gt(sum, zero));
    if (!lanes_any(crosses)) return (line){start, end - start};
    const lanes span = lanes_max(lanes_abs(to - from), lanes_max(sum, lanes_set1(1e-30)));
    const lanes share = sum / span; /* 1 unless the line crosses 0 */
    return (line){start * share, (end - start) * share};
}

#endif
