/* islet bench: patient-days per second per core of every engine, and its error against the reference. */
#include <time.h>

#include "output.h"
#include "verbs.h"

#define DEFAULT_DAYS 14
#define MAX_ROWS 32

/* Processor time of this process, which does nothing else: others that want the core do not count. */
static double processor_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

/* The whole answer of JSON: the rows, and the two numbers of the fastest engine of the glucose core. */
static cli_exit write_json(const grid *g, const islet_bench_row *rows, int n_rows, const char *path)
{
    output out;
    if (!output_open(&out, path)) return EXIT_IO;
    const islet_bench_row *fastest = &rows[0];
    for (int i = 0; i < n_rows; i++)
        if (rows[i].patient_days_per_s_core > fastest->patient_days_per_s_core) fastest = &rows[i];
    char flops[NUMBER_ROOM], fraction[NUMBER_ROOM];
    number_text(fastest->flops_per_patient_day, 0, flops);
    number_text(fastest->peak_fraction, 3, fraction);
    json j = {.file = out.file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.bench/1");
    json_rows(&j, "rows", g);
    json_text(&j, "fastest", fastest->engine);
    json_number(&j, "flops_per_patient_day", flops);
    json_number(&j, "peak_fraction", fraction);
    json_close(&j, '}');
    return output_close(&out);
}

cli_exit verb_bench(const cli_options *options)
{
    static const char *const names[] = {"engine", "patient_days_per_s_core#", "max_error_mg_dl#", "ratio_to_scalar_rk4#",
                                        "flops_per_patient_day#", "peak_flops_per_s#", "peak_fraction#"};
    static const int chosen[] = {0, 1, 2, 3, 4, 6, -1};
    islet_bench_row rows[MAX_ROWS];
    int n_rows = 0;
    int days = options->has_days ? (int)options->days : DEFAULT_DAYS;
    islet_status status = islet_bench(days, processor_s, rows, MAX_ROWS, &n_rows);
    if (status != ISLET_OK) return exit_of(status, NULL, "the benchmark");

    grid *g = grid_create(7, names);
    for (int i = 0; i < n_rows; i++) {
        char speed[NUMBER_ROOM], error[NUMBER_ROOM], ratio[NUMBER_ROOM], flops[NUMBER_ROOM], peak[NUMBER_ROOM],
            fraction[NUMBER_ROOM];
        number_text(rows[i].patient_days_per_s_core, 0, speed);
        number_text(rows[i].max_error_mg_dl, 5, error);
        number_text(rows[i].ratio_to_scalar_rk4, 2, ratio);
        number_text(rows[i].flops_per_patient_day, 0, flops);
        number_text(rows[i].peak_flops_per_s, 0, peak);
        number_text(rows[i].peak_fraction, 3, fraction);
        grid_add(g, (const char *const[]){rows[i].engine, speed, error, ratio, flops, peak, fraction});
    }
    cli_exit done = options->json ? write_json(g, rows, n_rows, options->out)
                                  : grid_result(g, options, "islet.bench/1", chosen);
    grid_free(g);
    return done;
}
