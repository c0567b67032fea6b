/* islet screen: may this patient be treated as the protocol says, and on what does the answer stand. */
#include <string.h>

#include "names.h"
#include "output.h"
#include "verbs.h"
#include "words.h"

static const char research[] = "islet is research software, not medical advice; this is no recommendation.";

static void write_json(const grid *g, const cli_options *options, const char *word, FILE *file)
{
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.screen/1");
    json_text(&j, "state", word);
    json_text(&j, "patient", options->files[0]);
    json_text(&j, "protocol", options->protocol);
    json_rows(&j, "criteria", g);
    json_text(&j, "note", research);
    json_close(&j, '}');
}

static const char *state_sentence(islet_eligibility state)
{
    switch (state) {
    case ISLET_ELIGIBLE: return "eligible: every criterion is met";
    case ISLET_NOT_ELIGIBLE: return "not eligible: a criterion is not met";
    case ISLET_NOT_NOW: return "not now: something that passes stands against it";
    case ISLET_ELIGIBILITY_UNKNOWN: return "unknown: something is missing";
    case ISLET_NEEDS_JUDGEMENT: return "needs a doctor's judgement";
    }
    return "unknown";
}

/* Each criterion with its state and what was found. With --explain also its name, how it asks, and whether its source states it or it is assumed. */
static void write_text(const grid *g, islet_eligibility state, bool explain, FILE *file)
{
    static const char *const names[] = {"state", "criterion", "found", "at", "source", "standing", "asks"};
    static const int columns[] = {0, 1, -1}, notes[] = {2, 3, 4, -1}, more[] = {2, 6, 3, 4, 5, -1};
    grid *out = grid_create(7, names);
    for (int row = 0; row < g->rows; row++) {
        char words[WORDS_ROOM], asks[400];
        words_of(grid_cell(g, row, 1), words);
        snprintf(asks, sizeof asks, "%s: %s", grid_cell(g, row, 0), grid_cell(g, row, 2));
        grid_add(out, (const char *const[]){words, grid_cell(g, row, 3), grid_cell(g, row, 4), grid_cell(g, row, 5), grid_cell(g, row, 7),
                                            grid_cell(g, row, 6), asks});
    }
    fprintf(file, "%s\n\n", state_sentence(state));
    grid_print_notes(out, columns, explain ? more : notes, file);
    grid_free(out);
    fprintf(file, "\n%s\n", research);
}

static cli_exit show(islet_table *table, islet_eligibility state, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    grid *g = grid_from_table(table);
    if (options->json) write_json(g, options, islet_eligibility_word(state), out.file);
    else if (options->csv) grid_write_csv(g, out.file);
    else write_text(g, state, options->explain, out.file);
    grid_free(g);
    cli_exit closed = output_close(&out);
    return closed != EXIT_DONE ? closed : state == ISLET_ELIGIBLE ? EXIT_DONE : EXIT_NO;
}

cli_exit verb_screen(const cli_options *options)
{
    if (!options->has_protocol) {
        fprintf(stderr, "islet: screen needs the protocol; islet screen PATIENT --protocol PROTOCOL.yaml\n");
        return EXIT_USAGE;
    }
    islet_problems *problems = islet_problems_create();
    if (!problems) return exit_of(ISLET_ERR_MEMORY, NULL, options->protocol);
    islet_protocol *protocol = NULL;
    islet_table *table = NULL;
    islet_eligibility state = ISLET_ELIGIBILITY_UNKNOWN;
    islet_status status = islet_protocol_read(options->protocol, &protocol, problems);
    cli_exit done = exit_of(status, problems, options->protocol);
    if (done == EXIT_DONE) {
        status = islet_screen(protocol, name_for_reading(options->files[0]), options->row, options->id, &state, &table, problems);
        done = exit_of(status, problems, options->files[0]);
    }
    print_problems(problems, !options->quiet);
    if (done == EXIT_DONE) done = show(table, state, options);
    islet_table_free(table);
    islet_protocol_free(protocol);
    islet_problems_free(problems);
    return done;
}
