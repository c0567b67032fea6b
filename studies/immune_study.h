/* The immune study: people from the diagnosis of type 1 diabetes on, what is read from them, the rows of evidence beside it, and what may be moved to meet
 * them. fit_immune.c searches. */
#ifndef ISLET_STUDIES_IMMUNE_STUDY_H
#define ISLET_STUDIES_IMMUNE_STUDY_H

#include "trial/trial.h"

/* ---- people: immune_people.c ---- */

enum { ADULT, CHILD, RESET, RESET_CHILD, YOUNG, EARLY, LATE, GROUPS };

typedef struct {
    struct islet_protocol protocol;
    int n, n_visits;
    double *values; /* [arm][patient][visit][endpoint] */
    double *diagnosed_year;
    unsigned char *was_free;  /* of insulin, by 18 months */
    double *free_day;         /* the longest time without insulin */
} group_study;

typedef struct {
    group_study of[GROUPS];
    params params;
    int evaluations;
} study;

bool study_read(study *s, int n);
void study_free(study *s);
void study_simulate(study *s, int first, int last); /* groups, both included */
double value_of(const group_study *s, int arm, int who, int day, endpoint_id e);
double value_at(const group_study *s, int who, int day, endpoint_id e); /* of the first arm */

/* ---- readings: immune_readings.c ---- */

#define AUC ENDPOINT_c_peptide_auc_mean_nmol_l
#define PEAK ENDPOINT_c_peptide_stimulated_nmol_l
#define FASTING ENDPOINT_c_peptide_fasting_nmol_l

typedef double reading(const group_study *s, int who, int day, endpoint_id e);
reading logarithm, log_of_one_more, detected, above_0_2, low_dose_and_hba1c, ever_in_remission, was_free;

/* Whom a row is about: ages at diagnosis, and the peak of C-peptide that a trial asked for when people entered it. */
typedef struct {
    double low, high;
    double peak_nmol_l;
} ages;
static const ages all_ages = {0.0, 200.0, 0.0};
static const ages in_trials = {0.0, 200.0, 0.2};

double mean_of(const group_study *s, reading *read, int day, endpoint_id e, ages of);
double both(const study *s, reading *read, int day, endpoint_id e); /* mean of adults and children who could enter a trial */
double quantile_of(const study *s, int day, endpoint_id e, ages of, int first, double share);
double quartile_ratio(const study *s, int day, endpoint_id e, ages of, int first);
double spread_of(const study *s, int day, endpoint_id e, ages of, int first);
double young_median(const study *s, int day, endpoint_id e);
double severe_per_100_years(const group_study *s);
double yearly_pct(const study *s, int first_year, int last_year);
double change_pct(const study *s, ages of);
double late_detected(const study *s, ages of, int group);
double gain(const group_study *s, int arm, int day);
double free_for_pct(const group_study *s, double days);
double reset_at(const study *s, int group, int month, endpoint_id e);
void print_course(const study *s);

/* ---- rows: immune_rows.c ---- */

enum { CHECKED, NATURAL, TREATMENT }; /* what a row is fitted by: nothing, the natural history with the reset, drugs */

/* row, observed, error, fitted by, simulated; errors: half the interval over 1.96 where one is printed, else ours, never less than
 * what a model of such people can mean. */
typedef struct {
    const char *row;
    double observed, error;
    int fitted;
    double simulated;
} evidence_row;

#define MOST_ROWS 80
int natural_rows(const study *s, evidence_row *out);
int treatment_rows(const study *s, evidence_row *out);
double miss(const evidence_row *row); /* in errors */
void print_rows(const evidence_row *rows, int n);

/* ---- what is fitted: immune_unknowns.c ---- */

/* A parameter of the model, of both populations or of a treatment; its way from the shipped value has a prior with this SD (of the log). */
typedef struct {
    const char *name;
    int fitted;
    double sd;
    size_t offset; /* in params, where it is one */
} unknown;

#define UNKNOWNS 24
extern const unknown unknowns[UNKNOWNS];
double unknown_get(study *s, int i);
void unknown_set(study *s, int i, double value);
bool unknown_set_by_text(study *s, const char *key_equals_value); /* one of these or any parameter; false: no such name */

#endif
