/* Remission: insulin sensitivity of people whose insulin comes from cells of their own or of a graft in part, stepped once a day.
 *
 *   S' = (1 + g q - S)/tau              q: share of the day's insulin that the portal vein brought, secreted/(secreted + injected)
 *   secreted = kel Vc C 1440            C: mean C-peptide of the day; what is cleared is secreted
 *
 * Insulin under the skin reaches muscle before the liver and at more than the healthy level, and muscle answers it less: in type 1 diabetes
 * insulin action is 22 % lower than at equal glucose without injections, 29 % lower than in health (10.2337/db19-0324). One series of
 * clamps (10.1056/NEJM198607243150404) gives three points of this law. After a year and more of injections insulin action is 40 % below normal: S = 1,
 * as in the public subjects. Three months after diagnosis it is normal on average, and 40 % greater in the 43 % who need no insulin than in the others,
 * so 1.19 and 0.85 of normal: over 0.60 that is 1.99 without injections, hence g, and 1.42 with them, hence q of 0.4 in people three months
 * after diagnosis, which is not set here but follows. More than normal sensitivity in remissions, lost again at relapse, is in 10.2337/diacare.16.6.881. With the dose in
 * place of the share whoever needs little insulin gained sensitivity, cells or not. At diagnosis S is 1: high glucose lowers it as
 * the lack of injections raises it (the same series: 32 % below normal after two weeks). Recipients of a graft have a gain of their own: clamps before
 * and half a year after donor islets, 10.1210/jc.2013-1764; their q is 1 - injected/u_ref, with which their grafts were fitted (trial/course.c). */
#ifndef ISLET_PHYSIOLOGY_REMISSION_H
#define ISLET_PHYSIOLOGY_REMISSION_H

#include "base/params.h"
#include "patient/kinetics.h"

/* q of a day: mean C-peptide, nmol/L, and what was injected, U/kg. */
double remission_portal_share(const kinetics *kinetics, double c_peptide_nmol_l, double insulin_u_per_kg);

/* One day with this q; `gain` is g. */
double remission_sensitivity_day(double sensitivity, const params *params, double gain, double portal_share);

#endif
