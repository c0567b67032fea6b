/* Grafts of every kind: oxygen in a slab, open and sealed devices, drugs and switches, rival accounts of loss and attack. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "physiology/graft.h"

static const mechanism_switches on = {{1, 1, 1, 1, 1, 1, 1, 1}};
_Static_assert(MECHANISM_COUNT == 8, "one 1 a mechanism");
static const person ordinary = {.immune_frailty = 1.0, .engraftment = 1.0, .kinetics = {.bw = 78.0}};
static params model;
static regimen drugs;

static int set_up(void **state)
{
    (void)state;
    model = params_default();
    return regimen_shipped("glucocorticoid_free", &drugs) ? 0 : -1;
}

/* What a story changes; all 0 is a donor graft alone under drugs. */
typedef struct {
    bool no_drugs;
    model_alternatives alternatives;
    double vessel_gain, attack_stopped_frac;
} story;

/* Share of the delivered cells alive after `days`; *function may be NULL. */
static double alive_after(const char *name, const cell_course *course, int days, const story *told, double *function)
{
    product cells;
    graft g = {0};
    drug_state taken = {.regimen = told->no_drugs ? NULL : &drugs, .exposure_frac = told->no_drugs ? 0.0 : 1.0};
    assert_true(product_shipped(name, &cells));
    cell_course given = *course;
    given.route = cells.route;
    double delivered = graft_infuse(&g, &model, &cells, &given, &on, 70.0);
    assert_true(delivered > 0.0);
    const graft_day_of day = {.params = &model, .who = &ordinary, .drugs = &taken, .alternatives = told->alternatives,
                              .glucose_mg_dl = 110.0, .vessel_gain = told->vessel_gain,
                              .attack_left_frac = 1.0 - told->attack_stopped_frac, .autoimmune_factor = 1.0};
    for (int i = 0; i < days; i++) graft_day(&g, &day);
    double left = graft_cells_million(&g) + g.lost_early_million + g.lost_immune_million + g.lost_other_million - g.regrown_million;
    assert_true(fabs(left - delivered) < 1e-9 * delivered);
    if (function) *function = graft_function(&g, &model, &ordinary, &taken);
    return graft_cells_million(&g) / delivered;
}

/* Share alive a month on of islets put elsewhere than their file says; nothing rejects them. */
static double alive_in(cell_route route, cell_route own, double glucose_mg_dl)
{
    static product cells;
    graft g = {0};
    const drug_state none = {0};
    const cell_course given = {.dose_ieq_per_kg = 10000, .route = route};
    assert_true(product_shipped("donor_islets", &cells));
    cells.route = own;
    double delivered = graft_infuse(&g, &model, &cells, &given, &on, 70.0);
    const graft_day_of day = {.params = &model, .who = &ordinary, .drugs = &none, .glucose_mg_dl = glucose_mg_dl};
    for (int i = 0; i < 30; i++) graft_day(&g, &day);
    return graft_cells_million(&g) / delivered;
}

static double alive_at(cell_route route, cell_route own)
{
    return alive_in(route, own, 110.0);
}

/* Mouse: 0.048 to 0.102 mg from day 3 to 30 at normal glucose, none at high glucose. */
static void high_glucose_stops_regrowth(void **state)
{
    (void)state;
    const double rate = model.regrowth_per_day;
    double normal = alive_in(ROUTE_portal_vein, ROUTE_portal_vein, 100.0), high = alive_in(ROUTE_portal_vein, ROUTE_portal_vein, 400.0);
    model.regrowth_per_day = 0.0;
    double none = alive_in(ROUTE_portal_vein, ROUTE_portal_vein, 100.0);
    model.regrowth_per_day = rate;
    assert_true(normal > 1.2 * none && high < 1.02 * none);
}

/* doi:10.3346/jkms.2010.25.2.203: as many islets are needed in muscle as in the liver; bare under the skin they hardly live. */
static void bare_places_are_no_better_than_the_portal_vein(void **state)
{
    (void)state;
    double portal = alive_at(ROUTE_portal_vein, ROUTE_portal_vein), muscle = alive_at(ROUTE_intramuscular, ROUTE_portal_vein),
           skin = alive_at(ROUTE_subcutaneous, ROUTE_portal_vein);
    assert_true(fabs(muscle - portal) < 0.06 && skin < 0.15 * portal && skin > 0.0);
    assert_true(alive_at(ROUTE_intramuscular, ROUTE_intramuscular) > muscle); /* numbers that were measured there have it in them */
}

static const story drugged = {0}, bare = {.no_drugs = true};
static const cell_course islets = {.dose_ieq_per_kg = 10000}, cells_8e8 = {.dose_cells = 8e8};

/* L_crit = sqrt(2 aD P/(phi Vmax)), both faces fed */
static void a_slab_is_anoxic_beyond_its_critical_thickness(void **state)
{
    (void)state;
    double reach_um = 1e4 * sqrt(2 * model.oxygen_permeability_mol_cm_mmhg_s * 40.0 / (0.5 * model.oxygen_use_mol_cm3_s));
    assert_true(reach_um > 70 && reach_um < 90);
    assert_true(graft_slab_anoxic_frac(&model, 0.99 * reach_um, 0.5, 40.0) == 0.0);
    assert_true(fabs(graft_slab_anoxic_frac(&model, 2.0 * reach_um, 0.5, 40.0) - 0.5) < 1e-12);
    assert_true(graft_slab_anoxic_frac(&model, 2.0 * reach_um, 0.0, 40.0) == 0.0); /* nothing lives, nothing is used up */
    /* plenty of oxygen everywhere, half the secretion at the half-point, and less where the middle starves */
    double half = model.oxygen_secretion_half_mm_hg;
    assert_true(graft_slab_secretion_frac(&model, 100.0, 0.0, 100.0) > 0.9999);
    assert_true(fabs(graft_slab_secretion_frac(&model, 100.0, 0.0, half) - 0.5) < 1e-12);
    double starving = graft_slab_secretion_frac(&model, reach_um, 0.5, 40.0);
    assert_true(starving > 0.5 && starving < 0.9);
}

static void a_sealed_device_saves_from_the_attack_and_starves(void **state)
{
    (void)state;
    double sealed, open, naked;
    double left_sealed = alive_after("sealed_device", &cells_8e8, 365, &bare, &sealed);
    double left_open = alive_after("open_device", &cells_8e8, 365, &bare, NULL);
    alive_after("open_device", &cells_8e8, 365, &drugged, &open);
    alive_after("zimislecel", &cells_8e8, 365, &drugged, &naked);
    assert_true(left_open < 1e-6);                        /* without drugs a donor's cells are rejected where vessels come */
    assert_true(left_sealed > 0.005 && left_sealed < 0.2); /* no attack, no oxygen */
    assert_true(sealed < 0.1 * naked && open < 0.5 * naked && open > 0.0);
}

/* Scar walls a device off in some people, who lose all, and in the others not; bare cells meet no such scar. */
static void a_device_fails_in_some_people_and_not_in_others(void **state)
{
    (void)state;
    static const char *const names[] = {"sealed_device", "open_device", "donor_islets"};
    for (int n = 0; n < 3; n++) {
        product cells;
        double alive[2];
        assert_true(product_shipped(names[n], &cells));
        const cell_course given = {.dose_cells = 1e8, .dose_ieq_per_kg = n == 2 ? 10000.0 : 0.0, .route = cells.route};
        const drug_state taken = {.regimen = &drugs, .exposure_frac = 1.0};
        const graft_day_of day = {.params = &model, .who = &ordinary, .drugs = &taken, .glucose_mg_dl = 110.0, .attack_left_frac = 1.0};
        for (int walled = 0; walled < 2; walled++) {
            graft g = {0};
            double delivered = graft_infuse(&g, &model, &cells, &given, &on, 70.0);
            graft_meets_scar(&g, cells.walled_off_frac.value + (walled ? -0.01 : 0.01));
            for (int i = 0; i < 365; i++) graft_day(&g, &day);
            alive[walled] = graft_cells_million(&g) / delivered;
        }
        if (n == 2) assert_true(alive[0] == alive[1]);
        else assert_true(alive[1] < 0.1 * alive[0] && alive[0] > 0.02);
    }
}

/* Secretion laws are per kg: the same cells are half as much of the pancreas that a person of twice the weight would have. */
static void the_same_cells_are_less_of_a_heavier_person(void **state)
{
    (void)state;
    product cells;
    graft g = {0};
    const drug_state none = {0};
    person heavy = ordinary;
    heavy.kinetics.bw *= 2.0;
    assert_true(product_shipped("donor_islets", &cells));
    graft_infuse(&g, &model, &cells, &islets, &on, 70.0);
    g.courses[0].vessels_frac = 1.0;
    double function = graft_function(&g, &model, &ordinary, &none);
    assert_true(function > 0.0 && fabs(graft_function(&g, &model, &heavy, &none) - 0.5 * function) < 1e-12);
}

static void own_and_hidden_cells_need_no_drugs(void **state)
{
    (void)state;
    double donor = alive_after("donor_islets", &islets, 90, &bare, NULL);
    assert_true(donor < 0.01);
    assert_true(alive_after("immune_evasive_islets", &islets, 90, &bare, NULL) > 0.3);
    assert_true(alive_after("autologous_reprogrammed_islets", &islets, 90, &bare, NULL) > 0.3);
    assert_true(alive_after("donor_islets_autograft", &islets, 90, &bare, NULL) > 0.3);
}

static void vessels_and_given_cells_help_a_graft(void **state)
{
    (void)state;
    const story vessels = {.vessel_gain = 2.0}, helped = {.no_drugs = true, .attack_stopped_frac = 0.8};
    assert_true(alive_after("donor_islets", &islets, 60, &vessels, NULL) > alive_after("donor_islets", &islets, 60, &drugged, NULL));
    assert_true(alive_after("donor_islets", &islets, 20, &helped, NULL) > 2 * alive_after("donor_islets", &islets, 20, &bare, NULL));
}

static void induction_against_inflammation_saves_cells(void **state)
{
    (void)state;
    double before = alive_after("donor_islets", &islets, 10, &drugged, NULL);
    drugs.early_loss_block_frac.value = 0.5;
    double after = alive_after("donor_islets", &islets, 10, &drugged, NULL);
    drugs.early_loss_block_frac.value = 0.0;
    assert_true(after > 1.1 * before);
}

static void rival_accounts_differ_where_they_should(void **state)
{
    (void)state;
    const story fixed = {.alternatives = {.engraftment_loss = ENGRAFTMENT_FIXED_SHARE}};
    const story growing = {.alternatives = {.immune_attack = ATTACK_GROWING}};
    const story growing_bare = {.no_drugs = true, .alternatives = {.immune_attack = ATTACK_GROWING}};
    params with = model;
    model.regrowth_per_day = 0.0;
    double left = alive_after("donor_islets", &islets, 10, &fixed, NULL);
    model = with;
    assert_true(fabs(left - (1.0 - model.fixed_loss_frac)) < 0.02); /* the share that is said, whatever the oxygen */
    /* the clone takes a week to grow: most of the graft is there after 5 days, little after 40 */
    assert_true(alive_after("donor_islets", &islets, 5, &growing_bare, NULL) > 0.9 * alive_after("donor_islets", &islets, 5, &drugged, NULL));
    assert_true(alive_after("donor_islets", &islets, 5, &bare, NULL) < 0.8 * alive_after("donor_islets", &islets, 5, &drugged, NULL));
    assert_true(alive_after("donor_islets", &islets, 40, &growing_bare, NULL) < 0.12);
    /* under full drugs both accounts begin alike */
    double steady = alive_after("donor_islets", &islets, 365, &drugged, NULL), clone = alive_after("donor_islets", &islets, 365, &growing, NULL);
    assert_true(fabs(clone - steady) < 0.02);
}

static void switches_take_the_beta_cells_away(void **state)
{
    (void)state;
    product cells;
    graft g = {0};
    mechanism_switches off = on;
    off.factor[MECHANISM_beta_cell_replacement] = 0.0;
    assert_true(product_shipped("zimislecel", &cells));
    assert_true(graft_infuse(&g, &model, &cells, &cells_8e8, &off, 70.0) == 0.0);
    assert_int_equal(g.n_courses, 0);

    /* what would have to be true: a share of other cells turns into beta cells in the pancreas */
    product marrow, *numbers = &cells;
    assert_true(product_shipped("bone_marrow_mononuclear", &marrow));
    const cell_course artery = {.dose_cells_per_kg = 1e8, .route = ROUTE_pancreatic_artery};
    assert_true(graft_infuse(&g, &model, &marrow, &artery, &on, 70.0) == 0.0);
    marrow.mechanisms[MECHANISM_differentiation].strength.value = 0.01;
    marrow.viability_frac = numbers->viability_frac;
    double expected = 7e9 * model.artery_arrival_frac * 0.01 * numbers->viability_frac.value * 1e-6;
    assert_true(fabs(graft_infuse(&g, &model, &marrow, &artery, &on, 70.0) - expected) < 1e-9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bare_places_are_no_better_than_the_portal_vein),
        cmocka_unit_test(a_slab_is_anoxic_beyond_its_critical_thickness),
        cmocka_unit_test(a_sealed_device_saves_from_the_attack_and_starves),
        cmocka_unit_test(a_device_fails_in_some_people_and_not_in_others),
        cmocka_unit_test(the_same_cells_are_less_of_a_heavier_person),
        cmocka_unit_test(own_and_hidden_cells_need_no_drugs),
        cmocka_unit_test(vessels_and_given_cells_help_a_graft),
        cmocka_unit_test(induction_against_inflammation_saves_cells),
        cmocka_unit_test(rival_accounts_differ_where_they_should),
        cmocka_unit_test(switches_take_the_beta_cells_away),
        cmocka_unit_test(high_glucose_stops_regrowth),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
