/* Immunity: equations and sources in immunity.h. Each state is stepped exactly for inputs held over the day. */
#include "physiology/immunity.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

#define RATIO_FLOOR 0.01 /* effectors below this are as good as none in x = R/E */

/* Share of the way to its target that a state goes in a day. */
static double share_of_day(double time_constant_day)
{
    return 1.0 - lanes_exp(-1.0 / time_constant_day);
}

static double settled_quiescence(const immunity *i, const params *p)
{
    double x = i->regulatory / (i->effector + RATIO_FLOOR), x2 = x * x, half = p->quiescence_half_ratio;
    return p->quiescence_max_frac * x2 / (half * half + x2);
}

void immunity_start(immunity *i, const params *p, const person *who)
{
    bool attacked = who->native_function_frac > 0.0 && who->diabetes == DIABETES_TYPE1;
    *i = (immunity){.regulatory = 1.0, .lymphocytes = 1.0, .thymus = 1.0};
    if (attacked) i->antigen = i->effector = i->memory = 1.0;
    else i->memory = who->autoantibody_positive ? 1.0 : 0.0;
    i->quiescence = settled_quiescence(i, p);
}

void immunity_day(immunity *i, const params *p, const person *who, const cell_signals *signals, double dead_frac,
                  double living_frac)
{
    double presented = (1.0 + p->antigen_half) * i->antigen / (p->antigen_half + i->antigen);
    double fresh = p->effector_new_frac * i->thymus;
    double restraint = (1.0 + p->regulatory_half) / (p->regulatory_half + i->regulatory);
    double growth = restraint * (1.0 - signals->effector_brake_frac) * (1.0 - i->brake_frac);
    double effectors = presented * (fresh + (1.0 - p->effector_new_frac) * i->memory) * growth;

    i->memory += (1.0 - i->memory) * (1.0 - lanes_exp(-p->memory_per_day * who->immune_pace * i->effector));
    i->effector += (effectors - i->effector) * share_of_day(p->effector_turnover_day);
    double shown = (dead_frac + p->antigen_turnover_per_day * living_frac) / p->antigen_reference_per_day;
    i->antigen += (shown - i->antigen) * share_of_day(p->antigen_clearance_day);
    i->regulatory += (1.0 + signals->regulatory_gain + i->regulatory_boost - i->regulatory) *
                     share_of_day(p->regulatory_turnover_day);
    i->quiescence += (settled_quiescence(i, p) - i->quiescence) * share_of_day(p->quiescence_day);
    i->lymphocytes += (1.0 - i->lymphocytes) * share_of_day(p->lymphocyte_recovery_day);

    /* recovery after a reset, and drugs wearing off */
    if (i->thymus_waits_day > 0) i->thymus_waits_day--;
    else {
        double back = share_of_day(p->thymus_recovery_day);
        i->thymus += (1.0 - i->thymus) * back;
        i->regulatory_boost -= i->regulatory_boost * back;
    }
    if (i->brake_fade_day > 0.0) i->brake_frac *= lanes_exp(-1.0 / i->brake_fade_day);
}

/* => 1 at the levels of diagnosis */
static double attack(const params *p, double effector, double regulatory)
{
    double half = p->attack_half * p->attack_half, r = (p->regulatory_half + regulatory) / (p->regulatory_half + 1.0);
    return (1.0 + half) * effector * effector / (effector * effector + r * r * half);
}

double immunity_native_attack(const immunity *i, const params *p)
{
    return attack(p, i->effector, i->regulatory) * (1.0 - i->quiescence);
}

double immunity_native_loss_per_day(const immunity *i, const params *p, const person *who)
{
    return p->native_loss_per_day * who->immune_pace * immunity_native_attack(i, p);
}

double immunity_graft_factor(const immunity *i, const params *p)
{
    double recalled = i->memory * (1.0 - i->brake_frac);
    return attack(p, i->effector > recalled ? i->effector : recalled, i->regulatory);
}

static double left(double pool, double depleted_frac)
{
    return pool * (1.0 - depleted_frac);
}

void immunity_deplete(immunity *i, const immune_depletion *d)
{
    i->effector = left(i->effector, d->effector_frac);
    i->memory = left(i->memory, d->memory_frac);
    i->regulatory = left(i->regulatory, d->regulatory_frac);
    i->lymphocytes = left(i->lymphocytes, d->lymphocyte_frac);
}
