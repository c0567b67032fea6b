/* The command as one process: see ranks.h. */
#include "ranks.h"

bool ranks_begin(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    return true;
}

bool ranks_is_keeper(void)
{
    return true;
}

islet_status ranks_run(const islet_protocol *protocol, const islet_run_options *options, islet_store *store,
                       islet_problems *problems)
{
    return islet_run(protocol, options, store, problems);
}

islet_status ranks_help(const islet_protocol *protocol, const islet_run_options *options, islet_problems *problems)
{
    return islet_simulate(protocol, options, NULL, 0, NULL, NULL,
                          problems); /* an argument is missing: there is no keeper to send to */
}

int ranks_end(cli_exit status)
{
    return status;
}
