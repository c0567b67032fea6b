/* The number that a lane holds: double, or float where the kernel is compiled in single precision (ISLET_LANES_SINGLE). */
#ifndef ISLET_BASE_LANE_NUMBER_H
#define ISLET_BASE_LANE_NUMBER_H

#ifdef ISLET_LANES_SINGLE
typedef float lane_number;
#else
typedef double lane_number;
#endif

#endif
