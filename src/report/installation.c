/* What the library finds out about itself: engines, floating point as it was tested, SQLite, compiled-in files. */
#include <sqlite3.h>
#include <stdio.h>

#include "base/embedded.h"
#include "base/table.h"

static bool add(islet_table *table, const char *check, const char *found, bool fine, const char *advice)
{
    const char *cells[] = {check, found, fine ? "true" : "false", fine ? "" : advice};
    return table_add_row(table, cells);
}

static bool add_engines(islet_table *table)
{
    char found[120] = "";
    size_t at = 0;
    const char *const *engines = islet_engines();
    for (int i = 0; engines[i] && at < sizeof found; i++)
        at += (size_t)snprintf(found + at, sizeof found - at, "%s%s", i ? " " : "", engines[i]);
    return add(table, "engines", found, engines[0] != NULL, "this build has no engine for the processor; build it here");
}

/* (1 + 2^-27)^2 - (1 + 2^-26): 2^-54 when multiplication and addition were fused, exactly 0 when both are rounded.
 * Results are the same on every machine only when nothing is fused behind the writer's back. */
static bool is_contracted(void)
{
    volatile double factor = 1 + 0x1p-27, less = -(1 + 0x1p-26);
    double a = factor, b = factor, c = less;
    return a * b + c != 0;
}

/* The store is written with a rollback journal, so the loss of commits that WAL mode had before 3.51.3 cannot happen. */
static bool add_sqlite(islet_table *table)
{
    char found[64];
    snprintf(found, sizeof found, "%s, rollback journal", sqlite3_libversion());
    return add(table, "SQLite", found, sqlite3_libversion_number() >= SQLITE_VERSION_NUMBER && sqlite3_threadsafe(),
               "a thread-safe SQLite, at least the version this was built with (" SQLITE_VERSION "), is needed");
}

/* what the build compiles in: data files and the JavaScript of the report's figures */
static bool add_embedded(islet_table *table)
{
    static const char *const bundles[] = {"vendor/vega.min.js", "vendor/vega-lite.min.js", "vendor/vega-embed.min.js",
                                          "vendor/vega-interpreter.min.js"};
    int n_files = 0, n_bundles = 0;
    for (const embedded_file *file = islet_embedded_files; file->path; file++) n_files++;
    for (size_t i = 0; i < sizeof bundles / sizeof *bundles; i++) n_bundles += embedded_find(bundles[i]) != NULL;
    char found[40];
    snprintf(found, sizeof found, "%d files", n_files - n_bundles);
    bool fine = add(table, "data compiled in", found, n_files > n_bundles,
                    "the build found no data; build again from a whole source tree");
    snprintf(found, sizeof found, "%d of 4 bundles", n_bundles);
    return fine && add(table, "report figures", found, n_bundles == 4,
                       "run npm ci --ignore-scripts in the source folder and build again");
}

islet_status islet_installation_table(islet_table **out)
{
    static const char *const names[] = {"check", "found", "fine", "advice"};
    static const bool is_number[] = {false, false, false, false};
    if (!out) return ISLET_ERR_ARGUMENT;
    *out = NULL;
    islet_table *table = table_create(4, names, is_number);
    bool fine = table && add(table, "library", islet_version(), true, "") && add(table, "source", islet_commit(), true, "") &&
                add_engines(table) &&
                add(table, "floating point", is_contracted() ? "contracted" : "not contracted", !is_contracted(),
                    "build with -ffp-contract=off, or results differ from other machines") &&
                add_sqlite(table) && add_embedded(table);
    if (!fine) {
        islet_table_free(table);
        return ISLET_ERR_MEMORY;
    }
    *out = table;
    return ISLET_OK;
}
