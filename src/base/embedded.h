/* Files of the source tree that are compiled into the library (data/, report assets), found by their path. */
#ifndef ISLET_BASE_EMBEDDED_H
#define ISLET_BASE_EMBEDDED_H

#include <stddef.h>

typedef struct {
    const char *path; /* relative to the root of the source tree, e.g. "data/products/zimislecel.yaml" */
    const unsigned char *bytes; /* followed by one 0 byte that size does not count */
    size_t size;
} embedded_file;

/* All of them, ordered by path; the last has path NULL. */
extern const embedded_file islet_embedded_files[];

/* The file at `path`, NULL if there is none. */
const embedded_file *embedded_find(const char *path);

#endif
