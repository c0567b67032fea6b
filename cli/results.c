/* What a run prints: each end point in each arm before treatment and at the last visit; all visits as CSV and JSON. */
#include "results.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "progress.h"
#include "sources.h"
#include "verbs.h"

/* columns of islet_store_results */
enum { ARM, ENDPOINT, UNIT, DAY, VALUE, LOW, HIGH, N, RESULT_COLUMNS };

static bool columns_are_known(const grid *g)
{
    static const char *const names[RESULT_COLUMNS] = {"arm", "endpoint", "unit", "day", "value", "ci_low", "ci_high", "n"};
    for (int i = 0; i < RESULT_COLUMNS; i++)
        if (grid_column(g, names[i]) != i) return false;
    return true;
}

/* row of the predictive intervals for a row of the results; -1 without one */
static int predictive_row(const grid *predictive, const grid *g, int row)
{
    for (int i = 0; predictive && i < predictive->rows; i++) {
        bool arm = strcmp(grid_cell(predictive, i, 0), grid_cell(g, row, ARM)) == 0;
        bool endpoint = strcmp(grid_cell(predictive, i, 1), grid_cell(g, row, ENDPOINT)) == 0;
        if (arm && endpoint && strcmp(grid_cell(predictive, i, 3), grid_cell(g, row, DAY)) == 0) return i;
    }
    return -1;
}

static const char *predictive_cell(const grid *predictive, const grid *g, int row, const char *column)
{
    int at = predictive_row(predictive, g, row);
    return at < 0 ? "" : grid_cell(predictive, at, grid_column(predictive, column));
}

/* ---- columns for people ---- */

#define INTERVAL_ROOM (2 * NUMBER_ROOM + sizeof " to ")

static bool same(const grid *g, int a, int b, int column)
{
    return strcmp(grid_cell(g, a, column), grid_cell(g, b, column)) == 0;
}

/* digits after the point that leave the largest estimate of an end point three or four telling ones */
static int digits_for(const grid *g, int endpoint_row)
{
    double largest = 0;
    for (int row = 0; row < g->rows; row++) {
        double value;
        if (!same(g, row, endpoint_row, ENDPOINT) || !number_from_text(grid_cell(g, row, VALUE), &value)) continue;
        if (value < 0) value = -value;
        if (value > largest) largest = value;
    }
    return largest < 2 ? 3 : largest < 20 ? 2 : 1;
}

static void rounded(const char *text, int digits, char out[NUMBER_ROOM])
{
    double value;
    out[0] = '\0';
    if (number_from_text(text, &value)) number_text(value, digits, out);
    if (!out[0]) snprintf(out, NUMBER_ROOM, "-"); /* nobody had a value, or it is not estimated */
}

static bool is_at(const grid *g, int row, const char *day)
{
    return strcmp(grid_cell(g, row, DAY), day) == 0;
}

/* the row of this arm and end point before treatment; -1 where there is none */
static int row_before(const grid *g, int row)
{
    for (int i = 0; i < g->rows; i++)
        if (same(g, i, row, ARM) && same(g, i, row, ENDPOINT) && is_at(g, i, "0")) return i;
    return -1;
}

static void interval_text(const char *low_text, const char *high_text, int digits, char out[INTERVAL_ROOM])
{
    char low[NUMBER_ROOM], high[NUMBER_ROOM];
    rounded(low_text, digits, low);
    rounded(high_text, digits, high);
    snprintf(out, INTERVAL_ROOM, "%s to %s", low, high);
}

static void add_row(grid *out, const grid *g, const grid *predictive, const grid *alternatives, int row, int digits)
{
    char before[NUMBER_ROOM], value[NUMBER_ROOM], interval[INTERVAL_ROOM], trials[INTERVAL_ROOM], rivals[INTERVAL_ROOM];
    const int day_0 = row_before(g, row);
    rounded(day_0 < 0 ? "" : grid_cell(g, day_0, VALUE), digits, before);
    rounded(grid_cell(g, row, VALUE), digits, value);
    interval_text(grid_cell(g, row, LOW), grid_cell(g, row, HIGH), digits, interval);
    interval_text(predictive_cell(predictive, g, row, "pi95_low"), predictive_cell(predictive, g, row, "pi95_high"),
                  digits, trials);
    interval_text(predictive_cell(alternatives, g, row, "low"), predictive_cell(alternatives, g, row, "high"), digits, rivals);
    grid_add(out, (const char *const[]){grid_cell(g, row, ENDPOINT), grid_cell(g, row, UNIT), grid_cell(g, row, ARM),
                                        before, value, interval, grid_cell(g, row, N), trials, rivals});
}

/* Each end point before treatment and at its last visit. The store orders by arm; people compare arms, so that of the
 * first arm is followed by the others'. */
static grid *by_endpoint(const grid *g, const grid *predictive, const grid *alternatives, const char *last_day)
{
    char last[NUMBER_ROOM + sizeof "day #"];
    snprintf(last, sizeof last, "day %s#", last_day);
    grid *out = grid_create(9, (const char *const[]){"end point", "unit", "arm", "day 0#", last, "95 % interval#", "n#",
                                                     "95 % of trials#", "rival accounts#"});
    for (int first = 0; first < g->rows && same(g, first, 0, ARM); first++) {
        if (!is_at(g, first, last_day)) continue;
        const int digits = digits_for(g, first);
        for (int row = first; row < g->rows; row++)
            if (same(g, row, first, ENDPOINT) && is_at(g, row, last_day)) add_row(out, g, predictive, alternatives, row, digits);
    }
    return out;
}

static void print_people(const run_plan *plan, const cli_options *options, const grid *g, const grid *predictive,
                         const grid *alternatives, FILE *file)
{
    const int chosen[] = {0, 1, 2, 3, 4, 5, 6, predictive ? 7 : alternatives ? 8 : -1, predictive && alternatives ? 8 : -1, -1};
    char people[GROUPED_ROOM], length[FOLLOW_UP_ROOM];
    grouped_text((double)plan->patients, people);
    follow_up_text(plan->years, length);
    print_safely(file, islet_protocol_title(plan->protocol));
    fprintf(file, "\n%s people%s, %d %s, %s, seed %llu%s\n\n", people, pairing_text(plan), plan->arms,
            plan->arms == 1 ? "arm" : "arms", length, (unsigned long long)plan->seed,
            options->has_seed ? "" : " (change it with --seed)");
    const char *last_day = g->rows ? grid_cell(g, g->rows - 1, DAY) : "0";
    grid *sorted = by_endpoint(g, predictive, alternatives, last_day);
    grid_print(sorted, chosen, file);
    grid_free(sorted);
    fputs("\nOther visits: the report, or --csv.\n"
          "Intervals are Monte Carlo intervals at this number of people; they hold no uncertainty of the parameters.\n", file);
    if (predictive)
        fputs(
            "95 % of trials: where trials of this many people would find it: chance, uncertainty of the parameters, and what trials differ by from\n"
            "the model (docs/validation.md).\n",
            file);
    if (alternatives)
        fputs(
            "Rival accounts: from the lowest to the highest under other accounts of what the evidence does not settle (docs/formats.md).\n",
            file);
    fputs("Research software, never medical advice.\n", file);
}

/* ---- islet.run/1 ---- */

static void write_result(json *j, const grid *g, const grid *predictive, const grid *alternatives, int row)
{
    fputc('\n', j->file);
    json_open(j, NULL, '{');
    json_text(j, "endpoint", grid_cell(g, row, ENDPOINT));
    json_text(j, "unit", grid_cell(g, row, UNIT));
    json_number(j, "day", grid_cell(g, row, DAY));
    json_number(j, "value", grid_cell(g, row, VALUE));
    json_interval(j, "ci95", grid_cell(g, row, LOW), grid_cell(g, row, HIGH));
    if (predictive)
        json_interval(j, "pi95", predictive_cell(predictive, g, row, "pi95_low"),
                      predictive_cell(predictive, g, row, "pi95_high"));
    if (alternatives)
        json_interval(j, "alternatives", predictive_cell(alternatives, g, row, "low"),
                      predictive_cell(alternatives, g, row, "high"));
    json_number(j, "n", grid_cell(g, row, N));
    json_close(j, '}');
}

static void print_json(const run_plan *plan, const grid *g, const grid *predictive, const grid *alternatives, FILE *file)
{
    char years[NUMBER_ROOM], seed[NUMBER_ROOM];
    number_short(plan->years, 4, years);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)plan->seed);
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.run/1");
    json_text(&j, "version", islet_version());
    json_text(&j, "title", islet_protocol_title(plan->protocol));
    json_number(&j, "seed", seed);
    json_integer(&j, "patients", plan->patients);
    json_number(&j, "years", years);
    json_bool(&j, "paired", plan->paired);
    json_text(&j, "store", plan->store);
    json_text(&j, "report", plan->report);
    json_open(&j, "arms", '[');
    for (int arm = 0; arm < plan->arms; arm++) {
        const char *name = islet_protocol_arm_name(plan->protocol, arm);
        json_open(&j, NULL, '{');
        json_text(&j, "name", name);
        json_integer(&j, "n", plan->patients);
        json_open(&j, "results", '[');
        for (int row = 0; row < g->rows; row++)
            if (strcmp(grid_cell(g, row, ARM), name) == 0) write_result(&j, g, predictive, alternatives, row);
        json_close(&j, ']');
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

/* the results with each range that was asked for as two columns more */
static void write_csv(const grid *g, const grid *predictive, const grid *alternatives, FILE *file)
{
    const char *names[RESULT_COLUMNS + 4] = {"arm", "endpoint", "unit", "day#", "value#", "ci_low#", "ci_high#", "n#"};
    int columns = RESULT_COLUMNS;
    if (!predictive && !alternatives) {
        grid_write_csv(g, file);
        return;
    }
    if (predictive) {
        names[columns++] = "pi95_low#";
        names[columns++] = "pi95_high#";
    }
    if (alternatives) {
        names[columns++] = "alternatives_low#";
        names[columns++] = "alternatives_high#";
    }
    grid *all = grid_create(columns, names);
    for (int row = 0; row < g->rows; row++) {
        const char *cells[RESULT_COLUMNS + 4];
        int at = RESULT_COLUMNS;
        for (int i = 0; i < RESULT_COLUMNS; i++) cells[i] = grid_cell(g, row, i);
        if (predictive) {
            cells[at++] = predictive_cell(predictive, g, row, "pi95_low");
            cells[at++] = predictive_cell(predictive, g, row, "pi95_high");
        }
        if (alternatives) {
            cells[at++] = predictive_cell(alternatives, g, row, "low");
            cells[at++] = predictive_cell(alternatives, g, row, "high");
        }
        grid_add(all, cells);
    }
    grid_write_csv(all, file);
    grid_free(all);
}

cli_exit results_print(const run_plan *plan, const islet_table *table, const islet_table *predictive_table,
                       const islet_table *alternatives_table, const cli_options *options)
{
    grid *g = grid_from_table(table), *predictive = predictive_table ? grid_from_table(predictive_table) : NULL;
    grid *alternatives = alternatives_table ? grid_from_table(alternatives_table) : NULL;
    if (!columns_are_known(g)) {
        fprintf(
            stderr,
            "islet: the library's table of results has other columns than this command knows; install them together\n");
        grid_free(g);
        if (predictive) grid_free(predictive);
        if (alternatives) grid_free(alternatives);
        return EXIT_USAGE;
    }
    cli_exit done = EXIT_DONE;
    if (options->json) print_json(plan, g, predictive, alternatives, stdout);
    else if (options->csv) write_csv(g, predictive, alternatives, stdout);
    else print_people(plan, options, g, predictive, alternatives, stdout);
    if (options->explain && !options->json && !options->csv) done = sources_print(islet_protocol_population(plan->protocol), stdout);
    grid_free(g);
    if (predictive) grid_free(predictive);
    if (alternatives) grid_free(alternatives);
    output out = {.file = stdout};
    cli_exit closed = output_close(&out);
    return done == EXIT_DONE ? closed : done;
}
