/* Secretion of native and grafted beta cells.
 *
 *   y'   = -alpha (y - max(m beta (G - h), -m Sb))
 *   rate = max(0, y + m Sb + m K max(G', 0))
 *   ipo' = -gamma ipo + rate_native + phi_p rate_graft
 *
 * m is the functional mass over a healthy pancreas. Dalla Man 2007 (10.1109/TBME.2007.893506) with every term of
 * the basal secretion multiplied by m: its law is a deviation around a fixed basal state, and without m Sb a person
 * with no beta cells would still secrete. Grafted cells follow the healthy law until data say otherwise. A graft
 * outside the portal vein (phi_p = 0) secretes straight into plasma. */
#ifndef ISLET_PHYSIOLOGY_SECRETION_H
#define ISLET_PHYSIOLOGY_SECRETION_H

/* => what provision tends to, of a whole pancreas */
static inline lanes secretion_target(const lane_kinetics *k, lanes glucose)
{
    return lanes_max(k->beta * (glucose - k->h), -k->sb);
}

static inline lanes secretion_provision_rhs(const lane_kinetics *k, lanes m, lanes glucose, lanes y)
{
    return k->alpha * (m * secretion_target(k, glucose) - y);
}

static inline lanes secretion_rate(const lane_kinetics *k, lanes m, lanes glucose_slope, lanes y)
{
    lanes zero = lanes_set1(0.0);
    return lanes_max(y + m * (k->sb + k->kg * lanes_max(glucose_slope, zero)), zero);
}

/* => graft secretion that does not pass the portal vein, pmol/kg/min */
static inline lanes secretion_rhs(const lane_kinetics *k, lanes glucose, lanes glucose_slope, const minute_state *x,
                                  minute_state *dx)
{
    lanes native = secretion_rate(k, k->m_native, glucose_slope, x->yn);
    lanes graft = secretion_rate(k, k->m_graft, glucose_slope, x->yg);
    lanes portal = k->phi_p * graft;
    dx->yn = secretion_provision_rhs(k, k->m_native, glucose, x->yn);
    dx->yg = secretion_provision_rhs(k, k->m_graft, glucose, x->yg);
    dx->ipo = native + portal - k->gamma * x->ipo;
    return graft - portal;
}

#endif
