/* Network meta-analysis of the arms of a table (meta_network_read.c). */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "evidence/meta.h"
#include "evidence/meta_network.h"

/* ---- from rows to arms ---- */

/* mean, share, or logarithm of share or odds, with its variance; 1/2 goes to each cell where an arm of the study has an empty one */
static effect effect_of(const network_input *in, const net_row *r)
{
    if (in->measure == NET_MD || in->measure == NET_GEN) return (effect){r->value, r->spread * r->spread / r->n};
    bool empty = false;
    for (int i = 0; i < in->n; i++)
        if (!in->rows[i].left_because && strcmp(in->rows[i].study, r->study) == 0)
            empty = empty || in->rows[i].value == 0 || in->rows[i].value == in->rows[i].n;
    double x = r->value + (empty ? 0.5 : 0), n = r->n + (empty ? 1 : 0);
    if (in->measure == NET_RD) return (effect){x / n, x * (n - x) / (n * n * n)};
    if (in->measure == NET_RR) return (effect){log(x / n), 1 / x - 1 / n};
    return (effect){log(x / (n - x)), 1 / x + 1 / (n - x)};
}

static int treatment_of(const network_input *in, const char *name)
{
    for (int i = 0; i < in->treatments; i++)
        if (strcmp(in->names[i], name) == 0) return i;
    return -1;
}

/* the treatments, the reference first; false when the reference asked for is not among them */
static bool name_treatments(network_input *in)
{
    const char *reference = in->options->reference ? in->options->reference : "placebo";
    for (int i = 0; i < in->n; i++)
        if (!in->rows[i].left_because && strcmp(in->rows[i].treatment, reference) == 0 && !in->treatments)
            in->names[in->treatments++] = in->rows[i].treatment;
    if (in->options->reference && !in->treatments) return false;
    for (int i = 0; i < in->n && in->treatments < TREATMENTS_MAX; i++)
        if (!in->rows[i].left_because && treatment_of(in, in->rows[i].treatment) < 0)
            in->names[in->treatments++] = in->rows[i].treatment;
    return true;
}

/* the arms with those of a study together */
static void collect_arms(network_input *in)
{
    for (int i = 0; i < in->n; i++) {
        bool first = !in->rows[i].left_because;
        for (int j = 0; first && j < i; j++)
            first = in->rows[j].left_because || strcmp(in->rows[j].study, in->rows[i].study) != 0;
        for (int j = i; first && j < in->n; j++) {
            if (in->rows[j].left_because || strcmp(in->rows[j].study, in->rows[i].study) != 0) continue;
            effect e = effect_of(in, &in->rows[j]);
            in->arms[in->n_arms++] = (network_arm){in->studies, treatment_of(in, in->rows[j].treatment), e.y, e.v};
        }
        in->studies += first;
    }
}

static bool set_designs(network_input *in)
{
    in->designs = calloc((size_t)in->studies + 1, sizeof *in->designs);
    for (int i = 0; in->designs && i < in->n_arms; i++) {
        int t = in->arms[i].treatment;
        in->designs[in->arms[i].study][t / 64] |= (uint64_t)1 << t % 64;
    }
    return in->designs != NULL;
}

static bool has_treatment(const uint64_t design[WORDS], int treatment)
{
    return design[treatment / 64] >> treatment % 64 & 1;
}

/* does a chain of studies lead from the reference to every treatment? `apart` gets one that it does not reach */
static bool is_connected(const network_input *in, const char **apart)
{
    uint64_t reached[WORDS] = {1};
    bool more = true;
    while (more) {
        more = false;
        for (int i = 0; i < in->studies; i++) {
            bool touches = false, adds = false;
            for (int w = 0; w < WORDS; w++) touches = touches || (in->designs[i][w] & reached[w]);
            for (int w = 0; w < WORDS; w++) adds = adds || (in->designs[i][w] & ~reached[w]);
            for (int w = 0; touches && w < WORDS; w++) reached[w] |= in->designs[i][w];
            more = more || (touches && adds);
        }
    }
    for (int t = 0; t < in->treatments; t++)
        if (!has_treatment(reached, t)) *apart = in->names[t];
    return *apart == NULL;
}

static meta_refusal refusal_of(network_input *in, char *why, size_t size)
{
    const char *apart = NULL;
    if (in->n_arms == 0) {
        snprintf(why, size, "no study reports two arms with a variance each");
        return REFUSED_NOT_REPORTED;
    }
    if (in->treatments < 2 || in->treatments >= TREATMENTS_MAX) {
        snprintf(why, size, "%d treatments; a network needs 2 to %d", in->treatments, TREATMENTS_MAX - 1);
        return REFUSED_TOO_FEW;
    }
    if (is_connected(in, &apart)) return REFUSED_NOT;
    snprintf(why, size,
             "no chain of studies connects '%.60s' with '%.60s'; choose studies with --only or another --reference",
             apart, in->names[0]);
    return REFUSED_NOT_COMPARABLE;
}

/* ---- consistency: Q of each design (set of treatments) by itself; the rest of Q is between designs ---- */

static bool same_design(const network_input *in, int a, int b)
{
    return memcmp(in->designs[a], in->designs[b], sizeof in->designs[a]) == 0;
}

/* adds the Q and the degrees of freedom of the design of `study`, fitted to its own studies */
static bool add_design(const network_input *in, int study, islet_network *out)
{
    int place[TREATMENTS_MAX], treatments = 0, n = 0;
    network_fit fit;
    network_arm *arms = malloc((size_t)in->n_arms * sizeof *arms);
    if (!arms) return false;
    for (int t = 0; t < in->treatments; t++) place[t] = has_treatment(in->designs[study], t) ? treatments++ : -1;
    for (int i = 0; i < in->n_arms; i++) {
        if (!same_design(in, study, in->arms[i].study)) continue;
        arms[n] = in->arms[i];
        arms[n].treatment = place[in->arms[i].treatment];
        n++;
    }
    bool fine = network_run(arms, n, treatments, false, &fit);
    free(arms);
    if (!fine) return false;
    out->q_within += fit.q;
    out->q_within_df += fit.q_df;
    network_free(&fit);
    return true;
}

static bool set_consistency(const network_input *in, islet_network *out)
{
    for (int study = 0; study < in->studies; study++) {
        bool first = true;
        for (int before = 0; first && before < study; before++) first = !same_design(in, before, study);
        if (first && !add_design(in, study, out)) return false;
    }
    out->q_between = fmax(out->q - out->q_within, 0);
    out->q_between_df = out->q_df - out->q_within_df;
    out->q_p = out->q_df > 0 ? gsl_cdf_chisq_Q(out->q, out->q_df) : NAN;
    out->q_within_p = out->q_within_df > 0 ? gsl_cdf_chisq_Q(out->q_within, out->q_within_df) : NAN;
    out->q_between_p = out->q_between_df > 0 ? gsl_cdf_chisq_Q(out->q_between, out->q_between_df) : NAN;
    return true;
}

/* ---- tables ---- */

static int studies_with(const network_input *in, int treatment)
{
    int n = 0;
    for (int i = 0; i < in->n_arms; i++) n += in->arms[i].treatment == treatment;
    return n;
}

/* chance that the treatment's value is below another's, mean over the others (Ruecker and Schwarzer 2015, where small is good) */
static double p_score(const network_fit *fit, int treatment)
{
    double sum = 0, se;
    for (int other = 0; other < fit->treatments; other++)
        if (other != treatment) {
            double difference = network_contrast(fit, treatment, other, &se);
            sum += gsl_cdf_ugaussian_P(-difference / se);
        }
    return sum / (fit->treatments - 1);
}

static bool add_numbers(islet_table *table, const char *first, const char *second, const double *numbers, int n)
{
    char text[12][NUMBER_TEXT];
    const char *cells[14] = {first, second};
    int at = second ? 2 : 1;
    for (int i = 0; i < n; i++) {
        number_write(numbers[i], text[i]);
        cells[at++] = text[i];
    }
    return table_add_row(table, cells);
}

static bool contrasts_table(const network_input *in, const network_fit *fixed, const network_fit *fit,
                            islet_network *out)
{
    static const char *const names[] = {"treatment", "studies", "fixed", "fixed_se", "estimate", "se",
                                        "ci_low",    "ci_high", "p",     "pi_low",   "pi_high",  "p_score"};
    static const bool is_number[] = {false, true, true, true, true, true, true, true, true, true, true, true};
    const double z = gsl_cdf_ugaussian_Pinv(0.975);
    if (!(out->contrasts = table_create(12, names, is_number))) return false;
    for (int t = 0; t < in->treatments; t++) {
        double se, fixed_se, y = network_contrast(fit, t, 0, &se), fixed_y = network_contrast(fixed, t, 0, &fixed_se),
                             new_study = z * sqrt(se * se + fit->tau2);
        double numbers[] = {studies_with(in, t),
                            fixed_y,
                            fixed_se,
                            y,
                            se,
                            y - z * se,
                            y + z * se,
                            2 * gsl_cdf_ugaussian_Q(fabs(y / se)),
                            y - new_study,
                            y + new_study,
                            p_score(fit, t)};
        for (int i = 1; t == 0 && i < 10; i++) numbers[i] = i == 1 || i == 3 ? 0 : NAN; /* the reference itself */
        if (!add_numbers(out->contrasts, in->names[t], NULL, numbers, 11)) return false;
    }
    return true;
}

static bool league_table(const network_input *in, const network_fit *fit, islet_network *out)
{
    static const char *const names[] = {"treatment", "against", "estimate", "se", "ci_low", "ci_high", "p"};
    static const bool is_number[] = {false, false, true, true, true, true, true};
    const double z = gsl_cdf_ugaussian_Pinv(0.975);
    if (!(out->league = table_create(7, names, is_number))) return false;
    for (int a = 0; a < in->treatments; a++)
        for (int b = 0; b < in->treatments; b++) {
            double se, y = network_contrast(fit, a, b, &se);
            if (a != b &&
                !add_numbers(out->league, in->names[a], in->names[b],
                             (const double[]){y, se, y - z * se, y + z * se, 2 * gsl_cdf_ugaussian_Q(fabs(y / se))}, 5))
                return false;
        }
    return true;
}

static bool left_table(const network_input *in, islet_network *out)
{
    static const char *const names[] = {"study", "line", "why"};
    static const bool is_number[] = {false, true, false};
    if (!(out->left = table_create(3, names, is_number))) return false;
    for (int i = 0; i < in->n; i++) {
        char line[NUMBER_TEXT];
        if (!in->rows[i].left_because) continue;
        out->left_out++;
        number_write(in->rows[i].line, line);
        if (!table_add_row(out->left, (const char *const[]){in->rows[i].study, line, in->rows[i].left_because}))
            return false;
    }
    return true;
}

/* ---- all of it ---- */

static islet_status pool(network_input *in, islet_network *out)
{
    network_fit fixed = {0}, fit = {0};
    islet_status status = ISLET_OK;
    if (!network_run(in->arms, in->n_arms, in->treatments, false, &fixed) ||
        !network_run(in->arms, in->n_arms, in->treatments, in->random_effects, &fit)) {
        problems_error(in->problems, in->path, 0, 0,
                       "the network has no solution; expected variances above 0; look at the arms");
        status = ISLET_ERR_NUMERICAL;
        goto done;
    }
    out->tau2 = fit.tau2, out->q = fit.q, out->q_df = fit.q_df;
    if (!set_consistency(in, out) || !contrasts_table(in, &fixed, &fit, out) || !league_table(in, &fit, out))
        status = ISLET_ERR_MEMORY;
done:
    network_free(&fixed);
    network_free(&fit);
    return status;
}

static islet_status run(network_input *in, islet_network *out)
{
    islet_status status = network_read_options(in);
    if (status == ISLET_OK) status = network_read_rows(in);
    if (status != ISLET_OK) return status;
    if (!name_treatments(in))
        return network_refuse(in, ISLET_ERR_UNKNOWN_NAME, "reference '%s'; expected a treatment of the table",
                      in->options->reference);
    collect_arms(in);
    if (!set_designs(in)) return ISLET_ERR_MEMORY;
    meta_refusal refusal = refusal_of(in, out->why, sizeof out->why);
    const char *word = meta_refusal_word(refusal), *measure = network_measure_names[in->measure];
    memcpy(out->refusal, word, strlen(word) + 1);
    memcpy(out->measure, measure, strlen(measure) + 1);
    memcpy(out->method, in->random_effects ? "REML" : "EE", in->random_effects ? 5 : 3);
    snprintf(out->reference, sizeof out->reference, "%s", in->treatments ? in->names[0] : "");
    out->studies = in->studies, out->arms = in->n_arms, out->treatments = in->treatments;
    out->tau2 = out->q = out->q_p = out->q_within_p = out->q_between = out->q_between_p = NAN;
    if (!left_table(in, out)) return ISLET_ERR_MEMORY;
    return refusal == REFUSED_NOT ? pool(in, out) : ISLET_OK;
}

islet_status islet_network_run(const char *path, const islet_meta_options *options, islet_network **out,
                               islet_problems *problems)
{
    static const islet_meta_options defaults;
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!path) return ISLET_ERR_ARGUMENT;
    network_input in = {.path = path, .options = options ? options : &defaults, .problems = problems};
    islet_network *network = calloc(1, sizeof *network);
    islet_status status = network ? csv_read(path, &in.file, problems) : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = run(&in, network);
    if (status == ISLET_OK) *out = network;
    else islet_network_free(network);
    free(in.rows);
    free(in.arms);
    free(in.designs);
    csv_free(&in.file);
    return status;
}

void islet_network_free(islet_network *network)
{
    if (!network) return;
    islet_table_free(network->contrasts);
    islet_table_free(network->league);
    islet_table_free(network->left);
    free(network);
}

bool islet_network_is_one(const char *path)
{
    network_input found;
    csv_file file;
    if (!path || csv_read(path, &file, NULL) != ISLET_OK) return false;
    bool arms = network_find_columns(&file, &found) && found.against < 0 && found.spread >= 0;
    csv_free(&file);
    return arms;
}
