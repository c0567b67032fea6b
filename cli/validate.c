/* islet validate: published outcomes beside simulated trials of the same size. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "plan.h"
#include "progress.h"
#include "verbs.h"

/* ---- JSON ---- */

static void write_row(json *j, const grid *g, int row)
{
    static const char *const texts[] = {"trial_id",  "cohort_group", "arm_id", "endpoint", "unit",
                                        "statistic", "role",         "miss",   "protocol", "source", "comparator_arm"};
    static const char *const numbers[] = {"day", "n", "observed", "simulated", "people", "guess", "line", "standardised_by"};
    static const char *const intervals[][3] = {{"observed_ci95", "observed_low", "observed_high"},
                                               {"simulated_pi50", "pi50_low", "pi50_high"},
                                               {"simulated_pi80", "pi80_low", "pi80_high"},
                                               {"simulated_pi95", "pi95_low", "pi95_high"},
                                               {"simulated_bare95", "bare95_low", "bare95_high"}};
    fputc('\n', j->file);
    json_open(j, NULL, '{');
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) json_text(j, texts[i], grid_at(g, row, texts[i]));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) json_number(j, numbers[i], grid_at(g, row, numbers[i]));
    for (size_t i = 0; i < sizeof intervals / sizeof *intervals; i++)
        json_interval(j, intervals[i][0], grid_at(g, row, intervals[i][1]), grid_at(g, row, intervals[i][2]));
    json_bool(j, "agrees", strcmp(grid_at(g, row, "agrees"), "true") == 0);
    json_close(j, '}');
}

static void write_summary_row(json *j, const grid *g, int row)
{
    for (int i = 0; i < g->columns; i++)
        if (g->is_number[i]) json_number(j, g->names[i], grid_cell(g, row, i));
}

/* {"calibrate":{..,"endpoints":[..]},"validate":{..},..}: the rows of a role stand together, "all" first */
static void write_summary(json *j, const grid *g)
{
    json_open(j, "summary", '{');
    for (int row = 0; row < g->rows;) {
        const char *role = grid_at(g, row, "role");
        json_open(j, role, '{');
        write_summary_row(j, g, row++);
        json_open(j, "endpoints", '[');
        for (; row < g->rows && strcmp(grid_at(g, row, "role"), role) == 0; row++) {
            json_open(j, NULL, '{');
            json_text(j, "endpoint", grid_at(g, row, "endpoint"));
            json_text(j, "unit", grid_at(g, row, "unit"));
            write_summary_row(j, g, row);
            json_close(j, '}');
        }
        json_close(j, ']');
        json_close(j, '}');
    }
    json_close(j, '}');
}

static void write_json(const islet_validation *v, const grid *rows, const grid *summary, const grid *left,
                       uint64_t seed, FILE *file)
{
    grid *discrepancy = grid_from_table(v->discrepancy);
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.validate/1");
    json_integer(&j, "seed", (int64_t)seed);
    json_integer(&j, "patients", v->people);
    json_integer(&j, "parameter_draws", v->draws);
    json_integer(&j, "signs", v->signs);
    json_integer(&j, "signs_right", v->signs_right);
    json_rows(&j, "discrepancy", discrepancy);
    grid_free(discrepancy);
    json_open(&j, "rows", '[');
    for (int row = 0; row < rows->rows; row++) write_row(&j, rows, row);
    json_close(&j, ']');
    write_summary(&j, summary);
    json_rows(&j, "left_out", left);
    json_close(&j, '}');
}

/* ---- text ---- */

/* three digits that say something, or what the number has */
static void short_text(const char *digits, char out[NUMBER_ROOM])
{
    double value;
    out[0] = 0;
    if (!number_from_text(digits, &value)) return;
    double size = value < 0 ? -value : value;
    number_short(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3, out);
}

static void interval_text(const char *low, const char *high, char out[2 * NUMBER_ROOM + 8])
{
    char a[NUMBER_ROOM], b[NUMBER_ROOM];
    short_text(low, a);
    short_text(high, b);
    snprintf(out, 2 * NUMBER_ROOM + 8, *a && *b ? "%s to %s" : "%s%s", a, b);
}

static const char *shown_miss(const char *miss, const char *statistic)
{
    if (strcmp(miss, "other sign") == 0) return miss;
    if (*miss) return miss + sizeof "simulated too";
    return strcmp(statistic, "sign") == 0 ? "same sign" : "inside";
}

static void print_rows(const grid *g, FILE *file)
{
    static const char *const names[] = {"trial", "arm",       "end point",  "day#",      "n#",
                                        "role",  "published", "95 % of it", "simulated", "95 % of such trials",
                                        "is"};
    static const int all[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, -1};
    grid *shown = grid_create(11, names);
    for (int row = 0; row < g->rows; row++) {
        char observed[NUMBER_ROOM], simulated[NUMBER_ROOM], own[2 * NUMBER_ROOM + 8], predicted[2 * NUMBER_ROOM + 8];
        short_text(grid_at(g, row, "observed"), observed);
        short_text(grid_at(g, row, "simulated"), simulated);
        interval_text(grid_at(g, row, "observed_low"), grid_at(g, row, "observed_high"), own);
        interval_text(grid_at(g, row, "pi95_low"), grid_at(g, row, "pi95_high"), predicted);
        const char *miss = grid_at(g, row, "miss"), *statistic = grid_at(g, row, "statistic");
        const char *against = grid_at(g, row, "comparator_arm");
        char what[160], arms[200];
        bool usual = strcmp(statistic, "mean") == 0 || strcmp(statistic, "share") == 0;
        snprintf(what, sizeof what, usual ? "%s" : "%s (%s)", grid_at(g, row, "endpoint"), statistic);
        snprintf(arms, sizeof arms, *against ? "%s less %s" : "%s", grid_at(g, row, "arm_id"), against);
        grid_add(shown, (const char *const[]){grid_at(g, row, "trial_id"), arms, what,
                                              grid_at(g, row, "day"), grid_at(g, row, "n"), grid_at(g, row, "role"),
                                              observed, own, simulated, predicted, shown_miss(miss, statistic)});
    }
    grid_print(shown, all, file);
    grid_free(shown);
}

static void print_summary(const grid *g, FILE *file)
{
    static const char *const columns[] = {"role",     "endpoint",  "rows",        "inside50", "inside80",
                                          "inside95", "sharpness", "bare95",      "too_high", "too_low",
                                          "error",    "r2",        "guess_error", "skill"};
    int chosen[sizeof columns / sizeof *columns + 1];
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) chosen[i] = grid_column(g, columns[i]);
    chosen[sizeof columns / sizeof *columns] = -1;
    fputc('\n', file);
    grid_print(g, chosen, file);
    fputs(
        "\nRows after day 0. inside50, 80, 95: share of observations inside those intervals of simulated trials of the same size;\n"
        "sharpness: width of the 95 % interval over the trial's own (median); bare95: inside the interval without the discrepancy below\n"
        "(estimated with --discrepancy, it is for a calibration row that of the other cohorts alone);\n"
        "error: mean absolute, in the end point's unit;\n"
        "skill: 1 - error / guess_error, where the guess is the mean of the calibration trials of that kind of cells.\n",
        file);
}

static void print_discrepancy(const islet_validation *v, FILE *file)
{
    int all[16];
    grid *g = grid_from_table(v->discrepancy);
    for (int i = 0; i < 16; i++) all[i] = i < g->columns ? i : -1;
    fputs(
        "\nWhat a trial differs by from its simulation beyond chance and parameters (in the intervals above; docs/validation.md has the scales):\n",
        file);
    grid_print(g, all, file);
    grid_free(g);
}

/* why rows were left out, and how many for each reason */
static void print_left_out(const grid *g, FILE *file)
{
    if (g->rows == 0) return;
    fprintf(file, "\n%d rows were left out:\n", g->rows);
    for (int row = 0; row < g->rows; row++) {
        const char *reason = grid_at(g, row, "reason");
        int same = 0, before = 0;
        for (int other = 0; other < g->rows; other++) {
            bool is_same = strcmp(grid_at(g, other, "reason"), reason) == 0;
            same += is_same;
            before += is_same && other < row;
        }
        if (before == 0) fprintf(file, "%6d  %s\n", same, reason);
    }
}

static cli_exit show(const islet_validation *v, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    grid *rows = grid_from_table(v->rows), *summary = grid_from_table(v->summary), *left = grid_from_table(v->left_out);
    if (options->json) {
        write_json(v, rows, summary, left, options->has_seed ? options->seed : 1, out.file);
    } else if (options->csv) {
        grid_write_csv(rows, out.file);
    } else {
        print_rows(rows, out.file);
        print_summary(summary, out.file);
        if (v->signs)
            fprintf(
                out.file,
                "\n%d rows carry only the sign of a change since before treatment; the simulated change has it in %d.\n",
                v->signs, v->signs_right);
        print_discrepancy(v, out.file);
        print_left_out(left, out.file);
    }
    grid_free(rows);
    grid_free(summary);
    grid_free(left);
    return output_close(&out);
}

/* the discrepancy, where it was asked for; whole or not at all */
static cli_exit keep_discrepancy(const islet_validation *v, const char *path)
{
    output out;
    if (!path) return EXIT_DONE;
    if (!output_open(&out, path)) return EXIT_IO;
    fputs(v->discrepancy_file, out.file);
    return output_close(&out);
}

/* --dry-run */
static cli_exit show_plan(const char *path, const char *doing, const islet_run_options *run, const cli_options *options)
{
    islet_problems *problems = islet_problems_create();
    islet_table *plan = NULL, *left_out = NULL;
    islet_status status = islet_validate_plan(path, options->params, run, &plan, &left_out, problems);
    print_problems(problems, !options->quiet);
    cli_exit done = status == ISLET_OK ? plan_print_trials(plan, left_out, options) : exit_of(status, problems, doing);
    islet_table_free(plan);
    islet_table_free(left_out);
    islet_problems_free(problems);
    return done;
}

cli_exit verb_validate(const cli_options *options)
{
    if (options->discrepancy && strcmp(options->discrepancy, "-") == 0) {
        fprintf(stderr, "islet: standard output carries the table; --discrepancy needs a file\n");
        return EXIT_USAGE;
    }
    if (options->discrepancy && !name_is_writable(options->discrepancy)) return EXIT_IO;
    progress p;
    const char *path = options->trial ? name_for_reading(options->trial) : NULL,
               *doing = options->trial ? options->trial : "the shipped rows";
    const islet_run_options run = {.seed = options->seed, .has_seed = options->has_seed, .threads = (int)options->threads,
                                   .patients = options->patients, .engine = options->engine, .progress = progress_show,
                                   .interrupted = stop_was_asked, .context = &p};
    if (options->dry_run) return show_plan(path, doing, &run, options);
    islet_problems *problems = islet_problems_create();
    islet_validation *validation = NULL;
    progress_begin(&p, options->quiet);
    islet_status status = islet_validate(path, options->params, options->discrepancy != NULL, &run, &validation, problems);
    progress_end(&p);
    print_problems(problems, !options->quiet);
    cli_exit done = status == ISLET_OK ? keep_discrepancy(validation, options->discrepancy) : exit_of(status, problems, doing);
    if (done == EXIT_DONE) done = show(validation, options);
    islet_validation_free(validation);
    islet_problems_free(problems);
    return done;
}
