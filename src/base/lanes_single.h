/* Lanes of float: C++, because there a double beside a lane can be made a float by the operator itself, so that the equations need
 * no second text (ISLET_LANES_SINGLE; 1, 8 or 16 lanes). Everything else is as in lanes.h: exactly rounded or exact, the same
 * bits at every width. */
#ifndef ISLET_BASE_LANES_SINGLE_H
#define ISLET_BASE_LANES_SINGLE_H

#if ISLET_LANES == 1
typedef float lanes_native;
typedef uint32_t lanes_bits;
typedef bool lanes_mask;
#elif ISLET_LANES == 8 && defined(__AVX2__) && defined(__FMA__)
#include <immintrin.h>
typedef float lanes_native __attribute__((vector_size(32)));
typedef uint32_t lanes_bits __attribute__((vector_size(32)));
typedef int32_t lanes_mask __attribute__((vector_size(32)));
#elif ISLET_LANES == 16 && defined(__AVX512F__) && defined(__AVX512DQ__)
#include <immintrin.h>
typedef float lanes_native __attribute__((vector_size(64)));
typedef uint32_t lanes_bits __attribute__((vector_size(64)));
typedef __mmask16 lanes_mask;
#else
#error "ISLET_LANES of float must be 1, 8 (with AVX2 and FMA) or 16 (with AVX-512F and DQ)"
#endif

struct lanes {
    lanes_native of;
};

#define LANES_INLINE static inline __attribute__((always_inline))

#if ISLET_LANES == 1
LANES_INLINE lanes lanes_set1(double value) { return lanes{(float)value}; }
LANES_INLINE lanes_bits lanes_bits_set1(uint32_t value) { return value; }
LANES_INLINE lanes lanes_fma(lanes a, lanes b, lanes c) { return lanes{__builtin_fmaf(a.of, b.of, c.of)}; }
LANES_INLINE lanes lanes_min(lanes a, lanes b) { return a.of < b.of ? a : b; }
LANES_INLINE lanes lanes_max(lanes a, lanes b) { return a.of > b.of ? a : b; }
LANES_INLINE lanes_mask lanes_lt(lanes a, lanes b) { return a.of < b.of; }
LANES_INLINE lanes_mask lanes_le(lanes a, lanes b) { return a.of <= b.of; }
LANES_INLINE lanes_mask lanes_gt(lanes a, lanes b) { return a.of > b.of; }
LANES_INLINE lanes_mask lanes_ge(lanes a, lanes b) { return a.of >= b.of; }
LANES_INLINE lanes lanes_select(lanes_mask mask, lanes a, lanes b) { return mask ? a : b; }
LANES_INLINE bool lanes_any(lanes_mask mask) { return mask; }
LANES_INLINE bool lanes_any_bit(lanes_bits a) { return a != 0; }
LANES_INLINE lanes_mask lanes_not(lanes_mask a) { return !a; }
LANES_INLINE unsigned lanes_mask_bits(lanes_mask mask) { return mask; }
#elif ISLET_LANES == 8
LANES_INLINE lanes lanes_set1(double value) { return lanes{(lanes_native)_mm256_set1_ps((float)value)}; }
LANES_INLINE lanes_bits lanes_bits_set1(uint32_t value) { return (lanes_bits)_mm256_set1_epi32((int)value); }
LANES_INLINE lanes lanes_fma(lanes a, lanes b, lanes c) { return lanes{(lanes_native)_mm256_fmadd_ps(a.of, b.of, c.of)}; }
LANES_INLINE lanes lanes_min(lanes a, lanes b) { return lanes{(lanes_native)_mm256_min_ps(a.of, b.of)}; }
LANES_INLINE lanes lanes_max(lanes a, lanes b) { return lanes{(lanes_native)_mm256_max_ps(a.of, b.of)}; }
LANES_INLINE lanes_mask lanes_lt(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_ps(a.of, b.of, _CMP_LT_OQ); }
LANES_INLINE lanes_mask lanes_le(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_ps(a.of, b.of, _CMP_LE_OQ); }
LANES_INLINE lanes_mask lanes_gt(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_ps(a.of, b.of, _CMP_GT_OQ); }
LANES_INLINE lanes_mask lanes_ge(lanes a, lanes b) { return (lanes_mask)_mm256_cmp_ps(a.of, b.of, _CMP_GE_OQ); }
LANES_INLINE lanes lanes_select(lanes_mask mask, lanes a, lanes b)
{
    return lanes{(lanes_native)_mm256_blendv_ps(b.of, a.of, (__m256)mask)};
}
LANES_INLINE bool lanes_any(lanes_mask mask) { return _mm256_movemask_ps((__m256)mask) != 0; }
LANES_INLINE bool lanes_any_bit(lanes_bits a) { return !_mm256_testz_si256((__m256i)a, (__m256i)a); }
LANES_INLINE lanes_mask lanes_not(lanes_mask a) { return ~a; }
LANES_INLINE unsigned lanes_mask_bits(lanes_mask mask) { return (unsigned)_mm256_movemask_ps((__m256)mask); }
LANES_INLINE lanes lanes_low_high(lanes low, lanes high) { return lanes{(lanes_native)_mm256_blend_ps(low.of, high.of, 0xf0)}; }
LANES_INLINE lanes lanes_low_twice(lanes a) { return lanes{(lanes_native)_mm256_permute2f128_ps(a.of, a.of, 0x00)}; }
LANES_INLINE lanes lanes_high_twice(lanes a) { return lanes{(lanes_native)_mm256_permute2f128_ps(a.of, a.of, 0x11)}; }
#else /* 16 */
LANES_INLINE lanes lanes_set1(double value) { return lanes{(lanes_native)_mm512_set1_ps((float)value)}; }
LANES_INLINE lanes_bits lanes_bits_set1(uint32_t value) { return (lanes_bits)_mm512_set1_epi32((int)value); }
LANES_INLINE lanes lanes_fma(lanes a, lanes b, lanes c) { return lanes{(lanes_native)_mm512_fmadd_ps(a.of, b.of, c.of)}; }
LANES_INLINE lanes lanes_min(lanes a, lanes b) { return lanes{(lanes_native)_mm512_min_ps(a.of, b.of)}; }
LANES_INLINE lanes lanes_max(lanes a, lanes b) { return lanes{(lanes_native)_mm512_max_ps(a.of, b.of)}; }
LANES_INLINE lanes_mask lanes_lt(lanes a, lanes b) { return _mm512_cmp_ps_mask(a.of, b.of, _CMP_LT_OQ); }
LANES_INLINE lanes_mask lanes_le(lanes a, lanes b) { return _mm512_cmp_ps_mask(a.of, b.of, _CMP_LE_OQ); }
LANES_INLINE lanes_mask lanes_gt(lanes a, lanes b) { return _mm512_cmp_ps_mask(a.of, b.of, _CMP_GT_OQ); }
LANES_INLINE lanes_mask lanes_ge(lanes a, lanes b) { return _mm512_cmp_ps_mask(a.of, b.of, _CMP_GE_OQ); }
LANES_INLINE lanes lanes_select(lanes_mask mask, lanes a, lanes b)
{
    return lanes{(lanes_native)_mm512_mask_blend_ps(mask, b.of, a.of)};
}
LANES_INLINE bool lanes_any(lanes_mask mask) { return mask != 0; }
LANES_INLINE bool lanes_any_bit(lanes_bits a) { return _mm512_test_epi32_mask((__m512i)a, (__m512i)a) != 0; }
LANES_INLINE lanes_mask lanes_not(lanes_mask a) { return (lanes_mask)~a; }
LANES_INLINE unsigned lanes_mask_bits(lanes_mask mask) { return mask; }
LANES_INLINE lanes lanes_low_high(lanes low, lanes high) { return lanes{(lanes_native)_mm512_mask_blend_ps(0xff00, low.of, high.of)}; }
LANES_INLINE lanes lanes_low_twice(lanes a) { return lanes{(lanes_native)_mm512_shuffle_f32x4(a.of, a.of, 0x44)}; }
LANES_INLINE lanes lanes_high_twice(lanes a) { return lanes{(lanes_native)_mm512_shuffle_f32x4(a.of, a.of, 0xee)}; }
#endif

LANES_INLINE lanes_bits lanes_to_bits(lanes value)
{
    lanes_bits bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

LANES_INLINE lanes lanes_from_bits(lanes_bits bits)
{
    lanes value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

#define LANES_OPERATOR(op)                                                                                             \
    LANES_INLINE lanes operator op(lanes a, lanes b) { return lanes{a.of op b.of}; }                                   \
    LANES_INLINE lanes operator op(lanes a, double b) { return lanes{a.of op lanes_set1(b).of}; }                      \
    LANES_INLINE lanes operator op(double a, lanes b) { return lanes{lanes_set1(a).of op b.of}; }
LANES_OPERATOR(+)
LANES_OPERATOR(-)
LANES_OPERATOR(*)
LANES_OPERATOR(/)
#undef LANES_OPERATOR
LANES_INLINE lanes operator-(lanes a) { return lanes{-a.of}; }

LANES_INLINE float lanes_get(lanes value, int lane)
{
    float of[ISLET_LANES];
    memcpy(of, &value, sizeof of);
    return of[lane];
}
LANES_INLINE lanes lanes_abs(lanes a) { return lanes_from_bits(lanes_to_bits(a) & lanes_bits_set1(UINT32_MAX >> 1)); }

#endif
