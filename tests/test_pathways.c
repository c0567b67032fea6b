/* Pathways: the slow laws inside the authors' own glucose and insulin equations reach the end states of their set files.
 *
 * Ha and Sherman (PMID 32663101), artielbm/Pathways commit 6891ac7: the fast equations below are theirs; mass, exocytosis and
 * shift are stepped by src/physiology/pathways.c once a day from averages over the day, as in the simulator. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "physiology/pathways.h"

#define STEP_MIN 0.25
#define STEPS_A_DAY 5760
#define DAYS 1825
#define SECRETION_SCALE 1533.91793765 /* mg of mass at the start */

typedef struct {
    double si_target, si_tau, h_target, h_tau, shift_glucose; /* of the set file */
    double glucose, insulin, mass, exocytosis;                /* its end state */
} scenario;

/* IGT first, sustained IGT, IFG first, no compensation */
static const scenario scenarios[] = {
    {0.1, 360000, 0.85, 360000, 100, 161.696, 9.907, 1678.42, 0.025882},
    {0.1, 360000, 0.85, 360000, 90, 93.473, 24.990, 2304.03, 0.23637},
    {0.5, 360000, 0.1, 360000, 100, 158.517, 9.828, 1691.77, 0.027406},
    {0.03, 216000, 1.3, 1440, 100, 165.935, 9.204, 1624.27, 0.022608},
};

typedef struct {
    double glucose, insulin, n5, n6, si, h;
    pathways cells;
} body;

static double meal(double minute)
{
    double m = fmod(minute, 360.0), m4 = m * m * m * m;
    if (fmod(minute, 1440.0) >= 1080.0) return 0.0;
    return 11.055 * pow(m4 / (40.0 * 40.0 * 40.0 * 40.0 + m4), 0.3) * exp(-0.015 * m);
}

/* Rates of the vesicle chain at this glucose: priming r2, r3, fusion of N5, and secretion per vesicle primed. */
static void chain(const body *b, double glucose, double *r2, double *r3, double *c1, double *per_n5)
{
    double mm = glucose * glucose / (150.0 * 150.0 + glucose * glucose), s = mm + b->cells.shift, s4 = s * s * s * s;
    double ci = 2.0 * s4 / (0.62 * 0.62 * 0.62 * 0.62 + s4) + 0.07, ci4 = ci * ci * ci * ci;
    double cmd = 150.0 * ci4 / (1.0 + ci4) + 0.0635;
    double g16 = pow((glucose + 89.0) / 260.0, 16.0), gf = 4.4567 * g16 / (1.0 + g16) + 1.7826;
    double a1 = 100.0 / (60.0 * cmd + 1.0), d1 = 0.6 / (60.0 * cmd + 1.0);
    double e2 = 60.0 * cmd / (40.0 * cmd + 100.0), f2 = 200.0 / (40.0 * cmd + 100.0);
    double l3 = 40.0 * cmd / (200.0 + 20.0 * cmd), n3 = 300.0 / (200.0 + 20.0 * cmd);
    double c4 = 20.0 * cmd / 2300.0, c3 = l3 / (1.0 - n3 * c4), c2 = e2 / (1.0 - f2 * c3);
    *c1 = d1 / (1.0 - a1 * c2);
    *r2 = 0.006 * ci / (ci + 2.3);
    *r3 = b->cells.exocytosis * gf * 1.205 * ci / (ci + 2.3);
    *per_n5 = 540.0 * 2000.0 * c4 * c3 * c2 * *c1;
}

static void slopes(const body *b, double minute, double glucose, double insulin, double secretion, double *dg, double *di)
{
    double production = (15.443 / (0.27 + b->si) - 3.54277) / (6.0 / (0.4 + b->si) - 0.5 + b->h * insulin) + 0.104166;
    *dg = production + meal(minute) - (0.0118 + 0.0006944 * b->si * insulin) * glucose;
    *di = SECRETION_SCALE * b->cells.mass * secretion / 7200.0 - 0.4861 * insulin;
}

/* One step: N5 and N6 by the implicit midpoint rule (36 a minute is stiff), glucose and insulin by Heun. */
static double fast_step(body *b, double minute)
{
    double r2, r3, c1, per_n5, dg, di, dg2, di2;
    const double h = STEP_MIN;
    chain(b, b->glucose, &r2, &r3, &c1, &per_n5);
    /* N5' = a N5 + p N6, N6' = q N5 + e N6 + source */
    double a = 60.0 * (c1 - 0.601), p = 60.0 * r2, q = 60.0 * 0.001, e = -60.0 * (1e-4 + r2), source = 60.0 * r3;
    double n5 = b->n5, n6 = b->n6;
    double f5 = n5 + 0.5 * h * (a * n5 + p * n6), f6 = n6 + 0.5 * h * (q * n5 + e * n6) + h * source;
    double m11 = 1.0 - 0.5 * h * a, m12 = -0.5 * h * p, m21 = -0.5 * h * q, m22 = 1.0 - 0.5 * h * e;
    double det = m11 * m22 - m12 * m21;
    b->n5 = (f5 * m22 - m12 * f6) / det;
    b->n6 = (m11 * f6 - m21 * f5) / det;
    double secretion = per_n5 * 0.5 * (n5 + b->n5);
    slopes(b, minute, b->glucose, b->insulin, secretion, &dg, &di);
    slopes(b, minute + h, b->glucose + h * dg, b->insulin + h * di, secretion, &dg2, &di2);
    b->glucose += 0.5 * h * (dg + dg2);
    b->insulin += 0.5 * h * (di + di2);
    return secretion;
}

/* Five years; the slow laws are stepped every `every` steps of the fast ones. */
static body five_years(const scenario *s, int every)
{
    body b = {78.59159991, 5.63755608, 60.24283728, 443.39449767, 0.8, 1.0, {1.0, 1.0, -0.07663503}};
    pathways_drive drive = {0};
    const double minutes = every * STEP_MIN;
    for (int step = 0; step < DAYS * STEPS_A_DAY; step++) {
        double secretion = fast_step(&b, step * STEP_MIN);
        pathways_look(b.glucose, secretion, 0.5259, s->shift_glucose, &drive);
        if ((step + 1) % every) continue;
        pathways_step(&drive, minutes, &PATHWAYS_ALONE, &b.cells);
        b.si += (s->si_target - b.si) * (1.0 - exp(-minutes / s->si_tau));
        b.h += (s->h_target - b.h) * (1.0 - exp(-minutes / s->h_tau));
        drive = (pathways_drive){0};
    }
    return b;
}

static void assert_end_state(const scenario *s, const body *b, double share)
{
    assert_true(fabs(b->glucose / s->glucose - 1.0) < share);
    assert_true(fabs(b->insulin / s->insulin - 1.0) < share);
    assert_true(fabs(b->cells.mass * SECRETION_SCALE / s->mass - 1.0) < share);
    assert_true(fabs(b->cells.exocytosis / s->exocytosis - 1.0) < share);
}

static void end_states_are_the_authors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof scenarios / sizeof *scenarios; i++) {
        body b = five_years(&scenarios[i], 4); /* every minute */
        assert_end_state(&scenarios[i], &b, 1e-3);
    }
}

/* What stepping once a day costs: the shift, which follows glucose within two days, loses its ripple. */
static void daily_steps_are_near(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        body b = five_years(&scenarios[i], STEPS_A_DAY);
        assert_end_state(&scenarios[i], &b, 0.02);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(end_states_are_the_authors),
        cmocka_unit_test(daily_steps_are_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
