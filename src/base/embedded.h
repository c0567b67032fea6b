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

typedef struct {
    const char *path;          /* e.g. "data/products" */
    const char *const *names;  /* of its .yaml files without the ending, ordered; the last is NULL */
} embedded_folder;

/* Folders that hold .yaml files; the last has path NULL. */
extern const embedded_folder islet_embedded_folders[];

/* Names of the .yaml files of a folder that has some; the last is NULL. */
const char *const *embedded_names(const char *folder);

/* The file at `path`, NULL if there is none. */
const embedded_file *embedded_find(const char *path);

#endif
