/* Within validate: what is compared and what was simulated, shared by its parts - simulation and intervals (validate.c), the discrepancy from calibration rows
 * (validate_estimate.c), and the tables (validate_tables.c). */
#ifndef ISLET_EVIDENCE_VALIDATE_JOB_H
#define ISLET_EVIDENCE_VALIDATE_JOB_H

#include "evidence/by_hand.h"
#include "evidence/validate.h"
#include "therapy/parameter_set.h"

typedef struct {
    const islet_run_options *options;
    expressed rows;
    parameter_set set;
    by_hand by_hand;
    discrepancy discrepancy;
    discrepancy *without;   /* [row]: estimated without the row's cohort, of calibration rows; NULL when nothing was estimated */
    bool estimate;          /* the discrepancy, from these rows */
    validated_row *out;
    int members;
    int64_t people, member_people;
    double **values;        /* [row]; then [1 + member] blocks of them; of a difference three: arm, arm that is subtracted, difference */
    double done, total;     /* patient-days of what is over, of all */
} validate_job;

/* The discrepancy of every kind into j->discrepancy, and that of the other cohorts for each row into j->without; an error where no row may set it. */
ISLET_CHECK islet_status validate_estimate(validate_job *j, islet_problems *problems);

/* All tables of the result; false when memory fails. */
bool validate_tables(const validate_job *j, islet_validation *out);

/* The table of rows left out before anything is simulated; NULL when memory fails. */
islet_table *validate_left_out(const validate_job *j);

#endif
