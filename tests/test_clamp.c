/* Clamp: the insulin sensitivity of the public adults, measured as in people before and after donor islets (10.1210/jc.2013-1764):
 * 1 mU/kg/min of insulin at 90 mg/dL, steady state in closed form. Total sensitivity is the glucose infused over glucose and the rise of insulin,
 * hepatic sensitivity is 1 over basal production times basal insulin. */
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
#include "therapy/product.h"

#define GLUCOSE_MG_DL 90.0
#define INFUSION_PMOL_KG_MIN 6.0 /* 1 mU/kg/min */
#define PMOL_PER_MICROUNIT 6.0

/* Glucose used by tissue at this remote insulin, mg/kg/min: k1 gp - k2 gt = Uid(gt), by bisection. */
static double tissue_use(const kinetics *k, double sensitivity, double insulin)
{
    double x = sensitivity * insulin - k->ib; /* as the trial sets it: all insulin acts `sensitivity` times as well */
    double distance = pow(log(GLUCOSE_MG_DL), 0.8124) - pow(log(k->gb), 0.8124);
    double rho = x > 0.0 && GLUCOSE_MG_DL < k->gb ? 1.0 + 10.0 * k->r1 * distance * distance : 1.0;
    double vm = fmax(0.0, k->vm0 + k->vmx * x * rho), gp = GLUCOSE_MG_DL * k->vg, low = 0.0, high = 3000.0, gt = 0.0;
    for (int i = 0; i < 60; i++) {
        gt = 0.5 * (low + high);
        *(k->k1 * gp - k->k2 * gt - vm * gt / (k->km0 + gt) > 0.0 ? &low : &high) = gt;
    }
    return vm * gt / (k->km0 + gt);
}

/* 100 x dL/min/kg per microunit/mL */
static double total_sensitivity(const kinetics *k, double sensitivity)
{
    double m3 = k->heb * k->m1 / (1.0 - k->heb), through_liver = k->m1 / (k->m1 + m3);
    double insulin = INFUSION_PMOL_KG_MIN / (k->m2 + k->m4 - through_liver * k->m2) / k->vi;
    double made = fmax(0.0, k->kp1 - k->kp2 * GLUCOSE_MG_DL * k->vg - k->kp3 * sensitivity * insulin);
    double infused = tissue_use(k, sensitivity, insulin) + k->fcns - made;
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
        before += total_sensitivity(&k, 1.0);
        after += total_sensitivity(&k, (1.0 + p.graft_sensitivity_gain) * drugs.insulin_sensitivity_factor.value);
        hepatic += 100.0 / (subjects[i].free.egpb * k.ib / PMOL_PER_MICROUNIT);
        n++;
    }
    assert_true(n == 10);
    assert_true(before / n > 0.09 && before / n < 0.14);   /* 0.11 (SE 0.01) in 12 people */
    assert_true(hepatic / n > 2.1 && hepatic / n < 2.8);   /* 2.3 (SE 0.1) */
    assert_true(fabs(after / before - 0.15 / 0.11) < 0.03);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adults_clamp_as_people_before_and_after_islets)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
