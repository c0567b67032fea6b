#include "base/hash.h"

void hash_begin(hash_state *state)
{
    sha256_init(&state->context);
}

void hash_add(hash_state *state, const void *bytes, size_t n)
{
    sha256_update(&state->context, n, bytes);
}

void hash_end(hash_state *state, char text[ISLET_HASH_TEXT])
{
    static const char hexadecimal[] = "0123456789abcdef";
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&state->context, sizeof digest, digest);
    for (size_t i = 0; i < sizeof digest; i++) {
        text[2 * i] = hexadecimal[digest[i] >> 4];
        text[2 * i + 1] = hexadecimal[digest[i] & 15];
    }
    text[2 * sizeof digest] = '\0';
}

void hash_sha256(const void *bytes, size_t n, char text[ISLET_HASH_TEXT])
{
    hash_state state;
    hash_begin(&state);
    hash_add(&state, bytes, n);
    hash_end(&state, text);
}
