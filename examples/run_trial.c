/* Runs a small trial with the library and prints its results.
 *
 *   cc examples/run_trial.c $(pkg-config --cflags --libs islet) -o run_trial
 *   ./run_trial examples/zimislecel.yaml small.db */
#include <stdio.h>

#include "islet.h"

static void print_problems(const islet_problems *problems)
{
    for (int i = 0; i < islet_problems_count(problems); i++) fprintf(stderr, "%s\n", islet_problems_text(problems, i));
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: run_trial PROTOCOL.yaml STORE.db\n");
        return 2;
    }
    islet_problems *problems = islet_problems_create();
    islet_protocol *protocol = NULL;
    islet_store *store = NULL;
    islet_table *results = NULL;

    /* read the protocol, simulate 16 people for half a year in every arm, keep everything in the store */
    islet_run_options options = {.patients = 16, .years = 0.5, .seed = 7, .has_seed = true};
    islet_status status = islet_protocol_read(argv[1], &protocol, problems);
    if (status == ISLET_OK) status = islet_store_create(argv[2], &store, problems);
    if (status == ISLET_OK) status = islet_run(protocol, &options, store, problems);
    if (status != ISLET_OK) goto done;

    /* the store moves to its place when it is closed; open it again as any other program would */
    status = islet_store_close(store, problems);
    store = NULL;
    if (status == ISLET_OK) status = islet_store_open(argv[2], &store, problems);
    if (status == ISLET_OK) status = islet_store_results(store, &results);
    if (status != ISLET_OK) goto done;

    for (int row = 0; row < islet_table_rows(results); row++) {
        for (int column = 0; column < islet_table_columns(results); column++)
            printf("%s%s", column ? "\t" : "", islet_table_cell(results, row, column));
        printf("\n");
    }
done:
    print_problems(problems);
    if (status != ISLET_OK) fprintf(stderr, "run_trial: %s\n", islet_strerror(status));
    islet_table_free(results);
    islet_store_close(store, NULL);
    islet_protocol_free(protocol);
    islet_problems_free(problems);
    return status == ISLET_OK ? 0 : 1;
}
