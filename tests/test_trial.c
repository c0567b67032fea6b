/* The trial loop on the shipped example: what must hold whatever the parameters are. */
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trial/trial.h"

#define PEOPLE 24
#define FOLLOW_UP_DAY 190

typedef struct {
    int n, arms, visits;
    double values[2 * PEOPLE][8][ENDPOINT_COUNT];
    patient_day days[2 * PEOPLE][FOLLOW_UP_DAY];
    int n_days[2 * PEOPLE], n_events[2 * PEOPLE];
    int64_t patient[2 * PEOPLE], candidate[2 * PEOPLE];
} outcome;

static struct islet_protocol example;

static int set_up(void **state)
{
    (void)state;
    islet_protocol *read = NULL;
    if (islet_protocol_read(ISLET_SOURCE_DIR "/examples/zimislecel.yaml", &read, NULL) != ISLET_OK) return -1;
    example = *read;
    islet_protocol_free(read);
    const int visits[] = {0, 30, 90, FOLLOW_UP_DAY};
    example.n_patients = PEOPLE;
    example.follow_up_day = FOLLOW_UP_DAY;
    example.n_visits = 4;
    memcpy(example.visits_day, visits, sizeof(visits));
    return 0;
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    outcome *out = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        int at = r->arm * PEOPLE + (int)(r->traits->patient % out->n); /* counted on from arm to arm when apart */
        out->patient[at] = r->traits->patient;
        out->candidate[at] = r->traits->candidate;
        memcpy(out->values[at], r->visit_values, sizeof(double) * ENDPOINT_COUNT * (size_t)r->n_visits);
        memcpy(out->days[at], r->days, sizeof(patient_day) * (size_t)r->n_days);
        out->n_days[at] = r->n_days;
        out->n_events[at] = r->n_events;
    }
    return ISLET_OK;
}

static outcome *run_with(const struct islet_protocol *protocol, const islet_run_options *options, const params *with)
{
    outcome *out = calloc(1, sizeof(*out));
    trial *t = NULL;
    assert_non_null(out);
    assert_int_equal(trial_create_with(protocol, options, with, &t, NULL), ISLET_OK);
    out->n = (int)trial_patients(t);
    out->arms = trial_arms(t);
    out->visits = trial_visits(t);
    assert_int_equal(trial_run(t, NULL, keep, out, NULL), ISLET_OK);
    trial_free(t);
    return out;
}

static outcome *run(const struct islet_protocol *protocol, const islet_run_options *options)
{
    const params defaults = params_default();
    return run_with(protocol, options, &defaults);
}

static double mean(const outcome *o, int arm, int visit, endpoint_id e)
{
    double sum = 0.0;
    int n = 0;
    for (int i = 0; i < o->n; i++) {
        double x = o->values[arm * PEOPLE + i][visit][e];
        if (!isnan(x)) sum += x, n++;
    }
    assert_true(n > 0);
    return sum / n;
}

static void no_cells_is_the_control_arm_byte_for_byte(void **state)
{
    (void)state;
    struct islet_protocol p = example;
    p.arms[0].courses[0].dose_cells = 0.0;
    p.arms[0].regimen = -1;
    outcome *o = run(&p, NULL);
    assert_memory_equal(o->values[0], o->values[PEOPLE], sizeof(o->values[0]) * PEOPLE);
    assert_memory_equal(o->days[0], o->days[PEOPLE], sizeof(o->days[0]) * PEOPLE);
    free(o);
}

static void cells_work_half_the_dose_works_less(void **state)
{
    (void)state;
    struct islet_protocol half = example;
    half.arms[0].courses[0].dose_cells *= 0.5;
    outcome *a = run(&example, NULL), *b = run(&half, NULL);
    double full_dose = mean(a, 0, 3, ENDPOINT_c_peptide_stimulated_nmol_l);
    double half_dose = mean(b, 0, 3, ENDPOINT_c_peptide_stimulated_nmol_l);
    assert_true(full_dose > 0.5);
    assert_true(half_dose > 0.2 && half_dose < 0.8 * full_dose);
    assert_true(mean(a, 1, 3, ENDPOINT_c_peptide_stimulated_nmol_l) == 0.0);
    assert_true(mean(a, 0, 3, ENDPOINT_hba1c_pct) < mean(a, 1, 3, ENDPOINT_hba1c_pct) - 0.4);
    assert_true(mean(a, 0, 3, ENDPOINT_insulin_u_per_kg_day) < 0.85 * mean(a, 1, 3, ENDPOINT_insulin_u_per_kg_day));
    free(a);
    free(b);
}

static void stopping_immunosuppression_loses_the_graft(void **state)
{
    (void)state;
    struct islet_protocol p = example;
    p.arms[0].regimen_stop_day = 90;
    outcome *stopped = run(&p, NULL), *kept = run(&example, NULL);
    double left = mean(stopped, 0, 3, ENDPOINT_graft_beta_cells_million);
    assert_true(mean(stopped, 0, 2, ENDPOINT_graft_beta_cells_million) == mean(kept, 0, 2, ENDPOINT_graft_beta_cells_million));
    assert_true(left < 0.05 * mean(kept, 0, 3, ENDPOINT_graft_beta_cells_million));
    assert_true(mean(stopped, 0, 3, ENDPOINT_c_peptide_stimulated_nmol_l) < 0.1);
    free(stopped);
    free(kept);
}

static void threads_engines_and_company_do_not_matter(void **state)
{
    (void)state;
    outcome *one = run(&example, &(islet_run_options){.threads = 1});
    outcome *three = run(&example, &(islet_run_options){.threads = 3});
    assert_memory_equal(one, three, sizeof(*one));
    for (const char *const *engine = islet_engines(); *engine; engine++) {
        struct islet_protocol few = example;
        few.n_patients = 3; /* fewer people, other company in the vector */
        outcome *other = run(&few, &(islet_run_options){.engine = *engine});
        for (int arm = 0; arm < 2; arm++) {
            assert_memory_equal(other->values[arm * PEOPLE], one->values[arm * PEOPLE], sizeof(one->values[0]) * 3);
            assert_memory_equal(other->days[arm * PEOPLE], one->days[arm * PEOPLE], sizeof(one->days[0]) * 3);
        }
        free(other);
    }
    free(one);
    free(three);
}

/* No file of the example's cells gives a share of these. */
static bool is_unknown(int endpoint)
{
    return endpoint == ENDPOINT_fever || endpoint == ENDPOINT_infusion_reaction;
}

static void the_run_in_is_shared_and_independent_arms_are_not(void **state)
{
    (void)state;
    outcome *paired = run(&example, NULL), *apart = run(&example, &(islet_run_options){.independent_arms = true});
    for (int i = 0; i < PEOPLE; i++) /* day 0 is before treatment: nothing tells the arms apart but what is known of them */
        for (int e = 0; e < ENDPOINT_COUNT; e++)
            if (!is_unknown(e)) assert_memory_equal(&paired->values[i][0][e], &paired->values[PEOPLE + i][0][e], sizeof(double));
    int same = 0;
    for (int i = 0; i < PEOPLE; i++)
        same += apart->values[i][0][ENDPOINT_hba1c_pct] == apart->values[PEOPLE + i][0][ENDPOINT_hba1c_pct];
    assert_int_equal(same, 0);
    for (int i = 0; i < PEOPLE; i++) { /* each result comes with the traits of its own person */
        assert_int_equal(paired->patient[PEOPLE + i], i);
        assert_int_equal(paired->candidate[PEOPLE + i], paired->candidate[i]);
        assert_int_equal(apart->patient[i], i);
        assert_int_equal(apart->patient[PEOPLE + i], PEOPLE + i);
        assert_int_equal(apart->candidate[i], paired->candidate[i]);
        assert_int_not_equal(apart->candidate[PEOPLE + i], paired->candidate[i]);
    }
    assert_memory_equal(paired->values[0], apart->values[0], sizeof(paired->values[0]) * PEOPLE);
    free(paired);
    free(apart);
}

/* Who dies or leaves has no more days and measurements, and is still counted with what had happened. */
static void who_leaves_is_still_counted(void **state)
{
    (void)state;
    struct islet_protocol p = example;
    p.dropout_probability_per_year = 0.8;
    outcome *o = run(&p, NULL);
    int left = 0;
    for (int i = 0; i < 2 * PEOPLE; i++) {
        const double *last = o->values[i][3];
        bool gone = o->n_days[i] < FOLLOW_UP_DAY;
        left += gone;
        assert_int_equal(isnan(last[ENDPOINT_hba1c_pct]), gone);
        assert_true(last[ENDPOINT_death] + last[ENDPOINT_withdrawn] == gone);
        for (int visit = 0; visit < o->visits; visit++)
            for (int harm = ENDPOINT_severe_hypo_any; harm <= ENDPOINT_withdrawn; harm++)
                if (is_unknown(harm) && i < PEOPLE) assert_true(isnan(o->values[i][visit][harm]));
                else assert_true(o->values[i][visit][harm] == 0.0 || o->values[i][visit][harm] == 1.0);
    }
    assert_true(left > 5);
    free(o);
}

/* Untreated adults look like trial entrants: wide bands around the published entrants (docs/cohort.md has the table). */
static void untreated_people_look_like_entrants(void **state)
{
    (void)state;
    outcome *o = run(&example, NULL);
    double hba1c = mean(o, 1, 0, ENDPOINT_hba1c_pct), in_range = mean(o, 1, 0, ENDPOINT_time_in_range_pct);
    double insulin = mean(o, 1, 0, ENDPOINT_insulin_u_per_kg_day), low = mean(o, 1, 0, ENDPOINT_time_below_70_pct);
    assert_true(hba1c > 7.2 && hba1c < 8.4);
    assert_true(in_range > 42.0 && in_range < 60.0);
    assert_true(insulin > 0.45 && insulin < 0.75);
    assert_true(low > 2.0 && low < 8.0);
    assert_true(mean(o, 1, 0, ENDPOINT_severe_hypo_per_year) >= 2.0);
    assert_true(mean(o, 1, 0, ENDPOINT_c_peptide_stimulated_nmol_l) == 0.0);
    free(o);
}

/* A requirement on what only the run-in shows is met by everybody enrolled. */
static void requirements_on_hba1c_are_met(void **state)
{
    (void)state;
    struct islet_protocol p = example;
    p.n_patients = 8;
    p.follow_up_day = 1;
    p.n_visits = 1;
    p.population.has_require[TRAIT_hba1c_pct] = true;
    p.population.require[TRAIT_hba1c_pct] = (requirement){7.5, 8.0, false, false};
    outcome *o = run(&p, NULL);
    for (int i = 0; i < 8; i++) {
        double measured = o->values[i][0][ENDPOINT_hba1c_pct]; /* with assay error */
        assert_true(measured > 7.5 * 0.92 && measured < 8.0 * 1.08);
    }
    free(o);
}

/* With a hazard so high that every day with a low brings an event, days without a low still bring none: people without insulin of
 * their own have lows on some of their days, not on all. */
static void a_severe_event_needs_a_low(void **state)
{
    (void)state;
    struct islet_protocol p = example;
    params with = params_default();
    with.severe_hypo_fatality = with.mortality_ratio_type1 = 0.0;
    outcome *usual = run_with(&p, NULL, &with);
    with.severe_hypo_per_low_min = 5.0;
    p.population.has_require[TRAIT_severe_hypo_per_year] = false; /* the history would be as high */
    outcome *often = run_with(&p, NULL, &with);
    double share = 0.0;
    for (int i = 0; i < PEOPLE; i++) share += often->n_events[PEOPLE + i] / (double)(PEOPLE * FOLLOW_UP_DAY);
    assert_true(share > 0.1 && share < 0.6);
    assert_true(mean(often, 1, 3, ENDPOINT_severe_hypo_per_year) > 10.0 * mean(usual, 1, 3, ENDPOINT_severe_hypo_per_year));
    free(usual);
    free(often);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_cells_is_the_control_arm_byte_for_byte),
        cmocka_unit_test(cells_work_half_the_dose_works_less),
        cmocka_unit_test(stopping_immunosuppression_loses_the_graft),
        cmocka_unit_test(threads_engines_and_company_do_not_matter),
        cmocka_unit_test(the_run_in_is_shared_and_independent_arms_are_not),
        cmocka_unit_test(who_leaves_is_still_counted),
        cmocka_unit_test(untreated_people_look_like_entrants),
        cmocka_unit_test(requirements_on_hba1c_are_met),
        cmocka_unit_test(a_severe_event_needs_a_low),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
