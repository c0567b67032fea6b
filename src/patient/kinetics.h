/* Kinetics: the numbers that make one person's minute-by-minute physiology; the list is kinetics.def. */
#ifndef ISLET_PATIENT_KINETICS_H
#define ISLET_PATIENT_KINETICS_H

#include <stddef.h>

typedef struct {
#define KINETIC(key, unit, sentence) double key;
#include "patient/kinetics.def"
#undef KINETIC
} kinetics;

#define KINETIC_COUNT ((int)(sizeof(kinetics) / sizeof(double)))

/* Position of a parameter in the struct seen as an array. */
#define KINETIC_INDEX(key) ((int)(offsetof(kinetics, key) / sizeof(double)))

#endif
