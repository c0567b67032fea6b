/* Drawn trials of n people, a few thousand for each row. All random numbers come from the stream `uncertainty`, keyed by the
 * row, so that a row's interval does not depend on the rows beside it. */
#include "evidence/predict.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "base/rng.h"
#include "stats/summary.h"

#define TRIALS 2000         /* a 95 % limit then has a Monte Carlo error of a few percent of the interval */
#define DRAWN_PEOPLE_MAX 256 /* larger trials are drawn with so many and pulled in to their own spread; counts become normal */

#define LEAST_OF_LOG 0.01 /* what an assay does not see counts as this in a geometric mean (C-peptide, nmol/L) */

typedef struct {
    uint64_t seed, row, index;
} source;

static double next_uniform(source *s)
{
    return rng_uniform(s->seed, s->row, RNG_uncertainty, s->index++);
}

static double next_normal(source *s)
{
    return rng_normal(s->seed, s->row, RNG_uncertainty, s->index++);
}

static int64_t keep_known(const double *values, int64_t n, double *out)
{
    int64_t kept = 0;
    for (int64_t i = 0; i < n; i++)
        if (!isnan(values[i])) out[kept++] = values[i];
    return kept;
}

/* statistic of n known values; `values` may be put in order */
static double statistic_of(predict_statistic statistic, double *values, int64_t n)
{
    double sum = 0.0;
    if (n == 0) return NAN;
    if (statistic == PREDICT_MEDIAN) {
        summary_sort(values, n);
        return summary_quantile(values, n, 0.5);
    }
    for (int64_t i = 0; i < n; i++) sum += statistic == PREDICT_GEOMETRIC_MEAN ? log(fmax(values[i], LEAST_OF_LOG)) : values[i];
    return statistic == PREDICT_GEOMETRIC_MEAN ? exp(sum / (double)n) : sum / (double)n;
}

/* variance that the shift of one member owes to its few people: that of their paired differences, over their number */
static double shift_noise(const predict_question *q, const double *under)
{
    static const double of_mean[] = {[PREDICT_MEAN] = 1.0, [PREDICT_MEDIAN] = 1.5708, [PREDICT_GEOMETRIC_MEAN] = 1.0, [PREDICT_SHARE] = 1.0};
    double sum = 0.0, squares = 0.0, n = 0.0;
    bool logs = q->statistic == PREDICT_GEOMETRIC_MEAN;
    for (int64_t i = 0; i < q->n_member; i++) {
        double a = under[i], b = q->values[i];
        if (isnan(a) || isnan(b)) continue;
        double difference = logs ? log(fmax(a, LEAST_OF_LOG)) - log(fmax(b, LEAST_OF_LOG)) : a - b;
        sum += difference;
        squares += difference * difference;
        n += 1.0;
    }
    return n < 2.0 ? 0.0 : of_mean[q->statistic] * fmax(squares - sum * sum / n, 0.0) / (n - 1.0) / n;
}

/* Shift of the statistic under each draw of the parameters, against the same people without it; 0 where nobody is left. A few people
 * find shifts that differ by chance, too; the spread about the mean is drawn in to what is left without that. */
static void fill_shifts(const predict_question *q, double *work, double *shift)
{
    double reference = statistic_of(q->statistic, work, keep_known(q->values, q->n_member, work));
    double mean = 0.0, squares = 0.0, noise = 0.0;
    if (q->n_members == 0) return;
    for (int k = 0; k < q->n_members; k++) {
        double own = statistic_of(q->statistic, work, keep_known(q->members[k], q->n_member, work));
        double logs = q->statistic == PREDICT_GEOMETRIC_MEAN && !isnan(own) ? own * own : 1.0;
        shift[k] = isnan(own) || isnan(reference) ? 0.0 : own - reference;
        mean += shift[k] / q->n_members;
        noise += shift_noise(q, q->members[k]) * logs / q->n_members;
    }
    for (int k = 0; k < q->n_members; k++) squares += (shift[k] - mean) * (shift[k] - mean);
    double variance = q->n_members > 1 ? squares / (q->n_members - 1) : 0.0;
    double kept = variance > noise ? sqrt(1.0 - noise / variance) : 0.0;
    for (int k = 0; k < q->n_members; k++) shift[k] = mean + kept * (shift[k] - mean);
}

/* share found in n people; a normal draw where they are many */
static double draw_found(double share, int64_t n, source *s)
{
    int64_t count = 0;
    share = share > 1.0 ? 1.0 : share > 0.0 ? share : 0.0;
    if (n > DRAWN_PEOPLE_MAX) {
        double found = share + sqrt(share * (1.0 - share) / (double)n) * next_normal(s);
        return found > 1.0 ? 1.0 : found > 0.0 ? found : 0.0;
    }
    for (int64_t i = 0; i < n; i++) count += next_uniform(s) < share;
    return (double)count / (double)n;
}

/* The share itself is known only as well as the simulated people can tell: it is drawn anew from as many (half an event more of
 * either kind keeps 0 and 1 from being certain). */
static double draw_known_share(double share, int64_t people, source *s)
{
    return draw_found((share * (double)people + 0.5) / ((double)people + 1.0), people, s);
}

static double draw_people(predict_statistic statistic, const double *known, int64_t people, int64_t n, double *work, source *s)
{
    for (int64_t i = 0; i < n; i++) work[i] = known[(int64_t)(next_uniform(s) * (double)people)];
    return statistic_of(statistic, work, n);
}

/* lowest order statistic with at least p below or at it: a limit that is a value of a drawn trial, as counts are */
static double limit(const double *sorted, int64_t n, double p, bool upper)
{
    int64_t at = upper ? (int64_t)ceil(p * (double)n) - 1 : (int64_t)floor(p * (double)n);
    return sorted[at < 0 ? 0 : at >= n ? n - 1 : at];
}

static void fill_intervals(double *trials, double low[PREDICT_INTERVALS], double high[PREDICT_INTERVALS])
{
    static const double outside[PREDICT_INTERVALS] = {0.25, 0.10, 0.025};
    summary_sort(trials, TRIALS);
    for (int i = 0; i < PREDICT_INTERVALS; i++) {
        low[i] = limit(trials, TRIALS, outside[i], false);
        high[i] = limit(trials, TRIALS, 1.0 - outside[i], true);
    }
}

/* one drawn trial without the discrepancy: `sampled` has chance alone, `moved` the parameters, too; of a share, the share itself */
typedef struct {
    double sampled, moved, share;
} drawn_trial;

typedef struct {
    const predict_question *q;
    double *known, *work, *shift;
    int64_t people, drawn;
    double simulated, monte_carlo;
    double least_share;  /* what so few simulated people cannot tell from 0 */
    bool never_negative; /* no statistic of values that are never negative is negative */
} prospect;

static double on_scale(const prospect *p, double x)
{
    if (p->q->statistic == PREDICT_SHARE) x = fmin(fmax(x, p->least_share), 1.0 - p->least_share);
    return discrepancy_to(&p->q->scale, x);
}

static double clipped(const prospect *p, double x)
{
    return p->never_negative && !(x > 0.0) ? 0.0 : x;
}

static drawn_trial draw_one(const prospect *p, source *s)
{
    const predict_question *q = p->q;
    double moved = q->n_members ? p->shift[(int)(next_uniform(s) * q->n_members)] : 0.0;
    if (q->statistic == PREDICT_SHARE) {
        double share = draw_known_share(p->simulated, p->people, s), found = draw_found(share, q->trial_n, s);
        return (drawn_trial){found, draw_found(share + moved, q->trial_n, s), share + moved};
    }
    double found = draw_people(q->statistic, p->known, p->people, p->drawn, p->work, s);
    double pull = sqrt((double)p->drawn / (double)q->trial_n); /* 1 unless the trial is huge */
    double sampled = p->simulated + (found - p->simulated) * pull + p->monte_carlo * next_normal(s);
    return (drawn_trial){clipped(p, sampled), clipped(p, sampled + moved), NAN};
}

/* the same trial, which differs from the simulation by the discrepancy */
static double draw_beyond(const prospect *p, const drawn_trial *trial, source *s)
{
    const predict_question *q = p->q;
    double beyond = q->discrepancy_sd * gsl_cdf_tdist_Pinv(next_uniform(s), q->discrepancy_df);
    if (q->statistic != PREDICT_SHARE) return clipped(p, discrepancy_from(&q->scale, on_scale(p, trial->moved) + beyond));
    return draw_found(discrepancy_from(&q->scale, on_scale(p, trial->share) + beyond), q->trial_n, s);
}

/* (k + 1/2) / (n + 1) of a share, so that 0 and n of n have a logit */
static double countable(const prospect *p, double x)
{
    return p->q->statistic == PREDICT_SHARE ? (x * (double)p->q->trial_n + 0.5) / ((double)p->q->trial_n + 1.0) : x;
}

static void fill_scale(const prospect *p, double sum, double squares, prediction *out)
{
    const predict_question *q = p->q;
    double mean = 0.0, centre = on_scale(p, p->simulated);
    out->sampling_sd = sqrt(fmax(squares / TRIALS - sum / TRIALS * (sum / TRIALS), 0.0));
    for (int k = 0; k < q->n_members; k++) {
        out->shift[k] = on_scale(p, clipped(p, p->simulated + p->shift[k])) - centre;
        mean += out->shift[k] / q->n_members;
    }
    for (int k = 0; k < q->n_members; k++) out->shift[k] -= mean;
    out->centre = centre + mean;
}

static void fill_prediction(const prospect *p, double *bare, double *trials, prediction *out)
{
    const predict_question *q = p->q;
    source s = {q->seed, q->row, 0}, beyond = {q->seed, q->row, (uint64_t)1 << 40}; /* the bare intervals do not depend on it */
    double sum = 0.0, squares = 0.0;
    for (int64_t t = 0; t < TRIALS; t++) {
        drawn_trial one = draw_one(p, &s);
        double z = discrepancy_to(&q->scale, countable(p, one.sampled));
        sum += z;
        squares += z * z;
        bare[t] = one.moved;
        trials[t] = q->discrepancy_sd > 0.0 ? draw_beyond(p, &one, &beyond) : one.moved;
    }
    fill_scale(p, sum, squares, out);
    fill_intervals(bare, out->bare_low, out->bare_high);
    fill_intervals(trials, out->low, out->high);
}

bool predict_trial(const predict_question *q, prediction *out)
{
    int64_t drawn = q->trial_n < DRAWN_PEOPLE_MAX ? q->trial_n : DRAWN_PEOPLE_MAX;
    size_t room = (size_t)(q->n_people > drawn ? q->n_people : drawn) + 1;
    double *trials = malloc(2 * TRIALS * sizeof *trials);
    prospect p = {.q = q, .known = malloc(room * sizeof(double)), .work = malloc(room * sizeof(double)),
                  .shift = calloc((size_t)q->n_members + 1, sizeof(double)), .drawn = drawn};
    bool fine = p.known && p.work && p.shift && trials && drawn > 0 && q->n_members <= PREDICT_MEMBERS;
    *out = (prediction){.simulated = NAN};
    if (fine) p.people = keep_known(q->values, q->n_people, p.known);
    fine = fine && p.people > 0;
    if (!fine) goto done;

    for (int64_t i = 0; i < p.people; i++) p.work[i] = p.known[i];
    p.simulated = statistic_of(q->statistic, p.work, p.people);
    p.monte_carlo = p.people > 1 ? summary_mean(p.known, p.people).sd / sqrt((double)p.people) : 0.0;
    p.least_share = 0.5 / ((double)p.people + 1.0);
    p.never_negative = true;
    for (int64_t i = 0; i < p.people; i++) p.never_negative = p.never_negative && p.known[i] >= 0.0;
    fill_shifts(q, p.work, p.shift);
    out->people = p.people;
    out->simulated = p.simulated;
    fill_prediction(&p, trials, trials + TRIALS, out);
done:
    free(p.known);
    free(p.work);
    free(p.shift);
    free(trials);
    return fine;
}
