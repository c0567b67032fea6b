/* Scales of the discrepancy, and its file: one row a kind, all numbers plain. */
#include "evidence/discrepancy.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/csv.h"
#include "base/embedded.h"
#include "base/number.h"
#include "base/problems.h"

#define SHIPPED "data/evidence/discrepancy.csv"
#define DOSE_OFFSET_U_KG 0.05   /* a dose near 0 differs by units, a large one by percents */
#define USUAL_WEIGHT_KG 70.0
#define USUAL_DOSE_U_KG 0.5     /* before treatment; puts the offset on the scale of a relative change */
#define C_PEPTIDE_OFFSET 0.02   /* nmol/L, about what assays see */
#define LEAST_SHARE 1e-6
#define USUAL_C_PEPTIDE 0.6     /* nmol/L: what a relative difference of the level is as a change; where trials begin (NH_CLVER2023, role calibrate: 0.60, 0.66) */
#define TIME_IN_RANGE_A_POINT 12.5 /* points of time in range for one of HbA1c: 10 for 0.8 (doi:10.1089/dia.2018.0310) */
#define GLUCOSE_A_POINT 28.7    /* mg/dL (ADAG, doi:10.2337/dc08-0545) */

double discrepancy_to(const discrepancy_scale *scale, double x)
{
    if (scale->form == FORM_LINEAR) return x;
    if (scale->form == FORM_LOG) return log(fmax(x + scale->offset, 0.01 * scale->offset));
    double share = fmin(fmax(x, LEAST_SHARE), 1.0 - LEAST_SHARE);
    return log(share / (1.0 - share));
}

double discrepancy_from(const discrepancy_scale *scale, double z)
{
    if (scale->form == FORM_LINEAR) return z;
    if (scale->form == FORM_LOG) return exp(z) - scale->offset;
    return 1.0 / (1.0 + exp(-z));
}

discrepancy_kind discrepancy_of(const char *endpoint, endpoint_kind kind, bool change, discrepancy_scale *scale)
{
    static const struct {
        const char *endpoint;
        discrepancy_kind kind;
        discrepancy_scale scale;
    } known[] = {
        {"hba1c_pct", DISCREPANCY_hba1c, {FORM_LINEAR, 0.0}},
        {"glucose_management_indicator_pct", DISCREPANCY_hba1c, {FORM_LINEAR, 0.0}},
        {"insulin_u_per_kg_day", DISCREPANCY_insulin, {FORM_LOG, DOSE_OFFSET_U_KG}},
        {"insulin_u_per_day", DISCREPANCY_insulin, {FORM_LOG, DOSE_OFFSET_U_KG * USUAL_WEIGHT_KG}},
        {"insulin_change_pct", DISCREPANCY_insulin, {FORM_LOG, 100.0 + 100.0 * DOSE_OFFSET_U_KG / USUAL_DOSE_U_KG}},
        {"c_peptide_fasting_nmol_l", DISCREPANCY_c_peptide, {FORM_LOG, C_PEPTIDE_OFFSET}},
        {"c_peptide_stimulated_nmol_l", DISCREPANCY_c_peptide, {FORM_LOG, C_PEPTIDE_OFFSET}},
        {"c_peptide_auc_mean_nmol_l", DISCREPANCY_c_peptide, {FORM_LOG, C_PEPTIDE_OFFSET}},
        {"time_in_range_pct", DISCREPANCY_time_in_range, {FORM_LINEAR, 0.0}},
        {"time_above_180_pct", DISCREPANCY_time_in_range, {FORM_LINEAR, 0.0}},
        {"fasting_glucose_mg_dl", DISCREPANCY_glucose, {FORM_LINEAR, 0.0}},
        {"mean_glucose_mg_dl", DISCREPANCY_glucose, {FORM_LINEAR, 0.0}},
    };
    *scale = (discrepancy_scale){FORM_LINEAR, 0.0};
    if (kind == ENDPOINT_KIND_fraction || kind == ENDPOINT_KIND_harm) {
        *scale = (discrepancy_scale){FORM_LOGIT, 0.0};
        return DISCREPANCY_share;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i].endpoint, endpoint) != 0) continue;
        if (change && known[i].kind == DISCREPANCY_c_peptide) return DISCREPANCY_c_peptide_change;
        if (change && known[i].kind == DISCREPANCY_insulin)
            return DISCREPANCY_other; /* units of a change are no share of a dose */
        *scale = known[i].scale;
        return known[i].kind;
    }
    return DISCREPANCY_other;
}

discrepancy_kind discrepancy_of_row(const evidence_row *row, discrepancy_scale *scale)
{
    const bool difference = evidence_is_difference(row);
    bool change = evidence_is_change(row) || row->statistic == STATISTIC_SIGN || difference;
    if (row->statistic == STATISTIC_CHANGE_PCT) {
        discrepancy_kind kind = discrepancy_of(row->endpoint.key, row->endpoint.kind, false, scale);
        const bool relative = (kind == DISCREPANCY_insulin || kind == DISCREPANCY_c_peptide) && !difference;
        const double offset = kind == DISCREPANCY_insulin ? DOSE_OFFSET_U_KG / USUAL_DOSE_U_KG : C_PEPTIDE_OFFSET / USUAL_C_PEPTIDE;
        *scale = relative ? (discrepancy_scale){FORM_LOG, 100.0 + 100.0 * offset} : (discrepancy_scale){FORM_LINEAR, 0.0};
        return relative ? kind : DISCREPANCY_other;
    }
    if (!difference || !outcome_is_share(&row->endpoint))
        return discrepancy_of(row->endpoint.key, row->endpoint.kind, change, scale);
    *scale = (discrepancy_scale){FORM_LINEAR, 0.0}; /* a difference of shares */
    return DISCREPANCY_other;
}

static const char *const names[DISCREPANCY_COUNT] = {
#define KIND(name, sentence) #name,
    DISCREPANCY_KINDS(KIND)
#undef KIND
};
static const char *const sentences[DISCREPANCY_COUNT] = {
#define KIND(name, sentence) sentence,
    DISCREPANCY_KINDS(KIND)
#undef KIND
};

const char *discrepancy_name(discrepancy_kind kind)
{
    return names[kind];
}

static void derive(discrepancy *d, discrepancy_kind kind, discrepancy_kind other, double a_point)
{
    const discrepancy_term *from = &d->term[other];
    if (d->term[kind].cohorts >= DISCREPANCY_LEAST_COHORTS) return;
    d->term[kind] = (discrepancy_term){.bias = NAN,
                                       .bias_se = NAN,
                                       .cohort_sd = a_point * from->cohort_sd,
                                       .row_sd = a_point * from->row_sd,
                                       .sd = a_point * from->sd,
                                       .df = from->df,
                                       .arms_sd = a_point * from->arms_sd,
                                       .arms_df = from->arms_df};
}

void discrepancy_derive(discrepancy *d)
{
    for (int k = 0; k < DISCREPANCY_COUNT; k++)
        if (d->term[k].cohorts < DISCREPANCY_LEAST_COHORTS) d->term[k] = (discrepancy_term){.bias = NAN, .bias_se = NAN};
    derive(d, DISCREPANCY_time_in_range, DISCREPANCY_hba1c, TIME_IN_RANGE_A_POINT);
    derive(d, DISCREPANCY_glucose, DISCREPANCY_hba1c, GLUCOSE_A_POINT);
    derive(d, DISCREPANCY_c_peptide_change, DISCREPANCY_c_peptide, USUAL_C_PEPTIDE);
}

/* ---- file ---- */

enum {
    COLUMN_KIND,
    COLUMN_ROWS,
    COLUMN_COHORTS,
    COLUMN_BIAS,
    COLUMN_BIAS_SE,
    COLUMN_COHORT_SD,
    COLUMN_ROW_SD,
    COLUMN_SD,
    COLUMN_DF,
    COLUMN_ARMS_SD,
    COLUMN_ARMS_DF,
    COLUMN_SCALE,
    COLUMNS
};
static const char *const columns[COLUMNS] = {"kind",      "rows",   "cohorts", "bias", "bias_se",
                                             "cohort_sd", "row_sd", "sd",      "df",   "arms_sd", "arms_df", "scale"};

static int kind_named(const char *text)
{
    for (int k = 0; k < DISCREPANCY_COUNT; k++)
        if (strcmp(names[k], text) == 0) return k;
    return -1;
}

/* one row; false after a message */
static bool read_row(const csv_file *file, const int *at, int row, const char *path, discrepancy *out, islet_problems *problems)
{
    double number[COLUMNS] = {0};
    const csv_cell *first = csv_cell_at(file, row, at[COLUMN_KIND]);
    int kind = kind_named(first->text);
    if (kind < 0) {
        problems_error(problems, path, first->line, first->column,
                       "kind: '%.40s' is none; expected one of those of docs/validation.md", first->text);
        return false;
    }
    for (int c = COLUMN_ROWS; c <= COLUMN_ARMS_DF; c++) {
        const csv_cell *cell = csv_cell_at(file, row, at[c]);
        bool may_miss = c == COLUMN_BIAS || c == COLUMN_BIAS_SE;
        number[c] = NAN;
        bool fine = cell->text[0] ? number_read(cell->text, strlen(cell->text), &number[c]) : may_miss;
        if (fine && (may_miss || (number[c] >= 0.0 && number[c] <= 1e6))) continue;
        problems_error(problems, path, cell->line, cell->column, "%s: '%.40s'; expected a number of 0 or more",
                       columns[c], cell->text);
        return false;
    }
    out->term[kind] = (discrepancy_term){
        (int)number[COLUMN_ROWS], (int)number[COLUMN_COHORTS], number[COLUMN_BIAS], number[COLUMN_BIAS_SE],
        number[COLUMN_COHORT_SD], number[COLUMN_ROW_SD],       number[COLUMN_SD],   number[COLUMN_DF],
        number[COLUMN_ARMS_SD], number[COLUMN_ARMS_DF]};
    const discrepancy_term *t = &out->term[kind];
    if ((t->sd == 0.0 || t->df >= 1.0) && (t->arms_sd == 0.0 || t->arms_df >= 1.0)) return true;
    problems_error(problems, path, first->line, 0, "df or arms_df: nothing for an sd above 0; expected 1 or more");
    return false;
}

islet_status discrepancy_parse(const char *text, size_t size, const char *path, discrepancy *out, islet_problems *problems)
{
    csv_file file;
    int at[COLUMNS];
    *out = (discrepancy){0};
    for (int k = 0; k < DISCREPANCY_COUNT; k++) out->term[k].bias = out->term[k].bias_se = NAN;
    islet_status status = csv_parse(text, size, path, &file, problems);
    if (status != ISLET_OK) return status;
    for (int c = 0; c < COLUMNS; c++) {
        at[c] = csv_column(&file, columns[c]);
        if (at[c] >= 0) continue;
        problems_error(problems, path, 1, 0,
                       "the column %s is missing; expected a file that islet validate --discrepancy wrote", columns[c]);
        status = ISLET_ERR_INPUT;
    }
    for (int row = 0; row < file.rows && status == ISLET_OK; row++)
        if (!read_row(&file, at, row, path, out, problems)) status = ISLET_ERR_INPUT;
    csv_free(&file);
    return status;
}

islet_status discrepancy_shipped(discrepancy *out, islet_problems *problems)
{
    const embedded_file *file = embedded_find(SHIPPED);
    *out = (discrepancy){0};
    return file ? discrepancy_parse((const char *)file->bytes, file->size, SHIPPED, out, problems) : ISLET_ERR_INPUT;
}

char *discrepancy_text(const discrepancy *d)
{
    size_t room = 256 + DISCREPANCY_COUNT * (COLUMNS * NUMBER_TEXT + 80), at = 0;
    char *out = malloc(room);
    if (!out) return NULL;
    for (int c = 0; c < COLUMNS; c++) at += (size_t)snprintf(out + at, room - at, "%s%s", c ? "," : "", columns[c]);
    at += (size_t)snprintf(out + at, room - at, "\n");
    for (int k = 0; k < DISCREPANCY_COUNT; k++) {
        const discrepancy_term *t = &d->term[k];
        const double number[] = {t->rows, t->cohorts, t->bias, t->bias_se, t->cohort_sd, t->row_sd, t->sd, t->df, t->arms_sd, t->arms_df};
        at += (size_t)snprintf(out + at, room - at, "%s", names[k]);
        for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
            char text[NUMBER_TEXT] = "";
            if (!isnan(number[i])) number_write(round(number[i] * 1e4) / 1e4, text);
            at += (size_t)snprintf(out + at, room - at, ",%s", text);
        }
        at += (size_t)snprintf(out + at, room - at, ",\"%s\"\n", sentences[k]);
    }
    return out;
}
