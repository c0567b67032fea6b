/* Reader of the shipped results of sensitivity, and their ranking. */
#include "evidence/sensitivity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"

#define MORRIS "data/sensitivity/morris.csv"
#define SOBOL "data/sensitivity/sobol.csv"

typedef struct {
    sensitivity_rank rank;
    double strongest;
    int endpoints;
} sum;

static int stronger_first(const void *a, const void *b)
{
    const sensitivity_rank *x = a, *y = b;
    if (x->effect != y->effect) return x->effect < y->effect ? 1 : -1;
    return strcmp(x->parameter, y->parameter);
}

static bool number_at(const csv_file *file, int row, int column, double *out)
{
    const char *text = csv_cell_at(file, row, column)->text;
    return number_read(text, strlen(text), out);
}

/* mean of mu_star over the end points of each parameter; the rows of one parameter stand together */
static int fill_ranks(const csv_file *file, const int column[4], sensitivity_rank *ranks)
{
    int n = 0;
    sum now = {.endpoints = 0};
    for (int row = 0; row < file->rows; row++) {
        const char *name = csv_cell_at(file, row, column[0])->text;
        double effect;
        if (!number_at(file, row, column[3], &effect)) continue; /* no run of it came through */
        if (now.endpoints == 0 || strcmp(now.rank.parameter, name) != 0) {
            now = (sum){.strongest = -1.0};
            snprintf(now.rank.parameter, sizeof now.rank.parameter, "%s", name);
            snprintf(now.rank.standing, sizeof now.rank.standing, "%s", csv_cell_at(file, row, column[1])->text);
            n++;
        }
        now.rank.effect = (now.rank.effect * now.endpoints + effect) / (now.endpoints + 1);
        now.endpoints++;
        if (effect > now.strongest) {
            now.strongest = effect;
            snprintf(now.rank.moves, sizeof now.rank.moves, "%s", csv_cell_at(file, row, column[2])->text);
        }
        ranks[n - 1] = now.rank;
    }
    return n;
}

static islet_status read_shipped(const char *path, csv_file *out, islet_problems *problems)
{
    const embedded_file *file = embedded_find(path);
    if (file) return csv_parse((const char *)file->bytes, file->size, path, out, problems);
    problems_error(problems, path, 0, 0, "it is not part of this build; expected the results of studies/sensitivity.c");
    return ISLET_ERR_INPUT;
}

islet_status sensitivity_ranks(sensitivity_rank **out, int *n, islet_problems *problems)
{
    static const char *const names[4] = {"parameter", "standing", "endpoint", "mu_star"};
    csv_file file = {0};
    int column[4];
    *out = NULL;
    *n = 0;
    islet_status status = read_shipped(MORRIS, &file, problems);
    if (status != ISLET_OK) return status;
    for (int i = 0; i < 4 && status == ISLET_OK; i++)
        if ((column[i] = csv_column(&file, names[i])) < 0) status = ISLET_ERR_INPUT;
    if (status == ISLET_OK && !(*out = calloc((size_t)file.rows + 1, sizeof **out))) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) {
        *n = fill_ranks(&file, column, *out);
        qsort(*out, (size_t)*n, sizeof **out, stronger_first);
    }
    csv_free(&file);
    return status;
}

/* ---- public ---- */

/* the Sobol indices of a parameter for the end point it moves most, as "0.31 (0.22 to 0.40)"; empty when it has none */
static void sobol_text(const csv_file *sobol, const sensitivity_rank *rank, const char *which, char out[96])
{
    char low[32], high[32];
    out[0] = 0;
    snprintf(low, sizeof low, "%s_low", which);
    snprintf(high, sizeof high, "%s_high", which);
    int at[5] = {csv_column(sobol, "parameter"), csv_column(sobol, "endpoint"), csv_column(sobol, which),
                 csv_column(sobol, low), csv_column(sobol, high)};
    for (int i = 0; i < 5; i++)
        if (at[i] < 0) return;
    for (int row = 0; row < sobol->rows; row++)
        if (strcmp(csv_cell_at(sobol, row, at[0])->text, rank->parameter) == 0 &&
            strcmp(csv_cell_at(sobol, row, at[1])->text, rank->moves) == 0)
            snprintf(out, 96, "%.24s (%.24s to %.24s)", csv_cell_at(sobol, row, at[2])->text,
                     csv_cell_at(sobol, row, at[3])->text, csv_cell_at(sobol, row, at[4])->text);
}

islet_status islet_sensitivity_table(islet_table **out)
{
    static const char *const names[] = {"parameter", "standing", "effect", "moves_most", "sobol_first", "sobol_total"};
    static const bool numbers[] = {false, false, true, false, false, false};
    sensitivity_rank *ranks = NULL;
    csv_file sobol = {0};
    int n;
    *out = NULL;
    islet_status status = sensitivity_ranks(&ranks, &n, NULL);
    if (status == ISLET_OK) status = read_shipped(SOBOL, &sobol, NULL);
    islet_table *table = status == ISLET_OK ? table_create(6, names, numbers) : NULL;
    bool fine = table != NULL;
    for (int i = 0; i < n && fine; i++) {
        char effect[NUMBER_TEXT], first[96], total[96];
        number_write_fixed(ranks[i].effect, 3, effect);
        sobol_text(&sobol, &ranks[i], "first", first);
        sobol_text(&sobol, &ranks[i], "total", total);
        fine = table_add_row(
            table, (const char *const[]){ranks[i].parameter, ranks[i].standing, effect, ranks[i].moves, first, total});
    }
    if (status == ISLET_OK && !fine) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) *out = table;
    else islet_table_free(table);
    free(ranks);
    csv_free(&sobol);
    return status;
}
