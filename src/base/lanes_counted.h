/* One lane that counts what it is asked to compute: C++, for tools/count_flops.cpp alone (ISLET_LANES_COUNTED).
 *
 * + - * / min max and square roots count one operation each, a fused multiply-add two. Signs, comparisons, choices,
 * rounding to integers, bits and memory count nothing. */
#ifndef ISLET_BASE_LANES_COUNTED_H
#define ISLET_BASE_LANES_COUNTED_H

struct lanes {
    double value;
};
typedef uint64_t lanes_bits;
typedef int64_t lanes_mask;

static long long lanes_operations, lanes_divisions; /* so far */

static inline lanes lanes_counted(double value, int operations)
{
    lanes_operations += operations;
    return lanes{value};
}

#define LANES_OPERATOR(op)                                                                                             \
    static inline lanes operator op(lanes a, lanes b) { return lanes_counted(a.value op b.value, 1); }                 \
    static inline lanes operator op(lanes a, double b) { return lanes_counted(a.value op b, 1); }                      \
    static inline lanes operator op(double a, lanes b) { return lanes_counted(a op b.value, 1); }
LANES_OPERATOR(+)
LANES_OPERATOR(-)
LANES_OPERATOR(*)
#undef LANES_OPERATOR
static inline lanes operator/(lanes a, lanes b) { return lanes_divisions++, lanes_counted(a.value / b.value, 1); }
static inline lanes operator/(lanes a, double b) { return a / lanes{b}; }
static inline lanes operator/(double a, lanes b) { return lanes{a} / b; }
static inline lanes operator-(lanes a) { return lanes{-a.value}; }

static inline lanes lanes_set1(double value) { return lanes{value}; }
static inline double lanes_get(lanes a, int lane) { return (void)lane, a.value; }
static inline lanes_bits lanes_bits_set1(uint64_t value) { return value; }
static inline lanes lanes_fma(lanes a, lanes b, lanes c) { return lanes_counted(__builtin_fma(a.value, b.value, c.value), 2); }
static inline lanes lanes_min(lanes a, lanes b) { return lanes_counted(a.value < b.value ? a.value : b.value, 1); }
static inline lanes lanes_max(lanes a, lanes b) { return lanes_counted(a.value > b.value ? a.value : b.value, 1); }
static inline lanes lanes_sqrt(lanes a) { return lanes_counted(__builtin_sqrt(a.value), 1); }
static inline lanes lanes_floor(lanes a) { return lanes{__builtin_floor(a.value)}; }
static inline lanes_mask lanes_lt(lanes a, lanes b) { return -(int64_t)(a.value < b.value); }
static inline lanes_mask lanes_le(lanes a, lanes b) { return -(int64_t)(a.value <= b.value); }
static inline lanes_mask lanes_gt(lanes a, lanes b) { return -(int64_t)(a.value > b.value); }
static inline lanes_mask lanes_ge(lanes a, lanes b) { return -(int64_t)(a.value >= b.value); }
static inline lanes_mask lanes_is_nan(lanes a) { return -(int64_t)(a.value != a.value); }
static inline lanes lanes_select(lanes_mask mask, lanes a, lanes b) { return mask ? a : b; }
static inline bool lanes_any(lanes_mask mask) { return mask != 0; }
static inline bool lanes_all(lanes_mask mask) { return mask != 0; }
static inline lanes_mask lanes_not(lanes_mask a) { return ~a; }

#endif
