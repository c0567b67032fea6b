/* Rows that are known before the first person is simulated. */
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/endpoint.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/number.h"
#include "base/params.h"
#include "evidence/alike.h"
#include "store/evidence.h"
#include "store/write.h"
#include "therapy/bounds.h"
#include "therapy/protocol_words.h"
#include "trial/attention.h"

#define DOING "write the description of the run"
#define PROTOCOL_BYTES ((size_t)1 << 20) /* a protocol is a page or two */

/* One row from a list of typed values: s text (NULL is NULL), i int64_t, d double (NaN is NULL). */
typedef struct {
    char type;
    union {
        const char *s;
        int64_t i;
        double d;
    } as;
} cell;

#define TEXT(value) ((cell){'s', {.s = (value)}})
#define INTEGER(value) ((cell){'i', {.i = (value)}})
#define REAL(value) ((cell){'d', {.d = (value)}})
#define MISSING TEXT(NULL)

static islet_status insert(islet_store *store, const char *sql, const cell *cells, int n, islet_problems *problems)
{
    sqlite3_stmt *statement;
    islet_status status = store_prepare(store, sql, &statement, problems);
    if (status != ISLET_OK) return status;
    int code = SQLITE_OK;
    for (int i = 0; i < n && code == SQLITE_OK; i++) {
        if (cells[i].type == 's') code = sqlite3_bind_text(statement, i + 1, cells[i].as.s, -1, SQLITE_STATIC);
        else if (cells[i].type == 'i') code = sqlite3_bind_int64(statement, i + 1, cells[i].as.i);
        else code = sqlite3_bind_double(statement, i + 1, cells[i].as.d); /* NaN becomes NULL */
    }
    status = code == SQLITE_OK ? store_step(store, statement, DOING, problems)
                               : store_failure(store, code, DOING, problems);
    sqlite3_finalize(statement);
    return status;
}

#define INSERT(sql, ...)                                                                                             \
    insert(store, sql, (const cell[]){__VA_ARGS__}, (int)(sizeof((cell[]){__VA_ARGS__}) / sizeof(cell)), problems)

static const char *standing_name(int id)
{
    return id == STANDING_MEASURED ? "measured" : id == STANDING_FITTED ? "fitted" : "assumed";
}

/* The protocol's text, read again; NULL when the file is no longer the one that was parsed (or came from a pipe). */
static islet_status protocol_text(const struct islet_protocol *protocol, char **text)
{
    char hash[ISLET_HASH_TEXT];
    size_t size;
    *text = NULL;
    islet_status status = file_read(protocol->file, PROTOCOL_BYTES, text, &size, NULL);
    if (status != ISLET_OK) return status == ISLET_ERR_MEMORY ? status : ISLET_OK;
    hash_sha256(*text, size, hash);
    if (strcmp(hash, protocol->hash) == 0 && strlen(*text) == size) return ISLET_OK;
    free(*text);
    *text = NULL;
    return ISLET_OK;
}

static islet_status write_run(islet_store *store, const run_info *info, islet_problems *problems)
{
    static const char *const diabetes[] = {[DIABETES_TYPE1] = "type1", [DIABETES_TYPE2] = "type2", [DIABETES_NONE] = "none"};
    const struct islet_protocol *protocol = info->protocol;
    char seed[24];
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)info->seed);
    char *text;
    bool is_control;
    int control = protocol_compared_with(protocol, &is_control);
    islet_status status = protocol_text(protocol, &text);
    if (status != ISLET_OK) return status;
    status = INSERT(
        "INSERT INTO run VALUES (1, ?1, '" STATE_RUNNING "', ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, NULL, ?10, ?11, ?12, ?13)",
        TEXT(protocol->title), TEXT(seed), INTEGER(info->patients), INTEGER(info->arms),
        control < 0 ? MISSING : INTEGER(control), INTEGER(is_control), INTEGER(info->follow_up_day), REAL(info->follow_up_day / 365.0),
        INTEGER(info->paired), TEXT(protocol->population.name), TEXT(diabetes[protocol->population.diabetes]), TEXT(protocol->hash), TEXT(text));
    free(text);
    return status;
}

static islet_status write_courses(islet_store *store, const struct islet_protocol *protocol, int arm,
                                  islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int i = 0; i < protocol->arms[arm].n_courses && status == ISLET_OK; i++) {
        const cell_course *course = &protocol->arms[arm].courses[i];
        double dose = course->dose_cells;
        char only_if[PROTOCOL_WORDS];
        protocol_conditions(course, only_if);
        const char *unit = "cells";
        if (course->dose_cells_per_kg > 0.0) dose = course->dose_cells_per_kg, unit = "cells/kg";
        if (course->dose_ieq > 0.0) dose = course->dose_ieq, unit = "IEQ";
        if (course->dose_ieq_per_kg > 0.0) dose = course->dose_ieq_per_kg, unit = "IEQ/kg";
        if (course->cd34_per_kg > 0.0) dose = course->cd34_per_kg, unit = "CD34+ cells/kg";
        status = INSERT("INSERT INTO course VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)", INTEGER(arm), INTEGER(i),
                        TEXT(protocol->products[course->product].name), REAL(dose), TEXT(unit), INTEGER(course->day),
                        TEXT(protocol_put(course)), only_if[0] ? TEXT(only_if) : MISSING);
    }
    return status;
}

static islet_status write_arms(islet_store *store, const struct islet_protocol *protocol, const run_info *info,
                               islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int i = 0; i < protocol->n_arms && status == ISLET_OK; i++) {
        const protocol_arm *arm = &protocol->arms[i];
        bool treated = arm->regimen >= 0;
        bool conditioned = arm->conditioning >= 0;
        char beside[PROTOCOL_WORDS];
        protocol_beside(protocol, arm, beside);
        status = INSERT("INSERT INTO arm VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)", INTEGER(i), TEXT(arm->name),
                        treated ? TEXT(protocol->regimens[arm->regimen].name) : MISSING,
                        treated ? INTEGER(arm->regimen_start_day) : MISSING,
                        treated && arm->regimen_stop_day != INT_MAX ? INTEGER(arm->regimen_stop_day) : MISSING,
                        conditioned ? TEXT(protocol->conditionings[arm->conditioning].name) : MISSING,
                        conditioned ? INTEGER(arm->conditioning_start_day) : MISSING,
                        beside[0] ? TEXT(beside) : MISSING, TEXT(attention_sentence(protocol, arm)), REAL(bound_teratoma(protocol, arm, info->params)),
                        REAL(bound_cancer(protocol, arm, info->params, info->follow_up_day / DAYS_PER_YEAR)));
        if (status == ISLET_OK) status = write_courses(store, protocol, i, problems);
    }
    return status;
}

static islet_status write_provenance(islet_store *store, const run_info *info, islet_problems *problems)
{
    char options[160], years[NUMBER_TEXT];
    number_write(info->follow_up_day / 365.0, years);
    snprintf(options, sizeof options, "seed=%llu patients=%lld years=%s independent_arms=%d",
             (unsigned long long)info->seed, (long long)info->patients, years, !info->paired);
    islet_status status = INSERT("INSERT INTO provenance VALUES (1, 'islet', ?1, ?2, ?3)", TEXT(islet_version()),
                                 TEXT(islet_commit()), TEXT(options));

    char threads[24] = "all processors";
    if (info->threads > 0) snprintf(threads, sizeof threads, "%d", info->threads);
    const struct {
        const char *key, *value;
    } build[] = {
        {"compiler", ISLET_COMPILER},      {"flags", ISLET_FLAGS},
        {"sqlite", sqlite3_libversion()}, {"engine", info->engine},
        {"threads", threads},           {"command_line", info->command_line},
        {"date", info->date},           {"resume_count", "0"},
    };
    for (size_t i = 0; i < sizeof build / sizeof build[0] && status == ISLET_OK; i++)
        if (build[i].value)
            status = INSERT("INSERT INTO provenance_build VALUES (?1, ?2)", TEXT(build[i].key), TEXT(build[i].value));
    return status;
}

static islet_status write_inputs(islet_store *store, const struct islet_protocol *protocol, islet_problems *problems)
{
    char hash[ISLET_HASH_TEXT];
    islet_status status = INSERT("INSERT INTO input VALUES ('protocol', NULL, ?1)", TEXT(protocol->hash));
    for (int i = 0; i < protocol->n_files && status == ISLET_OK; i++) {
        const protocol_file *file = &protocol->files[i];
        status = INSERT("INSERT INTO input VALUES ('file ' || ?1, ?2, ?3)", TEXT(file->name),
                        INTEGER((int64_t)file->size), TEXT(file->hash));
    }
    for (const embedded_file *file = islet_embedded_files; file->path && status == ISLET_OK; file++) {
        if (strncmp(file->path, "data/", 5) != 0) continue;
        hash_sha256(file->bytes, file->size, hash);
        status = INSERT("INSERT INTO input VALUES (?1, ?2, ?3)", TEXT(file->path), INTEGER((int64_t)file->size), TEXT(hash));
    }
    return status;
}

static islet_status write_lists(islet_store *store, const struct islet_protocol *protocol, islet_problems *problems)
{
    static const char *const kinds[] = {"fraction", "mean", "rate", "harm"};
    islet_status status = ISLET_OK;
    for (int id = 0; id < ENDPOINT_COUNT && status == ISLET_OK; id++) {
        const endpoint_info *info = &islet_endpoint_info[id];
        /* those the protocol names come first, in its order */
        int position = protocol->n_endpoints + id, asked = protocol->n_endpoints == 0;
        for (int i = 0; i < protocol->n_endpoints; i++)
            if (protocol->endpoints[i] == id) position = i, asked = 1;
        status = INSERT("INSERT INTO endpoint VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", TEXT(info->key), INTEGER(position),
                        INTEGER(asked), TEXT(info->unit), TEXT(kinds[info->kind]), INTEGER(info->digits),
                        TEXT(info->sentence));
    }
    static const char *const events[][2] = {
#define EVENT_TEXT(key, sentence) {#key, sentence},
        EVENT_LIST(EVENT_TEXT)
#undef EVENT_TEXT
    };
    for (int i = 0; i < EVENT_COUNT && status == ISLET_OK; i++)
        status = INSERT("INSERT INTO event_kind VALUES (?1, ?2)", TEXT(events[i][0]), TEXT(events[i][1]));
    return status;
}

static islet_status write_sourced(islet_store *store, const char *name, const char *kind, const char *key,
                                  const char *unit, const char *sentence, const sourced_value *value,
                                  islet_problems *problems)
{
    if (!is_given(value)) return ISLET_OK;
    return INSERT("INSERT INTO product_value VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)", TEXT(name), TEXT(kind),
                  TEXT(key), REAL(value->value), REAL(value->low), REAL(value->high), TEXT(unit),
                  TEXT(standing_name(value->standing)), TEXT(value->source), TEXT(sentence));
}

static islet_status write_products(islet_store *store, const struct islet_protocol *protocol, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int i = 0; i < protocol->n_products; i++) {
        const product *p = &protocol->products[i];
#define PRODUCT_ROW(key, unit, low, high, sentence)                                                                  \
        if (status == ISLET_OK) status = write_sourced(store, p->name, "product", #key, unit, sentence, &p->key, problems);
        PRODUCT_VALUES(PRODUCT_ROW)
        DEVICE_VALUES(PRODUCT_ROW)
        HARM_VALUES(PRODUCT_ROW)
        SIGNAL_VALUES(PRODUCT_ROW)
#undef PRODUCT_ROW
#define MECHANISM_ROW(key, unit, low, high, sentence)                                                                \
        if (status == ISLET_OK) status = write_sourced(store, p->name, "product", "mechanisms." #key, unit, sentence,               \
                                                       &p->mechanisms[MECHANISM_##key].strength, problems);
        PRODUCT_MECHANISMS(MECHANISM_ROW)
#undef MECHANISM_ROW
    }
    for (int i = 0; i < protocol->n_regimens; i++) {
        const regimen *r = &protocol->regimens[i];
#define REGIMEN_ROW(key, unit, low, high, sentence)                                                                  \
        if (status == ISLET_OK) status = write_sourced(store, r->name, "regimen", #key, unit, sentence, &r->key, problems);
        REGIMEN_VALUES(REGIMEN_ROW)
#undef REGIMEN_ROW
    }
    for (int i = 0; i < protocol->n_conditionings; i++) {
        const conditioning *c = &protocol->conditionings[i];
#define CONDITIONING_ROW(key, unit, low, high, sentence)                                                             \
        if (status == ISLET_OK) status = write_sourced(store, c->name, "conditioning", #key, unit, sentence, &c->key, problems);
        CONDITIONING_VALUES(CONDITIONING_ROW)
#undef CONDITIONING_ROW
    }
    return status;
}

static double closed_or_missing(double bound)
{
    return isfinite(bound) ? bound : NAN;
}

static islet_status write_population(islet_store *store, const population *people, islet_problems *problems)
{
    islet_status status = ISLET_OK;
#define POPULATION_ROW(name, unit, sentence)                                                                         \
    if (status == ISLET_OK && population_gives(&people->name))                                                         \
        status = INSERT("INSERT INTO population_value VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)", TEXT(#name),      \
                        REAL(people->name.mean), REAL(people->name.sd), REAL(closed_or_missing(people->name.low)),    \
                        REAL(closed_or_missing(people->name.high)), TEXT(unit),                                      \
                        TEXT(standing_name(people->name.standing)), TEXT(people->name.source), TEXT(sentence));
    POPULATION_VALUES(POPULATION_ROW)
    POPULATION_ALTERNATIVES(POPULATION_ROW)
    if (people->diabetes == DIABETES_TYPE1) return status;
    METABOLIC_VALUES(POPULATION_ROW)
#undef POPULATION_ROW
    return status;
}

/* The members of `params` stand in the order of the list. */
static islet_status write_parameters(islet_store *store, const params *used, islet_problems *problems)
{
    islet_status status = ISLET_OK;
    const double *value = (const double *)used;
    for (const param_info *p = islet_param_info; p->key && status == ISLET_OK; p++, value++)
        status = INSERT("INSERT INTO parameter VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", TEXT(p->key),
                        INTEGER(p - islet_param_info), REAL(*value), TEXT(p->unit), TEXT(p->standing),
                        TEXT(*value == p->value ? p->source : "set by the run's parameter set"), TEXT(p->sentence));
    return status;
}

static islet_status write_care_rules(islet_store *store, const struct islet_protocol *protocol, const params *used,
                                     islet_problems *problems)
{
    islet_status status = ISLET_OK;
    for (int i = 0; i < care_rule_count() && status == ISLET_OK; i++) {
        char text[CARE_RULE_TEXT];
        if (!care_rule_holds(i, protocol)) continue;
        care_rule_text(i, used, text, sizeof(text));
        status = INSERT("INSERT INTO care_rule VALUES (?1, ?2)", INTEGER(i), TEXT(text));
    }
    return status;
}

static islet_status write_published_arms(islet_store *store, const struct islet_protocol *protocol, islet_problems *problems)
{
    alike_arms alike;
    islet_status status = alike_find(protocol, &alike, problems);
    for (int i = 0; i < alike.n && status == ISLET_OK; i++) {
        const alike_arm *one = &alike.list[i];
        status = INSERT("INSERT INTO published_arm VALUES (?1, ?2, ?3, ?4, ?5)", TEXT(one->trial), TEXT(one->arm),
                        INTEGER(one->own_arm), INTEGER(one->later_day), TEXT(one->differs));
    }
    alike_free(&alike);
    return status;
}

islet_status store_run_begin(islet_store *store, const run_info *info, islet_problems *problems)
{
    const struct islet_protocol *protocol = info->protocol;
    islet_status status = store_execute(store, "BEGIN", DOING, problems);
    if (status == ISLET_OK) status = write_run(store, info, problems);
    if (status == ISLET_OK) status = write_arms(store, protocol, info, problems);
    if (status == ISLET_OK) status = write_provenance(store, info, problems);
    if (status == ISLET_OK) status = write_inputs(store, protocol, problems);
    if (status == ISLET_OK) status = write_lists(store, protocol, problems);
    if (status == ISLET_OK) status = write_products(store, protocol, problems);
    if (status == ISLET_OK) status = write_population(store, &protocol->population, problems);
    if (status == ISLET_OK) status = write_parameters(store, info->params, problems);
    if (status == ISLET_OK) status = write_care_rules(store, protocol, info->params, problems);
    if (status == ISLET_OK) status = store_evidence_write(store, problems);
    if (status == ISLET_OK) status = write_published_arms(store, protocol, problems);
    if (status == ISLET_OK) return store_execute(store, "COMMIT", DOING, problems);
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return status;
}
