/* End points: ids, keys, units; the one list is endpoints.def. */
#ifndef ISLET_BASE_ENDPOINT_H
#define ISLET_BASE_ENDPOINT_H

#include <stdbool.h>

typedef enum {
#define ENDPOINT(key, unit, kind, digits, sentence) ENDPOINT_##key,
#include "base/endpoints.def"
#undef ENDPOINT
    ENDPOINT_COUNT
} endpoint_id;

typedef enum { ENDPOINT_KIND_fraction, ENDPOINT_KIND_mean, ENDPOINT_KIND_rate, ENDPOINT_KIND_harm } endpoint_kind;

typedef struct {
    const char *key, *unit, *sentence;
    endpoint_kind kind;
    int digits;
} endpoint_info;

/* Table of all end points, indexed by endpoint_id. */
extern const endpoint_info islet_endpoint_info[ENDPOINT_COUNT];

/* Top of a scale that ends, as 100 of a percentage of time; INFINITY where it does not. The lowest value of every end point is 0. */
double endpoint_top(endpoint_id id);

/* Does treatment decide who has a value at all? HOMA is missing on injected insulin, so that means of the few who are off it would
 * compare people whom the effect has picked. */
static inline bool endpoint_picks_people(endpoint_id id)
{
    return id == ENDPOINT_homa_ir || id == ENDPOINT_homa_b_pct;
}

/* Id of a key; -1 if there is none. */
int endpoint_find(const char *key);

#endif
