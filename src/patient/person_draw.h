/* What the two ways of drawing a person share: person.c (type 1) and person_metabolic.c (type 2 and none). */
#ifndef ISLET_PATIENT_PERSON_DRAW_H
#define ISLET_PATIENT_PERSON_DRAW_H

#include "patient/draw.h"
#include "patient/person.h"

/* One value of a population within its bounds. */
double person_draw_value(draw *d, const population_value *value);

/* Free parameters around the subjects' mean, or by less around `centre`. False when one leaves the subjects' range by more than the
 * allowed share. */
bool person_draw_free(const person_source *source, draw *d, const subject_free *centre, subject_free *out, int *closest);

/* Secretion, C-peptide, depot and counter-regulation: what the public rows do not hold. */
void person_complete_kinetics(const params *p, const person *who, draw *d, kinetics *k);

/* Traits and physiology of a person without type 1 diabetes; false if they are outside the hard bounds. */
bool person_draw_metabolic(const person_source *source, draw *d, person *out);

/* What differs from type 1 in habits and variability, once these are drawn. */
void person_settle_metabolic(const params *p, draw *d, person *out);

#endif
