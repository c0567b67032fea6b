/* --explain of the verbs that simulate: every parameter of the model with its standing and source, and of the populations that which is simulated. */
#include "sources.h"

#include <string.h>

#include "output.h"
#include "verbs.h"

/* Does the row belong to another population? Their values are called POPULATION.KEY. */
static bool is_of_another(const grid *g, int row, const char *population)
{
    const char *key = grid_at(g, row, "key");
    const size_t length = strlen(population);
    if (strcmp(grid_at(g, row, "used_by"), "patient/person.c") != 0 || !strchr(key, '.')) return false;
    return strncmp(key, population, length) != 0 || key[length] != '.';
}

cli_exit sources_print(const char *population, FILE *file)
{
    static const char *const names[] = {"key", "value#", "unit", "standing", "source"};
    static const int all[] = {0, 1, 2, 3, 4, -1};
    islet_table *table = NULL;
    islet_status status = islet_params_table(&table);
    if (status != ISLET_OK) return exit_of(status, NULL, "the parameters");
    grid *g = grid_from_table(table), *shown = grid_create(5, names);
    islet_table_free(table);
    for (int row = 0; row < g->rows; row++)
        if (!population || !is_of_another(g, row, population))
            grid_add(shown, (const char *const[]){grid_at(g, row, "key"), grid_at(g, row, "value"), grid_at(g, row, "unit"),
                                                  grid_at(g, row, "standing"), grid_at(g, row, "source")});
    fputs("\nParameters of the model and where they come from:\n\n", file);
    grid_print(shown, all, file);
    grid_free(shown);
    grid_free(g);
    return EXIT_DONE;
}
