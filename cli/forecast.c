/* islet forecast: what a protocol may do to people like one patient. An illustration, never advice. */
#include <string.h>

#include "forecast_text.h"
#include "names.h"
#include "output.h"
#include "plan.h"
#include "progress.h"
#include "sources.h"
#include "verbs.h"

static const char illustration[] =
    "An illustration with simulated people, never advice: islet is research software, and no one of these people is the patient.";

/* ---- for programs ---- */

static void rows(json *j, const char *key, const islet_table *table, const char *arm)
{
    json_open(j, key, '[');
    for (int r = 0; r < islet_table_rows(table); r++) {
        if (arm && strcmp(islet_table_cell(table, r, 0), arm) != 0) continue;
        json_open(j, NULL, '{');
        for (int c = arm ? 1 : 0; c < islet_table_columns(table); c++) {
            const char *name = islet_table_column_name(table, c), *cell = islet_table_cell(table, r, c);
            if (islet_table_column_is_number(table, c)) json_number(j, name, cell);
            else json_text(j, name, cell);
        }
        json_close(j, '}');
    }
    json_close(j, ']');
}

static bool is_new_arm(const islet_table *bands, int row)
{
    return row == 0 || strcmp(islet_table_cell(bands, row, 0), islet_table_cell(bands, row - 1, 0)) != 0;
}

static void write_json(const islet_forecast *f, const cli_options *options, FILE *file)
{
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.forecast/1");
    json_text(&j, "patient", options->files[0]);
    json_text(&j, "protocol", options->protocol);
    json_text(&j, "screened", islet_eligibility_word(f->screened));
    rows(&j, "criteria", f->criteria, NULL);
    json_integer(&j, "people", f->people);
    rows(&j, "assumed", f->assumed, NULL);
    json_open(&j, "arms", '[');
    for (int r = 0; r < islet_table_rows(f->bands); r++) {
        if (!is_new_arm(f->bands, r)) continue;
        const char *arm = islet_table_cell(f->bands, r, 0);
        json_open(&j, NULL, '{');
        json_text(&j, "name", arm);
        rows(&j, "bands", f->bands, arm);
        rows(&j, "chances", f->chances, arm);
        rows(&j, "harms", f->harms, arm);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    rows(&j, "unknown", f->unknown, NULL);
    json_text(&j, "note", illustration);
    json_close(&j, '}');
}

/* One row a number: part, arm, endpoint, day, value, low, high. */
static void write_csv(const islet_forecast *f, FILE *file)
{
    static const char *const names[] = {"part", "arm", "endpoint", "day#", "value#", "low#", "high#", "n#"};
    grid *g = grid_create(8, names);
    for (int r = 0; r < islet_table_rows(f->bands); r++)
        grid_add(g, (const char *const[]){"band", islet_table_cell(f->bands, r, 0), islet_table_cell(f->bands, r, 1),
                                          islet_table_cell(f->bands, r, 3), islet_table_cell(f->bands, r, 6),
                                          islet_table_cell(f->bands, r, 4), islet_table_cell(f->bands, r, 8),
                                          islet_table_cell(f->bands, r, 9)});
    const islet_table *shares[] = {f->chances, f->harms};
    static const char *const parts[] = {"chance_of_100", "harm_of_100"};
    for (int t = 0; t < 2; t++)
        for (int r = 0; r < islet_table_rows(shares[t]); r++)
            grid_add(g, (const char *const[]){parts[t], islet_table_cell(shares[t], r, 0),
                                              islet_table_cell(shares[t], r, 1), islet_table_cell(shares[t], r, 3),
                                              islet_table_cell(shares[t], r, 4), islet_table_cell(shares[t], r, 5),
                                              islet_table_cell(shares[t], r, 6), islet_table_cell(shares[t], r, 7)});
    grid_write_csv(g, file);
    grid_free(g);
}

static cli_exit show(const islet_forecast *f, const islet_protocol *protocol, const cli_options *options)
{
    output out;
    cli_exit done = EXIT_DONE;
    if (!output_open(&out, options->out)) return EXIT_IO;
    if (options->json) write_json(f, options, out.file);
    else if (options->csv) write_csv(f, out.file);
    else {
        fprintf(out.file, "%s\n", illustration);
        forecast_print(f, out.file);
        if (options->explain) done = sources_print(islet_protocol_population(protocol), out.file);
    }
    cli_exit closed = output_close(&out);
    return done == EXIT_DONE ? closed : done;
}

/* --dry-run: the patient is read and held against the population, nothing is simulated */
static cli_exit show_plan(const islet_protocol *protocol, const islet_run_options *run, const cli_options *options, islet_problems *problems)
{
    islet_table *plan = NULL;
    islet_status status = islet_forecast_plan(protocol, name_for_reading(options->files[0]), options->row, options->id,
                                              options->has_against, run, &plan, problems);
    cli_exit done = exit_of(status, problems, options->files[0]);
    if (done == EXIT_DONE) done = plan_print_trials(plan, NULL, options);
    islet_table_free(plan);
    return done;
}

/* the people, then what became of them */
static cli_exit simulate(const islet_protocol *protocol, const cli_options *options, islet_forecast **forecast, islet_problems *problems)
{
    progress p;
    const islet_run_options run = {.seed = options->seed, .has_seed = options->has_seed, .threads = (int)options->threads,
                                   .patients = options->patients, .years = options->years, .progress = progress_show,
                                   .interrupted = stop_was_asked, .context = &p};
    if (options->dry_run) return show_plan(protocol, &run, options, problems);
    progress_begin(&p, options->quiet);
    islet_status status = islet_forecast_run(protocol, name_for_reading(options->files[0]), options->row, options->id,
                                             options->has_against, &run, forecast, problems);
    progress_end(&p);
    return exit_of(status, problems, options->files[0]);
}

cli_exit verb_forecast(const cli_options *options)
{
    if (!options->has_protocol) {
        fprintf(stderr, "islet: forecast needs the protocol; islet forecast PATIENT --protocol PROTOCOL.yaml\n");
        return EXIT_USAGE;
    }
    if (options->has_against && strcmp(options->against, "standard-care") != 0) {
        fprintf(stderr, "islet: --against %s: only standard-care can be compared with; write --against standard-care\n",
                options->against);
        return EXIT_USAGE;
    }
    islet_problems *problems = islet_problems_create();
    if (!problems) return exit_of(ISLET_ERR_MEMORY, NULL, options->protocol);
    islet_protocol *protocol = NULL;
    islet_forecast *forecast = NULL;
    islet_status status = islet_protocol_read(options->protocol, &protocol, problems);
    cli_exit done = exit_of(status, problems, options->protocol);
    if (done == EXIT_DONE) done = simulate(protocol, options, &forecast, problems);
    print_problems(problems, !options->quiet);
    if (forecast) done = show(forecast, protocol, options);
    islet_forecast_free(forecast);
    islet_protocol_free(protocol);
    islet_problems_free(problems);
    return done;
}
