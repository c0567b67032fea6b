/* End points over time: mean, the middle 80 % of people, and some single people; of a share its interval. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/page.h"
#include "stats/summary.h"

/* Single lines of all arms together: the first people enrolled, who are as good as any. With many arms they would hide the means. */
#define SHOWN_LINES 40
#define SHOWN_PEOPLE 20
#define LINES_ARMS 8

static int shown_people(const page *p)
{
    const int each = SHOWN_LINES / p->arms;
    return p->arms > LINES_ARMS ? 0 : each < SHOWN_PEOPLE ? each : SHOWN_PEOPLE;
}

typedef struct {
    double mean, ci_low, ci_high, low, high;
    int64_t people;
} band;

static bool read_band(page *p, const page_line *line, int arm, int day, band *out)
{
    int64_t n;
    char *sql = sqlite3_mprintf("SELECT \"%w\" FROM visit WHERE arm = ?1 AND day = ?2 ORDER BY patient", line->endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return false;
    }
    double *values = page_values(p, sql, PAGE_BIND(arm, day), &n);
    sqlite3_free(sql);
    const bool share = line->scale != 1.0;
    const summary s = share ? summary_share(values, n) : summary_mean(values, n);
    const int64_t measured = n > 0 ? summary_sort(values, n) : 0;
    *out = (band){s.value, s.ci_low, s.ci_high, s.ci_low, s.ci_high, measured};
    if (!share) {
        out->low = summary_quantile(values, measured, 0.1);
        out->high = summary_quantile(values, measured, 0.9);
    }
    free(values);
    return measured > 0;
}

static void write_band(page *p, const page_line *line, int arm, int day)
{
    band b;
    const int digits = line->curve_digits;
    const double scale = line->scale;
    if (!read_band(p, line, arm, day, &b)) return;
    row_begin(p);
    field_text(p, "endpoint", line->endpoint);
    field_text(p, "arm", p->arm_names[arm]);
    field_number(p, "time", day / p->days_a_unit, 3);
    field_number(p, "mean", scale * b.mean, digits);
    field_number(p, "low", scale * b.low, digits);
    field_number(p, "high", scale * b.high, digits);
    row_end(p);
    text_add(p->out, "<tr>");
    cell_text(p, line->curve);
    text_add(p->out, "<td>");
    arm_label(p, arm);
    text_add(p->out, "</td>");
    cell_count(p, day);
    cell_interval(p, b.mean, b.ci_low, b.ci_high, scale, digits);
    cell_number(p, scale == 1.0 ? b.low : NAN, digits);
    cell_number(p, scale == 1.0 ? b.high : NAN, digits);
    cell_count(p, b.people);
    text_add(p->out, "</tr>\n");
}

static void write_people(page *p, const page_line *line, int arm)
{
    if (line->scale != 1.0 || shown_people(p) == 0) return; /* a share is of people together */
    char *sql = sqlite3_mprintf("SELECT day, patient, \"%w\" FROM visit WHERE arm = ?1 AND patient IN (SELECT patient FROM visit "
                                "WHERE arm = ?1 AND day = ?2 ORDER BY patient LIMIT ?3) AND \"%w\" IS NOT NULL ORDER BY patient, day",
                                line->endpoint, line->endpoint);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return;
    }
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND(arm, p->last_visit_day, shown_people(p)));
    sqlite3_free(sql);
    while (page_row(p, &query)) {
        row_begin(p);
        field_text(p, "endpoint", line->endpoint);
        field_text(p, "arm", p->arm_names[arm]);
        field_number(p, "time", sqlite3_column_int(query, 0) / p->days_a_unit, 3);
        field_number(p, "person", column_number(query, 1), 0);
        field_number(p, "value", column_number(query, 2), line->curve_digits);
        row_end(p);
    }
}

void section_course(page *p)
{
    static const char *const headings[] = {"end point", "arm", "#day", "#mean (95 % interval)", "#10 % of people below",
                                           "#10 % of people above", "#people", NULL};
    data_begin(p, "course");
    table_begin(p, headings);
    for (int panel = 0; panel < p->n_curves; panel++)
        for (int arm = 0; arm < p->arms; arm++) {
            for (int visit = 0; visit < p->n_visits; visit++) write_band(p, p->curves[panel], arm, p->visit_days[visit]);
            write_people(p, p->curves[panel], arm);
        }
    table_end(p);
    data_end(p);
}

void section_course_words(page *p)
{
    const int people = shown_people(p);
    bool share = false;
    for (int i = 0; i < p->n_curves; i++) share = share || p->curves[i]->scale != 1.0;
    text_add(p->out, "Thick line: mean. Band: from the person at 10&nbsp;% to the person at 90&nbsp;%");
    text_add(p->out, share ? "; of a share of people its 95&nbsp;% interval." : ".");
    if (p->arms > LINES_ARMS) text_add(p->out, " With so many arms single people are left out, and bands are faint.");
    else if (people > 0) text_format(p->out, " Thin lines: %d single people of each arm.", people);
}

/* an end point that is the same in everybody gets room around it, or its axis would have no length */
static void write_scale(text *out, const page_line *line, double low, double high)
{
    const bool constant = high - low < 1e-3 && fabs(low) < 1e6;
    if (line->scale != 1.0) text_add(out, "{\"domain\":[0,100]}");
    else if (constant) text_format(out, "{\"domain\":[%d,%d]}", (int)floor(low), (int)floor(low) + 1);
    else text_add(out, "{\"zero\":false}");
}

/* one picture for each end point, as words of course.vl.json */
void course_words(page *p, text *out)
{
    text_add(out, "[");
    for (int i = 0; i < p->n_curves; i++) {
        const page_line *line = p->curves[i];
        double low = INFINITY, high = -INFINITY;
        char *sql = sqlite3_mprintf("SELECT min(\"%w\"), max(\"%w\") FROM visit", line->endpoint, line->endpoint);
        sqlite3_stmt *query = sql ? page_query(p, sql, PAGE_BIND()) : NULL;
        sqlite3_free(sql);
        while (page_row(p, &query)) low = line->scale * column_number(query, 0), high = line->scale * column_number(query, 1);
        text_add(out, i ? ",{\"panel_filter\":" : "{\"panel_filter\":");
        char filter[128];
        snprintf(filter, sizeof filter, "datum.endpoint === '%s'", line->endpoint);
        text_json(out, filter);
        text_add(out, ",\"panel_title\":");
        text_json(out, line->curve);
        text_add(out, ",\"panel_scale\":");
        write_scale(out, line, low, high);
        text_add(out, "}");
    }
    text_add(out, "]");
}
