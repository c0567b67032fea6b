/* See faults.h. The system's own functions are found behind ours (RTLD_NEXT). */
#define _GNU_SOURCE
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "faults_inside.h"

#pragma GCC visibility push(default) /* so that SQLite and libc find these */

static fault_kind armed;
static long fault_at = -1;
static atomic_long calls;
static bool met;

void faults_arm(fault_kind kind, long at)
{
    armed = kind;
    fault_at = at;
    calls = 0;
    met = false;
}

long faults_calls(void) { return calls; }
bool faults_met(void) { return met; }

/* NAME of the next object that defines it */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* What becomes of this call: FAULT_NONE goes through, others fail with errno set. */
static fault_kind meet(void)
{
    if (disk_is_dead()) {
        errno = EIO;
        return FAULT_EIO;
    }
    if (calls++ != fault_at) return FAULT_NONE;
    met = true;
    if (armed == FAULT_CUT) disk_cut();
    if (armed == FAULT_KILL) raise(SIGKILL);
    if (armed == FAULT_INTERRUPT) return raise(SIGINT) == 0 ? FAULT_NONE : FAULT_EIO;
    errno = armed == FAULT_ENOSPC ? ENOSPC : EIO;
    return armed;
}

static bool is_ours(int fd)
{
    struct stat about;
    return fd > 2 && fstat(fd, &about) == 0 && S_ISREG(about.st_mode);
}

ssize_t real_write(int fd, const void *bytes, size_t size)
{
    return REAL(write)(fd, bytes, size);
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    if (!is_ours(fd)) return real_write(fd, bytes, size);
    fault_kind fault = meet();
    if (fault == FAULT_SHORT) size = (size + 1) / 2;
    else if (fault != FAULT_NONE) return -1;
    disk_before_write(fd, bytes, size, lseek(fd, 0, SEEK_CUR));
    return real_write(fd, bytes, size);
}

static ssize_t any_pwrite(int fd, const void *bytes, size_t size, off_t at, const char *name)
{
    ssize_t (*next)(int, const void *, size_t, off_t);
    *(void **)&next = dlsym(RTLD_NEXT, name);
    fault_kind fault = meet();
    if (fault == FAULT_SHORT) size = (size + 1) / 2;
    else if (fault != FAULT_NONE) return -1;
    disk_before_write(fd, bytes, size, at);
    return next(fd, bytes, size, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    return any_pwrite(fd, bytes, size, at, "pwrite");
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    return any_pwrite(fd, bytes, size, at, "pwrite64");
}

static bool passes(void)
{
    fault_kind fault = meet();
    return fault == FAULT_NONE || fault == FAULT_SHORT;
}

int ftruncate(int fd, off_t size)
{
    if (!passes()) return -1;
    disk_before_truncate(fd, size);
    return REAL(ftruncate)(fd, size);
}

int ftruncate64(int fd, off64_t size)
{
    if (!passes()) return -1;
    disk_before_truncate(fd, size);
    return REAL(ftruncate64)(fd, size);
}

/* Waiting for the disk would prove nothing here and takes most of the time: only the modelled one is told. */
static int sync_modelled(int fd)
{
    if (!passes()) return -1;
    disk_synced(fd);
    return 0;
}

int fsync(int fd) { return sync_modelled(fd); }
int fdatasync(int fd) { return sync_modelled(fd); }

int rename(const char *from, const char *to)
{
    if (!passes()) return -1;
    disk_before_rename(from, to);
    return REAL(rename)(from, to);
}

int unlink(const char *path)
{
    struct stat about;
    if (lstat(path, &about) != 0) return REAL(unlink)(path); /* nothing there to change */
    if (!passes()) return -1;
    disk_before_unlink(path);
    return REAL(unlink)(path);
}

int real_open(const char *path, int flags, mode_t mode)
{
    return REAL(open)(path, flags, mode);
}

static int any_open(const char *path, int flags, mode_t mode)
{
    struct stat about;
    bool makes = flags & O_CREAT && lstat(path, &about) != 0;
    if (makes && !passes()) return -1;
    int fd = real_open(path, flags, mode);
    if (makes && fd >= 0) disk_made(path);
    return fd;
}

static mode_t mode_of(int flags, va_list rest)
{
    return flags & O_CREAT ? (mode_t)va_arg(rest, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return any_open(path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return any_open(path, flags, mode);
}
