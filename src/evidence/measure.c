/* One value a person and row: a column of the visit on the row's day, or what the definitions of outcomes.def make of
 * visits, traits and events. */
#include "evidence/measure.h"

#include <math.h>
#include <string.h>

#include "base/units.h"

#define INDEPENDENT_DAYS 14       /* without an injection: definition of insulin independence */
#define SEVERE_HYPO_FREE_FROM 90  /* first day of severe_hypo_free_from_90 */
#define LATE_SEVERE_HYPO_FROM 28   /* first day of hba1c_below_7_no_severe_hypo: as the primary outcome of CIT07 (doi:10.2337/dc15-1988) */
#define HBA1C_TARGET_PCT 7.0
#define HBA1C_REMISSION_PCT 6.5
#define KEPT_C_PEPTIDE_NMOL_L 0.2
#define TIME_IN_RANGE_TARGET_PCT 70.0

typedef struct {
    const patient_result *result;
    const double *now, *start; /* the visits on the row's day and on day 0 */
    int day, since;
} seen;

static bool had_event(const patient_result *r, event_kind kind, int from, int to)
{
    for (int e = 0; e < r->n_events; e++)
        if (r->events[e].kind == (int)kind && r->events[e].day >= from && r->events[e].day <= to) return true;
    return false;
}

/* Who died or left before the day has no HbA1c on it. */
static bool is_there(const seen *s)
{
    return !isnan(s->now[ENDPOINT_hba1c_pct]);
}

static double as_share(const seen *s, bool yes)
{
    return is_there(s) ? (double)yes : NAN;
}

static double insulin_u_per_day(const seen *s)
{
    return s->now[ENDPOINT_insulin_u_per_kg_day] * s->now[ENDPOINT_weight_kg];
}

static double insulin_change_pct(const seen *s)
{
    double before = s->start[ENDPOINT_insulin_u_per_kg_day];
    return before > 0.0 ? 100.0 * (s->now[ENDPOINT_insulin_u_per_kg_day] / before - 1.0) : NAN;
}

static double hba1c_below_7(const seen *s)
{
    return as_share(s, s->now[ENDPOINT_hba1c_pct] < HBA1C_TARGET_PCT);
}

static double hba1c_below_6_5(const seen *s)
{
    return as_share(s, s->now[ENDPOINT_hba1c_pct] < HBA1C_REMISSION_PCT);
}

static double hba1c_below_7_no_severe_hypo(const seen *s)
{
    return as_share(s, s->now[ENDPOINT_hba1c_pct] < HBA1C_TARGET_PCT &&
                           !had_event(s->result, EVENT_severe_hypo, LATE_SEVERE_HYPO_FROM, s->day));
}

/* of people who injected any before */
static double insulin_halved(const seen *s)
{
    double before = s->start[ENDPOINT_insulin_u_per_kg_day];
    return before > 0.0 ? as_share(s, s->now[ENDPOINT_insulin_u_per_kg_day] <= 0.5 * before) : NAN;
}

static double c_peptide_at_least_0_2(const seen *s)
{
    return as_share(s, s->now[ENDPOINT_c_peptide_stimulated_nmol_l] >= KEPT_C_PEPTIDE_NMOL_L);
}

/* In type 1 diabetes nothing moves weight, and no change is no finding: waist, of the same laws, is not there either. */
static bool keeps_weight(const seen *s)
{
    return s->day > 0 && isnan(s->now[ENDPOINT_waist_cm]);
}

static double weight_change_pct(const seen *s)
{
    if (keeps_weight(s)) return NAN;
    return 100.0 * (s->now[ENDPOINT_weight_kg] / s->start[ENDPOINT_weight_kg] - 1.0);
}

static double time_in_range_above_70(const seen *s)
{
    return as_share(s, s->now[ENDPOINT_time_in_range_pct] > TIME_IN_RANGE_TARGET_PCT);
}

static double c_peptide_detectable(const seen *s)
{
    return as_share(s, s->now[ENDPOINT_c_peptide_stimulated_nmol_l] > 0.0);
}

static double severe_hypo_free_from_90(const seen *s)
{
    return as_share(s, !had_event(s->result, EVENT_severe_hypo, SEVERE_HYPO_FREE_FROM, s->day));
}

static double age_year(const seen *s)
{
    return s->result->traits->age_year;
}

static double duration_year(const seen *s)
{
    return s->result->traits->duration_year;
}

/* End points of outcomes.def that are no columns of a visit. */
static const struct {
    const char *key;
    double (*value)(const seen *s);
} further[] = {
#define FURTHER_VALUE(name) {#name, name}
    FURTHER_VALUE(insulin_u_per_day),        FURTHER_VALUE(insulin_change_pct),   FURTHER_VALUE(hba1c_below_7),
    FURTHER_VALUE(hba1c_below_6_5),          FURTHER_VALUE(insulin_halved),       FURTHER_VALUE(hba1c_below_7_no_severe_hypo),
    FURTHER_VALUE(c_peptide_at_least_0_2),   FURTHER_VALUE(weight_change_pct),
    FURTHER_VALUE(time_in_range_above_70),   FURTHER_VALUE(c_peptide_detectable), FURTHER_VALUE(severe_hypo_free_from_90),
    FURTHER_VALUE(age_year),             FURTHER_VALUE(duration_year),
#undef FURTHER_VALUE
};
#define FURTHERS (sizeof further / sizeof *further)

/* Events a year between the protocol's last visit before the day and the day; on day 0 in the year before. */
static double severe_hypo_per_year(const seen *s)
{
    int events = 0;
    if (s->day == 0) return s->result->traits->severe_hypo_per_year;
    if (!is_there(s)) return NAN;
    for (int e = 0; e < s->result->n_events; e++) {
        const patient_event *event = &s->result->events[e];
        events += event->kind == EVENT_severe_hypo && event->day >= s->since && event->day < s->day;
    }
    return events * DAYS_PER_YEAR / (s->day - s->since);
}

/* Off insulin at any time up to the day: 14 days were complete by then. Counted of everybody, also who left later. */
static double ever_independent(const seen *s)
{
    return had_event(s->result, EVENT_insulin_stopped, 0, s->day - INDEPENDENT_DAYS) ||
           s->now[ENDPOINT_insulin_independent] > 0.0;
}

bool measure_is_input(const evidence_row *row)
{
    const int id = row->endpoint.id;
    return row->day > 0 && (id == ENDPOINT_weight_kg || id == ENDPOINT_bmi_kg_m2 || strcmp(row->endpoint.key, "weight_change_pct") == 0);
}

static double value_of(const evidence_row *row, const seen *s)
{
    int id = row->endpoint.id;
    if (id == ENDPOINT_severe_hypo_per_year) return severe_hypo_per_year(s);
    if (id == ENDPOINT_insulin_independent && row->statistic == STATISTIC_EVER) return ever_independent(s);
    if (measure_is_input(row) && keeps_weight(s)) return NAN;
    if (id >= 0) return s->now[id];
    for (size_t i = 0; i < FURTHERS; i++)
        if (strcmp(further[i].key, row->endpoint.key) == 0) return further[i].value(s);
    return NAN;
}

/* index of the visit on a day; the caller has made sure that there is one */
static int visit_on(const int *visit_day, int n, int day)
{
    int at = 0;
    while (at < n - 1 && visit_day[at] != day) at++;
    return at;
}

double measure_person(const evidence_row *row, const patient_result *result, const int *visit_day, int day, int since)
{
    seen s = {.result = result, .now = result->visit_values[visit_on(visit_day, result->n_visits, day)],
              .start = result->visit_values[0], .day = day, .since = since};
    double now = value_of(row, &s);
    const bool relative = row->statistic == STATISTIC_CHANGE_PCT;
    if (!evidence_is_change(row) && !relative && row->statistic != STATISTIC_SIGN) return now;
    seen before = s;
    before.now = s.start;
    before.day = 0;
    double then = value_of(row, &before);
    if (relative) return then > 0.0 ? 100.0 * (now / then - 1.0) : NAN; /* of nothing there is no relative change */
    return now - then;
}

static bool is_known(const outcome_info *endpoint)
{
    if (endpoint->id >= 0) return true;
    for (size_t i = 0; i < FURTHERS; i++)
        if (strcmp(further[i].key, endpoint->key) == 0) return true;
    return false;
}

const char *measure_refusal(const evidence_row *row)
{
    if (row->role == ROLE_CLAIM) return "a clinic's own words";
    if (isnan(row->value)) return "no number was published";
    if (!(row->n >= 1.0) && row->statistic != STATISTIC_SIGN) return "the number of people was not published";
    if (!is_known(&row->endpoint)) return "the model has no such end point";
    if (row->part_of[0]) return "a part of the arm, chosen by its outcome";
    if (row->statistic == STATISTIC_EVER && row->endpoint.kind == ENDPOINT_KIND_fraction &&
        row->endpoint.id != ENDPOINT_insulin_independent)
        return "counted over all days before, of which only visits are kept";
    return NULL;
}
