/* Table from outside: comma, semicolon, tab or blank separated, a header, quoted cells where needed (RFC 4180 without line ends in cells). */
#ifndef ISLET_BASE_CSV_H
#define ISLET_BASE_CSV_H

#include "islet.h"

typedef struct {
    const char *text; /* "" when missing; NA and . count as missing */
    int line, column;
} csv_cell;

typedef struct {
    char *bytes; /* the cells point into it */
    int columns, rows;
    csv_cell *cells; /* the header, then the rows */
} csv_file;

/* The table of a file, or of `size` bytes of text that `path` names in messages. Every name of the header stands once. */
ISLET_CHECK islet_status csv_read(const char *path, csv_file *out, islet_problems *problems);
ISLET_CHECK islet_status csv_parse(const char *text, size_t size, const char *path, csv_file *out, islet_problems *problems);
void csv_free(csv_file *file);
int csv_column(const csv_file *file, const char *name); /* -1 if there is none */
const csv_cell *csv_cell_at(const csv_file *file, int row, int column);

#endif
