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
    lanes t = (glucose_mg_dl - 130.0) * (1.0 / 70.0);
    lanes p = lanes_set1(-0.00032712511746922244);
    p = lanes_fma(p, t, lanes_set1(0.0006166114068321349));
    p = lanes_fma(p, t, lanes_set1(-0.0003582084944736153));
    p = lanes_fma(p, t, lanes_set1(0.0008892742622100514));
    p = lanes_fma(p, t, lanes_set1(-0.002857865141660767));
    p = lanes_fma(p, t, lanes_set1(0.006168837093694463));
    p = lanes_fma(p, t, lanes_set1(-0.01367861145968117));
    p = lanes_fma(p, t, lanes_set1(0.0333481110689659));
    p = lanes_fma(p, t, lanes_set1(-0.09089672223246452));
    p = lanes_fma(p, t, lanes_set1(0.3250781215440291));
    p = lanes_fma(p, t, lanes_set1(3.6171778633714897));
    return p;
}

static inline lanes hypo_amplification(const lane_kinetics *k, lanes glucose)
{
    lanes low = lanes_min(lanes_max(glucose, lanes_set1(HYPO_FLOOR_MG_DL)), k->gb);
    lanes distance = hypo_ln_pow(low) - k->ln_gb_pow;
    return 1.0 + 10.0 * k->r1 * distance * distance;
}

static inline lanes glucose_production(const lane_kinetics *k, const minute_state *x)
{
    lanes egp = k->kp1_now - k->kp2 * x->gp - k->kp3 * x->id - k->kp4 * x->ipo + x->xh;
    return lanes_max(egp, lanes_set1(0.0));
}

static inline lanes glucose_uptake(const lane_kinetics *k, lanes glucose, const minute_state *x)
{
    lanes zero = lanes_set1(0.0);
    lanes rho = lanes_select(lanes_gt(x->xu, zero), hypo_amplification(k, glucose), lanes_set1(1.0));
    lanes vm = lanes_max(k->vm0 + k->vmx * x->xu * rho, zero);
    return lanes_min(vm / (k->km0 + x->gt), lanes_set1(UPTAKE_MAX_PER_MIN)) * x->gt;
}

static inline void glucose_rhs(const lane_kinetics *k, lanes glucose, lanes ra, lanes egp, const minute_state *x,
                               minute_state *dx)
{
    lanes zero = lanes_set1(0.0);
    lanes excretion = k->ke1 * lanes_max(x->gp - k->ke2, zero);
    lanes uptake = glucose_uptake(k, glucose, x);
    lanes fcns = k->fcns * lanes_min(glucose * (1.0 / FCNS_FALLS_BELOW_MG_DL), lanes_set1(1.0));
    dx->gp = egp + ra - fcns - excretion - k->k1 * x->gp + k->k2 * x->gt;
    dx->gt = k->k1 * x->gp - k->k2 * x->gt - uptake;
    dx->gs = k->ksc * (x->gp - x->gs);
    dx->xh = k->kh * (k->xi * lanes_max(k->gth - glucose, zero) - x->xh);
}

#endif
