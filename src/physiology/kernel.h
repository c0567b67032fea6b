/* Kernel: the minute block of a group of people, compiled once a lane width from kernel.c.
 *
 * A group holds LANE_GROUP people side by side; every array is [quantity][lane]. Nothing a lane does depends on its
 * neighbours: all widths give the same bytes. Time goes in blocks of five minutes that begin at whole five minutes of the
 * clock, the moments of the sensor; what is eaten or injected has its minute within the block. The driver (trial/) gives
 * what enters in the coming block, calls advance, and reads states and sums back. */
#ifndef ISLET_PHYSIOLOGY_KERNEL_H
#define ISLET_PHYSIOLOGY_KERNEL_H

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/lane_number.h"
#include "patient/kinetics.h"

#ifndef LANE_GROUP /* a thread of an accelerator has a group of one (cuda/), in single precision one has 32 (workload_single.cpp) */
#define LANE_GROUP 16
#endif
#define EATING_MG_PER_MIN 5000.0    /* announced carbohydrate is eaten at 5 g/min (simglucose) */
#ifndef BLOCK_MINUTES /* tests of the order of the method build it with others */
#define BLOCK_MINUTES 5             /* one step of the default method, one sensor reading */
#endif
#define SENSOR_MINUTES BLOCK_MINUTES

#define SENSE_LOW_MG_DL 70.5 /* a little above 70, so that its own rounding hides nobody who is below */

#define BLOCK_PARTS 2               /* insulin and the intestine take a block in halves */

enum {
#define STATE(key, unit, sentence) MINUTE_##key,
#include "physiology/states.def"
#undef STATE
    MINUTE_STATES
};

/* What follows from the constants of kinetics.def (lane_kinetics_derive). */
#define KINETIC_DERIVED(ENTRY)                                                                                         \
    ENTRY(per_vg)        /* 1/vg, kg/dL */                                                                             \
    ENTRY(per_vi)        /* 1/vi, kg/L */                                                                              \
    ENTRY(per_kabs)      /* 1/kabs, min */                                                                             \
    ENTRY(per_gamma)     /* 1/gamma, min */                                                                            \
    ENTRY(per_alpha)     /* 1/alpha, min */                                                                            \
    ENTRY(ra_per_mg)     /* f/bw: share of absorbed carbohydrate that reaches plasma, 1/kg */                          \
    ENTRY(pmol_kg_per_u) /* one unit of insulin */                                                                     \
    ENTRY(c_per_pmol_kg) /* C-peptide of one pmol/kg secreted: bw/(1000 Vc), nmol/L */                                 \
    ENTRY(emptying_a)    /* slopes of the emptying curve times D */                                                    \
    ENTRY(emptying_c)                                                                                                  \
    ENTRY(m3_basal)      /* hepatic loss without secretion, 1/min */

enum {
#define ENTRY(key) DERIVED_##key,
    KINETIC_DERIVED(ENTRY)
#undef ENTRY
    DERIVED_COUNT
};

/* Entries of the table that are proportional to c_per_pmol_kg. */
#define C_PEPTIDE_SOURCES(ENTRY)                                                                                       \
    ENTRY(c1_of_ipo) ENTRY(c1_start_portal) ENTRY(c1_rise_portal) ENTRY(c1_start_systemic) ENTRY(c1_rise_systemic)     \
    ENTRY(c2_of_ipo) ENTRY(c2_start_portal) ENTRY(c2_rise_portal) ENTRY(c2_start_systemic) ENTRY(c2_rise_systemic)

/* How a block or a half of it moves the linear states: step.def, made by prepare. */
#define DOSE_PAIRS 6 /* of a half and a minute that overlap */
typedef struct {
#define CHAIN(to, from) lane_number to##_of_##from[LANE_GROUP];
#define DRIFT(to) lane_number to##_drift[LANE_GROUP];
#define SOURCE(to, from) lane_number to##_start_##from[LANE_GROUP], to##_rise_##from[LANE_GROUP];
#define CURVED(to, from) lane_number to##_bend_##from[LANE_GROUP];
#define MIDWAY(from) lane_number midway_of_##from[LANE_GROUP];
#define DOSE(to, from) lane_number to##_dose_##from[DOSE_PAIRS][LANE_GROUP];
#define EXCHANGE(to, from) lane_number half_##to##_of_##from[LANE_GROUP], to##_of_##from[LANE_GROUP];
#define FLUX(to, from)                                                                                                 \
    lane_number half_##to##_start_##from[LANE_GROUP], half_##to##_rise_##from[LANE_GROUP];                                  \
    lane_number to##_start_##from[LANE_GROUP], to##_rise_##from[LANE_GROUP], to##_bend_##from[LANE_GROUP];
#define FADE(name) lane_number name##_keep[LANE_GROUP], name##_start[LANE_GROUP], name##_rise[LANE_GROUP];
#include "physiology/step.def"
    /* the liver midway through a half: drift, sources; portal insulin there */
    lane_number midway_drift[LANE_GROUP], midway_start_portal[LANE_GROUP], midway_rise_portal[LANE_GROUP];
    lane_number midway_start_systemic[LANE_GROUP], midway_rise_systemic[LANE_GROUP];
    lane_number midway_start_liver[LANE_GROUP], midway_rise_liver[LANE_GROUP], midway_bend_liver[LANE_GROUP];
    lane_number midway_ipo_keep[LANE_GROUP], midway_ipo_start[LANE_GROUP], midway_ipo_rise[LANE_GROUP];
    lane_number qs1_keep_half[LANE_GROUP]; /* stomach */
    /* what becomes of secretion in C-peptide, for a c_per_pmol_kg of 1: that follows weight from day to day */
#define ENTRY(name) lane_number unit_##name[LANE_GROUP];
    C_PEPTIDE_SOURCES(ENTRY)
#undef ENTRY
    /* rapid insulin given within a block: time integral of its action less what three stages see of it */
    lane_number xu_missed[BLOCK_MINUTES][LANE_GROUP];
} step_table;

typedef struct {
    alignas(64) lane_number x[MINUTE_STATES][LANE_GROUP];   /* states, see states.def */
    lane_number k[(int)(sizeof(kinetics) / sizeof(double))][LANE_GROUP]; /* kinetics.def */
    lane_number derived[DERIVED_COUNT][LANE_GROUP];          /* made by prepare */
    step_table step;                                    /* made by prepare */
    /* k and derived again as the kernel reads them, vector by vector: made by prepare, what follows the clock before each block */
    lane_number by_vector[(int)(sizeof(kinetics) / sizeof(double)) + DERIVED_COUNT + 1][LANE_GROUP];

    /* what enters in the coming block, minute by minute: set by group_give_*, 0 again after advance */
    lane_number meal_mg[BLOCK_MINUTES][LANE_GROUP];          /* announced carbohydrate */
    lane_number rapid_u[BLOCK_MINUTES][LANE_GROUP];          /* rapid insulin, injected in the course of the minute */
    lane_number depot_u[BLOCK_MINUTES][LANE_GROUP];          /* long-acting insulin, likewise */
    lane_number basal_u_per_min[LANE_GROUP];   /* infusion of rapid insulin (pump): a constant, see prepare */

    /* meal bookkeeping: part of the model, kept by advance */
    lane_number meal_left_mg[LANE_GROUP];      /* announced and not yet eaten */
    lane_number eating[LANE_GROUP];            /* 1 while eating in the minute before */
    lane_number stomach_before_mg[LANE_GROUP]; /* stomach content when the meal began */
    lane_number eaten_mg[LANE_GROUP];          /* eaten since the meal began */

    /* integrals over time, added to by advance, reset by the driver */
    lane_number glucose_sum_mg_dl[LANE_GROUP]; /* plasma glucose, times minutes */
    lane_number c_peptide_sum_nmol_l[LANE_GROUP];

    /* sensor: constants of the session and the autoregressive error (Vettoretti 2019) */
    lane_number a0[LANE_GROUP], a1[LANE_GROUP], a2[LANE_GROUP], b0[LANE_GROUP];
    lane_number phi1[LANE_GROUP], phi2[LANE_GROUP], sigma_mg_dl[LANE_GROUP];
    lane_number error1_mg_dl[LANE_GROUP], error2_mg_dl[LANE_GROUP]; /* last error and the one before */
    lane_number cgm_mg_dl[LANE_GROUP], cgm_before_mg_dl[LANE_GROUP];
    lane_number noise_to_come[LANE_GROUP];     /* standard normal of the next reading, where two were drawn at once */
    uint64_t person[LANE_GROUP];          /* key of the person's random numbers */

    /* sensor sums of the day, in readings of five minutes, added to by sense */
    lane_number in_range[LANE_GROUP], below_70[LANE_GROUP], below_54[LANE_GROUP], above_180[LANE_GROUP], above_250[LANE_GROUP];
    lane_number risk_low_sum[LANE_GROUP], risk_high_sum[LANE_GROUP]; /* glucose_risk.h */
    lane_number cgm_sum[LANE_GROUP], cgm_sum_squares[LANE_GROUP];
    lane_number part_sum[LANE_GROUP], part_low[LANE_GROUP]; /* of the part of the day: readings added up, those below 70 mg/dL */

    unsigned meal_minutes, rapid_minutes, depot_minutes; /* bit of each minute of the coming block in which some lane gets something */
} lane_group;

#ifndef ISLET_LANES_SINGLE
/* Everything of one lane to a lane of another group, which then needs prepare_day: a group is columns of eight bytes for each lane. */
static inline void group_copy_lane(const lane_group *from, int from_lane, lane_group *to, int to_lane)
{
    typedef char row[LANE_GROUP][sizeof(double)];
    const row *source = (const row *)from;
    row *target = (row *)to;
    for (size_t r = 0; r < offsetof(lane_group, meal_minutes) / sizeof(row); r++)
        memcpy(target[r][to_lane], source[r][from_lane], sizeof(double));
}
#endif

/* Something enters in the minute that begins `minute` minutes after the start of the coming block. */
static inline void group_give_meal(lane_group *group, int lane, int minute, double mg)
{
    group->meal_mg[minute][lane] += mg;
    group->meal_minutes |= 1u << minute;
}

static inline void group_give_rapid(lane_group *group, int lane, int minute, double units)
{
    group->rapid_u[minute][lane] += units;
    group->rapid_minutes |= 1u << minute;
}

static inline void group_give_depot(lane_group *group, int lane, int minute, double units)
{
    group->depot_u[minute][lane] += units;
    group->depot_minutes |= 1u << minute;
}

typedef struct {
    const char *name;
    int width;
    /* Make `derived` and `step` from the constants and the pump's rate: once, before the first block. */
    void (*prepare)(lane_group *group);
    /* The same, much cheaper, after a change of what changes from day to day: bw (not with a pump), kabs, kmax, kmin, alpha, beta, kg,
     * sb, h, ke1, ke2, kp1. (dawn, kp3, kp4, vm0, vmx, xi, m_native, m_graft and phi_p may change at any block.) */
    void (*prepare_day)(lane_group *group);
    /* Integrate every lane over `blocks` blocks by the default method. What was given enters in the first. */
    void (*advance)(lane_group *group, int blocks);
    /* `minutes` minutes (what was given must enter in them) by classical Runge-Kutta on everything, `steps` equal steps a minute: the
     * general path that checks the other. */
    void (*advance_general)(lane_group *group, int minutes, int steps);
    /* Take one sensor reading: number `reading` of the person, `session_day` days after insertion; readings come one after the
     * other and begin with an even one. Its risk (glucose_risk.h), half of the work, is added up where `risk` is wanted.
     * => a bit for each lane whose sensor or plasma reads below SENSE_LOW_MG_DL */
    unsigned (*sense)(lane_group *group, uint64_t seed, uint64_t reading, double session_day, bool risk);
} kernel;

/* Kernel by name (portable, scalar, avx2, avx512); NULL name means the widest this processor runs; NULL if unknown
 * or not runnable here. */
const kernel *kernel_find(const char *name);

#endif
