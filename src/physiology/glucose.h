/* Glucose: production, use, excretion, interstitial fluid, and what hypoglycaemia changes.
 *
 *   gp' = EGP + Ra - Fcns min(1, G/36) - E - k1 gp + k2 gt
 *   gt' = -Uid + k1 gp - k2 gt
 *   gs' = ksc (gp - gs)
 *   EGP = max(0, kp1 (1 + dawn) - kp2 gp - kp3 id - kp4 ipo + xh)
 *   E   = ke1 max(0, gp - ke2)
 *   Uid = min(Vm/(Km0 + gt), 1.5/min) gt,  Vm = max(0, Vm0 + Vmx xu rho)     rho only where xu > 0
 *   rho = 1 + 10 r1 [ (ln max(G, 60))^r2 - (ln Gb)^r2 ]^2 below Gb, 1 above;  r2 = 0.8124
 *   xh' = -kh (xh - xi max(0, gth - G))
 *
 * Fcns: constant in S2008, which lets glucose turn negative in deep hypoglycaemia and run away there; here the uptake that needs no
 * insulin falls with glucose below 36 mg/dL (2 mmol/L), as it does in Hovorka 2004 below 4.5 mmol/L. No published check value
 * is that low.
 * 1.5/min: tissue cannot empty its glucose space faster than blood brings it; reached only with a large overdose in hypoglycaemia,
 * where Vm rho grows without bound. With both limits glucose stays positive whatever is injected (tests/test_balance.c).
 * gp, gt, EGP, E, Uid: Dalla Man 2007 (10.1109/TBME.2007.893506), S2008 form; ipo is 0 at the subjects' basal state.
 * Vm must not turn negative at zero insulin and rho must not amplify a negative xu (found by re-computation: without
 * it 19 of the 30 public subjects run away). rho: S2013 (10.1177/1932296813514502) as read by gcappon/py_replay_bg,
 * whose r1 is 1.4407; it vanishes at Gb, other public forms jump.
 * xh: one state for the hormonal answer to hypoglycaemia (glucagon and adrenaline), because the six glucagon
 * constants of every public code are declared guesses and disagree; see docs/decisions.md. */
#ifndef ISLET_PHYSIOLOGY_GLUCOSE_H
#define ISLET_PHYSIOLOGY_GLUCOSE_H

#define FCNS_FALLS_BELOW_MG_DL 36.0 /* assumed: keeps glucose positive, see above */
#define UPTAKE_MAX_PER_MIN 1.5        /* assumed, see above */
#define HYPO_FLOOR_MG_DL 60.0 /* below this rho stays at its value here (S2013) */

/* (ln G)^0.8124 for 60 <= G <= 200 mg/dL, Chebyshev fit, error below 3e-7 (tests/test_physiology.c) */
static inline lanes hypo_ln_pow(lanes glucose_mg_dl)
{
    const lanes t = lanes_fma(glucose_mg_dl, lanes_set1(1.0 / 70.0), lanes_set1(-130.0 / 70.0));
    const lanes t2 = t * t, t4 = t2 * t2; /* pairs side by side: shorter to wait for than Horner's rule */
#define PAIR(low, high) lanes_fma(lanes_set1(high), t, lanes_set1(low))
    const lanes p01 = PAIR(3.6171778633714897, 0.3250781215440291), p23 = PAIR(-0.09089672223246452, 0.0333481110689659);
    const lanes p45 = PAIR(-0.01367861145968117, 0.006168837093694463), p67 = PAIR(-0.002857865141660767, 0.0008892742622100514);
    const lanes p89 = PAIR(-0.0003582084944736153, 0.0006166114068321349);
#undef PAIR
    const lanes high = lanes_fma(lanes_fma(lanes_set1(-0.00032712511746922244), t2, p89), t4, lanes_fma(p67, t2, p45));
    return lanes_fma(high, t4, lanes_fma(p23, t2, p01));
}

static inline lanes hypo_amplification(const lane_kinetics *k, lanes glucose)
{
    lanes low = lanes_min(lanes_max(glucose, lanes_set1(HYPO_FLOOR_MG_DL)), k->gb);
    lanes distance = hypo_ln_pow(low) - k->ln_gb_pow;
    return lanes_fma(k->r1 * 10.0, distance * distance, lanes_set1(1.0));
}

/* What drives hepatic production besides glucose itself, mg/kg/min. */
static inline lanes glucose_signal(const lane_kinetics *k, lanes id, lanes ipo, lanes xh)
{
    return lanes_fma(-k->kp4, ipo, lanes_fma(-k->kp3, id, k->kp1_now)) + xh;
}

/* Production is this where it is positive, else 0. */
static inline lanes glucose_demand(const lane_kinetics *k, lanes signal, lanes gp)
{
    return lanes_fma(-k->kp2, gp, signal);
}

/* Glucose made less glucose used and lost: everything but exchange and appearance. */
typedef struct {
    lanes gp, gt;       /* mg/kg/min into plasma, into tissue */
    lanes demand, production; /* of the liver, part of gp: what its signals ask for and what it can do */
    lanes uptake_rate;  /* insulin-dependent, over tissue glucose, 1/min */
    lanes per_action;   /* how that rate rises with remote insulin, where nothing limits it */
} glucose_sources;

static inline glucose_sources glucose_sources_of(const lane_kinetics *k, lanes signal, lanes xu, lanes gp, lanes gt)
{
    lanes glucose = gp * k->per_vg;
    lanes zero = lanes_set1(0.0), excretion = k->ke1 * lanes_max(gp - k->ke2, zero);
    lanes fcns = k->fcns * lanes_min(glucose * (1.0 / FCNS_FALLS_BELOW_MG_DL), lanes_set1(1.0));
    const lanes_mask amplified = lanes_and(lanes_gt(xu, zero), lanes_lt(glucose, k->gb));
    lanes rho = lanes_set1(1.0);
    if (lanes_worth(amplified)) rho = lanes_select(amplified, hypo_amplification(k, glucose), rho);
    lanes capacity = k->vmx * rho, vm = lanes_max(lanes_fma(capacity, xu, k->vm0), zero);
    lanes per_gt = 1.0 / (k->km0 + gt); /* a reciprocal need not wait for rho */
    lanes rate = lanes_min(vm * per_gt, lanes_set1(UPTAKE_MAX_PER_MIN));
    lanes demand = glucose_demand(k, signal, gp), production = lanes_max(demand, zero);
    return (glucose_sources){production - fcns - excretion, -rate * gt, demand, production, rate, capacity * per_gt};
}

/* The linear rest: exchange with tissue, interstitial fluid. */
static inline void glucose_exchange(const lane_kinetics *k, const minute_state *x, minute_state *dx)
{
    lanes forth = k->k1 * x->gp, back = k->k2 * x->gt;
    dx->gp = back - forth;
    dx->gt = forth - back;
    dx->gs = k->ksc * (x->gp - x->gs);
}

static inline lanes glucose_alarm(const lane_kinetics *k, lanes glucose)
{
    return k->xi * lanes_max(k->gth - glucose, lanes_set1(0.0));
}

static inline void glucose_rhs(const lane_kinetics *k, lanes glucose, lanes ra, const minute_state *x, minute_state *dx)
{
    lanes signal = glucose_signal(k, x->id, x->ipo, x->xh);
    glucose_sources sources = glucose_sources_of(k, signal, x->xu, x->gp, x->gt);
    glucose_exchange(k, x, dx);
    dx->gp = dx->gp + sources.gp + ra;
    dx->gt = dx->gt + sources.gt;
    dx->xh = k->kh * (glucose_alarm(k, glucose) - x->xh);
}

#endif
