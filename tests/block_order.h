/* One person through `minutes` minutes; => states at the end. The name says the length of a block in minutes; fine: Runge-Kutta on everything
 * in 64 steps a minute. */
#ifndef ISLET_TESTS_BLOCK_ORDER_H
#define ISLET_TESTS_BLOCK_ORDER_H

#include "physiology/kernel.h"

typedef void order_run(const kinetics *k, const double *start, double basal_u_per_min, int minutes, double x_out[MINUTE_STATES]);
order_run order_1, order_2, order_4, order_fine;

#endif
