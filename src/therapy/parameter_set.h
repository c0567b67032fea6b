/* Parameter set: chosen values of model parameters, products and regimens, and draws of them that say how uncertain they are.
 *
 *   islet_params: 1
 *   title: Graft, fitted to donor islets and zimislecel
 *   values: {portal_potency: 0.17, zimislecel.secretion_gain: 3.4}
 *   draws:
 *     parameters: [portal_potency, zimislecel.secretion_gain]
 *     values: [[0.16, 3.3], [0.18, 3.6]]
 *
 * A name is a key of params.def, or that of a product, regimen or shipped conditioning, a point and a key of its file. */
#ifndef ISLET_THERAPY_PARAMETER_SET_H
#define ISLET_THERAPY_PARAMETER_SET_H

#include "base/params.h"
#include "therapy/protocol.h"

#define PARAMETER_SET_MAX 64
#define PARAMETER_SET_MAX_DRAWS 1024
#define PARAMETER_NAME 128

typedef enum { OWNER_MODEL, OWNER_PRODUCT, OWNER_REGIMEN, OWNER_CONDITIONING } parameter_owner;

/* One number that can be set, and where it lives. */
typedef struct {
    char name[PARAMETER_NAME];
    parameter_owner owner;
    char owner_name[NAME_TEXT]; /* of the product, regimen or conditioning */
    size_t offset;              /* in params, product, regimen or conditioning */
    double low, high;           /* what it may be: params.def, or the ranges of product.h */
} parameter_target;

/* False when there is no such name. */
bool parameter_find(const char *name, parameter_target *out);

/* Its value as shipped or as `params` and `protocol` have it; NaN when the protocol does not use its product. */
double parameter_value(const parameter_target *target, const params *params, const islet_protocol *protocol);
void parameter_set_value(const parameter_target *target, double value, params *params, islet_protocol *protocol);

typedef struct {
    char title[240];
    char hash[ISLET_HASH_TEXT]; /* SHA-256 of the file */
    size_t size;                /* its bytes */
    int n;                      /* parameters with a value */
    parameter_target target[PARAMETER_SET_MAX];
    double value[PARAMETER_SET_MAX];
    int n_drawn, n_draws;       /* parameters with draws, draws */
    parameter_target drawn[PARAMETER_SET_MAX];
    double *draws;              /* n_draws x n_drawn */
} parameter_set;

/* From a file; ISLET_ERR_INPUT with all reasons. *out is empty after a failure. */
ISLET_CHECK islet_status parameter_set_read(const char *path, parameter_set *out, islet_problems *problems);
ISLET_CHECK islet_status parameter_set_parse(const char *text, size_t length, const char *file, parameter_set *out,
                                             islet_problems *problems);

/* The shipped ones (data/ensemble/), side by side: what `islet calibrate` found, each of rows of its own;
 * draws only, for the shipped values are those of params.def and of the products' files. */
ISLET_CHECK islet_status parameter_set_shipped(parameter_set *out, islet_problems *problems);

/* One of them by the name of its file: graft, natural or type2. ISLET_ERR_UNKNOWN_NAME when there is none. */
ISLET_CHECK islet_status parameter_set_shipped_one(const char *name, parameter_set *out, islet_problems *problems);
void parameter_set_free(parameter_set *set);

/* Put the values of the set into `params` and into the products and regimens the protocol uses; with draw >= 0 those of
 * that draw over them. Names of products that the protocol does not use do nothing. */
void parameter_set_apply(const parameter_set *set, int draw, params *params, islet_protocol *protocol);

#endif
