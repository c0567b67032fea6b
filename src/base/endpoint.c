#include "base/endpoint.h"

#include <string.h>

const endpoint_info islet_endpoint_info[ENDPOINT_COUNT] = {
#define ENDPOINT(key, unit, kind, digits, sentence) {#key, unit, sentence, ENDPOINT_KIND_##kind, digits},
#include "base/endpoints.def"
#undef ENDPOINT
};

int endpoint_find(const char *key)
{
    for (int i = 0; i < ENDPOINT_COUNT; i++)
        if (strcmp(islet_endpoint_info[i].key, key) == 0) return i;
    return -1;
}
