/* Top of the page: title, the trial in one paragraph, key results by arm. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/page.h"

void section_title(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT title FROM run", PAGE_BIND());
    while (page_row(p, &query)) text_html(p->out, column_string(query, 0));
}

void section_state(page *p)
{
    if (p->complete || p->status != ISLET_OK) return;
    text_add(p->out, "<p class=\"warning\" role=\"alert\"><strong>Interrupted run.</strong> ");
    text_count(p->out, p->enrolled);
    text_add(p->out, " of ");
    text_count(p->out, p->patients);
    text_add(p->out, " people are in this report; the numbers below are theirs.</p>");
}

/* a name of the data as people write it: '_' becomes `between` */
static void write_name(page *p, const char *name, char between)
{
    for (; *name; name++) {
        char letter[2] = {*name == '_' ? between : *name, 0};
        text_html(p->out, letter);
    }
}

/* " if hba1c_drop_pct >= 0.5 (given to 12 of 40)" */
static void write_condition(page *p, int arm, const char *only_if, int day)
{
    if (!only_if[0]) return;
    text_add(p->out, " if ");
    text_html(p->out, only_if);
    sqlite3_stmt *query = page_query(p, "SELECT count(DISTINCT patient) FROM event WHERE arm = ?1 AND day = ?2 AND kind = 'infusion'",
                                     PAGE_BIND(arm, day));
    while (page_row(p, &query)) {
        text_add(p->out, " (given to ");
        text_count(p->out, sqlite3_column_int64(query, 0));
        text_add(p->out, " of ");
        text_count(p->out, p->enrolled);
        text_add(p->out, ")");
    }
}

/* Courses of the same cells, dose and place, which differ by their days alone. */
#define DAYS_MAX 24
typedef struct {
    double dose;
    char unit[24], product[64], put[80], only_if[512];
    int n, day[DAYS_MAX];
} givings;

static bool is_same_giving(const givings *a, const givings *b)
{
    return a->dose == b->dose && !a->only_if[0] && !b->only_if[0] && strcmp(a->unit, b->unit) == 0 && strcmp(a->product, b->product) == 0 &&
           strcmp(a->put, b->put) == 0;
}

/* "800 million cells of zimislecel into the portal vein on day 0" or "... on days 0, 28 and 56" */
static void write_giving(page *p, int arm, const givings *g)
{
    if (g->dose >= 1e6) {
        text_fixed(p->out, g->dose / 1e6, g->dose == floor(g->dose / 1e6) * 1e6 ? 0 : 2);
        text_add(p->out, " million ");
    } else {
        text_count(p->out, g->dose >= 0.0 ? (int64_t)(g->dose + 0.5) : 0); /* of an altered store it may be no number */
        text_add(p->out, " ");
    }
    text_html(p->out, g->unit);
    text_add(p->out, " of ");
    write_name(p, g->product, ' ');
    text_add(p->out, " ");
    text_html(p->out, g->put);
    text_add(p->out, g->n > 1 ? " on days " : " on day ");
    for (int i = 0; i < g->n; i++) text_format(p->out, "%s%d", i == 0 ? "" : i == g->n - 1 ? " and " : ", ", g->day[i]);
    write_condition(p, arm, g->only_if, g->day[0]);
}

/* every giving of the arm, and how many there were */
static int write_givings(page *p, int arm)
{
    givings held = {.n = 0};
    int n = 0;
    sqlite3_stmt *query = page_query(p, "SELECT dose, dose_unit, product, put, coalesce(only_if, ''), day FROM course WHERE arm = ?1 ORDER BY course",
                                     PAGE_BIND(arm));
    while (page_row(p, &query)) {
        givings next = {.dose = column_number(query, 0), .n = 1, .day = {sqlite3_column_int(query, 5)}};
        snprintf(next.unit, sizeof next.unit, "%s", column_string(query, 1));
        snprintf(next.product, sizeof next.product, "%s", column_string(query, 2));
        snprintf(next.put, sizeof next.put, "%s", column_string(query, 3));
        snprintf(next.only_if, sizeof next.only_if, "%s", column_string(query, 4));
        if (held.n > 0 && held.n < DAYS_MAX && is_same_giving(&held, &next)) {
            held.day[held.n++] = next.day[0];
            continue;
        }
        if (held.n > 0) {
            write_giving(p, arm, &held);
            text_add(p->out, ", then ");
        }
        held = next;
        n++;
    }
    if (held.n > 0) write_giving(p, arm, &held);
    return n;
}

/* the cells of each course, and what else the arm gets */
static void write_courses(page *p, int arm)
{
    sqlite3_stmt *query;
    const int n = write_givings(p, arm);
    bool said = n > 0 || p->gives_cells; /* where no arm is given cells, "no cells" says nothing */
    if (n == 0 && p->gives_cells) text_add(p->out, "no cells");
    query = page_query(p, "SELECT regimen FROM arm WHERE arm = ?1 AND regimen IS NOT NULL", PAGE_BIND(arm));
    while (page_row(p, &query)) {
        text_add(p->out, ", with ");
        write_name(p, column_string(query, 0), '-');
        text_add(p->out, " immunosuppression");
    }
    query = page_query(p, "SELECT conditioning, conditioning_start_day FROM arm WHERE arm = ?1 AND conditioning IS NOT NULL",
                       PAGE_BIND(arm));
    while (page_row(p, &query)) {
        text_add(p->out, ", conditioning ");
        write_name(p, column_string(query, 0), ' ');
        text_format(p->out, " from day %d", sqlite3_column_int(query, 1));
    }
    query = page_query(p, "SELECT beside FROM arm WHERE arm = ?1 AND beside IS NOT NULL", PAGE_BIND(arm));
    while (page_row(p, &query)) {
        text_add(p->out, said ? "; " : "");
        write_name(p, column_string(query, 0), ' ');
        said = true;
    }
    if (!said) text_add(p->out, p->diabetes == PAGE_TYPE1 ? "insulin alone" : "care as before");
}

typedef struct {
    double value, low, high;
} estimate;

/* an estimate of the arm at the last visit, or of its difference from the control */
static estimate read_estimate(page *p, const char *table, const char *endpoint, int arm)
{
    estimate out = {NAN, NAN, NAN};
    char *sql = sqlite3_mprintf("SELECT value, ci_low, ci_high FROM %s WHERE arm = ?1 AND day = ?2 AND endpoint = %Q", table,
                                endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return out;
    }
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND(arm, p->last_visit_day));
    sqlite3_free(sql);
    while (page_row(p, &query)) out = (estimate){column_number(query, 0), column_number(query, 1), column_number(query, 2)};
    return out;
}

/* one number for every arm: "83 % with full dose and 0 % with insulin alone" */
static void write_by_arm(page *p, const page_line *line)
{
    text_add(p->out, line->phrase);
    for (int arm = 0; arm < p->arms; arm++) {
        estimate e = read_estimate(p, "endpoint_result", line->endpoint, arm);
        if (arm > 0) text_add(p->out, arm == p->arms - 1 ? " and " : ", ");
        text_add(p->out, "<strong>");
        text_fixed(p->out, e.value * line->scale, line->digits);
        text_add(p->out, line->unit[0] ? " " : "");
        text_add(p->out, line->unit);
        text_add(p->out, "</strong> with ");
        text_html(p->out, p->arm_names[arm]);
    }
}

/* how much it helps that the arms hold the same people */
static void write_pairing(page *p)
{
    bool begun = false;
    for (int arm = 0; arm < p->arms; arm++) {
        if (arm == p->control_arm) continue;
        double share = NAN;
        sqlite3_stmt *query = page_query(p, "SELECT variance_share FROM difference WHERE arm = ?1 AND day = ?2 AND "
                                         "endpoint = 'hba1c_pct'", PAGE_BIND(arm, p->last_visit_day));
        while (page_row(p, &query)) share = column_number(query, 0);
        if (isnan(share)) continue;
        if (begun) text_add(p->out, ", ");
        else text_format(p->out, "The variance of the difference in HbA1c from %s is ", p->has_control ? "the control" : "the first arm");
        text_fixed(p->out, 100.0 * share, 0);
        text_add(p->out, " % with ");
        text_html(p->out, p->arm_names[arm]);
        begun = true;
    }
    if (begun) text_add(p->out, " of what it would be with different people in each arm. ");
}

void section_paragraph(page *p)
{
    text_count(p->out, p->enrolled);
    text_add(p->out, p->paired ? " simulated people were each followed for "
                               : " simulated people in each arm were followed for ");
    length_label(p->out, p->follow_up_day);
    text_add(p->out, ". ");
    text_format(p->out, p->arms == 1 ? "There is %d arm: " : "There are %d arms: ", p->arms);
    for (int arm = 0; arm < p->arms; arm++) {
        if (arm > 0) text_add(p->out, "; ");
        arm_label(p, arm);
        text_add(p->out, " (");
        write_courses(p, arm);
        text_add(p->out, ")");
    }
    text_add(p->out, ". ");
    if (p->arms > 1)
        text_add(p->out, p->paired ? "Everybody is simulated once in every arm, with the same body, meals and luck, so the arms "
                                     "differ by treatment alone. "
                                   : "Every arm has its own people, as in a real trial. ");
    if (p->n_visits == 0) return;
    if (p->paired && p->control_arm >= 0) write_pairing(p);
    bool whole_years = p->last_visit_day > 0 && p->last_visit_day % 365 == 0;
    text_add(p->out, whole_years ? "After " : "On ");
    day_label(p->out, p->last_visit_day);
    text_add(p->out, ", ");
    int second = 1; /* HbA1c when it is shown at all, else what comes next */
    for (int i = 1; i < p->n_cards; i++)
        if (strcmp(p->cards[i]->endpoint, "hba1c_pct") == 0) second = i;
    write_by_arm(p, p->cards[0]);
    text_add(p->out, "; ");
    write_by_arm(p, p->cards[second]);
    text_add(p->out, ".");
}

static void write_card_line(page *p, int arm, const page_line *line)
{
    estimate e = read_estimate(p, "endpoint_result", line->endpoint, arm);
    double scale = line->scale;
    int digits = line->digits;
    text_add(p->out, "<div><dt>");
    text_add(p->out, line->card);
    text_add(p->out, "</dt><dd><b>");
    text_fixed(p->out, e.value * scale, digits);
    text_add(p->out, "</b> <span class=\"unit\">");
    text_add(p->out, line->unit);
    text_add(p->out, "</span>");
    if (!isnan(e.low)) {
        text_add(p->out, "<span class=\"ci\">");
        text_fixed(p->out, e.low * scale, digits + 1);
        text_add(p->out, " to ");
        text_fixed(p->out, e.high * scale, digits + 1);
        text_add(p->out, "</span>");
    }
    if (p->control_arm >= 0 && p->control_arm < p->arms && arm != p->control_arm) {
        estimate d = read_estimate(p, "difference", line->endpoint, arm);
        text_add(p->out, "<span class=\"delta\">");
        if (d.value * scale > 0.0) text_add(p->out, "+");
        text_fixed(p->out, d.value * scale, isnan(d.low) ? digits : digits + 1); /* a small one does not stand outside its interval */
        if (!isnan(d.low)) {
            text_add(p->out, " (");
            text_fixed(p->out, d.low * scale, digits + 1);
            text_add(p->out, " to ");
            text_fixed(p->out, d.high * scale, digits + 1);
            text_add(p->out, ")");
        }
        text_add(p->out, " against ");
        text_html(p->out, p->has_control ? "control" : p->arm_names[p->control_arm]);
        text_add(p->out, "</span>");
    }
    text_add(p->out, "</dd></div>\n");
}

static void write_trial_effect(page *p, int arm)
{
    sqlite3_stmt *query = page_query(p, "SELECT trial_effect FROM arm WHERE arm = ?1", PAGE_BIND(arm));
    while (page_row(p, &query)) {
        text_add(p->out, "<p class=\"note\">Trial effect: ");
        text_html(p->out, column_string(query, 0));
        text_add(p->out, ".</p>\n");
    }
}

void section_cards(page *p)
{
    for (int arm = 0; arm < p->arms && p->n_visits > 0; arm++) {
        text_format(p->out, "<article class=\"card arm%d\"><h3>", arm);
        text_html(p->out, p->arm_names[arm]);
        text_add(p->out, arm == p->control_arm && p->has_control ? " <span class=\"tag\">control</span></h3>\n<p>" : "</h3>\n<p>");
        write_courses(p, arm);
        text_add(p->out, "</p>\n");
        write_trial_effect(p, arm);
        text_add(p->out, "<dl>\n");
        for (int i = 0; i < p->n_cards; i++) write_card_line(p, arm, p->cards[i]);
        text_add(p->out, "</dl></article>\n");
    }
}
