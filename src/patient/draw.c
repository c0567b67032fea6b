/* Draw: distributions from uniform and normal numbers; exp and log are islet's own, the same bits everywhere. */
#include "patient/draw.h"

#include <math.h>

#include "base/fma_clones.h"
#include "base/lanes.h"
#include "base/lanes_math.h"

double draw_uniform(draw *d)
{
    return rng_uniform(d->seed, d->person, d->stream, d->index++);
}

double draw_normal(draw *d)
{
    return rng_normal(d->seed, d->person, d->stream, d->index++);
}

FMA_CLONES double draw_lognormal(draw *d, double mean, double cv)
{
    double variance = lanes_log(1.0 + cv * cv);
    return mean * lanes_exp(sqrt(variance) * draw_normal(d) - 0.5 * variance);
}

FMA_CLONES double draw_log_sd(draw *d, double log_sd)
{
    return lanes_exp(log_sd * draw_normal(d));
}

/* Marsaglia and Tsang 2000; shapes below 1 by the boost U^(1/a). */
double draw_gamma_mean_one(draw *d, double variance)
{
    if (!(variance > 0.0)) return 1.0;
    double shape = 1.0 / variance, boost = 1.0;
    if (shape < 1.0) {
        boost = lanes_exp(lanes_log(draw_uniform(d)) / shape);
        shape += 1.0;
    }
    double a = shape - 1.0 / 3.0, c = 1.0 / sqrt(9.0 * a);
    for (;;) {
        double z = draw_normal(d), u = draw_uniform(d), v = 1.0 + c * z;
        v = v * v * v;
        if (v <= 0.0) continue;
        if (lanes_log(u) < 0.5 * z * z + a - a * v + a * lanes_log(v)) return boost * a * v * variance;
    }
}

/* Multiplication of uniforms, in pieces so that large means do not underflow. */
int draw_poisson(draw *d, double mean)
{
    int count = 0;
    while (mean > 0.0) {
        double piece = mean < 20.0 ? mean : 20.0, floor = lanes_exp(-piece), product = draw_uniform(d);
        for (; product > floor; product *= draw_uniform(d)) count++;
        mean -= piece;
    }
    return count;
}
