/* Harms: what the laws of kidney, lows and loss must do, and that each harm of drugs and graft reaches its end point. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "physiology/slow.h"
#include "trial/harms.h"

#define PEOPLE 4000

typedef struct {
    params params;
    person who;
    struct islet_protocol protocol;
    protocol_arm arm;
    run_plan run;
    lane lane;
    patient_event events[64];
} ward;

static void open_ward(ward *w, uint64_t key)
{
    memset(w, 0, sizeof *w);
    w->params = params_default();
    w->who = (person){.key = key, .egfr_ml_min_1_73m2 = 95.0, .kidney_response = 1.0, .severe_hypo_frailty = 1.0};
    assert_true(regimen_shipped("edmonton_sirolimus_tacrolimus", &w->protocol.regimens[0]));
    w->arm = (protocol_arm){.regimen = 0, .regimen_stop_day = 1000000};
    w->run = (run_plan){.protocol = &w->protocol, .params = &w->params, .seed = 7};
    w->lane = (lane){.who = &w->who, .arm = &w->arm, .events = w->events, .max_events = 64, .end_day = 1000000, .awareness = 1.0};
    harms_start(&w->lane);
}

/* ADA abstract 238-OR: -28.3 in year 1, -2.9 a year to year 5, then -1.2; ageing is in them */
static void the_kidney_follows_the_published_slopes(void **state)
{
    (void)state;
    ward w;
    open_ward(&w, 1);
    w.params.background_mortality_per_year = 0.0;
    w.lane.drugs = (drug_state){.regimen = &w.protocol.regimens[0], .exposure_frac = 1.0};
    double at[9] = {95.0};
    for (int day = 0; day < 8 * 365; day++) {
        w.lane.days_on_drugs += 1.0;
        harms_day(&w.run, &w.lane, day);
        if ((day + 1) % 365 == 0) at[(day + 1) / 365] = w.lane.egfr;
    }
    assert_true(fabs(at[1] - (95.0 - 28.3)) < 1e-9);
    assert_true(fabs(at[3] - (at[1] - 2.0 * 2.9)) < 1e-9);
    assert_true(fabs(at[5] - (at[1] - 4.0 * 2.9)) < 1e-9);
    assert_true(fabs(at[8] - (at[5] - 3.0 * 1.2)) < 1e-9);
    assert_true(w.lane.happened[EVENT_kidney_injury] == (at[8] <= 0.7 * 95.0));
}

static void without_drugs_the_kidney_ages(void **state)
{
    (void)state;
    ward w;
    open_ward(&w, 1);
    for (int day = 0; day < 730; day++) harms_day(&w.run, &w.lane, day);
    assert_true(fabs(w.lane.egfr - (95.0 - 2.0 * w.params.egfr_age_slope_per_year)) < 1e-9);
}

/* doi:10.2337/db14-1620: production answers hypoglycaemia again under a working graft, whatever awareness is */
static void a_graft_restores_the_answer_to_lows(void **state)
{
    (void)state;
    params p = params_default();
    double unaware = counterregulation_frac(&p, 0.0, 0.0), half = counterregulation_frac(&p, 0.0, 0.5 * p.counterregulation_graft_function);
    assert_true(unaware == p.counterregulation_unaware_frac);
    assert_true(counterregulation_frac(&p, 0.0, 1.0) == 1.0 && counterregulation_frac(&p, 1.0, 0.0) == 1.0);
    assert_true(half > unaware && half < 1.0);
    double without = 0.2, with = 0.2;
    for (int day = 0; day < 365; day++) {
        without = awareness_day(&p, without, 0.95, 60.0, 0.0);
        with = awareness_day(&p, with, 0.95, 60.0, 0.5);
    }
    assert_true(without < 0.3 && with > 0.9);
}

/* The hazard grows with the minutes of deep hypoglycaemia and without awareness, and needs them. */
static void severe_events_need_deep_lows(void **state)
{
    (void)state;
    int none = 0, some = 0, more = 0, unaware = 0;
    for (int i = 0; i < PEOPLE; i++) {
        ward w;
        open_ward(&w, (uint64_t)i);
        w.params.severe_hypo_per_low_min = 1e-3;
        const struct { double minutes, awareness; int *events; } cases[] = {{0, 1, &none}, {20, 1, &some}, {60, 1, &more}, {20, 0, &unaware}};
        for (size_t c = 0; c < 4; c++) {
            w.lane.happened[EVENT_severe_hypo] = false;
            w.lane.deep_low_min = cases[c].minutes;
            w.lane.awareness = cases[c].awareness;
            harms_day(&w.run, &w.lane, 0);
            *cases[c].events += w.lane.happened[EVENT_severe_hypo];
        }
    }
    assert_int_equal(none, 0);
    assert_true(fabs(some / (double)PEOPLE - (1.0 - exp(-0.02))) < 0.01);
    assert_true(fabs(more / (double)PEOPLE - (1.0 - exp(-0.06))) < 0.015);
    assert_true(unaware > 4 * some);
}

/* Shares of people with each harm of the drugs are those of the regimen's file. */
static void harms_of_drugs_have_their_published_shares(void **state)
{
    (void)state;
    int cmv = 0, early = 0, neutropenia = 0;
    ward w;
    for (int i = 0; i < PEOPLE; i++) {
        open_ward(&w, (uint64_t)i);
        w.lane.drugs = (drug_state){.regimen = &w.protocol.regimens[0], .exposure_frac = 1.0};
        harms_of_drugs(&w.run, &w.lane, 0);
        cmv += w.lane.cmv_day >= 0;
        early += w.lane.cmv_day >= 0 && w.lane.cmv_day < w.params.cmv_median_day;
        neutropenia += w.lane.neutropenia_day >= 0;
        assert_true(w.lane.neutropenia_day < 365);
    }
    const regimen *drugs = &w.protocol.regimens[0];
    assert_true(fabs(cmv / (double)PEOPLE - drugs->cmv_infection_frac.value) < 0.02);
    assert_true(fabs(early / (double)cmv - 0.5) < 0.08);
    assert_true(fabs(neutropenia / (double)PEOPLE - drugs->neutropenia_frac.value) < 0.015);
}

/* Only a foreign graft leaves antibodies against its donor. */
static void losing_a_foreign_graft_sensitises(void **state)
{
    (void)state;
    static product foreign, own;
    assert_true(product_shipped("donor_islets", &foreign) && product_shipped("donor_islets_autograft", &own));
    int foreign_n = 0, own_n = 0;
    ward w;
    for (int i = 0; i < PEOPLE; i++) {
        open_ward(&w, (uint64_t)i);
        w.lane.graft.n_courses = 1;
        w.lane.graft.courses[0].product = &foreign;
        harms_of_graft_loss(&w.run, &w.lane, 400);
        foreign_n += w.lane.happened[EVENT_sensitisation];
        open_ward(&w, (uint64_t)i);
        w.lane.graft.n_courses = 1;
        w.lane.graft.courses[0].product = &own;
        harms_of_graft_loss(&w.run, &w.lane, 400);
        own_n += w.lane.happened[EVENT_sensitisation];
    }
    assert_int_equal(own_n, 0);
    assert_true(fabs(foreign_n / (double)PEOPLE - w.params.sensitisation_frac) < 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kidney_follows_the_published_slopes),
        cmocka_unit_test(without_drugs_the_kidney_ages),
        cmocka_unit_test(a_graft_restores_the_answer_to_lows),
        cmocka_unit_test(severe_events_need_deep_lows),
        cmocka_unit_test(harms_of_drugs_have_their_published_shares),
        cmocka_unit_test(losing_a_foreign_graft_sensitises),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
