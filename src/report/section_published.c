/* Simulated against published: rows of the table `evidence` that say which product, dose and immunosuppression stand
 * for what was given, matched by these, end point and day.
 *
 * The simulated mean has a range in which 95 % of trials with the published number of people would find theirs: sampling
 * of people only, parameters held fixed. For a mean it is mean +/- 1.96 sd / sqrt(n); for a count the 2.5 % and 97.5 %
 * quantiles of the binomial distribution at the simulated share. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endpoint.h"
#include "report/page.h"
#include "stats/summary.h"
#include "store/evidence.h"

#define NEAR_DAY 15       /* a visit this near to the published day is compared */
#define SAME_DOSE 0.01    /* relative */
#define NOT_LEFT " AND hba1c_pct IS NOT NULL " /* who has left has no visit */

/* End points of the published rows that are not columns of `visit`: one value a person, arm ?1 and day ?2. */
static const struct {
    const char *endpoint, *label, *sql;
    double scale;
    int digits;
} derived[] = {
    {"insulin_u_per_day", "Insulin, U/day",
     "SELECT insulin_u_per_kg_day * visit.weight_kg FROM visit JOIN patient USING (patient) "
     "WHERE arm = ?1 AND day = ?2 ORDER BY patient",
     1.0, 1},
    {"insulin_change_pct", "Change of insulin dose, %",
     "SELECT 100.0 * (v.insulin_u_per_kg_day / b.insulin_u_per_kg_day - 1.0) "
     "FROM visit AS v JOIN visit AS b ON b.arm = v.arm AND b.patient = v.patient AND b.day = 0 "
     "WHERE v.arm = ?1 AND v.day = ?2 AND b.insulin_u_per_kg_day > 0 ORDER BY v.patient",
     1.0, 0},
    {"hba1c_below_7", "HbA1c below 7 %, % of people",
     "SELECT hba1c_pct < 7.0 FROM visit WHERE arm = ?1 AND day = ?2 ORDER BY "
     "patient",
     100.0, 0},
    {"time_in_range_above_70", "Time in range over 70 %, % of people",
     "SELECT time_in_range_pct > 70.0 FROM visit WHERE "
     "arm = ?1 AND day = ?2 ORDER BY patient",
     100.0, 0},
    {"c_peptide_detectable", "C-peptide detectable, % of people",
     "SELECT c_peptide_stimulated_nmol_l > 0.0 FROM visit WHERE "
     "arm = ?1 AND day = ?2 ORDER BY patient",
     100.0, 0},
    {"severe_hypo_free_from_90", "No severe hypo after day 90, %",
     "SELECT NOT EXISTS (SELECT 1 FROM event AS e "
     "WHERE e.arm = visit.arm AND e.patient = visit.patient AND e.kind = 'severe_hypo' AND e.day BETWEEN 90 AND ?2) FROM visit "
     "WHERE arm = ?1 AND day = ?2" NOT_LEFT "ORDER BY patient",
     100.0, 0},
};

/* words for the columns of `visit` that were published */
static const struct {
    const char *endpoint, *label;
    int digits;
} labels[] = {
    {"c_peptide_stimulated_nmol_l", "Stimulated C-peptide, nmol/L", 2},
    {"hba1c_pct", "HbA1c, %", 1},
    {"time_in_range_pct", "Time in range, %", 0},
    {"insulin_independent", "Off insulin, % of people", 0},
    {"severe_hypo_per_year", "Severe hypoglycaemia, events a year", 1},
    {"death", "Death, % of people", 0},
};

typedef struct {
    const char *label;
    double scale;
    int digits;
    char sql[512]; /* one value a person */
    char name[64]; /* of a change; label then points here */
} measure;

/* change of a column of `visit` since day 0 */
static void measure_change(const endpoint_info *info, measure *out)
{
    snprintf(out->name, sizeof out->name, "Change of %s", out->label);
    out->label = out->name;
    snprintf(out->sql, sizeof out->sql,
             "SELECT v.\"%s\" - b.\"%s\" FROM visit AS v JOIN visit AS b ON b.arm = v.arm AND b.patient = v.patient "
             "AND b.day = 0 WHERE v.arm = ?1 AND v.day = ?2 ORDER BY v.patient",
             info->key, info->key);
}

/* false for what this report has no way to work out */
static bool find_measure(const evidence_row *row, measure *out)
{
    const char *endpoint = row->endpoint.key;
    evidence_statistic statistic = row->statistic;
    if (statistic != STATISTIC_SHARE && statistic != STATISTIC_MEAN && statistic != STATISTIC_CHANGE) return false;
    for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++)
        if (strcmp(derived[i].endpoint, endpoint) == 0) {
            *out = (measure){.label = derived[i].label, .scale = derived[i].scale, .digits = derived[i].digits};
            snprintf(out->sql, sizeof out->sql, "%s", derived[i].sql);
            return true;
        }
    if (row->endpoint.id < 0) return false;
    const endpoint_info *info = &islet_endpoint_info[row->endpoint.id];
    bool share = info->kind == ENDPOINT_KIND_fraction || info->kind == ENDPOINT_KIND_harm;
    *out = (measure){.label = info->sentence, .scale = share ? 100.0 : 1.0, .digits = share ? 0 : info->digits};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i].endpoint, endpoint) == 0) {
            out->label = labels[i].label;
            out->digits = labels[i].digits;
        }
    if (statistic == STATISTIC_CHANGE) measure_change(info, out);
    else snprintf(out->sql, sizeof out->sql, "SELECT \"%s\" FROM visit WHERE arm = ?1 AND day = ?2 ORDER BY patient", info->key);
    return true;
}

/* range of a count of events in n trials' people at share p */
static void binomial_range(double share, double n, double *low, double *high)
{
    unsigned int people = (unsigned int)n, k = 0;
    while (k < people && gsl_cdf_binomial_P(k, share, people) < 0.025) k++;
    *low = k / n;
    while (k < people && gsl_cdf_binomial_P(k, share, people) < 0.975) k++;
    *high = k / n;
}

typedef struct {
    summary simulated;
    double range_low, range_high; /* of trials with the published number of people */
    double published, published_low, published_high;
    int day;                      /* of the visit compared */
    bool within;                  /* published value lies in the range */
} comparison;

/* the visit nearest to the published day; -1 when none is near */
static int nearest_visit(const page *p, int day)
{
    int best = -1;
    for (int i = 0; i < p->n_visits; i++)
        if (abs(p->visit_days[i] - day) <= NEAR_DAY && (best < 0 || abs(p->visit_days[i] - day) < abs(best - day)))
            best = p->visit_days[i];
    return best;
}

/* false when the run has nobody to compare */
static bool compare(page *p, const evidence_row *row, const measure *m, int arm, comparison *out)
{
    out->day = nearest_visit(p, row->day);
    if (out->day < 0) return false;
    int64_t n;
    bool counted = !isnan(row->events);
    double *values = page_values(p, m->sql, PAGE_BIND(arm, out->day), &n);
    out->simulated = counted ? summary_share(values, n) : summary_mean(values, n);
    free(values);
    if (out->simulated.n == 0) return false;
    if (counted) {
        summary s = summary_binomial((int64_t)row->events, (int64_t)row->n);
        out->published = s.value;
        out->published_low = s.ci_low;
        out->published_high = s.ci_high;
        binomial_range(out->simulated.value, row->n, &out->range_low, &out->range_high);
    } else {
        double half = NORMAL_Z_975 * out->simulated.sd / sqrt(row->n);
        out->published = row->value;
        out->published_low = row->ci_low;
        out->published_high = row->ci_high;
        out->range_low = out->simulated.value - half;
        out->range_high = out->simulated.value + half;
    }
    out->within = out->published >= out->range_low - 1e-12 && out->published <= out->range_high + 1e-12;
    return true;
}

/* does the arm give this product at this dose on day 0, and nothing else? */
static bool same_cells(page *p, const evidence_row *row, int arm)
{
    int courses = 0, same = 0;
    sqlite3_stmt *query = page_query(p, "SELECT product, dose, dose_unit, day FROM course WHERE arm = ?1", PAGE_BIND(arm));
    while (page_row(p, &query)) {
        courses++;
        if (strcmp(column_string(query, 0), row->product) != 0 || sqlite3_column_int(query, 3) != 0) continue;
        double dose = column_number(query, 1);
        if (isnan(row->dose_cells) || (strcmp(column_string(query, 2), "cells") == 0
                                       && fabs(dose - row->dose_cells) <= SAME_DOSE * row->dose_cells)) same++;
    }
    return courses == 1 && same == 1;
}

/* is the immunosuppression that of the row, from day 0 until the day of the row? */
static bool same_regimen(page *p, const evidence_row *row, int arm)
{
    bool same = row->regimen[0] == 0;
    sqlite3_stmt *query = page_query(p, "SELECT regimen FROM arm WHERE arm = ?1 AND regimen_start_day = 0 "
                                     "AND (regimen_stop_day IS NULL OR regimen_stop_day >= ?2)", PAGE_BIND(arm, row->day));
    while (page_row(p, &query)) same = same || strcmp(column_string(query, 0), row->regimen) == 0;
    return same;
}

static bool same_treatment(page *p, const evidence_row *row, int arm)
{
    return same_cells(p, row, arm) && same_regimen(p, row, arm);
}

static void write_point(page *p, const evidence_row *row, const measure *m, const char *what, const char *label, double value,
                        double low, double high)
{
    row_begin(p);
    field_text(p, "measure", m->label);
    field_text(p, "row", label);
    field_number(p, "day", row->day, 0);
    field_text(p, "role", evidence_role_word(row->role));
    field_text(p, "what", what);
    field_number(p, "value", value * m->scale, m->digits + 1);
    field_number(p, "low", low * m->scale, m->digits + 1);
    field_number(p, "high", high * m->scale, m->digits + 1);
    row_end(p);
}

/* do rows stand beside more than one arm, so that the figure must say beside which? */
static bool several_arms(page *p, const evidence_row *rows, int n_rows)
{
    int matched = 0;
    for (int arm = 0; arm < p->arms; arm++)
        for (int i = 0; i < n_rows; i++)
            if (rows[i].product[0] && rows[i].day > 0 && same_treatment(p, &rows[i], arm)) {
                matched++;
                break;
            }
    return matched > 1;
}

static void write_row(page *p, const evidence_row *row, const measure *m, int arm, const comparison *c, bool named)
{
    char label[128];
    snprintf(label, sizeof label, "%s%sday %d%s", named ? p->arm_names[arm] : "", named ? "\n" : "", row->day,
             row->role == ROLE_CALIBRATE ? " \u2020" : "");
    write_point(p, row, m, "published", label, c->published, c->published_low, c->published_high);
    write_point(p, row, m, "simulated", label, c->simulated.value, c->range_low, c->range_high);
    bool fitted = row->role == ROLE_CALIBRATE;
    text_add(p->out, "<tr><td>");
    text_html(p->out, m->label);
    text_format(p->out, ", day %d ", row->day);
    text_add(p->out, fitted ? "<span class=\"tag fitted\">calibrate \u2020</span>" : "<span class=\"tag\">validate</span>");
    text_add(p->out, "<br><span class=\"note\">");
    arm_label(p, arm);
    text_add(p->out, " \u00b7 ");
    source_link(p, row->source);
    if (row->note[0]) {
        text_add(p->out, " \u00b7 ");
        text_html(p->out, row->note);
    }
    text_add(p->out, "</span></td>");
    cell_count(p, (int64_t)row->n);
    cell_interval(p, c->published, c->published_low, c->published_high, m->scale, isnan(row->events) ? m->digits + 1 : m->digits);
    cell_interval(p, c->simulated.value, c->simulated.ci_low, c->simulated.ci_high, m->scale, m->digits + 1);
    text_add(p->out, "<td class=\"n\">");
    text_fixed(p->out, c->range_low * m->scale, m->digits);
    text_add(p->out, " to ");
    text_fixed(p->out, c->range_high * m->scale, m->digits);
    text_add(p->out, c->within ? "</td><td>inside</td></tr>\n" : "</td><td><strong>outside</strong></td></tr>\n");
}

/* rows after day 0 with a counterpart in this run; counts those never used for fitting, and those inside the range */
static int write_rows(page *p, const evidence_row *rows, int n_rows, int *validate, int *inside)
{
    int shown = 0;
    bool named = several_arms(p, rows, n_rows);
    for (int i = 0; i < n_rows; i++) {
        measure m;
        comparison c;
        if (!rows[i].product[0] || rows[i].day == 0 || rows[i].role > ROLE_VALIDATE || !find_measure(&rows[i], &m)) continue;
        for (int arm = 0; arm < p->arms; arm++) {
            if (!same_treatment(p, &rows[i], arm) || !compare(p, &rows[i], &m, arm, &c)) continue;
            write_row(p, &rows[i], &m, arm, &c, named);
            shown++;
            if (rows[i].role != ROLE_VALIDATE) continue;
            ++*validate;
            *inside += c.within;
        }
    }
    return shown;
}

void section_published(page *p)
{
    static const char *const headings[] = {"end point", "#people", "#published", "#simulated", "#range for such a trial",
                                           "published is", NULL};
    evidence_rows base;
    int validate = 0, inside = 0;
    if (p->status != ISLET_OK) return;
    p->status = store_evidence_read(p->store, &base, p->problems);
    if (p->status != ISLET_OK) return;
    data_begin(p, "published");
    table_begin(p, headings);
    int shown = write_rows(p, base.rows, base.n, &validate, &inside);
    table_end(p);
    data_end(p);
    evidence_free(&base);
    if (shown == 0)
        text_add(p->out, "<p>No published outcome of these treatments at these visits is known to this version of islet.</p>");
    else
        text_format(
            p->out,
            "<p class=\"verdict\"><strong>%d of %d</strong> published values that were never used to set the model lie "
            "inside the range the simulation gives for a trial of that size.</p>\n",
            inside, validate);
}
