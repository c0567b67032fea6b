/* islet run: protocol => store, report, table of end points. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "names.h"
#include "output.h"
#include "plan.h"
#include "progress.h"
#include "ranks.h"
#include "results.h"
#include "verbs.h"

static islet_run_options run_options_of(const cli_options *options, const char *date, progress *p)
{
    return (islet_run_options){
        .seed = options->seed,
        .has_seed = options->has_seed,
        .threads = (int)options->threads,
        .patients = options->patients,
        .years = options->years,
        .independent_arms = options->independent_arms,
        .engine = options->engine,
        .parameters = options->params,
        .progress = progress_show,
        .interrupted = stop_was_asked,
        .context = p,
        .command_line = command_line(),
        .date = date,
    };
}

/* now, in universal time: 2026-11-21T10:45:34Z */
#define DATE_ROOM 32
static void date_text(char out[DATE_ROOM])
{
    time_t now = time(NULL);
    struct tm utc;
    out[0] = '\0';
    if (gmtime_r(&now, &utc)) strftime(out, DATE_ROOM, "%Y-%m-%dT%H:%M:%SZ", &utc);
}

/* the two outputs must be places of their own, and not the protocol; found out before any time is spent */
static bool check_outputs(const char *protocol, const char *store, const char *report)
{
    if (strcmp(store, "-") == 0 || strcmp(report, "-") == 0) {
        fprintf(stderr, "islet: standard output carries the table; --out and --report of islet run need a file\n");
        return false;
    }
    if (name_same_place(store, report) || name_same_file(store, protocol) || name_same_file(report, protocol)) {
        fprintf(stderr, "islet: protocol, store and report must be three files; found %s, %s and %s\n", protocol, store,
                report);
        return false;
    }
    return true;
}

/* the widest engine is the default; another must be one that this machine has */
static bool check_engine(const char *engine)
{
    const char *const *engines = islet_engines();
    for (int i = 0; engine && engines[i]; i++)
        if (strcmp(engine, engines[i]) == 0) return true;
    if (!engine) return true;
    fprintf(stderr, "islet: --engine: found '%s'; this machine has:", engine);
    for (; *engines; engines++) fprintf(stderr, " %s", *engines);
    fputc('\n', stderr);
    return false;
}

/* what was asked for beside the results; NULL where it was not, or is not to be had */
typedef struct {
    islet_table *predictive, *alternatives;
    cli_exit found; /* EXIT_DONE unless something asked for is missing; the run's results stand all the same */
} run_ranges;

static void ranges_free(run_ranges *ranges)
{
    islet_table_free(ranges->predictive);
    islet_table_free(ranges->alternatives);
}

/* --uncertainty: predictive intervals for as many people as were simulated; --alternatives: rival accounts; both into the store */
static cli_exit find_ranges(const run_plan *plan, const cli_options *options, islet_store *store, run_ranges *out,
                            islet_problems *problems)
{
    progress p;
    islet_run_options run_options = run_options_of(options, "", &p);
    islet_status status = ISLET_OK;
    if (options->uncertainty) {
        progress_begin(&p, options->quiet);
        status = islet_uncertainty(plan->protocol, plan->patients, &run_options, &out->predictive, problems);
        progress_end(&p);
        if (status != ISLET_OK) return exit_of(status, problems, "the predictive intervals");
    }
    if (options->alternatives) {
        run_options.patients = 0;
        progress_begin(&p, options->quiet);
        status = islet_alternatives(plan->protocol, &run_options, &out->alternatives, problems);
        progress_end(&p);
        if (status != ISLET_OK) return exit_of(status, problems, "the rival accounts");
    }
    if (out->predictive || out->alternatives)
        status = islet_store_keep_ranges(store, out->predictive, out->alternatives, problems);
    return exit_of(status, problems, plan->store);
}

/* a new or a continued store; what a new one replaces is said while there is time to stop */
static bool open_store(const run_plan *plan, const cli_options *options, islet_store **store)
{
    islet_problems *problems = islet_problems_create();
    islet_status status = problems ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status == ISLET_OK && !options->resume) status = islet_store_replaces(plan->store, problems);
    if (status == ISLET_OK)
        status = options->resume ? islet_store_resume(plan->store, store, problems) : islet_store_create(plan->store, store, problems);
    print_problems(problems, !options->quiet);
    exit_of(status, problems, plan->store);
    islet_problems_free(problems);
    return status == ISLET_OK;
}

/* simulate into that store; on return it is closed */
static cli_exit simulate(const run_plan *plan, const cli_options *options, run_ranges *ranges, islet_problems *problems)
{
    progress p;
    islet_store *store = NULL;
    char date[DATE_ROOM];
    date_text(date);
    islet_run_options run_options = run_options_of(options, date, &p);
    if (!open_store(plan, options, &store)) return EXIT_IO; /* whatever is wrong with the place, the result cannot be written there */
    progress_begin(&p, options->quiet);
    islet_status status = ranks_run(plan->protocol, &run_options, store, problems);
    progress_end(&p);
    double passed_s = clock_s() - p.start_s;
    ranges->found = status == ISLET_OK ? find_ranges(plan, options, store, ranges, problems) : EXIT_DONE;

    islet_status closed = islet_store_close(store, problems);
    if (status != ISLET_OK && status != ISLET_ERR_INTERRUPTED) return exit_of(status, problems, "the run failed");
    if (closed != ISLET_OK) {
        exit_of(closed, problems, plan->store);
        return EXIT_IO;
    }
    if (status == ISLET_ERR_INTERRUPTED) {
        fprintf(stderr, "islet: interrupted; the people finished so far are kept and marked in %s%s; "
                "the same command with --resume continues\n", plan->store,
                islet_problems_count(problems) ? ", or where the next line says" : "");
        return stop_signal() ? (cli_exit)(128 + stop_signal()) : EXIT_INTERRUPTED;
    }
    if (!options->quiet && !options->resume && passed_s > 0) { /* part of the days may be older than this command */
        char days[GROUPED_ROOM], rate[GROUPED_ROOM], duration[DURATION_ROOM];
        grouped_text(p.total, days);
        grouped_text(p.total / passed_s, rate);
        duration_text(passed_s, duration);
        fprintf(stderr, "%s patient-days in %s, %s a second\n", days, duration, rate);
    }
    return EXIT_DONE;
}

/* store => report */
static cli_exit write_report(const run_plan *plan, const cli_options *options, islet_store *store, islet_problems *problems)
{
    islet_status status = islet_report_write(store, plan->report, problems);
    print_problems(problems, !options->quiet);
    if (status == ISLET_OK) {
        if (!options->quiet) fprintf(stderr, "store %s, report %s\n", plan->store, plan->report);
        return EXIT_DONE;
    }
    exit_of(status, problems, plan->report);
    fprintf(stderr, "islet: there is no report, but the results are kept: islet report %s writes it from them\n", plan->store);
    return EXIT_IO;
}

/* store => printed results, then the report; neither is lost because the other could not be written */
static cli_exit show(const run_plan *plan, const cli_options *options, const run_ranges *ranges, islet_problems *problems)
{
    islet_store *store = NULL;
    islet_table *table = NULL, *differences = NULL;
    cli_exit done;
    islet_status status = islet_store_open(plan->store, &store, problems);
    if (status == ISLET_OK) status = islet_store_results(store, &table);
    if (status == ISLET_OK) status = islet_store_differences(store, &differences);
    if (status == ISLET_OK) {
        const results_tables tables = {table, differences, ranges->predictive, ranges->alternatives};
        cli_exit printed = results_print(plan, &tables, options);
        cli_exit reported = write_report(plan, options, store, problems);
        done = printed != EXIT_DONE ? printed : reported != EXIT_DONE ? reported : ranges->found;
    } else {
        print_problems(problems, !options->quiet);
        done = exit_of(status, problems, plan->store);
    }
    islet_table_free(table);
    islet_table_free(differences);
    islet_store_close(store, NULL);
    return done;
}

/* a rank that does not keep the store: the keeper has found everything to be fine, and speaks */
static cli_exit help_keeper(const cli_options *options)
{
    islet_run_options run_options = run_options_of(options, NULL, NULL);
    islet_protocol *protocol = NULL;
    islet_problems *problems = islet_problems_create();
    run_options.progress = NULL;
    islet_status status =
        problems ? islet_protocol_read(name_for_reading(options->files[0]), &protocol, problems) : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = ranks_help(protocol, &run_options, problems);
    if (status != ISLET_OK && status != ISLET_ERR_INTERRUPTED) print_problems(problems, false);
    cli_exit done = exit_of(status, problems, "a rank failed");
    islet_protocol_free(protocol);
    islet_problems_free(problems);
    return done;
}

cli_exit verb_run(const cli_options *options)
{
    if (!ranks_is_keeper()) return help_keeper(options);
    const char *path = options->files[0];
    char *default_store = name_from(path, ".db"), *default_report = name_from(path, ".html");
    run_ranges ranges = {0};
    run_plan plan = {.store = options->has_out ? options->out : default_store,
                     .report = options->has_report ? options->report : default_report};
    islet_protocol *protocol = NULL;
    islet_problems *problems = islet_problems_create();
    cli_exit done = EXIT_USAGE;

    /* 1. everything that can be wrong is found out before any time is spent */
    if (!problems) {
        done = exit_of(ISLET_ERR_MEMORY, NULL, "islet run");
        goto end;
    }
    if (!check_outputs(path, plan.store, plan.report) || !check_engine(options->engine)) goto end;
    islet_status status = islet_protocol_read(name_for_reading(path), &protocol, problems);
    print_problems(problems, !options->quiet);
    if (status != ISLET_OK) {
        done = exit_of(status, problems, path);
        goto end;
    }
    islet_problems_free(problems); /* the protocol's warnings are said; what follows is the run's */
    problems = islet_problems_create();
    plan_fill(&plan, protocol, options);

    /* 2. the plan, or the run and what it found */
    if (options->dry_run) {
        done = plan_print(&plan, options);
        goto end;
    }
    done = EXIT_IO;
    if (!name_is_writable(plan.store) || !name_is_writable(plan.report)) goto end;
    done = simulate(&plan, options, &ranges, problems);
    if (done == EXIT_DONE) done = show(&plan, options, &ranges, problems);
    else print_problems(problems, !options->quiet);
end:
    ranges_free(&ranges);
    islet_protocol_free(protocol);
    islet_problems_free(problems);
    free(default_store);
    free(default_report);
    return done;
}
