/* Grid: what a verb has found, as rows of text cells; printed in columns, as CSV, or as JSON. */
#include <stdlib.h>
#include <string.h>

#include "output.h"

grid *grid_create(int columns, const char *const *names)
{
    grid *g = need_memory(sizeof *g);
    *g = (grid){.columns = columns};
    g->names = need_memory((size_t)columns * sizeof *g->names);
    g->is_number = need_memory((size_t)columns * sizeof *g->is_number);
    for (int i = 0; i < columns; i++) {
        g->names[i] = need_copy(names[i]);
        size_t length = strlen(names[i]);
        g->is_number[i] = length && names[i][length - 1] == '#';
        if (g->is_number[i]) g->names[i][length - 1] = '\0';
    }
    return g;
}

void grid_add(grid *g, const char *const *cells)
{
    if (g->rows == g->room) {
        int room = g->room ? 2 * g->room : 32;
        char **wider = need_memory((size_t)room * (size_t)g->columns * sizeof *wider);
        if (g->rows) memcpy(wider, g->cells, (size_t)g->rows * (size_t)g->columns * sizeof *wider);
        free(g->cells);
        g->cells = wider;
        g->room = room;
    }
    for (int i = 0; i < g->columns; i++) g->cells[g->rows * g->columns + i] = need_copy(cells[i] ? cells[i] : "");
    g->rows++;
}

const char *grid_cell(const grid *g, int row, int column)
{
    return g->cells[row * g->columns + column];
}

int grid_column(const grid *g, const char *name)
{
    for (int i = 0; i < g->columns; i++)
        if (strcmp(g->names[i], name) == 0) return i;
    return -1;
}

const char *grid_at(const grid *g, int row, const char *column)
{
    return grid_cell(g, row, grid_column(g, column));
}

grid *grid_from_table(const islet_table *table)
{
    int columns = islet_table_columns(table);
    const char **text = need_memory((size_t)columns * sizeof *text);
    for (int i = 0; i < columns; i++) text[i] = islet_table_column_name(table, i);
    grid *g = grid_create(columns, text);
    for (int i = 0; i < columns; i++) g->is_number[i] = islet_table_column_is_number(table, i);
    for (int row = 0; row < islet_table_rows(table); row++) {
        for (int i = 0; i < columns; i++) text[i] = islet_table_cell(table, row, i);
        grid_add(g, text);
    }
    free(text);
    return g;
}

void grid_free(grid *g)
{
    if (!g) return;
    for (int i = 0; i < g->columns; i++) free(g->names[i]);
    for (int i = 0; i < g->rows * g->columns; i++) free(g->cells[i]);
    free(g->names);
    free(g->is_number);
    free(g->cells);
    free(g);
}

/* ---- columns for people ---- */

static int text_width(const char *text)
{
    int width = 0;
    for (; *text; text++) width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static int column_width(const grid *g, int column)
{
    int width = text_width(g->names[column]);
    for (int row = 0; row < g->rows; row++) {
        int cell = text_width(grid_cell(g, row, column));
        if (cell > width) width = cell;
    }
    return width;
}

/* numbers to the right, text to the left; the last column runs on */
static void print_row(const grid *g, const int *chosen, const int *widths, int row, FILE *file)
{
    int at = 0;
    for (int i = 0; chosen[i] >= 0; i++) {
        const char *text = row < 0 ? g->names[chosen[i]] : grid_cell(g, row, chosen[i]);
        bool last = chosen[i + 1] < 0;
        int blanks = widths[i] - text_width(text);
        if (i) fputs("  ", file), at += 2;
        if (last && !g->is_number[chosen[i]]) {
            print_wrapped(file, text, at, at);
            return;
        }
        if (g->is_number[chosen[i]]) fprintf(file, "%*s", blanks, "");
        print_safely(file, text);
        if (!g->is_number[chosen[i]] && !last) fprintf(file, "%*s", blanks, "");
        at += widths[i];
    }
    fputc('\n', file);
}

#define NOTE_INDENT 6

void grid_print_notes(const grid *g, const int *chosen, const int *notes, FILE *file)
{
    int *widths = need_memory((size_t)g->columns * sizeof *widths);
    for (int i = 0; chosen[i] >= 0; i++) widths[i] = column_width(g, chosen[i]);
    for (int row = -1; row < g->rows; row++) {
        print_row(g, chosen, widths, row, file);
        for (int i = 0; row >= 0 && notes[i] >= 0; i++) {
            if (!*grid_cell(g, row, notes[i])) continue;
            fprintf(file, "%*s", NOTE_INDENT, "");
            print_wrapped(file, grid_cell(g, row, notes[i]), NOTE_INDENT, NOTE_INDENT);
        }
    }
    free(widths);
}

void grid_print(const grid *g, const int *chosen, FILE *file)
{
    static const int none[] = {-1};
    grid_print_notes(g, chosen, none, file);
}

/* ---- CSV ---- */

/* RFC 4180; a text that a spreadsheet would run as a formula is made text by an apostrophe before it */
static void write_csv_cell(const char *text, bool is_number, FILE *file)
{
    bool formula = !is_number && *text && strchr("=+-@\t\r", *text);
    if (!formula && !strpbrk(text, ",\"\r\n")) {
        fputs(text, file);
        return;
    }
    fputs(formula ? "\"'" : "\"", file);
    for (; *text; text++) {
        if (*text == '"') fputc('"', file);
        fputc(*text, file);
    }
    fputc('"', file);
}

void grid_write_csv(const grid *g, FILE *file)
{
    for (int row = -1; row < g->rows; row++) {
        for (int i = 0; i < g->columns; i++) {
            if (i) fputc(',', file);
            if (row < 0)
                write_csv_cell(g->names[i], false, file);
            else
                write_csv_cell(grid_cell(g, row, i), g->is_number[i], file);
        }
        fputc('\n', file);
    }
}

/* ---- the whole result of a simple verb ---- */

cli_exit grid_result(const grid *g, const cli_options *options, const char *schema, const int *chosen)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    if (options->json) {
        json j = {.file = out.file};
        json_open(&j, NULL, '{');
        json_text(&j, "schema", schema);
        json_rows(&j, "rows", g);
        json_close(&j, '}');
    } else if (options->csv) {
        grid_write_csv(g, out.file);
    } else {
        grid_print(g, chosen, out.file);
    }
    return output_close(&out);
}
