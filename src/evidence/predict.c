/* Drawn trials of n people, a few thousand for each row. All random numbers come from the stream `uncertainty`, keyed by the
 * row, so that a row's interval does not depend on the rows beside it. */
#include "evidence/predict.h"

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

/* shift of the statistic under each draw of the parameters, against the same people without it; 0 where nobody is left */
static void fill_shifts(predict_statistic statistic, const double *values, const double *const *members, int n_members,
                        int64_t n_member, double *work, double *shift)
{
    double reference = statistic_of(statistic, work, keep_known(values, n_member, work));
    for (int k = 0; k < n_members; k++) {
        double own = statistic_of(statistic, work, keep_known(members[k], n_member, work));
        shift[k] = isnan(own) || isnan(reference) ? 0.0 : own - reference;
    }
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

/* share of one drawn trial. The share itself is known only as well as the simulated people can tell: it is drawn anew from as
 * many (half an event more of either kind keeps 0 and 1 from being certain). */
static double draw_share(double share, int64_t people, double shift, int64_t n, source *s)
{
    double known = (share * (double)people + 0.5) / ((double)people + 1.0);
    return draw_found(draw_found(known, people, s) + shift, n, s);
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

static void fill_intervals(double *trials, int64_t n, prediction *out)
{
    static const double outside[PREDICT_INTERVALS] = {0.25, 0.10, 0.025};
    summary_sort(trials, n);
    for (int i = 0; i < PREDICT_INTERVALS; i++) {
        out->low[i] = limit(trials, n, outside[i], false);
        out->high[i] = limit(trials, n, 1.0 - outside[i], true);
    }
}

bool predict_trial(predict_statistic statistic, const double *values, int64_t n_people, const double *const *members,
                   int n_members, int64_t n_member, int64_t trial_n, uint64_t seed, uint64_t row, prediction *out)
{
    int64_t drawn = trial_n < DRAWN_PEOPLE_MAX ? trial_n : DRAWN_PEOPLE_MAX;
    size_t room = (size_t)(n_people > drawn ? n_people : drawn) + 1;
    double *known = malloc(room * sizeof *known), *work = malloc(room * sizeof *work);
    double *shift = calloc((size_t)n_members + 1, sizeof *shift), *trials = malloc(TRIALS * sizeof *trials);
    bool fine = known && work && shift && trials && drawn > 0;
    if (!fine) goto done;

    int64_t people = keep_known(values, n_people, known);
    fine = people > 0;
    if (!fine) goto done;
    for (int64_t i = 0; i < people; i++) work[i] = known[i];
    *out = (prediction){.people = people, .simulated = statistic_of(statistic, work, people)};
    fill_shifts(statistic, values, members, n_members, n_member, work, shift);

    source s = {seed, row, 0};
    double spread = summary_mean(known, people).sd, monte_carlo = people > 1 ? spread / sqrt((double)people) : 0.0;
    double pull = sqrt((double)drawn / (double)trial_n); /* 1 unless the trial is huge */
    for (int64_t t = 0; t < TRIALS; t++) {
        double moved = n_members ? shift[(int)(next_uniform(&s) * n_members)] : 0.0;
        if (statistic == PREDICT_SHARE) {
            trials[t] = draw_share(out->simulated, people, moved, trial_n, &s);
            continue;
        }
        double found = draw_people(statistic, known, people, drawn, work, &s);
        trials[t] = out->simulated + (found - out->simulated) * pull + moved + monte_carlo * next_normal(&s);
    }
    /* no statistic of values that are never negative is negative */
    double least = known[0];
    for (int64_t i = 1; i < people; i++) least = known[i] < least ? known[i] : least;
    for (int64_t t = 0; t < TRIALS && least >= 0.0; t++) trials[t] = trials[t] > 0.0 ? trials[t] : 0.0;
    fill_intervals(trials, TRIALS, out);
done:
    free(known);
    free(work);
    free(shift);
    free(trials);
    return fine;
}
