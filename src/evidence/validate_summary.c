/* What the rows of validate add up to: coverage, sharpness, errors, and skill over a plain guess. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evidence/validate.h"
#include "stats/summary.h"

#define ROUNDING_SHARE 0.005 /* a share that was printed as a percentage */
#define ROUNDING 1e-9

static bool is_between(const validated_row *row, double low, double high)
{
    const evidence_row *published = row->bound->row;
    const bool rounded = outcome_is_share(&published->endpoint) && !evidence_is_difference(published) && isnan(published->events);
    double slack = rounded ? ROUNDING_SHARE : ROUNDING;
    return published->value >= low - slack && published->value <= high + slack;
}

bool validated_inside(const validated_row *row, int interval)
{
    return is_between(row, row->predicted.low[interval], row->predicted.high[interval]);
}

bool validated_inside_bare(const validated_row *row, int interval)
{
    return is_between(row, row->predicted.bare_low[interval], row->predicted.bare_high[interval]);
}

bool validated_sign_agrees(const validated_row *row)
{
    double sign = row->bound->row->value, change = row->predicted.simulated;
    if (sign == 0.0) return row->predicted.bare_low[PI95] <= 0.0 && row->predicted.bare_high[PI95] >= 0.0;
    return sign * change > 0.0;
}

const outcome_info *validate_endpoint(const validated_row *rows, int i)
{
    const outcome_info *endpoint = &rows[i].bound->row->endpoint;
    for (int j = 0; j < i; j++)
        if (strcmp(rows[j].bound->row->endpoint.key, endpoint->key) == 0) return NULL;
    return endpoint;
}

/* sums over pairs of simulated and observed */
typedef struct {
    double n, x, y, xx, yy, xy, squares, absolute, signed_sum;
} pair_sums;

static void add_pair(pair_sums *s, double simulated, double observed)
{
    double miss = simulated - observed;
    s->n += 1.0;
    s->x += simulated;
    s->y += observed;
    s->xx += simulated * simulated;
    s->yy += observed * observed;
    s->xy += simulated * observed;
    s->squares += miss * miss;
    s->absolute += fabs(miss);
    s->signed_sum += miss;
}

static void fill_errors(const pair_sums *s, validation_summary *out)
{
    double about_x = s->xx - s->x * s->x / s->n, about_y = s->yy - s->y * s->y / s->n, about_xy = s->xy - s->x * s->y / s->n;
    out->bias = s->signed_sum / s->n;
    out->error = s->absolute / s->n;
    if (s->n < 3.0 || !(about_y > 0.0)) return;
    out->r2_identity = 1.0 - s->squares / about_y;
    if (about_x > 0.0) out->r2 = about_xy * about_xy / (about_x * about_y);
}

static double median_of(double *values, int n)
{
    summary_sort(values, n);
    return summary_quantile(values, n, 0.5);
}

static bool is_counted(const validated_row *row, evidence_role role, const outcome_info *endpoint)
{
    const evidence_row *published = row->bound->row;
    return row->predicted_any && published->day > 0 && published->statistic != STATISTIC_SIGN &&
           published->role == role && (!endpoint || strcmp(published->endpoint.key, endpoint->key) == 0);
}

/* error of the guess and of the simulation over the rows of one end point that have a guess */
static void guess_errors(const validated_row *rows, int n, evidence_role role, const outcome_info *endpoint,
                         int *guessed, double *guess, double *own)
{
    *guessed = 0;
    *guess = *own = 0.0;
    for (int i = 0; i < n; i++) {
        if (!is_counted(&rows[i], role, endpoint) || isnan(rows[i].guess)) continue;
        double observed = rows[i].bound->row->value;
        ++*guessed;
        *guess += fabs(rows[i].guess - observed);
        *own += fabs(rows[i].predicted.simulated - observed);
    }
}

/* Over all end points the errors are put on one scale by the guess's error of each. */
static void fill_skill(const validated_row *rows, int n, evidence_role role, const outcome_info *endpoint,
                       validation_summary *out)
{
    double ratio = 0.0, guess, own;
    int guessed;
    out->skill = out->guess_error = NAN;
    out->guessed = 0;
    for (int i = 0; i < n; i++) {
        const outcome_info *e = validate_endpoint(rows, i);
        if (!e || (endpoint && strcmp(e->key, endpoint->key) != 0)) continue;
        guess_errors(rows, n, role, e, &guessed, &guess, &own);
        if (guessed == 0 || !(guess > 0.0)) continue;
        out->guessed += guessed;
        ratio += guessed * own / guess;
        if (endpoint) out->guess_error = guess / guessed;
    }
    if (out->guessed) out->skill = 1.0 - ratio / out->guessed;
}

void validate_summarise(const validated_row *rows, int n, evidence_role role, const outcome_info *endpoint,
                        validation_summary *out)
{
    double *widths = malloc((2 * (size_t)n + 1) * sizeof *widths), *bare_widths = widths ? widths + n : NULL;
    int n_widths = 0, inside[PREDICT_INTERVALS] = {0}, bare[PREDICT_INTERVALS] = {0}, exact = 0;
    pair_sums sums = {0};
    *out = (validation_summary){.bias = NAN, .error = NAN, .r2 = NAN, .r2_identity = NAN, .sharpness = NAN, .bare_sharpness = NAN, .inside_exact = NAN};
    for (int i = 0; i < n; i++) {
        const validated_row *row = &rows[i];
        if (!is_counted(row, role, endpoint)) continue;
        double observed = row->bound->row->value, simulated = row->predicted.simulated;
        double own_width = row->observed_high - row->observed_low;
        out->rows++;
        for (int k = 0; k < PREDICT_INTERVALS; k++) {
            inside[k] += validated_inside(row, k);
            bare[k] += validated_inside_bare(row, k);
        }
        if (!validated_inside(row, PI95)) *(simulated > observed ? &out->too_high : &out->too_low) += 1;
        if (widths && own_width > 0.0) {
            bare_widths[n_widths] = (row->predicted.bare_high[PI95] - row->predicted.bare_low[PI95]) / own_width;
            widths[n_widths++] = (row->predicted.high[PI95] - row->predicted.low[PI95]) / own_width;
        }
        add_pair(&sums, simulated, observed);
        if (row->bound->row->endpoint.id != ENDPOINT_insulin_independent ||
            evidence_is_difference(row->bound->row))
            continue;
        out->shares++;
        exact += simulated >= row->observed_low && simulated <= row->observed_high;
    }
    for (int k = 0; k < PREDICT_INTERVALS; k++) {
        out->inside[k] = out->rows ? (double)inside[k] / out->rows : NAN;
        out->bare[k] = out->rows ? (double)bare[k] / out->rows : NAN;
    }
    if (n_widths) out->sharpness = median_of(widths, n_widths);
    if (n_widths) out->bare_sharpness = median_of(bare_widths, n_widths);
    if (endpoint && out->rows) fill_errors(&sums, out);
    if (out->shares) out->inside_exact = (double)exact / out->shares;
    fill_skill(rows, n, role, endpoint, out);
    free(widths);
}

/* ---- the plain guess ---- */

typedef enum {
    CELLS_NONE,
    CELLS_STEM_CELL_ISLETS,
    CELLS_DONOR_ISLETS,
    CELLS_BLOOD_STEM,
    CELLS_MESENCHYMAL,
    CELLS_CORD_BLOOD,
    CELLS_MONONUCLEAR,
    CELLS_OTHER
} cell_class;

static bool has_any(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (strstr(text, *words)) return true;
    return false;
}

/* the kind of cells out of how a publication or a product names them; the first list with a word in the text decides */
static cell_class class_of(const char *text)
{
    static const struct {
        cell_class class;
        const char *words[10];
    } kinds[] = {
        {CELLS_STEM_CELL_ISLETS,
         {"stem_cell_islet", "differentiated", "endoderm", "chemically induced", "stem-cell islet", "iPSC", NULL}},
        {CELLS_DONOR_ISLETS, {"islet", NULL}},
        {CELLS_BLOOD_STEM, {"HSC", "aematopoietic", "ematopoietic", NULL}},
        {CELLS_MESENCHYMAL, {"MSC", "esenchymal", "stromal", "Wharton", "adipose", NULL}},
        {CELLS_CORD_BLOOD, {"cord blood", "cord_blood", "UCB", NULL}},
        {CELLS_MONONUCLEAR, {"ononuclear", "MNC", "bone marrow", NULL}},
    };
    if (!text[0]) return CELLS_NONE;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (has_any(text, kinds[i].words)) return kinds[i].class;
    return CELLS_OTHER;
}

static bool says_type2(const char *text)
{
    static const char *const words[] = {"T2D", "type 2", "Type 2", "type2", NULL};
    return has_any(text, words);
}

/* is this calibration row of the same kind as the one that is guessed? */
static bool is_like(const evidence_row *row, const evidence_row *like, cell_class class, bool type2)
{
    return strcmp(row->endpoint.key, like->endpoint.key) == 0 && row->day > 0 && !row->part_of[0] && !isnan(row->value)
        && evidence_is_change(row) == evidence_is_change(like) && !evidence_is_difference(row)
        && (row->statistic == STATISTIC_CHANGE_PCT) == (like->statistic == STATISTIC_CHANGE_PCT) && class_of(row->cell_type) == class
        && says_type2(row->population) == type2;
}

static bool is_first_of_trial(const evidence_rows *shipped, int i)
{
    for (int j = 0; j < i; j++)
        if (strcmp(shipped->rows[j].trial, shipped->rows[i].trial) == 0) return false;
    return true;
}

/* mean over the trials of each one's own mean: a trial with many visits does not count more */
static double mean_of_trials(const evidence_rows *shipped, const evidence_row *like, cell_class class, bool type2)
{
    double sum = 0.0;
    int trials = 0;
    for (int i = 0; i < shipped->n; i++) {
        double own = 0.0;
        int n = 0;
        if (!is_first_of_trial(shipped, i)) continue;
        for (int j = i; j < shipped->n; j++) {
            const evidence_row *row = &shipped->rows[j];
            if (strcmp(row->trial, shipped->rows[i].trial) != 0 || !is_like(row, like, class, type2)) continue;
            own += row->value;
            n++;
        }
        if (n == 0) continue;
        sum += own / n;
        trials++;
    }
    return trials ? sum / trials : NAN;
}

islet_status validate_guess(const expressed *rows, validated_row *out, islet_problems *problems)
{
    evidence_rows shipped;
    islet_status status = evidence_shipped(&shipped, problems);
    if (status != ISLET_OK) return status;
    evidence_keep_role(&shipped, ROLE_CALIBRATE);
    for (int r = 0; r < rows->n_rows; r++) {
        const expressed_row *bound = &rows->rows[r];
        const islet_protocol *protocol = rows->protocols[bound->protocol].protocol;
        const protocol_arm *arm = &protocol->arms[bound->arm];
        const char *cells = arm->n_courses ? protocol->products[arm->courses[0].product].cell_type : "";
        if (bound->row->role == ROLE_CALIBRATE || bound->against >= 0) continue; /* it is in the mean itself; differences have none */
        out[r].guess = mean_of_trials(&shipped, bound->row, class_of(cells), protocol->population.diabetes == DIABETES_TYPE2);
    }
    evidence_free(&shipped);
    return ISLET_OK;
}
