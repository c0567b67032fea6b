/* Simulations of a calibration: all protocols at a point, with the same people and chance at every point, and what they give for each row. */
#include "evidence/calibrate_job.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "evidence/side_by_side.h"
#include "stats/summary.h"

#define LOST_PART 4 /* one point in so many may have no result */

static bool row_is_share(const calibrate_job *j, int r)
{
    return outcome_is_share(&j->rows.rows[r].row->endpoint);
}

static void tell_done(calibrate_job *j, double patient_days)
{
#pragma omp critical(islet_calibrate)
    {
        j->done += patient_days;
        if (j->options->progress) j->options->progress(j->options->context, &(islet_progress){j->done, j->total});
    }
}

static bool ask_interrupted(void *context)
{
    const calibrate_job *j = context;
    return j->options->interrupted && j->options->interrupted(j->options->context);
}

static bool is_used(const calibrate_job *j, int p)
{
    for (int r = 0; r < j->rows.n_rows; r++)
        if (j->rows.rows[r].protocol == p) return true;
    return false;
}

double calibrate_days_a_person(const calibrate_job *j)
{
    double days = 0.0;
    for (int p = 0; p < j->rows.n_protocols; p++)
        if (is_used(j, p)) days += expressed_days_a_person(&j->rows, p);
    return days;
}

/* protocol p with the parameters at x; the rows it fills are its own */
static islet_status simulate_one(calibrate_job *j, int p, const double *x, int64_t people, int threads, islet_problems *problems)
{
    params with = params_default();
    islet_run_options own = *j->options;
    islet_protocol *changed = malloc(sizeof *changed);
    if (!changed) return ISLET_ERR_MEMORY;
    own.progress = NULL;
    own.interrupted = ask_interrupted;
    own.context = j;
    own.threads = threads;
    *changed = *j->rows.protocols[p].protocol;
    for (int i = 0; i < j->n_parameters; i++)
        parameter_set_value(&j->parameters[i].target, free_parameter_value(&j->parameters[i], x[i]), &with, changed);
    islet_status status = expressed_simulate(&j->rows, p, changed, &with, &own, people, j->values, problems);
    free(changed);
    tell_done(j, (double)people * expressed_days_a_person(&j->rows, p));
    return status;
}

typedef struct {
    calibrate_job *j;
    const double *x;
    int64_t people;
} point;

static islet_status simulate_protocol(void *context, int p, int threads, islet_problems *problems)
{
    const point *at = context;
    return is_used(at->j, p) ? simulate_one(at->j, p, at->x, at->people, threads, problems) : ISLET_OK;
}

/* all protocols with the parameters at x => j->values */
islet_status calibrate_simulate(calibrate_job *j, const double *x, int64_t people, islet_problems *problems)
{
    for (int r = 0; r < j->rows.n_rows; r++)
        for (int64_t i = 0; i < people; i++) j->values[r][i] = NAN;
    return side_by_side(j->rows.n_protocols, j->options->threads, simulate_protocol, &(point){j, x, people}, problems);
}

/* what an error of the statistic is on the row's scale */
static double error_on_scale(const discrepancy_scale *scale, double natural, double error)
{
    return scale->form == FORM_LOG ? error / (fmax(natural, 0.0) + scale->offset) : error;
}

/* statistic of a row on its scale, of n people; NaN when nobody is left. `natural` gets it as people read it. */
double calibrate_statistic(const calibrate_job *j, int r, int64_t people, double *natural, double *monte_carlo)
{
    const evidence_row *row = j->rows.rows[r].row;
    double *values = j->values[r];
    summary s = summary_mean(values, people);
    *natural = s.value;
    *monte_carlo = s.sd / sqrt((double)s.n);
    if (s.n == 0) return NAN;
    if (row_is_share(j, r)) {
        double events = s.value * (double)s.n + 0.5, others = (double)s.n + 1.0 - events;
        *monte_carlo = sqrt(1.0 / events + 1.0 / others);
        return log(events / others);
    }
    if (row->statistic == STATISTIC_GEOMETRIC_MEAN) {
        double logs = 0.0, squares = 0.0;
        for (int64_t i = 0; i < people; i++) {
            double l = isnan(values[i]) ? 0.0 : log1p(fmax(values[i], 0.0)); /* as in predict.h */
            logs += l;
            squares += l * l;
        }
        double n = (double)s.n;
        *natural = expm1(logs / n);
        *monte_carlo = (1.0 + *natural) * sqrt(fmax(squares / n - logs / n * (logs / n), 0.0) / n);
    } else if (evidence_is_median(row)) {
        int64_t known = summary_sort(values, people);
        *natural = summary_quantile(values, known, 0.5);
        *monte_carlo *= 1.2533; /* of a median over a mean, normal values */
    }
    *monte_carlo = error_on_scale(&j->scale[r], *natural, *monte_carlo);
    return discrepancy_to(&j->scale[r], *natural);
}

/* first row of the same people and kind of end points; of all other means, of the same end point */
static int block_of(const calibrate_job *j, int r, discrepancy_kind kind)
{
    discrepancy_scale scale;
    for (int at = 0; at < r; at++) {
        const evidence_row *row = j->rows.rows[at].row;
        if (kind == DISCREPANCY_other && strcmp(row->endpoint.key, j->rows.rows[r].row->endpoint.key) != 0) continue;
        if (strcmp(row->group, j->rows.rows[r].row->group) == 0 &&
            discrepancy_of_row(row, &scale) == kind)
            return at;
    }
    return r;
}

/* what of a row does not depend on the simulation: its scale, and what trials differ by */
static void fill_known(calibrate_job *j, int r, const discrepancy *shipped)
{
    const evidence_row *row = j->rows.rows[r].row;
    calibration_target *t = &j->targets[r];
    discrepancy_kind kind = discrepancy_of_row(row, &j->scale[r]);
    discrepancy_term term = shipped->term[kind];
    t->share = row_is_share(j, r);
    t->n = row->n;
    t->events = isnan(row->events) ? round(row->value * row->n) : row->events;
    t->block = block_of(j, r, kind);
    t->cohort_sd = term.cohort_sd;
    t->row_sd = term.row_sd;
    j->in_people_sds[r] = kind == DISCREPANCY_other;
}

/* published mean and its error on the row's scale; without an error that of simulated people */
static void fill_published(const calibrate_job *j, int r)
{
    const evidence_row *row = j->rows.rows[r].row;
    calibration_target *t = &j->targets[r];
    double se = evidence_row_se(row), people_sd = summary_mean(j->values[r], CALIBRATE_BASE_TIMES * j->people).sd;
    if (t->share) return;
    if (j->in_people_sds[r]) {
        t->cohort_sd *= people_sd;
        t->row_sd *= people_sd;
    }
    if (isnan(se)) se = people_sd / sqrt(row->n) * (evidence_is_median(row) ? 1.2533 : 1.0);
    if (!(se > 0.0)) se = fabs(row->value) * 0.01; /* everybody alike: printed to two digits */
    t->value = discrepancy_to(&j->scale[r], row->value);
    t->se = error_on_scale(&j->scale[r], row->value, se);
}

islet_status calibrate_simulate_base(calibrate_job *j, islet_problems *problems)
{
    const double shipped[CALIBRATE_MAX_PARAMETERS] = {0};
    discrepancy known;
    islet_status status = discrepancy_shipped(&known, problems);
    for (int r = 0; r < j->rows.n_rows && status == ISLET_OK; r++) fill_known(j, r, &known);
    if (status == ISLET_OK) status = calibrate_simulate(j, shipped, CALIBRATE_BASE_TIMES * j->people, problems);
    for (int r = 0; r < j->rows.n_rows && status == ISLET_OK; r++) {
        double natural, error, few = calibrate_statistic(j, r, j->people, &natural, &error); /* sorts only those */
        double all = calibrate_statistic(j, r, CALIBRATE_BASE_TIMES * j->people, &j->base_value[r], &j->targets[r].monte_carlo);
        j->anchor[r] = isnan(all) || isnan(few) ? 0.0 : all - few;
        fill_published(j, r);
    }
    return status;
}

/* A point without a result costs itself, not the study: its rows are missing, the emulators are fitted to the others. What ends a calibration is what
 * would end it at every point. */
static bool is_lost(islet_status status)
{
    return status == ISLET_ERR_NUMERICAL || status == ISLET_ERR_INPUT;
}

static void tell_lost(calibrate_job *j, int point, const islet_problems *why, islet_problems *problems)
{
    char at[200] = "";
    size_t used = 0;
    for (int k = 0; k < j->n_parameters && used < sizeof at - 1; k++) {
        char value[NUMBER_TEXT];
        number_write_fixed(free_parameter_value(&j->parameters[k], j->x[(size_t)point * (size_t)j->n_parameters + (size_t)k]), 4, value);
        int n = snprintf(at + used, sizeof at - used, "%s%s", k ? ", " : "", value);
        used += n > 0 ? (size_t)n : 0;
    }
    problems_warning(problems, "islet calibrate", 0, 0, "point %d (%s) has no result and is left out: %.150s", point + 1, at,
                     islet_problems_count(why) > 0 ? islet_problems_text(why, 0) : "a simulated state left its bounds");
}

static islet_status simulate_point(calibrate_job *j, int i, islet_problems *problems)
{
    double *y = j->y + (size_t)i * (size_t)j->rows.n_rows;
    islet_problems *own = islet_problems_create();
    if (!own) return ISLET_ERR_MEMORY;
    islet_status status = calibrate_simulate(j, j->x + (size_t)i * (size_t)j->n_parameters, j->people, own);
    const bool lost = is_lost(status);
    for (int r = 0; r < j->rows.n_rows && (lost || status == ISLET_OK); r++) {
        double natural, error;
        y[r] = lost ? NAN : calibrate_statistic(j, r, j->people, &natural, &error) + j->anchor[r];
    }
    if (lost) {
        j->n_lost++;
        tell_lost(j, i, own, problems);
    } else if (status != ISLET_OK && islet_problems_count(own) > 0) {
        problems_error(problems, "islet calibrate", 0, 0, "%s", islet_problems_text(own, 0));
    }
    islet_problems_free(own);
    return lost ? ISLET_OK : status;
}

islet_status calibrate_simulate_points(calibrate_job *j, int from, int to, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    const int lost_before = j->n_lost;
    for (int i = from; i < to && status == ISLET_OK; i++) status = simulate_point(j, i, problems);
    if (status != ISLET_OK || j->n_lost - lost_before <= (to - from) / LOST_PART) return status;
    problems_error(problems, "islet calibrate", 0, 0,
                   "%d of %d points have no result; expected at most one in %d; narrow the parameters or take others", j->n_lost - lost_before,
                   to - from, LOST_PART);
    return ISLET_ERR_NUMERICAL;
}
