/* Growing text with escapes for HTML and JSON. */
#include "report/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/utf8.h"

#define FORMATTED 512

void text_free(text *t)
{
    free(t->bytes);
    *t = (text){0};
}

void text_add_bytes(text *t, const void *more, size_t size)
{
    if (t->failed || size > SIZE_MAX / 4 || t->size > SIZE_MAX / 4) {
        t->failed = true;
        return;
    }
    if (t->size + size + 1 > t->capacity) {
        size_t capacity = 2 * (t->size + size + 1);
        char *bytes = realloc(t->bytes, capacity);
        if (!bytes) {
            t->failed = true;
            return;
        }
        t->bytes = bytes;
        t->capacity = capacity;
    }
    if (size) memcpy(t->bytes + t->size, more, size);
    t->size += size;
    t->bytes[t->size] = 0;
}

void text_add(text *t, const char *more)
{
    text_add_bytes(t, more, strlen(more));
}

void text_format(text *t, const char *format, ...)
{
    char line[FORMATTED];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (n < 0 || n >= FORMATTED) t->failed = true;
    else text_add_bytes(t, line, (size_t)n);
}

/* One character of text from outside; a byte that is none (a file's name may hold any) becomes the sign for that. => its bytes */
static size_t add_character(text *t, const char *from)
{
    uint32_t code;
    size_t size = utf8_read(from, strnlen(from, 4), &code);
    if (size == 0) text_add(t, "\ufffd");
    else text_add_bytes(t, from, size);
    return size ? size : 1;
}

void text_html(text *t, const char *from)
{
    for (size_t size = 1; *from; from += size) {
        size = 1;
        switch (*from) {
        case '&': text_add(t, "&amp;"); break;
        case '<': text_add(t, "&lt;"); break;
        case '>': text_add(t, "&gt;"); break;
        case '"': text_add(t, "&quot;"); break;
        case '\'': text_add(t, "&#39;"); break;
        default:
            /* control characters have no place in a page */
            if ((unsigned char)*from >= 0x20 || *from == '\n' || *from == '\t') size = add_character(t, from);
        }
    }
}

void text_json(text *t, const char *from)
{
    text_add(t, "\"");
    for (size_t size = 1; *from; from += size) {
        unsigned char c = (unsigned char)*from;
        size = 1;
        if (c == '"' || c == '\\') text_format(t, "\\%c", c);
        /* "<" so that no "</script>" can end the element the data stand in */
        else if (c < 0x20 || c == '<' || c == '>' || c == '&') text_format(t, "\\u%04x", c);
        else size = add_character(t, from);
    }
    text_add(t, "\"");
}

void text_fixed(text *t, double value, int digits)
{
    char number[NUMBER_TEXT];
    if (isnan(value)) {
        text_add(t, "\u2013");
        return;
    }
    number_write_fixed(value, digits, number);
    /* -0.0 would read as a fall */
    bool zero = strspn(number, "-0.") == strlen(number);
    const char *from = number;
    if (*from == '-') {
        from++;
        if (!zero) text_add(t, "\u2212");
    }
    text_add(t, from);
}

void text_count(text *t, int64_t value)
{
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value);
    for (int i = 0; i < n; i++) {
        if (i > 0 && (n - i) % 3 == 0 && digits[i - 1] != '-') text_add(t, "\u202f");
        text_add_bytes(t, digits + i, 1);
    }
}
