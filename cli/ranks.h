/* Ranks: the processes that share a run. The command `islet` is one process (ranks_one.c); `islet-mpi` is all that mpirun
 * starts (mpi/ranks_mpi.c): rank 0 reads, keeps the store and speaks, the others only simulate their share. */
#ifndef ISLET_CLI_RANKS_H
#define ISLET_CLI_RANKS_H

#include "islet.h"
#include "options.h"

/* Before anything else. False: this rank has nothing to do and ends (after ranks_end). */
bool ranks_begin(int *argc, char ***argv);

/* The one rank that keeps the store. */
bool ranks_is_keeper(void);

/* islet_run, shared out: called by the keeper. */
islet_status ranks_run(const islet_protocol *protocol, const islet_run_options *options, islet_store *store,
                       islet_problems *problems);

/* Simulate this rank's share and send it to the keeper: called by the others. */
islet_status ranks_help(const islet_protocol *protocol, const islet_run_options *options, islet_problems *problems);

/* => exit status of the process */
int ranks_end(cli_exit status);

#endif
