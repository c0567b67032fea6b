/* The text of a bundle: see record_fhir_text.h. */
#include "patient/record_fhir_text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/problems.h"
#include "base/utf8.h"

#define MAX_DEPTH 64
#define MAX_STRING (64 * 1024)

/* Encoding, depth and length of strings: limits that hold before anything is allocated. */
static bool check_text(const char *text, size_t length, const char *file, islet_problems *problems)
{
    int line = 1, column = 1, depth = 0;
    size_t string = 0;
    bool inside = false;
    const char *fault = NULL;
    if (length == 0) fault = "the file is empty; a FHIR bundle is expected";
    for (size_t at = 0; at < length && !fault;) {
        uint32_t code;
        size_t n = utf8_read(text + at, length - at, &code);
        char c = text[at];
        if (n == 0 || c == '\0') {
            fault = memchr(text, 0, length < 4 ? length : 4) || (unsigned char)text[0] >= 0xfe
                        ? "the text is UTF-16; UTF-8 is expected; save it as UTF-8"
                        : "a byte that is not UTF-8; UTF-8 is expected; save it as UTF-8";
            break;
        }
        if (inside && c == '\\') at++, string++;
        else if (c == '"') inside = !inside, string = 0;
        else if (!inside && (c == '{' || c == '[') && ++depth > MAX_DEPTH)
            fault = "nested more than 64 deep; the depth of a bundle is less";
        else if (!inside && (c == '}' || c == ']')) depth--;
        string += n;
        if (inside && string > MAX_STRING) fault = "a string is too long; the limit is 64 KiB";
        at += n;
        column = c == '\n' ? 1 : column + 1;
        line += c == '\n';
    }
    if (!fault && inside) fault = "the text ends inside a string; it is truncated; export it again";
    if (fault) problems_error(problems, file, line, column, "%s", fault);
    return !fault;
}

islet_status fhir_text_parse(const char *text, size_t length, const char *file, json_t **root, islet_problems *problems)
{
    json_error_t error;
    *root = NULL;
    if (!check_text(text, length, file, problems)) return ISLET_ERR_INPUT;
    *root = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (*root) return ISLET_OK;
    if (json_error_code(&error) == json_error_out_of_memory) return ISLET_ERR_MEMORY;
    problems_error(problems, file, error.line, error.column,
                   "%s; strict JSON is expected: objects and lists of quoted strings and plain numbers; correct it", error.text);
    return ISLET_ERR_INPUT;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Is this string, which begins with its quote, the key "entry"? */
static bool is_entry_key(const char *text, size_t length)
{
    static const char key[] = "\"entry\"";
    size_t at = sizeof key - 1;
    if (length < at || memcmp(text, key, at) != 0) return false;
    while (at < length && is_blank(text[at])) at++;
    return at < length && text[at] == ':';
}

void fhir_text_entries(const char *text, size_t length, text_place *out, size_t n)
{
    text_place here = {1, 1};
    int depth = 0;
    bool inside = false, ours = false, is_next = false;
    size_t found = 0;
    for (size_t at = 0; at < length && found < n; at++) {
        const char c = text[at];
        if (!inside && is_next && !is_blank(c)) {
            out[found++] = here;
            is_next = false;
        }
        if (inside && c == '\\') at++, here.column++;
        else if (c == '"') {
            if (!inside && depth == 1) ours = is_entry_key(text + at, length - at) || ours;
            inside = !inside;
        } else if (!inside && (c == '{' || c == '[')) is_next = ++depth == 2 && ours && c == '[';
        else if (!inside && (c == '}' || c == ']')) {
            if (--depth == 1 && ours) return;
        } else if (!inside && c == ',' && depth == 2 && ours) is_next = true;
        if (c == '\n') here = (text_place){here.line + 1, 1};
        else here.column += ((unsigned char)c & 0xc0) != 0x80; /* bytes that go on with a character are not counted */
    }
}
