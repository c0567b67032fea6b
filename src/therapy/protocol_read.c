/* Reading a protocol: one table of fields a level, then the checks that need more than one key.
 *
 *   islet, title, seed
 *   population   of, n, require
 *   arms         name, cells (protocol_cells.c), mechanisms, immunosuppression [regimen, start_day, stop_day],
 *                drugs, comparator, and the keys of care but wean
 *   mechanisms   each on, off or a factor
 *   alternatives engraftment_loss, immune_attack, mesenchymal_effect
 *   preparation  weeks, glucose, contraindications
 *   care         insulin, wean, treatment, titration, escalation, hba1c_target_pct
 *   follow_up    years, months, weeks or days, visits_day (or _week, _month), dropout_probability_per_year
 *   endpoints
 */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/endpoint.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/units.h"
#include "therapy/protocol_read.h"

static const char *const wean_words[] = {"trial_protocol", "never", NULL};

/* ---- population ---- */

static void read_of(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    population *target = out, loaded;
    if (!protocol_named_population(reader, node, field->key, context_, &loaded)) return;
    memcpy(loaded.has_require, target->has_require, sizeof loaded.has_require); /* `require` may stand before `of` */
    memcpy(loaded.require, target->require, sizeof loaded.require);
    *target = loaded;
}

static void read_require(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)field, (void)context_;
    population_read_require(reader, node, out);
}

static const yaml_field population_fields[] = {
    {.key = "of", .read = read_of, .offset = offsetof(islet_protocol, population), .required = true},
    {.key = "n",
     .read = yaml_read_int64,
     .offset = offsetof(islet_protocol, n_patients),
     .required = true,
     .low = 1,
     .high = PROTOCOL_MAX_PATIENTS},
    {.key = "require", .read = read_require, .offset = offsetof(islet_protocol, population)},
};

static void read_population(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                            void *context_)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(population_fields), out, context_);
}

/* ---- preparation, alternatives ---- */

#define PREPARATION_WEEKS_MAX 104
static const char *const glucose_words[] = {"usual", "stabilised", NULL}, *const contraindication_words[] = {
                                                                              "exclude", "treated", NULL};
static const char *const engraftment_words[] = {"oxygen", "fixed_share", NULL},
                         *const attack_words[] = {"steady", "growing", NULL},
                         *const effect_words[] = {"memory", "pulse", NULL};

typedef struct {
    int weeks, glucose, contraindications;
} preparation_file;

static const yaml_field preparation_fields[] = {
    {.key = "weeks",
     .read = yaml_read_int,
     .offset = offsetof(preparation_file, weeks),
     .low = 0,
     .high = PREPARATION_WEEKS_MAX,
     .unit = "weeks"},
    YAML_WORD(preparation_file, glucose, false, glucose_words),
    YAML_WORD(preparation_file, contraindications, false, contraindication_words),
};

static void read_preparation(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    preparation_file file = {0};
    yaml_read_map(reader, node, field->key, YAML_TABLE(preparation_fields), &file, context_);
    *(protocol_preparation *)out = (protocol_preparation){.days = file.weeks * 7, .glucose_stabilised = file.glucose == 1,
                                                          .contraindications_treated = file.contraindications == 1};
}

static const yaml_field alternative_fields[] = {
    YAML_WORD(model_alternatives, engraftment_loss, false, engraftment_words),
    YAML_WORD(model_alternatives, immune_attack, false, attack_words),
    YAML_WORD(model_alternatives, mesenchymal_effect, false, effect_words),
};

static void read_alternatives(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(alternative_fields), out, context_);
}

/* ---- care, follow-up, end points ---- */

static const yaml_field care_fields[] = {
    {.key = "insulin",
     .read = yaml_read_word,
     .offset = offsetof(islet_protocol, care.insulin),
     .words = insulin_care_words},
    YAML_WORD(islet_protocol, wean, false, wean_words),
    YAML_WORD(islet_protocol, treatment, false, protocol_treatment_words),
    {.key = "titration",
     .read = yaml_read_word,
     .offset = offsetof(islet_protocol, care.titration),
     .words = protocol_titration_words},
    {.key = "escalation",
     .read = yaml_read_word,
     .offset = offsetof(islet_protocol, care.escalation),
     .words = protocol_escalation_words},
    {.key = "hba1c_target_pct",
     .read = yaml_read_number,
     .offset = offsetof(islet_protocol, care.hba1c_target_pct),
     .low = 5.5,
     .high = 10,
     .unit = "%"},
};

static void read_care(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(care_fields), out, context_);
}

static void read_years(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    double years;
    if (yaml_number(reader, node, field->key, field->unit, field->low, field->high, &years))
        *(int *)out = protocol_day_of_years(years);
}

/* weeks or months, which `size` says */
static void read_length(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    double x;
    if (yaml_number(reader, node, field->key, field->unit, field->low, field->high, &x))
        *(int *)out = (int)duration_days(x, (duration_unit)field->size);
}

static void read_probability(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                             void *context_)
{
    (void)context_;
    double x;
    if (node->kind == YAML_SCALAR && !node->quoted && number_read(node->text, node->length, &x) && x >= 1.0 &&
        x <= 100.0) {
        yaml_error(reader, node,
                   "'%s' is %.30s; a probability below 1 is expected; percent was perhaps meant: write 0.03 for 3 %%",
                   field->key, node->text);
        return;
    }
    if (yaml_number(reader, node, field->key, NULL, field->low, field->high, &x)) *(double *)out = x;
}

static void read_visits(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_context *c = context_;
    islet_protocol *protocol = out;
    static const char *const units[DURATION_UNITS] = {"days", "weeks", "months", "years"};
    const duration_unit unit = (duration_unit)field->size;
    int errors = reader->errors;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, field->unit)) return;
    if (c->visits) {
        yaml_error(reader, node, "the follow-up has its visits twice, in '%s' too; keep one list", field->key);
        return;
    }
    if (node->count == 0 || node->count >= PROTOCOL_MAX_VISITS) {
        yaml_error(reader, node,
                   "'%s' has %d visits; 1 to %d are expected; leave some out, or leave out the key for the usual ones",
                   field->key, node->count, PROTOCOL_MAX_VISITS - 1);
        return;
    }
    c->visits = node;
    for (const yaml_node *child = node->first; child && reader->errors == errors; child = child->next) {
        double x;
        if (!yaml_number(reader, child, field->key, units[unit], 0, PROTOCOL_MAX_DAY, &x)) return;
        if (x != floor(x) && unit == DURATION_DAYS) {
            yaml_error(reader, child, "'%s' has %.30s; whole days are expected; round it", field->key, child->text);
            return;
        }
        const double days = duration_days(x, unit);
        const int day = days <= PROTOCOL_MAX_DAY ? (int)days : PROTOCOL_MAX_DAY;
        if (protocol->n_visits == 0 && day > 0)
            protocol->visits_day[protocol->n_visits++] = 0; /* day 0 is before treatment: always seen */
        if (protocol->n_visits > 0 && day <= protocol->visits_day[protocol->n_visits - 1])
            yaml_error(reader, child,
                       "'%s' goes from day %d to day %d; increasing days are expected; put them in order", field->key,
                       protocol->visits_day[protocol->n_visits - 1], day);
        else protocol->visits_day[protocol->n_visits++] = day;
    }
}

static const yaml_field follow_up_fields[] = {
    {.key = "years",
     .read = read_years,
     .offset = offsetof(islet_protocol, follow_up_day),
     .low = 0.0027,
     .high = PROTOCOL_MAX_YEARS,
     .unit = "years"},
    {.key = "days",
     .read = yaml_read_int,
     .offset = offsetof(islet_protocol, follow_up_day),
     .low = 1,
     .high = PROTOCOL_MAX_DAY,
     .unit = "days"},
    {.key = "weeks",
     .read = read_length,
     .offset = offsetof(islet_protocol, follow_up_day),
     .low = 1,
     .high = PROTOCOL_MAX_YEARS * 52,
     .unit = "weeks",
     .size = DURATION_WEEKS},
    {.key = "months",
     .read = read_length,
     .offset = offsetof(islet_protocol, follow_up_day),
     .low = 0.5,
     .high = PROTOCOL_MAX_YEARS * 12,
     .unit = "months",
     .size = DURATION_MONTHS},
    {.key = "visits_day", .read = read_visits, .unit = "[0, 30, 90, 180, 365]", .size = DURATION_DAYS},
    {.key = "visits_week", .read = read_visits, .unit = "[0, 12, 24, 52]", .size = DURATION_WEEKS},
    {.key = "visits_month", .read = read_visits, .unit = "[0, 3, 6, 12]", .size = DURATION_MONTHS},
    {.key = "dropout_probability_per_year",
     .read = read_probability,
     .offset = offsetof(islet_protocol, dropout_probability_per_year),
     .low = 0,
     .high = 0.99},
};

static void read_follow_up(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                           void *context_)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(follow_up_fields), out, context_);
    if (node->kind != YAML_MAP) return;
    static const char *const lengths[] = {"years", "months", "weeks", "days"};
    const yaml_node *length = NULL;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const yaml_node *one = yaml_find(node, lengths[i]);
        if (one && length) yaml_error(reader, one, "the follow-up has both '%s' and '%s'; keep one of them", length->key, one->key);
        if (one) length = one;
    }
    if (!length && !reader->broken) yaml_error(reader, node, "the follow-up has no length; add years: 1, months: 6 or weeks: 24");
}

static void read_endpoints(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                           void *context_)
{
    (void)context_;
    islet_protocol *protocol = out;
    const char *keys[ENDPOINT_COUNT + 1] = {NULL};
    for (int i = 0; i < ENDPOINT_COUNT; i++) keys[i] = islet_endpoint_info[i].key;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[insulin_independent, hba1c_pct]")) return;
    if (node->count == 0)
        yaml_error(reader, node, "'endpoints' is an empty list; name some or leave the key out for all");
    for (const yaml_node *child = node->first; child; child = child->next) {
        char suggestion[YAML_SHOWN], shown[YAML_SHOWN];
        int id = child->kind == YAML_SCALAR ? endpoint_find(child->text) : -1;
        bool twice = false;
        for (int i = 0; i < protocol->n_endpoints; i++) twice = twice || protocol->endpoints[i] == id;
        if (id < 0)
            yaml_error(reader, child, "%s is no end point%s; the report and docs/formats.md list all of them",
                       yaml_shown(child, shown), yaml_suggestion(child->text, keys, suggestion));
        else if (twice) yaml_error(reader, child, "the end point '%s' is named twice; keep one of them", keys[id]);
        else protocol->endpoints[protocol->n_endpoints++] = id;
    }
}

/* ---- the whole ---- */

static void read_seed(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    islet_protocol *protocol = out;
    int errors = reader->errors;
    yaml_read_uint64(reader, node, field, &protocol->seed, context_);
    protocol->has_seed = reader->errors == errors;
}

static const char *const masking_words[] = {"open", "blinded", NULL};       /* order of masking_kind */
static const char *const trial_effect_words[] = {"usual", "none", NULL};    /* order of trial_effect_kind */

static const yaml_field protocol_fields[] = {
    {.key = "islet", .read = yaml_read_nothing},
    YAML_NAME(islet_protocol, title),
    {.key = "seed", .read = read_seed},
    {.key = "population", .read = read_population, .required = true},
    {.key = "arms", .read = protocol_read_arms, .required = true},
    {.key = "mechanisms", .read = protocol_read_mechanisms, .offset = offsetof(islet_protocol, mechanisms)},
    {.key = "alternatives", .read = read_alternatives, .offset = offsetof(islet_protocol, alternatives)},
    {.key = "preparation", .read = read_preparation, .offset = offsetof(islet_protocol, preparation)},
    YAML_WORD(islet_protocol, masking, false, masking_words),
    YAML_WORD(islet_protocol, trial_effect, false, trial_effect_words),
    {.key = "care", .read = read_care},
    {.key = "follow_up", .read = read_follow_up, .required = true},
    {.key = "endpoints", .read = read_endpoints},
};

/* What needs the length of the follow-up: nothing may be planned after its end. */
static void check_days(yaml_reader *reader, const protocol_context *c)
{
    const islet_protocol *protocol = c->protocol;
    int end = protocol->follow_up_day;
    if (end <= 0) return;
    for (int a = 0; a < protocol->n_arms; a++) {
        for (int i = 0; i < protocol->arms[a].n_courses; i++)
            if (c->course_day[a][i] && protocol->arms[a].courses[i].day >= end)
                yaml_error(
                    reader, c->course_day[a][i],
                    "cells are given on day %d; the follow-up ends on day %d; give them before or follow up longer",
                    protocol->arms[a].courses[i].day, end);
        if (c->stop_day[a] && protocol->arms[a].regimen_stop_day != INT_MAX && protocol->arms[a].regimen_stop_day > end)
            yaml_error(
                reader, c->stop_day[a],
                "the drugs stop on day %d; the follow-up ends on day %d; leave 'stop_day' out if they do not stop in it",
                protocol->arms[a].regimen_stop_day, end);
    }
    int last = protocol->n_visits > 0 ? protocol->visits_day[protocol->n_visits - 1] : 0;
    if (last > end)
        yaml_error(reader, c->visits,
                   "'%s' has a visit on day %d; the follow-up ends on day %d; leave it out or follow up longer",
                   c->visits ? c->visits->key : "visits_day", last, end);
}

/* A blinded trial in which an arm gets nothing that looks like the treatment cannot be kept blind. */
static void check_masking(yaml_reader *reader, const yaml_node *root, const islet_protocol *protocol)
{
    if (protocol->masking != MASKING_BLINDED || reader->errors > 0) return;
    for (int a = 0; a < protocol->n_arms; a++) {
        const protocol_arm *arm = &protocol->arms[a];
        if (arm->n_courses > 0 || arm->sets_drugs || arm->conditioning >= 0 || arm->control != CONTROL_NONE) continue;
        if (arm->comparator != COMPARATOR_NONE) {
            yaml_warning(reader, yaml_find(root, "masking"),
                         "the trial is blinded and arm '%s' gets an operation or a diet, which nobody fails to notice; write masking: open", arm->name);
            continue;
        }
        yaml_warning(reader, yaml_find(root, "masking"),
                     "the trial is blinded and arm '%s' is given nothing; write control: placebo or control: sham in it", arm->name);
    }
}

static void fill_defaults(islet_protocol *protocol)
{
    for (int a = 0; a < protocol->n_arms; a++) /* what the whole protocol switches off is off in every arm */
        for (int m = 0; m < MECHANISM_COUNT; m++)
            protocol->arms[a].mechanisms.factor[m] *= protocol->mechanisms.factor[m];
    if (protocol->n_endpoints == 0)
        for (int i = 0; i < ENDPOINT_COUNT; i++) protocol->endpoints[protocol->n_endpoints++] = i;
    if (protocol->n_visits == 0) protocol_set_years(protocol, protocol->follow_up_day / DAYS_PER_YEAR, NULL);
}

islet_status protocol_parse(const char *text, size_t length, const char *file, islet_protocol *out,
                            islet_problems *problems)
{
    islet_status status = ISLET_ERR_MEMORY;
    protocol_context *c = calloc(1, sizeof *c);
    yaml_document *document = yaml_parse(text, length, file, problems);
    memset(out, 0, sizeof *out);
    if (!c || !document) {
        problems_error(problems, file, 0, 0, "there is not enough memory to read it");
        goto done;
    }
    c->protocol = out;
    for (int m = 0; m < MECHANISM_COUNT; m++) out->mechanisms.factor[m] = 1.0;
    out->care = PROTOCOL_CARE_NONE;
    snprintf(out->file, sizeof out->file, "%s", file);
    hash_sha256(text, length, out->hash);
    yaml_reader reader = yaml_reader_of(document, file, problems);
    if (document->root && yaml_check_format(&reader, document->root, "islet")) {
        yaml_read_map(&reader, document->root, "a protocol", YAML_TABLE(protocol_fields), out, c);
        check_days(&reader, c);
        check_masking(&reader, document->root, out);
        protocol_check_silent(&reader, document->root, out);
        protocol_check_care(&reader, document->root, c);
    }
    status = reader.out_of_memory ? ISLET_ERR_MEMORY : reader.errors ? ISLET_ERR_INPUT : ISLET_OK;
    if (status == ISLET_OK) fill_defaults(out);
done:
    yaml_free(document);
    free(c);
    return status;
}
