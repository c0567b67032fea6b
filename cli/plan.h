/* What a run will do, after the options. */
#ifndef ISLET_CLI_PLAN_H
#define ISLET_CLI_PLAN_H

#include "islet.h"
#include "options.h"

typedef struct {
    const islet_protocol *protocol; /* borrowed, as are the names */
    const char *store, *report;
    uint64_t seed;
    int64_t patients;
    double years;
    int arms;
    double patient_days;
    bool paired;
} run_plan;

void plan_fill(run_plan *plan, const islet_protocol *protocol, const cli_options *options);

/* islet run --dry-run */
cli_exit plan_print(const run_plan *plan, const cli_options *options);

#endif
