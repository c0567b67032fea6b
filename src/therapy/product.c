/* Products and regimens: reading the data files; each number of the lists in product.h is one line of a field table.
 * What a product must give follows from its mechanisms and its route. */
#include "therapy/product.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/yaml_read.h"

static const char *const origin_words[] = {"allogeneic", "autologous", "hypoimmune", NULL};
const char *const evidence_grade_words[] = {"A", "B", "C", "D", "none", NULL};
#define ROUTE_WORD(name, sentence) #name,
const char *const cell_route_words[] = {CELL_ROUTES(ROUTE_WORD) NULL};
#define MECHANISM_WORD(key, unit, low, high, sentence) #key,
const char *const mechanism_words[] = {PRODUCT_MECHANISMS(MECHANISM_WORD) NULL};
const char *const holds_in_words[] = {"all", "type_1", "type_2", NULL};

bool product_has_beta_cells(const product *product)
{
    return product_strength(product, MECHANISM_beta_cell_replacement) > 0.0 ||
           product_strength(product, MECHANISM_differentiation) > 0.0;
}

static const mechanism_id sent[] = {MECHANISM_immune_modulation, MECHANISM_new_vessels, MECHANISM_growth_factors,
                                    MECHANISM_insulin_sensitivity, MECHANISM_inflammation};

bool product_has_signals(const product *product)
{
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        if (product_strength(product, sent[i]) > 0.0) return true;
    return false;
}

bool product_is_silent_in(const product *product, bool type1)
{
    for (size_t i = 0; i < sizeof sent / sizeof *sent; i++)
        if (product_strength_in(product, sent[i], type1) > 0.0) return false;
    return product_has_signals(product);
}

/* ---- one number with what it stands on ---- */

typedef struct {
    double value;
    sourced_value *target;
    char unit[32];
    int standing, grade, holds_in;
    char source[256];
} value_file;

static void read_range(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    const yaml_field *whole = context;
    double range[2];
    if (!yaml_range(reader, node, field->key, whole->unit, whole->low, whole->high, range)) return;
    sourced_value *target = *(sourced_value **)out;
    target->low = range[0];
    target->high = range[1];
}

/* The value's own limits come from the list in product.h. */
static void read_limited(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    const yaml_field *whole = context;
    (void)field;
    yaml_number(reader, node, whole->key, whole->unit, whole->low, whole->high, out);
}

static const yaml_field value_fields[] = {
    {.key = "value", .read = read_limited, .offset = offsetof(value_file, value), .required = true},
    {.key = "range", .read = read_range, .offset = offsetof(value_file, target)},
    YAML_NAME(value_file, unit),
    YAML_WORD(value_file, standing, true, islet_standing_words),
    YAML_NAME(value_file, source),
};

/* A mechanism's strength has a grade beside what every number has. */
static const yaml_field strength_fields[] = {
    {.key = "value", .read = read_limited, .offset = offsetof(value_file, value), .required = true},
    {.key = "range", .read = read_range, .offset = offsetof(value_file, target)},
    YAML_NAME(value_file, unit),
    YAML_WORD(value_file, standing, true, islet_standing_words),
    YAML_WORD(value_file, grade, true, evidence_grade_words),
    YAML_WORD(value_file, holds_in, false, holds_in_words),
    YAML_NAME(value_file, source),
};

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* => what a number of a product's mechanism has beside */
static product_mechanism read_sourced(yaml_reader *reader, const yaml_node *node, const yaml_field *field, const yaml_field *fields,
                        int n_fields, sourced_value *target)
{
    value_file file = {.value = NAN, .target = target, .standing = STANDING_ASSUMED, .grade = GRADE_NONE};
    *target = (sourced_value){.value = NAN, .low = NAN, .high = NAN};
    char what[NAME_TEXT + 2];
    snprintf(what, sizeof what, "'%s'", field->key);
    yaml_read_map(reader, node, what, fields, n_fields, &file, (void *)field);
    if (*file.unit && strcmp(file.unit, field->unit) != 0)
        yaml_error(reader, yaml_find(node, "unit"), "the unit of '%s' is '%s'; '%s' is expected; convert the value",
                   field->key, file.unit, field->unit);
    if (target->low > file.value || target->high < file.value)
        yaml_error(reader, yaml_find(node, "range"), "the range of '%s' does not hold its value; widen it", field->key);
    target->value = file.value;
    target->standing = (standing)file.standing;
    memcpy(target->source, file.source, sizeof target->source);
    return (product_mechanism){.strength = *target, .grade = file.grade, .holds_in = file.holds_in};
}

void sourced_value_read(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    read_sourced(reader, node, field, YAML_TABLE(value_fields), out);
}

static void read_mechanism(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    product_mechanism *target = out;
    *target = read_sourced(reader, node, field, YAML_TABLE(strength_fields), &target->strength);
    if (target->grade == GRADE_NONE && target->strength.value > 0.0)
        yaml_error(reader, node, "'%s' has a strength above 0 and the grade none; without evidence the strength is 0; give the "
                                 "grade of the evidence or the value 0", field->key);
}

/* ---- the two kinds of file ---- */

#define VALUE_FIELD(type, needed, name, unit_, low_, high_)                                                            \
    {.key = #name,                                                                                                     \
     .read = sourced_value_read,                                                                                               \
     .offset = offsetof(type, name),                                                                                   \
     .required = needed,                                                                                               \
     .low = low_,                                                                                                      \
     .high = high_,                                                                                                    \
     .unit = unit_},
#define PRODUCT_VALUE(name, unit_, low_, high_, sentence) VALUE_FIELD(product, false, name, unit_, low_, high_)
#define REGIMEN_VALUE(name, unit_, low_, high_, sentence) VALUE_FIELD(regimen, true, name, unit_, low_, high_)
#define STRENGTH(name, unit_, low_, high_, sentence)                                                                   \
    {.key = #name,                                                                                                     \
     .read = read_mechanism,                                                                                           \
     .offset = sizeof(product_mechanism) * MECHANISM_##name,                                                           \
     .low = low_,                                                                                                      \
     .high = high_,                                                                                                    \
     .unit = unit_},

static const yaml_field beta_values[] = {PRODUCT_VALUES(PRODUCT_VALUE)};
static const yaml_field device_values[] = {DEVICE_VALUES(PRODUCT_VALUE)};
static const yaml_field signal_values[] = {SIGNAL_VALUES(PRODUCT_VALUE)};
static const yaml_field harm_values[] = {HARM_VALUES(PRODUCT_VALUE)};
static const yaml_field mechanism_values[] = {PRODUCT_MECHANISMS(STRENGTH)};
static const yaml_field regimen_values[] = {REGIMEN_VALUES(REGIMEN_VALUE)};

/* A block of values under one key: the table is that of the key. */
#define BLOCK_READER(name, table)                                                                                      \
    static void name(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)    \
    {                                                                                                                  \
        (void)context;                                                                                                 \
        yaml_read_map(reader, node, field->key, YAML_TABLE(table), out, NULL);                                         \
    }
BLOCK_READER(read_beta_values, beta_values)
BLOCK_READER(read_device_values, device_values)
BLOCK_READER(read_signal_values, signal_values)
BLOCK_READER(read_harms, harm_values)
BLOCK_READER(read_mechanisms, mechanism_values)
BLOCK_READER(read_regimen_values, regimen_values)

static const yaml_field product_fields[] = {
    {.key = "islet_product", .read = yaml_read_nothing},
    YAML_NAME(product, name),
    YAML_NAME(product, title),
    YAML_NAME(product, cell_type),
    YAML_WORD(product, origin, true, origin_words),
    YAML_WORD(product, route, true, cell_route_words),
    YAML_WORD(product, evidence_grade, true, evidence_grade_words),
    {.key = "criteria", .read = criteria_read, .offset = offsetof(product, criteria)},
    {.key = "mechanisms", .read = read_mechanisms, .offset = offsetof(product, mechanisms), .required = true},
    {.key = "values", .read = read_beta_values},
    {.key = "device", .read = read_device_values},
    {.key = "signals", .read = read_signal_values},
    {.key = "harms", .read = read_harms},
};

/* All values of a block, or an error that says which is missing and what asks for it. */
static void need_values(yaml_reader *reader, const yaml_node *root, const char *block, const yaml_field *fields, int n,
                        const product *product, const char *reason)
{
    const yaml_node *node = yaml_find(root, block);
    for (int i = 0; i < n; i++)
        if (!is_given((const sourced_value *)((const char *)product + fields[i].offset))) {
            yaml_error(reader, node ? node : root, "'%s' has no '%s'; it is needed because %s; add it", block, fields[i].key,
                       reason);
            if (!node) return; /* the whole block is missing: one message */
        }
}

/* Which blocks a product needs follows from its mechanisms and its route. */
static void check_product(yaml_reader *reader, const yaml_node *root, const product *product)
{
    if (reader->errors > 0 || reader->broken) return;
    if (product_has_beta_cells(product))
        need_values(reader, root, "values", YAML_TABLE(beta_values), product, "the product gives beta cells");
    if (route_is_device(product->route))
        need_values(reader, root, "device", YAML_TABLE(device_values), product, "the route is a device");
    if (product_has_signals(product))
        need_values(reader, root, "signals", YAML_TABLE(signal_values), product,
                    "the product acts by what its cells send out");
}

static const yaml_field regimen_fields[] = {
    {.key = "islet_regimen", .read = yaml_read_nothing},
    YAML_NAME(regimen, name),
    YAML_NAME(regimen, title),
    {.key = "values", .read = read_regimen_values, .required = true},
};

/* Shared by both kinds: text => struct through a table of fields. */
typedef void check_function(yaml_reader *reader, const yaml_node *root, const product *product);

static bool parse(const char *text, size_t length, const char *file, const char *format, const char *what,
                  const yaml_field *fields, int n_fields, void *out, check_function *check, islet_problems *problems)
{
    yaml_document *document = yaml_parse(text, length, file, problems);
    if (!document) return false;
    yaml_reader reader = yaml_reader_of(document, file, problems);
    if (document->root && yaml_check_format(&reader, document->root, format)) {
        yaml_read_map(&reader, document->root, what, fields, n_fields, out, NULL);
        if (check) check(&reader, document->root, out);
    }
    yaml_free(document);
    return reader.errors == 0;
}

bool product_parse(const char *text, size_t length, const char *file, product *out, islet_problems *problems)
{
    memset(out, 0, sizeof *out);
    for (int i = 0; i < MECHANISM_COUNT; i++) out->mechanisms[i].grade = GRADE_NONE;
    return parse(text, length, file, "islet_product", "a product", YAML_TABLE(product_fields), out, check_product, problems);
}

bool regimen_parse(const char *text, size_t length, const char *file, regimen *out, islet_problems *problems)
{
    memset(out, 0, sizeof *out);
    return parse(text, length, file, "islet_regimen", "a regimen", YAML_TABLE(regimen_fields), out, NULL,
                 problems);
}

/* ---- shipped ---- */

const char *const *product_names(void)
{
    return embedded_names("data/products");
}

const char *const *regimen_names(void)
{
    return embedded_names("data/regimens");
}

static const embedded_file *shipped_file(const char *folder, const char *name, char path[160])
{
    if (strlen(name) >= NAME_TEXT) return NULL;
    snprintf(path, 160, "data/%s/%s.yaml", folder, name);
    return embedded_find(path);
}

bool product_shipped(const char *name, product *out)
{
    char path[160];
    const embedded_file *file = shipped_file("products", name, path);
    return file && product_parse((const char *)file->bytes, file->size, path, out, NULL);
}

bool regimen_shipped(const char *name, regimen *out)
{
    char path[160];
    const embedded_file *file = shipped_file("regimens", name, path);
    return file && regimen_parse((const char *)file->bytes, file->size, path, out, NULL);
}
