/* Glucose-lowering drugs: what each does to the kinetics of the day. Effects come and go with an exposure
 *   e' = (share of doses taken - e)/tau,  tau 7 days, thiazolidinediones 30
 * and act where the drug acts (metformin on hepatic production, sulfonylureas on secretion at any glucose, incretin drugs on
 * glucose-dependent secretion, emptying and appetite, SGLT2 inhibitors on the renal threshold, thiazolidinediones on
 * sensitivity): nothing is added to HbA1c. Sizes and sources: base/params.def. */
#ifndef ISLET_PHYSIOLOGY_GLUCOSE_DRUGS_H
#define ISLET_PHYSIOLOGY_GLUCOSE_DRUGS_H

#include <stdbool.h>

#include "base/params.h"
#include "patient/glucose_drug.h"

typedef struct {
    bool taken[GLUCOSE_DRUG_COUNT];
    double exposure[GLUCOSE_DRUG_COUNT]; /* 0..1 */
} glucose_drugs;

/* Factors are 1 and sums 0 without drugs. */
typedef struct {
    double production_factor;     /* on kp1 */
    double secretion_factor;      /* on basal and glucose-dependent secretion */
    double incretin_factor;       /* on glucose-dependent secretion */
    double threshold_shift_mg_dl; /* taken from h */
    double emptying_factor;       /* on kmax and kmin */
    double sensitivity_factor;    /* on insulin's effects */
    double sglt2;                 /* exposure to SGLT2 inhibition */
    double native_pace;           /* on the loss of native mass */
    double intake_kcal;           /* a day */
    double systolic_mm_hg;
} drug_effects;

/* Exposure of people who come on their drugs, of which they take a share. */
void glucose_drugs_settled(glucose_drugs *drugs, double share_taken);
void glucose_drugs_day(const params *params, glucose_drugs *drugs, double share_taken);
int glucose_drugs_count(const glucose_drugs *drugs);
drug_effects glucose_drugs_effects(const params *params, const glucose_drugs *drugs);

#endif
