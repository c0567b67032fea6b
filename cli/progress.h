/* Progress of a run: one line on a terminal, with the rate and the time left. */
#ifndef ISLET_CLI_PROGRESS_H
#define ISLET_CLI_PROGRESS_H

#include <stdbool.h>

#include "islet.h"

typedef struct {
    bool shown;          /* standard error is a terminal and nobody asked for quiet */
    double start_s, last_s;
    double done, total;  /* patient-days */
} progress;

void progress_begin(progress *p, bool quiet);
void progress_show(void *p, const islet_progress *state); /* for islet_run_options.progress */
void progress_end(progress *p);                           /* wipes the line */

/* 730000 as "730,000" */
#define GROUPED_ROOM 32
void grouped_text(double value, char out[GROUPED_ROOM]);

/* 75 s as "1 min 15 s" */
#define DURATION_ROOM 48
void duration_text(double seconds, char out[DURATION_ROOM]);

#endif
