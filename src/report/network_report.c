/* Report of a network: every treatment against the reference as a forest plot, the league table, and the tests of consistency. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/meta_page.h"

typedef struct {
    const islet_network *n;
    const char *title;
} subject;

/* columns of islet_network.contrasts */
enum { TREATMENT, STUDIES, FIXED, FIXED_SE, ESTIMATE, SE, LOW, HIGH };

static void write_paragraph(page *p, const islet_network *n)
{
    if (*n->refusal) {
        text_format(p->out, "Not pooled (%s): ", n->refusal);
        text_html(p->out, n->why);
        text_add(p->out, ".");
        return;
    }
    text_format(p->out, "%d studies with %d arms of %d treatments, pooled as %s by %s. Everything is set against ",
                n->studies, n->arms, n->treatments, n->measure, n->method);
    text_html(p->out, n->reference);
    text_add(p->out, ".");
}

static void write_contrasts(page *p, const islet_network *n)
{
    static const char *const headings[] = {"treatment", "#studies", "#fixed effects", "#SE", "#random effects",
                                           "#SE",       "#low",     "#high",          "#p",  "#new study from",
                                           "#to",       "#p-score"};
    meta_page_section(
        p, "Treatments against the reference",
        "Direct and indirect comparisons together, with 95&nbsp;% intervals. The p-score is the mean chance that the value of the "
        "treatment lies below that of another.");
    meta_page_figure(p, "forest", "Forest plot of the treatments against the reference");
    if (meta_page_is_ratio(n->measure))
        text_add(p->out, "<p class=\"note\">Numbers of this table are natural logarithms of the ratios.</p>\n");
    meta_page_table(p, n->contrasts, headings);
    text_add(p->out, "</details>\n</figure>\n</section>\n");
}

static void write_consistency(page *p, const islet_network *n)
{
    meta_page_section(
        p, "Do the studies agree?",
        "Within designs: studies of the same treatments. Between designs: whether direct and indirect comparisons tell the same.");
    text_add(p->out, "<p>tau&sup2; ");
    text_fixed(p->out, n->tau2, 4);
    text_add(p->out, ". ");
    meta_page_test(p, "All: Q", n->q, n->q_df, n->q_p);
    if (n->q_within_df > 0) {
        text_add(p->out, ". ");
        meta_page_test(p, "Within designs: Q", n->q_within, n->q_within_df, n->q_within_p);
    }
    if (n->q_between_df > 0) {
        text_add(p->out, ". ");
        meta_page_test(p, "Between designs: Q", n->q_between, n->q_between_df, n->q_between_p);
    }
    text_add(p->out, ".</p>\n</section>\n");
}

static void write_league(page *p, const islet_network *n)
{
    static const char *const headings[] = {"treatment", "against", "#estimate", "#SE", "#low", "#high", "#p"};
    meta_page_section(p, "Every pair", "Treatment less what it is set against.");
    meta_page_table(p, n->league, headings);
    text_add(p->out, "</section>\n");
}

static void write_words(page *p, const islet_network *n)
{
    char axis[160], label[96];
    forest f = {.ratio = meta_page_is_ratio(n->measure)};
    forest_begin(p, &f, "Treatment (studies)", "", "");
    for (int i = 0; n->contrasts && i < islet_table_rows(n->contrasts); i++) {
        double value = meta_page_number(n->contrasts, i, ESTIMATE);
        if (strcmp(islet_table_cell(n->contrasts, i, TREATMENT), n->reference) == 0) continue;
        snprintf(label, sizeof label, "%.64s (%s)", islet_table_cell(n->contrasts, i, TREATMENT),
                 islet_table_cell(n->contrasts, i, STUDIES));
        forest_row(p, &f, "study", label, "", "", value, meta_page_number(n->contrasts, i, LOW),
                   meta_page_number(n->contrasts, i, HIGH), NAN);
    }
    forest_end(p, &f);
    snprintf(axis, sizeof axis, "%s   (left of the line: less than %s)", n->measure, n->reference);
    forest_words(p, &f, axis, false);
}

static void fill(page *p, const void *context, const char *place, size_t length)
{
    const subject *s = context;
#define IS(word) (length == sizeof word - 1 && memcmp(place, word, length) == 0)
    if (IS("title")) text_html(p->out, s->title);
    else if (IS("paragraph")) write_paragraph(p, s->n);
    else if (IS("words")) write_words(p, s->n);
    else if (IS("sections")) {
        if (!*s->n->refusal) {
            write_contrasts(p, s->n);
            write_consistency(p, s->n);
            write_league(p, s->n);
        }
        meta_page_left(p, s->n->left);
    }
#undef IS
}

islet_status islet_network_report_write(const islet_network *network, const char *title, const char *path,
                                        islet_problems *problems)
{
    static const char *const figures[] = {"forest", NULL};
    if (!network || !title || !path || !path[0]) return ISLET_ERR_ARGUMENT;
    const subject s = {network, title};
    return meta_page_write(&(page_plan){"meta", figures, fill, &s}, path, problems);
}
