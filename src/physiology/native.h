/* Native beta cells in type 1 diabetes: active and inactive cells, in healthy pancreases, stepped once a day.
 *
 *   active    bA' = -k_in g(G) bA + k_re bI - k bA        g(G) = (G/G_in)^8/(1 + (G/G_in)^8), G the day's mean plasma glucose
 *   inactive  bI' =  k_in g(G) bA - k_re bI - k bI        k the immune loss rate (physiology/immunity.h)
 *
 * High glucose puts cells to rest, near-normal glucose brings them back within weeks: with insulin begun at diagnosis the
 * active share recovers (honeymoon) until the attack has taken the cells. The form and the two rates' place follow the
 * ketosis-prone diabetes model of Ridout, Vellanki, Nemenman (10.7554/elife.100193.1), whose exponents are lost in what could be read. No
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

/* One day at this immune loss rate; returns the cells that died. */
double native_day(native *native, const params *params, const cell_signals *signals, double loss_per_day, double glucose_mg_dl);

#endif
