/* Criterion: one rule of who may be treated, as a product file states it. */
#ifndef ISLET_THERAPY_CRITERION_H
#define ISLET_THERAPY_CRITERION_H

#include "patient/record.h"

#define PRODUCT_MAX_CRITERIA 32

/* needs: the item must lie in the range. excludes_if, not_now_if: it must not, for ever or until it has passed.
 * judgement: in the range a doctor has to decide. excludes_if_noted: as excludes_if, for what records note only when it is there.
 * For these two, what nobody has noted is not held against the patient. */
typedef enum { CRITERION_EXCLUDES_IF, CRITERION_NEEDS, CRITERION_NOT_NOW_IF, CRITERION_JUDGEMENT, CRITERION_EXCLUDES_IF_NOTED } criterion_kind;

static inline bool criterion_asks_for_noted(int kind)
{
    return kind == CRITERION_JUDGEMENT || kind == CRITERION_EXCLUDES_IF_NOTED;
}
typedef enum { CRITERION_STATED, CRITERION_ASSUMED } criterion_standing;

extern const char *const criterion_kind_words[], *const criterion_standing_words[];

typedef struct {
    char id[POPULATION_NAME_TEXT];
    char sentence[160];
    int kind;
    int item; /* item_id */
    requirement range;
    int standing;
    char source[256];
} criterion;

typedef struct {
    int n;
    criterion list[PRODUCT_MAX_CRITERIA];
} criterion_list;

/* A comparison in quotes (">= 5") or [low, high], within the limits of `info`. False after an error. */
bool criterion_range(yaml_reader *reader, const yaml_node *node, const item_info *info, requirement *out);

/* Reads the list under `criteria`; the target is a criterion_list. */
yaml_read_function criteria_read;

#endif
