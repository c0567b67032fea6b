/* islet_claims: reads claims and their tests, judges each, simulates the trials that tests name, and lays all of it out. */
#include "evidence/claims.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/table.h"
#include "evidence/library.h"
#include "evidence/plan.h"
#include "stats/summary.h"

#define CLAIMS "data/evidence/claims.csv"
#define TESTS "data/evidence/claim_tests.csv"
#define DAY_MAX 36500.0
#define PEOPLE 64 /* simulated in each arm; default */

typedef struct {
    csv_file claims, tests; /* tests: of the shipped claims */
    bool own;               /* the claims are a user's: tests stand in their own columns */
    claim *all;
    int n;
    evidence_rows rows;
    islet_table *reviews;
    const char *path;
    evidence_row *wanted; /* rows that are simulated, and the claim of each */
    int *owner, n_wanted;
    expressed trials;     /* the same, bound to their arms */
} job;

static int64_t people_of(const islet_run_options *options)
{
    return options && options->patients > 0 ? options->patients : PEOPLE;
}

/* ---- reading ---- */

static const char *cell_of(const csv_file *file, int row, const char *column)
{
    int at = row < 0 ? -1 : csv_column(file, column);
    return at < 0 ? "" : csv_cell_at(file, row, at)->text;
}

static int line_of(const csv_file *file, int row)
{
    return csv_cell_at(file, row, 0)->line;
}

static int test_row(const job *j, const char *id)
{
    for (int row = 0; row < j->tests.rows; row++)
        if (strcmp(cell_of(&j->tests, row, "claim_id"), id) == 0) return row;
    return -1;
}

static bool read_number(const job *j, const char *text, int line, const char *field, double *out, islet_problems *problems)
{
    *out = NAN;
    if (!*text || number_read(text, strlen(text), out)) return true;
    problems_error(
        problems, j->path, line, 0,
        "%s: '%.60s' is no number; expected a plain decimal, such as -0.5; write the number alone, its unit in the column unit",
        field, text);
    return false;
}

static bool read_test(const job *j, const csv_file *file, int row, claim *c, islet_problems *problems)
{
    const char *word = cell_of(file, row, "test");
    double day;
    bool fine = true;
    int line = row < 0 ? 0 : line_of(file, row);
    const claim_test test = claim_test_find(word);
    if (test == TEST_COUNT) {
        problems_error(problems, j->path, line, 0,
                       "test: '%.60s'; expected effect, published, share, sole, below, never, mechanism, criterion, route, step or nothing; correct the word", word);
        return false;
    }
    c->test = test;
    c->from = cell_of(file, row, "from");
    c->endpoint = cell_of(file, row, "endpoint");
    c->unit = cell_of(file, row, "unit");
    c->because = cell_of(file, row, "because");
    c->covers = cell_of(file, row, "covers");
    c->protocol = cell_of(file, row, "protocol");
    c->treated = cell_of(file, row, "treated");
    c->control = cell_of(file, row, "control");
    fine = read_number(j, cell_of(file, row, "needed"), line, "needed", &c->needed, problems) && fine;
    fine = read_number(j, cell_of(file, row, "up_to"), line, "up_to", &c->up_to, problems) && fine;
    if (!read_number(j, cell_of(file, row, "day"), line, "day", &day, problems)) return false;
    if (!isnan(day) && !(day >= 0.0 && day <= DAY_MAX && day == floor(day))) {
        problems_error(problems, j->path, line, 0, "day: '%.20s'; expected whole days since treatment, 0 to 36500, 0 or nothing for the last there is; correct it",
                       cell_of(file, row, "day"));
        return false;
    }
    c->day = isnan(day) ? 0 : (int)day;
    if (!fine) return false;
    bool needs = test == TEST_EFFECT || test == TEST_PUBLISHED || test == TEST_SHARE || test == TEST_SOLE || test == TEST_BELOW;
    if (test == TEST_NONE && *c->from && !*claim_reason_sentence(c->from)) {
        problems_error(problems, j->path, line, 0,
                       "from: '%.60s' without a test; expected why there is none: disease, practice, registry, opinion, commerce, outside_model or not_reported; "
                       "write the word, or the test", c->from);
        return false;
    }
    if ((needs && isnan(c->needed)) || (test != TEST_NONE && !*c->from)) {
        problems_error(problems, j->path, line, 0,
                       "%s: nothing was found; a test of %s needs it; write %s (docs/claims.md)",
                       needs && isnan(c->needed) ? "needed" : "from", word,
                       needs && isnan(c->needed) ? "how large the effect or share must be for the claim to hold"
                                                 : "what is read, such as TRIAL:arm:control");
        return false;
    }
    return true;
}

/* what another reader of the claim found; nothing where nobody did */
static bool read_reviewer(const job *j, int row, claim *c, islet_problems *problems)
{
    const char *word = cell_of(&j->claims, row, "reviewer_verdict");
    c->reviewer = claim_verdict_find(word);
    if (!*word || c->reviewer != VERDICT_NONE) return true;
    problems_error(problems, j->path, c->line, 0,
                   "reviewer_verdict is '%.60s'; expected nothing or one of supported, partly, unsupported, contradicted, untestable; correct the row", word);
    return false;
}

static islet_status read_claims(job *j, const char *path, islet_problems *problems)
{
    const embedded_file *shipped = embedded_find(CLAIMS), *tests = embedded_find(TESTS);
    if (!shipped || !tests) return ISLET_ERR_INPUT;
    j->own = path != NULL;
    j->path = path ? path : CLAIMS;
    islet_status status = path ? csv_read(path, &j->claims, problems)
                               : csv_parse((const char *)shipped->bytes, shipped->size, CLAIMS, &j->claims, problems);
    if (status == ISLET_OK) status = csv_parse((const char *)tests->bytes, tests->size, TESTS, &j->tests, problems);
    if (status != ISLET_OK) return status;
    for (int i = 0; i < 2; i++) {
        static const char *const must[] = {"claim_id", "claim"};
        if (csv_column(&j->claims, must[i]) >= 0) continue;
        problems_error(
            problems, j->path, 1, 0,
            "no column %s; expected claim_id and claim, and for a test: test, from, needed, endpoint, day; add it",
            must[i]);
        return ISLET_ERR_INPUT;
    }
    j->all = calloc((size_t)j->claims.rows + 1, sizeof *j->all);
    if (!j->all) return ISLET_ERR_MEMORY;
    for (int row = 0; row < j->claims.rows; row++) {
        claim *c = &j->all[j->n++];
        *c = (claim){.id = cell_of(&j->claims, row, "claim_id"), .text = cell_of(&j->claims, row, "claim"), .evidence = cell_of(&j->claims, row, "evidence"),
                     .source = cell_of(&j->claims, row, "source_url"), .line = line_of(&j->claims, row)};
        if (!read_reviewer(j, row, c, problems)) status = ISLET_ERR_INPUT;
        bool has_test = j->own && *cell_of(&j->claims, row, "test");
        int test = has_test ? row : test_row(j, c->id);
        if (!*c->id || !*c->text) {
            problems_error(problems, j->path, c->line, 0,
                           "a claim without %s; expected both claim_id and claim; write it",
                           *c->id ? "its text" : "a name");
            status = ISLET_ERR_INPUT;
        } else if (!read_test(j, has_test ? &j->claims : &j->tests, test, c, problems)) status = ISLET_ERR_INPUT;
        for (int i = 0; i < j->n - 1; i++)
            if (strcmp(j->all[i].id, c->id) == 0) {
                problems_error(problems, j->path, c->line, 0,
                               "claim_id: '%.60s' stands in line %d, too; expected each once; rename one", c->id,
                               j->all[i].line);
                status = ISLET_ERR_INPUT;
            }
    }
    return status;
}

/* ---- a simulated trial ---- */

/* rows of a claim with a protocol: in each of its arms the change since day 0 of a mean or the share on the day, and who had no harm by then */
static int wanted_rows(const job *j, evidence_row *rows, const char **protocols, int *owner)
{
    int n = 0;
    for (int i = 0; i < j->n; i++) {
        const claim *c = &j->all[i];
        evidence_row row = {
            .line = c->line, .trial = c->id, .group = "", .day = c->day, .n = 1, .events = NAN, .role = ROLE_CONTEXT};
        if (!*c->protocol || !*c->endpoint || c->day <= 0 || !outcome_find(c->endpoint, &row.endpoint)) continue;
        row.statistic = outcome_is_share(&row.endpoint)                  ? STATISTIC_SHARE
                        : strcmp(c->endpoint, "insulin_change_pct") == 0 ? STATISTIC_MEAN
                                                                         : STATISTIC_CHANGE;
        const char *const arms[2] = {c->treated, c->control};
        for (int harm = 0; harm < 2; harm++) {
            if (harm && !outcome_find("free_of_harm", &row.endpoint)) break;
            if (harm) row.statistic = STATISTIC_SHARE;
            for (int a = 0; a < 2 && *arms[a]; a++) {
                row.arm = arms[a];
                rows[n] = row;
                protocols[n] = c->protocol;
                owner[n++] = i;
            }
        }
    }
    return n;
}

static void keep_simulated(claim *c, const evidence_row *row, const double *values, const double *control, int64_t people)
{
    double mean = summary_mean(values, people).value;
    c->simulated_people = (double)people;
    if (row->endpoint.id == ENDPOINT_free_of_harm) {
        *(strcmp(row->arm, c->control) == 0 ? &c->harmed_control : &c->harmed_treated) = 1.0 - mean;
        return;
    }
    if (strcmp(row->arm, c->control) == 0) c->simulated_control = mean;
    else c->simulated_treated = mean;
    if (!control) return;
    summary s = summary_difference_paired(values, control, people);
    c->difference = s.value;
    c->difference_low = s.ci_low;
    c->difference_high = s.ci_high;
}

/* every row that is simulated, bound to its arm */
static islet_status bind_trials(job *j, islet_problems *problems)
{
    const size_t room = 4 * (size_t)j->n + 1;
    const char **protocols = calloc(room, sizeof *protocols);
    j->wanted = calloc(room, sizeof *j->wanted);
    j->owner = calloc(room, sizeof *j->owner);
    islet_status status = j->wanted && protocols && j->owner ? ISLET_OK : ISLET_ERR_MEMORY;
    if (status == ISLET_OK) {
        j->n_wanted = wanted_rows(j, j->wanted, protocols, j->owner);
        status = expressed_from(j->wanted, protocols, j->n_wanted, j->own ? j->path : NULL, &j->trials, problems);
    }
    free(protocols);
    return status;
}

static islet_status simulate(job *j, const islet_run_options *options, islet_problems *problems)
{
    const int64_t people = people_of(options);
    const int n = j->n_wanted;
    double **values = calloc((size_t)n + 1, sizeof *values);
    islet_status status = values ? ISLET_OK : ISLET_ERR_MEMORY;
    for (int r = 0; r < n && status == ISLET_OK; r++) {
        values[r] = malloc((size_t)people * sizeof **values);
        if (!values[r]) status = ISLET_ERR_MEMORY;
        for (int64_t i = 0; i < people && values[r]; i++) values[r][i] = NAN;
    }
    for (int p = 0; p < j->trials.n_protocols && status == ISLET_OK; p++)
        status = expressed_simulate(&j->trials, p, NULL, NULL, options, people, values, problems);
    for (int r = 0; r < n && status == ISLET_OK; r++) {
        bool has_control =
            r + 1 < n && j->owner[r + 1] == j->owner[r] && j->wanted[r + 1].endpoint.id == j->wanted[r].endpoint.id;
        keep_simulated(&j->all[j->owner[r]], &j->wanted[r], values[r], has_control ? values[r + 1] : NULL, people);
    }
    for (int r = 0; values && r < n; r++) free(values[r]);
    free(values);
    return status;
}

/* ---- table ---- */

static const char *const columns[] = {"claim_id",
                                      "claim",
                                      "verdict",
                                      "reviewer_verdict",
                                      "differs",
                                      "test",
                                      "endpoint",
                                      "unit",
                                      "needed",
                                      "k",
                                      "n",
                                      "estimate",
                                      "ci_low",
                                      "ci_high",
                                      "pi_low",
                                      "pi_high",
                                      "refusal",
                                      "day",
                                      "treated",
                                      "control",
                                      "simulated_treated",
                                      "simulated_control",
                                      "simulated_difference",
                                      "simulated_low",
                                      "simulated_high",
                                      "harmed_treated",
                                      "harmed_control",
                                      "simulated_people",
                                      "why",
                                      "source"};
static const bool is_number[] = {false, false, false, false, false, false, false, false, true,  true,
                                 true,  true,  true,  true,  true,  true,  false, true,  false, false,
                                 true,  true,  true,  true,  true,  true,  true,  true,  false, false};
enum { COLUMNS = sizeof columns / sizeof *columns };

static bool differs(const claim *c)
{
    return c->test != TEST_NONE && c->reviewer != VERDICT_NONE && c->verdict != c->reviewer;
}

static bool add_claim(islet_table *table, const claim *c)
{
    char number[COLUMNS][NUMBER_TEXT] = {{0}};
    const double numbers[] = {c->needed,
                              c->test == TEST_NONE ? NAN : c->k,
                              c->n,
                              c->estimate,
                              c->ci_low,
                              c->ci_high,
                              c->pi_low,
                              c->pi_high,
                              c->day > 0 ? c->day : NAN,
                              c->simulated_treated,
                              c->simulated_control,
                              c->difference,
                              c->difference_low,
                              c->difference_high,
                              c->harmed_treated,
                              c->harmed_control,
                              c->simulated_people};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        number_write(isnan(numbers[i]) ? NAN : round(numbers[i] * 1e4) / 1e4, number[i]);
    return table_add_row(table, (const char *const[]){c->id,
                                                      c->text,
                                                      claim_verdict_word(c->verdict),
                                                      claim_verdict_word(c->reviewer),
                                                      differs(c) ? "true" : "false",
                                                      claim_test_word(c->test),
                                                      c->endpoint,
                                                      c->unit,
                                                      number[0],
                                                      number[1],
                                                      number[2],
                                                      number[3],
                                                      number[4],
                                                      number[5],
                                                      number[6],
                                                      number[7],
                                                      c->refusal,
                                                      number[8],
                                                      c->treated,
                                                      c->control,
                                                      number[9],
                                                      number[10],
                                                      number[11],
                                                      number[12],
                                                      number[13],
                                                      number[14],
                                                      number[15],
                                                      number[16],
                                                      c->why,
                                                      c->source});
}

/* behind what was found: the reason of the test, and what the reviewer saw where the verdicts differ */
static void complete_why(claim *c)
{
    size_t at = strlen(c->why);
    if (*c->because && at < sizeof c->why) snprintf(c->why + at, sizeof c->why - at, "; %s", c->because);
    at = strlen(c->why);
    if (*c->covers && at < sizeof c->why) snprintf(c->why + at, sizeof c->why - at, "; tested is only a part of it: %s", c->covers);
    at = strlen(c->why);
    if ((c->difference < c->ci_low || c->difference > c->ci_high) && at < sizeof c->why) {
        char text[NUMBER_TEXT];
        number_write(round(c->difference * 100) / 100, text);
        snprintf(c->why + at, sizeof c->why - at, ". islet's own simulated trial gives %s, outside that interval", text);
    }
    at = strlen(c->why);
    if (differs(c) && *c->evidence)
        snprintf(c->why + at, sizeof c->why - at, ". The reviewer, who also weighed what no test here reads: %s",
                 c->evidence);
}

/* all but the simulation: what is refused is refused here */
static islet_status prepare(job *j, const char *path, islet_problems *problems)
{
    islet_status status = read_claims(j, path, problems), wrong = ISLET_OK;
    if (status == ISLET_OK) status = evidence_shipped(&j->rows, problems);
    if (status == ISLET_OK) status = library_table("meta_pooled", NULL, &j->reviews, problems);
    for (int i = 0; i < j->n && status == ISLET_OK; i++) {
        claim *c = &j->all[i];
        c->simulated_treated = c->simulated_control = c->difference = c->difference_low = c->difference_high = NAN;
        c->simulated_people = NAN;
        c->harmed_treated = c->harmed_control = NAN;
        const islet_status named = claim_check(c, j->path, &j->rows, j->reviews, problems);
        if (named != ISLET_OK) wrong = named;
        else status = claim_judge(c, &j->rows, j->reviews);
    }
    if (status == ISLET_OK) status = wrong;
    return status == ISLET_OK ? bind_trials(j, problems) : status;
}

static void job_free(job *j)
{
    expressed_free(&j->trials);
    free(j->wanted);
    free(j->owner);
    islet_table_free(j->reviews);
    evidence_free(&j->rows);
    csv_free(&j->claims);
    csv_free(&j->tests);
    free(j->all);
}

void islet_claims_free(islet_claims *claims)
{
    if (!claims) return;
    islet_table_free(claims->rows);
    free(claims);
}

islet_status islet_claims_judge(const char *path, const islet_run_options *options, islet_claims **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    job j = {.n = 0};
    islet_claims *made = calloc(1, sizeof *made);
    if (!made) return ISLET_ERR_MEMORY;
    islet_status status = prepare(&j, path, problems);
    if (status == ISLET_OK) status = simulate(&j, options, problems);
    if (status == ISLET_OK && !(made->rows = table_create(COLUMNS, columns, is_number))) status = ISLET_ERR_MEMORY;
    for (int i = 0; i < j.n && status == ISLET_OK; i++) {
        complete_why(&j.all[i]);
        made->supported += j.all[i].verdict == VERDICT_SUPPORTED;
        made->differ += differs(&j.all[i]);
        made->tested += j.all[i].test != TEST_NONE;
        if (!add_claim(made->rows, &j.all[i])) status = ISLET_ERR_MEMORY;
    }
    if (status == ISLET_OK) {
        *out = made;
        made = NULL;
    }
    islet_claims_free(made);
    job_free(&j);
    return status;
}

islet_status islet_claims_plan(const char *path, const islet_run_options *options, islet_table **out, islet_problems *problems)
{
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    job j = {.n = 0};
    islet_status status = prepare(&j, path, problems);
    if (status == ISLET_OK) status = expressed_plan(&j.trials, people_of(options), 0, 0, out);
    job_free(&j);
    return status;
}
