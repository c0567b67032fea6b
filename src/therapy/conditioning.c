/* Conditioning: reading the data files. */
#include "therapy/conditioning.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "base/problems.h"
#include "base/yaml_read.h"

#define STEP_DAY_MAX 365

#define STEP_WORD(key, sentence) #key,
const char *const conditioning_step_words[] = {CONDITIONING_STEPS(STEP_WORD) NULL};

#define VALUE(name, unit_, low_, high_, sentence)                                                                      \
    {.key = #name,                                                                                                     \
     .read = sourced_value_read,                                                                                       \
     .offset = offsetof(conditioning, name),                                                                           \
     .low = low_,                                                                                                      \
     .high = high_,                                                                                                    \
     .unit = unit_},
static const yaml_field value_fields[] = {CONDITIONING_VALUES(VALUE)};

#define STEP_FIELD(name, sentence)                                                                                     \
    {.key = #name,                                                                                                     \
     .read = yaml_read_int,                                                                                            \
     .offset = offsetof(conditioning, step_day[STEP_##name]),                                                          \
     .low = 0,                                                                                                         \
     .high = STEP_DAY_MAX,                                                                                             \
     .unit = "days"},
static const yaml_field step_fields[] = {CONDITIONING_STEPS(STEP_FIELD)};

/* What drugs do not do is left out of their file: nothing is done, once. How long they are given is always asked. */
static void fill_left_out(conditioning *path)
{
    for (size_t i = 0; i < sizeof value_fields / sizeof *value_fields; i++) {
        sourced_value *v = (sourced_value *)((char *)path + value_fields[i].offset);
        if (v->source[0]) continue;
        v->value = value_fields[i].low, v->low = v->high = NAN; /* 0, one course, the shortest brake */
        v->standing = STANDING_ASSUMED;
        snprintf(v->source, sizeof v->source, "left out of the file: none");
    }
}

static void read_values(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    int errors = reader->errors;
    (void)context;
    yaml_read_map(reader, node, field->key, YAML_TABLE(value_fields), out, NULL);
    if (reader->errors > errors || reader->broken) return;
    if (!yaml_find(node, "duration_day"))
        yaml_error(reader, node, "the values have no 'duration_day', the days over which the drugs are given; add it");
    fill_left_out(out);
}

/* Steps come in the order of CONDITIONING_STEPS, and a path that gives cells back has a day on which they take. */
static void read_steps(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    conditioning *path = out;
    int errors = reader->errors, last = -1;
    (void)context;
    yaml_read_map(reader, node, field->key, YAML_TABLE(step_fields), out, NULL);
    if (reader->errors > errors || reader->broken) return;
    for (int s = 0; s < STEP_COUNT; s++) {
        if (path->step_day[s] < 0) continue;
        if (path->step_day[s] < last)
            yaml_error(reader, yaml_find(node, conditioning_step_words[s]),
                       "the step '%s' is on day %d, before the step that precedes it (day %d); put the steps in order",
                       conditioning_step_words[s], path->step_day[s], last);
        last = path->step_day[s];
    }
    if (path->step_day[STEP_conditioning] < 0)
        yaml_error(reader, node, "the steps have no 'conditioning', the first day of the drugs; add it");
    if ((path->step_day[STEP_infusion] >= 0) != (path->step_day[STEP_engraftment] >= 0))
        yaml_error(reader, node, "'infusion' and 'engraftment' belong together; give both or none");
}

static const yaml_field fields[] = {
    {.key = "islet_conditioning", .read = yaml_read_nothing},
    YAML_NAME(conditioning, name),
    YAML_NAME(conditioning, title),
    {.key = "steps", .read = read_steps, .required = true},
    {.key = "values", .read = read_values, .required = true},
};

/* A second course begins when the first is over, and courses are whole. */
static bool courses_fit(const conditioning *path, const char *file, islet_problems *problems)
{
    const double courses = path->courses.value;
    if (courses == floor(courses) && (courses == 1.0 || path->course_interval_day.value >= path->duration_day.value)) return true;
    problems_error(problems, file, 0, 0,
                   "values: courses or course_interval_day; expected a whole number of courses, and from the start of one to that "
                   "of the next at least duration_day days");
    return false;
}

bool conditioning_parse(const char *text, size_t length, const char *file, conditioning *out, islet_problems *problems)
{
    memset(out, 0, sizeof *out);
    for (int s = 0; s < STEP_COUNT; s++) out->step_day[s] = -1;
    yaml_document *document = yaml_parse(text, length, file, problems);
    if (!document) return false;
    yaml_reader reader = yaml_reader_of(document, file, problems);
    if (document->root && yaml_check_format(&reader, document->root, "islet_conditioning"))
        yaml_read_map(&reader, document->root, "a conditioning", YAML_TABLE(fields), out, NULL);
    yaml_free(document);
    return reader.errors == 0 && courses_fit(out, file, problems);
}

const char *const *conditioning_names(void)
{
    return embedded_names("data/conditioning");
}

bool conditioning_shipped(const char *name, conditioning *out)
{
    char path[160];
    if (strlen(name) >= NAME_TEXT) return false;
    snprintf(path, sizeof path, "data/conditioning/%s.yaml", name);
    const embedded_file *file = embedded_find(path);
    return file && conditioning_parse((const char *)file->bytes, file->size, path, out, NULL);
}
