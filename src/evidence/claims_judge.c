/* From a test to a verdict. Controlled and single-arm evidence are never pooled together: `effect` reads pairs of arms of one trial,
 * `share` one arm, and each says which it is. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/claims_judge.h"
#include "base/number.h"
#include "patient/record.h"
#include "stats/effect.h"
#include "stats/pool.h"
#include "stats/summary.h"

#define STUDIES_MAX 32
#define HALF 0.5      /* of a claimed share: what is called partly */
#define COMPARABLE 3  /* trials for a prediction interval */

static const char *const verdict_words[] = {"supported", "partly", "unsupported", "contradicted", "untestable", ""};

const char *claim_verdict_word(claim_verdict verdict)
{
    return verdict_words[verdict];
}

claim_verdict claim_verdict_find(const char *word)
{
    for (int i = 0; i < VERDICT_NONE; i++)
        if (strcmp(verdict_words[i], word) == 0) return (claim_verdict)i;
    return VERDICT_NONE;
}

static const char *const test_words[TEST_COUNT] = {"",      "effect",    "published", "share", "sole",
                                                   "below", "never", "mechanism", "criterion", "route", "step"};

const char *claim_test_word(claim_test test)
{
    return test_words[test];
}

claim_test claim_test_find(const char *word)
{
    int test = 0;
    if (strcmp(word, "none") == 0) return TEST_NONE;
    while (test < TEST_COUNT && strcmp(test_words[test], word) != 0) test++;
    return (claim_test)test;
}

const char *claim_reason_sentence(const char *word)
{
    static const char *const reasons[][2] = {
        {"disease", "about the disease: it says nothing of a treatment"},
        {"practice", "about practice: how something is done, which no outcome of a trial tells"},
        {"registry", "about trials: a fact of registers and publications, not an outcome"},
        {"opinion", "an opinion: no number would make it true or false"},
        {"commerce", "about a seller: a price, a place or a firm's own statement"},
        {"outside_model", "outside: an outcome that neither the rows nor the model have"},
        {"not_reported", "not reported: no trial with numbers was found"},
    };
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (strcmp(reasons[i][0], word) == 0) return reasons[i][1];
    return "";
}

claim_verdict claim_verdict_effect(double needed, double estimate, double low, double high)
{
    if (needed < 0.0) { /* turned round: benefit is upwards */
        double turned = -low;
        needed = -needed;
        estimate = -estimate;
        low = -high;
        high = turned;
    }
    if (isnan(estimate) || isnan(low)) return VERDICT_UNSUPPORTED;
    if (high < 0.0) return VERDICT_CONTRADICTED;
    if (!(low > 0.0)) return VERDICT_UNSUPPORTED;
    return estimate >= needed ? VERDICT_SUPPORTED : VERDICT_PARTLY;
}

claim_verdict claim_verdict_share(double needed, double estimate, double low)
{
    if (isnan(estimate)) return VERDICT_UNSUPPORTED;
    if (estimate >= needed) return VERDICT_SUPPORTED; /* as of an effect: what was found, not what chance allows */
    return low >= HALF * needed ? VERDICT_PARTLY : VERDICT_UNSUPPORTED;
}

bool claim_next_named(const char **list, char part[CLAIM_PARTS][CLAIM_PART_SIZE])
{
    if (!**list) return false;
    size_t length = strcspn(*list, ";");
    const char *at = *list, *end = at + length;
    for (int i = 0; i < CLAIM_PARTS; i++) {
        const char *stop = i < CLAIM_PARTS - 1 ? memchr(at, ':', (size_t)(end - at)) : NULL;
        if (!stop) stop = end;
        snprintf(part[i], CLAIM_PART_SIZE, "%.*s", (int)(stop - at), at);
        at = stop < end ? stop + 1 : end;
    }
    *list = *end ? end + 1 : end;
    return true;
}

static const evidence_row *find_row(const evidence_rows *rows, const char *trial, const char *arm, const char *endpoint, int day,
                                    evidence_statistic statistic)
{
    for (int i = 0; i < rows->n; i++) {
        const evidence_row *row = &rows->rows[i];
        if (strcmp(row->trial, trial) == 0 && strcmp(row->arm, arm) == 0 && strcmp(row->endpoint.key, endpoint) == 0 &&
            row->day == day && (statistic == STATISTICS || row->statistic == statistic))
            return row;
    }
    return NULL;
}

/* ---- tests ---- */

/* one controlled trial: difference of means, or of shares */
static effect difference_of(const evidence_row *treated, const evidence_row *control)
{
    if (outcome_is_share(&treated->endpoint)) {
        double a = treated->value * treated->n, c = control->value * control->n;
        return effect_risk_difference(a, treated->n - a, c, control->n - c);
    }
    double se_a = evidence_row_se(treated), se_b = evidence_row_se(control);
    return (effect){treated->value - control->value, se_a * se_a + se_b * se_b};
}

/* The two arms of one trial on the day; with day 0 on the last day after it on which both are reported with a variance. */
static bool find_difference(const claim *c, const evidence_rows *rows, char part[CLAIM_PARTS][CLAIM_PART_SIZE],
                            effect *e, double *people)
{
    int day = 0;
    bool found = false;
    for (int i = 0; i < rows->n; i++) {
        const evidence_row *treated = &rows->rows[i];
        if (strcmp(treated->trial, part[0]) != 0 || strcmp(treated->arm, part[1]) != 0 ||
            strcmp(treated->endpoint.key, c->endpoint) != 0 || (c->day > 0 ? treated->day != c->day : treated->day <= day))
            continue;
        const evidence_row *control = find_row(rows, part[0], part[2], c->endpoint, treated->day, treated->statistic);
        if (!control) continue;
        const effect here = difference_of(treated, control);
        if (found && !(here.v > 0.0)) continue;
        found = true;
        *e = here;
        *people = (treated->n > 0 ? treated->n : 0.0) + (control->n > 0 ? control->n : 0.0);
        if (c->day > 0) break;
        if (here.v > 0.0) day = treated->day;
    }
    return found;
}

static void judge_effect(claim *c, const evidence_rows *rows)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = c->from;
    double y[STUDIES_MAX], v[STUDIES_MAX], people;
    int without_variance = 0;
    effect e;
    c->n = 0.0;
    while (claim_next_named(&list, part) && c->k < STUDIES_MAX) {
        if (!find_difference(c, rows, part, &e, &people)) continue;
        if (!(e.v > 0.0)) {
            without_variance++;
            continue;
        }
        y[c->k] = e.y;
        v[c->k++] = e.v;
        c->n += people;
    }
    c->refusal = c->k == 0           ? without_variance ? "not reported: the trials gave no variance"
                                                        : "not reported: no controlled trial has both arms"
                 : c->k < COMPARABLE ? "too few: a prediction interval needs three comparable trials"
                                     : "";
    if (c->k == 1) {
        c->estimate = y[0];
        c->ci_low = y[0] - NORMAL_Z_975 * sqrt(v[0]);
        c->ci_high = y[0] + NORMAL_Z_975 * sqrt(v[0]);
    } else if (c->k > 1) {
        pool_fit fit;
        if (!pool_run(y, v, NULL, c->k, 1, POOL_REML, false, &fit)) return;
        c->estimate = fit.beta[0];
        c->ci_low = fit.low[0];
        c->ci_high = fit.high[0];
        if (c->k >= COMPARABLE) c->pi_low = fit.pi_low, c->pi_high = fit.pi_high;
    }
    c->verdict = claim_verdict_effect(c->needed, c->estimate, c->ci_low, c->ci_high);
    snprintf(c->why, sizeof c->why,
             c->k == 0 ? "no controlled trial with numbers was found"
             : c->verdict == VERDICT_SUPPORTED
                 ? "%d controlled trial%s, people in all %.0f: the difference is there and as large as claimed"
             : c->verdict == VERDICT_PARTLY
                 ? "%d controlled trial%s, people in all %.0f: a difference is there, smaller than the claim needs"
             : c->verdict == VERDICT_CONTRADICTED
                 ? "%d controlled trial%s, people in all %.0f: the difference goes the other way"
                 : "%d controlled trial%s, people in all %.0f: no difference is shown",
             c->k, c->k == 1 ? "" : "s", c->n);
}

static double cell_number(const islet_table *table, int row, const char *name)
{
    for (int column = 0; column < islet_table_columns(table); column++) {
        if (strcmp(islet_table_column_name(table, column), name) != 0) continue;
        double value = NAN;
        const char *text = islet_table_cell(table, row, column);
        return number_read(text, strlen(text), &value) ? value : NAN;
    }
    return NAN;
}

const char *claim_cell_text(const islet_table *table, int row, const char *name)
{
    for (int column = 0; column < islet_table_columns(table); column++)
        if (strcmp(islet_table_column_name(table, column), name) == 0) return islet_table_cell(table, row, column);
    return "";
}

bool claim_measure_is_ratio(const char *measure)
{
    return strcmp(measure, "RR") == 0 || strcmp(measure, "OR") == 0;
}

/* of a ratio 1 is no effect, and what is needed may be on either side of it */
static claim_verdict published_verdict(double needed, const double found[3], bool ratio)
{
    if (!ratio) return claim_verdict_effect(needed, found[0], found[1], found[2]);
    return claim_verdict_effect(log(needed), log(found[0]), log(found[1]), log(found[2]));
}

/* Every review of the list that gave an interval; the first is shown. Where they disagree, the claim holds by some of them. */
static void judge_published(claim *c, const islet_table *reviews)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = c->from;
    bool disagree = false, some = false;
    c->verdict = VERDICT_UNSUPPORTED;
    while (claim_next_named(&list, part))
        for (int row = 0; row < islet_table_rows(reviews); row++) {
            if (strcmp(claim_cell_text(reviews, row, "meta_id"), part[0]) != 0 ||
                strcmp(claim_cell_text(reviews, row, "outcome"), part[1]) != 0)
                continue;
            const bool ratio = claim_measure_is_ratio(claim_cell_text(reviews, row, "effect_measure"));
            const double found[3] = {cell_number(reviews, row, "estimate"), cell_number(reviews, row, "ci_low"), cell_number(reviews, row, "ci_high")};
            if (isnan(found[1])) continue;
            const claim_verdict here = published_verdict(c->needed, found, ratio);
            some = some || here == VERDICT_SUPPORTED || here == VERDICT_PARTLY;
            if (c->k++ > 0) {
                disagree = disagree || here != c->verdict;
                continue;
            }
            c->verdict = here;
            c->estimate = found[0];
            c->ci_low = found[1];
            c->ci_high = found[2];
            c->n = cell_number(reviews, row, "n_total");
        }
    if (disagree) c->verdict = some ? VERDICT_PARTLY : VERDICT_UNSUPPORTED;
    c->refusal = "not reported: reviews give the pooled difference, not the trials";
    snprintf(c->why, sizeof c->why, "%d published review%s: %s", c->k, c->k == 1 ? "" : "s",
             isnan(c->estimate)                   ? "its number was not found"
             : disagree                           ? "they disagree, some by an interval that reaches no effect, some by size; the first is shown"
             : c->verdict == VERDICT_SUPPORTED    ? "the difference is as large as claimed"
             : c->verdict == VERDICT_PARTLY       ? "a difference, smaller than the claim needs"
             : c->verdict == VERDICT_CONTRADICTED ? "the difference goes the other way"
                                                  : "its interval reaches no effect");
}

/* events of n over the arms of the list; `trials` counts those found */
static void add_counts(const claim *c, const evidence_rows *rows, double *events, double *n, int *trials)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = c->from;
    *events = *n = 0.0;
    *trials = 0;
    while (claim_next_named(&list, part)) {
        const evidence_row *row = NULL;
        for (int i = 0; i < rows->n && !row; i++) { /* on the day, or with day 0 at any time: the first there is */
            const evidence_row *one = &rows->rows[i];
            if (strcmp(one->trial, part[0]) == 0 && strcmp(one->arm, part[1]) == 0 &&
                strcmp(one->endpoint.key, c->endpoint) == 0 && (c->day == 0 || one->day == c->day) && one->n >= 1.0)
                row = one;
        }
        if (!row) continue;
        *events += isnan(row->events) ? round(row->value * row->n) : row->events;
        *n += row->n;
        ++*trials;
    }
}

static void judge_share(claim *c, const evidence_rows *rows)
{
    double events;
    add_counts(c, rows, &events, &c->n, &c->k);
    c->refusal = c->k < COMPARABLE ? "too few: a prediction interval needs three comparable trials"
                                   : "not comparable: arms without controls are only counted";
    if (c->k > 0) {
        summary exact = summary_binomial((int64_t)events, (int64_t)c->n);
        c->estimate = exact.value;
        c->ci_low = exact.ci_low;
        c->ci_high = exact.ci_high;
    }
    c->verdict = claim_verdict_share(c->needed, c->estimate, c->ci_low);
    if (c->test == TEST_SHARE && c->verdict == VERDICT_SUPPORTED)
        c->verdict = VERDICT_PARTLY; /* how many would have it anyway is not known */
    if (c->k == 0) snprintf(c->why, sizeof c->why, "no trial has counted it");
    else
        snprintf(c->why, sizeof c->why, "%.0f of %.0f people in %d arm%s%s; claimed are %.0f of 100", events, c->n,
                 c->k, c->k == 1 ? "" : "s",
                 c->test == TEST_SHARE ? " without comparison" : ", and nobody has it without the treatment",
                 100.0 * c->needed);
}

static void judge_below(claim *c, const evidence_rows *rows)
{
    double events;
    add_counts(c, rows, &events, &c->n, &c->k);
    c->verdict = VERDICT_UNSUPPORTED;
    c->refusal = "not comparable: arms without controls are only counted";
    if (c->k == 0) {
        snprintf(c->why, sizeof c->why, "no trial has counted it");
        return;
    }
    summary exact = summary_binomial((int64_t)events, (int64_t)c->n);
    c->estimate = exact.value;
    c->ci_low = exact.ci_low;
    c->ci_high = exact.ci_high;
    c->verdict = c->ci_high < c->needed ? VERDICT_SUPPORTED : c->ci_low >= c->needed ? VERDICT_CONTRADICTED : VERDICT_PARTLY;
    snprintf(c->why, sizeof c->why, "%.0f of %.0f people in %d arm%s have it; the claim says fewer than %.0f of 100", events, c->n,
             c->k, c->k == 1 ? "" : "s", 100.0 * c->needed);
}

static void judge_never(claim *c, const evidence_rows *rows)
{
    double events;
    add_counts(c, rows, &events, &c->n, &c->k);
    if (c->k > 0) {
        summary exact = summary_binomial((int64_t)events, (int64_t)c->n);
        c->estimate = exact.value;
        c->ci_low = exact.ci_low;
        c->ci_high = exact.ci_high;
    }
    c->refusal = "not comparable: arms without controls are only counted";
    c->verdict = events > 0.0 ? VERDICT_CONTRADICTED : VERDICT_UNSUPPORTED;
    if (events > 0.0) snprintf(c->why, sizeof c->why, "it has happened: %.0f of %.0f people", events, c->n);
    else if (c->k > 0)
        snprintf(c->why, sizeof c->why, "not seen in %.0f people, which allows up to %.1f of 100", c->n,
                 100.0 * c->ci_high);
    else snprintf(c->why, sizeof c->why, "nobody has counted it; that none was seen shows nothing");
}

islet_status claim_judge(claim *c, const evidence_rows *rows, const islet_table *reviews)
{
    c->k = 0;
    c->n = c->estimate = c->ci_low = c->ci_high = c->pi_low = c->pi_high = NAN;
    c->refusal = "";
    bool fine = true;
    switch (c->test) {
    case TEST_EFFECT: judge_effect(c, rows); break;
    case TEST_PUBLISHED: judge_published(c, reviews); break;
    case TEST_SHARE:
    case TEST_SOLE: judge_share(c, rows); break;
    case TEST_BELOW: judge_below(c, rows); break;
    case TEST_NEVER: judge_never(c, rows); break;
    case TEST_MECHANISM: fine = claim_judge_mechanism(c); break;
    case TEST_CRITERION: fine = claim_judge_criterion(c); break;
    case TEST_ROUTE: fine = claim_judge_route(c); break;
    case TEST_STEP: fine = claim_judge_step(c); break;
    case TEST_COUNT:
    case TEST_NONE:
        c->verdict = c->reviewer == VERDICT_NONE ? VERDICT_UNTESTABLE : c->reviewer;
        c->refusal = claim_reason_sentence(c->from);
        snprintf(c->why, sizeof c->why, "%s%.800s", c->reviewer == VERDICT_NONE ? "no test: " : "the reviewer's: ",
                 c->reviewer == VERDICT_NONE ? "neither trials nor the model have what it says" : c->evidence);
        break;
    }
    if (!fine) return ISLET_ERR_MEMORY;
    if (*c->covers && c->verdict == VERDICT_SUPPORTED) c->verdict = VERDICT_PARTLY; /* of several things claimed one was looked at */
    if (c->test >= TEST_MECHANISM && c->test < TEST_COUNT && c->k == 0) {
        c->verdict = VERDICT_UNTESTABLE;
        snprintf(c->why, sizeof c->why,
                 "islet has nothing of the name '%.100s'; islet products and docs/formats.md list what it has",
                 c->from);
    }
    return ISLET_OK;
}
