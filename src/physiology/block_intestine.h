/* Intestine in one half of a block: exact for what left the stomach. */
#ifndef ISLET_PHYSIOLOGY_BLOCK_INTESTINE_H
#define ISLET_PHYSIOLOGY_BLOCK_INTESTINE_H

#include "physiology/block_lanes.h"

/* One part: what left the stomach => what appears in plasma, mg/kg/min. */
static inline line intestine_part(const lane_kinetics *k, const step_table *table, int lane, lanes mean, lanes slope,
                                  lanes more, lanes *qg)
{
    const double h = PART_MIN;
    const lanes rise = slope * h, start = lanes_fma(lanes_set1(-0.5), rise, mean);
    const lanes before = *qg;
    const lanes after = more + lanes_fma(
        lanes_load(&table->qg_keep[lane]), before,
        k->per_kabs * lanes_fma(lanes_load(&table->qg_start[lane]), start, lanes_load(&table->qg_rise[lane]) * rise));
    /* absorbed: what came in and is not there any more; the moment by parts, from qg' = flux - kabs qg */
    const lanes absorbed = mean - (after - before) * (1.0 / h); /* mg/min */
    const lanes bend =
        lanes_fma(absorbed, k->per_kabs, -0.5 * (before + after)); /* mean less the mean of the ends, mg */
    const lanes ra_slope = lanes_fma(bend, lanes_set1(12.0 / (h * h)), slope);
    *qg = after;
    const lanes ra_rise = k->ra_per_mg * ra_slope * h;
    return (line){lanes_fma(lanes_set1(-0.5), ra_rise, k->ra_per_mg * absorbed), ra_rise};
}

#endif
