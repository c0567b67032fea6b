/* A made-up trial for tests of the store and the report: two arms, invented courses of people, no physiology. The same
 * person, arm and day always give the same numbers. */
#ifndef ISLET_TESTS_SYNTHETIC_H
#define ISLET_TESTS_SYNTHETIC_H

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stats/summary.h"
#include "store/write.h"

#define SYNTHETIC_VISITS 6
static const int synthetic_visit_days[SYNTHETIC_VISITS] = {0, 30, 90, 180, 270, 365};

/* number in 0..1 from the words that name it (splitmix64) */
static inline double synthetic_uniform(uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t z = a * 0x9e3779b97f4a7c15u + b * 0xbf58476d1ce4e5b9u + c * 0x94d049bb133111ebu + 0x2545f4914f6cdd1du;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static inline sourced_value synthetic_value(double value, standing trust, const char *source)
{
    sourced_value out = {.value = value, .low = 0.0, .high = NAN, .standing = trust};
    snprintf(out.source, sizeof out.source, "%s", source);
    return out;
}

static inline struct islet_protocol *synthetic_protocol(const char *title)
{
    struct islet_protocol *p = calloc(1, sizeof *p);
    if (!p) abort();
    snprintf(p->file, sizeof p->file, "no such file");
    memset(p->hash, 'a', ISLET_HASH_TEXT - 1);
    snprintf(p->title, sizeof p->title, "%s", title);
    snprintf(p->population.name, sizeof p->population.name, "t1d_adult");
#define VALUE(key, unit, sentence) p->population.key = (population_value){1.0, 0.1, 0.0, INFINITY, SPREAD_NORMAL, 0, 1, "doi:10.1/p"};
    POPULATION_VALUES(VALUE)
#undef VALUE
    p->n_arms = 2;
    for (int a = 0; a < 2; a++) {
        for (int m = 0; m < MECHANISM_COUNT; m++) p->arms[a].mechanisms.factor[m] = 1.0;
        p->arms[a].care = (type2_plan){-1, -1, -1, NAN};
    }
    snprintf(p->arms[0].name, NAME_TEXT, "full dose");
    p->arms[0].n_courses = 1;
    p->arms[0].courses[0] = (cell_course){.product = 0, .dose_cells = 0.8e9};
    p->arms[0].regimen_stop_day = INT_MAX;
    snprintf(p->arms[1].name, NAME_TEXT, "insulin alone");
    p->arms[1].regimen = -1;
    p->arms[0].conditioning = p->arms[1].conditioning = -1;
    p->n_products = 1;
    snprintf(p->products[0].name, NAME_TEXT, "zimislecel");
#define VALUE(key, unit, low, high, sentence) p->products[0].key = synthetic_value(low, STANDING_ASSUMED, "because");
    PRODUCT_VALUES(VALUE)
#undef VALUE
    p->products[0].undifferentiated_frac = synthetic_value(1e-5, STANDING_ASSUMED, "because");
    p->n_regimens = 1;
    snprintf(p->regimens[0].name, NAME_TEXT, "glucocorticoid_free");
#define VALUE(key, unit, low, high, sentence) p->regimens[0].key = synthetic_value(low, STANDING_MEASURED, "doi:10.1/r");
    REGIMEN_VALUES(VALUE)
#undef VALUE
    p->follow_up_day = 365;
    const int asked[] = {ENDPOINT_insulin_independent, ENDPOINT_hba1c_pct, ENDPOINT_time_in_range_pct,
                         ENDPOINT_c_peptide_stimulated_nmol_l, ENDPOINT_insulin_u_per_kg_day, ENDPOINT_severe_hypo_per_year,
                         ENDPOINT_egfr_ml_min_1_73m2, ENDPOINT_death};
    p->n_endpoints = (int)(sizeof asked / sizeof asked[0]);
    for (int i = 0; i < p->n_endpoints; i++) p->endpoints[i] = asked[i];
    return p;
}

/* one person in one arm, owning what patient_result borrows */
typedef struct {
    patient_result result;
    patient_traits traits;
    double visits[SYNTHETIC_VISITS][ENDPOINT_COUNT];
    patient_day days[366];
    patient_event events[16];
} synthetic_person;

static inline void synthetic_event(synthetic_person *p, int day, event_kind kind, double value)
{
    p->events[p->result.n_events++] = (patient_event){day, (int32_t)kind, value};
}

static inline void synthetic_visit(synthetic_person *p, int visit, double graft, bool off_insulin, int last_day)
{
    int64_t id = p->traits.patient;
    int day = synthetic_visit_days[visit];
    double *v = p->visits[visit], own = synthetic_uniform((uint64_t)id, 1, 0) - 0.5;
    double noise = synthetic_uniform((uint64_t)id, 2, (uint64_t)(visit * 2 + p->result.arm)) - 0.5;
    for (int i = 0; i < ENDPOINT_COUNT; i++) v[i] = NAN;
    for (int harm = ENDPOINT_severe_hypo_any; harm <= ENDPOINT_withdrawn; harm++) v[harm] = 0.0;
    if (day > last_day) return;
    v[ENDPOINT_insulin_independent] = off_insulin;
    v[ENDPOINT_insulin_independent_strict] = off_insulin && own > -0.4;
    v[ENDPOINT_insulin_u_per_kg_day] = off_insulin ? 0.0 : 0.6 + 0.3 * own - 0.4 * graft;
    v[ENDPOINT_hba1c_pct] = 7.8 + 2.4 * own + 0.3 * noise - 1.7 * graft;
    v[ENDPOINT_c_peptide_fasting_nmol_l] = 0.4 * graft * (1.0 + own);
    v[ENDPOINT_c_peptide_stimulated_nmol_l] = 1.27 * graft * (1.0 + own + 0.2 * noise);
    v[ENDPOINT_c_peptide_auc_mean_nmol_l] = 1.0 * graft * (1.0 + own);
    v[ENDPOINT_fasting_glucose_mg_dl] = 165 + 60 * noise - 45 * graft;
    v[ENDPOINT_mean_glucose_mg_dl] = 175 + 50 * own - 45 * graft;
    v[ENDPOINT_time_in_range_pct] = fmin(99.0, 50 - 20 * own + 5 * noise + 42 * graft);
    v[ENDPOINT_time_below_70_pct] = fmax(0.0, 4 + 3 * noise - 3 * graft);
    v[ENDPOINT_time_below_54_pct] = fmax(0.0, 1 + noise - 0.9 * graft);
    v[ENDPOINT_time_above_180_pct] = 100 - v[ENDPOINT_time_in_range_pct] - v[ENDPOINT_time_below_70_pct];
    v[ENDPOINT_glucose_cv_pct] = 38 + 8 * noise - 14 * graft;
    v[ENDPOINT_severe_hypo_per_year] = fmax(0.0, floor(4 + 6 * noise - 5 * graft));
    v[ENDPOINT_awareness_frac] = 0.4 + 0.4 * graft;
    v[ENDPOINT_egfr_ml_min_1_73m2] = p->traits.egfr_ml_min_1_73m2 - (p->result.arm == 0 ? 0.03 * day : 0.003 * day);
    v[ENDPOINT_graft_beta_cells_million] = 300 * graft;
    v[ENDPOINT_graft_function_frac] = 0.8 * graft;
}

/* fill one person in one arm; the arrays live in *p */
static inline void synthetic_fill(synthetic_person *p, int64_t id, int arm)
{
    memset(p, 0, sizeof *p);
    uint64_t key = (uint64_t)id;
    double u = synthetic_uniform(key, 3, 0), own = synthetic_uniform(key, 1, 0) - 0.5;
    p->traits = (patient_traits){.patient = id, .candidate = id * 5 / 4, .female = u < 0.5, .age_year = 25 + 40 * u,
                                 .duration_year = 5 + 30 * u, .height_m = 1.6 + 0.3 * u, .weight_kg = 60 + 30 * u,
                                 .bmi_kg_m2 = 24 + 4 * own, .egfr_ml_min_1_73m2 = 75 + 40 * u,
                                 .native_function_frac = 0.001, .autoantibody_positive = u < 0.6,
                                 .impaired_awareness = true, .severe_hypo_per_year = 2 + floor(4 * u)};
    snprintf(p->traits.subject, sizeof p->traits.subject, "adult#%03d", (int)(id % 10) + 1);
    int stop = arm == 0 && own > -0.33 ? (int)(60 + 200 * synthetic_uniform(key, 4, 0)) : 9999;
    int left = synthetic_uniform(key, 5, (uint64_t)arm) < 0.08 ? (int)(365 * synthetic_uniform(key, 6, 0)) : 9999;
    int resumed = stop < 9999 && synthetic_uniform(key, 7, 0) < 0.12 ? stop + 70 : 9999;
    p->result = (patient_result){.arm = arm, .traits = &p->traits, .n_visits = SYNTHETIC_VISITS,
                                 .visit_values = (const double (*)[ENDPOINT_COUNT])p->visits, .days = p->days,
                                 .n_days = left < 9999 ? left + 1 : 366, .events = p->events};
    if (arm == 0) synthetic_event(p, 0, EVENT_infusion, 310 + 60 * own);
    if (arm == 0 && u < 0.05) synthetic_event(p, 1, EVENT_portal_bleeding, NAN);
    if (arm == 1 && u < 0.7 && left > 100) synthetic_event(p, 100, EVENT_severe_hypo, NAN);
    if (stop < left && stop < 365) synthetic_event(p, stop, EVENT_insulin_stopped, NAN);
    if (resumed < left && resumed < 365) synthetic_event(p, resumed, EVENT_insulin_resumed, NAN);
    if (left < 366) synthetic_event(p, left, u < 0.3 ? EVENT_death : EVENT_withdrawn, NAN);
    for (int i = 0; i < SYNTHETIC_VISITS; i++) {
        int day = synthetic_visit_days[i];
        double graft = arm == 0 ? 1.0 / (1.0 + exp(-(day - 75.0) / 30.0)) * (0.9 + 0.5 * own) : 0.0;
        if (day == 0) graft = 0.0;
        synthetic_visit(p, i, graft, day >= stop + 14 && day < resumed, left);
        if (arm == 0 && u < 0.05 && day > 0) p->visits[i][ENDPOINT_portal_bleeding] = 1.0;
        if (arm == 1 && u < 0.7 && left > 100 && day >= 100) p->visits[i][ENDPOINT_severe_hypo_any] = 1.0;
        if (day > left) p->visits[i][u < 0.3 ? ENDPOINT_death : ENDPOINT_withdrawn] = 1.0;
    }
    for (int day = 0; day < p->result.n_days; day++) {
        double noise = synthetic_uniform(key, 8 + (uint64_t)arm, (uint64_t)day);
        p->days[day] = (patient_day){(uint16_t)(1600 + 300 * noise), (uint16_t)(700 + 300 * noise), 60, 10,
                                     (uint16_t)(4000 * noise), (uint16_t)(2000 + 500 * noise), (uint16_t)(arm ? 0 : 600), 5000};
    }
}

/* write people first .. first+n-1 in both arms as one batch */
static inline islet_status synthetic_batch(store_writer *writer, int64_t batch, int64_t first, int n,
                                           islet_problems *problems)
{
    synthetic_person *people = malloc((size_t)(2 * n) * sizeof *people);
    patient_result *results = malloc((size_t)(2 * n) * sizeof *results);
    if (!people || !results) abort();
    for (int i = 0; i < 2 * n; i++) {
        synthetic_fill(&people[i], first + i / 2, i % 2);
        results[i] = people[i].result;
    }
    islet_status status = store_writer_batch(writer, batch, results, 2 * n, NULL, 0, problems);
    free(results);
    free(people);
    return status;
}

static inline run_info synthetic_info(const struct islet_protocol *protocol, int64_t patients)
{
    static params shipped;
    shipped = params_default();
    return (run_info){.protocol = protocol, .params = &shipped, .patients = patients, .arms = 2, .follow_up_day = 365, .seed = 1,
                      .paired = true, .engine = "none", .date = "2026-11-21"};
}

/* glucose as a bell around a curve of the day */
static inline glucose_profile *synthetic_profile(double mean, double sd)
{
    glucose_profile *p = calloc(1, sizeof *p);
    if (!p) abort();
    for (int period = 0; period < PROFILE_PERIODS; period++)
        for (int slot = 0; slot < PROFILE_SLOTS; slot++)
            for (int bin = 0; bin < PROFILE_BINS; bin++) {
                double s = period == PROFILE_BEFORE ? 55 : sd, m = (period == PROFILE_BEFORE ? 175 : mean)
                    + 0.4 * s * sin((slot - 28) * 6.283185 / 96) + 0.3 * s * sin((slot - 20) * 4 * 3.14159 / 96);
                double z = (bin * 4 + 2 - m) / s;
                p->count[period][slot][bin] = (uint32_t)(40000 * exp(-0.5 * z * z) / s);
            }
    return p;
}

/* A finished store of `patients` people in batches of `size`, written in the order of `reverse`; closed in place. */
static inline islet_status synthetic_store(const char *path, const char *title, int patients, int size, bool reverse,
                                           islet_problems *problems)
{
    islet_store *store = NULL;
    store_writer *writer = NULL;
    struct islet_protocol *protocol = synthetic_protocol(title);
    run_info info = synthetic_info(protocol, patients);
    glucose_profile *profiles[2] = {synthetic_profile(130, 25), synthetic_profile(172, 52)};
    islet_status status = islet_store_create(path, &store, problems);
    if (status == ISLET_OK) status = store_run_begin(store, &info, problems);
    if (status == ISLET_OK)
        status = store_writer_create(store, true, SYNTHETIC_VISITS, synthetic_visit_days, &writer, problems);
    int batches = (patients + size - 1) / size;
    for (int i = 0; i < batches && status == ISLET_OK; i++) {
        int batch = reverse ? batches - 1 - i : i, first = batch * size;
        status = synthetic_batch(writer, batch, first, first + size <= patients ? size : patients - first, problems);
    }
    store_writer_free(writer);
    if (status == ISLET_OK)
        status = store_run_end(store, true, patients / 4, (const glucose_profile *const *)profiles, 2, problems);
    islet_status closed = islet_store_close(store, problems);
    free(profiles[0]);
    free(profiles[1]);
    free(protocol);
    return status == ISLET_OK ? closed : status;
}

#endif
