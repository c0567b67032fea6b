/* Kinetics: the numbers that make one person's minute-by-minute physiology; the list is kinetics.def. */
#ifndef ISLET_PATIENT_KINETICS_H
#define ISLET_PATIENT_KINETICS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/params.h"

typedef struct {
#define KINETIC(key, unit, sentence) double key;
#include "patient/kinetics.def"
#undef KINETIC
} kinetics;

#define KINETIC_COUNT ((int)(sizeof(kinetics) / sizeof(double)))

/* Position of a parameter in the struct seen as an array. */
#define KINETIC_INDEX(key) ((int)(offsetof(kinetics, key) / sizeof(double)))

/* Secretion, long-acting depot and counter-regulation at the documented defaults. A graft is taken to be portal. */
void kinetics_set_defaults(const params *params, kinetics *k);

/* C-peptide rates from the half-lives of its two exponentials and the share of the short one: Van Cauter, Mestrez,
 * Sturis, Polonsky, Diabetes 1992;41:368 (PMID 1551497). */
void kinetics_set_c_peptide(double short_half_life_min, double long_half_life_min, double short_frac, kinetics *k);

/* C-peptide volume of the same source. */
double kinetics_c_peptide_volume_l(bool female, double body_surface_m2);

#endif
