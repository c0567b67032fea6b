/* UTF-8: one character at a time, strictly (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). */
#ifndef ISLET_BASE_UTF8_H
#define ISLET_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Read the character at `text`; returns its bytes (1..4), 0 if they are not UTF-8. */
size_t utf8_read(const char *text, size_t length, uint32_t *code);

/* Characters that act instead of showing: controls (C0, C1, delete), line and paragraph separators, marks that turn
 * the direction of text, and the byte order mark. */
bool utf8_is_invisible(uint32_t code);

#endif
