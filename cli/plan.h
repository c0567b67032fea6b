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

/* "5 years", "1 year", "120 days" */
#define FOLLOW_UP_ROOM 32
void follow_up_text(double years, char out[FOLLOW_UP_ROOM]);

/* "each simulated in every arm", or what else the people of the arms have to do with each other; "" with one arm */
const char *pairing_text(const run_plan *plan);

/* islet run --dry-run */
cli_exit plan_print(const run_plan *plan, const cli_options *options);

/* --dry-run of islet forecast, validate, calibrate and claims; left_out may be NULL */
cli_exit plan_print_trials(const islet_table *plan, const islet_table *left_out, const cli_options *options);

#endif
