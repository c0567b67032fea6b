/* Kinetics: the parts that do not come from a public subject's row. */
#include "patient/kinetics.h"

#define LN2 0.69314718055994531

void kinetics_set_defaults(const params *p, kinetics *k)
{
    k->kl = LN2 / (60.0 * p->long_acting_half_life_hour);
    k->gamma = p->portal_rate_per_min;
    k->kp4 = p->portal_potency;
    k->alpha = p->secretion_delay_per_min;
    k->beta = p->secretion_static;
    k->kg = p->secretion_dynamic;
    k->sb = p->secretion_basal;
    k->h = p->secretion_threshold_mg_dl;
    k->r1 = p->hypo_uptake_gain;
    k->kh = p->counterregulation_rate_per_min;
    k->xi = p->counterregulation_mg_kg_min_per_mg_dl;
    k->gth = p->counterregulation_threshold_mg_dl;
    k->phi_p = 1.0;
}

void kinetics_set_c_peptide(double short_half_life_min, double long_half_life_min, double short_frac, kinetics *k)
{
    const double a = LN2 / short_half_life_min, b = LN2 / long_half_life_min;
    k->c_k21 = short_frac * b + (1.0 - short_frac) * a;
    k->c_kel = a * b / k->c_k21;
    k->c_k12 = a + b - k->c_k21 - k->c_kel;
}

double kinetics_c_peptide_volume_l(bool female, double body_surface_m2)
{
    return female ? 1.11 * body_surface_m2 + 2.04 : 1.92 * body_surface_m2 + 0.64;
}
