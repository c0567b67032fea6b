/* Type 2: the part of a lane that only people without type 1 diabetes have - native cells that adapt and fail, metabolism,
 * glucose-lowering drugs, comparators. In the order of a day:
 *
 *   type2_day_begins   drugs, weight, sensitivity and native cells make the kinetics of the day
 *   type2_look         every quarter of an hour: glucose and secretion for the slow laws, glucose in urine; the second-meal effect
 *   type2_day_ends     drugs, metabolism and native cells take one step (follow-up only: the run-in is a steady state) */
#ifndef ISLET_TRIAL_TYPE2_H
#define ISLET_TRIAL_TYPE2_H

#include "physiology/glucose_drugs.h"
#include "physiology/kernel.h"
#include "physiology/metabolism.h"
#include "physiology/pathways.h"
#include "therapy/protocol.h"

#define LOOK_MINUTES 15

typedef struct {
    int day;                     /* of the review */
    double fasting_sum, lowest;  /* finger-pricks since then: fasting, and the lowest of fasting and after meals */
    int fasting_n;
    double dose_before_u;        /* basal dose before the last rise */
} titration_log;

/* What the clinic knows and does. */
typedef struct {
    type2_plan plan;             /* complete */
    insulin_care insulin;        /* now */
    double meal_u[3];            /* prandial dose of each main meal */
    titration_log titration;
    double fasting_mg_dl;        /* running mean of about a week */
    double hba1c_pct;            /* at day 0, then of the last quarterly visit; NaN before */
    double entry_hba1c_pct;      /* at day 0 */
    int high_visits;             /* quarterly visits in a row with diabetic glucose */
    bool reducing;               /* treatment is reduced while glucose is low */
    bool holding;                /* insulin is not raised for a little above target */
    double entry_basal_u, entry_meal_u[3]; /* doses at day 0: as much is given back when glucose asks for it */
    bool withdrawn[GLUCOSE_DRUG_COUNT]; /* drugs stopped at a low HbA1c: they come back when it is above target */
    bool diagnosed;              /* has diabetes */
    int days_untreated;          /* without glucose-lowering drugs and insulin */
} type2_care;

typedef struct {
    metabolism body;
    glucose_drugs drugs;
    pathways cells;
    pathways_drive drive;        /* looks of the day; of the whole run-in before day 0 */
    double urine_g;              /* glucose lost today; in the run-in the sum */
    double glucose_sum_mg_dl;    /* of the looks */
    double insulin_u;            /* the same of injected insulin */
    double second_meal;          /* how far a meal's own insulin has made uptake more sensitive, 0 to 1 */
    int comparator;              /* comparator_kind in force */
    type2_care care;
} type2;

#endif
