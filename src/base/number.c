/* Numbers as text, exactly.
 *
 * Both ways are one exact division of whole numbers of any length: reading divides digits * 10^e by a power of two so
 * that 53 bits come out, writing divides m * 2^e by a power of ten so that the wanted decimal digits come out, and the
 * remainder decides the rounding (half to even). W. D. Clinger, "How to read floating point numbers accurately", PLDI
 * 1990; G. L. Steele, J. L. White, "How to print floating-point numbers accurately", PLDI 1990. */
#include "base/number.h"

#include <math.h>
#include <string.h>

/* ---- whole numbers of any length (up to 5,120 bits; the longest here have about 4,000) ---- */

#define BIG_WORDS 160

typedef struct {
    int n; /* words in use; the highest is not 0 */
    uint32_t word[BIG_WORDS]; /* lowest first */
} big;

static void big_set(big *a, uint64_t value)
{
    a->n = 0;
    for (; value; value >>= 32) a->word[a->n++] = (uint32_t)value;
}

static void big_multiply_add(big *a, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;
    for (int i = 0; i < a->n; i++) {
        carry += (uint64_t)a->word[i] * factor;
        a->word[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry) a->word[a->n++] = (uint32_t)carry;
}

static void big_multiply_pow10(big *a, int power)
{
    for (; power >= 9; power -= 9) big_multiply_add(a, 1000000000, 0);
    for (; power > 0; power--) big_multiply_add(a, 10, 0);
}

static void big_shift_left(big *a, int bits)
{
    int words = bits / 32, rest = bits % 32;
    if (a->n == 0 || bits == 0) return;
    memmove(a->word + words, a->word, (size_t)a->n * sizeof *a->word);
    memset(a->word, 0, (size_t)words * sizeof *a->word);
    a->n += words;
    if (rest == 0) return;
    uint32_t carry = 0;
    for (int i = words; i < a->n; i++) {
        uint32_t high = a->word[i] >> (32 - rest);
        a->word[i] = a->word[i] << rest | carry;
        carry = high;
    }
    if (carry) a->word[a->n++] = carry;
}

static int big_compare(const big *a, const big *b)
{
    if (a->n != b->n) return a->n < b->n ? -1 : 1;
    for (int i = a->n - 1; i >= 0; i--)
        if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

static void big_subtract(big *a, const big *b) /* a >= b */
{
    int64_t borrow = 0;
    for (int i = 0; i < a->n; i++) {
        borrow += (int64_t)a->word[i] - (i < b->n ? b->word[i] : 0);
        a->word[i] = (uint32_t)borrow;
        borrow >>= 32;
    }
    while (a->n && a->word[a->n - 1] == 0) a->n--;
}

static int big_bits(const big *a)
{
    return a->n ? 32 * a->n - __builtin_clz(a->word[a->n - 1]) : 0;
}

/* (a, b) => floor(a / b), which has at most `bits` bits; *half compares the remainder with b/2. Uses a and b up. */
static uint64_t big_divide(big *a, big *b, int bits, int *half)
{
    uint64_t quotient = 0;
    big_shift_left(b, bits - 1);
    for (int i = 0; i < bits; i++) {
        quotient <<= 1;
        if (big_compare(a, b) >= 0) {
            big_subtract(a, b);
            quotient |= 1;
        }
        big_shift_left(a, 1);
    }
    *half = big_compare(a, b);
    return quotient;
}

/* ---- reading ---- */

#define DIGITS_KEPT 800 /* more cannot matter: a halfway point between two doubles has at most 767 digits */
#define EXPONENT_LIMIT 100000

typedef struct {
    bool negative;
    int n;         /* significant digits, no leading zeros */
    int exponent;  /* value = 0.d1 d2 .. * 10^exponent */
    char digit[DIGITS_KEPT + 1];
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Take one digit; `point` says that it stands behind the decimal point. */
static void decimal_take(decimal *d, char digit, bool point)
{
    if (d->n == 0 && digit == '0') {
        d->exponent -= point;
        return;
    }
    d->exponent += !point;
    if (d->n < DIGITS_KEPT) d->digit[d->n++] = (char)(digit - '0');
    else if (digit != '0') { /* whatever follows only says "a little more" */
        d->digit[DIGITS_KEPT] = 1;
        d->n = DIGITS_KEPT + 1;
    }
}

/* text => decimal; false if it is not a number of the grammar in number.h */
static bool decimal_read(const char *text, size_t length, decimal *out)
{
    const char *p = text, *end = text + length;
    out->n = out->exponent = 0;
    out->negative = p < end && *p == '-';
    p += out->negative;

    /* whole part without needless zeros; point only between digits */
    if (length > EXPONENT_LIMIT || p == end || !is_digit(*p)) return false;
    if (*p == '0' && p + 1 < end && is_digit(p[1])) return false;
    for (; p < end && is_digit(*p); p++) decimal_take(out, *p, false);
    if (p < end && *p == '.') {
        if (++p == end || !is_digit(*p)) return false;
        for (; p < end && is_digit(*p); p++) decimal_take(out, *p, true);
    }
    if (p == end) return true;
    if (*p++ != 'e') return false;
    bool minus = p < end && *p == '-';
    p += p < end && (*p == '-' || *p == '+');
    if (p == end) return false;
    int exponent = 0;
    for (; p < end; p++) {
        if (!is_digit(*p)) return false;
        if (exponent < EXPONENT_LIMIT * 10) exponent = exponent * 10 + (*p - '0');
    }
    out->exponent += minus ? -exponent : exponent;
    return true;
}

static double double_from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint64_t bits_of_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static const double exact_pow10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* decimal (with digits, neither tiny nor huge) => bits of the nearest double */
static uint64_t nearest_bits(const decimal *d)
{
    big above, below;
    int power = d->exponent - d->n;
    big_set(&above, 0);
    big_set(&below, 1);
    for (int i = 0; i < d->n; i++) {
        if (above.n == 0) big_set(&above, (uint64_t)d->digit[i]);
        else big_multiply_add(&above, 10, (uint32_t)d->digit[i]);
    }
    if (power >= 0) big_multiply_pow10(&above, power);
    else big_multiply_pow10(&below, -power);

    /* binary exponent of the value: that of the lengths, or one less */
    int binary = big_bits(&above) - big_bits(&below);
    big a = above, b = below;
    if (binary >= 0) big_shift_left(&b, binary);
    else big_shift_left(&a, -binary);
    if (big_compare(&a, &b) < 0) binary--;

    /* 53 bits, fewer where doubles end: the last bit is worth 2^last */
    int last = binary - 52 < -1074 ? -1074 : binary - 52, half;
    if (last >= 0) big_shift_left(&below, last);
    else big_shift_left(&above, -last);
    uint64_t mantissa = big_divide(&above, &below, 53, &half);
    if (half > 0 || (half == 0 && mantissa & 1)) mantissa++;

    /* the hidden bit and a carry of the rounding both add to the exponent field */
    return ((uint64_t)(last + 1074) << 52) + mantissa;
}

#define BITS_INFINITY 0x7ff0000000000000

bool number_read(const char *text, size_t length, double *out)
{
    decimal d;
    if (!decimal_read(text, length, &d)) return false;
    double value = 0.0;
    int power = d.exponent - d.n;
    if (d.n == 0 || d.exponent < -330) value = 0.0; /* below half of the least double */
    else if (d.exponent > 310) return false;
    else if (d.n <= 15 && power >= -22 && power <= 22) { /* both exact, so one rounding */
        for (int i = 0; i < d.n; i++) value = 10.0 * value + d.digit[i];
        value = power < 0 ? value / exact_pow10[-power] : value * exact_pow10[power];
    } else {
        uint64_t bits = nearest_bits(&d);
        if (bits >= BITS_INFINITY) return false;
        value = double_from_bits(bits);
    }
    *out = d.negative ? -value : value;
    return true;
}

bool number_read_u64(const char *text, size_t length, uint64_t *out)
{
    uint64_t value = 0;
    if (length == 0 || (text[0] == '0' && length > 1)) return false;
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(text[i])) return false;
        uint64_t digit = (uint64_t)(text[i] - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

/* ---- writing ---- */

static const uint64_t whole_pow10[] = {1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
    10000000000u, 100000000000u, 1000000000000u, 10000000000000u, 100000000000000u, 1000000000000000u,
    10000000000000000u, 100000000000000000u};

/* value > 0 => mantissa * 2^exponent */
static uint64_t double_split(double value, int *exponent)
{
    uint64_t bits = bits_of_double(value), field = bits >> 52 & 0x7ff, fraction = bits & 0xfffffffffffff;
    *exponent = field ? (int)field - 1075 : -1074;
    return field ? fraction | 0x10000000000000 : fraction;
}

/* floor(value * 10^power), which has at most 57 bits; *half compares what is cut off with one half */
static uint64_t scaled_floor(double value, int power, int *half)
{
    big above, below;
    int exponent;
    big_set(&above, double_split(value, &exponent));
    big_set(&below, 1);
    if (exponent >= 0) big_shift_left(&above, exponent);
    else big_shift_left(&below, -exponent);
    if (power >= 0) big_multiply_pow10(&above, power);
    else big_multiply_pow10(&below, -power);
    return big_divide(&above, &below, 57, half);
}

/* Decimal exponent k with 10^(k-1) <= value < 10^k. */
static int decimal_exponent(double value)
{
    int exponent, half;
    uint64_t mantissa = double_split(value, &exponent);
    int binary = exponent + 63 - __builtin_clzll(mantissa); /* 2^binary <= value < 2^(binary + 1) */
    int k = (binary * 30103 - (binary < 0 ? 99999 : 0)) / 100000; /* floor(binary log10 2): too small .. */
    while (scaled_floor(value, -k, &half) > 0) k++;               /* .. by one or two */
    return k;
}

/* The decimal of n digits whose digits, as a whole number, are `whole`, and whose exponent is k, as a double. */
static bool reads_back(uint64_t whole, int k, int n, double value)
{
    decimal d = {.exponent = k, .n = n};
    if (whole == whole_pow10[n]) { /* 9.99.. became 10 */
        whole /= 10;
        d.exponent++;
    }
    for (int i = n - 1; i >= 0; i--, whole /= 10) d.digit[i] = (char)(whole % 10);
    return nearest_bits(&d) == bits_of_double(value);
}

/* value > 0 => shortest digits that read back, as a whole number without trailing zeros; returns their number */
static int shortest_digits(double value, uint64_t *digits, int *k)
{
    *k = decimal_exponent(value);
    bool subnormal = bits_of_double(value) >> 52 == 0;
    bool power_of_two = (bits_of_double(value) & 0xfffffffffffff) == 0;
    uint64_t whole = 0;
    int n, half;
    /* a normal double that has a text of up to 15 digits is found at 15; fewer digits are then zeros at the end */
    for (n = subnormal ? 1 : 15; n <= 17; n++) {
        uint64_t low = scaled_floor(value, n - *k, &half);
        whole = low + (half > 0 || (half == 0 && low & 1));
        if (n == 17 || reads_back(whole, *k, n, value)) break;
        /* doubles lie wider above a power of two than below it: the next text above may do where the nearest does not */
        if (power_of_two && whole == low && reads_back(low + 1, *k, n, value)) {
            whole = low + 1;
            break;
        }
    }
    if (whole == whole_pow10[n]) { /* 9.99.. became 10 */
        whole /= 10;
        ++*k;
    }
    while (n > 1 && whole % 10 == 0) {
        whole /= 10;
        n--;
    }
    *digits = whole;
    return n;
}

static char *put_whole(char *at, uint64_t value, int digits)
{
    for (int i = digits - 1; i >= 0; i--, value /= 10) at[i] = (char)('0' + value % 10);
    return at + digits;
}

static int whole_digits(uint64_t value)
{
    int n = 1;
    while (n < 18 && value >= whole_pow10[n]) n++;
    return n;
}

void number_write(double value, char out[NUMBER_TEXT])
{
    char *at = out;
    if (!isfinite(value)) {
        *out = '\0';
        return;
    }
    if (signbit(value)) *at++ = '-';
    value = fabs(value);
    if (value < 0x1p53 && value == (double)(uint64_t)value) { /* whole numbers as they are */
        at = put_whole(at, (uint64_t)value, whole_digits((uint64_t)value));
        *at = '\0';
        return;
    }
    uint64_t digits;
    int k, n = shortest_digits(value, &digits, &k);
    if (k > -4 && k <= 0) { /* 0.00012 */
        *at++ = '0';
        *at++ = '.';
        for (int i = k; i < 0; i++) *at++ = '0';
        at = put_whole(at, digits, n);
    } else if (k > 0 && k < n) { /* 12.34 */
        at = put_whole(at, digits / whole_pow10[n - k], k);
        *at++ = '.';
        at = put_whole(at, digits % whole_pow10[n - k], n - k);
    } else { /* 1.234e-7 */
        at = put_whole(at, digits / whole_pow10[n - 1], 1);
        if (n > 1) {
            *at++ = '.';
            at = put_whole(at, digits % whole_pow10[n - 1], n - 1);
        }
        *at++ = 'e';
        int exponent = k - 1;
        if (exponent < 0) *at++ = '-';
        uint64_t size = (uint64_t)(exponent < 0 ? -exponent : exponent);
        at = put_whole(at, size, whole_digits(size));
    }
    *at = '\0';
}

#define FIXED_DIGITS_MAX 12
#define FIXED_BELOW 1e15 /* beyond, more than 15 digits stand before the point: the shortest text is used */

void number_write_fixed(double value, int digits, char out[NUMBER_TEXT])
{
    if (!(fabs(value) < FIXED_BELOW)) { /* NaN too */
        number_write(value, out);
        return;
    }
    if (digits < 0) digits = 0;
    if (digits > FIXED_DIGITS_MAX) digits = FIXED_DIGITS_MAX;

    /* whole part and fraction apart: both exact */
    double size = fabs(value);
    uint64_t whole = (uint64_t)size, fraction = 0;
    int half = -1;
    double rest = size - (double)whole;
    if (rest > 0.0) fraction = scaled_floor(rest, digits, &half);
    bool odd = digits == 0 ? whole & 1 : fraction & 1;
    if (half > 0 || (half == 0 && odd)) fraction++;
    if (fraction == whole_pow10[digits]) {
        whole++;
        fraction = 0;
    }
    char *at = out;
    if (signbit(value) && (whole || fraction)) *at++ = '-'; /* no minus before zeros */
    at = put_whole(at, whole, whole_digits(whole));
    if (digits) {
        *at++ = '.';
        at = put_whole(at, fraction, digits);
    }
    *at = '\0';
}
