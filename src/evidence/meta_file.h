/* Table of studies from outside: comma, tab or blank separated, a header, quoted cells where needed. */
#ifndef ISLET_EVIDENCE_META_FILE_H
#define ISLET_EVIDENCE_META_FILE_H

#include "islet.h"

typedef struct {
    const char *text; /* "" when missing; NA counts as missing */
    int line, column;
} meta_cell;

typedef struct {
    char *bytes; /* the cells point into it */
    int columns, rows;
    meta_cell *cells; /* the header, then the rows */
} meta_file;

ISLET_CHECK islet_status meta_file_read(const char *path, meta_file *out, islet_problems *problems);
void meta_file_free(meta_file *file);
int meta_file_column(const meta_file *file, const char *name); /* -1 if there is none */
const meta_cell *meta_file_cell(const meta_file *file, int row, int column);

#endif
