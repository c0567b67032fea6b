/* Names in a protocol: a population, product or regimen is either shipped or a file beside the protocol. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "therapy/protocol_read.h"

#define PATH_TEXT 4096

/* ---- files beside the protocol ---- */

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
    bool inside =
        real_folder && real_path && strncmp(real_folder, real_path, n) == 0 && (n == 1 || real_path[n] == '/');
    free(real_folder);
    free(real_path);
    return inside;
}

/* The folder of a file, with its final slash; "" for the current one. False if it is too long. */
static bool folder_of(const char *file, char folder[PATH_TEXT])
{
    const char *slash = strrchr(file, '/');
    size_t n = slash ? (size_t)(slash - file) + 1 : 0;
    if (n >= PATH_TEXT) return false;
    memcpy(folder, file, n);
    folder[n] = '\0';
    return true;
}

/* Text of a file beside the protocol; the caller frees it. NULL after an error. */
static char *read_beside(yaml_reader *reader, const yaml_node *node, const char *key, char path[PATH_TEXT],
                         size_t *length)
{
    const char *name = node->text;
    char folder[PATH_TEXT], *text = NULL;
    if (strstr(name, "://")) {
        yaml_error(reader, node,
                   "'%s' is the address '%.60s'; islet reads no network; save the file beside the protocol", key, name);
        return NULL;
    }
    if (leads_outside(name)) {
        yaml_error(reader, node,
                   "'%s' names the file '%.60s'; a file in the protocol's own folder is expected; copy it there", key,
                   name);
        return NULL;
    }
    if (!folder_of(reader->file, folder) || snprintf(path, PATH_TEXT, "%s%s", folder, name) >= PATH_TEXT) {
        yaml_error(reader, node, "'%s' names a file whose path is too long", key);
        return NULL;
    }
    islet_status status = file_read(path, YAML_MAX_BYTES, &text, length, reader->problems);
    if (status == ISLET_OK && !is_inside(*folder ? folder : ".", path)) {
        yaml_error(reader, node, "'%s' names '%.60s', a link out of the protocol's own folder; copy the file there",
                   key, name);
        free(text);
        return NULL;
    }
    if (status < 0) yaml_error(reader, node, "'%s' names the file '%.60s', which cannot be used", key, name);
    return text;
}

/* ---- one of the kinds ---- */

typedef enum { NAMED_POPULATION, NAMED_PRODUCT, NAMED_REGIMEN, NAMED_CONDITIONING } named_kind;

static const char *const kind_words[] = {"population", "product", "regimen of immunosuppression", "conditioning"};

static const char *const *shipped_names(named_kind kind)
{
    switch (kind) {
    case NAMED_POPULATION: return population_names();
    case NAMED_PRODUCT: return product_names();
    case NAMED_CONDITIONING: return conditioning_names();
    case NAMED_REGIMEN: break;
    }
    return regimen_names();
}

static bool is_listed(const char *const *names, const char *name)
{
    while (*names && strcmp(*names, name) != 0) names++;
    return *names != NULL;
}

static bool shipped(named_kind kind, const char *name, void *out)
{
    switch (kind) {
    case NAMED_POPULATION: return population_shipped(name, out);
    case NAMED_PRODUCT: return product_shipped(name, out);
    case NAMED_CONDITIONING: return conditioning_shipped(name, out);
    case NAMED_REGIMEN: break;
    }
    return regimen_shipped(name, out);
}

static bool parse(named_kind kind, const char *text, size_t length, const char *path, void *out,
                  islet_problems *problems)
{
    switch (kind) {
    case NAMED_POPULATION: return population_parse(text, length, path, out, problems);
    case NAMED_PRODUCT: return product_parse(text, length, path, out, problems);
    case NAMED_CONDITIONING: return conditioning_parse(text, length, path, out, problems);
    case NAMED_REGIMEN: break;
    }
    return regimen_parse(text, length, path, out, problems);
}

/* Says that nothing shipped has this name. */
static void report_name(yaml_reader *reader, const yaml_node *node, named_kind kind)
{
    const char *const *names = shipped_names(kind);
    char suggestion[YAML_SHOWN], known[800] = "; known: ";
    size_t used = strlen(known);
    for (int i = 0; names[i] && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", names[i]);
    const char *nearest = yaml_suggestion(node->text, names, suggestion);
    yaml_error(reader, node, "no %s is called '%.60s'%s; or name a .yaml file in the protocol's folder",
               kind_words[kind], node->text, *nearest ? nearest : known);
}

/* Keep what a file was, so that a result can say what it rests on. */
static void note_file(islet_protocol *protocol, const char *name, const char *text, size_t length)
{
    if (protocol->n_files == PROTOCOL_MAX_FILES)
        return; /* more than can be accepted: one was refused for its product's name, again and again */
    protocol_file *file = &protocol->files[protocol->n_files++];
    snprintf(file->name, sizeof file->name, "%s", name);
    file->size = length;
    hash_sha256(text, length, file->hash);
}

/* Fill *out; false after an error. */
static bool load(yaml_reader *reader, const yaml_node *node, const char *key, named_kind kind, islet_protocol *protocol,
                 void *out)
{
    if (!is_file_name(node->text)) {
        if (shipped(kind, node->text, out)) return true;
        reader->out_of_memory = is_listed(shipped_names(kind), node->text); /* shipped files themselves are valid */
        if (reader->out_of_memory) yaml_error(reader, node, "there is not enough memory to read '%s'", node->text);
        else report_name(reader, node, kind);
        return false;
    }
    char path[PATH_TEXT];
    size_t length;
    char *text = read_beside(reader, node, key, path, &length);
    if (!text) return false;
    bool fine = parse(kind, text, length, path, out, reader->problems);
    if (fine) note_file(protocol, node->text, text, length);
    else
        yaml_error(reader, node, "the file '%.60s' is no valid %s; its errors stand before this one", node->text,
                   kind_words[kind]);
    free(text);
    return fine;
}

/* A plain word or file name; anything else is an error. */
static bool is_name(yaml_reader *reader, const yaml_node *node, const char *key)
{
    char name[YAML_ROOM(protocol_file, name)];
    int errors = reader->errors;
    yaml_read_name(reader, node, &(yaml_field){.key = key, .size = sizeof name}, name, NULL);
    return reader->errors == errors;
}

/* ---- for the rest of reading ---- */

bool protocol_named_population(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context,
                               population *out)
{
    return is_name(reader, node, key) && load(reader, node, key, NAMED_POPULATION, context->protocol, out);
}

int protocol_named_product(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context)
{
    islet_protocol *protocol = context->protocol;
    if (!is_name(reader, node, key)) return -1;
    for (int i = 0; i < protocol->n_products; i++)
        if (strcmp(context->product_name[i], node->text) == 0) return i;
    if (protocol->n_products == PROTOCOL_MAX_PRODUCTS) {
        yaml_error(reader, node, "'%.60s' is product number %d; at most %d different products are expected; split the protocol",
                   node->text, PROTOCOL_MAX_PRODUCTS + 1, PROTOCOL_MAX_PRODUCTS);
        return -1;
    }
    product *next = &protocol->products[protocol->n_products];
    if (!load(reader, node, key, NAMED_PRODUCT, protocol, next)) return -1;
    for (int i = 0; i < protocol->n_products; i++)
        if (strcmp(protocol->products[i].name, next->name) == 0) {
            yaml_error(reader, node,
                       "'%.60s' and '%.60s' are products of the same name '%s'; give them different names",
                       context->product_name[i], node->text, next->name);
            return -1;
        }
    context->product_name[protocol->n_products] = node->text;
    return protocol->n_products++;
}

int protocol_named_regimen(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context)
{
    islet_protocol *protocol = context->protocol;
    if (!is_name(reader, node, key)) return -1;
    if (strcmp(node->text, "none") == 0) return -1;
    for (int i = 0; i < protocol->n_regimens; i++)
        if (strcmp(context->regimen_name[i], node->text) == 0) return i;
    regimen *next = &protocol->regimens[protocol->n_regimens];
    if (!load(reader, node, key, NAMED_REGIMEN, protocol, next)) return -1;
    for (int i = 0; i < protocol->n_regimens; i++)
        if (strcmp(protocol->regimens[i].name, next->name) == 0) {
            yaml_error(reader, node,
                       "'%.60s' and '%.60s' are regimens of the same name '%s'; give them different names",
                       context->regimen_name[i], node->text, next->name);
            return -1;
        }
    context->regimen_name[protocol->n_regimens] = node->text;
    return protocol->n_regimens++;
}

int protocol_named_conditioning(yaml_reader *reader, const yaml_node *node, const char *key, protocol_context *context)
{
    islet_protocol *protocol = context->protocol;
    if (!is_name(reader, node, key)) return -1;
    if (strcmp(node->text, "none") == 0) return -1;
    for (int i = 0; i < protocol->n_conditionings; i++)
        if (strcmp(context->conditioning_name[i], node->text) == 0) return i;
    if (!load(reader, node, key, NAMED_CONDITIONING, protocol, &protocol->conditionings[protocol->n_conditionings])) return -1;
    context->conditioning_name[protocol->n_conditionings] = node->text;
    return protocol->n_conditionings++;
}
