/* Discrepancy: how far a new trial lies from its simulation beyond chance and parameters - trials differ in what nobody wrote down, and
 * the model is not the world (Kennedy and O'Hagan 2001, doi:10.1111/1467-9868.00294).
 *
 *   z(observed) = z(simulated) + parameters + cohort + row + sampling       z: the kind's scale below
 *
 * What two arms of one trial differ by holds no cohort, which is in both: row - row. cohort ~ N(0, cohort_sd^2) is shared by the rows of the same people, row ~ N(0, row_sd^2) is a row's own; both means are 0, so that a
 * bias of the model widens intervals instead of being subtracted in silence. Estimated from rows of the role calibrate only
 * (discrepancy_fit.c), kept in data/evidence/discrepancy.csv, and added to every predictive interval. */
#ifndef ISLET_EVIDENCE_DISCREPANCY_H
#define ISLET_EVIDENCE_DISCREPANCY_H

#include "evidence/outcome.h"

/* Kinds of end points whose trials differ alike. */
#define DISCREPANCY_KINDS(KIND)                                                    \
    KIND(hba1c, "HbA1c, points of %")                                              \
    KIND(insulin, "injected dose, log of (dose + 0.05 U/kg/day)")                  \
    KIND(c_peptide, "C-peptide, log of (nmol/L + 0.02)")                           \
    KIND(c_peptide_change, "change of C-peptide, nmol/L")                          \
    KIND(share, "shares of people, logit")                                         \
    KIND(time_in_range, "sensor time, points of %")                                \
    KIND(glucose, "fasting and mean glucose, mg/dL")                               \
    KIND(other, "all other means, SDs between people")

typedef enum {
#define KIND(name, sentence) DISCREPANCY_##name,
    DISCREPANCY_KINDS(KIND)
#undef KIND
        DISCREPANCY_COUNT
} discrepancy_kind;

typedef enum { FORM_LINEAR, FORM_LOG, FORM_LOGIT } discrepancy_form;

/* z = x, log(x + offset) or logit(x). */
typedef struct {
    discrepancy_form form;
    double offset;
} discrepancy_scale;

double discrepancy_to(const discrepancy_scale *scale, double x);
double discrepancy_from(const discrepancy_scale *scale, double z);

/* Kind and scale of an end point; the scale's offset is in the unit of the end point. `change`: since day 0. */
discrepancy_kind discrepancy_of(const char *endpoint, endpoint_kind kind, bool change, discrepancy_scale *scale);

/* Of a row: relative changes differ as doses and levels do, differences between two arms as changes. */
discrepancy_kind discrepancy_of_row(const evidence_row *row, discrepancy_scale *scale);

typedef struct {
    int rows, cohorts;         /* behind it; 0: derived from another kind (discrepancy_derive) */
    double bias, bias_se;      /* of observed - simulated, not used: shown */
    double cohort_sd, row_sd;  /* expected, over what the rows leave open */
    double sd, df;             /* scale and degrees of freedom of the Student t that a new trial's row is drawn from; sd is 0 when nothing is known */
    double arms_sd, arms_df;   /* the same of a difference between two arms */
} discrepancy_term;

typedef struct {
    discrepancy_term term[DISCREPANCY_COUNT];
} discrepancy;

const char *discrepancy_name(discrepancy_kind kind);

/* One calibration row on the scale of its kind. */
typedef struct {
    double off;            /* observed - simulated, the draws' mean taken as the simulated */
    double sampling_sd;    /* of the statistic at the trial's n, with the Monte Carlo error */
    int cohort;            /* number of its people */
    const double *shift;   /* under each draw, about their mean; borrowed */
} discrepancy_point;

/* Fit n points with n_draws draws each; one cohort tells nothing of others, and leaves the sd at 0. False when memory fails. */
bool discrepancy_fit(const discrepancy_point *points, int n, int n_draws, discrepancy_term *out);

/* The same for rows that had a part in the draws: a row that helped to set the parameters lies nearer to them than a new one will, its residual has paid for the degrees
 * of freedom it used. Each cohort is held against the draws without it: draw k counts by the inverse of the likelihood that the cohort's points give it, by no more than
 * sqrt(n_draws) times the mean (truncated importance weights: Ionides 2008, doi:10.1198/106186008X320456). That likelihood needs the discrepancy, so a few passes are made, each
 * with the mean of what the two before it found. */
bool discrepancy_fit_apart(const discrepancy_point *points, int n, int n_draws, discrepancy_term *out);

/* What too few trials tell, out of another kind: time in range 12.5 points and mean glucose 28.7 mg/dL for one point of HbA1c, a change of C-peptide
 * 0.6 nmol/L times the relative difference of the level. Other kinds with fewer cohorts than DISCREPANCY_LEAST_COHORTS get nothing. */
#define DISCREPANCY_LEAST_COHORTS 3
void discrepancy_derive(discrepancy *d);

ISLET_CHECK islet_status discrepancy_parse(const char *text, size_t size, const char *path, discrepancy *out, islet_problems *problems);
ISLET_CHECK islet_status discrepancy_shipped(discrepancy *out, islet_problems *problems);
char *discrepancy_text(const discrepancy *d); /* the file; free() it; NULL when memory fails */

#endif
