/* Discrepancy between trials and model: scales, file, and recovery of its size from simulated trials - with the coverage of new trials. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/problems.h"
#include "base/rng.h"
#include "evidence/discrepancy.h"
#include "evidence/predict.h"

#define COHORTS 12
#define ROWS_EACH 3
#define ROWS (COHORTS * ROWS_EACH)
#define DRAWS 24
#define PEOPLE 64
#define HEADER "kind,rows,cohorts,bias,bias_se,cohort_sd,row_sd,sd,df,arms_sd,arms_df,scale\n"

static double normal(uint64_t seed, uint64_t key, uint64_t index)
{
    return rng_normal(seed, key, RNG_assay, index);
}

static void test_scales(void **state)
{
    (void)state;
    static const char *const endpoints[] = {"hba1c_pct", "insulin_u_per_kg_day", "insulin_u_per_day", "c_peptide_stimulated_nmol_l", "time_in_range_pct",
                                            "fasting_glucose_mg_dl"};
    discrepancy_scale scale;
    for (size_t i = 0; i < sizeof endpoints / sizeof *endpoints; i++) {
        assert_true(discrepancy_of(endpoints[i], ENDPOINT_KIND_mean, false, &scale) != DISCREPANCY_other);
        for (double x = 0.0; x < 3.0; x += 0.5) assert_true(fabs(discrepancy_from(&scale, discrepancy_to(&scale, x)) - x) < 1e-9);
    }
    assert_int_equal(discrepancy_of("death", ENDPOINT_KIND_harm, false, &scale), DISCREPANCY_share);
    assert_true(isfinite(discrepancy_to(&scale, 0.0)) && fabs(discrepancy_from(&scale, discrepancy_to(&scale, 0.3)) - 0.3) < 1e-12);
    assert_int_equal(discrepancy_of("c_peptide_auc_mean_nmol_l", ENDPOINT_KIND_mean, true, &scale), DISCREPANCY_c_peptide_change);
    assert_int_equal(discrepancy_of("egfr_ml_min_1_73m2", ENDPOINT_KIND_mean, false, &scale), DISCREPANCY_other);
    assert_int_equal(discrepancy_of("insulin_u_per_day", ENDPOINT_KIND_mean, true, &scale), DISCREPANCY_other);
    /* a dose and its relative change differ alike: half of the usual dose either way */
    assert_int_equal(discrepancy_of("insulin_u_per_kg_day", ENDPOINT_KIND_mean, false, &scale), DISCREPANCY_insulin);
    double dose = discrepancy_to(&scale, 0.5) - discrepancy_to(&scale, 0.25);
    assert_int_equal(discrepancy_of("insulin_change_pct", ENDPOINT_KIND_mean, false, &scale), DISCREPANCY_insulin);
    assert_true(fabs(discrepancy_to(&scale, 0.0) - discrepancy_to(&scale, -50.0) - dose) < 1e-9);
}

/* Trials whose cohorts, rows and parameters differ as told; a fit of them. */
typedef struct {
    discrepancy_point points[ROWS];
    double shift[ROWS][DRAWS];
} simulated_rows;

static void simulate(simulated_rows *s, uint64_t seed, double cohort_sd, double row_sd, double parameter_sd)
{
    double truth = parameter_sd * normal(seed, 1, 0);
    for (int i = 0; i < ROWS; i++) {
        int cohort = i / ROWS_EACH;
        double sampling_sd = 0.1 + 0.02 * i, effect = 0.5 + 0.05 * i;
        for (int k = 0; k < DRAWS; k++) s->shift[i][k] = effect * parameter_sd * normal(seed, 2, (uint64_t)k);
        s->points[i] = (discrepancy_point){effect * truth + cohort_sd * normal(seed, 3, (uint64_t)cohort) + row_sd * normal(seed, 4, (uint64_t)i) +
                                               sampling_sd * normal(seed, 5, (uint64_t)i),
                                           sampling_sd, cohort, s->shift[i]};
    }
}

static void test_recovery(void **state)
{
    (void)state;
    static simulated_rows s;
    const int repeats = 120;
    double cohort = 0.0, row = 0.0, none = 0.0, arms = 0.0;
    for (int i = 0; i < repeats; i++) {
        discrepancy_term t;
        simulate(&s, 100 + (uint64_t)i, 0.5, 0.3, 0.4);
        assert_true(discrepancy_fit(s.points, ROWS, DRAWS, &t));
        assert_true(t.rows == ROWS && t.cohorts == COHORTS && t.df >= 1.0);
        cohort += t.cohort_sd * t.cohort_sd / repeats;
        row += t.row_sd * t.row_sd / repeats;
        arms += t.arms_sd * t.arms_sd / repeats;
        simulate(&s, 9000 + (uint64_t)i, 0.0, 0.0, 0.4);
        assert_true(discrepancy_fit(s.points, ROWS, DRAWS, &t));
        none += t.sd * t.sd / repeats;
    }
    assert_true(cohort > 0.9 * 0.25 && cohort < 1.4 * 0.25);
    assert_true(row > 0.9 * 0.09 && row < 1.5 * 0.09); /* an expected sd, not the likeliest, which is a little small */
    assert_true(arms > 0.85 * 2.0 * 0.09 && arms < 1.5 * 2.0 * 0.09); /* what a trial differs by from others is in both of its arms */
    assert_true(sqrt(none) < 0.15); /* parameters and chance are not taken for it */
}

/* Every cohort has set a parameter of its own, as the rows of a trial set what its drug does: what is left of its misses is less than a new trial will
 * have. Without the cohort's part in the draws most of that comes back. Cohorts that no parameter answers to are not touched. */
static void test_fitted_cohorts(void **state)
{
    (void)state;
    static simulated_rows s;
    const int repeats = 16;
    const double cohort_sd = 0.4, row_sd = 0.1, sampling_sd = 0.1, prior_sd = 0.3;
    double plain = 0.0, apart = 0.0;
    for (int t = 0; t < repeats; t++) {
        const uint64_t seed = 3000 + (uint64_t)t;
        discrepancy_term term, without;
        for (int c = 0; c < COHORTS; c++) {
            double off[ROWS_EACH], mean = 0.0, truth = prior_sd * normal(seed, 1, (uint64_t)c) + cohort_sd * normal(seed, 2, (uint64_t)c);
            for (int i = 0; i < ROWS_EACH; i++) {
                off[i] = truth + hypot(row_sd, sampling_sd) * normal(seed, 3, (uint64_t)(c * ROWS_EACH + i));
                mean += off[i] / ROWS_EACH;
            }
            const double error = cohort_sd * cohort_sd + (row_sd * row_sd + sampling_sd * sampling_sd) / ROWS_EACH, prior = prior_sd * prior_sd;
            const double fitted = prior / (prior + error) * mean, spread = sqrt(prior * error / (prior + error)); /* the posterior of the parameter */
            for (int i = 0; i < ROWS_EACH; i++) {
                const int r = c * ROWS_EACH + i;
                for (int k = 0; k < DRAWS; k++) s.shift[r][k] = spread * normal(seed, 4 + (uint64_t)c, (uint64_t)k);
                s.points[r] = (discrepancy_point){off[i] - fitted, sampling_sd, c, s.shift[r]};
            }
        }
        assert_true(discrepancy_fit(s.points, ROWS, DRAWS, &term));
        assert_true(discrepancy_fit_apart(s.points, ROWS, DRAWS, &without));
        plain += term.cohort_sd / repeats;
        apart += without.cohort_sd / repeats;
    }
    print_message("cohort sd %.2f: %.3f, apart %.3f\n", cohort_sd, plain, apart);
    assert_true(plain < 0.75 * cohort_sd);
    assert_true(apart > 0.8 * cohort_sd && apart < 1.15 * cohort_sd);

    discrepancy_term same, other;
    simulate(&s, 5, 0.3, 0.1, 0.0);
    assert_true(discrepancy_fit(s.points, ROWS, DRAWS, &same) && discrepancy_fit_apart(s.points, ROWS, DRAWS, &other));
    assert_true(same.sd == other.sd && same.df == other.df);
}

static void test_bias(void **state)
{
    (void)state;
    static simulated_rows s;
    discrepancy_term t, plain;
    simulate(&s, 5, 0.1, 0.1, 0.0);
    assert_true(discrepancy_fit(s.points, ROWS, DRAWS, &plain));
    for (int i = 0; i < ROWS; i++) s.points[i].off += 2.0;
    assert_true(discrepancy_fit(s.points, ROWS, DRAWS, &t));
    assert_true(fabs(t.bias - plain.bias - 2.0) < 0.2 && t.bias_se > 0.0);
    assert_true(t.sd > 1.8 && t.sd < 2.4); /* a bias is part of the spread, not subtracted */
    assert_true(discrepancy_fit(s.points, ROWS_EACH, DRAWS, &t)); /* one cohort tells nothing of others */
    assert_true(t.sd == 0.0 && t.cohorts == 1);
}

/* New trials, the discrepancy estimated from others: as many inside as the intervals say. The bare intervals hold too few. */
static void test_coverage(void **state)
{
    (void)state;
    static simulated_rows s;
    int inside[PREDICT_INTERVALS] = {0}, of_few[PREDICT_INTERVALS] = {0}, bare = 0;
    const int trials = 200, few = 4 * ROWS_EACH; /* of four cohorts, too: how little they say of the spread is counted */
    double values[PEOPLE];
    discrepancy_scale scale;
    assert_int_equal(discrepancy_of("hba1c_pct", ENDPOINT_KIND_mean, false, &scale), DISCREPANCY_hba1c);
    for (int t = 0; t < trials; t++) {
        uint64_t seed = 500 + (uint64_t)t;
        discrepancy_term term;
        prediction p;
        simulate(&s, seed, 0.5, 0.3, 0.0);
        assert_true(discrepancy_fit(s.points, ROWS, 0, &term));
        double observed = hypot(0.5, 0.3) * normal(seed, 6, 0);
        for (int i = 0; i < PEOPLE; i++) values[i] = normal(seed, 7, (uint64_t)i);
        for (int i = 0; i < 20; i++) observed += normal(seed, 8, (uint64_t)i) / 20.0;
        assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = values, .n_people = PEOPLE, .trial_n = 20, .scale = scale,
                                                      .discrepancy_sd = term.sd, .discrepancy_df = term.df, .seed = 1, .row = (uint64_t)t}, &p));
        for (int i = 0; i < PREDICT_INTERVALS; i++) inside[i] += observed >= p.low[i] && observed <= p.high[i];
        bare += observed >= p.bare_low[PI95] && observed <= p.bare_high[PI95];
        assert_true(discrepancy_fit(s.points, few, 0, &term));
        assert_true(predict_trial(&(predict_question){.statistic = PREDICT_MEAN, .values = values, .n_people = PEOPLE, .trial_n = 20, .scale = scale,
                                                      .discrepancy_sd = term.sd, .discrepancy_df = term.df, .seed = 1, .row = (uint64_t)t}, &p));
        for (int i = 0; i < PREDICT_INTERVALS; i++) of_few[i] += observed >= p.low[i] && observed <= p.high[i];
    }
    assert_true(inside[PI50] > 0.41 * trials && inside[PI50] < 0.60 * trials);
    assert_true(inside[PI80] > 0.72 * trials && inside[PI80] < 0.87 * trials);
    assert_true(inside[PI95] > 0.90 * trials && inside[PI95] < 0.99 * trials);
    assert_true(bare < 0.75 * trials);
    assert_true(of_few[PI50] > 0.43 * trials && of_few[PI50] < 0.62 * trials);
    assert_true(of_few[PI95] > 0.92 * trials); /* the likeliest sd of so few alone: 0.86 */
}

/* shifts that a few people find by chance alone are taken for what they are; true ones stay */
static void test_few_people(void **state)
{
    (void)state;
    static double values[PEOPLE], chance[DRAWS][8], moved[DRAWS][8];
    const double *by_chance[DRAWS], *truly[DRAWS];
    prediction p;
    double noise = 0.0, kept = 0.0;
    for (int i = 0; i < PEOPLE; i++) values[i] = 7.0 + normal(1, 1, (uint64_t)i);
    for (int k = 0; k < DRAWS; k++) {
        for (int i = 0; i < 8; i++) {
            chance[k][i] = values[i] + normal(2, (uint64_t)k, (uint64_t)i);
            moved[k][i] = values[i] + normal(3, (uint64_t)k, 0) + 0.2 * normal(4, (uint64_t)k, (uint64_t)i);
        }
        by_chance[k] = chance[k];
        truly[k] = moved[k];
    }
    predict_question q = {.statistic = PREDICT_MEAN, .values = values, .n_people = PEOPLE, .members = by_chance, .n_members = DRAWS, .n_member = 8,
                          .trial_n = 30, .seed = 1};
    assert_true(predict_trial(&q, &p));
    for (int k = 0; k < DRAWS; k++) noise += p.shift[k] * p.shift[k] / DRAWS;
    q.members = truly;
    assert_true(predict_trial(&q, &p));
    for (int k = 0; k < DRAWS; k++) kept += p.shift[k] * p.shift[k] / DRAWS;
    assert_true(noise < 0.06); /* 0.125 without the correction */
    assert_true(kept > 0.5 && kept < 1.6);
}

/* Shares: eight people a draw find 0, 1/8, 2/8 .. by steps, and a share of 1/32 cannot fall by 1/8. Shifts are of log odds, and what chance does to them
 * is taken off. */
static void test_few_people_of_a_share(void **state)
{
    (void)state;
    static double values[PEOPLE], chance[DRAWS][8], moved[DRAWS][32];
    const double *by_chance[DRAWS], *truly[DRAWS];
    prediction p;
    double noise = 0.0, kept = 0.0;
    for (int i = 0; i < PEOPLE; i++) values[i] = i % 4 == 0;
    for (int k = 0; k < DRAWS; k++) {
        double odds = -1.1 + normal(5, (uint64_t)k, 0);
        for (int i = 0; i < 8; i++) chance[k][i] = rng_uniform(6, (uint64_t)k, RNG_care, (uint64_t)i) < 0.25;
        for (int i = 0; i < 32; i++) moved[k][i] = (i + 0.5) / 32.0 < 1.0 / (1.0 + exp(-odds));
        by_chance[k] = chance[k];
        truly[k] = moved[k];
    }
    predict_question q = {.statistic = PREDICT_SHARE, .values = values, .n_people = PEOPLE, .members = by_chance, .n_members = DRAWS, .n_member = 8,
                          .trial_n = 200, .seed = 1};
    assert_int_equal(discrepancy_of("insulin_independent", ENDPOINT_KIND_fraction, false, &q.scale), DISCREPANCY_share);
    assert_true(predict_trial(&q, &p));
    for (int k = 0; k < DRAWS; k++) noise += p.shift[k] * p.shift[k] / DRAWS;
    q.members = truly;
    q.n_member = 32;
    assert_true(predict_trial(&q, &p));
    for (int k = 0; k < DRAWS; k++) kept += p.shift[k] * p.shift[k] / DRAWS;
    assert_true(noise < 0.25); /* 0.7 without the correction */
    assert_true(kept > 0.35 && kept < 1.6);

    /* 2 of 64, and no draw that changes it: a trial of 200 does not find none of them for certain, nor a tenth */
    for (int i = 0; i < PEOPLE; i++) values[i] = i == 20 || i == 40;
    for (int k = 0; k < DRAWS; k++)
        for (int i = 0; i < 8; i++) chance[k][i] = k % 6 == 0 && i == 3; /* one person more in a few draws */
    q.members = by_chance;
    q.n_member = 8;
    assert_true(predict_trial(&q, &p));
    assert_true(p.low[PI95] >= 0.0 && p.low[PI50] > 0.01 && p.high[PI50] < 0.08 && p.high[PI95] < 0.2); /* by steps of a share: 0 and 0.2 */
}

/* what is known of no kind of its own differs by a part of the SD between people, whatever its unit */
static void test_other(void **state)
{
    (void)state;
    discrepancy known = {0};
    known.term[DISCREPANCY_other] = (discrepancy_term){.sd = 0.4, .df = 200.0};
    known.term[DISCREPANCY_hba1c] = (discrepancy_term){.sd = 0.4, .df = 200.0};
    double values[PEOPLE];
    prediction p;
    for (int i = 0; i < PEOPLE; i++) values[i] = 100.0 + 10.0 * normal(11, 1, (uint64_t)i);
    predict_question q = {.statistic = PREDICT_MEAN, .values = values, .n_people = PEOPLE, .trial_n = 100000, .seed = 1};
    predict_beyond(&q, &known, discrepancy_of("egfr_ml_min_1_73m2", ENDPOINT_KIND_mean, false, &q.scale));
    assert_true(predict_trial(&q, &p));
    assert_true(fabs(p.people_sd - 10.0) < 2.0 && fabs(p.discrepancy_sd - 0.4 * p.people_sd) < 1e-12);
    double reach = 1.96 * hypot(0.4 * p.people_sd, p.people_sd / sqrt(PEOPLE)); /* with the Monte Carlo error */
    assert_true(fabs(p.high[PI95] - p.low[PI95] - 2.0 * reach) < 0.15 * reach);
    known.term[DISCREPANCY_hba1c].arms_sd = 0.2;
    known.term[DISCREPANCY_hba1c].arms_df = 200.0;
    predict_beyond(&q, &known, DISCREPANCY_hba1c);
    assert_true(predict_trial(&q, &p) && p.discrepancy_sd == 0.4);
    q.treated = q.control = values;
    q.control_n = q.trial_n;
    predict_beyond(&q, &known, DISCREPANCY_hba1c);
    assert_true(predict_trial(&q, &p) && p.discrepancy_sd == 0.2);
    double control[PEOPLE], within[PEOPLE];
    for (int i = 0; i < PEOPLE; i++) within[i] = values[i] - (control[i] = values[i] + 2.0 + normal(12, 1, (uint64_t)i)); /* kilograms, of people of 100 (SD 10) */
    q.values = within;
    q.control = control;
    known.term[DISCREPANCY_other].arms_sd = 0.5;
    known.term[DISCREPANCY_other].arms_df = 200.0;
    predict_beyond(&q, &known, DISCREPANCY_other);
    assert_true(predict_trial(&q, &p) && p.discrepancy_sd > 0.4 && p.discrepancy_sd < 0.6);
}

static void test_file(void **state)
{
    (void)state;
    discrepancy d = {0}, again;
    islet_problems *problems = islet_problems_create();
    d.term[DISCREPANCY_hba1c] = (discrepancy_term){14, 6, -0.12, 0.05, 0.25, 0.125, 0.2795, 6.4, 0.177, 6.0};
    discrepancy_derive(&d);
    assert_true(fabs(d.term[DISCREPANCY_time_in_range].sd - 12.5 * 0.2795) < 1e-9 && d.term[DISCREPANCY_time_in_range].rows == 0);
    char *text = discrepancy_text(&d);
    assert_non_null(text);
    assert_int_equal(discrepancy_parse(text, strlen(text), "d.csv", &again, problems), ISLET_OK);
    for (int k = 0; k < DISCREPANCY_COUNT; k++) {
        assert_true(fabs(d.term[k].sd - again.term[k].sd) < 1e-3);
        assert_true(fabs(d.term[k].df - again.term[k].df) < 1e-3);
        assert_true(fabs(d.term[k].arms_sd - again.term[k].arms_sd) < 1e-3 && fabs(d.term[k].arms_df - again.term[k].arms_df) < 1e-3);
    }
    free(text);
    static const char *const wrong[] = {HEADER "weather,1,1,,,0,0,0,1,0,1,x\n", HEADER "hba1c,1,1,,,0,0,-0.1,1,0,1,x\n", HEADER "hba1c,1,1,,,0,0,nan,1,0,1,x\n",
                                        HEADER "hba1c,1,1,,,0,0,0.3,0,0,1,x\n",
                                        HEADER "hba1c,1,1,,,0,0,0.3,1,0.3,0,x\n", "kind,rows\nhba1c,1\n"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(discrepancy_parse(wrong[i], strlen(wrong[i]), "d.csv", &again, problems), ISLET_ERR_INPUT);
    assert_int_equal(discrepancy_shipped(&again, problems), ISLET_OK);
    assert_true(again.term[DISCREPANCY_hba1c].sd > 0.0 && again.term[DISCREPANCY_share].sd > 0.0);
    islet_problems_free(problems);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scales),   cmocka_unit_test(test_recovery),   cmocka_unit_test(test_fitted_cohorts), cmocka_unit_test(test_bias),
        cmocka_unit_test(test_coverage), cmocka_unit_test(test_few_people), cmocka_unit_test(test_few_people_of_a_share), cmocka_unit_test(test_other), cmocka_unit_test(test_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
