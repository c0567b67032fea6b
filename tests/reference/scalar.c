/* Equations at lane width 1: see scalar.h. */
#define ISLET_LANES 1
#include "scalar.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "physiology/minute.h"

struct scalar_equations {
    lane_kinetics k;
    minute_input in;
    scalar_variant variant;
};

scalar_equations *scalar_create(const kinetics *k, const scalar_variant *variant)
{
    scalar_equations *e = calloc(1, sizeof *e);
    if (!e) return NULL;
    memcpy(&e->k, k, sizeof *k); /* the published constants lead lane_kinetics */
    lane_kinetics_derive(&e->k);
    if (variant) e->variant = *variant;
    return e;
}

void scalar_free(scalar_equations *e)
{
    free(e);
}

void scalar_set_input(scalar_equations *e, const scalar_input *in)
{
    e->in = (minute_input){in->meal_mg_per_min, in->rapid_pmol_kg_min, in->depot_pmol_kg_min, in->stomach_dose_mg};
}

void scalar_rhs(const scalar_equations *e, const double x[MINUTE_STATES], double dx[MINUTE_STATES])
{
    minute_state state, slope;
    memcpy(&state, x, sizeof state);
    minute_rhs(&e->k, &e->in, &state, &slope);
    if (e->variant.has_curve) {
        const double dose_mg = e->in.stomach_dose_mg;
        const stomach_curve curve = stomach_curve_from(&e->k, e->variant.a_per_mg, e->variant.c_per_mg, e->k.b * dose_mg,
                                                       e->k.d * dose_mg, lanes_gt(dose_mg, 0.0));
        const double emptied = stomach_emptying(&curve, state.qs1, state.qs2);
        slope.qs2 = e->k.kmax * state.qs1 - emptied;
        minute_rhs_after_stomach(&e->k, &e->in, emptied, true, &state, &slope);
    }
    if (e->variant.falling_counts) slope.ipo += e->k.m_native * e->k.kg * fmin(slope.gp / e->k.vg, 0.0);
    memcpy(dx, &slope, sizeof slope);
}

static void along(const double *x, const double *slope, double h, double *out)
{
    for (int i = 0; i < MINUTE_STATES; i++) out[i] = x[i] + h * slope[i];
}

void scalar_advance(const scalar_equations *e, double minutes, double h, double x[MINUTE_STATES])
{
    const long steps = lround(minutes / h);
    for (long n = 0; n < steps; n++) {
        double k1[MINUTE_STATES], k2[MINUTE_STATES], k3[MINUTE_STATES], k4[MINUTE_STATES], y[MINUTE_STATES];
        scalar_rhs(e, x, k1);
        along(x, k1, 0.5 * h, y);
        scalar_rhs(e, y, k2);
        along(x, k2, 0.5 * h, y);
        scalar_rhs(e, y, k3);
        along(x, k3, h, y);
        scalar_rhs(e, y, k4);
        for (int i = 0; i < MINUTE_STATES; i++) x[i] += h / 6.0 * (k1[i] + 2.0 * (k2[i] + k3[i]) + k4[i]);
    }
}
