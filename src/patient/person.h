/* Person: one virtual patient - traits, physiology, habits and hidden factors - drawn from a population.
 *
 * Person number c is a function of (seed, c) alone: the same for any number of people and any order. People whom a
 * protocol's requirements do not admit are drawn and passed over. */
#ifndef ISLET_PATIENT_PERSON_H
#define ISLET_PATIENT_PERSON_H

#include "base/params.h"
#include "patient/glucose_drug.h"
#include "patient/kinetics.h"
#include "patient/population.h"
#include "patient/subject.h"

#define SENSITIVITY_WINDOWS 3 /* 04-11, 11-17, 17-04 h */

/* How a person lives with diabetes; the same in every arm. */
typedef struct {
    double carb_count_ratio;      /* own median of counted over true carbohydrate */
    double missed_bolus_frac;
    double fear;                  /* of hypoglycaemia, 0 is average */
    double meal_scale;            /* own appetite over the average; of children and light adults by their size */
    double rescue_scale;          /* carbohydrate against a low over an adult's */
} habits;

/* Body and treatment at enrolment of a person without type 1 diabetes; all 0 with it. */
typedef struct {
    double waist_cm, systolic_mm_hg, diastolic_mm_hg, ldl_mg_dl, hdl_mg_dl, triglycerides_mg_dl;
    double lean_crp_mg_l;
    double intake_kcal;           /* a day, in balance with the weight at enrolment */
    double insulin_resistance;    /* 0 the healthy, 1 the type 2 parameter set */
    double exocytosis_ceiling;    /* physiology/pathways.h */
    double second_meal_gain;      /* rise of insulin's effect on uptake hours after a meal, at its most; of the resistant */
    double native_pace;           /* own factor on the steady loss of beta cells: 0 in the healthy, about 1 in type 2 diabetes */
    double care_level;            /* glucose that ordinary care leaves this person at, over its median */
    double sensitivity_day_cv;    /* within-person, from window to window */
    double adherence;             /* share of a prescribed change of eating that is done, 0..1 */
    bool drugs[GLUCOSE_DRUG_COUNT];
    insulin_care insulin;
} metabolic_traits;

typedef struct {
    uint64_t key;                 /* of all random numbers of this person */
    char subject[16];             /* public subject with the largest weight in the draw */
    diabetes_type diabetes;
    bool female, autoantibody_positive, impaired_awareness;
    bool child;                   /* of a population of children: no adult's size is assumed */
    bool ketoacidosis_at_onset;
    double age_year, duration_year, height_m, bmi_kg_m2;
    double egfr_ml_min_1_73m2;
    double native_function_frac;
    double c_peptide_stimulated_nmol_l; /* expected at enrolment, for screening; where beta cells are being lost, see person_knows */
    double severe_hypo_per_year;        /* events in the year before enrolment */

    kinetics kinetics;            /* complete, at average insulin sensitivity and without a graft */
    double sensitivity[SENSITIVITY_WINDOWS]; /* own factor of each window of the day */
    double dawn_rise;             /* own rise of hepatic production: at dawn in type 1 diabetes, else amplitude of a day's rhythm */
    habits habits;
    metabolic_traits body;

    double immune_pace;           /* own factor on the loss of native beta cells and the return of the attack: age at diagnosis, chance */

    /* hidden factors, mean 1 */
    double severe_hypo_frailty, immune_frailty, engraftment, kidney_response;
    double glycation_rate_l_per_mmol_s;
} person;

/* What the drawing needs besides the seed; made once a run. */
typedef struct {
    const population *population;
    const params *params;
    int n_subjects;               /* of the population's band .. */
    int n_children;               /* .. of which the first are children, where the band is youth */
    subject subjects[SUBJECT_COUNT];
} person_source;

bool person_source_fill(person_source *source, const population *population, const params *params);

/* Draw person `number`. False if the physiology drawn is outside the hard bounds; draw the next number then. */
bool person_draw(const person_source *source, uint64_t seed, uint64_t number, person *out);

/* Is this trait known before the run-in? C-peptide is where no beta cells are left. */
bool person_knows(const person *who, trait_id trait);

/* Does the person meet the requirements that are known before the run-in? */
bool person_meets(const population *population, const person *who);

#endif
