/* Sensitivity: which parameters the results of a protocol depend on.
 *
 *   sensitivity morris PROTOCOL PEOPLE TRAJECTORIES > data/sensitivity/morris.csv
 *   sensitivity sobol PROTOCOL PEOPLE POINTS NAME,NAME,.. > data/sensitivity/sobol.csv      (make sensitivity runs both)
 *
 * Inputs are all parameters of params.def and all numbers of the products and drugs of the protocol's first arm, each on its own scale and in
 * SDs of its prior (evidence/calibrate.h): four levels from -1.5 to 1.5. Outputs are those of the arm's last visit, means over the same people with the
 * same chance in every run, divided by the SD between people, so that 1 means as much as people differ.
 *
 * Morris: elementary effects along random paths, one input at a time over 2/3 of its range (Technometrics 33 (1991) 161-174); mu_star is the mean of
 * their sizes (Campolongo 2007), sigma their SD, effects their number. Where a person's glucose leaves what is possible the run has no result: a path that
 * begins there is drawn anew, a step that leads there is taken back and its effect left out, so that one point costs one effect; both are counted. Sobol: a quadratic emulator through points of a Sobol sequence over the same range, inputs uniform; indices on the
 * emulator (stats/sobol_index.h), intervals by drawing the points again and fitting anew. */
#include <gsl/gsl_qrng.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "evidence/calibrate.h"
#include "stats/sobol_index.h"
#include "stats/summary.h"
#include "trial/trial.h"

#define INPUTS 400
#define LEVELS 4
#define STEP 2.0        /* SDs; of a range of 3 */
#define RANGE_HALF 1.5
#define SAMPLES 3000    /* points of A and of B on the emulator */
#define BOOTSTRAPS 100
#define MOST_PATHS 64
#define BEGINNINGS 20   /* of a path, until one has a result */

static const endpoint_id outputs[] = {ENDPOINT_hba1c_pct,         ENDPOINT_time_in_range_pct,           ENDPOINT_insulin_u_per_kg_day,
                                      ENDPOINT_time_below_54_pct, ENDPOINT_c_peptide_stimulated_nmol_l, ENDPOINT_insulin_independent};
enum { OUTPUTS = sizeof outputs / sizeof *outputs };

typedef struct {
    islet_protocol *protocol, *changed;
    int n;
    free_parameter inputs[INPUTS];
    const char *standing[INPUTS];
    int64_t people;
    double *values[OUTPUTS]; /* [person] at the last visit */
    double scale[OUTPUTS];
    int runs, failed;
} study;

/* ---- inputs ---- */

static bool add_input(study *s, const char *name, double low, double high, const char *standing)
{
    free_parameter *p = &s->inputs[s->n];
    params with = params_default();
    if (s->n == INPUTS || !parameter_find(name, &p->target)) return false;
    double shipped = parameter_value(&p->target, &with, s->protocol);
    if (!(low < high)) low = p->target.low, high = p->target.high;
    if (isnan(shipped)) return false;
    free_parameter_fill(p, shipped, low, high);
    if (!(p->sd > 0.0) || !isfinite(p->centre)) return false;
    s->standing[s->n++] = standing;
    return true;
}

static bool is_used(const study *s, const char *owner)
{
    const protocol_arm *arm = &s->protocol->arms[0];
    for (int i = 0; i < arm->n_courses; i++)
        if (strcmp(s->protocol->products[arm->courses[i].product].name, owner) == 0) return true;
    return arm->regimen >= 0 && strcmp(s->protocol->regimens[arm->regimen].name, owner) == 0;
}

static double cell_number(const islet_table *table, int row, int column)
{
    const char *text = islet_table_cell(table, row, column);
    return *text ? atof(text) : NAN;
}

/* the table lives until the program ends: standings are borrowed from it */
static void add_inputs(study *s)
{
    islet_table *products;
    for (const param_info *info = islet_param_info; info->key; info++) add_input(s, info->key, info->low, info->high, info->standing);
    if (islet_products_table(&products) != ISLET_OK) exit(4);
    int owner = 0, key = 1, low = 4, high = 5, standing = 6;
    for (int c = 0; c < islet_table_columns(products); c++) {
        const char *name = islet_table_column_name(products, c);
        if (strcmp(name, "product") == 0) owner = c;
        if (strcmp(name, "key") == 0) key = c;
        if (strcmp(name, "low") == 0) low = c;
        if (strcmp(name, "high") == 0) high = c;
        if (strcmp(name, "standing") == 0) standing = c;
    }
    for (int row = 0; row < islet_table_rows(products); row++) {
        char name[PARAMETER_NAME];
        if (!is_used(s, islet_table_cell(products, row, owner))) continue;
        snprintf(name, sizeof name, "%s.%s", islet_table_cell(products, row, owner), islet_table_cell(products, row, key));
        add_input(s, name, cell_number(products, row, low), cell_number(products, row, high), islet_table_cell(products, row, standing));
    }
}

/* ---- one run ---- */

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    study *s = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        for (int o = 0; o < OUTPUTS; o++)
            s->values[o][results[i].traits->patient] = results[i].visit_values[results[i].n_visits - 1][outputs[o]];
    return ISLET_OK;
}

/* outputs at x, in SDs between people; false, and all NaN, where the run failed */
static bool run(study *s, const double *x, double y[OUTPUTS])
{
    trial *t = NULL;
    params with = params_default();
    islet_run_options options = {.patients = s->people};
    *s->changed = *s->protocol;
    for (int i = 0; i < s->n; i++)
        if (x[i] != 0.0) parameter_set_value(&s->inputs[i].target, free_parameter_value(&s->inputs[i], x[i]), &with, s->changed);
    for (int o = 0; o < OUTPUTS; o++)
        for (int64_t i = 0; i < s->people; i++) s->values[o][i] = NAN;
    islet_problems *problems = islet_problems_create();
    bool fine = trial_create_with(s->changed, &options, &with, &t, problems) == ISLET_OK && trial_run(t, NULL, keep, s, problems) == ISLET_OK;
    if (!fine) fprintf(stderr, "run %d failed: %s\n", s->runs, islet_problems_count(problems) ? islet_problems_text(problems, 0) : "no reason given");
    islet_problems_free(problems);
    trial_free(t);
    for (int o = 0; o < OUTPUTS; o++) y[o] = fine ? summary_mean(s->values[o], s->people).value / s->scale[o] : NAN;
    s->failed += !fine;
    if (++s->runs % 50 == 0) fprintf(stderr, "%d runs, %d without a result\n", s->runs, s->failed);
    return fine;
}

static bool study_open(study *s, const char *path, int64_t people)
{
    islet_problems *problems = islet_problems_create();
    *s = (study){.people = people, .changed = malloc(sizeof *s->changed)};
    if (!s->changed || islet_protocol_read(path, &s->protocol, problems) != ISLET_OK) {
        for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
        return false;
    }
    islet_problems_free(problems);
    s->protocol->n_arms = 1;
    for (int o = 0; o < OUTPUTS; o++) {
        s->values[o] = malloc((size_t)people * sizeof(double));
        if (!s->values[o]) return false;
        s->scale[o] = 1.0;
    }
    double shipped[OUTPUTS];
    if (!run(s, NULL, shipped)) return false; /* before inputs are added: the shipped values */
    for (int o = 0; o < OUTPUTS; o++) {
        double sd = summary_mean(s->values[o], people).sd;
        s->scale[o] = sd > 1e-6 ? sd : 0.5; /* a share that nobody or everybody has: that of one half */
    }
    add_inputs(s);
    return true;
}

static double uniform(uint64_t who, uint64_t index)
{
    return rng_uniform(20261121, who, RNG_uncertainty, index);
}

/* ---- Morris ---- */

/* The beginning of path t: a point of the grid that has a result; false after many that have none. */
static bool begin_path(study *s, int t, double x[INPUTS], double y[OUTPUTS])
{
    for (int turn = 0; turn < BEGINNINGS; turn++) {
        for (int i = 0; i < s->n; i++) x[i] = -RANGE_HALF + (int)(uniform((uint64_t)(t + turn * MOST_PATHS), (uint64_t)i) * LEVELS);
        if (run(s, x, y)) return true;
    }
    return false;
}

static void shuffle(int *order, int n, int t)
{
    for (int i = 0; i < n; i++) order[i] = i;
    for (int i = n - 1; i > 0; i--) { /* Fisher and Yates */
        int other = (int)(uniform((uint64_t)t, 1000 + (uint64_t)i) * (i + 1)), kept = order[i];
        order[i] = order[other];
        order[other] = kept;
    }
}

static void print_effects(const study *s, const double (*effects)[OUTPUTS], int trajectories)
{
    printf("parameter,standing,endpoint,mu_star,mu,sigma,effects\n");
    for (int i = 0; i < s->n; i++)
        for (int o = 0; o < OUTPUTS; o++) {
            double values[MOST_PATHS], sizes[MOST_PATHS];
            for (int t = 0; t < trajectories; t++) {
                values[t] = effects[t * s->n + i][o]; /* NaN, which the means leave out: a step that was taken back */
                sizes[t] = fabs(values[t]);
            }
            summary effect = summary_mean(values, trajectories), size = summary_mean(sizes, trajectories);
            printf("%s,%s,%s,", s->inputs[i].target.name, s->standing[i], islet_endpoint_info[outputs[o]].key);
            if (size.n > 0) printf("%.4f,%.4f,", size.value, effect.value);
            else printf(",,");
            if (size.n > 1) printf("%.4f", effect.sd); /* one has no SD */
            printf(",%d\n", (int)size.n);
        }
}

static void morris(study *s, int trajectories)
{
    double(*effects)[OUTPUTS] = malloc((size_t)trajectories * (size_t)s->n * sizeof *effects);
    int *order = malloc((size_t)s->n * sizeof *order);
    double x[INPUTS], before[OUTPUTS], after[OUTPUTS];
    if (!effects || !order) exit(5);
    for (int t = 0; t < trajectories; t++) {
        bool begun = begin_path(s, t, x, before);
        shuffle(order, s->n, t);
        for (int k = 0; k < s->n; k++) {
            int i = order[k];
            double step = x[i] < 0.0 ? STEP : -STEP;
            x[i] += step;
            bool whole = begun && run(s, x, after);
            for (int o = 0; o < OUTPUTS; o++) effects[t * s->n + i][o] = whole ? (after[o] - before[o]) / step * 2.0 * RANGE_HALF : NAN; /* over the whole range */
            if (whole) memcpy(before, after, sizeof before);
            else x[i] -= step;
        }
    }
    print_effects(s, (const double(*)[OUTPUTS])effects, trajectories);
    fprintf(stderr, "%d paths, %d runs, %d of them without a result\n", trajectories, s->runs, s->failed);
    free(effects);
    free(order);
}

/* ---- Sobol ---- */

static int input_named(const study *s, const char *name, size_t length)
{
    for (int i = 0; i < s->n; i++)
        if (strlen(s->inputs[i].target.name) == length && strncmp(s->inputs[i].target.name, name, length) == 0) return i;
    fprintf(stderr, "'%.*s' is no input\n", (int)length, name);
    exit(3);
}

/* point k of sample A (0) or B (1), uniform over the range */
static double sample(int which, int k, int input)
{
    return RANGE_HALF * (2.0 * uniform(5000 + (uint64_t)which, (uint64_t)k * INPUTS + (uint64_t)input) - 1.0);
}

/* indices of the emulator through the points: first[i], total[i]; false when it does not vary */
static bool indices_of(const double *x, const double *y, int points, int d, double *first, double *total)
{
    static double a[SAMPLES], b[SAMPLES], ab[SAMPLES];
    emulator e;
    if (!emulator_fit(x, y, points, d, &e)) return false;
    bool fine = true;
    for (int i = 0; i < d && fine; i++) {
        for (int k = 0; k < SAMPLES; k++) {
            double at[INPUTS], other[INPUTS], mixed[INPUTS];
            for (int c = 0; c < d; c++) {
                at[c] = sample(0, k, c);
                other[c] = sample(1, k, c);
                mixed[c] = c == i ? other[c] : at[c];
            }
            a[k] = emulator_value(&e, at);
            b[k] = emulator_value(&e, other);
            ab[k] = emulator_value(&e, mixed);
        }
        fine = sobol_index_of(a, b, ab, SAMPLES, &first[i], &total[i]);
    }
    emulator_free(&e);
    return fine;
}

/* n values => their 2.5 % and 97.5 % quantiles */
static void interval(double *values, int n, double *low, double *high)
{
    summary_sort(values, n);
    *low = summary_quantile(values, n, 0.025);
    *high = summary_quantile(values, n, 0.975);
}

/* one output: indices, and their intervals by drawing the points again and fitting anew */
static void print_indices(const study *s, const int *chosen, int d, int output, const double *x, const double *y, int points)
{
    double first[INPUTS], total[INPUTS], (*again)[2][BOOTSTRAPS] = malloc((size_t)d * sizeof *again);
    double *x2 = malloc((size_t)points * (size_t)d * sizeof *x2), *y2 = malloc((size_t)points * sizeof *y2);
    int made = 0;
    if (!again || !x2 || !y2) exit(5);
    if (!indices_of(x, y, points, d, first, total)) goto done;
    for (int b = 0; b < BOOTSTRAPS; b++) {
        double f[INPUTS], t[INPUTS];
        for (int k = 0; k < points; k++) {
            int from = (int)(uniform(9000 + (uint64_t)b, (uint64_t)k) * points);
            memcpy(x2 + k * d, x + from * d, (size_t)d * sizeof *x2);
            y2[k] = y[from];
        }
        if (!indices_of(x2, y2, points, d, f, t)) continue;
        for (int i = 0; i < d; i++) again[i][0][made] = f[i], again[i][1][made] = t[i];
        made++;
    }
    for (int i = 0; i < d; i++) {
        double low[2], high[2];
        for (int which = 0; which < 2; which++) interval(again[i][which], made, &low[which], &high[which]);
        printf("%s,%s,%s,%.3f,%.3f,%.3f,%.3f,%.3f,%.3f\n", s->inputs[chosen[i]].target.name, s->standing[chosen[i]],
               islet_endpoint_info[outputs[output]].key, first[i], low[0], high[0], total[i], low[1], high[1]);
    }
done:
    free(again);
    free(x2);
    free(y2);
}

static void sobol(study *s, int points, const char *names)
{
    int chosen[INPUTS], d = 0;
    double all[INPUTS] = {0}, u[40];
    for (size_t length; *names; names += length + (names[length] == ',')) {
        length = strcspn(names, ",");
        chosen[d++] = input_named(s, names, length);
    }
    double *x = malloc((size_t)points * (size_t)d * sizeof *x), *y = malloc((size_t)points * OUTPUTS * sizeof *y), at[OUTPUTS];
    gsl_qrng *sequence = gsl_qrng_alloc(gsl_qrng_sobol, (unsigned)d);
    if (!x || !y || !sequence) exit(5);
    for (int k = 0; k < points; k++) {
        gsl_qrng_get(sequence, u);
        for (int i = 0; i < d; i++) all[chosen[i]] = x[k * d + i] = RANGE_HALF * (2.0 * u[i] - 1.0);
        run(s, all, at);
        for (int o = 0; o < OUTPUTS; o++) y[o * points + k] = at[o];
    }
    printf("parameter,standing,endpoint,first,first_low,first_high,total,total_low,total_high\n");
    for (int o = 0; o < OUTPUTS; o++) print_indices(s, chosen, d, o, x, y + o * points, points);
    gsl_qrng_free(sequence);
    free(x);
    free(y);
}

int main(int argc, char **argv)
{
    static study s;
    if (argc < 5 || !study_open(&s, argv[2], atol(argv[3]))) return 2;
    fprintf(stderr, "%d inputs\n", s.n);
    const int size = atoi(argv[4]);
    if (strcmp(argv[1], "morris") == 0 && size >= 1 && size <= MOST_PATHS) morris(&s, size);
    else if (argc > 5 && size >= 1) sobol(&s, size, argv[5]);
    else return 2;
    return 0;
}
