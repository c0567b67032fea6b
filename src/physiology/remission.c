/* Remission: the equation and its sources are in remission.h; stepped exactly for a dose held over the day. */
#include "physiology/remission.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

double remission_sensitivity_day(double sensitivity, const params *p, double gain, double insulin_u_per_kg)
{
    double lacking = 1.0 - insulin_u_per_kg / p->remission_reference_u_per_kg;
    double target = 1.0 + gain * (lacking > 0.0 ? lacking : 0.0);
    return sensitivity + (target - sensitivity) * (1.0 - lanes_exp(-1.0 / p->remission_sensitivity_day));
}
