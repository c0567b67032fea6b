/* Network meta-analysis, frequentist, on arms: y_ij = study_i + treatment_j + u_ij + e_ij with var e_ij = v_ij known and contrasts of
 * u within a study of variance tau2 each, correlated 1/2 (Lu and Ades 2004), so that trials with more than two arms count right. The
 * study effects are taken out of the normal equations; tau2 maximises the restricted likelihood. */
#ifndef ISLET_STATS_NETWORK_H
#define ISLET_STATS_NETWORK_H

#include <stdbool.h>

typedef struct {
    int study, treatment; /* from 0; treatment 0 is the reference; the arms of a study stand together */
    double y, v;
} network_arm;

typedef struct {
    int treatments;
    double *estimate;   /* against the reference, of treatment 1, 2, ..; treatments - 1 */
    double *covariance; /* of them, row by row */
    double tau2, q;     /* q: weighted residual sum of squares with tau2 = 0 */
    int q_df;
} network_fit;

/* Fit with tau2 = 0 (fixed) or by restricted likelihood. False when the treatments are not connected or memory is short. */
bool network_run(const network_arm *arms, int n, int treatments, bool random_effects, network_fit *out);
void network_free(network_fit *fit);

/* Estimate of treatment a against b, and its standard error. */
double network_contrast(const network_fit *fit, int a, int b, double *se);

#endif
