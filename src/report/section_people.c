/* The people before treatment, beside what was published of the people in the trial. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "report/page.h"
#include "stats/summary.h"
#include "store/evidence.h"

/* One trait: a value a person in arm 0 (paired) or in all arms. `published` is the end point of the evidence rows. */
static const struct {
    const char *label, *published, *sql;
    int digits;
    bool share; /* 0 or 100 a person: a spread would say nothing */
} traits[] = {
    {"Age, years", "age_year", "SELECT age_year FROM patient ORDER BY patient", 1, false},
    {"Years since diagnosis", "duration_year", "SELECT duration_year FROM patient ORDER BY patient", 1, false},
    {"Women, %", "female_pct", "SELECT 100.0 * female FROM patient ORDER BY patient", 0, true},
    {"Weight, kg", "weight_kg", "SELECT weight_kg FROM patient ORDER BY patient", 1, false},
    {"Body mass index, kg/m\u00b2", "bmi_kg_m2", "SELECT bmi_kg_m2 FROM patient ORDER BY patient", 1, false},
    {"eGFR, mL/min/1.73 m\u00b2", "egfr_ml_min_1_73m2", "SELECT egfr_ml_min_1_73m2 FROM patient ORDER BY patient", 0,
     false},
    {"Impaired awareness of hypoglycaemia, %", "impaired_awareness_pct",
     "SELECT 100.0 * impaired_awareness FROM patient ORDER BY patient", 0, true},
    {"Severe hypoglycaemia, events in the year before", "severe_hypo_per_year",
     "SELECT severe_hypo_per_year FROM patient ORDER BY patient", 1, false},
    {"HbA1c, %", "hba1c_pct", "SELECT hba1c_pct FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 2, false},
    {"Insulin, U/day", "insulin_u_per_day",
     "SELECT insulin_u_per_kg_day * visit.weight_kg FROM visit JOIN patient USING (patient) WHERE "
     "arm = 0 AND day = 0 ORDER BY patient",
     1, false},
    {"Insulin, U/kg/day", "insulin_u_per_kg_day",
     "SELECT insulin_u_per_kg_day FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 2, false},
    {"Time in 70\u2013180 mg/dL, %", "time_in_range_pct",
     "SELECT time_in_range_pct FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 1, false},
    {"Time below 70 mg/dL, %", "time_below_70_pct",
     "SELECT time_below_70_pct FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 1, false},
    {"Time below 54 mg/dL, %", "time_below_54_pct",
     "SELECT time_below_54_pct FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 1, false},
    {"Glucose coefficient of variation, %", "glucose_cv_pct",
     "SELECT glucose_cv_pct FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 1, false},
    {"Stimulated C-peptide, nmol/L", "c_peptide_stimulated_nmol_l",
     "SELECT c_peptide_stimulated_nmol_l FROM visit WHERE arm = 0 AND day = 0 ORDER BY patient", 3, false},
};

/* is the row of an arm that was given what an arm of this run gives? */
static bool is_alike(page *p, const evidence_row *row)
{
    bool found = false;
    sqlite3_stmt *query = page_query(p, "SELECT trial_id, published_arm FROM published_arm", PAGE_BIND());
    while (page_row(p, &query))
        found = found || (strcmp(column_string(query, 0), row->trial) == 0 && strcmp(column_string(query, 1), row->arm) == 0);
    return found;
}

static void write_published(page *p, const evidence_rows *base, const char *endpoint, int digits)
{
    int written = 0;
    for (int i = 0; i < base->n; i++) {
        const evidence_row *row = &base->rows[i];
        const bool median = row->statistic == STATISTIC_MEDIAN;
        if (row->day != 0 || !(median || row->statistic == STATISTIC_MEAN) || !(row->n >= 2.0) ||
            strcmp(row->endpoint.key, endpoint) != 0 || !is_alike(p, row))
            continue;
        text_add(p->out, written++ ? "; " : "");
        text_fixed(p->out, row->value, digits > 1 ? 1 : digits);
        text_format(p->out, " <span class=\"note\">%sn = %d, ", median ? "median, " : "", (int)row->n);
        text_html(p->out, row->trial);
        text_add(p->out, " ");
        source_link(p, row->source);
        text_add(p->out, "</span>");
    }
    if (!written) text_add(p->out, "<span class=\"note\">not found</span>");
}

void section_people(page *p)
{
    static const char *const headings[] = {"before treatment", "#mean", "#SD", "#10 % below", "#10 % above", "#people",
                                           "published", NULL};
    evidence_rows base;
    if (p->status != ISLET_OK) return;
    p->status = store_evidence_read(p->store, &base, p->problems);
    if (p->status != ISLET_OK) return;
    table_begin(p, headings);
    for (size_t i = 0; i < sizeof traits / sizeof traits[0] && p->status == ISLET_OK; i++) {
        int64_t n;
        double *values = page_values(p, traits[i].sql, PAGE_BIND(), &n);
        summary s = summary_mean(values, n);
        int64_t measured = n > 0 ? summary_sort(values, n) : 0;
        int digits = traits[i].digits;
        text_add(p->out, "<tr>");
        cell_text(p, traits[i].label);
        cell_number(p, s.value, digits);
        bool share = traits[i].share;
        cell_number(p, share ? NAN : s.sd, digits);
        cell_number(p, share ? NAN : summary_quantile(values, measured, 0.1), digits);
        cell_number(p, share ? NAN : summary_quantile(values, measured, 0.9), digits);
        cell_count(p, measured);
        text_add(p->out, "<td>");
        write_published(p, &base, traits[i].published, digits);
        text_add(p->out, "</td></tr>\n");
        free(values);
    }
    table_end(p);
    evidence_free(&base);
    sqlite3_stmt *query = page_query(p, "SELECT screened_out FROM run WHERE screened_out IS NOT NULL", PAGE_BIND());
    while (page_row(p, &query)) {
        text_add(p->out, "<p>");
        text_count(p->out, sqlite3_column_int64(query, 0));
        text_add(
            p->out,
            " candidates were drawn and not enrolled, because they did not meet the requirements of the protocol.</p>\n");
    }
}
