/* islet meta: pools the studies of a table. */
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "verbs.h"

#define DIGITS 12 /* of numbers for programs; people get four */

typedef struct {
    const char *name;
    double value;
} quantity;

static void write_quantity(json *j, const char *name, double value)
{
    char text[NUMBER_ROOM];
    number_short(value, DIGITS, text);
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
    const quantity numbers[] = {{"egger_z", m->egger_z}, {"egger_p", m->egger_p}, {"rank_tau", m->rank_tau}, {"rank_p", m->rank_p},
                                {"trim_fill_estimate", m->trim_estimate}, {"trim_fill_se", m->trim_se}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) write_quantity(j, numbers[i].name, numbers[i].value);
    write_interval(j, "trim_fill_ci95", m->trim_low, m->trim_high);
    json_integer(j, "trim_fill_added", m->trim_added);
    json_close(j, '}');
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
    write_quantity(&j, "estimate", m->estimate);
    write_quantity(&j, "se", m->se);
    write_interval(&j, "ci95", m->ci_low, m->ci_high);
    write_interval(&j, "pi95", m->pi_low, m->pi_high);
    const quantity numbers[] = {{"tau2", m->tau2}, {"i2", m->i2_pct}, {"h2", m->h2}, {"q", m->q}, {"q_p", m->q_p}, {"p", m->p},
                                {"shown", m->shown}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) write_quantity(&j, numbers[i].name, numbers[i].value);
    write_interval(&j, "shown_ci95", m->shown_low, m->shown_high);
    write_interval(&j, "shown_pi95", m->shown_pi_low, m->shown_pi_high);
    write_interval(&j, "tau2_ci95", m->tau2_low, m->tau2_high);
    write_interval(&j, "tau2_profile_ci95", m->profile_low, m->profile_high);
    write_bias(&j, m);
    write_table(&j, "coefficients", m->coefficients);
    write_table(&j, "studies", m->studies);
    write_table(&j, "sensitivity", m->sensitivity);
    json_close(&j, '}');
}

/* a table for people: its numbers with four digits after the point */
static void print_table(const islet_table *table, FILE *file)
{
    int chosen[16], columns = islet_table_columns(table);
    for (int i = 0; i <= columns; i++) chosen[i] = i < columns ? i : -1;
    grid *g = grid_from_table(table);
    for (int i = 0; i < g->rows * g->columns; i++) {
        double value;
        char text[NUMBER_ROOM];
        if (!g->is_number[i % g->columns] || !number_from_text(g->cells[i], &value)) continue;
        number_text(value, 4, text);
        free(g->cells[i]);
        g->cells[i] = need_copy(text);
    }
    grid_print(g, chosen, file);
    grid_free(g);
}

static void print_value(FILE *file, const char *name, double value)
{
    char text[NUMBER_ROOM];
    number_text(value, 4, text);
    fprintf(file, "%s%s", name, *text ? text : "-");
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
            ratio ? ", on the scale of natural logarithms" : share ? ", on the transformed scale" : "");
    print_table(m->coefficients, file);
    if ((ratio || share) && islet_table_rows(m->coefficients) == 1) {
        print_value(file, ratio ? "as a ratio " : "as a share ", m->shown);
        print_interval(file, ", 95 % interval ", m->shown_low, m->shown_high);
        print_interval(file, "; of a new study ", m->shown_pi_low, m->shown_pi_high);
        fputc('\n', file);
    }
    if (m->pi_low <= m->pi_high) {
        print_interval(file, "95 % prediction interval of a new study ", m->pi_low, m->pi_high);
        fputc('\n', file);
    }
}

static void print_around(const islet_meta *m, FILE *file)
{
    print_value(file, "heterogeneity: Q ", m->q);
    print_value(file, " (p ", m->q_p);
    print_value(file, "), I2 ", m->i2_pct);
    print_value(file, " %, tau2 ", m->tau2);
    print_interval(file, ", Q-profile interval ", m->tau2_low, m->tau2_high);
    fputc('\n', file);
    if (!(m->egger_p <= 1)) return;
    print_value(file, "small-study effects: Egger z ", m->egger_z);
    print_value(file, " (p ", m->egger_p);
    print_value(file, "), rank correlation ", m->rank_tau);
    print_value(file, " (p ", m->rank_p);
    fputs(")\n", file);
    if (!(m->trim_low <= m->trim_high)) return;
    fprintf(file, "trim and fill: %d added%s", m->trim_added, !m->trim_added ? "" : m->trim_right ? " on the right" : " on the left");
    print_value(file, ", pooled ", m->trim_estimate);
    print_interval(file, ", 95 % interval ", m->trim_low, m->trim_high);
    fputc('\n', file);
}

static cli_exit show(const islet_meta *m, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    if (options->json) {
        write_json(m, out.file);
    } else if (options->csv) {
        grid *g = grid_from_table(m->coefficients);
        grid_write_csv(g, out.file);
        grid_free(g);
    } else {
        print_table(m->studies, out.file);
        print_pooled(m, out.file);
        print_around(m, out.file);
    }
    return output_close(&out);
}

cli_exit verb_meta(const cli_options *options)
{
    islet_problems *problems = islet_problems_create();
    islet_meta *meta = NULL;
    const islet_meta_options asked = {.measure = options->measure, .method = options->method, .moderators = options->moderators,
                                      .only = options->only, .knapp_hartung = options->knapp_hartung};
    islet_status status = islet_meta_run(options->files[0], &asked, &meta, problems);
    print_problems(problems, !options->quiet);
    cli_exit done = status == ISLET_OK ? show(meta, options) : exit_of(status, problems, options->files[0]);
    islet_meta_free(meta);
    islet_problems_free(problems);
    return done;
}
