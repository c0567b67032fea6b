/* Numerics at full size (tests/numerics; tests/test_numerics.c has the same with few people): five years of balance, a million schedules,
 * two references. Results stand in docs/reproducibility.md.
 *
 *   make study                  everything
 *   numerics PART [DIVISOR]     one of balance, schedules, drift, cvode, long; with a divisor of the sample */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "numerics/numerics.h"

static workload_person people[NUMERICS_PEOPLE_MAX];
static int failures;

static double processor_s(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void verdict(bool holds)
{
    printf("  %s, %.0f s of processor time\n", holds ? "holds" : "FAILS", processor_s());
    fflush(stdout);
    failures += !holds;
}

static void balance(int divisor)
{
    const int n = NUMERICS_PEOPLE_MAX / divisor;
    const numerics_balance b = numerics_balance_of(people, n, 1826);
    printf("balance: %d people, 1826 days: of a day's flux at most %.2e of carbohydrate and %.2e of insulin (1e-10 asked)\n", n, b.carbohydrate,
           b.insulin);
    verdict(b.carbohydrate < 1e-10 && b.insulin < 1e-10);
}

static void schedules(int divisor)
{
    const numerics_schedules s = numerics_schedules_of(people, NUMERICS_PEOPLE_MAX, 1000000 / divisor);
    printf("schedules: %ld of a day, %ld events, %ld skipped; at most %.1e of what was given was missing after any block\n", s.schedules, s.events,
           s.skipped, s.worst);
    verdict(s.skipped == 0);
}

static void drift(int divisor)
{
    const double worst = numerics_drift_per_day(people, NUMERICS_PEOPLE_MAX / divisor, 365);
    printf("drift: %d people at rest for 365 days: at most %.1e a day (1e-9 asked)\n", NUMERICS_PEOPLE_MAX / divisor, worst);
    verdict(worst < 1e-9);
}

static void cvode(int divisor)
{
    numerics_errors e;
    const int n = 200 / divisor;
    const bool fine = numerics_against_cvode(people, n, 14, &e);
    printf("cvode: %d people, 14 days, every 5 minutes: default method at most %.4f mg/dL (person %d; %d people above 0.1), tight mode %.2g mg/dL, "
           "%.2g relative\n", n, e.by_default_mg_dl, e.person, e.above, e.tight_mg_dl, e.tight_relative);
    verdict(fine && e.by_default_mg_dl <= 0.1 && e.tight_relative <= 1e-6);
}

static void long_double(int divisor)
{
    numerics_long_errors coarse, fine_steps;
    const int n = divisor > 5 ? 1 : 5 / divisor;
    const bool fine = numerics_against_long_double(people, n, 14, 32, &coarse) && numerics_against_long_double(people, n, 14, 64, &fine_steps);
    printf("long: %d people, 14 days against long double in 64 steps a minute: CVODE at most %.2g mg/dL (%.2g with 32 steps), default method "
           "%.3g mg/dL\n", n, fine_steps.cvode_mg_dl, coarse.cvode_mg_dl, fine_steps.by_default_mg_dl);
    verdict(fine && fine_steps.cvode_mg_dl <= 1e-3 && fine_steps.by_default_mg_dl <= 0.1);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(int divisor);
    } parts[] = {{"schedules", schedules}, {"drift", drift}, {"cvode", cvode}, {"long", long_double}, {"balance", balance}};
    char *end = NULL;
    const long divisor = argc > 2 ? strtol(argv[2], &end, 10) : 1;
    int known = 0;
    if (divisor < 1 || divisor > 100 || (end && *end) || !numerics_people(NUMERICS_PEOPLE_MAX, people)) return 2;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (argc < 2 || strcmp(argv[1], parts[i].name) == 0) {
            known++;
            parts[i].run((int)divisor);
        }
    return failures || !known;
}
