/* islet meta: pools the studies of a table, or the arms of a network. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "verbs.h"

#define DIGITS 4       /* after the point, for people; programs get all */
#define P_LEAST 0.0001 /* smaller p values are shown to people as being smaller */

typedef struct {
    const char *name;
    double value;
} quantity;

static void write_quantity(json *j, const char *name, double value)
{
    char text[NUMBER_ROOM];
    number_exact(value, text);
    json_number(j, name, text);
}

static void write_interval(json *j, const char *name, double low, double high)
{
    json_open(j, name, '[');
    write_quantity(j, NULL, low);
    write_quantity(j, NULL, high);
    json_close(j, ']');
}

static void write_table(json *j, const char *name, const islet_table *table)
{
    grid *g = grid_from_table(table);
    json_rows(j, name, g);
    grid_free(g);
}

static void write_bias(json *j, const islet_meta *m)
{
    json_open(j, "small_study", '{');
    const quantity numbers[] = {{"egger_z", m->egger_z},
                                {"egger_p", m->egger_p},
                                {"rank_tau", m->rank_tau},
                                {"rank_p", m->rank_p},
                                {"trim_fill_estimate", m->trim_estimate},
                                {"trim_fill_se", m->trim_se}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) write_quantity(j, numbers[i].name, numbers[i].value);
    write_interval(j, "trim_fill_ci95", m->trim_low, m->trim_high);
    const quantity filled[] = {{"trim_fill_tau2", m->trim_tau2}, {"trim_fill_q", m->trim_q}, {"trim_fill_i2", m->trim_i2_pct}};
    for (size_t i = 0; i < sizeof filled / sizeof *filled; i++) write_quantity(j, filled[i].name, filled[i].value);
    json_integer(j, "trim_fill_added", m->trim_added);
    json_text(j, "trim_fill_side", !m->trim_added ? "" : m->trim_right ? "right" : "left");
    json_close(j, '}');
}

/* why nothing is pooled, null when it is */
static void write_refusal(json *j, const char *refusal, const char *why)
{
    if (*refusal) json_text(j, "refusal", refusal);
    else json_number(j, "refusal", "");
    if (*refusal) json_text(j, "why", why);
}

static void write_json(const islet_meta *m, FILE *file)
{
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.meta/1");
    json_text(&j, "measure", m->measure);
    json_text(&j, "method", m->method);
    json_integer(&j, "k", m->k);
    json_integer(&j, "left_out", m->left_out);
    write_refusal(&j, m->refusal, m->why);
    write_quantity(&j, "estimate", m->estimate);
    write_quantity(&j, "se", m->se);
    write_interval(&j, "ci95", m->ci_low, m->ci_high);
    write_interval(&j, "pi95", m->pi_low, m->pi_high);
    const quantity numbers[] = {{"tau2", m->tau2}, {"i2", m->i2_pct}, {"h2", m->h2},      {"q", m->q},
                                {"q_p", m->q_p},   {"p", m->p},       {"shown", m->shown}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) write_quantity(&j, numbers[i].name, numbers[i].value);
    write_interval(&j, "shown_ci95", m->shown_low, m->shown_high);
    write_interval(&j, "shown_pi95", m->shown_pi_low, m->shown_pi_high);
    write_interval(&j, "tau2_ci95", m->tau2_low, m->tau2_high);
    write_interval(&j, "tau2_profile_ci95", m->profile_low, m->profile_high);
    write_bias(&j, m);
    write_quantity(&j, "r2", m->r2_pct);
    write_quantity(&j, "correlation_assumed", m->correlation);
    write_quantity(&j, "between_subgroups_q", m->between_q);
    json_integer(&j, "between_subgroups_df", m->between_df);
    write_quantity(&j, "between_subgroups_p", m->between_p);
    write_table(&j, "subgroups", m->subgroups);
    write_table(&j, "coefficients", m->coefficients);
    write_table(&j, "studies", m->studies);
    write_table(&j, "sensitivity", m->sensitivity);
    write_table(&j, "left", m->left);
    json_close(&j, '}');
}

/* four digits after the point; a p value that would read 0 says that it is smaller */
static void text_for_people(double value, bool is_p, char text[NUMBER_ROOM])
{
    number_text(value, DIGITS, text);
    if (is_p && value < P_LEAST) snprintf(text, NUMBER_ROOM, "<0.0001");
    else if (value == (double)(int)value && !strchr(text, '-')) number_short(value, DIGITS, text);
}

static bool is_p_value(const char *name)
{
    return strcmp(name, "p") == 0 || strcmp(name, "q_p") == 0;
}

/* a table for people */
static void print_table(const islet_table *table, FILE *file)
{
    int chosen[16], n = 0;
    grid *g = grid_from_table(table);
    for (int i = 0; i < g->columns; i++) {
        bool filled = g->rows == 0;
        for (int row = 0; row < g->rows; row++) filled = filled || *grid_cell(g, row, i);
        if (filled) chosen[n++] = i;
    }
    chosen[n] = -1;
    for (int i = 0; i < g->rows * g->columns; i++) {
        double value;
        char text[NUMBER_ROOM];
        if (!g->is_number[i % g->columns] || !number_from_text(g->cells[i], &value)) continue;
        text_for_people(value, is_p_value(g->names[i % g->columns]), text);
        free(g->cells[i]);
        g->cells[i] = need_copy(text);
    }
    grid_print(g, chosen, file);
    grid_free(g);
}

static void print_value(FILE *file, const char *name, double value)
{
    char text[NUMBER_ROOM];
    number_text(value, DIGITS, text);
    fprintf(file, "%s%s", name, *text ? text : "-");
}

/* " (p 0.0123)" or " (p <0.0001)" */
static void print_p(FILE *file, double p)
{
    char text[NUMBER_ROOM];
    text_for_people(p, true, text);
    fprintf(file, " (p %s)", *text ? text : "-");
}

static void print_interval(FILE *file, const char *name, double low, double high)
{
    if (!(low <= high)) return;
    print_value(file, name, low);
    print_value(file, " to ", high);
}

static void print_pooled(const islet_meta *m, FILE *file)
{
    static const char *const ratios = " RR OR PETO ";
    char word[12];
    snprintf(word, sizeof word, " %s ", m->measure);
    bool ratio = strstr(ratios, word), share = strcmp(m->measure, "PLO") == 0 || strcmp(m->measure, "PFT") == 0;
    fprintf(file, "\n%s by %s, %d studies%s\n", m->measure, m->method, m->k,
            ratio   ? ", on the scale of natural logarithms"
            : share ? ", on the transformed scale"
                    : "");
    print_table(m->coefficients, file);
    if ((ratio || share) && islet_table_rows(m->coefficients) == 1) {
        print_value(file, ratio ? "as a ratio " : "as a share ", m->shown);
        print_interval(file, ", 95 % interval ", m->shown_low, m->shown_high);
        print_interval(file, "; of a new study ", m->shown_pi_low, m->shown_pi_high);
        fputc('\n', file);
    }
    if (m->pi_low <= m->pi_high) {
        const bool ends = strcmp(m->measure, "PR") == 0 || strcmp(m->measure, "RD") == 0; /* the scale has */
        print_interval(file, "95 % prediction interval of a new study ", ends ? m->shown_pi_low : m->pi_low, ends ? m->shown_pi_high : m->pi_high);
        fputc('\n', file);
    }
}

static void print_around(const islet_meta *m, FILE *file)
{
    print_value(file, "heterogeneity: Q ", m->q);
    print_p(file, m->q_p);
    print_value(file, ", I2 ", m->i2_pct);
    print_value(file, " %, tau2 ", m->tau2);
    print_interval(file, ", Q-profile interval ", m->tau2_low, m->tau2_high);
    if (m->r2_pct >= 0) {
        print_value(file, ", R2 ", m->r2_pct);
        fputs(" % explained by the moderators", file);
    }
    fputc('\n', file);
    if (!(m->egger_p <= 1)) return;
    print_value(file, "small-study effects: Egger z ", m->egger_z);
    print_p(file, m->egger_p);
    print_value(file, ", rank correlation ", m->rank_tau);
    print_p(file, m->rank_p);
    fputc('\n', file);
    if (!(m->trim_low <= m->trim_high)) return;
    fprintf(file, "trim and fill: %d added%s", m->trim_added,
            !m->trim_added  ? ""
            : m->trim_right ? " on the right"
                            : " on the left");
    print_value(file, ", pooled ", m->trim_estimate);
    print_interval(file, ", 95 % interval ", m->trim_low, m->trim_high);
    fputc('\n', file);
}

static void print_subgroups(const islet_meta *m, FILE *file)
{
    if (islet_table_rows(m->subgroups) == 0) return;
    fputc('\n', file);
    print_table(m->subgroups, file);
    if (m->between_df == 0) return;
    print_value(file, "test between subgroups: Q ", m->between_q);
    fprintf(file, " on %d degree%s of freedom", m->between_df, m->between_df > 1 ? "s" : "");
    print_p(file, m->between_p);
    fputc('\n', file);
}

/* what the pool would be with other correlations between before and after */
static void print_correlation(const islet_meta *m, FILE *file)
{
    if (!(m->correlation < 1)) return;
    print_value(file, "\ncorrelation between before and after, assumed where none is reported: ", m->correlation);
    fputc('\n', file);
    for (int row = 0; row < islet_table_rows(m->sensitivity); row++) {
        double value, low, high;
        if (strcmp(islet_table_cell(m->sensitivity, row, 0), "correlation") != 0) continue;
        if (!number_from_text(islet_table_cell(m->sensitivity, row, 2), &value) ||
            !number_from_text(islet_table_cell(m->sensitivity, row, 3), &low) ||
            !number_from_text(islet_table_cell(m->sensitivity, row, 4), &high))
            continue;
        fprintf(file, "  with %s", islet_table_cell(m->sensitivity, row, 1));
        print_value(file, ": ", value);
        print_interval(file, ", 95 % interval ", low, high);
        fputc('\n', file);
    }
}

static void print_refusal(const char *refusal, const char *why, FILE *file)
{
    fprintf(file, "\nnot pooled (%s): ", refusal);
    print_safely(file, why);
    fputc('\n', file);
}

static void print_meta(const islet_meta *m, FILE *file)
{
    if (islet_table_rows(m->studies) > 0) print_table(m->studies, file);
    if (*m->refusal) {
        print_refusal(m->refusal, m->why, file);
    } else {
        print_pooled(m, file);
        print_around(m, file);
    }
    print_subgroups(m, file);
    print_correlation(m, file);
}

/* ---- CSV: the pool first, then what it is of ---- */

enum { NAME, ESTIMATE, SE, LOW, HIGH, P, PART, WEIGHT, PI_LOW, PI_HIGH, TAU2, I2, Q, Q_P, K, VARIANCE, NOTE, CSV_COLUMNS };

static void add_from(grid *g, const islet_table *table, int row, const char *part, const int (*columns)[2])
{
    const char *cells[CSV_COLUMNS] = {[PART] = part};
    for (; (*columns)[0] >= 0; columns++) cells[(*columns)[0]] = islet_table_cell(table, row, (*columns)[1]);
    grid_add(g, cells);
}

/* the pool or, with moderators, its coefficients; what is said of the pool as a whole stands in the first row */
static void add_pool(grid *g, const islet_meta *m)
{
    char number[K + 1][NUMBER_ROOM];
    const double whole[] = {[PI_LOW] = m->pi_low, [PI_HIGH] = m->pi_high, [TAU2] = m->tau2, [I2] = m->i2_pct,
                            [Q] = m->q,           [Q_P] = m->q_p,         [K] = m->k};
    for (int row = 0; row < islet_table_rows(m->coefficients); row++) {
        const char *cells[CSV_COLUMNS] = {[PART] = "pool"};
        for (int i = NAME; i <= P; i++) cells[i] = islet_table_cell(m->coefficients, row, i);
        for (int i = PI_LOW; i <= K && row == 0; i++) {
            number_exact(whole[i], number[i]);
            cells[i] = number[i];
        }
        grid_add(g, cells);
    }
}

static void write_csv(const islet_meta *m, FILE *file)
{
    static const char *const names[CSV_COLUMNS] = {"name", "estimate#", "se#", "ci_low#", "ci_high#", "p#", "part", "weight_pct#",
                                                   "pi_low#", "pi_high#", "tau2#", "i2_pct#", "q#", "q_p#", "k#", "variance#", "note"};
    static const int group[][2] = {{NAME, 0}, {K, 1}, {ESTIMATE, 2}, {SE, 3}, {LOW, 4}, {HIGH, 5}, {PI_LOW, 6}, {PI_HIGH, 7},
                                   {TAU2, 8}, {I2, 9}, {Q, 10}, {Q_P, 11}, {-1, 0}};
    static const int study[][2] = {{NAME, 0}, {ESTIMATE, 1}, {VARIANCE, 2}, {LOW, 3}, {HIGH, 4}, {WEIGHT, 5}, {NOTE, 6}, {-1, 0}};
    static const int left[][2] = {{NAME, 0}, {NOTE, 2}, {-1, 0}};
    grid *g = grid_create(CSV_COLUMNS, names);
    if (*m->refusal) grid_add(g, (const char *const[CSV_COLUMNS]){[NAME] = m->refusal, [PART] = "refusal", [NOTE] = m->why});
    else add_pool(g, m);
    for (int row = 0; row < islet_table_rows(m->subgroups); row++) add_from(g, m->subgroups, row, "subgroup", group);
    for (int row = 0; row < islet_table_rows(m->studies); row++) add_from(g, m->studies, row, "study", study);
    for (int row = 0; row < islet_table_rows(m->left); row++) add_from(g, m->left, row, "left", left);
    grid_write_csv(g, file);
    grid_free(g);
}

static cli_exit show(const islet_meta *m, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    if (options->json) {
        write_json(m, out.file);
    } else if (options->csv) {
        write_csv(m, out.file);
    } else {
        print_meta(m, out.file);
    }
    cli_exit closed = output_close(&out);
    return closed != EXIT_DONE ? closed : *m->refusal && islet_table_rows(m->subgroups) == 0 ? EXIT_NO : EXIT_DONE;
}

/* ---- network ---- */

static void write_network(const islet_network *n, FILE *file)
{
    json j = {.file = file};
    const quantity numbers[] = {{"tau2", n->tau2},
                                {"q", n->q},
                                {"q_p", n->q_p},
                                {"q_within", n->q_within},
                                {"q_within_p", n->q_within_p},
                                {"q_between", n->q_between},
                                {"q_between_p", n->q_between_p}};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.meta/1");
    json_text(&j, "analysis", "network");
    json_text(&j, "measure", n->measure);
    json_text(&j, "method", n->method);
    json_text(&j, "reference", n->reference);
    json_integer(&j, "k", n->studies);
    json_integer(&j, "arms", n->arms);
    json_integer(&j, "treatments", n->treatments);
    json_integer(&j, "left_out", n->left_out);
    write_refusal(&j, n->refusal, n->why);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) write_quantity(&j, numbers[i].name, numbers[i].value);
    json_integer(&j, "q_df", n->q_df);
    json_integer(&j, "q_within_df", n->q_within_df);
    json_integer(&j, "q_between_df", n->q_between_df);
    if (n->contrasts) write_table(&j, "contrasts", n->contrasts);
    if (n->league) write_table(&j, "league", n->league);
    write_table(&j, "left", n->left);
    json_close(&j, '}');
}

static void print_network(const islet_network *n, FILE *file)
{
    fprintf(file, "%s by %s against %s: %d studies, %d arms, %d treatments%s\n", n->measure, n->method, n->reference,
            n->studies, n->arms, n->treatments,
            strcmp(n->measure, "RR") == 0 || strcmp(n->measure, "OR") == 0 ? ", on the scale of natural logarithms"
                                                                           : "");
    if (*n->refusal) {
        print_refusal(n->refusal, n->why, file);
        return;
    }
    print_table(n->contrasts, file);
    fputs("p_score: mean chance that the value lies below that of another treatment\n", file);
    print_value(file, "tau2 ", n->tau2);
    print_value(file, "; Q ", n->q);
    fprintf(file, " on %d", n->q_df);
    print_p(file, n->q_p);
    print_value(file, "; within designs ", n->q_within);
    fprintf(file, " on %d", n->q_within_df);
    print_p(file, n->q_within_p);
    print_value(file, "; between designs (inconsistency) ", n->q_between);
    fprintf(file, " on %d", n->q_between_df);
    print_p(file, n->q_between_p);
    fputc('\n', file);
}

static cli_exit show_network(const islet_network *n, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    if (options->json) {
        write_network(n, out.file);
    } else if (options->csv && n->league) {
        grid *g = grid_from_table(n->league);
        grid_write_csv(g, out.file);
        grid_free(g);
    } else {
        print_network(n, out.file);
    }
    cli_exit closed = output_close(&out);
    return closed != EXIT_DONE ? closed : *n->refusal ? EXIT_NO : EXIT_DONE;
}

static islet_meta_options asked(const cli_options *options)
{
    return (islet_meta_options){.measure = options->measure,
                                .method = options->method,
                                .moderators = options->moderators,
                                .only = options->only,
                                .subgroups = options->subgroups,
                                .reference = options->reference,
                                .contrast = options->contrast,
                                .correlation = options->correlation,
                                .has_correlation = options->has_correlation,
                                .knapp_hartung = options->knapp_hartung};
}

/* one of the two is not NULL */
static cli_exit write_report(const islet_meta *meta, const islet_network *network, const cli_options *options)
{
    islet_problems *problems = islet_problems_create();
    const char *path = options->files[0], *slash = strrchr(path, '/'), *title = slash ? slash + 1 : path;
    islet_status status = ISLET_ERR_MEMORY;
    if (problems)
        status = meta ? islet_meta_report_write(meta, title, options->report, problems)
                      : islet_network_report_write(network, title, options->report, problems);
    cli_exit done = exit_of(status, problems, options->report);
    print_problems(problems, !options->quiet);
    if (done == EXIT_DONE && !options->quiet) fprintf(stderr, "islet: report %s\n", options->report);
    islet_problems_free(problems);
    return done;
}

cli_exit verb_meta(const cli_options *options)
{
    islet_problems *problems = islet_problems_create();
    if (!problems) return exit_of(ISLET_ERR_MEMORY, NULL, options->files[0]);
    islet_meta *meta = NULL;
    islet_network *network = NULL;
    const char *path = name_for_reading(options->files[0]);
    const islet_meta_options ask = asked(options);
    bool arms = options->network || (!options->contrast && islet_network_is_one(path));
    islet_status status =
        arms ? islet_network_run(path, &ask, &network, problems) : islet_meta_run(path, &ask, &meta, problems);
    print_problems(problems, !options->quiet);
    cli_exit done = exit_of(status, problems, options->files[0]);
    if (done == EXIT_DONE && options->report) done = write_report(meta, network, options);
    if (done == EXIT_DONE) done = arms ? show_network(network, options) : show(meta, options);
    islet_meta_free(meta);
    islet_network_free(network);
    islet_problems_free(problems);
    return done;
}
