/* Table: columns and cells as one growing array of strings. */
#include "base/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct islet_table {
    int n_columns, n_rows, rows_room;
    char **names;    /* (n_columns) */
    bool *is_number; /* (n_columns) */
    char **cells;    /* (n_rows x n_columns) */
};

void islet_table_free(islet_table *table)
{
    if (!table) return;
    for (int i = 0; table->names && i < table->n_columns; i++) free(table->names[i]);
    for (size_t i = 0; i < (size_t)table->n_rows * (size_t)table->n_columns; i++) free(table->cells[i]);
    free(table->names);
    free(table->is_number);
    free(table->cells);
    free(table);
}

static char *text_copy(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy) memcpy(copy, text, size);
    return copy;
}

islet_table *table_create(int n_columns, const char *const *names, const bool *is_number)
{
    islet_table *table = calloc(1, sizeof *table);
    if (!table || n_columns < 1) goto failed;
    table->n_columns = n_columns;
    table->names = calloc((size_t)n_columns, sizeof *table->names);
    table->is_number = calloc((size_t)n_columns, sizeof *table->is_number);
    if (!table->names || !table->is_number) goto failed;
    for (int i = 0; i < n_columns; i++) {
        table->is_number[i] = is_number[i];
        if (!(table->names[i] = text_copy(names[i]))) goto failed;
    }
    return table;
failed:
    islet_table_free(table);
    return NULL;
}

static bool make_room(islet_table *table)
{
    if (table->n_rows < table->rows_room) return true;
    int room = table->rows_room ? table->rows_room * 2 : 16;
    if (table->rows_room > INT32_MAX / 2 || (size_t)room > SIZE_MAX / sizeof(char *) / (size_t)table->n_columns) return false;
    char **cells = realloc(table->cells, (size_t)room * (size_t)table->n_columns * sizeof *cells);
    if (!cells) return false;
    table->cells = cells;
    table->rows_room = room;
    return true;
}

bool table_add_row(islet_table *table, const char *const *cells)
{
    if (!make_room(table)) return false;
    char **row = table->cells + (size_t)table->n_rows * (size_t)table->n_columns;
    for (int i = 0; i < table->n_columns; i++) {
        row[i] = text_copy(cells[i] ? cells[i] : "");
        if (row[i]) continue;
        while (i > 0) free(row[--i]);
        return false;
    }
    table->n_rows++; /* only when the whole row is there */
    return true;
}

int islet_table_rows(const islet_table *table)
{
    return table ? table->n_rows : 0;
}

int islet_table_columns(const islet_table *table)
{
    return table ? table->n_columns : 0;
}

const char *islet_table_column_name(const islet_table *table, int column)
{
    return table && column >= 0 && column < table->n_columns ? table->names[column] : "";
}

bool islet_table_column_is_number(const islet_table *table, int column)
{
    return table && column >= 0 && column < table->n_columns && table->is_number[column];
}

const char *islet_table_cell(const islet_table *table, int row, int column)
{
    if (!table || row < 0 || row >= table->n_rows || column < 0 || column >= table->n_columns) return "";
    return table->cells[(size_t)row * (size_t)table->n_columns + (size_t)column];
}
