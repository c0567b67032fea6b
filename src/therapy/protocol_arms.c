/* Arms of a protocol: cells with their doses, immunosuppression, and what must hold between them. */
#include <limits.h>
#include <math.h>
#include <string.h>

#include "base/number.h"
#include "therapy/protocol_read.h"

#define FRACTION_TOLERANCE 1e-6 /* fractions are written with few digits */

/* ---- cells ---- */

typedef struct {
    cell_course course;
    double fraction;
} course_file;

static void read_product(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    *(int *)out = protocol_named_product(reader, node, field->key, context_);
}

static void refuse_dose(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)field, (void)out, (void)context_;
    yaml_error(reader, node,
               "'dose' has no unit in its key; cells, islet equivalents and either per kg cannot be told apart; "
               "use dose_cells, dose_cells_per_kg, dose_ieq or dose_ieq_per_kg");
}

/* Largest doses: far above any given to a person, far below what a slip of the unit makes. */
#define DOSE_FIELD(name, most, unit_)                                                                                  \
    {                                                                                                                  \
        .key = #name, .read = yaml_read_number, .offset = offsetof(course_file, course.name), .low = 0.0,              \
        .high = most, .unit = unit_                                                                                    \
    }

static const yaml_field course_fields[] = {
    {.key = "product", .read = read_product, .offset = offsetof(course_file, course.product), .required = true},
    DOSE_FIELD(dose_cells, 1e11, "cells"),
    DOSE_FIELD(dose_cells_per_kg, 1e9, "cells/kg"),
    DOSE_FIELD(dose_ieq, 1e7, "IEQ"),
    DOSE_FIELD(dose_ieq_per_kg, 1e5, "IEQ/kg"),
    {.key = "dose", .read = refuse_dose},
    {.key = "day",
     .read = yaml_read_int,
     .offset = offsetof(course_file, course.day),
     .required = true,
     .low = 0,
     .high = PROTOCOL_MAX_DAY,
     .unit = "days"},
    YAML_NUMBER(course_file, fraction, false, 0.0, 1.0, "of the dose"),
};

static const char *const dose_keys[] = {"dose_cells", "dose_cells_per_kg", "dose_ieq", "dose_ieq_per_kg"};

/* Exactly one dose, in a unit that the product can be given in. */
static void check_dose(yaml_reader *reader, const yaml_node *node, const course_file *file,
                       const islet_protocol *protocol)
{
    const cell_course *course = &file->course;
    const double dose[] = {course->dose_cells, course->dose_cells_per_kg, course->dose_ieq, course->dose_ieq_per_kg};
    const yaml_node *given = NULL;
    for (int i = 0; i < 4; i++) {
        const yaml_node *found = yaml_find(node, dose_keys[i]);
        if (!found) continue;
        if (given) {
            yaml_error(reader, found, "the dose is given twice, as '%s' and as '%s'; keep one of them", given->key,
                       found->key);
            return;
        }
        given = found;
        if (!(dose[i] > 0.0))
            yaml_warning(reader, given,
                         "'%s' is 0: no cells are given, so this arm is a control; leave out 'cells' if that is meant",
                         given->key);
        if (course->product < 0) continue;
        const product *cells = &protocol->products[course->product];
        const sourced_value *share = i < 2 ? &cells->beta_cells_per_cell_frac : &cells->beta_cells_per_ieq;
        if (!(share->value > 0.0))
            yaml_error(reader, given,
                       "'%s' cannot be turned into beta cells: %s has no value for it; give the dose in the other unit",
                       given->key, cells->name);
    }
    if (!given && !yaml_find(node, "dose"))
        yaml_error(reader, node,
                   "a course of cells has no dose; add dose_cells, dose_cells_per_kg, dose_ieq or dose_ieq_per_kg");
}

/* All courses of an arm or none have a fraction; they add up to 1. Doses then become the course's share. */
static void apply_fractions(yaml_reader *reader, const yaml_node *list, const course_file *files, protocol_arm *arm)
{
    double sum = 0.0;
    int given = 0, c = 0;
    for (const yaml_node *node = list->first; node && c < arm->n_courses; node = node->next, c++)
        if (yaml_find(node, "fraction")) given++, sum += files[c].fraction;
    if (given == 0) return;
    if (given < arm->n_courses) {
        yaml_error(reader, list,
                   "some courses have a 'fraction' of the dose and some have none; give it for all or none");
        return;
    }
    if (!(fabs(sum - 1.0) <= FRACTION_TOLERANCE)) {
        char text[NUMBER_TEXT];
        number_write_fixed(sum, 4, text);
        yaml_error(reader, list, "the fractions of the dose ('fraction') add up to %s; 1 is expected; correct them",
                   text);
        return;
    }
    for (c = 0; c < arm->n_courses; c++) {
        cell_course *course = &arm->courses[c];
        course->dose_cells *= files[c].fraction;
        course->dose_cells_per_kg *= files[c].fraction;
        course->dose_ieq *= files[c].fraction;
        course->dose_ieq_per_kg *= files[c].fraction;
    }
}

static void read_cells(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_context *c = context_;
    protocol_arm *arm = out;
    course_file files[PROTOCOL_MAX_COURSES];
    int errors_before = reader->errors;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[{product: zimislecel, dose_cells: 8e8, day: 0}]")) return;
    if (node->count == 0 || node->count > PROTOCOL_MAX_COURSES) {
        yaml_error(reader, node,
                   "'cells' has %d courses; 1 to %d are expected; leave 'cells' out for an arm without cells",
                   node->count, PROTOCOL_MAX_COURSES);
        return;
    }
    for (const yaml_node *child = node->first; child; child = child->next) {
        course_file *file = &files[arm->n_courses];
        int errors = reader->errors;
        *file = (course_file){.course = {.product = -1}};
        yaml_read_map(reader, child, "a course of cells", YAML_TABLE(course_fields), file, c);
        if (child->kind == YAML_MAP) {
            const yaml_node *day = yaml_find(child, "day");
            if (reader->errors == errors && !reader->broken) check_dose(reader, child, file, c->protocol);
            if (arm->n_courses > 0 && day && file->course.day <= arm->courses[arm->n_courses - 1].day &&
                reader->errors == errors)
                yaml_error(
                    reader, day,
                    "'day' is %d; a day after the course before it (day %d) is expected; put courses in order, one a day",
                    file->course.day, arm->courses[arm->n_courses - 1].day);
            c->course_day[c->arm][arm->n_courses] = day;
        }
        arm->courses[arm->n_courses++] = file->course;
    }
    if (reader->errors == errors_before && !reader->broken) apply_fractions(reader, node, files, arm);
}

/* ---- immunosuppression ---- */

static void read_regimen(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_arm *arm = out;
    arm->regimen = protocol_named_regimen(reader, node, field->key, context_);
}

#define DAY_FIELD(name, member)                                                                                        \
    {                                                                                                                  \
        .key = name, .read = yaml_read_int, .offset = offsetof(protocol_arm, member), .low = 0,                        \
        .high = PROTOCOL_MAX_DAY, .unit = "days"                                                                       \
    }

static const yaml_field immunosuppression_fields[] = {
    {.key = "regimen", .read = read_regimen, .required = true},
    DAY_FIELD("start_day", regimen_start_day),
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
        yaml_error(reader, c->stop_day[c->arm], "'stop_day' is %d; a day after the start (day %d) is expected",
                   arm->regimen_stop_day, arm->regimen_start_day);
}

/* ---- arms ---- */

static const yaml_field arm_fields[] = {
    YAML_NAME(protocol_arm, name),
    {.key = "cells", .read = read_cells},
    {.key = "immunosuppression", .read = read_immunosuppression},
};

static void check_arm(yaml_reader *reader, const yaml_node *node, const protocol_context *c)
{
    const islet_protocol *protocol = c->protocol;
    const protocol_arm *arm = &protocol->arms[c->arm];
    for (int a = 0; a < c->arm; a++)
        if (*arm->name && strcmp(protocol->arms[a].name, arm->name) == 0)
            yaml_error(reader, yaml_find(node, "name"),
                       "a second arm is called '%s'; every arm needs a name of its own", arm->name);
    if (reader->broken || yaml_find(node, "immunosuppression")) return;
    for (int i = 0; i < arm->n_courses; i++)
        if (arm->courses[i].product >= 0 && protocol->products[arm->courses[i].product].origin == ORIGIN_ALLOGENEIC) {
            yaml_warning(reader, node,
                         "arm '%s' gets cells of a donor and no immunosuppression, so they will be rejected; "
                         "write immunosuppression: none if that is meant",
                         arm->name);
            return;
        }
}

void protocol_read_arms(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    protocol_context *c = context_;
    islet_protocol *protocol = out;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "- name: control")) return;
    if (node->count == 0 || node->count > PROTOCOL_MAX_ARMS) {
        yaml_error(reader, node, "'arms' has %d arms; 1 to %d are expected", node->count, PROTOCOL_MAX_ARMS);
        return;
    }
    for (const yaml_node *child = node->first; child; child = child->next) {
        c->arm = protocol->n_arms++;
        protocol_arm *arm = &protocol->arms[c->arm];
        *arm = (protocol_arm){.regimen = -1, .regimen_stop_day = INT_MAX};
        yaml_read_map(reader, child, "an arm", YAML_TABLE(arm_fields), arm, c);
        if (child->kind == YAML_MAP) check_arm(reader, child, c);
    }
}
