/* Protocol: the handle of the public interface, and its length. Reading is protocol_read.c. */
#include "therapy/protocol.h"

#include <stdlib.h>

#include "base/file.h"
#include "base/problems.h"
#include "base/units.h"
#include "base/yaml.h"

/* ---- length and visits ---- */

/* The k-th standard visit: early ones while a graft takes, then every year. */
static int standard_visit_day(int k)
{
    static const int first[] = {0, 30, 90, 180};
    const int n_first = (int)(sizeof first / sizeof *first);
    return k < n_first ? first[k] : (k - n_first + 1) * (int)DAYS_PER_YEAR;
}

int protocol_day_of_years(double years)
{
    int day = (int)(years * DAYS_PER_YEAR + 0.5);
    return day > 0 ? day : 1;
}

/* The arm whose cells would be given after the end; -1 if there is none. */
static int arm_beyond(const islet_protocol *protocol, int end)
{
    for (int a = 0; a < protocol->n_arms; a++)
        for (int c = 0; c < protocol->arms[a].n_courses; c++)
            if (protocol->arms[a].courses[c].day >= end) return a;
    return -1;
}

bool protocol_set_years(islet_protocol *protocol, double years, islet_problems *problems)
{
    if (!(years > 0.0 && years <= PROTOCOL_MAX_YEARS)) {
        problems_error(problems, protocol->file, 0, 0,
                       "a follow-up of more than 0 and at most %d years is expected; correct years or days",
                       PROTOCOL_MAX_YEARS);
        return false;
    }
    int end = protocol_day_of_years(years), arm = arm_beyond(protocol, end);
    if (arm >= 0) {
        problems_error(problems, protocol->file, 0, 0,
                       "arm '%s' gets cells after day %d, when the follow-up would end; let it last longer",
                       protocol->arms[arm].name, end);
        return false;
    }
    int n = 0;
    while (n < protocol->n_visits && protocol->visits_day[n] <= end) n++;
    for (int k = 0; standard_visit_day(k) < end; k++)
        if (n < PROTOCOL_MAX_VISITS - 1 && (n == 0 || standard_visit_day(k) > protocol->visits_day[n - 1]))
            protocol->visits_day[n++] = standard_visit_day(k);
    if (n < PROTOCOL_MAX_VISITS && protocol->visits_day[n - 1] < end) protocol->visits_day[n++] = end;
    protocol->n_visits = n;
    protocol->follow_up_day = end;
    return true;
}

/* ---- public ---- */

islet_status islet_protocol_read(const char *path, islet_protocol **out, islet_problems *problems)
{
    char *text = NULL;
    size_t length;
    islet_protocol *protocol = NULL;
    if (out) *out = NULL;
    if (!path || !out) return ISLET_ERR_ARGUMENT;

    islet_status status = file_read(path, YAML_MAX_BYTES, &text, &length, problems);
    if (status < 0) return status;
    protocol = malloc(sizeof *protocol);
    if (!protocol) {
        status = ISLET_ERR_MEMORY;
        goto done;
    }
    status = protocol_parse(text, length, path, protocol, problems);
    if (status < 0) goto done;
    *out = protocol;
    protocol = NULL; /* now the caller's */
done:
    free(protocol);
    free(text);
    return status;
}

void islet_protocol_free(islet_protocol *protocol)
{
    free(protocol);
}

const char *islet_protocol_title(const islet_protocol *protocol)
{
    return protocol->title;
}

int islet_protocol_arms(const islet_protocol *protocol)
{
    return protocol->n_arms;
}

const char *islet_protocol_population(const islet_protocol *protocol)
{
    return protocol ? protocol->population.name : "";
}

const char *islet_protocol_arm_name(const islet_protocol *protocol, int arm)
{
    return arm >= 0 && arm < protocol->n_arms ? protocol->arms[arm].name : "";
}

int64_t islet_protocol_patients(const islet_protocol *protocol)
{
    return protocol->n_patients;
}

double islet_protocol_years(const islet_protocol *protocol)
{
    return protocol->follow_up_day / DAYS_PER_YEAR;
}
