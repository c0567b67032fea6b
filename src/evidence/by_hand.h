/* By hand: which rows a parameter was set to without a draw of it (data/evidence/set_by_hand.csv). Such a row has paid for the parameter, and nothing in the
 * draws can give that back (discrepancy_fit_apart does for those that were drawn): the parameter may be anything where the discrepancy is estimated. */
#ifndef ISLET_EVIDENCE_BY_HAND_H
#define ISLET_EVIDENCE_BY_HAND_H

#include "evidence/outcome.h"

#define BY_HAND_MAX 64 /* parameters: bits of a set */

typedef struct {
    csv_file file; /* private */
    int columns[5];
    int *bit;      /* of the parameter of each row of the file */
    int n;         /* parameters */
} by_hand;

ISLET_CHECK islet_status by_hand_parse(const char *text, size_t size, const char *path, by_hand *out, islet_problems *problems);
ISLET_CHECK islet_status by_hand_shipped(by_hand *out, islet_problems *problems);
void by_hand_free(by_hand *h);

/* The parameters that were set to a row, one bit each; 0 for most. */
uint64_t by_hand_of(const by_hand *h, const evidence_row *row);

/* Name of the parameter in a row of the file; NULL beyond the last. */
const char *by_hand_parameter(const by_hand *h, int row);

#endif
