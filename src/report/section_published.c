/* Simulated against published: rows of the table `evidence` of arms that were given what an arm of this run gives
 * (table `published_arm`, evidence/alike.h), by end point and day.
 *
 * The simulated mean has a range in which 95 % of trials with the published number of people would find theirs: sampling
 * of people only, parameters held fixed. For a mean it is mean +/- 1.96 sd / sqrt(n); for a count the 2.5 % and 97.5 %
 * quantiles of the binomial distribution at the simulated share; for a median the people of the ranks that hold it. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/endpoint.h"
#include "report/page.h"
#include "stats/summary.h"
#include "store/evidence.h"

#define NEAR_DAY 15       /* a visit this near to the published day is compared, .. */
#define NEAR_SHARE 10     /* .. or within a tenth of the time since day 0 */
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
    {"partial_remission", "Partial remission, % of people", 0},
    {"insulin_u_per_kg_day", "Injected insulin, U/kg/day", 2},
    {"c_peptide_auc_mean_nmol_l", "C-peptide, mean over the meal test, nmol/L", 2},
    {"c_peptide_fasting_nmol_l", "Fasting C-peptide, nmol/L", 2},
    {"fasting_glucose_mg_dl", "Fasting glucose, mg/dL", 0},
    {"glucose_cv_pct", "Coefficient of variation of glucose, %", 0},
    {"severe_hypo_any", "Severe hypoglycaemia, % of people", 0},
    {"death", "Death, % of people", 0},
};

typedef struct {
    const char *label;
    double scale;
    int digits;
    bool median;    /* of the people; else their mean or share */
    char sql[512];  /* one value a person */
    char name[160]; /* of a change or median; label then points here */
} measure;

/* change of a column of `visit` since day 0 */
static void measure_change(const endpoint_info *info, measure *out)
{
    snprintf(out->name, sizeof out->name, "Change since day 0: %s", out->label);
    out->label = out->name;
    snprintf(out->sql, sizeof out->sql,
             "SELECT v.\"%s\" - b.\"%s\" FROM visit AS v JOIN visit AS b ON b.arm = v.arm AND b.patient = v.patient "
             "AND b.day = 0 WHERE v.arm = ?1 AND v.day = ?2 ORDER BY v.patient",
             info->key, info->key);
}

/* label, scale and digits of an end point that is a column of `visit` */
static void measure_column(const endpoint_info *info, measure *out)
{
    bool share = info->kind == ENDPOINT_KIND_fraction || info->kind == ENDPOINT_KIND_harm;
    *out = (measure){.label = info->sentence, .scale = share ? 100.0 : 1.0, .digits = share ? 0 : info->digits};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i].endpoint, info->key) == 0) {
            out->label = labels[i].label;
            out->digits = labels[i].digits;
        }
    snprintf(out->sql, sizeof out->sql, "SELECT \"%s\" FROM visit WHERE arm = ?1 AND day = ?2 ORDER BY patient", info->key);
}

static bool is_derived(const char *endpoint, measure *out)
{
    for (size_t i = 0; i < sizeof derived / sizeof derived[0]; i++)
        if (strcmp(derived[i].endpoint, endpoint) == 0) {
            *out = (measure){.label = derived[i].label, .scale = derived[i].scale, .digits = derived[i].digits};
            snprintf(out->sql, sizeof out->sql, "%s", derived[i].sql);
            return true;
        }
    return false;
}

/* false for what this report has no way to work out */
static bool find_measure(const evidence_row *row, measure *out)
{
    const evidence_statistic statistic = row->statistic;
    const bool column = row->endpoint.id >= 0;
    if (statistic == STATISTIC_EVER && column && row->endpoint.id == ENDPOINT_insulin_independent) {
        *out = (measure){.label = "Ever off insulin, % of people", .scale = 100.0};
        snprintf(out->sql, sizeof out->sql,
                 "SELECT EXISTS (SELECT 1 FROM event AS e WHERE e.arm = visit.arm AND e.patient = visit.patient AND "
                 "e.kind = 'insulin_stopped' AND e.day <= ?2) FROM visit WHERE arm = ?1 AND day = ?2" NOT_LEFT "ORDER BY patient");
        return true;
    }
    const bool median = statistic == STATISTIC_MEDIAN, change = statistic == STATISTIC_CHANGE;
    if (statistic != STATISTIC_SHARE && statistic != STATISTIC_MEAN && !change && !median) return false;
    if (is_derived(row->endpoint.key, out)) {
        if (change) return false;
    } else if (!column) {
        return false;
    } else {
        measure_column(&islet_endpoint_info[row->endpoint.id], out);
        if (change) measure_change(&islet_endpoint_info[row->endpoint.id], out);
    }
    if (median) {
        out->median = true;
        snprintf(out->name, sizeof out->name, "%s, median", out->label);
        out->label = out->name;
    }
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

/* a published arm beside the arm of this run that was given the same (table published_arm) */
typedef struct {
    char trial[96], published[128], differs[400];
    int arm, later_day;
} pair;

static pair *read_pairs(page *p, int *n)
{
    int room = 0;
    *n = 0;
    sqlite3_stmt *query = page_query(p, "SELECT count(*) FROM published_arm", PAGE_BIND());
    while (page_row(p, &query)) room = sqlite3_column_int(query, 0);
    pair *pairs = room >= 0 && room < 100000 ? calloc((size_t)room + 1, sizeof *pairs) : NULL;
    if (!pairs) {
        if (p->status == ISLET_OK) p->status = ISLET_ERR_MEMORY;
        return NULL;
    }
    query = page_query(p, "SELECT trial_id, published_arm, arm, later_day, differs FROM published_arm ORDER BY trial_id, published_arm, arm",
                       PAGE_BIND());
    while (page_row(p, &query)) {
        pair *one = &pairs[*n];
        one->arm = sqlite3_column_int(query, 2);
        one->later_day = sqlite3_column_int(query, 3);
        if (*n >= room || one->arm < 0 || one->arm >= p->arms || abs(one->later_day) > 36500) continue; /* an altered store */
        snprintf(one->trial, sizeof one->trial, "%s", column_string(query, 0));
        snprintf(one->published, sizeof one->published, "%s", column_string(query, 1));
        snprintf(one->differs, sizeof one->differs, "%s", column_string(query, 4));
        ++*n;
    }
    return pairs;
}

static bool is_of(const pair *one, const evidence_row *row)
{
    return strcmp(one->trial, row->trial) == 0 && strcmp(one->published, row->arm) == 0;
}

/* day of the run on which a row of the pair was measured */
static int day_here(const pair *one, const evidence_row *row)
{
    return row->day > 0 ? row->day + one->later_day : row->day;
}

typedef struct {
    double simulated, ci_low, ci_high;
    double range_low, range_high; /* of trials with the published number of people */
    double published, published_low, published_high;
    int day;                      /* of the visit compared */
    bool within;                  /* published value lies in the range */
} comparison;

/* the visit nearest to the published day; -1 when none is near */
static int nearest_visit(const page *p, int day)
{
    int best = -1;
    const int near = day / NEAR_SHARE > NEAR_DAY ? day / NEAR_SHARE : NEAR_DAY;
    for (int i = 0; i < p->n_visits; i++)
        if (p->visit_days[i] > 0 && abs(p->visit_days[i] - day) <= near && (best < 0 || abs(p->visit_days[i] - day) < abs(best - day)))
            best = p->visit_days[i];
    return best;
}

/* the simulated people's median, and where that of n people would be found: by ranks, whatever the distribution */
static void compare_medians(double *values, int64_t people, double n, comparison *out)
{
    const double own = NORMAL_Z_975 * 0.5 / sqrt((double)people), theirs = NORMAL_Z_975 * 0.5 / sqrt(n);
    out->simulated = summary_quantile(values, people, 0.5);
    out->ci_low = summary_quantile(values, people, fmax(0.5 - own, 0.0));
    out->ci_high = summary_quantile(values, people, fmin(0.5 + own, 1.0));
    out->range_low = summary_quantile(values, people, fmax(0.5 - theirs, 0.0));
    out->range_high = summary_quantile(values, people, fmin(0.5 + theirs, 1.0));
}

/* false when the run has nobody to compare */
static bool compare(page *p, const evidence_row *row, const measure *m, const pair *one, comparison *out)
{
    int64_t n;
    *out = (comparison){.day = nearest_visit(p, day_here(one, row)), .published = row->value, .published_low = row->ci_low,
                        .published_high = row->ci_high};
    if (out->day < 0 || !(row->n >= 1.0) || isnan(row->value)) return false;
    const bool counted = !isnan(row->events), share = outcome_is_share(&row->endpoint);
    double *values = page_values(p, m->sql, PAGE_BIND(one->arm, out->day), &n);
    const summary s = counted || share ? summary_share(values, n) : summary_mean(values, n);
    out->simulated = s.value;
    out->ci_low = s.ci_low;
    out->ci_high = s.ci_high;
    if (s.n > 0 && m->median) compare_medians(values, summary_sort(values, n), row->n, out);
    free(values);
    if (s.n == 0) return false;
    if (counted) {
        summary found = summary_binomial((int64_t)row->events, (int64_t)row->n);
        out->published = found.value;
        out->published_low = found.ci_low;
        out->published_high = found.ci_high;
    }
    if (counted || share) {
        binomial_range(s.value, row->n, &out->range_low, &out->range_high);
    } else if (!m->median) {
        const double half = NORMAL_Z_975 * s.sd / sqrt(row->n);
        out->range_low = s.value - half;
        out->range_high = s.value + half;
    }
    out->within = out->published >= out->range_low - 1e-12 && out->published <= out->range_high + 1e-12;
    return true;
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

static void write_row(page *p, const evidence_row *row, const measure *m, const pair *one, const comparison *c, bool named)
{
    char label[256];
    snprintf(label, sizeof label, "%s\n%s%sday %d%s", row->trial, named ? p->arm_names[one->arm] : "", named ? "\n" : "", row->day,
             row->role == ROLE_CALIBRATE ? " \u2020" : "");
    write_point(p, row, m, "published", label, c->published, c->published_low, c->published_high);
    write_point(p, row, m, "simulated", label, c->simulated, c->range_low, c->range_high);
    bool fitted = row->role == ROLE_CALIBRATE;
    text_add(p->out, "<tr><td>");
    text_html(p->out, m->label);
    text_format(p->out, ", day %d ", row->day);
    if (c->day != row->day) text_format(p->out, "(day %d here) ", c->day);
    text_add(p->out, fitted ? "<span class=\"tag fitted\">calibrate \u2020</span>" : "<span class=\"tag\">validate</span>");
    text_add(p->out, "<br><span class=\"note\">");
    arm_label(p, one->arm);
    text_add(p->out, " \u00b7 ");
    text_html(p->out, row->trial);
    text_add(p->out, " ");
    source_link(p, row->source);
    if (row->note[0]) {
        text_add(p->out, " \u00b7 ");
        text_html(p->out, row->note);
    }
    if (one->differs[0]) {
        text_add(p->out, "<br>otherwise: ");
        text_html(p->out, one->differs);
    }
    text_add(p->out, "</span></td>");
    cell_count(p, (int64_t)row->n);
    cell_interval(p, c->published, c->published_low, c->published_high, m->scale, isnan(row->events) ? m->digits + 1 : m->digits);
    cell_interval(p, c->simulated, c->ci_low, c->ci_high, m->scale, m->digits + 1);
    text_add(p->out, "<td class=\"n\">");
    text_fixed(p->out, c->range_low * m->scale, m->digits);
    text_add(p->out, " to ");
    text_fixed(p->out, c->range_high * m->scale, m->digits);
    text_add(p->out, c->within ? "</td><td>inside</td></tr>\n" : "</td><td><strong>outside</strong></td></tr>\n");
}

typedef struct {
    int shown, validate, inside; /* rows in the table; those never used for fitting, and of these inside the range */
    int elsewhere;               /* rows of these treatments without a visit or a measure here */
} tally;

/* rows after day 0 with a counterpart in this run */
static void write_rows(page *p, const evidence_rows *base, const pair *pairs, int n_pairs, tally *counts)
{
    bool named = false;
    for (int i = 1; i < n_pairs; i++) named = named || pairs[i].arm != pairs[0].arm;
    for (int i = 0; i < base->n; i++) {
        const evidence_row *row = &base->rows[i];
        if (row->day == 0 || row->role > ROLE_VALIDATE) continue;
        for (int k = 0; k < n_pairs; k++) {
            measure m;
            comparison c;
            if (!is_of(&pairs[k], row)) continue;
            if (!find_measure(row, &m) || !compare(p, row, &m, &pairs[k], &c)) {
                counts->elsewhere++;
                continue;
            }
            write_row(p, row, &m, &pairs[k], &c, named);
            counts->shown++;
            if (row->role != ROLE_VALIDATE) continue;
            counts->validate++;
            counts->inside += c.within;
        }
    }
}

static void write_verdict(page *p, const tally *counts)
{
    if (counts->shown > 0 && counts->validate > 0)
        text_format(p->out,
                    "<p class=\"verdict\"><strong>%d of %d</strong> published values that were never used to set the model lie "
                    "inside the range the simulation gives for a trial of that size.</p>\n",
                    counts->inside, counts->validate);
    else if (counts->shown > 0)
        text_add(p->out, "<p class=\"verdict\">All these values were used to set the model; none of them can test it.</p>\n");
    else if (counts->elsewhere == 0)
        text_add(p->out, "<p>No published outcome of these treatments is known to this version of islet.</p>");
    if (counts->elsewhere > 0)
        text_format(p->out,
                    "<p class=\"note\">%d %spublished %s of these treatments %s not in this table: on other days than the visits of this "
                    "run, or of a kind that needs a simulation of its own. <code>islet validate</code> holds all that can be "
                    "against the model.</p>\n",
                    counts->elsewhere, counts->shown > 0 ? "more " : "", counts->elsewhere == 1 ? "value" : "values",
                    counts->elsewhere == 1 ? "is" : "are");
}

void section_published(page *p)
{
    static const char *const headings[] = {"end point", "#people", "#published", "#simulated", "#range for such a trial",
                                           "published is", NULL};
    evidence_rows base;
    tally counts = {0};
    int n_pairs;
    if (p->status != ISLET_OK) return;
    pair *pairs = read_pairs(p, &n_pairs);
    if (p->status == ISLET_OK) p->status = store_evidence_read(p->store, &base, p->problems);
    if (p->status != ISLET_OK) {
        free(pairs);
        return;
    }
    data_begin(p, "published");
    table_begin(p, headings);
    write_rows(p, &base, pairs, n_pairs, &counts);
    table_end(p);
    data_end(p);
    evidence_free(&base);
    free(pairs);
    write_verdict(p, &counts);
}
