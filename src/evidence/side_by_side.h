/* Side by side: simulations that know nothing of each other, each on one thread. So few people as a draw or a point has
 * would leave all threads but one idle. */
#ifndef ISLET_EVIDENCE_SIDE_BY_SIDE_H
#define ISLET_EVIDENCE_SIDE_BY_SIDE_H

#include <stdbool.h>

#include "islet.h"

/* Task `task`, on so many threads; problems is NULL while others run. */
typedef islet_status (*side_task)(void *context, int task, int threads, islet_problems *problems);

/* All tasks on `threads` threads (0: every processor). Nothing is said from within: where one fails, the others not yet begun
 * are left out, and it is done again alone, with its message; should it then succeed, so is every other. */
ISLET_CHECK islet_status side_by_side(int tasks, int threads, side_task run, void *context, islet_problems *problems);

#endif
