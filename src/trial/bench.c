/* Bench: speed of every engine of this machine on the workload of the 30 public subjects, and its error.
 *
 * The reference is classical Runge-Kutta on everything in 32 steps a minute; tests/test_reference.c holds it against
 * CVODE at 1e-10 (they agree to about 1e-5 mg/dL). Speed is the best of several rounds in which the engines take turns, so
 * that a slow spell of the machine hits all of them; the peak of an engine's width takes its turn beside it. */
#include <math.h>
#include <stdlib.h>

#include "base/units.h"
#include "islet.h"
#include "physiology/peak.h"
#include "trial/bench_flops.h"
#include "trial/workload.h"

#define REFERENCE_STEPS 32
#define ROUNDS 5
#define ROUND_S 0.05 /* an engine is run again and again until this long has passed */
#define DAYS_MAX 3650
#define PEAK_REPEATS 100000

typedef struct {
    const char *name, *kernel;
    int steps; /* of Runge-Kutta a minute, 0: the default method */
    bool core; /* nobody secretes */
    bool single; /* precision */
} engine;

/* the yardsticks come first: scalar Runge-Kutta on everything, one step a minute, of the whole model and of the core */
#define YARDSTICKS 2
static const engine engines[] = {
    {"scalar-rk4", "scalar", 1, false, false}, {"scalar-rk4-core", "scalar", 1, true, false},
    {"portable-f64", "portable", 0, false, false},
    {"scalar-f64", "scalar", 0, false, false}, {"avx2-f64", "avx2", 0, false, false},
    {"avx512-f64", "avx512", 0, false, false}, {"scalar-f64-core", "scalar", 0, true, false},
    {"avx2-f64-core", "avx2", 0, true, false}, {"avx512-f64-core", "avx512", 0, true, false},
    {"avx2-f64-rk4", "avx2", 1, false, false}, {"avx512-f64-rk4", "avx512", 1, false, false},
    {"avx512-f64-rk4-core", "avx512", 1, true, false},
    {"portable-f32", "portable", 0, false, true}, {"scalar-f32", "scalar", 0, false, true},
    {"avx2-f32", "avx2", 0, false, true}, {"avx512-f32", "avx512", 0, false, true},
    {"scalar-f32-core", "scalar", 0, true, true}, {"avx2-f32-core", "avx2", 0, true, true},
    {"avx512-f32-core", "avx512", 0, true, true}, {"avx512-f32-rk4-core", "avx512", 1, true, true},
};
#define ENGINES ((int)(sizeof engines / sizeof engines[0]))

/* How one integrates. */
typedef struct {
    workload_method method;
    workload_runner *single; /* in its place; NULL: double */
} bench_method;

static void run_method(const bench_method *by, const workload_person *people, int days, const workload_event *calendar,
                       double *trace_mg_dl)
{
    if (by->single) by->single(by->method.steps, people, SUBJECT_COUNT, days, calendar, trace_mg_dl);
    else workload_run(&by->method, people, SUBJECT_COUNT, days, calendar, trace_mg_dl);
}

/* False where this machine cannot run it, or this build has no single precision. A machine without the scalar kernel measures by the portable one. */
static bool method_of(const engine *engine, bench_method *out)
{
    const kernel *found = kernel_find(engine->kernel);
    if (!found && engine < engines + YARDSTICKS) found = kernel_find("portable");
    *out = (bench_method){{found, engine->steps}, found && engine->single ? workload_single(found) : NULL};
    return found && (!engine->single || out->single);
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
static double round_speed(const bench_method *method, const workload_person *people, int days,
                          const workload_event *calendar, double (*clock_s)(void))
{
    const double start = clock_s();
    double elapsed = 0.0;
    int repeats = 0;
    do {
        run_method(method, people, days, calendar, NULL);
        repeats++;
        elapsed = clock_s() - start;
    } while (elapsed >= 0.0 && elapsed < ROUND_S);
    return elapsed > 0.0 ? (double)repeats * SUBJECT_COUNT * days / elapsed : 0.0;
}

/* => operations a second of the width in one round */
static double round_peak(peak_run *run, double (*clock_s)(void))
{
    const double start = clock_s();
    const peak_work work = run(PEAK_REPEATS);
    const double elapsed = clock_s() - start;
    return elapsed > 0.0 && work.result > 0.0 ? work.operations / elapsed : 0.0;
}

static double counted_flops(const engine *engine)
{
    if (engine->steps) return engine->core ? bench_flops_counted.general_core : bench_flops_counted.general_whole;
    return engine->core ? bench_flops_counted.core : bench_flops_counted.whole;
}

/* The people of one kind, their days and the reference. */
typedef struct {
    workload_person people[SUBJECT_COUNT];
    workload_event *calendar;
    double *reference_mg_dl; /* [person][block] */
} bench_side;

static islet_status side_create(bool core, int days, bench_side **out)
{
    bench_side *side = calloc(1, sizeof *side);
    *out = side;
    if (!side) return ISLET_ERR_MEMORY;
    if (!workload_people(!core, side->people)) return ISLET_ERR_UNSUPPORTED; /* the build holds no subjects */
    side->calendar = workload_calendar(side->people, SUBJECT_COUNT, days);
    side->reference_mg_dl = malloc((size_t)SUBJECT_COUNT * (size_t)days * BLOCKS_PER_DAY * sizeof(double));
    if (!side->calendar || !side->reference_mg_dl) return ISLET_ERR_MEMORY;
    const workload_method method = {kernel_find(NULL), REFERENCE_STEPS};
    workload_run(&method, side->people, SUBJECT_COUNT, days, side->calendar, side->reference_mg_dl);
    return ISLET_OK;
}

static void side_free(bench_side *side)
{
    if (!side) return;
    free(side->calendar);
    free(side->reference_mg_dl);
    free(side);
}

islet_status islet_bench(int days, double (*clock_s)(void), islet_bench_row *rows, int max_rows, int *n_rows)
{
    if (days < 1 || days > DAYS_MAX || !clock_s || !rows || max_rows < 1 || !n_rows) return ISLET_ERR_ARGUMENT;
    const size_t n = (size_t)SUBJECT_COUNT * (size_t)days * BLOCKS_PER_DAY;
    bench_side *sides[2] = {NULL, NULL}, *side_of[ENGINES]; /* whole model, core */
    bench_method methods[ENGINES];
    int used = 0;
    double *trace = malloc(n * sizeof *trace);
    islet_status status = trace ? ISLET_OK : ISLET_ERR_MEMORY;
    for (int core = 0; core < 2 && status == ISLET_OK; core++) status = side_create(core, days, &sides[core]);
    if (status != ISLET_OK) goto done;

    /* errors */
    for (int i = 0; i < ENGINES && used < max_rows; i++) {
        if (!method_of(&engines[i], &methods[used])) continue;
        bench_side *side = sides[engines[i].core];
        run_method(&methods[used], side->people, days, side->calendar, trace);
        rows[used] = (islet_bench_row){.engine = engines[i].name,
                                       .max_error_mg_dl = largest_difference(trace, side->reference_mg_dl, n),
                                       .flops_per_patient_day = counted_flops(&engines[i])};
        side_of[used++] = side;
    }

    /* speeds, taking turns */
    for (int round = 0; round < ROUNDS; round++)
        for (int i = 0; i < used; i++) {
            const double speed = round_speed(&methods[i], side_of[i]->people, days, side_of[i]->calendar, clock_s);
            if (speed > rows[i].patient_days_per_s_core) rows[i].patient_days_per_s_core = speed;
            const double peak = round_peak(peak_find(methods[i].method.kernel->name, methods[i].single != NULL), clock_s);
            if (peak > rows[i].peak_flops_per_s) rows[i].peak_flops_per_s = peak;
        }
    for (int i = 0; i < used; i++) {
        islet_bench_row *row = &rows[i];
        row->ratio_to_scalar_rk4 = row->patient_days_per_s_core / rows[side_of[i] == sides[1]].patient_days_per_s_core;
        row->peak_fraction = row->flops_per_patient_day * row->patient_days_per_s_core / row->peak_flops_per_s;
    }
    *n_rows = used;
done:
    side_free(sides[0]);
    side_free(sides[1]);
    free(trace);
    return status;
}
