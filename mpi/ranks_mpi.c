/* The command as the ranks of one MPI job: see cli/ranks.h.
 *
 *   mpirun -n 4 islet-mpi run trial.yaml
 *
 * Batch b belongs to rank b mod ranks. Every rank simulates its batches in order and hands them on in order; the keeper
 * (rank 0) takes batch 0, 1, 2, ... from their owners and writes them, so each rank is at most a few batches ahead and
 * memory stays constant. The keeper's own share is simulated by a thread beside the one that receives and writes. When a
 * rank dies, mpirun ends the job: what was written stays, and --resume continues with any number of ranks.
 *
 * Both threads of the keeper call MPI, one at a time (mpi_lock); elsewhere one thread does. Waiting is done by asking and sleeping,
 * because a blocking call of MPI keeps a core busy. Candidates whose run-in must be seen are screened by all ranks together
 * (islet_team): the threads that simulate exchange whom they admit, on a communicator of their own. */
#include <mpi.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "output.h"
#include "ranks.h"
#include "verbs.h"

#define KEEPER 0
#define TAG_BATCH 1
#define NOTHING_TO_DO (-1)

typedef struct waiting {
    struct waiting *next;
    int64_t batch;
    size_t size;
    double bytes[]; /* aligned as islet_elsewhere asks */
} waiting;

/* A process is in one MPI job at a time; MPI itself is such a global. */
static struct {
    int rank, ranks;
    MPI_Comm team; /* of the threads that simulate */
    pthread_mutex_t mpi_lock;
    bool started;
    int64_t batches, next; /* next: the lowest batch of this rank that is still to be handed on */
    unsigned char *done;   /* by batch: in the store already */
    waiting *finished;     /* handed on when those before them are, by batch */

    /* the keeper's own share, between its two threads */
    pthread_t simulating;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    waiting *taken;        /* at most one, ready to be written */
    bool closing, ended;
    islet_status ended_with;
    const islet_protocol *protocol;
    const islet_run_options *options;
    waiting *borrowed;     /* what the last fetch gave */
} job = {.mpi_lock = PTHREAD_MUTEX_INITIALIZER, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 500000}, NULL);
}

static bool is_mine(int64_t batch)
{
    return batch % job.ranks == job.rank && !job.done[batch];
}

static void find_next(int64_t from)
{
    for (job.next = from; job.next < job.batches && !is_mine(job.next);) job.next++;
}

/* what this rank does not simulate; the caller frees */
static unsigned char *others_share(void)
{
    unsigned char *out = malloc((size_t)job.batches + 1);
    for (int64_t b = 0; out && b < job.batches; b++) out[b] = !is_mine(b);
    return out;
}

bool ranks_begin(int *argc, char ***argv)
{
    int provided;
    if (MPI_Init_thread(argc, argv, MPI_THREAD_SERIALIZED, &provided) != MPI_SUCCESS || provided < MPI_THREAD_SERIALIZED) {
        fprintf(stderr, "islet-mpi: this MPI does not let a process have threads (MPI_THREAD_SERIALIZED)\n");
        exit(EXIT_IO);
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &job.rank);
    MPI_Comm_size(MPI_COMM_WORLD, &job.ranks);
    MPI_Comm_dup(MPI_COMM_WORLD, &job.team);
    if (job.rank == KEEPER) return true;
    MPI_Bcast(&job.batches, 1, MPI_INT64_T, KEEPER, MPI_COMM_WORLD);
    if (job.batches == NOTHING_TO_DO) return false;
    job.started = true;
    job.done = need_memory((size_t)job.batches);
    MPI_Bcast(job.done, (int)job.batches, MPI_UNSIGNED_CHAR, KEEPER, MPI_COMM_WORLD);
    find_next(0);
    return true;
}

bool ranks_is_keeper(void)
{
    return job.rank == KEEPER;
}

int ranks_end(cli_exit status)
{
    if (job.rank == KEEPER && !job.started) {
        int64_t nothing = NOTHING_TO_DO;
        MPI_Bcast(&nothing, 1, MPI_INT64_T, KEEPER, MPI_COMM_WORLD);
    } else if (status != EXIT_DONE && (job.rank == KEEPER || status != EXIT_INTERRUPTED)) {
        MPI_Abort(MPI_COMM_WORLD, status); /* the others wait for a message that will not come */
    }
    free(job.done);
    MPI_Finalize();
    return job.rank == KEEPER ? status : EXIT_DONE;
}

static bool is_closing(void *context)
{
    (void)context;
    pthread_mutex_lock(&job.lock);
    bool closing = job.closing;
    pthread_mutex_unlock(&job.lock);
    return closing || stop_signal();
}

/* is a call of MPI that was begun over? false when MPI fails */
static bool is_over(MPI_Request *request, int *over)
{
    pthread_mutex_lock(&job.mpi_lock);
    bool fine = MPI_Test(request, over, MPI_STATUS_IGNORE) == MPI_SUCCESS;
    pthread_mutex_unlock(&job.mpi_lock);
    return fine;
}

/* ---- handing on what was simulated ---- */

static islet_status send(const waiting *w)
{
    MPI_Request request;
    int sent = 0;
    if (MPI_Isend(w->bytes, (int)w->size, MPI_BYTE, KEEPER, TAG_BATCH, MPI_COMM_WORLD, &request) != MPI_SUCCESS)
        return ISLET_ERR_IO;
    while (is_over(&request, &sent) && !sent) {
        if (stop_signal()) return ISLET_ERR_INTERRUPTED;
        nap();
    }
    return sent ? ISLET_OK : ISLET_ERR_IO;
}

/* to the keeper's other thread; blocks until there is room */
static islet_status put_down(waiting *w)
{
    pthread_mutex_lock(&job.lock);
    while (job.taken && !job.closing) pthread_cond_wait(&job.changed, &job.lock);
    bool put = !job.closing;
    if (put) job.taken = w;
    pthread_cond_broadcast(&job.changed);
    pthread_mutex_unlock(&job.lock);
    return put ? ISLET_OK : ISLET_ERR_INTERRUPTED;
}

static void keep_in_order(waiting *w)
{
    waiting **at = &job.finished;
    while (*at && (*at)->batch < w->batch) at = &(*at)->next;
    w->next = *at;
    *at = w;
}

/* Batches are finished a little out of order by several threads; they leave in order, which is what the keeper waits for,
 * so waiting here cannot hold up what it waits for. */
static islet_status hand_on(void *context, int64_t batch, const void *bytes, size_t size)
{
    (void)context;
    if (size > INT32_MAX) return ISLET_ERR_UNSUPPORTED;
    waiting *w = malloc(sizeof *w + size);
    if (!w) return ISLET_ERR_MEMORY;
    w->batch = batch;
    w->size = size;
    memcpy(w->bytes, bytes, size);
    keep_in_order(w);
    islet_status status = ISLET_OK;
    while (status == ISLET_OK && job.finished && job.finished->batch == job.next) {
        waiting *first = job.finished;
        job.finished = first->next;
        find_next(job.next + 1);
        status = ranks_is_keeper() ? put_down(first) : send(first);
        if (!ranks_is_keeper() || status != ISLET_OK) free(first); /* else the other thread's */
    }
    return status;
}

/* islet_team: whom all ranks admit. When the job is stopped meanwhile MPI keeps the copy it works on. */
static islet_status join_ranks(void *context, unsigned char *bytes, size_t n)
{
    (void)context;
    MPI_Request request;
    int over = 0;
    unsigned char *all = malloc(n);
    if (!all) return ISLET_ERR_MEMORY;
    memcpy(all, bytes, n);
    pthread_mutex_lock(&job.mpi_lock);
    bool fine = MPI_Iallreduce(MPI_IN_PLACE, all, (int)n, MPI_UNSIGNED_CHAR, MPI_BOR, job.team, &request) == MPI_SUCCESS;
    pthread_mutex_unlock(&job.mpi_lock);
    while (fine && (fine = is_over(&request, &over)) && !over) {
        if (is_closing(NULL)) return ISLET_ERR_INTERRUPTED;
        nap();
    }
    if (fine) memcpy(bytes, all, n);
    free(all);
    return fine ? ISLET_OK : ISLET_ERR_IO;
}

islet_status ranks_help(const islet_protocol *protocol, const islet_run_options *options, islet_problems *problems)
{
    const islet_team team = {.member = job.rank, .size = job.ranks, .join = join_ranks};
    islet_run_options shared = *options;
    unsigned char *others = others_share();
    if (!others) return ISLET_ERR_MEMORY;
    shared.team = &team;
    islet_status status = islet_simulate(protocol, &shared, others, job.batches, hand_on, NULL, problems);
    free(others);
    return status;
}

/* ---- the keeper ---- */

static void *simulate_own_share(void *nothing)
{
    (void)nothing;
    islet_run_options options = *job.options;
    options.progress = NULL;
    options.interrupted = is_closing;
    options.context = NULL;
    islet_problems *problems = islet_problems_create();
    islet_status status = ranks_help(job.protocol, &options, problems);
    if (status != ISLET_OK && status != ISLET_ERR_INTERRUPTED) print_problems(problems, true);
    islet_problems_free(problems);
    pthread_mutex_lock(&job.lock);
    job.ended = true;
    job.ended_with = status;
    pthread_cond_broadcast(&job.changed);
    pthread_mutex_unlock(&job.lock);
    return NULL;
}

static islet_status start_all(void *context, const unsigned char *done, int64_t batches)
{
    (void)context;
    if (batches > INT32_MAX) return ISLET_ERR_UNSUPPORTED;
    job.batches = batches;
    job.done = malloc((size_t)batches + 1);
    if (!job.done) return ISLET_ERR_MEMORY;
    memcpy(job.done, done, (size_t)batches);
    MPI_Bcast(&job.batches, 1, MPI_INT64_T, KEEPER, MPI_COMM_WORLD);
    MPI_Bcast(job.done, (int)batches, MPI_UNSIGNED_CHAR, KEEPER, MPI_COMM_WORLD);
    find_next(0);
    job.started = pthread_create(&job.simulating, NULL, simulate_own_share, NULL) == 0;
    if (!job.started) MPI_Abort(MPI_COMM_WORLD, EXIT_IO);
    return ISLET_OK;
}

static islet_status fetch_own(waiting **out)
{
    islet_status status = ISLET_OK;
    pthread_mutex_lock(&job.lock);
    while (!job.taken && !job.ended) pthread_cond_wait(&job.changed, &job.lock);
    *out = job.taken;
    if (!*out) status = job.ended_with == ISLET_OK ? ISLET_ERR_ARGUMENT : job.ended_with;
    job.taken = NULL;
    pthread_cond_broadcast(&job.changed);
    pthread_mutex_unlock(&job.lock);
    return status;
}

/* is a batch of that rank there, and how large? false when MPI fails */
static bool ask_for_batch(int from, int *there, int *size)
{
    MPI_Status about;
    pthread_mutex_lock(&job.mpi_lock);
    bool fine = MPI_Iprobe(from, TAG_BATCH, MPI_COMM_WORLD, there, &about) == MPI_SUCCESS &&
                (!*there || MPI_Get_count(&about, MPI_BYTE, size) == MPI_SUCCESS);
    pthread_mutex_unlock(&job.mpi_lock);
    return fine;
}

static islet_status receive(int from, waiting **out)
{
    int there = 0, size = 0;
    for (;;) {
        if (!ask_for_batch(from, &there, &size)) return ISLET_ERR_IO;
        if (there) break;
        if (stop_signal()) return ISLET_ERR_INTERRUPTED;
        nap();
    }
    *out = malloc(sizeof **out + (size_t)size);
    if (!*out) return ISLET_ERR_MEMORY;
    (*out)->size = (size_t)size;
    pthread_mutex_lock(&job.mpi_lock);
    int code = MPI_Recv((*out)->bytes, size, MPI_BYTE, from, TAG_BATCH, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    pthread_mutex_unlock(&job.mpi_lock);
    return code == MPI_SUCCESS ? ISLET_OK : ISLET_ERR_IO;
}

static islet_status fetch(void *context, int64_t batch, const void **bytes, size_t *size)
{
    (void)context;
    int owner = (int)(batch % job.ranks);
    free(job.borrowed);
    job.borrowed = NULL;
    islet_status status = owner == KEEPER ? fetch_own(&job.borrowed) : receive(owner, &job.borrowed);
    if (status != ISLET_OK) return status;
    *bytes = job.borrowed->bytes;
    *size = job.borrowed->size;
    return ISLET_OK;
}

islet_status ranks_run(const islet_protocol *protocol, const islet_run_options *options, islet_store *store,
                       islet_problems *problems)
{
    islet_elsewhere ranks = {start_all, fetch, NULL};
    islet_run_options shared = *options;
    shared.elsewhere = &ranks;
    job.protocol = protocol;
    job.options = options;
    islet_status status = islet_run(protocol, &shared, store, problems);
    if (!job.started) return status;
    pthread_mutex_lock(&job.lock);
    job.closing = true;
    pthread_cond_broadcast(&job.changed);
    pthread_mutex_unlock(&job.lock);
    pthread_join(job.simulating, NULL);
    free(job.borrowed);
    free(job.taken);
    while (job.finished) {
        waiting *next = job.finished->next;
        free(job.finished);
        job.finished = next;
    }
    return status;
}
