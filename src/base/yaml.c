/* YAML: libyaml splits the text into events, this file makes the tree and refuses what a protocol must not hold.
 *
 * 1. the bytes are looked at before libyaml sees them: size, encoding, characters, indentation
 * 2. events become nodes; errors that leave the structure intact are noted and reading goes on, so that one reading
 *    lists all of them */
#include "base/yaml.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "base/problems.h"
#include "base/utf8.h"

#define ERRORS_MAX 20 /* as many as islet_problems keeps; more are not looked for */

typedef struct {
    const char *file;
    islet_problems *problems;
    yaml_document *document;
    bool out_of_memory;
} builder;

#define BUILDER_ERROR(b, line, column, ...)                                                                            \
    ((b)->document->errors++, problems_error((b)->problems, (b)->file, line, column, __VA_ARGS__))

/* ---- 1. the bytes ---- */

static bool is_utf16(const unsigned char *bytes, size_t length)
{
    if (length < 2) return false;
    bool marked = (bytes[0] == 0xff && bytes[1] == 0xfe) || (bytes[0] == 0xfe && bytes[1] == 0xff);
    return marked || (bytes[0] == 0 && bytes[1] != 0) || (bytes[0] != 0 && bytes[1] == 0);
}

/* Blanks that look like a space and are none. */
static bool is_odd_blank(uint32_t code)
{
    return code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200b) || code == 0x202f || code == 0x205f ||
           code == 0x3000 || code == 0xfeff;
}

/* What is wrong with the blanks that begin a line; *column counts characters. */
static void check_indentation(builder *b, const char *line, size_t length, int number)
{
    int column = 1, tab = 0, odd = 0;
    uint32_t code = 0, odd_code = 0;
    for (size_t i = 0, n; i < length && (n = utf8_read(line + i, length - i, &code)) > 0; i += n, column++) {
        if (code == '\t' && !tab) tab = column;
        else if (is_odd_blank(code) && !odd) odd = column, odd_code = code;
        else if (code != ' ' && code != '\t' && !is_odd_blank(code)) break;
    }
    bool blank = code == ' ' || code == '\t' || code == '\r';
    if (odd)
        BUILDER_ERROR(
            b, number, odd,
            "the indentation holds the character U+%04X, which only looks like a space; spaces are expected; type them anew",
            (unsigned)odd_code);
    else if (tab && !blank)
        BUILDER_ERROR(b, number, tab, "a tab is used as indentation; spaces are expected; replace it");
}

/* One line without its end. */
static void check_line(builder *b, const char *line, size_t length, int number)
{
    int column = 1;
    uint32_t code;
    for (size_t i = 0, n; i < length; i += n, column++) {
        n = utf8_read(line + i, length - i, &code);
        if (n == 0) {
            BUILDER_ERROR(b, number, column,
                          "byte 0x%02x is not a character: the file is not a text in UTF-8; save it as UTF-8",
                          (unsigned char)line[i]);
            return;
        }
        if (utf8_is_invisible(code) && code != '\t' && code != '\r') {
            if (code == 0xfeff && number == 1 && i == 0) continue;
            BUILDER_ERROR(b, number, column,
                          "the invisible or control character U+%04X stands here; plain text is expected; delete it",
                          (unsigned)code);
            return;
        }
    }
    if (length) check_indentation(b, line, length, number);
}

/* False when libyaml must not see the text. */
static bool check_bytes(builder *b, const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    if (length > YAML_MAX_BYTES) {
        BUILDER_ERROR(b, 0, 0, "the text has %zu bytes; the limit is %d", length, YAML_MAX_BYTES);
        return false;
    }
    if (is_utf16(bytes, length)) {
        BUILDER_ERROR(b, 1, 1, "the file is not a text in UTF-8 but in UTF-16, or no text; save it as UTF-8");
        return false;
    }
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) {
        problems_warning(b->problems, b->file, 1, 1, "a byte order mark begins the file; it is skipped");
        text += 3;
        length -= 3;
    }
    int number = 1;
    for (size_t start = 0; start <= length && b->document->errors < ERRORS_MAX; number++) {
        const char *end = memchr(text + start, '\n', length - start);
        size_t n = end ? (size_t)(end - text) - start : length - start;
        check_line(b, text + start, n, number);
        start += n + 1;
    }
    return b->document->errors == 0;
}

/* ---- 2. the tree ---- */

static yaml_node *make_node(builder *b, yaml_kind kind, const yaml_mark_t *mark)
{
    yaml_node *node = calloc(1, sizeof(*node));
    if (!node) {
        b->out_of_memory = true;
        return NULL;
    }
    node->kind = kind;
    node->line = (int)mark->line + 1;
    node->column = (int)mark->column + 1;
    node->made_before = b->document->last_made;
    b->document->last_made = node;
    b->document->n_nodes++;
    return node;
}

static char *copy_text(builder *b, const yaml_char_t *text, size_t length)
{
    char *copy = malloc(length + 1);
    if (!copy) {
        b->out_of_memory = true;
        return NULL;
    }
    if (length) memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

/* libyaml's anchors and tags of any node. */
static void refuse_decoration(builder *b, const yaml_event_t *event)
{
    const yaml_char_t *anchor = NULL, *tag = NULL;
    int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
    if (event->type == YAML_SCALAR_EVENT) anchor = event->data.scalar.anchor, tag = event->data.scalar.tag;
    if (event->type == YAML_SEQUENCE_START_EVENT)
        anchor = event->data.sequence_start.anchor, tag = event->data.sequence_start.tag;
    if (event->type == YAML_MAPPING_START_EVENT)
        anchor = event->data.mapping_start.anchor, tag = event->data.mapping_start.tag;
    if (anchor)
        BUILDER_ERROR(b, line, column,
                      "an anchor '&%.40s' stands here; anchors and aliases are not supported; write the value out",
                      (const char *)anchor);
    if (tag)
        BUILDER_ERROR(b, line, column, "a tag '%.60s' stands here; tags are not supported; write the plain value",
                      (const char *)tag);
}

/* A level of the tree that is being filled. */
typedef struct {
    yaml_node *node, *last; /* last child so far */
    char *key;              /* mapping: key that waits for its value */
    int key_line, key_column;
    bool key_wanted, drop; /* drop: the value of a key that was refused */
} level;

typedef struct {
    builder *b;
    int depth;
    level levels[YAML_MAX_DEPTH];
} stack;

static void put_child(stack *s, yaml_node *node)
{
    if (s->depth == 0) {
        s->b->document->root = node;
        return;
    }
    level *top = &s->levels[s->depth - 1];
    bool map = top->node->kind == YAML_MAP;
    if (map) {
        node->key = top->key;
        node->key_line = top->key_line;
        node->key_column = top->key_column;
        top->key = NULL;
        top->key_wanted = true;
        if (top->drop) { /* stays in the chain for freeing, not in the tree */
            top->drop = false;
            return;
        }
    }
    if (top->last) top->last->next = node;
    else top->node->first = node;
    top->last = node;
    top->node->count++;
}

/* The key is kept even when it is refused, so that its value finds a place and reading goes on. */
static void take_key(stack *s, const yaml_event_t *event)
{
    builder *b = s->b;
    level *top = &s->levels[s->depth - 1];
    top->key_line = (int)event->start_mark.line + 1;
    top->key_column = (int)event->start_mark.column + 1;
    top->key_wanted = false;
    top->drop = true;
    if (event->type != YAML_SCALAR_EVENT) {
        BUILDER_ERROR(b, top->key_line, top->key_column, "a key that is an alias stands here; keys are plain words");
        top->key = copy_text(b, (const yaml_char_t *)"", 0);
        return;
    }
    const char *text = (const char *)event->data.scalar.value;
    size_t length = event->data.scalar.length;
    refuse_decoration(b, event);
    top->key = copy_text(b, event->data.scalar.value, length);
    if (!top->key) return;
    if (length > YAML_MAX_SCALAR)
        BUILDER_ERROR(b, top->key_line, top->key_column, "a key of %zu bytes is too long; the limit is %d", length,
                      YAML_MAX_SCALAR);
    else if (memchr(text, 0, length))
        BUILDER_ERROR(b, top->key_line, top->key_column, "a key holds a zero byte; plain words are expected");
    else if (strcmp(text, "<<") == 0)
        BUILDER_ERROR(b, top->key_line, top->key_column,
                      "a merge key '<<' stands here; merge keys are not supported; write the keys out");
    else if (length == 0) BUILDER_ERROR(b, top->key_line, top->key_column, "a key is missing before ':'");
    else if (top->node->count >= YAML_MAX_KEYS)
        BUILDER_ERROR(b, top->key_line, top->key_column, "a mapping has more than %d keys; that is the limit",
                      YAML_MAX_KEYS);
    else if (yaml_find(top->node, text))
        BUILDER_ERROR(b, top->key_line, top->key_column,
                      "the key '%.60s' stands here again; it was given in line %d; keep one of them", text,
                      yaml_find(top->node, text)->key_line);
    else top->drop = false;
}

static void take_scalar(stack *s, const yaml_event_t *event)
{
    builder *b = s->b;
    const yaml_char_t *text = event->data.scalar.value;
    size_t length = event->data.scalar.length;
    yaml_node *node = make_node(b, YAML_SCALAR, &event->start_mark);
    if (!node) return;
    refuse_decoration(b, event);
    if (length > YAML_MAX_SCALAR) {
        BUILDER_ERROR(b, node->line, node->column, "a value of %zu bytes is too long; the limit is %d", length,
                      YAML_MAX_SCALAR);
        length = 0;
    } else if (length && memchr(text, 0, length)) {
        BUILDER_ERROR(b, node->line, node->column, "a value holds a zero byte; plain text is expected");
        length = 0;
    }
    node->text = copy_text(b, text, length);
    node->length = length;
    node->quoted = event->data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
    put_child(s, node);
}

/* False when the text nests too deep to go on. */
static bool open_level(stack *s, const yaml_event_t *event, yaml_kind kind)
{
    builder *b = s->b;
    yaml_node *node = make_node(b, kind, &event->start_mark);
    if (!node) return false;
    node->text = copy_text(b, (const yaml_char_t *)"", 0);
    refuse_decoration(b, event);
    if (s->depth == YAML_MAX_DEPTH) {
        BUILDER_ERROR(b, node->line, node->column,
                      "lists and mappings nest deeper than %d levels; that depth is the limit", YAML_MAX_DEPTH);
        return false;
    }
    put_child(s, node);
    s->levels[s->depth++] = (level){.node = node, .key_wanted = kind == YAML_MAP};
    return true;
}

static void take_alias(stack *s, const yaml_event_t *event)
{
    builder *b = s->b;
    yaml_node *node = make_node(b, YAML_SCALAR, &event->start_mark);
    if (!node) return;
    node->text = copy_text(b, (const yaml_char_t *)"", 0);
    BUILDER_ERROR(b, node->line, node->column,
                  "an alias '*%.40s' stands here; anchors and aliases are not supported; write the value out",
                  (const char *)event->data.alias.anchor);
    put_child(s, node);
}

/* What libyaml found, in words that name the place where it began. */
static void report_syntax(builder *b, const yaml_parser_t *parser)
{
    const char *problem = parser->problem ? parser->problem : "it cannot be read", *context = parser->context;
    yaml_mark_t mark = parser->problem_mark;
    if (parser->error == YAML_MEMORY_ERROR) {
        b->out_of_memory = true;
        return;
    }
    int line = (int)mark.line + 1, column = (int)mark.column + 1;
    bool open = context && (strstr(context, "flow") || strstr(context, "quoted"));
    if (open)
        BUILDER_ERROR(b, (int)parser->context_mark.line + 1, (int)parser->context_mark.column + 1,
                      "what begins here with a bracket or quote does not end: line %d, column %d: %s; close it", line,
                      column, problem);
    else if (context && strstr(context, "simple key"))
        BUILDER_ERROR(b, (int)parser->context_mark.line + 1, (int)parser->context_mark.column + 1,
                      "%s; a key must end with ':' on its own line and be no longer than 1024 characters", problem);
    else
        BUILDER_ERROR(b, line, column,
                      "this is not YAML: %s%s%s; check the indentation and the signs before this place",
                      context ? context : "", context ? ", " : "", problem);
}

/* One event; false when reading is at its end, or when it cannot go on. */
static bool take_event(stack *s, const yaml_event_t *event)
{
    builder *b = s->b;
    int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
    level *top = s->depth ? &s->levels[s->depth - 1] : NULL;
    bool key = top && top->key_wanted && event->type != YAML_MAPPING_END_EVENT;

    if (b->document->n_nodes >= YAML_MAX_NODES) {
        BUILDER_ERROR(b, line, column, "the text has more than %d values; that is the limit", YAML_MAX_NODES);
        return false;
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        if (b->document->root) {
            BUILDER_ERROR(
                b, line, column,
                "a second document begins here; one document a file is expected; remove '---' and what follows");
            return false;
        }
        if (event->data.document_start.version_directive ||
            event->data.document_start.tag_directives.start != event->data.document_start.tag_directives.end)
            BUILDER_ERROR(b, line, column,
                          "a directive (%%YAML or %%TAG) stands here; directives are not supported; remove it");
        break;
    case YAML_SCALAR_EVENT:
        if (key) take_key(s, event);
        else take_scalar(s, event);
        break;
    case YAML_ALIAS_EVENT:
        if (key) take_key(s, event);
        else take_alias(s, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        if (key) {
            BUILDER_ERROR(b, line, column, "a list or mapping stands where a key is expected; keys are plain words");
            return false;
        }
        return open_level(s, event, event->type == YAML_MAPPING_START_EVENT ? YAML_MAP : YAML_LIST);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT: s->depth--; break;
    case YAML_STREAM_END_EVENT: return false;
    default: break;
    }
    return b->document->errors < ERRORS_MAX;
}

static void read_events(builder *b, const char *text, size_t length)
{
    yaml_parser_t parser;
    stack s = {.b = b};
    if (!yaml_parser_initialize(&parser)) {
        b->out_of_memory = true;
        return;
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    b->document->broken = true;
    for (bool more = true; more && !b->out_of_memory;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            report_syntax(b, &parser);
            break;
        }
        more = take_event(&s, &event);
        if (event.type == YAML_STREAM_END_EVENT) b->document->broken = false;
        yaml_event_delete(&event);
    }
    for (int i = 0; i < s.depth; i++) free(s.levels[i].key); /* keys that found no value */
    yaml_parser_delete(&parser);
}

/* ---- public ---- */

yaml_document *yaml_parse(const char *text, size_t length, const char *file, islet_problems *problems)
{
    yaml_document *document = calloc(1, sizeof(*document));
    if (!document) return NULL;
    builder b = {.file = file, .problems = problems, .document = document};
    if (check_bytes(&b, text, length)) {
        if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) text += 3, length -= 3;
        read_events(&b, text, length);
        const yaml_node *root = document->root;
        if (!document->errors && (!root || (root->kind == YAML_SCALAR && root->length == 0)))
            BUILDER_ERROR(&b, 0, 0, "the file is empty; a mapping with keys is expected");
    }
    if (b.out_of_memory) {
        yaml_free(document);
        return NULL;
    }
    return document;
}

void yaml_free(yaml_document *document)
{
    if (!document) return;
    for (yaml_node *node = document->last_made, *before; node; node = before) {
        before = node->made_before;
        free(node->text);
        free(node->key);
        free(node);
    }
    free(document);
}

const yaml_node *yaml_find(const yaml_node *map, const char *key)
{
    for (const yaml_node *child = map->first; child; child = child->next)
        if (child->key && strcmp(child->key, key) == 0) return child;
    return NULL;
}
