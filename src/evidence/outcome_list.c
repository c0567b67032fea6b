/* The lists behind evidence rows: end points, roles, statistics, and the cohorts that may stand on both sides of the split. */
#include <stddef.h>
#include <string.h>

#include "base/yaml_read.h"
#include "evidence/outcome.h"

static const struct {
    const char *key, *unit, *sentence; /* the last two of CANONICAL are in base/endpoints.def */
    endpoint_kind kind;
    int id;
    double low, high;
} list[] = {
#define CANONICAL(key_, low_, high_) {.key = #key_, .id = ENDPOINT_##key_, .low = low_, .high = high_},
#define FURTHER(key_, unit_, kind_, low_, high_, sentence_)                                                            \
    {.key = #key_,                                                                                                     \
     .unit = unit_,                                                                                                    \
     .sentence = sentence_,                                                                                            \
     .kind = ENDPOINT_KIND_##kind_,                                                                                    \
     .id = -1,                                                                                                         \
     .low = low_,                                                                                                      \
     .high = high_},
#include "evidence/outcomes.def"
#undef CANONICAL
#undef FURTHER
};
#define LIST_N ((int)(sizeof list / sizeof *list))

static void outcome_at(int index, outcome_info *out)
{
    *out = (outcome_info){list[index].key, list[index].unit, list[index].sentence, list[index].kind,
                          list[index].id,  list[index].low,  list[index].high};
    if (out->id >= 0) {
        const endpoint_info *info = &islet_endpoint_info[out->id];
        out->unit = info->unit, out->sentence = info->sentence, out->kind = info->kind;
    }
}

/* an end point of a visit that outcomes.def gives no range: the range of its unit */
static bool find_canonical(const char *key, outcome_info *out)
{
    int id = endpoint_find(key);
    if (id < 0) return false;
    const endpoint_info *info = &islet_endpoint_info[id];
    *out = (outcome_info){info->key, info->unit, info->sentence, info->kind, id, 0, 1e6};
    if (strcmp(info->unit, "fraction") == 0) out->high = 1;
    if (strcmp(info->unit, "%") == 0) out->high = 100;
    return true;
}

bool outcome_find(const char *key, outcome_info *out)
{
    for (int i = 0; i < LIST_N; i++)
        if (strcmp(list[i].key, key) == 0) {
            outcome_at(i, out);
            return true;
        }
    return find_canonical(key, out);
}

const char *outcome_nearest(const char *key)
{
    const char *keys[LIST_N + ENDPOINT_COUNT + 1];
    int n = 0;
    for (int i = 0; i < LIST_N; i++) keys[n++] = list[i].key;
    for (int i = 0; i < ENDPOINT_COUNT; i++) keys[n++] = islet_endpoint_info[i].key;
    keys[n] = NULL;
    return yaml_nearest(key, keys);
}

bool outcome_is_share(const outcome_info *endpoint)
{
    return endpoint->kind == ENDPOINT_KIND_fraction || endpoint->kind == ENDPOINT_KIND_harm;
}

const char *evidence_role_word(evidence_role role)
{
    static const char *const words[ROLES] = {"calibrate", "validate", "context", "direction", "claim"};
    return role >= 0 && role < ROLES ? words[role] : NULL;
}

const char *evidence_statistic_word(evidence_statistic statistic)
{
    static const char *const words[STATISTICS] = {"share",          "ever",          "mean",  "median",
                                                  "geometric_mean", "adjusted_mean", "change", "change_pct",
                                                  "median_change",  "sign"};
    return statistic >= 0 && statistic < STATISTICS ? words[statistic] : NULL;
}

const char *evidence_split_reason(const char *cohort_group)
{
    static const struct {
        const char *group, *reason;
    } splits[] = {
        {"zim_forward", "split by outcome: stimulated C-peptide of the full dose calibrates, the rest validates"},
        {"ahsct_pool",
         "the immune-reset series overlap in part: the Polish series calibrates, the others validate and are marked"},
        {"protrans_adult",
         "the two ProTrans series overlap in part: the randomised year calibrates, dose levels and later years validate"},
    };
    for (size_t i = 0; i < sizeof splits / sizeof *splits; i++)
        if (strcmp(splits[i].group, cohort_group) == 0) return splits[i].reason;
    return NULL;
}
