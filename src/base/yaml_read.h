/* Reading a YAML tree into structs: a mapping is described by a table of fields, one line a key.
 *
 * Every deviation becomes one message with its place: unknown key (with the nearest known one), missing key, wrong
 * kind, not a plain decimal, outside its range. Reading goes on after each, so that a file is checked in one go. */
#ifndef ISLET_BASE_YAML_READ_H
#define ISLET_BASE_YAML_READ_H

#include <stddef.h>

#include "base/yaml.h"

typedef struct {
    const char *file;
    islet_problems *problems;
    int errors;
    bool broken;        /* the text broke off: what is missing is not held against it */
    bool out_of_memory; /* set by who met it, beside an error */
} yaml_reader;

/* A reader for a document: its errors so far are counted in. */
yaml_reader yaml_reader_of(const yaml_document *document, const char *file, islet_problems *problems);

typedef struct yaml_field yaml_field;

/* Fill *out from `node`; add errors to the reader. `context` is what yaml_read_map was given. */
typedef void yaml_read_function(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                                void *context);

struct yaml_field {
    const char *key;
    yaml_read_function *read;
    size_t offset; /* of the target in the struct */
    bool required;
    double low, high;         /* closed range of a number */
    size_t size;              /* room of a text */
    const char *unit;         /* of a number, for messages and for reading functions */
    const char *const *words; /* allowed words, NULL-terminated */
};

/* Rows of such a table; the key is the member's name. */
/* clang-format off */
#define YAML_NAME(type, member)                                                                                      \
    {.key = #member, .read = yaml_read_name, .offset = offsetof(type, member), .required = true,                     \
     .size = YAML_ROOM(type, member)}
#define YAML_WORD(type, member, needed, list)                                                                        \
    {.key = #member, .read = yaml_read_word, .offset = offsetof(type, member), .required = needed, .words = list}
#define YAML_NUMBER(type, member, needed, lowest, highest, unit_)                                                    \
    {.key = #member, .read = yaml_read_number, .offset = offsetof(type, member), .required = needed, .low = lowest,  \
     .high = highest, .unit = unit_}
/* clang-format on */
#define YAML_ROOM(type, member) sizeof(((type *)0)->member)

/* A table and its length, as two arguments. */
#define YAML_TABLE(fields) fields, (int)(sizeof(fields) / sizeof *(fields))

/* Fill the struct at `out` from a mapping; `what` names it in messages ("an arm"). */
void yaml_read_map(yaml_reader *reader, const yaml_node *map, const char *what, const yaml_field *fields, int n_fields,
                   void *out, void *context);

/* Targets: double; int; int64_t; uint64_t; char[size] of one line; int (index into words). */
yaml_read_function yaml_read_number, yaml_read_int, yaml_read_int64, yaml_read_uint64, yaml_read_name, yaml_read_word;

/* Is this a mapping whose `key` says that it has format 1? Otherwise an error; what else is wrong with another format
 * cannot be told. */
bool yaml_check_format(yaml_reader *reader, const yaml_node *root, const char *key);

/* For the key of the format, which yaml_check_format has looked at. */
yaml_read_function yaml_read_nothing;

/* Is the node a list or mapping as expected? Otherwise an error that says what stands there. */
bool yaml_expect(yaml_reader *reader, const yaml_node *node, yaml_kind kind, const char *what, const char *example);

/* A number from a scalar node, with an error (that mentions `key`) if it is none or outside low..high; *out is set only
 * when there is no error. */
bool yaml_number(yaml_reader *reader, const yaml_node *node, const char *key, const char *unit, double low, double high,
                 double *out);

/* A list of two numbers, low then high. */
bool yaml_range(yaml_reader *reader, const yaml_node *node, const char *key, const char *unit, double low, double high,
                double range[2]);

void yaml_error(yaml_reader *reader, const yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void yaml_warning(yaml_reader *reader, const yaml_node *node, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define YAML_SHOWN 72
/* The node in a few characters for messages: 'text', "a list", "a mapping", "nothing". */
const char *yaml_shown(const yaml_node *node, char out[YAML_SHOWN]);

/* Nearest of `words` to a word that is none of them; NULL if none is near. */
const char *yaml_nearest(const char *word, const char *const *words);

/* ", did you mean 'x'" or "", for messages. */
const char *yaml_suggestion(const char *word, const char *const *words, char out[YAML_SHOWN]);

#endif
