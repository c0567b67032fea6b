/* Kernel: the minute block of a group of people, compiled once a lane width from kernel.c.
 *
 * A group holds LANE_GROUP people side by side; every array is [quantity][lane]. Nothing a lane does depends on its
 * neighbours: all widths give the same bytes. The driver (trial/) sets inputs, calls advance for a stretch of minutes
 * in which no lane has an event, and reads states and sums back. */
#ifndef ISLET_PHYSIOLOGY_KERNEL_H
#define ISLET_PHYSIOLOGY_KERNEL_H

#include <stdint.h>

#include "patient/kinetics.h"

#define LANE_GROUP 16
#define EATING_MG_PER_MIN 5000.0    /* announced carbohydrate is eaten at 5 g/min (simglucose) */
#define STOMACH_STEPS 4             /* a minute, by default: see bench/NOTES.md for the error of other numbers */
#define SENSOR_MINUTES 5            /* one sensor reading every five minutes */

enum {
#define STATE(key, unit, sentence) MINUTE_##key,
#include "physiology/states.def"
#undef STATE
    MINUTE_STATES
};

typedef struct {
    _Alignas(64) double x[MINUTE_STATES][LANE_GROUP];   /* states, see states.def */
    double k[(int)(sizeof(kinetics) / sizeof(double))][LANE_GROUP]; /* kinetics.def */

    /* inputs, set by the driver */
    double meal_left_mg[LANE_GROUP];      /* announced and not yet eaten */
    double rapid_u[LANE_GROUP];           /* rapid insulin given within the next minute; then 0 */
    double depot_u[LANE_GROUP];           /* long-acting insulin given within the next minute; then 0 */
    double basal_u_per_min[LANE_GROUP];   /* infusion of rapid insulin (pump) */

    /* meal bookkeeping: part of the model, kept by advance */
    double eating[LANE_GROUP];            /* 1 while eating in the minute before */
    double stomach_before_mg[LANE_GROUP]; /* stomach content when the meal began */
    double eaten_mg[LANE_GROUP];          /* eaten since the meal began */

    /* sums over minutes, added to by advance, reset by the driver */
    double glucose_sum_mg_dl[LANE_GROUP]; /* plasma glucose at the end of each minute */
    double c_peptide_sum_nmol_l[LANE_GROUP];

    /* sensor: constants of the session and the autoregressive error (Vettoretti 2019) */
    double a0[LANE_GROUP], a1[LANE_GROUP], a2[LANE_GROUP], b0[LANE_GROUP];
    double phi1[LANE_GROUP], phi2[LANE_GROUP], sigma_mg_dl[LANE_GROUP];
    double error1_mg_dl[LANE_GROUP], error2_mg_dl[LANE_GROUP]; /* last error and the one before */
    double cgm_mg_dl[LANE_GROUP], cgm_before_mg_dl[LANE_GROUP];
    uint64_t person[LANE_GROUP];          /* key of the person's random numbers */

    /* sensor sums of the day, in readings of five minutes, added to by sense */
    double in_range[LANE_GROUP], below_70[LANE_GROUP], below_54[LANE_GROUP], above_180[LANE_GROUP], above_250[LANE_GROUP];
    double risk_low_sum[LANE_GROUP], risk_high_sum[LANE_GROUP]; /* glucose_risk.h */
    double cgm_sum[LANE_GROUP], cgm_sum_squares[LANE_GROUP];
} lane_group;

typedef struct {
    const char *name;
    int width;
    /* Integrate every lane over `minutes` whole minutes with classical Runge-Kutta, one step a minute, the stomach in
     * `stomach_steps` (an even number) steps a minute, because its emptying curve is steep. */
    void (*advance)(lane_group *group, int minutes, int stomach_steps);
    /* The whole system in classical Runge-Kutta, `steps` equal steps a minute: the general path that checks the other. */
    void (*advance_general)(lane_group *group, int minutes, int steps);
    /* Take one sensor reading: number `reading` of the person, `session_day` days after insertion. */
    void (*sense)(lane_group *group, uint64_t seed, uint64_t reading, double session_day);
} kernel;

/* Kernel by name (portable, scalar, avx2, avx512); NULL name means the widest this processor runs; NULL if unknown
 * or not runnable here. */
const kernel *kernel_find(const char *name);

#endif
