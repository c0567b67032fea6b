/* Forecast: what a protocol may do to people like one patient; an illustration, never advice.
 *
 * Baseline: virtual people who match what is known of the patient. Each value of the record becomes a range around it that the people
 * of the protocol's population have to meet at screening; when nobody is found, all ranges are widened by half, up to twice. How well they match is
 * a row of the result. What is not known is as in the population, and said. Nobody is fitted: the people differ in all that the
 * values do not say, and that is what the bands show.
 *
 * What is not known of the parameters moves the bands: a few of the same people are simulated again under each of a dozen draws of them, and the
 * whole band is shifted by what that does to their mean; the discrepancy between trials and model moves it further (predict.h, discrepancy.h). The
 * bands without both are kept beside.
 *
 * Benefits and harms are people of everybody simulated; who died or was not measured did not have the benefit. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/rng.h"
#include "base/table.h"
#include "base/units.h"
#include "evidence/predict.h"
#include "patient/record.h"
#include "stats/summary.h"
#include "therapy/bounds.h"
#include "therapy/eligibility.h"
#include "therapy/parameter_set.h"
#include "trial/trial.h"

#define PEOPLE_DEFAULT 200
#define YEARS_DEFAULT 5.0
#define MEMBERS 12                /* draws of the uncertain parameters that are simulated .. */
#define MEMBER_SHARE 4            /* .. with so small a part of the people each .. */
#define LEAST_MEMBER_PEOPLE 8     /* .. and not fewer */
#define MANY 1000000              /* a share of so many people has no chance left in it */
#define WIDEN 1.5
#define WIDEST 2                  /* times; then they would no longer be like the patient */

/* How far from the patient's value people may be: the larger of a share of it and an amount. Assumed: about what the same person
 * differs by between two visits, or more where that leaves too few people. */
static const struct {
    trait_id trait;
    double share, amount;
} tolerance[] = {
    {TRAIT_weight_kg, 0.12, 3.0},
    {TRAIT_bmi_kg_m2, 0.08, 1.0},
    {TRAIT_hba1c_pct, 0.0, 0.5},
    {TRAIT_c_peptide_stimulated_nmol_l, 0.35, 0.05},
    {TRAIT_insulin_u_per_kg_day, 0.25, 0.08},
    {TRAIT_duration_year, 0.25, 2.0},
    {TRAIT_age_year, 0.0, 7.0},
};
#define MATCHED ((int)(sizeof tolerance / sizeof *tolerance))

static const int visits[] = {0, 90, 180, 365, 730, 1095, 1460, 1825, 3650};

typedef struct {
    struct islet_protocol protocol; /* the copy that is simulated */
    patient_record record;
    trial *trial;
    int64_t n;                      /* people */
    int n_visits;
    double *values;                 /* [arm][visit][endpoint][person] */
    double *traits[MATCHED];        /* of the people, at day 0 */
    int widened;
    uint64_t seed;
    discrepancy beyond;
    int members;                    /* draws that were simulated .. */
    int64_t member_people;
    double *member_values[MEMBERS]; /* .. as `values`, of member_people */
} forecast;

static size_t slot(const forecast *f, int arm, int visit, int endpoint)
{
    return (((size_t)arm * (size_t)f->n_visits + (size_t)visit) * ENDPOINT_COUNT + (size_t)endpoint) * (size_t)f->n;
}

static size_t member_slot(const forecast *f, int arm, int visit, int endpoint)
{
    return slot(f, arm, visit, endpoint) / (size_t)f->n * (size_t)f->member_people;
}

/* ---- people like the patient ---- */

static bool is_known(const forecast *f, trait_id trait)
{
    const record_value *at = &f->record.items[trait];
    return at->known && !at->conflict;
}

/* A value below a limit ("< 0.02") is a range already; it only gets wider. */
static void require_like(forecast *f, double wider)
{
    population *of = &f->protocol.population;
    memset(of->has_require, 0, sizeof of->has_require);
    for (int i = 0; i < MATCHED; i++) {
        trait_id trait = tolerance[i].trait;
        if (!is_known(f, trait)) continue;
        const requirement *value = &f->record.items[trait].value;
        double middle = isinf(value->high) ? value->low : value->high;
        double room = wider * fmax(tolerance[i].amount, tolerance[i].share * middle);
        of->has_require[trait] = true;
        of->require[trait] = (requirement){.low = fmax(value->low - room, 0.0), .high = value->high + room}; /* no trait is negative */
    }
}

static double trait_of(const patient_result *r, trait_id trait)
{
    const double *day0 = r->visit_values[0];
    switch (trait) {
    case TRAIT_weight_kg: return r->traits->weight_kg;
    case TRAIT_bmi_kg_m2: return r->traits->bmi_kg_m2;
    case TRAIT_hba1c_pct: return day0[ENDPOINT_hba1c_pct];
    case TRAIT_c_peptide_stimulated_nmol_l: return day0[ENDPOINT_c_peptide_stimulated_nmol_l];
    case TRAIT_insulin_u_per_kg_day: return day0[ENDPOINT_insulin_u_per_kg_day];
    case TRAIT_duration_year: return r->traits->duration_year;
    default: return r->traits->age_year;
    }
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    forecast *f = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        size_t person = (size_t)r->traits->patient;
        for (int v = 0; v < r->n_visits; v++)
            for (int e = 0; e < ENDPOINT_COUNT; e++) f->values[slot(f, r->arm, v, e) + person] = r->visit_values[v][e];
        for (int t = 0; t < MATCHED && r->arm == 0; t++) f->traits[t][person] = trait_of(r, tolerance[t].trait);
    }
    return ISLET_OK;
}

static void free_values(forecast *f)
{
    free(f->values);
    f->values = NULL;
    for (int t = 0; t < MATCHED; t++) {
        free(f->traits[t]);
        f->traits[t] = NULL;
    }
    trial_free(f->trial);
    f->trial = NULL;
    for (int k = 0; k < f->members; k++) free(f->member_values[k]);
    f->members = 0;
}

static islet_status simulate_once(forecast *f, const islet_run_options *options, islet_problems *problems)
{
    islet_status status = trial_create(&f->protocol, options, &f->trial, problems);
    if (status != ISLET_OK) return status;
    f->n = trial_patients(f->trial);
    f->n_visits = trial_visits(f->trial);
    f->values = calloc(slot(f, f->protocol.n_arms, 0, 0), sizeof *f->values);
    bool fine = f->values != NULL;
    for (int t = 0; t < MATCHED; t++) fine = (f->traits[t] = calloc((size_t)f->n, sizeof *f->traits[t])) && fine;
    return fine ? trial_run(f->trial, NULL, keep, f, problems) : ISLET_ERR_MEMORY;
}

static islet_status simulate(forecast *f, const islet_run_options *options, islet_problems *problems)
{
    islet_status status = ISLET_ERR_INPUT;
    double wider = 1.0;
    for (f->widened = 0; status == ISLET_ERR_INPUT && f->widened <= WIDEST; f->widened++, wider *= WIDEN) {
        free_values(f);
        require_like(f, wider);
        status = simulate_once(f, options, NULL);
    }
    f->widened--;
    if (status == ISLET_ERR_INPUT)
        problems_error(problems, f->protocol.file, 0, 0,
                       "population '%s' has almost nobody like this patient; the forecast is for its people; name a protocol with another "
                       "population, or leave values out", f->protocol.population.name);
    return status;
}

/* ---- what is not known of the parameters ---- */

typedef struct {
    forecast *f;
    double *values;
} member_sink;

static islet_status keep_member(void *context, int64_t batch, const patient_result *results, int n)
{
    const member_sink *sink = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        for (int v = 0; v < results[i].n_visits; v++)
            for (int e = 0; e < ENDPOINT_COUNT; e++)
                sink->values[member_slot(sink->f, results[i].arm, v, e) + (size_t)results[i].traits->patient] =
                    results[i].visit_values[v][e];
    return ISLET_OK;
}

/* the first few of the people under draw k; a draw under which almost nobody is like the patient is left out */
static islet_status simulate_member(forecast *f, const parameter_set *set, int k, const islet_run_options *options)
{
    params with = params_default();
    trial *t = NULL;
    islet_protocol *changed = malloc(sizeof *changed);
    member_sink sink = {f, malloc(member_slot(f, f->protocol.n_arms, 0, 0) * sizeof(double))};
    islet_status status = changed && sink.values ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) {
        for (size_t i = 0; i < member_slot(f, f->protocol.n_arms, 0, 0); i++) sink.values[i] = NAN;
        *changed = f->protocol;
        parameter_set_apply(set, k, &with, changed);
        islet_run_options few = *options;
        few.patients = f->member_people;
        few.parameters = NULL;
        few.progress = NULL; /* short beside the whole */
        status = trial_create_with(changed, &few, &with, &t, NULL);
        if (status == ISLET_OK) status = trial_run(t, NULL, keep_member, &sink, NULL); /* a draw that finds nobody is left out */
        trial_free(t);
    }
    free(changed);
    if (status == ISLET_OK) {
        f->member_values[f->members++] = sink.values;
        return ISLET_OK;
    }
    free(sink.values);
    return status == ISLET_ERR_INPUT ? ISLET_OK : status;
}

static int64_t member_people_of(int64_t n)
{
    const int64_t few = n / MEMBER_SHARE < LEAST_MEMBER_PEOPLE ? LEAST_MEMBER_PEOPLE : n / MEMBER_SHARE;
    return few < n ? few : n;
}

static islet_status simulate_members(forecast *f, const islet_run_options *options, islet_problems *problems)
{
    parameter_set set;
    islet_status status = parameter_set_shipped(&set, problems);
    if (status != ISLET_OK) return status;
    f->member_people = member_people_of(f->n);
    for (int k = 0; k < set.n_draws && k < MEMBERS && status == ISLET_OK; k++) status = simulate_member(f, &set, k, options);
    parameter_set_free(&set);
    return status == ISLET_OK ? discrepancy_shipped(&f->beyond, problems) : status;
}

/* what a trial of many such people would find of an end point; false when nobody has a value */
static bool predict_many(const forecast *f, int arm, int visit, endpoint_id endpoint, bool share, predict_question *q,
                         prediction *out)
{
    const endpoint_info *info = &islet_endpoint_info[endpoint];
    const double *under[MEMBERS];
    for (int k = 0; k < f->members; k++) under[k] = f->member_values[k] + member_slot(f, arm, visit, endpoint);
    *q = (predict_question){.statistic = share ? PREDICT_SHARE : PREDICT_MEAN,
                            .values = f->values + slot(f, arm, visit, endpoint),
                            .n_people = f->n,
                            .members = under,
                            .n_members = f->members,
                            .n_member = f->member_people,
                            .trial_n = MANY,
                            .seed = f->seed,
                            .row = slot(f, arm, visit, endpoint) / (size_t)f->n};
    predict_beyond(q, &f->beyond, discrepancy_of(info->key, info->kind, false, &q->scale));
    bool known = predict_trial(q, out);
    q->members = NULL;
    return known;
}

/* ---- the protocol as it is simulated ---- */

static islet_status prepare(forecast *f, const islet_protocol *protocol, bool against_standard_care, double years,
                            islet_problems *problems)
{
    f->protocol = *protocol;
    struct islet_protocol *p = &f->protocol;
    if (!protocol_set_years(p, years, problems)) return ISLET_ERR_INPUT;
    p->dropout_probability_per_year = 0.0;
    p->trial_effect = TRIAL_EFFECT_NONE;
    p->n_visits = 0;
    for (size_t v = 0; v < sizeof visits / sizeof *visits; v++)
        if (visits[v] < p->follow_up_day) p->visits_day[p->n_visits++] = visits[v];
    p->visits_day[p->n_visits++] = p->follow_up_day;
    if (!against_standard_care) return ISLET_OK;
    if (p->n_arms == PROTOCOL_MAX_ARMS) {
        problems_error(problems, p->file, 0, 0,
                       "the protocol has %d arms; none can be added for standard care; leave out --against", p->n_arms);
        return ISLET_ERR_INPUT;
    }
    protocol_arm *arm = &p->arms[p->n_arms];
    *arm = p->arms[0]; /* its switches; nothing of its treatment */
    snprintf(arm->name, sizeof arm->name, "standard care");
    arm->n_courses = 0;
    arm->regimen = arm->conditioning = -1;
    arm->comparator = COMPARATOR_NONE;
    arm->control = CONTROL_NONE;
    arm->sets_drugs = false;
    p->n_arms++;
    return ISLET_OK;
}

/* ---- tables ---- */

static bool add_like(const forecast *f, islet_table *out)
{
    for (int i = 0; i < MATCHED; i++) {
        trait_id trait = tolerance[i].trait;
        const item_info *info = &record_items[trait];
        const record_value *at = &f->record.items[trait];
        char low[NUMBER_TEXT] = "", high[NUMBER_TEXT] = "", mean[NUMBER_TEXT];
        bool known = is_known(f, trait);
        if (known) number_write_fixed(f->protocol.population.require[trait].low, 3, low);
        if (known) number_write_fixed(f->protocol.population.require[trait].high, 3, high);
        number_write_fixed(summary_mean(f->traits[i], f->n).value, 3, mean);
        const char *note = at->conflict   ? "values disagree: not used, assumed as in the population"
                           : at->doubtful ? "found, but not to be counted on: assumed as in the population"
                           : !known     ? "not given: assumed as in the population"
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
    memcpy(sorted, f->values + slot(f, arm, visit, endpoint), (size_t)f->n * sizeof *sorted);
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
    double *sorted = calloc((size_t)f->n, sizeof *sorted), *all = calloc((size_t)f->n * MEMBERS, sizeof *all);
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
    const double *x = f->values + slot(f, arm, visit, endpoint);
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

static bool add_unknown(const forecast *f, islet_eligibility screened, islet_table *out)
{
    char treated[160];
    snprintf(treated, sizeof treated, "whether the patient may be treated at all: islet screen says %s", islet_eligibility_word(screened));
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

static islet_status tabulate(const forecast *f, islet_forecast *out)
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

void islet_forecast_free(islet_forecast *forecast)
{
    if (!forecast) return;
    islet_table_free(forecast->assumed);
    islet_table_free(forecast->bands);
    islet_table_free(forecast->chances);
    islet_table_free(forecast->harms);
    islet_table_free(forecast->unknown);
    islet_table_free(forecast->criteria);
    free(forecast);
}

static islet_status read_patient(const char *path, int64_t row, const char *id, patient_record *out, islet_problems *problems)
{
    char *text = NULL;
    size_t length;
    islet_status status = file_read(path, RECORD_MAX_BYTES, &text, &length, problems);
    record_choice choice = {row, id};
    if (status == ISLET_OK) status = record_parse(text, length, path, &choice, out, problems);
    free(text);
    return status;
}

/* Everything before anything is simulated: the patient read and not beyond the population, the protocol as it will be simulated. */
static islet_status begin(forecast *f, const islet_protocol *protocol, const char *patient, int64_t row, const char *id,
                          bool against_standard_care, double years, islet_problems *problems)
{
    islet_status status = read_patient(patient, row, id, &f->record, problems);
    if (status == ISLET_OK) status = eligibility_in_population(protocol, &f->record, problems);
    return status == ISLET_OK ? prepare(f, protocol, against_standard_care, years, problems) : status;
}

islet_status islet_forecast_run(const islet_protocol *protocol, const char *patient, int64_t row, const char *id,
                                bool against_standard_care, const islet_run_options *options, islet_forecast **out,
                                islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!protocol || !patient || row < 0) return ISLET_ERR_ARGUMENT;
    islet_run_options o = options ? *options : (islet_run_options){0};
    if (o.patients <= 0) o.patients = PEOPLE_DEFAULT;
    double years = o.years > 0.0 ? o.years : YEARS_DEFAULT;
    o.years = 0.0;                /* the copy of the protocol has them */
    o.independent_arms = false;
    islet_forecast *made = calloc(1, sizeof *made);
    forecast *f = calloc(1, sizeof *f);
    islet_status status =
        made && f ? begin(f, protocol, patient, row, id, against_standard_care, years, problems) : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = eligibility_screen(protocol, &f->record, &made->screened, &made->criteria);
    if (status == ISLET_OK) f->seed = islet_run_seed(&f->protocol, &o);
    if (status == ISLET_OK) status = simulate(f, &o, problems);
    if (status == ISLET_OK) status = simulate_members(f, &o, problems);
    if (status == ISLET_OK) status = tabulate(f, made);
    if (f) free_values(f);
    free(f);
    if (status != ISLET_OK) {
        islet_forecast_free(made);
        return status;
    }
    *out = made;
    return ISLET_OK;
}

/* one row: what is simulated, and again under draws of the uncertain parameters */
static islet_status tabulate_plan(const forecast *f, int64_t people, int draws, islet_table **out)
{
    static const char *const names[] = {"protocol", "arms", "years", "people", "draws", "draw_people", "patient_days"};
    static const bool is_number[] = {false, false, true, true, true, true, true};
    const struct islet_protocol *p = &f->protocol;
    const params defaults = params_default();
    const double days = (double)p->follow_up_day * p->n_arms + defaults.run_in_day;
    const double numbers[5] = {p->follow_up_day / DAYS_PER_YEAR, (double)people, draws, (double)member_people_of(people),
                               days * (double)(people + draws * member_people_of(people))};
    char text[5][NUMBER_TEXT], arms[400] = "";
    for (int i = 0; i < 5; i++) number_write(numbers[i], text[i]);
    for (int a = 0; a < p->n_arms; a++) {
        const size_t at = strlen(arms);
        snprintf(arms + at, sizeof arms - at, "%s%s", a ? "; " : "", p->arms[a].name);
    }
    *out = table_create(7, names, is_number);
    if (*out && table_add_row(*out, (const char *const[]){p->title, arms, text[0], text[1], text[2], text[3], text[4]})) return ISLET_OK;
    islet_table_free(*out);
    *out = NULL;
    return ISLET_ERR_MEMORY;
}

islet_status islet_forecast_plan(const islet_protocol *protocol, const char *patient, int64_t row, const char *id,
                                 bool against_standard_care, const islet_run_options *options, islet_table **out,
                                 islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    if (!protocol || !patient || row < 0) return ISLET_ERR_ARGUMENT;
    const int64_t people = options && options->patients > 0 ? options->patients : PEOPLE_DEFAULT;
    const double years = options && options->years > 0.0 ? options->years : YEARS_DEFAULT;
    parameter_set set = {0};
    forecast *f = calloc(1, sizeof *f);
    islet_status status = f ? begin(f, protocol, patient, row, id, against_standard_care, years, problems) : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = parameter_set_shipped(&set, problems);
    if (status == ISLET_OK) status = tabulate_plan(f, people, set.n_draws < MEMBERS ? set.n_draws : MEMBERS, out);
    parameter_set_free(&set);
    free(f);
    return status;
}
