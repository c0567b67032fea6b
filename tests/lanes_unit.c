/* Every function of base/lanes.h, base/lanes_math.h and base/rng_lanes.h applied to arrays. Compiled once a lane width
 * (LANES_UNIT_NAME, ISLET_LANES). */
#include "lanes_unit.h"

#include "base/rng_lanes.h"

static void apply(lanes_unit_function f, const double *xs, const double *ys, const double *zs, double *out, int n)
{
    for (int i = 0; i < n; i += ISLET_LANES) {
        const lanes x = lanes_load(xs + i), y = lanes_load(ys + i), z = lanes_load(zs + i);
        lanes result = x;
        switch (f) {
#define F(name, expression)                                                                                            \
    case LANES_UNIT_##name:                                                                                            \
        result = (expression);                                                                                         \
        break;
            LANES_UNIT_FUNCTIONS(F)
#undef F
        case LANES_UNIT_FUNCTION_COUNT:
            break;
        }
        lanes_store(out + i, result);
    }
}

static void draw(lanes_unit_draw what, uint64_t seed, const uint64_t *patient, unsigned stream, uint64_t index, double *out, int n)
{
    for (int i = 0; i < n; i += ISLET_LANES) {
        const lanes_bits who = lanes_bits_load(patient + i);
        lanes pair[2] = {lanes_set1(0.0), lanes_set1(0.0)};
        switch (what) {
        case LANES_UNIT_uniform:
            pair[0] = rng_lanes_uniform(seed, who, (rng_stream)stream, index);
            break;
        case LANES_UNIT_normal:
            pair[0] = lanes_normal_from_uniform(rng_lanes_uniform(seed, who, (rng_stream)stream, index));
            break;
        case LANES_UNIT_uniform_second:
            rng_lanes_uniform_pair(seed, who, (rng_stream)stream, index, pair);
            pair[0] = pair[1];
            break;
        case LANES_UNIT_normal_second:
            rng_lanes_uniform_pair(seed, who, (rng_stream)stream, index, pair);
            pair[0] = lanes_normal_from_uniform(pair[1]);
            break;
        }
        lanes_store(out + i, pair[0]);
    }
}

static void count_negative(const double *x, int n, int *any, int *any_bit, int *all, int *single)
{
    *any = *any_bit = *all = *single = 0;
    for (int i = 0; i < n; i += ISLET_LANES) {
        const lanes_mask negative = lanes_lt(lanes_load(x + i), lanes_set1(0.0));
        *any += lanes_any(negative);
        *any_bit += lanes_any_bit(lanes_to_bits(lanes_select(negative, lanes_load(x + i), lanes_set1(0.0))));
        *all += lanes_all(negative);
        for (int lane = 0; lane < ISLET_LANES; lane++) *single += (int)(lanes_mask_bits(negative) >> lane & 1);
    }
}

#define UNIT_JOIN(name) lanes_unit_##name
#define UNIT(name) UNIT_JOIN(name)
#define TEXT_JOIN(name) #name
#define TEXT(name) TEXT_JOIN(name)
const lanes_unit UNIT(LANES_UNIT_NAME) = {TEXT(LANES_UNIT_NAME), ISLET_LANES, apply, draw, count_negative};
