#include "base/endpoint.h"

#include <math.h>
#include <string.h>

const endpoint_info islet_endpoint_info[ENDPOINT_COUNT] = {
#define ENDPOINT(key, unit, kind, digits, sentence) {#key, unit, sentence, ENDPOINT_KIND_##kind, digits},
#include "base/endpoints.def"
#undef ENDPOINT
};

double endpoint_top(endpoint_id id)
{
    switch (id) {
    case ENDPOINT_time_in_range_pct:
    case ENDPOINT_time_below_70_pct:
    case ENDPOINT_time_below_54_pct:
    case ENDPOINT_time_above_180_pct:
    case ENDPOINT_glycemia_risk_index: return 100.0;
    case ENDPOINT_awareness_frac: return 1.0;
    case ENDPOINT_beta_score: return 8.0;
    case ENDPOINT_igls_1_class:
    case ENDPOINT_igls_2_class:
    case ENDPOINT_igls_2_graft_class: return 3.0;
    default: break;
    }
    endpoint_kind kind = islet_endpoint_info[id].kind;
    return kind == ENDPOINT_KIND_fraction || kind == ENDPOINT_KIND_harm ? 1.0 : INFINITY;
}

int endpoint_find(const char *key)
{
    for (int i = 0; i < ENDPOINT_COUNT; i++)
        if (strcmp(islet_endpoint_info[i].key, key) == 0) return i;
    return -1;
}
