/* Glucose metrics as sensor reports give them, on lanes and for one value.
 *
 *   f(G) = 1.509 [(ln G)^1.084 - 5.381],  risk = 10 f^2: of lows where f < 0, of highs where f > 0      G in mg/dL
 *   LBGI, HBGI = mean risk of lows, of highs, over all readings (Kovatchev)
 *   GRI = 3.0 VLow + 2.4 Low + 1.6 VHigh + 0.8 High, % of time < 54, 54-69, > 250, 181-250, at most 100
 *         (doi:10.1177/19322968221085273)
 *   GMI = 3.31 + 0.02392 mean glucose, % (doi:10.2337/dc18-1581); it is not HbA1c */
#ifndef ISLET_PHYSIOLOGY_GLUCOSE_RISK_H
#define ISLET_PHYSIOLOGY_GLUCOSE_RISK_H

#include "base/lanes.h"
#include "base/lanes_math.h"

static inline lanes glucose_risk_scale(lanes glucose_mg_dl)
{
    return 1.509 * (lanes_pow(lanes_log(glucose_mg_dl), lanes_set1(1.084)) - 5.381);
}

static inline lanes glucose_risk_low(lanes scale)
{
    lanes low = lanes_min(scale, lanes_set1(0.0));
    return 10.0 * low * low;
}

static inline lanes glucose_risk_high(lanes scale)
{
    lanes high = lanes_max(scale, lanes_set1(0.0));
    return 10.0 * high * high;
}

static inline double glycemia_risk_index(double below_54_pct, double from_54_to_69_pct, double above_250_pct,
                                         double from_181_to_250_pct)
{
    double index = 3.0 * below_54_pct + 2.4 * from_54_to_69_pct + 1.6 * above_250_pct + 0.8 * from_181_to_250_pct;
    return index < 100.0 ? index : 100.0;
}

static inline double glucose_management_indicator_pct(double mean_glucose_mg_dl)
{
    return 3.31 + 0.02392 * mean_glucose_mg_dl;
}

#endif
