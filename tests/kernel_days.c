/* kernel_days KERNEL DAYS: the bench's people with grafts live so many days by the default method; for tests/test_instructions.sh. */
#include <stdbool.h>
#include <stdlib.h>

#include "trial/workload.h"

int main(int argc, char **argv)
{
    static workload_person people[SUBJECT_COUNT];
    const kernel *kernel = argc == 3 ? kernel_find(argv[1]) : NULL;
    const int days = argc == 3 ? (int)strtol(argv[2], NULL, 10) : 0;
    if (!kernel || days < 1 || days > 100 || !workload_people(true, people)) return 2;
    workload_event *calendar = workload_calendar(people, SUBJECT_COUNT, days);
    if (!calendar) return 4;
    const workload_method method = {kernel, 0};
    workload_run(&method, people, SUBJECT_COUNT, days, calendar, NULL);
    free(calendar);
    return 0;
}
