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

/* The emptying curve of one meal: fixed while D is. */
typedef struct {
    lanes a, c, bd, dd;  /* slopes [1/mg] and centres [mg] of the two steps */
    lanes_mask working;  /* D > 0 */
} stomach_curve;

static inline stomach_curve stomach_curve_of(const lane_kinetics *k, lanes dose_mg)
{
    stomach_curve curve;
    curve.working = lanes_gt(dose_mg, lanes_set1(0.0));
    lanes dose = lanes_select(curve.working, dose_mg, lanes_set1(1.0));
    curve.a = 2.5 / (dose * (1.0 - k->b));
    curve.c = 2.5 / (dose * k->d);
    curve.bd = k->b * dose;
    curve.dd = k->d * dose;
    return curve;
}

/* => carbohydrate leaving the stomach, mg/min. The fast exponential moves it by less than 1e-10 of kmax qs2. */
static inline lanes stomach_emptying(const lane_kinetics *k, const stomach_curve *curve, lanes qs1, lanes qs2)
{
    lanes qsto = qs1 + qs2;
    lanes steps = lanes_tanh_difference_fast(curve->a * (qsto - curve->bd), curve->c * (qsto - curve->dd)) + 2.0;
    lanes kempt = k->kmin + 0.5 * (k->kmax - k->kmin) * steps;
    return lanes_select(curve->working, kempt, k->kmax) * qs2;
}

static inline lanes gut_appearance(const lane_kinetics *k, lanes qg)
{
    return k->appearance * qg;
}

static inline void gut_intestine_rhs(const lane_kinetics *k, lanes emptied, const minute_state *x, minute_state *dx)
{
    dx->qg = emptied - k->kabs * x->qg;
}

#endif
