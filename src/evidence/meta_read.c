/* The studies of a table: which columns it has, what is asked for, the effect of every row, and what forbids to pool the rows. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/word.h"
#include "evidence/meta.h"
#include "evidence/meta_contrast.h"
#include "evidence/meta_network.h"

#define CORRELATION_ASSUMED 0.5 /* between before and after; shown wherever it was used */

/* the usual column layouts, in the order they are looked for */
static const struct {
    meta_kind kind;
    int n;
    bool totals; /* the second and fourth are the arms' numbers, not those without the event */
    const char *columns[META_FIELDS];
} layouts[] = {
    {KIND_TABLE, 4, false, {"tpos", "tneg", "cpos", "cneg"}},
    {KIND_TABLE, 4, false, {"ai", "bi", "ci", "di"}},
    {KIND_TABLE, 4, true, {"ai", "n1i", "ci", "n2i"}},
    {KIND_MEANS, 6, false, {"m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"}},
    {KIND_PRE_POST, 5, false, {"mpre", "sdpre", "mpost", "sdpost", "ni"}},
    {KIND_SHARES, 2, false, {"xi", "ni"}},
    {KIND_EFFECTS, 2, false, {"yi", "vi"}},
    {KIND_EFFECTS, 2, false, {"yi", "sei"}},
    {KIND_EFFECTS, 2, false, {"TE", "seTE"}},
};
#define LAYOUTS ((int)(sizeof layouts / sizeof *layouts))

static const struct {
    const char *name;
    meta_kind kind;
} measures[MEASURES] = {{"RR", KIND_TABLE},    {"OR", KIND_TABLE},   {"RD", KIND_TABLE},    {"PETO", KIND_TABLE},
                        {"MD", KIND_MEANS},    {"MDH", KIND_MEANS},  {"SMD", KIND_MEANS},   {"PR", KIND_SHARES},
                        {"PLO", KIND_SHARES},  {"PFT", KIND_SHARES}, {"GEN", KIND_EFFECTS}, {"MC", KIND_PRE_POST},
                        {"SMC", KIND_PRE_POST}};
#define MEASURE_NAMES "RR, OR, RD, PETO, MD, MDH, SMD, PR, PLO, PFT, GEN, MC or SMC"
static const meta_measure usual[] = {MEASURE_RR, MEASURE_MD, MEASURE_PR, MEASURE_GEN, MEASURE_MC}; /* by kind */

static const char *const methods[] = {"EE", "DL", "REML", "ML", "PM",   "HS",
                                      "SJ", "EB", "HE",   "MH", "PETO", NULL}; /* as pool_method, then two */

const char *meta_measure_name(meta_measure measure)
{
    return measures[measure].name;
}
const char *meta_method_name(int method)
{
    return methods[method];
}
bool meta_measure_is_log(meta_measure measure)
{
    return measure == MEASURE_RR || measure == MEASURE_OR || measure == MEASURE_PETO;
}

const char *meta_refusal_word(meta_refusal refusal)
{
    static const char *const words[] = {"", "too_few", "not_comparable", "not_reported"};
    return words[refusal];
}

bool meta_header_is_one(bool (*has)(const void *header, const char *name), const void *header)
{
    for (int i = 0; i < LAYOUTS; i++) {
        bool all = true;
        for (int j = 0; all && j < layouts[i].n; j++) all = has(header, layouts[i].columns[j]);
        if (all) return true;
    }
    return has(header, "study") && (has(header, "treatment") || has(header, "trt")) && has(header, "mi") &&
           has(header, "sdi") && has(header, "ni");
}

/* ---- what is asked for ---- */

static islet_status refuse(const meta_input *in, islet_status status, int line, int column, const char *format,
                           const char *what)
{
    problems_error(in->problems, in->path, line, column, format, what);
    return status;
}

static islet_status find_layout(meta_input *in)
{
    int wanted = -1;
    if (in->options->measure) {
        int m = 0;
        while (m < MEASURES && !word_same(measures[m].name, in->options->measure)) m++;
        if (m == MEASURES)
            return refuse(in, ISLET_ERR_UNKNOWN_NAME, 0, 0, "measure '%s'; expected " MEASURE_NAMES "; choose one",
                          in->options->measure);
        in->measure = (meta_measure)m;
        wanted = (int)measures[m].kind;
    }
    for (in->layout = 0; in->layout < LAYOUTS; in->layout++) {
        bool found = wanted < 0 || (int)layouts[in->layout].kind == wanted;
        for (int i = 0; found && i < layouts[in->layout].n; i++)
            found = (in->columns[i] = csv_column(&in->file, layouts[in->layout].columns[i])) >= 0;
        if (!found) continue;
        if (wanted < 0) in->measure = usual[layouts[in->layout].kind];
        return ISLET_OK;
    }
    static const char *const expected[] = {"tpos,tneg,cpos,cneg or ai,bi,ci,di or ai,n1i,ci,n2i",
                                           "m1i,sd1i,n1i,m2i,sd2i,n2i", "xi,ni", "yi,vi, yi,sei or TE,seTE",
                                           "mpre,sdpre,mpost,sdpost,ni"};
    return refuse(
        in, ISLET_ERR_INPUT, 1, 1, "the columns this measure needs are not in the header; expected %s; rename them",
        wanted < 0
            ? "ai,bi,ci,di or ai,n1i,ci,n2i or m1i,sd1i,n1i,m2i,sd2i,n2i or mpre,sdpre,mpost,sdpost,ni or xi,ni or yi,vi"
            : expected[wanted]);
}

static islet_status find_method(meta_input *in)
{
    const char *name = in->options->method ? in->options->method : "REML";
    const islet_status usage = ISLET_ERR_ARGUMENT;
    if (word_same(name, "FE")) name = "EE";
    for (in->method = 0; methods[in->method] && !word_same(methods[in->method], name);) in->method++;
    if (!methods[in->method])
        return refuse(in, ISLET_ERR_UNKNOWN_NAME, 0, 0,
                      "method '%s'; expected EE (or FE), DL, REML, ML, PM, HS, SJ, EB, HE, MH or PETO; choose one", name);
    if (in->method == METHOD_MH && in->measure > MEASURE_RD)
        return refuse(in, usage, 0, 0, "method %s; it pools RR, OR or RD; choose another", name);
    if (in->method == METHOD_PETO && in->measure != MEASURE_OR && in->measure != MEASURE_PETO && in->options->measure)
        return refuse(in, usage, 0, 0, "method %s; it pools odds ratios; say measure OR or PETO", name);
    if (in->method == METHOD_PETO && layouts[in->layout].kind != KIND_TABLE)
        return refuse(in, usage, 0, 0, "method %s; it needs counts of events; choose another", name);
    if (in->method == METHOD_PETO) in->measure = MEASURE_PETO;
    if (in->method > POOL_HE && (in->options->moderators || in->options->knapp_hartung))
        return refuse(in, usage, 0, 0,
                      "method %s with moderators or Knapp and Hartung's interval; it has neither; choose REML", name);
    return ISLET_OK;
}

/* the column named by the first `length` bytes of `name` */
static int named_column(const meta_input *in, const char *name, size_t length)
{
    for (int i = 0; i < in->file.columns; i++)
        if (strlen(in->file.cells[i].text) == length && memcmp(in->file.cells[i].text, name, length) == 0) return i;
    return -1;
}

/* in any case: `Design` is a design */
static int first_column(const meta_input *in, const char *const *names)
{
    for (; *names; names++)
        for (int column = 0; column < in->file.columns; column++)
            if (word_same(in->file.cells[column].text, *names)) return column;
    return -1;
}

static islet_status find_moderators(meta_input *in)
{
    const char *list = in->options->moderators;
    in->p = 1;
    while (list && *list) {
        size_t length = strcspn(list, ",");
        if (in->p == POOL_COEFFICIENTS)
            return refuse(in, ISLET_ERR_ARGUMENT, 0, 0, "moderators '%s'; expected five at most; leave some out",
                          in->options->moderators);
        if ((in->moderator[in->p] = named_column(in, list, length)) < 0)
            return refuse(in, ISLET_ERR_INPUT, 1, 1,
                          "no column for the moderator '%s'; expected a name of the header; correct it", list);
        in->p++;
        list += length + (list[length] == ',');
    }
    return ISLET_OK;
}

static islet_status find_rows(meta_input *in)
{
    static const char *const labels[] = {"author", "study", "studlab", "trial", "source", "name", "id", NULL};
    const char *only = in->options->only, *subgroups = in->options->subgroups;
    in->only = in->subgroup = -1;
    in->label = first_column(in, labels);
    in->correlation_column = csv_column(&in->file, "ri");
    in->correlation = in->options->has_correlation ? in->options->correlation : CORRELATION_ASSUMED;
    if (!(in->correlation > -1 && in->correlation < 1))
        return refuse(in, ISLET_ERR_ARGUMENT, 0, 0, "correlation%s; expected more than -1 and less than 1; correct it", "");
    if (only) {
        size_t length = strcspn(only, "=");
        if (!only[length])
            return refuse(in, ISLET_ERR_ARGUMENT, 0, 0,
                          "rows '%s'; expected COLUMN=VALUE; write one such as region=Asia", only);
        if ((in->only = named_column(in, only, length)) < 0)
            return refuse(in, ISLET_ERR_INPUT, 1, 1, "no column for '%s'; expected a name of the header; correct it", only);
        in->only_value = only + length + 1;
    }
    if (subgroups && (in->subgroup = csv_column(&in->file, subgroups)) < 0)
        return refuse(in, ISLET_ERR_INPUT, 1, 1, "no column for the subgroups '%s'; expected a name of the header; correct it",
                      subgroups);
    if (subgroups && in->options->moderators)
        return refuse(in, ISLET_ERR_ARGUMENT, 0, 0, "subgroups '%s' with moderators; choose one of them", subgroups);
    return find_moderators(in);
}

/* ---- rows ---- */

/* NaN when missing; false after a message when it is no number */
static bool read_number(const meta_input *in, int row, int column, double *out)
{
    const csv_cell *cell = csv_cell_at(&in->file, row, column);
    *out = NAN;
    if (!cell->text[0] || number_read(cell->text, strlen(cell->text), out)) return true;
    problems_error(in->problems, in->path, cell->line, cell->column,
                   "'%s'; expected a plain number, or nothing or NA when it is missing", cell->text);
    return false;
}

static bool refuse_field(const meta_input *in, int row, int field, const char *expected)
{
    const csv_cell *cell = csv_cell_at(&in->file, row, in->columns[field]);
    problems_error(in->problems, in->path, cell->line, cell->column, "%s is %s; expected %s; correct the row",
                   layouts[in->layout].columns[field], cell->text, expected);
    return false;
}

static bool is_count(double x)
{
    return x >= 0 && x == floor(x) && x < 1e12;
}

/* whether the numbers that are there can be; missing ones pass */
static bool possible(const meta_input *in, int row, const double *f)
{
    meta_kind kind = layouts[in->layout].kind;
    bool counts = kind == KIND_TABLE || kind == KIND_SHARES, fine = true;
    for (int i = 0; counts && i < layouts[in->layout].n; i++)
        if (!isnan(f[i]) && !is_count(f[i])) fine = refuse_field(in, row, i, "a whole number, 0 or more");
    if (!fine) return false;
    if ((kind == KIND_SHARES || layouts[in->layout].totals) && f[0] > f[1])
        fine = refuse_field(in, row, 0, "no more events than people");
    if (layouts[in->layout].totals && f[2] > f[3]) fine = refuse_field(in, row, 2, "no more events than people");
    for (int arm = 0; kind == KIND_MEANS && arm < 2; arm++) {
        if (f[3 * arm + 1] < 0) fine = refuse_field(in, row, 3 * arm + 1, "a standard deviation of 0 or more");
        if (!isnan(f[3 * arm + 2]) && !(is_count(f[3 * arm + 2]) && f[3 * arm + 2] >= 1))
            fine = refuse_field(in, row, 3 * arm + 2, "a whole number of people, 1 or more");
    }
    for (int i = 1; kind == KIND_PRE_POST && i < 4; i += 2)
        if (f[i] < 0) fine = refuse_field(in, row, i, "a standard deviation of 0 or more");
    if (kind == KIND_PRE_POST && !isnan(f[4]) && !(is_count(f[4]) && f[4] >= 1))
        fine = refuse_field(in, row, 4, "a whole number of people, 1 or more");
    if (kind == KIND_EFFECTS && f[1] < 0) fine = refuse_field(in, row, 1, "0 or more");
    return fine;
}

effect meta_effect(const meta_input *in, const meta_study *study, double correlation)
{
    const double *f = study->fields;
    double r = isnan(f[5]) ? correlation : f[5];
    switch (in->measure) {
    case MEASURE_RR: return effect_log_risk_ratio(f[0], f[1], f[2], f[3]);
    case MEASURE_OR: return effect_log_odds_ratio(f[0], f[1], f[2], f[3]);
    case MEASURE_RD: return effect_risk_difference(f[0], f[1], f[2], f[3]);
    case MEASURE_PETO: return effect_log_odds_peto(f[0], f[1], f[2], f[3]);
    case MEASURE_SMD: return effect_standardised_difference(f[0], f[1], f[2], f[3], f[4], f[5]);
    case MEASURE_PR: return effect_proportion(f[0], f[1]);
    case MEASURE_PLO: return effect_logit(f[0], f[1]);
    case MEASURE_PFT: return effect_freeman_tukey(f[0], f[1]);
    case MEASURE_GEN: return (effect){f[0], strcmp(layouts[in->layout].columns[1], "vi") == 0 ? f[1] : f[1] * f[1]};
    case MEASURE_MC: return effect_mean_change(f[0], f[1], f[2], f[3], f[4], r);
    case MEASURE_SMC: return effect_standardised_change(f[0], f[1], f[2], f[4], r);
    default: return effect_mean_difference(f[0], f[1], f[2], f[3], f[4], f[5], in->measure == MEASURE_MDH);
    }
}

static const char *field_text(const meta_input *in, const meta_study *study, int field)
{
    return csv_cell_at(&in->file, study->row, in->columns[field])->text;
}

void meta_arm_text(const meta_input *in, const meta_study *study, int arm, char out[META_ARM_TEXT])
{
    char people[NUMBER_TEXT];
    meta_kind kind = layouts[in->layout].kind;
    out[0] = 0;
    if (kind == KIND_TABLE) {
        number_write(study->fields[2 * arm] + study->fields[2 * arm + 1], people);
        snprintf(out, META_ARM_TEXT, "%.30s / %.30s", field_text(in, study, 2 * arm), people);
    } else if (kind == KIND_MEANS) {
        snprintf(out, META_ARM_TEXT, "%.28s (%.28s), %.28s", field_text(in, study, 3 * arm),
                 field_text(in, study, 3 * arm + 1), field_text(in, study, 3 * arm + 2));
    } else if (kind == KIND_PRE_POST) {
        int first = arm == 0 ? 2 : 0;
        snprintf(out, META_ARM_TEXT, "%.28s (%.28s), %.28s", field_text(in, study, first),
                 field_text(in, study, first + 1), field_text(in, study, 4));
    } else if (kind == KIND_SHARES && arm == 0) {
        snprintf(out, META_ARM_TEXT, "%.30s / %.30s", field_text(in, study, 0), field_text(in, study, 1));
    }
}

/* why a row gives no effect with a variance; NULL when it does */
static const char *left_because(const meta_input *in, const meta_study *study)
{
    static const char *const missing[][META_FIELDS] = {
        [KIND_TABLE] = {"the first count is not reported", "the second count is not reported",
                        "the third count is not reported", "the fourth count is not reported"},
        [KIND_MEANS] = {"m1i is not reported", "no variance: sd1i is not reported", "n1i is not reported",
                        "m2i is not reported", "no variance: sd2i is not reported", "n2i is not reported"},
        [KIND_SHARES] = {"xi is not reported", "ni is not reported"},
        [KIND_EFFECTS] = {"its effect is not reported", "no variance is reported"},
        [KIND_PRE_POST] = {"mpre is not reported", "no variance: sdpre is not reported", "mpost is not reported",
                           "no variance: sdpost is not reported", "ni is not reported"}};
    meta_kind kind = layouts[in->layout].kind;
    for (int i = 0; i < layouts[in->layout].n; i++)
        if (isnan(study->fields[i]) && !(in->measure == MEASURE_SMC && i == 3)) return missing[kind][i];
    for (int j = 1; j < in->p; j++)
        if (!isfinite(study->x[j])) return "a moderator is not reported";
    if (kind == KIND_TABLE && (study->fields[0] + study->fields[1] == 0 || study->fields[2] + study->fields[3] == 0))
        return "an arm without people";
    /* they add nothing to Mantel and Haenszel's ratios, and would count in k, Q and I2; the half that is added for the study's own effect is not
     * what is pooled */
    const double *f = study->fields;
    if (in->method == METHOD_MH && in->measure != MEASURE_RD &&
        ((f[0] == 0 && f[2] == 0) || (in->measure == MEASURE_OR && f[1] == 0 && f[3] == 0)))
        return "its counts say nothing of this measure: both arms are alike, without events or with nothing else";
    if (kind == KIND_SHARES && study->fields[1] == 0) return "no people";
    if (isfinite(study->y) && study->v > 0 && isfinite(study->v)) return NULL;
    return kind == KIND_TABLE ? "its counts say nothing of this measure"
                              : "its variance is 0 or cannot be worked out of so few people";
}

/* in the measure's own terms; false after messages */
static bool read_row(meta_input *in, int row)
{
    meta_study *study = &in->studies[in->n];
    const csv_cell *first = csv_cell_at(&in->file, row, 0);
    *study = (meta_study){.x = {1}, .row = row, .line = first->line, .fields = {NAN, NAN, NAN, NAN, NAN, NAN}};
    double *f = study->fields;
    bool fine = true;
    for (int i = 0; i < layouts[in->layout].n; i++) fine = read_number(in, row, in->columns[i], &f[i]) && fine;
    for (int j = 1; j < in->p; j++) fine = read_number(in, row, in->moderator[j], &study->x[j]) && fine;
    bool pre_post = layouts[in->layout].kind == KIND_PRE_POST;
    if (pre_post && in->correlation_column >= 0) fine = read_number(in, row, in->correlation_column, &f[5]) && fine;
    if (!fine || !possible(in, row, f)) return false;
    if (pre_post && !isnan(f[5]) && !(f[5] > -1 && f[5] < 1)) {
        const csv_cell *cell = csv_cell_at(&in->file, row, in->correlation_column);
        problems_error(in->problems, in->path, cell->line, cell->column,
                       "ri is %s; expected a correlation of more than -1 and less than 1; correct the row", cell->text);
        return false;
    }
    if (layouts[in->layout].totals) f[1] -= f[0], f[3] -= f[2];
    effect e = meta_effect(in, study, in->correlation);
    study->y = e.y, study->v = e.v;
    study->n = f[1];
    memcpy(study->table, f, sizeof study->table);
    study->name = in->label < 0 ? "" : csv_cell_at(&in->file, row, in->label)->text;
    study->group = in->subgroup < 0 ? "" : csv_cell_at(&in->file, row, in->subgroup)->text;
    study->left_because = left_because(in, study);
    if (study->left_because)
        problems_warning(in->problems, in->path, first->line, first->column,
                         "%s; expected an effect with a variance; left out of the pool", study->left_because);
    else if (pre_post && isnan(f[5])) in->assumed = true;
    in->n++;
    return true;
}

/* those that are pooled first, both in the order of the file */
static islet_status sort_studies(meta_input *in)
{
    meta_study *sorted = malloc((size_t)(in->n + 1) * sizeof *sorted);
    if (!sorted) return ISLET_ERR_MEMORY;
    in->k = 0;
    for (int left = 0, at = 0; left < 2; left++)
        for (int i = 0; i < in->n; i++) {
            if ((in->studies[i].left_because != NULL) != (left == 1)) continue;
            sorted[at++] = in->studies[i];
            in->k += !left;
        }
    free(in->studies);
    in->studies = sorted;
    return ISLET_OK;
}

static bool is_asked_for(const meta_input *in, int row)
{
    return in->only < 0 || strcmp(csv_cell_at(&in->file, row, in->only)->text, in->only_value) == 0;
}

/* ---- what must not be pooled in silence ---- */

/* a word of a column `design` (or arm_role) that says there was no control */
static bool is_single_arm(const char *text)
{
    static const char *const words[] = {"single", "uncontrolled", "before-after", "before after", "pre-post", "pre post", "prepost",
                                        "one arm", "one-arm",     "one_arm",      "case series",  "case-series"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strncasecmp(text, words[i], strlen(words[i])) == 0) return true;
    return false;
}

static void say_mixed(meta_input *in, int column, const char *a, const char *b, const char *what)
{
    const char *name = in->file.cells[column].text;
    const bool treatments = strcmp(what, "treatments") == 0;
    in->refusal = REFUSED_NOT_COMPARABLE;
    if (column == in->subgroup)
        snprintf(in->why, sizeof in->why, "the rows mix %s: they are pooled apart by %s and not together", what, name);
    else
        snprintf(
            in->why, sizeof in->why,
            "the rows mix %s: %s has '%.40s' and '%.40s'; choose with --only %s=VALUE or pool apart with --subgroups %s%s",
            what, name, a, b, name, name, treatments ? ", or subtract arms of the same studies with --contrast A,B" : "");
}

/* rows of different kinds of evidence, end points, units or (single arms) treatments */
static void look_for_mixture(meta_input *in)
{
    static const struct {
        const char *columns[7], *what;
        bool by_control, single_arms_only;
    } rules[] = {{{"design", "study_design", "study_type", "design_type", "arm_role", NULL}, "single-arm and controlled evidence", true, false},
                 {{"endpoint", "outcome", NULL}, "end points", false, false},
                 {{"unit", NULL}, "units", false, false},
                 {{"trt", "treatment", NULL}, "treatments", false, true}};
    meta_kind kind = layouts[in->layout].kind;
    bool single_arms = kind == KIND_SHARES || kind == KIND_PRE_POST || kind == KIND_EFFECTS;
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        int column = first_column(in, rules[r].columns), first = -1;
        if (column < 0 || (rules[r].single_arms_only && !single_arms)) continue;
        for (int row = 0; row < in->file.rows && in->refusal == REFUSED_NOT; row++) {
            if (!is_asked_for(in, row)) continue;
            if (first < 0) first = row;
            const char *a = csv_cell_at(&in->file, first, column)->text, *b = csv_cell_at(&in->file, row, column)->text;
            bool other = rules[r].by_control ? is_single_arm(a) != is_single_arm(b) : strcmp(a, b) != 0;
            if (other) say_mixed(in, column, a, b, rules[r].what);
        }
    }
}

/* Two columns that name the treatments of each row: of one pair the rows are studies of one comparison, of several a network. */
static void look_for_pairs(meta_input *in)
{
    int columns[2], first = -1;
    if (!network_find_pair(&in->file, columns)) return;
    for (int row = 0; row < in->file.rows && in->refusal == REFUSED_NOT; row++) {
        const char *texts[2][2];
        if (!is_asked_for(in, row)) continue;
        if (first < 0) first = row;
        for (int i = 0; i < 2; i++) {
            texts[0][i] = csv_cell_at(&in->file, first, columns[i])->text;
            texts[1][i] = csv_cell_at(&in->file, row, columns[i])->text;
        }
        if (strcmp(texts[0][0], texts[1][0]) == 0 && strcmp(texts[0][1], texts[1][1]) == 0) continue;
        in->refusal = REFUSED_NOT_COMPARABLE;
        snprintf(in->why, sizeof in->why, "the rows compare several pairs of treatments: '%.40s' with '%.40s', and '%.40s' with '%.40s'; pool them with "
                 "--network, or choose rows with --only", texts[0][0], texts[0][1], texts[1][0], texts[1][1]);
    }
}

/* A study twice would count twice: rows of one name with the same numbers, moderators and group. False after messages. */
static bool no_row_twice(const meta_input *in)
{
    bool fine = true;
    for (int i = 0; i < in->n; i++)
        for (int j = 0; j < i; j++) {
            const meta_study *a = &in->studies[j], *b = &in->studies[i];
            bool same = b->name[0] && strcmp(a->name, b->name) == 0 && strcmp(a->group, b->group) == 0;
            for (int f = 0; f < META_FIELDS && same; f++) same = a->fields[f] == b->fields[f] || (isnan(a->fields[f]) && isnan(b->fields[f]));
            for (int m = 1; m < in->p && same; m++) same = a->x[m] == b->x[m];
            if (!same) continue;
            problems_error(in->problems, in->path, b->line, 1,
                           "study '%.60s' stands in line %d too, with the same numbers; each study is expected once; remove one of the rows", b->name,
                           a->line);
            fine = false;
            break;
        }
    return fine;
}

static void look_for_too_few(meta_input *in)
{
    if (in->refusal != REFUSED_NOT || in->k > in->p) return;
    in->refusal = in->k == 0 ? REFUSED_NOT_REPORTED : REFUSED_TOO_FEW;
    if (in->k == 0) snprintf(in->why, sizeof in->why, "none of %d rows reports an effect with a variance", in->n);
    else
        snprintf(in->why, sizeof in->why, "%d %s with an effect and a variance; a pool needs %d or more", in->k,
                 in->k == 1 ? "study" : "studies", in->p + 1);
}

/* ---- the table ---- */

static islet_status read_rows(meta_input *in)
{
    bool fine = true;
    in->studies = malloc((size_t)in->file.rows * sizeof *in->studies);
    if (!in->studies) return ISLET_ERR_MEMORY;
    for (int row = 0; row < in->file.rows; row++)
        if (is_asked_for(in, row)) fine = read_row(in, row) && fine;
    if (!fine || !no_row_twice(in)) return ISLET_ERR_INPUT;
    look_for_mixture(in);
    look_for_pairs(in);
    islet_status status = sort_studies(in);
    if (status == ISLET_OK) look_for_too_few(in);
    return status;
}

islet_status meta_input_read(const char *path, const islet_meta_options *options, meta_input *out,
                             islet_problems *problems)
{
    *out = (meta_input){.path = path, .options = options, .problems = problems};
    islet_status status = csv_read(path, options->contrast ? &out->arms : &out->file, problems);
    if (status == ISLET_OK && options->contrast)
        status = meta_contrast(&out->arms, options->contrast, path, &out->file, problems);
    if (status == ISLET_OK) status = find_layout(out);
    if (status == ISLET_OK) status = find_method(out);
    if (status == ISLET_OK) status = find_rows(out);
    if (status == ISLET_OK) status = read_rows(out);
    if (status != ISLET_OK) meta_input_free(out);
    return status;
}

void meta_input_free(meta_input *in)
{
    free(in->studies);
    csv_free(&in->file);
    csv_free(&in->arms);
    *in = (meta_input){0};
}
