/* Protocol: what a trial designer writes, read and checked. All limits are checked before anything is allocated. */
#ifndef ISLET_THERAPY_PROTOCOL_H
#define ISLET_THERAPY_PROTOCOL_H

#include "patient/glucose_drug.h"
#include "patient/population.h"
#include "therapy/conditioning.h"
#include "therapy/product.h"

#define PROTOCOL_MAX_PATIENTS 10000000
#define PROTOCOL_MAX_ARMS 16
#define PROTOCOL_MAX_COURSES 24  /* givings of cells in an arm */
#define PROTOCOL_MAX_PRODUCTS 24 /* different ones in all arms */
#define PROTOCOL_MAX_CONDITIONS 4
#define PROTOCOL_MAX_VISITS 64
#define PROTOCOL_MAX_ENDPOINTS 128
#define PROTOCOL_MAX_YEARS 30

/* What a later course may depend on; all compared on the morning before it is given. CONDITION(key, unit, low, high, sentence):
 * drops are from day 0, before any treatment. */
#define COURSE_CONDITIONS(CONDITION)                                                                                 \
    CONDITION(hba1c_pct, "%", 3.0, 20.0, "HbA1c")                                                                     \
    CONDITION(hba1c_drop_pct, "%", -10.0, 10.0, "fall of HbA1c since day 0, in points")                               \
    CONDITION(mean_glucose_drop_mg_dl, "mg/dL", -500.0, 500.0, "fall since day 0 of the 14-day mean of glucose")      \
    CONDITION(insulin_u_per_kg_day, "U/kg/day", 0.0, 10.0, "injected insulin, mean of 14 days")                       \
    CONDITION(insulin_drop_pct, "%", -1000.0, 100.0, "fall of that dose since day 0, in percent of it")               \
    CONDITION(graft_function_frac, "fraction", 0.0, 5.0, "function of the graft over that of a healthy pancreas")

typedef enum {
#define CONDITION_ID(key, unit, low, high, sentence) CONDITION_##key,
    COURSE_CONDITIONS(CONDITION_ID)
#undef CONDITION_ID
    CONDITION_COUNT
} condition_id;

typedef struct {
    condition_id what;
    requirement range;
} course_condition;

/* The needle's way through the liver into the portal vein, closed behind it or not. */
typedef enum { TRACT_SEALED, TRACT_UNSEALED } tract_kind;

/* One giving of cells. Exactly one of the doses is > 0 (a dose of 0 is a warning: the arm is a control). */
typedef struct {
    int product;            /* index into protocol.products */
    cell_route route;       /* the product's unless the course says otherwise */
    int tract;              /* tract_kind, for the portal vein */
    double dose_cells;      /* whole body */
    double dose_cells_per_kg;
    double dose_ieq;        /* islet equivalents, whole body */
    double dose_ieq_per_kg;
    double cd34_per_kg;     /* blood-forming cells, for products that rebuild blood */
    int day;                /* >= 0, not before the course before it, before the end of follow-up */
    int n_conditions;       /* all must hold, or the course is left out */
    course_condition only_if[PROTOCOL_MAX_CONDITIONS];
} cell_course;

static inline bool course_has_dose(const cell_course *course)
{
    return course->dose_cells + course->dose_cells_per_kg + course->dose_ieq + course->dose_ieq_per_kg + course->cd34_per_kg > 0.0;
}

/* Factors on the strengths of all products: 1 unless the protocol or the arm says otherwise, 0 when switched off. */
typedef struct {
    double factor[MECHANISM_COUNT];
} mechanism_switches;

/* Rival accounts of what the evidence does not settle; the first of each is the default (docs/formats.md). */
typedef enum { ENGRAFTMENT_OXYGEN, ENGRAFTMENT_FIXED_SHARE } engraftment_account;
typedef enum { ATTACK_STEADY, ATTACK_GROWING } attack_account;
typedef enum { EFFECT_MEMORY, EFFECT_PULSE } effect_account;

typedef struct {
    int engraftment_loss;     /* engraftment_account */
    int immune_attack;        /* attack_account */
    int mesenchymal_effect;   /* effect_account */
} model_alternatives;

/* What is done before day 0 beside the usual run-in. */
typedef struct {
    int days;                     /* added to the run-in */
    bool glucose_stabilised;      /* doses are reviewed every week in all of it */
    bool contraindications_treated; /* what rules treatment out for now is treated first; see eligibility */
} protocol_preparation;

/* What people of a control arm are given in place of a treatment. */
typedef enum { CONTROL_NONE, CONTROL_PLACEBO, CONTROL_SHAM } control_kind;

/* Treatments that are compared with cells. */
typedef enum {
    COMPARATOR_NONE,
    COMPARATOR_DIET,
    COMPARATOR_LIFESTYLE,
    COMPARATOR_WEIGHT_LOSS,
    COMPARATOR_BYPASS_SURGERY
} comparator_kind;

/* How basal insulin of type 2 diabetes is titrated: as clinics usually do, or by a published ladder (trial/care_type2.c). */
typedef enum {
    TITRATION_USUAL, TITRATION_RIDDLE, TITRATION_GOAL_A1C, TITRATION_AT_LANTUS_CLINIC, TITRATION_AT_LANTUS_PATIENT, TITRATION_INITIATE
} titration_rule;

/* What happens when HbA1c is above target in type 2 diabetes. */
typedef enum { ESCALATION_STANDARD, ESCALATION_RESCUE, ESCALATION_NONE } escalation_rule;

/* Is what people come with held in every arm without type 1 diabetes? In a trial of cells, unless the protocol says otherwise. */
typedef enum { TREATMENT_BY_CELLS, TREATMENT_HELD, TREATMENT_USUAL } treatment_rule;

/* Care of people without type 1 diabetes from day 0; -1 where the protocol says nothing. */
typedef struct {
    int insulin;            /* insulin_care; otherwise as people came */
    int titration;          /* titration_rule; otherwise usual */
    int escalation;         /* escalation_rule; otherwise standard */
    double hba1c_target_pct; /* NaN: params.def */
} type2_plan;

typedef struct {
    char name[NAME_TEXT];   /* unique; no control characters */
    int n_courses;
    cell_course courses[PROTOCOL_MAX_COURSES]; /* by day */
    mechanism_switches mechanisms;             /* the protocol's times the arm's */
    int regimen;            /* index into protocol.regimens, -1 for none */
    int regimen_start_day;  /* default 0 */
    int regimen_stop_day;   /* INT_MAX when never stopped */
    int conditioning;       /* index into protocol.conditionings, -1 for none */
    int conditioning_start_day;
    bool sets_drugs;        /* the glucose-lowering drugs below replace those people came with */
    bool drugs[GLUCOSE_DRUG_COUNT];
    int comparator;         /* comparator_kind, from day 0 */
    int control;            /* control_kind */
    type2_plan care;        /* where it differs from the protocol's */
} protocol_arm;

typedef enum { WEAN_TRIAL_PROTOCOL, WEAN_NEVER } wean_rule;

/* What people know of their treatment, and whether being in a trial changes what they do (trial/attention.h). */
typedef enum { MASKING_OPEN, MASKING_BLINDED } masking_kind;
typedef enum { TRIAL_EFFECT_USUAL, TRIAL_EFFECT_NONE } trial_effect_kind;

/* A file that the protocol names: a population, product or regimen beside it. */
typedef struct {
    char name[240];         /* as the protocol writes it */
    size_t size;
    char hash[ISLET_HASH_TEXT];
} protocol_file;

#define PROTOCOL_MAX_FILES (2 + PROTOCOL_MAX_PRODUCTS + 2 * PROTOCOL_MAX_ARMS) /* and the parameter set of a run */

struct islet_protocol {
    char file[512];         /* as given, for messages and provenance */
    char hash[ISLET_HASH_TEXT]; /* SHA-256 of the file's bytes */
    char title[240];
    int n_files;
    protocol_file files[PROTOCOL_MAX_FILES];
    bool has_seed;
    uint64_t seed;
    population population;  /* the shipped or named population, with the protocol's `require` added */
    int64_t n_patients;
    int run_ins_per_person_max; /* people of whom more are needed for each who is admitted are given up as too rare; 0: only after many in a row */
    int n_arms;
    protocol_arm arms[PROTOCOL_MAX_ARMS];
    int n_products;         /* distinct products used */
    product products[PROTOCOL_MAX_PRODUCTS];
    int n_regimens;
    regimen regimens[PROTOCOL_MAX_ARMS];
    int n_conditionings;
    conditioning conditionings[PROTOCOL_MAX_ARMS];
    mechanism_switches mechanisms;
    model_alternatives alternatives;
    protocol_preparation preparation;
    type2_plan care;        /* `insulin` also says what people with type 1 diabetes do */
    int treatment;          /* treatment_rule: one for all arms, or the control arm would be another trial */
    wean_rule wean;
    int masking;            /* masking_kind */
    int trial_effect;       /* trial_effect_kind */
    int follow_up_day;      /* years * 365, rounded */
    double dropout_probability_per_year;
    int n_visits;
    int visits_day[PROTOCOL_MAX_VISITS]; /* increasing, first is 0, last <= follow_up_day */
    int n_endpoints;
    int endpoints[PROTOCOL_MAX_ENDPOINTS]; /* endpoint_id of base/endpoint.h */
};

/* Parse and check the text of a protocol: ISLET_OK, ISLET_ERR_INPUT or ISLET_ERR_MEMORY. Files it names are looked for in
 * the folder of `file`, never above it. */
ISLET_CHECK islet_status protocol_parse(const char *text, size_t length, const char *file,
                                        struct islet_protocol *out,
                                        islet_problems *problems);

/* Give the protocol another length: visits after the new end are dropped, standard ones (0, 30, 90, 180 days, then every
 * year) follow those it has, and the last day is a visit. False, with a problem and nothing changed, if years is not
 * above 0 and at most PROTOCOL_MAX_YEARS or cells would be given after the end. */
/* Is any arm given cells? */
bool protocol_gives_cells(const struct islet_protocol *protocol);
/* Without type 1 diabetes: is the treatment that people came with held in every arm? */
bool protocol_treatment_is_held(const struct islet_protocol *protocol);

/* Fever and other reactions of an arm: is there a share for them? Where cells are given and no file of the arm gives one, none is drawn and
 * nothing is known. */
bool protocol_knows_fever(const struct islet_protocol *protocol, const protocol_arm *arm);
bool protocol_knows_reactions(const struct islet_protocol *protocol, const protocol_arm *arm);

bool protocol_set_years(struct islet_protocol *protocol, double years, islet_problems *problems);

/* The day on which `years` end; at least 1. */
int protocol_day_of_years(double years);

#endif
