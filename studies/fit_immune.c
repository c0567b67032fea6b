/* Fit of autoimmunity: how fast people lose their own beta cells after diagnosis, when the loss ends, what insulin they need
 * meanwhile, and what treatments of the immune system remove.
 *
 *   make fit                                 with the other fits
 *   fit_immune PEOPLE ITERATIONS             search from the shipped values; 0 iterations shows their table only
 *   fit_immune PEOPLE 0 KEY=VALUE ...        the table for other values of parameters, or of those of immune_unknowns.c
 *   fit_immune PEOPLE ITERATIONS fit=KEY,..  search over these alone
 *
 * The whole model is simulated (immune_people.c) and read as published (immune_readings.c, immune_rows.c). Levenberg-Marquardt on the misses in errors and, as
 * weak priors, on the way from the shipped values; derivatives by finite differences over the same people and the same chances. What is in the table
 * and not fitted is a check. */
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "immune_study.h"

/* ---- the search: Levenberg-Marquardt in the logs of what is fitted ---- */

#define STEP 0.1    /* of the logs, for derivatives */
#define LONGEST 0.6 /* step of a log in one iteration */

typedef struct {
    int stage, n_unknowns, n_residuals;
    int of[UNKNOWNS];
    double start[UNKNOWNS]; /* logs of the shipped values */
} problem;

/* Is it named in "fit=name,name,..."? Without that all are. */
static bool is_chosen(const char *chosen, const char *name)
{
    size_t n = strlen(name);
    if (!chosen) return true;
    for (const char *at = strstr(chosen, name); at; at = strstr(at + 1, name))
        if ((at == chosen || at[-1] == ',') && (at[n] == ',' || at[n] == '\0')) return true;
    return false;
}

static double residuals(study *s, const problem *p, const double *x, double *out)
{
    for (int i = 0; i < p->n_unknowns; i++) unknown_set(s, p->of[i], exp(x[i]));
    evidence_row rows[MOST_ROWS];
    study_simulate(s, p->stage == NATURAL ? ADULT : EARLY, p->stage == NATURAL ? YOUNG : LATE);
    int n = 0, n_rows = p->stage == NATURAL ? natural_rows(s, rows) : treatment_rows(s, rows);
    double sum = 0.0;
    for (int i = 0; i < n_rows; i++)
        if (rows[i].fitted == p->stage) out[n++] = miss(&rows[i]);
    for (int i = 0; i < p->n_unknowns; i++) out[n++] = (x[i] - p->start[i]) / unknowns[p->of[i]].sd;
    for (int i = 0; i < n; i++) sum += out[i] * out[i];
    return sum;
}

static int residual_count(study *s, const problem *p)
{
    evidence_row rows[MOST_ROWS];
    int n = 0, n_rows = p->stage == NATURAL ? natural_rows(s, rows) : treatment_rows(s, rows);
    for (int i = 0; i < n_rows; i++) n += rows[i].fitted == p->stage;
    return n + p->n_unknowns;
}

/* The step of damped least squares; false if it cannot be solved. */
static void damped_step(const double *jacobian, const double *r, int n, int k, double damping, double *step)
{
    gsl_matrix *a = gsl_matrix_calloc((size_t)k, (size_t)k);
    gsl_vector *b = gsl_vector_calloc((size_t)k), *x = gsl_vector_calloc((size_t)k);
    for (int i = 0; i < k; i++)
        for (int m = 0; m < n; m++) {
            gsl_vector_set(b, (size_t)i, gsl_vector_get(b, (size_t)i) - jacobian[m * k + i] * r[m]);
            for (int j = 0; j < k; j++)
                gsl_matrix_set(a, (size_t)i, (size_t)j, gsl_matrix_get(a, (size_t)i, (size_t)j) + jacobian[m * k + i] * jacobian[m * k + j]);
        }
    for (int i = 0; i < k; i++) gsl_matrix_set(a, (size_t)i, (size_t)i, gsl_matrix_get(a, (size_t)i, (size_t)i) * (1.0 + damping));
    gsl_linalg_cholesky_decomp1(a); /* the priors keep it positive */
    gsl_linalg_cholesky_solve(a, b, x);
    for (int i = 0; i < k; i++) step[i] = fmax(-LONGEST, fmin(LONGEST, gsl_vector_get(x, (size_t)i)));
    gsl_matrix_free(a);
    gsl_vector_free(b);
    gsl_vector_free(x);
}

static void search(study *s, int stage, int iterations, const char *chosen)
{
    problem p = {.stage = stage};
    double x[UNKNOWNS], moved[UNKNOWNS], step[UNKNOWNS];
    for (int i = 0; i < UNKNOWNS; i++)
        if (unknowns[i].fitted == stage && is_chosen(chosen, unknowns[i].name)) {
            p.of[p.n_unknowns] = i;
            x[p.n_unknowns] = p.start[p.n_unknowns] = log(unknown_get(s, i));
            p.n_unknowns++;
        }
    study_simulate(s, ADULT, LATE);
    int k = p.n_unknowns, n = residual_count(s, &p);
    if (k == 0) return;
    double r[MOST_ROWS + UNKNOWNS], other[MOST_ROWS + UNKNOWNS], *jacobian = calloc((size_t)(n * k), sizeof(double));
    if (!jacobian) exit(3);
    double sum = residuals(s, &p, x, r), damping = 0.1;
    for (int it = 0; it < iterations; it++) {
        for (int i = 0; i < k; i++) {
            memcpy(moved, x, sizeof moved);
            moved[i] += STEP;
            residuals(s, &p, moved, other);
            for (int m = 0; m < n; m++) jacobian[m * k + i] = (other[m] - r[m]) / STEP;
        }
        bool better = false;
        for (int attempt = 0; attempt < 4 && !better; attempt++, damping *= better ? 0.3 : 5.0) {
            damped_step(jacobian, r, n, k, damping, step);
            for (int i = 0; i < k; i++) moved[i] = x[i] + step[i];
            double tried = residuals(s, &p, moved, other);
            better = tried < sum;
            if (!better) continue;
            sum = tried;
            memcpy(x, moved, sizeof x);
            memcpy(r, other, sizeof r);
        }
        fprintf(stderr, "iteration %d, %d runs, misses and priors %.1f:", it + 1, s->evaluations, sum);
        for (int i = 0; i < k; i++) fprintf(stderr, " %s=%.5g", unknowns[p.of[i]].name, exp(x[i]));
        fprintf(stderr, "\n");
        if (!better) break;
    }
    residuals(s, &p, x, r);
    free(jacobian);
}

int main(int argc, char **argv)
{
    int n = argc > 1 ? atoi(argv[1]) : 64, iterations = argc > 2 ? atoi(argv[2]) : 6;
    static study s;
    if (!study_read(&s, n)) return 3;
    const char *chosen = NULL;
    for (int i = 3; i < argc; i++)
        if (strncmp(argv[i], "fit=", 4) == 0) chosen = argv[i] + 4;
        else if (!unknown_set_by_text(&s, argv[i])) {
            fprintf(stderr, "%s: no parameter of this name; see islet params\n", argv[i]);
            return 2;
        }
    for (int stage = NATURAL; stage <= TREATMENT && iterations > 0; stage++) search(&s, stage, iterations, chosen);
    study_simulate(&s, ADULT, LATE);
    printf("natural history, %d adults and %d children, %d in each trial of a treatment:", n, n, s.of[RESET].n);
    for (int i = 0; i < UNKNOWNS; i++) printf(" %s=%.4g", unknowns[i].name, unknown_get(&s, i));
    printf("\n");
    evidence_row rows[MOST_ROWS];
    print_rows(rows, natural_rows(&s, rows));
    print_rows(rows, treatment_rows(&s, rows));
    print_course(&s);
    study_free(&s);
    return 0;
}
