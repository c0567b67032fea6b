/* Store: the handle, and what the files of this folder share. */
#ifndef ISLET_STORE_STORE_H
#define ISLET_STORE_STORE_H

#include <sqlite3.h>

#include "islet.h"

struct islet_store {
    sqlite3 *db;
    char *path;      /* where the store is, or will be */
    char *part_path; /* where it is while being written; NULL when opened for reading */
    bool resumed;    /* from islet_store_resume, and holds the beginning of a run */
    bool has_batches; /* being written, and a batch was acknowledged: the .part file is not to be removed */
};

/* What of a store being written is already decided; read from run.state. */
#define STATE_RUNNING "running"
#define STATE_INTERRUPTED "interrupted"
#define STATE_COMPLETE "complete"

/* Add a problem for an SQLite failure and give the status it means: ISLET_ERR_IO when the disk is full or fails,
 * ISLET_ERR_MEMORY, else ISLET_ERR_STORE. `doing` completes "could not ...". */
islet_status store_failure(islet_store *store, int sqlite_code, const char *doing, islet_problems *problems);

/* Run statements that return no rows; status as store_failure. */
ISLET_CHECK islet_status store_execute(islet_store *store, const char *sql, const char *doing,
                                       islet_problems *problems);

/* Prepare one statement; *out is NULL on failure. */
ISLET_CHECK islet_status store_prepare(islet_store *store, const char *sql, sqlite3_stmt **out,
                                       islet_problems *problems);

/* Step a statement that returns no rows and reset it for the next. */
ISLET_CHECK islet_status store_step(islet_store *store, sqlite3_stmt *statement, const char *doing,
                                    islet_problems *problems);

/* State of the run; *state is NULL when there is no row yet. The caller frees. */
ISLET_CHECK islet_status store_state(islet_store *store, char **state);

#endif
