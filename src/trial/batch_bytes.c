#include "trial/batch_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "physiology/kernel.h"

/* everything in the bytes begins at a multiple of this */
#define UNIT 8
_Static_assert(sizeof(patient_day) % UNIT == 0 && sizeof(patient_event) % UNIT == 0 && sizeof(glucose_profile) % UNIT == 0,
               "arrays follow each other without gaps");

/* What must be the same in both processes, and what the batch is. */
typedef struct {
    char mark[8];
    char version[24], commit[48], protocol[ISLET_HASH_TEXT + 7];
    uint64_t seed;
    int64_t batch, patients, screened_out;
    int32_t traits_bytes, endpoints, arms, follow_up_day, independent, n_results;
} batch_head;
_Static_assert(sizeof(batch_head) % UNIT == 0, "what follows is aligned");

typedef struct {
    int32_t arm, n_visits, n_days, n_events;
} result_head;

static size_t padded(size_t size)
{
    return (size + UNIT - 1) / UNIT * UNIT;
}

static void copy_text(char *to, size_t room, const char *from)
{
    size_t length = strlen(from);
    memcpy(to, from, length < room ? length : room);
}

static batch_head head_of(const trial *trial, int64_t batch, int n_results)
{
    batch_head head;
    memset(&head, 0, sizeof head); /* gaps too: heads are compared as bytes */
    memcpy(head.mark, "islet b1", sizeof head.mark);
    copy_text(head.version, sizeof head.version, islet_version());
    copy_text(head.commit, sizeof head.commit, islet_commit());
    copy_text(head.protocol, sizeof head.protocol, trial_protocol_hash(trial));
    head.seed = trial_seed(trial);
    head.batch = batch;
    head.patients = trial_patients(trial);
    head.traits_bytes = (int32_t)sizeof(patient_traits);
    head.endpoints = ENDPOINT_COUNT;
    head.arms = trial_arms(trial);
    head.follow_up_day = trial_follow_up_day(trial);
    head.independent = trial_is_independent(trial);
    head.n_results = n_results;
    return head;
}

static size_t visits_bytes(int n_visits) { return (size_t)n_visits * ENDPOINT_COUNT * sizeof(double); }
static size_t days_bytes(int n_days) { return (size_t)n_days * sizeof(patient_day); }
static size_t events_bytes(int n_events) { return (size_t)n_events * sizeof(patient_event); }

static size_t result_bytes(const result_head *head)
{
    return sizeof *head + padded(sizeof(patient_traits)) + visits_bytes(head->n_visits) + days_bytes(head->n_days) +
           events_bytes(head->n_events);
}

static result_head result_head_of(const patient_result *r)
{
    return (result_head){r->arm, r->n_visits, r->n_days, r->n_events};
}

static unsigned char *append(unsigned char *at, const void *from, size_t size)
{
    if (size) memcpy(at, from, size);
    return at + size;
}

void *batch_pack(const trial *trial, int64_t batch, const patient_result *results, int n_results, size_t *size)
{
    batch_head head = head_of(trial, batch, n_results);
    head.screened_out = trial_screened_out(trial);
    *size = sizeof head + (size_t)head.arms * sizeof(glucose_profile);
    for (int i = 0; i < n_results; i++) {
        result_head one = result_head_of(&results[i]);
        *size += result_bytes(&one);
    }
    unsigned char *bytes = calloc(1, *size), *at = bytes;
    if (!bytes) return NULL;
    at = append(at, &head, sizeof head);
    for (int arm = 0; arm < head.arms; arm++) at = append(at, trial_batch_profile(trial, arm), sizeof(glucose_profile));
    for (int i = 0; i < n_results; i++) {
        const patient_result *r = &results[i];
        result_head one = result_head_of(r);
        at = append(at, &one, sizeof one);
        append(at, r->traits, sizeof *r->traits);
        at += padded(sizeof *r->traits);
        at = append(at, r->visit_values, visits_bytes(r->n_visits));
        at = append(at, r->days, days_bytes(r->n_days));
        at = append(at, r->events, events_bytes(r->n_events));
    }
    return bytes;
}

/* the next result; false when the bytes end before it does */
static bool read_result(const trial *trial, const unsigned char **at, const unsigned char *end, patient_result *out)
{
    result_head head;
    if ((size_t)(end - *at) < sizeof head) return false;
    memcpy(&head, *at, sizeof head);
    if (!(head.arm >= 0 && head.arm < trial_arms(trial) && head.n_visits == trial_visits(trial) && head.n_days >= 0 &&
          head.n_days <= trial_follow_up_day(trial) && head.n_events >= 0 &&
          head.n_events <= (end - *at) / (int)sizeof(patient_event)))
        return false;
    if ((size_t)(end - *at) < result_bytes(&head)) return false;
    const unsigned char *traits = *at + sizeof head, *visits = traits + padded(sizeof(patient_traits));
    const unsigned char *days = visits + visits_bytes(head.n_visits), *events = days + days_bytes(head.n_days);
    *out = (patient_result){.arm = head.arm, .traits = (const void *)traits, .n_visits = head.n_visits,
                            .visit_values = (const void *)visits, .n_days = head.n_days, .days = (const void *)days,
                            .n_events = head.n_events, .events = (const void *)events};
    *at = events + events_bytes(head.n_events);
    return true;
}

islet_status batch_unpack(const trial *trial, int64_t batch, const void *bytes, size_t size, batch_view *out)
{
    batch_head head;
    *out = (batch_view){0};
    if (!bytes || size < sizeof head) return ISLET_ERR_INPUT;
    memcpy(&head, bytes, sizeof head);
    if (head.n_results < 0 || head.n_results > LANE_GROUP * trial_arms(trial)) return ISLET_ERR_INPUT;
    batch_head expected = head_of(trial, batch, head.n_results);
    expected.screened_out = head.screened_out;
    size_t profiles = (size_t)head.arms * sizeof(glucose_profile);
    if (memcmp(&head, &expected, sizeof head) != 0 || size < sizeof head + profiles) return ISLET_ERR_INPUT;

    const unsigned char *at = (const unsigned char *)bytes + sizeof head, *end = (const unsigned char *)bytes + size;
    out->profiles = (const void *)at;
    out->screened_out = head.screened_out;
    out->n_results = head.n_results;
    out->results = calloc((size_t)head.n_results + 1, sizeof *out->results);
    if (!out->results) return ISLET_ERR_MEMORY;
    at += profiles;
    for (int i = 0; i < head.n_results; i++)
        if (!read_result(trial, &at, end, &out->results[i])) {
            batch_release(out);
            return ISLET_ERR_INPUT;
        }
    if (at == end) return ISLET_OK;
    batch_release(out);
    return ISLET_ERR_INPUT;
}

void batch_release(batch_view *view)
{
    free(view->results);
    *view = (batch_view){0};
}
