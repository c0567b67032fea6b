/* People of the immune study: adults and children followed from diagnosis for nine years on insulin alone, adults and children whose immune system is reset,
 * young children some months after diagnosis, and two trials of drugs with placebo. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "immune_study.h"

/* Day 80 is the usual enrolment of trials within 100 days; their months count from there. */
#define NATURAL_TEXT(of)                                                                                               \
    "islet: 1\ntitle: fit\npopulation: {of: " of ", n: 64, require: {duration_year: \"<= 0.01\"}}\narms:\n  - name: insulin alone\n"     \
    "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\n"                                                  \
    "follow_up: {years: 9, visits_day: [0, 30, 80, 90, 180, 365, 445, 545, 730, 810, 1095, 1460, 1825, 2190, 2555, 2920, 3285]}\n"

#define RESET_TEXT(of, who)                                                                                            \
    "islet: 1\ntitle: fit\npopulation: {of: " of ", n: 64, require: {" who "}}\narms:\n  - name: reset\n"               \
    "    conditioning: {regimen: cyclophosphamide_atg, start_day: 0}\n"                                               \
    "    cells: [{product: haematopoietic_autologous, cd34_per_kg: 5e6, day: 33}]\n"                                  \
    "care: {insulin: basal_bolus, wean: trial_protocol}\n"                                                            \
    "follow_up: {years: 4.2, visits_day: [0, 28, 62, 76, 90, 125, 216, 398, 763, 1128, 1493]}\n"

static const char *const protocol_text[GROUPS] = {
    [ADULT] = NATURAL_TEXT("t1d_new_onset"),
    [CHILD] = NATURAL_TEXT("t1d_new_onset_child"),
    /* examples/ahsct_new_onset.yaml and the protocol of FUDAN_CHILDREN; visits by time after the infusion */
    [RESET] = RESET_TEXT("t1d_new_onset", "age_year: \"<= 35\", duration_year: \"<= 0.115\", ketoacidosis_at_onset: \"<= 0\""),
    [RESET_CHILD] = RESET_TEXT("t1d_new_onset_child", "age_year: [8, 17.9], duration_year: \"<= 0.25\""),
    /* HALLER2011: given cord blood that does nothing */
    [YOUNG] = "islet: 1\ntitle: fit\npopulation: {of: t1d_new_onset_child, n: 64, require: {age_year: [5, 9], duration_year: [0.1, 0.8]}}\narms:\n"
              "  - name: insulin alone\ntrial_effect: none\ncare: {insulin: basal_bolus, wean: never}\n"
              "follow_up: {years: 2, visits_day: [0, 90, 180, 365, 730]}\n",
    /* children within six weeks, two courses; the others four to twelve months after diagnosis, one course */
    [EARLY] = "islet: 1\ntitle: fit\npopulation: {of: t1d_new_onset_child, n: 64, require: {age_year: \">= 8\", duration_year: \"<= 0.12\", "
              "c_peptide_stimulated_nmol_l: \">= 0.2\"}}\narms:\n  - name: placebo\n  - name: teplizumab\n    conditioning: teplizumab\n"
              "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\nfollow_up: {years: 2, visits_day: [0, 365, 545, 730]}\n",
    [LATE] = "islet: 1\ntitle: fit\npopulation: {of: t1d_new_onset, n: 64, require: {duration_year: [0.33, 1], "
             "c_peptide_stimulated_nmol_l: \">= 0.2\"}}\narms:\n  - name: placebo\n  - name: teplizumab\n    conditioning: teplizumab\n"
             "  - name: low-dose ATG\n    conditioning: atg_low_dose\n"
             "trial_effect: none\ncare: {insulin: basal_bolus, wean: never}\nfollow_up: {years: 1, visits_day: [0, 365]}\n",
};
static const double people_share[GROUPS] = {1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5};

/* Days of the longest time without insulin. */
static double longest_free_day(const patient_result *r)
{
    double longest = 0.0, since = -1.0;
    for (int e = 0; e < r->n_events; e++) {
        if (r->events[e].kind == EVENT_insulin_stopped) since = r->events[e].day;
        if (r->events[e].kind != EVENT_insulin_resumed || since < 0.0) continue;
        longest = fmax(longest, r->events[e].day - since);
        since = -1.0;
    }
    return since < 0.0 ? longest : fmax(longest, r->n_days - since);
}

static islet_status keep(void *context, int64_t batch, const patient_result *results, int n)
{
    group_study *s = context;
    (void)batch;
    for (int i = 0; i < n; i++) {
        const patient_result *r = &results[i];
        size_t who = (size_t)r->traits->patient, row = (size_t)r->arm * (size_t)s->n + who;
        memcpy(s->values + row * (size_t)s->n_visits * ENDPOINT_COUNT, r->visit_values,
               sizeof(double) * (size_t)s->n_visits * ENDPOINT_COUNT);
        s->diagnosed_year[who] = r->traits->age_year - r->traits->duration_year;
        if (r->arm > 0) continue;
        s->was_free[who] = 0;
        for (int e = 0; e < r->n_events; e++)
            if (r->events[e].kind == EVENT_insulin_stopped && r->events[e].day <= 545) s->was_free[who] = 1;
        s->free_day[who] = longest_free_day(r);
    }
    return ISLET_OK;
}

static void fail(islet_problems *problems)
{
    for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
    exit(4);
}

void study_simulate(study *s, int first, int last)
{
    for (int g = first; g <= last; g++) {
        trial *t;
        islet_problems *problems = islet_problems_create();
        if (trial_create_with(&s->of[g].protocol, NULL, &s->params, &t, problems) != ISLET_OK ||
            trial_run(t, NULL, keep, &s->of[g], problems) != ISLET_OK)
            fail(problems);
        islet_problems_free(problems);
        trial_free(t);
    }
    s->evaluations++;
}

bool study_read(study *s, int n)
{
    *s = (study){.params = params_default()};
    for (int g = 0; g < GROUPS; g++) {
        group_study *of = &s->of[g];
        islet_problems *problems = islet_problems_create();
        if (protocol_parse(protocol_text[g], strlen(protocol_text[g]), "fit", &of->protocol, problems) != ISLET_OK) fail(problems);
        islet_problems_free(problems);
        of->n = (int)ceil(people_share[g] * n);
        of->protocol.n_patients = of->n;
        of->n_visits = of->protocol.n_visits;
        of->values = calloc((size_t)of->protocol.n_arms * (size_t)of->n * (size_t)of->n_visits * ENDPOINT_COUNT, sizeof(double));
        of->diagnosed_year = calloc((size_t)of->n, sizeof(double));
        of->free_day = calloc((size_t)of->n, sizeof(double));
        of->was_free = calloc((size_t)of->n, 1);
        if (!of->values || !of->diagnosed_year || !of->was_free || !of->free_day) return false;
    }
    s->of[LATE].protocol.conditionings[s->of[LATE].protocol.arms[1].conditioning].courses.value = 1.0; /* NH_DELAY2013: one course */
    return true;
}

void study_free(study *s)
{
    for (int g = 0; g < GROUPS; g++) {
        free(s->of[g].values);
        free(s->of[g].diagnosed_year);
        free(s->of[g].free_day);
        free(s->of[g].was_free);
    }
}

/* ---- what they came to ---- */

double value_of(const group_study *s, int arm, int who, int day, endpoint_id e)
{
    for (int v = 0; v < s->n_visits; v++)
        if (s->protocol.visits_day[v] == day)
            return s->values[(((size_t)arm * (size_t)s->n + (size_t)who) * (size_t)s->n_visits + (size_t)v) * ENDPOINT_COUNT + e];
    fprintf(stderr, "no visit on day %d\n", day);
    exit(2);
}

double value_at(const group_study *s, int who, int day, endpoint_id e)
{
    return value_of(s, 0, who, day, e);
}
