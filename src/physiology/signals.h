/* Signals: what given cells tell the body today, beside being beta cells. Made by physiology/signals.c from the products'
 * mechanisms, read by native beta cells, immunity, metabolism and graft. All 0 means no cells act. */
#ifndef ISLET_PHYSIOLOGY_SIGNALS_H
#define ISLET_PHYSIOLOGY_SIGNALS_H

typedef struct {
    double regulatory_gain;        /* immune modulation: added to the source of regulatory T cells, over its normal size */
    double effector_brake_frac;    /* immune modulation: share of the growth of effector T cells that is stopped, 0..1 */
    double native_protection_frac; /* growth factors: share of native beta cells' loss and inactivation that is stopped, 0..1 */
    double native_recovery_gain;   /* growth factors: factor - 1 on the rate at which inactive native beta cells return */
    double inflammation_drop;      /* inflammation: taken from the tone's set point, tone 1 is a healthy person's */
    double sensitivity_gain_frac;  /* insulin sensitivity beside inflammation and weight: factor - 1 */
    double vessel_gain;            /* new vessels: factor - 1 on the rate of vessel growth into a graft */
} cell_signals;

#endif
