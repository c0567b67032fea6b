/* The default method in blocks of other lengths, for tests/test_order.c: compiled once a length (BLOCK_MINUTES, ISLET_KERNEL_NAME).
 *
 * A person of the workload without stomach content lives some hours with glucose displaced; only what is smooth takes part. */
#define ISLET_LANES 1
#include "physiology/kernel.c"

#include "block_order.h"

void ORDER_NAME(const kinetics *k, const double *start, double basal_u_per_min, int minutes, double x_out[MINUTE_STATES])
{
    static lane_group group; /* too large for some stacks */
    const kernel *built = &KERNEL_SYMBOL(ISLET_KERNEL_NAME);
    memset(&group, 0, sizeof group);
    for (int lane = 0; lane < LANE_GROUP; lane++) {
        const double *constants = (const double *)k;
        for (int i = 0; i < KINETIC_COUNT; i++) group.k[i][lane] = constants[i];
        for (int s = 0; s < MINUTE_STATES; s++) group.x[s][lane] = start[s];
        group.basal_u_per_min[lane] = basal_u_per_min;
    }
    built->prepare(&group);
    if (ORDER_STEPS) built->advance_general(&group, minutes, ORDER_STEPS);
    else built->advance(&group, minutes / BLOCK_MINUTES);
    for (int s = 0; s < MINUTE_STATES; s++) x_out[s] = group.x[s][0];
}
