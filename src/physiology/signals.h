/* Signals: what given cells tell the body today, beside being beta cells. Made by physiology/signals.c from the products'
 * mechanisms, read by native beta cells, immunity, metabolism and graft. All 0 means no cells act.
 *
 * Given cells are alive for about a day and do not stay; what lasts is what they taught the body. For each product, at each
 * of three places (pancreas, place of the graft, whole body):
 *
 *   living    X' = -X/tau_x                          X(0) = arriving share x living share x cells / weight, millions a kg
 *   signal    S' = c X - S/tau_s                     c such that one dose D has its peak at S = D
 *   memory    M' = D (1 - M)/tau_rise - M/tau_m,     D = S/(S + K), K the product's half_effect_million_per_kg
 *   effect    strength x M   (alternatives: {mesenchymal_effect: pulse} takes D instead: nothing outlasts the signal)
 *
 * So a dose saturates, doses close together add little, and a later course renews what has been forgotten. Each product has
 * its own strengths: marrow cells by artery and cord cells by vein share no vector of effects. Live cells: Eggenhofer 2012
 * (10.3389/fimmu.2012.00297), lung: Gholamrezanezhad 2011, arteries: PMC3700384, targeted routes against vein: 18F-FDG
 * study of 21 people (Sood 2017, NCT01694173). The form of S and M is a reduction (assumed). */
#ifndef ISLET_PHYSIOLOGY_SIGNALS_H
#define ISLET_PHYSIOLOGY_SIGNALS_H

#include "base/params.h"
#include "therapy/protocol.h"

typedef struct {
    double regulatory_gain;        /* immune modulation: added to the source of regulatory T cells, over its normal size */
    double effector_brake_frac;    /* immune modulation: share of the growth of effector T cells that is stopped, 0..1 */
    double native_protection_frac; /* growth factors: share of native beta cells' loss and inactivation that is stopped, 0..1 */
    double native_recovery_gain;   /* growth factors: factor - 1 on the rate at which inactive native beta cells return */
    double inflammation_drop;      /* inflammation: taken from the tone's set point, tone 1 is a healthy person's */
    double sensitivity_gain_frac;  /* insulin sensitivity beside inflammation and weight: factor - 1 */
    double vessel_gain;            /* new vessels: factor - 1 on the rate of vessel growth into a graft */
} cell_signals;

typedef enum { PLACE_PANCREAS, PLACE_GRAFT, PLACE_BODY, PLACE_COUNT } signal_place;

/* One product given by one route, at the three places. */
typedef struct {
    const product *product;
    cell_route route;
    double living_million_per_kg[PLACE_COUNT], signal_million_per_kg[PLACE_COUNT], memory_frac[PLACE_COUNT];
} signal_source;

typedef struct {
    bool type1;     /* of the person: a product's strength may hold in one kind of diabetes only */
    int n_sources;
    signal_source sources[PROTOCOL_MAX_COURSES];
} signal_state;

/* Cells of one course are in the body; nothing happens for products that send nothing out. */
void signals_give(signal_state *state, const params *params, const product *product, const cell_course *course,
                  double weight_kg);

/* One day; *out is what the body is told on the next. */
void signals_day(signal_state *state, const params *params, const mechanism_switches *switches, effect_account account,
                 cell_signals *out);

/* Share of living cells given by a route that reach a place. */
double signals_arrival_frac(const params *params, cell_route route, signal_place place);

#endif
