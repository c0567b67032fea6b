/* People without type 1 diabetes: who is drawn, weight, inflammation, syndrome, drugs, and the ladders of their care. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "physiology/comparator.h"
#include "trial/lane.h"

#define PEOPLE 200

/* ---- people ---- */

/* Body mass index up to 50, no bound from type 1 diabetes, insulin fast enough for steps of a minute and a basal state of
 * their own: at reference glucose and insulin, production is what is used. */
static void people_are_drawn_around_the_published_sets(void **state)
{
    (void)state;
    static const char *const names[] = {"t2d_new", "t2d_oral", "t2d_insulin", "prediabetes", "metabolic_syndrome"};
    const params p = params_default();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        population of;
        person_source source;
        assert_true(population_shipped(names[i], &of));
        assert_true(person_source_fill(&source, &of, &p));
        int drawn = 0, obese = 0, insulin = 0, low_history = 0;
        for (uint64_t number = 0; number < PEOPLE; number++) {
            person who;
            if (!person_draw(&source, 1, number, &who)) continue;
            const kinetics *k = &who.kinetics;
            drawn++;
            obese += who.bmi_kg_m2 > 35.0;
            insulin += who.body.insulin != INSULIN_NONE;
            low_history += who.severe_hypo_per_year > 0.0;
            if (who.body.insulin == INSULIN_NONE && !who.body.drugs[DRUG_sulfonylurea]) /* nothing that brings glucose low */
                assert_true(who.severe_hypo_per_year == 0.0);
            assert_true(who.bmi_kg_m2 >= 20.0 && who.bmi_kg_m2 <= 50.0);
            assert_true(fabs(k->bw - who.bmi_kg_m2 * who.height_m * who.height_m) < 1e-9);
            assert_true(k->m1 / (1.0 - k->heb) + k->m2 + k->m4 < 2.0 * 2.5);
            double sb = k->m4 * k->ib * k->vi / 0.16;
            double egp = k->kp1 - k->kp2 * k->gb * k->vg - k->kp3 * k->ib - k->kp4 * sb / k->gamma;
            double gt = (k->fcns - egp + k->k1 * k->gb * k->vg) / k->k2;
            assert_true(fabs(egp - k->fcns - k->vm0 * gt / (k->km0 + gt)) < 1e-9);
            assert_true(fabs(k->heb - k->m5 * sb - 0.6) < 1e-9); /* hepatic extraction at the basal state */
        }
        assert_true(drawn > PEOPLE / 8 && obese > 0);
        assert_int_equal(insulin > 0, strcmp(names[i], "t2d_insulin") == 0);
        if (insulin > 0) assert_true(low_history > 0);
    }
}

/* What suppresses production of a healthy person by portal insulin is one parameter, in every kind of diabetes. */
static void portal_potency_has_one_source(void **state)
{
    (void)state;
    const params p = params_default();
    params more = p;
    more.portal_potency = 1.1 * p.portal_potency;
    population of;
    person_source source, stronger;
    assert_true(population_shipped("prediabetes", &of));
    assert_true(person_source_fill(&source, &of, &p) && person_source_fill(&stronger, &of, &more));
    int both = 0;
    for (uint64_t number = 0; number < 20; number++) {
        person who, same;
        if (!person_draw(&source, 1, number, &who) || !person_draw(&stronger, 1, number, &same)) continue;
        assert_true(fabs(same.kinetics.kp4 / who.kinetics.kp4 - 1.1) < 1e-12);
        both++;
    }
    assert_true(both > 0);
}

/* ---- metabolism ---- */

static person somebody(void)
{
    person who = {.diabetes = DIABETES_TYPE2, .height_m = 1.75, .bmi_kg_m2 = 100.0 / (1.75 * 1.75)};
    who.kinetics.bw = 100.0;
    who.kinetics.gb = 150.0;
    who.body = (metabolic_traits){.waist_cm = 110.0, .systolic_mm_hg = 135.0, .diastolic_mm_hg = 84.0, .ldl_mg_dl = 120.0, .hdl_mg_dl = 42.0,
                                  .triglycerides_mg_dl = 160.0, .lean_crp_mg_l = 1.0, .intake_kcal = 2700.0, .adherence = 1.0};
    return who;
}

/* 500 kcal a day less end 500/16.58 = 30.2 kg lower, with a time constant of 7111.84/16.58 = 429 days. */
static void weight_follows_intake(void **state)
{
    (void)state;
    const params p = params_default();
    const cell_signals none = {0};
    person who = somebody();
    metabolism m;
    metabolic_day day = {.intake_kcal = -500.0, .eaten_frac = 1.0, .glucose_mg_dl = 150.0, .drug_sensitivity = 1.0};
    metabolism_start(&p, &who, &m);
    for (int i = 0; i < 429; i++) metabolism_day(&p, &who, &day, &none, &m);
    assert_true(fabs(m.weight_kg - (100.0 - 30.157 * (1.0 - exp(-1.0)))) < 0.05);
    for (int i = 0; i < 10000; i++) metabolism_day(&p, &who, &day, &none, &m);
    assert_true(fabs(m.weight_kg - (100.0 - 30.157)) < 0.01);
    assert_true(m.muscle_sensitivity > pow(0.7, -p.muscle_weight_exponent)); /* less inflammation besides */
    assert_true(m.liver_sensitivity / m.muscle_sensitivity < pow(p.liver_weight_least_frac, -p.liver_weight_exponent) / pow(0.7, -p.muscle_weight_exponent));
    assert_true(m.triglycerides_mg_dl < 160.0 && m.hdl_mg_dl > 42.0 && m.waist_cm < 90.0);
}

/* What people come with is in balance: the usual drugs, insulin and glucose in urine change nothing. */
static void the_usual_keeps_weight(void **state)
{
    (void)state;
    const params p = params_default();
    const cell_signals none = {0};
    person who = somebody();
    metabolism m;
    metabolic_day day = {.intake_kcal = 80.0, .eaten_frac = 1.0, .glucose_mg_dl = 150.0, .urine_g = 12.0, .drug_sensitivity = 1.0, .drug_systolic_mm_hg = -4.0};
    metabolism_start(&p, &who, &m);
    metabolism_settle(&m, &day);
    for (int i = 0; i < 365; i++) metabolism_day(&p, &who, &day, &none, &m);
    assert_true(fabs(m.weight_kg - 100.0) < 1e-9);
    assert_true(fabs(m.systolic_mm_hg - 135.0 - p.systolic_age_slope_per_year) < 0.05);
}

/* Restriction of energy stops part of hepatic production within days, before weight has gone (PMID 15931603), and only while it
 * lasts. */
static void restriction_acts_before_weight(void **state)
{
    (void)state;
    const params p = params_default();
    const cell_signals none = {0};
    person who = somebody();
    metabolism m;
    metabolic_day fast = {.eaten_frac = 0.25, .glucose_mg_dl = 150.0, .drug_sensitivity = 1.0}, usual = fast;
    usual.eaten_frac = 1.0;
    metabolism_start(&p, &who, &m);
    assert_true(metabolism_production_factor(&p, &m) == 1.0);
    for (int i = 0; i < 7; i++) metabolism_day(&p, &who, &fast, &none, &m);
    assert_true(fabs(m.restriction_frac - 0.73) < 0.03 && m.weight_kg > 97.5);
    assert_true(fabs(metabolism_production_factor(&p, &m) - (1.0 - p.restriction_production_frac * m.restriction_frac)) < 1e-12);
    for (int i = 0; i < 14; i++) metabolism_day(&p, &who, &usual, &none, &m);
    assert_true(metabolism_production_factor(&p, &m) > 0.99);
}

/* Mean glucose 243 to 143 mg/dL for three months raised disposal 1.40-fold (doi:10.2337/diabetes.51.2.462). */
static void high_glucose_makes_muscle_resistant(void **state)
{
    (void)state;
    const params p = params_default();
    const cell_signals none = {0};
    person who = somebody();
    metabolism m;
    metabolic_day day = {.eaten_frac = 1.0, .glucose_mg_dl = 243.0, .drug_sensitivity = 1.0};
    metabolism_start(&p, &who, &m);
    metabolism_settle(&m, &day);
    day.glucose_mg_dl = 143.0;
    for (int i = 0; i < 90; i++) metabolism_day(&p, &who, &day, &none, &m);
    assert_true(fabs(m.muscle_sensitivity - 5.16 / 3.69) < 0.02);
    assert_true(fabs(m.liver_sensitivity - 1.0) < 1e-12);
}

/* Less inflammation improves sensitivity a little and CRP a lot; somebody with type 1 diabetes is left alone. */
static void inflammation_is_a_weak_lever(void **state)
{
    (void)state;
    const params p = params_default();
    const cell_signals calm = {.inflammation_drop = 0.4};
    person who = somebody();
    metabolism m;
    metabolic_day day = {.eaten_frac = 1.0, .glucose_mg_dl = 150.0, .drug_sensitivity = 1.0};
    metabolism_start(&p, &who, &m);
    double crp = metabolism_crp_mg_l(&p, &who, &m), il6 = metabolism_il6_pg_ml(&p, &m);
    for (int i = 0; i < 365; i++) metabolism_day(&p, &who, &day, &calm, &m);
    assert_true(metabolism_crp_mg_l(&p, &who, &m) < 0.8 * crp && metabolism_il6_pg_ml(&p, &m) < il6);
    assert_true(m.muscle_sensitivity > 1.02 && m.muscle_sensitivity < 1.2);
    who.diabetes = DIABETES_TYPE1;
    double before = m.tone;
    metabolism_day(&p, &who, &day, &calm, &m);
    assert_true(m.tone == before);
}

static void the_syndrome_needs_three_criteria(void **state)
{
    (void)state;
    person who = somebody();
    metabolism m = {.waist_cm = 101.0, .triglycerides_mg_dl = 149.0, .hdl_mg_dl = 40.0, .systolic_mm_hg = 129.0, .diastolic_mm_hg = 84.0};
    assert_false(metabolism_syndrome(&who, &m, 99.0, false));
    m.waist_cm = 102.0;
    m.diastolic_mm_hg = 85.0;
    assert_false(metabolism_syndrome(&who, &m, 99.0, false));
    assert_true(metabolism_syndrome(&who, &m, 100.0, false));
    assert_true(metabolism_syndrome(&who, &m, 99.0, true)); /* treated glucose counts */
    who.female = true; /* HDL below 50 now counts, the waist's limit is 88 */
    assert_true(metabolism_syndrome(&who, &m, 99.0, false));
}

/* ---- drugs and comparators ---- */

static void drugs_act_where_they_act(void **state)
{
    (void)state;
    const params p = params_default();
    glucose_drugs drugs = {0};
    drug_effects e = glucose_drugs_effects(&p, &drugs);
    assert_true(e.production_factor == 1.0 && e.secretion_factor == 1.0 && e.incretin_factor == 1.0 && e.emptying_factor == 1.0);
    assert_true(e.sensitivity_factor == 1.0 && e.native_pace == 1.0 && e.intake_kcal == 0.0 && e.threshold_shift_mg_dl == 0.0);

    drugs.taken[DRUG_semaglutide] = true;
    glucose_drugs_day(&p, &drugs, 1.0);
    assert_true(fabs(drugs.exposure[DRUG_semaglutide] - (1.0 - exp(-1.0 / p.drug_onset_day))) < 1e-12);
    glucose_drugs_settled(&drugs, 1.0);
    e = glucose_drugs_effects(&p, &drugs);
    drugs.taken[DRUG_dpp4_inhibitor] = true; /* adds nothing to a stronger incretin drug */
    glucose_drugs_settled(&drugs, 1.0);
    assert_int_equal(glucose_drugs_count(&drugs), 2);
    assert_true(glucose_drugs_effects(&p, &drugs).incretin_factor == e.incretin_factor);
    assert_true(e.incretin_factor > 1.0 && e.emptying_factor < 1.0 && e.production_factor < 1.0);
    drugs = (glucose_drugs){.taken[DRUG_tirzepatide] = true}; /* nor do agonists of one receptor add up in weight */
    glucose_drugs_settled(&drugs, 1.0);
    double alone = glucose_drugs_effects(&p, &drugs).intake_kcal;
    drugs.taken[DRUG_semaglutide] = drugs.taken[DRUG_glp1_agonist] = drugs.taken[DRUG_dpp4_inhibitor] = true;
    glucose_drugs_settled(&drugs, 1.0);
    assert_true(glucose_drugs_effects(&p, &drugs).intake_kcal == alone && alone < -100.0);
}

static void comparators_prescribe_what_they_say(void **state)
{
    (void)state;
    const params p = params_default();
    person who = somebody();
    assert_true(comparator_eaten_frac(&p, COMPARATOR_NONE, &who, 10) == 1.0);
    assert_true(fabs(comparator_eaten_frac(&p, COMPARATOR_WEIGHT_LOSS, &who, 10) - 840.0 / 2700.0) < 1e-12);
    double replaced = 840.0 / 2700.0, kept = 1.0 - p.weight_loss_kept_frac; /* food comes back in six weeks, half of it after three */
    assert_true(fabs(comparator_eaten_frac(&p, COMPARATOR_WEIGHT_LOSS, &who, 105) - 0.5 * (replaced + kept)) < 1e-12);
    assert_true(fabs(comparator_eaten_frac(&p, COMPARATOR_WEIGHT_LOSS, &who, 126) - kept) < 1e-12);
    assert_true(comparator_eaten_frac(&p, COMPARATOR_WEIGHT_LOSS, &who, 226) > kept);
    /* advice is no programme: a tenth of it at first, a fifth for good */
    double advice = 1.0 - comparator_eaten_frac(&p, COMPARATOR_DIET, &who, 0), programme = 1.0 - comparator_eaten_frac(&p, COMPARATOR_LIFESTYLE, &who, 0);
    assert_true(advice > 0.0 && advice < 0.1 * programme);
    assert_true(comparator_eaten_frac(&p, COMPARATOR_DIET, &who, 730) < 1.0);
    who.body.adherence = 0.5;
    assert_true(fabs(comparator_eaten_frac(&p, COMPARATOR_WEIGHT_LOSS, &who, 10) - 0.5 * (1.0 + 840.0 / 2700.0)) < 1e-12);
    assert_true(comparator_eaten_frac(&p, COMPARATOR_WEIGHT_LOSS, &who, 3650) > 0.99); /* given up in ten years */
    assert_true(comparator_incretin_factor(&p, COMPARATOR_BYPASS_SURGERY, 4.0) > 1.0); /* a meal's, and nothing in the fasted */
    assert_true(comparator_incretin_factor(&p, COMPARATOR_BYPASS_SURGERY, 0.0) == 1.0);
    assert_true(comparator_incretin_factor(&p, COMPARATOR_WEIGHT_LOSS, 4.0) == 1.0);
}

/* ---- care ---- */

typedef struct {
    params params;
    person who;
    islet_protocol protocol;
    protocol_arm arm;
    run_plan run;
    lane lane;
} clinic;

static void open_clinic(clinic *c, int titration, int insulin)
{
    memset(c, 0, sizeof *c);
    c->params = params_default();
    c->who = somebody();
    c->protocol.wean = WEAN_TRIAL_PROTOCOL;
    c->protocol.care = (type2_plan){.insulin = insulin, .titration = titration, .escalation = ESCALATION_STANDARD, .hba1c_target_pct = NAN};
    c->arm.care = (type2_plan){.insulin = -1, .titration = -1, .escalation = -1, .hba1c_target_pct = NAN};
    c->run = (run_plan){.protocol = &c->protocol, .params = &c->params, .seed = 1};
    c->lane.who = &c->who;
    c->lane.arm = &c->arm;
    type2_start(&c->run, &c->lane);
    care_type2_arm_begins(&c->run, &c->lane);
}

/* Days of the same fasting glucose, with one other reading each. => basal dose */
static double live(clinic *c, int from, int days, double fasting_mg_dl, double other_mg_dl)
{
    for (int day = from + 1; day <= from + days; day++) { /* what an arm prescribes holds from the day after day 0 */
        care_type2_reading(&c->lane, fasting_mg_dl, true);
        care_type2_reading(&c->lane, other_mg_dl, false);
        c->lane.care.fasting_sum += fasting_mg_dl;
        c->lane.care.fasting_n++;
        care_type2_day_end(&c->run, &c->lane, day);
    }
    return c->lane.care.long_acting_u;
}

/* The bands of PMC6794223, table T2. */
static void ladders_are_the_published(void **state)
{
    (void)state;
    static const struct {
        int rule, days;
        double fasting, lowest, change;
    } steps[] = {
        {TITRATION_RIDDLE, 7, 185, 150, 8},          {TITRATION_RIDDLE, 7, 150, 120, 6},
        {TITRATION_RIDDLE, 7, 130, 120, 4},          {TITRATION_RIDDLE, 7, 105, 90, 2},
        {TITRATION_RIDDLE, 7, 99, 90, 0},            {TITRATION_RIDDLE, 7, 150, 71, 0},
        {TITRATION_RIDDLE, 7, 150, 55, -3},          {TITRATION_GOAL_A1C, 7, 165, 120, 6},
        {TITRATION_GOAL_A1C, 7, 150, 120, 4},        {TITRATION_AT_LANTUS_PATIENT, 3, 101, 90, 2},
        {TITRATION_AT_LANTUS_CLINIC, 7, 150, 90, 4}, {TITRATION_INITIATE, 3, 110, 90, 2},
        {TITRATION_INITIATE, 3, 110, 71, -2},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        clinic c;
        open_clinic(&c, steps[i].rule, INSULIN_BASAL);
        assert_true(c.lane.care.long_acting_u == 10.0);
        assert_true(live(&c, 0, steps[i].days, steps[i].fasting, steps[i].lowest) == 10.0 + steps[i].change);
    }
}

/* GOAL A1C goes back to the dose before the last rise after a low. */
static void a_low_takes_the_last_rise_back(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c, TITRATION_GOAL_A1C, INSULIN_BASAL);
    assert_true(live(&c, 0, 7, 170, 120) == 16.0);
    assert_true(live(&c, 7, 7, 130, 69) == 10.0);
}

/* In a trial of cells insulin falls by a fifth a week while fasting glucose is low and stops below 6 U. */
static void insulin_is_reduced_in_every_arm_of_a_trial_of_cells(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c, TITRATION_USUAL, INSULIN_BASAL);
    double without_cells = live(&c, 0, 7, 105, 100);
    assert_true(without_cells == 10.0 && !c.lane.type2.care.reducing);
    c.protocol.n_arms = 2;
    c.protocol.arms[1].n_courses = 1; /* the other arm is given cells */
    care_type2_arm_begins(&c.run, &c.lane);
    assert_true(fabs(live(&c, 0, 7, 105, 100) - 8.0) < 1e-12);
    live(&c, 7, 14, 105, 100);
    assert_true(c.lane.care.off_insulin && c.lane.type2.care.insulin == INSULIN_NONE);
}

/* A review counts lows of its own seven days: the week of the tally begins with the arm's first review. */
static void a_review_has_the_lows_of_its_own_days(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c, TITRATION_USUAL, INSULIN_BASAL);
    c.protocol.n_arms = 2;
    c.protocol.arms[1].n_courses = 1;
    for (int before = 0; before < 7; before++) {
        c.lane.care.days = before;
        c.lane.care.part_n[0] = 100;
        c.lane.care.part_low_n[0] = 50; /* of the night that ended before the arm began */
        care_type2_arm_begins(&c.run, &c.lane);
        assert_true(live(&c, 0, 7, 150, 100) == 10.0);
        assert_int_equal(c.lane.care.days, 0);
    }
}

/* Nobody raises insulin towards the usual goal in a trial of cells, and a treatment is added only as rescue. */
static void treatment_is_held_in_every_arm_of_a_trial_of_cells(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c, TITRATION_USUAL, INSULIN_BASAL);
    c.protocol.care.escalation = -1;
    c.params.type2_titration_chance = 1.0;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_int_equal(c.lane.type2.care.plan.escalation, ESCALATION_STANDARD);
    assert_true(live(&c, 0, 7, 170, 150) == 12.0);
    c.protocol.n_arms = 2;
    c.protocol.arms[1].n_courses = 1;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_int_equal(c.lane.type2.care.plan.escalation, ESCALATION_RESCUE);
    assert_true(live(&c, 0, 7, 170, 150) == 12.0);
    assert_true(live(&c, 7, 7, 190, 150) == 14.0); /* far above target */
    c.protocol.wean = WEAN_NEVER;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_true(live(&c, 0, 7, 170, 150) == 16.0);
    c.protocol.wean = WEAN_TRIAL_PROTOCOL; /* a protocol can say which, whatever its arms are */
    c.protocol.treatment = TREATMENT_USUAL;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_int_equal(c.lane.type2.care.plan.escalation, ESCALATION_STANDARD);
    assert_true(!c.lane.type2.care.holding && c.lane.type2.care.reducing);
    c.protocol.treatment = TREATMENT_HELD;
    c.protocol.n_arms = 0;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_int_equal(c.lane.type2.care.plan.escalation, ESCALATION_RESCUE);
    assert_true(c.lane.type2.care.holding && !c.lane.type2.care.reducing);
}

/* What low weeks took away comes back as in ordinary care, to the dose of day 0 and no further. */
static void insulin_taken_away_is_given_back(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c, TITRATION_USUAL, INSULIN_BASAL);
    c.params.type2_titration_chance = 1.0;
    c.who.body.care_level = 1.0;
    c.protocol.n_arms = 2;
    c.protocol.arms[1].n_courses = 1;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_true(fabs(live(&c, 0, 7, 105, 100) - 8.0) < 1e-12);
    assert_true(live(&c, 7, 7, 150, 120) == 8.0); /* where ordinary care leaves people */
    assert_true(live(&c, 14, 7, 170, 120) == 10.0);
    assert_true(live(&c, 21, 7, 170, 120) == 10.0);
}

/* Below the goal for HbA1c insulin is reduced while fasting glucose is at its goal; above it, only while glucose is low. */
static void insulin_is_reduced_at_the_goal(void **state)
{
    (void)state;
    const double hba1c_pct[] = {6.8, 7.4}, after[] = {8.0, 10.0};
    for (int i = 0; i < 2; i++) {
        clinic c;
        open_clinic(&c, TITRATION_USUAL, INSULIN_BASAL);
        c.protocol.n_arms = 2;
        c.protocol.arms[1].n_courses = 1;
        care_type2_arm_begins(&c.run, &c.lane);
        c.lane.type2.care.hba1c_pct = hba1c_pct[i];
        assert_true(fabs(live(&c, 0, 7, 120, 100) - after[i]) < 1e-12);
    }
}

/* Of cells that work half as well as those of the type 2 set a meal leaves half of its effect on the next one. */
static void the_second_meal_needs_cells(void **state)
{
    (void)state;
    static lane_group minute;
    double effect[3];
    const double function[] = {0.225, 0.45, 0.9};
    for (int i = 0; i < 3; i++) {
        clinic c;
        open_clinic(&c, -1, -1);
        c.who.kinetics.f = 0.9;
        c.who.kinetics.kabs = 0.05;
        memset(&minute, 0, sizeof minute);
        minute.k[KINETIC_INDEX(vg)][0] = 1.49;
        minute.x[MINUTE_qg][0] = 50000.0;
        c.lane.type2.cells = (pathways){.mass = function[i], .exocytosis = 1.0};
        type2_look(&c.run, &c.lane, &minute, 0);
        effect[i] = c.lane.type2.second_meal;
    }
    assert_true(effect[0] > 0.0 && fabs(effect[0] - 0.5 * effect[1]) < 1e-12 && effect[2] == effect[1]);
}

static void an_arm_replaces_drugs_and_a_programme_stops_them(void **state)
{
    (void)state;
    clinic c;
    open_clinic(&c, -1, -1);
    c.who.body.drugs[DRUG_metformin] = c.who.body.drugs[DRUG_sulfonylurea] = true;
    type2_start(&c.run, &c.lane);
    care_type2_arm_begins(&c.run, &c.lane);
    assert_int_equal(glucose_drugs_count(&c.lane.type2.drugs), 2); /* an arm without `drugs` leaves them */
    c.arm.sets_drugs = true;
    c.arm.drugs[DRUG_tzd] = true;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_true(c.lane.type2.drugs.taken[DRUG_tzd] && glucose_drugs_count(&c.lane.type2.drugs) == 1);
    c.arm.comparator = COMPARATOR_WEIGHT_LOSS;
    care_type2_arm_begins(&c.run, &c.lane);
    assert_int_equal(glucose_drugs_count(&c.lane.type2.drugs), 0);
    assert_true(c.lane.type2.care.reducing);
}

/* Diabetes is found when two quarterly visits in a row are high, not one. */
static void diabetes_is_confirmed_at_a_second_visit(void **state)
{
    (void)state;
    static day_tally tally[400];
    static clinic c;
    open_clinic(&c, -1, -1);
    for (int i = 0; i < 400; i++) tally[i].mean_glucose_mg_dl = 100.0;
    c.who.glycation_rate_l_per_mmol_s = 1e-9; /* hardly any HbA1c: fasting glucose decides */
    c.who.diabetes = DIABETES_NONE;
    c.lane.tally = tally;
    c.lane.type2.care.diagnosed = false;
    const double fasting[] = {130.0, 100.0, 130.0, 130.0};
    for (int quarter = 0; quarter < 4; quarter++) {
        c.lane.type2.care.fasting_mg_dl = fasting[quarter];
        care_type2_day_end(&c.run, &c.lane, 91 * (quarter + 1));
        assert_int_equal(c.lane.type2.care.diagnosed, quarter == 3);
    }
}

/* A drug stopped at a low HbA1c comes back when it is above target, also where treatment is held. */
static void a_drug_that_was_withdrawn_comes_back(void **state)
{
    (void)state;
    static day_tally tally[500];
    static clinic c;
    open_clinic(&c, -1, -1);
    c.who.glycation_rate_l_per_mmol_s = c.params.glycation_rate_l_per_mmol_s;
    c.protocol.n_arms = 2;
    c.protocol.arms[1].n_courses = 1; /* another arm is given cells */
    c.who.body.drugs[DRUG_metformin] = c.who.body.drugs[DRUG_sulfonylurea] = true;
    type2_start(&c.run, &c.lane);
    c.protocol.care.escalation = ESCALATION_RESCUE;
    care_type2_arm_begins(&c.run, &c.lane);
    c.lane.tally = tally;
    const double glucose[] = {100.0, 100.0, 100.0, 220.0, 220.0};
    const int taken[] = {2, 1, 0, 1, 2}; /* at first HbA1c is that of day 0: nothing has fallen */
    for (int quarter = 0; quarter < 5; quarter++) {
        c.lane.type2.care.entry_hba1c_pct = quarter ? 8.0 : 5.5;
        for (int i = 0; i < 500; i++) tally[i].mean_glucose_mg_dl = glucose[quarter];
        c.lane.type2.care.fasting_mg_dl = 100.0; /* no rescue */
        care_type2_day_end(&c.run, &c.lane, 91 * (quarter + 1));
        assert_int_equal(glucose_drugs_count(&c.lane.type2.drugs), taken[quarter]);
    }
    assert_true(c.lane.type2.drugs.taken[DRUG_metformin] && c.lane.type2.drugs.taken[DRUG_sulfonylurea]);
}

/* Trials of prevention enrol who has one test at the limit of prediabetes and none at that of diabetes. */
static void prediabetes_is_screened_on_both_tests(void **state)
{
    (void)state;
    population of, other;
    assert_true(population_shipped("prediabetes", &of) && population_shipped("metabolic_syndrome", &other));
    static const struct {
        double hba1c_pct, fasting_mg_dl;
        bool admitted;
    } cases[] = {{5.6, 99.0, false}, {5.7, 90.0, true}, {5.0, 100.0, true}, {6.4, 125.0, true},
                 {6.5, 110.0, false}, {6.0, 126.0, false}, {NAN, 110.0, false}, {6.0, NAN, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(population_admits_glucose(&of, cases[i].hba1c_pct, cases[i].fasting_mg_dl), cases[i].admitted);
        assert_true(population_admits_glucose(&other, cases[i].hba1c_pct, cases[i].fasting_mg_dl));
    }
}

/* ---- protocols ---- */

static islet_status parse(const char *text, islet_protocol *out)
{
    return protocol_parse(text, strlen(text), "p.yaml", out, NULL);
}

static void care_of_type_2_fits_its_people(void **state)
{
    (void)state;
    islet_protocol *p = calloc(1, sizeof *p);
    assert_non_null(p);
    assert_int_equal(parse("islet: 1\ntitle: t\npopulation: {of: t2d_oral, n: 10}\n"
                           "care: {insulin: basal, titration: riddle, escalation: none, hba1c_target_pct: 7.5}\n"
                           "arms:\n  - {name: a, drugs: [metformin, semaglutide], insulin: none}\n  - {name: b, comparator: weight_loss, drugs: []}\n"
                           "follow_up: {years: 1}\n", p), ISLET_OK);
    assert_int_equal(p->care.titration, TITRATION_RIDDLE);
    assert_int_equal(p->care.escalation, ESCALATION_NONE);
    assert_true(p->care.hba1c_target_pct == 7.5);
    assert_true(p->arms[0].sets_drugs && p->arms[0].drugs[DRUG_semaglutide] && !p->arms[0].drugs[DRUG_tzd]);
    assert_int_equal(p->arms[0].care.insulin, INSULIN_NONE);
    assert_int_equal(p->arms[1].comparator, COMPARATOR_WEIGHT_LOSS);
    assert_true(p->arms[1].sets_drugs && p->arms[1].care.insulin < 0);
    static const char *const wrong[] = {"care: {insulin: none}\narms: [{name: a}]", "care: {titration: riddle}\narms: [{name: a}]",
                                        "arms: [{name: a, drugs: [metformin]}]", "arms: [{name: a, comparator: bypass_surgery}]"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char text[400];
        snprintf(text, sizeof text, "islet: 1\ntitle: t\npopulation: {of: t1d_adult, n: 10}\n%s\nfollow_up: {years: 1}\n", wrong[i]);
        assert_int_equal(parse(text, p), ISLET_ERR_INPUT);
    }
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(people_are_drawn_around_the_published_sets),
        cmocka_unit_test(portal_potency_has_one_source),
        cmocka_unit_test(weight_follows_intake),
        cmocka_unit_test(the_usual_keeps_weight),
        cmocka_unit_test(restriction_acts_before_weight),
        cmocka_unit_test(high_glucose_makes_muscle_resistant),
        cmocka_unit_test(inflammation_is_a_weak_lever),
        cmocka_unit_test(the_syndrome_needs_three_criteria),
        cmocka_unit_test(drugs_act_where_they_act),
        cmocka_unit_test(comparators_prescribe_what_they_say),
        cmocka_unit_test(ladders_are_the_published),
        cmocka_unit_test(a_low_takes_the_last_rise_back),
        cmocka_unit_test(insulin_is_reduced_in_every_arm_of_a_trial_of_cells),
        cmocka_unit_test(a_review_has_the_lows_of_its_own_days),
        cmocka_unit_test(treatment_is_held_in_every_arm_of_a_trial_of_cells),
        cmocka_unit_test(insulin_taken_away_is_given_back),
        cmocka_unit_test(insulin_is_reduced_at_the_goal),
        cmocka_unit_test(the_second_meal_needs_cells),
        cmocka_unit_test(an_arm_replaces_drugs_and_a_programme_stops_them),
        cmocka_unit_test(a_drug_that_was_withdrawn_comes_back),
        cmocka_unit_test(prediabetes_is_screened_on_both_tests),
        cmocka_unit_test(care_of_type_2_fits_its_people),
        cmocka_unit_test(diabetes_is_confirmed_at_a_second_visit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
