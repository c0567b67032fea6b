/* Workload: see workload.h. Meals as in simglucose's scenarios: normal around 7, 12 and 18 h and 45, 70 and 80 g. */
#define ISLET_LANES 1
#include "trial/workload.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "base/units.h"
#include "physiology/basal.h"
#include "physiology/minute.h"
#include "trial/workload_days.h"

#define WORKLOAD_SEED 20261121
#define MEALS 3
#define MG_PER_G 1000.0
#define LONG_ACTING_MINUTE (22 * 60)
#define BODY_MASS_INDEX 23.0   /* the public rows hold no height; only C-peptide's volume needs it */
#define GRAFT_CAPACITY 0.5     /* over a healthy pancreas */
#define INSULIN_WITH_GRAFT 0.4 /* share of the insulin that people with a graft still inject */

static void complete_person(const params *p, const subject *subject, int number, bool grafts, workload_person *person)
{
    const bool has_graft = grafts && number % 3 != 0, uses_depot = number % 2 == 1;
    const double insulin = has_graft ? INSULIN_WITH_GRAFT : 1.0;
    kinetics *k = &person->kinetics;
    subject_kinetics(&subject->free, k);
    kinetics_set_defaults(p, k);
    const double height_cm = 100.0 * sqrt(k->bw / BODY_MASS_INDEX);
    kinetics_set_c_peptide(p->c_peptide_short_half_life_min,
                           p->c_peptide_long_half_life_base_min +
                               p->c_peptide_long_half_life_per_year_min * subject->age_year,
                           p->c_peptide_fraction, k);
    k->c_vc = kinetics_c_peptide_volume_l(uses_depot, sqrt(height_cm * k->bw / 3600.0));
    k->ln_gb_pow = hypo_ln_pow(k->gb);
    k->m_graft = has_graft ? GRAFT_CAPACITY : 0.0;
    k->phi_p = number % 3 == 2 ? 0.0 : 1.0;
    basal_state(k, uses_depot, person->start);

    const double basal_u_per_min = subject_basal_u_per_min(k) * insulin;
    person->number = number;
    person->basal_u_per_min = uses_depot ? 0.0 : basal_u_per_min;
    person->long_acting_u = uses_depot ? basal_u_per_min * MINUTES_PER_DAY : 0.0;
    person->u_per_g = insulin / subject->carb_ratio_g_per_u;
}

bool workload_people(bool grafts, workload_person out[SUBJECT_COUNT])
{
    subject subjects[SUBJECT_COUNT];
    if (!subjects_read(subjects)) return false;
    const params p = params_default();
    for (int i = 0; i < SUBJECT_COUNT; i++) complete_person(&p, &subjects[i], i, grafts, &out[i]);
    return true;
}

/* Insert by minute; what comes first stays first. */
static void insert(workload_event *events, int n, workload_event event)
{
    int at = n;
    for (; at > 0 && events[at - 1].minute > event.minute; at--) events[at] = events[at - 1];
    events[at] = event;
}

void workload_day(const workload_person *person, int day, workload_event out[WORKLOAD_EVENTS])
{
    static const double hour[MEALS] = {7.0, 12.0, 18.0}, grams[MEALS] = {45.0, 70.0, 80.0}, spread_g = 10.0;
    const double earliest_hour = 1.0, latest_hour = 3.0; /* from the mean */
    int n = 0;
    for (int meal = 0; meal < MEALS; meal++) {
        const uint64_t index = (uint64_t)day * MEALS + (uint64_t)meal;
        double z[2], w[2];
        rng_normal_pair(WORKLOAD_SEED, (uint64_t)person->number, RNG_meals, index, z);
        rng_normal_pair(WORKLOAD_SEED, (uint64_t)person->number, RNG_bolus, index, w);
        const double hours_off = fmin(fmax(z[0], -earliest_hour), latest_hour);
        const int minute = (int)((hour[meal] + hours_off) * 60.0);
        const double eaten_g = fmax(grams[meal] + spread_g * z[1], 5.0);
        const double dose_u = eaten_g * person->u_per_g * fmin(fmax(0.85 + 0.15 * w[0], 0.4), 1.3);
        const int dose_minute = minute + (int)fmin(fmax(-5.0 + 10.0 * w[1], -20.0), 30.0);
        insert(out, n++, (workload_event){.minute = minute, .meal_mg = eaten_g * MG_PER_G});
        insert(out, n++, (workload_event){.minute = dose_minute, .rapid_u = dose_u});
    }
    insert(out, n++, (workload_event){.minute = LONG_ACTING_MINUTE, .depot_u = person->long_acting_u});
}

workload_event *workload_calendar(const workload_person *people, int n_people, int days)
{
    workload_event *calendar = malloc((size_t)n_people * (size_t)days * WORKLOAD_EVENTS * sizeof *calendar);
    if (!calendar) return NULL;
    for (int i = 0; i < n_people; i++)
        for (int day = 0; day < days; day++)
            workload_day(&people[i], day, calendar + ((size_t)i * (size_t)days + (size_t)day) * WORKLOAD_EVENTS);
    return calendar;
}

void workload_run(const workload_method *method, const workload_person *people, int n_people, int days,
                  const workload_event *calendar, double *trace_mg_dl)
{
    run_days(method, people, n_people, days, calendar, trace_mg_dl);
}
