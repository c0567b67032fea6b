/* islet evidence: the tables of the evidence base, or rows of a file, narrowed and exported. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "verbs.h"

#define SHOWN_MAX 12
#define DIGITS 4 /* after the point, for people; programs get all */

/* what people see of each table: columns, the text below each row, and what --explain adds to it */
static const struct {
    const char *table, *columns[SHOWN_MAX], *below, *explain[3];
} views[] = {
    {"outcomes",
     {"trial_id", "arm", "role", "endpoint", "statistic", "day", "n", "value", "sd", "events", "unit"},
     NULL,
     {"population", "note", "source"}},
    {"outcomes_original",
     {"row", "taken", "role", "trial_id", "arm_id", "outcome", "time_months"},
     "left_because",
     {"statistic_note", "source_url"}},
    {"claims", {"claim_id", "kind", "reviewer_verdict", "claim"}, NULL, {"evidence", "source_url"}},
    {"meta_pooled",
     {"meta_id", "diabetes_type", "effect_measure", "k", "estimate", "ci_low", "ci_high"},
     "outcome",
     {"unit", "citation", "source_url"}},
    {"meta_inputs", {"meta_id", "study", "n1", "mean1", "sd1", "n2", "mean2", "sd2"}, "outcome", {"source_url"}},
    {"parameters", {"module", "symbol", "value", "unit", "population"}, "parameter", {"citation", "source_url"}},
    {"graft_parameters",
     {"symbol", "value", "low", "high", "unit"},
     "parameter",
     {"context", "citation", "source_url"}},
};

/* what an option asks of a row: one of these columns has the text, whole or as a part of it */
typedef struct {
    const char *option, *wanted, *columns[2];
    bool part;
} filter;
#define FILTERS 5

static bool has_text(const char *cell, const char *wanted)
{
    size_t n = strlen(wanted);
    for (; strlen(cell) >= n; cell++) {
        size_t i = 0;
        while (i < n && tolower((unsigned char)cell[i]) == tolower((unsigned char)wanted[i])) i++;
        if (i == n) return true;
    }
    return false;
}

static bool passes(const grid *g, int row, const filter *f)
{
    for (int i = 0; i < 2 && f->columns[i]; i++) {
        int at = grid_column(g, f->columns[i]);
        if (at < 0) continue;
        const char *cell = grid_cell(g, row, at);
        if (f->part ? has_text(cell, f->wanted) : strlen(cell) == strlen(f->wanted) && has_text(cell, f->wanted)) return true;
    }
    return false;
}

/* An exact name that no row has is a slip of the pen; a text that is in no row is an answer. */
static bool filter_makes_sense(const grid *g, const filter *f, const char *table)
{
    int at = -1;
    const char *best = NULL;
    for (int i = 0; i < 2 && f->columns[i] && at < 0; i++) at = grid_column(g, f->columns[i]);
    if (at < 0) {
        fprintf(stderr, "islet: the table %s has nothing that --%s could ask for\n", table, f->option);
        return false;
    }
    for (int row = 0; row < g->rows; row++)
        if (f->part || passes(g, row, f)) return true;
    const char **names = need_memory((size_t)(g->rows + 1) * sizeof *names);
    for (int row = 0; row < g->rows; row++) names[row] = grid_cell(g, row, at);
    names[g->rows] = NULL;
    best = cli_closest(f->wanted, names);
    fprintf(stderr, "islet: no row has the %s '%s'", f->option, f->wanted);
    fprintf(stderr, best ? "; did you mean '%s'?\n" : "; islet evidence lists all\n", best);
    free(names);
    return false;
}

/* the rows that pass every filter, as a grid of their own; NULL after a message */
static grid *narrowed(const grid *g, const cli_options *options, const char *table)
{
    const filter filters[FILTERS] = {{"role", options->role, {"role"}, false},
                                     {"endpoint", options->endpoint, {"endpoint"}, false},
                                     {"trial", options->trial, {"trial_id", "cohort_group"}, false},
                                     {"cells", options->cells, {"cell_type", "cell_source"}, true},
                                     {"people", options->people, {"population"}, true}};
    for (int i = 0; i < FILTERS; i++)
        if (filters[i].wanted && !filter_makes_sense(g, &filters[i], table)) return NULL;
    const char **cells = need_memory((size_t)g->columns * sizeof *cells);
    for (int i = 0; i < g->columns; i++) cells[i] = g->names[i];
    grid *out = grid_create(g->columns, cells);
    memcpy(out->is_number, g->is_number, (size_t)g->columns * sizeof *out->is_number);
    for (int row = 0; row < g->rows; row++) {
        bool pass = true;
        for (int i = 0; i < FILTERS; i++) pass = pass && (!filters[i].wanted || passes(g, row, &filters[i]));
        if (!pass) continue;
        for (int i = 0; i < g->columns; i++) cells[i] = grid_cell(g, row, i);
        grid_add(out, cells);
    }
    free(cells);
    return out;
}

/* numbers as people read them; grid cells are the caller's own */
static void shorten_numbers(grid *g)
{
    char text[NUMBER_ROOM];
    double value;
    for (int i = 0; i < g->rows * g->columns; i++) {
        if (!g->is_number[i % g->columns] || !number_from_text(g->cells[i], &value)) continue;
        number_short(value, DIGITS, text);
        if (strlen(text) >= strlen(g->cells[i])) continue;
        free(g->cells[i]);
        g->cells[i] = need_copy(text);
    }
}

static cli_exit print_view(grid *g, const cli_options *options, const char *table)
{
    int chosen[SHOWN_MAX + 1], notes[5], n = 0, n_notes = 0;
    size_t view = 0;
    while (strcmp(views[view].table, table) != 0) view++;
    for (int i = 0; i < SHOWN_MAX && views[view].columns[i]; i++) chosen[n++] = grid_column(g, views[view].columns[i]);
    if (views[view].below) notes[n_notes++] = grid_column(g, views[view].below);
    for (int i = 0; i < 3 && views[view].explain[i] && options->explain; i++)
        notes[n_notes++] = grid_column(g, views[view].explain[i]);
    chosen[n] = notes[n_notes] = -1;
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    shorten_numbers(g);
    grid_print_notes(g, chosen, notes, out.file);
    return output_close(&out);
}

static cli_exit show(islet_table *rows, const cli_options *options, const char *table)
{
    grid *all = grid_from_table(rows), *g = narrowed(all, options, table);
    cli_exit done = EXIT_USAGE;
    if (g && (options->json || options->csv)) done = grid_result(g, options, "islet.evidence/1", NULL);
    else if (g) done = print_view(g, options, table);
    if (done == EXIT_DONE && !options->quiet) fprintf(stderr, "islet: %d of %d rows\n", g->rows, all->rows);
    grid_free(g);
    grid_free(all);
    return done;
}

cli_exit verb_evidence(const cli_options *options)
{
    const char *table = options->table ? options->table : "outcomes",
               *file = options->n_files ? options->files[0] : NULL;
    const char *const *names = islet_evidence_names();
    bool known = false;
    for (int i = 0; names[i]; i++) known = known || strcmp(names[i], table) == 0;
    if (!known) {
        const char *best = cli_closest(table, names);
        fprintf(stderr, "islet: there is no table '%s'%s%s; islet help evidence lists them\n", table,
                best ? "; did you mean " : "", best ? best : "");
        return EXIT_USAGE;
    }
    islet_problems *problems = islet_problems_create();
    if (!problems) return exit_of(ISLET_ERR_MEMORY, NULL, table);
    islet_table *rows = NULL;
    islet_status status = islet_evidence_table(table, file ? name_for_reading(file) : NULL, &rows, problems);
    cli_exit done = exit_of(status, problems, file ? file : table);
    print_problems(problems, !options->quiet);
    if (done == EXIT_DONE) done = show(rows, options, table);
    islet_table_free(rows);
    islet_problems_free(problems);
    return done;
}
