/* islet_validate: reads rows, simulates their protocols, and puts published beside simulated.
 *
 * Each protocol is simulated once with the shipped parameters, and again with a quarter of the same people for each of a
 * dozen draws of the uncertain parameters. Every row of it gets its interval from these people (predict.c). */
#include "evidence/validate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/table.h"
#include "stats/summary.h"
#include "therapy/parameter_set.h"

#define PEOPLE 192          /* default; mean HbA1c of so many has a Monte Carlo error of 0.07 % */
#define PEOPLE_SHIPPED 96   /* of the shipped rows, whose protocols are many */
#define MEMBERS 8           /* draws of the uncertain parameters that are simulated .. */
#define MEMBER_SHARE 4      /* .. with a quarter of the people each */
#define LEAST_MEMBER_PEOPLE 8

typedef struct {
    const islet_run_options *options;
    expressed rows;
    parameter_set set;
    validated_row *out;
    int members;
    int64_t people, member_people;
    double **values;        /* [row]; then [1 + member] blocks of them */
    double done, total;     /* patient-days of what is over, of all */
} job;

/* ---- simulation ---- */

static void add_progress(void *context, const islet_progress *now)
{
    job *j = context;
    islet_progress all = {j->done + now->done_patient_days, j->total};
    if (j->options->progress) j->options->progress(j->options->context, &all);
}

static bool ask_interrupted(void *context)
{
    const job *j = context;
    return j->options->interrupted && j->options->interrupted(j->options->context);
}

static double **values_of(const job *j, int member)
{
    return j->values + (size_t)(member + 1) * (size_t)j->rows.n_rows;
}

/* protocol p under the set's values and draw `member` (-1: none) */
static islet_status simulate_one(job *j, int p, int member, islet_problems *problems)
{
    params with = params_default();
    islet_protocol *changed = malloc(sizeof *changed);
    if (!changed) return ISLET_ERR_MEMORY;
    *changed = *j->rows.protocols[p].protocol;
    parameter_set_apply(&j->set, member, &with, changed);
    islet_run_options own = *j->options;
    own.progress = add_progress;
    own.interrupted = ask_interrupted;
    own.context = j;
    int64_t people = member < 0 ? j->people : j->member_people;
    islet_status status = expressed_simulate(&j->rows, p, changed, &with, &own, people, values_of(j, member), problems);
    j->done += (double)people * expressed_days_a_person(&j->rows, p);
    free(changed);
    return status;
}

static bool is_used(const job *j, int p)
{
    for (int r = 0; r < j->rows.n_rows; r++)
        if (j->rows.rows[r].protocol == p) return true;
    return false;
}

static islet_status simulate_all(job *j, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int p = 0; p < j->rows.n_protocols; p++)
        if (is_used(j, p)) j->total += expressed_days_a_person(&j->rows, p) * (double)(j->people + j->members * j->member_people);
    for (int p = 0; p < j->rows.n_protocols; p++)
        for (int member = -1; member < j->members && status == ISLET_OK && is_used(j, p); member++)
            status = simulate_one(j, p, member, problems);
    return status;
}

static bool make_room(job *j)
{
    size_t rows = (size_t)j->rows.n_rows, blocks = (size_t)j->members + 1;
    j->out = calloc(rows + 1, sizeof *j->out);
    j->values = calloc(rows * blocks + 1, sizeof *j->values);
    if (!j->out || !j->values) return false;
    for (size_t block = 0; block < blocks; block++)
        for (size_t r = 0; r < rows; r++) {
            int64_t n = block ? j->member_people : j->people;
            double *values = malloc((size_t)n * sizeof *values);
            if (!values) return false;
            for (int64_t i = 0; i < n; i++) values[i] = NAN;
            j->values[block * rows + r] = values;
        }
    return true;
}

static void job_free(job *j)
{
    for (size_t i = 0; j->values && i < (size_t)j->rows.n_rows * ((size_t)j->members + 1); i++) free(j->values[i]);
    free(j->values);
    free(j->out);
    parameter_set_free(&j->set);
    expressed_free(&j->rows);
}

/* ---- one row ---- */

static predict_statistic statistic_of(const evidence_row *row)
{
    if (outcome_is_share(&row->endpoint)) return PREDICT_SHARE;
    if (row->statistic == STATISTIC_MEDIAN) return PREDICT_MEDIAN;
    return row->statistic == STATISTIC_GEOMETRIC_MEAN ? PREDICT_GEOMETRIC_MEAN : PREDICT_MEAN;
}

/* 95 % interval of the observation: as published, else exact for counts, else from its standard error */
static void fill_observed(const evidence_row *row, validated_row *out)
{
    double se = evidence_row_se(row), events = isnan(row->events) ? round(row->value * row->n) : row->events;
    out->observed_low = row->ci_low;
    out->observed_high = row->ci_high;
    if (!isnan(row->ci_low) && !isnan(row->ci_high)) return;
    if (outcome_is_share(&row->endpoint)) {
        summary exact = summary_binomial((int64_t)events, (int64_t)row->n);
        out->observed_low = exact.ci_low;
        out->observed_high = exact.ci_high;
    } else {
        out->observed_low = row->value - NORMAL_Z_975 * se;
        out->observed_high = row->value + NORMAL_Z_975 * se;
    }
}

static void fill_row(const job *j, int r)
{
    const double *members[MEMBERS];
    const evidence_row *row = j->rows.rows[r].row;
    uint64_t seed = j->options->has_seed ? j->options->seed : 1;
    validated_row *out = &j->out[r];
    out->bound = &j->rows.rows[r];
    out->guess = NAN;
    fill_observed(row, out);
    for (int k = 0; k < j->members; k++) members[k] = values_of(j, k)[r];
    out->predicted_any = predict_trial(statistic_of(row), values_of(j, -1)[r], j->people, members, j->members, j->member_people,
                                       (int64_t)row->n, seed, (uint64_t)r, &out->predicted);
}

/* ---- tables ---- */

static const char *const row_columns[] = {"trial_id", "cohort_group", "arm_id", "endpoint", "unit", "statistic", "day", "n", "role", "observed",
                                          "observed_low", "observed_high", "simulated", "pi50_low", "pi50_high", "pi80_low", "pi80_high",
                                          "pi95_low", "pi95_high", "agrees", "miss", "people", "guess", "line", "protocol", "source"};
static const bool row_numbers[] = {false, false, false, false, false, false, true, true, false, true, true, true, true, true, true, true,
                                   true,  true,  true,  false, false, true,  true, true, false, false};
enum { ROW_COLUMNS = sizeof row_columns / sizeof *row_columns };

typedef struct {
    char text[ROW_COLUMNS][NUMBER_TEXT];
    const char *cell[ROW_COLUMNS];
    int n;
} cells;

static void add_text(cells *c, const char *text)
{
    c->cell[c->n++] = text;
}

static void add_number(cells *c, double value)
{
    number_write(value, c->text[c->n]);
    c->cell[c->n] = c->text[c->n];
    c->n++;
}

/* digits that a simulation of some hundred people can stand for */
static double rounded(double value)
{
    return isnan(value) ? NAN : round(value * 1e4) / 1e4;
}

static bool add_row(islet_table *table, const job *j, const validated_row *v)
{
    const evidence_row *row = v->bound->row;
    bool agrees = validated_inside(v, PI95);
    cells c = {.n = 0};
    add_text(&c, row->trial);
    add_text(&c, row->group);
    add_text(&c, row->arm);
    add_text(&c, row->endpoint.key);
    add_text(&c, row->endpoint.unit);
    add_text(&c, evidence_statistic_word(row->statistic));
    add_number(&c, row->day);
    add_number(&c, row->n);
    add_text(&c, evidence_role_word(row->role));
    add_number(&c, rounded(row->value));
    add_number(&c, rounded(v->observed_low));
    add_number(&c, rounded(v->observed_high));
    add_number(&c, rounded(v->predicted.simulated));
    for (int i = 0; i < PREDICT_INTERVALS; i++) {
        add_number(&c, rounded(v->predicted.low[i]));
        add_number(&c, rounded(v->predicted.high[i]));
    }
    add_text(&c, agrees ? "true" : "false");
    add_text(&c, agrees ? "" : v->predicted.simulated > row->value ? "simulated too high" : "simulated too low");
    add_number(&c, (double)v->predicted.people);
    add_number(&c, rounded(v->guess));
    add_number(&c, row->line);
    add_text(&c, j->rows.protocols[v->bound->protocol].path);
    add_text(&c, row->source);
    return table_add_row(table, c.cell);
}

static const char *const summary_columns[] = {"role", "endpoint", "unit", "rows", "inside50", "inside80", "inside95", "sharpness", "too_high",
                                              "too_low", "bias", "error", "r2", "r2_identity", "guessed", "guess_error", "skill",
                                              "independence_rows", "independence_inside_exact"};
static const bool summary_numbers[] = {false, false, false, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true, true};
enum { SUMMARY_COLUMNS = sizeof summary_columns / sizeof *summary_columns };

static bool add_summary(islet_table *table, const job *j, evidence_role role, const outcome_info *endpoint)
{
    validation_summary s;
    cells c = {.n = 0};
    validate_summarise(j->out, j->rows.n_rows, role, endpoint, &s);
    if (s.rows == 0) return true;
    add_text(&c, evidence_role_word(role));
    add_text(&c, endpoint ? endpoint->key : "all");
    add_text(&c, endpoint ? endpoint->unit : "");
    add_number(&c, s.rows);
    for (int i = 0; i < PREDICT_INTERVALS; i++) add_number(&c, rounded(s.inside[i]));
    add_number(&c, rounded(s.sharpness));
    add_number(&c, s.too_high);
    add_number(&c, s.too_low);
    add_number(&c, rounded(s.bias));
    add_number(&c, rounded(s.error));
    add_number(&c, rounded(s.r2));
    add_number(&c, rounded(s.r2_identity));
    add_number(&c, s.guessed);
    add_number(&c, rounded(s.guess_error));
    add_number(&c, rounded(s.skill));
    add_number(&c, s.shares);
    add_number(&c, rounded(s.inside_exact));
    return table_add_row(table, c.cell);
}

static bool add_left_out(islet_table *table, const evidence_row *row, const char *reason)
{
    cells c = {.n = 0};
    add_text(&c, row->trial);
    add_text(&c, row->arm);
    add_text(&c, row->endpoint.key);
    add_number(&c, row->day);
    add_text(&c, evidence_role_word(row->role));
    add_number(&c, row->line);
    add_text(&c, reason);
    return table_add_row(table, c.cell);
}

static bool fill_tables(const job *j, islet_validation *out)
{
    static const char *const left_columns[] = {"trial_id", "arm_id", "endpoint", "day", "role", "line", "reason"};
    static const bool left_numbers[] = {false, false, false, true, false, true, false};
    out->rows = table_create(ROW_COLUMNS, row_columns, row_numbers);
    out->summary = table_create(SUMMARY_COLUMNS, summary_columns, summary_numbers);
    out->left_out = table_create(7, left_columns, left_numbers);
    bool fine = out->rows && out->summary && out->left_out;
    for (int r = 0; r < j->rows.n_rows && fine; r++)
        fine = j->out[r].predicted_any ? add_row(out->rows, j, &j->out[r])
                                       : add_left_out(out->left_out, j->rows.rows[r].row, "nobody simulated is left in the arm on that day");
    for (int i = 0; i < j->rows.n_left_out && fine; i++) fine = add_left_out(out->left_out, j->rows.left_out[i].row, j->rows.left_out[i].reason);
    for (int role = ROLE_CALIBRATE; role <= ROLE_CONTEXT && fine; role++) {
        fine = add_summary(out->summary, j, (evidence_role)role, NULL);
        for (int i = 0; i < j->rows.n_rows && fine; i++) {
            const outcome_info *endpoint = validate_endpoint(j->out, i);
            if (endpoint) fine = add_summary(out->summary, j, (evidence_role)role, endpoint);
        }
    }
    return fine;
}

/* ---- public ---- */

void islet_validation_free(islet_validation *validation)
{
    if (!validation) return;
    islet_table_free(validation->rows);
    islet_table_free(validation->summary);
    islet_table_free(validation->left_out);
    free(validation);
}

static islet_status read_set(const char *path, parameter_set *out, islet_problems *problems)
{
    return path ? parameter_set_read(path, out, problems) : parameter_set_shipped(out, problems);
}

islet_status islet_validate(const char *path, const char *parameters, const islet_run_options *options, islet_validation **out,
                            islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    job j = {.options = options ? options : &defaults};
    islet_validation *made = calloc(1, sizeof *made);
    if (!made) return ISLET_ERR_MEMORY;

    /* 1. what is compared, with which parameters */
    islet_status status = path ? expressed_read(path, &j.rows, problems) : expressed_shipped(&j.rows, problems);
    if (status == ISLET_OK) status = read_set(parameters, &j.set, problems);
    if (status != ISLET_OK) goto done;
    j.people = j.options->patients > 0 ? j.options->patients : path ? PEOPLE : PEOPLE_SHIPPED;
    j.member_people = j.people / MEMBER_SHARE < LEAST_MEMBER_PEOPLE ? LEAST_MEMBER_PEOPLE : j.people / MEMBER_SHARE;
    if (j.member_people > j.people) j.member_people = j.people;
    j.members = j.set.n_draws < MEMBERS ? j.set.n_draws : MEMBERS;

    /* 2. simulate, 3. compare */
    if (!make_room(&j)) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = simulate_all(&j, problems);
    if (status != ISLET_OK) goto done;
    for (int r = 0; r < j.rows.n_rows; r++) fill_row(&j, r);
    status = validate_guess(&j.rows, j.out, problems);
    if (status == ISLET_OK && !fill_tables(&j, made)) status = ISLET_ERR_MEMORY;
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
