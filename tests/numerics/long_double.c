/* See long_double.h. Symbols as in the heads of the equations' files. */
#include "numerics/long_double.h"

#include <math.h>
#include <stdlib.h>

#define N MINUTE_STATES
#define R2 0.8124L

struct long_double_solver {
    kinetics k;
    int steps;
    long double x[N];
    double seen[N]; /* what `state` gives */
};

static long double at_least_0(long double value)
{
    return value > 0.0L ? value : 0.0L;
}

/* kempt, 1/min */
static long double emptying_rate(const kinetics *k, long double content, long double dose)
{
    const long double kmax = k->kmax, kmin = k->kmin, b = k->b, d = k->d;
    if (!(dose > 0.0L)) return kmax;
    const long double a = 5.0L / (2.0L * dose * (1.0L - b)), c = 5.0L / (2.0L * dose * d);
    return kmin + (kmax - kmin) / 2.0L * (tanhl(a * (content - b * dose)) - tanhl(c * (content - d * dose)) + 2.0L);
}

static void gut(const kinetics *k, const scalar_input *in, const long double *x, long double *dx)
{
    const long double left = emptying_rate(k, x[MINUTE_qs1] + x[MINUTE_qs2], in->stomach_dose_mg) * x[MINUTE_qs2];
    dx[MINUTE_qs1] = in->meal_mg_per_min - (long double)k->kmax * x[MINUTE_qs1];
    dx[MINUTE_qs2] = (long double)k->kmax * x[MINUTE_qs1] - left;
    dx[MINUTE_qg] = left - (long double)k->kabs * x[MINUTE_qg];
}

/* rho: more uptake in hypoglycaemia */
static long double amplification(const kinetics *k, long double glucose)
{
    const long double gb = k->gb;
    if (glucose >= gb) return 1.0L;
    const long double apart = powl(logl(fmaxl(glucose, 60.0L)), R2) - powl(logl(gb), R2);
    return 1.0L + 10.0L * k->r1 * apart * apart;
}

static void glucose(const kinetics *k, const long double *x, long double *dx)
{
    const long double gp = x[MINUTE_gp], gt = x[MINUTE_gt], g = gp / k->vg;
    const long double egp = at_least_0((long double)k->kp1 * (1.0L + k->dawn) - (long double)k->kp2 * gp - (long double)k->kp3 * x[MINUTE_id] -
                                       (long double)k->kp4 * x[MINUTE_ipo] + x[MINUTE_xh]);
    const long double ra = (long double)k->f * k->kabs * x[MINUTE_qg] / k->bw, e = k->ke1 * at_least_0(gp - k->ke2);
    const long double fcns = k->fcns * fminl(1.0L, g / 36.0L);
    const long double rho = x[MINUTE_xu] > 0.0L ? amplification(k, g) : 1.0L;
    const long double vm = at_least_0(k->vm0 + (long double)k->vmx * x[MINUTE_xu] * rho), uid = fminl(vm / (k->km0 + gt), 1.5L) * gt;
    dx[MINUTE_gp] = egp + ra - fcns - e - (long double)k->k1 * gp + (long double)k->k2 * gt;
    dx[MINUTE_gt] = (long double)k->k1 * gp - (long double)k->k2 * gt - uid;
    dx[MINUTE_gs] = (long double)k->ksc * (gp - x[MINUTE_gs]);
    dx[MINUTE_xh] = (long double)k->kh * ((long double)k->xi * at_least_0(k->gth - g) - x[MINUTE_xh]);
}

/* y' of one kind of beta cells, => what they secrete */
static long double secretion(const kinetics *k, long double m, long double g, long double slope, long double y, long double *dy)
{
    *dy = (long double)k->alpha * (m * fmaxl((long double)k->beta * (g - k->h), -(long double)k->sb) - y);
    return at_least_0(y + m * k->sb + m * k->kg * at_least_0(slope));
}

static void insulin(const kinetics *k, const scalar_input *in, const long double *x, long double *dx)
{
    const long double g = x[MINUTE_gp] / k->vg, slope = dx[MINUTE_gp] / k->vg, i = x[MINUTE_ip] / k->vi;
    const long double native = secretion(k, k->m_native, g, slope, x[MINUTE_yn], &dx[MINUTE_yn]);
    const long double graft = secretion(k, k->m_graft, g, slope, x[MINUTE_yg], &dx[MINUTE_yg]);
    const long double portal = (long double)k->gamma * x[MINUTE_ipo], past_portal = (1.0L - k->phi_p) * graft;
    const long double extraction = fminl(fmaxl(k->heb - (long double)k->m5 * portal, 0.05L), 0.95L), m3 = extraction * k->m1 / (1.0L - extraction);
    dx[MINUTE_ipo] = native + (long double)k->phi_p * graft - portal;
    dx[MINUTE_il] = portal + (long double)k->m2 * x[MINUTE_ip] - (k->m1 + m3) * x[MINUTE_il];
    dx[MINUTE_ip] = (long double)k->m1 * x[MINUTE_il] - ((long double)k->m2 + k->m4) * x[MINUTE_ip] + (long double)k->ka1 * x[MINUTE_s1] +
                    (long double)k->ka2 * x[MINUTE_s2] + (long double)k->kl * x[MINUTE_d2] + past_portal;
    dx[MINUTE_xu] = -(long double)k->p2u * (x[MINUTE_xu] - (i - k->ib));
    dx[MINUTE_i1] = -(long double)k->ki * (x[MINUTE_i1] - i);
    dx[MINUTE_id] = -(long double)k->ki * (x[MINUTE_id] - x[MINUTE_i1]);
    dx[MINUTE_s1] = in->rapid_pmol_kg_min - ((long double)k->ka1 + k->kd) * x[MINUTE_s1];
    dx[MINUTE_s2] = (long double)k->kd * x[MINUTE_s1] - (long double)k->ka2 * x[MINUTE_s2];
    dx[MINUTE_d1] = in->depot_pmol_kg_min - (long double)k->kl * x[MINUTE_d1];
    dx[MINUTE_d2] = (long double)k->kl * (x[MINUTE_d1] - x[MINUTE_d2]);
    const long double secreted = (portal + past_portal) * k->bw / 1000.0L / k->c_vc;
    dx[MINUTE_c1] = -((long double)k->c_kel + k->c_k12) * x[MINUTE_c1] + (long double)k->c_k21 * x[MINUTE_c2] + secreted;
    dx[MINUTE_c2] = (long double)k->c_k12 * x[MINUTE_c1] - (long double)k->c_k21 * x[MINUTE_c2];
}

static void slopes(const kinetics *k, const scalar_input *in, const long double *x, long double *dx)
{
    gut(k, in, x, dx);
    glucose(k, x, dx);
    insulin(k, in, x, dx); /* needs glucose's slope */
}

static void along(const long double *x, const long double *slope, long double h, long double *out)
{
    for (int i = 0; i < N; i++) out[i] = x[i] + h * slope[i];
}

static bool advance(void *self, const scalar_input *in, double minutes)
{
    long_double_solver *s = self;
    const long double h = 1.0L / s->steps;
    const long steps = lround(minutes) * s->steps;
    for (long n = 0; n < steps; n++) {
        long double k1[N], k2[N], k3[N], k4[N], y[N];
        slopes(&s->k, in, s->x, k1);
        along(s->x, k1, 0.5L * h, y);
        slopes(&s->k, in, y, k2);
        along(s->x, k2, 0.5L * h, y);
        slopes(&s->k, in, y, k3);
        along(s->x, k3, h, y);
        slopes(&s->k, in, y, k4);
        for (int i = 0; i < N; i++) s->x[i] += h / 6.0L * (k1[i] + 2.0L * (k2[i] + k3[i]) + k4[i]);
    }
    for (int i = 0; i < N; i++) s->seen[i] = (double)s->x[i];
    return true;
}

static const double *state_of(const void *self)
{
    return ((const long_double_solver *)self)->seen;
}

long_double_solver *long_double_create(const kinetics *k, const double start[MINUTE_STATES], int steps)
{
    long_double_solver *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->k = *k;
    s->steps = steps;
    for (int i = 0; i < N; i++) s->x[i] = s->seen[i] = start[i];
    return s;
}

void long_double_free(long_double_solver *solver)
{
    free(solver);
}

any_solver long_double_as_any(long_double_solver *solver)
{
    return (any_solver){solver, advance, state_of};
}
