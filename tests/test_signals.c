/* Signals of given cells: exact solution of the pulse, dose and memory, places and routes, products apart, switches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "physiology/signals.h"

static const mechanism_switches on = {{1, 1, 1, 1, 1, 1, 1, 1}};
_Static_assert(MECHANISM_COUNT == 8, "one 1 a mechanism");

static product shipped(const char *name)
{
    product out;
    assert_true(product_shipped(name, &out));
    return out;
}

static cell_course per_kg(double cells, cell_route route)
{
    return (cell_course){.dose_cells_per_kg = cells, .route = route};
}

/* What is felt `days` after the last of `n` equal doses, `interval` days apart. */
static cell_signals after(const product *cells, const cell_course *course, int n, int interval, int days, const mechanism_switches *switches,
                          effect_account account)
{
    const params p = params_default();
    signal_state state = {0};
    cell_signals out = {0};
    for (int day = 0; day < (n - 1) * interval + days; day++) {
        if (day % (interval > 0 ? interval : 1) == 0 && day <= (n - 1) * interval && (interval > 0 || day == 0))
            signals_give(&state, &p, cells, course, 70.0);
        signals_day(&state, &p, switches, account, &out);
    }
    return out;
}

static void nothing_given_is_nothing_felt(void **state)
{
    (void)state;
    const params p = params_default();
    const cell_signals none = {0};
    cell_signals out = {1, 1, 1, 1, 1, 1, 1};
    signal_state empty = {0};
    signals_day(&empty, &p, &on, EFFECT_MEMORY, &out);
    assert_memory_equal(&out, &none, sizeof out);
    product fetal = shipped("fetal_cells");
    const cell_course course = per_kg(1e7, ROUTE_vein);
    out = after(&fetal, &course, 1, 0, 30, &on, EFFECT_MEMORY);
    assert_memory_equal(&out, &none, sizeof out);
}

/* X and S against their closed form, the memory against ten thousand small steps. */
static void the_pulse_follows_its_equations(void **state)
{
    (void)state;
    const params p = params_default();
    product cord = shipped("msc_umbilical_cord");
    const cell_course course = per_kg(1e6, ROUTE_vein);
    signal_state s = {0};
    cell_signals out;
    signals_give(&s, &p, &cord, &course, 70.0);
    double dose = cord.living_frac.value, a = 1 / p.cell_life_day, b = 1 / p.cell_signal_day, peak = 0.0;
    assert_true(fabs(s.sources[0].living_million_per_kg[PLACE_BODY] - dose) < 1e-12);
    for (double t = 0.0; t < 20.0; t += 0.001) peak = fmax(peak, (exp(-b * t) - exp(-a * t)) / (a - b));
    for (int day = 1; day <= 40; day++) {
        signals_day(&s, &p, &on, EFFECT_MEMORY, &out);
        double signal = dose * (exp(-b * day) - exp(-a * day)) / (a - b) / peak;
        assert_true(fabs(s.sources[0].living_million_per_kg[PLACE_BODY] - dose * exp(-a * day)) < 1e-12);
        assert_true(fabs(s.sources[0].signal_million_per_kg[PLACE_BODY] - signal) < 1e-6);
    }
    double memory = 0.0, step = 0.001, k = cord.half_effect_million_per_kg.value;
    for (double t = 0.0; t < 40.0; t += step) {
        double signal = dose * (exp(-b * t) - exp(-a * t)) / (a - b) / peak, drive = signal / (signal + k);
        memory += step * (drive * (1 - memory) / p.cell_memory_rise_day - memory / cord.memory_day.value);
    }
    assert_true(fabs(s.sources[0].memory_frac[PLACE_BODY] - memory) < 0.01); /* the drive is held for a day */
    assert_true(out.sensitivity_gain_frac == product_strength(&cord, MECHANISM_insulin_sensitivity) * s.sources[0].memory_frac[PLACE_BODY]);
}

static void a_dose_saturates_and_a_later_one_renews(void **state)
{
    (void)state;
    product cord = shipped("msc_umbilical_cord");
    const cell_course one = per_kg(1e6, ROUTE_vein), ten = per_kg(1e7, ROUTE_vein), huge = per_kg(1e10, ROUTE_vein);
    double e1 = after(&cord, &one, 1, 0, 60, &on, EFFECT_MEMORY).sensitivity_gain_frac;
    double e10 = after(&cord, &ten, 1, 0, 60, &on, EFFECT_MEMORY).sensitivity_gain_frac;
    double most = after(&cord, &huge, 1, 0, 60, &on, EFFECT_MEMORY).sensitivity_gain_frac;
    assert_true(e1 > 0.0 && e10 > e1 && e10 < 3 * e1 && most < product_strength(&cord, MECHANISM_insulin_sensitivity));
    /* the second course half a year later brings back what was forgotten */
    double alone = after(&cord, &one, 1, 0, 183 + 60, &on, EFFECT_MEMORY).sensitivity_gain_frac;
    double twice = after(&cord, &one, 2, 183, 60, &on, EFFECT_MEMORY).sensitivity_gain_frac;
    assert_true(twice > 1.3 * alone);
    /* without memory only the signal acts: weeks later nothing is left, however many courses */
    assert_true(after(&cord, &one, 2, 183, 60, &on, EFFECT_PULSE).sensitivity_gain_frac < 1e-6);
    assert_true(after(&cord, &one, 1, 0, 3, &on, EFFECT_PULSE).sensitivity_gain_frac > 0.1);
}

static void places_and_routes_count(void **state)
{
    (void)state;
    const params p = params_default();
    product marrow = shipped("bone_marrow_mononuclear"), cord = shipped("msc_umbilical_cord");
    cell_course artery = per_kg(1e7, ROUTE_pancreatic_artery), splenic = per_kg(1e7, ROUTE_splenic_artery), vein = per_kg(1e7, ROUTE_vein);
    double by_artery = after(&marrow, &artery, 1, 0, 30, &on, EFFECT_MEMORY).native_protection_frac;
    double by_splenic = after(&marrow, &splenic, 1, 0, 30, &on, EFFECT_MEMORY).native_protection_frac;
    double by_vein = after(&marrow, &vein, 1, 0, 30, &on, EFFECT_MEMORY).native_protection_frac;
    assert_true(by_artery > by_splenic && by_splenic > by_vein && by_vein > 0.0);
    assert_true(after(&marrow, &artery, 1, 0, 30, &on, EFFECT_MEMORY).sensitivity_gain_frac == 0.0);
    assert_true(after(&cord, &vein, 1, 0, 30, &on, EFFECT_MEMORY).native_protection_frac == 0.0);
    for (int route = 0; route < ROUTE_COUNT; route++)
        for (int place = 0; place < PLACE_COUNT; place++) {
            double share = signals_arrival_frac(&p, (cell_route)route, (signal_place)place);
            assert_true(share >= 0.0 && share <= 1.0);
        }
    assert_true(signals_arrival_frac(&p, ROUTE_subcutaneous, PLACE_BODY) == p.tissue_body_frac);
    assert_true(signals_arrival_frac(&p, ROUTE_intramuscular, PLACE_GRAFT) == 1.0 && signals_arrival_frac(&p, ROUTE_vein, PLACE_BODY) == 1.0);
    assert_true(signals_arrival_frac(&p, ROUTE_vein, PLACE_PANCREAS) < 0.1 * signals_arrival_frac(&p, ROUTE_pancreatic_artery, PLACE_PANCREAS));
}

/* Found in type 2 diabetes, where nothing attacks: said for no other, whatever the route and the dose. */
static void a_strength_holds_where_it_was_found(void **state)
{
    (void)state;
    const params p = params_default();
    product marrow = shipped("bone_marrow_mononuclear"), cord = shipped("msc_umbilical_cord");
    const cell_course course = per_kg(1e8, ROUTE_pancreatic_artery);
    cell_signals out[2];
    for (int type1 = 0; type1 < 2; type1++) {
        signal_state s = {.type1 = type1};
        signals_give(&s, &p, &marrow, &course, 70.0);
        signals_give(&s, &p, &cord, &course, 70.0);
        for (int day = 0; day < 30; day++) signals_day(&s, &p, &on, EFFECT_MEMORY, &out[type1]);
    }
    assert_true(out[0].native_protection_frac > 0.1 && out[0].native_recovery_gain > 0.1);
    assert_true(out[1].native_protection_frac == 0.0 && out[1].native_recovery_gain == 0.0);
    assert_true(out[1].effector_brake_frac > 0.0 && out[1].effector_brake_frac == out[0].effector_brake_frac);
}

static void switches_and_products_combine(void **state)
{
    (void)state;
    const params p = params_default();
    product cord = shipped("msc_umbilical_cord"), regulatory = shipped("regulatory_t_cells");
    const cell_course course = per_kg(1e7, ROUTE_vein);
    mechanism_switches off = on, twice = on;
    off.factor[MECHANISM_immune_modulation] = 0.0;
    twice.factor[MECHANISM_insulin_sensitivity] = 2.0;
    cell_signals plain = after(&cord, &course, 1, 0, 30, &on, EFFECT_MEMORY), without = after(&cord, &course, 1, 0, 30, &off, EFFECT_MEMORY);
    assert_true(plain.effector_brake_frac > 0.0 && plain.regulatory_gain > 0.0);
    assert_true(without.effector_brake_frac == 0.0 && without.regulatory_gain == 0.0);
    assert_true(without.sensitivity_gain_frac == plain.sensitivity_gain_frac);
    assert_true(fabs(after(&cord, &course, 1, 0, 30, &twice, EFFECT_MEMORY).sensitivity_gain_frac - 2 * plain.sensitivity_gain_frac) < 1e-12);

    /* two that each stop a share stop more together, never all */
    signal_state both = {0};
    cell_signals out;
    signals_give(&both, &p, &cord, &course, 70.0);
    signals_give(&both, &p, &regulatory, &course, 70.0);
    for (int day = 0; day < 30; day++) signals_day(&both, &p, &on, EFFECT_MEMORY, &out);
    assert_true(out.effector_brake_frac > plain.effector_brake_frac && out.effector_brake_frac < 1.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_given_is_nothing_felt),
        cmocka_unit_test(the_pulse_follows_its_equations),
        cmocka_unit_test(a_dose_saturates_and_a_later_one_renews),
        cmocka_unit_test(places_and_routes_count),
        cmocka_unit_test(a_strength_holds_where_it_was_found),
        cmocka_unit_test(switches_and_products_combine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
