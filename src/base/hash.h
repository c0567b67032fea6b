/* Hash: SHA-256 as 64 hexadecimal digits, the name under which provenance knows a file. */
#ifndef ISLET_BASE_HASH_H
#define ISLET_BASE_HASH_H

#include <nettle/sha2.h>

#include "islet.h"

void hash_sha256(const void *bytes, size_t n, char text[ISLET_HASH_TEXT]);

/* The same piece by piece. */
typedef struct {
    struct sha256_ctx context;
} hash_state;

void hash_begin(hash_state *state);
void hash_add(hash_state *state, const void *bytes, size_t n);
void hash_end(hash_state *state, char text[ISLET_HASH_TEXT]);

#endif
