/* Lane: one person in one arm while being simulated - everything that is not in the kernel's group.
 *
 *   behaviour.c  plans the day (meals, doses, looks at the sensor)
 *   care.c       decides doses from what sensor and person know, titrates, weans
 *   giving.c     decides whether a course of cells is given, and gives it
 *   type2.c, care_type2.c   native cells, weight, drugs and care without type 1 diabetes
 *   course.c     gives drugs, steps what cells do
 *   harms.c      draws what goes wrong
 *   group.c      runs LANE_GROUP lanes through the days
 *   visit.c      measures at visits */
#ifndef ISLET_TRIAL_LANE_H
#define ISLET_TRIAL_LANE_H

#include "base/params.h"
#include "base/units.h"
#include "patient/draw.h"
#include "patient/person.h"
#include "physiology/clock.h"
#include "physiology/graft.h"
#include "physiology/immunity.h"
#include "physiology/kernel.h"
#include "physiology/native.h"
#include "physiology/remission.h"
#include "physiology/sensor.h"
#include "physiology/signals.h"
#include "therapy/protocol.h"
#include "trial/result.h"
#include "trial/type2.h"

#define DAY_PARTS 4          /* night 00-07, after breakfast 07-12, after lunch 12-18, after dinner 18-24 h */
#define MAIN_MEALS 3
#define BOLUS_LOG 12         /* doses remembered for insulin on board */
#define PLAN_EVENTS 48
#define PLAN_LATE 4            /* boluses after midnight; the slots of an evening give three at most */

/* Where draws of harms begin in their stream: courses of cells from 0, drugs, days. Later courses have their own place. */
#define HARM_DRAWS_DRUGS 8
#define HARM_DRAWS_GRAFT 9
#define HARM_DRAWS_RESET 10
#define HARM_DRAWS_DAY 16
#define HARM_DRAWS_LATER ((uint64_t)1 << 32)
#define HARM_DRAWS_REACTION ((uint64_t)1 << 33)
#define HARM_DRAWS_SCAR ((uint64_t)1 << 34) /* a person scars alike in all arms and around all devices */

/* ---- the day's plan ---- */

typedef enum {
    PLAN_MEAL,               /* value: carbohydrate, g */
    PLAN_BOLUS,              /* value: counted carbohydrate, g; index: main meal 0..2 or 3 for a snack */
    PLAN_LONG_ACTING,        /* value: exposure factor of the dose */
    PLAN_LOOK,               /* a look at the sensor that may lead to a correction */
    PLAN_POST_MEAL,          /* two hours after a main meal */
    PLAN_FASTING,            /* 06:00 */
    PLAN_SENSITIVITY         /* value: insulin sensitivity of the window that begins */
} plan_kind;

typedef struct {
    int minute;
    plan_kind kind;
    int index;
    double value;
} plan_event;

typedef struct {
    int n, next;
    plan_event events[PLAN_EVENTS]; /* by minute */
    int n_after_midnight;
    plan_event after_midnight[PLAN_LATE]; /* boluses given so late that they fall into the next day, by its minutes */
} day_plan;

/* ---- care: what the person and the clinic know and decide ---- */

typedef struct {
    double long_acting_u;              /* daily dose */
    double carb_ratio_g_per_u[MAIN_MEALS];
    double sensitivity_mg_dl_per_u;    /* correction factor */
    bool off_insulin;
    bool undiagnosed;                  /* no insulin before type 1 diabetes is found */
    bool weaning;                      /* cells were given and the rule is to wean; while they can do something (care.c) */
    bool remembers;                    /* the doses before cells were given, until they are taken up again */
    double former_long_acting_u, former_carb_ratio_g_per_u[MAIN_MEALS];
    double hba1c_last_visit_pct;       /* NaN before the first */

    double bolus_u[BOLUS_LOG];
    int64_t bolus_minute[BOLUS_LOG];   /* absolute minute of each */
    int bolus_next;
    int64_t last_correction, last_rescue;

    /* since the last weekly review */
    double fasting_sum, post_meal_sum, part_sum[DAY_PARTS], insulin_u;
    int fasting_n, fasting_high_n, post_meal_n, part_n[DAY_PARTS], part_low_n[DAY_PARTS], days;
} care_state;

/* ---- what is remembered of each day, run-in included ---- */

typedef struct {
    double mean_glucose_mg_dl;         /* plasma */
    double cgm_n, in_range, below_70, below_54, above_180, above_250; /* readings of 5 min */
    double cgm_sum, cgm_sum_squares, risk_low_sum, risk_high_sum;
    double fasting_mg_dl;              /* sensor at 06:00 */
    double insulin_u, carbohydrate_g;
    double c_peptide_mean_nmol_l;
    double graft_function;
} day_tally;

/* As it was on day 0, in the words of COURSE_CONDITIONS. */
typedef struct {
    double hba1c_pct, mean_glucose_mg_dl, insulin_u_per_kg_day;
} before_treatment;

typedef struct {
    const person *who;
    const protocol_arm *arm;
    drug_state drugs;
    double days_on_drugs;              /* so far, for the kidney */
    int cmv_day, neutropenia_day;      /* days on which they would show, -1 for none */
    graft graft;
    signal_state cells;                /* what was given that sends signals */
    cell_signals signals;              /* what they tell the body today */
    int next_course, n_given;
    before_treatment before;           /* what a later course's condition compares with */
    immunity immunity;
    int engraftment_day;               /* after conditioning, -1 before it is known */
    native native;
    care_state care;
    type2 type2;
    day_plan plan;

    double awareness;
    double sensitivity_factor;         /* of the regimen, today */
    double remission_sensitivity;      /* of insulin that comes through the portal vein, from one's own cells or a graft's */
    double puberty_sensitivity;        /* of young people's age today */
    double egfr;
    int severe_hypo_since_visit;
    double deep_low_min;               /* of the day: plasma below severe_hypo_below_mg_dl, by readings of 5 min */
    bool graft_promised, graft_worked, graft_lost, independent; /* promised: enough living cells were given to work */
    int days_without_insulin;
    int treatment_death_day;           /* drawn when cells are given, -1 for none */
    bool happened[EVENT_COUNT];        /* since day 0 */

    day_tally *tally;                  /* one a day from the first of the run-in */
    patient_event *events;
    int n_events, max_events;
    double (*visits)[ENDPOINT_COUNT];
    bool out_of_bounds;                /* a state left its physical bounds: the run stops */
    int end_day;                       /* first day without data (death, withdrawal) or the follow-up's end */
} lane;

/* Today's weight; with type 1 diabetes that at enrolment. */
static inline double lane_weight_kg(const lane *lane)
{
    return lane->who->diabetes == DIABETES_TYPE1 ? lane->who->kinetics.bw : lane->type2.body.weight_kg;
}

/* What the whole run shares; const while it runs. */
typedef struct {
    const struct islet_protocol *protocol;
    const params *params;
    const kernel *kernel;
    uint64_t seed;
    int run_in_day, follow_up_day;
    int n_visits;
    const int *visit_day;
    double dawn[CLOCK_SLOTS];                         /* shape of the dawn rise, every five minutes */
    double liver_rhythm[CLOCK_SLOTS];                 /* the same without type 1 diabetes */
    sensor_population sensors;
    bool (*stop)(void *context);                      /* asked once a week of simulated time; true ends the run; nullable */
    void *stop_context;
} run_plan;

/* behaviour.c */
void behaviour_plan_day(const run_plan *run, const lane *lane, int day, bool visit_morning, day_plan *plan);

/* care.c */
void care_start(lane *lane, double basal_u_per_day);
void care_diagnose(const run_plan *run, lane *lane);
double care_meal_bolus_u(lane *lane, int64_t now, double cgm_mg_dl, int meal, double counted_g);
double care_correction_u(const run_plan *run, lane *lane, int64_t now, double cgm_mg_dl, bool ignores_on_board);
void care_log_bolus(lane *lane, int64_t now, double units);
void care_wean_begins(const run_plan *run, lane *lane); /* cells were given: the doses until now are remembered */
void care_sees_hba1c(lane *lane, double hba1c_pct); /* at a visit */
double care_rescue_g(const run_plan *run, lane *lane, int64_t now, double cgm_mg_dl, double plasma_mg_dl);
void care_day_end(const run_plan *run, lane *lane, int day);

/* Chance that a week's data are acted on: all of them while the protocol's preparation stabilises glucose. */
double care_review_chance(const run_plan *run, int day, double usual);

/* What both kinds of care share. */
double care_pen_dose(double units);
double care_share_low_pct(const care_state *care, int part);
void care_week_begins(care_state *care);

/* care_type2.c: care without type 1 diabetes */
void care_type2_start(const run_plan *run, lane *lane);
void care_type2_arm_begins(const run_plan *run, lane *lane);   /* after day 0: what protocol and arm change */
double care_type2_meal_bolus_u(const lane *lane, int meal);
void care_type2_reading(lane *lane, double plasma_mg_dl, bool fasting); /* finger-prick, taken as exact */
void care_type2_day_end(const run_plan *run, lane *lane, int day);

/* type2.c */
void type2_start(const run_plan *run, lane *lane);
void type2_follow_up_begins(const run_plan *run, lane *lane);
void type2_day_begins(const run_plan *run, const lane *lane, lane_group *minute, int l);
double type2_native_function(const run_plan *run, const lane *lane); /* over a healthy pancreas */
void type2_set_sensitivity(const lane *lane, lane_group *minute, int l, double factor);
void type2_look(const run_plan *run, lane *lane, lane_group *minute, int l);
void type2_day_ends(const run_plan *run, lane *lane, int day, double insulin_u);

/* What a laboratory finds in the morning of `day`. (visit.c) */
double visit_hba1c_pct(const run_plan *run, const lane *lane, int day, draw *d);

/* Insulin on board of 1 U given `minutes` ago, for an activity curve of the given duration and peak; duration > 2 peak. */
double care_on_board_frac(double minutes, double active_min, double peak_min);

/* The rules of care in words with the numbers of `params`, for the report. */
#define CARE_RULE_TEXT 512
int care_rule_count(void);
bool care_rule_holds(int index, const struct islet_protocol *protocol);
void care_rule_text(int index, const params *params, char *out, size_t room);

/* reset.c: what conditioning does on a day, with its dated steps */
void reset_day(const run_plan *run, lane *lane, int day);

/* giving.c: the cells of a day */
void giving_day(const run_plan *run, lane *lane, int day);

/* course.c: cells, drugs, harms and chance, at the end of each day of follow-up. The body's slow states are stepped in it, and
 * alone in each day of the run-in; course_start puts them where the person is when the run-in begins. */
void course_start(const run_plan *run, lane *lane);
void course_run_in_day(const run_plan *run, lane *lane, int day);
void course_day(const run_plan *run, lane *lane, int day);

/* The day on which diabetes was found, before day 0. */
int course_diagnosis_day(const person *who);
void course_event(lane *lane, int day, event_kind kind, double value);

#endif
