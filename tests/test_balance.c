/* Balance: what enters a body or a graft is still there or has left by a named way, through the shipped kernel.
 *
 * The sinks of a quantity are switched off by its rate constants; then everything that was given must be found in the
 * states, at every moment and in every method. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/units.h"
#include "patient/subject.h"
#include "physiology/basal.h"
#include "physiology/glucose_risk.h"
#include "physiology/graft.h"
#include "physiology/kernel.h"
#include "therapy/product.h"

#define RELATIVE 1e-12

static kinetics adult;
static double start[MINUTE_STATES];

static int set_up(void **state)
{
    (void)state;
    subject subjects[SUBJECT_COUNT];
    if (!subjects_read(subjects)) return -1;
    const params p = params_default();
    int adult_001 = -1;
    for (int i = 0; i < SUBJECT_COUNT; i++)
        if (strcmp(subjects[i].name, "adult#001") == 0) adult_001 = i;
    if (adult_001 < 0) return -1;
    subject_kinetics(&subjects[adult_001].free, &adult);
    kinetics_set_defaults(&p, &adult);
    kinetics_set_c_peptide(4.95, 35.0, 0.76, &adult);
    adult.c_vc = 4.5;
    basal_state(&adult, true, start);
    return 0;
}

/* Every lane the same person. */
static void fill(lane_group *group, const kinetics *k, const double x[MINUTE_STATES])
{
    double values[sizeof(kinetics) / sizeof(double)];
    memset(group, 0, sizeof(*group));
    memcpy(values, k, sizeof(values));
    for (int l = 0; l < LANE_GROUP; l++) {
        for (int i = 0; i < KINETIC_COUNT; i++) group->k[i][l] = values[i];
        for (int i = 0; i < MINUTE_STATES; i++) group->x[i][l] = x[i];
    }
    kernel_find(NULL)->prepare(group);
}

static double of(const lane_group *group, int state)
{
    return group->x[state][LANE_GROUP - 1];
}

static void assert_balanced(double expected, double found)
{
    if (!(fabs(found - expected) <= RELATIVE * fabs(expected) + 1e-9)) {
        print_error("expected %.12g, found %.12g\n", expected, found);
        fail();
    }
}

typedef void advance_method(const kernel *with, lane_group *group, int blocks);

static void by_default(const kernel *with, lane_group *group, int blocks)
{
    with->advance(group, blocks);
}

static void by_general(const kernel *with, lane_group *group, int blocks)
{
    with->advance_general(group, blocks * BLOCK_MINUTES, 1);
}

static advance_method *const methods[] = {by_default, by_general};

static void carbohydrate_is_in_gut_or_blood(void **state)
{
    (void)state;
    kinetics k = adult;
    k.kp1 = k.kp2 = k.kp3 = k.kp4 = k.fcns = k.ke1 = k.vm0 = k.vmx = k.xi = 0.0; /* nothing made, used or lost */
    for (int m = 0; m < 2; m++) {
        _Alignas(64) lane_group group;
        double x[MINUTE_STATES], eaten_mg = 0.0;
        memcpy(x, start, sizeof(x));
        fill(&group, &k, x);
        const double blood = (of(&group, MINUTE_gp) + of(&group, MINUTE_gt)) * k.bw;
        for (int meal = 0; meal < 3; meal++) {
            const double grams = 20.0 + 30.0 * meal; /* the last two begin before the stomach is empty */
            for (int l = 0; l < LANE_GROUP; l++) group_give_meal(&group, l, meal, grams * 1000.0);
            eaten_mg += grams * 1000.0;
            for (int i = 0; i < 30; i++) {
                methods[m](kernel_find(NULL), &group, 1);
                const double gut = of(&group, MINUTE_qs1) + of(&group, MINUTE_qs2) + of(&group, MINUTE_qg) +
                                   group.meal_left_mg[LANE_GROUP - 1];
                const double now = (of(&group, MINUTE_gp) + of(&group, MINUTE_gt)) * k.bw;
                assert_balanced(k.f * eaten_mg, k.f * gut + now - blood);
            }
        }
        assert_true(of(&group, MINUTE_qg) > 100.0); /* absorption was under way */
    }
}

static void insulin_is_under_the_skin_or_in_the_body(void **state)
{
    (void)state;
    kinetics k = adult;
    k.m1 = k.m4 = 0.0; /* no degradation: what the liver takes up stays there */
    for (int m = 0; m < 2; m++) {
        _Alignas(64) lane_group group;
        double given = 0.0;
        const double pump_u = 0.01;
        fill(&group, &k, (const double[MINUTE_STATES]){[MINUTE_gp] = 250.0, [MINUTE_gt] = 160.0});
        for (int l = 0; l < LANE_GROUP; l++) group.basal_u_per_min[l] = pump_u;
        kernel_find(NULL)->prepare(&group);
        for (int i = 0; i < 40; i++) {
            const double rapid_u = i % 5 == 0 ? 4.0 : 0.0, depot_u = i == 7 ? 20.0 : 0.0;
            for (int l = 0; l < LANE_GROUP; l++) {
                group_give_rapid(&group, l, i % BLOCK_MINUTES, rapid_u);
                group_give_depot(&group, l, 2, depot_u);
            }
            methods[m](kernel_find(NULL), &group, 1);
            given += (rapid_u + depot_u + 5.0 * pump_u) * PMOL_PER_UNIT_INSULIN / k.bw;
            const int places[] = {MINUTE_s1, MINUTE_s2, MINUTE_d1, MINUTE_d2, MINUTE_ip, MINUTE_il, MINUTE_ipo};
            double found = 0.0;
            for (size_t p = 0; p < sizeof(places) / sizeof(*places); p++) found += of(&group, places[p]);
            assert_balanced(given, found);
        }
    }
}

/* Insulin and C-peptide leave the beta cell mole for mole, through the portal vein and past it. */
static void c_peptide_matches_insulin_mole_for_mole(void **state)
{
    (void)state;
    for (int m = 0; m < 2; m++) {
        for (double portal = 0.0; portal <= 1.0; portal += 0.5) {
            kinetics k = adult;
            k.m1 = k.m4 = k.c_kel = 0.0;
            k.m_graft = 0.4;
            k.m_native = 0.1;
            k.phi_p = portal;
            _Alignas(64) lane_group group;
            fill(&group, &k, (const double[MINUTE_STATES]){[MINUTE_gp] = 300.0, [MINUTE_gt] = 200.0});
            for (int l = 0; l < LANE_GROUP; l++) group_give_meal(&group, l, 0, 60000.0);
            methods[m](kernel_find(NULL), &group, 48);
            const double insulin_pmol = (of(&group, MINUTE_ip) + of(&group, MINUTE_il)) * k.bw;
            const double c_peptide_pmol = (of(&group, MINUTE_c1) + of(&group, MINUTE_c2)) * k.c_vc * 1000.0;
            assert_true(c_peptide_pmol > 1000.0);
            assert_balanced(insulin_pmol, c_peptide_pmol);
        }
    }
}

static const mechanism_switches all_on = {{1, 1, 1, 1, 1, 1, 1, 1}};
_Static_assert(MECHANISM_COUNT == 8, "one 1 a mechanism");

static void cells_are_alive_or_lost_by_a_named_cause(void **state)
{
    (void)state;
    const params p = params_default();
    const person who = {.immune_frailty = 1.3, .engraftment = 1.0, .autoantibody_positive = true};
    product cells;
    regimen drugs;
    assert_true(product_shipped("zimislecel", &cells) && regimen_shipped("glucocorticoid_free", &drugs));
    graft g = {0};
    drug_state exposure = {.regimen = &drugs, .exposure_frac = 1.0};
    double delivered = 0.0;
    for (int day = 0; day < 900; day++) {
        if (day == 0 || day == 200) {
            delivered += graft_infuse(&g, &p, &cells, &(cell_course){.dose_cells = 4e8}, &all_on, 70.0);
        }
        if (day > 600) exposure.exposure_frac *= 0.9;
        graft_day(&g, &(graft_day_of){&p, &who, &exposure, {0}, day < 100 ? 150.0 : 110.0, 0.0, 1.0, 1.0});
        assert_balanced(delivered + g.regrown_million,
                        graft_cells_million(&g) + g.lost_early_million + g.lost_immune_million + g.lost_other_million);
    }
    assert_true(g.lost_early_million > 0.3 * delivered && g.lost_immune_million > 0.0 && g.regrown_million > 0.0);
}

/* Anoxic shares of the published table (zero-order sphere; P in mmHg, radius in um). */
static void anoxic_share_matches_the_table(void **state)
{
    (void)state;
    const params p = params_default();
    const struct {
        double pressure, radius, share;
    } rows[] = {{5, 50, 0.14}, {5, 75, 0.35}, {5, 100, 0.48}, {6, 75, 0.30}, {10, 75, 0.17},
                {10, 100, 0.32}, {20, 75, 0.016}, {20, 150, 0.35}, {40, 75, 0.0}, {40, 150, 0.17}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
        assert_true(fabs(graft_anoxic_frac(&p, rows[i].radius, rows[i].pressure) - rows[i].share) < 0.006);
}

/* 0.13 to 0.048 mg of beta mass in three days without immunity and drugs (mouse), to which the early loss was fitted. */
static void early_loss_matches_its_source(void **state)
{
    (void)state;
    params p = params_default();
    p.regrowth_per_day = 0.0;
    const person who = {.immune_frailty = 1.0, .engraftment = 1.0};
    product cells;
    assert_true(product_shipped("donor_islets_autograft", &cells));
    graft g = {0};
    const drug_state none = {0};
    graft_infuse(&g, &p, &cells, &(cell_course){.dose_ieq = 1e5}, &all_on, 70.0);
    for (int day = 0; day < 3; day++) graft_day(&g, &(graft_day_of){&p, &who, &none, {0}, 110.0, 0.0, 1.0, 1.0});
    double lost = 1.0 - graft_cells_million(&g) / g.courses[0].delivered_million;
    assert_true(lost > 0.55 && lost < 0.68);
}

/* Whatever is injected into whomever, glucose and insulin stay positive and finite, and glucose comes back. */
static void an_overdose_leaves_glucose_positive(void **state)
{
    (void)state;
    kinetics k = adult;
    k.r1 = 1.4407;
    k.ln_gb_pow = 3.66; /* ln(140)^0.8124 */
    for (double units = 10.0; units <= 1000.0; units *= 10.0) {
        _Alignas(64) lane_group group;
        double low = INFINITY;
        fill(&group, &k, start);
        for (int l = 0; l < LANE_GROUP; l++) {
            group.k[KINETIC_INDEX(vmx)][l] *= 0.5 + 0.5 * l; /* up to eight times as sensitive */
            group_give_rapid(&group, l, 0, units);
        }
        for (int i = 0; i < 12 * 48; i++) {
            kernel_find(NULL)->advance(&group, 1);
            for (int l = 0; l < LANE_GROUP; l++) {
                const double gp = group.x[MINUTE_gp][l], gt = group.x[MINUTE_gt][l];
                assert_true(gp > 0.0 && gt > 0.0 && gp < 1e4 && group.x[MINUTE_ip][l] >= 0.0);
                low = fmin(low, gp / k.vg);
            }
        }
        assert_true(low < 60.0);
        assert_true(of(&group, MINUTE_gp) / k.vg > 70.0);
    }
}

/* Published check values of the sensor metrics: 10 f^2 at eight glucose values, the worked GRI, GMI beside ADAG. */
static void glucose_metrics_match_their_check_values(void **state)
{
    (void)state;
    const struct {
        double glucose, low, high;
    } rows[] = {{40, 36.418, 0}, {54, 18.461, 0}, {70, 7.755, 0}, {90, 1.725, 0},
                {140, 0, 1.665}, {180, 0, 7.729}, {250, 0, 22.436}, {400, 0, 57.046}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        const double scale = glucose_risk_scale(rows[i].glucose);
        assert_true(fabs(glucose_risk_low(scale) - rows[i].low) < 6e-4);
        assert_true(fabs(glucose_risk_high(scale) - rows[i].high) < 6e-4);
    }
    assert_true(fabs(glycemia_risk_index(2.0, 4.0, 8.0, 25.0) - 48.4) < 1e-9);
    assert_true(glycemia_risk_index(30.0, 10.0, 0.0, 0.0) == 100.0);
    assert_true(fabs(glucose_management_indicator_pct(154.0) - 6.99) < 0.005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carbohydrate_is_in_gut_or_blood),
        cmocka_unit_test(insulin_is_under_the_skin_or_in_the_body),
        cmocka_unit_test(c_peptide_matches_insulin_mole_for_mole),
        cmocka_unit_test(cells_are_alive_or_lost_by_a_named_cause),
        cmocka_unit_test(anoxic_share_matches_the_table),
        cmocka_unit_test(early_loss_matches_its_source),
        cmocka_unit_test(an_overdose_leaves_glucose_positive),
        cmocka_unit_test(glucose_metrics_match_their_check_values),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
