/* Conditioning: a treatment of the immune system given over days, from low-dose antithymocyte globulin to the whole path of
 * a transplant of own blood-forming cells with its dated steps. Data files (data/conditioning), every number with its source. */
#ifndef ISLET_THERAPY_CONDITIONING_H
#define ISLET_THERAPY_CONDITIONING_H

#include "therapy/product.h"

/* Steps of the path in the order of days: STEP(key, sentence). `conditioning` is the first day of the drugs; all others may be
 * absent. The wait is what lies between freezing and conditioning, aplasia between conditioning and engraftment. */
#define CONDITIONING_STEPS(STEP)                                                                                     \
    STEP(mobilisation, "drugs that bring blood-forming cells into the blood")                                         \
    STEP(leukapheresis, "collection of the cells")                                                                    \
    STEP(freezing, "the cells are frozen")                                                                            \
    STEP(conditioning, "first day of the drugs that remove the attack")                                               \
    STEP(thaw, "the cells are thawed")                                                                                \
    STEP(infusion, "the cells are given back")                                                                        \
    STEP(aplasia, "neutrophils are gone")                                                                             \
    STEP(engraftment, "neutrophils are back, in a typical person with the cells given back")                          \
    STEP(discharge, "the person goes home")

typedef enum {
#define STEP_ID(key, sentence) STEP_##key,
    CONDITIONING_STEPS(STEP_ID)
#undef STEP_ID
    STEP_COUNT
} conditioning_step;

/* The numbers, one list: ENTRY(key, unit, low, high, sentence). A file gives duration_day, and of the others what the drugs do. */
#define CONDITIONING_VALUES(ENTRY)                                                                                   \
    ENTRY(duration_day, "day", 1.0, 60.0, "days over which the drugs are given in a course")                          \
    ENTRY(courses, "1", 1.0, 6.0, "courses of the drugs")                                                             \
    ENTRY(course_interval_day, "day", 0.0, 1000.0, "days from the start of a course to that of the next")             \
    ENTRY(effector_depletion_frac, "fraction", 0.0, 0.9999, "share of effector T cells that is removed")              \
    ENTRY(memory_depletion_frac, "fraction", 0.0, 0.9999, "share of autoimmune memory that is removed")               \
    ENTRY(regulatory_depletion_frac, "fraction", 0.0, 0.9999, "share of regulatory T cells that is removed")          \
    ENTRY(lymphocyte_depletion_frac, "fraction", 0.0, 0.9999, "share of all lymphocytes that is removed")             \
    ENTRY(growth_brake_frac, "fraction", 0.0, 1.0, "share of the growth of effectors that is stopped afterwards")     \
    ENTRY(growth_brake_day, "day", 1.0, 2000.0, "time constant with which this fades")                                \
    ENTRY(thymus_loss_frac, "fraction", 0.0, 1.0, "share of the output of new T cells that is lost")                  \
    ENTRY(thymus_wait_day, "day", 0.0, 1000.0, "days before that output begins to return")                            \
    ENTRY(regulatory_boost, "1", 0.0, 5.0, "regulatory T cells over normal afterwards, until the thymus has recovered") \
    ENTRY(infusion_reaction_frac, "fraction", 0.0, 1.0, "people with fever, rash or cytokine release while the drugs are given") \
    ENTRY(neutropenic_fever_frac, "fraction", 0.0, 1.0, "people with fever while neutrophils are gone")               \
    ENTRY(serious_infection_frac, "fraction", 0.0, 1.0, "people with a serious infection in the following weeks")     \
    ENTRY(infertility_woman_young_frac, "fraction", 0.0, 1.0, "women and girls up to 32 years who become infertile") \
    ENTRY(infertility_woman_older_frac, "fraction", 0.0, 1.0, "older women who become infertile")                    \
    ENTRY(infertility_man_frac, "fraction", 0.0, 1.0, "men and boys who become infertile")                           \
    ENTRY(treatment_death_frac, "fraction", 0.0, 0.5, "people who die of the treatment")

typedef struct {
    char name[NAME_TEXT];
    char title[160];
    int step_day[STEP_COUNT];     /* days after the start of the path, -1 for a step it has not */
#define CONDITIONING_FIELD(key, unit, low, high, sentence) sourced_value key;
    CONDITIONING_VALUES(CONDITIONING_FIELD)
#undef CONDITIONING_FIELD
} conditioning;

extern const char *const conditioning_step_words[]; /* the keys, NULL-terminated */

bool conditioning_shipped(const char *name, conditioning *out);
const char *const *conditioning_names(void);
bool conditioning_parse(const char *text, size_t length, const char *file, conditioning *out, islet_problems *problems);

/* Do the cells have to be given back? */
static inline bool conditioning_needs_cells(const conditioning *path)
{
    return path->step_day[STEP_infusion] >= 0;
}

#endif
