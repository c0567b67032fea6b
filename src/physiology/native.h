/* Native beta cells in type 1 diabetes: active and inactive cells, in healthy pancreases, stepped once a day.
 *
 *   active    bA' = -w bA + k_re bI - k bA                w = k_in g(G) + k_st a,  g(G) = (G/G_in)^8/(1 + (G/G_in)^8)
 *   inactive  bI' =  w bA - k_re bI - k bI                k immune loss rate, a attack (physiology/immunity.h), G mean glucose
 *   hidden    of all cells the share h of those at the start is not killed: k acts on bA + bI - h b0, from both pools alike
 *
 * High glucose and the inflammation of the attack put cells to rest. Before diagnosis that is a matter of weeks (onset_collapse_day): the attack stuns, glucose
 * rises, more cells rest, so that glucose at diagnosis is far above what HbA1c tells. Near-normal glucose brings the first back within weeks: with
 * insulin begun at diagnosis the active share recovers (honeymoon) until the attack has taken the cells. The others come back
 * only when the attack ends: at diagnosis about half of the cells can be alive (10.1371/journal.pone.0001374) where C-peptide
 * tells of a fifth, and islets of people at diagnosis work again after days outside the body (10.2337/db14-1911, sizes not
 * read). The form and the two rates' place follow the
 * ketosis-prone diabetes model of Ridout, Vellanki, Nemenman (10.7554/elife.100193.1), whose exponents are lost in what could be read.
 * People begin with as different numbers as in health (SD over mean of beta cell mass a third, data/populations).
 * Some cells escape for good: C-peptide is flat after seven years (NH_SHIELDS2018, marked calibrate), most people with old diabetes have a little
 * (NH_UNITED2015), and in mice with autoimmune diabetes a share of the beta cells resists the attack (10.1016/j.cmet.2017.01.005). No
 * cell dies of glucose here: keeping glucose closer to normal for two years did not preserve C-peptide (CLOUD, 10.1056/NEJMoa2203496,
 * marked calibrate). No cell is born: proliferation is not raised in type 1 diabetes (PMC5546851).
 * Cells given may protect cells (less loss and less inactivation) or help them back (signals.h). */
#ifndef ISLET_PHYSIOLOGY_NATIVE_H
#define ISLET_PHYSIOLOGY_NATIVE_H

#include "base/params.h"
#include "patient/person.h"
#include "physiology/signals.h"

typedef struct {
    double active_frac, inactive_frac;  /* living cells over a healthy pancreas' number */
    double lost_frac;                   /* killed since the start: active + inactive + lost is constant */
} native;

/* The cells that are alive at diagnosis, as many asleep as long high glucose puts to sleep. */
void native_start(native *native, const params *params, const person *who);

/* What the cells meet on one day. */
typedef struct {
    double loss_per_day;                /* by the attack */
    double attack;                      /* 1 at diagnosis */
    double glucose_mg_dl;               /* mean plasma glucose */
} native_day_of;

/* One day; returns the cells that died. */
double native_day(native *native, const params *params, const cell_signals *signals, const native_day_of *day);

#endif
