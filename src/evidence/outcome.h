/* Outcomes: what was published of trials, one fact a row, checked as a whole before anything is handed out.
 *
 * The same reader takes the shipped table (data/evidence/outcomes.csv) and a user's own rows (DESIGN, section 6). A file
 * with one impossible row gives no row at all. The format is docs/evidence.md. */
#ifndef ISLET_EVIDENCE_OUTCOME_H
#define ISLET_EVIDENCE_OUTCOME_H

#include "base/csv.h"
#include "base/endpoint.h"

typedef enum {                 /* what a row may be used for */
               ROLE_CALIBRATE, /* may set parameters */
               ROLE_VALIDATE,  /* compared and reported, never fitted */
               ROLE_CONTEXT,   /* background */
               ROLE_DIRECTION, /* a sign only: value is -1, 0 or 1 */
               ROLE_CLAIM,     /* a clinic's own words */
               ROLES
} evidence_role;

typedef enum {
    STATISTIC_SHARE, /* people with it at the day (harms: ever since day 0) */
    STATISTIC_EVER,  /* people with it at any time from day 0 to the day */
    STATISTIC_MEAN,
    STATISTIC_MEDIAN,
    STATISTIC_GEOMETRIC_MEAN,
    STATISTIC_ADJUSTED_MEAN, /* of a model of the publication */
    STATISTIC_CHANGE,        /* mean change since day 0 */
    STATISTIC_CHANGE_PCT,    /* the same in % of each person's own value then */
    STATISTIC_MEDIAN_CHANGE,
    STATISTIC_SIGN,          /* of that change, no number: value is -1, 0 or 1 */
    STATISTICS
} evidence_statistic;

/* What a published end point is; `id` is -1 for those that are not columns of a visit. */
typedef struct {
    const char *key, *unit, *sentence;
    endpoint_kind kind;
    int id;
    double low, high; /* of a mean */
} outcome_info;

bool outcome_find(const char *key, outcome_info *out); /* false if there is none */
#define UNITS_SHOWN 160
/* What a difference in `written` is multiplied with to be one in the unit of the end point (of a share, `written` may be %). False for a unit that is no
 * unit of it: `known` then lists those that are. */
bool outcome_unit_scale(const outcome_info *endpoint, const char *written, double *scale, char known[UNITS_SHOWN]);
const char *outcome_nearest(const char *key);           /* the key most like it; NULL when none is */
const char *evidence_role_word(evidence_role role);
const char *evidence_statistic_word(evidence_statistic statistic);
bool outcome_is_share(const outcome_info *endpoint); /* people with something, of n */

/* One fact. Numbers are in the unit of the end point, whatever unit the file has; missing ones are NaN, missing text "".
 * All text is borrowed from the table. */
typedef struct {
    int line; /* of the file */
    const char *trial, *group, *arm;
    const char *protocol; /* as written: a path relative to the file; arm is the name of an arm in it */
    outcome_info endpoint;
    evidence_statistic statistic;
    evidence_role role;
    int day;
    double n, value, sd, se, ci_low, ci_high; /* value: also of shares, events / n */
    double events;        /* of n; NaN for means, and for shares that were published as a percentage */
    double q1, q3;        /* quartiles around a median */
    double least, most;   /* the lowest and the highest person */
    const char *comparator; /* arm whose statistic is subtracted: the row is a difference between arms; "" or NULL: it is not */
    double n_comparator;    /* people in it, as many as n when it was not published */
    const char *arm_role; /* treatment, control, single */
    const char *part_of;  /* the arm whose people these are a part of */
    double n_arm;         /* people in the arm */
    const char *cell_type, *cell_source, *population, *design;
    const char *product, *regimen; /* shipped ones that stand for what was given, from day 0 on .. */
    double dose_cells;             /* .. and at once; NaN: any */
    const char *citation, *source, *source_kind, *note, *printed;
    int original; /* row of outcomes_original.csv, 0 when there is none */
} evidence_row;

typedef struct {
    evidence_row *rows;
    int n;
    const char *path; /* borrowed: as given to the reader */
    csv_file file;    /* private: holds the text of the rows */
} evidence_rows;

/* Read, check every row and the rows together. ISLET_ERR_INPUT with all reasons; *out is then empty. */
ISLET_CHECK islet_status evidence_read(const char *path, evidence_rows *out, islet_problems *problems);
ISLET_CHECK islet_status evidence_parse(const char *text, size_t size, const char *path, evidence_rows *out,
                                        islet_problems *problems);
ISLET_CHECK islet_status evidence_shipped(evidence_rows *out, islet_problems *problems);
void evidence_free(evidence_rows *rows);

/* Where a row's cell begins in its line, for messages; 0 when the rows were not read from a table with that column. */
int evidence_cell_column(const evidence_rows *rows, const evidence_row *row, const char *name);

/* Drop every row of another role, so that what follows cannot read it. */
void evidence_keep_role(evidence_rows *rows, evidence_role role);

/* Of levels or shares of two arms, of changes since day 0, or of what a protocol's day is counted from: what the value is of. */
bool evidence_is_difference(const evidence_row *row); /* between two arms */
bool evidence_is_change(const evidence_row *row);     /* in the unit of the end point, since day 0 */
bool evidence_is_median(const evidence_row *row);

/* Standard error of the value as published: se, else from sd and n, else from the 95 % interval (normal), else from quartiles or the range (Wan and others 2014,
 * doi:10.1186/1471-2288-14-135), else from events; NaN when nothing of it was published. */
double evidence_row_se(const evidence_row *row);

/* Why this cohort may stand on both sides of the split (DESIGN, section 9); NULL when it may not. */
const char *evidence_split_reason(const char *cohort_group);

#endif
