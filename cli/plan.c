/* islet run --dry-run: arms, doses, people, cost and outputs of a run, without running it. The cost is measured: a few
 * people are simulated into a store in a temporary folder that is removed again. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "progress.h"
#include "verbs.h"

#define DAYS_PER_YEAR 365.0
#define SAMPLE_PEOPLE 32
#define SAMPLE_YEARS 1.0

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

/* seconds for a small sample of the run, scaled to all of it; negative when it could not be measured */
static double estimated_s(const run_plan *plan, const cli_options *options)
{
    islet_run_options sample = {.seed = plan->seed, .has_seed = true, .threads = (int)options->threads,
                                .independent_arms = options->independent_arms, .engine = options->engine};
    sample.patients = plan->patients < SAMPLE_PEOPLE ? plan->patients : SAMPLE_PEOPLE;
    sample.years = plan->years < SAMPLE_YEARS ? plan->years : SAMPLE_YEARS;
    static const char *const files[] = {"sample.db", "sample.db.part", "sample.db.part-journal", NULL};
    char *folder = folder_create_temporary();
    if (!folder) return -1;
    char *path = name_join(folder, files[0]);
    islet_store *store = NULL;
    islet_status status = islet_store_create(path, &store, NULL);
    double start_s = clock_s();
    if (status == ISLET_OK) status = islet_run(plan->protocol, &sample, store, NULL);
    double passed_s = clock_s() - start_s;
    islet_store_close(store, NULL);
    free(path);
    folder_remove(folder, files);
    if (status != ISLET_OK) return -1;
    return passed_s * ((double)plan->patients / (double)sample.patients) * (plan->years / sample.years);
}

static void print_json(const run_plan *plan, const grid *arms, double cost_s, FILE *file)
{
    char years[NUMBER_ROOM], days[NUMBER_ROOM], cost[NUMBER_ROOM], seed[NUMBER_ROOM];
    number_short(plan->years, 4, years);
    number_text(plan->patient_days, 0, days);
    number_text(cost_s, 1, cost);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)plan->seed);
    json j = {.file = file};
    json_open(&j, NULL, '{');
    json_text(&j, "schema", "islet.plan/1");
    json_text(&j, "title", islet_protocol_title(plan->protocol));
    json_number(&j, "seed", seed);
    json_integer(&j, "patients", plan->patients);
    json_number(&j, "years", years);
    json_bool(&j, "paired", plan->paired);
    json_number(&j, "patient_days", days);
    json_number(&j, "estimated_s", cost_s < 0 ? "" : cost);
    json_text(&j, "store", plan->store);
    json_text(&j, "report", plan->report);
    json_rows(&j, "arms", arms);
    json_close(&j, '}');
}

static void print_text(const run_plan *plan, const grid *arms, double cost_s, FILE *file)
{
    char years[NUMBER_ROOM], days[GROUPED_ROOM], people[GROUPED_ROOM], cost[DURATION_ROOM] = "unknown time";
    number_short(plan->years, 2, years);
    grouped_text(plan->patient_days, days);
    grouped_text((double)plan->patients, people);
    if (cost_s >= 0) duration_text(cost_s, cost);
    print_safely(file, islet_protocol_title(plan->protocol));
    fprintf(file, "\n\npeople   %s, %s, for %s %s\n", people,
            plan->paired ? "each simulated in every arm" : "other people in every arm", years, strcmp(years, "1") == 0 ? "year" : "years");
    fprintf(file, "cost     %s patient-days, about %s\n", days, cost);
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

    double cost_s = estimated_s(plan, options);
    if (options->csv) grid_write_csv(arms, stdout);
    else if (options->json) print_json(plan, arms, cost_s, stdout);
    else print_text(plan, arms, cost_s, stdout);
    grid_free(arms);
    output out = {.file = stdout};
    return output_close(&out);
}
