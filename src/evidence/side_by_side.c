/* Side by side; see side_by_side.h. */
#include "evidence/side_by_side.h"

#include <omp.h>

islet_status side_by_side(int tasks, int threads, side_task run, void *context, islet_problems *problems)
{
    const int team = threads > 0 ? threads : omp_get_num_procs();
    int failed = -1;
#pragma omp parallel for schedule(dynamic, 1) num_threads(team)
    for (int t = 0; t < tasks; t++) {
        int stop;
#pragma omp atomic read
        stop = failed;
        if (stop >= 0 || run(context, t, 1, NULL) == ISLET_OK) continue;
#pragma omp atomic write
        failed = t;
    }
    if (failed < 0) return ISLET_OK;
    islet_status status = run(context, failed, team, problems);
    for (int t = 0; t < tasks && status == ISLET_OK; t++)
        if (t != failed) status = run(context, t, team, problems);
    return status;
}
