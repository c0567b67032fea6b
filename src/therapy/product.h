/* Cell products and immunosuppression regimens: data files, every number with unit, range, source and standing. */
#ifndef ISLET_THERAPY_PRODUCT_H
#define ISLET_THERAPY_PRODUCT_H

#include <stdbool.h>

#include "base/standing.h"
#include "base/yaml_read.h"
#include "islet.h"
#include "therapy/criterion.h"

#define NAME_TEXT 64

/* Where cells are put. ROUTE(name, sentence) */
#define CELL_ROUTES(ROUTE)                                                                                           \
    ROUTE(portal_vein, "infusion into the portal vein, so into the liver")                                            \
    ROUTE(vein, "infusion into a vein of the arm; the lung is passed first")                                          \
    ROUTE(pancreatic_artery, "catheter into an artery of the pancreas")                                               \
    ROUTE(splenic_artery, "catheter into the splenic artery, upstream of the pancreas' own arteries")                 \
    ROUTE(intramuscular, "into a muscle, also under the rectus sheath")                                               \
    ROUTE(subcutaneous, "under the skin without a device")                                                            \
    ROUTE(omentum, "onto the omentum, which drains into the portal vein")                                             \
    ROUTE(device_open, "device under the skin whose membrane lets vessels in")                                        \
    ROUTE(device_sealed, "device under the skin whose membrane keeps vessels and immune cells out")

typedef enum {
#define ROUTE_ID(name, sentence) ROUTE_##name,
    CELL_ROUTES(ROUTE_ID)
#undef ROUTE_ID
    ROUTE_COUNT
} cell_route;

extern const char *const cell_route_words[]; /* NULL-terminated */

static inline bool route_is_device(cell_route route)
{
    return route == ROUTE_device_open || route == ROUTE_device_sealed;
}

typedef enum { ORIGIN_ALLOGENEIC, ORIGIN_AUTOLOGOUS, ORIGIN_HYPOIMMUNE } cell_origin;

/* How cells can act, one list: ENTRY(key, unit, low, high, sentence). The value is the strength: the largest effect any dose can
 * have. A product file names those for which evidence was looked at; what it leaves out has strength 0. */
#define PRODUCT_MECHANISMS(ENTRY)                                                                                    \
    ENTRY(beta_cell_replacement, "1", 0.0, 1.0, "the cells given are beta cells or become them: 1, or 0")             \
    ENTRY(differentiation, "fraction", 0.0, 1.0, "share of other cells that turn into beta cells in the body")        \
    ENTRY(immune_modulation, "fraction", 0.0, 1.0, "share of the growth of attacking T cells that is stopped")        \
    ENTRY(new_vessels, "1", 0.0, 10.0, "factor - 1 on the rate at which vessels grow into a graft")                   \
    ENTRY(growth_factors, "fraction", 0.0, 1.0, "share of native beta cells' loss and exhaustion that is stopped")    \
    ENTRY(insulin_sensitivity, "1", 0.0, 5.0, "factor - 1 on insulin sensitivity")                                    \
    ENTRY(inflammation, "1", 0.0, 5.0, "fall of the inflammation tone, 1 is a healthy person's tone")                 \
    ENTRY(immune_reset, "fraction", 0.0, 1.0, "share of blood formation that the cells rebuild after conditioning")

typedef enum {
#define MECHANISM_ID(key, unit, low, high, sentence) MECHANISM_##key,
    PRODUCT_MECHANISMS(MECHANISM_ID)
#undef MECHANISM_ID
    MECHANISM_COUNT
} mechanism_id;

extern const char *const mechanism_words[]; /* the keys, NULL-terminated */

/* The numbers of cells that are or become beta cells: ENTRY(key, unit, low, high, sentence). Needed where beta_cell_replacement
 * or differentiation is above 0. */
#define PRODUCT_VALUES(ENTRY)                                                                                        \
    ENTRY(beta_cells_per_cell_frac, "fraction", 0.0, 1.0, "share of the dose's cells that are beta cells")           \
    ENTRY(beta_cells_per_ieq, "cells", 0.0, 1560.0, "beta cells in one islet equivalent")                            \
    ENTRY(viability_frac, "fraction", 0.0, 1.0, "share of cells alive when infused, after thaw and bag")             \
    ENTRY(islet_radius_um, "um", 10.0, 400.0, "radius of a typical cluster, sets how deep oxygen must travel")       \
    ENTRY(blood_reaction_loss_frac, "fraction", 0.0, 0.95, "share lost to the instant blood reaction in the first hours") \
    ENTRY(maturation_half_time_day, "day", 0.0, 1000.0, "day at which half of mature function is reached, 0 if mature when given") \
    ENTRY(maturation_scale_day, "day", 0.1, 500.0, "steepness of maturation, day")                                   \
    ENTRY(secretion_gain, "1", 0.0, 20.0, "mature secretion of one beta cell over that of a native one")             \
    ENTRY(alloimmune_frac, "fraction", 0.0, 1.0, "share of the alloimmune attack that reaches these cells")          \
    ENTRY(autoimmune_frac, "fraction", 0.0, 1.0, "share of the autoimmune attack that reaches these cells")          \
    ENTRY(oxygen_vascular_mm_hg, "mmHg", 1.0, 80.0, "oxygen at the graft once vessels have grown in")

/* The numbers of a device around beta cells. Needed for the routes device_open and device_sealed. */
#define DEVICE_VALUES(ENTRY)                                                                                         \
    ENTRY(half_thickness_um, "um", 10.0, 2000.0, "half the thickness of the layer of cells between the membranes")    \
    ENTRY(tissue_frac, "fraction", 0.001, 1.0, "share of that layer that is tissue")                                  \
    ENTRY(oxygen_outside_mm_hg, "mmHg", 1.0, 100.0, "oxygen at the outside of a fresh device")                        \
    ENTRY(scar_oxygen_frac, "fraction", 0.0, 1.0, "share of that oxygen left when scar has grown around the device")  \
    ENTRY(scar_half_time_day, "day", 1.0, 1000.0, "day at which half of the scar has grown")                          \
    ENTRY(walled_off_frac, "fraction", 0.0, 1.0, "share of people whose scar lets neither oxygen nor vessels through")  \
    ENTRY(attack_frac, "fraction", 0.0, 1.0, "share of the immune attack that the membrane lets through")

/* The numbers of cells that act by what they send out. Needed where one of those mechanisms is above 0. */
#define SIGNAL_VALUES(ENTRY)                                                                                         \
    ENTRY(living_frac, "fraction", 0.0, 1.0, "share of the dose's cells alive when given")                            \
    ENTRY(half_effect_million_per_kg, "1e6/kg", 0.0001, 1e5, "living cells that reach their place for half the effect") \
    ENTRY(memory_day, "day", 1.0, 3000.0, "time constant with which the body forgets what the cells taught it")

/* What a giving of these cells does beside its purpose; what a file leaves out is not drawn. The first two are of each giving, over what a
 * sham giving does, and missing in the results of an arm where left out; the others bound cancer and teratoma (therapy/bounds.h). */
#define HARM_VALUES(ENTRY)                                                                                           \
    ENTRY(fever_frac, "fraction", 0.0, 1.0, "people with fever after a giving")                                       \
    ENTRY(infusion_reaction_frac, "fraction", 0.0, 1.0, "people with a reaction other than fever at a giving")        \
    ENTRY(cancer_rate_ratio_high, "1", 0.0, 20.0, "upper limit of the rate of cancer over that without the cells; 0: nobody counted") \
    ENTRY(undifferentiated_frac, "fraction", 0.0, 0.1, "most of the dose's cells that may still be undifferentiated stem cells")

typedef struct {
    double value, low, high; /* low and high are NaN when the file gives no range */
    standing standing;
    char source[256]; /* doi or URL, or the reason for an assumption; empty when the file does not give the value */
} sourced_value;

/* GRADE_NONE: nothing supports a strength above 0 */
typedef enum { GRADE_A, GRADE_B, GRADE_C, GRADE_D, GRADE_NONE } evidence_grade;
extern const char *const evidence_grade_words[]; /* NULL-terminated */

/* Kinds of diabetes that a strength was found in; others are not given it. */
typedef enum { HOLDS_IN_ALL, HOLDS_IN_TYPE1, HOLDS_IN_TYPE2 } holds_in; /* type 2: and its stages before */
extern const char *const holds_in_words[]; /* NULL-terminated */

typedef struct {
    sourced_value strength;
    int grade;    /* evidence_grade */
    int holds_in; /* enum holds_in */
} product_mechanism;

typedef struct {
    char name[NAME_TEXT];   /* key used in protocols */
    char title[160];
    char cell_type[NAME_TEXT]; /* e.g. stem_cell_islets, donor_islets */
    cell_origin origin;
    cell_route route;        /* where it is put unless a protocol says otherwise */
    int evidence_grade;      /* of the product as a whole */
    criterion_list criteria; /* who may be given it; may be empty */
    product_mechanism mechanisms[MECHANISM_COUNT]; /* strength 0 and GRADE_NONE where the file says nothing */
#define PRODUCT_FIELD(key, unit, low, high, sentence) sourced_value key;
    PRODUCT_VALUES(PRODUCT_FIELD)
    DEVICE_VALUES(PRODUCT_FIELD)
    SIGNAL_VALUES(PRODUCT_FIELD)
    HARM_VALUES(PRODUCT_FIELD)
#undef PRODUCT_FIELD
} product;

/* Does the file give this number? */
static inline bool is_given(const sourced_value *value)
{
    return value->source[0] != '\0';
}

/* Strength of a mechanism of the product. */
static inline double product_strength(const product *product, mechanism_id mechanism)
{
    return product->mechanisms[mechanism].strength.value;
}

/* The same in people with type 1 diabetes or without it: 0 where the strength was found in the others. */
static inline double product_strength_in(const product *product, mechanism_id mechanism, bool type1)
{
    int holds = product->mechanisms[mechanism].holds_in;
    return holds == HOLDS_IN_ALL || (holds == HOLDS_IN_TYPE1) == type1 ? product_strength(product, mechanism) : 0.0;
}

/* Does it give beta cells, now or later? Does it act by what it sends out? */
bool product_has_beta_cells(const product *product);
bool product_has_signals(const product *product);

/* Does nothing of what it sends out hold in such people, though it does in others? */
bool product_is_silent_in(const product *product, bool type1);

/* The numbers of an immunosuppression regimen, one list. */
#define REGIMEN_VALUES(ENTRY)                                                                                        \
    ENTRY(alloimmune_block_frac, "fraction", 0.0, 1.0, "share of the alloimmune attack on the graft that the drugs stop") \
    ENTRY(autoimmune_block_frac, "fraction", 0.0, 1.0, "share of the autoimmune attack on the graft that the drugs stop") \
    ENTRY(early_loss_block_frac, "fraction", 0.0, 1.0, "share of the loss by blood reaction and apoptosis that induction stops") \
    ENTRY(drug_graft_loss_per_year, "1/year", 0.0, 2.0, "direct toxic loss of graft cells under the drugs")           \
    ENTRY(secretion_factor, "fraction", 0.1, 1.0, "secretion of a beta cell under the drugs, reversible")             \
    ENTRY(insulin_sensitivity_factor, "fraction", 0.3, 1.2, "insulin sensitivity under the drugs, reversible")        \
    ENTRY(washout_day, "day", 0.5, 60.0, "time constant with which the effects fade when the drugs stop")             \
    ENTRY(egfr_first_year_drop_ml_min, "mL/min/1.73m2", 0.0, 60.0, "fall of eGFR in the first year")                  \
    ENTRY(egfr_later_slope_ml_min_per_year, "mL/min/1.73m2/year", 0.0, 10.0, "fall of eGFR a year in years 2 to 5")   \
    ENTRY(egfr_late_slope_ml_min_per_year, "mL/min/1.73m2/year", 0.0, 10.0, "fall of eGFR a year after year 5")       \
    ENTRY(cmv_infection_frac, "fraction", 0.0, 1.0, "people with cytomegalovirus infection within two years")         \
    ENTRY(neutropenia_frac, "fraction", 0.0, 1.0, "people with serious neutropenia in the first year")                \
    ENTRY(serious_infection_per_year, "1/year", 0.0, 2.0, "serious infections a year")                                \
    ENTRY(malignancy_per_year, "1/year", 0.0, 0.2, "cancers a year")

typedef struct {
    char name[NAME_TEXT];
    char title[160];
#define REGIMEN_FIELD(key, unit, low, high, sentence) sourced_value key;
    REGIMEN_VALUES(REGIMEN_FIELD)
#undef REGIMEN_FIELD
} regimen;

/* Shipped product or regimen by name; NULL if there is none. `*out` is filled. Shipped files are compiled in. */
bool product_shipped(const char *name, product *out);
bool regimen_shipped(const char *name, regimen *out);

/* Names of all shipped products or regimens, NULL-terminated, static. */
const char *const *product_names(void);
const char *const *regimen_names(void);

/* Reads {value, range, unit, standing, source} into a sourced_value; the field's low, high and unit bound it. */
yaml_read_function sourced_value_read;

/* Read one from text; `file` names it in messages. False if anything is wrong. */
bool product_parse(const char *text, size_t length, const char *file, product *out, islet_problems *problems);
bool regimen_parse(const char *text, size_t length, const char *file, regimen *out, islet_problems *problems);

#endif
