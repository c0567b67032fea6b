/* JSON writer: commas and escapes, nothing else. */
#include <string.h>

#include "output.h"

/* bytes of the well-formed UTF-8 character at `c`, 0 when it is not one */
static int utf8_length(const unsigned char *c)
{
    int length = c[0] < 0x80                   ? 1
                 : c[0] >= 0xc2 && c[0] < 0xe0 ? 2
                 : c[0] >= 0xe0 && c[0] < 0xf0 ? 3
                 : c[0] >= 0xf0 && c[0] < 0xf5 ? 4
                                               : 0;
    for (int i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80) return 0;
    bool overlong = (c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xf0 && c[1] < 0x90);
    bool outside = (c[0] == 0xed && c[1] >= 0xa0) || (c[0] == 0xf4 && c[1] >= 0x90); /* surrogates, past the last */
    return overlong || outside ? 0 : length;
}

static void write_quoted(FILE *file, const char *text)
{
    fputc('"', file);
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        int length = utf8_length(c);
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if (*c < 0x20 || *c == 0x7f)
            fprintf(file, "\\u%04x", *c);
        else if (!length)
            fputs("\\ufffd", file);
        else
            fwrite(c, 1, (size_t)length, file);
        c += length ? length : 1;
    }
    fputc('"', file);
}

/* what stands before any value: comma, key */
static void begin(json *j, const char *key)
{
    if (j->follows[j->depth]) fputc(',', j->file);
    j->follows[j->depth] = true;
    if (!key) return;
    write_quoted(j->file, key);
    fputc(':', j->file);
}

void json_open(json *j, const char *key, char bracket)
{
    begin(j, key);
    fputc(bracket, j->file);
    j->follows[++j->depth] = false;
}

void json_close(json *j, char bracket)
{
    fputc(bracket, j->file);
    if (--j->depth == 0) fputc('\n', j->file);
}

void json_text(json *j, const char *key, const char *text)
{
    begin(j, key);
    write_quoted(j->file, text);
}

void json_number(json *j, const char *key, const char *digits)
{
    double value;
    begin(j, key);
    fputs(number_from_text(digits, &value) ? digits : "null", j->file);
}

void json_integer(json *j, const char *key, int64_t value)
{
    begin(j, key);
    fprintf(j->file, "%lld", (long long)value);
}

void json_interval(json *j, const char *key, const char *low, const char *high)
{
    json_open(j, key, '[');
    json_number(j, NULL, low);
    json_number(j, NULL, high);
    json_close(j, ']');
}

void json_bool(json *j, const char *key, bool value)
{
    begin(j, key);
    fputs(value ? "true" : "false", j->file);
}

/* Columns that say yes or no. The tables of the library are of text; in JSON these are true and false. */
static bool is_boolean(const char *name)
{
    static const char *const names[] = {"fine", "identified", "agrees", "differs"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(names[i], name) == 0) return true;
    return false;
}

static bool is_yes(const char *cell)
{
    return strcmp(cell, "true") == 0 || strcmp(cell, "yes") == 0;
}

void json_rows(json *j, const char *key, const grid *g)
{
    json_open(j, key, '[');
    for (int row = 0; row < g->rows; row++) {
        fputc('\n', j->file);
        json_open(j, NULL, '{');
        for (int i = 0; i < g->columns; i++) {
            if (g->is_number[i]) json_number(j, g->names[i], grid_cell(g, row, i));
            else if (is_boolean(g->names[i])) json_bool(j, g->names[i], is_yes(grid_cell(g, row, i)));
            else json_text(j, g->names[i], grid_cell(g, row, i));
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}
