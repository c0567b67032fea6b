/* What a forecast shows: how well people match, bands over the visits, chances and harms out of 100, and what is not known. */
#include "evidence/forecast.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/rng.h"
#include "base/table.h"
#include "base/units.h"
#include "evidence/predict.h"
#include "stats/summary.h"
#include "therapy/bounds.h"

#define OFF 0.25     /* halves of a range by which people's mean may be off the patient's value before it is said */
#define MANY 1000000 /* a share of so many people has no chance left in it */

/* what a trial of many such people would find of an end point; false when nobody has a value */
static bool predict_many(const forecast *f, int arm, int visit, endpoint_id endpoint, bool share, predict_question *q,
                         prediction *out)
{
    const endpoint_info *info = &islet_endpoint_info[endpoint];
    const double *under[FORECAST_MEMBERS];
    for (int k = 0; k < f->members; k++) under[k] = f->member_values[k] + forecast_member_slot(f, arm, visit, endpoint);
    *q = (predict_question){.statistic = share ? PREDICT_SHARE : PREDICT_MEAN,
                            .values = f->values + forecast_slot(f, arm, visit, endpoint),
                            .n_people = f->n,
                            .members = under,
                            .n_members = f->members,
                            .n_member = f->member_people,
                            .trial_n = MANY,
                            .seed = f->seed,
                            .row = forecast_slot(f, arm, visit, endpoint) / (size_t)f->n};
    predict_beyond(q, &f->beyond, discrepancy_of(info->key, info->kind, false, &q->scale));
    bool known = predict_trial(q, out);
    q->members = NULL;
    return known;
}

static bool add_like(const forecast *f, islet_table *out)
{
    for (int i = 0; i < FORECAST_MATCHED; i++) {
        trait_id trait = forecast_tolerances[i].trait;
        const item_info *info = &record_items[trait];
        const record_value *at = &f->record.items[trait];
        char low[NUMBER_TEXT] = "", high[NUMBER_TEXT] = "", mean[NUMBER_TEXT];
        bool known = forecast_is_known(f, trait);
        if (known) number_write_fixed(f->protocol.population.require[trait].low, 3, low);
        if (known) number_write_fixed(f->protocol.population.require[trait].high, 3, high);
        const summary people = summary_mean(f->traits[i], f->n);
        number_write_fixed(people.value, 3, mean);
        const bool is_off = fabs(forecast_off(f, i, people.value)) > OFF;
        const char *note = at->conflict   ? "values disagree: not used, assumed as in the population"
                           : at->doubtful ? "found, but not to be counted on: assumed as in the population"
                           : !known     ? "not given: assumed as in the population"
                           : is_off     ? "the people's mean is not the patient's value: too few are like this; what follows is of people with their mean"
                           : f->widened ? "the range was widened, because too few people were like this"
                                        : "";
        if (!table_add_row(
                out, (const char *const[]){info->key, info->unit, at->known || at->doubtful ? at->found : "", low, high, mean, note}))
            return false;
    }
    return true;
}

/* `all` gets every measured value once under each draw, moved on the end point's scale by what the draw does to the mean and by a discrepancy of its
 * own; how many they are */
static int64_t spread_values(const forecast *f, int arm, int visit, endpoint_id endpoint, const double *sorted,
                             int64_t measured, double *all)
{
    predict_question q;
    prediction p;
    int draws = f->members > 0 ? f->members : 1;
    uint64_t index = 0;
    if (!predict_many(f, arm, visit, endpoint, false, &q, &p)) return 0;
    double centre = p.centre - discrepancy_to(&q.scale, p.simulated);
    for (int k = 0; k < draws; k++)
        for (int64_t i = 0; i < measured; i++) {
            double chance = rng_uniform(f->seed, q.row, RNG_uncertainty, ((uint64_t)1 << 41) + index);
            double beyond = p.discrepancy_sd > 0.0 ? p.discrepancy_sd * gsl_cdf_tdist_Pinv(chance, q.discrepancy_df) : 0.0;
            double moved = discrepancy_from(&q.scale, discrepancy_to(&q.scale, sorted[i]) + centre +
                                                          (f->members > 0 ? p.shift[k] : 0.0) + beyond);
            all[index++] = sorted[0] >= 0.0 && !(moved > 0.0) ? 0.0 : moved;
        }
    return summary_sort(all, (int64_t)index);
}

static bool add_band(const forecast *f, int arm, int visit, endpoint_id endpoint, double *sorted, double *all, islet_table *out)
{
    static const double at[] = {0.05, 0.25, 0.5, 0.75, 0.95};
    const endpoint_info *info = &islet_endpoint_info[endpoint];
    char day[NUMBER_TEXT], quantile[5][NUMBER_TEXT], bare[5][NUMBER_TEXT], n[NUMBER_TEXT];
    memcpy(sorted, f->values + forecast_slot(f, arm, visit, endpoint), (size_t)f->n * sizeof *sorted);
    int64_t measured = summary_sort(sorted, f->n), moved = measured;
    /* day 0 is what people were taken by, before any treatment: nothing of the model is uncertain in it, and it is the same in every arm */
    if (trial_visit_day(f->trial, visit) == 0) memcpy(all, sorted, (size_t)measured * sizeof *all);
    else moved = spread_values(f, arm, visit, endpoint, sorted, measured, all);
    number_write(trial_visit_day(f->trial, visit), day);
    number_write((double)measured, n);
    for (int q = 0; q < 5; q++) {
        number_write_fixed(summary_quantile(all, moved, at[q]), 3, quantile[q]);
        number_write_fixed(summary_quantile(sorted, measured, at[q]), 3, bare[q]);
    }
    return table_add_row(out, (const char *const[]){f->protocol.arms[arm].name, info->key, info->unit, day, quantile[0],
                                                    quantile[1], quantile[2], quantile[3], quantile[4], n, bare[0],
                                                    bare[2], bare[4]});
}

static bool add_bands(const forecast *f, islet_table *out)
{
    static const endpoint_id shown[] = {ENDPOINT_hba1c_pct, ENDPOINT_c_peptide_stimulated_nmol_l, ENDPOINT_insulin_u_per_kg_day};
    double *sorted = calloc((size_t)f->n, sizeof *sorted), *all = calloc((size_t)f->n * FORECAST_MEMBERS, sizeof *all);
    bool fine = sorted && all;
    for (int a = 0; a < f->protocol.n_arms; a++)
        for (size_t e = 0; e < sizeof shown / sizeof *shown; e++)
            for (int v = 0; v < f->n_visits && fine; v++) fine = add_band(f, a, v, shown[e], sorted, all, out);
    free(sorted);
    free(all);
    return fine;
}

/* Can the harm come to people of the arm at all? What comes of a treatment does not come without it. */
static bool is_possible(const forecast *f, const protocol_arm *arm, endpoint_id harm)
{
    bool cells = false, portal = false, beta = false, drugs = arm->regimen >= 0 || arm->conditioning >= 0;
    for (int i = 0; i < arm->n_courses; i++) {
        const cell_course *course = &arm->courses[i];
        if (!course_has_dose(course)) continue;
        cells = true;
        portal = portal || course->route == ROUTE_portal_vein;
        beta = beta || product_has_beta_cells(&f->protocol.products[course->product]);
    }
    switch (harm) {
    case ENDPOINT_portal_bleeding:
    case ENDPOINT_portal_thrombosis: return portal;
    case ENDPOINT_graft_lost:
    case ENDPOINT_sensitisation: return beta;
    case ENDPOINT_fever:
    case ENDPOINT_infusion_reaction:
    case ENDPOINT_treatment_death: return cells || drugs;
    case ENDPOINT_cmv_infection:
    case ENDPOINT_serious_infection:
    case ENDPOINT_neutropenia:
    case ENDPOINT_malignancy: return drugs;
    case ENDPOINT_infertility: return arm->conditioning >= 0;
    default: return true;
    }
}

/* People with the outcome out of everybody, as of 100; 0 to 0 of what cannot come to the arm. */
static bool add_share(const forecast *f, int arm, int visit, endpoint_id endpoint, islet_table *out)
{
    const double *x = f->values + forecast_slot(f, arm, visit, endpoint);
    int64_t events = 0;
    for (int64_t i = 0; i < f->n; i++) events += x[i] > 0.0; /* missing is not above 0 */
    summary s = summary_binomial(events, f->n);
    predict_question q;
    prediction p;
    const bool possible = events > 0 || is_possible(f, &f->protocol.arms[arm], endpoint);
    if (!possible) s.ci_high = 0.0;
    char day[NUMBER_TEXT], of_100[NUMBER_TEXT], low[NUMBER_TEXT], high[NUMBER_TEXT], n[NUMBER_TEXT],
        bare_low[NUMBER_TEXT], bare_high[NUMBER_TEXT];
    bool known = possible && predict_many(f, arm, visit, endpoint, true, &q, &p);
    number_write(trial_visit_day(f->trial, visit), day);
    number_write_fixed(100.0 * s.value, 0, of_100);
    number_write_fixed(100.0 * (known ? fmin(p.low[PI95], s.ci_low) : s.ci_low), 0, low);
    number_write_fixed(100.0 * (known ? fmax(p.high[PI95], s.ci_high) : s.ci_high), 0, high);
    number_write_fixed(100.0 * s.ci_low, 0, bare_low);
    number_write_fixed(100.0 * s.ci_high, 0, bare_high);
    number_write((double)f->n, n);
    const endpoint_info *info = &islet_endpoint_info[endpoint];
    return table_add_row(out, (const char *const[]){f->protocol.arms[arm].name, info->key, info->sentence, day, of_100,
                                                    low, high, n, bare_low, bare_high});
}

/* A reaction of which no file gives a share: there is no row of it. */
static bool is_unknown(const forecast *f, int arm, endpoint_id harm)
{
    const protocol_arm *of = &f->protocol.arms[arm];
    return (harm == ENDPOINT_fever && !protocol_knows_fever(&f->protocol, of)) ||
           (harm == ENDPOINT_infusion_reaction && !protocol_knows_reactions(&f->protocol, of));
}

static bool add_shares(const forecast *f, bool harms, islet_table *out)
{
    static const int at_day[] = {365, 730, 1825};
    bool fine = true;
    for (int a = 0; a < f->protocol.n_arms; a++)
        for (int e = 0; e < ENDPOINT_COUNT; e++) {
            bool chance = e == ENDPOINT_insulin_independent || e == ENDPOINT_free_of_harm ||
                          (e == ENDPOINT_remission_t2d && f->protocol.population.diabetes == DIABETES_TYPE2);
            bool harm = islet_endpoint_info[e].kind == ENDPOINT_KIND_harm && e != ENDPOINT_withdrawn;
            if (harms ? !harm : !chance) continue;
            if (is_unknown(f, a, (endpoint_id)e)) continue;
            for (int v = 0; v < f->n_visits && fine; v++) {
                int day = trial_visit_day(f->trial, v);
                bool wanted = v == f->n_visits - 1;
                for (size_t d = 0; d < sizeof at_day / sizeof *at_day; d++) wanted = wanted || day == at_day[d];
                if (wanted) fine = add_share(f, a, v, (endpoint_id)e, out);
            }
        }
    return fine;
}

static bool add_bound(islet_table *out, const char *question, const char *arm, double bound)
{
    char text[320], of_100[NUMBER_TEXT];
    if (isnan(bound)) return true;
    number_write_fixed(100.0 * bound, 1, of_100);
    snprintf(text, sizeof text,
             "%s ('%.100s'): of 100 people at most %s, an upper bound and no estimate; it is not simulated", question,
             arm, of_100);
    return table_add_row(out, (const char *const[]){text});
}

/* Which diabetes: not asked for where it is not given, but never passed over in silence. */
static bool add_type(const forecast *f, islet_table *out)
{
    const int of = f->protocol.population.diabetes;
    const item_id item = of == DIABETES_TYPE2 ? ITEM_type_2_diabetes : ITEM_type_1_diabetes;
    const record_value *at = &f->record.items[item];
    char text[320];
    if (of == DIABETES_NONE || (at->known && !at->conflict)) return true;
    snprintf(text, sizeof text, "whether the patient has %s: %s; the people simulated have it", record_items[item].sentence,
             at->known ? at->found : "not given");
    return table_add_row(out, (const char *const[]){text});
}

static const char *screened_words(islet_eligibility screened)
{
    switch (screened) {
    case ISLET_ELIGIBLE: return "that every criterion is met";
    case ISLET_NOT_ELIGIBLE: return "no, a criterion is not met";
    case ISLET_NOT_NOW: return "not now, something that passes stands against it";
    case ISLET_ELIGIBILITY_UNKNOWN: return "that something is missing";
    case ISLET_NEEDS_JUDGEMENT: return "that a doctor has to judge";
    }
    return "nothing";
}

static bool add_unknown(const forecast *f, islet_eligibility screened, islet_table *out)
{
    char treated[160];
    snprintf(treated, sizeof treated, "whether the patient may be treated at all: islet screen says %s", screened_words(screened));
    static const char *const always[] = {
        "whether this patient is one of those who do better or worse: the bands are people who share only the values above",
        "what is not among the values: other diseases, other drugs, how carefully doses are taken",
        "how the treatment does beyond the years it was published for; the model goes on with what it has",
        "where the model misses published results: docs/calibration.md; it is more pessimistic about glucose control after stem-cell islets",
    };
    bool fine = true;
    for (size_t i = 0; i < sizeof always / sizeof *always && fine; i++)
        fine = table_add_row(out, (const char *const[]){always[i]});
    fine = fine && add_type(f, out) && table_add_row(out, (const char *const[]){treated});
    for (int i = 0; i < f->protocol.n_products && fine; i++) {
        char text[320];
        snprintf(text, sizeof text, "how sure the numbers of %s are: its evidence is of grade %s (islet products %s)",
                 f->protocol.products[i].title, evidence_grade_words[f->protocol.products[i].evidence_grade],
                 f->protocol.products[i].name);
        fine = table_add_row(out, (const char *const[]){text});
    }
    for (int a = 0; a < f->protocol.n_arms && fine; a++) {
        const protocol_arm *arm = &f->protocol.arms[a];
        const params *p = trial_params(f->trial);
        fine = add_bound(out, "whether undifferentiated cells in the dose make a teratoma", arm->name,
                         bound_teratoma(&f->protocol, arm, p)) &&
               add_bound(out, "whether the cells bring cancer", arm->name,
                         bound_cancer(&f->protocol, arm, p, f->protocol.follow_up_day / DAYS_PER_YEAR));
    }
    return fine;
}

islet_status forecast_tables(const forecast *f, islet_forecast *out)
{
    static const char *const assumed[] = {"item", "unit", "found", "low", "high", "people_mean", "note"};
    static const char *const bands[] = {"arm", "endpoint", "unit", "day",     "p5",       "p25",     "p50",
                                        "p75", "p95",      "n",    "bare_p5", "bare_p50", "bare_p95"};
    static const char *const shares[] = {"arm", "endpoint", "sentence", "day",      "of_100",
                                         "low", "high",     "n",        "bare_low", "bare_high"};
    static const char *const unknown[] = {"sentence"};
    static const bool a[7] = {[3] = true, true, true}, b[13] = {[3] = true, true, true, true, true, true, true, true, true, true};
    static const bool s[10] = {[3] = true, true, true, true, true, true, true}, u[1] = {false};
    out->people = f->n;
    out->assumed = table_create(7, assumed, a);
    out->bands = table_create(13, bands, b);
    out->chances = table_create(10, shares, s);
    out->harms = table_create(10, shares, s);
    out->unknown = table_create(1, unknown, u);
    bool fine = out->assumed && out->bands && out->chances && out->harms && out->unknown && add_like(f, out->assumed) &&
                add_bands(f, out->bands) && add_shares(f, false, out->chances) && add_shares(f, true, out->harms) &&
                add_unknown(f, out->screened, out->unknown);
    return fine ? ISLET_OK : ISLET_ERR_MEMORY;
}
