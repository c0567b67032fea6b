/* Meta-analysis of a table of studies: its layout, the effect of every row, the pooled effect and what surrounds it. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "base/csv.h"
#include "islet.h"
#include "stats/bias.h"
#include "stats/effect.h"
#include "stats/pool.h"

#define FIELDS 6

typedef enum { TABLE, MEANS, SHARES, EFFECTS } kind;

/* the usual column layouts, in the order they are looked for */
static const struct {
    kind kind;
    int n;
    bool totals; /* the second and fourth are the arms' numbers, not those without the event */
    const char *columns[FIELDS];
} layouts[] = {
    {TABLE, 4, false, {"tpos", "tneg", "cpos", "cneg"}},
    {TABLE, 4, false, {"ai", "bi", "ci", "di"}},
    {TABLE, 4, true, {"ai", "n1i", "ci", "n2i"}},
    {MEANS, 6, false, {"m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"}},
    {SHARES, 2, false, {"xi", "ni"}},
    {EFFECTS, 2, false, {"yi", "vi"}},
    {EFFECTS, 2, false, {"yi", "sei"}},
};
#define LAYOUTS ((int)(sizeof layouts / sizeof *layouts))

typedef enum { RR, OR, RD, PETO, MD, MDH, SMD, PR, PLO, PFT, GEN, MEASURES } measure;
static const struct {
    const char *name;
    kind kind;
} measures[MEASURES] = {{"RR", TABLE}, {"OR", TABLE}, {"RD", TABLE}, {"PETO", TABLE}, {"MD", MEANS}, {"MDH", MEANS},
                        {"SMD", MEANS}, {"PR", SHARES}, {"PLO", SHARES}, {"PFT", SHARES}, {"GEN", EFFECTS}};
static const measure usual[] = {RR, MD, PR, GEN}; /* by kind */

static const char *const methods[] = {"EE", "DL", "REML", "ML", "PM", "HS", "SJ", "EB", "HE", "MH", "PETO", NULL}; /* as pool_method, then two */
enum { MH = POOL_HE + 1, PETO_METHOD };

typedef struct {
    const char *path;
    const islet_meta_options *options;
    islet_problems *problems;
    csv_file file;
    int layout, columns[FIELDS], label, only, moderator[POOL_COEFFICIENTS], p, method;
    const char *only_value;
    measure measure;
    int k, left_out;
    double *y, *v, *x, (*table)[4], n_inverse; /* n_inverse: sum of 1/n, for the back transform of PFT */
    const char **names;
} analysis;

/* ---- what is asked for ---- */

static bool refuse(analysis *a, int line, int column, const char *format, const char *what)
{
    problems_error(a->problems, a->path, line, column, format, what);
    return false;
}

static bool find_layout(analysis *a)
{
    int wanted = -1;
    if (a->options->measure) {
        int m = 0;
        while (m < MEASURES && strcmp(measures[m].name, a->options->measure) != 0) m++;
        if (m == MEASURES)
            return refuse(a, 0, 0, "measure '%s'; expected RR, OR, RD, PETO, MD, MDH, SMD, PR, PLO, PFT or GEN", a->options->measure);
        a->measure = (measure)m;
        wanted = (int)measures[m].kind;
    }
    for (a->layout = 0; a->layout < LAYOUTS; a->layout++) {
        bool found = wanted < 0 || (int)layouts[a->layout].kind == wanted;
        for (int i = 0; found && i < layouts[a->layout].n; i++)
            found = (a->columns[i] = csv_column(&a->file, layouts[a->layout].columns[i])) >= 0;
        if (!found) continue;
        if (wanted < 0) a->measure = usual[layouts[a->layout].kind];
        return true;
    }
    static const char *const expected[] = {"tpos,tneg,cpos,cneg or ai,bi,ci,di or ai,n1i,ci,n2i", "m1i,sd1i,n1i,m2i,sd2i,n2i", "xi,ni",
                                           "yi,vi or yi,sei"};
    return refuse(a, 1, 1, "the columns this measure needs are not in the header; expected %s; rename them",
                  wanted < 0 ? "ai,bi,ci,di or ai,n1i,ci,n2i or m1i,sd1i,n1i,m2i,sd2i,n2i or xi,ni or yi,vi" : expected[wanted]);
}

static bool find_method(analysis *a)
{
    const char *name = a->options->method ? a->options->method : "REML";
    if (strcmp(name, "FE") == 0) name = "EE";
    for (a->method = 0; methods[a->method] && strcmp(methods[a->method], name) != 0;) a->method++;
    if (!methods[a->method])
        return refuse(a, 0, 0, "method '%s'; expected EE (or FE), DL, REML, ML, PM, HS, SJ, EB, HE, MH or PETO", name);
    if (a->method == MH && !(a->measure <= RD)) return refuse(a, 0, 0, "method %s; it pools RR, OR or RD; choose another", name);
    if (a->method == PETO_METHOD && a->measure != OR && a->measure != PETO && a->options->measure)
        return refuse(a, 0, 0, "method %s; it pools odds ratios; say measure OR or PETO", name);
    if (a->method == PETO_METHOD && layouts[a->layout].kind != TABLE)
        return refuse(a, 0, 0, "method %s; it needs counts of events; choose another", name);
    if (a->method == PETO_METHOD) a->measure = PETO;
    if (a->method > POOL_HE && (a->options->moderators || a->options->knapp_hartung))
        return refuse(a, 0, 0, "method %s with moderators or Knapp and Hartung's interval; it has neither; choose REML", name);
    return true;
}

/* the column named by the first `length` bytes of `name` */
static int named_column(const analysis *a, const char *name, size_t length)
{
    for (int i = 0; i < a->file.columns; i++)
        if (strlen(a->file.cells[i].text) == length && memcmp(a->file.cells[i].text, name, length) == 0) return i;
    return -1;
}

static bool find_rows_and_moderators(analysis *a)
{
    const char *only = a->options->only, *list = a->options->moderators;
    a->only = -1;
    if (only) {
        size_t length = strcspn(only, "=");
        if (!only[length]) return refuse(a, 0, 0, "rows '%s'; expected COLUMN=VALUE", only);
        if ((a->only = named_column(a, only, length)) < 0) return refuse(a, 1, 1, "no column for '%s'; expected a name of the header", only);
        a->only_value = only + length + 1;
    }
    a->p = 1;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        if (a->p == POOL_COEFFICIENTS) return refuse(a, 0, 0, "moderators '%s'; expected five at most", a->options->moderators);
        if ((a->moderator[a->p] = named_column(a, list, length)) < 0)
            return refuse(a, 1, 1, "no column for the moderator '%s'; expected a name of the header", list);
        a->p++;
        list += length + (list[length] == ',');
    }
    static const char *const labels[] = {"author", "study", "trial", "source", "name", "id"};
    a->label = -1;
    for (int i = 0; a->label < 0 && i < 6; i++) a->label = csv_column(&a->file, labels[i]);
    return true;
}

/* ---- rows ---- */

/* NaN when missing; false after a message when it is no number */
static bool read_number(analysis *a, int row, int column, double *out)
{
    const csv_cell *cell = csv_cell_at(&a->file, row, column);
    *out = NAN;
    if (!cell->text[0] || number_read(cell->text, strlen(cell->text), out)) return true;
    return refuse(a, cell->line, cell->column, "'%s'; expected a plain number, or nothing or NA when it is missing", cell->text);
}

static bool refuse_field(analysis *a, int row, int field, const char *expected)
{
    const csv_cell *cell = csv_cell_at(&a->file, row, a->columns[field]);
    problems_error(a->problems, a->path, cell->line, cell->column, "%s is %s; expected %s; correct the row",
                   layouts[a->layout].columns[field], cell->text, expected);
    return false;
}

static bool is_count(double x)
{
    return x >= 0 && x == floor(x) && x < 1e12;
}

/* whether the numbers that are there can be; missing ones pass */
static bool possible(analysis *a, int row, const double *f)
{
    kind kind = layouts[a->layout].kind;
    bool counts = kind == TABLE || kind == SHARES, fine = true;
    for (int i = 0; counts && i < layouts[a->layout].n; i++)
        if (!isnan(f[i]) && !is_count(f[i])) fine = refuse_field(a, row, i, "a whole number, 0 or more");
    if (!fine) return false;
    if ((kind == SHARES || layouts[a->layout].totals) && f[0] > f[1]) fine = refuse_field(a, row, 0, "no more events than people");
    if (layouts[a->layout].totals && f[2] > f[3]) fine = refuse_field(a, row, 2, "no more events than people");
    for (int arm = 0; kind == MEANS && arm < 2; arm++) {
        if (f[3 * arm + 1] < 0) fine = refuse_field(a, row, 3 * arm + 1, "a standard deviation of 0 or more");
        if (!isnan(f[3 * arm + 2]) && !(is_count(f[3 * arm + 2]) && f[3 * arm + 2] >= 1)) fine = refuse_field(a, row, 3 * arm + 2, "1 person or more");
    }
    if (kind == EFFECTS && f[1] < 0) fine = refuse_field(a, row, 1, "0 or more");
    return fine;
}

static effect effect_of(const analysis *a, const double *f)
{
    switch (a->measure) {
    case RR: return effect_log_risk_ratio(f[0], f[1], f[2], f[3]);
    case OR: return effect_log_odds_ratio(f[0], f[1], f[2], f[3]);
    case RD: return effect_risk_difference(f[0], f[1], f[2], f[3]);
    case PETO: return effect_log_odds_peto(f[0], f[1], f[2], f[3]);
    case SMD: return effect_standardised_difference(f[0], f[1], f[2], f[3], f[4], f[5]);
    case PR: return effect_proportion(f[0], f[1]);
    case PLO: return effect_logit(f[0], f[1]);
    case PFT: return effect_freeman_tukey(f[0], f[1]);
    case GEN: return (effect){f[0], strcmp(layouts[a->layout].columns[1], "sei") == 0 ? f[1] * f[1] : f[1]};
    default: return effect_mean_difference(f[0], f[1], f[2], f[3], f[4], f[5], a->measure == MDH);
    }
}

static bool read_row(analysis *a, int row)
{
    double f[FIELDS] = {0}, x[POOL_COEFFICIENTS] = {1};
    bool fine = true;
    for (int i = 0; i < layouts[a->layout].n; i++) fine = read_number(a, row, a->columns[i], &f[i]) && fine;
    for (int j = 1; j < a->p; j++) fine = read_number(a, row, a->moderator[j], &x[j]) && fine;
    if (!fine || !possible(a, row, f)) return false;
    bool empty_arm = layouts[a->layout].totals ? f[1] == 0 || f[3] == 0
                     : layouts[a->layout].kind == TABLE ? f[0] + f[1] == 0 || f[2] + f[3] == 0
                                                        : layouts[a->layout].kind == SHARES && f[1] == 0;
    if (layouts[a->layout].totals) f[1] -= f[0], f[3] -= f[2];
    effect e = empty_arm ? (effect){NAN, NAN} : effect_of(a, f);
    bool complete = isfinite(e.y) && e.v > 0 && isfinite(e.v);
    for (int j = 1; j < a->p; j++) complete = complete && isfinite(x[j]);
    const csv_cell *first = csv_cell_at(&a->file, row, 0);
    if (!complete) {
        problems_warning(a->problems, a->path, first->line, first->column,
                         "the row gives no effect with a variance; expected all its numbers and people in each arm; left out of the pool");
        a->left_out++;
        return true;
    }
    a->y[a->k] = e.y;
    a->v[a->k] = e.v;
    memcpy(a->x + a->k * a->p, x, (size_t)a->p * sizeof *x);
    memcpy(a->table[a->k], f, sizeof a->table[0]);
    a->n_inverse += 1 / f[1];
    a->names[a->k++] = a->label < 0 ? "" : csv_cell_at(&a->file, row, a->label)->text;
    return true;
}

static islet_status read_rows(analysis *a)
{
    size_t rows = (size_t)a->file.rows;
    a->y = malloc(rows * sizeof *a->y);
    a->v = malloc(rows * sizeof *a->v);
    a->x = malloc(rows * (size_t)a->p * sizeof *a->x);
    a->table = malloc(rows * sizeof *a->table);
    a->names = malloc(rows * sizeof *a->names);
    if (!a->y || !a->v || !a->x || !a->table || !a->names) return ISLET_ERR_MEMORY;
    bool fine = true;
    for (int row = 0; row < a->file.rows; row++)
        if (a->only < 0 || strcmp(csv_cell_at(&a->file, row, a->only)->text, a->only_value) == 0) fine = read_row(a, row) && fine;
    if (!fine) return ISLET_ERR_INPUT;
    if (a->k > a->p) return ISLET_OK;
    problems_error(a->problems, a->path, 0, 0, "%d studies with an effect and a variance; expected %d or more; nothing is pooled", a->k, a->p + 1);
    return ISLET_ERR_INPUT;
}

/* ---- pooling ---- */

static pool_method estimator(const analysis *a)
{
    return a->method > POOL_HE ? POOL_EE : (pool_method)a->method;
}

/* the pool of the first k studies, less one of them (-1: none), by the method asked for */
static bool pool_some(const analysis *a, int k, int without, pool_fit *out)
{
    double *y = malloc((size_t)k * sizeof *y), *v = malloc((size_t)k * sizeof *v), (*table)[4] = malloc((size_t)k * sizeof *table);
    int n = 0;
    bool fine = y && v && table;
    for (int i = 0; fine && i < k; i++) {
        if (i == without) continue;
        y[n] = a->y[i];
        v[n] = a->v[i];
        memcpy(table[n++], a->table[i], sizeof table[0]);
    }
    pool_table_measure measure = a->measure == RR ? POOL_RISK_RATIO : a->measure == OR ? POOL_ODDS_RATIO : POOL_RISK_DIFFERENCE;
    if (fine && a->method == MH) fine = pool_mantel_haenszel((const double(*)[4])table, y, v, n, measure, out);
    else if (fine) fine = pool_run(y, v, NULL, n, 1, estimator(a), a->options->knapp_hartung, out);
    free(y);
    free(v);
    free(table);
    return fine;
}

/* the value people read: ratio for logarithms, share for transformed shares */
static double shown(const analysis *a, double value)
{
    if (a->measure <= OR || a->measure == PETO) return exp(value);
    if (a->measure == PLO) return 1 / (1 + exp(-value));
    if (a->measure == PFT) return isnan(value) ? NAN : effect_freeman_tukey_back(value, a->k / a->n_inverse);
    return value;
}

static bool add_row(islet_table *table, const char *first, const char *second, const double *numbers, int n)
{
    char text[6][NUMBER_TEXT];
    const char *cells[8] = {first};
    int at = 1;
    if (second) cells[at++] = second;
    for (int i = 0; i < n; i++) {
        number_write(numbers[i], text[i]);
        cells[at++] = text[i];
    }
    return table_add_row(table, cells);
}

static bool studies_table(const analysis *a, double tau2, islet_table **out)
{
    static const char *const names[] = {"study", "effect", "variance", "ci_low", "ci_high", "weight_pct"};
    static const bool numbers[] = {false, true, true, true, true, true};
    double width = gsl_cdf_ugaussian_Pinv(0.975), all = 0;
    if (!(*out = table_create(6, names, numbers))) return false;
    for (int i = 0; i < a->k; i++) all += 1 / (a->v[i] + tau2);
    for (int i = 0; i < a->k; i++) {
        double half = width * sqrt(a->v[i]), weight = a->method == MH ? NAN : 100 / (a->v[i] + tau2) / all;
        if (!add_row(*out, a->names[i], NULL, (const double[]){a->y[i], a->v[i], a->y[i] - half, a->y[i] + half, weight}, 5)) return false;
    }
    return true;
}

static bool coefficients_table(const analysis *a, const pool_fit *fit, islet_table **out)
{
    static const char *const names[] = {"name", "estimate", "se", "ci_low", "ci_high", "p"};
    static const bool numbers[] = {false, true, true, true, true, true};
    if (!(*out = table_create(6, names, numbers))) return false;
    for (int j = 0; j < fit->p; j++)
        if (!add_row(*out, j ? a->file.cells[a->moderator[j]].text : fit->p > 1 ? "intercept" : "pooled", NULL,
                     (const double[]){fit->beta[j], fit->se[j], fit->low[j], fit->high[j], fit->p_value[j]}, 5)) return false;
    return true;
}

/* what is left without each study, and what the first 1, 2, .. give in the order of the file */
static bool sensitivity_table(const analysis *a, islet_table **out)
{
    static const char *const names[] = {"analysis", "study", "estimate", "ci_low", "ci_high", "tau2", "i2_pct"};
    static const bool numbers[] = {false, false, true, true, true, true, true};
    if (!(*out = table_create(7, names, numbers))) return false;
    for (int i = 0; a->p == 1 && i < 2 * a->k; i++) {
        pool_fit fit;
        int study = i % a->k;
        bool fine = i < a->k ? pool_some(a, a->k, study, &fit) : pool_some(a, study + 1, -1, &fit);
        if (!fine) fit = (pool_fit){.beta = {NAN}, .low = {NAN}, .high = {NAN}, .tau2 = NAN, .i2_pct = NAN};
        if (!add_row(*out, i < a->k ? "leave_one_out" : "cumulative", a->names[study],
                     (const double[]){fit.beta[0], fit.low[0], fit.high[0], fit.tau2, fit.i2_pct}, 5)) return false;
    }
    return true;
}

static void set_bias(const analysis *a, islet_meta *out)
{
    bias_test egger = {NAN, NAN}, rank = {NAN, NAN};
    pool_fit fit = {.beta = {NAN}, .se = {NAN}, .low = {NAN}, .high = {NAN}, .tau2 = NAN, .q = NAN, .i2_pct = NAN};
    if (a->p == 1 && a->k >= 3) {
        pool_fit filled;
        egger = bias_regression(a->y, a->v, a->k, estimator(a));
        rank = bias_rank(a->y, a->v, a->k);
        if (bias_trim_fill(a->y, a->v, a->k, estimator(a), &filled, &out->trim_added, &out->trim_right)) fit = filled;
    }
    out->egger_z = egger.statistic, out->egger_p = egger.p, out->rank_tau = rank.statistic, out->rank_p = rank.p;
    out->trim_estimate = fit.beta[0], out->trim_se = fit.se[0], out->trim_low = fit.low[0], out->trim_high = fit.high[0];
    out->trim_tau2 = fit.tau2, out->trim_q = fit.q, out->trim_i2_pct = fit.i2_pct;
}

static islet_status pool_all(analysis *a, islet_meta *out)
{
    pool_fit fit;
    bool fine = a->p > 1 ? pool_run(a->y, a->v, a->x, a->k, a->p, estimator(a), a->options->knapp_hartung, &fit) : pool_some(a, a->k, -1, &fit);
    if (!fine) {
        problems_error(a->problems, a->path, 0, 0, "the pool has no solution (moderators that depend on each other, no events, or an iteration that "
                       "does not settle); expected studies that differ; try method DL or fewer moderators");
        return ISLET_ERR_NUMERICAL;
    }
    memcpy(out->measure, measures[a->measure].name, strlen(measures[a->measure].name) + 1);
    memcpy(out->method, methods[a->method], strlen(methods[a->method]) + 1);
    out->k = a->k, out->left_out = a->left_out;
    out->estimate = fit.beta[0], out->se = fit.se[0], out->ci_low = fit.low[0], out->ci_high = fit.high[0], out->p = fit.p_value[0];
    out->pi_low = fit.pi_low, out->pi_high = fit.pi_high;
    out->shown = shown(a, fit.beta[0]), out->shown_low = shown(a, fit.low[0]), out->shown_high = shown(a, fit.high[0]);
    out->shown_pi_low = shown(a, fit.pi_low), out->shown_pi_high = shown(a, fit.pi_high);
    out->tau2 = fit.tau2, out->tau2_low = fit.tau2_low, out->tau2_high = fit.tau2_high;
    out->profile_low = fit.profile_low, out->profile_high = fit.profile_high;
    out->q = fit.q, out->q_p = fit.q_p, out->i2_pct = fit.i2_pct, out->h2 = fit.h2;
    set_bias(a, out);
    bool made = studies_table(a, fit.tau2, &out->studies) && coefficients_table(a, &fit, &out->coefficients)
                && sensitivity_table(a, &out->sensitivity);
    return made ? ISLET_OK : ISLET_ERR_MEMORY;
}

islet_status islet_meta_run(const char *path, const islet_meta_options *options, islet_meta **out, islet_problems *problems)
{
    static const islet_meta_options defaults;
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!path) return ISLET_ERR_ARGUMENT;
    analysis a = {.path = path, .options = options ? options : &defaults, .problems = problems};
    islet_meta *meta = NULL;
    islet_status status = csv_read(path, &a.file, problems);
    if (status != ISLET_OK) return status;
    if (!find_layout(&a) || !find_method(&a) || !find_rows_and_moderators(&a)) status = ISLET_ERR_INPUT;
    if (status == ISLET_OK) status = read_rows(&a);
    if (status == ISLET_OK && !(meta = calloc(1, sizeof *meta))) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = pool_all(&a, meta);
    if (status == ISLET_OK) *out = meta;
    else islet_meta_free(meta);
    free(a.y);
    free(a.v);
    free(a.x);
    free(a.table);
    free(a.names);
    csv_free(&a.file);
    return status;
}

void islet_meta_free(islet_meta *meta)
{
    if (!meta) return;
    islet_table_free(meta->studies);
    islet_table_free(meta->coefficients);
    islet_table_free(meta->sensitivity);
    free(meta);
}
