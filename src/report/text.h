/* Growing text, and the escapes that a page needs. A failure to grow is remembered: check `failed` once, at the end. */
#ifndef ISLET_REPORT_TEXT_H
#define ISLET_REPORT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *bytes; /* ends with a 0 byte that size does not count */
    size_t size, capacity;
    bool failed;
} text;

void text_free(text *t);
void text_add(text *t, const char *more);
void text_add_bytes(text *t, const void *more, size_t size);

/* Formatted, for whole numbers and names of ours only: numbers with a point go through text_fixed. At most 500 bytes. */
void text_format(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Text from outside, for HTML content and attributes in double quotes. */
void text_html(text *t, const char *from);

/* The same as a JSON string with its quotes, harmless inside a script element. */
void text_json(text *t, const char *from);

/* Number with `digits` after the point and a true minus sign; an en dash when missing. */
void text_fixed(text *t, double value, int digits);

/* Whole number with a thin space between thousands. */
void text_count(text *t, int64_t value);

#endif
