/* Benefits and harms side by side, each as people of everybody enrolled. */
#include <math.h>
#include <string.h>

#include "report/page.h"
#include "stats/summary.h"

/* of whom a line is said */
typedef enum { OF_ALL, OF_INSULIN, OF_TYPE2, OF_NO_DIABETES, OF_GIVEN } outcome_of; /* GIVEN: cells, immunosuppression or conditioning */

static const struct {
    const char *endpoint, *label;
    bool benefit;
    outcome_of of;
} outcomes[] = {
    {"insulin_independent", "off insulin", true, OF_INSULIN},
    {"insulin_independent_strict", "off insulin by the strict definition*", true, OF_INSULIN},
    {"remission_t2d", "remission of type 2 diabetes", true, OF_TYPE2},
    {"diabetes", "without diabetes", true, OF_NO_DIABETES},
    {"metabolic_syndrome", "without metabolic syndrome", true, OF_NO_DIABETES},
    {"free_of_harm", "free of all harms below", true, OF_ALL},
    {"severe_hypo_any", "severe hypoglycaemia", false, OF_ALL},
    {"graft_lost", "graft lost", false, OF_GIVEN},
    {"portal_bleeding", "bleeding after portal puncture", false, OF_GIVEN},
    {"portal_thrombosis", "thrombosis of a portal branch", false, OF_GIVEN},
    {"cmv_infection", "cytomegalovirus infection", false, OF_GIVEN},
    {"serious_infection", "serious infection", false, OF_GIVEN},
    {"neutropenia", "serious lack of white blood cells", false, OF_GIVEN},
    {"fever", "fever after cells or without white blood cells", false, OF_GIVEN},
    {"infusion_reaction", "reaction to an infusion", false, OF_GIVEN},
    {"infertility", "infertility", false, OF_GIVEN},
    {"kidney_injury", "eGFR fell by 30 % or more", false, OF_ALL},
    {"malignancy", "cancer", false, OF_GIVEN},
    {"sensitisation", "antibodies against the donor", false, OF_GIVEN},
    {"treatment_death", "death from the treatment", false, OF_ALL},
    {"death", "death from any cause", false, OF_ALL},
    {"withdrawn", "left the trial", false, OF_ALL},
};
#define OUTCOMES ((int)(sizeof outcomes / sizeof outcomes[0]))

static bool is_shown(const page *p, int outcome)
{
    switch (outcomes[outcome].of) {
    case OF_ALL: return true;
    case OF_INSULIN: return p->about_insulin;
    case OF_TYPE2: return p->diabetes == PAGE_TYPE2;
    case OF_NO_DIABETES: return p->diabetes == PAGE_NO_DIABETES;
    case OF_GIVEN: return p->gives_cells;
    }
    return true;
}

/* people with the outcome and people enrolled; who was not measured did not have the benefit */
static summary count_people(page *p, const char *endpoint, bool turned, int arm)
{
    summary out = {0};
    char *sql = sqlite3_mprintf("SELECT coalesce(sum(%s\"%w\"), 0), count(*) FROM visit WHERE arm = ?1 AND day = ?2", turned ? "1 - " : "",
                                endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return out;
    }
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND(arm, p->last_visit_day));
    sqlite3_free(sql);
    while (page_row(p, &query))
        out = summary_binomial(sqlite3_column_int64(query, 0), sqlite3_column_int64(query, 1));
    return out;
}

/* A harm of which nothing is known in an arm has no value there: it is not one that nobody has. */
static bool is_modelled(page *p, const char *endpoint, int arm)
{
    bool modelled = true;
    char *sql = sqlite3_mprintf("SELECT count(\"%w\") > 0 OR count(*) = 0 FROM visit WHERE arm = ?1 AND day = ?2", endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return true;
    }
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND(arm, p->last_visit_day));
    sqlite3_free(sql);
    while (page_row(p, &query)) modelled = sqlite3_column_int(query, 0) != 0;
    return modelled;
}

static void write_outcome(page *p, int outcome, int arm)
{
    if (!outcomes[outcome].benefit && !is_modelled(p, outcomes[outcome].endpoint, arm)) {
        text_add(p->out, "<td class=\"n\">not modelled</td><td></td>");
        return;
    }
    const bool turned = outcomes[outcome].benefit && outcomes[outcome].of == OF_NO_DIABETES; /* counted are those without it */
    summary s = count_people(p, outcomes[outcome].endpoint, turned, arm);
    row_begin(p);
    field_text(p, "group", outcomes[outcome].benefit ? "Benefits" : "Harms");
    field_text(p, "outcome", outcomes[outcome].label);
    field_text(p, "arm", p->arm_names[arm]);
    field_number(p, "share", 100.0 * s.value, 2);
    field_number(p, "low", 100.0 * s.ci_low, 2);
    field_number(p, "high", 100.0 * s.ci_high, 2);
    row_end(p);
    text_add(p->out, "<td class=\"n\">");
    text_count(p->out, llround(s.value * (double)s.n));
    text_add(p->out, " of ");
    text_count(p->out, s.n);
    text_add(p->out, "</td>");
    cell_interval(p, s.value, s.ci_low, s.ci_high, 100.0, 1);
}

/* Harms that no trial has shown: bounds beside the table, in no count of it. */
static void write_bound(page *p, const char *query_text, const char *sentence)
{
    sqlite3_stmt *query = page_query(p, query_text, PAGE_BIND());
    int n = 0;
    while (page_row(p, &query)) {
        text_add(p->out, n++ ? "; " : sentence);
        arm_label(p, sqlite3_column_int(query, 0));
        text_add(p->out, " at most ");
        text_fixed(p->out, 100.0 * column_number(query, 1), 1);
        text_add(p->out, "\u00a0%");
    }
    if (n > 0) text_add(p->out, ".</p>\n");
}

static void write_bounds(page *p)
{
    write_bound(p, "SELECT arm, teratoma_bound FROM arm WHERE teratoma_bound IS NOT NULL ORDER BY arm",
                "<p class=\"note\">Teratoma is not simulated. An upper bound on its chance, from the undifferentiated cells that "
                "may be in the dose, and no estimate: ");
    write_bound(p, "SELECT arm, cancer_bound FROM arm WHERE cancer_bound IS NOT NULL ORDER BY arm",
                "<p class=\"note\">Cancer by the cells is not simulated. Trials of such cells saw no more of it than their "
                "controls; what their interval still allows until the end of follow-up, and no estimate: ");
}

/* What "free of all harms" cannot count. */
static void write_left_out(page *p)
{
    int n = 0;
    for (int arm = 0; arm < p->arms; arm++) {
        bool fever = is_modelled(p, "fever", arm), reaction = is_modelled(p, "infusion_reaction", arm);
        if (fever && reaction) continue;
        text_add(p->out, n++ ? "; " : "<p class=\"note\">Not modelled is what no published share was found of, and \"free of all harms\" does not count it: ");
        arm_label(p, arm);
        text_add(p->out, fever ? " (reactions)" : reaction ? " (fever)" : " (fever, reactions)");
    }
    if (n > 0) text_add(p->out, ".</p>\n");
    sqlite3_stmt *query = page_query(p, "SELECT DISTINCT put FROM course WHERE put LIKE '%artery%' ORDER BY put", PAGE_BIND());
    for (n = 0; page_row(p, &query); n++) {
        text_add(p->out, n ? "; " : "<p class=\"note\">The harms of putting cells through an artery, and of drawing them, are not modelled: ");
        text_html(p->out, (const char *)sqlite3_column_text(query, 0));
    }
    if (n > 0) text_add(p->out, ".</p>\n");
}

void section_outcomes(page *p)
{
    data_begin(p, "outcomes");
    text_add(p->out, "<div class=\"scroll\"><table><thead><tr><th scope=\"col\">outcome</th>");
    for (int arm = 0; arm < p->arms; arm++) {
        text_add(p->out, "<th scope=\"col\" class=\"n\">");
        arm_label(p, arm);
        text_add(p->out, "</th><th scope=\"col\" class=\"n\">% (95 % interval)</th>");
    }
    text_add(p->out, "</tr></thead><tbody>\n");
    int before = -1; /* line above */
    for (int i = 0; i < OUTCOMES && p->n_visits > 0; i++) {
        if (!is_shown(p, i)) continue;
        if (before < 0 || outcomes[i].benefit != outcomes[before].benefit)
            text_format(p->out, "<tr class=\"group\"><th colspan=\"%d\" scope=\"rowgroup\">%s</th></tr>\n", 1 + 2 * p->arms,
                        outcomes[i].benefit ? "Benefits" : "Harms");
        before = i;
        text_add(p->out, "<tr>");
        cell_text(p, outcomes[i].label);
        for (int arm = 0; arm < p->arms; arm++) write_outcome(p, i, arm);
        text_add(p->out, "</tr>\n");
    }
    table_end(p);
    data_end(p);
    if (p->about_insulin)
        text_add(p->out, "<p class=\"note\">* and HbA1c below 7.0&nbsp;%, mean fasting glucose of the week at most 126&nbsp;mg/dL, and "
                         "stimulated C-peptide at least 0.17&nbsp;nmol/L.</p>\n");
    write_left_out(p);
    write_bounds(p);
}
