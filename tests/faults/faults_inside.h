/* Between faults.c and disk.c: what the disk is told of calls, and the calls as the system has them. */
#ifndef ISLET_TESTS_FAULTS_INSIDE_H
#define ISLET_TESTS_FAULTS_INSIDE_H

#include <stdbool.h>
#include <sys/types.h>

bool disk_follows(void);
void disk_cut(void); /* the power goes */
bool disk_is_dead(void);
void disk_before_write(int fd, const void *bytes, size_t size, off_t at);
void disk_before_truncate(int fd, off_t size);
void disk_synced(int fd);
void disk_made(const char *path);
void disk_before_unlink(const char *path);
void disk_before_rename(const char *from, const char *to);

int real_open(const char *path, int flags, mode_t mode);
ssize_t real_write(int fd, const void *bytes, size_t size);

#endif
