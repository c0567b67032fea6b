#include "base/yaml_read.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/utf8.h"

#define WORD_BYTES 64 /* longer words have no neighbours */
#define FIELDS_MAX 64
#define WHOLE_MAX 9007199254740991.0 /* 2^53 - 1: above it a double may stand for a neighbour */

yaml_reader yaml_reader_of(const yaml_document *document, const char *file, islet_problems *problems)
{
    return (yaml_reader){.file = file, .problems = problems, .errors = document->errors, .broken = document->broken};
}

/* ---- messages ---- */

static void place_of(const yaml_node *node, int *line, int *column)
{
    *line = node ? node->line : 0;
    *column = node ? node->column : 0;
}

void yaml_error(yaml_reader *reader, const yaml_node *node, const char *format, ...)
{
    char text[1024];
    int line, column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    place_of(node, &line, &column);
    reader->errors++;
    problems_error(reader->problems, reader->file, line, column, "%s", text);
}

void yaml_warning(yaml_reader *reader, const yaml_node *node, const char *format, ...)
{
    char text[1024];
    int line, column;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    place_of(node, &line, &column);
    problems_warning(reader->problems, reader->file, line, column, "%s", text);
}

const char *yaml_shown(const yaml_node *node, char out[YAML_SHOWN])
{
    if (node->kind == YAML_LIST) return "a list";
    if (node->kind == YAML_MAP) return "a mapping";
    if (node->length == 0) return node->quoted ? "an empty text" : "nothing";
    snprintf(out, YAML_SHOWN, node->length > 48 ? "'%.45s...'" : "'%.48s'", node->text);
    return out;
}

/* ---- nearest word ---- */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits from a to b: a letter put in, left out, changed, or two neighbours swapped (Damerau, optimal alignment). */
static size_t edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), row[3][WORD_BYTES + 1];
    for (size_t j = 0; j <= m; j++) row[0][j] = j;
    for (size_t i = 1; i <= n; i++) {
        size_t *now = row[i % 3], *before = row[(i + 2) % 3], *before2 = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= m; j++) {
            now[j] = least(least(before[j] + 1, now[j - 1] + 1), before[j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                now[j] = least(now[j], before2[j - 2] + 1);
        }
    }
    return row[n % 3][m];
}

/* Keys are made of words, and another word means another thing however alike the rest is: of two keys of as many words each pair must
 * be alike by itself or one the beginning of the other ("c_peptide_fasting" is not "c_peptide_stimulated", "stim" is). */
static bool means_alike(const char *a, const char *b)
{
    char x[WORD_BYTES + 1], y[WORD_BYTES + 1];
    size_t words_a = 1, words_b = 1;
    for (const char *c = a; *c; c++) words_a += *c == '_';
    for (const char *c = b; *c; c++) words_b += *c == '_';
    if (words_a != words_b || words_a == 1) return true;
    for (size_t i = 0; i < words_a; i++) {
        const size_t n = strcspn(a, "_"), m = strcspn(b, "_"), shorter = least(n, m);
        snprintf(x, sizeof x, "%.*s", (int)n, a);
        snprintf(y, sizeof y, "%.*s", (int)m, b);
        if (!(shorter > 1 && strncmp(x, y, shorter) == 0) && edit_distance(x, y) > shorter / 3 + 1) return false;
        a += n + (a[n] == '_');
        b += m + (b[m] == '_');
    }
    return true;
}

const char *yaml_nearest(const char *word, const char *const *words)
{
    const char *nearest = NULL;
    size_t length = strlen(word), best = length / 3 + 1; /* a third of the letters may differ */
    if (length > WORD_BYTES) return NULL;
    for (; *words; words++) {
        if (strlen(*words) > WORD_BYTES || !means_alike(word, *words)) continue;
        size_t distance = edit_distance(word, *words);
        bool begins = length >= 4 && strncmp(word, *words, length) == 0; /* "dose" for "dose_cells" */
        if (begins && distance > best) distance = best;
        if (distance < best || (distance == best && !nearest)) {
            best = distance;
            nearest = *words;
        }
    }
    return nearest;
}

const char *yaml_suggestion(const char *word, const char *const *words, char out[YAML_SHOWN])
{
    const char *nearest = yaml_nearest(word, words);
    if (!nearest) return "";
    snprintf(out, YAML_SHOWN, "; did you mean '%s'", nearest);
    return out;
}

/* ---- mappings ---- */

static const char *kind_name(yaml_kind kind)
{
    return kind == YAML_LIST ? "a list" : kind == YAML_MAP ? "a mapping of keys" : "a single value";
}

bool yaml_expect(yaml_reader *reader, const yaml_node *node, yaml_kind kind, const char *what, const char *example)
{
    char shown[YAML_SHOWN];
    if (node->kind == kind) return true;
    yaml_error(reader, node, "%s is %s; %s is expected%s%s", what, yaml_shown(node, shown), kind_name(kind),
               example ? "; write for example " : "", example ? example : "");
    return false;
}

static void report_unknown(yaml_reader *reader, const yaml_node *child, const char *what, const yaml_field *fields,
                           int n_fields)
{
    const char *words[FIELDS_MAX + 1] = {NULL};
    char suggestion[YAML_SHOWN];
    yaml_node key = {.line = child->key_line, .column = child->key_column};
    for (int i = 0; i < n_fields && i < FIELDS_MAX; i++) words[i] = fields[i].key;
    const char *nearest = yaml_suggestion(child->key, words, suggestion);
    char known[400] = "";
    size_t used = 0;
    for (int i = 0; *nearest == '\0' && i < n_fields && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "; known keys: ", fields[i].key);
    if (child->key[0] && child->key[strspn(child->key, "0123456789.")] == '\0') /* {dose_ieq_per_kg: 10,000} */
        yaml_error(reader, &key, "'%.60s' is no key of %s; a comma ends a value in braces; write numbers without marks between thousands, and with a "
                   "decimal point", child->key, what);
    else yaml_error(reader, &key, "'%.60s' is no key of %s%s%s", child->key, what, nearest, known);
}

void yaml_read_map(yaml_reader *reader, const yaml_node *map, const char *what, const yaml_field *fields, int n_fields,
                   void *out, void *context)
{
    if (!yaml_expect(reader, map, YAML_MAP, what, NULL)) return;
    for (const yaml_node *child = map->first; child; child = child->next) {
        const yaml_field *field = NULL;
        for (int i = 0; i < n_fields && !field; i++)
            if (strcmp(fields[i].key, child->key) == 0) field = &fields[i];
        if (!field) report_unknown(reader, child, what, fields, n_fields);
        else field->read(reader, child, field, (char *)out + field->offset, context);
    }
    for (int i = 0; i < n_fields && !reader->broken; i++)
        if (fields[i].required && !yaml_find(map, fields[i].key))
            yaml_error(reader, map, "%s has no '%s'; the key is required; add it", what, fields[i].key);
}

bool yaml_check_format(yaml_reader *reader, const yaml_node *root, const char *key)
{
    double version;
    if (!yaml_expect(reader, root, YAML_MAP, "the top of the file", NULL)) return false;
    const yaml_node *format = yaml_find(root, key);
    if (!format) {
        yaml_error(reader, root, "the file has no '%s'; begin it with %s: 1", key, key);
        return false;
    }
    if (!yaml_number(reader, format, key, NULL, 1, 1e6, &version)) return false;
    if (strcmp(format->text, "1") == 0) return true;
    yaml_error(reader, format, "'%s' is %.20s; this islet knows format 1; a newer islet is needed", key, format->text);
    return false;
}

/* ---- numbers ---- */

static bool has_only(const char *text, const char *characters)
{
    return text[strspn(text, characters)] == '\0';
}

/* Why a text that looks like a number is none. */
static const char *number_hint(const yaml_node *node)
{
    const char *t = node->text;
    if (node->length == 0) return "; write one";
    if (node->quoted) return "; leave out the quotes";
    if (*t == '-') t++;
    if (strchr(t, ',') && has_only(t, "0123456789,.")) return "; write a decimal point, and nothing between thousands";
    if (has_only(t, "0123456789_."))
        return "; leave out underscores and leading zeros, which readers of YAML take differently";
    if (has_only(t, "0123456789:")) return "; write the number itself, not a time";
    if (*t == '+') return "; leave out the plus sign";
    if (*t == '.') return "; write digits before the point; infinity and not-a-number are no values";
    if (t[strspn(t, "0123456789.eE+-")] == ' ') return "; write the number alone, its unit stands in the key";
    return "; write it in digits";
}

/* "0.5 to 10", for messages. */
static void range_text(double low, double high, char out[2 * NUMBER_TEXT + 8])
{
    char a[NUMBER_TEXT], b[NUMBER_TEXT];
    number_write(low, a);
    number_write(high, b);
    snprintf(out, 2 * NUMBER_TEXT + 8, "%s to %s", a, b);
}

static bool scalar_number(yaml_reader *reader, const yaml_node *node, const char *key, const char *unit, bool whole,
                          double low, double high, double *out)
{
    char shown[YAML_SHOWN], range[2 * NUMBER_TEXT + 8];
    const char *kind = whole ? "a whole number" : "a number";
    bool has_unit = unit && *unit && strcmp(unit, "1") != 0;
    range_text(low, high, range);
    double x;
    if (node->kind != YAML_SCALAR || node->quoted || !number_read(node->text, node->length, &x)) {
        yaml_error(reader, node, "'%s' is %s; %s from %s%s%s is expected%s", key, yaml_shown(node, shown), kind, range,
                   has_unit ? " " : "", has_unit ? unit : "", node->kind == YAML_SCALAR ? number_hint(node) : "");
        return false;
    }
    if (whole && !has_only(node->text, "-0123456789")) {
        char digits[NUMBER_TEXT];
        bool fits = x == floor(x) && x >= low && x <= high;
        number_write_fixed(fits ? x : low, 0, digits);
        yaml_error(reader, node, "'%s' is %s; a whole number from %s is expected, written with digits only; write %s%s", key,
                   yaml_shown(node, shown), range, fits ? "" : "one such as ", digits);
        return false;
    }
    if (x >= low && x <= high) {
        *out = x;
        return true;
    }
    const bool by_sign = x < 0.0 && low >= 0.0; /* no unit helps there */
    yaml_error(reader, node, "'%s' is %s; %s from %s%s%s is expected; correct it%s", key, yaml_shown(node, shown), kind, range,
               has_unit ? " " : "", has_unit ? unit : "", has_unit && !by_sign ? ", or convert it to this unit" : "");
    return false;
}

bool yaml_number(yaml_reader *reader, const yaml_node *node, const char *key, const char *unit, double low, double high,
                 double *out)
{
    return scalar_number(reader, node, key, unit, false, low, high, out);
}

bool yaml_range(yaml_reader *reader, const yaml_node *node, const char *key, const char *unit, double low, double high,
                double range[2])
{
    if (!yaml_expect(reader, node, YAML_LIST, key, "[1, 2]")) return false;
    if (node->count != 2) {
        yaml_error(reader, node, "'%s' is a list of %d; a range of two numbers is expected, low then high", key,
                   node->count);
        return false;
    }
    const yaml_node *first = node->first, *second = first->next;
    bool fine = yaml_number(reader, first, key, unit, low, high, &range[0]);
    fine = yaml_number(reader, second, key, unit, low, high, &range[1]) && fine;
    if (fine && range[0] > range[1]) {
        yaml_error(reader, node, "'%s' is a range from %.30s down to %.30s; low then high is expected; swap them", key,
                   first->text, second->text);
        return false;
    }
    return fine;
}

void yaml_read_number(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    double value;
    if (scalar_number(reader, node, field->key, field->unit, false, field->low, field->high, &value))
        *(double *)out = value;
}

void yaml_read_int(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    double value; /* the range of an int is exact in a double */
    if (scalar_number(reader, node, field->key, field->unit, true, field->low, field->high, &value))
        *(int *)out = (int)value;
}

void yaml_read_int64(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    double value, low = field->low < -WHOLE_MAX ? -WHOLE_MAX : field->low,
                  high = field->high > WHOLE_MAX ? WHOLE_MAX : field->high;
    if (scalar_number(reader, node, field->key, field->unit, true, low, high, &value)) *(int64_t *)out = (int64_t)value;
}

/* All 64 bits, so not through a double. */
void yaml_read_uint64(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    char shown[YAML_SHOWN];
    uint64_t value;
    if (node->kind == YAML_SCALAR && !node->quoted && number_read_u64(node->text, node->length, &value)) {
        *(uint64_t *)out = value;
        return;
    }
    yaml_error(reader, node,
               "'%s' is %s; a whole number from 0 to 18446744073709551615 is expected, written with digits only",
               field->key, yaml_shown(node, shown));
}

/* ---- text ---- */

/* Words that some readers of YAML take for true, false or nothing. */
static bool is_ambiguous(const yaml_node *node)
{
    static const char *const words[] = {"no",   "No",   "NO",   "yes",  "Yes",  "YES",  "on",    "On",    "ON",
                                        "off",  "Off",  "OFF",  "true", "True", "TRUE", "false", "False", "FALSE",
                                        "null", "Null", "NULL", "~",    "y",    "n",    "Y",     "N"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!node->quoted && strcmp(node->text, words[i]) == 0) return true;
    return false;
}

static bool scalar_text(yaml_reader *reader, const yaml_node *node, const yaml_field *field)
{
    char shown[YAML_SHOWN];
    if (!yaml_expect(reader, node, YAML_SCALAR, field->key, NULL)) return false;
    if (node->length == 0) {
        yaml_error(reader, node, "'%s' is %s; a text is expected; write one", field->key, yaml_shown(node, shown));
        return false;
    }
    if (is_ambiguous(node)) {
        yaml_error(
            reader, node,
            "'%s' is %s, which means true, false or nothing to some readers of YAML; a text is expected; put it in quotes or use another word",
            field->key, yaml_shown(node, shown));
        return false;
    }
    if (field->size && node->length >= field->size) {
        yaml_error(reader, node, "'%s' is too long with %zu bytes; the limit is %zu; shorten it", field->key,
                   node->length, field->size - 1);
        return false;
    }
    return true;
}

/* A text of one line without characters that act instead of showing: it becomes a row, a heading or a cell. */
void yaml_read_name(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    if (!scalar_text(reader, node, field)) return;
    uint32_t code;
    for (size_t i = 0, n; i < node->length; i += n) {
        n = utf8_read(node->text + i, node->length - i, &code);
        if (n == 0 || utf8_is_invisible(code)) {
            yaml_error(reader, node,
                       "'%s' holds a control or invisible character; a name of one line is expected; remove it",
                       field->key);
            return;
        }
    }
    memcpy(out, node->text, node->length + 1);
}

void yaml_read_word(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)context;
    char shown[YAML_SHOWN], suggestion[YAML_SHOWN], known[400] = "";
    if (!yaml_expect(reader, node, YAML_SCALAR, field->key, NULL)) return;
    size_t used = 0;
    for (int i = 0; field->words[i]; i++) {
        if (strcmp(node->text, field->words[i]) == 0) {
            *(int *)out = i;
            return;
        }
        if (used < sizeof known)
            used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i ? ", " : "", field->words[i]);
    }
    yaml_error(reader, node, "'%s' is %s; one of %s is expected%s", field->key, yaml_shown(node, shown), known,
               yaml_suggestion(node->text, field->words, suggestion));
}

void yaml_read_nothing(yaml_reader *reader, const yaml_node *node, const yaml_field *field, void *out, void *context)
{
    (void)reader, (void)node, (void)field, (void)out, (void)context;
}
