/* Eligibility: whom the protocol's population holds, as criteria. What is simulated is said of these people alone: which diabetes they
 * have, the hard bounds of their age and of the time since diagnosis, whether they are on insulin, which drugs none of them takes. */
#include <math.h>
#include <stdio.h>

#include "base/number.h"
#include "base/problems.h"
#include "therapy/eligibility.h"

#define SAME_YEAR 0.1    /* ages and durations are cut to a tenth */
#define CONSTANT_YEAR 1.0 /* assumed: how far from the one time since diagnosis that all of a population have somebody may be */

static void add_flag(const struct islet_protocol *protocol, criterion_kind kind, item_id item, bool yes, const char *sentence,
                     criterion_list *out)
{
    criterion *rule = &out->list[out->n++];
    *rule = (criterion){.kind = kind, .item = item, .range = {.low = yes, .high = yes}, .standing = CRITERION_STATED};
    snprintf(rule->id, sizeof rule->id, "%s", record_items[item].key);
    snprintf(rule->sentence, sizeof rule->sentence, "%s", sentence);
    snprintf(rule->source, sizeof rule->source, "%.180s, population.of: %.40s", protocol->file, protocol->population.name);
}

/* Do the protocol's products say of this item themselves who may be treated? */
static const criterion *said_by_products(const struct islet_protocol *protocol, item_id item)
{
    for (int i = 0; i < protocol->n_products; i++)
        for (int k = 0; k < protocol->products[i].criteria.n; k++)
            if (protocol->products[i].criteria.list[k].item == (int)item) return &protocol->products[i].criteria.list[k];
    return NULL;
}

static bool asks_for(const criterion *rule, bool yes)
{
    return (rule->kind == CRITERION_NEEDS) == (rule->range.low == (double)yes);
}

/* Do people with a diabetes that the protocol's product rules out stand for others, of whom no population is shipped? */
static bool stands_in(const struct islet_protocol *protocol)
{
    const int of = protocol->population.diabetes;
    if (of == DIABETES_NONE) return false;
    const criterion *said = said_by_products(protocol, of == DIABETES_TYPE1 ? ITEM_type_1_diabetes : ITEM_type_2_diabetes);
    return said && !asks_for(said, true);
}

static void add_type(const struct islet_protocol *protocol, bool all, criterion_list *out)
{
    static const struct {
        item_id item;
        const char *has, *none;
    } types[] = {{ITEM_type_1_diabetes, "type 1 diabetes", "no type 1 diabetes"},
                 {ITEM_type_2_diabetes, "type 2 diabetes", "no type 2 diabetes"}};
    for (int t = 0; t < 2; t++) {
        const bool has = protocol->population.diabetes == (t ? DIABETES_TYPE2 : DIABETES_TYPE1);
        if (has && (all || !said_by_products(protocol, types[t].item)))
            add_flag(protocol, CRITERION_NEEDS, types[t].item, true, types[t].has, out);
        if (!has) add_flag(protocol, CRITERION_EXCLUDES_IF_NOTED, types[t].item, true, types[t].none, out);
    }
}

/* ---- bounds ---- */

static bool asks_no_more(const requirement *said, const requirement *range)
{
    return said->low >= range->low && said->high <= range->high;
}

/* Is what lies within the range asked for already, by the protocol's requirements or by a product? */
static bool is_asked(const struct islet_protocol *protocol, const criterion *rule)
{
    const bool required = protocol->population.has_require[rule->item];
    if (required && asks_no_more(&protocol->population.require[rule->item], &rule->range)) return true;
    for (int i = 0; i < protocol->n_products; i++)
        for (int k = 0; k < protocol->products[i].criteria.n; k++) {
            const criterion *said = &protocol->products[i].criteria.list[k];
            if (said->item == rule->item && said->kind == CRITERION_NEEDS && asks_no_more(&said->range, &rule->range)) return true;
        }
    return false;
}

/* Of the rules from `first` on those stay that nothing else asks for. */
static void drop_asked(const struct islet_protocol *protocol, int first, criterion_list *rules)
{
    int kept = first;
    for (int i = first; i < rules->n; i++)
        if (rules->list[i].kind != CRITERION_NEEDS || !is_asked(protocol, &rules->list[i])) rules->list[kept++] = rules->list[i];
    rules->n = kept;
}

static void add_range(const struct islet_protocol *protocol, criterion_kind kind, item_id item, requirement range, const char *id,
                      const char *sentence, const population_value *value, criterion_list *out)
{
    criterion rule = {.kind = kind, .item = item, .range = range, .standing = CRITERION_STATED};
    snprintf(rule.id, sizeof rule.id, "population_%s", id);
    snprintf(rule.sentence, sizeof rule.sentence, "%s", sentence);
    snprintf(rule.source, sizeof rule.source, "data/populations/%.63s.yaml:%d: %.120s", protocol->population.name, value->line,
             value->source);
    out->list[out->n++] = rule;
}

static void add_needed(const struct islet_protocol *protocol, item_id item, const population_value *value, criterion_list *out)
{
    char low[NUMBER_TEXT], high[NUMBER_TEXT], sentence[160];
    requirement range = {.low = value->low, .high = value->high};
    if (!(value->sd > 0.0) && isinf(range.high)) range = (requirement){.low = value->mean, .high = value->mean + CONSTANT_YEAR};
    if (isinf(range.low) || isinf(range.high)) return;
    number_write(range.low, low);
    number_write(range.high, high);
    snprintf(sentence, sizeof sentence, "%s %s to %s, as in the population", record_items[item].sentence, low, high);
    add_range(protocol, CRITERION_NEEDS, item, range, record_items[item].key, sentence, value, out);
}

/* Where the population file gives the age at diagnosis, its bounds are bounds of the duration at the patient's age. */
static void add_diagnosis(const struct islet_protocol *protocol, const patient_record *record, criterion_list *out)
{
    const population_value *at = &protocol->population.age_at_diagnosis_year;
    const record_value *age = &record->items[ITEM_age_year];
    char year[NUMBER_TEXT], sentence[160];
    if (!age->known || age->conflict || age->value.low < age->value.high) return;
    const requirement younger = {.low = age->value.low - at->low + SAME_YEAR, .high = INFINITY, .low_open = true},
                      older = {.low = -INFINITY, .high = age->value.low - at->high - SAME_YEAR, .high_open = true};
    if (!isinf(at->low)) {
        number_write(at->low, year);
        snprintf(sentence, sizeof sentence, "not diagnosed before the age of %s years, as nobody of the population", year);
        add_range(protocol, CRITERION_EXCLUDES_IF_NOTED, ITEM_duration_year, younger, "diagnosed_after", sentence, at, out);
    }
    if (!isinf(at->high)) {
        number_write(at->high, year);
        snprintf(sentence, sizeof sentence, "not diagnosed after the age of %s years, as nobody of the population", year);
        add_range(protocol, CRITERION_EXCLUDES_IF_NOTED, ITEM_duration_year, older, "diagnosed_before", sentence, at, out);
    }
}

static void add_bounds(const struct islet_protocol *protocol, const patient_record *record, criterion_list *out)
{
    const population *of = &protocol->population;
    add_needed(protocol, ITEM_age_year, &of->age_year, out);
    if (of->diabetes == DIABETES_NONE || stands_in(protocol)) return; /* the time since a diagnosis says nothing of them */
    if (population_gives(&of->duration_year)) add_needed(protocol, ITEM_duration_year, &of->duration_year, out);
    else add_diagnosis(protocol, record, out);
}

/* ---- treatment ---- */

/* Insulin and drugs of a population without type 1 diabetes. What nobody in it takes is no exclusion: the people simulated are then
 * unlike this one, and a doctor has to decide. */
static void add_treatment(const struct islet_protocol *protocol, criterion_list *out)
{
    const population *of = &protocol->population;
    const struct {
        double frac;
        item_id item;
        const char *sentence;
    } drugs[] = {
        {of->metformin_frac.mean, ITEM_uses_metformin, "nobody simulated takes metformin"},
        {of->sulfonylurea_frac.mean, ITEM_uses_sulfonylurea, "nobody simulated takes a sulfonylurea"},
        {of->dpp4_inhibitor_frac.mean, ITEM_uses_dpp4_inhibitor, "nobody simulated takes a DPP-4 inhibitor"},
        {of->glp1_agonist_frac.mean, ITEM_uses_glp1_agonist, "nobody simulated takes a GLP-1 receptor agonist"},
        {of->sglt2_inhibitor_frac.mean, ITEM_uses_sglt2_inhibitor, "nobody simulated takes an SGLT2 inhibitor"},
        {of->tzd_frac.mean, ITEM_uses_tzd, "nobody simulated takes a thiazolidinedione"},
    };
    const bool has = of->diabetes == DIABETES_TYPE2;
    if (of->insulin_frac.mean >= 1.0) add_flag(protocol, CRITERION_NEEDS, ITEM_uses_insulin, true, "on insulin", out);
    if (!(of->insulin_frac.mean > 0.0))
        add_flag(protocol, has ? CRITERION_NEEDS : CRITERION_EXCLUDES_IF_NOTED, ITEM_uses_insulin, !has, "not on insulin", out);
    for (size_t i = 0; i < sizeof drugs / sizeof *drugs; i++)
        if (!(drugs[i].frac > 0.0)) add_flag(protocol, CRITERION_JUDGEMENT, drugs[i].item, true, drugs[i].sentence, out);
}

void eligibility_population(const struct islet_protocol *protocol, const patient_record *record, bool all, criterion_list *out)
{
    out->n = 0;
    if (!protocol->population.name[0]) return; /* none is named: nobody is held to it */
    if (!stands_in(protocol)) add_type(protocol, all, out);
    const int first = out->n;
    add_bounds(protocol, record, out);
    if (!all) drop_asked(protocol, first, out);
    if (protocol->population.diabetes != DIABETES_TYPE1) add_treatment(protocol, out);
}

islet_status eligibility_in_population(const struct islet_protocol *protocol, const patient_record *record, islet_problems *problems)
{
    criterion_list rules;
    eligibility_population(protocol, record, true, &rules);
    for (int i = 0; i < rules.n; i++) {
        const criterion *rule = &rules.list[i];
        const record_value *found = &record->items[rule->item];
        if (rule->kind == CRITERION_JUDGEMENT || criterion_judge(rule, record) != RULE_NOT_MET) continue;
        problems_error(problems, found->where, 0, 0,
                       "%s: %s, and nobody of population '%s' is so (%s; %.120s); name a protocol with another population",
                       record_items[rule->item].sentence, found->found, protocol->population.name, rule->sentence, rule->source);
        return ISLET_ERR_INPUT;
    }
    return ISLET_OK;
}
