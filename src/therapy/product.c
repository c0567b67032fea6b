/* Products and regimens: reading the data files; each number of the lists in product.h is one line of a field table. */
#include "therapy/product.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/table.h"
#include "base/yaml_read.h"

static const char *const origin_words[] = {"allogeneic", "autologous", "hypoimmune", NULL};
static const char *const route_words[] = {"portal_vein", "subcutaneous", "intramuscular", "omentum", NULL};
static const char *const grade_words[] = {"A", "B", "C", "D", NULL};

/* ---- one number with what it stands on ---- */

typedef struct {
    double value;
    sourced_value *target;
    char unit[32];
    int standing;
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

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

static void read_value(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    sourced_value *target = out;
    value_file file = {.value = NAN, .target = target, .standing = STANDING_ASSUMED};
    *target = (sourced_value){.value = NAN, .low = NAN, .high = NAN};
    char what[NAME_TEXT + 2];
    snprintf(what, sizeof what, "'%s'", field->key);
    yaml_read_map(reader, node, what, YAML_TABLE(value_fields), &file, (void *)field);
    if (*file.unit && strcmp(file.unit, field->unit) != 0)
        yaml_error(reader, yaml_find(node, "unit"), "the unit of '%s' is '%s'; '%s' is expected; convert the value",
                   field->key, file.unit, field->unit);
    if (target->low > file.value || target->high < file.value)
        yaml_error(reader, yaml_find(node, "range"), "the range of '%s' does not hold its value; widen it", field->key);
    target->value = file.value;
    target->standing = (standing)file.standing;
    memcpy(target->source, file.source, sizeof target->source);
}

/* ---- the two kinds of file ---- */

#define VALUE_FIELD(type, name, unit_, low_, high_)                                                                    \
    {.key = #name,                                                                                                     \
     .read = read_value,                                                                                               \
     .offset = offsetof(type, name),                                                                                   \
     .required = true,                                                                                                 \
     .low = low_,                                                                                                      \
     .high = high_,                                                                                                    \
     .unit = unit_},
#define PRODUCT_VALUE(name, unit_, low_, high_, sentence) VALUE_FIELD(product, name, unit_, low_, high_)
#define REGIMEN_VALUE(name, unit_, low_, high_, sentence) VALUE_FIELD(regimen, name, unit_, low_, high_)

static const yaml_field product_values[] = {PRODUCT_VALUES(PRODUCT_VALUE)};
static const yaml_field regimen_values[] = {REGIMEN_VALUES(REGIMEN_VALUE)};

static void read_product_values(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                                void *context)
{
    (void)context;
    yaml_read_map(reader, node, field->key, YAML_TABLE(product_values), out, NULL);
}

static void read_regimen_values(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out,
                                void *context)
{
    (void)context;
    yaml_read_map(reader, node, field->key, YAML_TABLE(regimen_values), out, NULL);
}

static const yaml_field product_fields[] = {
    {.key = "islet_product", .read = yaml_read_nothing},
    YAML_NAME(product, name),
    YAML_NAME(product, title),
    YAML_NAME(product, cell_type),
    YAML_WORD(product, origin, true, origin_words),
    YAML_WORD(product, route, true, route_words),
    YAML_WORD(product, evidence_grade, true, grade_words),
    {.key = "criteria", .read = criteria_read, .offset = offsetof(product, criteria)},
    {.key = "values", .read = read_product_values, .required = true},
};

static const yaml_field regimen_fields[] = {
    {.key = "islet_regimen", .read = yaml_read_nothing},
    YAML_NAME(regimen, name),
    YAML_NAME(regimen, title),
    {.key = "values", .read = read_regimen_values, .required = true},
};

/* Shared by both kinds: text => struct through a table of fields. */
static bool parse(const char *text, size_t length, const char *file, const char *format, const char *what,
                  const yaml_field *fields, int n_fields, void *out, islet_problems *problems)
{
    yaml_document *document = yaml_parse(text, length, file, problems);
    if (!document) return false;
    yaml_reader reader = yaml_reader_of(document, file, problems);
    if (document->root && yaml_check_format(&reader, document->root, format))
        yaml_read_map(&reader, document->root, what, fields, n_fields, out, NULL);
    yaml_free(document);
    return reader.errors == 0;
}

bool product_parse(const char *text, size_t length, const char *file, product *out, islet_problems *problems)
{
    memset(out, 0, sizeof *out);
    return parse(text, length, file, "islet_product", "a product", YAML_TABLE(product_fields), out, problems);
}

bool regimen_parse(const char *text, size_t length, const char *file, regimen *out, islet_problems *problems)
{
    memset(out, 0, sizeof *out);
    return parse(text, length, file, "islet_regimen", "a regimen", YAML_TABLE(regimen_fields), out, problems);
}

/* ---- shipped ---- */

static const char *const shipped_products[] = {"donor_islets", "donor_islets_autograft", "zimislecel", NULL};
static const char *const shipped_regimens[] = {"edmonton_sirolimus_tacrolimus", "glucocorticoid_free", NULL};

const char *const *product_names(void)
{
    return shipped_products;
}

const char *const *regimen_names(void)
{
    return shipped_regimens;
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

/* ---- the table for people ---- */

static bool add_value(islet_table *table, const char *name, const yaml_field *field, const char *sentence,
                      const void *of)
{
    const sourced_value *v = (const sourced_value *)((const char *)of + field->offset);
    char value[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT];
    number_write(v->value, value);
    number_write(v->low, low);
    number_write(v->high, high);
    return table_add_row(table, (const char *const[]){name, field->key, value, field->unit, low, high,
                                                      islet_standing_words[v->standing], v->source, sentence});
}

#define SENTENCE(key, unit, low, high, sentence) sentence,
static const char *const product_sentences[] = {PRODUCT_VALUES(SENTENCE)};
static const char *const regimen_sentences[] = {REGIMEN_VALUES(SENTENCE)};

islet_status islet_products_table(islet_table **out)
{
    static const char *const names[] = {"product", "key",      "value",  "unit",    "low",
                                        "high",    "standing", "source", "sentence"};
    static const bool is_number[] = {false, false, true, false, true, true, false, false, false};
    islet_status status = ISLET_ERR_MEMORY;
    product *one = malloc(sizeof *one);
    regimen *drugs = malloc(sizeof *drugs);
    islet_table *table = table_create(COUNT(names), names, is_number);
    *out = NULL;
    if (!one || !drugs || !table) goto done;

    bool fine = true;
    for (const char *const *name = product_names(); *name && fine; name++) {
        fine = product_shipped(*name, one);
        for (int i = 0; i < COUNT(product_values) && fine; i++)
            fine = add_value(table, *name, &product_values[i], product_sentences[i], one);
    }
    for (const char *const *name = regimen_names(); *name && fine; name++) {
        fine = regimen_shipped(*name, drugs);
        for (int i = 0; i < COUNT(regimen_values) && fine; i++)
            fine = add_value(table, *name, &regimen_values[i], regimen_sentences[i], drugs);
    }
    if (!fine) goto done; /* shipped files are checked by a test, so this is memory */
    *out = table;
    table = NULL;
    status = ISLET_OK;
done:
    islet_table_free(table);
    free(drugs);
    free(one);
    return status;
}
