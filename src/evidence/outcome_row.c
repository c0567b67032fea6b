/* Rows of published outcomes once they are read: what their value is of, and how sure it is. */
#include <gsl/gsl_cdf.h>
#include <math.h>

#include "evidence/outcome.h"

#define SE_OF_MEDIAN 1.2533 /* over that of a mean, normal values */

void evidence_keep_role(evidence_rows *rows, evidence_role role)
{
    int kept = 0;
    for (int i = 0; i < rows->n; i++)
        if (rows->rows[i].role == role) rows->rows[kept++] = rows->rows[i];
    rows->n = kept;
}

bool evidence_is_difference(const evidence_row *row)
{
    return row->comparator && row->comparator[0];
}

bool evidence_is_change(const evidence_row *row)
{
    return row->statistic == STATISTIC_CHANGE || row->statistic == STATISTIC_MEDIAN_CHANGE;
}

bool evidence_is_median(const evidence_row *row)
{
    return row->statistic == STATISTIC_MEDIAN || row->statistic == STATISTIC_MEDIAN_CHANGE;
}

/* SD between people out of quartiles or the range, of normal values; NaN without both */
static double sd_of_spread(const evidence_row *row)
{
    const double n = row->n;
    if (!isnan(row->q1)) return (row->q3 - row->q1) / (2 * gsl_cdf_ugaussian_Pinv((0.75 * n - 0.125) / (n + 0.25)));
    if (!(row->most > row->least)) return NAN;
    return (row->most - row->least) / (2 * gsl_cdf_ugaussian_Pinv((n - 0.375) / (n + 0.25)));
}

double evidence_row_se(const evidence_row *row)
{
    if (!isnan(row->se)) return row->se;
    const bool difference = evidence_is_difference(row);
    const double others = row->n_comparator >= 1 ? row->n_comparator : row->n;
    const double of_people = sqrt(1 / row->n + (difference ? 1 / others : 0)) * (evidence_is_median(row) ? SE_OF_MEDIAN : 1);
    if (!isnan(row->sd)) return row->sd * of_people;
    if (!isnan(row->ci_low)) return (row->ci_high - row->ci_low) / (2 * gsl_cdf_ugaussian_Pinv(0.975));
    if (!outcome_is_share(&row->endpoint)) return row->n >= 2 ? sd_of_spread(row) * of_people : NAN;
    return isnan(row->events) ? NAN : sqrt(row->value * (1 - row->value) / row->n);
}
