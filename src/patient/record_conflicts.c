/* Patient record: values of two items that cannot both be true of one person.
 *
 * Each row has a test of two items and nothing else; both become a conflict whose text names the other. Limits are wide, so that only
 * what is wrong on its face is found: a mistyped number, a box ticked twice. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "patient/record.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* Assumed limits. */
#define HEIGHT_LOW_M 0.6        /* that weight and body mass index may give; of adults .. */
#define HEIGHT_LOW_ADULT_M 1.2  /* .. not less than this .. */
#define HEIGHT_HIGH_M 2.3       /* .. and of nobody more */
#define SAME_YEAR 0.1           /* ages and durations are cut to a tenth */
#define DIALYSIS_EGFR 30.0      /* it is begun below about 15 mL/min/1.73m2 (KDIGO stage 5) */
#define SEVERE_EGFR 15.0        /* KDIGO stage 5 */
#define SAME_DOSE_FRAC 0.1      /* a day's units over the weight, and the dose that is given */

typedef bool contradict(const patient_record *record, const requirement *a, const requirement *b);

static bool both_hold(const patient_record *record, const requirement *a, const requirement *b)
{
    (void)record;
    return a->low > 0.0 && b->low > 0.0;
}

/* a is denied and b is above 0 */
static bool denied(const patient_record *record, const requirement *a, const requirement *b)
{
    (void)record;
    return !(a->high > 0.0) && b->low > 0.0;
}

static bool longer_than_life(const patient_record *record, const requirement *duration, const requirement *age)
{
    (void)record;
    return duration->low > age->high + SAME_YEAR;
}

static bool no_such_height(const patient_record *record, const requirement *weight, const requirement *bmi)
{
    const record_value *age = &record->items[ITEM_age_year];
    const bool adult = age->known && !age->conflict && age->value.low >= 18.0;
    return sqrt(weight->low / bmi->high) > HEIGHT_HIGH_M || sqrt(weight->high / bmi->low) < (adult ? HEIGHT_LOW_ADULT_M : HEIGHT_LOW_M);
}

static bool filters_too_well(const patient_record *record, const requirement *dialysis, const requirement *egfr)
{
    (void)record;
    return dialysis->low > 0.0 && egfr->low >= DIALYSIS_EGFR;
}

static bool kidneys_fail(const patient_record *record, const requirement *severe, const requirement *egfr)
{
    (void)record;
    return !(severe->high > 0.0) && egfr->high < SEVERE_EGFR;
}

static bool another_dose(const patient_record *record, const requirement *units, const requirement *dose)
{
    const record_value *weight = &record->items[ITEM_weight_kg];
    if (!weight->known || weight->conflict) return false;
    return units->low > (1.0 + SAME_DOSE_FRAC) * dose->high * weight->value.high ||
           units->high < (1.0 - SAME_DOSE_FRAC) * dose->low * weight->value.low;
}

static const struct {
    item_id a, b;
    contradict *holds;
} contradictions[] = {
    {ITEM_type_1_diabetes, ITEM_type_2_diabetes, both_hold},
    {ITEM_type_1_diabetes, ITEM_pancreatectomy, both_hold}, /* without a pancreas diabetes is of its own kind, and nothing is left to attack */
    {ITEM_type_1_diabetes, ITEM_ketoacidosis_at_onset, denied},
    {ITEM_duration_year, ITEM_age_year, longer_than_life},
    {ITEM_weight_kg, ITEM_bmi_kg_m2, no_such_height},
    {ITEM_uses_insulin, ITEM_insulin_u_per_kg_day, denied},
    {ITEM_uses_insulin, ITEM_insulin_u_per_day, denied},
    {ITEM_insulin_u_per_day, ITEM_insulin_u_per_kg_day, another_dose},
    {ITEM_dialysis, ITEM_egfr_ml_min_1_73m2, filters_too_well},
    {ITEM_severe_organ_disease, ITEM_dialysis, denied},
    {ITEM_severe_organ_disease, ITEM_egfr_ml_min_1_73m2, kidneys_fail},
};

static void set_conflict(const record_value *other, item_id with, record_value *at)
{
    char found[sizeof at->found], where[sizeof at->where];
    snprintf(found, sizeof found, "%.90s, but %s: %.90s", at->found, record_items[with].key, other->found);
    snprintf(where, sizeof where, "%.150s and %.150s", at->where, other->where);
    at->conflict = true;
    at->conflict_with = with;
    memcpy(at->found, found, sizeof found);
    memcpy(at->where, where, sizeof where);
}

void record_find_conflicts(patient_record *record)
{
    const patient_record as_found = *record;
    for (int i = 0; i < COUNT(contradictions); i++) {
        const item_id ids[2] = {contradictions[i].a, contradictions[i].b};
        const record_value *a = &as_found.items[ids[0]], *b = &as_found.items[ids[1]];
        if (!a->known || !b->known || a->conflict || b->conflict) continue;
        if (!contradictions[i].holds(&as_found, &a->value, &b->value)) continue;
        if (!record->items[ids[0]].conflict) set_conflict(b, ids[1], &record->items[ids[0]]);
        if (!record->items[ids[1]].conflict) set_conflict(a, ids[0], &record->items[ids[1]]);
    }
}
