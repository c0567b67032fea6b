/* Cell products and immunosuppression regimens: data files, every number with unit, range, source and standing. */
#ifndef ISLET_THERAPY_PRODUCT_H
#define ISLET_THERAPY_PRODUCT_H

#include "base/standing.h"
#include "islet.h"
#include "therapy/criterion.h"

#define NAME_TEXT 64

typedef enum { ROUTE_PORTAL_VEIN, ROUTE_SUBCUTANEOUS, ROUTE_INTRAMUSCULAR, ROUTE_OMENTUM } cell_route;
typedef enum { ORIGIN_ALLOGENEIC, ORIGIN_AUTOLOGOUS, ORIGIN_HYPOIMMUNE } cell_origin;

/* The numbers of a product, one list: ENTRY(key, unit, low, high, sentence). A product file must give every key. */
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

typedef struct {
    double value, low, high; /* low and high are NaN when the file gives no range */
    standing standing;
    char source[256]; /* doi or URL, or the reason for an assumption */
} sourced_value;

typedef struct {
    char name[NAME_TEXT];   /* key used in protocols */
    char title[160];
    char cell_type[NAME_TEXT]; /* e.g. stem_cell_islets, donor_islets */
    cell_origin origin;
    cell_route route;
    char evidence_grade[16]; /* A..D as in the evidence notes */
    criterion_list criteria; /* who may be given it; may be empty */
#define PRODUCT_FIELD(key, unit, low, high, sentence) sourced_value key;
    PRODUCT_VALUES(PRODUCT_FIELD)
#undef PRODUCT_FIELD
} product;

/* The numbers of an immunosuppression regimen, one list. */
#define REGIMEN_VALUES(ENTRY)                                                                                        \
    ENTRY(alloimmune_block_frac, "fraction", 0.0, 1.0, "share of the alloimmune attack on the graft that the drugs stop") \
    ENTRY(autoimmune_block_frac, "fraction", 0.0, 1.0, "share of the autoimmune attack on the graft that the drugs stop") \
    ENTRY(drug_graft_loss_per_year, "1/year", 0.0, 2.0, "direct toxic loss of graft cells under the drugs")           \
    ENTRY(secretion_factor, "fraction", 0.1, 1.0, "secretion of a beta cell under the drugs, reversible")             \
    ENTRY(insulin_sensitivity_factor, "fraction", 0.3, 1.2, "insulin sensitivity under the drugs, reversible")        \
    ENTRY(washout_day, "day", 0.5, 60.0, "time constant with which the effects fade when the drugs stop")             \
    ENTRY(egfr_first_year_drop_ml_min, "mL/min/1.73m2", 0.0, 60.0, "fall of eGFR in the first year")                  \
    ENTRY(egfr_later_slope_ml_min_per_year, "mL/min/1.73m2/year", 0.0, 10.0, "fall of eGFR a year in years 2 to 5")   \
    ENTRY(cmv_infection_frac, "fraction", 0.0, 1.0, "people with cytomegalovirus infection within two years")         \
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

/* Read one from text; `file` names it in messages. False if anything is wrong. */
bool product_parse(const char *text, size_t length, const char *file, product *out, islet_problems *problems);
bool regimen_parse(const char *text, size_t length, const char *file, regimen *out, islet_problems *problems);

#endif
