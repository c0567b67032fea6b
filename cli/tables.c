/* islet params, islet products: the tables of the trade, whole or one entry explained. */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "verbs.h"

static bool find_row(const grid *g, const char *column, const char *name)
{
    int at = grid_column(g, column);
    for (int row = 0; at >= 0 && row < g->rows; row++)
        if (strcmp(grid_cell(g, row, at), name) == 0) return true;
    return false;
}

/* rows whose `column` is `name`, as a grid of their own */
static grid *rows_with(const grid *g, const char *column, const char *name)
{
    const char **text = need_memory((size_t)g->columns * sizeof *text);
    for (int i = 0; i < g->columns; i++) text[i] = g->names[i];
    grid *out = grid_create(g->columns, text);
    memcpy(out->is_number, g->is_number, (size_t)g->columns * sizeof *out->is_number);
    int at = grid_column(g, column);
    for (int row = 0; row < g->rows; row++) {
        if (strcmp(grid_cell(g, row, at), name) != 0) continue;
        for (int i = 0; i < g->columns; i++) text[i] = grid_cell(g, row, i);
        grid_add(out, text);
    }
    free(text);
    return out;
}

static cli_exit unknown_name(const grid *g, const char *const *columns, const char *name, cli_verb verb)
{
    const char *best = NULL;
    const char **names = need_memory((size_t)(g->rows + 1) * sizeof *names);
    for (; *columns && !best; columns++) {
        int at = grid_column(g, *columns);
        for (int row = 0; row < g->rows; row++) names[row] = grid_cell(g, row, at);
        names[g->rows] = NULL;
        best = cli_closest(name, names);
    }
    fprintf(stderr, "islet: nothing is called '%s'", name);
    if (best) fprintf(stderr, "; did you mean '%s'?", best);
    fprintf(stderr, "%s islet %s lists all\n", best ? "" : ";", cli_verbs[verb].name);
    free(names);
    return EXIT_USAGE;
}

/* one entry at length: a line for each column that says something */
static void print_entry(const grid *g, int row, FILE *file)
{
    int widest = 0;
    for (int i = 0; i < g->columns; i++)
        if ((int)strlen(g->names[i]) > widest) widest = (int)strlen(g->names[i]);
    for (int i = 0; i < g->columns; i++) {
        const char *cell = grid_cell(g, row, i);
        if (!*cell) continue;
        int width = fprintf(file, "%s%*s", g->names[i], widest + 2 - (int)strlen(g->names[i]), "");
        print_wrapped(file, cell, width, widest + 2);
    }
}

static cli_exit print_entries(const grid *g, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    for (int row = 0; row < g->rows; row++) {
        if (row) fputc('\n', out.file);
        print_entry(g, row, out.file);
    }
    return output_close(&out);
}

/* "0.5 to 4", or nothing when neither end is known */
static void range_text(const char *low, const char *high, char out[2 * NUMBER_ROOM + 8])
{
    out[0] = '\0';
    if (*low || *high)
        snprintf(out, 2 * NUMBER_ROOM + 8, "%.*s to %.*s", NUMBER_ROOM, *low ? low : "?", NUMBER_ROOM,
                 *high ? high : "?");
}

static const char *cell_of(const grid *g, int row, const char *column)
{
    int at = grid_column(g, column);
    return at < 0 ? "" : grid_cell(g, row, at);
}

/* the list for people: one line of numbers an entry, its sentence and source below */
static cli_exit print_list(const grid *g, const cli_options *options)
{
    static const char *const names[] = {"product", "key", "value#", "unit", "range", "spread#", "standing", "sentence", "source"};
    static const int with_product[] = {0, 1, 2, 3, 4, 6, -1}, without[] = {1, 2, 3, 4, 5, 6, -1}, notes[] = {7, 8, -1};
    grid *list = grid_create(9, names);
    for (int row = 0; row < g->rows; row++) {
        char range[2 * NUMBER_ROOM + 8];
        range_text(cell_of(g, row, "low"), cell_of(g, row, "high"), range);
        grid_add(list, (const char *const[]){cell_of(g, row, "product"), cell_of(g, row, "key"),
                                             cell_of(g, row, "value"), cell_of(g, row, "unit"), range,
                                             cell_of(g, row, "spread"), cell_of(g, row, "standing"),
                                             cell_of(g, row, "sentence"), cell_of(g, row, "source")});
    }
    output out;
    cli_exit done = EXIT_IO;
    if (output_open(&out, options->out)) {
        grid_print_notes(list, grid_column(g, "product") < 0 ? without : with_product, notes, out.file);
        done = output_close(&out);
    }
    grid_free(list);
    return done;
}

/* table, narrowed to the rows that the name on the command line picks by the first of `keys` that knows it */
static cli_exit show_table(islet_table *table, const cli_options *options, const char *schema, const char *const *keys)
{
    grid *all = grid_from_table(table), *picked = NULL;
    islet_table_free(table);
    const char *name = options->n_files ? options->files[0] : NULL;
    for (int i = 0; name && !picked && keys[i]; i++)
        if (find_row(all, keys[i], name)) picked = rows_with(all, keys[i], name);
    const grid *shown = picked ? picked : all;
    cli_exit done;
    if (name && !picked) done = unknown_name(all, keys, name, options->verb);
    else if (options->json || options->csv) done = grid_result(shown, options, schema, NULL);
    else if (options->explain || shown->rows == 1) done = print_entries(shown, options);
    else done = print_list(shown, options);
    grid_free(picked);
    grid_free(all);
    return done;
}

/* islet params --sensitivity [KEY] */
static cli_exit show_sensitivity(const cli_options *options)
{
    static const int all[] = {0, 1, 2, 3, 4, 5, -1};
    static const char *const columns[] = {"parameter", NULL};
    islet_table *table = NULL;
    islet_status status = islet_sensitivity_table(&table);
    if (status != ISLET_OK) return exit_of(status, NULL, "the sensitivities");
    grid *g = grid_from_table(table), *picked = NULL;
    islet_table_free(table);
    cli_exit done;
    if (options->n_files && find_row(g, "parameter", options->files[0])) picked = rows_with(g, "parameter", options->files[0]);
    if (options->n_files && !picked) done = unknown_name(g, columns, options->files[0], options->verb);
    else done = grid_result(picked ? picked : g, options, "islet.sensitivity/1", all);
    grid_free(picked);
    grid_free(g);
    return done;
}

cli_exit verb_params(const cli_options *options)
{
    static const char *const keys[] = {"key", NULL};
    islet_table *table = NULL;
    if (options->sensitivity) return show_sensitivity(options);
    islet_status status = islet_params_table(&table);
    if (status != ISLET_OK) return exit_of(status, NULL, "the parameters");
    return show_table(table, options, "islet.params/1", keys);
}

cli_exit verb_products(const cli_options *options)
{
    static const char *const keys[] = {"product", "key", NULL};
    islet_table *table = NULL;
    islet_status status = islet_products_table(&table);
    if (status != ISLET_OK) return exit_of(status, NULL, "the products");
    return show_table(table, options, "islet.products/1", keys);
}
