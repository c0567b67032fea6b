/* People simulated in several shares and fetched into one store: the same content; bytes of another run are refused. Candidates are
 * screened by a team of processes, each a share of them. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>
#include <cmocka.h>

#include "own_folder.h"
#include "recorded.h"

#define STORE "run.db"
#define EXAMPLE ISLET_SOURCE_DIR "/examples/zimislecel.yaml"
#define PEOPLE 37 /* three batches, the last not full */
#define BATCHES 3

static islet_protocol *example;

static int set_up(void **state)
{
    (void)state;
    return islet_protocol_read(EXAMPLE, &example, NULL) == ISLET_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    islet_protocol_free(example);
    unlink(STORE);
    unlink(STORE ".part");
    return 0;
}

static const islet_run_options small = {.patients = PEOPLE, .years = 0.03, .threads = 2};

static islet_status run(islet_run_options options, char hash[ISLET_HASH_TEXT])
{
    islet_store *store;
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    islet_status status = islet_run(example, &options, store, NULL);
    if (status == ISLET_OK) assert_int_equal(islet_store_hash(store, hash), ISLET_OK);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    return status;
}

static islet_status run_elsewhere(islet_run_options options, recorded *r, char hash[ISLET_HASH_TEXT])
{
    islet_elsewhere from = recorded_elsewhere(r);
    options.elsewhere = &from;
    return run(options, hash);
}

/* by batch number modulo `shares`, each share with its own number of threads */
static void simulate(islet_run_options options, int shares, recorded *r)
{
    for (int share = 0; share < shares; share++) {
        unsigned char done[BATCHES];
        for (int b = 0; b < BATCHES; b++) done[b] = b % shares != share;
        options.threads = 1 + share;
        assert_int_equal(islet_simulate(example, &options, done, BATCHES, recorded_keep, r, NULL), ISLET_OK);
    }
    assert_int_equal(r->simulated, BATCHES);
}

static void any_number_of_shares_gives_the_same_content(void **state)
{
    (void)state;
    char here[ISLET_HASH_TEXT], elsewhere[ISLET_HASH_TEXT];
    for (int independent = 0; independent < 2; independent++) {
        islet_run_options options = small;
        options.independent_arms = independent;
        assert_int_equal(run(options, here), ISLET_OK);
        recorded r = {0};
        simulate(options, BATCHES - independent, &r);
        assert_int_equal(run_elsewhere(options, &r, elsewhere), ISLET_OK);
        assert_string_equal(here, elsewhere);
        assert_int_equal(r.asked, BATCHES);
        recorded_free(&r);
    }
}

/* what a run was stopped with is continued by people fetched from elsewhere, and where nothing is left none is fetched */
static bool stop_now(void *context) { return *(const bool *)context; }
static void stop_after_the_first(void *context, const islet_progress *progress)
{
    *(bool *)context = progress->done_patient_days > 0.0;
}

static void a_stopped_run_is_continued_elsewhere(void **state)
{
    (void)state;
    char here[ISLET_HASH_TEXT], elsewhere[ISLET_HASH_TEXT];
    bool stop = false;
    islet_store *store;
    recorded r = {0};
    islet_elsewhere from = recorded_elsewhere(&r);
    assert_int_equal(run(small, here), ISLET_OK);
    unlink(STORE);
    islet_run_options options = small;
    options.threads = 1;
    options.interrupted = stop_now;
    options.progress = stop_after_the_first;
    options.context = &stop;
    assert_int_equal(islet_store_create(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_ERR_INTERRUPTED);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);

    simulate(small, 2, &r);
    options = small;
    options.elsewhere = &from;
    assert_int_equal(islet_store_resume(STORE, &store, NULL), ISLET_OK);
    assert_int_equal(islet_run(example, &options, store, NULL), ISLET_OK);
    assert_int_equal(islet_store_hash(store, elsewhere), ISLET_OK);
    assert_int_equal(islet_store_close(store, NULL), ISLET_OK);
    assert_string_equal(here, elsewhere);
    assert_int_equal(r.asked, BATCHES - 1);
    recorded_free(&r);
}

static void bytes_of_another_run_or_damaged_are_refused(void **state)
{
    (void)state;
    char hash[ISLET_HASH_TEXT];
    recorded r = {0};
    islet_run_options other = small;
    other.has_seed = true;
    other.seed = 99;
    simulate(other, 1, &r);
    assert_int_equal(run_elsewhere(small, &r, hash), ISLET_ERR_INPUT);
    assert_int_equal(run_elsewhere(other, &r, hash), ISLET_OK);
    other.years = 0.04;
    assert_int_equal(run_elsewhere(other, &r, hash), ISLET_ERR_INPUT);
    other.years = small.years;
    const size_t whole = r.size[1];
    for (size_t cut = 1; cut < whole; cut = cut * 3 + 1) { /* the end is missing */
        r.size[1] = whole - cut;
        assert_int_equal(run_elsewhere(other, &r, hash), ISLET_ERR_INPUT);
    }
    r.size[1] = whole;
    void *swap = r.bytes[0]; /* people of another place */
    r.bytes[0] = r.bytes[1];
    r.bytes[1] = swap;
    assert_int_equal(run_elsewhere(other, &r, hash), ISLET_ERR_INPUT);
    recorded_free(&r);
    unsigned char done[BATCHES] = {0};
    assert_int_equal(islet_simulate(example, &small, done, BATCHES + 1, recorded_keep, &r, NULL), ISLET_ERR_ARGUMENT);
}

/* ---- a team ---- */

#define MEMBERS 3
#define ROUND_MAX 1024

/* The members are threads; the last who comes to a join lets all go on. */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t joined;
    int waiting, rounds, twice; /* twice: candidates that more than one member has admitted */
    unsigned char all[ROUND_MAX], sum[ROUND_MAX];
    const islet_protocol *protocol;
} meeting = {.lock = PTHREAD_MUTEX_INITIALIZER, .joined = PTHREAD_COND_INITIALIZER};

typedef struct {
    pthread_t thread;
    int member;
    long admitted; /* by this member */
    islet_status status;
    recorded kept;
} member;

static islet_status join_members(void *context, unsigned char *bytes, size_t n)
{
    member *own = context;
    if (n > ROUND_MAX) return ISLET_ERR_ARGUMENT;
    pthread_mutex_lock(&meeting.lock);
    const int round = meeting.rounds;
    for (size_t i = 0; i < n; i++) {
        own->admitted += bytes[i];
        meeting.twice += meeting.all[i] & bytes[i];
        meeting.all[i] |= bytes[i];
    }
    if (++meeting.waiting == MEMBERS) {
        memcpy(meeting.sum, meeting.all, n);
        memset(meeting.all, 0, sizeof meeting.all);
        meeting.waiting = 0;
        meeting.rounds++;
        pthread_cond_broadcast(&meeting.joined);
    }
    while (meeting.rounds == round) pthread_cond_wait(&meeting.joined, &meeting.lock);
    memcpy(bytes, meeting.sum, n);
    pthread_mutex_unlock(&meeting.lock);
    return ISLET_OK;
}

static const islet_run_options few = {.patients = PEOPLE, .years = 0.04, .threads = 1};

static void *simulate_as_member(void *argument)
{
    member *own = argument;
    const islet_team team = {own->member, MEMBERS, join_members, own};
    islet_run_options options = few;
    unsigned char done[BATCHES];
    options.team = &team;
    for (int b = 0; b < BATCHES; b++) done[b] = b % MEMBERS != own->member;
    own->status = islet_simulate(meeting.protocol, &options, done, BATCHES, recorded_keep, &own->kept, NULL);
    return NULL;
}

static void a_team_screens_a_share_each(void **state)
{
    (void)state;
    islet_protocol *protocol;
    recorded alone = {0};
    member members[MEMBERS] = {0};
    long admitted = 0;
    assert_int_equal(islet_protocol_read(ISLET_SOURCE_DIR "/examples/t2d_standard_care.yaml", &protocol, NULL), ISLET_OK);
    assert_int_equal(islet_simulate(protocol, &few, NULL, 0, recorded_keep, &alone, NULL), ISLET_OK);
    meeting.protocol = protocol;
    for (int m = 0; m < MEMBERS; m++) {
        members[m].member = m;
        assert_int_equal(pthread_create(&members[m].thread, NULL, simulate_as_member, &members[m]), 0);
    }
    for (int m = 0; m < MEMBERS; m++) {
        pthread_join(members[m].thread, NULL);
        assert_int_equal(members[m].status, ISLET_OK);
        assert_true(members[m].admitted > 0);
        admitted += members[m].admitted;
        for (int b = 0; b < BATCHES; b++) {
            assert_int_equal(members[m].kept.bytes[b] != NULL, b % MEMBERS == m);
            if (!members[m].kept.bytes[b]) continue;
            assert_int_equal(members[m].kept.size[b], alone.size[b]);
            assert_memory_equal(members[m].kept.bytes[b], alone.bytes[b], alone.size[b]);
        }
        recorded_free(&members[m].kept);
    }
    assert_true(admitted >= PEOPLE && meeting.rounds > 0);
    assert_int_equal(meeting.twice, 0); /* nobody was screened by two */
    recorded_free(&alone);
    islet_protocol_free(protocol);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_shares_gives_the_same_content),
        cmocka_unit_test(a_stopped_run_is_continued_elsewhere),
        cmocka_unit_test(bytes_of_another_run_or_damaged_are_refused),
        cmocka_unit_test(a_team_screens_a_share_each),
    };
    if (!own_folder_enter()) return 1;
    return own_folder_leave(cmocka_run_group_tests(tests, set_up, tear_down));
}
