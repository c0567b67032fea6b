/* Remission: the equation and its sources are in remission.h; stepped exactly for a share held over the day. */
#include "physiology/remission.h"

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"

double remission_portal_share(const kinetics *k, double c_peptide_nmol_l, double insulin_u_per_kg)
{
    double nmol_per_kg = MINUTES_PER_DAY * k->c_kel * k->c_vc * c_peptide_nmol_l / k->bw;
    double own = nmol_per_kg * 1000.0 / PMOL_PER_UNIT_INSULIN, all = own + insulin_u_per_kg;
    return all > 0.0 ? own / all : 0.0;
}

double remission_sensitivity_day(double sensitivity, const params *p, double gain, double portal_share)
{
    double target = 1.0 + gain * portal_share;
    return sensitivity + (target - sensitivity) * (1.0 - lanes_exp(-1.0 / p->remission_sensitivity_day));
}
