/* Report of a pool: forest plot in Cochrane's layout, funnel plot, and under each the numbers; sensitivity, and what was left out. */
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "report/meta_page.h"

#define FUNNEL_TOP 1.05 /* of the largest standard error: where the limits end */

typedef struct {
    const islet_meta *m;
    const char *title;
} subject;

bool meta_page_is_ratio(const char *measure)
{
    return strcmp(measure, "RR") == 0 || strcmp(measure, "OR") == 0 || strcmp(measure, "PETO") == 0;
}

double meta_page_number(const islet_table *table, int row, int column)
{
    double value;
    const char *cell = islet_table_cell(table, row, column);
    return *cell && number_read(cell, strlen(cell), &value) ? value : NAN;
}

static const char *measure_words(const char *measure)
{
    static const struct {
        const char *measure, *words;
    } list[] = {{"RR", "Risk ratio"},
                {"OR", "Odds ratio"},
                {"PETO", "Odds ratio (Peto)"},
                {"RD", "Risk difference"},
                {"MD", "Mean difference"},
                {"MDH", "Mean difference"},
                {"SMD", "Standardised mean difference"},
                {"PR", "Share of people"},
                {"PLO", "Logit of the share"},
                {"PFT", "Share, Freeman-Tukey scale"},
                {"GEN", "Effect"},
                {"MC", "Change of the mean"},
                {"SMC", "Change in standard deviations of before"}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(list[i].measure, measure) == 0) return list[i].words;
    return measure;
}

static bool has_control(const char *measure)
{
    return meta_page_is_ratio(measure) || strcmp(measure, "RD") == 0 || strcmp(measure, "MD") == 0 ||
           strcmp(measure, "MDH") == 0 || strcmp(measure, "SMD") == 0;
}

static bool is_change(const char *measure)
{
    return strcmp(measure, "MC") == 0 || strcmp(measure, "SMC") == 0;
}

/* ---- forest ---- */

void forest_row(page *p, forest *f, const char *kind, const char *label, const char *treated, const char *control,
                double value, double low, double high, double weight)
{
    text effect = {0}, share = {0};
    double shown[3] = {value, low, high};
    for (int i = 0; f->ratio && i < 3; i++) shown[i] = exp(shown[i]);
    if (isfinite(shown[0])) text_fixed(&effect, shown[0], 2);
    if (isfinite(shown[1]) && isfinite(shown[2])) {
        text_add(&effect, " [");
        text_fixed(&effect, shown[1], 2);
        text_add(&effect, ", ");
        text_fixed(&effect, shown[2], 2);
        text_add(&effect, "]");
    }
    if (isfinite(weight)) text_fixed(&share, weight, 1);
    if (isfinite(weight)) text_add(&share, " %");
    row_begin(p);
    field_text(p, "kind", kind);
    field_text(p, "label", label);
    field_text(p, "treated", treated);
    field_text(p, "control", control);
    field_text(p, "effect", f->heading ? f->heading : effect.size ? effect.bytes : "");
    field_text(p, "share", f->heading && f->weights ? "Weight" : share.size ? share.bytes : "");
    field_number(p, "y", f->rows++, 0);
    field_number(p, "value", shown[0], 8);
    field_number(p, "low", shown[1], 8);
    field_number(p, "high", shown[2], 8);
    field_number(p, "size", isfinite(weight) ? weight : 1, 4); /* studies without a weight are all alike */
    row_end(p);
    for (int i = 0; i < 3; i++) {
        if (!isfinite(shown[i]) || (f->ratio && !(shown[i] > RATIO_LEAST && shown[i] < 1 / RATIO_LEAST))) continue;
        f->low = fmin(f->low, shown[i]);
        f->high = fmax(f->high, shown[i]);
    }
    if (strcmp(kind, "pool") == 0 && isfinite(value) && f->diamonds < DIAMONDS_MAX)
        f->diamond[f->diamonds++] = (diamond){shown[0], shown[1], shown[2], f->rows - 1};
    if (effect.failed || share.failed) p->status = ISLET_ERR_MEMORY;
    text_free(&effect);
    text_free(&share);
}

void forest_begin(page *p, forest *f, const char *label, const char *treated, const char *control)
{
    data_begin(p, "forest");
    f->low = f->high = f->ratio ? 1 : 0;
    f->heading = "Effect [95 % interval]";
    forest_row(p, f, "head", label, treated, control, NAN, NAN, NAN, NAN);
    f->heading = NULL;
}

/* corners of each diamond: left, top, right, bottom */
void forest_end(page *p, const forest *f)
{
    data_end(p);
    data_begin(p, "forest_diamond");
    for (int i = 0; i < f->diamonds; i++) {
        const diamond *d = &f->diamond[i];
        const double x[] = {d->low, d->value, d->high, d->value}, y[] = {d->y, d->y - 0.32, d->y, d->y + 0.32};
        for (int corner = 0; corner < 4; corner++) {
            row_begin(p);
            field_number(p, "id", i, 0);
            field_number(p, "corner", corner, 0);
            field_number(p, "x", x[corner], 8);
            field_number(p, "y", y[corner], 2);
            row_end(p);
        }
    }
    data_end(p);
}

void forest_words(page *p, const forest *f, const char *axis, bool arms)
{
    char number[NUMBER_TEXT];
    text *out = p->out;
    double margin = f->ratio ? pow(f->high / f->low, 0.04) : 0.04 * (f->high - f->low);
    double low = f->ratio ? f->low / margin : f->low - margin, high = f->ratio ? f->high * margin : f->high + margin;
    if (!(high > low)) low -= 1, high += 1;
    text_add(out, "{\"axis\":");
    text_json(out, axis);
    text_add(out,
             f->ratio ? ",\"scale\":\"log\",\"null\":1,\"domain\":[" : ",\"scale\":\"linear\",\"null\":0,\"domain\":[");
    number_write(low, number);
    text_add(out, number);
    text_add(out, ",");
    number_write(high, number);
    text_add(out, number);
    text_format(out, "],\"rows\":[-0.7,%d.3],\"height\":%d,\"height_narrow\":%d,\"label_x\":%d}", f->rows - 1, 22 * f->rows,
                40 * f->rows, arms ? -440 : -230); /* narrow: names and numbers stand above their lines */
}

static void add_subgroup(page *p, forest *f, const islet_meta *m, int group)
{
    char label[160];
    const islet_table *s = m->subgroups;
    snprintf(label, sizeof label, "Subtotal, %.100s", islet_table_cell(s, group, 0));
    forest_row(p, f, "pool", label, "", "", meta_page_number(s, group, 2), meta_page_number(s, group, 4),
               meta_page_number(s, group, 5), NAN);
}

static void add_studies(page *p, forest *f, const islet_meta *m, const char *group)
{
    for (int i = 0; i < islet_table_rows(m->studies); i++) {
        if (group && strcmp(islet_table_cell(m->studies, i, 6), group) != 0) continue;
        forest_row(p, f, "study", islet_table_cell(m->studies, i, 0), islet_table_cell(m->studies, i, 7),
                   islet_table_cell(m->studies, i, 8), meta_page_number(m->studies, i, 1),
                   meta_page_number(m->studies, i, 3), meta_page_number(m->studies, i, 4),
                   *m->refusal ? NAN : meta_page_number(m->studies, i, 5));
    }
}

static bool has_arms(const islet_meta *m)
{
    return islet_table_rows(m->studies) > 0 && *islet_table_cell(m->studies, 0, 7);
}

static void write_forest_data(page *p, forest *f, const islet_meta *m)
{
    bool changes = is_change(m->measure), arms = has_arms(m), control = arms && *islet_table_cell(m->studies, 0, 8);
    forest_begin(p, f, "Study",
                 !arms     ? ""
                 : changes ? "After"
                           : "Treated",
                 !control  ? ""
                 : changes ? "Before"
                           : "Control");
    for (int g = 0; g < islet_table_rows(m->subgroups); g++) {
        forest_row(p, f, "group", islet_table_cell(m->subgroups, g, 0), "", "", NAN, NAN, NAN, NAN);
        add_studies(p, f, m, islet_table_cell(m->subgroups, g, 0));
        add_subgroup(p, f, m, g);
    }
    if (islet_table_rows(m->subgroups) == 0) add_studies(p, f, m, NULL);
    if (!*m->refusal && islet_table_rows(m->coefficients) == 1) {
        const bool ends = strcmp(m->measure, "PR") == 0 || strcmp(m->measure, "RD") == 0; /* the scale has, and so have its intervals */
        forest_row(p, f, "pool", "Total", "", "", m->estimate, ends ? m->shown_low : m->ci_low, ends ? m->shown_high : m->ci_high, 100);
        if (m->pi_low <= m->pi_high)
            forest_row(p, f, "prediction", "Prediction interval", "", "", NAN, ends ? m->shown_pi_low : m->pi_low,
                       ends ? m->shown_pi_high : m->pi_high, NAN);
    }
    forest_end(p, f);
}

/* ---- numbers ---- */

void meta_page_section(page *p, const char *heading, const char *explain)
{
    text_add(p->out, "<section>\n<h2>");
    text_add(p->out, heading);
    text_add(p->out, "</h2>\n<p class=\"explain\">");
    text_add(p->out, explain);
    text_add(p->out, "</p>\n");
}

void meta_page_figure(page *p, const char *name, const char *label)
{
    text_format(p->out, "<figure>\n<div class=\"plot\" data-figure=\"%s\" role=\"img\" aria-label=\"%s\"></div>\n",
                name, label);
    text_add(p->out, "<details open class=\"whole\"><summary>Numbers</summary>\n");
}

/* a p value; one that would read 0 says that it is smaller */
static void write_p(page *p, double value)
{
    text_add(p->out, value < 0.0001 ? "p &lt; 0.0001" : "p = ");
    if (!(value < 0.0001)) text_fixed(p->out, value, 4);
}

void meta_page_test(page *p, const char *name, double statistic, int freedom, double value)
{
    text_add(p->out, name);
    text_add(p->out, " ");
    text_fixed(p->out, statistic, 2);
    if (freedom > 0) text_format(p->out, " on %d degree%s of freedom", freedom, freedom > 1 ? "s" : "");
    text_add(p->out, ", ");
    write_p(p, value);
}

/* every cell of a table; columns that are empty in all rows are left out, p values never read 0 */
void meta_page_table(page *p, const islet_table *table, const char *const *headings)
{
    const char *shown[20];
    int columns[20], n = 0;
    for (int i = 0; i < islet_table_columns(table) && n < 19; i++)
        for (int row = 0; headings[i] && row < islet_table_rows(table); row++)
            if (*islet_table_cell(table, row, i)) {
                columns[n] = i;
                shown[n++] = headings[i];
                break;
            }
    shown[n] = NULL;
    table_begin(p, shown);
    for (int row = 0; row < islet_table_rows(table); row++) {
        text_add(p->out, "<tr>");
        for (int i = 0; i < n; i++) {
            double value = meta_page_number(table, row, columns[i]);
            bool p_value = strcmp(islet_table_column_name(table, columns[i]), "p") == 0 ||
                           strcmp(islet_table_column_name(table, columns[i]), "q_p") == 0;
            if (!islet_table_column_is_number(table, columns[i]))
                cell_text(p, islet_table_cell(table, row, columns[i]));
            else if (p_value && value < 0.0001) text_add(p->out, "<td class=\"n\">&lt; 0.0001</td>");
            else cell_number(p, value, value == floor(value) && fabs(value) < 1e6 ? 0 : 4);
        }
        text_add(p->out, "</tr>\n");
    }
    table_end(p);
}

static void write_forest(page *p, const islet_meta *m)
{
    bool changes = is_change(m->measure);
    const char *headings[] = {"study",
                              "#effect",
                              "#variance",
                              "#low",
                              "#high",
                              "#weight, %",
                              "group",
                              changes ? "after" : "treated",
                              changes ? "before" : "control"};
    static const char *const pooled[] = {"", "#estimate", "#SE", "#low", "#high", "#p"};
    meta_page_section(
        p, "Studies and pooled effect",
        "Squares: the studies, larger with more weight, with 95&nbsp;% intervals. Diamonds: pooled, as wide as the interval. "
        "Orange: the prediction interval, where the effect of a new study like these is expected.");
    meta_page_figure(p, "forest", "Forest plot of the studies and the pooled effect");
    if (meta_page_is_ratio(m->measure))
        text_add(p->out, "<p class=\"note\">Numbers of this table are natural logarithms of the ratios.</p>\n");
    meta_page_table(p, m->studies, headings);
    if (islet_table_rows(m->coefficients) > 0) meta_page_table(p, m->coefficients, pooled);
    text_add(p->out, "</details>\n</figure>\n</section>\n");
}

static void write_heterogeneity(page *p, const islet_meta *m)
{
    meta_page_section(
        p, "Do the studies agree?",
        "Q asks whether they differ by more than chance, I&sup2; which part of their variance is not chance, tau&sup2; how large that part is.");
    text_add(p->out, "<p>");
    meta_page_test(p, "Q", m->q, 0, m->q_p);
    text_add(p->out, "; I&sup2; ");
    text_fixed(p->out, m->i2_pct, 1);
    text_add(p->out, "&nbsp;%; tau&sup2; ");
    text_fixed(p->out, m->tau2, 4);
    if (m->tau2_low <= m->tau2_high) {
        text_add(p->out, " (95&nbsp;% Q-profile interval ");
        text_fixed(p->out, m->tau2_low, 4);
        text_add(p->out, " to ");
        text_fixed(p->out, m->tau2_high, 4);
        text_add(p->out, ")");
    }
    text_add(p->out, ".</p>\n</section>\n");
}

static void write_subgroups(page *p, const islet_meta *m)
{
    static const char *const headings[] = {"group",           "#studies", "#estimate", "#SE",    "#low", "#high",
                                           "#new study from", "#to",      "#tau2",     "#I2, %", "#Q",   "#p of Q"};
    if (islet_table_rows(m->subgroups) == 0) return;
    meta_page_section(
        p, "Subgroups",
        "Each pooled by itself. A difference between subgroups of studies is no trial of that difference.");
    meta_page_table(p, m->subgroups, headings);
    if (m->between_df > 0) {
        text_add(p->out, "<p>");
        meta_page_test(p, "Test between subgroups: Q", m->between_q, m->between_df, m->between_p);
        text_add(p->out, ".</p>\n");
    }
    text_add(p->out, "</section>\n");
}

/* ---- funnel ---- */

static bool has_funnel(const islet_meta *m)
{
    return !*m->refusal && islet_table_rows(m->coefficients) == 1 && m->k >= 3;
}

static void write_funnel_data(page *p, const islet_meta *m)
{
    bool ratio = meta_page_is_ratio(m->measure);
    double top = 0, z = gsl_cdf_ugaussian_Pinv(0.975);
    data_begin(p, "funnel");
    for (int i = 0; i < islet_table_rows(m->studies); i++) {
        double value = meta_page_number(m->studies, i, 1), se = sqrt(meta_page_number(m->studies, i, 2));
        top = fmax(top, se);
        row_begin(p);
        field_text(p, "label", islet_table_cell(m->studies, i, 0));
        field_number(p, "value", ratio ? exp(value) : value, 8);
        field_number(p, "se", se, 8);
        row_end(p);
    }
    data_end(p);
    data_begin(p, "funnel_limits");
    for (int side = -1; side <= 1; side++)
        for (int end = 0; end < 2; end++) {
            double se = end * FUNNEL_TOP * top, x = m->estimate + side * z * se;
            row_begin(p);
            field_number(p, "side", side, 0);
            field_number(p, "se", se, 8);
            field_number(p, "x", ratio ? exp(x) : x, 8);
            row_end(p);
        }
    data_end(p);
}

static void write_funnel(page *p, const islet_meta *m)
{
    static const char *const headings[] = {"study", "#effect", "#standard error", NULL};
    if (!has_funnel(m)) return;
    write_funnel_data(p, m);
    meta_page_section(
        p, "Small studies",
        "Without bias the studies lie evenly in the funnel: small ones spread wide below, large ones near the middle. A gap on one side can mean "
        "that small studies without an effect were not published. With fewer than ten studies neither picture nor tests can tell.");
    meta_page_figure(p, "funnel", "Funnel plot of the studies");
    table_begin(p, headings);
    for (int i = 0; i < islet_table_rows(m->studies); i++) {
        text_add(p->out, "<tr>");
        cell_text(p, islet_table_cell(m->studies, i, 0));
        cell_number(p, meta_page_number(m->studies, i, 1), 4);
        cell_number(p, sqrt(meta_page_number(m->studies, i, 2)), 4);
        text_add(p->out, "</tr>\n");
    }
    table_end(p);
    text_add(p->out, "</details>\n</figure>\n<p>");
    meta_page_test(p, "Egger's regression: z", m->egger_z, 0, m->egger_p);
    text_add(p->out, ". ");
    meta_page_test(p, "Begg's rank correlation: tau", m->rank_tau, 0, m->rank_p);
    if (m->trim_low <= m->trim_high) {
        text_format(p->out, ". Trim and fill: %d added%s; pooled then ", m->trim_added,
                    !m->trim_added  ? ""
                    : m->trim_right ? " on the right"
                                    : " on the left");
        text_fixed(p->out, m->trim_estimate, 4);
        text_add(p->out, " (");
        text_fixed(p->out, m->trim_low, 4);
        text_add(p->out, " to ");
        text_fixed(p->out, m->trim_high, 4);
        text_add(p->out, ")");
    }
    text_add(p->out, ".</p>\n</section>\n");
}

/* ---- the rest ---- */

/* One kind of analysis as a table of its own, where there is any of it. */
static void write_analysis(page *p, const islet_table *table, const char *kind, const char *explain, const char *of)
{
    const char *headings[] = {of, "#estimate", "#low", "#high", "#tau2", "#I2, %", NULL};
    bool begun = false;
    for (int row = 0; row < islet_table_rows(table); row++) {
        if (strcmp(islet_table_cell(table, row, 0), kind) != 0) continue;
        if (!begun) {
            text_format(p->out, "<h3>%s</h3>\n", explain);
            table_begin(p, headings);
        }
        begun = true;
        text_add(p->out, "<tr>");
        cell_text(p, islet_table_cell(table, row, 1));
        for (int column = 2; column < 7; column++) cell_number(p, meta_page_number(table, row, column), column == 6 ? 1 : 4);
        text_add(p->out, "</tr>\n");
    }
    if (begun) table_end(p);
}

static void write_sensitivity(page *p, const islet_meta *m)
{
    if (islet_table_rows(m->sensitivity) == 0) return;
    meta_page_section(p, "Does one study decide?",
                      meta_page_is_ratio(m->measure) ? "The pooled effect again, of fewer studies. Numbers are natural logarithms of the ratios."
                                                     : "The pooled effect again, of fewer studies.");
    write_analysis(p, m->sensitivity, "leave_one_out", "All but one study", "without");
    write_analysis(p, m->sensitivity, "cumulative", "The first studies, in the order of the table", "up to and with");
    write_analysis(p, m->sensitivity, "correlation", "With another correlation between before and after", "correlation");
    text_add(p->out, "</section>\n");
}

void meta_page_left(page *p, const islet_table *left)
{
    static const char *const headings[] = {"study", "#line", "why"};
    if (islet_table_rows(left) == 0) return;
    meta_page_section(p, "Left out", "Rows that give no effect with a variance.");
    meta_page_table(p, left, headings);
    text_add(p->out, "</section>\n");
}

static void write_paragraph(page *p, const islet_meta *m)
{
    bool ratio = meta_page_is_ratio(m->measure);
    if (*m->refusal) {
        text_format(p->out, "Not pooled (%s): ", m->refusal);
        text_html(p->out, m->why);
        text_add(p->out, ".");
        return;
    }
    text_add(p->out, measure_words(m->measure));
    text_format(p->out, " of %d studies, pooled by %s", m->k, m->method);
    if (islet_table_rows(m->coefficients) != 1) {
        text_add(p->out, " with moderators.");
        return;
    }
    text_add(p->out, ": ");
    text_fixed(p->out, m->shown, 2);
    text_add(p->out, " (95&nbsp;% interval ");
    text_fixed(p->out, m->shown_low, 2);
    text_add(p->out, " to ");
    text_fixed(p->out, m->shown_high, 2);
    text_add(p->out, "; ");
    write_p(p, m->p);
    text_add(p->out, ").");
    if (m->shown_pi_low <= m->shown_pi_high) {
        text_add(p->out, " A new study like these is expected between ");
        text_fixed(p->out, m->shown_pi_low, 2);
        text_add(p->out, " and ");
        text_fixed(p->out, m->shown_pi_high, 2);
        text_add(p->out, ".");
    }
    if (ratio) text_add(p->out, " 1 means no difference.");
    if (m->correlation < 1) {
        text_add(p->out, " The correlation between before and after is assumed to be ");
        text_fixed(p->out, m->correlation, 2);
        text_add(p->out, " where none is reported.");
    }
}

static void write_sections(page *p, const islet_meta *m)
{
    write_forest(p, m);
    if (!*m->refusal) write_heterogeneity(p, m);
    write_subgroups(p, m);
    write_funnel(p, m);
    write_sensitivity(p, m);
    meta_page_left(p, m->left);
}

static void write_words(page *p, const islet_meta *m)
{
    char axis[120];
    forest f = {.ratio = meta_page_is_ratio(m->measure), .weights = !*m->refusal};
    write_forest_data(p, &f, m);
    snprintf(axis, sizeof axis, has_control(m->measure) ? "%s   (left of the line: less than control)" : "%s",
             measure_words(m->measure));
    forest_words(p, &f, axis, has_arms(m));
}

static void fill(page *p, const void *context, const char *place, size_t length)
{
    const subject *s = context;
#define IS(word) (length == sizeof word - 1 && memcmp(place, word, length) == 0)
    if (IS("title")) text_html(p->out, s->title);
    else if (IS("paragraph")) write_paragraph(p, s->m);
    else if (IS("sections")) write_sections(p, s->m);
    else if (IS("words")) write_words(p, s->m);
#undef IS
}

islet_status meta_page_write(const page_plan *plan, const char *path, islet_problems *problems)
{
    page p = {.problems = problems};
    text out = {0};
    page_assemble(&p, plan, &out);
    if (p.status == ISLET_OK) p.status = page_place_file(path, &out, problems);
    text_free(&out);
    text_free(&p.data);
    return p.status;
}

islet_status islet_meta_report_write(const islet_meta *meta, const char *title, const char *path,
                                     islet_problems *problems)
{
    static const char *const figures[] = {"forest", "funnel", NULL};
    if (!meta || !title || !path || !path[0]) return ISLET_ERR_ARGUMENT;
    const subject s = {meta, title};
    return meta_page_write(&(page_plan){"meta", figures, fill, &s}, path, problems);
}
