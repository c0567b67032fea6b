/* Validate: published rows beside what simulated trials of the same size find, row by row and summed up. */
#ifndef ISLET_EVIDENCE_VALIDATE_H
#define ISLET_EVIDENCE_VALIDATE_H

#include "evidence/expressed.h"
#include "evidence/predict.h"

typedef struct {
    const expressed_row *bound;
    double observed_low, observed_high; /* 95 %, NaN when nothing of it was published */
    discrepancy_kind kind;
    discrepancy_scale scale;
    prediction predicted;
    double standardised_by; /* what the trial's own value before treatment moved the simulated statistic by; NaN where it was not published */
    bool predicted_any;   /* false: nobody is left in the arm on that day */
    double guess;         /* mean of the calibration trials of that kind of cells; NaN when there is none */
} validated_row;

/* Does the observation lie between the limits? Counts are equal when they print alike. */
bool validated_inside(const validated_row *row, int interval);
bool validated_inside_bare(const validated_row *row, int interval); /* without the discrepancy */

/* A row that carries only a sign of the change since day 0. Does the simulated change have it? 0, "no significant change", when a trial of its
 * size (where it was published) may find none. */
static inline bool validated_is_sign(const validated_row *row)
{
    return row->bound->row->statistic == STATISTIC_SIGN;
}
bool validated_sign_agrees(const validated_row *row);

/* Summary of the rows of one role after day 0, of one end point or (NULL) of all: rows of day 0 say who was enrolled, which
 * the protocol is written after, and are shown only. Numbers that do not exist are NaN. */
typedef struct {
    int rows;
    double inside[PREDICT_INTERVALS]; /* shares */
    double sharpness;      /* median of pi95's width over that of the trial's own interval */
    double bare[PREDICT_INTERVALS], bare_sharpness; /* both without the discrepancy */
    int too_high, too_low; /* misses: simulated above, below the observation */
    double bias, error;    /* mean of simulated - observed, mean absolute; one end point only */
    double r2, r2_identity; /* squared correlation; 1 - squared errors over squares about the mean */
    int guessed;           /* rows with a plain guess */
    double guess_error, skill; /* of the guess; 1 - error / guess_error over the same rows */
    int shares;            /* rows of insulin independence .. */
    double inside_exact;   /* .. and how many of them have the simulated share in the trial's exact interval */
} validation_summary;

void validate_summarise(const validated_row *rows, int n, evidence_role role, const outcome_info *endpoint, validation_summary *out);

/* End point of row i if no row before has it, else NULL: for going through all end points once. */
const outcome_info *validate_endpoint(const validated_row *rows, int i);

/* The plain guess for every row: mean of the calibration trials with that kind of cells, diabetes and end point. */
ISLET_CHECK islet_status validate_guess(const expressed *rows, validated_row *out, islet_problems *problems);

#endif
