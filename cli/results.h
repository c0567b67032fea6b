/* The table of end points that a run prints. */
#ifndef ISLET_CLI_RESULTS_H
#define ISLET_CLI_RESULTS_H

#include "plan.h"

/* Results of a store (islet_store_results) as columns, CSV or islet.run/1 on standard output, with the intervals of
 * islet_uncertainty and the ranges of islet_alternatives where they are given (nullable). */
cli_exit results_print(const run_plan *plan, const islet_table *table, const islet_table *predictive, const islet_table *alternatives,
                       const cli_options *options);

#endif
