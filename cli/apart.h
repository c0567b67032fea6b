/* No output takes the place of a file that is read, or of another output. */
#ifndef ISLET_CLI_APART_H
#define ISLET_CLI_APART_H

#include "options.h"

/* False after a message on stderr: exit with EXIT_USAGE, before anything is read or written. */
bool outputs_are_apart(const cli_options *options);

#endif
