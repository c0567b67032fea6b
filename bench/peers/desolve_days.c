/* The bench's people for deSolve (R): islet's own right-hand side as a compiled model, with the moments at which an input changes as
 * events. deSolve hands no pointer to a model, so that the person of the moment is kept here. See desolve_days.R. */
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "reference/reference.h"

#define PEER __attribute__((visibility("default")))

PEER void islet_peer_person(int *number, int *core, int *days, int *fine);
PEER void islet_peer_start(double *x);
PEER void islet_peer_basal_glucose(double *glucose_mg_dl);
PEER void islet_peer_moments(double *minutes, int *n);
PEER void islet_peer_reference(double *glucose_mg_dl, int *fine);
PEER void islet_peer_rhs(int *n, double *t, double *x, double *dx, double *out, int *ip);
PEER void islet_peer_event(int *n, double *t, double *x);

static struct {
    workload_person person;
    int days, minute; /* the next one to be booked */
    workload_event *calendar;
    scalar_equations *equations;
    reference_book book;
} now;

/* What enters in the next minute. */
static scalar_input next_minute(const double *x)
{
    const workload_event *events = now.calendar + (size_t)(now.minute / MINUTES_PER_DAY) * WORKLOAD_EVENTS;
    for (int e = 0; e < WORKLOAD_EVENTS; e++)
        if (events[e].minute == now.minute % MINUTES_PER_DAY) reference_book_event(&now.book, &events[e]);
    now.minute++;
    return reference_book_minute(&now.book, &now.person.kinetics, x);
}

static void begin(void)
{
    now.minute = 0;
    now.book = (reference_book){.basal_u_per_min = now.person.basal_u_per_min};
}

void islet_peer_person(int *number, int *core, int *days, int *fine)
{
    static workload_person people[SUBJECT_COUNT];
    scalar_free(now.equations);
    free(now.calendar);
    *fine = workload_people(!*core, people);
    now.person = people[*number];
    now.days = *days;
    now.calendar = workload_calendar(&now.person, 1, *days);
    now.equations = scalar_create(&now.person.kinetics, NULL);
    *fine = *fine && now.calendar && now.equations;
}

void islet_peer_start(double *x)
{
    memcpy(x, now.person.start, MINUTE_STATES * sizeof *x);
    begin();
}

void islet_peer_basal_glucose(double *glucose_mg_dl)
{
    *glucose_mg_dl = now.person.kinetics.gb;
}

/* Minutes at whose start an input changes; room for all minutes. */
void islet_peer_moments(double *minutes, int *n)
{
    scalar_input before;
    memset(&before, 0xff, sizeof before);
    begin();
    for (*n = 0; now.minute < now.days * MINUTES_PER_DAY;) {
        const int minute = now.minute;
        const scalar_input in = next_minute(now.person.start);
        if (memcmp(&in, &before, sizeof in) != 0) minutes[(*n)++] = minute;
        before = in;
    }
    begin();
}

void islet_peer_reference(double *glucose_mg_dl, int *fine)
{
    *fine = reference_glucose(&now.person, now.days, glucose_mg_dl);
}

void islet_peer_rhs(int *n, double *t, double *x, double *dx, double *out, int *ip)
{
    (void)n, (void)t, (void)out, (void)ip;
    scalar_rhs(now.equations, x, dx);
}

void islet_peer_event(int *n, double *t, double *x)
{
    (void)n;
    scalar_input in;
    if (*t >= now.days * MINUTES_PER_DAY) return;
    do in = next_minute(x);
    while (now.minute <= *t);
    scalar_set_input(now.equations, &in);
}
