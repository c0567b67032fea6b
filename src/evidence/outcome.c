/* Reader of evidence rows: the columns of the header, then every row with its words, its unit and what its numbers can be. */
#include "evidence/outcome.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/duration.h"
#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"
#include "base/yaml_read.h"
#include "evidence/outcome_check.h"
#include "evidence/outcome_units.h"

#define DAY_MAX 36500
#define ROUNDING_FRAC 0.006 /* a share printed in whole per cent, beside its count */
#define SMALLEST_PERSON 0.5
#define SE_RATIO_MAX 1.25   /* printed se over sd / sqrt(n): more than rounding */

/* every column that is read; the first 15 are the format's own, of which a file leaves out what it has nothing for */
/* clang-format off */
#define COLUMNS(C)                                                                                                    \
    C(trial_id) C(cohort_group) C(arm) C(protocol) C(endpoint) C(unit) C(day) C(n) C(value) C(sd) C(se) C(ci_low)     \
    C(ci_high) C(events) C(role) C(statistic) C(q1) C(q3) C(arm_role) C(part_of) C(n_arm) C(cell_type) C(cell_source) \
    C(population) C(design) C(product) C(dose_cells) C(regimen) C(citation) C(source) C(source_kind) C(note)          \
    C(printed) C(original) C(time) C(week) C(month) C(year) C(min) C(max) C(comparator_arm) C(n_comparator)
/* clang-format on */
enum {
#define C(name) COLUMN_##name,
    COLUMNS(C)
#undef C
        COLUMN_COUNT
};
#define FORMAT_COLUMNS (COLUMN_role + 1)
static const int needed[] = {COLUMN_trial_id, COLUMN_arm, COLUMN_endpoint};
/* the one of these that a file has, in this order; a number alone is in its unit, and in `time` it must bring one */
static const struct {
    int column;
    duration_unit unit;
} times[] = {{COLUMN_day, DURATION_DAYS},     {COLUMN_time, DURATION_UNITS}, {COLUMN_week, DURATION_WEEKS},
             {COLUMN_month, DURATION_MONTHS}, {COLUMN_year, DURATION_YEARS}};
#define TIMES ((int)(sizeof times / sizeof *times))
static const char *const column_names[COLUMN_COUNT] = {
#define C(name) #name,
    COLUMNS(C)
#undef C
};

typedef struct {
    csv_file *file;
    const char *path;
    islet_problems *problems;
    int columns[COLUMN_COUNT]; /* -1: not in the file */
    int time;                  /* which of `times` the file has */
    int row;
    int errors;
} reader;

/* ---- cells ---- */

static const csv_cell *cell_of(const reader *in, int column)
{
    static const csv_cell none = {"", 0, 0};
    return in->columns[column] < 0 ? &none : csv_cell_at(in->file, in->row, in->columns[column]);
}

static const char *text_of(const reader *in, int column)
{
    return cell_of(in, column)->text;
}

/* says what is wrong with a cell; where the column is missing, with the row */
static void refuse(reader *in, int column, const char *expected)
{
    const csv_cell *cell = cell_of(in, column);
    int line = cell->line ? cell->line : csv_cell_at(in->file, in->row, 0)->line;
    if (cell->text[0])
        problems_error(in->problems, in->path, line, cell->column, "%s is '%s'; expected %s; correct the row",
                       column_names[column], cell->text, expected);
    else
        problems_error(in->problems, in->path, line, cell->column ? cell->column : 1,
                       "%s is empty; expected %s; complete the row", column_names[column], expected);
    in->errors++;
}

/* NaN when empty */
static double number_of(reader *in, int column)
{
    const char *text = text_of(in, column);
    double value = NAN;
    if (text[0] && !number_read(text, strlen(text), &value))
        refuse(in, column, "a plain number with a point (2.6), or nothing when it was not published");
    return value;
}

static bool is_count(double x)
{
    return x >= 0 && x == floor(x) && x < 1e9;
}

static double count_of(reader *in, int column, double least, const char *expected)
{
    double value = number_of(in, column);
    if (!isnan(value) && !(is_count(value) && value >= least)) refuse(in, column, expected);
    return value;
}

static int word_of(reader *in, int column, const char *(*word)(int), const char *expected)
{
    for (int i = 0; word(i); i++)
        if (strcmp(word(i), text_of(in, column)) == 0) return i;
    refuse(in, column, expected);
    return -1;
}

static const char *role_word(int i)
{
    return evidence_role_word((evidence_role)i);
}
static const char *statistic_word(int i)
{
    return evidence_statistic_word((evidence_statistic)i);
}

/* ---- units ---- */

static bool find_conversion(reader *in, const evidence_row *row, bool counted, outcome_conversion *out)
{
    const outcome_info *endpoint = &row->endpoint;
    const bool relative = row->statistic == STATISTIC_CHANGE_PCT; /* the unit of the end point itself has no part in it */
    const char *written = text_of(in, COLUMN_unit);
    *out = (outcome_conversion){NULL, endpoint->unit, written, 1, 0};
    if (written[0] && outcome_unit_is(written, endpoint->unit)) return true;
    if (counted && (!written[0] || strcmp(written, "participants") == 0)) return true; /* a count has no unit */
    const outcome_conversion *found = outcome_conversion_find(endpoint, written, relative);
    if (found) {
        *out = *found;
        return true;
    }
    char known[UNITS_SHOWN];
    outcome_units_list(endpoint, known);
    const csv_cell *cell = cell_of(in, COLUMN_unit);
    problems_error(in->problems, in->path, cell->line ? cell->line : csv_cell_at(in->file, in->row, 0)->line,
                   cell->column ? cell->column : 1, "unit '%s' of %s; expected %s; write the one that was published%s",
                   written, endpoint->key, known, outcome_unit_elsewhere(endpoint, written));
    in->errors++;
    return false;
}

static void convert(evidence_row *row, const outcome_conversion *by)
{
    double offset = evidence_is_change(row) || evidence_is_difference(row) ? 0 : by->offset;
    double *values[] = {&row->value, &row->ci_low, &row->ci_high, &row->q1, &row->q3, &row->least, &row->most};
    for (int i = 0; i < 7; i++) *values[i] = by->factor * *values[i] + offset;
    row->sd *= by->factor;
    row->se *= by->factor;
}

/* ---- what the numbers of a row can be ---- */

static void check_count(reader *in, evidence_row *row)
{
    if (evidence_is_difference(row)) refuse(in, COLUMN_events, "nothing: a difference between arms stands in the column value");
    else if (!outcome_is_share(&row->endpoint))
        refuse(in, COLUMN_events, "nothing: this end point is a mean, with its number in the column value");
    else if (isnan(row->n)) refuse(in, COLUMN_n, "the people the events are counted among");
    else if (!(row->events <= row->n)) refuse(in, COLUMN_events, "no more events than people (column n)");
    else if (!isnan(row->value) && !(fabs(row->value - row->events / row->n) <= ROUNDING_FRAC))
        refuse(in, COLUMN_value, "events / n, or nothing, where events are counted");
    else row->value = row->events / row->n;
}

static void check_value(reader *in, const evidence_row *row)
{
    double low = row->endpoint.low, high = row->endpoint.high, width = high - low;
    bool change = evidence_is_change(row) || evidence_is_difference(row);
    if (isnan(row->value)) {
        refuse(in, COLUMN_value, outcome_is_share(&row->endpoint) ? "a number here, or a count in events" : "a number");
        return;
    }
    if (change) low = -width, high = width;
    if (!(row->value >= low && row->value <= high)) {
        char least[NUMBER_TEXT], most[NUMBER_TEXT];
        number_write(low, least);
        number_write(high, most);
        problems_error(in->problems, in->path, cell_of(in, COLUMN_value)->line, cell_of(in, COLUMN_value)->column,
                       "value is %s %s; expected %s to %s %s for %s; look at the unit%s", text_of(in, COLUMN_value),
                       text_of(in, COLUMN_unit), least, most, row->endpoint.unit, row->endpoint.key,
                       change || outcome_is_share(&row->endpoint)
                           ? ""
                           : "; a change since day 0 has the word change in the column statistic");
        in->errors++;
    }
    if (isnan(row->n) && isnan(row->se) && isnan(row->ci_low))
        refuse(in, COLUMN_n, "the people behind the number, or its se or interval");
    if (outcome_is_share(&row->endpoint) && !change && row->value > 0 && row->value * row->n < SMALLEST_PERSON)
        problems_warning(in->problems, in->path, row->line, cell_of(in, COLUMN_value)->column,
                         "value is %s %s, less than half a person of n %s; expected a share of so many; look at the unit (0.83 is the fraction, 83 the %%)",
                         text_of(in, COLUMN_value), text_of(in, COLUMN_unit), text_of(in, COLUMN_n));
}

static void check_spread(reader *in, const evidence_row *row)
{
    if (row->sd < 0) refuse(in, COLUMN_sd, "0 or more");
    if (row->se < 0) refuse(in, COLUMN_se, "0 or more");
    if (isnan(row->ci_low) != isnan(row->ci_high))
        refuse(in, isnan(row->ci_low) ? COLUMN_ci_low : COLUMN_ci_high, "both ends of the 95 % interval");
    else if (row->ci_low > row->value || row->ci_high < row->value)
        refuse(in, row->ci_low > row->value ? COLUMN_ci_low : COLUMN_ci_high, "an interval around the value");
    if (isnan(row->q1) != isnan(row->q3)) refuse(in, isnan(row->q1) ? COLUMN_q1 : COLUMN_q3, "both quartiles");
    else if (row->q1 > row->value || row->q3 < row->value)
        refuse(in, row->q1 > row->value ? COLUMN_q1 : COLUMN_q3, "quartiles around the median");
    if (row->least > row->value || row->most < row->value)
        refuse(in, row->least > row->value ? COLUMN_min : COLUMN_max, "a range around the value");
    if (evidence_is_difference(row)) return;
    double ratio = row->se / (row->sd / sqrt(row->n));
    if (ratio > SE_RATIO_MAX || ratio < 1 / SE_RATIO_MAX)
        problems_warning(in->problems, in->path, row->line, cell_of(in, COLUMN_se)->column,
                         "se is %s beside sd %s and n %s; expected sd / sqrt(n); look which of the two was published",
                         text_of(in, COLUMN_se), text_of(in, COLUMN_sd), text_of(in, COLUMN_n));
}

/* ---- a row ---- */

static void read_texts(reader *in, evidence_row *row)
{
    row->trial = text_of(in, COLUMN_trial_id);
    row->group = text_of(in, COLUMN_cohort_group);
    row->arm = text_of(in, COLUMN_arm);
    row->protocol = text_of(in, COLUMN_protocol);
    row->arm_role = text_of(in, COLUMN_arm_role);
    row->part_of = text_of(in, COLUMN_part_of);
    row->cell_type = text_of(in, COLUMN_cell_type);
    row->cell_source = text_of(in, COLUMN_cell_source);
    row->population = text_of(in, COLUMN_population);
    row->design = text_of(in, COLUMN_design);
    row->product = text_of(in, COLUMN_product);
    row->regimen = text_of(in, COLUMN_regimen);
    row->citation = text_of(in, COLUMN_citation);
    row->source = text_of(in, COLUMN_source);
    row->source_kind = text_of(in, COLUMN_source_kind);
    row->note = text_of(in, COLUMN_note);
    row->printed = text_of(in, COLUMN_printed);
    row->comparator = text_of(in, COLUMN_comparator_arm);
    if (!row->trial[0]) refuse(in, COLUMN_trial_id, "the trial's name");
    if (in->columns[COLUMN_cohort_group] < 0) row->group = row->trial;
    else if (!row->group[0]) refuse(in, COLUMN_cohort_group, "one name for all trials with the same people");
    if (!row->arm[0]) refuse(in, COLUMN_arm, "the arm's name");
    if (in->columns[COLUMN_source] >= 0 && !row->source[0]) refuse(in, COLUMN_source, "where the number was read");
    if (in->columns[COLUMN_arm_role] >= 0 && strcmp(row->arm_role, "treatment") != 0 &&
        strcmp(row->arm_role, "control") != 0 && strcmp(row->arm_role, "single") != 0)
        refuse(in, COLUMN_arm_role, "treatment, control or single");
}

static void read_day(reader *in, evidence_row *row)
{
    static const char days[] = "whole days since treatment, 0 to 36500, or a number with its unit, such as 24 weeks or 6 months";
    static const char unit[] = "a number with its unit, such as 24 weeks, 6 months or 1 year, or baseline";
    const int column = times[in->time].column;
    const char *text = text_of(in, column);
    duration_unit in_unit = times[in->time].unit;
    double day, plain;
    bool whole = !number_read(text, strlen(text), &plain) || column != COLUMN_day || plain == floor(plain);
    if (whole && duration_read(text, &in_unit, &day) && day >= 0 && day <= DAY_MAX) row->day = (int)day;
    else refuse(in, column, column == COLUMN_day ? days : unit);
}

static void read_numbers(reader *in, evidence_row *row)
{
    read_day(in, row);
    row->n = count_of(in, COLUMN_n, 1, "a whole number of people, 1 or more");
    row->n_arm = count_of(in, COLUMN_n_arm, 1, "a whole number of people, 1 or more");
    row->events = count_of(in, COLUMN_events, 0, "a whole number, 0 or more");
    row->value = number_of(in, COLUMN_value);
    row->sd = number_of(in, COLUMN_sd);
    row->se = number_of(in, COLUMN_se);
    row->ci_low = number_of(in, COLUMN_ci_low);
    row->ci_high = number_of(in, COLUMN_ci_high);
    row->q1 = number_of(in, COLUMN_q1);
    row->q3 = number_of(in, COLUMN_q3);
    row->least = number_of(in, COLUMN_min);
    row->most = number_of(in, COLUMN_max);
    row->n_comparator = count_of(in, COLUMN_n_comparator, 1, "a whole number of people, 1 or more");
    row->dose_cells = number_of(in, COLUMN_dose_cells);
    double original = count_of(in, COLUMN_original, 1, "the number of a row of outcomes_original.csv");
    row->original = original >= 1 && original < 1e9 ? (int)original : 0;
}

/* words for differences between arms, which the column comparator_arm makes them */
static const struct {
    const char *word;
    evidence_statistic statistic;
} difference_words[] = {{"difference", STATISTICS},
                        {"mean_difference", STATISTIC_MEAN},
                        {"change_difference", STATISTIC_CHANGE},
                        {"risk_difference", STATISTIC_SHARE}};

/* STATISTICS after a message */
static evidence_statistic statistic_named(reader *in, const evidence_row *row, evidence_statistic usual)
{
    const char *text = text_of(in, COLUMN_statistic);
    for (size_t i = 0; i < sizeof difference_words / sizeof *difference_words; i++) {
        if (strcmp(difference_words[i].word, text) != 0) continue;
        if (evidence_is_difference(row)) return difference_words[i].statistic == STATISTICS ? usual : difference_words[i].statistic;
        refuse(in, COLUMN_comparator_arm, "the arm that is subtracted, for a difference");
        return STATISTICS;
    }
    int word = word_of(in, COLUMN_statistic, statistic_word,
                       "share, ever, mean, median, geometric_mean, adjusted_mean, change, change_pct or median_change; of two arms "
                       "difference, mean_difference, change_difference or risk_difference");
    return word < 0 ? STATISTICS : (evidence_statistic)word;
}

static void read_statistic(reader *in, evidence_row *row)
{
    bool share = outcome_is_share(&row->endpoint);
    row->statistic = share ? STATISTIC_SHARE : STATISTIC_MEAN;
    if (!text_of(in, COLUMN_statistic)[0]) return;
    evidence_statistic named = statistic_named(in, row, row->statistic);
    if (named == STATISTICS) return;
    row->statistic = named;
    if (share != (row->statistic <= STATISTIC_EVER) || row->statistic == STATISTIC_SIGN)
        refuse(in, COLUMN_statistic,
               share ? "share or ever" : "mean, median, geometric_mean, adjusted_mean, change, change_pct or median_change");
    else if (evidence_is_difference(row) && (evidence_is_median(row) || row->statistic == STATISTIC_GEOMETRIC_MEAN))
        refuse(in, COLUMN_statistic, "mean, adjusted_mean, change, change_pct or share where two arms are subtracted");
    if (row->statistic != STATISTIC_CHANGE_PCT) return;
    row->endpoint.unit = "%";
    row->endpoint.low = -100, row->endpoint.high = 1000;
}

/* a value below 0 of what is never below it can be nothing else */
static void take_for_change(reader *in, evidence_row *row)
{
    if (text_of(in, COLUMN_statistic)[0] || outcome_is_share(&row->endpoint) || row->endpoint.low < 0 ||
        !(row->value < 0) || row->day == 0 || evidence_is_difference(row))
        return;
    row->statistic = STATISTIC_CHANGE;
    problems_warning(in->problems, in->path, row->line, cell_of(in, COLUMN_value)->column,
                     "value is %s, and %s is never below 0; it is read as the mean change since day 0; write change in the column statistic",
                     text_of(in, COLUMN_value), row->endpoint.key);
}

static void read_row(reader *in, evidence_row *row)
{
    *row = (evidence_row){.line = csv_cell_at(in->file, in->row, 0)->line};
    int before = in->errors;
    read_texts(in, row);
    read_numbers(in, row);
    int role = in->columns[COLUMN_role] < 0
                   ? ROLE_VALIDATE
                   : word_of(in, COLUMN_role, role_word, "calibrate, validate, context, direction or claim");
    if (role >= 0) row->role = (evidence_role)role;
    if (!outcome_find(text_of(in, COLUMN_endpoint), &row->endpoint)) {
        const char *nearest = outcome_nearest(text_of(in, COLUMN_endpoint));
        char expected[160];
        snprintf(expected, sizeof expected, "an end point of docs/evidence.md%s%s%s", nearest ? ", perhaps '" : "",
                 nearest ? nearest : "", nearest ? "'" : "");
        refuse(in, COLUMN_endpoint, expected);
        return;
    }
    if (row->role == ROLE_DIRECTION) {
        if (row->value != -1 && row->value != 0 && row->value != 1) refuse(in, COLUMN_value, "a sign: -1, 0 or 1");
        row->statistic = STATISTIC_SIGN;
        return;
    }
    read_statistic(in, row);
    outcome_conversion unit;
    bool counted = !isnan(row->events) && isnan(row->value);
    if (!find_conversion(in, row, counted, &unit) || in->errors > before) return;
    take_for_change(in, row);
    convert(row, &unit);
    if (!isnan(row->events)) check_count(in, row);
    if (in->errors == before) check_value(in, row);
    check_spread(in, row);
}

/* ---- the file ---- */

static bool read_header(reader *in)
{
    static const char format[] = "trial_id,cohort_group,arm,protocol,endpoint,unit,day,n,value,sd,se,ci_low,ci_high,events,role";
    bool whole = true;
    for (int i = 0; i < COLUMN_COUNT; i++) in->columns[i] = csv_column(in->file, column_names[i]);
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        if (in->columns[needed[i]] >= 0) continue;
        problems_error(in->problems, in->path, 1, 1, "there is no column '%s'; expected names of %s; add it",
                       column_names[needed[i]], format);
        whole = false;
    }
    for (in->time = 0; in->time < TIMES && in->columns[times[in->time].column] < 0;) in->time++;
    if (in->time == TIMES) {
        problems_error(in->problems, in->path, 1, 1,
                       "there is no column 'day'; expected one of day, time (24 weeks), week, month or year; add it");
        whole = false;
    }
    for (int i = in->time + 1; i < TIMES; i++) in->columns[times[i].column] = -1; /* a year beside a day is perhaps that of the paper */
    if (in->columns[COLUMN_value] < 0 && in->columns[COLUMN_events] < 0) {
        problems_error(in->problems, in->path, 1, 1,
                       "there is neither a column 'value' nor 'events'; expected names of %s; add what was published",
                       format);
        whole = false;
    }
    const char *absent[FORMAT_COLUMNS +
                       1]; /* of which an unknown column may be a misspelling; of short names too much would be */
    int n_absent = 0;
    for (int i = 0; i < FORMAT_COLUMNS; i++)
        if (in->columns[i] < 0 && strlen(column_names[i]) > 4) absent[n_absent++] = column_names[i];
    absent[n_absent] = NULL;
    for (int i = 0; i < in->file->columns; i++) {
        bool known = false;
        for (int j = 0; j < COLUMN_COUNT; j++) known = known || in->columns[j] == i;
        const csv_cell *cell = &in->file->cells[i];
        const char *meant = known ? NULL : yaml_nearest(cell->text, absent);
        if (meant) {
            problems_error(in->problems, in->path, cell->line, cell->column,
                           "there is no column '%s' but one '%s'; expected names of %s; rename it", meant, cell->text,
                           format);
            whole = false;
        } else if (!known) {
            problems_warning(in->problems, in->path, cell->line, cell->column,
                             "the column '%s' is not read; expected a name of docs/evidence.md", cell->text);
        }
    }
    return whole;
}

/* takes the table that *out holds */
static islet_status read_rows(const char *path, evidence_rows *out, islet_problems *problems)
{
    reader in = {.file = &out->file, .path = path, .problems = problems};
    out->path = path;
    islet_status status = ISLET_ERR_INPUT;
    if (!read_header(&in)) goto done;
    out->rows = calloc((size_t)out->file.rows, sizeof *out->rows);
    status = ISLET_ERR_MEMORY;
    if (!out->rows) goto done;
    out->n = out->file.rows;
    for (in.row = 0; in.row < out->n; in.row++) read_row(&in, &out->rows[in.row]);
    status = in.errors == 0 && outcome_check_together(out, problems) ? ISLET_OK : ISLET_ERR_INPUT;
done:
    if (status != ISLET_OK) evidence_free(out);
    return status;
}

islet_status evidence_read(const char *path, evidence_rows *out, islet_problems *problems)
{
    *out = (evidence_rows){0};
    islet_status status = csv_read(path, &out->file, problems);
    return status == ISLET_OK ? read_rows(path, out, problems) : status;
}

islet_status evidence_parse(const char *text, size_t size, const char *path, evidence_rows *out,
                            islet_problems *problems)
{
    *out = (evidence_rows){0};
    islet_status status = csv_parse(text, size, path, &out->file, problems);
    return status == ISLET_OK ? read_rows(path, out, problems) : status;
}

islet_status evidence_shipped(evidence_rows *out, islet_problems *problems)
{
    static const char path[] = "data/evidence/outcomes.csv";
    const embedded_file *file = embedded_find(path);
    *out = (evidence_rows){0};
    return file ? evidence_parse((const char *)file->bytes, file->size, path, out, problems) : ISLET_ERR_UNSUPPORTED;
}

void evidence_free(evidence_rows *rows)
{
    free(rows->rows);
    csv_free(&rows->file);
    *rows = (evidence_rows){0};
}

int evidence_cell_column(const evidence_rows *rows, const evidence_row *row, const char *name)
{
    const int column = rows->file.cells ? csv_column(&rows->file, name) : -1;
    for (int i = 0; column >= 0 && i < rows->file.rows; i++)
        if (csv_cell_at(&rows->file, i, 0)->line == row->line) return csv_cell_at(&rows->file, i, column)->column;
    return 0;
}
