/* Bench: speed of every engine of this machine on the workload of the 30 public subjects, and its error.
 *
 * The reference is classical Runge-Kutta on everything in 32 steps a minute; tests/test_reference.c holds it against
 * CVODE at 1e-10 (they agree to about 1e-5 mg/dL). Speed is the best of several rounds in which the engines take turns, so
 * that a slow spell of the machine hits all of them. */
#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "islet.h"
#include "trial/workload.h"

#define REFERENCE_STEPS 32
#define ROUNDS 5
#define ROUND_S 0.05    /* an engine is run again and again until this long has passed */
#define DAYS_MAX 3650

typedef struct {
    const char *name, *kernel;
    int steps; /* of Runge-Kutta a minute, 0: the default method */
} engine;

/* the yardstick comes first: scalar Runge-Kutta on everything, one step a minute */
static const engine engines[] = {
    {"scalar-rk4", "scalar", 1},
    {"portable-f64", "portable", 0},
    {"scalar-f64", "scalar", 0},
    {"avx2-f64", "avx2", 0},
    {"avx512-f64", "avx512", 0},
    {"avx2-f64-rk4", "avx2", 1},
    {"avx512-f64-rk4", "avx512", 1},
};
#define ENGINES ((int)(sizeof engines / sizeof engines[0]))

/* False where this machine cannot run it. A machine without the scalar kernel measures by the portable one. */
static bool method_of(const engine *engine, workload_method *out)
{
    const kernel *found = kernel_find(engine->kernel);
    if (!found && engine == &engines[0]) found = kernel_find("portable");
    *out = (workload_method){found, engine->steps};
    return found != NULL;
}

static double largest_difference(const double *a, const double *b, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double difference = fabs(a[i] - b[i]);
        if (!(difference <= worst)) worst = difference;
    }
    return worst;
}

/* => patient-days a second in one round */
static double round_speed(const workload_method *method, const workload_person *people, int days, const workload_event *calendar,
                          double (*clock_s)(void))
{
    const double start = clock_s();
    double elapsed = 0.0;
    int repeats = 0;
    do {
        workload_run(method, people, SUBJECT_COUNT, days, calendar, NULL);
        repeats++;
        elapsed = clock_s() - start;
    } while (elapsed >= 0.0 && elapsed < ROUND_S);
    return elapsed > 0.0 ? (double)repeats * SUBJECT_COUNT * days / elapsed : 0.0;
}

islet_status islet_bench(int days, double (*clock_s)(void), islet_bench_row *rows, int max_rows, int *n_rows)
{
    if (days < 1 || days > DAYS_MAX || !clock_s || !rows || max_rows < 1 || !n_rows) return ISLET_ERR_ARGUMENT;
    islet_status status = ISLET_OK;
    const size_t n = (size_t)SUBJECT_COUNT * (size_t)days * BLOCKS_PER_DAY;
    workload_person *people = malloc(SUBJECT_COUNT * sizeof *people);
    double *reference = malloc(n * sizeof *reference), *trace = malloc(n * sizeof *trace);
    workload_event *calendar = NULL;
    workload_method methods[ENGINES];
    int used = 0;
    if (!people || !reference || !trace) {
        status = ISLET_ERR_MEMORY;
        goto done;
    }
    if (!workload_people(people)) {
        status = ISLET_ERR_UNSUPPORTED; /* the build holds no subjects */
        goto done;
    }

    calendar = workload_calendar(people, SUBJECT_COUNT, days);
    if (!calendar) {
        status = ISLET_ERR_MEMORY;
        goto done;
    }

    /* errors */
    workload_run(&(workload_method){kernel_find(NULL), REFERENCE_STEPS}, people, SUBJECT_COUNT, days, calendar, reference);
    for (int i = 0; i < ENGINES && used < max_rows; i++) {
        if (!method_of(&engines[i], &methods[used])) continue;
        workload_run(&methods[used], people, SUBJECT_COUNT, days, calendar, trace);
        rows[used] = (islet_bench_row){.engine = engines[i].name, .max_error_mg_dl = largest_difference(trace, reference, n)};
        used++;
    }

    /* speeds, taking turns */
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < used; i++) {
            const double speed = round_speed(&methods[i], people, days, calendar, clock_s);
            if (speed > rows[i].patient_days_per_s_core) rows[i].patient_days_per_s_core = speed;
        }
    for (int i = 0; i < used; i++)
        rows[i].ratio_to_scalar_rk4 = rows[i].patient_days_per_s_core / rows[0].patient_days_per_s_core;
    *n_rows = used;
done:
    free(people);
    free(calendar);
    free(reference);
    free(trace);
    return status;
}
