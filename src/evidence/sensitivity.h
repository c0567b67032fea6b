/* Sensitivity: which parameters the results depend on most, as studies/sensitivity.c found (data/sensitivity/). */
#ifndef ISLET_EVIDENCE_SENSITIVITY_H
#define ISLET_EVIDENCE_SENSITIVITY_H

#include "islet.h"

#define SENSITIVITY_NAME 128
#define SENSITIVITY_POPULATION "t1d_adult" /* whom studies/half_year.yaml screens */

/* One parameter, by the mean over end points of mu_star: the change of an end point over the range that was screened, in SDs between people. */
typedef struct {
    char parameter[SENSITIVITY_NAME], standing[16];
    char moves[64]; /* the end point it moves most */
    double effect;  /* mean of mu_star */
} sensitivity_rank;

/* All screened parameters, the strongest first; the caller frees *out. */
ISLET_CHECK islet_status sensitivity_ranks(sensitivity_rank **out, int *n, islet_problems *problems);

#endif
