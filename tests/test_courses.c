/* Courses of cells in a protocol: repeats and intervals, order, routes, doses of each kind of product, conditions, switches of
 * mechanisms, alternatives and preparation; and the messages for what cannot be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "therapy/protocol.h"

static islet_status try(const char *more, const char *cells, islet_protocol *out, islet_problems *problems)
{
    char text[2000];
    int n = snprintf(text, sizeof text, "islet: 1\ntitle: t\n%spopulation: {of: t1d_adult, n: 7}\narms:\n  - name: a\n%s"
                                        "follow_up: {years: 2}\n", more, cells);
    assert_true(n > 0 && n < (int)sizeof text);
    return protocol_parse(text, (size_t)n, "x.yaml", out, problems);
}

/* The caller frees. */
static islet_protocol *accept(const char *more, const char *cells)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    assert_non_null(protocol);
    if (try(more, cells, protocol, problems) < 0) fail_msg("%s", islet_problems_text(problems, 0));
    islet_problems_free(problems);
    return protocol;
}

static void refuse(const char *more, const char *cells, const char *words)
{
    islet_protocol *protocol = malloc(sizeof *protocol);
    islet_problems *problems = islet_problems_create();
    bool told = false;
    assert_non_null(protocol);
    assert_int_equal(try(more, cells, protocol, problems), ISLET_ERR_INPUT);
    for (int i = 0; i < islet_problems_count(problems); i++) told = told || strstr(islet_problems_text(problems, i), words);
    if (!told) fail_msg("%s lacks %s", islet_problems_text(problems, 0), words);
    islet_problems_free(problems);
    free(protocol);
}

#define CORD "product: msc_umbilical_cord, dose_cells_per_kg: 1e6"
#define MARROW "product: bone_marrow_mononuclear, dose_cells_per_kg: 1e8"

static void one_entry_stands_for_its_repeats(void **state)
{
    (void)state;
    islet_protocol *p = accept("", "    cells: [{" CORD ", day: 0, courses: 3, interval_week: 4}]\n");
    assert_int_equal(p->arms[0].n_courses, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(p->arms[0].courses[i].day, 28 * i);
        assert_true(p->arms[0].courses[i].dose_cells_per_kg == 1e6);
        assert_int_equal(p->arms[0].courses[i].route, ROUTE_vein); /* the product's */
    }
    free(p);
    p = accept("", "    cells: [{" CORD ", day: 5, courses: 2, interval_month: 6}]\n");
    assert_int_equal(p->arms[0].courses[1].day, 5 + 183);
    free(p);
}

static void a_tract_is_of_the_portal_vein(void **state)
{
    (void)state;
    islet_protocol *p = accept("", "    cells: [{product: zimislecel, dose_cells: 8e8, day: 0}, {product: zimislecel, dose_cells: 8e8, day: 9, tract: unsealed}]\n");
    assert_int_equal(p->arms[0].courses[0].tract, TRACT_SEALED);
    assert_int_equal(p->arms[0].courses[1].tract, TRACT_UNSEALED);
    free(p);
    refuse("", "    cells: [{" CORD ", day: 0, tract: sealed}]\n", "leave 'tract' out");
    refuse("", "    cells: [{product: zimislecel, dose_cells: 8e8, day: 0, tract: open}]\n", "unsealed");
}

static void entries_are_put_in_order(void **state)
{
    (void)state;
    islet_protocol *p = accept("", "    cells:\n      - {" CORD ", day: 0, courses: 3, interval_day: 10}\n"
                                   "      - {" MARROW ", day: 0, courses: 2, interval_day: 15, route: splenic_artery}\n");
    const int days[] = {0, 0, 10, 15, 20}, products[] = {0, 1, 0, 1, 0};
    assert_int_equal(p->arms[0].n_courses, 5);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(p->arms[0].courses[i].day, days[i]);
        assert_int_equal(p->arms[0].courses[i].product, products[i]);
        assert_int_equal(p->arms[0].courses[i].route, products[i] ? ROUTE_splenic_artery : ROUTE_vein);
    }
    free(p);
}

static void conditions_hold_for_later_courses(void **state)
{
    (void)state;
    islet_protocol *p = accept("", "    cells: [{" CORD ", day: 0, courses: 2, interval_month: 6, "
                                   "only_if: {hba1c_drop_pct: \">= 0.5\", insulin_drop_pct: [10, 100]}}]\n");
    assert_int_equal(p->arms[0].courses[0].n_conditions, 0); /* nothing was given that could have helped */
    const cell_course *second = &p->arms[0].courses[1];
    assert_int_equal(second->n_conditions, 2);
    assert_int_equal(second->only_if[0].what, CONDITION_hba1c_drop_pct);
    assert_true(second->only_if[0].range.low == 0.5 && !second->only_if[0].range.low_open && isinf(second->only_if[0].range.high));
    assert_true(second->only_if[1].range.low == 10 && second->only_if[1].range.high == 100);
    free(p);
}

static void mechanisms_are_switched_for_all_arms_or_one(void **state)
{
    (void)state;
    islet_protocol *p = accept("mechanisms: {insulin_sensitivity: off, growth_factors: 0.5}\n",
                               "    cells: [{" CORD ", day: 0}]\n    mechanisms: {growth_factors: 3, immune_modulation: off}\n  - name: b\n");
    const double *a = p->arms[0].mechanisms.factor, *b = p->arms[1].mechanisms.factor;
    assert_true(a[MECHANISM_insulin_sensitivity] == 0 && a[MECHANISM_growth_factors] == 1.5 && a[MECHANISM_immune_modulation] == 0);
    assert_true(b[MECHANISM_insulin_sensitivity] == 0 && b[MECHANISM_growth_factors] == 0.5 && b[MECHANISM_immune_modulation] == 1);
    assert_true(a[MECHANISM_beta_cell_replacement] == 1);
    free(p);
}

static void alternatives_and_preparation_are_read(void **state)
{
    (void)state;
    islet_protocol *p = accept("alternatives: {engraftment_loss: fixed_share, immune_attack: growing, mesenchymal_effect: pulse}\n"
                               "preparation: {weeks: 12, glucose: stabilised, contraindications: treated}\n", "");
    assert_int_equal(p->alternatives.engraftment_loss, ENGRAFTMENT_FIXED_SHARE);
    assert_int_equal(p->alternatives.immune_attack, ATTACK_GROWING);
    assert_int_equal(p->alternatives.mesenchymal_effect, EFFECT_PULSE);
    assert_int_equal(p->preparation.days, 84);
    assert_true(p->preparation.glucose_stabilised && p->preparation.contraindications_treated);
    free(p);
    p = accept("", "");
    assert_int_equal(p->alternatives.mesenchymal_effect, EFFECT_MEMORY);
    assert_int_equal(p->preparation.days, 0);
    free(p);
}

static void doses_fit_the_product(void **state)
{
    (void)state;
    free(accept("", "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 0}]\n"));
    refuse("", "    cells: [{" CORD ", cd34_per_kg: 1e6, day: 0}]\n", "twice");
    refuse("", "    cells: [{product: msc_umbilical_cord, cd34_per_kg: 1e6, day: 0}]\n", "it rebuilds no blood");
    refuse("", "    cells: [{product: msc_umbilical_cord, dose_ieq: 1e5, day: 0}]\n", "it has no islets");
    refuse("", "    cells: [{product: msc_umbilical, dose_cells: 1e6, day: 0}]\n", "did you mean 'msc_umbilical_cord'");
}

/* The accepted minimum of a transplant. */
static void few_cd34_cells_are_remarked_on(void **state)
{
    (void)state;
    islet_protocol *protocol = malloc(sizeof *protocol);
    assert_non_null(protocol);
    for (int few = 0; few < 2; few++) {
        islet_problems *problems = islet_problems_create();
        assert_int_equal(try("", few ? "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 1.9e6, day: 0}]\n"
                                     : "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 2e6, day: 0}]\n", protocol, problems), ISLET_OK);
        int told = 0; /* beside other remarks, as of cells without conditioning */
        for (int i = 0; i < islet_problems_count(problems); i++) told += strstr(islet_problems_text(problems, i), "2e6 CD34+") != NULL;
        assert_int_equal(told, few);
        islet_problems_free(problems);
    }
    free(protocol);
}

/* Marrow cells' strength is of type 2 diabetes. */
static void cells_that_nothing_is_known_of_are_remarked_on(void **state)
{
    (void)state;
    static const char *const of[] = {"t1d_adult", "t2d_insulin"};
    islet_protocol *protocol = malloc(sizeof *protocol);
    assert_non_null(protocol);
    for (int known = 0; known < 2; known++) {
        char text[400];
        islet_problems *problems = islet_problems_create();
        snprintf(text, sizeof text, "islet: 1\ntitle: t\npopulation: {of: %s, n: 7}\narms: [{name: a, cells: [{" MARROW ", day: 0}]}]\nfollow_up: {years: 1}\n", of[known]);
        assert_int_equal(protocol_parse(text, strlen(text), "x.yaml", protocol, problems), ISLET_OK);
        assert_int_equal(islet_problems_count(problems), !known);
        if (!known) assert_non_null(strstr(islet_problems_text(problems, 0), "it does nothing here"));
        islet_problems_free(problems);
    }
    free(protocol);
}

/* Nothing that acts in such people: of cells with strengths of nothing, of brakes on an attack that is not there, of conditioning. */
static void what_does_nothing_here_is_remarked_on(void **state)
{
    (void)state;
    static const struct {
        const char *of, *given;
        int remarks;
    } cases[] = {
        {"t2d_oral", "cells: [{product: msc_adipose, dose_cells_per_kg: 1e6, day: 0}]", 1},
        {"t1d_new_onset", "cells: [{product: msc_adipose, dose_cells_per_kg: 1e6, day: 0}]", 0},
        {"prediabetes", "cells: [{product: fetal_cells, dose_cells_per_kg: 1e6, day: 0}, {product: fetal_cells, dose_cells_per_kg: 1e6, day: 9}]", 1},
        {"metabolic_syndrome", "cells: [{product: regulatory_t_cells, dose_cells_per_kg: 1e7, day: 0}]", 1},
        {"metabolic_syndrome", "cells: [{" CORD ", day: 0}]", 0},
        {"t1d_adult", "cells: [{" CORD ", day: 0}]", 1}, /* no own cells to protect, no graft */
        {"t1d_adult", "cells: [{product: zimislecel, dose_cells: 8e8, day: 0}, {" CORD ", day: 1}], immunosuppression: glucocorticoid_free", 0},
        {"t2d_oral", "conditioning: teplizumab", 1},
        {"t1d_adult", "conditioning: teplizumab", 1},
        {"t1d_new_onset", "conditioning: teplizumab", 0},
    };
    islet_protocol *protocol = malloc(sizeof *protocol);
    assert_non_null(protocol);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[500];
        islet_problems *problems = islet_problems_create();
        snprintf(text, sizeof text, "islet: 1\ntitle: t\npopulation: {of: %s, n: 7}\narms: [{name: a, %s}]\nfollow_up: {years: 1}\n",
                 cases[k].of, cases[k].given);
        assert_int_equal(protocol_parse(text, strlen(text), "x.yaml", protocol, problems), ISLET_OK);
        int told = 0;
        for (int i = 0; i < islet_problems_count(problems); i++)
            told += strstr(islet_problems_text(problems, i), "beside its harms it does nothing here") != NULL;
        if (told != cases[k].remarks) fprintf(stderr, "%s %s: %d\n", cases[k].of, cases[k].given, told);
        assert_int_equal(told, cases[k].remarks);
        islet_problems_free(problems);
    }
    free(protocol);
}

static void what_cannot_be_is_said(void **state)
{
    (void)state;
    refuse("", "    cells: [{" CORD ", day: 0, courses: 3}]\n", "add interval_day, interval_week or interval_month");
    refuse("", "    cells: [{" CORD ", day: 0, interval_week: 4}]\n", "add courses: 2 or more");
    refuse("", "    cells: [{" CORD ", day: 0, courses: 3, interval_week: 4, interval_day: 28}]\n", "the interval is given twice");
    refuse("", "    cells: [{" CORD ", day: 0, courses: 3, interval_month: 12}]\n", "cells are given on day 730");
    refuse("", "    cells: [{" CORD ", day: 0, courses: 30, interval_day: 7}]\n", "'courses' is '30'");
    refuse("", "    cells: [{" CORD ", day: 0, courses: 24, interval_day: 7}, {" MARROW ", day: 1}]\n", "more than 24 givings");
    refuse("", "    cells: [{" CORD ", day: 0, route: artery}]\n", "one of portal_vein, vein, pancreatic_artery");
    refuse("", "    cells: [{product: zimislecel, dose_cells: 8e8, day: 0, route: vein}]\n", "where no graft of beta cells is known");
    refuse("", "    cells: [{product: zimislecel, dose_cells: 8e8, day: 0, route: device_open}]\n", "no numbers of a device");
    refuse("", "    cells: [{" CORD ", day: 0, only_if: {hba1c_drp_pct: \">= 1\"}}]\n", "did you mean");
    refuse("", "    cells: [{" CORD ", day: 0, only_if: {hba1c_drop_pct: 1}}]\n", "a comparison within its limits is expected");
    refuse("", "    cells: [{" CORD ", day: 9}, {" MARROW ", day: 3}]\n", "put courses in order");
    refuse("mechanisms: {insulin_sensitivity: none}\n", "", "on, off or a factor from 0 to 10");
    refuse("mechanisms: {growth_factor: off}\n", "", "did you mean 'growth_factors'");
    refuse("alternatives: {mesenchymal_effect: pulsed}\n", "", "did you mean 'pulse'");
    refuse("preparation: {weeks: 900}\n", "", "'weeks' is '900'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_entry_stands_for_its_repeats),
        cmocka_unit_test(a_tract_is_of_the_portal_vein),
        cmocka_unit_test(entries_are_put_in_order),
        cmocka_unit_test(conditions_hold_for_later_courses),
        cmocka_unit_test(mechanisms_are_switched_for_all_arms_or_one),
        cmocka_unit_test(alternatives_and_preparation_are_read),
        cmocka_unit_test(doses_fit_the_product),
        cmocka_unit_test(few_cd34_cells_are_remarked_on),
        cmocka_unit_test(cells_that_nothing_is_known_of_are_remarked_on),
        cmocka_unit_test(what_does_nothing_here_is_remarked_on),
        cmocka_unit_test(what_cannot_be_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
