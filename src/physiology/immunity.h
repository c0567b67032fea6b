/* Immunity: autoimmunity against beta cells, slow states stepped once a day. Levels are relative to those of a typical
 * person at diagnosis (1), since only the loss rate that follows from them can be seen in people (C-peptide).
 *
 *   antigen     A'  = ((D + t B)/D_ref - A)/tau_A       D: beta cells that died today, own and grafted, B those alive, both over a
 *                                                       healthy pancreas; t the ordinary turnover, which presents too
 *   effectors   E'  = (f(A) (n + (1 - n) Em) s - E)/tau_E
 *                 f(A) = (1 + K_A) A/(K_A + A)          presentation saturates
 *                 s    = (1 + K_R)/(K_R + R) (1 - brake)
 *                 n    = n_0 times the thymus' share    new effectors beside those from memory
 *   memory      Em' = r_M pace E (1 - Em)               pace: the person's own, of the attack and of its return
 *   regulatory  R'  = (1 + gain - R)/tau_R
 *   quiescence  Q'  = (Q_max x^2/(x_Q^2 + x^2) - Q)/tau_Q,  x = R/(E + 0.01): the tissue of what is left comes to rest
 *   lymphocytes L'  = (1 - L)/tau_L, counted for safety
 *   attack      a   = (1 + H) E^2/(E^2 + r^2 H), H = E50^2, r = (K_R + R)/(K_R + 1); 1 at diagnosis
 *   loss of own beta cells  k = k_max pace a (1 - Q), a day
 *
 * The pace is drawn at diagnosis (patient/person.c): lognormal, slower in the older, and faster by a factor in the aggressive form of insulitis, with
 * many B cells, that all children below 7 have, nobody from 13 on, and the less between the older. These have fewer beta cells at diagnosis, too. Fast losers
 * vanish from the mean first, so that it falls in two phases where each person's own curve is nearly one exponential.
 *
 * The form is the composite block of six states (antigen, effectors, memory, regulatory cells, quiescence, lymphocytes) that
 * the digest of the published models recommends; two of those are the NOD model of Shtylla 2019 (10.3389/fphys.2019.01107) and
 * the Treg quality/quantity model (kenziealyse/ImmunePaper). Different here: presentation saturates and memory limits itself, so
 * that a weakened immune system relapses after a delay that depends on the memory left and on the beta cells there are to
 * attack. A graft is attacked by effectors that memory recalls: with the person's beta cells long gone, its attack is
 * that of the whole memory. Parameters and their standing: base/params.def. */
#ifndef ISLET_PHYSIOLOGY_IMMUNITY_H
#define ISLET_PHYSIOLOGY_IMMUNITY_H

#include "base/params.h"
#include "patient/person.h"
#include "physiology/signals.h"

typedef struct {
    double antigen, effector, memory, regulatory, quiescence, lymphocytes;
    double thymus;                /* share of normal output of new T cells */
    double regulatory_boost;      /* regulatory cells over normal after a reset; fades as the thymus returns */
    double brake_frac;            /* share of effectors' growth stopped by drugs, fading .. */
    double brake_fade_day;        /* .. with this time constant; 0 without drugs */
    int thymus_waits_day;         /* days until its output begins to return */
} immunity;

/* The state at diagnosis where the person has beta cells of their own to lose; in others what is left when all are gone:
 * memory where autoantibodies persist, else nothing. */
void immunity_start(immunity *immunity, const params *params, const person *who);

/* One day. Beta cells that died today and that live, own and grafted, over a healthy pancreas' number. */
void immunity_day(immunity *immunity, const params *params, const person *who, const cell_signals *signals, double dead_frac,
                  double living_frac);

/* Attack on the person's own beta cells, quiescence included; about 1 at diagnosis. */
double immunity_native_attack(const immunity *immunity, const params *params);

/* Loss rate of the person's own beta cells, 1/day. */
double immunity_native_loss_per_day(const immunity *immunity, const params *params, const person *who);

/* Factor on the autoimmune hazard of a graft: 1 for settled memory that nothing restrains. */
double immunity_graft_factor(const immunity *immunity, const params *params);

/* What a drug or conditioning does on one day: shares of the pools that die. */
typedef struct {
    double effector_frac, memory_frac, regulatory_frac, lymphocyte_frac;
} immune_depletion;

void immunity_deplete(immunity *immunity, const immune_depletion *depletion);

#endif
