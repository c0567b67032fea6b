/* What a run prints: each end point in each arm before treatment and at the last visit, and its difference from the arm compared with; all visits
 * as CSV and JSON. */
#include "results.h"

#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "progress.h"
#include "sources.h"
#include "verbs.h"

/* columns of islet_store_results */
enum { ARM, ENDPOINT, UNIT, DAY, VALUE, LOW, HIGH, N, RESULT_COLUMNS };

/* What there is to print. */
typedef struct {
    grid *results, *differences;
    grid *predictive, *alternatives; /* NULL unless asked for */
} found;

static bool columns_are_known(const found *f)
{
    static const char *const names[RESULT_COLUMNS] = {"arm", "endpoint", "unit", "day", "value", "ci_low", "ci_high", "n"};
    static const char *const also[] = {"against", "variance_share"};
    for (int i = 0; i < RESULT_COLUMNS; i++)
        if (grid_column(f->results, names[i]) != i || grid_column(f->differences, names[i]) < 0) return false;
    return grid_column(f->differences, also[0]) >= 0 && grid_column(f->differences, also[1]) >= 0;
}

/* row of the differences for a row of the results; -1 for the arm compared with */
static int difference_row(const found *f, int row)
{
    static const char *const keys[] = {"arm", "endpoint", "day"};
    for (int i = 0; i < f->differences->rows; i++) {
        bool same = true;
        for (int k = 0; k < 3 && same; k++)
            same = strcmp(grid_at(f->differences, i, keys[k]), grid_at(f->results, row, keys[k])) == 0;
        if (same) return i;
    }
    return -1;
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
#define DIFFERENCE_ROOM (NUMBER_ROOM + INTERVAL_ROOM + 4) /* with a blank and brackets */

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

/* Is an end point of that day not estimated though people have it? */
static bool leaves_some_out(const grid *g, const char *day)
{
    for (int row = 0; row < g->rows; row++)
        if (is_at(g, row, day) && !grid_cell(g, row, VALUE)[0] && strcmp(grid_cell(g, row, N), "0") != 0) return true;
    return false;
}

/* Is there a reaction of which no file of an arm gives a share? It has no value in anybody, dead or alive. */
static bool leaves_reactions_out(const grid *g, const char *day)
{
    for (int row = 0; row < g->rows; row++) {
        const char *key = grid_cell(g, row, ENDPOINT);
        if ((strcmp(key, "fever") == 0 || strcmp(key, "infusion_reaction") == 0) && is_at(g, row, day) && !grid_cell(g, row, VALUE)[0]) return true;
    }
    return false;
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

/* "-1.20 (-1.45 to -0.95)"; a dash in the arm compared with */
static void difference_text(const found *f, int row, int digits, char out[DIFFERENCE_ROOM])
{
    const int at = difference_row(f, row);
    char value[NUMBER_ROOM], interval[INTERVAL_ROOM];
    snprintf(out, NUMBER_ROOM, "-");
    if (at < 0 || !grid_at(f->differences, at, "value")[0]) return;
    rounded(grid_at(f->differences, at, "value"), digits, value);
    interval_text(grid_at(f->differences, at, "ci_low"), grid_at(f->differences, at, "ci_high"), digits, interval);
    snprintf(out, DIFFERENCE_ROOM, "%s (%s)", value, interval);
}

static void add_row(grid *out, const found *f, int row, int digits)
{
    const grid *g = f->results, *predictive = f->predictive, *alternatives = f->alternatives;
    char difference[DIFFERENCE_ROOM];
    difference_text(f, row, digits, difference);
    char before[NUMBER_ROOM], value[NUMBER_ROOM], interval[INTERVAL_ROOM], trials[INTERVAL_ROOM], rivals[INTERVAL_ROOM];
    const int day_0 = row_before(g, row);
    rounded(day_0 < 0 ? "" : grid_cell(g, day_0, VALUE), digits, before);
    rounded(grid_cell(g, row, VALUE), digits, value);
    interval_text(grid_cell(g, row, LOW), grid_cell(g, row, HIGH), digits, interval);
    interval_text(predictive_cell(predictive, g, row, "pi95_low"), predictive_cell(predictive, g, row, "pi95_high"),
                  digits, trials);
    interval_text(predictive_cell(alternatives, g, row, "low"), predictive_cell(alternatives, g, row, "high"), digits, rivals);
    grid_add(out, (const char *const[]){grid_cell(g, row, ENDPOINT), grid_cell(g, row, UNIT), grid_cell(g, row, ARM),
                                        before, value, interval, grid_cell(g, row, N), difference, trials, rivals});
}

/* Each end point before treatment and at its last visit. The store orders by arm; people compare arms, so that of the
 * first arm is followed by the others'. */
static grid *by_endpoint(const found *f, const char *last_day)
{
    const grid *g = f->results;
    char last[NUMBER_ROOM + sizeof "day #"];
    snprintf(last, sizeof last, "day %s#", last_day);
    grid *out = grid_create(10, (const char *const[]){"end point", "unit", "arm", "day 0#", last, "95 % interval#", "n#",
                                                      "difference (95 %)#", "95 % of trials#", "rival accounts#"});
    for (int first = 0; first < g->rows && same(g, first, 0, ARM); first++) {
        if (!is_at(g, first, last_day)) continue;
        const int digits = digits_for(g, first);
        for (int row = first; row < g->rows; row++)
            if (same(g, row, first, ENDPOINT) && is_at(g, row, last_day)) add_row(out, f, row, digits);
    }
    return out;
}

/* what the differences are from, and what the pairing was worth */
static void print_against(const run_plan *plan, const grid *differences, FILE *file)
{
    fputs("Difference: from ", file);
    print_safely(file, grid_at(differences, 0, "against"));
    fputs(islet_protocol_has_control(plan->protocol) ? ", the control" : ", the first arm, as no arm is a control", file);
    fputs(plan->paired ? ", person by person" : "", file);
    const int last = differences->rows - 1;
    double share;
    char percent[NUMBER_ROOM];
    for (int row = 0; row <= last; row++) {
        if (strcmp(grid_at(differences, row, "endpoint"), "hba1c_pct") != 0 ||
            strcmp(grid_at(differences, row, "day"), grid_at(differences, last, "day")) != 0 ||
            !number_from_text(grid_at(differences, row, "variance_share"), &share))
            continue;
        fputs("; in '", file);
        print_safely(file, grid_at(differences, row, "arm"));
        number_text(100.0 * share, 0, percent);
        fprintf(file, "' its variance in HbA1c is %s %% of that between different people", percent);
    }
    fputs(".\n", file);
}

static void print_people(const run_plan *plan, const cli_options *options, const found *f, FILE *file)
{
    const grid *g = f->results;
    int chosen[11] = {0, 1, 2, 3, 4, 5, 6}, n = 7;
    if (f->differences->rows) chosen[n++] = 7;
    if (f->predictive) chosen[n++] = 8;
    if (f->alternatives) chosen[n++] = 9;
    chosen[n] = -1;
    char people[GROUPED_ROOM], length[FOLLOW_UP_ROOM];
    grouped_text((double)plan->patients, people);
    follow_up_text(plan->years, length);
    print_safely(file, islet_protocol_title(plan->protocol));
    fprintf(file, "\n%s people%s, %d %s, %s, seed %llu%s\n\n", people, pairing_text(plan), plan->arms,
            plan->arms == 1 ? "arm" : "arms", length, (unsigned long long)plan->seed,
            options->has_seed ? "" : " (change it with --seed)");
    const char *last_day = g->rows ? grid_cell(g, g->rows - 1, DAY) : "0";
    grid *sorted = by_endpoint(f, last_day);
    grid_print(sorted, chosen, file);
    grid_free(sorted);
    fputs("\nOther visits: the report, or --csv.\n"
          "Intervals are Monte Carlo intervals at this number of people; they hold no uncertainty of the parameters.\n", file);
    if (leaves_some_out(g, last_day))
        fputs("A '-' beside people (n): the value is missing on injected insulin; where fewer than half of an arm have it, treatment has picked them.\n", file);
    if (leaves_reactions_out(g, last_day))
        fputs("A '-' beside fever or infusion_reaction: not modelled, no published share was found for what the arm is given.\n", file);
    if (f->differences->rows) print_against(plan, f->differences, file);
    if (f->predictive)
        fputs(
            "95 % of trials: where trials of this many people would find it: chance, uncertainty of the parameters, and what trials differ by from\n"
            "the model (docs/validation.md).\n",
            file);
    if (f->alternatives)
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

static void write_difference(json *j, const grid *d, int row)
{
    fputc('\n', j->file);
    json_open(j, NULL, '{');
    json_text(j, "endpoint", grid_at(d, row, "endpoint"));
    json_text(j, "unit", grid_at(d, row, "unit"));
    json_number(j, "day", grid_at(d, row, "day"));
    json_number(j, "value", grid_at(d, row, "value"));
    json_interval(j, "ci95", grid_at(d, row, "ci_low"), grid_at(d, row, "ci_high"));
    json_number(j, "n", grid_at(d, row, "n"));
    json_number(j, "variance_share", grid_at(d, row, "variance_share"));
    json_close(j, '}');
}

/* the differences of an arm; an arm that the others are compared with has none */
static void write_differences(json *j, const grid *d, const char *arm)
{
    bool begun = false;
    for (int row = 0; row < d->rows; row++) {
        if (strcmp(grid_at(d, row, "arm"), arm) != 0) continue;
        if (!begun) {
            json_text(j, "against", grid_at(d, row, "against"));
            json_open(j, "differences", '[');
        }
        begun = true;
        write_difference(j, d, row);
    }
    if (begun) json_close(j, ']');
}

static void print_json(const run_plan *plan, const found *f, FILE *file)
{
    const grid *g = f->results;
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
    if (f->differences->rows) {
        json_text(&j, "against", grid_at(f->differences, 0, "against"));
        json_bool(&j, "has_control", islet_protocol_has_control(plan->protocol));
    }
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
            if (strcmp(grid_cell(g, row, ARM), name) == 0) write_result(&j, g, f->predictive, f->alternatives, row);
        json_close(&j, ']');
        write_differences(&j, f->differences, name);
        json_close(&j, '}');
    }
    json_close(&j, ']');
    json_close(&j, '}');
}

#define CSV_MORE 5 /* columns that ranges and the arm compared with may add */

/* A row of a difference, in the columns of a result: of the arm "full dose minus insulin alone", with the second in the last column: an arm may be
 * called anything. */
static void add_difference(grid *all, const grid *d, int row)
{
    static const char between[] = " minus ";
    const char *arm = grid_at(d, row, "arm"), *against = grid_at(d, row, "against");
    const char *cells[RESULT_COLUMNS + CSV_MORE] = {[ENDPOINT] = grid_at(d, row, "endpoint"), [UNIT] = grid_at(d, row, "unit"),
                                             [DAY] = grid_at(d, row, "day"),           [VALUE] = grid_at(d, row, "value"),
                                             [LOW] = grid_at(d, row, "ci_low"),        [HIGH] = grid_at(d, row, "ci_high"),
                                             [N] = grid_at(d, row, "n")};
    const size_t room = strlen(arm) + sizeof between + strlen(against);
    char *both = need_memory(room);
    snprintf(both, room, "%s%s%s", arm, between, against);
    cells[ARM] = both;
    cells[all->columns - 1] = against;
    grid_add(all, cells);
    free(both);
}

/* the results with each range that was asked for as two columns more; then the differences, as rows of their own */
static void write_csv(const found *f, FILE *file)
{
    const char *names[RESULT_COLUMNS + CSV_MORE] = {"arm", "endpoint", "unit", "day#", "value#", "ci_low#", "ci_high#", "n#"};
    const grid *g = f->results, *predictive = f->predictive, *alternatives = f->alternatives;
    int columns = RESULT_COLUMNS;
    if (predictive) {
        names[columns++] = "pi95_low#";
        names[columns++] = "pi95_high#";
    }
    if (alternatives) {
        names[columns++] = "alternatives_low#";
        names[columns++] = "alternatives_high#";
    }
    names[columns++] = "comparator_arm";
    grid *all = grid_create(columns, names);
    for (int row = 0; row < g->rows; row++) {
        const char *cells[RESULT_COLUMNS + CSV_MORE];
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
        cells[at] = "";
        grid_add(all, cells);
    }
    for (int row = 0; row < f->differences->rows; row++) add_difference(all, f->differences, row);
    grid_write_csv(all, file);
    grid_free(all);
}

cli_exit results_print(const run_plan *plan, const results_tables *tables, const cli_options *options)
{
    found f = {.results = grid_from_table(tables->results), .differences = grid_from_table(tables->differences)};
    if (tables->predictive) f.predictive = grid_from_table(tables->predictive);
    if (tables->alternatives) f.alternatives = grid_from_table(tables->alternatives);
    cli_exit done = EXIT_DONE;
    if (!columns_are_known(&f)) {
        fprintf(
            stderr,
            "islet: the library's table of results has other columns than this command knows; install them together\n");
        done = EXIT_USAGE;
        goto end;
    }
    if (options->json) print_json(plan, &f, stdout);
    else if (options->csv) write_csv(&f, stdout);
    else print_people(plan, options, &f, stdout);
    if (options->explain && !options->json && !options->csv) done = sources_print(islet_protocol_population(plan->protocol), stdout);
    output out = {.file = stdout};
    cli_exit closed = output_close(&out);
    if (done == EXIT_DONE) done = closed;
end:
    grid_free(f.results);
    grid_free(f.differences);
    grid_free(f.predictive);
    grid_free(f.alternatives);
    return done;
}
