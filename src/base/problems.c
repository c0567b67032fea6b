/* Problems: a bounded list of messages; the text of a hostile file can neither move the cursor nor flood the screen. */
#include "base/problems.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"

#define ERRORS_KEPT 20
#define WARNINGS_KEPT 20
#define MESSAGE_BYTES 400
#define RAW_TEXT 2048 /* a message before it is escaped and cut */

typedef struct {
    bool warning;
    char text[MESSAGE_BYTES + 1];
} problem;

struct islet_problems {
    int n, n_errors, n_warnings; /* kept; seen; seen */
    problem kept[ERRORS_KEPT + WARNINGS_KEPT];
};

islet_problems *islet_problems_create(void)
{
    return calloc(1, sizeof(islet_problems));
}

void islet_problems_free(islet_problems *problems)
{
    free(problems);
}

int islet_problems_count(const islet_problems *problems)
{
    return problems ? problems->n : 0;
}

int islet_problems_error_count(const islet_problems *problems)
{
    return problems ? problems->n_errors : 0;
}

const char *islet_problems_text(const islet_problems *problems, int index)
{
    return problems && index >= 0 && index < problems->n ? problems->kept[index].text : "";
}

bool islet_problems_is_warning(const islet_problems *problems, int index)
{
    return problems && index >= 0 && index < problems->n && problems->kept[index].warning;
}

/* One character or one odd byte of the raw text => what is shown for it; returns the bytes it took. */
static size_t shown_piece(const char *raw, size_t length, char piece[12])
{
    uint32_t code;
    size_t n = utf8_read(raw, length, &code);
    if (n == 0) {
        snprintf(piece, 12, "\\x%02x", (unsigned char)raw[0]);
        return 1;
    }
    if (utf8_is_invisible(code)) {
        snprintf(piece, 12, code < 0x100 ? "\\x%02x" : "\\u%04x", (unsigned)code);
        return n;
    }
    memcpy(piece, raw, n);
    piece[n] = '\0';
    return n;
}

/* Append the raw text with everything escaped that a terminal would act on; cut between characters. */
static void append_shown(char out[MESSAGE_BYTES + 1], const char *raw)
{
    static const char cut[] = "...";
    size_t used = strlen(out), left = strlen(raw);
    while (left) {
        char piece[12];
        size_t took = shown_piece(raw, left, piece), n = strlen(piece);
        bool last = took == left;
        if (used + n + (last ? 0 : sizeof cut - 1) > MESSAGE_BYTES) {
            memcpy(out + used, cut, sizeof cut);
            return;
        }
        memcpy(out + used, piece, n + 1);
        used += n;
        raw += took;
        left -= took;
    }
}

static void add(islet_problems *problems, bool warning, const char *file, int line, int column, const char *format,
                va_list arguments)
{
    if (!problems) return;
    int *seen = warning ? &problems->n_warnings : &problems->n_errors;
    if ((*seen)++ >= (warning ? WARNINGS_KEPT : ERRORS_KEPT)) return;

    char place[48] = "", where[RAW_TEXT], text[RAW_TEXT];
    if (line > 0 && column > 0) snprintf(place, sizeof place, ":%d:%d", line, column);
    else if (line > 0) snprintf(place, sizeof place, ":%d", line);
    snprintf(where, sizeof where, "%.200s%s: ", file ? file : "", place);
    vsnprintf(text, sizeof text, format, arguments);

    problem *next = &problems->kept[problems->n++];
    next->warning = warning;
    if (file && *file) append_shown(next->text, where);
    append_shown(next->text, text);
}

void problems_error(islet_problems *problems, const char *file, int line, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(problems, false, file, line, column, format, arguments);
    va_end(arguments);
}

void problems_warning(islet_problems *problems, const char *file, int line, int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add(problems, true, file, line, column, format, arguments);
    va_end(arguments);
}
