/* Reaching and keeping insulin independence: Kaplan-Meier curves with numbers at risk. Someone who dies or leaves is no
 * longer followed from that day (censored). */
#include <math.h>
#include <stdlib.h>

#include "report/page.h"
#include "stats/survival.h"

#define TICKS 6 /* times at which numbers at risk are shown, besides 0 */

/* days of one person: -1 when it never happened */
typedef struct {
    int stopped, resumed, left;
} person_days;

static person_days *read_people(page *p, int arm, int64_t *n)
{
    person_days *people = malloc((size_t)(p->enrolled + 1) * sizeof *people);
    *n = 0;
    if (!people) {
        p->status = ISLET_ERR_MEMORY;
        return NULL;
    }
    sqlite3_stmt *query = page_query(p,
        "SELECT stop, (SELECT min(day) FROM event AS e WHERE e.arm = ?1 AND e.patient = s.patient AND kind = 'insulin_resumed' "
        "AND day > stop), gone FROM (SELECT v.patient, "
        "(SELECT min(day) FROM event AS e WHERE e.arm = ?1 AND e.patient = v.patient AND kind = 'insulin_stopped') AS stop, "
        "(SELECT min(day) FROM event AS e WHERE e.arm = ?1 AND e.patient = v.patient AND kind IN ('death', 'withdrawn')) AS gone "
        "FROM visit AS v WHERE arm = ?1 AND day = ?2 ORDER BY v.patient) AS s", PAGE_BIND(arm, p->last_visit_day));
    while (page_row(p, &query)) {
        int days[3];
        for (int i = 0; i < 3; i++)
            days[i] = sqlite3_column_type(query, i) == SQLITE_NULL ? -1 : sqlite3_column_int(query, i);
        if (*n < p->enrolled) people[(*n)++] = (person_days){days[0], days[1], days[2]};
    }
    return people;
}

typedef enum { REACHING, KEEPING } question;

/* people => curve of the question, in days */
static void estimate_curve(page *p, question asked, const person_days *people, int64_t n, survival_curve *out)
{
    double *time = malloc((size_t)(n + 1) * sizeof *time);
    unsigned char *event = malloc((size_t)(n + 1));
    int64_t counted = 0;
    *out = (survival_curve){0};
    if (!time || !event) {
        p->status = ISLET_ERR_MEMORY;
        goto done;
    }
    for (int64_t i = 0; i < n; i++) {
        int end = people[i].left >= 0 ? people[i].left : p->follow_up_day;
        int happened = asked == REACHING ? people[i].stopped : people[i].resumed;
        int start = asked == REACHING ? 0 : people[i].stopped;
        if (start < 0) continue; /* never off insulin: nothing to keep */
        event[counted] = happened >= 0 && happened <= end;
        int last = event[counted] ? happened : end;
        time[counted++] = last > start ? last - start : 0;
    }
    islet_status status = survival_estimate(time, event, counted, SURVIVAL_LOG_LOG, out);
    if (status != ISLET_OK) p->status = status;
done:
    free(time);
    free(event);
}

/* reaching is shown as the share who have, keeping as the share who still do */
static void write_step(page *p, question asked, int arm, double day, const survival_point *s)
{
    bool turned = asked == REACHING;
    row_begin(p);
    field_text(p, "arm", p->arm_names[arm]);
    field_number(p, "time", day / p->days_a_unit, 3);
    field_number(p, "share", 100.0 * (turned ? 1.0 - s->survival : s->survival), 2);
    field_number(p, "low", 100.0 * (turned ? 1.0 - s->ci_high : s->ci_low), 2);
    field_number(p, "high", 100.0 * (turned ? 1.0 - s->ci_low : s->ci_high), 2);
    row_end(p);
}

static void write_risk(page *p, question asked, int arm, const survival_curve *curve)
{
    for (int tick = 0; tick <= TICKS; tick++) {
        double day = p->follow_up_day * (double)tick / TICKS;
        survival_point s = survival_at(curve, day);
        int64_t at_risk = survival_at_risk(curve, day);
        row_begin(p);
        field_text(p, "arm", p->arm_names[arm]);
        field_number(p, "time", day / p->days_a_unit, 3);
        field_number(p, "at_risk", (double)at_risk, 0);
        row_end(p);
        text_add(p->out, "<tr><td>");
        arm_label(p, arm);
        text_add(p->out, "</td>");
        cell_number(p, day, 0);
        cell_count(p, at_risk);
        if (asked == REACHING) cell_interval(p, 1.0 - s.survival, 1.0 - s.ci_high, 1.0 - s.ci_low, 100.0, 1);
        else cell_interval(p, s.survival, s.ci_low, s.ci_high, 100.0, 1);
        text_add(p->out, "</tr>\n");
    }
}

static void write_curve(page *p, int arm, question asked, const survival_curve *curve)
{
    survival_point start = survival_at(curve, -1.0);
    write_step(p, asked, arm, 0.0, &start);
    for (int i = 0; i < curve->n_points; i++) write_step(p, asked, arm, curve->points[i].time, &curve->points[i]);
    double last = curve->n > 0 ? curve->times[curve->n - 1] : 0.0;
    survival_point end = survival_at(curve, last);
    write_step(p, asked, arm, last, &end);
}

static void write_figure(page *p, question asked, const char *steps, const char *risk)
{
    static const char *const headings[] = {"arm", "#day", "#at risk", "#share, % (95 % interval)", NULL};
    survival_curve curves[PAGE_ARMS] = {{0}};
    for (int arm = 0; arm < p->arms && p->status == ISLET_OK; arm++) {
        int64_t n;
        person_days *people = read_people(p, arm, &n);
        if (p->status == ISLET_OK) estimate_curve(p, asked, people, n, &curves[arm]);
        free(people);
    }
    /* an arm where nobody is to be followed has no curve */
    data_begin(p, steps);
    for (int arm = 0; arm < p->arms; arm++)
        if (curves[arm].n > 0) write_curve(p, arm, asked, &curves[arm]);
    data_end(p);
    data_begin(p, risk);
    table_begin(p, headings);
    for (int arm = 0; arm < p->arms; arm++)
        if (curves[arm].n > 0) write_risk(p, asked, arm, &curves[arm]);
    table_end(p);
    data_end(p);
    for (int arm = 0; arm < p->arms; arm++) survival_free(&curves[arm]);
}

static void write_picture(page *p, question asked, const char *name, const char *risk, const char *caption, const char *says)
{
    text_format(p->out, "<figure>\n<figcaption>%s</figcaption>\n<div class=\"plot\" data-figure=\"%s\" role=\"img\" aria-label=\"%s\"></div>\n"
                        "<details><summary>Numbers</summary>\n", caption, name, says);
    write_figure(p, asked, name, risk);
    text_add(p->out, "</details>\n</figure>\n");
}

/* where nobody injects insulin before treatment there is nothing to reach */
void section_independence(page *p)
{
    if (!p->about_insulin) return;
    text_add(p->out, "<section id=\"independence\">\n<h2>Reaching and keeping life without insulin</h2>\n"
                     "<p class=\"explain\">Kaplan-Meier estimates with 95&nbsp;% intervals; under each picture the number of people still "
                     "followed. Independence begins on the first of at least 14 days without injected insulin. Who dies or leaves is "
                     "followed until that day.</p>\n<div class=\"pair\">\n");
    write_picture(p, REACHING, "reaching", "reaching_risk", "Reached: share of people who have been off insulin",
                  "Share of people who have reached insulin independence over time");
    write_picture(p, KEEPING, "keeping", "keeping_risk", "Kept: share still off insulin after stopping",
                  "Share of people who keep insulin independence over time");
    text_add(p->out, "</div>\n</section>\n");
}

void section_independence_link(page *p)
{
    if (p->about_insulin) text_add(p->out, "<a href=\"#independence\">Off insulin</a>");
}
