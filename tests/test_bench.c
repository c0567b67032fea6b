/* islet_bench by its contract, and gates that no busy machine moves: error and counted operations of every method. Time itself
 * is measured only by make bench. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "islet.h"
#include "trial/workload.h"

#define ROOM 32
#define DAYS 2
#define PEOPLE 30
#define TICK_S 0.0625 /* longer than one round wants, so that each takes two looks at the clock */
#define SAME(a, b) (fabs((a) - (b)) <= 1e-12 * fabs(b))

static double now_s;
static double clock_s(void) { return now_s += TICK_S; }
static double clock_backwards_s(void) { return now_s -= TICK_S; }

/* largest error against the reference (mg/dL) and operations of a patient-day by method; the error as issue 5 asks it of the
 * default method and as bench/NOTES.md has it for Runge-Kutta of one minute, the operations within 3 % of what was counted
 * when this was written: a change that moves them is meant, or a mistake */
static const struct {
    const char *ending;
    double error_mg_dl, flops;
} gates[] = {{"-f32-rk4-core", 0.4, 1184382.0}, {"-f32-core", 0.1, 283163.0}, {"-f32", 0.1, 452064.0}, {"-rk4-core", 0.4, 1184382.0}, {"-rk4", 0.4, 1560835.0}, {"-core", 0.1, 283163.0}, {"-f64", 0.1, 452064.0}};
#define GATES ((int)(sizeof gates / sizeof gates[0]))
#define FLOPS_BAND 0.03

static int gate_of(const char *engine)
{
    for (int i = 0; i < GATES; i++) {
        const size_t n = strlen(engine), m = strlen(gates[i].ending);
        if (n >= m && strcmp(engine + n - m, gates[i].ending) == 0) return i;
    }
    fail_msg("%s: no gate for this engine", engine);
    return 0;
}

static void every_engine_of_this_machine_within_its_gates(void **state)
{
    (void)state;
    islet_bench_row rows[ROOM];
    int n = 0, seen[GATES] = {0};
    double error[GATES];
    assert_int_equal(islet_bench(DAYS, clock_s, rows, ROOM, &n), ISLET_OK);
    assert_string_equal(rows[0].engine, "scalar-rk4");
    for (int i = 0; i < n; i++) {
        const islet_bench_row *row = &rows[i];
        const int gate = gate_of(row->engine);
        print_message("%s: error %.3g mg/dL, %.0f operations a patient-day\n", row->engine, row->max_error_mg_dl,
                      row->flops_per_patient_day);
        assert_true(row->max_error_mg_dl > 0.0 && row->max_error_mg_dl <= gates[gate].error_mg_dl);
        if (seen[gate]++) assert_true(row->max_error_mg_dl == error[gate]); /* same bits at every width */
        error[gate] = row->max_error_mg_dl;

        /* by this clock everything is known */
        assert_true(SAME(row->patient_days_per_s_core, PEOPLE * DAYS / TICK_S));
        assert_true(SAME(row->ratio_to_scalar_rk4, 1.0));
        assert_true(row->peak_flops_per_s > 0.0);
        if (isnan(row->flops_per_patient_day)) continue; /* built without a C++ compiler */
        assert_true(fabs(row->flops_per_patient_day / gates[gate].flops - 1.0) <= FLOPS_BAND);
        assert_true(SAME(row->peak_fraction, row->flops_per_patient_day * row->patient_days_per_s_core / row->peak_flops_per_s));
    }
    assert_true(seen[3] > 0 && seen[4] > 0 && seen[5] + seen[6] > 0);
}

/* Readings of some days in single precision: the same bits at every width, and near those in double. */
static void single_precision_is_the_same_at_every_width(void **state)
{
    (void)state;
    enum { SINGLE_DAYS = 3, READINGS = PEOPLE * SINGLE_DAYS * BLOCKS_PER_DAY };
    static const char *const names[] = {"portable", "scalar", "avx2", "avx512"};
    static double first[READINGS], other[READINGS], whole[READINGS];
    static workload_person people[PEOPLE];
    assert_true(workload_people(true, people));
    workload_event *calendar = workload_calendar(people, PEOPLE, SINGLE_DAYS);
    assert_non_null(calendar);
    workload_run(&(workload_method){kernel_find(NULL), 0}, people, PEOPLE, SINGLE_DAYS, calendar, whole);
    int n = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const kernel *width = kernel_find(names[i]);
        workload_runner *run = width ? workload_single(width) : NULL;
        if (!run) continue; /* not of this machine, or built without a C++ compiler */
        run(0, people, PEOPLE, SINGLE_DAYS, calendar, n ? other : first);
        if (n++) assert_memory_equal(first, other, sizeof first);
    }
    for (int i = 0; n && i < READINGS; i++) assert_true(fabs(first[i] - whole[i]) < 0.1);
    if (n) assert_true(memcmp(first, whole, sizeof first) != 0);
    print_message("%d widths in single precision\n", n);
    free(calendar);
}

static void fewer_rows_where_there_is_no_room(void **state)
{
    (void)state;
    islet_bench_row rows[3];
    int n = 0;
    memset(rows, 0, sizeof rows);
    assert_int_equal(islet_bench(1, clock_s, rows, 2, &n), ISLET_OK);
    assert_int_equal(n, 2);
    assert_non_null(rows[1].engine);
    assert_null(rows[2].engine);
}

static void a_clock_that_runs_backwards_ends_and_gives_no_speed(void **state)
{
    (void)state;
    islet_bench_row row;
    int n = 0;
    assert_int_equal(islet_bench(1, clock_backwards_s, &row, 1, &n), ISLET_OK);
    assert_int_equal(n, 1);
    assert_true(row.patient_days_per_s_core == 0.0);
}

static void refuses_what_it_cannot_run(void **state)
{
    (void)state;
    islet_bench_row rows[ROOM];
    int n = -1;
    assert_int_equal(islet_bench(0, clock_s, rows, ROOM, &n), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_bench(3651, clock_s, rows, ROOM, &n), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_bench(1, NULL, rows, ROOM, &n), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_bench(1, clock_s, NULL, ROOM, &n), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_bench(1, clock_s, rows, 0, &n), ISLET_ERR_ARGUMENT);
    assert_int_equal(islet_bench(1, clock_s, rows, ROOM, NULL), ISLET_ERR_ARGUMENT);
    assert_int_equal(n, -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_engine_of_this_machine_within_its_gates),
        cmocka_unit_test(single_precision_is_the_same_at_every_width),
        cmocka_unit_test(fewer_rows_where_there_is_no_room),
        cmocka_unit_test(a_clock_that_runs_backwards_ends_and_gives_no_speed),
        cmocka_unit_test(refuses_what_it_cannot_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
