/* Ridge regression by the normal equations and Cholesky; terms are few and of the order of 1. GSL works in memory that is ours: its own
 * allocations end the program when they fail. */
#include "stats/emulator.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RIDGE 0.05         /* added to the diagonal of the second-order terms: a prior SD of about 4 residual SDs for each */
#define POINTS_PER_TERM 1.2 /* fewer points than this for each term, and products are left out */

static int terms_of(int n_inputs, bool products)
{
    return 1 + 2 * n_inputs + (products ? n_inputs * (n_inputs - 1) / 2 : 0);
}

static void fill_terms(const double *x, int n_inputs, bool products, double *terms)
{
    int at = 0;
    terms[at++] = 1.0;
    for (int i = 0; i < n_inputs; i++) terms[at++] = x[i];
    for (int i = 0; i < n_inputs; i++) terms[at++] = x[i] * x[i];
    for (int i = 0; i < n_inputs && products; i++)
        for (int j = i + 1; j < n_inputs; j++) terms[at++] = x[i] * x[j];
}

/* SD of the leave-one-out errors: residual over 1 - leverage; `work` has as many places as there are weights */
static double left_out_error(const gsl_matrix *terms, const gsl_vector *y, const gsl_matrix *factor,
                             const gsl_vector *weights, gsl_vector *work)
{
    size_t n = terms->size1, p = terms->size2;
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        double fitted = 0.0, leverage = 0.0;
        for (size_t k = 0; k < p; k++) {
            fitted += gsl_matrix_get(terms, i, k) * gsl_vector_get(weights, k);
            gsl_vector_set(work, k, gsl_matrix_get(terms, i, k));
        }
        gsl_linalg_cholesky_svx(factor, work);
        for (size_t k = 0; k < p; k++) leverage += gsl_matrix_get(terms, i, k) * gsl_vector_get(work, k);
        double error = (gsl_vector_get(y, i) - fitted) / fmax(1.0 - leverage, 0.05);
        sum += error * error;
    }
    return sqrt(sum / (double)n);
}

static void fill_normal_equations(const gsl_matrix *terms, const gsl_vector *y, int n_linear, gsl_matrix *normal,
                                  gsl_vector *right)
{
    for (size_t a = 0; a < normal->size1; a++) {
        double sum_y = 0.0;
        for (size_t i = 0; i < terms->size1; i++) sum_y += gsl_matrix_get(terms, i, a) * gsl_vector_get(y, i);
        gsl_vector_set(right, a, sum_y);
        for (size_t b = 0; b <= a; b++) {
            double sum = 0.0;
            for (size_t i = 0; i < terms->size1; i++) sum += gsl_matrix_get(terms, i, a) * gsl_matrix_get(terms, i, b);
            if (a == b) sum += (int)a < n_linear ? 1e-9 : RIDGE;
            gsl_matrix_set(normal, a, b, sum);
            gsl_matrix_set(normal, b, a, sum);
        }
    }
}

bool emulator_fit(const double *x, const double *y, int n, int n_inputs, emulator *out)
{
    int known = 0;
    for (int i = 0; i < n; i++) known += !isnan(y[i]);
    *out = (emulator){.n_inputs = n_inputs};
    if (known < 2 + n_inputs) return false;
    out->products = known >= POINTS_PER_TERM * terms_of(n_inputs, true);
    out->n_terms = terms_of(n_inputs, out->products);

    /* terms of every point, their products, values, right side and work, one behind the other */
    const size_t p = (size_t)out->n_terms, points = (size_t)known;
    double *room = malloc((points * p + p * p + points + 2 * p) * sizeof *room);
    out->weights = malloc(p * sizeof *out->weights);
    if (!room || !out->weights) {
        free(room);
        emulator_free(out);
        return false;
    }
    double *at_normal = room + points * p, *at_values = at_normal + p * p, *at_right = at_values + points;
    gsl_matrix_view terms = gsl_matrix_view_array(room, points, p), normal = gsl_matrix_view_array(at_normal, p, p);
    gsl_vector_view values = gsl_vector_view_array(at_values, points), right = gsl_vector_view_array(at_right, p),
                    work = gsl_vector_view_array(at_right + p, p);

    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (isnan(y[i])) continue;
        fill_terms(x + (size_t)i * (size_t)n_inputs, n_inputs, out->products, room + at * p);
        at_values[at++] = y[i];
    }
    fill_normal_equations(&terms.matrix, &values.vector, 1 + n_inputs, &normal.matrix, &right.vector);
    gsl_linalg_cholesky_decomp1(&normal.matrix); /* positive definite by the ridge */
    gsl_linalg_cholesky_svx(&normal.matrix, &right.vector);
    memcpy(out->weights, at_right, p * sizeof *out->weights);
    out->error = left_out_error(&terms.matrix, &values.vector, &normal.matrix, &right.vector, &work.vector);
    free(room);
    return true;
}

double emulator_value(const emulator *e, const double *x)
{
    const double *w = e->weights;
    double sum = *w++;
    for (int i = 0; i < e->n_inputs; i++) sum += *w++ * x[i];
    for (int i = 0; i < e->n_inputs; i++) sum += *w++ * x[i] * x[i];
    for (int i = 0; i < e->n_inputs && e->products; i++)
        for (int j = i + 1; j < e->n_inputs; j++) sum += *w++ * x[i] * x[j];
    return sum;
}

void emulator_free(emulator *e)
{
    free(e->weights);
    *e = (emulator){0};
}
