/* One function a verb; each returns the exit status of the command. */
#ifndef ISLET_CLI_VERBS_H
#define ISLET_CLI_VERBS_H

#include "islet.h"
#include "options.h"

#define VERB(name, files, least, most, sentence) cli_exit verb_##name(const cli_options *options);
#include "verbs.def"
#undef VERB

/* The twenty lines of `islet` alone; help of one verb. */
cli_exit help_summary(const cli_options *options);
cli_exit help_verb(cli_verb verb, const char *out);

/* Exit status for a status of the library; says what the status means when no message of `problems` did. */
cli_exit exit_of(islet_status status, const islet_problems *problems, const char *doing);

/* Command line as one text, for the provenance; set by main before any verb runs. */
const char *command_line(void);

/* The last signal that asked to stop, 0 when none came. */
int stop_signal(void);
bool stop_was_asked(void *context); /* for islet_run_options.interrupted */

/* Seconds from any origin, never going back. */
double clock_s(void);

#endif
