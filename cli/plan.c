/* --dry-run. Of islet run: arms, doses, people, cost and outputs of a run, without running it. The cost is measured: a few
 * people are simulated into a store in a temporary folder that is removed again. Of islet validate and islet claims: which
 * protocols would be simulated, and how much of them; nothing is. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "progress.h"
#include "verbs.h"

#define DAYS_PER_YEAR 365.0
#define SAMPLE_PATIENT_DAYS 24000.0 /* about a second on an ordinary machine */
#define SAMPLE_PEOPLE_LEAST 16.0      /* fewer would leave lanes and threads without work */

void plan_fill(run_plan *plan, const islet_protocol *protocol, const cli_options *options)
{
    islet_run_options run_options = {.seed = options->seed, .has_seed = options->has_seed};
    plan->protocol = protocol;
    plan->seed = islet_run_seed(protocol, &run_options);
    plan->patients = options->has_patients ? options->patients : islet_protocol_patients(protocol);
    plan->years = options->has_years ? options->years : islet_protocol_years(protocol);
    plan->arms = islet_protocol_arms(protocol);
    plan->patient_days = (double)plan->patients * plan->arms * plan->years * DAYS_PER_YEAR;
    plan->paired = !options->independent_arms;
}

void follow_up_text(double years, char out[FOLLOW_UP_ROOM])
{
    bool whole = years >= 1 && years == (double)(long long)years;
    long long n = whole ? (long long)years : (long long)(years * DAYS_PER_YEAR + 0.5);
    snprintf(out, FOLLOW_UP_ROOM, "%lld %s%s", n, whole ? "year" : "day", n == 1 ? "" : "s");
}

const char *pairing_text(const run_plan *plan)
{
    return plan->arms == 1 ? "" : plan->paired ? ", each simulated in every arm" : " in each arm, different ones";
}

/* islet_run tells what all of its work is, the weeks before day 0 included */
static void keep_total(void *context, const islet_progress *state)
{
    *(double *)context = state->total_patient_days;
}

typedef struct {
    double patient_days; /* the weeks before day 0 included; 0 when it could not be measured */
    double seconds;
} run_cost;

/* time of a small sample of the run, scaled to all of it */
static run_cost measured_cost(const run_plan *plan, const cli_options *options)
{
    double people = SAMPLE_PATIENT_DAYS / (plan->arms * plan->years * DAYS_PER_YEAR), sample_days = 0;
    if (people < SAMPLE_PEOPLE_LEAST) people = SAMPLE_PEOPLE_LEAST;
    if (people > (double)plan->patients) people = (double)plan->patients;
    islet_run_options sample = {.seed = plan->seed, .has_seed = true, .threads = (int)options->threads,
                                .patients = (int64_t)people, .years = options->years,
                                .independent_arms = options->independent_arms, .engine = options->engine,
                                .progress = keep_total, .context = &sample_days};
    static const char *const files[] = {"sample.db", "sample.db.part", "sample.db.part-journal", NULL};
    char *folder = folder_create_temporary();
    if (!folder) return (run_cost){0};
    char *path = name_join(folder, files[0]);
    islet_store *store = NULL;
    islet_status status = islet_store_create(path, &store, NULL);
    double start_s = clock_s();
    if (status == ISLET_OK) status = islet_run(plan->protocol, &sample, store, NULL);
    double passed_s = clock_s() - start_s, scale = (double)plan->patients / (double)sample.patients;
    islet_store_close(store, NULL);
    free(path);
    folder_remove(folder, files);
    return status == ISLET_OK ? (run_cost){sample_days * scale, passed_s * scale} : (run_cost){0};
}

static void print_json(const run_plan *plan, const grid *arms, const run_cost *cost, FILE *file)
{
    char years[NUMBER_ROOM], days[NUMBER_ROOM], all_days[NUMBER_ROOM], seconds[NUMBER_ROOM], seed[NUMBER_ROOM];
    number_short(plan->years, 4, years);
    number_text(plan->patient_days, 0, days);
    number_text(cost->patient_days, 0, all_days);
    number_text(cost->seconds, 1, seconds);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)plan->seed);
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.plan/1");
    json_text(&j, "title", islet_protocol_title(plan->protocol));
    json_number(&j, "seed", seed);
    json_integer(&j, "patients", plan->patients);
    json_number(&j, "years", years);
    if (islet_protocol_treatment(plan->protocol)) json_text(&j, "treatment", islet_protocol_treatment(plan->protocol));
    json_bool(&j, "paired", plan->paired);
    json_number(&j, "patient_days", days);
    json_number(&j, "patient_days_with_run_in", cost->patient_days > 0 ? all_days : "");
    json_number(&j, "estimated_s", cost->patient_days > 0 ? seconds : "");
    json_text(&j, "store", plan->store);
    json_text(&j, "report", plan->report);
    json_rows(&j, "arms", arms);
    json_close(&j, '}');
}

static void print_text(const run_plan *plan, const grid *arms, const run_cost *cost, FILE *file)
{
    char length[FOLLOW_UP_ROOM], days[GROUPED_ROOM], people[GROUPED_ROOM], all_days[GROUPED_ROOM], duration[DURATION_ROOM];
    follow_up_text(plan->years, length);
    grouped_text(plan->patient_days, days);
    grouped_text((double)plan->patients, people);
    grouped_text(cost->patient_days, all_days);
    duration_text(cost->seconds, duration);
    print_safely(file, islet_protocol_title(plan->protocol));
    fprintf(file, "\n\npeople   %s%s, for %s\n", people, pairing_text(plan), length);
    const char *treatment = islet_protocol_treatment(plan->protocol);
    if (treatment) fprintf(file, "care     treatment: %s, in every arm\n", treatment);
    fprintf(file, "cost     %s patient-days", days);
    if (cost->patient_days > 0) fprintf(file, ", %s with the weeks before day 0, about %s here", all_days, duration);
    fputc('\n', file);
    fprintf(file, "seed     %llu\nstore    ", (unsigned long long)plan->seed);
    print_safely(file, plan->store);
    fprintf(file, "\nreport   ");
    print_safely(file, plan->report);
    fprintf(file, "\n\n");
    int all[16];
    for (int i = 0; i <= arms->columns; i++) all[i] = i < arms->columns ? i : -1;
    grid_print(arms, all, file);
}

cli_exit plan_print(const run_plan *plan, const cli_options *options)
{
    islet_table *table = NULL;
    islet_status status = islet_protocol_table(plan->protocol, &table);
    if (status != ISLET_OK) return exit_of(status, NULL, "the plan");
    grid *arms = grid_from_table(table);
    islet_table_free(table);

    run_cost cost = measured_cost(plan, options);
    if (options->csv) grid_write_csv(arms, stdout);
    else if (options->json) print_json(plan, arms, &cost, stdout);
    else print_text(plan, arms, &cost, stdout);
    grid_free(arms);
    output out = {.file = stdout};
    return output_close(&out);
}

/* ---- trials that rows or claims name ---- */

static double total_of(const grid *g, const char *column)
{
    double sum = 0, value;
    for (int row = 0; row < g->rows; row++)
        if (number_from_text(grid_at(g, row, column), &value)) sum += value;
    return sum;
}

static void print_trials_json(const grid *trials, const grid *left, FILE *file)
{
    char days[NUMBER_ROOM];
    number_text(total_of(trials, "patient_days"), 0, days);
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.trials_plan/1");
    json_integer(&j, "protocols", trials->rows);
    json_number(&j, "patient_days", days);
    json_rows(&j, "rows", trials);
    if (left) json_rows(&j, "left_out", left);
    json_close(&j, '}');
}

static void print_trials_text(const grid *trials, const grid *left, FILE *file)
{
    int all[16];
    char days[GROUPED_ROOM];
    for (int i = 0; i <= trials->columns; i++) all[i] = i < trials->columns ? i : -1;
    grid_print(trials, all, file);
    grouped_text(total_of(trials, "patient_days"), days);
    fprintf(
        file,
        "\n%d protocol%s, %s patient-days with the weeks before day 0; people is in every arm, and draws of the uncertain parameters\n"
        "simulate draw_people of them again.",
        trials->rows, trials->rows == 1 ? "" : "s", days);
    if (left && left->rows)
        fprintf(file, " %d row%s would be left out (--json has the reason of each).", left->rows,
                left->rows == 1 ? "" : "s");
    fputs(" Nothing was simulated.\n", file);
}

cli_exit plan_print_trials(const islet_table *plan, const islet_table *left_out, const cli_options *options)
{
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    grid *trials = grid_from_table(plan), *left = left_out ? grid_from_table(left_out) : NULL;
    if (options->csv) grid_write_csv(trials, out.file);
    else if (options->json) print_trials_json(trials, left, out.file);
    else print_trials_text(trials, left, out.file);
    grid_free(trials);
    grid_free(left);
    return output_close(&out);
}
