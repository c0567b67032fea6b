/* islet_calibrate: which parameter values go with the calibration rows, and how far others do.
 *
 * 1. A base simulation with four times the people, at the shipped values: anchors every emulator and gives SDs that were not published.
 * 2. Wave 1: points of a Sobol sequence over the prior; wave 2: points of the posterior of wave 1, spread out. The same people and chance
 *    at every point (common random numbers).
 * 3. For every row an emulator of its statistic; likelihood from the published mean, SD or count at the trial's n.
 * 4. The point by NLopt, the posterior by adaptive Metropolis, both on the emulators; then one simulation at the point. */
#include "evidence/calibrate_job.h"
#include "evidence/plan.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "stats/summary.h"

#define PEOPLE 48          /* at every point; default */
#define POINTS_FIRST 1.6   /* points of wave 1 for each term of the emulator .. */
#define POINTS_SECOND 0.8  /* .. and of wave 2 */
#define SHARE_FIRST 0.67   /* of a number of points that was asked for */
#define SPREAD_FIRST 1.2   /* prior SDs are stretched by this in wave 1, the posterior in wave 2 */
#define SPREAD_SECOND 1.4
#define MAX_POINTS 10000
#define STEPS 9000         /* of each of four chains */
#define WAVE_DRAWS 512
#define NOT_IDENTIFIED 0.85 /* posterior SD over prior SD */

/* ---- what is asked ---- */

/* shipped value and range of a parameter: of a product or regimen those of its file */
static bool shipped_value(const parameter_target *target, double *value, double *low, double *high)
{
    union {
        product product;
        regimen regimen;
        conditioning conditioning;
    } *of = malloc(sizeof *of);
    params with = params_default();
    *low = target->low;
    *high = target->high;
    bool fine = of != NULL;
    if (fine && target->owner == OWNER_MODEL) *value = *(double *)((char *)&with + target->offset);
    else if (fine) {
        fine = target->owner == OWNER_PRODUCT   ? product_shipped(target->owner_name, &of->product)
               : target->owner == OWNER_REGIMEN ? regimen_shipped(target->owner_name, &of->regimen)
                                                : conditioning_shipped(target->owner_name, &of->conditioning);
        const sourced_value *v = (const sourced_value *)((char *)of + target->offset);
        if (fine) *value = v->value;
        if (fine && v->low < v->high) {
            *low = v->low;
            *high = v->high;
        }
    }
    free(of);
    return fine;
}

static islet_status add_parameter(calibrate_job *j, const char *name, size_t length, islet_problems *problems)
{
    char text[PARAMETER_NAME];
    free_parameter *p = &j->parameters[j->n_parameters];
    double value, low, high;
    snprintf(text, sizeof text, "%.*s", (int)length, name);
    if (length >= sizeof text || !parameter_find(text, &p->target) || !shipped_value(&p->target, &value, &low, &high)) {
        problems_error(
            problems, "--parameters", 0, 0,
            "'%s' is no parameter; expected keys of `islet params`, or PRODUCT.KEY of `islet products` (a regimen or conditioning likewise)",
            text);
        return ISLET_ERR_UNKNOWN_NAME;
    }
    for (int i = 0; i < j->n_parameters; i++)
        if (strcmp(j->parameters[i].target.name, text) == 0) {
            problems_error(problems, "--parameters", 0, 0, "'%s' is named twice; keep one", text);
            return ISLET_ERR_ARGUMENT;
        }
    free_parameter_fill(p, value, low, high);
    j->n_parameters++;
    return ISLET_OK;
}

static islet_status too_many(islet_problems *problems)
{
    problems_error(problems, "--parameters", 0, 0,
                   "more than %d parameters; expected at most as many; islet params --sensitivity says which matter",
                   CALIBRATE_MAX_PARAMETERS);
    return ISLET_ERR_ARGUMENT;
}

#define DEFAULT_SET "graft" /* and the cohorts it was fitted to */
#define DEFAULT_COHORTS "zim_forward,edmonton,citr"

/* the names that a shipped set has draws of; ISLET_ERR_UNKNOWN_NAME when there is no such set */
static islet_status read_set(calibrate_job *j, const char *name, islet_problems *problems)
{
    parameter_set shipped;
    islet_status status = parameter_set_shipped_one(name, &shipped, problems);
    for (int i = 0; status == ISLET_OK && i < shipped.n_drawn; i++)
        status = i < CALIBRATE_MAX_PARAMETERS
                     ? add_parameter(j, shipped.drawn[i].name, strlen(shipped.drawn[i].name), problems)
                     : too_many(problems);
    parameter_set_free(&shipped);
    return status;
}

/* the names in a list, each a parameter or a shipped set, whose names it then stands for */
static islet_status read_parameters(calibrate_job *j, const char *list, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    if (!list) list = DEFAULT_SET;
    while (status == ISLET_OK) {
        size_t length = strcspn(list, ",");
        char name[PARAMETER_NAME];
        snprintf(name, sizeof name, "%.*s", (int)length, list);
        status = read_set(j, name, problems);
        if (status == ISLET_ERR_UNKNOWN_NAME)
            status = j->n_parameters < CALIBRATE_MAX_PARAMETERS ? add_parameter(j, list, length, problems) : too_many(problems);
        if (!list[length]) break;
        list += length + 1;
    }
    return status;
}

/* is `word` one of the comma-separated `list`? */
static bool is_listed(const char *list, const char *word)
{
    for (size_t length; *list; list += length + (list[length] == ',')) {
        length = strcspn(list, ",");
        if (strlen(word) == length && strncmp(list, word, length) == 0) return true;
    }
    return false;
}

/* rows of role calibrate after day 0, of the cohorts asked for; a file with others is refused */
static islet_status read_rows(calibrate_job *j, const char *path, const char *cohorts, islet_problems *problems)
{
    islet_status status = path ? expressed_read(path, &j->rows, problems) : expressed_shipped(&j->rows, problems);
    if (status != ISLET_OK) return status;
    for (int r = 0; path && r < j->rows.n_rows; r++) {
        const evidence_row *row = j->rows.rows[r].row;
        if (row->role == ROLE_CALIBRATE) continue;
        problems_error(
            problems, path, row->line, 0,
            "role: '%s'; expected only rows of the role calibrate, others are never fitted; put them into a file of their own",
            evidence_role_word(row->role));
        status = ISLET_ERR_INPUT;
    }
    if (status != ISLET_OK) return status;
    expressed_keep_role(&j->rows, ROLE_CALIBRATE);
    int kept = 0;
    for (int r = 0; r < j->rows.n_rows; r++) {
        const evidence_row *row = j->rows.rows[r].row;
        if (evidence_is_difference(row)) {
            problems_warning(problems, j->rows.read.path, row->line, 0,
                             "a difference between arms; expected rows of one arm each, which are what is fitted; left out");
            continue;
        }
        if (row->day > 0 && (!cohorts || is_listed(cohorts, row->group))) j->rows.rows[kept++] = j->rows.rows[r];
    }
    j->rows.n_rows = kept;
    if (kept > 0) return ISLET_OK;
    problems_error(problems, path ? path : "the shipped rows", 0, 0,
                   "no row of the role calibrate after day 0 is left; expected at least one");
    return ISLET_ERR_INPUT;
}

/* ---- waves ---- */

/* x within the range of the parameter */
static double clipped(const free_parameter *p, double x)
{
    return free_parameter_x(p, free_parameter_value(p, x));
}

static bool place_first(calibrate_job *j, int n)
{
    /* in memory that is ours: GSL's own allocations end the program when they fail */
    double u[CALIBRATE_MAX_PARAMETERS];
    gsl_qrng sobol = {.type = gsl_qrng_sobol,
                      .dimension = (unsigned)j->n_parameters,
                      .state_size = gsl_qrng_sobol->state_size((unsigned)j->n_parameters)};
    sobol.state = malloc(sobol.state_size);
    if (!sobol.state) return false;
    gsl_qrng_init(&sobol);
    for (int i = 0; i < n; i++) {
        gsl_qrng_get(&sobol, u);
        for (int k = 0; k < j->n_parameters; k++)
            j->x[i * j->n_parameters + k] = clipped(&j->parameters[k], SPREAD_FIRST * gsl_cdf_ugaussian_Pinv(u[k]));
    }
    free(sobol.state);
    return true;
}

static void place_second(calibrate_job *j, int from, int to)
{
    int d = j->n_parameters;
    for (int k = 0; k < d; k++) {
        double mean = 0.0;
        for (int i = 0; i < j->posterior.kept; i++) mean += j->posterior.draws[i * (d + 1) + k] / j->posterior.kept;
        for (int i = from; i < to; i++) {
            double draw = j->posterior.draws[(i - from) * j->posterior.kept / (to - from) * (d + 1) + k];
            j->x[i * d + k] = clipped(&j->parameters[k], mean + SPREAD_SECOND * (draw - mean));
        }
    }
}

static bool fit_surfaces(calibrate_job *j, int points)
{
    int rows = j->rows.n_rows;
    double *y = malloc((size_t)points * sizeof *y);
    bool fine = y != NULL;
    for (int r = 0; r < rows && fine; r++) {
        calibration_target *t = &j->targets[r];
        for (int i = 0; i < points; i++) y[i] = j->y[(size_t)i * (size_t)rows + (size_t)r];
        emulator_free(&t->surface);
        fine = emulator_fit(j->x, y, points, j->n_parameters, &t->surface);
    }
    free(y);
    return fine;
}

static islet_status fit(calibrate_job *j, int points, int keep, islet_problems *problems)
{
    uint64_t seed = j->options->has_seed ? j->options->seed : 1;
    if (!fit_surfaces(j, points)) {
        problems_error(problems, "islet calibrate", 0, 0,
                       "a row has no value at most points of the prior: nobody is left in its arm; leave it out");
        return ISLET_ERR_NUMERICAL;
    }
    calibration_problem problem = {j->n_parameters, j->rows.n_rows, j->parameters, j->targets};
    mcmc_free(&j->posterior);
    if (!calibrate_point(&problem, j->point)) return ISLET_ERR_NUMERICAL;
    return calibrate_posterior(&problem, j->point, STEPS, keep, seed, &j->posterior) ? ISLET_OK : ISLET_ERR_MEMORY;
}

static bool make_room(calibrate_job *j, int points)
{
    size_t rows = (size_t)j->rows.n_rows, people = (size_t)(CALIBRATE_BASE_TIMES * j->people);
    j->x = calloc((size_t)points * (size_t)j->n_parameters, sizeof *j->x);
    j->y = calloc((size_t)points * rows, sizeof *j->y);
    j->anchor = calloc(3 * rows, sizeof *j->anchor);
    j->values = calloc(rows, sizeof *j->values);
    j->targets = calloc(rows, sizeof *j->targets);
    j->scale = calloc(rows, sizeof *j->scale);
    j->in_people_sds = calloc(rows, sizeof *j->in_people_sds);
    bool fine = j->x && j->y && j->anchor && j->values && j->targets && j->scale && j->in_people_sds;
    for (size_t r = 0; r < rows && fine; r++) {
        j->values[r] = malloc(people * sizeof **j->values);
        fine = j->values[r] != NULL;
    }
    if (!fine) return false;
    j->base_value = j->anchor + rows;
    j->fitted_value = j->anchor + 2 * rows;
    return true;
}

static void job_free(calibrate_job *j)
{
    for (int r = 0; r < j->rows.n_rows; r++) {
        if (j->values) free(j->values[r]);
        if (j->targets) emulator_free(&j->targets[r].surface);
    }
    free(j->values);
    free(j->targets);
    free(j->scale);
    free(j->in_people_sds);
    free(j->anchor);
    free(j->x);
    free(j->y);
    mcmc_free(&j->posterior);
    expressed_free(&j->rows);
}

static int terms_of(const calibrate_job *j)
{
    return 1 + 2 * j->n_parameters + j->n_parameters * (j->n_parameters - 1) / 2;
}

/* how many points: as asked, else by the terms of the emulator. With fewer than it has terms the emulator has no products, and its error says what
 * that costs. */
static islet_status count_points(calibrate_job *j, int64_t asked, islet_problems *problems)
{
    j->n_first = (int)(POINTS_FIRST * terms_of(j)) + 6;
    j->n_points = j->n_first + (int)(POINTS_SECOND * terms_of(j)) + 4;
    if (asked <= 0) return ISLET_OK;
    int least = 2 * (2 * j->n_parameters + 1);
    if (asked < least || asked > MAX_POINTS) {
        problems_error(problems, "--points", 0, 0, "%lld; expected %d to %d for %d parameters", (long long)asked, least,
                       MAX_POINTS, j->n_parameters);
        return ISLET_ERR_ARGUMENT;
    }
    j->n_points = (int)asked;
    j->n_first = (int)(SHARE_FIRST * (double)asked);
    return ISLET_OK;
}

/* base and first wave; room for both */
static islet_status run_first(calibrate_job *j, islet_problems *problems)
{
    int first = j->n_first;
    if (!make_room(j, j->n_points)) return ISLET_ERR_MEMORY;
    j->total = calibrate_days_a_person(j) * (double)j->people * (2 * CALIBRATE_BASE_TIMES + j->n_points);
    islet_status status = calibrate_simulate_base(j, problems);
    if (status == ISLET_OK && !place_first(j, first)) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = calibrate_simulate_points(j, 0, first, problems);
    return status == ISLET_OK ? fit(j, first, WAVE_DRAWS, problems) : status;
}

static islet_status run_waves(calibrate_job *j, islet_problems *problems)
{
    islet_status status = run_first(j, problems);
    if (status != ISLET_OK) return status;
    int first = j->n_first;
    place_second(j, first, j->n_points);
    status = calibrate_simulate_points(j, first, j->n_points, problems);
    if (status == ISLET_OK) status = fit(j, j->n_points, WAVE_DRAWS, problems);
    if (status == ISLET_OK) status = calibrate_simulate(j, j->point, CALIBRATE_BASE_TIMES * j->people, problems);
    for (int r = 0; r < j->rows.n_rows && status == ISLET_OK; r++) {
        double error;
        calibrate_statistic(j, r, CALIBRATE_BASE_TIMES * j->people, &j->fitted_value[r], &error);
    }
    return status;
}

/* ---- results ---- */

/* six digits: more would pretend */
static void short_number(double value, char out[NUMBER_TEXT])
{
    double digits = value != 0.0 ? pow(10.0, 5.0 - floor(log10(fabs(value)))) : 1.0;
    number_write(isnan(value) ? value : round(value * digits) / digits, out);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool add_parameter_row(islet_table *table, const calibrate_job *j, int k, double *work)
{
    const free_parameter *p = &j->parameters[k];
    int n = j->posterior.kept;
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < n; i++) {
        double x = j->posterior.draws[i * (j->n_parameters + 1) + k];
        sum += x;
        squares += x * x;
        work[i] = free_parameter_value(p, x);
    }
    double shrinks = sqrt(squares / n - sum / n * (sum / n));
    qsort(work, (size_t)n, sizeof *work, by_value);
    char text[8][NUMBER_TEXT];
    const double numbers[] = {p->shipped,
                              free_parameter_value(p, j->point[k]),
                              summary_quantile(work, n, 0.5),
                              summary_quantile(work, n, 0.025),
                              summary_quantile(work, n, 0.975),
                              free_parameter_value(p, -NORMAL_Z_975),
                              free_parameter_value(p, NORMAL_Z_975),
                              shrinks};
    for (int i = 0; i < 8; i++) short_number(numbers[i], text[i]);
    return table_add_row(table,
                         (const char *const[]){p->target.name, text[0], text[1], text[2], text[3], text[4], text[5],
                                               text[6], text[7], shrinks < NOT_IDENTIFIED ? "yes" : "no"});
}

#define PAIR_LEAST 0.2 /* correlations below this are left out: chains and surfaces are not that good */

/* correlation of two parameters over the posterior, on the scale of the prior */
static double correlation_of(const calibrate_job *j, int a, int b)
{
    const int width = j->n_parameters + 1, n = j->posterior.kept;
    double sum_a = 0.0, sum_b = 0.0, aa = 0.0, bb = 0.0, ab = 0.0;
    for (int i = 0; i < n; i++) {
        const double x = j->posterior.draws[i * width + a], y = j->posterior.draws[i * width + b];
        sum_a += x, sum_b += y, aa += x * x, bb += y * y, ab += x * y;
    }
    return (ab - sum_a * sum_b / n) / sqrt((aa - sum_a * sum_a / n) * (bb - sum_b * sum_b / n));
}

static bool add_pairs(islet_table *table, const calibrate_job *j)
{
    for (int a = 0; a < j->n_parameters; a++)
        for (int b = a + 1; b < j->n_parameters; b++) {
            const double r = correlation_of(j, a, b);
            char text[NUMBER_TEXT];
            if (!(fabs(r) >= PAIR_LEAST)) continue;
            number_write(round(r * 100.0) / 100.0, text);
            if (!table_add_row(table, (const char *const[]){j->parameters[a].target.name, j->parameters[b].target.name, text})) return false;
        }
    return true;
}

static bool add_result_row(islet_table *table, const calibrate_job *j, int r)
{
    const evidence_row *row = j->rows.rows[r].row;
    char day[NUMBER_TEXT], n[NUMBER_TEXT], text[4][NUMBER_TEXT];
    number_write(row->day, day);
    number_write(row->n, n);
    short_number(row->value, text[0]);
    short_number(evidence_row_se(row), text[1]);
    short_number(j->base_value[r], text[2]);
    short_number(j->fitted_value[r], text[3]);
    return table_add_row(table, (const char *const[]){row->trial, row->arm, row->endpoint.key,
                                                      evidence_statistic_word(row->statistic), day, n, text[0], text[1],
                                                      text[2], text[3]});
}

/* the parameter set as text: values at the point, draws of the posterior */
static char *write_set(const calibrate_job *j)
{
    int d = j->n_parameters;
    size_t room = 2048 + (size_t)d * (PARAMETER_NAME + NUMBER_TEXT + 4) * 2 +
                  (size_t)CALIBRATE_DRAWS * (size_t)d * (NUMBER_TEXT + 2),
           at = 0;
    char *out = malloc(room), number[NUMBER_TEXT];
    if (!out) return NULL;
    at += (size_t)snprintf(
        out + at, room - at,
        "# Made by: islet calibrate (docs/calibration.md).\nislet_params: 1\ntitle: Fitted to %d calibration rows\nvalues:\n",
        j->rows.n_rows);
    for (int k = 0; k < d; k++) {
        short_number(free_parameter_value(&j->parameters[k], j->point[k]), number);
        at += (size_t)snprintf(out + at, room - at, "  %s: %s\n", j->parameters[k].target.name, number);
    }
    at += (size_t)snprintf(out + at, room - at, "draws:\n  parameters:\n");
    for (int k = 0; k < d; k++) at += (size_t)snprintf(out + at, room - at, "    - %s\n", j->parameters[k].target.name);
    at += (size_t)snprintf(out + at, room - at, "  values:\n");
    for (int i = 0; i < CALIBRATE_DRAWS; i++) {
        const double *draw = j->posterior.draws + (size_t)(i * (WAVE_DRAWS / CALIBRATE_DRAWS)) * ((size_t)d + 1);
        for (int k = 0; k < d; k++) {
            short_number(free_parameter_value(&j->parameters[k], draw[k]), number);
            at += (size_t)snprintf(out + at, room - at, "%s%s", k ? ", " : "    - [", number);
        }
        at += (size_t)snprintf(out + at, room - at, "]\n");
    }
    return out;
}

static bool fill_result(const calibrate_job *j, islet_calibration *out)
{
    static const char *const parameter_columns[] = {"parameter",     "shipped",   "fitted",    "median",
                                                    "low",           "high",      "prior_low", "prior_high",
                                                    "sd_over_prior", "identified"};
    static const bool parameter_numbers[] = {false, true, true, true, true, true, true, true, true, false};
    static const char *const row_columns[] = {"trial_id", "arm_id",   "endpoint",    "statistic", "day",
                                              "n",        "observed", "observed_se", "shipped",   "fitted"};
    static const bool row_numbers[] = {false, false, false, false, true, true, true, true, true, true};
    double *work = malloc((size_t)j->posterior.kept * sizeof *work);
    out->parameters = table_create(10, parameter_columns, parameter_numbers);
    out->rows = table_create(10, row_columns, row_numbers);
    out->pairs = table_create(3, (const char *const[]){"parameter", "with", "correlation"}, (const bool[]){false, false, true});
    out->set = write_set(j);
    bool fine = work && out->parameters && out->rows && out->pairs && out->set && add_pairs(out->pairs, j);
    for (int k = 0; k < j->n_parameters && fine; k++) fine = add_parameter_row(out->parameters, j, k, work);
    for (int r = 0; r < j->rows.n_rows && fine; r++) fine = add_result_row(out->rows, j, r);
    out->points = j->n_points;
    out->lost = j->n_lost;
    out->draws = CALIBRATE_DRAWS;
    out->accepted = j->posterior.accepted;
    out->r_hat = j->posterior.r_hat;
    double sum = 0.0;
    for (int i = 0; i < j->posterior.kept; i++) sum += exp(j->posterior.draws[i * (j->n_parameters + 1) + j->n_parameters]);
    out->discrepancy = sum / j->posterior.kept;
    free(work);
    return fine;
}

void islet_calibration_free(islet_calibration *calibration)
{
    if (!calibration) return;
    islet_table_free(calibration->parameters);
    islet_table_free(calibration->rows);
    islet_table_free(calibration->pairs);
    free(calibration->set);
    free(calibration);
}

/* what every calibration begins with; *j is the caller's to free, also after a failure */
static islet_status prepare(calibrate_job *j, const char *path, const char *parameters, const char *cohorts,
                            const islet_run_options *options, islet_problems *problems)
{
    static const islet_run_options defaults = {0};
    j->options = options ? options : &defaults;
    j->people = j->options->patients > 0 ? j->options->patients : PEOPLE;
    islet_status status = read_parameters(j, parameters, problems);
    if (status == ISLET_OK && j->n_parameters == 0) {
        problems_error(problems, "--parameters", 0, 0, "no parameter; the shipped set has draws of none; name some");
        status = ISLET_ERR_ARGUMENT;
    }
    if (!path && !parameters && !cohorts) cohorts = DEFAULT_COHORTS;
    return status == ISLET_OK ? read_rows(j, path, cohorts, problems) : status;
}

void calibrate_problem_free(calibration_problem *problem)
{
    for (int t = 0; t < problem->n_targets; t++) emulator_free(&problem->targets[t].surface);
    free(problem->targets);
    free(problem->parameters);
    *problem = (calibration_problem){0};
}

islet_status calibrate_first_wave(const char *path, const char *parameters, const char *cohorts, const islet_run_options *options,
                                  calibration_problem *out, islet_problems *problems)
{
    calibrate_job *j = calloc(1, sizeof *j);
    *out = (calibration_problem){0};
    if (!j) return ISLET_ERR_MEMORY;
    islet_status status = prepare(j, path, parameters, cohorts, options, problems);
    if (status == ISLET_OK) status = count_points(j, 0, problems);
    if (status == ISLET_OK) status = run_first(j, problems);
    free_parameter *copy = malloc(sizeof j->parameters);
    if (status == ISLET_OK && !copy) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) {
        memcpy(copy, j->parameters, sizeof j->parameters);
        *out = (calibration_problem){j->n_parameters, j->rows.n_rows, copy, j->targets};
        j->targets = NULL; /* now the caller's */
        copy = NULL;
    }
    free(copy);
    job_free(j);
    free(j);
    return status;
}

islet_status islet_calibrate(const char *path, const char *parameters, const char *cohorts, int64_t points,
                             const islet_run_options *options, islet_calibration **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    calibrate_job *j = calloc(1, sizeof *j);
    islet_calibration *made = calloc(1, sizeof *made);
    islet_status status = j && made ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status != ISLET_OK) goto done;
    status = prepare(j, path, parameters, cohorts, options, problems);
    if (status == ISLET_OK) status = count_points(j, points, problems);
    if (status == ISLET_OK) status = run_waves(j, problems);
    if (status == ISLET_OK && !fill_result(j, made)) status = ISLET_ERR_MEMORY;
    if (status != ISLET_OK) goto done;
    *out = made;
    made = NULL;
done:
    if (j) job_free(j);
    free(j);
    islet_calibration_free(made);
    return status;
}

islet_status islet_calibrate_plan(const char *path, const char *parameters, const char *cohorts, int64_t points,
                                  const islet_run_options *options, islet_table **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    calibrate_job *j = calloc(1, sizeof *j);
    if (!j) return ISLET_ERR_MEMORY;
    islet_status status = prepare(j, path, parameters, cohorts, options, problems);
    if (status == ISLET_OK) status = count_points(j, points, problems);
    if (status == ISLET_OK) status = expressed_plan(&j->rows, 2 * CALIBRATE_BASE_TIMES * j->people, j->n_points, j->people, out);
    job_free(j);
    free(j);
    return status;
}
