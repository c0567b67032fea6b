/* Drawn trials of n people, a few thousand for each row. */
#include "evidence/predict.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>

#include "evidence/chance.h"
#include "stats/summary.h"

#define TRIALS 2000         /* a 95 % limit then has a Monte Carlo error of a few percent of the interval */
#define DRAWN_PEOPLE_MAX 256 /* larger trials are drawn with so many and pulled in to their own spread */

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

/* Events a person-year of one arm? A difference of two is shifted, and reads, as other differences do. */
static bool is_rate(const predict_question *q)
{
    return q->statistic == PREDICT_RATE && !q->treated;
}

/* half an event in the person-years of n people: what a rate without any is counted with */
static double half_event(const predict_question *q, int64_t n)
{
    return 0.5 / ((double)n * q->years);
}

/* what shifts are counted in: log odds of a share, log of a rate - of few people they go in steps, and added to the number itself these leave its scale - else
 * the statistic */
static double shift_scale(const predict_question *q, double found, int64_t n)
{
    if (isnan(found)) return found;
    if (is_rate(q)) return log(found + half_event(q, n));
    return q->statistic == PREDICT_SHARE ? log_odds(found, (double)n) : found;
}

/* variance that the shift of one member owes to its few people: that of their paired differences, over their number */
static double shift_noise(const predict_question *q, const double *under)
{
    static const double of_mean[] = {
        [PREDICT_MEAN] = 1.0, [PREDICT_MEDIAN] = 1.5708, [PREDICT_GEOMETRIC_MEAN] = 1.0, [PREDICT_SHARE] = 1.0, [PREDICT_RATE] = 1.0};
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
    double share = (both + 1.0) / (2.0 * n + 2.0), slope = q->statistic == PREDICT_SHARE ? share * (1.0 - share) : 1.0;
    if (is_rate(q)) slope = 0.5 * both / n + half_event(q, (int64_t)n);
    return of_mean[q->statistic] * fmax(squares - sum * sum / n, 0.0) / (n - 1.0) / n / (slope * slope);
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

/* Log odds of the share itself, which is known only as well as the simulated people can tell: those of a beta with half an event more of either
 * kind (Jeffreys), so that 0 and n of n are not certain. */
static double draw_known_odds(double share, int64_t people, chance *s)
{
    double events = round(share * (double)people), with = chance_gamma(s, events + 0.5);
    return log(with / chance_gamma(s, (double)people - events + 0.5));
}

/* A rate as the simulated people tell it. Events come in people who have more of them than others: `clumps` is the variance of people's
 * counts over their mean, 1 of a Poisson law, and so many events say as much as one. */
typedef struct {
    double events, person_years, clumps;
} known_rate;

static known_rate rate_of(const double *values, int64_t people, double years)
{
    known_rate out = {0.0, (double)people * years, 1.0};
    double squares = 0.0;
    for (int64_t i = 0; i < people; i++) {
        const double count = values[i] * years;
        out.events += count;
        squares += count * count;
    }
    const double mean = out.events / (double)people;
    if (people > 1 && mean > 0.0) out.clumps = fmax((squares - out.events * mean) / (double)(people - 1) / mean, 1.0);
    return out;
}

/* The rate itself: a gamma with half an event more (Jeffreys), so that no event in so many person-years is no certainty of none. */
static double draw_known_rate(const known_rate *r, chance *s)
{
    return chance_gamma(s, r->events / r->clumps + 0.5) * r->clumps / r->person_years;
}

/* what a trial of n people finds: a Poisson count, of clumps a negative binomial one */
static double draw_found_rate(const predict_question *q, const known_rate *r, double rate, int64_t n, chance *s)
{
    const double person_years = (double)n * q->years, more = r->clumps - 1.0;
    double mean = fmax(rate, 0.0) * person_years;
    if (more > 0.0 && mean > 0.0) mean = more * chance_gamma(s, mean / more);
    return chance_poisson(s, mean) / person_years;
}

static double draw_people(predict_statistic statistic, const double *known, int64_t people, int64_t n, double *work, chance *s)
{
    for (int64_t i = 0; i < n; i++) work[i] = known[(int64_t)(chance_uniform(s) * (double)people)];
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

/* one drawn trial without the discrepancy: `sampled` has chance alone, `moved` the parameters, too; of a share, the log odds behind it, of a rate the rate */
typedef struct {
    double sampled, moved, behind;
} drawn_trial;

typedef struct {
    const predict_question *q;
    double *known, *work, *shift;
    double *arm[2];          /* of a difference: the people of each arm .. */
    double arm_mean[2];
    int64_t arm_people[2];
    int64_t people, drawn;
    known_rate rate[2];      /* of a rate: of the people, or of each arm */
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
static double draw_arm(const prospect *p, int arm, int64_t n, chance *s)
{
    const int64_t drawn = n < DRAWN_PEOPLE_MAX ? n : DRAWN_PEOPLE_MAX;
    if (p->q->statistic == PREDICT_RATE)
        return draw_found_rate(p->q, &p->rate[arm], draw_known_rate(&p->rate[arm], s), n, s) - p->arm_mean[arm];
    double found = draw_people(PREDICT_MEAN, p->arm[arm], p->arm_people[arm], drawn, p->work, s);
    return (found - p->arm_mean[arm]) * sqrt((double)drawn / (double)n);
}

static drawn_trial draw_one(const prospect *p, chance *s)
{
    const predict_question *q = p->q;
    double moved = q->n_members ? p->shift[(int)(chance_uniform(s) * q->n_members)] : 0.0;
    if (q->statistic == PREDICT_SHARE) {
        double odds = draw_known_odds(p->simulated, p->people, s), found = chance_share(s, share_of(odds), q->trial_n);
        return (drawn_trial){found, chance_share(s, share_of(odds + moved), q->trial_n), odds + moved};
    }
    if (is_rate(q)) {
        double rate = draw_known_rate(&p->rate[0], s), found = draw_found_rate(q, &p->rate[0], rate, q->trial_n, s);
        rate *= exp(moved);
        return (drawn_trial){found, draw_found_rate(q, &p->rate[0], rate, q->trial_n, s), rate};
    }
    double off;
    if (q->treated) {
        off = draw_arm(p, 0, q->trial_n, s);
        off -= draw_arm(p, 1, q->control_n, s);
    } else {
        double pull = sqrt((double)p->drawn / (double)q->trial_n); /* 1 unless the trial is huge */
        off = (draw_people(q->statistic, p->known, p->people, p->drawn, p->work, s) - p->simulated) * pull;
    }
    double sampled = p->simulated + off + p->monte_carlo * chance_normal(s);
    return (drawn_trial){clipped(p, sampled), clipped(p, sampled + moved), NAN};
}

/* the same trial, which differs from the simulation by the discrepancy */
static double draw_beyond(const prospect *p, const drawn_trial *trial, chance *s)
{
    const predict_question *q = p->q;
    double beyond = p->beyond_sd * gsl_cdf_tdist_Pinv(chance_uniform(s), q->discrepancy_df);
    if (is_rate(q)) return draw_found_rate(q, &p->rate[0], trial->behind + beyond, q->trial_n, s);
    if (q->statistic != PREDICT_SHARE) return clipped(p, discrepancy_from(&q->scale, on_scale(p, trial->moved) + beyond));
    return chance_share(s, share_of(trial->behind + beyond), q->trial_n);
}

/* a drawn trial on the scale; of a share with half a person more of either kind */
static double found_on_scale(const prospect *p, double x)
{
    return p->q->statistic == PREDICT_SHARE ? log_odds(x, (double)p->q->trial_n) : on_scale(p, x);
}

/* what a draw does to the statistic on the scale; `centre` is that of the shipped values */
static double moved_on_scale(const prospect *p, double shift, double centre)
{
    if (p->q->statistic == PREDICT_SHARE) return shift;
    if (is_rate(p->q)) return (p->simulated + half_event(p->q, p->people)) * expm1(shift);
    return on_scale(p, clipped(p, p->simulated + shift)) - centre;
}

static void fill_scale(const prospect *p, double sum, double squares, prediction *out)
{
    const predict_question *q = p->q;
    double mean = 0.0, centre = on_scale(p, p->simulated);
    out->sampling_sd = sqrt(fmax(squares / TRIALS - sum / TRIALS * (sum / TRIALS), 0.0));
    for (int k = 0; k < q->n_members; k++) {
        out->shift[k] = moved_on_scale(p, p->shift[k], centre);
        mean += out->shift[k] / q->n_members;
    }
    for (int k = 0; k < q->n_members; k++) out->shift[k] -= mean;
    out->centre = centre + mean;
}

static void fill_prediction(const prospect *p, double *bare, double *trials, prediction *out)
{
    const predict_question *q = p->q;
    chance s = {q->seed, q->row, 0}, beyond = {q->seed, q->row, (uint64_t)1 << 40}; /* the bare intervals do not depend on it */
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
    const bool counts = q->statistic == PREDICT_SHARE || q->statistic == PREDICT_RATE;
    out->constant = !counts && trials[0] == trials[TRIALS - 1];
}

void predict_beyond(predict_question *q, const discrepancy *known, discrepancy_kind kind)
{
    const discrepancy_term *term = &known->term[kind];
    q->discrepancy_sd = q->treated ? term->arms_sd : term->sd;
    q->discrepancy_df = q->treated ? term->arms_df : term->df;
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

/* rates of the people or of both arms; SD of a person's, of the first arm */
static double fill_rates(prospect *p)
{
    const double years = p->q->years;
    for (int a = 0; a < 2; a++)
        p->rate[a] = p->q->treated ? rate_of(p->arm[a], p->arm_people[a], years) : rate_of(p->known, p->people, years);
    return sqrt(p->rate[0].clumps * (p->rate[0].events + 0.5) / p->rate[0].person_years / years);
}

bool predict_trial(const predict_question *q, prediction *out)
{
    int64_t drawn = q->trial_n < DRAWN_PEOPLE_MAX ? q->trial_n : DRAWN_PEOPLE_MAX;
    size_t room = (size_t)(q->n_people > DRAWN_PEOPLE_MAX ? q->n_people : DRAWN_PEOPLE_MAX) + 1;
    double *trials = malloc(2 * TRIALS * sizeof *trials);
    prospect p = {.q = q, .known = malloc(room * sizeof(double)), .work = malloc(room * sizeof(double)),
                  .shift = calloc((size_t)q->n_members + 1, sizeof(double)), .drawn = drawn};
    double *arms = malloc(2 * room * sizeof *arms);
    bool fine = p.known && p.work && p.shift && trials && arms && drawn > 0 && q->n_members <= PREDICT_MEMBERS &&
                (q->statistic != PREDICT_RATE || q->years > 0.0);
    *out = (prediction){.simulated = NAN};
    if (fine) p.people = keep_known(q->values, q->n_people, p.known);
    p.arm[0] = arms, p.arm[1] = arms ? arms + room : NULL;
    fine = fine && p.people > 0 && (!q->treated || fill_arms(&p));
    if (!fine) goto done;

    for (int64_t i = 0; i < p.people; i++) p.work[i] = p.known[i];
    p.simulated = statistic_of(q->statistic, p.work, p.people);
    out->people_sd = p.people > 1 ? summary_mean(p.known, p.people).sd : 0.0;
    p.monte_carlo = q->statistic == PREDICT_RATE ? 0.0 : out->people_sd / sqrt((double)p.people);
    const double within_sd = out->people_sd; /* of a difference: of what arms do to the same person, which holds nothing of what people come with */
    if (q->treated && p.arm_people[0] > 1) out->people_sd = summary_mean(p.arm[0], p.arm_people[0]).sd;
    if (q->statistic == PREDICT_RATE) out->people_sd = fill_rates(&p);
    out->discrepancy_sd = p.beyond_sd = q->discrepancy_sd * (!q->in_people_sds ? 1.0 : q->treated ? within_sd : out->people_sd);
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
