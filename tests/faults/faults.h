/* Faults: the n-th call that changes a file fails, the n-th allocation fails, or the power goes at the n-th call.
 *
 * Linked into a test program, faults.c and disk.c define write, fsync, malloc and so on themselves, so that the library,
 * SQLite and the rest call these. Until something is armed they only count. As a library of its own (preload.c) faults.c
 * disturbs the command at an exact call, in the same way on machines of any speed. */
#ifndef ISLET_TESTS_FAULTS_H
#define ISLET_TESTS_FAULTS_H

#include <stdbool.h>
#include <stdint.h>

/* ---- calls that change files: write, pwrite, ftruncate, fsync, fdatasync, rename, unlink, open of a new file ---- */

typedef enum {
    FAULT_NONE,
    FAULT_EIO,
    FAULT_ENOSPC,
    FAULT_SHORT, /* a write writes half of what it was given; other calls succeed */
    FAULT_CUT,       /* the power goes: see disk.h */
    FAULT_KILL,      /* the process is killed before the call */
    FAULT_INTERRUPT  /* the user presses Ctrl-C at the call, which succeeds */
} fault_kind;

/* Count from 0 again; call number `at` meets the fault, `at` < 0: none does. */
void faults_arm(fault_kind kind, long at);
long faults_calls(void); /* since the last arming */
bool faults_met(void);   /* did the fault happen? */

/* ---- allocations ---- */

/* Count from 0 again; allocation `at` fails, with `for_ever` all after it too; `at` < 0: none. Those that OpenMP's own
 * runtime makes are never failed: it ends the program then, which a library cannot change. */
void faults_arm_memory(long at, bool for_ever);
long faults_allocations(void);
bool faults_memory_met(void);
long faults_live_blocks(void); /* allocated and not freed since the program began */

#endif
