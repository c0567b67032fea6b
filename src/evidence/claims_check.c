/* What a claim names, held against what there is: trials and arms, reviews, products, paths, mechanisms, end points and units. A misspelt name would
 * otherwise read as evidence that does not exist. All that is wrong with a claim is said at once. */
#include "evidence/claims_judge.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/problems.h"
#include "therapy/conditioning.h"

#define LIST_TEXT 400

typedef struct {
    claim *c;
    const char *path;
    islet_problems *problems;
    bool fine;
} checker;

__attribute__((format(printf, 2, 3))) static void refuse(checker *k, const char *format, ...)
{
    char text[700];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    problems_error(k->problems, k->path, k->c->line, 0, "%s", text);
    k->fine = false;
}

static bool is_of_trials(claim_test test)
{
    return test == TEST_EFFECT || test == TEST_SHARE || test == TEST_SOLE || test == TEST_BELOW || test == TEST_NEVER;
}

static bool is_of_share(claim_test test)
{
    return test == TEST_SHARE || test == TEST_SOLE || test == TEST_BELOW;
}

/* "a, b, c" of a NULL-terminated list of words */
static void list_words(const char *const *words, char out[LIST_TEXT])
{
    size_t at = 0;
    out[0] = 0;
    for (int i = 0; words[i] && at < LIST_TEXT - 1; i++)
        at += (size_t)snprintf(out + at, LIST_TEXT - at, "%s%s", i ? ", " : "", words[i]);
}

static bool is_word(const char *word, const char *const *words)
{
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0) return true;
    return false;
}

/* ---- end point and unit ---- */

/* needed in the unit of the end point, whatever the file wrote it in */
static void check_unit(checker *k, const outcome_info *endpoint)
{
    claim *c = k->c;
    char known[UNITS_SHOWN];
    double scale;
    if (!*c->unit) {
        c->unit = endpoint->unit;
        return;
    }
    if (!outcome_unit_scale(endpoint, c->unit, &scale, known)) {
        refuse(k, "unit '%.40s' of %s; expected %s; write the one that needed is in%s", c->unit, c->endpoint, known,
               strcmp(c->unit, "%") == 0 && strncmp(c->endpoint, "insulin_u", 9) == 0 ? "; a change of the dose in % is insulin_change_pct" : "");
        return;
    }
    c->needed *= scale;
    c->unit = endpoint->unit;
}

static void check_endpoint(checker *k)
{
    claim *c = k->c;
    outcome_info endpoint;
    if (!outcome_find(c->endpoint, &endpoint)) {
        const char *near = outcome_nearest(c->endpoint);
        if (!*c->endpoint && c->test == TEST_PUBLISHED) return; /* the review's own */
        refuse(k, "endpoint: '%.60s' is no end point; expected one of docs/evidence.md, such as hba1c_pct%s%s; correct the word", c->endpoint,
               near ? "; did you mean " : "", near ? near : "");
        return;
    }
    check_unit(k, &endpoint);
    const bool share = is_of_share(c->test);
    if ((share || c->test == TEST_NEVER) && !outcome_is_share(&endpoint))
        refuse(k, "endpoint: %s is a mean; a test of %s counts people; name an end point such as insulin_independent, or use effect", c->endpoint,
               claim_test_word(c->test));
    else if (share && !(c->needed >= 0.0 && c->needed <= 1.0))
        refuse(k, "needed is more than all people, or less than none; expected a share, 0 to 1; write 0.8 for 80 of 100, or 80 with the unit %%");
}

/* ---- what `from` names ---- */

static bool has_trial(const evidence_rows *rows, const char *trial, const char *arm)
{
    for (int i = 0; i < rows->n; i++)
        if (strcmp(rows->rows[i].trial, trial) == 0 && (!arm || strcmp(rows->rows[i].arm, arm) == 0)) return true;
    return false;
}

static void list_arms(const evidence_rows *rows, const char *trial, char out[LIST_TEXT])
{
    size_t at = 0;
    out[0] = 0;
    for (int i = 0; i < rows->n && at < LIST_TEXT - 1; i++) {
        if (strcmp(rows->rows[i].trial, trial) != 0) continue;
        bool seen = false;
        for (int j = 0; j < i && !seen; j++)
            seen = strcmp(rows->rows[j].trial, trial) == 0 && strcmp(rows->rows[j].arm, rows->rows[i].arm) == 0;
        if (!seen) at += (size_t)snprintf(out + at, LIST_TEXT - at, "%s%s", at ? ", " : "", rows->rows[i].arm);
    }
}

static void check_trial(checker *k, char part[CLAIM_PARTS][CLAIM_PART_SIZE], const evidence_rows *rows)
{
    if (!has_trial(rows, part[0], NULL)) {
        refuse(k, "from: trial '%.60s' is not in the evidence; expected one that islet evidence lists, or none where nobody has tried it; correct the name", part[0]);
        return;
    }
    const int arms = k->c->test == TEST_EFFECT ? 2 : 1;
    for (int a = 1; a <= arms; a++) {
        char known[LIST_TEXT];
        if (has_trial(rows, part[0], part[a])) continue;
        list_arms(rows, part[0], known);
        refuse(k, "from: '%.60s' is no arm of %s; it has %s; write %s", part[a], part[0], known, arms == 2 ? "TRIAL:arm:control" : "TRIAL:arm");
    }
}

static void check_review(checker *k, char part[CLAIM_PARTS][CLAIM_PART_SIZE], const islet_table *reviews)
{
    for (int row = 0; row < islet_table_rows(reviews); row++) {
        if (strcmp(claim_cell_text(reviews, row, "meta_id"), part[0]) != 0 || strcmp(claim_cell_text(reviews, row, "outcome"), part[1]) != 0) continue;
        const char *measure = claim_cell_text(reviews, row, "effect_measure");
        const bool plain = strcmp(measure, "MD") == 0 || !*measure; /* in the unit of what was measured */
        if (claim_measure_is_ratio(measure) && !(k->c->needed > 0.0 && k->c->needed != 1.0))
            refuse(k, "needed is no ratio that differs from 1; expected one above 0, such as 0.75 for a quarter less; write it with the unit %s", measure);
        if (!plain && strcmp(k->c->unit, measure) != 0)
            refuse(k, "unit '%.40s', while %s gives %s as %s; the two cannot be compared; write a size of that kind, with the unit %s", k->c->unit, part[0],
                   part[1], measure, measure);
        return;
    }
    refuse(k, "from: '%.60s:%.60s' is no pooled result; expected META_ID:outcome of islet evidence meta_pooled; correct the names", part[0], part[1]);
}

static void check_product(checker *k, const char *name, product *room)
{
    if (!product_shipped(name, room))
        refuse(k, "from: '%.60s' is no product; expected one that islet products lists; correct the name", name);
}

/* ---- words of the other tests ---- */

static void check_route(checker *k)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE], known[LIST_TEXT];
    const char *list = k->c->endpoint;
    list_words(cell_route_words, known);
    while (claim_next_named(&list, part))
        if (!is_word(part[0], cell_route_words)) refuse(k, "endpoint: '%.60s' is no route; expected one or more, with ;, of %s; correct the word", part[0], known);
}

static void check_step(checker *k)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE] = {{0}}, known[LIST_TEXT];
    const char *list = k->c->endpoint;
    list_words(conditioning_step_words, known);
    claim_next_named(&list, part);
    for (int i = 0; i < 2; i++)
        if ((i == 0 || *part[i]) && !is_word(part[i], conditioning_step_words))
            refuse(k, "endpoint: '%.60s' is no step of a path; expected one, or first:second, of %s; correct the word", part[i], known);
}

static bool is_criterion(const char *word, product *room)
{
    static const char folder[] = "data/products/";
    for (const embedded_file *file = islet_embedded_files; file->path; file++) {
        char name[NAME_TEXT];
        if (strncmp(file->path, folder, sizeof folder - 1) != 0) continue;
        snprintf(name, sizeof name, "%.*s", (int)strcspn(file->path + sizeof folder - 1, "."), file->path + sizeof folder - 1);
        if (!product_shipped(name, room)) continue;
        for (int i = 0; i < room->criteria.n; i++)
            if (strcmp(room->criteria.list[i].id, word) == 0) return true;
    }
    return false;
}

static void check_word(checker *k, product *room)
{
    char known[LIST_TEXT];
    switch (k->c->test) {
    case TEST_MECHANISM:
        list_words(mechanism_words, known);
        if (!is_word(k->c->endpoint, mechanism_words))
            refuse(k, "endpoint: '%.60s' is no mechanism; expected one of %s; correct the word", k->c->endpoint, known);
        break;
    case TEST_CRITERION:
        if (!is_criterion(k->c->endpoint, room))
            refuse(k, "endpoint: '%.60s' is no criterion of any product; expected one that a product's file has, such as pregnancy; correct the word",
                   k->c->endpoint);
        break;
    case TEST_ROUTE: check_route(k); break;
    case TEST_STEP: check_step(k); break;
    default: check_endpoint(k);
    }
}

/* ---- all of it ---- */

static void check_from(checker *k, const evidence_rows *rows, const islet_table *reviews, product *room, conditioning *path)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = k->c->from;
    while (claim_next_named(&list, part)) {
        if (strcmp(part[0], CLAIM_NO_TRIAL) == 0 && is_of_trials(k->c->test)) continue;
        if (is_of_trials(k->c->test)) check_trial(k, part, rows);
        else if (k->c->test == TEST_PUBLISHED) check_review(k, part, reviews);
        else if (k->c->test == TEST_STEP && !conditioning_shipped(part[0], path))
            refuse(k, "from: '%.60s' is no path; expected one of data/conditioning (docs/cells.md); correct the name", part[0]);
        else if (k->c->test != TEST_STEP) check_product(k, part[0], room);
    }
}

islet_status claim_check(claim *c, const char *path, const evidence_rows *rows, const islet_table *reviews, islet_problems *problems)
{
    if (c->test == TEST_NONE) return ISLET_OK;
    checker k = {c, path, problems, true};
    product *room = malloc(sizeof *room);
    conditioning *steps = malloc(sizeof *steps);
    const bool memory = room && steps;
    if (memory) {
        check_word(&k, room);
        check_from(&k, rows, reviews, room, steps);
    }
    free(room);
    free(steps);
    return !memory ? ISLET_ERR_MEMORY : k.fine ? ISLET_OK : ISLET_ERR_INPUT;
}
