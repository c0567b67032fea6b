/* Elementary functions on lanes: the same bits at every width, no libm, no branches.
 *
 * Errors below are the largest seen by tests/test_lanes.c against long double; an ulp is that of the result.
 * A NaN goes in and comes out; other arguments outside a domain are held at its edge ("saturate"), because a lane
 * that does not need the result still computes it.
 */
#ifndef ISLET_BASE_LANES_MATH_H
#define ISLET_BASE_LANES_MATH_H

#include "base/lanes.h"

/* c[0] + c[1] x + .. + c[n-1] x^(n-1) by Horner's rule; n is a constant at each call, so the loop unrolls. */
static inline lanes lanes_polynomial(lanes x, const double *c, int n)
{
    lanes sum = lanes_set1(c[n - 1]);
    for (int i = n - 2; i >= 0; i--) sum = lanes_fma(sum, x, lanes_set1(c[i]));
    return sum;
}

#define LANES_LOG2_E 0x1.71547652b82fep+0
#define LANES_LN2 0x1.62e42fefa39efp-1

#ifdef ISLET_LANES_SINGLE
/* 2^x without holding x: right for |x| <= 120, relative error below 4e-7. */
static inline lanes lanes_exp2_fast(lanes x)
{
    const lanes shifted = x + 0x1.8p23;
    const lanes r = x - (shifted - 0x1.8p23), r2 = r * r;
    /* 2^r = 1 + r q(r), q of degree 4 */
    const lanes low = lanes_fma(lanes_set1(0x1.ebfa4b174fc30p-3), r, lanes_set1(0x1.62e42fefa39efp-1));
    const lanes middle = lanes_fma(lanes_set1(0x1.3cbf6052843d7p-7), r, lanes_set1(0x1.c6afed2b12099p-5));
    const lanes q = lanes_fma(lanes_fma(lanes_set1(0x1.5ec866b5d25b3p-10), r2, middle), r2, low);
    const lanes exp_r = lanes_fma(q, r, lanes_set1(1.0));
    return lanes_from_bits(lanes_to_bits(exp_r) + (lanes_to_bits(shifted) << 23));
}

/* exp(x), |x| <= 80 */
static inline lanes lanes_exp(lanes x)
{
    return lanes_exp2_fast(x * LANES_LOG2_E);
}
#else

/* ---- exponential ----
 * exp(x) = 2^n exp(r) with n the integer nearest to x / ln 2 and |r| <= ln(2)/2. Adding 1.5 * 2^52 rounds to an integer
 * that then stands in the low bits, ready to be shifted into the exponent. */
#define LANES_EXP_MIN (-708.0) /* exp there is 3.3e-308, still a normal number */
#define LANES_EXP_MAX 709.0    /* exp there is 8.2e307 */
#define LANES_ROUND_TO_INTEGER 0x1.8p52
#define LANES_LN2_REST 0x1.abc9e3b39803fp-56 /* ln 2 - LANES_LN2 */

/* exp(x), x held within LANES_EXP_MIN .. LANES_EXP_MAX. Error below 1.2 ulp. */
static inline lanes lanes_exp(lanes x)
{
    x = lanes_clamp(x, LANES_EXP_MIN, LANES_EXP_MAX);
    const lanes shifted = lanes_fma(x, lanes_set1(LANES_LOG2_E), lanes_set1(LANES_ROUND_TO_INTEGER));
    const lanes minus_n = LANES_ROUND_TO_INTEGER - shifted;
    const lanes r = lanes_fma(minus_n, lanes_set1(LANES_LN2_REST), lanes_fma(minus_n, lanes_set1(LANES_LN2), x));

    /* (exp(r) - 1 - r) / r^2 interpolated at Chebyshev nodes (relative error of exp(r) 1.6e-17), as three cubics so
     * that they can run side by side */
    const lanes r2 = r * r, r4 = r2 * r2;
    const lanes low = lanes_fma(lanes_fma(lanes_set1(0x1.11111111109b5p-7), r, lanes_set1(0x1.5555555553d68p-5)), r2,
                                lanes_fma(lanes_set1(0x1.5555555555556p-3), r, lanes_set1(0.5)));
    const lanes middle = lanes_fma(lanes_fma(lanes_set1(0x1.71de0db2f6b19p-19), r, lanes_set1(0x1.a019b9149a41cp-16)), r2,
                                   lanes_fma(lanes_set1(0x1.a01a01a7c2efep-13), r, lanes_set1(0x1.6c16c17889ef1p-10)));
    const lanes high = lanes_fma(lanes_set1(0x1.af389ecfc4bb6p-26), r, lanes_set1(0x1.28917c89a43bcp-22));
    const lanes q = lanes_fma(lanes_fma(high, r4, middle), r4, low);
    const lanes exp_r = 1.0 + lanes_fma(q, r2, r);

    return lanes_from_bits(lanes_to_bits(exp_r) + (lanes_to_bits(shifted) << 52));
}

/* 2^x for the hot loop, without holding x: right for |x| <= 1000, relative error below 6e-9. */
static inline lanes lanes_exp2_fast(lanes x)
{
    const lanes shifted = x + LANES_ROUND_TO_INTEGER;
    const lanes r = x - (shifted - LANES_ROUND_TO_INTEGER);
    /* 2^r = 1 + r q(r), q of degree 5 */
    const lanes r2 = r * r;
    const lanes low = lanes_fma(lanes_set1(0x1.ebfbe00e63b9ep-3), r, lanes_set1(0x1.62e4302fc626dp-1));
    const lanes middle = lanes_fma(lanes_set1(0x1.3b2a530452b26p-7), r, lanes_set1(0x1.c6af6cdbbdcfap-5));
    const lanes high = lanes_fma(lanes_set1(0x1.4413896cfe38dp-13), r, lanes_set1(0x1.5f089016285eap-10));
    const lanes q = lanes_fma(lanes_fma(high, r2, middle), r2, low);
    const lanes exp_r = lanes_fma(q, r, lanes_set1(1.0));
    return lanes_from_bits(lanes_to_bits(exp_r) + (lanes_to_bits(shifted) << 52));
}

/* ---- logarithm ----
 * x = 2^k m with m in sqrt(1/2) .. sqrt(2); log(m) from s = (m-1)/(m+1) as in fdlibm's e_log.c (Sun Microsystems 1993). */
#define LANES_LOG_MIN 0x1p-1022 /* the smallest normal number */

/* log(x); x below LANES_LOG_MIN (zero and negative too) counts as that, infinity as 2^1024. Error below 1 ulp. */
static inline lanes lanes_log(lanes x)
{
    const lanes held = lanes_max(lanes_set1(LANES_LOG_MIN), x);
    const uint64_t one = 0x3ff0000000000000, sqrt_half = 0x3fe6a09e667f3bcd;
    const lanes_bits bits = lanes_to_bits(held) + lanes_bits_set1(one - sqrt_half);
    const lanes_bits two52 = lanes_bits_set1(0x4330000000000000); /* 2^52: its low bits count units */
    const lanes k = lanes_from_bits((bits >> 52) | two52) - (0x1p52 + 1023.0);
    const lanes m = lanes_from_bits((bits & lanes_bits_set1(0x000fffffffffffff)) + lanes_bits_set1(sqrt_half));

    const lanes f = m - 1.0;
    const lanes s = f / (2.0 + f);
    const lanes s2 = s * s, s4 = s2 * s2;
    static const double odd[] = {6.666666666666735130e-01, 2.857142874366239149e-01, 1.818357216161805012e-01,
                                 1.479819860511658591e-01};
    static const double even[] = {3.999999999940941908e-01, 2.222219843214978396e-01, 1.531383769920937332e-01};
    const lanes series = lanes_fma(s2, lanes_polynomial(s4, odd, 4), s4 * lanes_polynomial(s4, even, 3));
    const lanes half_f2 = 0.5 * f * f;
    const double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10; /* k * high is exact */
    const lanes small = lanes_fma(s, half_f2 + series, k * ln2_low);
    const lanes result = lanes_fma(k, lanes_set1(ln2_high), f - (half_f2 - small));
    return lanes_select(lanes_is_nan(x), x, result);
}

/* base^power for base > 0: exp(power * log(base)). Relative error about (1 + |power * log(base)|) * 2e-16. */
static inline lanes lanes_pow(lanes base, lanes power)
{
    return lanes_exp(power * lanes_log(base));
}

/* ---- the normal quantile ---- */

/* z with P(Z < z) = p for the standard normal Z; p held inside (0, 1). Algorithm AS 241, PPND16: M. J. Wichura, "The
 * percentage points of the normal distribution", Applied Statistics 37 (1988) 477-484. Error below 1e-15 * max(1, |z|). */
static inline lanes lanes_normal_from_uniform(lanes p)
{
    static const double a[] = {3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
                               1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
                               3.3430575583588128105e4, 2.5090809287301226727e3};
    static const double b[] = {1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
                               2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
                               5.2264952788528545610e3};
    static const double c[] = {1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
                               3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
                               2.27238449892691845833e-2, 7.74545014278341407640e-4};
    static const double d[] = {1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
                               1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
                               1.05075007164441684324e-9};
    static const double e[] = {6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
                               2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
                               2.71155556874348757815e-5, 2.01033439929228813265e-7};
    static const double f[] = {1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
                               7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
                               2.04426310338993978564e-15};

    /* the middle |p - 1/2| <= 0.425, the tail down to exp(-25), the far tail; each lane takes its own, and what no lane
     * takes is left out */
    const lanes q = p - 0.5;
    const lanes_mask middle = lanes_le(lanes_abs(q), lanes_set1(0.425));
    const lanes x_middle = lanes_fma(-q, q, lanes_set1(0.180625));
    lanes top = q * lanes_polynomial(x_middle, a, 8), bottom = lanes_polynomial(x_middle, b, 8);
    if (lanes_all(middle)) return top / bottom;

    const lanes r = lanes_sqrt(-lanes_log(lanes_min(1.0 - p, p)));
    const lanes_mask far = lanes_gt(r, lanes_set1(5.0));
    lanes tail_top = lanes_polynomial(r - 1.6, c, 8), tail_bottom = lanes_polynomial(r - 1.6, d, 8);
    if (lanes_any(far)) {
        tail_top = lanes_select(far, lanes_polynomial(r - 5.0, e, 8), tail_top);
        tail_bottom = lanes_select(far, lanes_polynomial(r - 5.0, f, 8), tail_bottom);
    }
    top = lanes_select(middle, top, lanes_copysign(tail_top, q));
    bottom = lanes_select(middle, bottom, tail_bottom);
    return top / bottom;
}

/* The same for what needs no more than single precision. M. Giles, "Approximating the erfinv function", GPU Computing Gems Jade
 * (2011), ch. 10, single precision: polynomials in w = -log(4 p (1 - p)), or its root in the tails (0.3 % of p); beyond a p of
 * 3e-8, where they end, the full quantile. Error below 2e-7 max(1, |z|). */
static inline lanes lanes_normal_fast(lanes p)
{
    static const double inner[] = {1.50140941, 0.246640727, -0.00417768164, -0.00125372503, 0.00021858087,
                                   -4.39150654e-06, -3.5233877e-06, 3.43273939e-07, 2.81022636e-08};
    static const double outer[] = {2.83297682, 1.00167406, 0.00943887047, -0.0076224613, 0.00573950773,
                                   -0.00367342844, 0.00134934322, 0.000100950558, -0.000200214257};
    const lanes w = -lanes_log(4.0 * p * (1.0 - p));
    const lanes_mask far = lanes_ge(w, lanes_set1(5.0)), beyond = lanes_gt(w, lanes_set1(16.0));
    lanes share = lanes_polynomial(w - 2.5, inner, 9);
    if (lanes_any(far)) share = lanes_select(far, lanes_polynomial(lanes_sqrt(w) - 3.0, outer, 9), share);
    const lanes z = share * (0x1.6a09e667f3bcdp+0 * (2.0 * p - 1.0));
    return lanes_any(beyond) ? lanes_select(beyond, lanes_normal_from_uniform(p), z) : z;
}
#endif

#endif
