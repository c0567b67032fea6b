/* Autoimmunity and native beta cells: limits, balance of cells, two phases, order of outcomes, nothing from nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "physiology/immunity.h"
#include "physiology/native.h"
#include "physiology/remission.h"

#define TREATED_MG_DL 160.0
#define UNTREATED_MG_DL 330.0
#define YEAR 365

static params p;
static person patient;
static const cell_signals silent;

typedef struct {
    immunity immunity;
    native native;
} body;

static int set_up(void **state)
{
    (void)state;
    p = params_default();
    patient = (person){
        .diabetes = DIABETES_TYPE1, .native_function_frac = 0.2, .immune_pace = 1.0, .autoantibody_positive = true};
    return 0;
}

static body at_diagnosis(void)
{
    body b;
    immunity_start(&b.immunity, &p, &patient);
    native_start(&b.native, &p, &patient);
    return b;
}

static double alive(const body *b)
{
    return b->native.active_frac + b->native.inactive_frac;
}

static void live(body *b, const cell_signals *signals, double glucose_mg_dl, int days)
{
    for (int i = 0; i < days; i++) {
        const native_day_of met = {.loss_per_day = immunity_native_loss_per_day(&b->immunity, &p, &patient),
                                   .attack = immunity_native_attack(&b->immunity, &p),
                                   .glucose_mg_dl = glucose_mg_dl};
        double dead = native_day(&b->native, &p, signals, &met);
        immunity_day(&b->immunity, &p, &patient, signals, dead, alive(b));
    }
}

static void test_levels_are_one_at_diagnosis(void **state)
{
    (void)state;
    body b = at_diagnosis();
    assert_float_equal(alive(&b), 0.2, 1e-15);
    double loss = immunity_native_loss_per_day(&b.immunity, &p, &patient);
    assert_float_equal(loss, p.native_loss_per_day * (1.0 - b.immunity.quiescence), 1e-15);
    patient.immune_pace = 3.0;
    assert_float_equal(immunity_native_loss_per_day(&b.immunity, &p, &patient), 3.0 * loss, 1e-15);
    patient.immune_pace = 1.0;
}

static void test_cells_are_balanced(void **state)
{
    (void)state;
    const cell_signals helping = {
        .native_protection_frac = 0.3, .native_recovery_gain = 0.5, .regulatory_gain = 0.4, .effector_brake_frac = 0.2};
    body b = at_diagnosis();
    for (int month = 0; month < 240; month++) {
        live(&b, month % 5 ? &silent : &helping, month % 3 ? TREATED_MG_DL : UNTREATED_MG_DL, 30);
        assert_float_equal(alive(&b) + b.native.lost_frac, 0.2, 1e-13);
        assert_true(b.native.active_frac >= 0.0 && b.native.inactive_frac >= -1e-18);
        assert_true(b.immunity.effector >= 0.0 && b.immunity.memory >= 0.0 && b.immunity.memory <= 1.0 &&
                    b.immunity.antigen >= 0.0);
    }
}

static void test_without_cells_nothing_is_attacked(void **state)
{
    (void)state;
    patient.native_function_frac = 0.0;
    body b = at_diagnosis();
    live(&b, &silent, TREATED_MG_DL, 10 * YEAR);
    assert_true(b.immunity.effector == 0.0 && b.native.lost_frac == 0.0);
    assert_float_equal(immunity_graft_factor(&b.immunity, &p), 1.0,
                       1e-12); /* settled memory: the graft's hazard is its parameter */
    patient.autoantibody_positive = false;
    b = at_diagnosis();
    assert_true(immunity_graft_factor(&b.immunity, &p) == 0.0);
    patient.autoantibody_positive = true;
    patient.native_function_frac = 0.2;
}

/* Half of the loss of year 1 or less in year 2, and next to none after ten years, with cells left. */
static void test_two_phases(void **state)
{
    (void)state;
    body b = at_diagnosis();
    double at[13];
    for (int year = 0; year < 13; year++) {
        at[year] = alive(&b);
        live(&b, &silent, TREATED_MG_DL, YEAR);
    }
    assert_true(at[1] - at[2] < 0.8 * (at[0] - at[1]));
    assert_true(at[3] - at[4] < 0.5 * (at[0] - at[1]));
    double early = log(at[1] / at[0]), late = log(at[12] / at[11]);
    assert_true(early < -0.3 && late > 0.3 * early);
    assert_true(at[12] > 1e-4);
}

/* High glucose puts cells to rest; insulin brings them back while the attack goes on. */
static void test_honeymoon(void **state)
{
    (void)state;
    body b = at_diagnosis();
    live(&b, &silent, UNTREATED_MG_DL, 60);
    double before = b.native.active_frac, all = alive(&b);
    live(&b, &silent, TREATED_MG_DL, 60);
    assert_true(alive(&b) < all);
    assert_true(b.native.active_frac > 1.3 * before);
    double best = b.native.active_frac;
    live(&b, &silent, TREATED_MG_DL, 2 * YEAR);
    assert_true(b.native.active_frac < 0.7 * best);
}

static void test_more_reserve_stays_more(void **state)
{
    (void)state;
    double last = 0.0;
    for (double reserve = 0.05; reserve < 0.6; reserve *= 1.6) {
        patient.native_function_frac = reserve;
        body b = at_diagnosis();
        live(&b, &silent, TREATED_MG_DL, 3 * YEAR);
        assert_true(alive(&b) > last);
        last = alive(&b);
    }
    patient.native_function_frac = 0.2;
}

static double left_after_depletion(double share, int days)
{
    body b = at_diagnosis();
    immunity_deplete(&b.immunity,
                     &(immune_depletion){.effector_frac = share, .memory_frac = share, .lymphocyte_frac = share});
    live(&b, &silent, TREATED_MG_DL, days);
    return alive(&b);
}

/* The more of effectors and memory is taken away, the more beta cells are left; but what is left of memory grows back. */
static void test_depletion_by_dose_and_relapse(void **state)
{
    (void)state;
    double last = left_after_depletion(0.0, 2 * YEAR);
    for (double share = 0.3; share < 0.999; share += 0.23) {
        double now = left_after_depletion(share, 2 * YEAR);
        assert_true(now > last + 1e-4);
        last = now;
    }
    body b = at_diagnosis();
    immunity_deplete(&b.immunity, &(immune_depletion){0.97, 0.97, 0.0, 0.9});
    live(&b, &silent, TREATED_MG_DL, 30);
    double soon = immunity_native_loss_per_day(&b.immunity, &p, &patient);
    live(&b, &silent, TREATED_MG_DL, 3 * YEAR);
    assert_true(immunity_native_loss_per_day(&b.immunity, &p, &patient) > 3.0 * soon);
    assert_true(b.immunity.memory > 0.5 && b.immunity.lymphocytes > 0.99);
}

static void test_nothing_from_nothing(void **state)
{
    (void)state;
    body untouched = at_diagnosis(), touched = at_diagnosis();
    immunity_deplete(&touched.immunity, &(immune_depletion){0});
    live(&untouched, &silent, TREATED_MG_DL, 700);
    live(&touched, &(cell_signals){.inflammation_drop = 1.0, .vessel_gain = 2.0}, TREATED_MG_DL, 700);
    assert_memory_equal(&untouched, &touched, sizeof untouched);
}

/* Every signal that immunity and native cells read keeps more beta cells. */
static void test_signals_act(void **state)
{
    (void)state;
    const cell_signals each[] = {
        {.regulatory_gain = 1.0}, {.effector_brake_frac = 0.5}, {.native_protection_frac = 0.5}};
    body control = at_diagnosis();
    live(&control, &silent, TREATED_MG_DL, YEAR);
    for (size_t i = 0; i < sizeof(each) / sizeof(*each); i++) {
        body b = at_diagnosis();
        live(&b, &each[i], TREATED_MG_DL, YEAR);
        assert_true(alive(&b) > 1.05 * alive(&control));
    }
    body slow = at_diagnosis(), fast = at_diagnosis();
    live(&slow, &silent, TREATED_MG_DL, 10);
    live(&fast, &(cell_signals){.native_recovery_gain = 1.0}, TREATED_MG_DL, 10);
    assert_true(fast.native.active_frac > 1.1 * slow.native.active_frac);

    body regulated = at_diagnosis();
    double before = immunity_graft_factor(&regulated.immunity, &p);
    live(&regulated, &each[0], TREATED_MG_DL, 100);
    assert_true(immunity_graft_factor(&regulated.immunity, &p) < 0.8 * before);
}

/* However long the attack lasts, the hidden share stays, and it is all that the hardest attack leaves. */
static void test_some_cells_escape(void **state)
{
    (void)state;
    const native_day_of hard = {.loss_per_day = 0.1, .attack = 1.0, .glucose_mg_dl = TREATED_MG_DL};
    body b = at_diagnosis();
    for (int day = 0; day < 2 * YEAR; day++) native_day(&b.native, &p, &silent, &hard);
    assert_float_equal(alive(&b), p.native_hidden_frac * 0.2, 1e-9);
    assert_true(b.native.active_frac > 0.0);
    p.native_hidden_frac = 0.0;
    b = at_diagnosis();
    for (int day = 0; day < 2 * YEAR; day++) native_day(&b.native, &p, &silent, &hard);
    assert_true(alive(&b) < 1e-12);
    p = params_default();
}

/* Sensitivity follows the share of insulin that comes through the portal vein: the whole gain where all does, within weeks, nothing without C-peptide. */
static void test_sensitivity_of_remission(void **state)
{
    (void)state;
    double all = 1.0, half = 1.0, none = 1.0;
    for (int day = 0; day < YEAR; day++) {
        all = remission_sensitivity_day(all, &p, p.remission_sensitivity_gain, 1.0);
        half = remission_sensitivity_day(half, &p, p.remission_sensitivity_gain, 0.5);
        none = remission_sensitivity_day(none, &p, p.remission_sensitivity_gain, 0.0);
        if (day == 90) assert_true(all > 1.0 + 0.9 * p.remission_sensitivity_gain);
    }
    assert_float_equal(all, 1.0 + p.remission_sensitivity_gain, 1e-4);
    assert_float_equal(half, 1.0 + 0.5 * p.remission_sensitivity_gain, 1e-4);
    assert_true(none == 1.0);
    for (int day = 0; day < YEAR; day++) all = remission_sensitivity_day(all, &p, p.remission_sensitivity_gain, 0.0);
    assert_float_equal(all, 1.0, 1e-4);
}

/* Without C-peptide a small dose is no remission; a mean of 1 nmol/L cleared at 0.05 a minute from 4 L is 48 U a day. */
static void test_portal_share(void **state)
{
    (void)state;
    const kinetics k = {.bw = 60.0, .c_kel = 0.05, .c_vc = 4.0};
    assert_true(remission_portal_share(&k, 0.0, 0.05) == 0.0 && remission_portal_share(&k, 0.0, 0.0) == 0.0);
    assert_true(remission_portal_share(&k, 0.3, 0.0) == 1.0);
    assert_float_equal(remission_portal_share(&k, 1.0, 0.8), 0.5, 1e-12);
    assert_float_equal(remission_portal_share(&k, 0.5, 1.2), 0.25, 1e-12);
}

/* Regulatory cells in excess of effectors calm the attack with its own time constant, and it wakes when they are gone. */
static void the_attack_is_calmed_and_wakes(void **state)
{
    (void)state;
    immunity i;
    immunity_start(&i, &p, &patient);
    double before = i.quiescence, attack = immunity_native_attack(&i, &p);
    const immune_depletion drugs = {.effector_frac = 0.95, .memory_frac = 0.95};
    immunity_deplete(&i, &drugs);
    immunity_day(&i, &p, &patient, &silent, 0.0, 0.2);
    double x = i.regulatory / (i.effector + 0.01), settled = p.quiescence_max_frac * x * x / (p.quiescence_half_ratio * p.quiescence_half_ratio + x * x);
    double way = (i.quiescence - before) / (settled - before);
    assert_true(fabs(way - (1.0 - exp(-1.0 / p.quiescence_day))) < 1e-9);
    assert_true(immunity_native_attack(&i, &p) < attack);
    double calm = i.quiescence;
    i.effector = 3.0;
    immunity_day(&i, &p, &patient, &silent, 0.0, 0.2);
    assert_true(i.quiescence < calm);
}

/* Drugs that brake the growth of T cells brake what memory does to a graft, as much as if there were less of it. */
static void a_brake_spares_the_graft(void **state)
{
    (void)state;
    immunity i;
    immunity_start(&i, &p, &(person){.diabetes = DIABETES_TYPE1, .immune_pace = 1.0, .autoantibody_positive = true});
    assert_true(fabs(immunity_graft_factor(&i, &p) - 1.0) < 1e-12);
    i.brake_frac = 0.5;
    double braked = immunity_graft_factor(&i, &p);
    i.brake_frac = 0.0;
    i.memory = 0.5;
    assert_true(braked < 0.9 && fabs(immunity_graft_factor(&i, &p) - braked) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_levels_are_one_at_diagnosis),
        cmocka_unit_test(test_cells_are_balanced),
        cmocka_unit_test(test_without_cells_nothing_is_attacked),
        cmocka_unit_test(test_two_phases),
        cmocka_unit_test(test_honeymoon),
        cmocka_unit_test(test_more_reserve_stays_more),
        cmocka_unit_test(test_depletion_by_dose_and_relapse),
        cmocka_unit_test(test_nothing_from_nothing),
        cmocka_unit_test(test_signals_act),
        cmocka_unit_test(test_some_cells_escape),
        cmocka_unit_test(test_sensitivity_of_remission),
        cmocka_unit_test(the_attack_is_calmed_and_wakes),
        cmocka_unit_test(a_brake_spares_the_graft),
        cmocka_unit_test(test_portal_share),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
