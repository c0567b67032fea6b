/* The batches of a run, simulated once and kept in memory: runs fed from them cost what the store costs. */
#ifndef ISLET_TESTS_RECORDED_H
#define ISLET_TESTS_RECORDED_H

#include <stdlib.h>
#include <string.h>

#include "islet.h"

#define RECORDED_MAX 16

typedef struct {
    void *bytes[RECORDED_MAX];
    size_t size[RECORDED_MAX];
    int simulated;          /* batches handed on so far */
    int64_t asked, batches; /* fetched so far; batches of the run */
} recorded;

static inline islet_status recorded_keep(void *context, int64_t batch, const void *bytes, size_t size)
{
    recorded *r = context;
    if (batch < 0 || batch >= RECORDED_MAX || r->bytes[batch]) return ISLET_ERR_ARGUMENT;
    r->bytes[batch] = malloc(size);
    if (!r->bytes[batch]) return ISLET_ERR_MEMORY;
    memcpy(r->bytes[batch], bytes, size);
    r->size[batch] = size;
    r->simulated++;
    return ISLET_OK;
}

static inline islet_status recorded_begin(void *context, const unsigned char *done, int64_t batches)
{
    (void)done;
    ((recorded *)context)->batches = batches;
    return ISLET_OK;
}

static inline islet_status recorded_fetch(void *context, int64_t batch, const void **bytes, size_t *size)
{
    recorded *r = context;
    r->asked++;
    if (batch < 0 || batch >= RECORDED_MAX || !r->bytes[batch]) return ISLET_ERR_ARGUMENT;
    *bytes = r->bytes[batch];
    *size = r->size[batch];
    return ISLET_OK;
}

static inline islet_elsewhere recorded_elsewhere(recorded *r)
{
    return (islet_elsewhere){recorded_begin, recorded_fetch, r};
}

static inline void recorded_free(recorded *r)
{
    for (int i = 0; i < RECORDED_MAX; i++) free(r->bytes[i]);
    *r = (recorded){0};
}

#endif
