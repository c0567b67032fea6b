/* A folder of this process alone, so that a test run twice at the same time in one build folder does not meet itself. The
 * test's files lie in it under short fixed names; it goes when the test ends, with what is left in it. */
#ifndef ISLET_TESTS_OWN_FOLDER_H
#define ISLET_TESTS_OWN_FOLDER_H

#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#define OWN_FOLDER_ROOM 32
static char own_folder[OWN_FOLDER_ROOM] = "own_folder_XXXXXX";

/* Made and entered; relative paths lead into it from now on. */
static inline bool own_folder_enter(void)
{
    return mkdtemp(own_folder) && chdir(own_folder) == 0;
}

/* Files in folders that the test has made in it are the test's to remove. => status to exit with */
static inline int own_folder_leave(int status)
{
    DIR *all = opendir(".");
    for (struct dirent *one; all && (one = readdir(all));) unlink(one->d_name);
    if (all) closedir(all);
    if (chdir("..") == 0 && rmdir(own_folder) == 0) return status;
    return status ? status : 1;
}

#endif
