/* faults.c for the command: LD_PRELOAD=libfaults.so ISLET_FAULT=kill@120 (or int@120) islet run ... */
#include <stdlib.h>
#include <string.h>

#include "faults.h"

__attribute__((constructor)) static void arm_from_environment(void)
{
    const char *what = getenv("ISLET_FAULT"), *at = what ? strchr(what, '@') : NULL;
    if (at) faults_arm(what[0] == 'k' ? FAULT_KILL : FAULT_INTERRUPT, strtol(at + 1, NULL, 10));
}
