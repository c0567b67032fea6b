/* Reading and applying parameter sets. */
#include "therapy/parameter_set.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/problems.h"
#include "base/yaml_read.h"

#define SHIPPED "data/ensemble/" /* and the name of a set */

/* ---- names ---- */

static const struct {
    const char *key;
    size_t offset;
} model_keys[] = {
#define PARAM(key, value, low, high, unit, standing, source, sentence) {#key, offsetof(params, key)},
#include "base/params.def"
#undef PARAM
};

static const struct {
    const char *key;
    parameter_owner owner;
    size_t offset;
    double low, high;
} owned_keys[] = {
#define OWNED(key, unit, low, high, sentence) {#key, OWNER_PRODUCT, offsetof(product, key), low, high},
    PRODUCT_VALUES(OWNED) DEVICE_VALUES(OWNED) SIGNAL_VALUES(OWNED) HARM_VALUES(OWNED)
#undef OWNED
#define OWNED(key, unit, low, high, sentence)                                                                          \
    {#key, OWNER_PRODUCT,                                                                                              \
     offsetof(product, mechanisms) + MECHANISM_##key * sizeof(product_mechanism) +                                     \
         offsetof(product_mechanism, strength),                                                                        \
     low, high},
        PRODUCT_MECHANISMS(OWNED)
#undef OWNED
#define OWNED(key, unit, low, high, sentence) {#key, OWNER_REGIMEN, offsetof(regimen, key), low, high},
            REGIMEN_VALUES(OWNED)
#undef OWNED
#define OWNED(key, unit, low, high, sentence) {#key, OWNER_CONDITIONING, offsetof(conditioning, key), low, high},
                CONDITIONING_VALUES(OWNED)
#undef OWNED
};
#define LENGTH(array) (sizeof(array) / sizeof *(array))

/* products and conditionings have keys of the same name; conditionings are known by theirs */
static bool is_conditioning(const char *name, size_t length)
{
    for (const char *const *known = conditioning_names(); *known; known++)
        if (strlen(*known) == length && memcmp(*known, name, length) == 0) return true;
    return false;
}

static bool find_owned(const char *name, const char *dot, parameter_target *out)
{
    size_t owner = (size_t)(dot - name);
    if (owner == 0 || owner >= NAME_TEXT) return false;
    for (size_t i = 0; i < LENGTH(owned_keys); i++) {
        if (strcmp(owned_keys[i].key, dot + 1) != 0 ||
            (owned_keys[i].owner == OWNER_CONDITIONING) != is_conditioning(name, owner))
            continue;
        out->owner = owned_keys[i].owner;
        memcpy(out->owner_name, name, owner);
        out->offset = owned_keys[i].offset;
        out->low = owned_keys[i].low;
        out->high = owned_keys[i].high;
        return true;
    }
    return false;
}

bool parameter_find(const char *name, parameter_target *out)
{
    const char *dot = strchr(name, '.');
    *out = (parameter_target){0};
    if (strlen(name) >= sizeof out->name) return false;
    snprintf(out->name, sizeof out->name, "%s", name);
    if (dot) return find_owned(name, dot, out);
    for (size_t i = 0; i < LENGTH(model_keys); i++) {
        if (strcmp(model_keys[i].key, name) != 0) continue;
        out->owner = OWNER_MODEL;
        out->offset = model_keys[i].offset;
        out->low = islet_param_info[i].low;
        out->high = islet_param_info[i].high;
        return true;
    }
    return false;
}

/* ---- values ---- */

/* the next number of the target from *i on; a protocol may hold a product more than once. NULL at the end */
static double *place_of(const parameter_target *target, params *params, islet_protocol *protocol, int *i)
{
    if (target->owner == OWNER_MODEL) return (*i)++ == 0 ? (double *)((char *)params + target->offset) : NULL;
    if (!protocol) return NULL;
    int n = target->owner == OWNER_PRODUCT   ? protocol->n_products
            : target->owner == OWNER_REGIMEN ? protocol->n_regimens
                                             : protocol->n_conditionings;
    for (; *i < n; (*i)++) {
        product *cells = &protocol->products[target->owner == OWNER_PRODUCT ? *i : 0];
        regimen *drugs = &protocol->regimens[target->owner == OWNER_REGIMEN ? *i : 0];
        conditioning *path = &protocol->conditionings[target->owner == OWNER_CONDITIONING ? *i : 0];
        char *owner = target->owner == OWNER_PRODUCT   ? (char *)cells
                      : target->owner == OWNER_REGIMEN ? (char *)drugs
                                                       : (char *)path;
        const char *name = target->owner == OWNER_PRODUCT   ? cells->name
                           : target->owner == OWNER_REGIMEN ? drugs->name
                                                            : path->name;
        if (strcmp(name, target->owner_name) != 0) continue;
        (*i)++;
        return &((sourced_value *)(owner + target->offset))->value;
    }
    return NULL;
}

double parameter_value(const parameter_target *target, const params *with, const islet_protocol *protocol)
{
    int i = 0;
    /* place_of only finds the place; nothing is written through it here */
    const double *place = place_of(target, (params *)with, (islet_protocol *)protocol, &i);
    return place ? *place : NAN;
}

void parameter_set_value(const parameter_target *target, double value, params *with, islet_protocol *protocol)
{
    int i = 0;
    for (double *place; (place = place_of(target, with, protocol, &i));) *place = value;
}

void parameter_set_apply(const parameter_set *set, int draw, params *with, islet_protocol *protocol)
{
    for (int i = 0; i < set->n; i++) parameter_set_value(&set->target[i], set->value[i], with, protocol);
    if (draw < 0 || draw >= set->n_draws) return;
    for (int i = 0; i < set->n_drawn; i++)
        parameter_set_value(&set->drawn[i], set->draws[(size_t)draw * (size_t)set->n_drawn + (size_t)i], with, protocol);
}

/* ---- reading ---- */

static bool read_target(yaml_reader *reader, const yaml_node *node, const char *name, parameter_target *out)
{
    if (parameter_find(name, out)) return true;
    const char *keys[LENGTH(model_keys) + 1] = {NULL};
    char suggestion[YAML_SHOWN];
    for (size_t i = 0; i < LENGTH(model_keys); i++) keys[i] = model_keys[i].key;
    yaml_error(reader, node, "'%s' is no parameter%s; `islet params` lists them, products' are written PRODUCT.KEY", name,
               yaml_suggestion(name, keys, suggestion));
    return false;
}

static bool has_room(yaml_reader *reader, const yaml_node *node, int n, int most, const char *what)
{
    if (n < most) return true;
    yaml_error(reader, node, "more than %d %s; expected at most as many", most, what);
    return false;
}

static void read_values(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    parameter_set *set = out;
    (void)context;
    if (!yaml_expect(reader, node, YAML_MAP, field->key, "{portal_potency: 0.17}")) return;
    for (const yaml_node *child = node->first; child; child = child->next) {
        if (!has_room(reader, child, set->n, PARAMETER_SET_MAX, "values")) return;
        parameter_target *target = &set->target[set->n];
        if (!read_target(reader, child, child->key, target)) continue;
        if (yaml_number(reader, child, child->key, NULL, target->low, target->high, &set->value[set->n])) set->n++;
    }
}

static void read_drawn(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    parameter_set *set = out;
    (void)context;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[portal_potency]")) return;
    for (const yaml_node *child = node->first; child; child = child->next) {
        if (!has_room(reader, child, set->n_drawn, PARAMETER_SET_MAX, "parameters")) return;
        if (!read_target(reader, child, child->text, &set->drawn[set->n_drawn])) continue;
        for (int i = 0; i < set->n_drawn; i++)
            if (strcmp(set->drawn[i].name, child->text) == 0)
                yaml_error(reader, child, "'%s' is named twice; keep one", child->text);
        set->n_drawn++;
    }
}

/* one draw: a number for each parameter, in their order */
static void read_draw(yaml_reader *reader, const yaml_node *node, parameter_set *set)
{
    if (!yaml_expect(reader, node, YAML_LIST, "a draw", "[0.17, 3.4]")) return;
    if (node->count != set->n_drawn) {
        yaml_error(reader, node, "%d numbers in this draw; expected %d, one for each of 'parameters'", node->count, set->n_drawn);
        return;
    }
    double *row = set->draws + (size_t)set->n_draws * (size_t)set->n_drawn;
    int i = 0;
    for (const yaml_node *child = node->first; child; child = child->next, i++)
        if (!yaml_number(reader, child, set->drawn[i].name, NULL, set->drawn[i].low, set->drawn[i].high, &row[i])) return;
    set->n_draws++;
}

static void read_draws(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    parameter_set *set = out;
    (void)context;
    if (!yaml_expect(reader, node, YAML_LIST, field->key, "[[0.17, 3.4]]")) return;
    if (set->n_drawn == 0) {
        if (reader->errors == 0)
            yaml_error(reader, node, "'values' of draws without 'parameters' before them; name the parameters first");
        return;
    }
    if (!has_room(reader, node, node->count - 1, PARAMETER_SET_MAX_DRAWS, "draws")) return;
    set->draws = calloc((size_t)node->count * (size_t)set->n_drawn + 1, sizeof *set->draws);
    if (!set->draws) {
        reader->out_of_memory = true;
        yaml_error(reader, node, "there is not enough memory to read it");
        return;
    }
    for (const yaml_node *child = node->first; child; child = child->next) read_draw(reader, child, set);
}

static const yaml_field draws_fields[] = {
    {.key = "parameters", .read = read_drawn, .required = true},
    {.key = "values", .read = read_draws, .required = true},
};

static void read_ensemble(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    yaml_read_map(reader, node, field->key, YAML_TABLE(draws_fields), out, context);
}

static const yaml_field set_fields[] = {
    {.key = "islet_params", .read = yaml_read_nothing},
    YAML_NAME(parameter_set, title),
    {.key = "values", .read = read_values, .required = true},
    {.key = "draws", .read = read_ensemble},
};

islet_status parameter_set_parse(const char *text, size_t length, const char *file, parameter_set *out, islet_problems *problems)
{
    *out = (parameter_set){.size = length};
    yaml_document *document = yaml_parse(text, length, file, problems);
    if (!document) return ISLET_ERR_MEMORY;
    yaml_reader reader = yaml_reader_of(document, file, problems);
    hash_sha256(text, length, out->hash);
    if (document->root && yaml_check_format(&reader, document->root, "islet_params"))
        yaml_read_map(&reader, document->root, "a parameter set", YAML_TABLE(set_fields), out, NULL);
    yaml_free(document);
    if (reader.errors == 0) return ISLET_OK;
    parameter_set_free(out);
    return reader.out_of_memory ? ISLET_ERR_MEMORY : ISLET_ERR_INPUT;
}

islet_status parameter_set_read(const char *path, parameter_set *out, islet_problems *problems)
{
    char *text;
    size_t length;
    *out = (parameter_set){0};
    islet_status status = file_read(path, YAML_MAX_BYTES, &text, &length, problems);
    if (status != ISLET_OK) return status;
    status = parameter_set_parse(text, length, path, out, problems);
    free(text);
    return status;
}

/* Draw i of both, side by side: what was fitted to other rows is independent of it. The smaller number of draws is kept; values
 * are not: the shipped ones are those of params.def and of the products' files. */
static bool join(parameter_set *set, const parameter_set *other)
{
    if (set->n_drawn + other->n_drawn > PARAMETER_SET_MAX) return false;
    int draws = set->n_draws == 0 || (other->n_draws > 0 && other->n_draws < set->n_draws) ? other->n_draws : set->n_draws;
    int both = set->n_drawn + other->n_drawn;
    double *joined = malloc(((size_t)draws * (size_t)both + 1) * sizeof *joined);
    if (!joined) return false;
    for (int i = 0; i < draws; i++)
        for (int k = 0; k < both; k++)
            joined[i * both + k] = k < set->n_drawn ? set->draws[i * set->n_drawn + k]
                                                    : other->draws[i * other->n_drawn + k - set->n_drawn];
    free(set->draws);
    set->draws = joined;
    set->n_draws = draws;
    for (int k = 0; k < other->n_drawn; k++) set->drawn[set->n_drawn++] = other->drawn[k];
    return true;
}

islet_status parameter_set_shipped(parameter_set *out, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    *out = (parameter_set){.title = "shipped"};
    for (const embedded_file *file = islet_embedded_files; file->path && status == ISLET_OK; file++) {
        parameter_set one;
        if (strncmp(file->path, SHIPPED, sizeof SHIPPED - 1) != 0) continue;
        status = parameter_set_parse((const char *)file->bytes, file->size, file->path, &one, problems);
        if (status == ISLET_OK && !join(out, &one)) status = ISLET_ERR_MEMORY;
        parameter_set_free(&one);
    }
    if (status != ISLET_OK) parameter_set_free(out);
    return status;
}

islet_status parameter_set_shipped_one(const char *name, parameter_set *out, islet_problems *problems)
{
    char path[100];
    int length = snprintf(path, sizeof path, SHIPPED "%s.yaml", name);
    const embedded_file *file = length > 0 && length < (int)sizeof path ? embedded_find(path) : NULL;
    *out = (parameter_set){0};
    return file ? parameter_set_parse((const char *)file->bytes, file->size, path, out, problems) : ISLET_ERR_UNKNOWN_NAME;
}

void parameter_set_free(parameter_set *set)
{
    free(set->draws);
    *set = (parameter_set){0};
}
