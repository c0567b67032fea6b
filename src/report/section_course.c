/* End points over time: mean, the middle 80 % of people, and some single people. */
#include <math.h>
#include <stdlib.h>

#include "report/page.h"
#include "stats/summary.h"

#define SHOWN_PEOPLE 20 /* single lines an arm: the first people enrolled, who are as good as any */

static const struct {
    const char *endpoint, *label;
    int digits;
} panels[] = {
    {"c_peptide_stimulated_nmol_l", "Stimulated C-peptide, nmol/L", 3},
    {"hba1c_pct", "HbA1c, %", 2},
    {"insulin_u_per_kg_day", "Injected insulin, U/kg/day", 3},
    {"time_in_range_pct", "Time in 70\u2013180 mg/dL, %", 1},
};

static void write_band(page *p, int panel, int arm, int day)
{
    int64_t n;
    char *sql = sqlite3_mprintf("SELECT \"%w\" FROM visit WHERE arm = ?1 AND day = ?2 ORDER BY patient", panels[panel].endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return;
    }
    double *values = page_values(p, sql, PAGE_BIND(arm, day), &n);
    sqlite3_free(sql);
    summary s = summary_mean(values, n);
    int64_t measured = n > 0 ? summary_sort(values, n) : 0;
    double low = summary_quantile(values, measured, 0.1), high = summary_quantile(values, measured, 0.9);
    free(values);
    if (measured == 0) return;
    int digits = panels[panel].digits;
    row_begin(p);
    field_text(p, "endpoint", panels[panel].endpoint);
    field_text(p, "arm", p->arm_names[arm]);
    field_number(p, "time", day / p->days_a_unit, 3);
    field_number(p, "mean", s.value, digits);
    field_number(p, "low", low, digits);
    field_number(p, "high", high, digits);
    row_end(p);
    text_add(p->out, "<tr>");
    cell_text(p, panels[panel].label);
    text_add(p->out, "<td>");
    arm_label(p, arm);
    text_add(p->out, "</td>");
    cell_count(p, day);
    cell_interval(p, s.value, s.ci_low, s.ci_high, 1.0, digits);
    cell_number(p, low, digits);
    cell_number(p, high, digits);
    cell_count(p, measured);
    text_add(p->out, "</tr>\n");
}

static void write_people(page *p, int panel, int arm)
{
    char *sql = sqlite3_mprintf("SELECT day, patient, \"%w\" FROM visit WHERE arm = ?1 AND patient IN (SELECT patient FROM visit "
                                "WHERE arm = ?1 AND day = ?2 ORDER BY patient LIMIT ?3) AND \"%w\" IS NOT NULL ORDER BY patient, day",
                                panels[panel].endpoint, panels[panel].endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return;
    }
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND(arm, p->last_visit_day, SHOWN_PEOPLE));
    sqlite3_free(sql);
    while (page_row(p, &query)) {
        row_begin(p);
        field_text(p, "endpoint", panels[panel].endpoint);
        field_text(p, "arm", p->arm_names[arm]);
        field_number(p, "time", sqlite3_column_int(query, 0) / p->days_a_unit, 3);
        field_number(p, "person", column_number(query, 1), 0);
        field_number(p, "value", column_number(query, 2), panels[panel].digits);
        row_end(p);
    }
}

void section_course(page *p)
{
    static const char *const headings[] = {"end point", "arm", "#day", "#mean (95 % interval)", "#10 % of people below",
                                           "#10 % of people above", "#people", NULL};
    data_begin(p, "course");
    table_begin(p, headings);
    for (size_t panel = 0; panel < sizeof panels / sizeof panels[0]; panel++)
        for (int arm = 0; arm < p->arms; arm++) {
            for (int visit = 0; visit < p->n_visits; visit++) write_band(p, (int)panel, arm, p->visit_days[visit]);
            write_people(p, (int)panel, arm);
        }
    table_end(p);
    data_end(p);
}
