/* Check: which kind of YAML file is this, and what is wrong with it. */
#ifndef ISLET_THERAPY_CHECK_H
#define ISLET_THERAPY_CHECK_H

#include "islet.h"

/* Tell the kind by the key that begins every format and read the file as that. ISLET_OK when there were only
 * warnings. A file that begins as SQLite does is left alone: ISLET_OK, kind ISLET_FILE_STORE, nothing checked. */
ISLET_CHECK islet_status therapy_check_file(const char *path, islet_file_kind *kind, islet_problems *problems);

#endif
