/* --explain of the verbs that simulate: what the model rests on. */
#ifndef ISLET_CLI_SOURCES_H
#define ISLET_CLI_SOURCES_H

#include <stdio.h>

#include "options.h"

/* Every parameter with its standing and source. Of the populations only `population`; NULL: all. */
cli_exit sources_print(const char *population, FILE *file);

#endif
