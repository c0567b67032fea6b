/* Within claims: lists of names, and the tests that files of products and paths answer (claims_files.c). */
#ifndef ISLET_EVIDENCE_CLAIMS_JUDGE_H
#define ISLET_EVIDENCE_CLAIMS_JUDGE_H

#include "evidence/claims.h"

#define CLAIM_NO_TRIAL "none" /* in place of a trial: nobody has tried it */
#define CLAIM_PARTS 3 /* TRIAL:arm:control */
#define CLAIM_PART_SIZE 160

/* The next "A:b:c" of a list separated by ;, cut into parts; false at the end. */
bool claim_next_named(const char **list, char part[CLAIM_PARTS][CLAIM_PART_SIZE]);

/* A cell of a library table; "" without that column. */
const char *claim_cell_text(const islet_table *table, int row, const char *name);

/* RR or OR: of a ratio 1 is no effect. */
bool claim_measure_is_ratio(const char *measure);

/* Each fills the verdict and why; false when memory runs out. */
ISLET_CHECK bool claim_judge_mechanism(claim *c);
ISLET_CHECK bool claim_judge_criterion(claim *c);
ISLET_CHECK bool claim_judge_route(claim *c);
ISLET_CHECK bool claim_judge_step(claim *c);

#endif
