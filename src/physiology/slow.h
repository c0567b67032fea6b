/* Slow laws of one person beside the graft: HbA1c, awareness of hypoglycaemia, kidney. Stepped once a day. */
#ifndef ISLET_PHYSIOLOGY_SLOW_H
#define ISLET_PHYSIOLOGY_SLOW_H

#include "base/params.h"
#include "physiology/graft.h"

/* HbA1c (NGSP %) of red cells that all live `life_day` days: a cell of age a has glycated 1 - exp(-k I(a)) of its
 * haemoglobin, I = glucose integral over its life; the laboratory sees the mean over ages.
 *   IFCC = 1000 mean, NGSP = 0.09148 IFCC + 2.152        doi:10.1186/s12967-014-0328-5, 10.1177/1932296816659885
 * mean_glucose_mg_dl[0] is today, [-1] yesterday, ...; `days_known` of them; before that the oldest is repeated. */
double hba1c_pct(double glycation_rate_l_per_mmol_s, int life_day, const double *mean_glucose_mg_dl, int stride,
                 int days_known);

/* Awareness of hypoglycaemia, 0..1: W' = (W_max - W)/tau - k (1 - R) (minutes below 54 today) W; one day, exact for the day.
 * R = min(1, graft function over the one that restores): under a working graft lows no longer blunt the answer to lows. */
double awareness_day(const params *params, double awareness, double ceiling, double below_54_min, double graft_function);

/* Counter-regulation over that of a person with full awareness and no islets that answer: C = u + (1 - u) max(W, R) with R of all beta cells.
 * A graft suppresses its insulin and brings glucagon back in hypoglycaemia, so that production rises as in healthy people
 * (doi:10.2337/db14-1620): with R of the graft alone, (1 - R) C + R (the healthy answer over that of C = 1). */
double counterregulation_frac(const params *params, double awareness, double function, double graft_function);

/* Fall of eGFR after some years on drugs, ageing included, as the published slopes do.
 *   first year  d (1 - exp(-t/tau))/(1 - exp(-1/tau)), of which the reversible share follows the exposure when the drugs stop, then a line to year 5 and another after it (ADA abstract 238-OR) */
double egfr_drug_loss(const params *params, const regimen *regimen, double years_on_drugs, double exposure_frac);

#endif
