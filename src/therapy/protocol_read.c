/* Reading a protocol: one table of fields a level, then the checks that need more than one key.
 *
 *   islet, title, seed
 *   population   of, n, require
 *   arms         name, cells [product, dose_..., day, fraction], immunosuppression [regimen, start_day, stop_day]
 *   care         insulin, wean
 *   follow_up    years or days, visits_day, dropout_probability_per_year
 *   endpoints
 */
#include <limits.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endpoint.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/units.h"
#include "base/yaml_read.h"
#include "therapy/protocol.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))
#define ROOM(type, name) sizeof(((type *)0)->name)
#define MAX_DAY (PROTOCOL_MAX_YEARS * 365)
#define PATH_TEXT 4096
#define FRACTION_TOLERANCE 1e-6 /* fractions are written with few digits */

static const char *const insulin_words[] = {"basal_bolus", NULL};
static const char *const wean_words[] = {"trial_protocol", "never", NULL};

/* What a reading needs beside the protocol itself: names already loaded, and the nodes that later checks point at. */
typedef struct {
    islet_protocol *protocol;
    const char *product_name[PROTOCOL_MAX_ARMS * PROTOCOL_MAX_COURSES];
    const char *regimen_name[PROTOCOL_MAX_ARMS];
    int arm;
    const yaml_node *course_day[PROTOCOL_MAX_ARMS][PROTOCOL_MAX_COURSES];
    const yaml_node *stop_day[PROTOCOL_MAX_ARMS];
    const yaml_node *visits;
} context;

/* ---- files that a protocol names ---- */

static bool is_file_name(const char *name)
{
    size_t n = strlen(name);
    return strchr(name, '/') || strchr(name, '\\') || (n > 5 && strcmp(name + n - 5, ".yaml") == 0) ||
           (n > 4 && strcmp(name + n - 4, ".yml") == 0);
}

static bool leads_outside(const char *name)
{
    if (*name == '/' || *name == '~' || strchr(name, '\\')) return true;
    for (const char *part = name; part; part = strchr(part, '/') ? strchr(part, '/') + 1 : NULL)
        if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0')) return true;
    return false;
}

/* Also when a symbolic link leads out of the folder. */
static bool is_inside(const char *folder, const char *path)
{
    char *real_folder = realpath(folder, NULL), *real_path = realpath(path, NULL);
    size_t n = real_folder ? strlen(real_folder) : 0;
    bool inside = real_folder && real_path && strncmp(real_folder, real_path, n) == 0 && (n == 1 || real_path[n] == '/');
    free(real_folder);
    free(real_path);
    return inside;
}

/* Text of a file beside the protocol; the caller frees it. NULL after an error. */
static char *read_beside(yaml_reader *reader, const yaml_node *node, const char *key, char path[PATH_TEXT], size_t *length)
{
    const char *name = node->text, *slash = strrchr(reader->file, '/');
    char folder[PATH_TEXT] = ".", *text = NULL;
    if (strstr(name, "://")) {
        yaml_error(reader, node, "'%s' is the address '%.60s'; islet reads no network; save the file beside the protocol", key, name);
        return NULL;
    }
    if (leads_outside(name)) {
        yaml_error(reader, node, "'%s' names the file '%.60s'; a file in the protocol's own folder is expected; copy it there", key, name);
        return NULL;
    }
    if (slash) snprintf(folder, sizeof folder, "%.*s", slash == reader->file ? 1 : (int)(slash - reader->file), reader->file);
    if (snprintf(path, PATH_TEXT, "%s%s%s", slash ? folder : "", slash && slash != reader->file ? "/" : "", name) >= PATH_TEXT) {
        yaml_error(reader, node, "'%s' names a file whose path is too long", key);
        return NULL;
    }
    islet_status status = file_read(path, YAML_MAX_BYTES, &text, length, reader->problems);
    if (status == ISLET_OK && !is_inside(folder, path)) {
        yaml_error(reader, node, "'%s' names '%.60s', a link out of the protocol's own folder; copy the file there", key, name);
        free(text);
        return NULL;
    }
    if (status < 0) yaml_error(reader, node, "'%s' names the file '%.60s', which cannot be used", key, name);
    return text;
}

/* Says that no shipped thing has this name. */
static void report_name(yaml_reader *reader, const yaml_node *node, const char *what, const char *const *names)
{
    char suggestion[YAML_SHOWN], known[400] = "";
    size_t used = 0;
    for (int i = 0; names[i] && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", names[i]);
    const char *nearest = yaml_suggestion(node->text, names, suggestion);
    yaml_error(reader, node, "no %s is called '%.60s'%s%s; or name a .yaml file in the protocol's folder", what, node->text,
               *nearest ? nearest : "; known: ", *nearest ? "" : known);
}

/* ---- population ---- */

static void read_of(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    population *target = out, loaded;
    char name[POPULATION_NAME_TEXT], path[PATH_TEXT];
    int errors = reader->errors;
    yaml_read_name(reader, node, &(yaml_field){.key = field->key, .size = sizeof name}, memset(name, 0, sizeof name), NULL);
    if (reader->errors > errors) return;
    if (is_file_name(node->text)) {
        size_t length;
        char *text = read_beside(reader, node, field->key, path, &length);
        if (!text) return;
        if (!population_parse(text, length, path, &loaded, reader->problems)) reader->errors++;
        free(text);
    } else if (!population_shipped(node->text, &loaded)) {
        report_name(reader, node, "population", population_names());
    }
    if (reader->errors > errors) return;
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
    {.key = "n", .read = yaml_read_int64, .offset = offsetof(islet_protocol, n_patients), .required = true, .low = 1,
     .high = PROTOCOL_MAX_PATIENTS},
    {.key = "require", .read = read_require, .offset = offsetof(islet_protocol, population)},
};

static void read_population(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    yaml_read_map(reader, node, field->key, population_fields, COUNT(population_fields), out, context_);
}

/* ---- cells ---- */

typedef struct {
    cell_course course;
    double fraction;
} course_file;

/* Index of the product that `node` names, loaded if it is new; -1 after an error. */
static int find_product(yaml_reader *reader, const yaml_node *node, const char *key, context *c)
{
    islet_protocol *protocol = c->protocol;
    for (int i = 0; i < protocol->n_products; i++)
        if (strcmp(c->product_name[i], node->text) == 0) return i;
    product *next = &protocol->products[protocol->n_products];
    int errors = reader->errors;
    if (is_file_name(node->text)) {
        char path[PATH_TEXT];
        size_t length;
        char *text = read_beside(reader, node, key, path, &length);
        if (text && !product_parse(text, length, path, next, reader->problems))
            yaml_error(reader, node, "the product file '%.60s' is not valid; its errors stand before this one", node->text);
        free(text);
    } else if (!product_shipped(node->text, next)) {
        report_name(reader, node, "product", product_names());
    }
    if (reader->errors > errors) return -1;
    for (int i = 0; i < protocol->n_products; i++)
        if (strcmp(protocol->products[i].name, next->name) == 0) {
            yaml_error(reader, node, "'%.60s' and '%.60s' are products of the same name '%s'; give them different names", c->product_name[i],
                       node->text, next->name);
            return -1;
        }
    c->product_name[protocol->n_products] = node->text;
    return protocol->n_products++;
}

static void read_product(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    char name[YAML_MAX_SCALAR + 1];
    int errors = reader->errors;
    yaml_read_name(reader, node, &(yaml_field){.key = field->key}, name, NULL);
    if (reader->errors == errors) *(int *)out = find_product(reader, node, field->key, context_);
}

static void refuse_dose(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)field, (void)out, (void)context_;
    yaml_error(reader, node, "'dose' has no unit in its key; cells, islet equivalents and either per kg cannot be told apart; "
                             "use dose_cells, dose_cells_per_kg, dose_ieq or dose_ieq_per_kg");
}

/* Largest doses: far above any given to a person, far below what a slip of the unit makes. */
#define DOSE_FIELD(name, most, unit_)                                                                                \
    {.key = #name, .read = yaml_read_number, .offset = offsetof(course_file, course.name), .low = 0.0, .high = most, .unit = unit_}

static const yaml_field course_fields[] = {
    {.key = "product", .read = read_product, .offset = offsetof(course_file, course.product), .required = true},
    DOSE_FIELD(dose_cells, 1e11, "cells"),
    DOSE_FIELD(dose_cells_per_kg, 1e9, "cells/kg"),
    DOSE_FIELD(dose_ieq, 1e7, "IEQ"),
    DOSE_FIELD(dose_ieq_per_kg, 1e5, "IEQ/kg"),
    {.key = "dose", .read = refuse_dose},
    {.key = "day", .read = yaml_read_int, .offset = offsetof(course_file, course.day), .required = true, .low = 0, .high = MAX_DAY, .unit = "days"},
    {.key = "fraction", .read = yaml_read_number, .offset = offsetof(course_file, fraction), .low = 0, .high = 1, .unit = "of the dose"},
};

static const char *const dose_keys[] = {"dose_cells", "dose_cells_per_kg", "dose_ieq", "dose_ieq_per_kg"};

/* Exactly one dose, in a unit that the product can be given in. */
static void check_dose(yaml_reader *reader, const yaml_node *node, const course_file *file, const islet_protocol *protocol)
{
    const cell_course *course = &file->course;
    const double dose[] = {course->dose_cells, course->dose_cells_per_kg, course->dose_ieq, course->dose_ieq_per_kg};
    const yaml_node *given = NULL;
    for (int i = 0; i < COUNT(dose_keys); i++) {
        const yaml_node *found = yaml_find(node, dose_keys[i]);
        if (!found) continue;
        if (given) {
            yaml_error(reader, found, "the dose is given twice, as '%s' and as '%s'; keep one of them", given->key, found->key);
            return;
        }
        given = found;
        if (!(dose[i] > 0.0))
            yaml_warning(reader, given, "'%s' is 0: no cells are given, so this arm is a control; leave out 'cells' if that is meant", given->key);
        if (course->product < 0) continue;
        const product *cells = &protocol->products[course->product];
        const sourced_value *share = i < 2 ? &cells->beta_cells_per_cell_frac : &cells->beta_cells_per_ieq;
        if (!(share->value > 0.0))
            yaml_error(reader, given, "'%s' cannot be turned into beta cells: %s has no value for it; give the dose in the other unit", given->key,
                       cells->name);
    }
    if (!given && !yaml_find(node, "dose"))
        yaml_error(reader, node, "a course of cells has no dose; add dose_cells, dose_cells_per_kg, dose_ieq or dose_ieq_per_kg");
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
        yaml_error(reader, list, "some courses have a 'fraction' of the dose and some have none; give it for all or none");
        return;
    }
    if (!(fabs(sum - 1.0) <= FRACTION_TOLERANCE)) {
        char text[NUMBER_TEXT];
        number_write_fixed(sum, 4, text);
        yaml_error(reader, list, "the fractions of the dose ('fraction') add up to %s; 1 is expected; correct them", text);
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
    context *c = context_;
    protocol_arm *arm = out;
    course_file files[PROTOCOL_MAX_COURSES];
    int errors_before = reader->errors;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[{product: zimislecel, dose_cells: 8e8, day: 0}]")) return;
    if (node->count == 0 || node->count > PROTOCOL_MAX_COURSES) {
        yaml_error(reader, node, "'cells' has %d courses; 1 to %d are expected; leave 'cells' out for an arm without cells", node->count,
                   PROTOCOL_MAX_COURSES);
        return;
    }
    for (const yaml_node *child = node->first; child; child = child->next) {
        course_file *file = &files[arm->n_courses];
        int errors = reader->errors;
        *file = (course_file){.course = {.product = -1}};
        yaml_read_map(reader, child, "a course of cells", course_fields, COUNT(course_fields), file, c);
        if (child->kind == YAML_MAP) {
            const yaml_node *day = yaml_find(child, "day");
            if (reader->errors == errors && !reader->broken) check_dose(reader, child, file, c->protocol);
            if (arm->n_courses > 0 && day && file->course.day <= arm->courses[arm->n_courses - 1].day && reader->errors == errors)
                yaml_error(reader, day, "'day' is %d; a day after the course before it (day %d) is expected; put courses in order, one a day",
                           file->course.day, arm->courses[arm->n_courses - 1].day);
            c->course_day[c->arm][arm->n_courses] = day;
        }
        arm->courses[arm->n_courses++] = file->course;
    }
    if (reader->errors == errors_before && !reader->broken) apply_fractions(reader, node, files, arm);
}

/* ---- immunosuppression ---- */

static int find_regimen(yaml_reader *reader, const yaml_node *node, const char *key, context *c)
{
    islet_protocol *protocol = c->protocol;
    for (int i = 0; i < protocol->n_regimens; i++)
        if (strcmp(c->regimen_name[i], node->text) == 0) return i;
    regimen *next = &protocol->regimens[protocol->n_regimens];
    int errors = reader->errors;
    if (is_file_name(node->text)) {
        char path[PATH_TEXT];
        size_t length;
        char *text = read_beside(reader, node, key, path, &length);
        if (text && !regimen_parse(text, length, path, next, reader->problems))
            yaml_error(reader, node, "the regimen file '%.60s' is not valid; its errors stand before this one", node->text);
        free(text);
    } else if (!regimen_shipped(node->text, next)) {
        report_name(reader, node, "regimen of immunosuppression", regimen_names());
    }
    if (reader->errors > errors) return -1;
    c->regimen_name[protocol->n_regimens] = node->text;
    return protocol->n_regimens++;
}

static void read_regimen(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    char name[YAML_MAX_SCALAR + 1];
    int errors = reader->errors;
    yaml_read_name(reader, node, &(yaml_field){.key = field->key}, name, NULL);
    if (reader->errors > errors) return;
    protocol_arm *arm = out;
    arm->regimen = strcmp(name, "none") == 0 ? -1 : find_regimen(reader, node, field->key, context_);
}

#define DAY_FIELD(name, member)                                                                                      \
    {.key = name, .read = yaml_read_int, .offset = offsetof(protocol_arm, member), .low = 0, .high = MAX_DAY, .unit = "days"}

static const yaml_field immunosuppression_fields[] = {
    {.key = "regimen", .read = read_regimen, .required = true},
    DAY_FIELD("start_day", regimen_start_day),
    DAY_FIELD("stop_day", regimen_stop_day),
};

static void read_immunosuppression(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    context *c = context_;
    protocol_arm *arm = out;
    if (node->kind == YAML_SCALAR) {
        if (!node->quoted && strcmp(node->text, "no") == 0)
            yaml_error(reader, node, "'%s' is 'no'; the name of a regimen is expected; write none for no drugs", field->key);
        else
            read_regimen(reader, node, field, out, context_);
        return;
    }
    yaml_read_map(reader, node, field->key, immunosuppression_fields, COUNT(immunosuppression_fields), arm, c);
    c->stop_day[c->arm] = yaml_find(node, "stop_day");
    if (c->stop_day[c->arm] && arm->regimen_stop_day <= arm->regimen_start_day)
        yaml_error(reader, c->stop_day[c->arm], "'stop_day' is %d; a day after the start (day %d) is expected", arm->regimen_stop_day,
                   arm->regimen_start_day);
}

/* ---- arms ---- */

static const yaml_field arm_fields[] = {
    {.key = "name", .read = yaml_read_name, .offset = offsetof(protocol_arm, name), .required = true, .size = ROOM(protocol_arm, name)},
    {.key = "cells", .read = read_cells},
    {.key = "immunosuppression", .read = read_immunosuppression},
};

static void check_arm(yaml_reader *reader, const yaml_node *node, const context *c)
{
    const islet_protocol *protocol = c->protocol;
    const protocol_arm *arm = &protocol->arms[c->arm];
    for (int a = 0; a < c->arm; a++)
        if (*arm->name && strcmp(protocol->arms[a].name, arm->name) == 0)
            yaml_error(reader, yaml_find(node, "name"), "a second arm is called '%s'; every arm needs a name of its own", arm->name);
    if (reader->broken || yaml_find(node, "immunosuppression")) return;
    for (int i = 0; i < arm->n_courses; i++)
        if (arm->courses[i].product >= 0 && protocol->products[arm->courses[i].product].origin == ORIGIN_ALLOGENEIC) {
            yaml_warning(reader, node, "arm '%s' gets cells of a donor and no immunosuppression, so they will be rejected; "
                                       "write immunosuppression: none if that is meant",
                         arm->name);
            return;
        }
}

static void read_arms(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    context *c = context_;
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
        yaml_read_map(reader, child, "an arm", arm_fields, COUNT(arm_fields), arm, c);
        if (child->kind == YAML_MAP) check_arm(reader, child, c);
    }
}

/* ---- care, follow-up, end points ---- */

static const yaml_field care_fields[] = {
    {.key = "insulin", .read = yaml_read_word, .offset = offsetof(islet_protocol, insulin), .words = insulin_words},
    {.key = "wean", .read = yaml_read_word, .offset = offsetof(islet_protocol, wean), .words = wean_words},
};

static void read_care(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    yaml_read_map(reader, node, field->key, care_fields, COUNT(care_fields), out, context_);
}

static void read_years(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    double years;
    if (yaml_number(reader, node, field->key, field->unit, field->low, field->high, &years)) *(int *)out = protocol_day_of_years(years);
}

static void read_probability(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    double x;
    if (node->kind == YAML_SCALAR && !node->quoted && number_read(node->text, node->length, &x) && x >= 1.0 && x <= 100.0) {
        yaml_error(reader, node, "'%s' is %.30s; a probability below 1 is expected; percent was perhaps meant: write 0.03 for 3 %%", field->key,
                   node->text);
        return;
    }
    if (yaml_number(reader, node, field->key, NULL, field->low, field->high, &x)) *(double *)out = x;
}

static void read_visits(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    context *c = context_;
    islet_protocol *protocol = out;
    const yaml_field day_field = {.key = field->key, .low = 0, .high = MAX_DAY, .unit = "days"};
    int errors = reader->errors;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[0, 30, 90, 180, 365]")) return;
    if (node->count == 0 || node->count >= PROTOCOL_MAX_VISITS) {
        yaml_error(reader, node, "'%s' has %d visits; 1 to %d are expected", field->key, node->count, PROTOCOL_MAX_VISITS - 1);
        return;
    }
    c->visits = node;
    for (const yaml_node *child = node->first; child && reader->errors == errors; child = child->next) {
        int day = -1;
        yaml_read_int(reader, child, &day_field, &day, NULL);
        if (day < 0) return;
        if (protocol->n_visits == 0 && day > 0) protocol->visits_day[protocol->n_visits++] = 0; /* day 0 is before treatment: always seen */
        if (protocol->n_visits > 0 && day <= protocol->visits_day[protocol->n_visits - 1])
            yaml_error(reader, child, "'%s' goes from day %d to day %d; increasing days are expected; put them in order", field->key,
                       protocol->visits_day[protocol->n_visits - 1], day);
        else
            protocol->visits_day[protocol->n_visits++] = day;
    }
}

static const yaml_field follow_up_fields[] = {
    {.key = "years", .read = read_years, .offset = offsetof(islet_protocol, follow_up_day), .low = 0.0027, .high = PROTOCOL_MAX_YEARS, .unit = "years"},
    {.key = "days", .read = yaml_read_int, .offset = offsetof(islet_protocol, follow_up_day), .low = 1, .high = MAX_DAY, .unit = "days"},
    {.key = "visits_day", .read = read_visits},
    {.key = "dropout_probability_per_year", .read = read_probability, .offset = offsetof(islet_protocol, dropout_probability_per_year), .low = 0,
     .high = 0.99},
};

static void read_follow_up(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    yaml_read_map(reader, node, field->key, follow_up_fields, COUNT(follow_up_fields), out, context_);
    if (node->kind != YAML_MAP) return;
    const yaml_node *years = yaml_find(node, "years"), *days = yaml_find(node, "days");
    if (years && days) yaml_error(reader, days, "the follow-up has both 'years' and 'days'; keep one of them");
    if (!years && !days && !reader->broken) yaml_error(reader, node, "the follow-up has no length; add years: 1");
}

static void read_endpoints(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context_)
{
    (void)context_;
    islet_protocol *protocol = out;
    const char *keys[ENDPOINT_COUNT + 1] = {NULL};
    for (int i = 0; i < ENDPOINT_COUNT; i++) keys[i] = islet_endpoint_info[i].key;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[insulin_independent, hba1c_pct]")) return;
    if (node->count == 0) yaml_error(reader, node, "'endpoints' is an empty list; name some or leave the key out for all");
    for (const yaml_node *child = node->first; child; child = child->next) {
        char suggestion[YAML_SHOWN], shown[YAML_SHOWN];
        int id = child->kind == YAML_SCALAR ? endpoint_find(child->text) : -1;
        bool twice = false;
        for (int i = 0; i < protocol->n_endpoints; i++) twice = twice || protocol->endpoints[i] == id;
        if (id < 0)
            yaml_error(reader, child, "%s is no end point%s; the report and docs/formats.md list all of them", yaml_shown(child, shown),
                       yaml_suggestion(child->text, keys, suggestion));
        else if (twice)
            yaml_error(reader, child, "the end point '%s' is named twice; keep one of them", keys[id]);
        else
            protocol->endpoints[protocol->n_endpoints++] = id;
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

static const yaml_field protocol_fields[] = {
    {.key = "islet", .read = yaml_read_nothing},
    {.key = "title", .read = yaml_read_name, .offset = offsetof(islet_protocol, title), .required = true, .size = ROOM(islet_protocol, title)},
    {.key = "seed", .read = read_seed},
    {.key = "population", .read = read_population, .required = true},
    {.key = "arms", .read = read_arms, .required = true},
    {.key = "care", .read = read_care},
    {.key = "follow_up", .read = read_follow_up, .required = true},
    {.key = "endpoints", .read = read_endpoints},
};

/* What needs the length of the follow-up: nothing may be planned after its end. */
static void check_days(yaml_reader *reader, const context *c)
{
    const islet_protocol *protocol = c->protocol;
    int end = protocol->follow_up_day;
    if (end <= 0) return;
    for (int a = 0; a < protocol->n_arms; a++) {
        for (int i = 0; i < protocol->arms[a].n_courses; i++)
            if (c->course_day[a][i] && protocol->arms[a].courses[i].day >= end)
                yaml_error(reader, c->course_day[a][i], "cells are given on day %d; the follow-up ends on day %d; give them before or follow up longer",
                           protocol->arms[a].courses[i].day, end);
        if (c->stop_day[a] && protocol->arms[a].regimen_stop_day != INT_MAX && protocol->arms[a].regimen_stop_day > end)
            yaml_error(reader, c->stop_day[a], "the drugs stop on day %d; the follow-up ends on day %d; leave 'stop_day' out if they do not stop in it",
                       protocol->arms[a].regimen_stop_day, end);
    }
    int last = protocol->n_visits > 0 ? protocol->visits_day[protocol->n_visits - 1] : 0;
    if (last > end)
        yaml_error(reader, c->visits, "'visits_day' has a visit on day %d; the follow-up ends on day %d; leave it out or follow up longer", last, end);
}

static void fill_defaults(islet_protocol *protocol)
{
    if (protocol->n_endpoints == 0)
        for (int i = 0; i < ENDPOINT_COUNT; i++) protocol->endpoints[protocol->n_endpoints++] = i;
    if (protocol->n_visits == 0) protocol_set_years(protocol, protocol->follow_up_day / DAYS_PER_YEAR, NULL);
}

bool protocol_parse(const char *text, size_t length, const char *file, islet_protocol *out, islet_problems *problems)
{
    context *c = calloc(1, sizeof *c);
    yaml_document *document = yaml_parse(text, length, file, problems);
    bool fine = false;
    memset(out, 0, sizeof *out);
    if (!c || !document) {
        problems_error(problems, file, 0, 0, "there is not enough memory to read it");
        goto done;
    }
    c->protocol = out;
    snprintf(out->file, sizeof out->file, "%s", file);
    hash_sha256(text, length, out->hash);
    yaml_reader reader = yaml_reader_of(document, file, problems);
    if (document->root && yaml_check_format(&reader, document->root, "islet")) {
        yaml_read_map(&reader, document->root, "a protocol", protocol_fields, COUNT(protocol_fields), out, c);
        check_days(&reader, c);
    }
    fine = reader.errors == 0;
    if (fine) fill_defaults(out);
done:
    yaml_free(document);
    free(c);
    return fine;
}
