/* islet doctor: is this installation fit to run? What the library finds about itself, and what only the command can
 * know: where it may write. */
#include <string.h>
#include <unistd.h>

#include "names.h"
#include "output.h"
#include "verbs.h"

static void add_writable(grid *g, const char *check, const char *folder, const char *advice)
{
    bool fine = folder && access(folder, W_OK | X_OK) == 0;
    grid_add(g, (const char *const[]){check, fine ? "can be written" : "cannot be written", fine ? "true" : "false",
                                      fine ? "" : advice});
}

cli_exit verb_doctor(const cli_options *options)
{
    islet_table *table = NULL;
    islet_status status = islet_installation_table(&table);
    if (status != ISLET_OK) return exit_of(status, NULL, "the installation");
    grid *g = grid_from_table(table);
    islet_table_free(table);

    static const char *const none[] = {NULL};
    char *folder = folder_create_temporary();
    add_writable(g, "temporary folder", folder, "set TMPDIR to a folder that can be written");
    folder_remove(folder, none);
    add_writable(g, "current folder", ".", "change to a folder that can be written, or use --out and --report");

    /* columns: check, found, fine, advice */
    static const int chosen[] = {0, 1, 2, 3, -1};
    int wrong = 0;
    for (int row = 0; row < g->rows; row++) wrong += strcmp(grid_cell(g, row, 2), "true") != 0;
    cli_exit done = grid_result(g, options, "islet.doctor/1", chosen);
    if (wrong) fprintf(stderr, "islet: %d of %d checks failed; the column advice says what to do\n", wrong, g->rows);
    grid_free(g);
    return done != EXIT_DONE ? done : wrong ? EXIT_NO : EXIT_DONE;
}
