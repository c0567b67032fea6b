/* Where results go: standard output, or a file that appears only when it is whole. Every write is checked, since a full
 * disk shows first when the buffers are flushed. */
#include "output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void *need_memory(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (!memory) {
        fprintf(stderr, "islet: out of memory\n");
        exit(EXIT_IO);
    }
    return memory;
}

char *need_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(need_memory(size), text, size);
}

static bool cannot_write(const char *path)
{
    if (errno != EPIPE) /* a reader that has seen enough (head, less) needs no message */
        fprintf(stderr, "islet: cannot write %s: %s\n", path ? path : "standard output", strerror(errno));
    return false;
}

/* a new file beside the place it will take: rename is then one step */
static bool open_temporary(output *out)
{
    static const char ending[] = ".XXXXXX";
    size_t size = strlen(out->path) + sizeof ending;
    out->temporary = need_memory(size);
    snprintf(out->temporary, size, "%s%s", out->path, ending);
    int fd = mkstemp(out->temporary); /* read and written by the user alone, as the store: people may be in it */
    if (fd >= 0) out->file = fdopen(fd, "w");
    if (out->file) return true;
    cannot_write(out->path);
    if (fd >= 0) {
        close(fd);
        unlink(out->temporary);
    }
    free(out->temporary);
    return false;
}

bool output_open(output *out, const char *path)
{
    *out = (output){0};
    if (!path || strcmp(path, "-") == 0) {
        out->file = stdout;
        return true;
    }
    out->path = path;
    struct stat status;
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) { /* a pipe or device is written as it is */
        out->file = fopen(path, "w");
        return out->file ? true : cannot_write(path);
    }
    return open_temporary(out);
}

cli_exit output_close(output *out)
{
    bool fine = fflush(out->file) == 0 && !ferror(out->file);
    if (fine && out->temporary) fine = fsync(fileno(out->file)) == 0;
    int kept_errno = errno;
    if (fclose(out->file) != 0 && fine) {
        fine = false;
        kept_errno = errno;
    }
    if (fine && out->temporary && rename(out->temporary, out->path) != 0) {
        fine = false;
        kept_errno = errno;
    }
    if (!fine) {
        errno = kept_errno;
        cannot_write(out->path);
        if (out->temporary) unlink(out->temporary);
    }
    free(out->temporary);
    return fine ? EXIT_DONE : EXIT_IO;
}

/* ---- text for people ---- */

/* bytes of the control character at `c`: C0 and DEL take one, C1 in UTF-8 takes two; 0 for anything else */
static int control_length(const char *c)
{
    unsigned char first = (unsigned char)c[0], second = (unsigned char)c[1];
    if (first < 0x20 || first == 0x7f) return 1;
    return first == 0xc2 && second >= 0x80 && second < 0xa0 ? 2 : 0;
}

void print_safely(FILE *file, const char *text)
{
    while (*text) {
        int control = control_length(text);
        fputc(control ? '?' : *text, file);
        text += control ? control : 1;
    }
}

/* columns a text takes: bytes that do not continue a UTF-8 character */
static int width_of(const char *text, size_t length)
{
    int width = 0;
    for (size_t i = 0; i < length; i++) width += ((unsigned char)text[i] & 0xc0) != 0x80;
    return width;
}

#define PAGE_WIDTH 100

void print_wrapped(FILE *file, const char *text, int column, int indent)
{
    bool first = true;
    while (*text) {
        text += strspn(text, " ");
        size_t length = strcspn(text, " ");
        int width = width_of(text, length);
        if (!first && column + 1 + width > PAGE_WIDTH) {
            fprintf(file, "\n%*s", indent, "");
            column = indent;
            first = true;
        }
        if (!first) fputc(' ', file);
        column += width + !first;
        for (size_t i = 0; i < length; i++) fputc(control_length(text + i) ? '?' : text[i], file);
        text += length;
        first = false;
    }
    fputc('\n', file);
}

void print_problems(const islet_problems *problems, bool with_warnings)
{
    int kept_errors = 0;
    for (int i = 0; i < islet_problems_count(problems); i++) {
        bool warning = islet_problems_is_warning(problems, i);
        kept_errors += !warning;
        if (!warning || with_warnings) fprintf(stderr, "%s%s\n", warning ? "warning: " : "", islet_problems_text(problems, i));
    }
    int more = islet_problems_error_count(problems) - kept_errors;
    if (more > 0) fprintf(stderr, "islet: %d more %s\n", more, more == 1 ? "error" : "errors");
}

/* ---- numbers ---- */

void number_text(double value, int digits, char out[NUMBER_ROOM])
{
    out[0] = '\0';
    if (!(value < 1e15 && value > -1e15)) return; /* NaN too */
    uint64_t scale = 1;
    for (int i = 0; i < digits; i++) scale *= 10;
    double scaled = (value < 0 ? -value : value) * (double)scale;
    if (scaled >= 9e18) return;
    uint64_t all = (uint64_t)(scaled + 0.5);
    const char *sign = value < 0 && all ? "-" : "";
    if (digits == 0)
        snprintf(out, NUMBER_ROOM, "%s%llu", sign, (unsigned long long)all);
    else
        snprintf(out, NUMBER_ROOM, "%s%llu.%0*llu", sign, (unsigned long long)(all / scale), digits,
                 (unsigned long long)(all % scale));
}

void number_short(double value, int digits, char out[NUMBER_ROOM])
{
    number_text(value, digits, out);
    if (!strchr(out, '.')) return;
    char *end = out + strlen(out);
    while (end[-1] == '0') *--end = '\0';
    if (end[-1] == '.') *--end = '\0';
}

void number_exact(double value, char out[NUMBER_ROOM])
{
    double size = value < 0 ? -value : value, mantissa = size;
    int exponent = 0;
    number_short(value, 12, out);
    if (!(size > 0 && size < 1e-3)) return; /* twelve digits after the point hold nine or more of the number */
    while (mantissa < 1) mantissa *= 10, exponent++;
    number_short(value < 0 ? -mantissa : mantissa, 9, out);
    size_t length = strlen(out);
    snprintf(out + length, NUMBER_ROOM - length, "e-%02d", exponent);
}

bool number_from_text(const char *text, double *out)
{
    bool negative = *text == '-';
    text += negative;
    double value = 0, place = 1;
    int digits = 0, exponent = 0, exponent_sign = 1;
    for (; *text >= '0' && *text <= '9'; text++, digits++) value = value * 10 + (*text - '0');
    if (*text == '.')
        for (text++; *text >= '0' && *text <= '9'; text++, digits++) value += (*text - '0') * (place /= 10);
    if (!digits) return false;
    if (*text == 'e' || *text == 'E') {
        text++;
        if (*text == '-') exponent_sign = -1;
        if (*text == '-' || *text == '+') text++;
        if (*text < '0' || *text > '9') return false;
        for (; *text >= '0' && *text <= '9' && exponent < 400; text++) exponent = exponent * 10 + (*text - '0');
    }
    if (*text) return false;
    for (; exponent > 0; exponent--) value = exponent_sign < 0 ? value / 10 : value * 10;
    *out = negative ? -value : value;
    return true;
}
