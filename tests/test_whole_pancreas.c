/* A whole pancreas: people of the population t1d_adult with cells that secrete as a healthy pancreas does, mature from the first days and neither
 * attacked nor lost, should be as healthy people are. Nothing was fitted to these: 153 healthy people with a sensor have a mean of 98 to 99 mg/dL,
 * a coefficient of variation of 17 % (SD 3) and 1.1 % of the time below 70 mg/dL (median; doi:10.1210/jc.2018-02763). With a pancreas that drains into the
 * systemic circulation HbA1c and C-peptide are as with one that drains into the portal vein (192 recipients, doi:10.1111/j.1600-6143.2011.03756.x;
 * doi:10.2337/diab.39.5.534). What the model gives is printed; the bounds leave room for what it misses (docs/calibration.md). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "trial/trial.h"

#define PEOPLE 48
#define LAST_VISIT 1
#define ARMS 2

static const char text[] =
    "islet: 1\ntitle: a whole pancreas\n"
    "population: {of: t1d_adult, n: 48}\n"
    "arms:\n"
    "  - name: portal\n    cells: [{product: zimislecel, dose_cells_per_kg: 1.9e7, day: 0}]\n    immunosuppression: none\n"
    "  - name: systemic\n    cells: [{product: zimislecel, dose_cells_per_kg: 2.1e7, day: 0, route: intramuscular}]\n"
    "    immunosuppression: none\n"
    "care: {insulin: basal_bolus, wean: trial_protocol}\n"
    "follow_up: {years: 0.5, visits_day: [0, 182]}\n";

typedef struct {
    double values[ARMS][PEOPLE][ENDPOINT_COUNT];
    int n[ARMS];
} recipients;

/* Who needs no insulin: the others would be no test of a pancreas. */
static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    recipients *out = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        const double *v = r->visit_values[LAST_VISIT];
        if (v[ENDPOINT_insulin_independent] == 1.0)
            memcpy(out->values[r->arm][out->n[r->arm]++], v, sizeof(double) * ENDPOINT_COUNT);
    }
    return ISLET_OK;
}

static double mean_of(const recipients *of, int arm, endpoint_id e)
{
    double sum = 0.0;
    for (int i = 0; i < of->n[arm]; i++) sum += of->values[arm][i][e];
    return sum / of->n[arm];
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_of(const recipients *of, int arm, endpoint_id e)
{
    double sorted[PEOPLE];
    for (int i = 0; i < of->n[arm]; i++) sorted[i] = of->values[arm][i][e];
    qsort(sorted, (size_t)of->n[arm], sizeof(double), by_size);
    return sorted[of->n[arm] / 2];
}

/* Healthy cells in place of the product's, and as many in everybody. */
static void make_healthy(struct islet_protocol *protocol, params *p)
{
    product *cells = &protocol->products[0];
    cells->maturation_half_time_day.value = cells->maturation_scale_day.value = 1.0;
    cells->secretion_gain.value = 1.0;
    cells->alloimmune_frac.value = cells->autoimmune_frac.value = 0.0;
    cells->blood_reaction_loss_frac.value = 0.0;
    cells->islet_radius_um.value = 20.0;
    p->engraftment_log_sd = p->attrition_per_year = 0.0;
}

static void people_with_it_are_as_healthy_ones(void **state)
{
    (void)state;
    struct islet_protocol *protocol = calloc(1, sizeof *protocol);
    params p = params_default();
    trial *t = NULL;
    static recipients got;
    const islet_run_options options = {.threads = 2};
    assert_non_null(protocol);
    assert_int_equal(protocol_parse(text, sizeof text - 1, "pancreas.yaml", protocol, NULL), ISLET_OK);
    make_healthy(protocol, &p);
    assert_int_equal(trial_create_with(protocol, &options, &p, &t, NULL), ISLET_OK);
    assert_int_equal(trial_run(t, NULL, keep, &got, NULL), ISLET_OK);
    for (int arm = 0; arm < ARMS; arm++)
        printf("  %s: %d of %d without insulin, function %.2f, mean %.1f mg/dL, coefficient of variation %.1f %%, below 70 mg/dL %.2f %% (median %.2f), "
               "HbA1c %.2f %%, stimulated C-peptide %.2f nmol/L\n",
               arm ? "systemic" : "portal", got.n[arm], PEOPLE, mean_of(&got, arm, ENDPOINT_graft_function_frac),
               mean_of(&got, arm, ENDPOINT_mean_glucose_mg_dl), mean_of(&got, arm, ENDPOINT_glucose_cv_pct),
               mean_of(&got, arm, ENDPOINT_time_below_70_pct), median_of(&got, arm, ENDPOINT_time_below_70_pct),
               mean_of(&got, arm, ENDPOINT_hba1c_pct), mean_of(&got, arm, ENDPOINT_c_peptide_stimulated_nmol_l));

    assert_true(got.n[0] >= PEOPLE - 4 && got.n[1] >= PEOPLE - 4);
    double function = mean_of(&got, 0, ENDPOINT_graft_function_frac), mean = mean_of(&got, 0, ENDPOINT_mean_glucose_mg_dl);
    assert_true(function > 0.85 && function < 1.1); /* else it is no whole pancreas that is tested */
    assert_true(mean > 93.0 && mean < 110.0);
    assert_true(fabs(mean_of(&got, 0, ENDPOINT_glucose_cv_pct) - 17.0) < 3.0);
    assert_true(median_of(&got, 0, ENDPOINT_time_below_70_pct) < 2.5);
    assert_true(fabs(mean_of(&got, 1, ENDPOINT_hba1c_pct) - mean_of(&got, 0, ENDPOINT_hba1c_pct)) < 0.2);
    double c_peptide = mean_of(&got, 1, ENDPOINT_c_peptide_stimulated_nmol_l) / mean_of(&got, 0, ENDPOINT_c_peptide_stimulated_nmol_l);
    assert_true(c_peptide > 0.8 && c_peptide < 1.2);
    trial_free(t);
    free(protocol);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(people_with_it_are_as_healthy_ones)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
