/* The table of end points that a run prints. */
#ifndef ISLET_CLI_RESULTS_H
#define ISLET_CLI_RESULTS_H

#include "plan.h"

/* Borrowed. */
typedef struct {
    const islet_table *results, *differences;    /* islet_store_results, islet_store_differences */
    const islet_table *predictive, *alternatives; /* islet_uncertainty, islet_alternatives; NULL unless asked for */
} results_tables;

/* Results of a store as columns, CSV or islet.run/1 on standard output. */
cli_exit results_print(const run_plan *plan, const results_tables *tables, const cli_options *options);

#endif
