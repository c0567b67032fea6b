/* Scores: every cell of the published tables, their footnotes and bounds. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/units.h"
#include "trial/scores.h"

/* somebody whose graft does everything */
static const score_input best = {.hba1c_pct = 5.8, .fasting_glucose_mg_dl = 95.0, .c_peptide_fasting_nmol_l = 0.6,
                                 .c_peptide_stimulated_nmol_l = 1.3, .time_in_range_pct = 95.0};
static const score_input before = {.hba1c_pct = 8.0, .fasting_glucose_mg_dl = 170.0, .insulin_u_per_kg_day = 0.6, .time_in_range_pct = 50.0,
                                   .time_below_54_pct = 2.0, .severe_hypo_per_year = 3.0};

/* doi:10.2337/diacare.28.2.343, table 1: fasting glucose in mmol/L, HbA1c, U/kg, stimulated C-peptide in nmol/L => points */
static void beta_score_is_the_published_table(void **state)
{
    (void)state;
    static const struct {
        double glucose, hba1c, insulin, c_peptide;
        int score;
    } rows[] = {
        {5.5, 6.1, 0.0, 0.30, 8},  {5.6, 6.1, 0.0, 0.30, 7},  {6.9, 6.1, 0.0, 0.30, 7}, {7.0, 6.1, 0.0, 0.30, 6},
        {5.5, 6.2, 0.0, 0.30, 7},  {5.5, 6.9, 0.0, 0.30, 7},  {5.5, 7.0, 0.0, 0.30, 6}, {5.5, 6.1, 0.01, 0.30, 7},
        {5.5, 6.1, 0.24, 0.30, 7}, {5.5, 6.1, 0.25, 0.30, 6}, {5.5, 6.1, 0.0, 0.29, 7}, {5.5, 6.1, 0.0, 0.10, 7},
        {5.5, 6.1, 0.0, 0.09, 0},  {7.0, 7.0, 0.25, 0.10, 1}, {5.54, 6.14, 0.0, 0.30, 8}, {6.0, 6.5, 0.1, 0.2, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        score_input now = {.fasting_glucose_mg_dl = rows[i].glucose * MG_DL_PER_MMOL_L, .hba1c_pct = rows[i].hba1c,
                           .insulin_u_per_kg_day = rows[i].insulin, .c_peptide_stimulated_nmol_l = rows[i].c_peptide};
        assert_int_equal(score_beta(&now), rows[i].score);
    }
    /* footnote: fasting C-peptide of 0.3 stands for a stimulated one; tablets count as some insulin */
    score_input fasting = best;
    fasting.c_peptide_fasting_nmol_l = 0.3, fasting.c_peptide_stimulated_nmol_l = 0.0;
    assert_int_equal(score_beta(&fasting), 8);
    score_input tablets = best;
    tablets.other_drugs = true;
    assert_int_equal(score_beta(&tablets), 7);
}

/* Mortensen 2009: HbA1c + 4 x U/kg/24 h, partial remission at 9 or below */
static void idaa1c_is_the_published_formula(void **state)
{
    (void)state;
    assert_true(score_idaa1c_pct(7.0, 0.5) == 9.0);
    assert_true(score_partial_remission(7.0, 0.5));
    assert_false(score_partial_remission(7.1, 0.5));
    assert_false(score_partial_remission(7.0, 0.75));
    assert_true(score_partial_remission(8.9, 0.0));
}

/* doi:10.1111/tri.13138, table 3 */
static void igls_1_is_the_published_table(void **state)
{
    (void)state;
    score_input now = best;
    assert_int_equal(score_igls_1(&now, &before), IGLS_OPTIMAL);
    now.hba1c_pct = 6.5;
    assert_int_equal(score_igls_1(&now, &before), IGLS_OPTIMAL);
    now.hba1c_pct = 6.6;
    assert_int_equal(score_igls_1(&now, &before), IGLS_GOOD);
    now.hba1c_pct = 7.0;
    assert_int_equal(score_igls_1(&now, &before), IGLS_MARGINAL);

    now = best, now.insulin_u_per_kg_day = 0.29;           /* less than half of 0.6 */
    assert_int_equal(score_igls_1(&now, &before), IGLS_GOOD);
    now.insulin_u_per_kg_day = 0.30;
    assert_int_equal(score_igls_1(&now, &before), IGLS_MARGINAL);
    score_input much = before;
    much.insulin_u_per_kg_day = 1.4, now.insulin_u_per_kg_day = 0.55; /* footnote c: and below 0.5 */
    assert_int_equal(score_igls_1(&now, &much), IGLS_MARGINAL);

    now = best, now.severe_hypo_per_year = 1.0;            /* fewer than before */
    assert_int_equal(score_igls_1(&now, &before), IGLS_MARGINAL);
    now.severe_hypo_per_year = 3.0;
    assert_int_equal(score_igls_1(&now, &before), IGLS_FAILURE);

    now = best, now.c_peptide_fasting_nmol_l = 0.0, now.c_peptide_stimulated_nmol_l = 0.17; /* footnote b: above 0.17 */
    assert_int_equal(score_igls_1(&now, &before), IGLS_FAILURE);
    now.c_peptide_stimulated_nmol_l = 0.18;
    assert_int_equal(score_igls_1(&now, &before), IGLS_OPTIMAL);
    score_input own = before;                              /* and above the value before */
    own.c_peptide_stimulated_nmol_l = 0.2, own.c_peptide_fasting_nmol_l = 0.1;
    assert_int_equal(score_igls_1(&now, &own), IGLS_FAILURE);

    score_input calm = before;                             /* footnote f: no severe events before */
    calm.severe_hypo_per_year = 0.0;
    now = best, now.hba1c_pct = 7.5;
    assert_int_equal(score_igls_1(&now, &calm), IGLS_MARGINAL);
    now.hba1c_pct = 8.0;
    assert_int_equal(score_igls_1(&now, &calm), IGLS_FAILURE);
}

/* doi:10.1210/clinem/dgab386, table 2 */
static void igls_2_is_the_published_table(void **state)
{
    (void)state;
    score_input now = best;
    assert_int_equal(score_igls_2(&now, &before), IGLS_OPTIMAL);
    now.hba1c_pct = 6.9, now.time_in_range_pct = 80.0;
    assert_int_equal(score_igls_2(&now, &before), IGLS_OPTIMAL);
    now.time_in_range_pct = 79.0;
    assert_int_equal(score_igls_2(&now, &before), IGLS_GOOD);
    now.hba1c_pct = 7.0, now.time_in_range_pct = 70.0;
    assert_int_equal(score_igls_2(&now, &before), IGLS_GOOD);
    now.time_in_range_pct = 69.0;
    assert_int_equal(score_igls_2(&now, &before), IGLS_MARGINAL);
    now = best, now.time_below_54_pct = 0.9;
    assert_int_equal(score_igls_2(&now, &before), IGLS_GOOD);
    now.time_below_54_pct = 1.0;
    assert_int_equal(score_igls_2(&now, &before), IGLS_MARGINAL);
    now = best, now.severe_hypo_per_year = 1.0;
    assert_int_equal(score_igls_2(&now, &before), IGLS_MARGINAL);
    assert_int_equal(score_igls_2(&before, &before), IGLS_FAILURE);
}

static void igls_2_graft_function_needs_c_peptide_and_outcome(void **state)
{
    (void)state;
    score_input now = best;
    assert_int_equal(score_igls_2_graft(&now, &before), IGLS_OPTIMAL);
    now.insulin_u_per_kg_day = 0.1;
    assert_int_equal(score_igls_2_graft(&now, &before), IGLS_GOOD);
    now.c_peptide_fasting_nmol_l = 0.05, now.c_peptide_stimulated_nmol_l = 0.17;
    assert_int_equal(score_igls_2_graft(&now, &before), IGLS_MARGINAL);
    now.c_peptide_fasting_nmol_l = 0.03, now.c_peptide_stimulated_nmol_l = 0.09;
    assert_int_equal(score_igls_2_graft(&now, &before), IGLS_FAILURE);
    now = best, now.severe_hypo_per_year = 3.0;
    assert_int_equal(score_igls_2_graft(&now, &before), IGLS_FAILURE);
    assert_false(igls_is_success(IGLS_MARGINAL));
    assert_true(igls_is_success(IGLS_GOOD));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(beta_score_is_the_published_table),
        cmocka_unit_test(idaa1c_is_the_published_formula),
        cmocka_unit_test(igls_1_is_the_published_table),
        cmocka_unit_test(igls_2_is_the_published_table),
        cmocka_unit_test(igls_2_graft_function_needs_c_peptide_and_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
