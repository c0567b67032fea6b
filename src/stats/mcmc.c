/* Each chain learns its proposals' covariance from its own past while it is dropped, and keeps it afterwards. */
#include "stats/mcmc.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"

#define DROPPED (1.0 / 3.0)
#define ADAPT_EVERY 200
#define SCATTER 0.3
#define STREAM_PEOPLE ((uint64_t)1 << 46) /* numbers of chains, apart from those of rows */

typedef struct {
    int d, steps, dropped;
    uint64_t seed, who, index;
    double *all;      /* [step][dimension] */
    double *factor;   /* lower triangle of the proposals' covariance */
    double *x, *proposal, *noise;
    long accepted;
} chain;

static double uniform(chain *c)
{
    return rng_uniform(c->seed, c->who, RNG_uncertainty, c->index++);
}

static double normal(chain *c)
{
    return rng_normal(c->seed, c->who, RNG_uncertainty, c->index++);
}

/* lower triangle L with L L' = a; false when a is not positive definite */
static bool factorise(const double *a, int d, double *l)
{
    memset(l, 0, (size_t)d * (size_t)d * sizeof *l);
    for (int i = 0; i < d; i++)
        for (int j = 0; j <= i; j++) {
            double sum = a[i * d + j];
            for (int k = 0; k < j; k++) sum -= l[i * d + k] * l[j * d + k];
            if (i == j && !(sum > 0.0)) return false;
            l[i * d + j] = i == j ? sqrt(sum) : sum / l[j * d + j];
        }
    return true;
}

/* proposals from the covariance of the second half of what the chain has seen, 2.38^2 / d times */
static void adapt(chain *c, int step, const double *scale, double *covariance, double *trial)
{
    int d = c->d, from = step / 2, n = step - from;
    for (int i = 0; i < d; i++)
        for (int j = 0; j < d; j++) {
            double mean_i = 0.0, mean_j = 0.0, sum = 0.0;
            for (int s = from; s < step; s++) {
                mean_i += c->all[(size_t)s * (size_t)d + (size_t)i] / n;
                mean_j += c->all[(size_t)s * (size_t)d + (size_t)j] / n;
            }
            for (int s = from; s < step; s++)
                sum += (c->all[(size_t)s * (size_t)d + (size_t)i] - mean_i) *
                       (c->all[(size_t)s * (size_t)d + (size_t)j] - mean_j);
            covariance[i * d + j] = 2.38 * 2.38 / d * (sum / (n - 1) + (i == j ? 1e-4 * scale[i] * scale[i] : 0.0));
        }
    if (factorise(covariance, d, trial)) memcpy(c->factor, trial, (size_t)d * (size_t)d * sizeof *trial);
}

static void chain_run(chain *c, mcmc_density density, void *context, const double *scale, double *covariance, double *trial)
{
    int d = c->d;
    double now = density(context, c->x);
    for (int step = 0; step < c->steps; step++) {
        for (int i = 0; i < d; i++) c->noise[i] = normal(c);
        for (int i = 0; i < d; i++) {
            c->proposal[i] = c->x[i];
            for (int k = 0; k <= i; k++) c->proposal[i] += c->factor[i * d + k] * c->noise[k];
        }
        double then = density(context, c->proposal);
        if (log(uniform(c)) < then - now) {
            memcpy(c->x, c->proposal, (size_t)d * sizeof *c->x);
            now = then;
            c->accepted += step >= c->dropped;
        }
        memcpy(c->all + (size_t)step * (size_t)d, c->x, (size_t)d * sizeof *c->x);
        if (step < c->dropped && step >= ADAPT_EVERY && step % ADAPT_EVERY == 0) adapt(c, step, scale, covariance, trial);
    }
}

/* potential scale reduction of Gelman and Rubin, the worst of the dimensions */
static double r_hat(const chain *chains, int d)
{
    double worst = 1.0;
    int from = chains[0].dropped, n = chains[0].steps - from;
    for (int i = 0; i < d; i++) {
        double mean[MCMC_CHAINS] = {0}, within = 0.0, all = 0.0, between = 0.0;
        for (int k = 0; k < MCMC_CHAINS; k++) {
            for (int s = 0; s < n; s++) mean[k] += chains[k].all[(size_t)(from + s) * (size_t)d + (size_t)i] / n;
            for (int s = 0; s < n; s++) {
                double off = chains[k].all[(size_t)(from + s) * (size_t)d + (size_t)i] - mean[k];
                within += off * off / (n - 1) / MCMC_CHAINS;
            }
            all += mean[k] / MCMC_CHAINS;
        }
        for (int k = 0; k < MCMC_CHAINS; k++) between += (mean[k] - all) * (mean[k] - all) / (MCMC_CHAINS - 1);
        if (within > 0.0) worst = fmax(worst, sqrt((n - 1.0) / n + between / within));
    }
    return worst;
}

static bool chain_create(chain *c, int d, int steps)
{
    size_t n = (size_t)d;
    c->all = malloc((size_t)steps * n * sizeof *c->all);
    c->factor = calloc(n * n, sizeof *c->factor);
    c->x = malloc(3 * n * sizeof *c->x);
    if (!c->all || !c->factor || !c->x) return false;
    c->proposal = c->x + n;
    c->noise = c->x + 2 * n;
    return true;
}

/* scattered about the start, where there is density */
static bool chain_start(chain *c, mcmc_density density, void *context, const double *start, const double *scale)
{
    for (int i = 0; i < c->d; i++) c->factor[i * c->d + i] = 0.5 * scale[i] / sqrt((double)c->d);
    for (int attempt = 0; attempt < 100; attempt++) {
        for (int i = 0; i < c->d; i++) c->x[i] = start[i] + (attempt < 99 ? SCATTER * scale[i] * normal(c) : 0.0);
        if (density(context, c->x) > -INFINITY) return true;
    }
    return false;
}

bool mcmc_run(mcmc_density density, void *context, const double *start, const double *scale, int d, int steps, int keep,
              uint64_t seed, mcmc_result *out)
{
    chain chains[MCMC_CHAINS] = {{0}};
    size_t n = (size_t)d;
    double *covariance = malloc(2 * n * n * sizeof *covariance);
    *out = (mcmc_result){.dimensions = d, .kept = keep, .draws = malloc((size_t)keep * n * sizeof *out->draws)};
    bool fine = covariance && out->draws;
    long accepted = 0;
    for (int k = 0; k < MCMC_CHAINS && fine; k++) {
        chain *c = &chains[k];
        *c = (chain){.d = d, .steps = steps, .dropped = (int)(steps * DROPPED), .seed = seed, .who = STREAM_PEOPLE + (uint64_t)k};
        fine = chain_create(c, d, steps) && chain_start(c, density, context, start, scale);
        if (fine) chain_run(c, density, context, scale, covariance, covariance + n * n);
        accepted += c->accepted;
    }
    if (fine) {
        int from = chains[0].dropped, left = steps - from;
        for (int i = 0; i < keep; i++) {
            const chain *c = &chains[i % MCMC_CHAINS];
            int step = from + (int)((i / MCMC_CHAINS + 0.5) * left / ((keep + MCMC_CHAINS - 1) / MCMC_CHAINS));
            memcpy(out->draws + (size_t)i * n, c->all + (size_t)step * n, n * sizeof *out->draws);
        }
        out->accepted = (double)accepted / MCMC_CHAINS / left;
        out->r_hat = r_hat(chains, d);
    }
    for (int k = 0; k < MCMC_CHAINS; k++) {
        free(chains[k].all);
        free(chains[k].factor);
        free(chains[k].x);
    }
    free(covariance);
    if (!fine) mcmc_free(out);
    return fine;
}

void mcmc_free(mcmc_result *result)
{
    free(result->draws);
    *result = (mcmc_result){0};
}
