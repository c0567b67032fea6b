/* Check of any file that islet reads: stores and evidence here, protocols and patients in therapy/check.c. */
#include <string.h>

#include "base/file.h"
#include "evidence/library.h"
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

/* Evidence has its kind in the header: rows begin with the trial. */
static islet_status check_evidence(const char *path, islet_file_kind *kind, islet_problems *problems)
{
    static const char rows[] = "trial_id,";
    char begin[256];
    size_t length;
    islet_table *table = NULL;
    if (file_begin(path, begin, sizeof begin, &length, NULL) != ISLET_OK) return ISLET_OK; /* said by who opens it next */
    const char *text = begin, *name = "outcomes";
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
    *kind = ISLET_FILE_EVIDENCE_ROWS;
    if (length < sizeof rows - 1 || memcmp(text, rows, sizeof rows - 1) != 0) {
        name = library_kind(text, length);
        *kind = name ? ISLET_FILE_EVIDENCE_TABLE : ISLET_FILE_UNKNOWN;
    }
    islet_status status = name ? islet_evidence_table(name, path, &table, problems) : ISLET_OK;
    islet_table_free(table);
    return status;
}

islet_status islet_check_file(const char *path, islet_file_kind *kind, islet_problems *problems)
{
    if (!path || !kind) return ISLET_ERR_ARGUMENT;
    *kind = ISLET_FILE_UNKNOWN;
    if (!named_as_store(path)) {
        islet_status status = check_evidence(path, kind, problems);
        if (status != ISLET_OK || *kind != ISLET_FILE_UNKNOWN) return status;
        status = therapy_check_file(path, kind, problems);
        if (status != ISLET_OK || *kind != ISLET_FILE_STORE) return status;
    }
    islet_store *store;
    islet_status status = islet_store_open(path, &store, problems);
    if (status != ISLET_ERR_IO) *kind = ISLET_FILE_STORE;
    islet_store_close(store, NULL); /* opened for reading: nothing to lose */
    return status;
}
