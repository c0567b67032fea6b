/* Speed and error of every islet engine and of the usual solvers on one workload, in one process: make bench.
 *
 *   bench_peers [DAYS] [core]      core: nobody secretes; everybody's solver still carries the states that then stay 0
 *
 * Everybody integrates the same right-hand side (src/physiology, compiled here for one lane with the processor's fused
 * multiply-add) over the same days (src/trial/workload.h) and starts anew wherever an input changes. Errors are against
 * CVODE at 1e-10, largest over people and readings of five minutes. A solver takes part twice: at 1e-6, and at the coarsest of a few
 * tolerances whose error stays within 0.1 mg/dL. Speeds are medians of rounds in which everybody takes a turn. */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <gsl/gsl_errno.h>
#include <gsl/gsl_odeiv2.h>

#include "base/units.h"
#include "physiology/peak.h"
#include "reference/reference.h"

#define ROUNDS 5
#define ROUND_S 0.1
#define TIMED_DAYS 14 /* preparing a person counts, as it does in a run */
#define PEERS_MAX 20
#define ERROR_WANTED_MG_DL 0.1
#define PEAK_REPEATS 2000000

static double thread_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- who takes part ---- */

typedef struct peer peer;
struct peer {
    const char *name;
    /* one person's or, for the engines of islet, everybody's days; trace may be NULL */
    bool (*run)(const peer *self, const workload_person *people, int days, double *trace_mg_dl);
    int people;               /* that one timed run takes: the slow ones run fewer */
    workload_method method;   /* of an islet engine */
    workload_runner *single;  /* of one in single precision, in its place */
    int days;                 /* of its calendar; the other one holds the days of a timed run */
    const workload_event *calendar, *brief_calendar;
    double tolerance;         /* of a solver; 0: the coarsest of a list that keeps within ERROR_WANTED_MG_DL, found before */
    double error_mg_dl, patient_days_per_s[ROUNDS];
};

/* The days are drawn before anything is timed; to the other solvers drawing them is nothing. */
static bool run_engine(const peer *self, const workload_person *people, int days, double *trace_mg_dl)
{
    const workload_event *calendar = days == self->days ? self->calendar : self->brief_calendar;
    if (self->single) self->single(0, people, SUBJECT_COUNT, days, calendar, trace_mg_dl);
    else workload_run(&self->method, people, SUBJECT_COUNT, days, calendar, trace_mg_dl);
    return true;
}

static bool run_each(const peer *self, const workload_person *people, int days, double *trace_mg_dl,
                     bool (*run_one)(const peer *, const workload_person *, int, double *))
{
    const int n = trace_mg_dl ? SUBJECT_COUNT : self->people;
    for (int i = 0; i < n; i++) {
        double *trace = trace_mg_dl ? trace_mg_dl + (size_t)i * (size_t)days * BLOCKS_PER_DAY : NULL;
        if (!run_one(self, &people[i], days, trace)) return false;
    }
    return true;
}

/* CVODE, BDF with dense linear algebra or Adams with fixed-point iteration */
static bool live_with(reference_solver *solver, const workload_person *person, int days, double *trace_mg_dl)
{
    if (!solver) return false;
    const any_solver any = reference_as_any(solver);
    const bool fine = reference_live(&any, person, days, trace_mg_dl);
    reference_free(solver);
    return fine;
}

static bool run_bdf_one(const peer *self, const workload_person *person, int days, double *trace_mg_dl)
{
    return live_with(reference_create(&person->kinetics, person->start, self->tolerance), person, days, trace_mg_dl);
}

static bool run_adams_one(const peer *self, const workload_person *person, int days, double *trace_mg_dl)
{
    return live_with(reference_create_adams(&person->kinetics, person->start, self->tolerance), person, days, trace_mg_dl);
}

static bool run_bdf(const peer *self, const workload_person *people, int days, double *trace_mg_dl)
{
    return run_each(self, people, days, trace_mg_dl, run_bdf_one);
}

static bool run_adams(const peer *self, const workload_person *people, int days, double *trace_mg_dl)
{
    return run_each(self, people, days, trace_mg_dl, run_adams_one);
}

/* GSL, Runge-Kutta-Fehlberg 4(5) */
typedef struct {
    scalar_equations *equations;
    gsl_odeiv2_driver *driver;
    double x[MINUTE_STATES], t;
    scalar_input in;
} gsl_solver;

static int gsl_rhs(double t, const double x[], double dx[], void *equations)
{
    (void)t;
    scalar_rhs(equations, x, dx);
    return GSL_SUCCESS;
}

static bool advance_gsl(void *self, const scalar_input *in, double minutes)
{
    gsl_solver *s = self;
    if (memcmp(&s->in, in, sizeof *in) != 0) {
        s->in = *in;
        scalar_set_input(s->equations, in);
        if (gsl_odeiv2_driver_reset_hstart(s->driver, 0.1) != GSL_SUCCESS) return false;
    }
    return gsl_odeiv2_driver_apply(s->driver, &s->t, s->t + minutes, s->x) == GSL_SUCCESS;
}

static const double *state_of_gsl(const void *self) { return ((const gsl_solver *)self)->x; }

static bool run_gsl_one(const peer *self, const workload_person *person, int days, double *trace_mg_dl)
{
    gsl_solver s = {.equations = scalar_create(&person->kinetics, NULL)};
    gsl_odeiv2_system system = {gsl_rhs, NULL, MINUTE_STATES, s.equations};
    s.driver = gsl_odeiv2_driver_alloc_y_new(&system, gsl_odeiv2_step_rkf45, 0.1, self->tolerance, self->tolerance);
    bool fine = s.equations && s.driver;
    if (fine) {
        memcpy(s.x, person->start, sizeof s.x);
        const any_solver any = {&s, advance_gsl, state_of_gsl};
        fine = reference_live(&any, person, days, trace_mg_dl);
    }
    if (s.driver) gsl_odeiv2_driver_free(s.driver);
    scalar_free(s.equations);
    return fine;
}

static bool run_gsl(const peer *self, const workload_person *people, int days, double *trace_mg_dl)
{
    return run_each(self, people, days, trace_mg_dl, run_gsl_one);
}

static void add_engine(peer *peers, int *n, const char *name, const char *kernel, int steps)
{
    const workload_method method = {kernel_find(kernel), steps};
    if (method.kernel) peers[(*n)++] = (peer){.name = name, .run = run_engine, .people = SUBJECT_COUNT, .method = method};
}

static void add_single_engine(peer *peers, int *n, const char *name, const char *width)
{
    const kernel *of = kernel_find(width);
    workload_runner *single = of ? workload_single(of) : NULL;
    if (single) peers[(*n)++] = (peer){.name = name, .run = run_engine, .people = SUBJECT_COUNT, .single = single};
}

/* A solver at 1e-6 and at the tolerance that suits an error of 0.1 mg/dL. */
static void add_solver(peer *peers, int *n, const char *name,
                       bool (*run)(const peer *, const workload_person *, int, double *))
{
    peers[(*n)++] = (peer){.name = name, .run = run, .people = 4};
    peers[(*n)++] = (peer){.name = name, .run = run, .people = 4, .tolerance = 1e-6};
}

static int peers_here(peer peers[PEERS_MAX])
{
    int n = 0;
    add_engine(peers, &n, "islet scalar, Runge-Kutta 1 min", kernel_find("scalar") ? "scalar" : "portable", 1);
    add_engine(peers, &n, "islet portable, default", "portable", 0);
    add_engine(peers, &n, "islet scalar, default", "scalar", 0);
    add_engine(peers, &n, "islet AVX2, default", "avx2", 0);
    add_engine(peers, &n, "islet AVX-512, default", "avx512", 0);
    add_single_engine(peers, &n, "islet scalar, default, single", "scalar");
    add_single_engine(peers, &n, "islet AVX2, default, single", "avx2");
    add_single_engine(peers, &n, "islet AVX-512, default, single", "avx512");
    add_engine(peers, &n, "islet AVX-512, Runge-Kutta 1 min", "avx512", 1);
    add_engine(peers, &n, "islet AVX-512, Runge-Kutta 1/8 min", "avx512", 8);
    add_solver(peers, &n, "GSL rkf45", run_gsl);
    add_solver(peers, &n, "CVODE Adams", run_adams);
    add_solver(peers, &n, "CVODE BDF", run_bdf);
    return n;
}

/* ---- measuring ---- */

/* => largest error; NaN when the solver fails */
static double error_of(const peer *p, const workload_person *people, int days, const double *reference_mg_dl, double *trace_mg_dl)
{
    const size_t all = SUBJECT_COUNT * (size_t)days * BLOCKS_PER_DAY;
    double error = 0.0;
    if (!p->run(p, people, days, trace_mg_dl)) return NAN;
    for (size_t i = 0; i < all; i++) error = fmax(error, fabs(trace_mg_dl[i] - reference_mg_dl[i]));
    return error;
}

/* What the user of a solver would look for: the coarsest tolerance that is good enough. */
static void find_tolerance(peer *p, const workload_person *people, int days, const double *reference_mg_dl, double *trace_mg_dl)
{
    static const double tolerances[] = {1e-2, 3e-3, 1e-3, 3e-4, 1e-4, 3e-5, 1e-5, 3e-6, 1e-6};
    for (size_t i = 0; i < sizeof tolerances / sizeof tolerances[0]; i++) {
        p->tolerance = tolerances[i];
        if (error_of(p, people, days, reference_mg_dl, trace_mg_dl) <= ERROR_WANTED_MG_DL) return;
    }
}

static bool measure_errors(peer *peers, int n, const workload_person *people, int days)
{
    const size_t person = (size_t)days * BLOCKS_PER_DAY, all = SUBJECT_COUNT * person;
    double *reference = malloc(all * sizeof *reference), *trace = malloc(all * sizeof *trace);
    bool fine = reference && trace;
    for (int i = 0; fine && i < SUBJECT_COUNT; i++) fine = reference_glucose(&people[i], days, reference + (size_t)i * person);
    for (int p = 0; fine && p < n; p++) {
        if (peers[p].run != run_engine && peers[p].tolerance == 0.0) find_tolerance(&peers[p], people, days, reference, trace);
        peers[p].error_mg_dl = error_of(&peers[p], people, days, reference, trace);
        fine = peers[p].error_mg_dl >= 0.0;
    }
    free(reference);
    free(trace);
    return fine;
}

static bool measure_speeds(peer *peers, int n, const workload_person *people, int days)
{
    for (int round = 0; round < ROUNDS; round++)
        for (int p = 0; p < n; p++) {
            const double start = thread_s();
            double elapsed = 0.0, patient_days = 0.0;
            while (elapsed < ROUND_S) {
                if (!peers[p].run(&peers[p], people, days, NULL)) return false;
                patient_days += (double)peers[p].people * days;
                elapsed = thread_s() - start;
            }
            peers[p].patient_days_per_s[round] = patient_days / elapsed;
        }
    return true;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_speed(peer *p)
{
    qsort(p->patient_days_per_s, ROUNDS, sizeof(double), by_value);
    return p->patient_days_per_s[ROUNDS / 2];
}

static double peak_flops(void)
{
    peak_run *run = peak_find(kernel_find(NULL)->name, false);
    const double start = thread_s();
    const peak_work work = run(PEAK_REPEATS);
    return work.result > 0.0 ? work.operations / (thread_s() - start) : 0.0;
}

int main(int argc, char **argv)
{
    const int days = argc > 1 ? atoi(argv[1]) : 14;
    const bool core = argc > 2 && strcmp(argv[2], "core") == 0;
    static workload_person people[SUBJECT_COUNT];
    peer peers[PEERS_MAX];
    if (days < 1 || !workload_people(!core, people)) return 2;
    const int n = peers_here(peers), brief = days < TIMED_DAYS ? days : TIMED_DAYS;
    workload_event *calendar = workload_calendar(people, SUBJECT_COUNT, days), *brief_calendar = workload_calendar(people, SUBJECT_COUNT, brief);
    if (!calendar || !brief_calendar) return 4;
    for (int p = 0; p < n; p++) {
        peers[p].days = days;
        peers[p].calendar = calendar;
        peers[p].brief_calendar = brief_calendar;
    }
    if (!measure_errors(peers, n, people, days) || !measure_speeds(peers, n, people, brief)) {
        fprintf(stderr, "a solver failed\n");
        return 4;
    }
    const double yardstick = median_speed(&peers[0]), peak = peak_flops();
    printf("%d people%s, %d days; error against CVODE 1e-10, largest over people and readings of five minutes\n\n", SUBJECT_COUNT,
           core ? " without secretion" : "", days);
    printf("%-36s %16s %14s %8s\n", "", "patient-days/s", "error mg/dL", "ratio");
    for (int p = 0; p < n; p++) {
        char name[48];
        if (peers[p].run == run_engine) snprintf(name, sizeof name, "%s", peers[p].name);
        else snprintf(name, sizeof name, "%s, tolerance %.0e", peers[p].name, peers[p].tolerance);
        printf("%-36s %16.0f %14.2g %8.2f\n", name, median_speed(&peers[p]), peers[p].error_mg_dl,
               median_speed(&peers[p]) / yardstick);
    }
    free(calendar);
    free(brief_calendar);
    printf("\npeak of fused multiply-add: %.1f Gflop/s on this core\n", 1e-9 * peak);
    return 0;
}
