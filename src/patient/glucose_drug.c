/* Glucose-lowering drugs: their names. */
#include "patient/glucose_drug.h"

#include <stddef.h>

const char *const glucose_drug_words[GLUCOSE_DRUG_COUNT + 1] = {
#define GLUCOSE_DRUG_WORD(key, sentence) #key,
    GLUCOSE_DRUGS(GLUCOSE_DRUG_WORD)
#undef GLUCOSE_DRUG_WORD
        NULL,
};

const char *const insulin_care_words[] = {"none", "basal", "basal_bolus", NULL}; /* order of insulin_care */
