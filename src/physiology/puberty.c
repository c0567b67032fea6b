/* Puberty: the equation and its sources are in puberty.h. */
#include "physiology/puberty.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

double puberty_sensitivity(const params *p, bool female, double age_year)
{
    double off = (age_year - (female ? p->puberty_girl_year : p->puberty_boy_year)) / p->puberty_width_year;
    return 1.0 - p->puberty_sensitivity_loss * lanes_exp(-0.5 * off * off);
}
