/* islet calibrate: fits parameters to published rows; writes the parameter set, prints what is known of each. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "plan.h"
#include "progress.h"
#include "sources.h"
#include "verbs.h"

static void write_number(json *j, const char *name, double value)
{
    char text[NUMBER_ROOM];
    number_short(value, 6, text);
    json_number(j, name, text);
}

static void write_json(const islet_calibration *c, const grid *parameters, const grid *rows, const char *set, FILE *file)
{
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.calibrate/1");
    json_text(&j, "set", set);
    json_integer(&j, "points", c->points);
    json_integer(&j, "points_lost", c->lost);
    json_integer(&j, "draws", c->draws);
    write_number(&j, "discrepancy", c->discrepancy);
    write_number(&j, "accepted", c->accepted);
    write_number(&j, "r_hat", c->r_hat);
    json_rows(&j, "parameters", parameters);
    json_rows(&j, "rows", rows);
    grid *pairs = grid_from_table(c->pairs);
    json_rows(&j, "correlations", pairs);
    grid_free(pairs);
    json_close(&j, '}');
}

static void write_text(const islet_calibration *c, const grid *parameters, const grid *rows, const char *set, FILE *file)
{
    int chosen[16];
    for (int i = 0; i < 16; i++) chosen[i] = i < parameters->columns ? i : -1;
    grid_print(parameters, chosen, file);
    fputc('\n', file);
    grid_print(rows, chosen, file); /* as many columns */
    char discrepancy[NUMBER_ROOM], r_hat[NUMBER_ROOM];
    number_text(c->discrepancy, 2, discrepancy);
    number_text(c->r_hat, 3, r_hat);
    fprintf(
        file,
        "\n%d points simulated; discrepancy between trials %s times the shipped one; R-hat %s; parameter set in %s\n",
        c->points, discrepancy, r_hat, set);
    if (c->lost > 0) fprintf(file, "%d of them had no result and are left out\n", c->lost);
    for (int row = 0; row < islet_table_rows(c->pairs); row++)
        fprintf(file, "correlated: %s with %s, %s\n", islet_table_cell(c->pairs, row, 0), islet_table_cell(c->pairs, row, 1),
                islet_table_cell(c->pairs, row, 2));
    for (int row = 0; row < parameters->rows; row++)
        if (strcmp(grid_cell(parameters, row, grid_column(parameters, "identified")), "no") == 0)
            fprintf(file, "not identified by these rows: %s\n", grid_cell(parameters, row, 0));
}

/* the parameter set, then the table; both whole or not at all */
static cli_exit show(const islet_calibration *c, const char *set, const cli_options *options)
{
    output out, file;
    if (!output_open(&file, set)) return EXIT_IO;
    fputs(c->set, file.file);
    cli_exit done = output_close(&file);
    if (done != EXIT_DONE) return done;
    if (!output_open(&out, NULL)) return EXIT_IO;
    grid *parameters = grid_from_table(c->parameters), *rows = grid_from_table(c->rows);
    if (options->json) write_json(c, parameters, rows, set, out.file);
    else if (options->csv) grid_write_csv(parameters, out.file);
    else write_text(c, parameters, rows, set, out.file);
    done = options->explain && !options->json && !options->csv ? sources_print(NULL, out.file) : EXIT_DONE;
    grid_free(parameters);
    grid_free(rows);
    cli_exit closed = output_close(&out);
    return done == EXIT_DONE ? closed : done;
}

/* --dry-run: the points are the draws of the table; it goes to standard output, as the parameter set is not written */
static cli_exit show_plan(const char *rows, const islet_run_options *run, const cli_options *options, islet_problems *problems)
{
    islet_table *plan = NULL;
    cli_options shown = *options;
    shown.out = NULL;
    islet_status status = islet_calibrate_plan(rows, options->parameters, options->cohorts, options->points, run, &plan, problems);
    cli_exit done = exit_of(status, problems, rows ? rows : "the shipped rows");
    print_problems(problems, !options->quiet);
    if (done == EXIT_DONE) done = plan_print_trials(plan, NULL, &shown);
    islet_table_free(plan);
    return done;
}

cli_exit verb_calibrate(const cli_options *options)
{
    const char *set = options->out ? options->out : "calibrated.yaml";
    if (strcmp(set, "-") == 0) {
        fprintf(stderr, "islet: standard output carries the table; --out of islet calibrate, the parameter set, needs a file\n");
        return EXIT_USAGE;
    }
    if (!name_is_writable(set)) return EXIT_IO;
    progress p;
    islet_problems *problems = islet_problems_create();
    islet_calibration *calibration = NULL;
    const islet_run_options run = {.seed = options->seed, .has_seed = options->has_seed, .threads = (int)options->threads,
                                   .patients = options->patients, .engine = options->engine, .progress = progress_show,
                                   .interrupted = stop_was_asked, .context = &p};
    const char *rows = options->n_files ? name_for_reading(options->files[0]) : NULL;
    if (options->dry_run) {
        cli_exit planned = show_plan(rows, &run, options, problems);
        islet_problems_free(problems);
        return planned;
    }
    progress_begin(&p, options->quiet);
    islet_status status =
        islet_calibrate(rows, options->parameters, options->cohorts, options->points, &run, &calibration, problems);
    progress_end(&p);
    print_problems(problems, !options->quiet);
    cli_exit done = status == ISLET_OK ? show(calibration, set, options)
                                       : exit_of(status, problems, rows ? rows : "the shipped rows");
    islet_calibration_free(calibration);
    islet_problems_free(problems);
    return done;
}
