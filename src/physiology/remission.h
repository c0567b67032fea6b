/* Remission: insulin sensitivity of people who inject little because cells of their own are left or a graft makes insulin, stepped once a day.
 *
 *   S' = (1 + g max(0, 1 - u/u_ref) - S)/tau            u: injected insulin, U/kg/day; S = 1 at u_ref and above
 *
 * Insulin under the skin reaches muscle before the liver and at more than the healthy level, and muscle answers it less: in type 1 diabetes
 * insulin action is 22 % lower than at equal glucose without injections, 29 % lower than in health (10.2337/db19-0324). It is normal three months after
 * diagnosis, and 40 % greater in those who need no insulin then than in the others (10.1056/NEJM198607243150404). The public
 * subjects are people on full doses: S is 1 in them, and at diagnosis, when high glucose lowers it as the lack of injections raises it
 * (the same source: 32 % below normal after two weeks). Recipients of a graft have a gain of their own: clamps before and half a year after donor islets,
 * 10.1210/jc.2013-1764. */
#ifndef ISLET_PHYSIOLOGY_REMISSION_H
#define ISLET_PHYSIOLOGY_REMISSION_H

#include "base/params.h"

/* One day with this much injected insulin; `gain` is g. */
double remission_sensitivity_day(double sensitivity, const params *params, double gain, double insulin_u_per_kg);

#endif
