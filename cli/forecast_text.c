/* What islet forecast shows to people: a row for each arm and end point, a column for each of a few days. */
#include "forecast_text.h"

#include <string.h>

#include "output.h"
#include "words.h"

#define COLUMNS 4 /* day 0, one and two years, the last */
#define CELL_ROOM (3 * NUMBER_ROOM + 16)

/* the days shown, of those in the table; the last is repeated where there are fewer */
typedef struct {
    const char *day[COLUMNS];
    int n;
} shown_days;

static bool stands_in(const grid *g, const char *day)
{
    for (int row = 0; row < g->rows; row++)
        if (strcmp(grid_at(g, row, "day"), day) == 0) return true;
    return false;
}

static shown_days days_of(const grid *g)
{
    static const char *const usual[] = {"0", "365", "730"};
    shown_days out = {.n = 0};
    const char *last = g->rows ? grid_at(g, g->rows - 1, "day") : "";
    for (int i = 0; i < COLUMNS - 1; i++)
        if (strcmp(usual[i], last) != 0 && stands_in(g, usual[i])) out.day[out.n++] = usual[i];
    if (g->rows) out.day[out.n++] = last;
    return out;
}

static bool is_same(const grid *g, int a, int b, const char *column)
{
    return strcmp(grid_at(g, a, column), grid_at(g, b, column)) == 0;
}

/* the row of the same arm and end point on `day`; -1 without one */
static int row_on(const grid *g, int row, const char *day)
{
    for (int i = 0; i < g->rows; i++)
        if (is_same(g, i, row, "arm") && is_same(g, i, row, "endpoint") && strcmp(grid_at(g, i, "day"), day) == 0) return i;
    return -1;
}

static void number_cell(const char *text, int digits, char out[NUMBER_ROOM])
{
    double value;
    out[0] = '\0';
    if (number_from_text(text, &value)) number_text(value, digits, out);
    if (!out[0]) snprintf(out, NUMBER_ROOM, "-");
}

/* "6.79 (6.06 to 7.69)" */
static void range_cell(const grid *g, int row, const char *const columns[3], int digits, char out[CELL_ROOM])
{
    char part[3][NUMBER_ROOM];
    for (int i = 0; i < 3; i++) number_cell(row < 0 ? "" : grid_at(g, row, columns[i]), digits, part[i]);
    if (row < 0) snprintf(out, CELL_ROOM, "-");
    else snprintf(out, CELL_ROOM, "%s (%s to %s)", part[0], part[1], part[2]);
}

static bool is_zero_throughout(const grid *g, int row)
{
    for (int i = 0; i < g->rows; i++) {
        double value;
        if (is_same(g, i, row, "endpoint") && number_from_text(grid_at(g, i, "of_100"), &value) && value > 0) return false;
    }
    return true;
}

static grid *pivot_create(const shown_days *days)
{
    char name[COLUMNS][NUMBER_ROOM + sizeof "day #"];
    const char *names[2 + COLUMNS] = {"end point", "arm"};
    for (int i = 0; i < COLUMNS; i++) {
        snprintf(name[i], sizeof name[i], "day %s#", i < days->n ? days->day[i] : "");
        names[2 + i] = name[i];
    }
    return grid_create(2 + COLUMNS, names);
}

/* One row for each end point and arm, end points together. Without `zeros` those that nobody had stay out. */
static void print_pivot(const grid *g, const char *const columns[3], int digits, bool zeros, FILE *file)
{
    const shown_days days = days_of(g);
    grid *out = pivot_create(&days);
    for (int first = 0; first < g->rows && is_same(g, first, 0, "arm"); first++) {
        if (strcmp(grid_at(g, first, "day"), days.day[days.n - 1]) != 0 || (!zeros && is_zero_throughout(g, first))) continue;
        for (int row = first; row < g->rows; row++) {
            if (!is_same(g, row, first, "endpoint") || !is_same(g, row, first, "day")) continue;
            char text[COLUMNS][CELL_ROOM], words[WORDS_ROOM];
            words_with_unit(grid_at(g, row, "endpoint"), grid_column(g, "unit") < 0 ? "" : grid_at(g, row, "unit"), words);
            const char *cells[2 + COLUMNS] = {words, grid_at(g, row, "arm")};
            for (int i = 0; i < COLUMNS; i++) {
                range_cell(g, i < days.n ? row_on(g, row, days.day[i]) : -1, columns, digits, text[i]);
                cells[2 + i] = text[i];
            }
            grid_add(out, cells);
        }
    }
    int chosen[2 + COLUMNS + 1] = {0, 1};
    for (int i = 0; i < days.n; i++) chosen[2 + i] = 2 + i;
    chosen[2 + days.n] = -1;
    if (out->rows) grid_print(out, chosen, file);
    grid_free(out);
}

static void print_zeros(const grid *g, FILE *file)
{
    int n = 0;
    char most[NUMBER_ROOM];
    double high = 0;
    for (int row = 0; row < g->rows; row++) { /* the widest: 0 where it cannot come to the arm */
        double value;
        if (is_zero_throughout(g, row) && number_from_text(grid_at(g, row, "bare_high"), &value) && value > high) high = value;
    }
    number_text(high, 0, most);
    for (int row = 0; row < g->rows && is_same(g, row, 0, "arm"); row++) {
        if ((row > 0 && is_same(g, row, row - 1, "endpoint")) || !is_zero_throughout(g, row)) continue;
        if (!n++) fprintf(file, "None of those simulated, in any arm (by chance 0 to %s of 100):", most);
        else fputc(',', file);
        char words[WORDS_ROOM];
        words_of(grid_at(g, row, "endpoint"), words);
        fprintf(file, " %s", words);
    }
    if (n) fputs(".\n", file);
}

static void print_shares(const islet_table *table, const char *heading, FILE *file)
{
    static const char *const columns[3] = {"of_100", "low", "high"};
    grid *g = grid_from_table(table);
    fprintf(file, "\n%s\n", heading);
    print_pivot(g, columns, 0, false, file);
    print_zeros(g, file);
    grid_free(g);
}

/* What stands against treating this patient at all, before anything is shown that it might do. */
static void print_screened(const islet_forecast *f, FILE *file)
{
    char words[WORDS_ROOM];
    if (f->screened == ISLET_ELIGIBLE) return;
    words_of(islet_eligibility_word(f->screened), words);
    fprintf(file, "\nMay this patient be treated so? islet screen says: %s\n", words);
    for (int r = 0; r < islet_table_rows(f->criteria); r++) {
        const char *state = islet_table_cell(f->criteria, r, 1);
        if (strcmp(state, "met") == 0 || strcmp(state, "unknown") == 0) continue;
        words_of(state, words);
        fprintf(file, "- %s: ", words);
        print_wrapped(file, islet_table_cell(f->criteria, r, 4), 2, 2);
    }
}

/* what people have in common with the patient, with words for the items */
static void print_assumed(const islet_table *assumed, FILE *file)
{
    static const char *const names[] = {"of", "unit", "this patient", "from#", "to#", "their mean#", "note"};
    static const int columns[] = {0, 1, 2, 3, 4, 5, 6, -1};
    grid *g = grid_create(7, names);
    for (int r = 0; r < islet_table_rows(assumed); r++) {
        char words[WORDS_ROOM], number[3][NUMBER_ROOM];
        words_of(islet_table_cell(assumed, r, 0), words);
        for (int i = 0; i < 3; i++) {
            double value;
            number[i][0] = '\0';
            if (number_from_text(islet_table_cell(assumed, r, 3 + i), &value)) number_text(value, 2, number[i]);
        }
        grid_add(g, (const char *const[]){words, islet_table_cell(assumed, r, 1), islet_table_cell(assumed, r, 2), number[0], number[1],
                                          number[2], islet_table_cell(assumed, r, 6)});
    }
    grid_print(g, columns, file);
    grid_free(g);
}

void forecast_print(const islet_forecast *f, FILE *file)
{
    static const char *const bands[3] = {"p50", "p5", "p95"};
    print_screened(f, file);
    fputs("\nPeople like this patient: within the range at screening\n", file);
    print_assumed(f->assumed, file);
    grid *g;
    fputs(
        "\nOver time: half of the people are below the first number, 90 of 100 within the range, with what is not known of parameters and model\n",
        file);
    g = grid_from_table(f->bands);
    print_pivot(g, bands, 2, true, file);
    grid_free(g);
    print_shares(f->chances, "Of 100 people like this, so many (range: chance, parameters and model)", file);
    print_shares(f->harms, "Of the same 100 people, so many have had", file);
    fputs("\nNot known\n", file);
    for (int r = 0; r < islet_table_rows(f->unknown); r++) {
        fputs("- ", file);
        print_wrapped(file, islet_table_cell(f->unknown, r, 0), 2, 2);
    }
}
