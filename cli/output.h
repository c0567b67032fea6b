/* Results out: one file or standard output, every write checked; JSON, CSV and aligned tables. */
#ifndef ISLET_CLI_OUTPUT_H
#define ISLET_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "islet.h"
#include "options.h"

/* ---- where the result goes ---- */

typedef struct {
    FILE *file;
    const char *path; /* NULL for standard output; borrowed */
    char *temporary;  /* written beside a regular file and moved into place by output_close */
} output;

/* path NULL or "-" is standard output. False after a message. */
bool output_open(output *out, const char *path);

/* Flush, check, move into place. EXIT_IO after a message when anything was not written, else EXIT_DONE. */
cli_exit output_close(output *out);

/* ---- grid: a table of text cells, the one thing that is printed, written as CSV and as JSON rows ---- */

typedef struct {
    int columns, rows, room;
    char **names;
    bool *is_number;
    char **cells; /* rows x columns */
} grid;

/* Every name that ends in '#' is a column of numbers (the '#' is dropped). Exits when out of memory. */
grid *grid_create(int columns, const char *const *names);
void grid_add(grid *g, const char *const *cells);
const char *grid_cell(const grid *g, int row, int column);
const char *grid_at(const grid *g, int row, const char *column); /* the column must exist */
grid *grid_from_table(const islet_table *table);
int grid_column(const grid *g, const char *name); /* -1 if there is none */
void grid_free(grid *g);

/* Columns `chosen` (-1 ends the list) aligned for people; the last column is wrapped at 100. */
void grid_print(const grid *g, const int *chosen, FILE *file);

/* The same with the columns `notes` below each row, a line each. */
void grid_print_notes(const grid *g, const int *chosen, const int *notes, FILE *file);
void grid_write_csv(const grid *g, FILE *file);

/* ---- JSON ---- */

typedef struct {
    FILE *file;
    int depth;
    bool follows[16]; /* by depth: something was written before */
} json;

void json_open(json *j, const char *key, char bracket); /* key NULL in an array */
void json_close(json *j, char bracket);
void json_text(json *j, const char *key, const char *text);
void json_number(json *j, const char *key, const char *digits); /* null when not a number */
void json_integer(json *j, const char *key, int64_t value);
void json_interval(json *j, const char *key, const char *low, const char *high); /* [low,high] */
void json_bool(json *j, const char *key, bool value);
void json_rows(json *j, const char *key, const grid *g);

/* The whole result of a verb whose result is one grid: {"schema":..,"rows":[..]}, CSV, or columns for people. */
cli_exit grid_result(const grid *g, const cli_options *options, const char *schema, const int *chosen);

/* ---- text ---- */

/* value with `digits` after the point, without the locale; "" for NaN. */
#define NUMBER_ROOM 40
void number_text(double value, int digits, char out[NUMBER_ROOM]);
void number_short(double value, int digits, char out[NUMBER_ROOM]); /* the same without trailing zeros */
void number_exact(double value, char out[NUMBER_ROOM]); /* for programs: small ones with an exponent, never rounded to 0 */
bool number_from_text(const char *text, double *out); /* plain decimal as the library writes it */

/* Text with control characters replaced, for a terminal. */
void print_safely(FILE *file, const char *text);

/* Sentence wrapped at 100 columns, continued with `indent` blanks. `column` is where it starts. */
void print_wrapped(FILE *file, const char *text, int column, int indent);

/* All messages of a list on stderr; warnings only when `with_warnings`. */
void print_problems(const islet_problems *problems, bool with_warnings);

/* malloc that exits with a message when there is no memory. */
void *need_memory(size_t size);
char *need_copy(const char *text);

#endif
