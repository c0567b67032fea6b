/* Insulin: liver and plasma, remote action, depots under the skin.
 *
 *   il' = -(m1 + m3) il + m2 ip + S,   S = gamma ipo,  m3 = HE m1/(1 - HE),  HE = HEb - m5 S in [0.05, 0.95]
 *   ip' = -(m2 + m4) ip + m1 il + ka1 s1 + ka2 s2 + kl d2 + secretion that enters outside the portal vein
 *   xu' = -p2u (xu - (I - Ib)),  i1' = -ki (i1 - I),  id' = -ki (id - i1)
 *   s1' = u - (ka1 + kd) s1,  s2' = kd s1 - ka2 s2                  rapid insulin, u in pmol/kg/min
 *   d1' = v - kl d1,          d2' = kl (d1 - d2)                    long-acting insulin
 *
 * Dalla Man 2007 (10.1109/TBME.2007.893506), S2008 form. The public subjects hold HE = HEb without secretion, so
 * HE = HEb - m5 S keeps every basal state (the 2007 law would move it). */
#ifndef ISLET_PHYSIOLOGY_INSULIN_H
#define ISLET_PHYSIOLOGY_INSULIN_H

#define HEPATIC_EXTRACTION_LOW 0.05 /* keeps the fraction a fraction when a graft secretes a lot */
#define HEPATIC_EXTRACTION_HIGH 0.95

/* m3, 1/min */
static inline lanes insulin_hepatic_loss_rate(const lane_kinetics *k, lanes secretion)
{
    lanes extraction = k->heb - k->m5 * secretion;
    extraction = lanes_max(extraction, lanes_set1(HEPATIC_EXTRACTION_LOW));
    extraction = lanes_min(extraction, lanes_set1(HEPATIC_EXTRACTION_HIGH));
    return extraction * k->m1 / (1.0 - extraction);
}

static inline void insulin_rhs(const lane_kinetics *k, const minute_input *in, lanes insulin, lanes m3, lanes systemic,
                               const minute_state *x, minute_state *dx)
{
    lanes portal = k->gamma * x->ipo;
    lanes absorbed = k->ka1 * x->s1 + k->ka2 * x->s2 + k->kl * x->d2;

    dx->il = portal + k->m2 * x->ip - (k->m1 + m3) * x->il;
    dx->ip = k->m1 * x->il + absorbed + systemic - (k->m2 + k->m4) * x->ip;
    dx->xu = k->p2u * (insulin - k->ib - x->xu);
    dx->i1 = k->ki * (insulin - x->i1);
    dx->id = k->ki * (x->i1 - x->id);
    dx->s1 = in->rapid_pmol_kg_min - (k->ka1 + k->kd) * x->s1;
    dx->s2 = k->kd * x->s1 - k->ka2 * x->s2;
    dx->d1 = in->depot_pmol_kg_min - k->kl * x->d1;
    dx->d2 = k->kl * (x->d1 - x->d2);
}

#endif
