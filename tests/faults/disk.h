/* Disk: what a folder may hold after the power went, when only what was synced is certain.
 *
 * A file's certain content is that of its last fsync; each later write, whole, torn at sectors of 512 bytes, or lost, and
 * each later change of length may or may not have reached the disk, in an order of their own only as far as they overlap. A
 * name is certain when its folder was synced since; of later makings, renamings and removals of names a first part has
 * reached the disk (file systems keep those in order). After the cut every call that changes a file fails.
 *
 * The same power cuts as SQLite's own crash tests; the choice of what is lost is a function of a seed. */
#ifndef ISLET_TESTS_DISK_H
#define ISLET_TESTS_DISK_H

#include <stdbool.h>
#include <stdint.h>

/* Begin: everything in `folder` now is certain. */
void disk_begin(const char *folder);

/* The power comes back: the folder is made to hold what the seed chooses; nothing is followed any more. */
bool disk_recover(uint64_t seed);

#endif
