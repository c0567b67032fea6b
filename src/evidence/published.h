/* Published outcomes of trials that a run can be held against; the rows are the .csv files of data/evidence. */
#ifndef ISLET_EVIDENCE_PUBLISHED_H
#define ISLET_EVIDENCE_PUBLISHED_H

#include "islet.h"

#define PUBLISHED_TEXT 256

/* One end point of one published arm on one day: a mean of n people, or events of n. Missing numbers are NaN. */
typedef struct {
    char trial[64], arm[96], product[64];
    double dose_cells;  /* NaN: any dose */
    char regimen[64];   /* immunosuppression, taken all the time; empty: any */
    char endpoint[48], unit[24];
    int day;
    double n, value, sd, ci_low, ci_high, events;
    char role[16];      /* calibrate: was used to set the graft; validate: never was; context: describes the people */
    char note[PUBLISHED_TEXT], source[PUBLISHED_TEXT];
} published_row;

/* All compiled-in rows; the caller frees *rows. ISLET_ERR_INPUT with problems if a file is not as it should be. */
ISLET_CHECK islet_status published_read(published_row **rows, int *n_rows, islet_problems *problems);

/* The same from text; `file` names it in messages. Rows are appended. */
ISLET_CHECK islet_status published_parse(const char *text, size_t length, const char *file, published_row **rows,
                                         int *n_rows, islet_problems *problems);

#endif
