/* Ranges wider than chance, where a run has them: where trials would find it, and what rival accounts would give. */
#include <math.h>
#include <string.h>

#include "report/page.h"

/* behind the end points of the cards */
static const page_line of_harm[] = {
    {.endpoint = "severe_hypo_any", .card = "Severe hypoglycaemia", .unit = "% of people", .scale = 100.0},
    {.endpoint = "free_of_harm", .card = "Free of harm", .unit = "% of people", .scale = 100.0},
};
#define OF_HARM ((int)(sizeof of_harm / sizeof of_harm[0]))
static const char *const kinds[] = {"trial_bare", "trial", "alternatives"};

/* the last visit of one arm: value of the run, then each range that the store has of it */
static void write_row(page *p, const page_line *line, int arm)
{
    const double scale = line->scale;
    const int digits = line->digits + (scale == 1.0);
    char *sql = sqlite3_mprintf(
        "SELECT r.kind, r.low, r.high, e.value FROM endpoint_result e LEFT JOIN range_result r USING (arm, endpoint, day) "
        "WHERE e.arm = ?1 AND e.day = ?2 AND e.endpoint = %Q",
        line->endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return;
    }
    double low[3] = {NAN, NAN, NAN}, high[3] = {low[0], low[0], low[0]}, value = low[0];
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND(arm, p->last_visit_day));
    sqlite3_free(sql);
    while (page_row(p, &query)) {
        value = column_number(query, 3);
        for (int k = 0; k < 3; k++) {
            if (strcmp(column_string(query, 0), kinds[k]) != 0) continue;
            low[k] = column_number(query, 1);
            high[k] = column_number(query, 2);
        }
    }
    text_add(p->out, "<tr>");
    text_add(p->out, "<td>");
    text_add(p->out, line->card);
    text_add(p->out, line->unit[0] ? ", " : "");
    text_add(p->out, line->unit);
    text_add(p->out, "</td>");
    text_add(p->out, "<td>");
    arm_label(p, arm);
    text_add(p->out, "</td>");
    cell_number(p, scale * value, digits);
    for (int k = 0; k < 3; k++) {
        cell_number(p, scale * low[k], digits);
        cell_number(p, scale * high[k], digits);
    }
    text_add(p->out, "</tr>\n");
}

void section_ranges(page *p)
{
    static const char *const headings[] = {"end point", "arm",
                                           "#this run", "#chance and parameters, from",
                                           "#to",       "#and what trials differ by, from",
                                           "#to",       "#rival accounts, from",
                                           "#to",       NULL};
    sqlite3_stmt *query = page_query(p, "SELECT count(*) FROM range_result WHERE day = ?1", PAGE_BIND(p->last_visit_day));
    int64_t n = 0;
    while (page_row(p, &query)) n = sqlite3_column_int64(query, 0);
    if (n == 0) {
        text_add(
            p->out,
            "<p class=\"note\">This run has none: <code>islet run --uncertainty --alternatives</code> finds them.</p>\n");
        return;
    }
    table_begin(p, headings);
    for (int i = 0; i < p->n_cards + OF_HARM && p->n_visits > 0; i++)
        for (int arm = 0; arm < p->arms; arm++) write_row(p, i < p->n_cards ? p->cards[i] : &of_harm[i - p->n_cards], arm);
    table_end(p);
}
