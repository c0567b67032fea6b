/* Check of a store before anything in it is believed: the first 100 bytes (sqlite.org/fileformat2.html, section 1.3),
 * then the schema, which must be word for word that of this version, then the integrity check of SQLite. The schema
 * comes first because an altered one could make any other question endless. */
#include "store/verify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/problems.h"
#include "store/schema.h"

#define HEADER_BYTES 100
#define MAGIC "SQLite format 3" /* with its final 0 byte, the first 16 bytes */
#define USER_VERSION_AT 60
#define APPLICATION_ID_AT 68

static uint32_t big_endian_32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* path => its first bytes; fails with errno, or with *why when it is not a regular file */
static bool read_header(const char *path, unsigned char header[HEADER_BYTES], size_t *size, const char **why)
{
    bool fine = false;
    struct stat info;
    /* O_NONBLOCK: a pipe must not make us wait; it has no effect on a regular file */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return false;
    if (fstat(fd, &info) != 0) goto done;
    if (!S_ISREG(info.st_mode)) {
        *why = "not a regular file";
        goto done;
    }
    *size = 0;
    while (*size < HEADER_BYTES) {
        ssize_t got = read(fd, header + *size, HEADER_BYTES - *size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) goto done;
        if (got == 0) break;
        *size += (size_t)got;
    }
    fine = true;
done:
    close(fd); /* read only: nothing can be lost */
    return fine;
}

store_file_kind store_file_look(const char *path, const char **why)
{
    unsigned char header[HEADER_BYTES];
    size_t size = 0;
    *why = NULL;
    if (!read_header(path, header, &size, why)) {
        if (*why) return STORE_FILE_FOREIGN;
        return errno == ENOENT ? STORE_FILE_ABSENT : STORE_FILE_UNREADABLE;
    }
    if (size == 0) *why = STORE_FILE_EMPTY;
    else if (size < HEADER_BYTES || memcmp(header, MAGIC, sizeof MAGIC) != 0) *why = "not an islet store";
    else if (big_endian_32(header + APPLICATION_ID_AT) != STORE_APPLICATION_ID)
        *why = "not an islet store but the database of another program";
    return *why ? STORE_FILE_FOREIGN : STORE_FILE_ISLET;
}

islet_status store_verify_header(const char *path, islet_problems *problems)
{
    const char *why;
    unsigned char header[HEADER_BYTES];
    size_t size = 0;
    switch (store_file_look(path, &why)) {
    case STORE_FILE_ISLET: break;
    case STORE_FILE_FOREIGN:
        problems_error(problems, path, 0, 0, "%s; a result store made by \"islet run\" was expected; name another file",
                       why);
        return ISLET_ERR_STORE;
    default:
        problems_error(problems, path, 0, 0, "cannot be read (%s); a result store was expected; check the name",
                       strerror(errno));
        return ISLET_ERR_IO;
    }
    if (!read_header(path, header, &size, &why) || size < HEADER_BYTES) {
        problems_error(problems, path, 0, 0, "the file changed while it was being read; try again");
        return ISLET_ERR_IO;
    }
    uint32_t version = big_endian_32(header + USER_VERSION_AT);
    if (version == STORE_VERSION) return ISLET_OK;
    problems_error(
        problems, path, 0, 0, "a store of format version %u, %s; this islet reads version %d; %s", (unsigned)version,
        version > STORE_VERSION ? "written by a newer islet"
        : version > 0           ? "written by an older islet"
                                : "of an unknown age",
        STORE_VERSION,
        version > STORE_VERSION ? "update islet" : "open it with the islet that wrote it, or run the protocol again");
    return ISLET_ERR_STORE;
}

int store_harden(sqlite3 *db)
{
    int code = sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    if (code == SQLITE_OK) code = sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return code == SQLITE_OK ? sqlite3_exec(db, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0", NULL, NULL, NULL) : code;
}

#define SCHEMA_QUERY "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"

static bool same_text(sqlite3_stmt *a, sqlite3_stmt *b, int column)
{
    const unsigned char *x = sqlite3_column_text(a, column), *y = sqlite3_column_text(b, column);
    if (!x || !y) return x == y;
    return strcmp((const char *)x, (const char *)y) == 0;
}

static bool out_of_memory(sqlite3_stmt *statement)
{
    return (sqlite3_errcode(sqlite3_db_handle(statement)) & 0xff) == SQLITE_NOMEM;
}

/* compare two schemas row by row; `where` gets the name of the first object that differs */
static int compare_schemas(sqlite3_stmt *found, sqlite3_stmt *expected, char where[64])
{
    for (;;) {
        int got = sqlite3_step(found), wanted = sqlite3_step(expected);
        if (got != SQLITE_ROW && got != SQLITE_DONE) return got;
        if (wanted != SQLITE_ROW && wanted != SQLITE_DONE) return wanted;
        if (got == SQLITE_DONE && wanted == SQLITE_DONE) return SQLITE_OK;
        bool same = got == wanted;
        for (int column = 0; same && column < 4; column++) same = same_text(found, expected, column);
        if (same) continue;
        if (out_of_memory(found) || out_of_memory(expected)) return SQLITE_NOMEM; /* a text that was not given differs, too */
        const unsigned char *name = sqlite3_column_text(wanted == SQLITE_ROW ? expected : found, 1);
        size_t length = name ? strlen((const char *)name) : 0;
        if (length > 63) length = 63;
        if (name) memcpy(where, name, length);
        where[length] = 0;
        return SQLITE_SCHEMA;
    }
}

static islet_status verify_schema(sqlite3 *db, const char *path, islet_problems *problems)
{
    islet_status status = ISLET_ERR_MEMORY;
    sqlite3 *model = NULL;
    sqlite3_stmt *found = NULL, *expected = NULL;
    char where[64] = "";
    char *text = schema_text();
    if (!text || sqlite3_open(":memory:", &model) != SQLITE_OK) goto done;
    if (sqlite3_exec(model, text, NULL, NULL, NULL) != SQLITE_OK) goto done;
    if (sqlite3_prepare_v2(model, SCHEMA_QUERY, -1, &expected, NULL) != SQLITE_OK) goto done;

    status = ISLET_ERR_STORE;
    int code = sqlite3_prepare_v2(db, SCHEMA_QUERY, -1, &found, NULL);
    if (code == SQLITE_OK) code = compare_schemas(found, expected, where);
    if (code == SQLITE_OK) {
        status = ISLET_OK;
    } else if ((code & 0xff) == SQLITE_NOMEM) {
        status = ISLET_ERR_MEMORY;
    } else if (code == SQLITE_SCHEMA) {
        problems_error(problems, path, 0, 0,
                       "the schema differs at \"%s\": damaged, altered, or of an islet between two versions; the tables of store version %d were "
                       "expected; run the protocol again", where, STORE_VERSION);
    } else {
        problems_error(problems, path, 0, 0,
                       "the store is damaged (%s); a whole file was expected; copy it again or run the protocol again",
                       sqlite3_errstr(code));
    }
done:
    sqlite3_finalize(found);
    sqlite3_finalize(expected);
    sqlite3_close(model);
    free(text);
    return status;
}

static islet_status check_integrity(sqlite3 *db, const char *path, bool last, bool *whole, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    sqlite3_stmt *check = NULL;
    int code = sqlite3_prepare_v2(db, "PRAGMA integrity_check(1)", -1, &check, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(check);
    const char *answer = code == SQLITE_ROW ? (const char *)sqlite3_column_text(check, 0) : sqlite3_errstr(code);
    *whole = code == SQLITE_ROW && answer && strcmp(answer, "ok") == 0;
    if ((code & 0xff) == SQLITE_NOMEM || (code == SQLITE_ROW && !answer)) {
        status = ISLET_ERR_MEMORY;
    } else if (!*whole && last) {
        problems_error(problems, path, 0, 0,
                       "the store is damaged (%s); a whole file was expected; copy it again or run the protocol again", answer);
        status = ISLET_ERR_STORE;
    }
    sqlite3_finalize(check);
    return status;
}

islet_status store_verify_content(sqlite3 *db, const char *path, islet_problems *problems)
{
    islet_status status = verify_schema(db, path, problems);
    if (status != ISLET_OK) return status;

    /* asked again when the answer is bad: lack of memory reads like damage, but does not last, or stops the second question */
    bool whole = false;
    for (int turn = 0; turn < 2 && status == ISLET_OK && !whole; turn++)
        status = check_integrity(db, path, turn == 1, &whole, problems);
    return status;
}
