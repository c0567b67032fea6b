/* Interface to tests/lanes_unit.c, which is compiled once a lane width; test_lanes.c and test_rng.c compare them. */
#ifndef ISLET_TESTS_LANES_UNIT_H
#define ISLET_TESTS_LANES_UNIT_H

#include <stdint.h>

#define LANES_UNIT_MULTIPLE 8 /* arrays are this many numbers long, or a multiple, and aligned to 64 bytes */

/* functions of one number, of two, of three */
#define LANES_UNIT_FUNCTIONS(F)                                                                                        \
    F(exp, lanes_exp(x))                                                                                               \
    F(exp2_fast, lanes_exp2_fast(x))                                                                                   \
    F(log, lanes_log(x))                                                                                               \
    F(normal_from_uniform, lanes_normal_from_uniform(x))                                                               \
    F(normal_fast, lanes_normal_fast(x))                                                                               \
    F(sqrt, lanes_sqrt(x))                                                                                             \
    F(floor, lanes_floor(x))                                                                                           \
    F(abs, lanes_abs(x))                                                                                               \
    F(is_nan, lanes_select(lanes_is_nan(x), lanes_set1(1.0), lanes_set1(0.0)))                                         \
    F(clamp, lanes_clamp(x, -1.5, 2.0))                                                                                \
    F(pow, lanes_pow(x, y))                                                                                            \
    F(min, lanes_min(x, y))                                                                                            \
    F(max, lanes_max(x, y))                                                                                            \
    F(copysign, lanes_copysign(x, y))                                                                                  \
    F(add, x + y)                                                                                                      \
    F(multiply, x * y)                                                                                                 \
    F(divide, x / y)                                                                                                   \
    F(lt, lanes_select(lanes_lt(x, y), x, z))                                                                          \
    F(le, lanes_select(lanes_le(x, y), x, z))                                                                          \
    F(gt, lanes_select(lanes_gt(x, y), x, z))                                                                          \
    F(ge, lanes_select(lanes_ge(x, y), x, z))                                                                          \
    F(mask_and, lanes_select(lanes_and(lanes_lt(x, y), lanes_lt(y, z)), x, z))                                         \
    F(mask_or, lanes_select(lanes_or(lanes_lt(x, y), lanes_lt(y, z)), x, z))                                           \
    F(mask_not, lanes_select(lanes_not(lanes_lt(x, y)), x, z))                                                         \
    F(fma, lanes_fma(x, y, z))

typedef enum {
#define F(name, expression) LANES_UNIT_##name,
    LANES_UNIT_FUNCTIONS(F)
#undef F
    LANES_UNIT_FUNCTION_COUNT
} lanes_unit_function;

typedef enum { LANES_UNIT_uniform, LANES_UNIT_uniform_second, LANES_UNIT_normal, LANES_UNIT_normal_second } lanes_unit_draw;

typedef struct {
    const char *name;
    int width;
    void (*apply)(lanes_unit_function f, const double *x, const double *y, const double *z, double *out, int n);
    void (*draw)(lanes_unit_draw what, uint64_t seed, const uint64_t *patient, unsigned stream, uint64_t index, double *out, int n);
    /* counts over the groups of `width` numbers in x: groups with any, with all below 0, and single ones by lane */
    void (*count_negative)(const double *x, int n, int *any, int *any_bit, int *all, int *single);
} lanes_unit;

extern const lanes_unit lanes_unit_portable;
#ifdef ISLET_LANES_X86
extern const lanes_unit lanes_unit_scalar, lanes_unit_avx2, lanes_unit_avx512;
#endif

/* The widths that this processor can run, the portable one first; returns how many. */
static inline int lanes_units_here(const lanes_unit *units[4])
{
    int n = 0;
    units[n++] = &lanes_unit_portable;
#ifdef ISLET_LANES_X86
    const int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (has_avx2) units[n++] = &lanes_unit_scalar;
    if (has_avx2) units[n++] = &lanes_unit_avx2;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
        units[n++] = &lanes_unit_avx512;
#endif
    return n;
}

#endif
