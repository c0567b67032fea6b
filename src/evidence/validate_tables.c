/* What a validation shows: rows, summary, rows left out, discrepancy. */
#include "evidence/validate_job.h"

#include <math.h>
#include <string.h>

#include "base/number.h"
#include "base/table.h"
#include "evidence/measure.h"

static const char *const row_columns[] = {"trial_id",     "cohort_group",  "arm_id",    "endpoint",       "unit",
                                          "statistic",    "day",           "n",         "role",           "observed",
                                          "observed_low", "observed_high", "simulated", "pi50_low",       "pi50_high",
                                          "pi80_low",     "pi80_high",     "pi95_low",  "pi95_high",      "bare95_low",
                                          "bare95_high",  "agrees",        "miss",      "people",         "guess",
                                          "line",         "protocol",      "source",    "standardised_by", "comparator_arm", "set_by_hand"};
static const bool row_numbers[] = {false, false, false, false, false, false, true,  true,  false, true,
                                   true,  true,  true,  true,  true,  true,  true,  true,  true,  true,
                                   true,  false, false, true,  true,  true,  false, false, true, false, false};
enum { ROW_COLUMNS = sizeof row_columns / sizeof *row_columns };

typedef struct {
    char text[ROW_COLUMNS][NUMBER_TEXT];
    const char *cell[ROW_COLUMNS];
    int n;
} cells;

static void add_text(cells *c, const char *text)
{
    c->cell[c->n++] = text;
}

static void add_number(cells *c, double value)
{
    number_write(value, c->text[c->n]);
    c->cell[c->n] = c->text[c->n];
    c->n++;
}

/* digits that a simulation of some hundred people can stand for */
static double rounded(double value)
{
    return isnan(value) ? NAN : round(value * 1e4) / 1e4;
}

static bool add_row(islet_table *table, const validate_job *j, const validated_row *v)
{
    const evidence_row *row = v->bound->row;
    bool sign = validated_is_sign(v), agrees = sign ? validated_sign_agrees(v) : validated_inside(v, PI95);
    cells c = {.n = 0};
    add_text(&c, row->trial);
    add_text(&c, row->group);
    add_text(&c, row->arm);
    add_text(&c, row->endpoint.key);
    add_text(&c, row->endpoint.unit);
    add_text(&c, evidence_statistic_word(row->statistic));
    add_number(&c, row->day);
    add_number(&c, row->n);
    add_text(&c, evidence_role_word(row->role));
    add_number(&c, rounded(row->value));
    add_number(&c, rounded(v->observed_low));
    add_number(&c, rounded(v->observed_high));
    add_number(&c, rounded(v->predicted.simulated));
    for (int i = 0; i < PREDICT_INTERVALS; i++) {
        add_number(&c, rounded(v->predicted.low[i]));
        add_number(&c, rounded(v->predicted.high[i]));
    }
    add_number(&c, rounded(v->predicted.bare_low[PI95]));
    add_number(&c, rounded(v->predicted.bare_high[PI95]));
    add_text(&c, agrees ? "true" : "false");
    add_text(&c, agrees                                ? ""
                 : sign                                ? "other sign"
                 : v->predicted.simulated > row->value ? "simulated too high"
                                                       : "simulated too low");
    add_number(&c, (double)v->predicted.people);
    add_number(&c, rounded(v->guess));
    add_number(&c, row->line);
    add_text(&c, j->rows.protocols[v->bound->protocol].path);
    add_text(&c, row->source);
    add_number(&c, rounded(v->standardised_by));
    add_text(&c, evidence_is_difference(row) ? row->comparator : "");
    const char *by_hand = by_hand_of(&j->by_hand, row);
    add_text(&c, by_hand ? by_hand : "");
    return table_add_row(table, c.cell);
}

static const char *const summary_columns[] = {"role",
                                              "endpoint",
                                              "unit",
                                              "rows",
                                              "inside50",
                                              "inside80",
                                              "inside95",
                                              "sharpness",
                                              "bare50",
                                              "bare80",
                                              "bare95",
                                              "bare_sharpness",
                                              "too_high",
                                              "too_low",
                                              "bias",
                                              "error",
                                              "r2",
                                              "r2_identity",
                                              "guessed",
                                              "guess_error",
                                              "skill",
                                              "independence_rows",
                                              "independence_inside_exact"};
static const bool summary_numbers[] = {false, false, false, true, true, true, true, true, true, true, true, true,
                                       true,  true,  true,  true, true, true, true, true, true, true, true};
enum { SUMMARY_COLUMNS = sizeof summary_columns / sizeof *summary_columns };

static bool add_summary(islet_table *table, const validate_job *j, evidence_role role, const outcome_info *endpoint)
{
    validation_summary s;
    cells c = {.n = 0};
    validate_summarise(j->out, j->rows.n_rows, role, endpoint, &s);
    if (s.rows == 0) return true;
    add_text(&c, evidence_role_word(role));
    add_text(&c, endpoint ? endpoint->key : "all");
    add_text(&c, endpoint ? endpoint->unit : "");
    add_number(&c, s.rows);
    for (int i = 0; i < PREDICT_INTERVALS; i++) add_number(&c, rounded(s.inside[i]));
    add_number(&c, rounded(s.sharpness));
    for (int i = 0; i < PREDICT_INTERVALS; i++) add_number(&c, rounded(s.bare[i]));
    add_number(&c, rounded(s.bare_sharpness));
    add_number(&c, s.too_high);
    add_number(&c, s.too_low);
    add_number(&c, rounded(s.bias));
    add_number(&c, rounded(s.error));
    add_number(&c, rounded(s.r2));
    add_number(&c, rounded(s.r2_identity));
    add_number(&c, s.guessed);
    add_number(&c, rounded(s.guess_error));
    add_number(&c, rounded(s.skill));
    add_number(&c, s.shares);
    add_number(&c, rounded(s.inside_exact));
    return table_add_row(table, c.cell);
}

static const char *const left_columns[] = {"trial_id", "arm_id", "endpoint", "day", "role", "line", "reason"};
static const bool left_numbers[] = {false, false, false, true, false, true, false};
enum { LEFT_COLUMNS = sizeof left_columns / sizeof *left_columns };

static bool add_left_out(islet_table *table, const evidence_row *row, const char *reason)
{
    cells c = {.n = 0};
    add_text(&c, row->trial);
    add_text(&c, row->arm);
    add_text(&c, row->endpoint.key);
    add_number(&c, row->day);
    add_text(&c, evidence_role_word(row->role));
    add_number(&c, row->line);
    add_text(&c, reason);
    return table_add_row(table, c.cell);
}

static bool add_discrepancy(islet_table *table, const discrepancy *d, int kind)
{
    const discrepancy_term *t = &d->term[kind];
    cells c = {.n = 0};
    add_text(&c, discrepancy_name((discrepancy_kind)kind));
    const double numbers[] = {t->rows, t->cohorts, t->bias, t->bias_se, t->cohort_sd, t->row_sd, t->sd, t->df, t->arms_sd, t->arms_df};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) add_number(&c, rounded(numbers[i]));
    add_text(&c, t->rows == 0 && t->sd > 0.0 ? "other kind" : t->rows == 0 || t->sd == 0.0 ? "too few: none" : "own rows");
    return table_add_row(table, c.cell);
}

/* why a row that was simulated has no prediction */
static const char *why_not(const validated_row *v)
{
    const evidence_row *row = v->bound->row;
    if (v->predicted.constant)
        return "a constant of the model: all people simulated have the same value under every draw, and a trial's cannot be predicted from it";
    if (measure_is_input(row))
        return "an input: nothing in the model moves it in these people, who keep what their population's publication gives them";
    return "nobody simulated has a value on that day: all are gone, or their population has no such end point";
}

bool validate_tables(const validate_job *j, islet_validation *out)
{
    out->rows = table_create(ROW_COLUMNS, row_columns, row_numbers);
    out->summary = table_create(SUMMARY_COLUMNS, summary_columns, summary_numbers);
    out->left_out = table_create(LEFT_COLUMNS, left_columns, left_numbers);
    static const char *const kind_columns[] = {"kind",      "rows",   "cohorts", "bias", "bias_se",
                                               "cohort_sd", "row_sd", "sd",      "df",   "arms_sd", "arms_df", "from"};
    static const bool kind_numbers[] = {false, true, true, true, true, true, true, true, true, true, true, false};
    out->discrepancy = table_create(12, kind_columns, kind_numbers);
    out->discrepancy_file = discrepancy_text(&j->discrepancy);
    bool fine = out->rows && out->summary && out->left_out && out->discrepancy && out->discrepancy_file;
    for (int kind = 0; kind < DISCREPANCY_COUNT && fine; kind++) fine = add_discrepancy(out->discrepancy, &j->discrepancy, kind);
    for (int r = 0; r < j->rows.n_rows && fine; r++)
        fine =
            j->out[r].predicted_any
                ? add_row(out->rows, j, &j->out[r])
                : add_left_out(out->left_out, j->rows.rows[r].row, why_not(&j->out[r]));
    for (int i = 0; i < j->rows.n_left_out && fine; i++)
        fine = add_left_out(out->left_out, j->rows.left_out[i].row, j->rows.left_out[i].reason);
    for (int r = 0; r < j->rows.n_rows; r++) {
        bool counts = j->out[r].predicted_any && validated_is_sign(&j->out[r]);
        out->signs += counts;
        out->signs_right += counts && validated_sign_agrees(&j->out[r]);
    }
    for (int role = ROLE_CALIBRATE; role <= ROLE_CONTEXT && fine; role++) {
        fine = add_summary(out->summary, j, (evidence_role)role, NULL);
        for (int i = 0; i < j->rows.n_rows && fine; i++) {
            const outcome_info *endpoint = validate_endpoint(j->out, i);
            if (endpoint) fine = add_summary(out->summary, j, (evidence_role)role, endpoint);
        }
    }
    return fine;
}

islet_table *validate_left_out(const validate_job *j)
{
    islet_table *out = table_create(LEFT_COLUMNS, left_columns, left_numbers);
    bool fine = out != NULL;
    for (int i = 0; i < j->rows.n_left_out && fine; i++) fine = add_left_out(out, j->rows.left_out[i].row, j->rows.left_out[i].reason);
    if (fine) return out;
    islet_table_free(out);
    return NULL;
}
