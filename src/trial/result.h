/* What one patient in one arm leaves behind; the engine fills it, the store keeps it. */
#ifndef ISLET_TRIAL_RESULT_H
#define ISLET_TRIAL_RESULT_H

#include <stdint.h>

#include "base/endpoint.h"
#include "patient/population.h"

/* Events of a patient, one list: EVENT(key, sentence). The text is what the store and the report show. */
#define EVENT_LIST(EVENT)                                                                                            \
    EVENT(infusion, "cells given; value is beta cells delivered alive, millions")                                     \
    EVENT(mobilisation, "blood-forming cells are brought into the blood")                                             \
    EVENT(leukapheresis, "blood-forming cells are collected")                                                         \
    EVENT(freezing, "the collected cells are frozen")                                                                 \
    EVENT(conditioning, "first day of the drugs against the immune attack")                                           \
    EVENT(thaw, "the collected cells are thawed")                                                                     \
    EVENT(aplasia, "neutrophils are gone after conditioning")                                                         \
    EVENT(engraftment, "neutrophils are back")                                                                        \
    EVENT(discharge, "home again after conditioning")                                                                 \
    EVENT(fever, "fever after cells or without neutrophils")                                                              \
    EVENT(infusion_reaction, "fever, rash or cytokine release while drugs or cells were given")                       \
    EVENT(infertility, "infertility after conditioning")                                                              \
    EVENT(course_left_out, "a course of cells was not given, because its condition did not hold")                     \
    EVENT(severe_hypo, "severe hypoglycaemia, needing help")                                                          \
    EVENT(insulin_stopped, "first of at least 14 days without injected insulin")                                      \
    EVENT(insulin_resumed, "injected insulin again after it had been stopped")                                        \
    EVENT(graft_lost, "graft lost after it had worked")                                                               \
    EVENT(immunosuppression_stopped, "immunosuppression stopped")                                                     \
    EVENT(portal_bleeding, "bleeding after portal puncture")                                                          \
    EVENT(portal_thrombosis, "partial thrombosis of a portal branch")                                                 \
    EVENT(cmv_infection, "cytomegalovirus infection")                                                                 \
    EVENT(serious_infection, "serious infection")                                                                     \
    EVENT(neutropenia, "serious lack of white blood cells")                                                           \
    EVENT(kidney_injury, "eGFR 30 % or more below day 0 for the first time")                                          \
    EVENT(malignancy, "cancer")                                                                                       \
    EVENT(sensitisation, "antibodies against the donor after a graft was lost")                                       \
    EVENT(treatment_death, "death from procedure or treatment; a death follows on the same day")                      \
    EVENT(death, "death; the patient's rows end here")                                                                \
    EVENT(withdrawn, "left the trial; the patient's rows end here")

typedef enum {
#define EVENT_ID(key, sentence) EVENT_##key,
    EVENT_LIST(EVENT_ID)
#undef EVENT_ID
    EVENT_COUNT
} event_kind;

typedef struct {
    int32_t day;
    int32_t kind;  /* event_kind */
    double value;  /* NaN when the kind has none */
} patient_event;

/* One day of one patient in one arm, as integers so that a million days stay small. */
typedef struct {
    uint16_t mean_glucose_0_1_mg_dl; /* plasma glucose, tenths of mg/dL */
    uint16_t in_range_min;           /* sensor 70..180, minutes */
    uint16_t below_70_min;           /* sensor, minutes (those below 54 included) */
    uint16_t below_54_min;
    uint16_t insulin_0_01_u;         /* injected insulin, hundredths of a unit */
    uint16_t carbohydrate_0_1_g;     /* eaten, rescue included */
    uint16_t c_peptide_mean_pmol_l;  /* mean of the day */
    uint16_t graft_function_0_0001;  /* share of a healthy pancreas, ten-thousandths */
} patient_day;

/* Traits as sampled, the same in every arm. */
typedef struct {
    int64_t patient;         /* 0-based number of the person; with independent arms counted on from arm to arm */
    int64_t candidate;       /* number of the candidate drawn; the difference was screened out */
    char subject[16];        /* public subject at the centre of the draw with the largest weight, e.g. adult#004 */
    bool female;
    double age_year, duration_year, height_m, weight_kg, bmi_kg_m2;
    double egfr_ml_min_1_73m2;
    double native_function_frac;
    bool autoantibody_positive, impaired_awareness;
    double severe_hypo_per_year; /* year before enrolment */
} patient_traits;

/* One patient in one arm. Arrays belong to the filler and are borrowed during the callback. */
typedef struct {
    int arm;
    const patient_traits *traits;
    int n_visits;
    const double (*visit_values)[ENDPOINT_COUNT]; /* n_visits x ENDPOINT_COUNT, NaN = missing (dead, withdrawn, not measured); harms are where nothing is known of them */
    int n_days;
    const patient_day *days;                      /* day 0 .. n_days-1; fewer than the follow-up if dead or withdrawn */
    int n_events;
    const patient_event *events;                  /* as noticed; insulin_stopped only 13 days later */
} patient_result;

/* Glucose by time of day, counted over all people of an arm: for the percentile (AGP) picture. */
#define PROFILE_SLOTS 96      /* 15 minutes each */
#define PROFILE_BINS 100      /* 4 mg/dL each, from 0; the last takes all above */
#define PROFILE_BIN_MG_DL 4
typedef enum { PROFILE_BEFORE, PROFILE_AFTER, PROFILE_PERIODS } profile_period; /* last 14 days before day 0 / of follow-up */
typedef struct {
    uint32_t count[PROFILE_PERIODS][PROFILE_SLOTS][PROFILE_BINS];
} glucose_profile;

#endif
