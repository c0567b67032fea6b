/* Glucose-lowering drugs and insulin care: what people come with and what a protocol can give them. */
#ifndef ISLET_PATIENT_GLUCOSE_DRUG_H
#define ISLET_PATIENT_GLUCOSE_DRUG_H

/* Drugs by the name a protocol uses: ENTRY(key, sentence). What each does: physiology/glucose_drugs.c. */
#define GLUCOSE_DRUGS(ENTRY)                                                                                         \
    ENTRY(metformin, "less glucose from the liver")                                                                  \
    ENTRY(sulfonylurea, "more insulin at any glucose")                                                               \
    ENTRY(dpp4_inhibitor, "stronger incretin effect of meals")                                                       \
    ENTRY(glp1_agonist, "GLP-1 receptor agonist of the strength of dulaglutide or liraglutide")                      \
    ENTRY(semaglutide, "GLP-1 receptor agonist, weekly semaglutide")                                                 \
    ENTRY(tirzepatide, "GIP and GLP-1 receptor agonist")                                                             \
    ENTRY(sglt2_inhibitor, "glucose leaves with the urine")                                                          \
    ENTRY(tzd, "thiazolidinedione: better insulin sensitivity")

typedef enum {
#define GLUCOSE_DRUG_ID(key, sentence) DRUG_##key,
    GLUCOSE_DRUGS(GLUCOSE_DRUG_ID)
#undef GLUCOSE_DRUG_ID
    GLUCOSE_DRUG_COUNT
} glucose_drug;

/* The keys in that order, NULL-terminated. */
extern const char *const glucose_drug_words[GLUCOSE_DRUG_COUNT + 1];

typedef enum { INSULIN_NONE, INSULIN_BASAL, INSULIN_BASAL_BOLUS } insulin_care;
extern const char *const insulin_care_words[];

#endif
