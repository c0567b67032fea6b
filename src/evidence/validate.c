/* islet_validate: reads rows, simulates their protocols, and puts published beside simulated.
 *
 * Each protocol is simulated once with the shipped parameters, and again with a few of the same people for each of two dozen draws of the
 * uncertain parameters. Where a trial published the value before treatment, they are standardised to it (standardise.h). Every row gets its interval
 * from these people (predict.c). Where it is asked for, the discrepancy is
 * estimated from the calibration rows first, all others unseen; else it is the shipped one. A calibration row then gets its interval from the
 * other cohorts alone, so that the share inside says what to expect of new ones. */
#include "evidence/validate_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "evidence/plan.h"
#include "evidence/side_by_side.h"
#include "evidence/standardise.h"
#include "stats/summary.h"

#define PEOPLE 192          /* default; mean HbA1c of so many has a Monte Carlo error of 0.07 % */
#define PEOPLE_SHIPPED 96   /* of the shipped rows, whose protocols are many */
#define MEMBERS 24          /* draws of the uncertain parameters that are simulated .. */
#define MEMBER_SHARE 4      /* .. with so small a part of the people each: their chance is the same, what is left of it is taken off */
#define MEMBER_SHARE_ALL 16 /* .. of all shipped protocols; shares then go in steps */
#define LEAST_MEMBER_PEOPLE 8
#define SIGN_N 20           /* people of a row that carries a sign only, where their number was not published */

/* ---- simulation ---- */

static void tell_done(validate_job *j, double patient_days)
{
#pragma omp critical(islet_validate)
    {
        j->done += patient_days;
        if (j->options->progress) j->options->progress(j->options->context, &(islet_progress){j->done, j->total});
    }
}

static bool ask_interrupted(void *context)
{
    const validate_job *j = context;
    return j->options->interrupted && j->options->interrupted(j->options->context);
}

static double **values_of(const validate_job *j, int member)
{
    return j->values + (size_t)(member + 1) * (size_t)j->rows.n_rows;
}

/* protocol p under the set's values and draw `member` (-1: none); the rows it fills are its own */
static islet_status simulate_one(validate_job *j, int p, int member, int threads, islet_problems *problems)
{
    params with = params_default();
    islet_protocol *changed = malloc(sizeof *changed);
    if (!changed) return ISLET_ERR_MEMORY;
    *changed = *j->rows.protocols[p].protocol;
    parameter_set_apply(&j->set, member, &with, changed);
    islet_run_options own = *j->options;
    own.progress = NULL;
    own.interrupted = ask_interrupted;
    own.context = j;
    own.threads = threads;
    int64_t people = member < 0 ? j->people : j->member_people;
    islet_status status = expressed_simulate(&j->rows, p, changed, &with, &own, people, values_of(j, member), problems);
    free(changed);
    tell_done(j, (double)people * expressed_days_a_person(&j->rows, p));
    return status;
}

static bool is_used(const validate_job *j, int p)
{
    for (int r = 0; r < j->rows.n_rows; r++)
        if (j->rows.rows[r].protocol == p) return true;
    return false;
}

/* one draw of one protocol */
static islet_status simulate_member(void *context, int task, int threads, islet_problems *problems)
{
    validate_job *j = context;
    const int p = task / j->members;
    return is_used(j, p) ? simulate_one(j, p, task % j->members, threads, problems) : ISLET_OK;
}

static islet_status simulate_all(validate_job *j, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int p = 0; p < j->rows.n_protocols; p++)
        if (is_used(j, p)) j->total += expressed_days_a_person(&j->rows, p) * (double)(j->people + j->members * j->member_people);
    for (int p = 0; p < j->rows.n_protocols && status == ISLET_OK; p++)
        if (is_used(j, p)) status = simulate_one(j, p, -1, j->options->threads, problems);
    if (status != ISLET_OK) return status;
    return side_by_side(j->rows.n_protocols * j->members, j->options->threads, simulate_member, j, problems);
}

static bool is_difference(const validate_job *j, int r)
{
    return j->rows.rows[r].against >= 0;
}

static bool make_room(validate_job *j)
{
    size_t rows = (size_t)j->rows.n_rows, blocks = (size_t)j->members + 1;
    j->out = calloc(rows + 1, sizeof *j->out);
    j->values = calloc(rows * blocks + 1, sizeof *j->values);
    if (!j->out || !j->values) return false;
    for (size_t block = 0; block < blocks; block++)
        for (size_t r = 0; r < rows; r++) {
            int64_t n = block ? j->member_people : j->people;
            if (is_difference(j, (int)r)) n *= 3;
            double *values = malloc((size_t)n * sizeof *values);
            if (!values) return false;
            for (int64_t i = 0; i < n; i++) values[i] = NAN;
            j->values[block * rows + r] = values;
        }
    return true;
}

static void job_free(validate_job *j)
{
    for (size_t i = 0; j->values && i < (size_t)j->rows.n_rows * ((size_t)j->members + 1); i++) free(j->values[i]);
    free(j->values);
    free(j->without);
    free(j->out);
    parameter_set_free(&j->set);
    by_hand_free(&j->by_hand);
    expressed_free(&j->rows);
}

/* ---- one row ---- */

/* Events a person-year are counted over the time since the visit before; on day 0 they are people's histories, which they were taken by. */
static predict_statistic statistic_of(const evidence_row *row)
{
    if (row->endpoint.kind == ENDPOINT_KIND_rate && row->day > 0 && !evidence_is_change(row) && !evidence_is_median(row) &&
        row->statistic != STATISTIC_CHANGE_PCT && row->statistic != STATISTIC_SIGN)
        return PREDICT_RATE;
    if (evidence_is_difference(row)) return PREDICT_MEAN;
    if (outcome_is_share(&row->endpoint)) return PREDICT_SHARE;
    if (evidence_is_median(row)) return PREDICT_MEDIAN;
    return row->statistic == STATISTIC_GEOMETRIC_MEAN ? PREDICT_GEOMETRIC_MEAN : PREDICT_MEAN;
}

/* no mean of people is above: 100 of a share of time, 1 of a score; 0 where there is no such bound */
static double most_of(const evidence_row *row)
{
    const outcome_info *e = &row->endpoint;
    const bool level = !evidence_is_difference(row) && !evidence_is_change(row) && row->statistic != STATISTIC_SIGN;
    const bool share = strcmp(e->unit, "%") == 0 ? e->high == 100.0 : strcmp(e->unit, "fraction") == 0 && e->high == 1.0;
    return level && share && e->low == 0.0 ? e->high : 0.0;
}

/* 95 % interval of the observation: as published, else exact for counts, else from its standard error */
static void fill_observed(const evidence_row *row, validated_row *out)
{
    double se = evidence_row_se(row), events = isnan(row->events) ? round(row->value * row->n) : row->events;
    out->observed_low = row->ci_low;
    out->observed_high = row->ci_high;
    if (row->statistic == STATISTIC_SIGN) return; /* a sign has no interval */
    if (!isnan(row->ci_low) && !isnan(row->ci_high)) return;
    if (outcome_is_share(&row->endpoint) && !evidence_is_difference(row)) {
        summary exact = summary_binomial((int64_t)events, (int64_t)row->n);
        out->observed_low = exact.ci_low;
        out->observed_high = exact.ci_high;
    } else {
        const bool level = !evidence_is_difference(row) && !evidence_is_change(row);
        out->observed_low = row->value - NORMAL_Z_975 * se;
        out->observed_high = row->value + NORMAL_Z_975 * se;
        if (level && row->endpoint.low == 0.0 && out->observed_low < 0.0) out->observed_low = 0.0;
        if (level && most_of(row) > 0.0 && out->observed_high > most_of(row)) out->observed_high = most_of(row);
    }
}

/* Is a row standardised? Only levels of C-peptide are: calibration rows of HbA1c and insulin were not missed by less (docs/validation.md). */
static bool is_standardised(const validate_job *j, int r)
{
    const evidence_row *row = j->rows.rows[r].row;
    discrepancy_scale scale;
    const bool level = !evidence_is_change(row) && row->statistic != STATISTIC_CHANGE_PCT && row->statistic != STATISTIC_SIGN;
    return row->day > 0 && level && !is_difference(j, r) && discrepancy_of_row(row, &scale) == DISCREPANCY_c_peptide;
}

/* row of the same arm and end point before treatment; -1 when none was published */
static int row_before(const validate_job *j, int r)
{
    const expressed_row *after = &j->rows.rows[r];
    for (int b = 0; b < j->rows.n_rows && is_standardised(j, r); b++) {
        const expressed_row *before = &j->rows.rows[b];
        if (before->row->day == 0 && before->protocol == after->protocol && before->arm == after->arm &&
            before->row->statistic != STATISTIC_SIGN && !is_difference(j, b) && strcmp(before->row->trial, after->row->trial) == 0 &&
            strcmp(before->row->arm, after->row->arm) == 0 &&
            strcmp(before->row->endpoint.key, after->row->endpoint.key) == 0)
            return b;
    }
    return -1;
}

static double years_of(const expressed_row *row)
{
    return (row->day - row->since) / DAYS_PER_YEAR;
}

static double simulated_statistic(const validate_job *j, int r)
{
    prediction p;
    predict_question q = {.statistic = statistic_of(j->rows.rows[r].row),
                          .values = values_of(j, -1)[r],
                          .n_people = j->people,
                          .years = years_of(&j->rows.rows[r]),
                          .trial_n = 1};
    return predict_trial(&q, &p) ? p.simulated : NAN;
}

/* the trial's own people before treatment for the simulated ones, under the shipped values and every draw */
static void standardise_row(validate_job *j, int r)
{
    validated_row *out = &j->out[r];
    const evidence_row *row = j->rows.rows[r].row;
    int b = row_before(j, r);
    out->standardised_by = NAN;
    if (b < 0) return;
    const double *before = values_of(j, -1)[b];
    double as_enrolled = simulated_statistic(j, r), simulated = simulated_statistic(j, b);
    discrepancy_of(row->endpoint.key, row->endpoint.kind, false, &out->scale);
    if (isnan(as_enrolled) || isnan(simulated)) return;
    standard s = standard_fit(values_of(j, -1)[r], before, j->people, &out->scale, j->rows.rows[b].row->value, simulated);
    for (int k = -1; k < j->members; k++)
        standard_apply(&s, values_of(j, k)[r], before, k < 0 ? j->people : j->member_people, &out->scale);
    out->standardised_by = simulated_statistic(j, r) - as_enrolled;
}

static void predict_row(const validate_job *j, int r)
{
    const double *members[MEMBERS], *people = values_of(j, -1)[r];
    const bool difference = is_difference(j, r);
    const evidence_row *row = j->rows.rows[r].row;
    validated_row *out = &j->out[r];
    for (int k = 0; k < j->members; k++) members[k] = values_of(j, k)[r] + (difference ? 2 * j->member_people : 0);
    predict_question q = {.statistic = row->statistic == STATISTIC_SIGN ? PREDICT_MEAN : statistic_of(row),
                          .values = people + (difference ? 2 * j->people : 0),
                          .treated = difference ? people : NULL,
                          .control = difference ? people + j->people : NULL,
                          .control_n = row->n_comparator >= 1.0 ? (int64_t)row->n_comparator : (int64_t)row->n,
                          .most = most_of(row),
                          .n_people = j->people,
                          .years = years_of(&j->rows.rows[r]),
                          .members = members,
                          .n_members = j->members,
                          .n_member = j->member_people,
                          .trial_n = row->n >= 1.0 ? (int64_t)row->n : SIGN_N,
                          .seed = j->options->has_seed ? j->options->seed : 1,
                          .row = (uint64_t)r};
    out->kind = discrepancy_of_row(row, &q.scale);
    bool is_apart = j->without && row->role == ROLE_CALIBRATE;
    predict_beyond(&q, is_apart ? &j->without[r] : &j->discrepancy, out->kind);
    out->scale = q.scale;
    const bool may_widen = j->estimate && !j->without; /* by the discrepancy, which is not known yet */
    out->predicted_any = predict_trial(&q, &out->predicted) && (!out->predicted.constant || may_widen);
}

/* what is in both arms, person by person, behind them */
static void fill_differences(validate_job *j, int r)
{
    for (int k = -1; k < j->members && is_difference(j, r); k++) {
        const int64_t n = k < 0 ? j->people : j->member_people;
        double *values = values_of(j, k)[r];
        for (int64_t i = 0; i < n; i++) values[2 * n + i] = values[i] - values[n + i];
    }
}

static void fill_row(validate_job *j, int r)
{
    validated_row *out = &j->out[r];
    out->guess = NAN;
    fill_observed(out->bound->row, out);
    fill_differences(j, r);
    standardise_row(j, r);
    predict_row(j, r);
}

static islet_status compare(validate_job *j, islet_problems *problems)
{
    islet_status status = j->estimate ? ISLET_OK : discrepancy_shipped(&j->discrepancy, problems);
    for (int r = 0; r < j->rows.n_rows; r++) j->out[r].bound = &j->rows.rows[r];
    for (int r = 0; r < j->rows.n_rows && status == ISLET_OK; r++) fill_row(j, r);
    if (status != ISLET_OK || !j->estimate) return status;
    status = validate_estimate(j, problems);
    for (int r = 0; r < j->rows.n_rows && status == ISLET_OK; r++) predict_row(j, r);
    return status;
}

/* ---- public ---- */

void islet_validation_free(islet_validation *validation)
{
    if (!validation) return;
    islet_table_free(validation->rows);
    islet_table_free(validation->summary);
    islet_table_free(validation->left_out);
    islet_table_free(validation->discrepancy);
    free(validation->discrepancy_file);
    free(validation);
}

static islet_status read_set(const char *path, parameter_set *out, islet_problems *problems)
{
    return path ? parameter_set_read(path, out, problems) : parameter_set_shipped(out, problems);
}

static islet_status read_job(validate_job *j, const char *path, const char *parameters, islet_problems *problems)
{
    islet_status status = path ? expressed_read(path, &j->rows, problems) : expressed_shipped(&j->rows, problems);
    if (status == ISLET_OK) status = read_set(parameters, &j->set, problems);
    if (status == ISLET_OK) status = by_hand_shipped(&j->by_hand, problems);
    if (status != ISLET_OK) return status;
    j->people = j->options->patients > 0 ? j->options->patients : path ? PEOPLE : PEOPLE_SHIPPED;
    j->member_people = j->people / (path ? MEMBER_SHARE : MEMBER_SHARE_ALL);
    if (j->member_people < LEAST_MEMBER_PEOPLE) j->member_people = LEAST_MEMBER_PEOPLE;
    if (j->member_people > j->people) j->member_people = j->people;
    j->members = j->set.n_draws < MEMBERS ? j->set.n_draws : MEMBERS;
    return ISLET_OK;
}

islet_status islet_validate_plan(const char *path, const char *parameters, const islet_run_options *options, islet_table **out,
                                 islet_table **left_out, islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    if (!out || !left_out) return ISLET_ERR_ARGUMENT;
    *out = *left_out = NULL;
    validate_job j = {.options = options ? options : &defaults};
    islet_status status = read_job(&j, path, parameters, problems);
    if (status == ISLET_OK) status = expressed_plan(&j.rows, j.people, j.members, j.member_people, out);
    if (status == ISLET_OK && !(*left_out = validate_left_out(&j))) status = ISLET_ERR_MEMORY;
    if (status != ISLET_OK) {
        islet_table_free(*out);
        islet_table_free(*left_out);
        *out = *left_out = NULL;
    }
    job_free(&j);
    return status;
}

islet_status islet_validate(const char *path, const char *parameters, bool estimate_discrepancy, const islet_run_options *options,
                            islet_validation **out, islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    validate_job j = {.options = options ? options : &defaults, .estimate = estimate_discrepancy};
    islet_validation *made = calloc(1, sizeof *made);
    if (!made) return ISLET_ERR_MEMORY;

    /* 1. what is compared, with which parameters */
    islet_status status = read_job(&j, path, parameters, problems);
    if (status != ISLET_OK) goto done;

    /* 2. simulate, 3. compare */
    if (!make_room(&j)) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = simulate_all(&j, problems);
    if (status != ISLET_OK) goto done;
    status = compare(&j, problems);
    if (status != ISLET_OK) goto done;
    status = validate_guess(&j.rows, j.out, problems);
    if (status == ISLET_OK && !validate_tables(&j, made)) status = ISLET_ERR_MEMORY;
    if (status != ISLET_OK) goto done;
    made->people = j.people;
    made->draws = j.members;
    *out = made;
    made = NULL;
done:
    job_free(&j);
    islet_validation_free(made);
    return status;
}
