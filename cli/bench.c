/* islet bench: patient-days per second per core of every engine, and its error against the reference. */
#include "output.h"
#include "verbs.h"

#define DEFAULT_DAYS 14
#define MAX_ROWS 16

cli_exit verb_bench(const cli_options *options)
{
    static const char *const names[] = {"engine", "patient_days_per_s_core#", "max_error_mg_dl#", "ratio_to_scalar_rk4#"};
    static const int chosen[] = {0, 1, 2, 3, -1};
    islet_bench_row rows[MAX_ROWS];
    int n_rows = 0;
    int days = options->has_days ? (int)options->days : DEFAULT_DAYS;
    islet_status status = islet_bench(days, clock_s, rows, MAX_ROWS, &n_rows);
    if (status != ISLET_OK) return exit_of(status, NULL, "the benchmark");

    grid *g = grid_create(4, names);
    for (int i = 0; i < n_rows; i++) {
        char speed[NUMBER_ROOM], error[NUMBER_ROOM], ratio[NUMBER_ROOM];
        number_text(rows[i].patient_days_per_s_core, 0, speed);
        number_text(rows[i].max_error_mg_dl, 5, error);
        number_text(rows[i].ratio_to_scalar_rk4, 2, ratio);
        grid_add(g, (const char *const[]){rows[i].engine, speed, error, ratio});
    }
    cli_exit done = grid_result(g, options, "islet.bench/1", chosen);
    grid_free(g);
    return done;
}
