/* islet check: what kind of file is it, and what is wrong with it. */
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "verbs.h"

static const char *kind_name(islet_file_kind kind)
{
    switch (kind) {
    case ISLET_FILE_UNKNOWN: return "unknown";
    case ISLET_FILE_PROTOCOL: return "protocol";
    case ISLET_FILE_PRODUCT: return "product";
    case ISLET_FILE_POPULATION: return "population";
    case ISLET_FILE_REGIMEN: return "regimen";
    case ISLET_FILE_CONDITIONING: return "conditioning";
    case ISLET_FILE_STORE: return "store";
    case ISLET_FILE_PATIENT: return "patient";
    case ISLET_FILE_EVIDENCE_ROWS: return "evidence rows";
    case ISLET_FILE_EVIDENCE_TABLE: return "evidence table";
    case ISLET_FILE_STUDIES: return "table of studies";
    case ISLET_FILE_PARAMETERS: return "parameter set";
    case ISLET_FILE_CLAIMS: return "claims";
    }
    return "unknown";
}

/* content hash of a store; false after a message */
static bool hash_of(const char *path, char hash[ISLET_HASH_TEXT], islet_problems *problems)
{
    islet_store *store = NULL;
    islet_status status = islet_store_open(path, &store, problems);
    if (status == ISLET_OK) status = islet_store_hash(store, hash);
    if (status != ISLET_OK) exit_of(status, problems, path);
    islet_store_close(store, NULL);
    return status == ISLET_OK;
}

static void write_json(json *j, const char *path, islet_file_kind kind, bool valid, const char *hash,
                       const islet_problems *problems)
{
    json_open(j, NULL, '{');
    json_text(j, "file", path);
    json_text(j, "kind", kind_name(kind));
    json_bool(j, "valid", valid);
    json_integer(j, "errors", islet_problems_error_count(problems));
    if (*hash) json_text(j, "hash", hash);
    json_open(j, "problems", '[');
    for (int i = 0; i < islet_problems_count(problems); i++) {
        json_open(j, NULL, '{');
        json_text(j, "severity", islet_problems_is_warning(problems, i) ? "warning" : "error");
        json_text(j, "text", islet_problems_text(problems, i));
        json_close(j, '}');
    }
    json_close(j, ']');
    json_close(j, '}');
}

static void write_text(FILE *file, const char *path, islet_file_kind kind, bool valid, const char *hash,
                       const islet_problems *problems)
{
    if (*hash) {
        fprintf(file, "%s  ", hash); /* as sha256sum writes it */
        print_safely(file, path);
        fputc('\n', file);
        return;
    }
    int errors = islet_problems_error_count(problems);
    print_safely(file, path);
    if (valid) fprintf(file, ": %s, valid\n", kind_name(kind));
    else if (errors == 0) fprintf(file, ": not readable\n");
    else fprintf(file, ": %s, %d %s\n", kind == ISLET_FILE_UNKNOWN ? "no file that islet knows" : kind_name(kind), errors,
                 errors == 1 ? "error" : "errors");
}

/* one file: messages to stderr, its line or object to the result */
static cli_exit check_one(const char *path, const cli_options *options, json *j, grid *rows, FILE *file)
{
    islet_problems *problems = islet_problems_create();
    if (!problems) return exit_of(ISLET_ERR_MEMORY, NULL, path);
    islet_file_kind kind = ISLET_FILE_UNKNOWN;
    char hash[ISLET_HASH_TEXT] = "", errors[NUMBER_ROOM];
    islet_status status = islet_check_file(name_for_reading(path), &kind, problems);
    cli_exit done = exit_of(status, problems, path);
    if (options->hash && done == EXIT_DONE && kind != ISLET_FILE_STORE) {
        fprintf(stderr, "islet: %s is a %s; only a store has a content hash\n", path, kind_name(kind));
        done = EXIT_INPUT;
    } else if (options->hash && done == EXIT_DONE && !hash_of(path, hash, problems)) {
        done = EXIT_INPUT;
    }
    number_text(islet_problems_error_count(problems), 0, errors);
    if (options->json) write_json(j, path, kind, done == EXIT_DONE, hash, problems);
    else if (options->csv)
        grid_add(rows,
                 (const char *const[]){path, kind_name(kind), done == EXIT_DONE ? "true" : "false", errors, hash});
    else if (!options->hash || *hash) write_text(file, path, kind, done == EXIT_DONE, hash, problems);
    print_problems(problems, !options->quiet);
    islet_problems_free(problems);
    return done;
}

cli_exit verb_check(const cli_options *options)
{
    static const char *const names[] = {"file", "kind", "valid", "errors#", "hash"};
    output out;
    if (!output_open(&out, options->out)) return EXIT_IO;
    json j = {.file = out.file};
    grid *rows = grid_create(5, names);
    if (options->json) {
        json_open(&j, NULL, '{');
        json_text(&j, "schema", "islet.check/1");
        json_open(&j, "rows", '[');
    }
    cli_exit worst = EXIT_DONE;
    for (int i = 0; i < options->n_files; i++) {
        cli_exit done = check_one(options->files[i], options, &j, rows, out.file);
        if (done > worst) worst = done;
    }
    if (options->json) {
        json_close(&j, ']');
        json_close(&j, '}');
    }
    if (options->csv) grid_write_csv(rows, out.file);
    grid_free(rows);
    cli_exit closed = output_close(&out);
    return closed == EXIT_DONE ? worst : closed;
}
