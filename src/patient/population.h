/* Population: who the virtual people are, a data file with a source for every number. */
#ifndef ISLET_PATIENT_POPULATION_H
#define ISLET_PATIENT_POPULATION_H

#include "base/yaml_read.h"
#include "islet.h"

#define POPULATION_NAME_TEXT 64

/* Traits a protocol may put a requirement on: ENTRY(key, unit, lowest, highest, sentence). */
#define PATIENT_TRAITS(ENTRY)                                                                                        \
    ENTRY(age_year, "year", 0.0, 110.0, "age at enrolment")                                                           \
    ENTRY(duration_year, "year", 0.0, 100.0, "years since diagnosis")                                                 \
    ENTRY(bmi_kg_m2, "kg/m2", 10.0, 80.0, "body mass index")                                                          \
    ENTRY(weight_kg, "kg", 10.0, 300.0, "body weight")                                                                \
    ENTRY(severe_hypo_per_year, "1/year", 0.0, 200.0, "severe hypoglycaemic events in the year before enrolment")     \
    ENTRY(c_peptide_stimulated_nmol_l, "nmol/L", 0.0, 10.0, "stimulated C-peptide before treatment")                  \
    ENTRY(egfr_ml_min_1_73m2, "mL/min/1.73m2", 5.0, 200.0, "estimated glomerular filtration rate")                    \
    ENTRY(hba1c_pct, "%", 3.0, 20.0, "HbA1c at the end of the run-in")                                                \
    ENTRY(fasting_glucose_mg_dl, "mg/dL", 20.0, 600.0, "mean fasting glucose of the run-in's last two weeks")         \
    ENTRY(insulin_u_per_kg_day, "U/kg/day", 0.0, 10.0, "injected insulin, mean of the run-in's last two weeks")        \
    ENTRY(ketoacidosis_at_onset, "yes/no", 0.0, 1.0, "ketoacidosis at diagnosis of type 1 diabetes")

typedef enum {
#define TRAIT_ID(key, unit, low, high, sentence) TRAIT_##key,
    PATIENT_TRAITS(TRAIT_ID)
#undef TRAIT_ID
    TRAIT_COUNT
} trait_id;

/* How a trait or behaviour is spread over people. */
typedef enum { SPREAD_NORMAL, SPREAD_LOGNORMAL, SPREAD_UNIFORM, SPREAD_GAMMA, SPREAD_BETA, SPREAD_BERNOULLI } spread_kind;

/* The numbers of a population, one list: ENTRY(key, unit, sentence). Each has a distribution over people:
 * mean, sd, low, high (hard bounds; a draw outside is drawn again), kind; and source and standing. */
#define POPULATION_VALUES(ENTRY)                                                                                     \
    ENTRY(age_year, "year", "age at enrolment")                                                                       \
    ENTRY(female_frac, "fraction", "share of women")                                                                  \
    ENTRY(egfr_ml_min_1_73m2, "mL/min/1.73m2", "estimated glomerular filtration rate before treatment")               \
    ENTRY(native_function_frac, "fraction", "native beta cells alive, over a healthy pancreas; in type 1 diabetes at diagnosis") \
    ENTRY(autoantibody_frac, "fraction", "share with persistent islet autoantibodies")                                \
    ENTRY(impaired_awareness_frac, "fraction", "share with impaired awareness of hypoglycaemia")                      \
    ENTRY(severe_hypo_frailty_var, "1", "variance of the gamma factor (mean 1) on the severe-hypoglycaemia hazard")

/* Duration and height, each written in one of two ways (check_alternatives of population.c), and what may be left out. */
#define POPULATION_ALTERNATIVES(ENTRY)                                                                               \
    ENTRY(age_at_diagnosis_year, "year", "age at diagnosis; duration is the difference")                              \
    ENTRY(duration_year, "year", "years since diagnosis at enrolment; age at diagnosis is the difference")            \
    ENTRY(height_women_m, "m", "height of women")                                                                     \
    ENTRY(height_men_m, "m", "height of men")                                                                         \
    ENTRY(adult_bmi_kg_m2, "kg/m2", "body mass index of adults, whose weight follows from it and their height; else the public subjects'") \
    ENTRY(child_bmi_kg_m2, "kg/m2", "body mass index of children, whose height follows from it and their weight") \
    ENTRY(severe_hypo_factor, "1", "severe-hypoglycaemia hazard over that of candidates for transplantation; 1 where not given")

/* More numbers of a population without type 1 diabetes, under `metabolism`. */
#define METABOLIC_VALUES(ENTRY)                                                                                      \
    ENTRY(bmi_kg_m2, "kg/m2", "body mass index at enrolment")                                                         \
    ENTRY(insulin_resistance, "1", "place between the healthy (0) and the type 2 (1) parameter set of Dalla Man 2007") \
    ENTRY(exocytosis_ceiling, "1", "exocytosis capacity that native beta cells can reach; 0.5259 with the defect, 1.4 without") \
    ENTRY(systolic_mm_hg, "mmHg", "systolic blood pressure")                                                          \
    ENTRY(diastolic_mm_hg, "mmHg", "diastolic blood pressure")                                                        \
    ENTRY(ldl_mg_dl, "mg/dL", "LDL cholesterol")                                                                      \
    ENTRY(hdl_women_mg_dl, "mg/dL", "HDL cholesterol of women")                                                       \
    ENTRY(hdl_men_mg_dl, "mg/dL", "HDL cholesterol of men")                                                           \
    ENTRY(triglycerides_mg_dl, "mg/dL", "triglycerides")                                                              \
    ENTRY(lean_crp_mg_l, "mg/L", "C-reactive protein this person would have when lean")                               \
    ENTRY(metformin_frac, "fraction", "share on metformin")                                                           \
    ENTRY(sulfonylurea_frac, "fraction", "share on a sulfonylurea")                                                   \
    ENTRY(dpp4_inhibitor_frac, "fraction", "share on a DPP-4 inhibitor")                                              \
    ENTRY(glp1_agonist_frac, "fraction", "share on a GLP-1 receptor agonist")                                         \
    ENTRY(sglt2_inhibitor_frac, "fraction", "share on an SGLT2 inhibitor")                                            \
    ENTRY(tzd_frac, "fraction", "share on a thiazolidinedione")                                                       \
    ENTRY(insulin_frac, "fraction", "share on insulin, basal at least")                                               \
    ENTRY(basal_bolus_frac, "fraction", "share of those on insulin who also inject with meals")

typedef struct {
    double mean, sd, low, high;
    spread_kind kind;
    int standing;            /* standing of base/standing.h */
    int line;                /* of the file */
    char source[256];
} population_value;

typedef struct {
    double low, high;        /* closed interval; -INFINITY, INFINITY when open */
    bool low_open, high_open;
} requirement;

/* What the people of a population have; NONE is nobody's diabetes: prediabetes, metabolic syndrome, healthy. */
typedef enum { DIABETES_TYPE1, DIABETES_TYPE2, DIABETES_NONE } diabetes_type;

/* Who is passed over at screening for what HbA1c and fasting glucose say together. */
typedef enum { SCREENED_NOT, SCREENED_PREDIABETES } screened_for;

typedef struct {
    char name[POPULATION_NAME_TEXT];
    char title[160];
    int diabetes;            /* diabetes_type; type 1 unless the file says otherwise */
    int screened;            /* screened_for: what both tests of screening must say together */
    char subjects[32];       /* band of the public subjects to sample from: adult, adolescent, child, or youth, which is child
                              * or adolescent by age */
#define POPULATION_FIELD(key, unit, sentence) population_value key;
    POPULATION_VALUES(POPULATION_FIELD)
    POPULATION_ALTERNATIVES(POPULATION_FIELD)
    METABOLIC_VALUES(POPULATION_FIELD)
#undef POPULATION_FIELD
    bool has_require[TRAIT_COUNT];
    requirement require[TRAIT_COUNT];
} population;

bool population_shipped(const char *name, population *out);
const char *const *population_names(void);
bool population_parse(const char *text, size_t length, const char *file, population *out, islet_problems *problems);

/* Does the file give this value? */
static inline bool population_gives(const population_value *value)
{
    return value->source[0] != '\0';
}

/* Does a trait of this size meet the requirement? */
bool requirement_holds(const requirement *r, double x);

/* Prediabetes: at least one test at its limit (5.7 %, 100 mg/dL), none at that of diabetes (6.5 %, 126 mg/dL; ADA,
 * doi:10.2337/dc10-S062). Everybody is admitted where the population is not screened for it. */
bool population_admits_glucose(const population *of, double hba1c_pct, double fasting_mg_dl);

/* Add the requirements of a protocol's mapping: trait: ">= 5", "< 0.02" or [18, 65]. Traits that are written in several
 * units have a key for each (hba1c_mmol_mol beside hba1c_pct), and any of these units may stand behind the number (">= 53 mmol/mol"). */
void population_read_require(yaml_reader *reader, const yaml_node *map, population *out);

#endif
