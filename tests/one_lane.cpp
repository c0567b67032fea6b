// The equation headers compiled as C++, one lane a person: what an accelerator's compiler is given. Compared with the C build
// in test_one_lane.c.
#define ISLET_LANES 1
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "physiology/minute.h"

extern "C" void one_lane_rhs(const double *kinetics, size_t n_kinetics, const double in[4], const double *x, double *dx);

void one_lane_rhs(const double *kinetics, size_t n_kinetics, const double in[4], const double *x, double *dx)
{
    lane_kinetics k;
    minute_input input = {in[0], in[1], in[2], in[3]};
    minute_state state, slope;
    memset(&k, 0, sizeof k);
    memcpy(&k, kinetics, n_kinetics * sizeof(double)); // the published constants lead lane_kinetics
    lane_kinetics_derive(&k);
    memcpy(&state, x, sizeof state);
    minute_rhs(&k, &input, &state, &slope);
    memcpy(dx, &slope, sizeof slope);
}
