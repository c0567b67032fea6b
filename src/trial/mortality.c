/* Mortality from other causes: a life table by age and sex times a ratio for the disease.
 *
 *   deaths a year = ratio x q(age, sex), q straight between the table's ages, never below the first nor beyond the last
 *
 * Table: United States, period life table of 2017 (Social Security Administration, Trustees Report of 2020,
 * https://www.ssa.gov/oact/STATS/table4c6.html; public domain), every fifth year. Deaths that the trial itself brings - severe
 * hypoglycaemia, procedure, conditioning - are drawn apart and come on top. */
#include "trial/harms.h"

#define FIRST_YEAR 5
#define STEP_YEAR 5
#define AGES 20

static const double q_per_year[2][AGES] = {
    {0.000146, 0.000097, 0.000465, 0.001146, 0.001610, 0.001865, 0.002138, 0.002482, 0.003285, 0.004997,
     0.007766, 0.011519, 0.016013, 0.022889, 0.035668, 0.058206, 0.097854, 0.165452, 0.263672, 0.354198},
    {0.000125, 0.000092, 0.000211, 0.000425, 0.000612, 0.000833, 0.001085, 0.001429, 0.002029, 0.003118,
     0.004813, 0.006886, 0.009874, 0.015285, 0.024929, 0.042771, 0.074258, 0.131392, 0.218908, 0.307747},
};

static double ratio_of(const params *p, diabetes_type diabetes)
{
    switch (diabetes) {
    case DIABETES_TYPE1: return p->mortality_ratio_type1;
    case DIABETES_TYPE2: return p->mortality_ratio_type2;
    case DIABETES_NONE: break;
    }
    return p->mortality_ratio_without;
}

double mortality_per_year(const params *p, const person *who, double years_since_enrolment)
{
    const double *q = q_per_year[who->female];
    double at = (who->age_year + years_since_enrolment - FIRST_YEAR) / STEP_YEAR;
    if (!(at > 0.0)) at = 0.0;
    int below = at < AGES - 2 ? (int)at : AGES - 2;
    double between = at - below < 1.0 ? at - below : 1.0;
    return ratio_of(p, who->diabetes) * (q[below] + between * (q[below + 1] - q[below]));
}
