/* Lanes: one double for each of ISLET_LANES patients, so that an equation is written once and runs for all of them.
 *
 * The build compiles a file that uses this header once a width (ISLET_LANES = 1, 4 or 8). + - * / and unary - are the
 * compiler's own on `lanes` (a double on the other side is spread over the lanes). Everything else is a function
 * here. Each is exactly rounded or exact, so every width gives the same bits:
 * width 1 without FMA hardware calls libm's fma(), which is correctly rounded too. Division is always the true one.
 * No operation mixes lanes except lanes_any, lanes_all and their like: a patient's numbers do not depend on its neighbours.
 */
#ifndef ISLET_BASE_LANES_H
#define ISLET_BASE_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/lane_number.h"

#ifndef ISLET_LANES /* ordinary sources use the math at width 1; the kernel is built with its own width */
#define ISLET_LANES 1
#endif

#if defined(ISLET_LANES_COUNTED)
#include "base/lanes_counted.h"
#elif defined(ISLET_LANES_SINGLE)
#include "base/lanes_single.h"
#elif ISLET_LANES == 1
typedef double lanes;
typedef uint64_t lanes_bits; /* the same lanes as unsigned integers */
typedef bool lanes_mask;     /* opaque: true or false for each lane; combine with lanes_and, _or, _not */
#elif ISLET_LANES == 4 && defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
typedef double lanes __attribute__((vector_size(32)));
typedef uint64_t lanes_bits __attribute__((vector_size(32)));
typedef int64_t lanes_mask __attribute__((vector_size(32)));
#elif ISLET_LANES == 8 && defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>
typedef double lanes __attribute__((vector_size(64)));
typedef uint64_t lanes_bits __attribute__((vector_size(64)));
typedef __mmask8 lanes_mask; /* lives in a mask register */
#else
#error "ISLET_LANES must be 1, 4 (with AVX2 and FMA) or 8 (with AVX-512F and DQ)"
#endif

/* ---- between memory and lanes; pointers are aligned to the lanes' size ---- */

static inline lanes lanes_load(const lane_number *from)
{
    lanes value;
    memcpy(&value, __builtin_assume_aligned(from, sizeof value), sizeof value);
    return value;
}

static inline void lanes_store(lane_number *to, lanes value)
{
    memcpy(__builtin_assume_aligned(to, sizeof value), &value, sizeof value);
}

#ifndef ISLET_LANES_SINGLE /* there they stand with the type */
static inline lanes_bits lanes_bits_load(const uint64_t *from)
{
    lanes_bits value;
    memcpy(&value, __builtin_assume_aligned(from, sizeof value), sizeof value);
    return value;
}

/* The same 64 bits read as the other type. */
static inline lanes_bits lanes_to_bits(lanes value)
{
    lanes_bits bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline lanes lanes_from_bits(lanes_bits bits)
{
    lanes value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#endif

#if defined(ISLET_LANES_COUNTED) || defined(ISLET_LANES_SINGLE) /* all of them stand with the type */
#elif ISLET_LANES == 1

static inline lanes lanes_set1(double value) { return value; }
static inline double lanes_get(lanes value, int lane) { return (void)lane, value; }
static inline lanes_bits lanes_bits_set1(uint64_t value) { return value; }

/* a * b + c with one rounding */
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return __builtin_fma(a, b, c); }

/* a < b ? a : b and a > b ? a : b, so with a NaN in either, or two zeros, the answer is b. lanes_min(bound, x) lets
 * a NaN in x through; lanes_min(x, bound) turns it into the bound. */
static inline lanes lanes_min(lanes a, lanes b) { return a < b ? a : b; }
static inline lanes lanes_max(lanes a, lanes b) { return a > b ? a : b; }

static inline lanes lanes_sqrt(lanes a) { return __builtin_sqrt(a); }
static inline lanes lanes_floor(lanes a) { return __builtin_floor(a); }

/* Compare lane by lane; false where either is NaN. */
static inline lanes_mask lanes_lt(lanes a, lanes b) { return a < b; }
static inline lanes_mask lanes_le(lanes a, lanes b) { return a <= b; }
static inline lanes_mask lanes_gt(lanes a, lanes b) { return a > b; }
static inline lanes_mask lanes_ge(lanes a, lanes b) { return a >= b; }
static inline lanes_mask lanes_is_nan(lanes a) { return a != a; }

/* a where the mask is true, b elsewhere */
static inline lanes lanes_select(lanes_mask mask, lanes a, lanes b) { return mask ? a : b; }
static inline bool lanes_any(lanes_mask mask) { return mask; }
static inline bool lanes_all(lanes_mask mask) { return mask; }
static inline lanes_mask lanes_not(lanes_mask a) { return !a; }

#elif ISLET_LANES == 4

static inline lanes lanes_set1(double value) { return (lanes)_mm256_set1_pd(value); }
static inline double lanes_get(lanes value, int lane) { return value[lane]; }
static inline lanes_bits lanes_bits_set1(uint64_t value) { return (lanes_bits)_mm256_set1_epi64x((long long)value); }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return (lanes)_mm256_fmadd_pd(a, b, c); }
static inline lanes lanes_min(lanes a, lanes b) { return (lanes)_mm256_min_pd(a, b); }
static inline lanes lanes_max(lanes a, lanes b) { return (lanes)_mm256_max_pd(a, b); }
static inline lanes lanes_sqrt(lanes a) { return (lanes)_mm256_sqrt_pd(a); }
static inline lanes lanes_floor(lanes a) { return (lanes)_mm256_floor_pd(a); }
static inline lanes_mask lanes_lt(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_pd(a, b, _CMP_LT_OQ); }
static inline lanes_mask lanes_le(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_pd(a, b, _CMP_LE_OQ); }
static inline lanes_mask lanes_gt(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_pd(a, b, _CMP_GT_OQ); }
static inline lanes_mask lanes_ge(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_pd(a, b, _CMP_GE_OQ); }
static inline lanes_mask lanes_is_nan(lanes a) { return (lanes_mask)_mm256_cmp_pd(a, a, _CMP_UNORD_Q); }
static inline lanes lanes_select(lanes_mask mask, lanes a, lanes b)
{
    return (lanes)_mm256_blendv_pd(b, a, (__m256d)mask);
}
static inline bool lanes_any(lanes_mask mask) { return _mm256_movemask_pd((__m256d)mask) != 0; }
static inline bool lanes_all(lanes_mask mask) { return _mm256_movemask_pd((__m256d)mask) == 15; }
static inline lanes_mask lanes_not(lanes_mask a) { return ~a; }

#else /* 8 */

static inline lanes lanes_set1(double value) { return (lanes)_mm512_set1_pd(value); }
static inline double lanes_get(lanes value, int lane) { return value[lane]; }
static inline lanes_bits lanes_bits_set1(uint64_t value) { return (lanes_bits)_mm512_set1_epi64((long long)value); }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return (lanes)_mm512_fmadd_pd(a, b, c); }
static inline lanes lanes_min(lanes a, lanes b) { return (lanes)_mm512_min_pd(a, b); }
static inline lanes lanes_max(lanes a, lanes b) { return (lanes)_mm512_max_pd(a, b); }
static inline lanes lanes_sqrt(lanes a) { return (lanes)_mm512_sqrt_pd(a); }
static inline lanes lanes_floor(lanes a)
{
    return (lanes)_mm512_roundscale_pd(a, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
}
static inline lanes_mask lanes_lt(lanes a, lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_LT_OQ); }
static inline lanes_mask lanes_le(lanes a, lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_LE_OQ); }
static inline lanes_mask lanes_gt(lanes a, lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
static inline lanes_mask lanes_ge(lanes a, lanes b) { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
static inline lanes_mask lanes_is_nan(lanes a) { return _mm512_cmp_pd_mask(a, a, _CMP_UNORD_Q); }
static inline lanes lanes_select(lanes_mask mask, lanes a, lanes b) { return (lanes)_mm512_mask_blend_pd(mask, b, a); }
static inline bool lanes_any(lanes_mask mask) { return mask != 0; }
static inline bool lanes_all(lanes_mask mask) { return mask == 255; }
static inline lanes_mask lanes_not(lanes_mask a) { return (lanes_mask)~a; }

#endif

#ifndef ISLET_LANES_SINGLE
/* One bit of the result for each lane. */
static inline unsigned lanes_mask_bits(lanes_mask mask)
{
#if ISLET_LANES == 1
    return mask != 0;
#elif ISLET_LANES == 4
    return (unsigned)_mm256_movemask_pd((__m256d)mask);
#else
    return mask;
#endif
}
#endif

static inline lanes_mask lanes_and(lanes_mask a, lanes_mask b) { return a & b; }
static inline lanes_mask lanes_or(lanes_mask a, lanes_mask b) { return a | b; }

/* Does somebody want what few do without? One lane looks; a vector does not, because one of its lanes nearly always does. The
 * caller chooses by the mask again, so that the answer changes no bit. */
static inline bool lanes_worth(lanes_mask wanted)
{
    return ISLET_LANES > 1 || lanes_any(wanted);
}

#ifndef ISLET_LANES_SINGLE
/* |a|: the sign bit cleared, so a NaN stays one */
static inline lanes lanes_abs(lanes a)
{
    return lanes_from_bits(lanes_to_bits(a) & lanes_bits_set1(UINT64_MAX >> 1));
}

/* a with the sign bit of b */
static inline lanes lanes_copysign(lanes a, lanes b)
{
    const lanes_bits sign = lanes_bits_set1((uint64_t)1 << 63);
    return lanes_from_bits((lanes_to_bits(a) & ~sign) | (lanes_to_bits(b) & sign));
}
#endif

/* x held within low .. high; a NaN stays one */
static inline lanes lanes_clamp(lanes x, double low, double high)
{
    return lanes_min(lanes_set1(high), lanes_max(lanes_set1(low), x));
}

#ifndef ISLET_LANES_SINGLE
/* Is any bit set in any lane? */
static inline bool lanes_any_bit(lanes_bits a)
{
#if ISLET_LANES == 1
    return a != 0;
#elif ISLET_LANES == 4
    return !_mm256_testz_si256((__m256i)a, (__m256i)a);
#else
    return _mm512_test_epi64_mask((__m512i)a, (__m512i)a) != 0;
#endif
}

/* Halves of a vector, for a person who is in both: the low half of one with the high half of another; either half twice. */
#if ISLET_LANES == 4
static inline lanes lanes_low_high(lanes low, lanes high) { return (lanes)_mm256_blend_pd(low, high, 0xc); }
static inline lanes lanes_low_twice(lanes a) { return (lanes)_mm256_permute2f128_pd(a, a, 0x00); }
static inline lanes lanes_high_twice(lanes a) { return (lanes)_mm256_permute2f128_pd(a, a, 0x11); }
#elif ISLET_LANES == 8
static inline lanes lanes_low_high(lanes low, lanes high) { return (lanes)_mm512_mask_blend_pd(0xf0, low, high); }
static inline lanes lanes_low_twice(lanes a) { return (lanes)_mm512_shuffle_f64x2(a, a, 0x44); }
static inline lanes lanes_high_twice(lanes a) { return (lanes)_mm512_shuffle_f64x2(a, a, 0xee); }
#endif

/* The low halves of each lane multiplied: 32 x 32 -> 64 bits. */
static inline lanes_bits lanes_bits_multiply_low(lanes_bits a, lanes_bits b)
{
#if ISLET_LANES == 1
    return (a & UINT32_MAX) * (b & UINT32_MAX);
#elif ISLET_LANES == 4
    return (lanes_bits)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#else
    return (lanes_bits)_mm512_mul_epu32((__m512i)a, (__m512i)b);
#endif
}
#endif

#endif
