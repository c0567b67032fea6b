/* Enrolment: candidates are drawn by number; who meets what is known at once goes through the run-in, and who then meets the rest is
 * enrolled. Who that is depends on neither threads nor processes. */
#include "trial/trial_parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/problems.h"
#include "physiology/slow.h"

#define SCREENING_DRAWS ((uint64_t)1 << 32) /* place in the laboratory's stream, beyond every visit */
#define ARM_PEOPLE ((uint64_t)1 << 40)  /* first candidate of arm a with independent arms is a times this */
#define CANDIDATES_PER_PERSON_MAX 20000 /* a population that admits fewer than this share is an input error */

/* Requirements on what only the run-in shows; C-peptide is one where the people have beta cells to lose. */
static bool needs_run_in(const population *of)
{
    const person typical = {.diabetes = (diabetes_type)of->diabetes, .native_function_frac = of->native_function_frac.mean};
    for (int i = 0; i < TRAIT_COUNT; i++)
        if (of->has_require[i] && !person_knows(&typical, (trait_id)i)) return true;
    return of->screened != SCREENED_NOT;
}

/* Held against what the laboratory and the sensor said some weeks before day 0, so that whoever came in by a chance high value
 * is found lower on day 0: regression to the mean. Own insulin is that of day 0, which the run-in leads to. */
static bool meets_at_screening(const trial *t, const lane *lane)
{
    const population *of = &t->protocol->population;
    const params *p = &t->params;
    double values[TRAIT_COUNT] = {0};
    bool was_ill = course_diagnosis_day(lane->who) + 14 <= -(int)p->screening_day; /* else the day before day 0 has to do */
    int day = t->plan.run_in_day - (was_ill ? (int)p->screening_day : 0);
    const day_tally *last = &lane->tally[day - 1];
    double hba1c = hba1c_pct(lane->who->glycation_rate_l_per_mmol_s, (int)p->red_cell_life_day, &last->mean_glucose_mg_dl,
                             (int)(sizeof(*last) / sizeof(double)), day);
    draw d = draw_from(t->seed, lane->who->key, RNG_assay, SCREENING_DRAWS);
    double fasting = 0.0, insulin = 0.0, function = lane->native.active_frac;
    for (int i = 0; i < 14; i++) fasting += last[-i].fasting_mg_dl / 14.0, insulin += last[-i].insulin_u / 14.0;
    values[TRAIT_hba1c_pct] = hba1c * draw_lognormal(&d, 1.0, p->hba1c_assay_cv);
    values[TRAIT_fasting_glucose_mg_dl] = fasting;
    values[TRAIT_insulin_u_per_kg_day] = insulin / lane->who->kinetics.bw;
    values[TRAIT_c_peptide_stimulated_nmol_l] =
        p->c_peptide_per_function_nmol_l * function / (1.0 + p->c_peptide_saturation * function);
    for (int i = 0; i < TRAIT_COUNT; i++)
        if (of->has_require[i] && !person_knows(lane->who, (trait_id)i) &&
            !requirement_holds(&of->require[i], values[i]))
            return false;
    return population_admits_glucose(of, values[TRAIT_hba1c_pct], values[TRAIT_fasting_glucose_mg_dl]);
}

/* The next candidate from *number on who meets what is known before the run-in; false when there are too few. */
static bool next_candidate(const trial *t, uint64_t *number, person *who)
{
    for (int tries = 0; tries < CANDIDATES_PER_PERSON_MAX; tries++, (*number)++)
        if (person_draw(&t->source, t->seed, *number, who) && person_meets(&t->protocol->population, who)) return true;
    return false;
}

/* Simulate the run-in of `n` candidates and mark who meets the rest of the requirements. */
static void screen_block(const trial *t, worker *w, const uint64_t *candidate, int n, bool *admitted)
{
    worker_load(t, w, 0, candidate, 0, n);
    group_start(&t->plan, &w->run_in);
    bool whole = group_run_in(&t->plan, &w->run_in);
    for (int l = 0; l < n; l++) admitted[l] = whole && meets_at_screening(t, &w->run_in.lanes[l]);
}

#define SCREEN_BLOCKS 16 /* at least, in one round */

/* The candidates of one round of screening. Who is enrolled does not depend on how many are looked at in a round. */
typedef struct {
    int blocks, wanted, n;
    uint64_t *number;   /* of `wanted` candidates */
    bool *admitted;
    worker **workers;   /* one a block; NULL where another member of the team screens */
} screen_round;

static void round_free(screen_round *round)
{
    for (int b = 0; round->workers && b < round->blocks; b++) worker_free(round->workers[b]);
    free(round->number);
    free(round->admitted);
    free(round->workers);
}

static bool screens(const trial *t, int block)
{
    return !t->team || block % t->team->size == t->team->member;
}

static islet_status round_create(const trial *t, screen_round *round)
{
    const int members = t->team ? t->team->size : 1, turns = (SCREEN_BLOCKS + members - 1) / members;
    const bool run_in = needs_run_in(&t->protocol->population);
    *round = (screen_round){.blocks = run_in ? members * turns : 1};
    round->wanted = round->blocks * LANE_GROUP;
    round->number = calloc((size_t)round->wanted, sizeof *round->number);
    round->admitted = calloc((size_t)round->wanted, sizeof *round->admitted);
    round->workers = calloc((size_t)round->blocks, sizeof *round->workers);
    bool whole = round->number && round->admitted && round->workers;
    for (int b = 0; whole && run_in && b < round->blocks; b++)
        if (screens(t, b)) whole = (round->workers[b] = worker_create(t)) != NULL;
    return whole ? ISLET_OK : ISLET_ERR_MEMORY;
}

/* Run-ins of the round's candidates; with a team, of this member's blocks, and what the others have found of theirs. */
static islet_status screen(trial *t, screen_round *round)
{
    memset(round->admitted, 0, (size_t)round->wanted * sizeof *round->admitted);
#pragma omp parallel for schedule(dynamic, 1) num_threads(t->threads)
    for (int b = 0; b < round->blocks; b++)
        if (round->workers[b])
            screen_block(t, round->workers[b], round->number + b * LANE_GROUP, LANE_GROUP, round->admitted + b * LANE_GROUP);
    if (trial_is_stopping(t)) return ISLET_ERR_INTERRUPTED; /* not everybody was looked at */
    _Static_assert(sizeof *round->admitted == 1, "one byte a candidate");
    return t->team ? t->team->join(t->team->context, (unsigned char *)round->admitted, (size_t)round->wanted) : ISLET_OK;
}

/* Candidates in a row whom the run-in shows to be others than required; fewer before the first who is as required: where nobody is, it is found out
 * in a quarter of the time, and where one in a thousand is, in 24 of 25 cases it is not. */
#define REFUSED_MAX 12800
#define REFUSED_FIRST_MAX 3200

/* Where the protocol has a limit: are the people too rare? Judged in the order of the candidates, so that it depends on no round. */
#define SEARCH_LEAST 640          /* run-ins before the share of those admitted says much */
#define DRAWS_PER_RUN_IN_MAX 2000 /* a draw takes a two-hundredth of a run-in */
#define DRAWS_LEAST 320000

static bool is_too_rare(const trial *t, int64_t run_ins, int64_t admitted)
{
    const int64_t limit = t->protocol->run_ins_per_person_max;
    return limit > 0 && run_ins >= SEARCH_LEAST && run_ins > limit * admitted;
}

static bool is_too_long(const trial *t, int64_t run_ins, uint64_t drawn)
{
    return t->protocol->run_ins_per_person_max > 0 && drawn > DRAWS_LEAST + DRAWS_PER_RUN_IN_MAX * (uint64_t)run_ins;
}

islet_status trial_enrol_cohort(trial *t, int cohort, islet_problems *problems)
{
    screen_round round;
    islet_status status = round_create(t, &round);
    const uint64_t first = (uint64_t)cohort * ARM_PEOPLE;
    uint64_t number = first, last = first, *enrolled = t->candidate + cohort * t->n_patients; /* last: the one behind who was enrolled last */
    const bool run_in = needs_run_in(&t->protocol->population);
    person who;
    int64_t n = 0, refused = 0, run_ins = 0; /* refused: in a row; a round's size depends on the ranks, these do not */
    while (n < t->n_patients && status == ISLET_OK) {
        if (trial_is_stopping(t)) {
            status = ISLET_ERR_INTERRUPTED;
            break;
        }
        for (round.n = 0; round.n < round.wanted && !is_too_long(t, run_ins + round.n, number - first) && next_candidate(t, &number, &who);
             number++) {
            round.admitted[round.n] = true;
            round.number[round.n++] = number;
        }
        if (round.n < round.wanted) status = ISLET_ERR_INPUT;
        else if (run_in) status = screen(t, &round);
        if (status != ISLET_OK) break;
        for (int i = 0; i < round.n && n < t->n_patients && refused < (n ? REFUSED_MAX : REFUSED_FIRST_MAX); i++) {
            run_ins++;
            refused = round.admitted[i] ? 0 : refused + 1;
            if (round.admitted[i]) {
                enrolled[n++] = round.number[i];
                last = round.number[i] + 1;
            } else if (is_too_rare(t, run_ins, n)) status = ISLET_ERR_INPUT;
        }
        if (refused >= (n ? REFUSED_MAX : REFUSED_FIRST_MAX)) status = ISLET_ERR_INPUT;
    }
    if (status == ISLET_ERR_INPUT)
        problems_error(problems, t->protocol->file, 0, 0,
                       "population '%s' has almost nobody who meets `require`; widen its ranges", t->protocol->population.name);
    if (status == ISLET_OK) t->screened_out += (int64_t)(last - first) - t->n_patients;
    round_free(&round);
    return status;
}
