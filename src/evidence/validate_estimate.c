/* The discrepancy from calibration rows after day 0, all others unseen, and again without each cohort in turn for its own rows. */
#include "evidence/validate_job.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/problems.h"

static int cohort_number(const validate_job *j, int r)
{
    int at = 0;
    while (strcmp(j->rows.rows[at].row->group, j->rows.rows[r].row->group) != 0) at++;
    return at;
}

typedef struct {
    discrepancy_point *points; /* [row] */
    double *shifts;            /* [row][PREDICT_MEMBERS] */
} workspace;

/* observed - simulated on the scale; a share by its count, half an event more of either kind */
static double off_scale(const validated_row *v)
{
    const evidence_row *row = v->bound->row;
    double value = row->value;
    if (outcome_is_share(&row->endpoint)) value = (value * row->n + 0.5) / (row->n + 1.0);
    return discrepancy_to(&v->scale, value) - v->predicted.centre;
}

/* Rows of a kind set it; of all other means all that are counted as they are, in SDs between people, do. Not one that a parameter was set to by hand. */
static bool may_set(const validate_job *j, int r, int kind)
{
    const validated_row *v = &j->out[r];
    if (!v->predicted_any || v->bound->row->statistic == STATISTIC_SIGN || v->bound->row->role != ROLE_CALIBRATE ||
        v->bound->row->day <= 0 || by_hand_of(&j->by_hand, v->bound->row) || v->bound->against >= 0) /* a difference is of arms that have rows of their own, or may have */
        return false;
    return kind == DISCREPANCY_other ? v->scale.form == FORM_LINEAR && v->predicted.people_sd > 0.0 : (int)v->kind == kind;
}

/* what a row says, over `unit`; `shift` has room for the row's */
static discrepancy_point point_of(const validate_job *j, int r, double unit, double *shift)
{
    const prediction *p = &j->out[r].predicted;
    for (int k = 0; k < j->members; k++) shift[k] = p->shift[k] / unit;
    return (discrepancy_point){off_scale(&j->out[r]) / unit, p->sampling_sd / unit, cohort_number(j, r), shift};
}

/* a kind from calibration rows after day 0, but for those of the cohort `without` (-1: of all) */
static bool estimate_kind(const validate_job *j, int kind, int without, workspace *work, discrepancy_term *out)
{
    discrepancy_point *points = work->points;
    int n = 0;
    for (int r = 0; r < j->rows.n_rows; r++) {
        if (!may_set(j, r, kind) || cohort_number(j, r) == without) continue;
        double unit = kind == DISCREPANCY_other ? j->out[r].predicted.people_sd : 1.0;
        points[n] = point_of(j, r, unit, work->shifts + (size_t)n * PREDICT_MEMBERS);
        n++;
    }
    *out = (discrepancy_term){.rows = n, .bias = NAN, .bias_se = NAN};
    return n == 0 || discrepancy_fit_apart(points, n, j->members, out);
}

static bool has_kind(const validate_job *j, int cohort, int kind)
{
    for (int r = 0; r < j->rows.n_rows; r++)
        if (may_set(j, r, kind) && cohort_number(j, r) == cohort) return true;
    return false;
}

/* what the other cohorts say, for the rows of each; only the kinds that its own rows had a part in are estimated again */
static bool estimate_without(validate_job *j, const discrepancy *all, workspace *work)
{
    for (int r = 0; r < j->rows.n_rows; r++) {
        int cohort = cohort_number(j, r); /* its first row */
        if (cohort < r) {
            j->without[r] = j->without[cohort];
            continue;
        }
        j->without[r] = *all;
        for (int kind = 0; kind < DISCREPANCY_COUNT; kind++)
            if (has_kind(j, cohort, kind) && !estimate_kind(j, kind, cohort, work, &j->without[r].term[kind])) return false;
        discrepancy_derive(&j->without[r]);
    }
    return true;
}

islet_status validate_estimate(validate_job *j, islet_problems *problems)
{
    size_t room = (size_t)j->rows.n_rows + 1;
    workspace work = {malloc(room * sizeof *work.points), malloc(room * PREDICT_MEMBERS * sizeof *work.shifts)};
    int all = 0;
    j->without = malloc(room * sizeof *j->without);
    bool fine = work.points && work.shifts && j->without;
    for (int kind = 0; kind < DISCREPANCY_COUNT && fine; kind++) {
        fine = estimate_kind(j, kind, -1, &work, &j->discrepancy.term[kind]);
        all += j->discrepancy.term[kind].rows;
    }
    fine = fine && estimate_without(j, &j->discrepancy, &work);
    free(work.points);
    free(work.shifts);
    discrepancy_derive(&j->discrepancy);
    if (!fine) return ISLET_ERR_MEMORY;
    if (all > 0) return ISLET_OK;
    problems_error(problems, "--discrepancy", 0, 0,
                   "no row of the role calibrate after day 0; expected some, for no other row may set it");
    return ISLET_ERR_INPUT;
}
