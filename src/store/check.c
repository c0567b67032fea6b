/* Check of any file that islet reads: stores here, the YAML formats in therapy/check.c. */
#include <string.h>

#include "store/verify.h"
#include "therapy/check.h"

/* A name that promises a store: the file is then judged as one, whatever it turns out to be. */
static bool named_as_store(const char *path)
{
    static const char *const endings[] = {".db", ".islet", ".sqlite", ".sqlite3"};
    size_t length = strlen(path);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        size_t n = strlen(endings[i]);
        if (length > n && strcmp(path + length - n, endings[i]) == 0) return true;
    }
    return false;
}

islet_status islet_check_file(const char *path, islet_file_kind *kind, islet_problems *problems)
{
    if (!path || !kind) return ISLET_ERR_ARGUMENT;
    *kind = ISLET_FILE_UNKNOWN;
    if (!named_as_store(path)) {
        islet_status status = therapy_check_file(path, kind, problems);
        if (status != ISLET_OK || *kind != ISLET_FILE_STORE) return status;
    }
    islet_store *store;
    islet_status status = islet_store_open(path, &store, problems);
    if (status != ISLET_ERR_IO) *kind = ISLET_FILE_STORE;
    islet_store_close(store, NULL); /* opened for reading: nothing to lose */
    return status;
}
