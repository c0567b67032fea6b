/* Minute block: its states, its constants and the whole right-hand side, put together from the mechanisms.
 *
 * One lane is one person. The equations are written once, on the lane type, in the mechanisms' headers; the same
 * text is compiled for every lane width, for the reference solver (width 1) and for tests.
 *
 *   gut ──▶ glucose ◀── insulin ◀── subcutaneous depots
 *             │   ▲        ▲
 *             ▼   │        │ portal vein
 *   sensor glucose└─ counter-regulation   secretion (native, graft) ──▶ C-peptide */
#ifndef ISLET_PHYSIOLOGY_MINUTE_H
#define ISLET_PHYSIOLOGY_MINUTE_H

#include "base/lanes.h"
#include "base/lanes_math.h"
#include "base/units.h"
#include "physiology/kernel.h"

typedef struct {
#define STATE(key, unit, sentence) lanes key;
#include "physiology/states.def"
#undef STATE
} minute_state;

enum {
#define STATE(key, unit, sentence) STATE_##key,
#include "physiology/states.def"
#undef STATE
    STATE_COUNT
};

/* kinetics.def on lanes, and what follows from it and is used in every evaluation: divisions are dear, so they are
 * done once, when constants change (lane_kinetics_derive). */
typedef struct {
#define KINETIC(key, unit, sentence) lanes key;
#include "patient/kinetics.def"
#undef KINETIC
#define ENTRY(key) lanes key;
    KINETIC_DERIVED(ENTRY)
#undef ENTRY
    lanes kp1_now; /* kp1 (1 + dawn): follows the clock */
} lane_kinetics;

/* What enters from outside, constant within one minute. */
typedef struct {
    lanes meal_mg_per_min;
    lanes rapid_pmol_kg_min;   /* rapid insulin into the skin */
    lanes depot_pmol_kg_min;   /* long-acting insulin into its depot */
    lanes stomach_dose_mg;     /* Dbar: the meal the stomach is working on */
} minute_input;

#include "physiology/gut.h"
#include "physiology/insulin.h"
#include "physiology/secretion.h"
#include "physiology/glucose.h"
#include "physiology/c_peptide.h"

static inline void lane_kinetics_clock(lane_kinetics *k)
{
    k->kp1_now = k->kp1 * (1.0 + k->dawn);
}

static inline void lane_kinetics_derive(lane_kinetics *k)
{
    k->per_vg = 1.0 / k->vg;
    k->per_vi = 1.0 / k->vi;
    k->per_kabs = 1.0 / k->kabs;
    k->per_gamma = 1.0 / k->gamma;
    k->per_alpha = 1.0 / k->alpha;
    k->ra_per_mg = k->f / k->bw;
    k->pmol_kg_per_u = PMOL_PER_UNIT_INSULIN / k->bw;
    k->c_per_pmol_kg = k->bw * 0.001 / k->c_vc;
    k->emptying_a = 2.5 / (1.0 - k->b);
    k->emptying_c = 2.5 / k->d;
    k->m3_basal = insulin_hepatic_loss_rate(k, lanes_set1(0.0));
    lane_kinetics_clock(k);
}

/* (kinetics, input, emptying flux, state) => derivative of every state but the two of the stomach. Where nobody secretes, neither
 * now nor before, what has to do with it is 0 and stays so: leaving it out changes no bit of the rest. */
static inline __attribute__((always_inline)) void minute_rhs_after_stomach(const lane_kinetics *k, const minute_input *in,
                                                                           lanes emptied_mg_per_min, bool secretes,
                                                                           const minute_state *x, minute_state *dx)
{
    /* rates of appearance and action that several equations share */
    const lanes glucose = x->gp * k->per_vg; /* mg/dL */
    const lanes insulin = x->ip * k->per_vi; /* pmol/L */
    const lanes ra = gut_appearance(k, x->qg);   /* mg/kg/min */

    gut_intestine_rhs(k, emptied_mg_per_min, x, dx);
    glucose_rhs(k, glucose, ra, x, dx);
    if (secretes) {
        const lanes systemic = secretion_rhs(k, glucose, dx->gp * k->per_vg, x, dx); /* needs dG/dt of the same stage */
        insulin_rhs(k, in, insulin, insulin_hepatic_loss_rate(k, k->gamma * x->ipo), systemic, x, dx);
        c_peptide_rhs(k, systemic, x, dx);
    } else {
        const lanes zero = lanes_set1(0.0);
        insulin_rhs(k, in, insulin, k->m3_basal, zero, x, dx);
        dx->ipo = dx->yn = dx->yg = dx->c1 = dx->c2 = zero;
    }
}

/* Does somebody of the vector secrete, or still have something of it? */
static inline bool vector_secretes(const lane_kinetics *k, const minute_state *x)
{
    const lanes_bits all = lanes_to_bits(k->m_native) | lanes_to_bits(k->m_graft) | lanes_to_bits(x->ipo) |
                           lanes_to_bits(x->yn) | lanes_to_bits(x->yg) | lanes_to_bits(x->c1) | lanes_to_bits(x->c2);
    return lanes_any_bit(all << 1); /* either zero is one */
}

/* Whole right-hand side with the curve of the meal at hand. */
static inline __attribute__((always_inline)) void minute_rhs_of(const lane_kinetics *k, const minute_input *in,
                                                                const stomach_curve *curve, bool secretes,
                                                                const minute_state *x, minute_state *dx)
{
    const lanes emptied = stomach_emptying(curve, x->qs1, x->qs2);
    dx->qs1 = in->meal_mg_per_min - k->kmax * x->qs1;
    dx->qs2 = k->kmax * x->qs1 - emptied;
    minute_rhs_after_stomach(k, in, emptied, secretes, x, dx);
}

/* Whole right-hand side: what the reference solver integrates. */
static inline void minute_rhs(const lane_kinetics *k, const minute_input *in, const minute_state *x, minute_state *dx)
{
    const stomach_curve curve = stomach_curve_of(k, in->stomach_dose_mg);
    minute_rhs_of(k, in, &curve, vector_secretes(k, x), x, dx);
}

#endif
