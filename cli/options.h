/* The command line: one list of verbs, one of options, and the reader made from them. */
#ifndef ISLET_CLI_OPTIONS_H
#define ISLET_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLI_MAX_FILES 4096

/* Exit status of the command; the only list. */
typedef enum {
    EXIT_DONE = 0,
    EXIT_NO = 1,          /* the answer to a single question is no */
    EXIT_USAGE = 2,
    EXIT_INPUT = 3,
    EXIT_NUMERICAL = 4,
    EXIT_IO = 5,
    EXIT_INTERRUPTED = 130
} cli_exit;

typedef enum {
#define VERB(name, files, least, most, sentence) VERB_##name,
#include "verbs.def"
#undef VERB
    VERB_COUNT
} cli_verb;

typedef struct {
    const char *name, *files;
    int least, most;
    const char *sentence;
} cli_verb_info;

extern const cli_verb_info cli_verbs[VERB_COUNT];

typedef enum { OPTION_FLAG, OPTION_TEXT, OPTION_SEED, OPTION_COUNT, OPTION_REAL } cli_option_kind;

typedef bool cli_type_FLAG;
typedef const char *cli_type_TEXT;
typedef uint64_t cli_type_SEED;
typedef int64_t cli_type_COUNT;
typedef double cli_type_REAL;

/* What was asked for. has_x says that option x was given. Pointers are into argv. */
typedef struct {
    cli_verb verb;
#define OPTION(field, argument, kind, low, high, verbs, sentence)                                                    \
    bool has_##field;                                                                                                \
    cli_type_##kind field;
#include "options.def"
#undef OPTION
    int n_files;
    const char *files[CLI_MAX_FILES];
} cli_options;

typedef struct {
    const char *name; /* with dashes */
    const char *argument;
    cli_option_kind kind;
    double low, high;
    unsigned verbs; /* bit of each verb that takes it */
    const char *sentence;
    size_t has_offset, value_offset;
} cli_option_info;

extern const cli_option_info cli_option_list[]; /* the last has name NULL */

bool cli_option_is_for(const cli_option_info *option, cli_verb verb);

/* Read the command line. False after a message on stderr: exit with EXIT_USAGE. */
bool cli_options_read(int argc, char **argv, cli_options *out);

/* The verb of a name; VERB_COUNT if there is none. */
cli_verb cli_verb_find(const char *name);

/* The one of `names` (NULL-terminated) that is closest to a mistyped word; NULL when none is close. */
const char *cli_closest(const char *word, const char *const *names);

#endif
