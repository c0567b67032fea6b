/* Ridge regression by the normal equations and Cholesky; terms are few and of the order of 1. */
#include "stats/emulator.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

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

/* SD of the leave-one-out errors: residual over 1 - leverage */
static double left_out_error(const gsl_matrix *terms, const gsl_vector *y, const gsl_matrix *factor, const gsl_vector *weights)
{
    size_t n = terms->size1, p = terms->size2;
    gsl_vector *work = gsl_vector_alloc(p);
    double sum = 0.0;
    if (!work) return INFINITY;
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
    gsl_vector_free(work);
    return sqrt(sum / (double)n);
}

static void fill_normal_equations(const gsl_matrix *terms, const gsl_vector *y, int n_linear, gsl_matrix *normal, gsl_vector *right)
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

    size_t p = (size_t)out->n_terms;
    gsl_matrix *terms = gsl_matrix_alloc((size_t)known, p), *normal = gsl_matrix_alloc(p, p);
    gsl_vector *values = gsl_vector_alloc((size_t)known), *right = gsl_vector_alloc(p);
    double *row = malloc(p * sizeof *row);
    out->weights = malloc(p * sizeof *out->weights);
    bool fine = terms && normal && values && right && row && out->weights;
    if (!fine) goto done;

    size_t at = 0;
    for (int i = 0; i < n; i++) {
        if (isnan(y[i])) continue;
        fill_terms(x + (size_t)i * (size_t)n_inputs, n_inputs, out->products, row);
        for (size_t k = 0; k < p; k++) gsl_matrix_set(terms, at, k, row[k]);
        gsl_vector_set(values, at++, y[i]);
    }
    fill_normal_equations(terms, values, 1 + n_inputs, normal, right);
    gsl_linalg_cholesky_decomp1(normal); /* positive definite by the ridge */
    gsl_linalg_cholesky_svx(normal, right);
    for (size_t k = 0; k < p; k++) out->weights[k] = gsl_vector_get(right, k);
    out->error = left_out_error(terms, values, normal, right);
done:
    gsl_matrix_free(terms);
    gsl_matrix_free(normal);
    gsl_vector_free(values);
    gsl_vector_free(right);
    free(row);
    if (!fine) emulator_free(out);
    return fine;
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
