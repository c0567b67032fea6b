/* Table: named columns of text cells; see islet_table in the public header. */
#ifndef ISLET_BASE_TABLE_H
#define ISLET_BASE_TABLE_H

#include "islet.h"

/* Create a table; names are copied. is_number[i] says that the cells of column i parse as numbers. */
islet_table *table_create(int n_columns, const char *const *names, const bool *is_number);

/* Append one row of n_columns cells (copied; NULL counts as empty). False when out of memory. */
bool table_add_row(islet_table *table, const char *const *cells);

#endif
