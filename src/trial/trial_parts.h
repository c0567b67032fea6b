/* What the files of a trial share: the trial itself (trial.c), and one thread's people on their way through it (worker.c); enrol.c
 * finds who takes part. Seen by these three only. */
#ifndef ISLET_TRIAL_TRIAL_PARTS_H
#define ISLET_TRIAL_TRIAL_PARTS_H

#include "trial/group.h"
#include "trial/trial.h"

struct trial {
    struct islet_protocol own; /* the protocol with the options' follow-up */
    const struct islet_protocol *protocol;
    params params;
    run_plan plan;
    person_source source;
    uint64_t seed;
    int64_t n_patients, screened_out;
    bool independent;
    int threads, n_visits, visit_day[PROTOCOL_MAX_VISITS];
    uint64_t *candidate;          /* [arm or 0][patient] numbers of the people enrolled */
    glucose_profile *profiles;    /* one an arm */
    const glucose_profile *batch_profiles; /* of the batch in the sink */
    double days_done;
    void (*progress)(void *context, const islet_progress *progress);
    bool (*interrupted)(void *context);
    const islet_team *team; /* with whom candidates are screened; NULL: alone */
    bool stopping; /* it has answered true once; guarded by the critical section islet_stop */
    void *context;
};

/* Buffers of one thread, for a block of LANE_GROUP people. */
typedef struct {
    group run_in, group;          /* people in the run-in; people in their arms */
    person people[LANE_GROUP];
    patient_traits *traits;       /* [arm][lane]; one arm's when all share their people */
    day_tally *run_in_tally;      /* [lane][day] */
    patient_event *run_in_events; /* [lane][event] */
    day_tally *tally;             /* [lane][day], the run-in's before them */
    patient_event *events;        /* [lane][event] */
    double (*visits)[ENDPOINT_COUNT]; /* [lane][visit] */
    patient_day *days;            /* [arm][lane][day] */
    patient_event *kept_events;   /* [arm][lane][event] */
    double (*kept_visits)[ENDPOINT_COUNT];
    const person *impossible;     /* somebody whose states left their bounds; NULL if nobody */
    patient_result *results;      /* [arm][lane] */
    glucose_profile before, *after;
    int n_tally, max_events;
} worker;

worker *worker_create(const trial *trial); /* NULL when memory runs out */
void worker_free(worker *worker);

/* Draw the people of a block again from their numbers; empty lanes repeat the first person. People of different cohorts
 * (independent arms) have different numbers. */
void worker_load(const trial *trial, worker *worker, int cohort, const uint64_t *candidate, int64_t first, int n);

/* One block in every arm; false when the run was stopped on the way. */
bool worker_run(const trial *trial, worker *worker, int64_t block);

void profile_add(glucose_profile *to, const glucose_profile *from);

int trial_cohorts(const trial *trial);                     /* each enrolled by itself: arms when they are independent, else 1 */
int trial_block_people(const trial *trial, int64_t block); /* LANE_GROUP, or what is left */

/* Fill the candidates of one cohort. ISLET_ERR_INPUT when almost nobody meets the requirements. */
ISLET_CHECK islet_status trial_enrol_cohort(trial *trial, int cohort, islet_problems *problems);

#endif
