/* The rows of a network: a table of arms (study, treatment and the arm's mean, SD and number, or events and number), or of pairs
 * (study, treat1, treat2, effect and its standard error or variance: the layout of netmeta), which are made arms. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "base/problems.h"
#include "base/word.h"
#include "evidence/meta_network.h"

const char *const network_measure_names[NET_MEASURES] = {"MD", "RD", "RR", "OR", "GEN"};

static bool is_count(double x)
{
    return x >= 0 && x == floor(x) && x < 1e12;
}

static int treatment_column(const csv_file *file)
{
    int column = csv_column(file, "treatment");
    return column >= 0 ? column : csv_column(file, "trt");
}

static bool find_arms(const csv_file *file, network_input *out)
{
    out->against = -1;
    out->study = csv_column(file, "study");
    out->treatment = treatment_column(file);
    out->number = csv_column(file, "ni");
    out->value = csv_column(file, "mi");
    out->spread = csv_column(file, "sdi");
    if (out->value < 0 || out->spread < 0) out->value = csv_column(file, "xi"), out->spread = -1;
    return out->study >= 0 && out->treatment >= 0 && out->number >= 0 && out->value >= 0;
}

bool network_find_pair(const csv_file *file, int columns[2])
{
    static const char *const names[][2] = {{"treat1", "treat2"}, {"treatment1", "treatment2"}, {"t1", "t2"}};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        columns[0] = csv_column(file, names[i][0]);
        columns[1] = csv_column(file, names[i][1]);
        if (columns[0] >= 0 && columns[1] >= 0) return true;
    }
    return false;
}

static bool find_pairs(const csv_file *file, network_input *out)
{
    static const char *const effects[][2] = {{"TE", "seTE"}, {"yi", "sei"}, {"yi", "vi"}};
    int treatments[2];
    if (out->study < 0) out->study = csv_column(file, "studlab");
    if (out->study < 0 || !network_find_pair(file, treatments)) return false;
    out->treatment = treatments[0];
    out->against = treatments[1];
    for (size_t i = 0; i < sizeof effects / sizeof *effects; i++) {
        out->value = csv_column(file, effects[i][0]);
        out->spread = csv_column(file, effects[i][1]);
        out->is_variance = strcmp(effects[i][1], "vi") == 0;
        if (out->value >= 0 && out->spread >= 0) return true;
    }
    return false;
}

bool network_find_columns(const csv_file *file, network_input *out)
{
    return find_arms(file, out) || find_pairs(file, out);
}

/* ---- what is asked for ---- */

islet_status network_refuse(const network_input *in, islet_status status, const char *format, const char *what)
{
    problems_error(in->problems, in->path, 0, 0, format, what);
    return status;
}

islet_status network_read_options(network_input *in)
{
    const islet_meta_options *o = in->options;
    if (!network_find_columns(&in->file, in))
        return network_refuse(
            in, ISLET_ERR_INPUT,
            "the columns of a network are not in the header%s; expected study, treatment, and mi,sdi,ni or xi,ni, or of pairs study, treat1, treat2, "
            "and TE,seTE, yi,sei or yi,vi; rename them",
            "");
    const bool pairs = in->against >= 0;
    in->measure = pairs ? NET_GEN : in->spread >= 0 ? NET_MD : NET_OR;
    if (o->measure) {
        int m = 0;
        while (m < NET_MEASURES && !word_same(network_measure_names[m], o->measure)) m++;
        if (m == NET_MEASURES)
            return network_refuse(in, ISLET_ERR_UNKNOWN_NAME, "measure '%s'; expected MD, RD, RR, OR or GEN for a network; choose one", o->measure);
        if (pairs != (m == NET_GEN) || (!pairs && (m == NET_MD) != (in->spread >= 0)))
            return network_refuse(in, ISLET_ERR_ARGUMENT,
                                  "measure %s; expected MD for means, RD, RR or OR for events, GEN for effects of pairs; choose another", o->measure);
        in->measure = (net_measure)m;
    }
    const char *method = o->method ? o->method : "REML";
    in->random_effects = word_same(method, "REML");
    if (!in->random_effects && !word_same(method, "EE") && !word_same(method, "FE"))
        return network_refuse(in, ISLET_ERR_UNKNOWN_NAME, "method '%s'; expected REML, EE or FE for a network; choose one", method);
    if (o->moderators || o->subgroups || o->knapp_hartung || o->contrast)
        return network_refuse(
            in, ISLET_ERR_ARGUMENT,
            "moderators, subgroups, a contrast or Knapp and Hartung's interval%s; a network has none of them; leave them out",
            "");
    in->only = -1;
    if (!o->only) return ISLET_OK;
    size_t length = strcspn(o->only, "=");
    if (!o->only[length]) return network_refuse(in, ISLET_ERR_ARGUMENT, "rows '%s'; expected COLUMN=VALUE", o->only);
    for (int i = 0; i < in->file.columns; i++)
        if (strlen(in->file.cells[i].text) == length && memcmp(in->file.cells[i].text, o->only, length) == 0)
            in->only = i;
    in->only_value = o->only + length + 1;
    return in->only >= 0 ? ISLET_OK
                         : network_refuse(in, ISLET_ERR_INPUT, "no column for '%s'; expected a name of the header", o->only);
}

/* ---- rows ---- */

static bool bad_cell(const network_input *in, int row, int column, const char *expected)
{
    const csv_cell *cell = csv_cell_at(&in->file, row, column);
    problems_error(in->problems, in->path, cell->line, cell->column, "%s is '%s'; expected %s; correct the row",
                   in->file.cells[column].text, cell->text, expected);
    return false;
}

static bool number_at(const network_input *in, int row, int column, double *out)
{
    const csv_cell *cell = csv_cell_at(&in->file, row, column);
    *out = NAN;
    if (!cell->text[0] || number_read(cell->text, strlen(cell->text), out)) return true;
    return bad_cell(in, row, column, "a plain number, or nothing or NA when it is missing");
}

static bool read_row(network_input *in, int row)
{
    net_row *r = &in->rows[in->n];
    *r = (net_row){.study = csv_cell_at(&in->file, row, in->study)->text,
                   .treatment = csv_cell_at(&in->file, row, in->treatment)->text,
                   .line = csv_cell_at(&in->file, row, 0)->line,
                   .spread = NAN};
    bool fine = number_at(in, row, in->value, &r->value) && number_at(in, row, in->number, &r->n) &&
                (in->spread < 0 || number_at(in, row, in->spread, &r->spread));
    if (!fine) return false;
    if (!r->study[0]) return bad_cell(in, row, in->study, "the study's name");
    if (!r->treatment[0]) return bad_cell(in, row, in->treatment, "the treatment's name");
    if (!isnan(r->n) && !(is_count(r->n) && r->n >= 1)) return bad_cell(in, row, in->number, "1 person or more");
    if (in->spread >= 0 && r->spread < 0) return bad_cell(in, row, in->spread, "a standard deviation of 0 or more");
    if (in->spread < 0 && !isnan(r->value) && (!is_count(r->value) || r->value > r->n))
        return bad_cell(in, row, in->value, "a whole number, no more events than people");
    for (int i = 0; i < in->n; i++)
        if (strcmp(in->rows[i].study, r->study) == 0 && strcmp(in->rows[i].treatment, r->treatment) == 0)
            return bad_cell(in, row, in->treatment,
                            "a treatment once in each study (arms of one treatment are put together)");
    if (isnan(r->value)) r->left_because = "its number is not reported";
    else if (isnan(r->n)) r->left_because = "the people of the arm are not reported";
    else if (in->spread >= 0 && !(r->spread > 0)) r->left_because = "no variance: sdi is not reported";
    in->n++;
    return true;
}

static bool is_asked_for(const network_input *in, int row)
{
    return in->only < 0 || strcmp(csv_cell_at(&in->file, row, in->only)->text, in->only_value) == 0;
}

/* ---- pairs ---- */

#define STUDY_ARMS 16
#define ADD_UP_SE 0.1 /* effects around a loop of one study differ by rounding; this much of a standard error is more */

typedef struct {
    const char *study, *arm[2];
    int line;
    double y, v;
    bool done;
} net_pair;

/* The arms of one study out of its pairs: values about their mean, and the variances of which each pair has the sum. Of three arms or more
 * the pairs of a study share arms; without these variances they would count as so many studies. */
typedef struct {
    int n, pairs;
    const char *name[STUDY_ARMS];
    double y[STUDY_ARMS], v[STUDY_ARMS];
    double total;    /* of the variances of pairs */
    bool missing;
} pair_study;

static bool read_pair(const network_input *in, int row, net_pair *out)
{
    const int columns[2] = {in->treatment, in->against};
    *out = (net_pair){.study = csv_cell_at(&in->file, row, in->study)->text, .line = csv_cell_at(&in->file, row, 0)->line};
    double spread;
    if (!number_at(in, row, in->value, &out->y) || !number_at(in, row, in->spread, &spread)) return false;
    out->v = in->is_variance ? spread : spread * spread;
    if (!out->study[0]) return bad_cell(in, row, in->study, "the study's name");
    for (int i = 0; i < 2; i++) {
        out->arm[i] = csv_cell_at(&in->file, row, columns[i])->text;
        if (!out->arm[i][0]) return bad_cell(in, row, columns[i], "the treatment's name");
    }
    if (strcmp(out->arm[0], out->arm[1]) == 0) return bad_cell(in, row, in->against, "another treatment than the first");
    return spread < 0 ? bad_cell(in, row, in->spread, "0 or more") : true;
}

static int arm_named(const pair_study *s, const char *name)
{
    for (int i = 0; i < s->n; i++)
        if (strcmp(s->name[i], name) == 0) return i;
    return -1;
}

/* false when it has too many arms */
static bool add_pair(pair_study *s, const net_pair *pair)
{
    int at[2];
    for (int i = 0; i < 2; i++) {
        at[i] = arm_named(s, pair->arm[i]);
        if (at[i] >= 0) continue;
        if (s->n == STUDY_ARMS) return false;
        at[i] = s->n;
        s->name[s->n] = pair->arm[i];
        s->y[s->n] = s->v[s->n] = 0;
        s->n++;
    }
    s->pairs++;
    s->missing = s->missing || isnan(pair->y) || !(pair->v > 0);
    s->total += pair->v;
    s->y[at[0]] += pair->y, s->y[at[1]] -= pair->y;
    s->v[at[0]] += pair->v, s->v[at[1]] += pair->v;
    return true;
}

/* Sums to arms; why it cannot be, NULL when it can. */
static const char *solve_pairs(pair_study *s, const net_pair *pairs, int n)
{
    if (s->missing) return "a pair of the study without an effect or a variance";
    if (s->pairs != s->n * (s->n - 1) / 2) return "each pair of the study's treatments is expected once, and some are not there or twice";
    for (int i = 0; i < s->n; i++) {
        s->y[i] /= s->n;
        s->v[i] = s->n == 2 ? s->total / 2 : (s->v[i] - s->total / (s->n - 1)) / (s->n - 2);
        if (!(s->v[i] > 0)) return "the variances of the study's pairs are not those of arms";
    }
    for (int i = 0; i < n; i++) {
        if (strcmp(pairs[i].study, pairs[0].study) != 0) continue;
        const double loop = s->y[arm_named(s, pairs[i].arm[0])] - s->y[arm_named(s, pairs[i].arm[1])] - pairs[i].y;
        if (!(fabs(loop) <= ADD_UP_SE * sqrt(pairs[i].v))) return "the effects of the study's pairs do not add up, or one is there twice";
    }
    return NULL;
}

/* the study of the first of `n` pairs, as rows of arms or as one that is left out */
static void add_study_of_pairs(network_input *in, net_pair *pairs, int n)
{
    pair_study s = {0};
    const char *left = NULL;
    for (int i = 0; i < n; i++) {
        if (strcmp(pairs[i].study, pairs[0].study) != 0) continue;
        pairs[i].done = true;
        if (!left && !add_pair(&s, &pairs[i])) left = "more than 16 treatments in one study";
    }
    if (!left) left = solve_pairs(&s, pairs, n);
    for (int i = 0; i < (left ? 1 : s.n); i++)
        in->rows[in->n++] = (net_row){.study = pairs[0].study, .treatment = left ? pairs[0].arm[0] : s.name[i], .line = pairs[0].line,
                                      .value = s.y[i], .spread = left ? NAN : sqrt(s.v[i]), .n = 1, .left_because = left};
}

static islet_status read_pairs(network_input *in)
{
    net_pair *pairs = malloc((size_t)in->file.rows * sizeof *pairs);
    bool fine = true;
    int n = 0;
    if (!pairs) return ISLET_ERR_MEMORY;
    for (int row = 0; row < in->file.rows; row++)
        if (is_asked_for(in, row)) fine = read_pair(in, row, &pairs[n++]) && fine;
    for (int i = 0; i < n && fine; i++)
        if (!pairs[i].done) add_study_of_pairs(in, &pairs[i], n - i);
    free(pairs);
    return fine ? ISLET_OK : ISLET_ERR_INPUT;
}

/* ---- all rows ---- */

/* arms of the study that can be used */
static int arms_of(const network_input *in, const char *study)
{
    int arms = 0;
    for (int i = 0; i < in->n; i++) arms += !in->rows[i].left_because && strcmp(in->rows[i].study, study) == 0;
    return arms;
}

islet_status network_read_rows(network_input *in)
{
    bool fine = true;
    const size_t room = 2 * (size_t)in->file.rows; /* a pair is two arms */
    in->rows = malloc(room * sizeof *in->rows);
    in->arms = malloc(room * sizeof *in->arms);
    if (!in->rows || !in->arms) return ISLET_ERR_MEMORY;
    if (in->against >= 0) {
        islet_status status = read_pairs(in);
        if (status != ISLET_OK) return status;
    }
    for (int row = 0; row < in->file.rows && in->against < 0; row++)
        if (is_asked_for(in, row)) fine = read_row(in, row) && fine;
    if (!fine) return ISLET_ERR_INPUT;
    for (int i = 0; i < in->n; i++) {
        net_row *r = &in->rows[i];
        if (!r->left_because && arms_of(in, r->study) < 2)
            r->left_because = "the only arm of its study that can be used";
        if (r->left_because)
            problems_warning(in->problems, in->path, r->line, 1,
                             "%s; expected two arms or more with a variance each; left out of the network",
                             r->left_because);
    }
    return ISLET_OK;
}

