/* Native beta cells: equations and sources in native.h. The two pools are linear within a day: loss is exact, exchange between
 * them relaxes exactly to its balance. */
#include "physiology/native.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

static double toxic_share(const params *p, double glucose_mg_dl)
{
    double x = glucose_mg_dl / p->inactivation_glucose_mg_dl, x2 = x * x, x4 = x2 * x2, x8 = x4 * x4;
    return x8 / (1.0 + x8);
}

void native_start(native *n, const params *p, const person *who)
{
    double out = p->inactivation_per_day + p->stunning_per_day, asleep = out / (out + p->reactivation_per_day);
    double alive = who->diabetes == DIABETES_TYPE1 ? who->native_function_frac : 0.0;
    *n = (native){.active_frac = alive * (1.0 - asleep), .inactive_frac = alive * asleep};
}

double native_day(native *n, const params *p, const cell_signals *signals, const native_day_of *day)
{
    double alive = n->active_frac + n->inactive_frac;
    if (!(alive > 0.0)) return 0.0;
    double unprotected = 1.0 - signals->native_protection_frac;
    double out = (p->inactivation_per_day * toxic_share(p, day->glucose_mg_dl) + p->stunning_per_day * day->attack) *
                 unprotected;
    double back = p->reactivation_per_day * (1.0 + signals->native_recovery_gain);
    double settled = back / (back + out), share = n->active_frac / alive;
    share = settled + (share - settled) * lanes_exp(-(back + out));

    double hidden = p->native_hidden_frac * (alive + n->lost_frac), seen = alive > hidden ? alive - hidden : 0.0;
    double dead = seen * (1.0 - lanes_exp(-day->loss_per_day * unprotected));
    alive -= dead;
    n->active_frac = alive * share;
    n->inactive_frac = alive - n->active_frac;
    n->lost_frac += dead;
    return dead;
}
