/* See numerics.h. */
#include "numerics/numerics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/lanes_math.h"
#include "base/rng.h"
#include "base/units.h"
#include "numerics/long_double.h"
#include "patient/draw.h"
#include "patient/person.h"
#include "physiology/basal.h"
#include "physiology/minute.h"

#define GRAFT_CAPACITY 0.5
#define RATIO_G 500.0 /* grams a unit of rapid insulin covers, times the day's insulin: the clinics' rule of 500 */

/* ---- people ---- */

static void complete(const person *who, int number, workload_person *out)
{
    const bool uses_depot = number % 2 == 1;
    *out = (workload_person){.number = number, .kinetics = who->kinetics};
    kinetics *k = &out->kinetics;
    k->ln_gb_pow = hypo_ln_pow(k->gb);
    k->m_native = who->native_function_frac;
    k->m_graft = number % 3 ? GRAFT_CAPACITY : 0.0;
    k->phi_p = number % 3 == 2 ? 0.0 : 1.0;
    basal_state(k, uses_depot, out->start);
    const double basal_u_per_min = subject_basal_u_per_min(k);
    out->basal_u_per_min = uses_depot ? 0.0 : basal_u_per_min;
    out->long_acting_u = uses_depot ? basal_u_per_min * MINUTES_PER_DAY : 0.0;
    out->u_per_g = 2.0 * basal_u_per_min * MINUTES_PER_DAY / RATIO_G;
}

bool numerics_people(int n, workload_person *out)
{
    static population of;
    static person_source source;
    person who;
    const params p = params_default();
    if (!population_shipped("t1d_adult", &of) || !person_source_fill(&source, &of, &p)) return false;
    uint64_t number = 0;
    for (int i = 0; i < n; number++)
        if (person_draw(&source, NUMERICS_SEED, number, &who)) complete(&who, i++, out++);
    return true;
}

/* ---- a group in which nothing is lost ---- */

static void set(lane_group *g, int l, int index, double value)
{
    g->k[index][l] = value;
}

static void close_sinks(lane_group *g, int l)
{
    static const int sinks[] = {KINETIC_INDEX(kp1), KINETIC_INDEX(kp2), KINETIC_INDEX(kp3), KINETIC_INDEX(kp4), KINETIC_INDEX(fcns),
                                KINETIC_INDEX(ke1), KINETIC_INDEX(vm0), KINETIC_INDEX(vmx), KINETIC_INDEX(xi),  /* made, used, lost glucose */
                                KINETIC_INDEX(m1),  KINETIC_INDEX(m4),  KINETIC_INDEX(c_kel)};
    for (size_t i = 0; i < sizeof sinks / sizeof sinks[0]; i++) set(g, l, sinks[i], 0.0);
}

/* mg/kg in gut and blood: carbohydrate counts as the share that will be absorbed */
static double carbohydrate(const lane_group *g, int l, const kinetics *k)
{
    const double gut = g->x[MINUTE_qs1][l] + g->x[MINUTE_qs2][l] + g->x[MINUTE_qg][l] + g->meal_left_mg[l];
    return k->f * gut / k->bw + g->x[MINUTE_gp][l] + g->x[MINUTE_gt][l];
}

/* pmol/kg */
static double secreted(const lane_group *g, int l, const kinetics *k)
{
    return (g->x[MINUTE_c1][l] + g->x[MINUTE_c2][l]) * k->c_vc * 1000.0 / k->bw;
}

/* pmol/kg in depots and body that was not secreted, or is still on its way to be counted as C-peptide */
static double insulin(const lane_group *g, int l, const kinetics *k)
{
    static const int places[] = {MINUTE_s1, MINUTE_s2, MINUTE_d1, MINUTE_d2, MINUTE_ip, MINUTE_il};
    double found = -secreted(g, l, k);
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) found += g->x[places[i]][l];
    return found;
}

/* Everybody of the group at midnight: the blood as at the start, gut and depots as they are. Lanes beyond n repeat the first. */
static const workload_person *person_of(const workload_person *people, int n, int l)
{
    return &people[l < n ? l : 0];
}

static void start_group(const workload_person *people, int n, lane_group *g)
{
    memset(g, 0, sizeof *g);
    for (int l = 0; l < LANE_GROUP; l++) {
        const workload_person *p = person_of(people, n, l);
        basal_lane(&p->kinetics, p->start, g, l);
        g->basal_u_per_min[l] = p->basal_u_per_min;
        close_sinks(g, l);
    }
    kernel_find(NULL)->prepare(g);
}

static void clean_blood(const workload_person *people, int n, lane_group *g)
{
    static const int runs_on[] = {MINUTE_qs1, MINUTE_qs2, MINUTE_qg, MINUTE_s1, MINUTE_s2, MINUTE_d1, MINUTE_d2};
    for (int l = 0; l < LANE_GROUP; l++) {
        const workload_person *p = person_of(people, n, l);
        double kept[sizeof runs_on / sizeof runs_on[0]];
        for (size_t i = 0; i < sizeof runs_on / sizeof runs_on[0]; i++) kept[i] = g->x[runs_on[i]][l];
        for (int s = 0; s < MINUTE_STATES; s++) g->x[s][l] = p->start[s];
        for (size_t i = 0; i < sizeof runs_on / sizeof runs_on[0]; i++) g->x[runs_on[i]][l] = kept[i];
    }
}

/* ---- balance ---- */

static void give(const workload_event *e, int block, int l, lane_group *g)
{
    const int minute = e->minute - block * BLOCK_MINUTES;
    if (e->meal_mg > 0.0) group_give_meal(g, l, minute, e->meal_mg);
    if (e->rapid_u > 0.0) group_give_rapid(g, l, minute, e->rapid_u);
    if (e->depot_u > 0.0) group_give_depot(g, l, minute, e->depot_u);
}

static void live_day(const workload_person *people, int n, int day, lane_group *g)
{
    workload_event events[LANE_GROUP][WORKLOAD_EVENTS];
    int next[LANE_GROUP] = {0};
    const kernel *with = kernel_find(NULL);
    for (int l = 0; l < LANE_GROUP; l++) {
        const workload_person *p = person_of(people, n, l);
        workload_day(p, day, events[l]);
        const double z = rng_normal(NUMERICS_SEED, (uint64_t)p->number, RNG_sensitivity, (uint64_t)day);
        set(g, l, KINETIC_INDEX(kabs), p->kinetics.kabs * exp(0.3 * z));
    }
    with->prepare_day(g);
    for (int block = 0; block < BLOCKS_PER_DAY; block++) {
        for (int l = 0; l < LANE_GROUP; l++)
            for (; next[l] < WORKLOAD_EVENTS && events[l][next[l]].minute < (block + 1) * BLOCK_MINUTES; next[l]++)
                give(&events[l][next[l]], block, l, g);
        with->advance(g, 1);
    }
}

static void weigh_day(const workload_person *p, int day, double meal_before, double insulin_before, double secreted_before,
                      const lane_group *g, int l, numerics_balance *out)
{
    workload_event events[WORKLOAD_EVENTS];
    const kinetics *k = &p->kinetics;
    double eaten_mg = 0.0, given_u = p->basal_u_per_min * MINUTES_PER_DAY;
    workload_day(p, day, events);
    for (int e = 0; e < WORKLOAD_EVENTS; e++) {
        eaten_mg += events[e].meal_mg;
        given_u += events[e].rapid_u + events[e].depot_u;
    }
    const double eaten = k->f * eaten_mg / k->bw, given = given_u * PMOL_PER_UNIT_INSULIN / k->bw;
    const double made = secreted(g, l, k) - secreted_before;
    /* ipo's insulin is counted as C-peptide when it leaves the portal vein, so it is in neither sum */
    out->carbohydrate = fmax(out->carbohydrate, fabs(carbohydrate(g, l, k) - meal_before - eaten) / eaten);
    out->insulin = fmax(out->insulin, fabs(insulin(g, l, k) - insulin_before - given) / (given + made));
    out->person_days++;
}

numerics_balance numerics_balance_of(const workload_person *people, int n, int days)
{
    static lane_group g;
    numerics_balance out = {0};
    for (int first = 0; first < n; first += LANE_GROUP) {
        const int here = n - first < LANE_GROUP ? n - first : LANE_GROUP;
        start_group(people + first, here, &g);
        for (int day = 0; day < days; day++) {
            double meal[LANE_GROUP], hormone[LANE_GROUP], c_peptide[LANE_GROUP];
            clean_blood(people + first, here, &g);
            for (int l = 0; l < here; l++) {
                const kinetics *k = &people[first + l].kinetics;
                meal[l] = carbohydrate(&g, l, k);
                hormone[l] = insulin(&g, l, k);
                c_peptide[l] = secreted(&g, l, k);
            }
            live_day(people + first, here, day, &g);
            for (int l = 0; l < here; l++)
                weigh_day(&people[first + l], day, meal[l], hormone[l], c_peptide[l], &g, l, &out);
        }
    }
    return out;
}

/* ---- random schedules ---- */

#define SCHEDULE_EVENTS 40

typedef struct {
    int n, next;
    workload_event events[SCHEDULE_EVENTS];
} schedule;

static int by_minute(const void *a, const void *b)
{
    return ((const workload_event *)a)->minute - ((const workload_event *)b)->minute;
}

/* Events at any minute; a quarter at the edges of blocks and hours, a quarter at the minute of the one before. */
static void draw_schedule(long number, schedule *s)
{
    draw d = draw_from(NUMERICS_SEED, (uint64_t)number, RNG_meals, 0);
    *s = (schedule){.n = (int)(draw_uniform(&d) * (SCHEDULE_EVENTS + 1))};
    for (int i = 0; i < s->n; i++) {
        const double where = draw_uniform(&d), kind = draw_uniform(&d), size = draw_uniform(&d);
        int minute = (int)(draw_uniform(&d) * MINUTES_PER_DAY);
        if (where < 0.25) minute -= minute % (where < 0.125 ? BLOCK_MINUTES : 60);
        else if (where < 0.5 && i > 0) minute = s->events[i - 1].minute;
        else if (where < 0.55) minute = MINUTES_PER_DAY - 1;
        s->events[i] = (workload_event){.minute = minute};
        if (kind < 0.4) s->events[i].meal_mg = 1000.0 + 79000.0 * size;
        else if (kind < 0.8) s->events[i].rapid_u = 0.1 + 10.0 * size;
        else s->events[i].depot_u = 1.0 + 30.0 * size;
    }
    qsort(s->events, (size_t)s->n, sizeof s->events[0], by_minute);
}

/* the least that any event brings, over what a day may bring: a missing one shows */
#define SCHEDULE_TOLERANCE 1e-9

static void live_schedules(const workload_person *people, int n, schedule *plans, int plans_used, lane_group *g, numerics_schedules *out)
{
    double eaten[LANE_GROUP], given[LANE_GROUP], meal[LANE_GROUP], hormone[LANE_GROUP];
    bool missed[LANE_GROUP] = {false};
    const kernel *with = kernel_find(NULL);
    start_group(people, n, g);
    for (int l = 0; l < LANE_GROUP; l++) {
        const kinetics *k = &person_of(people, n, l)->kinetics;
        eaten[l] = given[l] = 0.0;
        meal[l] = carbohydrate(g, l, k);
        hormone[l] = insulin(g, l, k);
    }
    for (int block = 0; block < BLOCKS_PER_DAY; block++) {
        for (int l = 0; l < plans_used; l++) {
            const workload_person *p = person_of(people, n, l);
            given[l] += p->basal_u_per_min * BLOCK_MINUTES;
            for (; plans[l].next < plans[l].n && plans[l].events[plans[l].next].minute < (block + 1) * BLOCK_MINUTES; plans[l].next++) {
                const workload_event *e = &plans[l].events[plans[l].next];
                give(e, block, l, g);
                eaten[l] += e->meal_mg;
                given[l] += e->rapid_u + e->depot_u;
            }
        }
        with->advance(g, 1);
        for (int l = 0; l < plans_used; l++) {
            const kinetics *k = &person_of(people, n, l)->kinetics;
            const double food = k->f * eaten[l] / k->bw, dose = given[l] * PMOL_PER_UNIT_INSULIN / k->bw;
            const double off = fmax(fabs(carbohydrate(g, l, k) - meal[l] - food) / (meal[l] + food),
                                    fabs(insulin(g, l, k) - hormone[l] - dose) / (hormone[l] + dose + secreted(g, l, k)));
            out->worst = fmax(out->worst, off);
            missed[l] = missed[l] || !(off < SCHEDULE_TOLERANCE);
        }
    }
    for (int l = 0; l < plans_used; l++) {
        out->schedules++;
        out->events += plans[l].n;
        out->skipped += missed[l] || plans[l].next < plans[l].n;
    }
}

numerics_schedules numerics_schedules_of(const workload_person *people, int n, long schedules)
{
    static lane_group g;
    static schedule plans[LANE_GROUP];
    numerics_schedules out = {0};
    for (long first = 0; first < schedules; first += LANE_GROUP) {
        const int used = schedules - first < LANE_GROUP ? (int)(schedules - first) : LANE_GROUP;
        const int from = (int)(first % n), here = n - from < LANE_GROUP ? n - from : LANE_GROUP;
        for (int l = 0; l < used; l++) draw_schedule(first + l, &plans[l]);
        live_schedules(people + from, here, plans, used, &g, &out);
    }
    return out;
}

/* ---- steady state ---- */

double numerics_drift_per_day(const workload_person *people, int n, int days)
{
    static lane_group g;
    double worst = 0.0;
    const kernel *with = kernel_find(NULL);
    for (int first = 0; first < n; first += LANE_GROUP) {
        const int here = n - first < LANE_GROUP ? n - first : LANE_GROUP;
        memset(&g, 0, sizeof g);
        for (int l = 0; l < LANE_GROUP; l++) {
            workload_person p = *person_of(people + first, here, l);
            /* the basal state is that of people who live on injected insulin, without alarm and below the kidney's threshold (basal.h):
             * two of the first 1,000 are above it at their basal glucose */
            p.kinetics.m_native = p.kinetics.m_graft = p.kinetics.xi = p.kinetics.ke1 = 0.0;
            const double rate = subject_basal_u_per_min(&p.kinetics);
            basal_state(&p.kinetics, false, p.start);
            basal_lane(&p.kinetics, p.start, &g, l);
            g.basal_u_per_min[l] = rate;
        }
        with->prepare(&g);
        for (int day = 0; day < days; day++) {
            double before[MINUTE_STATES][LANE_GROUP];
            memcpy(before, g.x, sizeof before);
            with->advance(&g, BLOCKS_PER_DAY);
            for (int s = 0; s < MINUTE_STATES; s++)
                for (int l = 0; l < here; l++)
                    worst = fmax(worst, fabs(g.x[s][l] - before[s][l]) / (1.0 + fabs(before[s][l])));
        }
    }
    return worst;
}

/* ---- references ---- */

static double farthest(const double *a, const double *b, size_t n)
{
    double worst = 0.0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(a[i] - b[i]) <= worst)) worst = fabs(a[i] - b[i]); /* a NaN stays */
    return worst;
}

/* everybody's plasma glucose, [person][block]; the caller frees */
static double *traces_of(const workload_method *method, const workload_person *people, int n, int days)
{
    double *out = malloc((size_t)n * (size_t)days * BLOCKS_PER_DAY * sizeof *out);
    workload_event *calendar = workload_calendar(people, n, days);
    if (out && calendar) workload_run(method, people, n, days, calendar, out);
    free(calendar);
    if (!calendar) free(out);
    return calendar ? out : NULL;
}

bool numerics_against_cvode(const workload_person *people, int n, int days, numerics_errors *out)
{
    const size_t blocks = (size_t)days * BLOCKS_PER_DAY;
    double *reference = malloc(blocks * sizeof(double));
    double *by_default = traces_of(&(workload_method){kernel_find(NULL), 0}, people, n, days);
    double *tight = traces_of(&(workload_method){kernel_find(NULL), 32}, people, n, days);
    bool fine = reference && by_default && tight;
    *out = (numerics_errors){0};
    for (int i = 0; i < n && fine; i++) {
        const double *own = by_default + (size_t)i * blocks, *fitting = tight + (size_t)i * blocks;
        fine = reference_glucose(&people[i], days, reference);
        const double error = farthest(own, reference, blocks);
        if (!(error <= out->by_default_mg_dl)) out->by_default_mg_dl = error, out->person = i;
        out->above += !(error <= 0.1);
        out->tight_mg_dl = fmax(out->tight_mg_dl, farthest(fitting, reference, blocks));
        for (size_t b = 0; b < blocks; b++) out->tight_relative = fmax(out->tight_relative, fabs(fitting[b] - reference[b]) / reference[b]);
    }
    free(reference);
    free(by_default);
    free(tight);
    return fine;
}

bool numerics_against_long_double(const workload_person *people, int n, int days, int steps, numerics_long_errors *out)
{
    const size_t blocks = (size_t)days * BLOCKS_PER_DAY;
    double *reference = malloc(blocks * sizeof(double)), *cvode = malloc(blocks * sizeof(double));
    double *by_default = traces_of(&(workload_method){kernel_find(NULL), 0}, people, n, days);
    bool fine = reference && cvode && by_default;
    *out = (numerics_long_errors){0};
    for (int i = 0; i < n && fine; i++) {
        long_double_solver *solver = long_double_create(&people[i].kinetics, people[i].start, steps);
        const any_solver any = long_double_as_any(solver);
        fine = solver && reference_live(&any, &people[i], days, reference) && reference_glucose(&people[i], days, cvode);
        long_double_free(solver);
        out->cvode_mg_dl = fmax(out->cvode_mg_dl, farthest(cvode, reference, blocks));
        out->by_default_mg_dl = fmax(out->by_default_mg_dl, farthest(by_default + (size_t)i * blocks, reference, blocks));
    }
    free(reference);
    free(cvode);
    free(by_default);
    return fine;
}
