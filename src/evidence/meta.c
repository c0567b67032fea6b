/* Meta-analysis of a table of studies: the pooled effect and what surrounds it. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "evidence/meta.h"
#include "islet.h"
#include "stats/bias.h"

/* ---- pooling ---- */

/* studies as arrays, the form that stats/ takes; all parts of one allocation, freed by freeing y */
typedef struct {
    double *y, *v, *x, (*table)[4];
    int k;
} arrays;

static bool arrays_create(const meta_input *in, arrays *out)
{
    size_t k = (size_t)in->k, p = (size_t)in->p;
    *out = (arrays){.y = malloc((k * (2 + p + 4) + 1) * sizeof(double))};
    if (!out->y) return false;
    out->v = out->y + k;
    out->x = out->v + k;
    out->table = (double(*)[4])(out->x + k * p);
    return true;
}

static void arrays_add(const meta_input *in, arrays *to, const meta_study *study)
{
    to->y[to->k] = study->y;
    to->v[to->k] = study->v;
    memcpy(to->x + to->k * in->p, study->x, (size_t)in->p * sizeof *to->x);
    memcpy(to->table[to->k++], study->table, sizeof to->table[0]);
}

static pool_method estimator(const meta_input *in)
{
    return in->method > POOL_HE ? POOL_EE : (pool_method)in->method;
}

static bool pool_arrays(const meta_input *in, const arrays *a, bool moderators, pool_fit *out)
{
    pool_table_measure measure = in->measure == MEASURE_RR   ? POOL_RISK_RATIO
                                 : in->measure == MEASURE_OR ? POOL_ODDS_RATIO
                                                             : POOL_RISK_DIFFERENCE;
    if (a->k == 0) return false;
    if (in->method == METHOD_MH)
        return pool_mantel_haenszel((const double(*)[4])a->table, a->y, a->v, a->k, measure, out);
    return pool_run(a->y, a->v, moderators ? a->x : NULL, a->k, moderators ? in->p : 1, estimator(in),
                    in->options->knapp_hartung, out);
}

/* An interval of shares or of their differences ends where the scale does; other measures have no end. */
static double within_scale(const meta_input *in, double value)
{
    if (in->measure != MEASURE_PR && in->measure != MEASURE_RD) return value;
    const double least = in->measure == MEASURE_PR ? 0.0 : -1.0;
    return isnan(value) ? value : fmin(fmax(value, least), 1.0);
}

/* the pool of the first k studies, less one of them (-1: none); of one group when it is named. `room` is for arrays of them all. */
static bool pool_some(const meta_input *in, arrays *room, int k, int without, const char *group, pool_fit *out)
{
    room->k = 0;
    for (int i = 0; i < k; i++)
        if (i != without && (!group || strcmp(in->studies[i].group, group) == 0)) arrays_add(in, room, &in->studies[i]);
    if (!pool_arrays(in, room, false, out)) return false;
    double *const ends[] = {&out->low[0], &out->high[0], &out->pi_low, &out->pi_high};
    for (int i = 0; i < 4; i++) *ends[i] = within_scale(in, *ends[i]);
    return true;
}

/* the value people read: ratio for logarithms, share for transformed shares */
static double shown(const meta_input *in, double value)
{
    double n_inverse = 0;
    value = within_scale(in, value);
    if (meta_measure_is_log(in->measure)) return exp(value);
    if (in->measure == MEASURE_PLO) return 1 / (1 + exp(-value));
    if (in->measure != MEASURE_PFT || isnan(value)) return value;
    for (int i = 0; i < in->k; i++) n_inverse += 1 / in->studies[i].n;
    return effect_freeman_tukey_back(value, in->k / n_inverse);
}

/* ---- tables ---- */

#define NUMBERS_MAX 12

/* a row of texts, then of numbers */
static bool add_row(islet_table *table, const char *const *texts, int n_texts, const double *numbers, int n)
{
    char text[NUMBERS_MAX][NUMBER_TEXT];
    const char *cells[NUMBERS_MAX + 2];
    for (int i = 0; i < n_texts; i++) cells[i] = texts[i];
    for (int i = 0; i < n; i++) {
        number_write(numbers[i], text[i]);
        cells[n_texts + i] = text[i];
    }
    return table_add_row(table, cells);
}
#define TEXTS(...) ((const char *const[]){__VA_ARGS__})
#define NUMBERS(...) ((const double[]){__VA_ARGS__})

static bool studies_table(const meta_input *in, double tau2, islet_table **out)
{
    static const char *const names[] = {"study",      "effect", "variance", "ci_low", "ci_high",
                                        "weight_pct", "group",  "treated",  "control"};
    static const bool is_number[] = {false, true, true, true, true, true, false, false, false};
    double width = gsl_cdf_ugaussian_Pinv(0.975), all = 0;
    if (!(*out = table_create(9, names, is_number))) return false;
    for (int i = 0; i < in->k; i++) all += 1 / (in->studies[i].v + tau2);
    for (int i = 0; i < in->k; i++) {
        const meta_study *s = &in->studies[i];
        double half = width * sqrt(s->v), values[] = {s->y, s->v, within_scale(in, s->y - half), within_scale(in, s->y + half),
                                                      in->method == METHOD_MH ? NAN : 100 / (s->v + tau2) / all};
        char text[5][NUMBER_TEXT], treated[META_ARM_TEXT], control[META_ARM_TEXT];
        meta_arm_text(in, s, 0, treated);
        meta_arm_text(in, s, 1, control);
        for (int j = 0; j < 5; j++) number_write(values[j], text[j]);
        if (!table_add_row(*out,
                           TEXTS(s->name, text[0], text[1], text[2], text[3], text[4], s->group, treated, control)))
            return false;
    }
    return true;
}

static bool left_table(const meta_input *in, islet_table **out)
{
    static const char *const names[] = {"study", "line", "why"};
    static const bool is_number[] = {false, true, false};
    if (!(*out = table_create(3, names, is_number))) return false;
    for (int i = in->k; i < in->n; i++) {
        char line[NUMBER_TEXT];
        number_write(in->studies[i].line, line);
        if (!table_add_row(*out, TEXTS(in->studies[i].name, line, in->studies[i].left_because))) return false;
    }
    return true;
}

static bool coefficients_table(const meta_input *in, const pool_fit *fit, islet_table **out)
{
    static const char *const names[] = {"name", "estimate", "se", "ci_low", "ci_high", "p"};
    static const bool is_number[] = {false, true, true, true, true, true};
    if (!(*out = table_create(6, names, is_number))) return false;
    for (int j = 0; fit && j < fit->p; j++) {
        const char *name = j ? in->file.cells[in->moderator[j]].text : fit->p > 1 ? "intercept" : "pooled";
        const bool pooled = fit->p == 1; /* a slope is no share */
        if (!add_row(*out, &name, 1,
                     NUMBERS(fit->beta[j], fit->se[j], pooled ? within_scale(in, fit->low[j]) : fit->low[j],
                             pooled ? within_scale(in, fit->high[j]) : fit->high[j], fit->p_value[j]),
                     5))
            return false;
    }
    return true;
}

static const pool_fit no_fit = {.beta = {NAN},
                                .se = {NAN},
                                .low = {NAN},
                                .high = {NAN},
                                .tau2 = NAN,
                                .q = NAN,
                                .q_p = NAN,
                                .i2_pct = NAN,
                                .pi_low = NAN,
                                .pi_high = NAN};

/* the pool with other assumed correlations between before and after */
static bool add_correlations(const meta_input *in, islet_table *out)
{
    static const double tried[] = {0, 0.25, 0.5, 0.75, 0.9};
    for (size_t i = 0; in->assumed && i < sizeof tried / sizeof *tried; i++) {
        arrays a;
        pool_fit fit;
        char r[NUMBER_TEXT];
        if (!arrays_create(in, &a)) return false;
        for (int s = 0; s < in->k; s++) {
            meta_study study = in->studies[s];
            study.v = meta_effect(in, &study, tried[i]).v;
            arrays_add(in, &a, &study);
        }
        if (!pool_arrays(in, &a, false, &fit)) fit = no_fit;
        free(a.y);
        number_write(tried[i], r);
        if (!add_row(out, TEXTS("correlation", r), 2,
                     NUMBERS(fit.beta[0], fit.low[0], fit.high[0], fit.tau2, fit.i2_pct), 5))
            return false;
    }
    return true;
}

static pool_fit one_study(const meta_input *in, const meta_study *study)
{
    const double half = gsl_cdf_ugaussian_Pinv(0.975) * sqrt(study->v);
    pool_fit out = no_fit;
    out.beta[0] = study->y;
    out.low[0] = within_scale(in, study->y - half);
    out.high[0] = within_scale(in, study->y + half);
    return out;
}

/* what is left without each study, what the first 1, 2, .. give in the order of the file, and other correlations */
static bool sensitivity_table(const meta_input *in, bool pooled, arrays *room, islet_table **out)
{
    static const char *const names[] = {"analysis", "study", "estimate", "ci_low", "ci_high", "tau2", "i2_pct"};
    static const bool is_number[] = {false, false, true, true, true, true, true};
    if (!(*out = table_create(7, names, is_number))) return false;
    for (int i = 0; pooled && in->p == 1 && i < 2 * in->k; i++) {
        pool_fit fit;
        int study = i % in->k;
        bool fine = i < in->k ? pool_some(in, room, in->k, study, NULL, &fit) : pool_some(in, room, study + 1, -1, NULL, &fit);
        if (!fine) fit = no_fit;
        if (i == in->k) fit = one_study(in, &in->studies[study]); /* the first of the cumulative ones: nothing is pooled yet */
        if (!add_row(*out, TEXTS(i < in->k ? "leave_one_out" : "cumulative", in->studies[study].name), 2,
                     NUMBERS(fit.beta[0], fit.low[0], fit.high[0], fit.tau2, fit.i2_pct), 5))
            return false;
    }
    return !pooled || in->p > 1 || add_correlations(in, *out);
}

/* ---- subgroups ---- */

static int studies_of(const meta_input *in, const char *group)
{
    int k = 0;
    for (int i = 0; i < in->k; i++) k += strcmp(in->studies[i].group, group) == 0;
    return k;
}

static bool is_first_of_group(const meta_input *in, int study)
{
    for (int i = 0; i < study; i++)
        if (strcmp(in->studies[i].group, in->studies[study].group) == 0) return false;
    return true;
}

/* Each value of the column pooled by itself with a tau2 of its own, and the test that all are one: Cochran's Q over the pooled values with
 * the inverse of their squared standard errors (Borenstein et al. 2009, chapter 19). */
static bool subgroups_table(const meta_input *in, arrays *room, islet_meta *out)
{
    static const char *const names[] = {"group",  "k",       "estimate", "se",     "ci_low", "ci_high",
                                        "pi_low", "pi_high", "tau2",     "i2_pct", "q",      "q_p"};
    static const bool is_number[] = {false, true, true, true, true, true, true, true, true, true, true, true};
    double weight = 0, sum = 0, squares = 0;
    int groups = 0;
    if (!(out->subgroups = table_create(12, names, is_number))) return false;
    for (int i = 0; in->subgroup >= 0 && i < in->k; i++) {
        pool_fit fit;
        if (!is_first_of_group(in, i)) continue;
        if (!pool_some(in, room, in->k, -1, in->studies[i].group, &fit)) fit = no_fit;
        if (!add_row(out->subgroups, &in->studies[i].group, 1,
                     NUMBERS(studies_of(in, in->studies[i].group), fit.beta[0], fit.se[0], fit.low[0], fit.high[0],
                             fit.pi_low, fit.pi_high, fit.tau2, fit.i2_pct, fit.q, fit.q_p),
                     11))
            return false;
        double w = 1 / (fit.se[0] * fit.se[0]);
        if (!isfinite(w)) continue;
        groups++;
        weight += w, sum += w * fit.beta[0], squares += w * fit.beta[0] * fit.beta[0];
    }
    if (in->refusal != REFUSED_NOT) return true; /* what must not be pooled is not compared either */
    out->between_df = groups > 1 ? groups - 1 : 0;
    out->between_q = groups > 1 ? fmax(squares - sum * sum / weight, 0) : NAN;
    out->between_p = groups > 1 ? gsl_cdf_chisq_Q(out->between_q, out->between_df) : NAN;
    return true;
}

/* ---- all of it ---- */

static void set_bias(const meta_input *in, const arrays *a, islet_meta *out)
{
    bias_test egger = {NAN, NAN}, rank = {NAN, NAN};
    pool_fit fit = no_fit;
    if (in->p == 1 && a->k >= 3) {
        pool_fit filled;
        egger = bias_regression(a->y, a->v, a->k, estimator(in));
        rank = bias_rank(a->y, a->v, a->k);
        /* Mantel and Haenszel's pool is of tables, and an added study has none */
        if (in->method != METHOD_MH && bias_trim_fill(a->y, a->v, a->k, estimator(in), in->options->knapp_hartung, &filled,
                                                      &out->trim_added, &out->trim_right))
            fit = filled;
    }
    out->egger_z = egger.statistic, out->egger_p = egger.p, out->rank_tau = rank.statistic, out->rank_p = rank.p;
    out->trim_estimate = fit.beta[0], out->trim_se = fit.se[0], out->trim_low = within_scale(in, fit.low[0]),
    out->trim_high = within_scale(in, fit.high[0]);
    out->trim_tau2 = fit.tau2, out->trim_q = fit.q, out->trim_i2_pct = fit.i2_pct;
}

static void set_pool(const meta_input *in, const pool_fit *fit, islet_meta *out)
{
    out->estimate = fit->beta[0], out->se = fit->se[0], out->ci_low = fit->low[0], out->ci_high = fit->high[0],
    out->p = fit->p_value[0];
    out->pi_low = fit->pi_low, out->pi_high = fit->pi_high;
    out->shown = shown(in, fit->beta[0]), out->shown_low = shown(in, fit->low[0]),
    out->shown_high = shown(in, fit->high[0]);
    out->shown_pi_low = shown(in, fit->pi_low), out->shown_pi_high = shown(in, fit->pi_high);
    out->tau2 = fit->tau2, out->tau2_low = fit->tau2_low, out->tau2_high = fit->tau2_high;
    out->profile_low = fit->profile_low, out->profile_high = fit->profile_high;
    out->q = fit->q, out->q_p = fit->q_p, out->i2_pct = fit->i2_pct, out->h2 = fit->h2;
}

/* names, counts and the numbers of no pool: what a refusal has too */
static void set_frame(const meta_input *in, islet_meta *out)
{
    const pool_fit none = {.beta = {NAN},
                           .se = {NAN},
                           .low = {NAN},
                           .high = {NAN},
                           .p_value = {NAN},
                           .tau2 = NAN,
                           .tau2_low = NAN,
                           .tau2_high = NAN,
                           .profile_low = NAN,
                           .profile_high = NAN,
                           .q = NAN,
                           .q_p = NAN,
                           .i2_pct = NAN,
                           .h2 = NAN,
                           .pi_low = NAN,
                           .pi_high = NAN};
    const char *measure = meta_measure_name(in->measure), *method = meta_method_name(in->method),
               *word = meta_refusal_word(in->refusal);
    memcpy(out->measure, measure, strlen(measure) + 1);
    memcpy(out->method, method, strlen(method) + 1);
    memcpy(out->refusal, word, strlen(word) + 1);
    memcpy(out->why, in->why, sizeof out->why);
    out->k = in->k, out->left_out = in->n - in->k;
    out->correlation = in->assumed ? in->correlation : NAN;
    out->between_q = out->between_p = out->r2_pct = NAN;
    set_pool(in, &none, out);
    set_bias(in, &(arrays){0}, out);
}

/* how much less the studies differ once the moderators are known (Raudenbush 2009); not below 0 */
static void set_explained(const meta_input *in, const arrays *a, islet_meta *out)
{
    pool_fit without;
    if (in->p == 1 || !pool_arrays(in, a, false, &without) || !(without.tau2 > 0)) return;
    out->r2_pct = fmax(0, 100 * (1 - out->tau2 / without.tau2));
}

static islet_status pool_all(const meta_input *in, islet_meta *out)
{
    pool_fit fit;
    arrays a;
    bool pooled = in->refusal == REFUSED_NOT, made = left_table(in, &out->left);
    set_frame(in, out);
    if (!made || !arrays_create(in, &a)) return ISLET_ERR_MEMORY;
    for (int i = 0; i < in->k; i++) arrays_add(in, &a, &in->studies[i]);
    if (pooled && !pool_arrays(in, &a, in->p > 1, &fit)) {
        problems_error(
            in->problems, in->path, 0, 0,
            "the pool has no solution (moderators that depend on each other, no events, or an iteration that "
            "does not settle); expected studies that differ; try method DL or fewer moderators");
        free(a.y);
        return ISLET_ERR_NUMERICAL;
    }
    if (pooled) pool_tau2_intervals(a.y, a.v, in->p > 1 ? a.x : NULL, estimator(in), &fit);
    if (pooled) set_pool(in, &fit, out);
    if (pooled) set_bias(in, &a, out);
    if (pooled) set_explained(in, &a, out);
    made = studies_table(in, pooled ? fit.tau2 : NAN, &out->studies) &&
           coefficients_table(in, pooled ? &fit : NULL, &out->coefficients) &&
           sensitivity_table(in, pooled, &a, &out->sensitivity) && subgroups_table(in, &a, out);
    free(a.y);
    return made ? ISLET_OK : ISLET_ERR_MEMORY;
}

islet_status islet_meta_run(const char *path, const islet_meta_options *options, islet_meta **out,
                            islet_problems *problems)
{
    static const islet_meta_options defaults;
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!path) return ISLET_ERR_ARGUMENT;
    meta_input in;
    islet_status status = meta_input_read(path, options ? options : &defaults, &in, problems);
    if (status != ISLET_OK) return status;
    islet_meta *meta = calloc(1, sizeof *meta);
    status = meta ? pool_all(&in, meta) : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) *out = meta;
    else islet_meta_free(meta);
    meta_input_free(&in);
    return status;
}

void islet_meta_free(islet_meta *meta)
{
    if (!meta) return;
    islet_table_free(meta->studies);
    islet_table_free(meta->coefficients);
    islet_table_free(meta->sensitivity);
    islet_table_free(meta->subgroups);
    islet_table_free(meta->left);
    free(meta);
}
