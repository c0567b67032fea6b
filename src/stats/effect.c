/* Effect sizes of one study; see effect.h for the sources. */
#include "stats/effect.h"

#include <gsl/gsl_sf_gamma.h>
#include <math.h>

static double correction(double a, double b, double c, double d)
{
    return a == 0 || b == 0 || c == 0 || d == 0 ? 0.5 : 0.0;
}

effect effect_log_risk_ratio(double a, double b, double c, double d)
{
    double add = correction(a, b, c, d);
    a += add, b += add, c += add, d += add;
    return (effect){log(a / (a + b)) - log(c / (c + d)), 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)};
}

effect effect_log_odds_ratio(double a, double b, double c, double d)
{
    double add = correction(a, b, c, d);
    a += add, b += add, c += add, d += add;
    return (effect){log(a * d / (b * c)), 1 / a + 1 / b + 1 / c + 1 / d};
}

effect effect_risk_difference(double a, double b, double c, double d)
{
    double add = correction(a, b, c, d);
    a += add, b += add, c += add, d += add;
    double n1 = a + b, n2 = c + d;
    return (effect){a / n1 - c / n2, a * b / (n1 * n1 * n1) + c * d / (n2 * n2 * n2)};
}

effect effect_log_odds_peto(double a, double b, double c, double d)
{
    double n1 = a + b, n2 = c + d, n = n1 + n2, events = a + c;
    double expected = events * n1 / n;
    double information = events * (b + d) * (n1 / n) * (n2 / n) / (n - 1);
    if (!(information > 0)) return (effect){NAN, NAN}; /* nobody or everybody has the event: it says nothing */
    return (effect){(a - expected) / information, 1 / information};
}

static double pooled_variance(double sd1, double n1, double sd2, double n2)
{
    return ((n1 - 1) * sd1 * sd1 + (n2 - 1) * sd2 * sd2) / (n1 + n2 - 2);
}

effect effect_mean_difference(double m1, double sd1, double n1, double m2, double sd2, double n2, bool one_variance)
{
    double v = one_variance ? pooled_variance(sd1, n1, sd2, n2) * (1 / n1 + 1 / n2) : sd1 * sd1 / n1 + sd2 * sd2 / n2;
    return (effect){m1 - m2, v};
}

/* gamma(m / 2) / (sqrt(m / 2) gamma((m - 1) / 2)): takes the small-sample bias from a standardised difference on m degrees of freedom */
static double hedges_correction(double freedom)
{
    return exp(gsl_sf_lngamma(freedom / 2) - gsl_sf_lngamma((freedom - 1) / 2)) / sqrt(freedom / 2);
}

effect effect_standardised_difference(double m1, double sd1, double n1, double m2, double sd2, double n2)
{
    double freedom = n1 + n2 - 2;
    if (!(freedom > 1)) return (effect){NAN, NAN};
    double g = hedges_correction(freedom) * (m1 - m2) / sqrt(pooled_variance(sd1, n1, sd2, n2));
    return (effect){g, 1 / n1 + 1 / n2 + g * g / (2 * (n1 + n2))};
}

effect effect_mean_change(double before, double sd_before, double after, double sd_after, double n, double r)
{
    return (effect){after - before, (sd_before * sd_before + sd_after * sd_after - 2 * r * sd_before * sd_after) / n};
}

effect effect_standardised_change(double before, double sd_before, double after, double n, double r)
{
    if (!(n > 2)) return (effect){NAN, NAN};
    double g = hedges_correction(n - 1) * (after - before) / sd_before;
    return (effect){g, 2 * (1 - r) / n + g * g / (2 * n)};
}

effect effect_proportion(double x, double n)
{
    if (x == 0 || x == n) x += 0.5, n += 1;
    return (effect){x / n, x * (n - x) / (n * n * n)};
}

effect effect_logit(double x, double n)
{
    if (x == 0 || x == n) x += 0.5, n += 1;
    return (effect){log(x / (n - x)), 1 / x + 1 / (n - x)};
}

effect effect_freeman_tukey(double x, double n)
{
    return (effect){0.5 * (asin(sqrt(x / (n + 1))) + asin(sqrt((x + 1) / (n + 1)))), 1 / (4 * n + 2)};
}

double effect_freeman_tukey_back(double y, double n)
{
    if (!(y > effect_freeman_tukey(0, n).y)) return isnan(y) ? NAN : 0;
    if (y >= effect_freeman_tukey(n, n).y) return 1;
    double s = sin(2 * y), inner = s + (s - 1 / s) / n, rest = 1 - inner * inner;
    return 0.5 * (1 - (cos(2 * y) < 0 ? -1 : 1) * sqrt(rest > 0 ? rest : 0));
}
