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
    for (int64_t i = 0; i < n; i++) sum += statistic == PREDICT_GEOMETRIC_MEAN ? log1p(fmax(values[i], 0.0)) : values[i];
    return statistic == PREDICT_GEOMETRIC_MEAN ? expm1(sum / (double)n) : sum / (double)n;
}

/* log odds of a share found in n people, with half a person more of either kind: 0 and n of n have one, too */
static double log_odds(double share, double n)
{
    return log((share * n + 0.5) / (n - share * n + 0.5));
}

static double share_of(double log_odds)
{
    return 1.0 / (1.0 + exp(-log_odds));
}

/* what shifts are counted in: log odds of a share - of few people it goes in steps, and added to a share these leave 0 to 1 - else the statistic */
static double shift_scale(const predict_question *q, double found, int64_t n)
{
    return q->statistic == PREDICT_SHARE && !isnan(found) ? log_odds(found, (double)n) : found;
}

/* variance that the shift of one member owes to its few people: that of their paired differences, over their number */
static double shift_noise(const predict_question *q, const double *under)
{
    static const double of_mean[] = {
        [PREDICT_MEAN] = 1.0, [PREDICT_MEDIAN] = 1.5708, [PREDICT_GEOMETRIC_MEAN] = 1.0, [PREDICT_SHARE] = 1.0};
    double sum = 0.0, squares = 0.0, n = 0.0, both = 0.0;
    bool logs = q->statistic == PREDICT_GEOMETRIC_MEAN;
    for (int64_t i = 0; i < q->n_member; i++) {
        double a = under[i], b = q->values[i];
        if (isnan(a) || isnan(b)) continue;
        double difference = logs ? log1p(fmax(a, 0.0)) - log1p(fmax(b, 0.0)) : a - b;
        sum += difference;
        squares += difference * difference;
        both += a + b;
        n += 1.0;
    }
    if (n < 2.0) return 0.0;
    double share = (both + 1.0) / (2.0 * n + 2.0), of_odds = q->statistic == PREDICT_SHARE ? share * (1.0 - share) : 1.0;
    return of_mean[q->statistic] * fmax(squares - sum * sum / n, 0.0) / (n - 1.0) / n / (of_odds * of_odds);
}

/* Shift of the statistic under each draw of the parameters, against the same people without it; 0 where nobody is left. A few people
 * find shifts that differ by chance, too; the spread about the mean is drawn in to what is left without that. */
static void fill_shifts(const predict_question *q, double *work, double *shift)
{
    int64_t known = keep_known(q->values, q->n_member, work);
    double reference = shift_scale(q, statistic_of(q->statistic, work, known), known);
    double mean = 0.0, squares = 0.0, noise = 0.0;
    if (q->n_members == 0) return;
    for (int k = 0; k < q->n_members; k++) {
        known = keep_known(q->members[k], q->n_member, work);
        double own = shift_scale(q, statistic_of(q->statistic, work, known), known);
        double logs = q->statistic == PREDICT_GEOMETRIC_MEAN && !isnan(own) ? (1.0 + own) * (1.0 + own) : 1.0;
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

/* gamma with a shape of events + 1/2: exponentials and half a squared normal; of many, a cube of a normal (Wilson and Hilferty) */
static double draw_gamma(double events, source *s)
{
    double z = next_normal(s), shape = events + 0.5, product = 1.0;
    if (shape > DRAWN_PEOPLE_MAX) {
        double root = 1.0 - 1.0 / (9.0 * shape) + z / (3.0 * sqrt(shape));
        return shape * root * root * root;
    }
    double sum = 0.5 * z * z;
    for (int i = 0; i < (int)events; i++) {
        product *= next_uniform(s);
        if (product > 1e-200) continue;
        sum -= log(product);
        product = 1.0;
    }
    return sum - log(product);
}

/* Log odds of the share itself, which is known only as well as the simulated people can tell: those of a beta with half an event more of either
 * kind (Jeffreys), so that 0 and n of n are not certain. */
static double draw_known_odds(double share, int64_t people, source *s)
{
    double events = round(share * (double)people), with = draw_gamma(events, s), without = draw_gamma((double)people - events, s);
    return log(with / without);
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

/* one drawn trial without the discrepancy: `sampled` has chance alone, `moved` the parameters, too; of a share, the log odds behind it */
typedef struct {
    double sampled, moved, odds;
} drawn_trial;

typedef struct {
    const predict_question *q;
    double *known, *work, *shift;
    double *arm[2];          /* of a difference: the people of each arm .. */
    double arm_mean[2];
    int64_t arm_people[2];
    int64_t people, drawn;
    double simulated, monte_carlo, beyond_sd;
    bool never_negative; /* no statistic of values that are never negative is negative */
} prospect;

static double on_scale(const prospect *p, double x)
{
    if (p->q->statistic == PREDICT_SHARE) return log_odds(x, (double)p->people);
    return discrepancy_to(&p->q->scale, x);
}

static double clipped(const prospect *p, double x)
{
    if (p->q->most > 0.0 && x > p->q->most) return p->q->most;
    return p->never_negative && !(x > 0.0) ? 0.0 : x;
}

/* what the mean of n drawn people of an arm is off that of all */
static double draw_arm(const prospect *p, int arm, int64_t n, source *s)
{
    const int64_t drawn = n < DRAWN_PEOPLE_MAX ? n : DRAWN_PEOPLE_MAX;
    double found = draw_people(PREDICT_MEAN, p->arm[arm], p->arm_people[arm], drawn, p->work, s);
    return (found - p->arm_mean[arm]) * sqrt((double)drawn / (double)n);
}

static drawn_trial draw_one(const prospect *p, source *s)
{
    const predict_question *q = p->q;
    double moved = q->n_members ? p->shift[(int)(next_uniform(s) * q->n_members)] : 0.0;
    if (q->statistic == PREDICT_SHARE) {
        double odds = draw_known_odds(p->simulated, p->people, s), found = draw_found(share_of(odds), q->trial_n, s);
        return (drawn_trial){found, draw_found(share_of(odds + moved), q->trial_n, s), odds + moved};
    }
    double off;
    if (q->treated) {
        off = draw_arm(p, 0, q->trial_n, s);
        off -= draw_arm(p, 1, q->control_n, s);
    } else {
        double pull = sqrt((double)p->drawn / (double)q->trial_n); /* 1 unless the trial is huge */
        off = (draw_people(q->statistic, p->known, p->people, p->drawn, p->work, s) - p->simulated) * pull;
    }
    double sampled = p->simulated + off + p->monte_carlo * next_normal(s);
    return (drawn_trial){clipped(p, sampled), clipped(p, sampled + moved), NAN};
}

/* the same trial, which differs from the simulation by the discrepancy */
static double draw_beyond(const prospect *p, const drawn_trial *trial, source *s)
{
    const predict_question *q = p->q;
    double beyond = p->beyond_sd * gsl_cdf_tdist_Pinv(next_uniform(s), q->discrepancy_df);
    if (q->statistic != PREDICT_SHARE) return clipped(p, discrepancy_from(&q->scale, on_scale(p, trial->moved) + beyond));
    return draw_found(share_of(trial->odds + beyond), q->trial_n, s);
}

/* a drawn trial on the scale; of a share with half a person more of either kind */
static double found_on_scale(const prospect *p, double x)
{
    return p->q->statistic == PREDICT_SHARE ? log_odds(x, (double)p->q->trial_n) : on_scale(p, x);
}

static void fill_scale(const prospect *p, double sum, double squares, prediction *out)
{
    const predict_question *q = p->q;
    double mean = 0.0, centre = on_scale(p, p->simulated);
    out->sampling_sd = sqrt(fmax(squares / TRIALS - sum / TRIALS * (sum / TRIALS), 0.0));
    for (int k = 0; k < q->n_members; k++) {
        out->shift[k] =
            q->statistic == PREDICT_SHARE ? p->shift[k] : on_scale(p, clipped(p, p->simulated + p->shift[k])) - centre;
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
        double z = found_on_scale(p, one.sampled);
        sum += z;
        squares += z * z;
        bare[t] = one.moved;
        trials[t] = p->beyond_sd > 0.0 ? draw_beyond(p, &one, &beyond) : one.moved;
    }
    fill_scale(p, sum, squares, out);
    fill_intervals(bare, out->bare_low, out->bare_high);
    fill_intervals(trials, out->low, out->high);
}

void predict_beyond(predict_question *q, const discrepancy *known, discrepancy_kind kind)
{
    q->discrepancy_sd = known->term[kind].sd;
    q->discrepancy_df = known->term[kind].df;
    q->in_people_sds = kind == DISCREPANCY_other;
}

/* the people of both arms; false when one has nobody left */
static bool fill_arms(prospect *p)
{
    const double *of[2] = {p->q->treated, p->q->control};
    for (int a = 0; a < 2; a++) {
        p->arm_people[a] = keep_known(of[a], p->q->n_people, p->arm[a]);
        if (p->arm_people[a] == 0) return false;
        p->arm_mean[a] = summary_mean(p->arm[a], p->arm_people[a]).value;
    }
    return true;
}

bool predict_trial(const predict_question *q, prediction *out)
{
    int64_t drawn = q->trial_n < DRAWN_PEOPLE_MAX ? q->trial_n : DRAWN_PEOPLE_MAX;
    size_t room = (size_t)(q->n_people > DRAWN_PEOPLE_MAX ? q->n_people : DRAWN_PEOPLE_MAX) + 1;
    double *trials = malloc(2 * TRIALS * sizeof *trials);
    prospect p = {.q = q, .known = malloc(room * sizeof(double)), .work = malloc(room * sizeof(double)),
                  .shift = calloc((size_t)q->n_members + 1, sizeof(double)), .drawn = drawn};
    double *arms = malloc(2 * room * sizeof *arms);
    bool fine = p.known && p.work && p.shift && trials && arms && drawn > 0 && q->n_members <= PREDICT_MEMBERS;
    *out = (prediction){.simulated = NAN};
    if (fine) p.people = keep_known(q->values, q->n_people, p.known);
    p.arm[0] = arms, p.arm[1] = arms ? arms + room : NULL;
    fine = fine && p.people > 0 && (!q->treated || fill_arms(&p));
    if (!fine) goto done;

    for (int64_t i = 0; i < p.people; i++) p.work[i] = p.known[i];
    p.simulated = statistic_of(q->statistic, p.work, p.people);
    out->people_sd = p.people > 1 ? summary_mean(p.known, p.people).sd : 0.0;
    p.monte_carlo = out->people_sd / sqrt((double)p.people);
    if (q->treated && p.arm_people[0] > 1) out->people_sd = summary_mean(p.arm[0], p.arm_people[0]).sd;
    out->discrepancy_sd = p.beyond_sd = q->discrepancy_sd * (q->in_people_sds ? out->people_sd : 1.0);
    p.never_negative = !q->treated;
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
    free(arms);
    return fine;
}
