/* islet claims: verdicts on what is said of treatments, and why. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "plan.h"
#include "progress.h"
#include "verbs.h"

/* the pooled evidence: one entry for each test, none without */
static void write_evidence(json *j, const grid *g, int row)
{
    json_open(j, "evidence", '[');
    if (*grid_at(g, row, "test")) {
        json_open(j, NULL, '{');
        json_text(j, "test", grid_at(g, row, "test"));
        json_text(j, "endpoint", grid_at(g, row, "endpoint"));
        json_text(j, "unit", grid_at(g, row, "unit"));
        json_number(j, "k", grid_at(g, row, "k"));
        json_number(j, "n", grid_at(g, row, "n"));
        json_number(j, "estimate", grid_at(g, row, "estimate"));
        json_interval(j, "ci95", grid_at(g, row, "ci_low"), grid_at(g, row, "ci_high"));
        json_interval(j, "pi95", grid_at(g, row, "pi_low"), grid_at(g, row, "pi_high"));
        json_text(j, "refusal", grid_at(g, row, "refusal"));
        json_close(j, '}');
    }
    json_close(j, ']');
}

static void write_simulated(json *j, const grid *g, int row)
{
    json_open(j, "simulated", '{');
    if (*grid_at(g, row, "simulated_treated")) {
        json_text(j, "endpoint", grid_at(g, row, "endpoint"));
        json_number(j, "day", grid_at(g, row, "day"));
        json_number(j, "with_trial_effect", grid_at(g, row, "simulated_treated"));
        json_number(j, "trial_effect", grid_at(g, row, "simulated_control"));
        json_number(j, "without_trial_effect", grid_at(g, row, "simulated_difference"));
        json_interval(j, "ci95", grid_at(g, row, "simulated_low"), grid_at(g, row, "simulated_high"));
        json_number(j, "harmed_treated", grid_at(g, row, "harmed_treated"));
        json_number(j, "harmed_control", grid_at(g, row, "harmed_control"));
        json_number(j, "people", grid_at(g, row, "simulated_people"));
    }
    json_close(j, '}');
}

static void write_json(const islet_claims *c, const grid *g, FILE *file)
{
    static const char *const texts[] = {"claim_id", "claim", "verdict", "reviewer_verdict", "why", "source"};
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.claims/1");
    json_integer(&j, "tested", c->tested);
    json_integer(&j, "supported", c->supported);
    json_integer(&j, "differ_from_reviewer", c->differ);
    json_open(&j, "rows", '[');
    for (int row = 0; row < g->rows; row++) {
        fputc('\n', file);
        json_open(&j, NULL, '{');
        for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) json_text(&j, texts[i], grid_at(g, row, texts[i]));
        json_bool(&j, "differs", strcmp(grid_at(g, row, "differs"), "true") == 0);
        json_number(&j, "needed", grid_at(g, row, "needed"));
        write_evidence(&j, g, row);
        write_simulated(&j, g, row);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

static void print_number(FILE *file, const char *label, const char *digits, const char *unit)
{
    double value;
    char text[NUMBER_ROOM];
    if (!number_from_text(digits, &value)) return;
    number_short(value, 3, text);
    fprintf(file, "%s%s%s%s", label, text, *unit ? " " : "", unit);
}

static void print_claim(const grid *g, int row, FILE *file)
{
    const char *unit = grid_at(g, row, "unit"), *shown = strcmp(unit, "fraction") == 0 ? "" : unit;
    fprintf(file, "%-6s ", grid_at(g, row, "claim_id"));
    print_wrapped(file, grid_at(g, row, "claim"), 7, 7);
    fprintf(file, "       %s", grid_at(g, row, "verdict"));
    if (strcmp(grid_at(g, row, "differs"), "true") == 0)
        fprintf(file, " (the reviewer: %s)", grid_at(g, row, "reviewer_verdict"));
    fputs("\n       ", file);
    print_wrapped(file, grid_at(g, row, "why"), 7, 7);
    if (*grid_at(g, row, "estimate") && *grid_at(g, row, "ci_low")) {
        print_number(file, "       found ", grid_at(g, row, "estimate"), shown);
        print_number(file, " (", grid_at(g, row, "ci_low"), "");
        print_number(file, " to ", grid_at(g, row, "ci_high"), "");
        fputc(')', file);
        print_number(file, ", needed ", grid_at(g, row, "needed"), shown);
        print_number(file, "; a new trial ", grid_at(g, row, "pi_low"), "");
        print_number(file, " to ", grid_at(g, row, "pi_high"), "");
        if (!*grid_at(g, row, "pi_low")) fprintf(file, "; %s", grid_at(g, row, "refusal"));
        fputc('\n', file);
    }
    if (*grid_at(g, row, "simulated_treated")) {
        fprintf(file, "       simulated: %s", grid_at(g, row, "treated"));
        print_number(file, " ", grid_at(g, row, "simulated_treated"), shown);
        if (*grid_at(g, row, "control")) fprintf(file, ", %s", grid_at(g, row, "control"));
        print_number(file, " ", grid_at(g, row, "simulated_control"), "");
        print_number(file, "; ", grid_at(g, row, "simulated_difference"), "");
        fputs(*grid_at(g, row, "simulated_difference") ? " between them\n" : ", without a control\n", file);
    }
    fputc('\n', file);
}

static cli_exit show(const islet_claims *c, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    grid *g = grid_from_table(c->rows);
    if (options->json) write_json(c, g, out.file);
    else if (options->csv) grid_write_csv(g, out.file);
    else {
        for (int row = 0; row < g->rows; row++) print_claim(g, row, out.file);
        fprintf(
            out.file,
            "%d claim%s, %d with a test; %d differ from the reviewer's verdict. Research software, never medical advice.\n",
            g->rows, g->rows == 1 ? "" : "s", c->tested, c->differ);
        if (options->n_files && c->tested < g->rows)
            fputs(
                "To test a claim, write beside it what holds it up: the columns test, from, endpoint, day and needed (docs/claims.md).\n",
                out.file);
    }
    bool single = g->rows == 1 && c->supported == 0;
    grid_free(g);
    cli_exit closed = output_close(&out);
    return closed != EXIT_DONE ? closed : single ? EXIT_NO : EXIT_DONE;
}

/* --dry-run */
static cli_exit show_plan(const char *path, const islet_run_options *run, const cli_options *options)
{
    islet_problems *problems = islet_problems_create();
    islet_table *plan = NULL;
    islet_status status = islet_claims_plan(path, run, &plan, problems);
    print_problems(problems, !options->quiet);
    cli_exit done = status == ISLET_OK ? plan_print_trials(plan, NULL, options)
                                       : exit_of(status, problems, path ? path : "the claims");
    islet_table_free(plan);
    islet_problems_free(problems);
    return done;
}

cli_exit verb_claims(const cli_options *options)
{
    progress p;
    const char *path = options->n_files ? name_for_reading(options->files[0]) : NULL;
    const islet_run_options run = {.seed = options->seed, .has_seed = options->has_seed, .threads = (int)options->threads,
                                   .patients = options->patients, .engine = options->engine, .progress = progress_show,
                                   .interrupted = stop_was_asked, .context = &p};
    if (options->dry_run) return show_plan(path, &run, options);
    islet_problems *problems = islet_problems_create();
    islet_claims *claims = NULL;
    progress_begin(&p, options->quiet);
    islet_status status = islet_claims_judge(path, &run, &claims, problems);
    progress_end(&p);
    print_problems(problems, !options->quiet);
    cli_exit done = status == ISLET_OK ? show(claims, options) : exit_of(status, problems, path ? path : "the claims");
    if (status == ISLET_OK && options->has_report) {
        cli_exit written = exit_of(islet_claims_report_write(claims, options->report, problems), problems, options->report);
        if (written != EXIT_DONE) done = EXIT_IO;
    }
    islet_claims_free(claims);
    islet_problems_free(problems);
    return done;
}
