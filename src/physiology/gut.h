/* Gut: stomach (solid, ground), intestine, appearance of glucose in plasma.
 *
 *   qs1' = m - kmax qs1
 *   qs2' = kmax qs1 - kempt(Qsto) qs2                        Qsto = qs1 + qs2
 *   qg'  = kempt qs2 - kabs qg
 *   Ra   = f kabs qg / BW
 *   kempt = kmin + (kmax - kmin)/2 { tanh[a (Qsto - b D)] - tanh[c (Qsto - d D)] + 2 }
 *   a = 5/(2 D (1 - b)),  c = 5/(2 D d);  kempt = kmax when D = 0
 *
 * Dalla Man, Camilleri, Cobelli 2006 and Dalla Man, Rizza, Cobelli 2007 (10.1109/TBME.2007.893506), in the S2008
 * form (grinding rate = kmax). D is kept by the meal bookkeeping of the kernel. */
#ifndef ISLET_PHYSIOLOGY_GUT_H
#define ISLET_PHYSIOLOGY_GUT_H

/* The emptying curve of one meal: fixed while D is. With e = 2^(slope Q - centre) the curve is
 *   kempt = kmax + reach (e_a - e_c)/((1 + e_a)(1 + e_c)),   reach = kmax - kmin; without a meal everything but kmax is 0. */
typedef struct {
    lanes slope_a, centre_a, slope_c, centre_c; /* 2 a log2(e) [1/mg], times b D; 2 c log2(e), times d D */
    lanes most, reach;                          /* 1/min */
    lanes_mask working;                         /* D > 0 */
} stomach_curve;

/* a, c [1/mg] and the centres b D, d D [mg] given; a = c = 0 where it is not working */
static inline stomach_curve stomach_curve_from(const lane_kinetics *k, lanes a, lanes c, lanes centre_a_mg, lanes centre_c_mg,
                                               lanes_mask working)
{
    stomach_curve curve;
    curve.working = working;
    curve.slope_a = 2.0 * LANES_LOG2_E * a;
    curve.slope_c = 2.0 * LANES_LOG2_E * c;
    curve.centre_a = curve.slope_a * centre_a_mg;
    curve.centre_c = curve.slope_c * centre_c_mg;
    curve.most = k->kmax;
    curve.reach = lanes_select(working, k->kmax - k->kmin, lanes_set1(0.0));
    return curve;
}

static inline stomach_curve stomach_curve_of(const lane_kinetics *k, lanes dose_mg)
{
    const lanes zero = lanes_set1(0.0);
    lanes_mask working = lanes_gt(dose_mg, zero);
    lanes per_dose = lanes_select(working, 1.0 / lanes_select(working, dose_mg, lanes_set1(1.0)), zero);
    lanes a = k->emptying_a * per_dose, c = k->emptying_c * per_dose; /* divided by the dose once for both */
    return stomach_curve_from(k, a, c, k->b * dose_mg, k->d * dose_mg, working);
}

/* Beyond it the curve has long reached its limit. Content is between 0 and D: only far below b D, far above d D. */
#define STOMACH_EXPONENT_MAX 100.0

/* => share of the ground content that leaves, 1/min. The fast exponentials move it by less than 1e-8 of kmax. */
static inline lanes stomach_emptying_rate(const stomach_curve *curve, lanes content_mg)
{
    const lanes one = lanes_set1(1.0);
    const lanes to_a = lanes_fma(curve->slope_a, content_mg, -curve->centre_a);
    const lanes to_c = lanes_fma(curve->slope_c, content_mg, -curve->centre_c);
    const lanes ea = lanes_exp2_fast(lanes_max(to_a, lanes_set1(-STOMACH_EXPONENT_MAX)));
    const lanes ec = lanes_exp2_fast(lanes_min(to_c, lanes_set1(STOMACH_EXPONENT_MAX)));
    const lanes share = (ea - ec) / ((one + ea) * (one + ec));
    return lanes_fma(curve->reach, share, curve->most);
}

/* The same with its slope over the content, 1/(min mg). */
typedef struct {
    lanes rate, per_mg;
} emptying;

static inline emptying stomach_emptying_sloped(const stomach_curve *curve, lanes content_mg)
{
    const lanes one = lanes_set1(1.0);
    const lanes to_a = lanes_fma(curve->slope_a, content_mg, -curve->centre_a);
    const lanes to_c = lanes_fma(curve->slope_c, content_mg, -curve->centre_c);
    const lanes ea = lanes_exp2_fast(lanes_max(to_a, lanes_set1(-STOMACH_EXPONENT_MAX)));
    const lanes ec = lanes_exp2_fast(lanes_min(to_c, lanes_set1(STOMACH_EXPONENT_MAX)));
    const lanes pa = one + ea, pc = one + ec, per_both = one / (pa * pc);
    const lanes per_a = per_both * pc, per_c = per_both * pa; /* 1/(1 + e) */
    const lanes rise_a = curve->slope_a * ea * (per_a * per_a), fall_c = curve->slope_c * ec * (per_c * per_c);
    return (emptying){lanes_fma(curve->reach, (ea - ec) * per_both, curve->most),
                      curve->reach * LANES_LN2 * (rise_a - fall_c)};
}

/* => carbohydrate leaving the stomach, mg/min */
static inline lanes stomach_emptying(const stomach_curve *curve, lanes qs1, lanes qs2)
{
    return stomach_emptying_rate(curve, qs1 + qs2) * qs2;
}

static inline lanes gut_appearance(const lane_kinetics *k, lanes qg)
{
    return k->ra_per_mg * k->kabs * qg;
}

static inline void gut_intestine_rhs(const lane_kinetics *k, lanes emptied, const minute_state *x, minute_state *dx)
{
    dx->qg = emptied - k->kabs * x->qg;
}

#endif
