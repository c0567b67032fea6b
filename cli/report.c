/* islet report: the HTML page of a store, written again. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "verbs.h"

/* `path` => standard output; false after a message */
static bool copy_to_stdout(const char *path)
{
    FILE *in = fopen(path, "rb");
    bool fine = in != NULL;
    char bytes[1 << 14];
    size_t got;
    while (fine && (got = fread(bytes, 1, sizeof bytes, in)) > 0) fine = fwrite(bytes, 1, got, stdout) == got;
    if (in && ferror(in)) fine = false;
    if (in) fclose(in);
    output out = {.file = stdout};
    return output_close(&out) == EXIT_DONE && fine;
}

/* --out -: the library moves whole files into place, so the page is made in a temporary folder first */
static cli_exit report_to_stdout(islet_store *store, islet_problems *problems)
{
    static const char *const files[] = {"report.html", NULL};
    char *folder = folder_create_temporary();
    if (!folder) {
        fprintf(stderr, "islet: no temporary folder could be made; set TMPDIR to a place that can be written\n");
        return EXIT_IO;
    }
    char *path = name_join(folder, files[0]);
    islet_status status = islet_report_write(store, path, problems);
    cli_exit done = status == ISLET_OK ? EXIT_DONE : exit_of(status, problems, "the report");
    if (done == EXIT_DONE && !copy_to_stdout(path)) done = EXIT_IO;
    free(path);
    folder_remove(folder, files);
    return done;
}

/* what was done, for programs; for people the place of the report is a remark */
static cli_exit say_done(const cli_options *options, const char *store, const char *report)
{
    static const char *const names[] = {"store", "report"};
    static const int chosen[] = {0, 1, -1};
    if (!options->json && !options->csv) {
        if (!options->quiet) fprintf(stderr, "report %s\n", report);
        return EXIT_DONE;
    }
    grid *g = grid_create(2, names);
    grid_add(g, (const char *const[]){store, report});
    cli_options to_stdout = *options;
    to_stdout.out = NULL; /* --out named the report, what is said goes to standard output */
    cli_exit done = grid_result(g, &to_stdout, "islet.report/1", chosen);
    grid_free(g);
    return done;
}

cli_exit verb_report(const cli_options *options)
{
    const char *path = options->files[0];
    char *default_report = name_from(path, ".html");
    const char *report = options->has_out ? options->out : default_report;
    islet_problems *problems = islet_problems_create();
    islet_store *store = NULL;
    cli_exit done = EXIT_USAGE;
    bool to_stdout = strcmp(report, "-") == 0;

    if (!to_stdout && name_same_file(report, path)) {
        fprintf(stderr, "islet: the report would replace its own store %s; choose another --out\n", path);
        goto end;
    }
    islet_status status = islet_store_open(path, &store, problems);
    if (status != ISLET_OK) {
        done = exit_of(status, problems, path);
        goto end;
    }
    if (to_stdout) {
        done = report_to_stdout(store, problems);
    } else if (!name_is_writable(report)) {
        done = EXIT_IO;
    } else {
        status = islet_report_write(store, report, problems);
        done = status == ISLET_OK ? say_done(options, path, report) : exit_of(status, problems, report);
    }
end:
    print_problems(problems, !options->quiet);
    islet_store_close(store, NULL);
    islet_problems_free(problems);
    free(default_report);
    return done;
}
