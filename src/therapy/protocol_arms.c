/* Arms of a protocol: cells (protocol_cells.c), switches of mechanisms, immunosuppression, and what must hold between them. */
#include <limits.h>
#include <string.h>

#include "base/number.h"
#include "therapy/protocol_read.h"

/* ---- mechanisms ---- */

#define FACTOR_MAX 10.0

/* on, off, or a factor on the strength */
static void read_switch(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    char shown[YAML_SHOWN];
    double x;
    (void)context_;
    if (node->kind == YAML_SCALAR && strcmp(node->text, "off") == 0) *(double *)out = 0.0;
    else if (node->kind == YAML_SCALAR && strcmp(node->text, "on") == 0) *(double *)out = 1.0;
    else if (node->kind == YAML_SCALAR && !node->quoted && number_read(node->text, node->length, &x) && x >= 0.0 &&
             x <= FACTOR_MAX)
        *(double *)out = x;
    else
        yaml_error(reader, node,
                   "the mechanism '%s' is %s; on, off or a factor from 0 to %d on its strength is expected; correct it",
                   field->key, yaml_shown(node, shown), (int)FACTOR_MAX);
}

#define SWITCH(name, unit_, low_, high_, sentence)                                                                     \
    {.key = #name, .read = read_switch, .offset = offsetof(mechanism_switches, factor[MECHANISM_##name])},
static const yaml_field switch_fields[] = {PRODUCT_MECHANISMS(SWITCH)};

void protocol_read_mechanisms(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                              void *context_)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(switch_fields), out, context_);
}

/* ---- immunosuppression ---- */

static void read_regimen(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_arm *arm = out;
    arm->regimen = protocol_named_regimen(reader, node, field->key, context_);
}

/* A trial's own day 0 is often that of the cells, and drugs begin before: here day 0 is before all of it. */
static void read_start_day(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    double day;
    if (node->kind == YAML_SCALAR && !node->quoted && number_read(node->text, node->length, &day) && day < 0.0) {
        yaml_error(reader, node,
                   "'%s' is %.30s; day 0 is the last day before any treatment; let the drugs start on day 0 and the cells, visits and published days "
                   "come %.20s days later",
                   field->key, node->text, node->text + 1);
        return;
    }
    yaml_read_int(reader, node, field, out, context_);
}

#define START_FIELD(member)                                                                                            \
    {                                                                                                                  \
        .key = "start_day", .read = read_start_day, .offset = offsetof(protocol_arm, member), .low = 0,                \
        .high = PROTOCOL_MAX_DAY, .unit = "days"                                                                       \
    }
#define DAY_FIELD(name, member)                                                                                        \
    {                                                                                                                  \
        .key = name, .read = yaml_read_int, .offset = offsetof(protocol_arm, member), .low = 0,                        \
        .high = PROTOCOL_MAX_DAY, .unit = "days"                                                                       \
    }

static const yaml_field immunosuppression_fields[] = {
    {.key = "regimen", .read = read_regimen, .required = true},
    START_FIELD(regimen_start_day),
    DAY_FIELD("stop_day", regimen_stop_day),
};

static void read_immunosuppression(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                                   void *context_)
{
    protocol_context *c = context_;
    protocol_arm *arm = out;
    if (node->kind == YAML_SCALAR) {
        if (!node->quoted && strcmp(node->text, "no") == 0)
            yaml_error(reader, node, "'%s' is 'no'; the name of a regimen is expected; write none for no drugs",
                       field->key);
        else read_regimen(reader, node, field, out, context_);
        return;
    }
    yaml_read_map(reader, node, field->key, YAML_TABLE(immunosuppression_fields), arm, c);
    c->stop_day[c->arm] = yaml_find(node, "stop_day");
    if (c->stop_day[c->arm] && arm->regimen_stop_day <= arm->regimen_start_day)
        yaml_error(reader, c->stop_day[c->arm],
                   "'stop_day' is %d; a day after the start (day %d) is expected; correct one of the two",
                   arm->regimen_stop_day, arm->regimen_start_day);
}

/* ---- conditioning ---- */

static void read_path(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_arm *arm = out;
    arm->conditioning = protocol_named_conditioning(reader, node, field->key, context_);
}

static const yaml_field conditioning_fields[] = {
    {.key = "regimen", .read = read_path, .required = true},
    START_FIELD(conditioning_start_day),
};

static void read_conditioning(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    if (node->kind == YAML_SCALAR) read_path(reader, node, field, out, context_);
    else yaml_read_map(reader, node, field->key, YAML_TABLE(conditioning_fields), out, context_);
}

static bool gives_blood_back(const islet_protocol *protocol, const protocol_arm *arm, int course)
{
    return product_strength(&protocol->products[arm->courses[course].product], MECHANISM_immune_reset) > 0.0;
}

/* A path that takes the blood-forming cells away gives them back on its day. */
static void check_conditioning(yaml_reader *reader, const yaml_node *node, const islet_protocol *protocol,
                               const protocol_arm *arm)
{
    if (arm->conditioning < 0) {
        for (int i = 0; i < arm->n_courses; i++)
            if (arm->courses[i].product >= 0 && gives_blood_back(protocol, arm, i))
                yaml_warning(reader, node,
                             "arm '%s' is given '%s' and no conditioning; nothing is taken away that they could give back, so they do "
                             "nothing; add conditioning: cyclophosphamide_atg",
                             arm->name, protocol->products[arm->courses[i].product].name);
        return;
    }
    const conditioning *path = &protocol->conditionings[arm->conditioning];
    if (!conditioning_needs_cells(path)) return;
    int due = arm->conditioning_start_day + path->step_day[STEP_infusion];
    for (int i = 0; i < arm->n_courses; i++)
        if (arm->courses[i].product >= 0 && arm->courses[i].day == due && gives_blood_back(protocol, arm, i)) return;
    yaml_warning(reader, yaml_find(node, "conditioning"),
                 "the conditioning '%s' of arm '%s' gives blood-forming cells back on day %d, and the arm has none then, so that "
                 "blood returns late; add cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: %d}]",
                 path->name, arm->name, due, due);
}

/* ---- glucose-lowering drugs, comparators, care ---- */

static const char *const comparator_words[] = {"none", "diet", "lifestyle", "weight_loss", "bypass_surgery",
                                               NULL}; /* order of comparator_kind */

/* Drugs that act through one receptor: the strongest counts, nobody gives two of them. */
static void warn_stacked(yaml_reader *reader, const yaml_node *node, const protocol_arm *arm)
{
    static const glucose_drug incretins[] = {DRUG_tirzepatide, DRUG_semaglutide, DRUG_glp1_agonist, DRUG_dpp4_inhibitor};
    const char *first = NULL;
    for (size_t i = 0; i < sizeof incretins / sizeof *incretins; i++) {
        if (!arm->drugs[incretins[i]]) continue;
        const char *word = glucose_drug_words[incretins[i]];
        if (first)
            yaml_warning(reader, node,
                         "'%s' and '%s' act through the same receptor: they do not add up, the stronger counts, and care does not give both; "
                         "keep one of them",
                         first, word);
        else first = word;
    }
}

/* The list replaces what people came with; an empty one takes everything away. */
static void read_drugs(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    protocol_arm *arm = out;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[metformin, sglt2_inhibitor]")) return;
    arm->sets_drugs = true;
    for (const yaml_node *child = node->first; child; child = child->next) {
        int drug = -1;
        yaml_read_word(reader, child, &(yaml_field){.key = field->key, .words = glucose_drug_words}, &drug, NULL);
        if (drug >= 0) arm->drugs[drug] = true;
    }
    warn_stacked(reader, node, arm);
}

static const char *const control_words[] = {"none", "placebo", "sham", NULL}; /* order of control_kind */

static const yaml_field arm_fields[] = {
    YAML_NAME(protocol_arm, name),
    {.key = "cells", .read = protocol_read_cells},
    {.key = "mechanisms", .read = protocol_read_mechanisms, .offset = offsetof(protocol_arm, mechanisms)},
    {.key = "immunosuppression", .read = read_immunosuppression},
    {.key = "conditioning", .read = read_conditioning},
    {.key = "drugs", .read = read_drugs},
    YAML_WORD(protocol_arm, comparator, false, comparator_words),
    YAML_WORD(protocol_arm, control, false, control_words),
    {.key = "insulin",
     .read = yaml_read_word,
     .offset = offsetof(protocol_arm, care.insulin),
     .words = insulin_care_words},
    {.key = "titration",
     .read = yaml_read_word,
     .offset = offsetof(protocol_arm, care.titration),
     .words = protocol_titration_words},
    {.key = "escalation",
     .read = yaml_read_word,
     .offset = offsetof(protocol_arm, care.escalation),
     .words = protocol_escalation_words},
    {.key = "hba1c_target_pct",
     .read = yaml_read_number,
     .offset = offsetof(protocol_arm, care.hba1c_target_pct),
     .low = 5.5,
     .high = 10,
     .unit = "%"},
};

/* ---- arms ---- */

/* Beta cells of a donor that nothing protects. */
static bool is_rejected(const product *cells, cell_route route)
{
    return product_has_beta_cells(cells) && cells->origin == ORIGIN_ALLOGENEIC && route != ROUTE_device_sealed;
}

/* Cells of a donor without drugs, or with drugs that come after them. */
static void check_cover(yaml_reader *reader, const yaml_node *node, const islet_protocol *protocol, const protocol_arm *arm)
{
    const yaml_node *drugs = yaml_find(node, "immunosuppression");
    for (int i = 0; i < arm->n_courses; i++) {
        const cell_course *course = &arm->courses[i];
        if (course->product < 0 || !is_rejected(&protocol->products[course->product], course->route)) continue;
        if (!drugs)
            yaml_warning(reader, node,
                         "arm '%s' gets cells of a donor and no immunosuppression, so they will be rejected; "
                         "write immunosuppression: none if that is meant",
                         arm->name);
        else if (arm->regimen >= 0 && arm->regimen_start_day > course->day)
            yaml_warning(reader, drugs,
                         "arm '%s' gets cells of a donor on day %d and immunosuppression from day %d on, so nothing protects them before; "
                         "start the drugs no later than the cells",
                         arm->name, course->day, arm->regimen_start_day);
        else continue;
        return;
    }
}

static void check_arm(yaml_reader *reader, const yaml_node *node, const protocol_context *c)
{
    const islet_protocol *protocol = c->protocol;
    const protocol_arm *arm = &protocol->arms[c->arm];
    for (int a = 0; a < c->arm; a++)
        if (*arm->name && strcmp(protocol->arms[a].name, arm->name) == 0)
            yaml_error(reader, yaml_find(node, "name"),
                       "a second arm is called '%s'; every arm needs a name of its own", arm->name);
    if (!reader->broken) check_conditioning(reader, node, protocol, arm);
    if (arm->control != CONTROL_NONE && arm->n_courses > 0)
        yaml_error(reader, yaml_find(node, "control"),
                   "arm '%s' is a control and is given cells; leave out 'control' or 'cells'", arm->name);
    if (!reader->broken) check_cover(reader, node, protocol, arm);
}

void protocol_read_arms(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_context *c = context_;
    islet_protocol *protocol = out;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "- name: control")) return;
    if (node->count == 0 || node->count > PROTOCOL_MAX_ARMS) {
        yaml_error(
            reader, node,
            "'arms' has %d arms; 1 to %d are expected; write at least one, and split what is more into another protocol",
            node->count, PROTOCOL_MAX_ARMS);
        return;
    }
    for (const yaml_node *child = node->first; child; child = child->next) {
        c->arm = protocol->n_arms++;
        protocol_arm *arm = &protocol->arms[c->arm];
        *arm = (protocol_arm){.regimen = -1, .regimen_stop_day = INT_MAX, .conditioning = -1, .care = PROTOCOL_CARE_NONE};
        for (int m = 0; m < MECHANISM_COUNT; m++) arm->mechanisms.factor[m] = 1.0;
        yaml_read_map(reader, child, "an arm", YAML_TABLE(arm_fields), arm, c);
        if (child->kind == YAML_MAP) check_arm(reader, child, c);
    }
}
