/* Forecast: what a protocol may do to people like one patient; an illustration, never advice.
 *
 * Baseline: virtual people who match what is known of the patient. Each value of the record becomes a range around it that the people
 * of the protocol's population have to meet at screening; when almost nobody is found, all ranges are widened by half, up to twice. More people stand
 * on the side of a range where the population is dense, and chance values fall back before day 0: so a few are taken first, and each range is moved by
 * what their mean at day 0 is off the patient's value, until it is not. How well they match is a row of the result, which says so where it failed.
 * What is not known is as in the population, and said. Nobody is fitted: the people differ in all that the
 * values do not say, and that is what the bands show.
 *
 * What is not known of the parameters moves the bands: a few of the same people are simulated again under each of a dozen draws of them, and the
 * whole band is shifted by what that does to their mean; the discrepancy between trials and model moves it further (predict.h, discrepancy.h). The
 * bands without both are kept beside.
 *
 * Benefits and harms are people of everybody simulated; who died or was not measured did not have the benefit. */
#include "evidence/forecast.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "base/units.h"
#include "therapy/parameter_set.h"

#define PEOPLE_DEFAULT 200
#define YEARS_DEFAULT 5.0
#define MEMBER_SHARE 4            /* each draw of the uncertain parameters is simulated with so small a part of the people .. */
#define LEAST_MEMBER_PEOPLE 8     /* .. and not fewer */
#define WIDEN 1.5
#define WIDEST 2                  /* times; then they would no longer be like the patient */
#define RUN_INS_PER_PERSON_MAX 100 /* whoever is rarer than one in so many has almost nobody like them; one in 5 to 40 are ordinary */
#define PILOT_PEOPLE 32           /* by whose means at day 0 the ranges are moved .. */
#define PILOTS 3                  /* .. at most so often .. */
#define CENTRED 0.15              /* .. until no mean is farther off than this part of the range's half */

/* How far from the patient's value people may be: the larger of a share of it and an amount. Assumed: about what the same person
 * differs by between two visits, or more where that leaves too few people. */
const forecast_tolerance forecast_tolerances[FORECAST_MATCHED] = {
    {TRAIT_weight_kg, 0.12, 3.0},
    {TRAIT_bmi_kg_m2, 0.08, 1.0},
    {TRAIT_hba1c_pct, 0.0, 0.5},
    {TRAIT_c_peptide_stimulated_nmol_l, 0.35, 0.05},
    {TRAIT_insulin_u_per_kg_day, 0.25, 0.08},
    {TRAIT_duration_year, 0.25, 2.0},
    {TRAIT_age_year, 0.0, 7.0},
};
static const int visits[] = {0, 90, 180, 365, 730, 1095, 1460, 1825, 3650};

/* ---- people like the patient ---- */

/* how far from the patient's value people may be */
static double room_of(const forecast *f, int i)
{
    const requirement *value = &f->record.items[forecast_tolerances[i].trait].value;
    const double middle = isinf(value->high) ? value->low : value->high;
    return f->wider * fmax(forecast_tolerances[i].amount, forecast_tolerances[i].share * middle);
}

/* A value below a limit ("< 0.02") is a range already; it only gets wider. */
static void require_like(forecast *f)
{
    population *of = &f->protocol.population;
    memset(of->has_require, 0, sizeof of->has_require);
    for (int i = 0; i < FORECAST_MATCHED; i++) {
        trait_id trait = forecast_tolerances[i].trait;
        if (!forecast_is_known(f, trait)) continue;
        const requirement *value = &f->record.items[trait].value;
        const double room = room_of(f, i), by = f->moved_by[i];
        of->has_require[trait] = true;
        of->require[trait] = (requirement){.low = fmax(value->low - room + by, 0.0), .high = value->high + room + by}; /* no trait is negative */
    }
}

double forecast_off(const forecast *f, int i, double mean)
{
    const record_value *at = &f->record.items[forecast_tolerances[i].trait];
    if (!forecast_is_known(f, forecast_tolerances[i].trait) || at->value.low < at->value.high) return 0.0;
    return (mean - at->value.low) / room_of(f, i);
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
            for (int e = 0; e < ENDPOINT_COUNT; e++) f->values[forecast_slot(f, r->arm, v, e) + person] = r->visit_values[v][e];
        for (int t = 0; t < FORECAST_MATCHED && r->arm == 0; t++) f->traits[t][person] = trait_of(r, forecast_tolerances[t].trait);
    }
    return ISLET_OK;
}

static void free_values(forecast *f)
{
    free(f->values);
    f->values = NULL;
    for (int t = 0; t < FORECAST_MATCHED; t++) {
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
    f->values = calloc(forecast_slot(f, f->protocol.n_arms, 0, 0), sizeof *f->values);
    bool fine = f->values != NULL;
    for (int t = 0; t < FORECAST_MATCHED; t++) fine = (f->traits[t] = calloc((size_t)f->n, sizeof *f->traits[t])) && fine;
    return fine ? trial_run(f->trial, NULL, keep, f, problems) : ISLET_ERR_MEMORY;
}

/* the switches of an arm, and nothing of its treatment */
static void empty_arm(protocol_arm *arm, const char *name)
{
    snprintf(arm->name, sizeof arm->name, "%s", name);
    arm->n_courses = 0;
    arm->regimen = arm->conditioning = -1;
    arm->comparator = COMPARATOR_NONE;
    arm->control = CONTROL_NONE;
    arm->sets_drugs = false;
}

/* sums of the matched traits at day 0 */
typedef struct {
    double sum[FORECAST_MATCHED];
    int64_t n;
} pilot_sink;

static islet_status keep_pilot(void *context, int64_t batch, const patient_result *results, int n)
{
    pilot_sink *sink = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        for (int t = 0; t < FORECAST_MATCHED; t++) sink->sum[t] += trait_of(&results[i], forecast_tolerances[t].trait);
    sink->n += n;
    return ISLET_OK;
}

/* The first few of the people, untreated and up to day 0. */
static islet_status pilot(const struct islet_protocol *protocol, const islet_run_options *options, pilot_sink *sink)
{
    trial *t = NULL;
    islet_run_options few = *options;
    *sink = (pilot_sink){.n = 0};
    few.patients = options->patients < PILOT_PEOPLE ? options->patients : PILOT_PEOPLE;
    few.progress = NULL; /* short beside the whole */
    islet_status status = trial_create(protocol, &few, &t, NULL);
    if (status == ISLET_OK) status = trial_run(t, NULL, keep_pilot, sink, NULL);
    trial_free(t);
    return status;
}

/* Move the ranges until the means of those who meet them at screening are the patient's values at day 0; the best that was found stays. A range
 * keeps the patient's value in it. ISLET_ERR_INPUT where almost nobody meets the ranges even unmoved. */
static islet_status centre(forecast *f, const islet_run_options *options)
{
    double best[FORECAST_MATCHED] = {0.0}, least = INFINITY;
    struct islet_protocol *bare = malloc(sizeof *bare);
    islet_status status = bare ? ISLET_OK : ISLET_ERR_MEMORY;
    memset(f->moved_by, 0, sizeof f->moved_by);
    for (int k = 0; k <= PILOTS && status == ISLET_OK && least > CENTRED; k++) {
        pilot_sink sink;
        double worst = 0.0;
        require_like(f);
        *bare = f->protocol;
        bare->n_arms = 1;
        empty_arm(&bare->arms[0], "untreated");
        bare->follow_up_day = bare->visits_day[1] = 1;
        bare->n_visits = 2;
        status = pilot(bare, options, &sink);
        if (status != ISLET_OK) break;
        for (int i = 0; i < FORECAST_MATCHED; i++) worst = fmax(worst, fabs(forecast_off(f, i, sink.sum[i] / (double)sink.n)));
        if (worst < least) {
            least = worst;
            memcpy(best, f->moved_by, sizeof best);
        }
        for (int i = 0; i < FORECAST_MATCHED; i++) {
            const double room = room_of(f, i), by = f->moved_by[i] - room * forecast_off(f, i, sink.sum[i] / (double)sink.n);
            f->moved_by[i] = fmax(-room, fmin(room, by));
        }
    }
    free(bare);
    memcpy(f->moved_by, best, sizeof best);
    require_like(f);
    return status == ISLET_ERR_INPUT && isfinite(least) ? ISLET_OK : status; /* moved too far */
}

static islet_status simulate(forecast *f, const islet_run_options *options, islet_problems *problems)
{
    islet_status status = ISLET_ERR_INPUT;
    f->wider = 1.0;
    for (f->widened = 0; f->widened <= WIDEST; f->widened++, f->wider *= WIDEN) {
        free_values(f);
        status = centre(f, options);
        if (status == ISLET_OK) status = simulate_once(f, options, NULL);
        if (status != ISLET_ERR_INPUT) break;
    }
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
                sink->values[forecast_member_slot(sink->f, results[i].arm, v, e) + (size_t)results[i].traits->patient] =
                    results[i].visit_values[v][e];
    return ISLET_OK;
}

/* the first few of the people under draw k; a draw under which almost nobody is like the patient is left out */
static islet_status simulate_member(forecast *f, const parameter_set *set, int k, const islet_run_options *options)
{
    params with = params_default();
    trial *t = NULL;
    islet_protocol *changed = malloc(sizeof *changed);
    member_sink sink = {f, malloc(forecast_member_slot(f, f->protocol.n_arms, 0, 0) * sizeof(double))};
    islet_status status = changed && sink.values ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) {
        for (size_t i = 0; i < forecast_member_slot(f, f->protocol.n_arms, 0, 0); i++) sink.values[i] = NAN;
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
    for (int k = 0; k < set.n_draws && k < FORECAST_MEMBERS && status == ISLET_OK; k++) status = simulate_member(f, &set, k, options);
    parameter_set_free(&set);
    return status == ISLET_OK ? discrepancy_shipped(&f->beyond, problems) : status;
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
    p->run_ins_per_person_max = RUN_INS_PER_PERSON_MAX;
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
    *arm = p->arms[0];
    empty_arm(arm, "standard care");
    p->n_arms++;
    return ISLET_OK;
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
    if (status == ISLET_OK) status = forecast_tables(f, made);
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
    if (status == ISLET_OK) status = tabulate_plan(f, people, set.n_draws < FORECAST_MEMBERS ? set.n_draws : FORECAST_MEMBERS, out);
    parameter_set_free(&set);
    free(f);
    return status;
}
