/* Is this file an islet store that this version can read? */
#ifndef ISLET_STORE_VERIFY_H
#define ISLET_STORE_VERIFY_H

#include <sqlite3.h>

#include "islet.h"

/* From the first bytes alone, without SQLite: what a file at `path` is. */
typedef enum {
    STORE_FILE_ABSENT,
    STORE_FILE_ISLET,      /* SQLite file with islet's application id */
    STORE_FILE_FOREIGN,    /* anything else that exists; `why` says what */
    STORE_FILE_UNREADABLE  /* could not be looked at; errno says why */
} store_file_kind;

#define STORE_FILE_EMPTY "an empty file, not an islet store"

store_file_kind store_file_look(const char *path, const char **why);

/* Full check of the file's first bytes: kind and version, with a problem for each fault. */
ISLET_CHECK islet_status store_verify_header(const char *path, islet_problems *problems);

/* Schema and integrity of an open database; `path` is for messages. Nothing is changed. */
ISLET_CHECK islet_status store_verify_content(sqlite3 *db, const char *path, islet_problems *problems);

/* Settings against hostile files: defensive, no trust in the schema. SQLITE_OK, or why SQLite refuses one. */
int store_harden(sqlite3 *db);

#endif
