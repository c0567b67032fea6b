/* Published arms like an arm of a protocol: see alike.h. */
#include "evidence/alike.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"
#include "evidence/expressed.h"

#define FOLDER "data/evidence/"
#define MAP FOLDER "expressed.csv"
#define DOSE_RATIO 1.5    /* doses this near are one treatment; half a dose is another one */
#define NEW_ONSET_YEAR 2.0
#define HUMAN_YEAR 110.0  /* of an open window */
#define SHARED_WINDOW 0.5 /* of the narrower of two windows of age or duration */

static void add_words(char out[ALIKE_WORDS], const char *words)
{
    const size_t used = strlen(out);
    snprintf(out + used, ALIKE_WORDS - used, "%s%s", used ? "; " : "", words);
}

/* ---- what is given ---- */

typedef enum { DOSE_NONE, DOSE_CELLS, DOSE_CELLS_PER_KG, DOSE_IEQ, DOSE_IEQ_PER_KG, DOSE_CD34_PER_KG } dose_unit;
static const char *const dose_units[] = {"", "cells", "cells/kg", "IEQ", "IEQ/kg", "CD34+ cells/kg"};

/* all courses of the arm together, in the unit of the first */
static double total_dose(const protocol_arm *arm, dose_unit *unit)
{
    double total = 0.0;
    *unit = DOSE_NONE;
    for (int i = 0; i < arm->n_courses; i++) {
        const cell_course *c = &arm->courses[i];
        const double doses[] = {0.0, c->dose_cells, c->dose_cells_per_kg, c->dose_ieq, c->dose_ieq_per_kg, c->cd34_per_kg};
        for (int u = DOSE_CELLS; u <= DOSE_CD34_PER_KG; u++) {
            if (*unit == DOSE_NONE && doses[u] > 0.0) *unit = (dose_unit)u;
            if (*unit == (dose_unit)u) total += doses[u];
        }
    }
    return total;
}

/* Counts of the same kind of thing, whole or a kg: only then one may stand for the other. */
static bool dose_kind_is(dose_unit a, dose_unit b)
{
    const bool cells_a = a == DOSE_CELLS || a == DOSE_CELLS_PER_KG, cells_b = b == DOSE_CELLS || b == DOSE_CELLS_PER_KG;
    const bool ieq_a = a == DOSE_IEQ || a == DOSE_IEQ_PER_KG, ieq_b = b == DOSE_IEQ || b == DOSE_IEQ_PER_KG;
    return a == b || (cells_a && cells_b) || (ieq_a && ieq_b);
}

static bool gives_product(const struct islet_protocol *protocol, const protocol_arm *arm, const char *name)
{
    for (int i = 0; i < arm->n_courses; i++)
        if (strcmp(protocol->products[arm->courses[i].product].name, name) == 0) return true;
    return false;
}

static bool same_products(const struct islet_protocol *own, const protocol_arm *a, const struct islet_protocol *theirs, const protocol_arm *b)
{
    bool same = true;
    for (int i = 0; i < a->n_courses; i++) same = same && gives_product(theirs, b, own->products[a->courses[i].product].name);
    for (int i = 0; i < b->n_courses; i++) same = same && gives_product(own, a, theirs->products[b->courses[i].product].name);
    return same;
}

static bool same_cells(const struct islet_protocol *own, const protocol_arm *a, const struct islet_protocol *theirs, const protocol_arm *b,
                       char differs[ALIKE_WORDS])
{
    dose_unit unit_a, unit_b;
    const double dose_a = total_dose(a, &unit_a), dose_b = total_dose(b, &unit_b);
    if ((unit_a == DOSE_NONE) != (unit_b == DOSE_NONE)) return false;
    if (unit_a == DOSE_NONE) return true; /* neither gives any */
    const cell_course *first_a = &a->courses[0], *first_b = &b->courses[0];
    if (!dose_kind_is(unit_a, unit_b) || !same_products(own, a, theirs, b) || first_a->route != first_b->route ||
        first_a->tract != first_b->tract || first_a->day != first_b->day)
        return false;
    if (unit_a == unit_b && (dose_a > DOSE_RATIO * dose_b || dose_b > DOSE_RATIO * dose_a)) return false;
    if (unit_a != unit_b || fabs(dose_a - dose_b) > 1e-9 * dose_b || a->n_courses != b->n_courses) {
        char words[160], number[NUMBER_TEXT];
        const bool millions = dose_b >= 1e6;
        number_write(millions ? dose_b / 1e6 : dose_b, number);
        snprintf(words, sizeof words, b->n_courses > 1 ? "%s%s %s there, in %d courses" : "%s%s %s there", number, millions ? " million" : "",
                 dose_units[unit_b], b->n_courses);
        add_words(differs, words);
    }
    return true;
}

static bool same_name(const char *a, const char *b)
{
    return (!a && !b) || (a && b && strcmp(a, b) == 0);
}

static bool same_drugs(const struct islet_protocol *own, const protocol_arm *a, const struct islet_protocol *theirs, const protocol_arm *b)
{
    const bool same_regimen = same_name(a->regimen >= 0 ? own->regimens[a->regimen].name : NULL,
                                        b->regimen >= 0 ? theirs->regimens[b->regimen].name : NULL);
    const bool same_times = a->regimen < 0 || (a->regimen_start_day == b->regimen_start_day && a->regimen_stop_day == b->regimen_stop_day);
    const bool same_conditioning = same_name(a->conditioning >= 0 ? own->conditionings[a->conditioning].name : NULL,
                                             b->conditioning >= 0 ? theirs->conditionings[b->conditioning].name : NULL);
    return same_regimen && same_times && same_conditioning && a->comparator == b->comparator && a->sets_drugs == b->sets_drugs &&
           memcmp(a->drugs, b->drugs, sizeof a->drugs) == 0 && memcmp(&a->mechanisms, &b->mechanisms, sizeof a->mechanisms) == 0;
}

/* ---- to whom ---- */

static bool is_new_onset(const population *p)
{
    return population_gives(&p->duration_year) && p->duration_year.mean < NEW_ONSET_YEAR;
}

static void window(const population *p, trait_id trait, double *low, double *high)
{
    const requirement *r = &p->require[trait];
    *low = p->has_require[trait] && r->low > 0.0 ? r->low : 0.0;
    *high = p->has_require[trait] && r->high < HUMAN_YEAR ? r->high : HUMAN_YEAR;
}

static bool windows_meet(const population *a, const population *b, trait_id trait)
{
    double low_a, high_a, low_b, high_b;
    window(a, trait, &low_a, &high_a);
    window(b, trait, &low_b, &high_b);
    const double shared = fmin(high_a, high_b) - fmax(low_a, low_b);
    return shared >= SHARED_WINDOW * fmin(high_a - low_a, high_b - low_b);
}

static bool same_people(const population *own, const population *theirs, char differs[ALIKE_WORDS])
{
    if (own->diabetes != theirs->diabetes || is_new_onset(own) != is_new_onset(theirs)) return false;
    if (!windows_meet(own, theirs, TRAIT_duration_year)) return false;
    if (strcmp(own->name, theirs->name) != 0) {
        char words[ALIKE_WORDS];
        snprintf(words, sizeof words, "%s there", theirs->title);
        add_words(differs, words);
    } else if (!windows_meet(own, theirs, TRAIT_age_year)) {
        return false;
    }
    return true;
}

/* ---- arms ---- */

static bool has_own_care(const protocol_arm *arm)
{
    return arm->care.insulin >= 0 || arm->care.titration >= 0 || arm->care.escalation >= 0 || !isnan(arm->care.hba1c_target_pct);
}

static bool is_treated(const protocol_arm *arm)
{
    dose_unit unit;
    total_dose(arm, &unit);
    return unit != DOSE_NONE || arm->regimen >= 0 || arm->conditioning >= 0 || arm->comparator != COMPARATOR_NONE || arm->sets_drugs;
}

bool alike_is(const struct islet_protocol *own, int a, const struct islet_protocol *theirs, int b, char differs[ALIKE_WORDS])
{
    const protocol_arm *mine = &own->arms[a], *other = &theirs->arms[b];
    differs[0] = 0;
    if (has_own_care(mine) || has_own_care(other)) return false;
    if (!same_cells(own, mine, theirs, other, differs) || !same_drugs(own, mine, theirs, other)) return false;
    if (!same_people(&own->population, &theirs->population, differs)) return false;
    if (mine->control == CONTROL_NONE && other->control == CONTROL_PLACEBO) add_words(differs, "a placebo there");
    if (mine->control == CONTROL_NONE && other->control == CONTROL_SHAM) add_words(differs, "a sham procedure there");
    return true;
}

/* ---- the map ---- */

enum { MAP_TRIAL, MAP_ARM, MAP_PROTOCOL, MAP_PROTOCOL_ARM, MAP_NOTE, MAP_COLUMNS };
static const char *const map_columns[MAP_COLUMNS] = {"trial_id", "arm", "protocol", "protocol_arm", "note"};

static const char *cell(const csv_file *map, const int *column, int row, int which)
{
    return csv_cell_at(map, row, column[which])->text;
}

/* arms of the protocol like the published arm of one row of the map, behind the list */
static void add_row(alike_arms *out, const int *column, int row, const struct islet_protocol *own, const struct islet_protocol *theirs)
{
    const char *named = cell(&out->map, column, row, MAP_PROTOCOL_ARM), *note = cell(&out->map, column, row, MAP_NOTE);
    int b = 0;
    while (b < theirs->n_arms && strcmp(theirs->arms[b].name, named) != 0) b++;
    if (b == theirs->n_arms) return; /* test_validate holds every name of the map against its protocol */
    for (int a = 0; a < own->n_arms; a++) {
        alike_arm one = {cell(&out->map, column, row, MAP_TRIAL), cell(&out->map, column, row, MAP_ARM), a, 0, ""};
        if (!alike_is(own, a, theirs, b, one.differs)) continue;
        if (note[0]) add_words(one.differs, note);
        one.later_day = days_before_infusion(own, &own->arms[a]);
        out->list[out->n++] = one; /* there is room for every row beside every arm */
    }
}

/* an untreated arm stays where the protocol treats nobody, or beside a treated one of its trial */
static islet_status drop_lone_controls(alike_arms *out, const struct islet_protocol *own)
{
    bool treats = false;
    int kept = 0;
    for (int a = 0; a < own->n_arms; a++) treats = treats || is_treated(&own->arms[a]);
    bool *stays = calloc((size_t)out->n + 1, sizeof *stays);
    if (!stays) return ISLET_ERR_MEMORY;
    for (int i = 0; i < out->n; i++) {
        stays[i] = !treats || is_treated(&own->arms[out->list[i].own_arm]);
        for (int k = 0; k < out->n && !stays[i]; k++)
            stays[i] = is_treated(&own->arms[out->list[k].own_arm]) && strcmp(out->list[k].trial, out->list[i].trial) == 0;
    }
    for (int i = 0; i < out->n; i++)
        if (stays[i]) out->list[kept++] = out->list[i];
    out->n = kept;
    free(stays);
    return ISLET_OK;
}

/* Could an arm of the protocol in this text be like one of `own`? A look at the words of it, which saves reading most protocols: a treatment that is like
 * another names the same product, drugs or operation, and where nobody is treated the population tells the type of diabetes. */
static bool may_be_alike(const embedded_file *file, const struct islet_protocol *own)
{
    const char *text = (const char *)file->bytes; /* embedded files end with a 0 byte */
    bool treats = false, found = false;
    for (int a = 0; a < own->n_arms; a++) {
        const protocol_arm *arm = &own->arms[a];
        treats = treats || is_treated(arm);
        for (int i = 0; i < arm->n_courses; i++) found = found || strstr(text, own->products[arm->courses[i].product].name);
        found = found || (arm->regimen >= 0 && strstr(text, own->regimens[arm->regimen].name));
        found = found || (arm->conditioning >= 0 && strstr(text, own->conditionings[arm->conditioning].name));
        found = found || (arm->comparator != COMPARATOR_NONE && strstr(text, "comparator:")) || (arm->sets_drugs && strstr(text, "drugs:"));
    }
    if (treats) return found;
    return own->population.diabetes != DIABETES_NONE && strstr(text, own->population.diabetes == DIABETES_TYPE1 ? "of: t1d_" : "of: t2d_");
}

/* Rows of the map come in groups that share a protocol; each is parsed once for a group. */
static islet_status read_map(alike_arms *out, const int *column, const struct islet_protocol *own, struct islet_protocol *theirs,
                             islet_problems *problems)
{
    char parsed[512] = "", path[512];
    for (int row = 0; row < out->map.rows; row++) {
        const char *name = cell(&out->map, column, row, MAP_PROTOCOL);
        if (!name[0]) continue;
        snprintf(path, sizeof path, FOLDER "%s", name);
        if (strcmp(path, parsed) != 0) {
            const embedded_file *file = embedded_find(path);
            if (file && !may_be_alike(file, own)) continue;
            islet_status status = file ? protocol_parse((const char *)file->bytes, file->size, path, theirs, NULL) : ISLET_ERR_INPUT;
            if (status != ISLET_OK) {
                problems_error(problems, MAP, csv_cell_at(&out->map, row, 0)->line, 0,
                               "protocol: '%s' cannot be used; expected a file of " FOLDER, name);
                return status;
            }
            snprintf(parsed, sizeof parsed, "%s", path);
        }
        add_row(out, column, row, own, theirs);
    }
    return ISLET_OK;
}

islet_status alike_find(const struct islet_protocol *protocol, alike_arms *out, islet_problems *problems)
{
    const embedded_file *file = embedded_find(MAP);
    int column[MAP_COLUMNS];
    struct islet_protocol *theirs = malloc(sizeof *theirs);
    *out = (alike_arms){0};
    islet_status status = !theirs ? ISLET_ERR_MEMORY
                          : file  ? csv_parse((const char *)file->bytes, file->size, MAP, &out->map, problems)
                                  : ISLET_ERR_INPUT;
    for (int i = 0; i < MAP_COLUMNS && status == ISLET_OK; i++) {
        column[i] = csv_column(&out->map, map_columns[i]);
        if (column[i] < 0) status = ISLET_ERR_INPUT;
    }
    if (status == ISLET_OK) out->list = calloc((size_t)(out->map.rows * protocol->n_arms) + 1, sizeof *out->list);
    if (status == ISLET_OK && !out->list) status = ISLET_ERR_MEMORY;
    if (status == ISLET_OK) status = read_map(out, column, protocol, theirs, problems);
    if (status == ISLET_OK) status = drop_lone_controls(out, protocol);
    if (status != ISLET_OK) alike_free(out);
    free(theirs);
    return status;
}

void alike_free(alike_arms *arms)
{
    free(arms->list);
    csv_free(&arms->map);
    *arms = (alike_arms){0};
}
