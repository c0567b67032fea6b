/* Bounds: harms that no trial has seen, for which only an upper bound can be given. They are shown and never drawn.
 *
 *   teratoma   P <= 1 - exp(-N r q)    single hit, Poisson; N cells given in all courses of the arm, r the undifferentiated share,
 *              q an upper bound of the chance that one such cell founds a tumour
 *   cancer     P <= 1 - exp(-(R - 1) i t)   R the upper limit of the rate ratio in trials of such cells, i the rate of people
 *              of that age, t the years of follow-up
 *
 * q comes from 0 cases in 34 people for donor cells; cells that are not rejected have no such people, and q is the mouse's
 * (base/params.def). A teratoma within such a bound is not expected: the bound says how little is known. */
#ifndef ISLET_THERAPY_BOUNDS_H
#define ISLET_THERAPY_BOUNDS_H

#include "base/params.h"
#include "therapy/protocol.h"

/* NaN when the arm's cells hold no undifferentiated ones. */
double bound_teratoma(const struct islet_protocol *protocol, const protocol_arm *arm, const params *params);

/* Cancer by the cells over `years`, beside what comes without them; NaN when nobody counted it for cells of the arm. */
double bound_cancer(const struct islet_protocol *protocol, const protocol_arm *arm, const params *params, double years);

#endif
