/* C-peptide in two compartments: secreted mole for mole with insulin, not extracted by the liver.
 *
 *   c1' = -(kel + k12) c1 + k21 c2 + Spre/Vc,   c2' = k12 c1 - k21 c2
 *   Spre = (gamma ipo + systemic secretion) BW / 1000        nmol/min
 *
 * Van Cauter, Mestrez, Sturis, Polonsky, Diabetes 1992;41:368 (PMID 1551497). */
#ifndef ISLET_PHYSIOLOGY_C_PEPTIDE_H
#define ISLET_PHYSIOLOGY_C_PEPTIDE_H

static inline void c_peptide_rhs(const lane_kinetics *k, lanes systemic, const minute_state *x, minute_state *dx)
{
    lanes secreted_nmol_l_min = (k->gamma * x->ipo + systemic) * k->c_per_pmol_kg;
    dx->c1 = k->c_k21 * x->c2 - (k->c_kel + k->c_k12) * x->c1 + secreted_nmol_l_min;
    dx->c2 = k->c_k12 * x->c1 - k->c_k21 * x->c2;
}

#endif
