/* Binding of rows to protocols, and their simulation. Each protocol is simulated once for all rows that name it. */
#include "evidence/expressed.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/problems.h"
#include "evidence/measure.h"
#include "trial/trial.h"

#define SHIPPED_FOLDER "data/evidence/"
#define SHIPPED_MAP "data/evidence/expressed.csv"
#define ARMS_SHOWN 300

/* ---- protocols ---- */

/* "dir/rows.csv", "a.yaml" => "dir/a.yaml" */
static bool path_beside(const char *file, const char *name, char out[512])
{
    const char *slash = strncmp(file, "/dev/", 5) == 0 ? NULL : strrchr(file, '/'); /* rows from a pipe: from where we are */
    int folder = slash && name[0] != '/' ? (int)(slash - file) + 1 : 0;
    int length = snprintf(out, 512, "%.*s%s", folder, file, name);
    return length > 0 && length < 512;
}

static islet_status shipped_protocol(const char *path, islet_protocol **out, islet_problems *problems)
{
    const embedded_file *file = embedded_find(path);
    *out = file ? malloc(sizeof **out) : NULL;
    if (!*out) return file ? ISLET_ERR_MEMORY : ISLET_ERR_INPUT;
    islet_status status = protocol_parse((const char *)file->bytes, file->size, path, *out, NULL); /* remarks on shipped files are not the user's, */
    if (status == ISLET_ERR_INPUT) status = protocol_parse((const char *)file->bytes, file->size, path, *out, problems); /* errors are told */
    if (status == ISLET_OK) return ISLET_OK;
    free(*out);
    *out = NULL;
    return status;
}

/* index of the protocol at `path`, read when it is new; -1 after an error, which `status` has */
static int protocol_at(expressed *e, const char *path, bool shipped, islet_status *status, islet_problems *problems)
{
    for (int p = 0; p < e->n_protocols; p++)
        if (strcmp(e->protocols[p].path, path) == 0) return e->protocols[p].protocol ? p : -1;
    expressed_protocol *more = realloc(e->protocols, (size_t)(e->n_protocols + 1) * sizeof *more);
    if (!more) {
        *status = ISLET_ERR_MEMORY;
        return -1;
    }
    e->protocols = more;
    expressed_protocol *new = &more[e->n_protocols++];
    *new = (expressed_protocol){0};
    snprintf(new->path, sizeof new->path, "%s", path);
    islet_status read = shipped ? shipped_protocol(path, &new->protocol, problems)
                                : islet_protocol_read(path, &new->protocol, problems);
    if (read == ISLET_OK) return e->n_protocols - 1;
    *status = read;
    return -1;
}

static int arm_named(const islet_protocol *protocol, const char *name)
{
    for (int a = 0; a < protocol->n_arms; a++)
        if (strcmp(protocol->arms[a].name, name) == 0) return a;
    return -1;
}

static void list_arms(const islet_protocol *protocol, char out[ARMS_SHOWN])
{
    size_t at = 0;
    out[0] = 0;
    for (int a = 0; a < protocol->n_arms && at < ARMS_SHOWN - 1; a++) {
        int n = snprintf(out + at, ARMS_SHOWN - at, "%s'%s'", a ? ", " : "", protocol->arms[a].name);
        at += n > 0 ? (size_t)n : 0;
    }
}

static bool add_visit(islet_protocol *protocol, int day)
{
    int n = protocol->n_visits, at = n;
    for (int v = 0; v < n; v++)
        if (protocol->visits_day[v] == day) return true;
    if (n == PROTOCOL_MAX_VISITS) return false;
    while (at > 0 && protocol->visits_day[at - 1] > day) at--;
    memmove(&protocol->visits_day[at + 1], &protocol->visits_day[at], (size_t)(n - at) * sizeof *protocol->visits_day);
    protocol->visits_day[at] = day;
    protocol->n_visits++;
    return true;
}

/* ---- binding ---- */

static islet_status add_left_out(expressed *e, const evidence_row *row, const char *reason)
{
    e->left_out[e->n_left_out++] = (left_out_row){row, reason}; /* there is room for every row */
    return ISLET_OK;
}

int days_before_infusion(const islet_protocol *protocol, const protocol_arm *arm)
{
    if (arm->conditioning < 0) return 0;
    const conditioning *path = &protocol->conditionings[arm->conditioning];
    return path->step_day[STEP_infusion] < 0 ? 0 : arm->conditioning_start_day + path->step_day[STEP_infusion];
}

/* the arm of a row's column; -1 after a message */
static int arm_of(const expressed *e, const evidence_row *row, int p, const char *column, const char *name, islet_problems *problems)
{
    char arms[ARMS_SHOWN];
    int a = arm_named(e->protocols[p].protocol, name);
    if (a >= 0) return a;
    list_arms(e->protocols[p].protocol, arms);
    problems_error(problems, e->read.path, row->line, evidence_cell_column(&e->read, row, column),
                   "%s: '%s' is no arm of %s; it has %s; name one of them", column, name, e->protocols[p].path, arms);
    return -1;
}

/* bind a row to an arm of protocol `p`; the visits follow when all rows are bound */
static islet_status bind(expressed *e, const evidence_row *row, int p, const char *arm, islet_problems *problems)
{
    islet_protocol *protocol = e->protocols[p].protocol;
    const bool difference = evidence_is_difference(row);
    int a = arm_of(e, row, p, "arm", arm, problems), since = 0;
    int against = difference ? arm_of(e, row, p, "comparator_arm", row->comparator, problems) : -1;
    if (a < 0 || (difference && against < 0)) return ISLET_ERR_INPUT;
    int later = days_before_infusion(protocol, &protocol->arms[a]), day = row->day > 0 ? row->day + later : row->day;
    if (day > PROTOCOL_MAX_YEARS * 365) {
        problems_error(problems, e->read.path, row->line, evidence_cell_column(&e->read, row, "day"),
                       "day: %d; expected at most %d, the longest follow-up", row->day,
                       PROTOCOL_MAX_YEARS * 365 - later);
        return ISLET_ERR_INPUT;
    }
    for (int v = 0; v < protocol->n_visits && protocol->visits_day[v] < day; v++) since = protocol->visits_day[v];
    e->rows[e->n_rows++] = (expressed_row){row, p, a, against, day, since};
    return ISLET_OK;
}

/* a visit on the day of every row, and a follow-up that reaches it */
static islet_status add_visits(expressed *e, islet_problems *problems)
{
    for (int r = 0; r < e->n_rows; r++) {
        const evidence_row *row = e->rows[r].row;
        int day = e->rows[r].day;
        islet_protocol *protocol = e->protocols[e->rows[r].protocol].protocol;
        if (day > protocol->follow_up_day) {
            if (!e->map.bytes) /* a user's rows */
                problems_warning(problems, e->read.path, row->line, 0,
                                 "day: %d is after the end of %s, day %d; the follow-up is made as long", day,
                                 e->protocols[e->rows[r].protocol].path, protocol->follow_up_day);
            protocol->follow_up_day = day;
        }
        if (add_visit(protocol, day)) continue;
        problems_error(problems, e->read.path, row->line, 0,
                       "day: %d would be visit %d of %s; expected at most %d different days", day,
                       PROTOCOL_MAX_VISITS + 1, e->protocols[e->rows[r].protocol].path, PROTOCOL_MAX_VISITS);
        return ISLET_ERR_INPUT;
    }
    return ISLET_OK;
}

/* keep only the arms that rows name: nobody is simulated in vain */
static void drop_idle_arms(expressed *e)
{
    for (int p = 0; p < e->n_protocols; p++) {
        islet_protocol *protocol = e->protocols[p].protocol;
        int place[PROTOCOL_MAX_ARMS] = {0}, kept = 0;
        for (int a = 0; a < protocol->n_arms; a++) {
            bool named = false;
            for (int r = 0; r < e->n_rows; r++)
                named = named || (e->rows[r].protocol == p && (e->rows[r].arm == a || e->rows[r].against == a));
            place[a] = kept;
            if (named) protocol->arms[kept++] = protocol->arms[a];
        }
        if (kept == 0) continue; /* all its rows were left out; it is not simulated */
        protocol->n_arms = kept;
        for (int r = 0; r < e->n_rows; r++) {
            expressed_row *row = &e->rows[r];
            if (row->protocol != p) continue;
            row->arm = place[row->arm];
            if (row->against >= 0) row->against = place[row->against];
        }
    }
}

static islet_status make_room(expressed *e)
{
    e->rows = calloc((size_t)e->read.n + 1, sizeof *e->rows);
    e->left_out = calloc((size_t)e->read.n + 1, sizeof *e->left_out);
    return e->rows && e->left_out ? ISLET_OK : ISLET_ERR_MEMORY;
}

static islet_status finish(expressed *e, islet_status status, islet_problems *problems)
{
    if (status == ISLET_OK) status = add_visits(e, problems);
    if (status == ISLET_OK) drop_idle_arms(e);
    else expressed_free(e);
    return status;
}

islet_status expressed_read(const char *path, expressed *out, islet_problems *problems)
{
    *out = (expressed){0};
    islet_status status = evidence_read(path, &out->read, problems);
    if (status == ISLET_OK) status = make_room(out);
    for (int i = 0; i < out->read.n && (status == ISLET_OK || status == ISLET_ERR_INPUT || status == ISLET_ERR_IO); i++) {
        const evidence_row *row = &out->read.rows[i];
        const char *reason = measure_refusal(row);
        char protocol[512];
        islet_status one = ISLET_OK;
        if (!reason && row->role == ROLE_DIRECTION && !row->protocol[0])
            reason = "carries a direction only, and names no protocol";
        if (reason) {
            one = add_left_out(out, row, reason);
        } else if (!row->protocol[0] || !path_beside(path, row->protocol, protocol)) {
            problems_error(
                problems, path, row->line, evidence_cell_column(&out->read, row, "protocol"),
                "protocol: %s; expected the protocol's file, relative to this one; write one such as ../zimislecel.yaml",
                row->protocol[0] ? "the path is too long" : "nothing was found");
            one = ISLET_ERR_INPUT;
        } else {
            int p = protocol_at(out, protocol, false, &one, problems);
            if (p >= 0) one = bind(out, row, p, row->arm, problems);
            else if (one != ISLET_OK && one != ISLET_ERR_MEMORY)
                problems_error(problems, path, row->line, evidence_cell_column(&out->read, row, "protocol"),
                               "protocol: '%s' cannot be used for the reason above; expected a protocol's file, relative to this one; islet check %s says more",
                               row->protocol, protocol);
        }
        if (one != ISLET_OK) status = one;
    }
    for (int p = 0; p < out->n_protocols && status == ISLET_OK; p++)
        if (!out->protocols[p].protocol) status = ISLET_ERR_INPUT;
    return finish(out, status, problems);
}

/* ---- shipped rows ---- */

enum { MAP_TRIAL, MAP_ARM, MAP_PROTOCOL, MAP_PROTOCOL_ARM, MAP_NOTE, MAP_COLUMNS };
static const char *const map_columns[MAP_COLUMNS] = {"trial_id", "arm", "protocol", "protocol_arm", "note"};

/* row of the map for a trial and arm; -1 when there is none */
static int map_find(const expressed *e, const int *column, const evidence_row *row)
{
    for (int i = 0; i < e->map.rows; i++)
        if (strcmp(csv_cell_at(&e->map, i, column[MAP_TRIAL])->text, row->trial) == 0 &&
            strcmp(csv_cell_at(&e->map, i, column[MAP_ARM])->text, row->arm) == 0) return i;
    return -1;
}

static islet_status bind_shipped(expressed *e, const int *column, const evidence_row *row, islet_problems *problems)
{
    const char *reason = measure_refusal(row);
    int at = map_find(e, column, row);
    if (reason) return add_left_out(e, row, reason);
    if (at < 0) return add_left_out(e, row, "no protocol stands for this arm");
    const char *protocol = csv_cell_at(&e->map, at, column[MAP_PROTOCOL])->text;
    if (!protocol[0]) return add_left_out(e, row, csv_cell_at(&e->map, at, column[MAP_NOTE])->text);
    char path[512];
    islet_status status = ISLET_OK;
    int length = snprintf(path, sizeof path, SHIPPED_FOLDER "%s", protocol);
    int p = length < (int)sizeof path ? protocol_at(e, path, true, &status, problems) : -1;
    if (p < 0) {
        problems_error(problems, SHIPPED_MAP, csv_cell_at(&e->map, at, 0)->line, 0,
                       "protocol: '%s' is not shipped; expected a file of %s", protocol, SHIPPED_FOLDER);
        return status == ISLET_OK ? ISLET_ERR_INPUT : status;
    }
    return bind(e, row, p, csv_cell_at(&e->map, at, column[MAP_PROTOCOL_ARM])->text, problems);
}

islet_status expressed_shipped(expressed *out, islet_problems *problems)
{
    const embedded_file *map = embedded_find(SHIPPED_MAP);
    int column[MAP_COLUMNS];
    *out = (expressed){0};
    if (!map) return ISLET_ERR_INPUT;
    islet_status status = evidence_shipped(&out->read, problems);
    if (status == ISLET_OK) status = csv_parse((const char *)map->bytes, map->size, SHIPPED_MAP, &out->map, problems);
    for (int i = 0; i < MAP_COLUMNS && status == ISLET_OK; i++) {
        column[i] = csv_column(&out->map, map_columns[i]);
        if (column[i] < 0) status = ISLET_ERR_INPUT;
    }
    if (status == ISLET_OK) status = make_room(out);
    for (int i = 0; i < out->read.n && status == ISLET_OK; i++) status = bind_shipped(out, column, &out->read.rows[i], problems);
    return finish(out, status, problems);
}

/* the protocol that a file names: one beside it, or a shipped one where there is none */
static bool protocol_of(const char *beside, const char *name, char path[512], bool *shipped)
{
    char kept[512];
    const int length = snprintf(kept, sizeof kept, SHIPPED_FOLDER "%s", name);
    const bool is_shipped = length < (int)sizeof kept && embedded_find(kept);
    FILE *own = beside && path_beside(beside, name, path) ? fopen(path, "rb") : NULL;
    if (own) fclose(own); /* only looked for; it is read, and its errors told, by whoever reads protocols */
    *shipped = !own && is_shipped;
    if (*shipped) snprintf(path, 512, "%s", kept);
    return own || is_shipped;
}

islet_status expressed_from(const evidence_row *rows, const char *const *protocols, int n, const char *beside, expressed *out,
                            islet_problems *problems)
{
    *out = (expressed){.read = {.path = beside ? beside : SHIPPED_FOLDER}};
    out->rows = calloc((size_t)n + 1, sizeof *out->rows);
    islet_status status = out->rows ? ISLET_OK : ISLET_ERR_MEMORY;
    for (int i = 0; i < n && status == ISLET_OK; i++) {
        char path[512];
        bool shipped;
        if (!protocol_of(beside, protocols[i], path, &shipped)) {
            problems_error(problems, out->read.path, rows[i].line, 0,
                           "protocol: '%.80s' was not found; expected a protocol's file, relative to this one, or a shipped one such as protocols/zang2022.yaml; correct the path",
                           protocols[i]);
            status = ISLET_ERR_INPUT;
            continue;
        }
        int p = protocol_at(out, path, shipped, &status, problems);
        if (p >= 0) status = bind(out, &rows[i], p, rows[i].arm, problems);
        else if (status == ISLET_OK) status = ISLET_ERR_INPUT; /* it failed before, and was told then */
    }
    return finish(out, status, problems);
}

void expressed_keep_role(expressed *e, evidence_role role)
{
    int kept = 0;
    for (int r = 0; r < e->n_rows; r++)
        if (e->rows[r].row->role == role) e->rows[kept++] = e->rows[r];
    e->n_rows = kept;
    drop_idle_arms(e);
}

void expressed_free(expressed *e)
{
    for (int p = 0; p < e->n_protocols; p++) islet_protocol_free(e->protocols[p].protocol);
    free(e->protocols);
    free(e->rows);
    free(e->left_out);
    evidence_free(&e->read);
    csv_free(&e->map);
    *e = (expressed){0};
}

/* ---- simulation ---- */

typedef struct {
    const expressed *rows;
    int protocol;
    const int *visit_day;
    int64_t people;
    double *const *values;
} value_sink;

static islet_status keep_values(void *context, int64_t batch, const patient_result *results, int n)
{
    const value_sink *sink = context;
    (void)batch;
    for (int i = 0; i < n; i++)
        for (int r = 0; r < sink->rows->n_rows; r++) {
            const expressed_row *row = &sink->rows->rows[r];
            int64_t person = results[i].traits->patient;
            const bool against = row->against == results[i].arm;
            if (row->protocol != sink->protocol || (row->arm != results[i].arm && !against) || !sink->values[r] ||
                person >= sink->people)
                continue;
            sink->values[r][(against ? sink->people : 0) + person] = measure_person(row->row, &results[i], sink->visit_day, row->day, row->since);
        }
    return ISLET_OK;
}

islet_status expressed_simulate(const expressed *rows, int p, const islet_protocol *changed, const params *with,
                                const islet_run_options *options, int64_t people, double *const *values, islet_problems *problems)
{
    const islet_protocol *protocol = changed ? changed : rows->protocols[p].protocol;
    params defaults = params_default();
    islet_run_options own = options ? *options : (islet_run_options){0};
    trial *t = NULL;
    own.patients = people;
    own.years = 0.0;
    own.independent_arms = false;
    islet_status status = trial_create_with(protocol, &own, with ? with : &defaults, &t, problems);
    if (status != ISLET_OK) return status;
    value_sink sink = {rows, p, protocol->visits_day, people, values};
    status = trial_run(t, NULL, keep_values, &sink, problems);
    trial_free(t);
    return status;
}

double expressed_days_a_person(const expressed *rows, int p)
{
    const islet_protocol *protocol = rows->protocols[p].protocol;
    params defaults = params_default();
    return protocol->follow_up_day * (double)protocol->n_arms + defaults.run_in_day;
}
