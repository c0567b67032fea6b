#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/problems.h"

static islet_status io_error(const char *path, const char *what, int error, islet_problems *problems)
{
    char reason[128];
    if (strerror_r(error, reason, sizeof reason) != 0) memcpy(reason, "unknown reason", sizeof "unknown reason");
    problems_error(problems, path, 0, 0, "the file cannot be %s: %s", what, reason);
    return ISLET_ERR_IO;
}

/* Fill `bytes` from an open file whose size was read before; a file that changes meanwhile is refused. */
static islet_status read_all(int file, const char *path, char *bytes, size_t size, islet_problems *problems)
{
    size_t got = 0;
    while (got <= size) { /* one byte more than the size is asked for, to see the end */
        ssize_t n = read(file, bytes + got, size + 1 - got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return io_error(path, "read", errno, problems);
        if (n == 0) break;
        got += (size_t)n;
    }
    if (got != size) {
        problems_error(problems, path, 0, 0, "the file changed while it was read; try again when nobody writes it");
        return ISLET_ERR_IO;
    }
    return ISLET_OK;
}

/* Open a regular file; -1 after an error. */
static int open_regular(const char *path, struct stat *about, islet_status *status, islet_problems *problems)
{
    /* O_NONBLOCK: a pipe without a writer must not hold us before we see that it is no regular file */
    int file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    *status = ISLET_OK;
    if (file < 0) {
        *status = io_error(path, "opened", errno, problems);
        return -1;
    }
    if (fstat(file, about) != 0) {
        *status = io_error(path, "read", errno, problems);
    } else if (!S_ISREG(about->st_mode)) {
        problems_error(problems, path, 0, 0, "this is %s; a regular file was expected",
                       S_ISDIR(about->st_mode) ? "a folder" : "a device, pipe or socket");
        *status = ISLET_ERR_IO;
    }
    if (*status == ISLET_OK) return file;
    close(file);
    return -1;
}

islet_status file_read(const char *path, size_t max_bytes, char **bytes, size_t *size, islet_problems *problems)
{
    islet_status status;
    char *buffer = NULL;
    struct stat about;
    *bytes = NULL;
    *size = 0;

    int file = open_regular(path, &about, &status, problems);
    if (file < 0) return status;
    if ((uintmax_t)about.st_size > max_bytes) {
        problems_error(problems, path, 0, 0, "the file has %lld bytes; the limit is %zu bytes", (long long)about.st_size,
                       max_bytes);
        status = ISLET_ERR_INPUT;
        goto done;
    }
    buffer = malloc((size_t)about.st_size + 1);
    if (!buffer) {
        status = ISLET_ERR_MEMORY;
        goto done;
    }
    status = read_all(file, path, buffer, (size_t)about.st_size, problems);
    if (status < 0) goto done;
    buffer[about.st_size] = '\0';
    *bytes = buffer;
    *size = (size_t)about.st_size;
    buffer = NULL; /* now the caller's */
done:
    free(buffer);
    close(file); /* read only: nothing can be lost */
    return status;
}

islet_status file_begin(const char *path, char *bytes, size_t size, size_t *got, islet_problems *problems)
{
    islet_status status;
    struct stat about;
    *got = 0;
    int file = open_regular(path, &about, &status, problems);
    if (file < 0) return status;
    while (*got < size) {
        ssize_t n = read(file, bytes + *got, size - *got);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) status = io_error(path, "read", errno, problems);
        if (n <= 0) break;
        *got += (size_t)n;
    }
    close(file);
    return status;
}
