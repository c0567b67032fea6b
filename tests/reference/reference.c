/* Reference solution: see reference.h. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_context.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

#include "base/units.h"

#define CVODE_STEPS_MAX 200000 /* between two outputs */

/* ---- meals and doses, minute by minute ---- */

void reference_book_event(reference_book *book, const workload_event *event)
{
    book->left_mg += event->meal_mg;
    book->rapid_u += event->rapid_u;
    book->depot_u += event->depot_u;
}

scalar_input reference_book_minute(reference_book *book, const kinetics *k, const double x[MINUTE_STATES])
{
    const double bite = book->left_mg < EATING_MG_PER_MIN ? book->left_mg : EATING_MG_PER_MIN;
    if (bite > 0.0 && book->eating == 0.0) {
        book->before_mg = x[MINUTE_qs1] + x[MINUTE_qs2];
        book->eaten_mg = 0.0;
    }
    book->eaten_mg += bite;
    book->left_mg -= bite;
    book->eating = bite > 0.0;
    const double pmol_kg_per_u = PMOL_PER_UNIT_INSULIN / k->bw;
    const scalar_input in = {bite, (book->rapid_u + book->basal_u_per_min) * pmol_kg_per_u, book->depot_u * pmol_kg_per_u,
                                book->before_mg + book->eaten_mg};
    book->rapid_u = book->depot_u = 0.0;
    return in;
}

/* ---- CVODE ---- */

struct reference_solver {
    SUNContext context;
    void *cvode;
    N_Vector x;
    SUNMatrix jacobian;
    SUNLinearSolver linear;       /* with BDF */
    SUNNonlinearSolver fixed_point; /* with Adams */
    scalar_equations *equations;
    scalar_input in;
    double minute;
};

static int rhs(realtype t, N_Vector x, N_Vector dx, void *data)
{
    (void)t;
    const reference_solver *solver = data;
    scalar_rhs(solver->equations, N_VGetArrayPointer(x), N_VGetArrayPointer(dx));
    return 0;
}

/* Newton's method with a dense matrix. */
static bool solve_by_newton(reference_solver *s)
{
    s->jacobian = SUNDenseMatrix(MINUTE_STATES, MINUTE_STATES, s->context);
    s->linear = SUNLinSol_Dense(s->x, s->jacobian, s->context);
    return s->jacobian && s->linear && CVodeSetLinearSolver(s->cvode, s->linear, s->jacobian) == CV_SUCCESS;
}

static bool solve_by_fixed_point(reference_solver *s)
{
    s->fixed_point = SUNNonlinSol_FixedPoint(s->x, 0, s->context);
    return s->fixed_point && CVodeSetNonlinearSolver(s->cvode, s->fixed_point) == CV_SUCCESS;
}

static reference_solver *create(int method, const kinetics *k, const double start[MINUTE_STATES], double tolerance)
{
    reference_solver *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->equations = scalar_create(k, NULL);
    if (!s->equations) goto fail;
    if (SUNContext_Create(NULL, &s->context) != 0) goto fail;
    s->x = N_VNew_Serial(MINUTE_STATES, s->context);
    s->cvode = CVodeCreate(method, s->context);
    if (!s->x || !s->cvode) goto fail;
    memcpy(N_VGetArrayPointer(s->x), start, MINUTE_STATES * sizeof(double));
    if (CVodeInit(s->cvode, rhs, 0.0, s->x) != CV_SUCCESS) goto fail;
    if (CVodeSStolerances(s->cvode, tolerance, tolerance) != CV_SUCCESS) goto fail;
    if (CVodeSetUserData(s->cvode, s) != CV_SUCCESS) goto fail;
    if (!(method == CV_ADAMS ? solve_by_fixed_point(s) : solve_by_newton(s))) goto fail;
    if (CVodeSetMaxNumSteps(s->cvode, CVODE_STEPS_MAX) != CV_SUCCESS) goto fail;
    return s;
fail:
    reference_free(s);
    return NULL;
}

reference_solver *reference_create(const kinetics *k, const double start[MINUTE_STATES], double tolerance)
{
    return create(CV_BDF, k, start, tolerance);
}

reference_solver *reference_create_adams(const kinetics *k, const double start[MINUTE_STATES], double tolerance)
{
    return create(CV_ADAMS, k, start, tolerance);
}

void reference_free(reference_solver *s)
{
    if (!s) return;
    if (s->cvode) CVodeFree(&s->cvode);
    if (s->linear) SUNLinSolFree(s->linear);
    if (s->fixed_point) SUNNonlinSolFree(s->fixed_point);
    if (s->jacobian) SUNMatDestroy(s->jacobian);
    if (s->x) N_VDestroy(s->x);
    if (s->context) SUNContext_Free(&s->context);
    scalar_free(s->equations);
    free(s);
}

bool reference_advance(reference_solver *s, const scalar_input *in, double minutes)
{
    const bool changed = memcmp(&s->in, in, sizeof *in) != 0 || s->minute == 0.0;
    s->in = *in;
    scalar_set_input(s->equations, in);
    if (changed && CVodeReInit(s->cvode, s->minute, s->x) != CV_SUCCESS) return false;
    /* a step may run past the end: the result there is interpolated, and a change of inputs starts anew from it */
    double reached = s->minute;
    s->minute += minutes;
    const int flag = CVode(s->cvode, s->minute, s->x, &reached, CV_NORMAL);
    return flag == CV_SUCCESS && reached == s->minute;
}

const double *reference_state(const reference_solver *s)
{
    return N_VGetArrayPointer(s->x);
}

/* ---- a person's days ---- */

/* Minutes from `minute` on in which no input changes: one while eating or after a dose, else up to the next event. */
static int quiet_minutes(const reference_book *book, const scalar_input *in, double basal_pmol_kg_min, int minute, int next_event)
{
    const bool busy = book->left_mg > 0.0 || in->meal_mg_per_min > 0.0 || in->rapid_pmol_kg_min != basal_pmol_kg_min ||
                      in->depot_pmol_kg_min > 0.0;
    return busy ? 1 : next_event - minute;
}

bool reference_live(const any_solver *solver, const workload_person *person, int days, double *out_mg_dl)
{
    const double basal_pmol_kg_min = person->basal_u_per_min * PMOL_PER_UNIT_INSULIN / person->kinetics.bw;
    reference_book book = {.basal_u_per_min = person->basal_u_per_min};
    for (int day = 0; day < days; day++) {
        workload_event events[WORKLOAD_EVENTS];
        int next = 0;
        workload_day(person, day, events);
        for (int minute = 0; minute < MINUTES_PER_DAY;) {
            while (next < WORKLOAD_EVENTS && events[next].minute == minute) reference_book_event(&book, &events[next++]);
            const scalar_input in = reference_book_minute(&book, &person->kinetics, solver->state(solver->self));
            const int next_event = next < WORKLOAD_EVENTS ? events[next].minute : MINUTES_PER_DAY;
            const int stretch = out_mg_dl ? 1 : quiet_minutes(&book, &in, basal_pmol_kg_min, minute, next_event);
            if (!solver->advance(solver->self, &in, stretch)) return false;
            if (out_mg_dl)
                out_mg_dl[day * BLOCKS_PER_DAY + minute / BLOCK_MINUTES] = solver->state(solver->self)[MINUTE_gp] / person->kinetics.vg;
            minute += stretch;
        }
    }
    return true;
}

static bool advance_cvode(void *self, const scalar_input *in, double minutes)
{
    return reference_advance(self, in, minutes);
}

static const double *state_of_cvode(const void *self)
{
    return reference_state(self);
}

any_solver reference_as_any(reference_solver *solver)
{
    return (any_solver){solver, advance_cvode, state_of_cvode};
}

bool reference_glucose(const workload_person *person, int days, double *out_mg_dl)
{
    reference_solver *solver = reference_create(&person->kinetics, person->start, REFERENCE_TOLERANCE);
    if (!solver) return false;
    const any_solver any = reference_as_any(solver);
    const bool fine = reference_live(&any, person, days, out_mg_dl);
    reference_free(solver);
    return fine;
}
