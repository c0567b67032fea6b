/* Life of a store.
 *
 * A store being written lies beside its place as NAME.part and is moved there in one step when it is closed complete;
 * so the name itself always holds a whole store or none, whatever kills the process. What a kill leaves is NAME.part,
 * with every batch whose COMMIT returned; islet_store_resume continues it, islet_store_create begins anew. A run that
 * the user stops is moved to NAME, marked as interrupted; resuming moves it back first. Two writers of one name: the
 * second is told.
 *
 * journal_mode=TRUNCATE because WAL can lose commits in SQLite 3.7.0 to 3.51.2 (Debian 12 has 3.40.1), and with one writer
 * and one transaction a batch no version needs its speed; synchronous=FULL because a batch counts once its COMMIT has
 * returned. */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/problems.h"
#include "store/schema.h"
#include "store/verify.h"

#define PART ".part"
#define JOURNAL "-journal"
#define CACHE_KIB "3072" /* a batch of five years in two arms writes 2 MB; the inner pages of a large daily table are 300 kB */
#define ONE_THREAD SQLITE_OPEN_NOMUTEX /* a store is used by one thread at a time (islet.h); locks inside SQLite would cost and guard nothing */

/* Name for messages: without the "./" of new_store. */
static const char *shown(const char *path)
{
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

islet_status store_failure(islet_store *store, int sqlite_code, const char *doing, islet_problems *problems)
{
    const char *file = shown(store->part_path ? store->part_path : store->path);
    int primary = sqlite_code & 0xff, system = sqlite3_system_errno(store->db);
    if (primary == SQLITE_FULL || primary == SQLITE_IOERR || primary == SQLITE_READONLY || primary == SQLITE_CANTOPEN) {
        problems_error(problems, file, 0, 0,
                       "could not %s: %s; room to write was expected; make room or choose another place and run again%s",
                       doing, primary == SQLITE_FULL ? "the disk is full" : system ? strerror(system)
                                                                                   : sqlite3_errstr(sqlite_code),
                       store->part_path ? " (what stood under the final name is unchanged)" : "");
        return ISLET_ERR_IO;
    }
    if (primary == SQLITE_BUSY || primary == SQLITE_LOCKED) {
        problems_error(problems, file, 0, 0, "could not %s: another islet is writing it; wait for that to end or choose "
                       "another name", doing);
        return ISLET_ERR_IO;
    }
    problems_error(problems, file, 0, 0, "could not %s: %s", doing, sqlite3_errstr(sqlite_code));
    return primary == SQLITE_NOMEM ? ISLET_ERR_MEMORY : ISLET_ERR_STORE;
}

islet_status store_execute(islet_store *store, const char *sql, const char *doing, islet_problems *problems)
{
    int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ISLET_OK : store_failure(store, sqlite3_extended_errcode(store->db), doing, problems);
}

islet_status store_prepare(islet_store *store, const char *sql, sqlite3_stmt **out, islet_problems *problems)
{
    *out = NULL;
    int code = sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, out, NULL);
    return code == SQLITE_OK ? ISLET_OK
                             : store_failure(store, sqlite3_extended_errcode(store->db), "use the store", problems);
}

islet_status store_step(islet_store *store, sqlite3_stmt *statement, const char *doing, islet_problems *problems)
{
    int code = sqlite3_step(statement);
    islet_status status = ISLET_OK;
    if (code != SQLITE_DONE) status = store_failure(store, sqlite3_extended_errcode(store->db), doing, problems);
    sqlite3_reset(statement); /* repeats the code of the step */
    return status;
}

islet_status store_state(islet_store *store, char **state)
{
    sqlite3_stmt *query = NULL;
    *state = NULL;
    int code = sqlite3_prepare_v2(store->db, "SELECT state FROM run", -1, &query, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(query);
    const unsigned char *text = code == SQLITE_ROW ? sqlite3_column_text(query, 0) : NULL;
    if (text) *state = strdup((const char *)text);
    if (code == SQLITE_ROW && !*state) code = SQLITE_NOMEM;
    sqlite3_finalize(query);
    return code == SQLITE_ROW || code == SQLITE_DONE ? ISLET_OK : store_failure(store, code, "read the state of the run", NULL);
}

/* a + b + c in new memory */
static char *join(const char *a, const char *b, const char *c)
{
    size_t na = strlen(a), nb = strlen(b), nc = strlen(c);
    char *out = malloc(na + nb + nc + 1);
    if (!out) return NULL;
    memcpy(out, a, na);
    memcpy(out + na, b, nb);
    memcpy(out + na + nb, c, nc + 1);
    return out;
}

static void store_free(islet_store *store)
{
    free(store->part_path);
    free(store->path);
    free(store);
}

/* A journal without its .part file must go: SQLite would take it for that of the next one. False if it stays. */
static bool remove_journal(const islet_store *store)
{
    char *journal = join(store->part_path, JOURNAL, "");
    bool gone = journal && (unlink(journal) == 0 || errno == ENOENT);
    free(journal);
    return gone;
}

/* close without keeping: the file being written is removed */
static void store_discard(islet_store *store)
{
    if (!store) return;
    sqlite3_close(store->db);
    if (store->part_path) { /* what stays of the two is cleared away by the next writer */
        unlink(store->part_path);
        remove_journal(store);
    }
    store_free(store);
}

/* A new handle for `path`. SQLite gives names like ":memory:" or "file:" a meaning of their own; "./" takes it away. */
static islet_store *new_store(const char *path, bool writing)
{
    islet_store *store = calloc(1, sizeof *store);
    if (!store) return NULL;
    const char *prefix = path[0] == '/' ? "" : "./";
    store->path = join(prefix, path, "");
    if (writing && store->path) store->part_path = join(store->path, PART, "");
    if (store->path && (!writing || store->part_path)) return store;
    store_free(store);
    return NULL;
}

static islet_status cannot_write(const char *path, islet_problems *problems)
{
    if (errno == ENOMEM) return ISLET_ERR_MEMORY;
    problems_error(problems, shown(path), 0, 0, "cannot be written (%s); check the name and the folder", strerror(errno));
    return ISLET_ERR_IO;
}

/* refuse a place that holds anything but an islet store */
static islet_status check_place(const char *path, islet_problems *problems)
{
    const char *why;
    switch (store_file_look(path, &why)) {
    case STORE_FILE_ABSENT:
    case STORE_FILE_ISLET: return ISLET_OK;
    case STORE_FILE_FOREIGN:
        problems_error(problems, shown(path), 0, 0, "%s; only an islet store may be replaced; choose another name or remove the "
                       "file yourself", why);
        return ISLET_ERR_IO;
    default:
        return cannot_write(path, problems);
    }
}

/* Open the .part file and lock it until it is closed, so that a second writer of the name is told. */
static islet_status lock_part_file(islet_store *store, islet_problems *problems)
{
    int code = sqlite3_open_v2(store->part_path, &store->db, SQLITE_OPEN_READWRITE | ONE_THREAD, NULL);
    if (code == SQLITE_OK) code = store_harden(store->db);
    if (code != SQLITE_OK) return store_failure(store, code, "open the new store", problems);
    /* the mark of ours goes in with the first page, so that whatever a kill leaves is known as ours */
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE; PRAGMA application_id=%d; COMMIT",
             STORE_APPLICATION_ID);
    islet_status status = store_execute(store, sql, "begin writing", problems);
    if (status != ISLET_OK) return status;

    /* another writer may have finished the file and moved it between our opening and our lock */
    int moved = 0;
    if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && !moved) return ISLET_OK;
    problems_error(problems, shown(store->part_path), 0, 0,
                   "another islet has just finished writing this store; run again if you "
                   "want to replace it");
    return ISLET_ERR_IO;
}

/* Remove what a killed run left, when nobody is writing it. */
static islet_status remove_leftover(islet_store *store, islet_problems *problems)
{
    const char *why;
    store_file_kind kind = store_file_look(store->part_path, &why);
    if (kind == STORE_FILE_ABSENT) return ISLET_OK;
    /* empty: killed between the making of the file and its first page */
    if (kind != STORE_FILE_ISLET && !(why && strcmp(why, STORE_FILE_EMPTY) == 0))
        return check_place(store->part_path, problems);
    islet_status status = lock_part_file(store, problems);
    if (status == ISLET_OK && unlink(store->part_path) != 0) status = cannot_write(store->part_path, problems);
    sqlite3_close(store->db); /* removes the journal too */
    store->db = NULL;
    return status;
}

/* A new .part file, readable by its owner only, locked. */
static islet_status make_part_file(islet_store *store, islet_problems *problems)
{
    int fd = open(store->part_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0 || close(fd) != 0 || !remove_journal(store)) return cannot_write(store->part_path, problems);
    return lock_part_file(store, problems);
}

#define SETTINGS "PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" CACHE_KIB

/* SQLite answers with the journal it uses, which may be another than was asked for: that would not be safe. */
static islet_status write_safely(islet_store *store, const char *doing, islet_problems *problems)
{
    sqlite3_stmt *ask = NULL;
    islet_status status = store_prepare(store, "PRAGMA journal_mode=TRUNCATE", &ask, problems);
    if (status != ISLET_OK) return status;
    int code = sqlite3_step(ask);
    const char *mode = code == SQLITE_ROW ? (const char *)sqlite3_column_text(ask, 0) : NULL;
    if (code != SQLITE_ROW) {
        status = store_failure(store, code, doing, problems);
    } else if (!mode) {
        status = ISLET_ERR_MEMORY;
    } else if (strcmp(mode, "truncate") != 0) {
        problems_error(problems, shown(store->part_path), 0, 0,
                       "SQLite keeps a journal of kind \"%s\" here; one that is truncated "
                       "after each batch was expected; choose another place",
                       mode);
        status = ISLET_ERR_IO;
    }
    sqlite3_finalize(ask);
    return status == ISLET_OK ? store_execute(store, SETTINGS, doing, problems) : status;
}

static islet_status write_schema(islet_store *store, islet_problems *problems)
{
    char version[64];
    char *text = schema_text();
    if (!text) return ISLET_ERR_MEMORY;
    snprintf(version, sizeof version, "PRAGMA user_version=%d", STORE_VERSION);
    static const char doing[] = "begin the store";
    islet_status status = write_safely(store, doing, problems);
    if (status == ISLET_OK) status = store_execute(store, "BEGIN", doing, problems);
    if (status == ISLET_OK) status = store_execute(store, version, doing, problems);
    if (status == ISLET_OK) status = store_execute(store, text, doing, problems);
    if (status == ISLET_OK) status = store_execute(store, "COMMIT", doing, problems);
    free(text);
    return status;
}

/* state of the store under its final name, checked whole; NULL when there is none; the caller frees */
static islet_status final_state(const char *path, char **state, islet_problems *problems)
{
    const char *why;
    islet_store *there;
    *state = NULL;
    if (store_file_look(path, &why) != STORE_FILE_ISLET) return ISLET_OK;
    islet_status status = islet_store_open(path, &there, problems);
    if (status != ISLET_OK) return status;
    status = store_state(there, state);
    islet_status closed = islet_store_close(there, problems);
    return status == ISLET_OK ? closed : status;
}

/* A file that cannot be read is no run that could be missed. */
islet_status islet_store_replaces(const char *path, islet_problems *problems)
{
    const char *why;
    char *state = NULL;
    if (!path || !path[0]) return ISLET_ERR_ARGUMENT;
    islet_store *store = new_store(path, true);
    if (!store) return ISLET_ERR_MEMORY;
    if (store_file_look(store->part_path, &why) == STORE_FILE_ISLET)
        problems_warning(problems, shown(store->part_path), 0, 0,
                         "what a stopped run had finished is removed and simulated anew; with --resume it would be continued");
    if (final_state(store->path, &state, NULL) == ISLET_OK && state)
        problems_warning(problems, shown(store->path), 0, 0, "holds a run (%s), which this one replaces when it is complete%s", state,
                         strcmp(state, STATE_INTERRUPTED) == 0 ? "; with --resume it would be continued" : "");
    free(state);
    store_free(store);
    return ISLET_OK;
}

islet_status islet_store_create(const char *path, islet_store **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!path || !path[0]) return ISLET_ERR_ARGUMENT;
    islet_store *store = new_store(path, true);
    if (!store) return ISLET_ERR_MEMORY;

    islet_status status = check_place(store->path, problems);
    if (status == ISLET_OK) status = remove_leftover(store, problems);
    if (status == ISLET_OK) status = make_part_file(store, problems);
    bool ours = status == ISLET_OK;
    if (ours) status = write_schema(store, problems);
    if (status == ISLET_OK) {
        *out = store;
        return ISLET_OK;
    }
    if (ours) {
        store_discard(store);
    } else { /* the .part file may be another writer's: it stays */
        sqlite3_close(store->db);
        store_free(store);
    }
    return status;
}

/* make a name in a folder durable; some file systems cannot, which is not an error */
static bool sync_folder(const char *path)
{
    const char *slash = strrchr(path, '/'); /* always there, see new_store */
    size_t length = slash == path ? 1 : (size_t)(slash - path);
    char *folder = strndup(path, length);
    if (!folder) return false;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool fine = fd >= 0 && (fsync(fd) == 0 || errno == EINVAL);
    if (fd >= 0) close(fd);
    free(folder);
    return fine;
}

/* first number of a query that always has one */
static islet_status first_number(islet_store *store, const char *sql, int *out, islet_problems *problems)
{
    sqlite3_stmt *query = NULL;
    *out = -1;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &query, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(query);
    if (code == SQLITE_ROW) *out = sqlite3_column_int(query, 0);
    sqlite3_finalize(query);
    return code == SQLITE_ROW ? ISLET_OK : store_failure(store, code, "read the store", problems);
}

/* Lock the .part file that a run left; *begun is false, and the file gone, when it ended before anything was described. */
static islet_status lock_leftover(islet_store *store, bool *begun, islet_problems *problems)
{
    const char *why;
    store_file_kind kind = store_file_look(store->part_path, &why);
    *begun = false;
    if (kind == STORE_FILE_ABSENT) return ISLET_OK;
    if (kind == STORE_FILE_ISLET) {
        islet_status status = lock_part_file(store, problems); /* SQLite undoes the batch that was being written */
        if (status != ISLET_OK) return status;
        int version, runs = 0;
        status = first_number(store, "PRAGMA user_version", &version, problems);
        /* version and tables come in one transaction: a store that has the one and not the others is damaged, and stays */
        if (status == ISLET_OK && version == STORE_VERSION)
            status = first_number(store, "SELECT count(*) FROM run", &runs, problems);
        if (status != ISLET_OK) return status;
        if (version != STORE_VERSION && version != 0) {
            problems_error(problems, shown(store->part_path), 0, 0,
                           "begun by another version of islet (store version %d, this one "
                           "writes %d); continue it with that one, or leave out --resume to begin anew",
                           version, STORE_VERSION);
            return ISLET_ERR_STORE;
        }
        *begun = version == STORE_VERSION && runs == 1;
        if (*begun) return ISLET_OK;
        sqlite3_close(store->db);
        store->db = NULL;
    }
    return remove_leftover(store, problems);
}

/* what the user had stopped lies under its final name; writing goes on beside it */
static islet_status take_back(islet_store *store, bool *begun, islet_problems *problems)
{
    if (rename(store->path, store->part_path) != 0 || !sync_folder(store->path)) return cannot_write(store->path, problems);
    return lock_leftover(store, begun, problems);
}

islet_status islet_store_resume(const char *path, islet_store **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!path || !path[0]) return ISLET_ERR_ARGUMENT;
    char *state = NULL;
    bool begun = false;
    islet_store *store = new_store(path, true);
    if (!store) return ISLET_ERR_MEMORY;

    /* 1. find what there is: a .part file, else a store that was interrupted */
    islet_status status = check_place(store->path, problems);
    if (status == ISLET_OK) status = lock_leftover(store, &begun, problems);
    if (status == ISLET_OK && !begun) status = final_state(store->path, &state, problems);
    if (status == ISLET_OK && state && strcmp(state, STATE_INTERRUPTED) == 0) status = take_back(store, &begun, problems);
    if (status != ISLET_OK) goto done;
    if (!begun) { /* complete, or nothing */
        status = state ? islet_store_open(path, out, problems) : islet_store_create(path, out, problems);
        if (status == ISLET_OK) (*out)->resumed = state != NULL; /* complete: opened for reading */
        goto done;
    }

    /* 2. it is whole, and can be written */
    status = store_verify_content(store->db, shown(store->part_path), problems);
    if (status == ISLET_OK) status = write_safely(store, "continue the store", problems);
    if (status != ISLET_OK) goto done;
    store->resumed = store->has_batches = true;
    *out = store;
    store = NULL; /* ownership moved to out */
done:
    free(state);
    if (store) { /* the files stay as they are */
        sqlite3_close(store->db);
        store_free(store);
    }
    return status;
}

islet_status islet_store_open(const char *path, islet_store **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!path || !path[0]) return ISLET_ERR_ARGUMENT;
    islet_store *store = new_store(path, false);
    if (!store) return ISLET_ERR_MEMORY;

    islet_status status = store_verify_header(path, problems);
    if (status != ISLET_OK) goto done;
    int code = sqlite3_open_v2(store->path, &store->db, SQLITE_OPEN_READONLY | ONE_THREAD, NULL);
    if (code == SQLITE_OK) code = store_harden(store->db);
    if (code != SQLITE_OK) {
        status = store_failure(store, code, "open the store", problems);
        goto done;
    }
    status = store_verify_content(store->db, path, problems);
    if (status != ISLET_OK) goto done;
    *out = store;
    store = NULL; /* ownership moved to out */
done:
    store_discard(store);
    return status;
}

static bool sync_file(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool fine = fsync(fd) == 0;
    return close(fd) == 0 && fine;
}

/* the finished .part file becomes the store */
static islet_status move_into_place(const char *part, const char *path, islet_problems *problems)
{
    islet_status status = check_place(path, problems); /* it may have changed during the run */
    if (status != ISLET_OK) return status;
    if (sync_file(part) && rename(part, path) == 0 && sync_folder(path)) return ISLET_OK;
    const int reason = errno;
    problems_error(problems, shown(path), 0, 0, "the finished store could not be moved here (%s); it is kept as %s",
                   strerror(reason), shown(part));
    return reason == ENOMEM ? ISLET_ERR_MEMORY : ISLET_ERR_IO; /* the folder's name finds no room */
}

islet_status islet_store_close(islet_store *store, islet_problems *problems)
{
    if (!store) return ISLET_OK;
    char *state = NULL;
    islet_status known = store->part_path ? store_state(store, &state) : ISLET_OK;
    bool complete = state && strcmp(state, STATE_COMPLETE) == 0;
    bool interrupted = state && strcmp(state, STATE_INTERRUPTED) == 0;
    free(state);
    /* the state may be unreadable, too: what was acknowledged is never removed because of that */
    if (store->part_path && store->has_batches && !complete &&
        !interrupted) { /* the run failed, because the disk is full for example: every batch that was acknowledged stays */
        problems_warning(problems, shown(store->part_path), 0, 0,
                         "the people finished so far are kept here; the same command with "
                         "--resume continues");
        sqlite3_close(store->db);
        store_free(store);
        return known;
    }
    if (!complete && !interrupted) { /* opened for reading, or nothing worth keeping */
        store_discard(store);
        return known;
    }

    /* the journal file goes; from here on the .part file is a whole store */
    islet_status status = store_execute(store, "PRAGMA journal_mode=DELETE", "finish the store", problems);
    int code = sqlite3_close(store->db);
    if (status == ISLET_OK && code != SQLITE_OK) status = ISLET_ERR_STORE;
    if (status == ISLET_OK) remove_journal(store); /* SQLite has, unless the system refused once */
    const char *why;
    if (status == ISLET_OK && interrupted && store_file_look(store->path, &why) == STORE_FILE_ISLET)
        problems_warning(problems, shown(store->path), 0, 0, "not replaced by an interrupted run; what was finished is in %s",
                         shown(store->part_path));
    else if (status == ISLET_OK) status = move_into_place(store->part_path, store->path, problems);
    store_free(store);
    return status;
}
