/* Check of any file that islet reads: stores, evidence and studies here, protocols and patients in therapy/check.c. */
#include <string.h>

#include "base/file.h"
#include "base/problems.h"
#include "base/word.h"
#include "evidence/library.h"
#include "evidence/meta.h"
#include "store/verify.h"
#include "therapy/check.h"

#define HEADER_MAX 4096
#define NEARLY_ROWS 4 /* columns of evidence rows in a table that is meant as some */

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

/* the first line of a file, as far as it was read */
typedef struct {
    const char *text;
    size_t length;
} heading;

static bool same_letters(const char *a, const char *b, size_t n, bool any_case)
{
    for (size_t i = 0; i < n; i++)
        if ((any_case ? word_small(a[i]) : a[i]) != b[i]) return false;
    return true;
}

/* does the name stand in the line, between characters of `around`? */
static bool has_word(const heading *h, const char *name, const char *around, bool any_case)
{
    size_t n = strlen(name);
    for (size_t at = 0; at + n <= h->length; at++) {
        if (!same_letters(h->text + at, name, n, any_case)) continue;
        bool begins = at == 0 || strchr(around, h->text[at - 1]),
             ends = at + n == h->length || strchr(around, h->text[at + n]);
        if (begins && ends) return true;
    }
    return false;
}

static bool has_name(const void *context, const char *name)
{
    return has_word(context, name, ",;\t \"\r\n", false);
}

/* Meant as evidence rows, also where columns are missing or in capitals: then it is said which. No remark, no JSON. */
static bool is_nearly_rows(const heading *h)
{
    if (h->length == 0 || strchr("#{[", h->text[0])) return false;
    static const char *const names[] = {"trial_id", "cohort_group", "arm",   "protocol", "endpoint",
                                        "unit",     "day",          "value", "events",   "role"};
    int found = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) found += has_word(h, names[i], ",;\t\"", true);
    return found >= NEARLY_ROWS;
}

/* what islet claims would refuse is refused */
static islet_status check_claims(const char *path, islet_problems *problems)
{
    islet_table *plan = NULL;
    islet_status status = islet_claims_plan(path, NULL, &plan, problems);
    islet_table_free(plan);
    return status;
}

/* studies to be pooled: what forbids to pool them is no fault of the table */
static islet_status check_studies(const char *path, islet_problems *problems)
{
    islet_meta *meta = NULL;
    islet_network *network = NULL;
    islet_status status = islet_network_is_one(path) ? islet_network_run(path, NULL, &network, problems)
                                                     : islet_meta_run(path, NULL, &meta, problems);
    const char *refusal = meta      ? meta->refusal
                          : network ? network->refusal
                                    : "",
               *why = meta      ? meta->why
                      : network ? network->why
                                : "";
    if (*refusal) problems_warning(problems, path, 0, 0, "these studies are not pooled (%s): %s", refusal, why);
    islet_meta_free(meta);
    islet_network_free(network);
    return status == ISLET_ERR_NUMERICAL ? ISLET_ERR_INPUT : status;
}

/* Evidence and studies have their kind in the header. */
static islet_status check_evidence(const char *path, islet_file_kind *kind, islet_problems *problems)
{
    char begin[HEADER_MAX];
    size_t length;
    islet_table *table = NULL;
    if (file_begin(path, begin, sizeof begin, &length, NULL) != ISLET_OK)
        return ISLET_OK; /* said by who opens it next */
    heading h = {begin, length};
    if (h.length >= 3 && memcmp(h.text, "\xef\xbb\xbf", 3) == 0) h.text += 3, h.length -= 3;
    for (size_t i = 0; i < h.length; i++)
        if (h.text[i] == '\n' || h.text[i] == '\r') h.length = i;
    const char *name = library_kind(h.text, h.length);
    if (name && strcmp(name, "claims") == 0) name = NULL; /* fewer columns will do for a user's */
    *kind = name ? ISLET_FILE_EVIDENCE_TABLE : ISLET_FILE_UNKNOWN;
    if (!name && has_name(&h, "trial_id") && has_name(&h, "endpoint")) {
        name = "outcomes";
        *kind = ISLET_FILE_EVIDENCE_ROWS;
    }
    if (!name && meta_header_is_one(has_name, &h)) {
        *kind = ISLET_FILE_STUDIES;
        return check_studies(path, problems);
    }
    if (!name && has_name(&h, "claim_id") && has_name(&h, "claim")) {
        *kind = ISLET_FILE_CLAIMS;
        return check_claims(path, problems);
    }
    if (!name && is_nearly_rows(&h)) {
        name = "outcomes";
        *kind = ISLET_FILE_EVIDENCE_ROWS;
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
