/* Progress of a run: one line on a terminal, rewritten at most five times a second. */
#include "progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "output.h"
#include "verbs.h"

#define REFRESH_S 0.2

void grouped_text(double value, char out[GROUPED_ROOM])
{
    char digits[NUMBER_ROOM];
    number_text(value, 0, digits);
    size_t length = strlen(digits), at = 0;
    for (size_t i = 0; i < length && at + 2 < GROUPED_ROOM; i++) {
        if (i && (length - i) % 3 == 0) out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
}

void duration_text(double seconds, char out[DURATION_ROOM])
{
    char digits[NUMBER_ROOM];
    if (!(seconds < 1e9)) {
        snprintf(out, DURATION_ROOM, "unknown time");
    } else if (seconds < 9.95) {
        number_text(seconds, 1, digits);
        snprintf(out, DURATION_ROOM, "%s s", digits);
    } else {
        long long whole = (long long)(seconds + 0.5);
        if (whole < 60) snprintf(out, DURATION_ROOM, "%lld s", whole);
        else if (whole < 3600) snprintf(out, DURATION_ROOM, "%lld min %lld s", whole / 60, whole % 60);
        else snprintf(out, DURATION_ROOM, "%lld h %lld min", whole / 3600, whole % 3600 / 60);
    }
}

void progress_begin(progress *p, bool quiet)
{
    *p = (progress){.shown = !quiet && isatty(STDERR_FILENO) == 1, .start_s = clock_s()};
}

void progress_show(void *context, const islet_progress *state)
{
    progress *p = context;
    p->done = state->done_patient_days;
    p->total = state->total_patient_days;
    double now = clock_s(), passed = now - p->start_s;
    if (!p->shown || now - p->last_s < REFRESH_S || !(p->total > 0) || !(p->done > 0)) return;
    p->last_s = now;
    char done[GROUPED_ROOM], total[GROUPED_ROOM], rate[GROUPED_ROOM], percent[NUMBER_ROOM], left[DURATION_ROOM];
    grouped_text(p->done, done);
    grouped_text(p->total, total);
    grouped_text(p->done / passed, rate);
    number_text(100 * p->done / p->total, 0, percent);
    duration_text((p->total - p->done) * passed / p->done, left);
    fprintf(stderr, "\r%s %%  %s of %s patient-days, %s a second, %s left\033[K", percent, done, total, rate, left);
    fflush(stderr);
}

void progress_end(progress *p)
{
    if (p->shown && p->last_s > 0) fputs("\r\033[K", stderr);
    p->shown = false;
}
