/* Names of files that follow from other names. */
#ifndef ISLET_CLI_NAMES_H
#define ISLET_CLI_NAMES_H

#include <stdbool.h>

/* The place that a name leads to through symbolic links, also where nothing is there yet; what is no link, or leads to a device or
 * folder, as it is. To be freed. Outputs are moved over their name, which would put a file in the place of the link. */
char *name_behind_links(const char *path);

/* "dir/trial.yaml", ".db" => "trial.db" (in the current folder), or where that leads. To be freed. */
char *name_from(const char *path, const char *ending);

/* Do two names lead to the same existing file, or read the same? */
bool name_same_file(const char *a, const char *b);

/* The same, also of files that are still to be made: "study.db" and "./study.db". Devices are shared. */
bool name_same_place(const char *a, const char *b);

/* Can a file be created or replaced at `path`? False after a message. Nothing is written. */
bool name_is_writable(const char *path);

/* A protocol may come from standard input: "-" => a name that can be opened, any other name as it is. */
const char *name_for_reading(const char *path);

/* A new private folder for short-lived files; NULL if there can be none. To be freed; remove it with folder_remove. */
char *folder_create_temporary(void);
void folder_remove(char *folder, const char *const *files);

/* folder/name, to be freed */
char *name_join(const char *folder, const char *name);

#endif
