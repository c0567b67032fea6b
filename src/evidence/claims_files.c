/* Claims that a file answers: how well founded a mechanism of a product is, who may be treated, where cells are given, and in
 * which order a path goes. */
#include "evidence/claims_judge.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "therapy/conditioning.h"

static int mechanism_named(const char *word)
{
    for (int i = 0; i < MECHANISM_COUNT; i++)
        if (strcmp(mechanism_words[i], word) == 0) return i;
    return -1;
}

/* the best founded of the products decides */
bool claim_judge_mechanism(claim *c)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = c->from;
    int mechanism = mechanism_named(c->endpoint), best = GRADE_NONE;
    bool measured_null = false;
    product *one = malloc(sizeof *one);
    if (!one) return false;
    c->verdict = VERDICT_UNSUPPORTED;
    c->estimate = 0.0;
    while (mechanism >= 0 && claim_next_named(&list, part)) {
        if (!product_shipped(part[0], one)) continue;
        const product_mechanism *m = &one->mechanisms[mechanism];
        c->k++;
        if (m->strength.value > 0.0 && m->grade <= best) {
            best = m->grade;
            c->estimate = m->strength.value;
        }
        measured_null = measured_null ||
                        (m->strength.value == 0.0 && m->strength.standing == STANDING_MEASURED && m->grade <= GRADE_C);
    }
    free(one);
    bool founded = best != GRADE_NONE && best <= GRADE_B && !measured_null; /* in some cells and not in others: partly */
    if (best != GRADE_NONE) c->verdict = founded ? VERDICT_SUPPORTED : VERDICT_PARTLY;
    else if (measured_null && mechanism == MECHANISM_differentiation)
        c->verdict = VERDICT_CONTRADICTED; /* looked for in tissue */
    char words[64];
    snprintf(words, sizeof words, "%s", c->endpoint);
    for (char *at = words; (at = strchr(at, '_'));) *at = ' ';
    snprintf(c->why, sizeof c->why, "%s of %d product%s: %s", words, c->k, c->k == 1 ? "" : "s",
             best != GRADE_NONE ? founded         ? "shown in controlled or direct human measurement"
                                  : measured_null ? "shown for some of these cells, measured and not found for others"
                                                  : "from small or uncontrolled human studies only"
             : measured_null    ? "measured in people, and not found"
                                : "nothing shows it in people");
    c->refusal = "not comparable: a mechanism is no outcome of a trial";
    return true;
}

/* Count the products the claim names that hold what it says; -1 when memory runs out. */
static int count_products(claim *c, bool (*holds)(const claim *c, const product *one))
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = c->from;
    int found = 0;
    product *one = malloc(sizeof *one);
    if (!one) return -1;
    while (claim_next_named(&list, part)) {
        if (!product_shipped(part[0], one)) continue;
        c->k++;
        found += holds(c, one);
    }
    free(one);
    return found;
}

static bool states_criterion(const claim *c, const product *one)
{
    for (int i = 0; i < one->criteria.n; i++)
        if (strcmp(one->criteria.list[i].id, c->endpoint) == 0 && one->criteria.list[i].standing == CRITERION_STATED) return true;
    return false;
}

bool claim_judge_criterion(claim *c)
{
    const int found = count_products(c, states_criterion);
    if (found < 0) return false;
    c->verdict = found > 0 ? VERDICT_SUPPORTED : VERDICT_UNSUPPORTED;
    c->refusal = "not comparable: a rule is no outcome of a trial";
    snprintf(c->why, sizeof c->why, "%d of %d products' published entry criteria have this rule", found, c->k);
    return true;
}

/* The product's route is among those of the claim's list. */
static bool goes_there(const claim *c, const product *one)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE];
    const char *list = c->endpoint;
    while (claim_next_named(&list, part))
        if (strcmp(part[0], cell_route_words[one->route]) == 0) return true;
    return false;
}

/* All of those looked at, some, or none. */
static claim_verdict verdict_of_count(int found, int all)
{
    return found == 0 ? VERDICT_UNSUPPORTED : found < all ? VERDICT_PARTLY : VERDICT_SUPPORTED;
}

bool claim_judge_route(claim *c)
{
    const int found = count_products(c, goes_there);
    if (found < 0) return false;
    c->verdict = verdict_of_count(found, c->k);
    c->refusal = "not comparable: a route is no outcome of a trial";
    snprintf(c->why, sizeof c->why, "%d of %d product%s given there in the trials that were read", found, c->k,
             c->k == 1 ? " is" : "s are");
    return true;
}

/* day of a step of a path; -1 when it has none */
static int step_day(const conditioning *path, const char *word)
{
    for (int i = 0; conditioning_step_words[i]; i++)
        if (strcmp(conditioning_step_words[i], word) == 0) return path->step_day[i];
    return -1;
}

/* Two steps are in order, and as far apart as claimed where the claim says how far. */
static bool step_holds(const claim *c, const conditioning *path, char step[CLAIM_PARTS][CLAIM_PART_SIZE])
{
    const int first = step_day(path, step[0]), second = *step[1] ? step_day(path, step[1]) : first;
    const int between = second - first;
    if (first < 0 || second < first) return false;
    return isnan(c->needed) || (between >= c->needed && !(between > c->up_to));
}

bool claim_judge_step(claim *c)
{
    char part[CLAIM_PARTS][CLAIM_PART_SIZE], step[CLAIM_PARTS][CLAIM_PART_SIZE] = {{0}};
    const char *list = c->from, *steps = c->endpoint;
    int found = 0;
    conditioning *path = malloc(sizeof *path);
    if (!path) return false;
    claim_next_named(&steps, step);
    while (claim_next_named(&list, part)) {
        if (!conditioning_shipped(part[0], path)) continue;
        c->k++;
        found += step_holds(c, path, step);
    }
    free(path);
    c->verdict = verdict_of_count(found, c->k);
    c->refusal = "not comparable: a step of a path is no outcome of a trial";
    snprintf(c->why, sizeof c->why, "%d of %d path%s of transplantation that trials published go%s this way", found, c->k,
             c->k == 1 ? "" : "s", c->k == 1 ? "es" : "");
    return true;
}
