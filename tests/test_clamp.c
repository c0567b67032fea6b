/* Clamp: the insulin sensitivity of the public adults, measured as in people before and after donor islets (10.1210/jc.2013-1764):
 * 1 mU/kg/min of insulin at 90 mg/dL, steady state in closed form. Total sensitivity is the glucose infused over glucose and the rise of insulin,
 * hepatic sensitivity is 1 over basal production times basal insulin. And the insulin that holds glucose through the night, which rises at dawn
 * as in 114 people (10.1007/BF00404020). */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/params.h"
#include "base/units.h"
#include "patient/kinetics.h"
#include "patient/subject.h"
#include "physiology/clock.h"
#include "therapy/product.h"

#define GLUCOSE_MG_DL 90.0
#define INFUSION_PMOL_KG_MIN 6.0 /* 1 mU/kg/min */
#define PMOL_PER_MICROUNIT 6.0

/* Glucose used by tissue at this remote insulin, mg/kg/min: k1 gp - k2 gt = Uid(gt), by bisection. */
static double tissue_use(const kinetics *k, double below_mg_dl, double glucose_mg_dl, double sensitivity, double insulin)
{
    double x = sensitivity * insulin - k->ib; /* as the trial sets it: all insulin acts `sensitivity` times as well */
    double distance = pow(log(glucose_mg_dl), 0.8124) - pow(log(below_mg_dl), 0.8124);
    double rho = x > 0.0 && glucose_mg_dl < below_mg_dl ? 1.0 + 10.0 * k->r1 * distance * distance : 1.0;
    double vm = fmax(0.0, k->vm0 + k->vmx * x * rho), gp = glucose_mg_dl * k->vg, low = 0.0, high = 3000.0, gt = 0.0;
    for (int i = 0; i < 60; i++) {
        gt = 0.5 * (low + high);
        *(k->k1 * gp - k->k2 * gt - vm * gt / (k->km0 + gt) > 0.0 ? &low : &high) = gt;
    }
    return vm * gt / (k->km0 + gt);
}

/* 100 x dL/min/kg per microunit/mL */
static double total_sensitivity(const kinetics *k, double below_mg_dl, double sensitivity)
{
    double m3 = k->heb * k->m1 / (1.0 - k->heb), through_liver = k->m1 / (k->m1 + m3);
    double insulin = INFUSION_PMOL_KG_MIN / (k->m2 + k->m4 - through_liver * k->m2) / k->vi;
    double made = fmax(0.0, k->kp1 - k->kp2 * GLUCOSE_MG_DL * k->vg - k->kp3 * sensitivity * insulin);
    double infused = tissue_use(k, below_mg_dl, GLUCOSE_MG_DL, sensitivity, insulin) + k->fcns - made;
    return 100.0 * infused / GLUCOSE_MG_DL / ((insulin - k->ib) / PMOL_PER_MICROUNIT);
}

static void adults_clamp_as_people_before_and_after_islets(void **state)
{
    (void)state;
    subject subjects[SUBJECT_COUNT];
    regimen drugs;
    const params p = params_default();
    assert_true(subjects_read(subjects) && regimen_shipped("edmonton_sirolimus_tacrolimus", &drugs));
    double before = 0.0, after = 0.0, hepatic = 0.0;
    int n = 0;
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        if (strncmp(subjects[i].name, "adult", 5) != 0) continue;
        kinetics k;
        subject_kinetics(&subjects[i].free, &k);
        k.r1 = p.hypo_uptake_gain;
        before += total_sensitivity(&k, p.hypo_uptake_below_mg_dl, 1.0);
        after += total_sensitivity(&k, p.hypo_uptake_below_mg_dl,
                                   (1.0 + p.graft_sensitivity_gain) * drugs.insulin_sensitivity_factor.value);
        hepatic += 100.0 / (subjects[i].free.egpb * k.ib / PMOL_PER_MICROUNIT);
        n++;
    }
    assert_true(n == 10);
    assert_true(before / n > 0.10 && before / n < 0.12);   /* 0.11 (SE 0.01) in 12 people */
    assert_true(hepatic / n > 2.1 && hepatic / n < 2.8);   /* 2.3 (SE 0.1) */
    assert_true(fabs(after / before - 0.15 / 0.11) < 0.03);
}

#define NIGHT_MG_DL 100.0

/* Plasma insulin at which use and production hold the night's glucose, by bisection; to it the infusion is proportional. */
static double holding_insulin(const kinetics *k, double below_mg_dl, double dawn)
{
    double low = 0.0, high = 2000.0;
    for (int i = 0; i < 60; i++) {
        double insulin = 0.5 * (low + high), used = tissue_use(k, below_mg_dl, NIGHT_MG_DL, 1.0, insulin) + k->fcns;
        double made = fmax(0.0, k->kp1 * (1.0 + dawn) - k->kp2 * NIGHT_MG_DL * k->vg - k->kp3 * insulin);
        *(made > used ? &low : &high) = insulin;
    }
    return 0.5 * (low + high);
}

static double mean_shape(const double shape[CLOCK_SLOTS], int from_hour, int to_hour)
{
    const int an_hour = CLOCK_SLOTS / 24;
    double sum = 0.0;
    for (int i = from_hour * an_hour; i < to_hour * an_hour; i++) sum += shape[i];
    return sum / ((to_hour - from_hour) * an_hour);
}

static void need_of_insulin_rises_at_dawn_as_published(void **state)
{
    (void)state;
    subject subjects[SUBJECT_COUNT];
    double shape[CLOCK_SLOTS], rise = 0.0;
    const params p = params_default();
    clock_fill_dawn(shape);
    assert_true(subjects_read(subjects));
    for (int i = 0; i < SUBJECT_COUNT; i++) {
        if (strncmp(subjects[i].name, "adult", 5) != 0) continue;
        kinetics k;
        subject_kinetics(&subjects[i].free, &k);
        k.r1 = p.hypo_uptake_gain;
        double night = holding_insulin(&k, p.hypo_uptake_below_mg_dl, p.dawn_rise * mean_shape(shape, 1, 3));
        rise += 0.1 * (holding_insulin(&k, p.hypo_uptake_below_mg_dl, p.dawn_rise * mean_shape(shape, 5, 7)) / night - 1.0);
    }
    assert_true(rise > 0.194 - 0.02 && rise < 0.194 + 0.02);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adults_clamp_as_people_before_and_after_islets),
                                       cmocka_unit_test(need_of_insulin_rises_at_dawn_as_published)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
