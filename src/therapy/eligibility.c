/* Eligibility: every criterion gets a state, the value found and its source; the patient's state follows from them. */
#include "therapy/eligibility.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/table.h"

static const char *const rule_words[] = {"met", "not_met", "unknown", "conflict", "needs_judgement"};
static const char *const state_words[] = {"eligible", "not_eligible", "not_now", "unknown", "needs_judgement"};

const char *islet_eligibility_word(islet_eligibility state)
{
    return state >= ISLET_ELIGIBLE && state <= ISLET_NEEDS_JUDGEMENT ? state_words[state] : "unknown";
}

/* ---- one criterion ---- */

/* Is the whole of `value` inside `range`? */
static bool inside(const requirement *value, const requirement *range)
{
    bool above = value->low > range->low || (value->low == range->low && (!range->low_open || value->low_open));
    bool below = value->high < range->high || (value->high == range->high && (!range->high_open || value->high_open));
    return above && below;
}

/* Have they nothing in common? */
static bool apart(const requirement *a, const requirement *b)
{
    return a->high < b->low || b->high < a->low || (a->high == b->low && (a->high_open || b->low_open)) ||
           (b->high == a->low && (b->high_open || a->low_open));
}

rule_state criterion_judge(const criterion *rule, const patient_record *record)
{
    const record_value *found = &record->items[rule->item];
    if (found->doubtful) return RULE_UNKNOWN;
    if (!found->known) return criterion_asks_for_noted(rule->kind) ? RULE_MET : RULE_UNKNOWN;
    if (found->conflict) return RULE_CONFLICT;
    bool in = inside(&found->value, &rule->range), out = apart(&found->value, &rule->range);
    if (!in && !out) return RULE_UNKNOWN;
    if (rule->kind == CRITERION_JUDGEMENT) return in ? RULE_NEEDS_JUDGEMENT : RULE_MET;
    return in == (rule->kind == CRITERION_NEEDS) ? RULE_MET : RULE_NOT_MET;
}

/* ---- all of them ---- */

typedef struct {
    const patient_record *record;
    islet_table *table;
    bool treats; /* the protocol's preparation treats what rules out for now */
    bool count[RULE_NEEDS_JUDGEMENT + 1], excluded, postponed;
    bool asked[ITEM_COUNT];
} screening;

static bool add_rule(screening *s, const criterion *rule)
{
    const record_value *found = &s->record->items[rule->item];
    const item_info *info = &record_items[rule->item];
    char text[400];
    rule_state state = criterion_judge(rule, s->record);
    s->count[state] = s->asked[rule->item] = true;
    if (state == RULE_NOT_MET && rule->kind == CRITERION_NOT_NOW_IF) s->postponed = true;
    else if (state == RULE_NOT_MET) s->excluded = true;
    if (found->known) snprintf(text, sizeof text, "%s: %s", info->sentence, found->found);
    else if (found->doubtful) snprintf(text, sizeof text, "not known: %s: %s", info->sentence, found->found);
    else if (criterion_asks_for_noted(rule->kind)) snprintf(text, sizeof text, "%s: not noted", info->sentence);
    else snprintf(text, sizeof text, "missing: %s (%s, %s)", info->sentence, info->key, info->unit);
    if (s->treats && state == RULE_NOT_MET && rule->kind == CRITERION_NOT_NOW_IF) {
        size_t end = strlen(text);
        snprintf(text + end, sizeof text - end, "; the preparation treats it, screen again afterwards");
    }
    return table_add_row(s->table, (const char *const[]){rule->id, rule_words[state], criterion_kind_words[rule->kind],
                                                         rule->sentence, text, found->where,
                                                         criterion_standing_words[rule->standing], rule->source});
}

static void range_text(const requirement *range, char out[96])
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT];
    number_write(range->low, low);
    number_write(range->high, high);
    if (isinf(range->low)) snprintf(out, 96, "%s %s", range->high_open ? "<" : "<=", high);
    else if (isinf(range->high)) snprintf(out, 96, "%s %s", range->low_open ? ">" : ">=", low);
    else snprintf(out, 96, "%s to %s", low, high);
}

/* What the protocol's population requires, as criteria. */
static bool add_requirements(screening *s, const struct islet_protocol *protocol)
{
    bool fine = true;
    for (int i = 0; i < TRAIT_COUNT && fine; i++) {
        char limits[96];
        if (!protocol->population.has_require[i]) continue;
        criterion rule = {.kind = CRITERION_NEEDS, .item = i, .range = protocol->population.require[i]};
        range_text(&rule.range, limits);
        snprintf(rule.id, sizeof rule.id, "%s", record_items[i].key);
        snprintf(rule.sentence, sizeof rule.sentence, "%s %s %s", record_items[i].sentence, limits, record_items[i].unit);
        snprintf(rule.source, sizeof rule.source, "%.200s, population.require", protocol->file);
        fine = add_rule(s, &rule);
    }
    return fine;
}

static bool add_population(screening *s, const struct islet_protocol *protocol)
{
    criterion_list rules;
    bool fine = true;
    eligibility_population(protocol, s->record, false, &rules);
    for (int i = 0; i < rules.n && fine; i++) fine = add_rule(s, &rules.list[i]);
    return fine;
}

/* Values that cannot both be true, of which no criterion asks for either: they make the whole record doubtful. */
static bool add_conflicts(screening *s)
{
    const record_value *items = s->record->items;
    bool fine = true;
    for (int i = 0; i < ITEM_COUNT && fine; i++) {
        const item_id other = (item_id)items[i].conflict_with;
        if (!items[i].conflict || other == (item_id)i || s->asked[i] || s->asked[other]) continue;
        criterion rule = {.kind = CRITERION_JUDGEMENT, .item = i, .standing = CRITERION_ASSUMED};
        snprintf(rule.id, sizeof rule.id, "%s", record_items[i].key);
        snprintf(rule.sentence, sizeof rule.sentence, "%s and %s are true of one person", record_items[i].key, record_items[other].key);
        snprintf(rule.source, sizeof rule.source, "the record contradicts itself");
        fine = add_rule(s, &rule);
    }
    return fine;
}

/* Nobody who has died can be treated; of the living nobody notes it. */
static bool add_death(screening *s)
{
    static const criterion rule = {.id = "deceased", .sentence = "alive", .kind = CRITERION_EXCLUDES_IF_NOTED, .item = ITEM_deceased,
                                   .range = {.low = 1, .high = 1}, .source = "the record"};
    const record_value *died = &s->record->items[ITEM_deceased];
    return !died->known || !(died->value.low > 0.0) || add_rule(s, &rule);
}

static islet_eligibility state_of(const screening *s)
{
    if (s->excluded) return ISLET_NOT_ELIGIBLE;
    if (s->postponed) return ISLET_NOT_NOW;
    if (s->count[RULE_NEEDS_JUDGEMENT] || s->count[RULE_CONFLICT]) return ISLET_NEEDS_JUDGEMENT;
    return s->count[RULE_UNKNOWN] || islet_table_rows(s->table) == 0 ? ISLET_ELIGIBILITY_UNKNOWN : ISLET_ELIGIBLE;
}

static bool same_rule(const criterion *a, const criterion *b)
{
    return a->item == b->item && a->kind == b->kind && a->range.low == b->range.low && a->range.high == b->range.high &&
           a->range.low_open == b->range.low_open && a->range.high_open == b->range.high_open;
}

/* Is everything the rule of product `of` asks for asked already: by the population's requirements, or by a product before it? */
static bool is_said(const struct islet_protocol *protocol, int of, const criterion *rule)
{
    bool required = rule->item < TRAIT_COUNT && protocol->population.has_require[rule->item];
    if (required && rule->kind == CRITERION_NEEDS && inside(&protocol->population.require[rule->item], &rule->range)) return true;
    for (int i = 0; i < of; i++)
        for (int k = 0; k < protocol->products[i].criteria.n; k++)
            if (same_rule(&protocol->products[i].criteria.list[k], rule)) return true;
    return false;
}

islet_status eligibility_screen(const struct islet_protocol *protocol, const patient_record *record,
                                islet_eligibility *state, islet_table **criteria)
{
    static const char *const names[] = {"id", "state", "kind", "sentence", "found", "where", "standing", "source"};
    static const bool is_number[8] = {false};
    screening s = {.record = record,
                   .table = table_create(8, names, is_number),
                   .treats = protocol->preparation.contraindications_treated};
    *criteria = NULL;
    bool fine = s.table && add_requirements(&s, protocol) && add_population(&s, protocol);
    for (int i = 0; i < protocol->n_products; i++)
        for (int k = 0; k < protocol->products[i].criteria.n && fine; k++)
            if (!is_said(protocol, i, &protocol->products[i].criteria.list[k]))
                fine = add_rule(&s, &protocol->products[i].criteria.list[k]);
    if (!fine || !add_death(&s) || !add_conflicts(&s)) {
        islet_table_free(s.table);
        return ISLET_ERR_MEMORY;
    }
    *state = state_of(&s);
    *criteria = s.table;
    return ISLET_OK;
}

islet_status islet_screen(const islet_protocol *protocol, const char *patient, int64_t row, const char *id,
                          islet_eligibility *state, islet_table **criteria, islet_problems *problems)
{
    char *text = NULL;
    size_t length;
    *criteria = NULL;
    if (!protocol || !patient || !state || row < 0) return ISLET_ERR_ARGUMENT;
    islet_status status = file_read(patient, RECORD_MAX_BYTES, &text, &length, problems);
    if (status != ISLET_OK) return status;
    patient_record *record = malloc(sizeof *record);
    record_choice choice = {row, id};
    status = record ? record_parse(text, length, patient, &choice, record, problems) : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = eligibility_screen(protocol, record, state, criteria);
    free(record);
    free(text);
    return status;
}
