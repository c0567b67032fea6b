/* YAML: a small strict part of it, read into a tree whose every node knows its line and column.
 *
 * Mappings, lists and scalars, comments, quotes and blocks as usual. Not taken, each with a message of its own: anchors,
 * aliases, merge keys, tags, directives, a second document, keys that occur twice, tabs or odd blanks as indentation,
 * control characters, other encodings than UTF-8. Limits are checked before they can cost anything: size of the text, depth, nodes, bytes of
 * a scalar, keys of a mapping. Scalars stay text; what they mean is decided by who reads the tree (yaml_read.h). */
#ifndef ISLET_BASE_YAML_H
#define ISLET_BASE_YAML_H

#include "islet.h"

#define YAML_MAX_BYTES (1024 * 1024)
#define YAML_MAX_DEPTH 64
#define YAML_MAX_NODES 100000
#define YAML_MAX_SCALAR 4096
#define YAML_MAX_KEYS 1000

typedef enum { YAML_SCALAR, YAML_LIST, YAML_MAP } yaml_kind;

typedef struct yaml_node {
    yaml_kind kind;
    int line, column; /* from 1 */
    char *text;       /* scalar: its characters, 0 at the end; "" for other kinds */
    size_t length;
    bool quoted; /* scalar in quotes or as a block: never a number */
    char *key;   /* when the parent is a mapping, else NULL */
    int key_line, key_column;
    int count;                      /* children */
    struct yaml_node *first, *next; /* first child, next child of the same parent */
    struct yaml_node *made_before;  /* for freeing: all nodes in one chain */
} yaml_node;

typedef struct {
    yaml_node *root; /* NULL when there was nothing that could be read */
    yaml_node *last_made;
    int n_nodes;
    int errors;
    bool broken; /* reading stopped before the end: the tree holds what came before */
} yaml_document;

/* Read `text` as one document; what is wrong is added to `problems` (nullable) under the name `file`. NULL only when out of
 * memory. */
yaml_document *yaml_parse(const char *text, size_t length, const char *file, islet_problems *problems);
void yaml_free(yaml_document *document);

/* Child of a mapping by key; NULL if there is none. */
const yaml_node *yaml_find(const yaml_node *map, const char *key);

#endif
