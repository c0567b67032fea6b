/* File: reading a file, or its first bytes, into memory within a limit that is checked first. */
#ifndef ISLET_BASE_FILE_H
#define ISLET_BASE_FILE_H

#include "islet.h"

/* Read a regular file of at most max_bytes. *bytes is the caller's to free; one 0 byte follows that *size does not
 * count. ISLET_ERR_IO if it cannot be read or is no regular file, ISLET_ERR_INPUT if it is too long. */
ISLET_CHECK islet_status file_read(const char *path, size_t max_bytes, char **bytes, size_t *size, islet_problems *problems);

/* The first `size` bytes of a regular file, or all if it is shorter; *got says how many. */
ISLET_CHECK islet_status file_begin(const char *path, char *bytes, size_t size, size_t *got, islet_problems *problems);

#endif
