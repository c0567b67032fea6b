/* By hand: to which rows a parameter was set without a draw of it (data/evidence/set_by_hand.csv). Such a row has paid for the parameter, and nothing in the
 * draws can give that back, as discrepancy_fit_apart does for parameters that were drawn: it does not count where the discrepancy is estimated. */
#ifndef ISLET_EVIDENCE_BY_HAND_H
#define ISLET_EVIDENCE_BY_HAND_H

#include "evidence/outcome.h"

typedef struct {
    csv_file file; /* private, as the next */
    int columns[5];
} by_hand;

ISLET_CHECK islet_status by_hand_parse(const char *text, size_t size, const char *path, by_hand *out, islet_problems *problems);
ISLET_CHECK islet_status by_hand_shipped(by_hand *out, islet_problems *problems);
void by_hand_free(by_hand *h);

/* The first parameter that was set to a row; NULL for most. */
const char *by_hand_of(const by_hand *h, const evidence_row *row);

/* Parameter and trial in a row of the table; NULL beyond the last. */
const char *by_hand_parameter(const by_hand *h, int at);
const char *by_hand_trial(const by_hand *h, int at);

#endif
