/* Claims as a page for people without statistics: what is said, whether it holds, in plain words, with dots for people. */
#include <math.h>
#include <string.h>

#include "evidence/outcome.h"
#include "report/meta_page.h"
#include "stats/summary.h"

#define DOTS 100
#define DOTS_A_ROW 20
#define DOT_PX 10

static const char *cell(const islet_table *table, int row, const char *name)
{
    for (int i = 0; i < islet_table_columns(table); i++)
        if (strcmp(islet_table_column_name(table, i), name) == 0) return islet_table_cell(table, row, i);
    return "";
}

static double number(const islet_table *table, int row, const char *name)
{
    for (int i = 0; i < islet_table_columns(table); i++)
        if (strcmp(islet_table_column_name(table, i), name) == 0) return meta_page_number(table, row, i);
    return NAN;
}

static const char *plain_verdict(const char *verdict)
{
    static const struct {
        const char *verdict, *words;
    } all[] = {
        {"supported", "This holds, as far as studies can tell."},
        {"partly", "There is something to it, but less, or less sure, than it sounds."},
        {"unsupported", "Nothing that was found shows this."},
        {"contradicted", "What was found speaks against this."},
        {"untestable", "This cannot be checked with what has been published."},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (strcmp(all[i].verdict, verdict) == 0) return all[i].words;
    return "";
}

/* colours of what was hoped for, of harms, of what is only said, and of the program's people */
#define COLOUR_FOUND "#11543a"
#define COLOUR_HARM "#b83280"
#define COLOUR_CLAIMED "#6f7782"
#define COLOUR_SIMULATED "#2b6cb0"
#define COLOUR_NOBODY "#e3e6ea"

static int of_hundred(double share)
{
    return (int)(share * DOTS + 0.5);
}

/* Dots of 100 people: filled up to the estimate, those above the lower end of its interval lighter, and rings up to the upper end. */
static void write_dots(page *p, int low, int filled, int high, const char *colour)
{
    const int rows = DOTS / DOTS_A_ROW;
    text_format(p->out, "<svg role=\"img\" aria-label=\"%d of 100 people, between %d and %d\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\">", filled,
                low, high, DOTS_A_ROW * DOT_PX, rows * DOT_PX, DOTS_A_ROW * DOT_PX, rows * DOT_PX);
    for (int i = 0; i < DOTS; i++) {
        text_format(p->out, "<circle cx=\"%d\" cy=\"%d\" ", i % DOTS_A_ROW * DOT_PX + DOT_PX / 2, i / DOTS_A_ROW * DOT_PX + DOT_PX / 2);
        if (i < filled) text_format(p->out, "r=\"4\" fill=\"%s\"%s/>", colour, i < low ? "" : " fill-opacity=\"0.45\"");
        else if (i < high) text_format(p->out, "r=\"3.4\" fill=\"%s\" fill-opacity=\"0.10\" stroke=\"%s\" stroke-opacity=\"0.6\"/>", colour, colour);
        else text_add(p->out, "r=\"4\" fill=\"" COLOUR_NOBODY "\"/>");
    }
    text_add(p->out, "</svg>");
}

/* A share found in `people`, as dots with a caption that says it, from whom, and what it could be by chance alone; nothing when it is not known. */
static void write_people(page *p, const char *caption, double share, double people, const char *colour)
{
    if (!(share >= 0.0 && share <= 1.0)) return;
    const bool counted = people >= 1.0 && people < 1e9;
    const summary s = counted ? summary_binomial((int64_t)(share * people + 0.5), (int64_t)people) : (summary){.ci_low = share, .ci_high = share};
    const int filled = of_hundred(share), low = of_hundred(s.ci_low), high = of_hundred(s.ci_high);
    text_add(p->out, "<figure class=\"people\">");
    write_dots(p, low, filled, high, colour);
    text_format(p->out, "<figcaption>%d of 100 people: ", filled);
    text_html(p->out, caption);
    if (counted)
        text_format(p->out, "<br><span class=\"note\">It was %d of %d people, so it may be anything from %d to %d of 100.</span>",
                    (int)(share * people + 0.5), (int)people, low, high);
    text_add(p->out, "</figcaption></figure>\n");
}

/* something that nobody wants to have */
static bool is_harm(const char *endpoint)
{
    outcome_info info;
    return outcome_find(endpoint, &info) && info.kind == ENDPOINT_KIND_harm;
}

/* an effect that is no share of people, with its unit; nothing where there is none */
static void write_size(page *p, const islet_table *table, int row, const char *unit, const char *sentence, const char *column)
{
    const double size = number(table, row, column);
    if (isnan(size)) return;
    text_add(p->out, "<p>");
    text_add(p->out, sentence);
    text_fixed(p->out, size, 2);
    text_add(p->out, " ");
    text_html(p->out, unit);
    text_add(p->out, ".</p>\n");
}

static void write_claim(page *p, const islet_table *table, int row)
{
    const char *test = cell(table, row, "test"), *unit = cell(table, row, "unit");
    const bool harm = is_harm(cell(table, row, "endpoint"));
    const double people = number(table, row, "simulated_people");
    bool counted = strcmp(test, "share") == 0 || strcmp(test, "sole") == 0 || strcmp(test, "never") == 0;
    text_add(p->out, "<section><h3>\u201c");
    text_html(p->out, cell(table, row, "claim"));
    text_add(p->out, "\u201d</h3>\n<p class=\"verdict\"><strong>");
    text_html(p->out, plain_verdict(cell(table, row, "verdict")));
    text_add(p->out, "</strong> <span class=\"tag\">");
    text_html(p->out, cell(table, row, "verdict"));
    text_add(p->out, "</span></p>\n<p>Why: ");
    const char *why = cell(table, row, "why");
    size_t length = strlen(why);
    text_html(p->out, why);
    text_add(p->out, length && why[length - 1] == '.' ? "</p>\n" : ".</p>\n");
    if (counted) {
        write_people(p, "found in the studies", number(table, row, "estimate"), number(table, row, "n"), harm ? COLOUR_HARM : COLOUR_FOUND);
        write_people(p, "claimed", number(table, row, "needed"), NAN, COLOUR_CLAIMED);
    }
    if (*unit && strcmp(unit, "fraction") != 0) {
        write_size(p, table, row, unit, "Found in the studies: ", "estimate");
        write_size(p, table, row, unit, "Needed for the claim to hold: ", "needed");
        write_size(p, table, row, unit, "Simulated, treated against not treated: ", "simulated_difference");
    }
    if (strcmp(unit, "fraction") == 0) {
        write_people(p, "simulated, treated", number(table, row, "simulated_treated"), people, harm ? COLOUR_HARM : COLOUR_SIMULATED);
        write_people(p, "simulated, not treated", number(table, row, "simulated_control"), people, harm ? COLOUR_HARM : COLOUR_SIMULATED);
    }
    write_people(p, "simulated, treated: had a harm by then (a severe low, harm of procedure or treatment, death)",
                 number(table, row, "harmed_treated"), people, COLOUR_HARM);
    write_people(p, "simulated, not treated: had such a harm by then", number(table, row, "harmed_control"), people, COLOUR_HARM);
    text_add(p->out, "<p class=\"note\">");
    text_html(p->out, cell(table, row, "claim_id"));
    if (*cell(table, row, "source")) {
        text_add(p->out, " \u00b7 ");
        source_link(p, cell(table, row, "source"));
    }
    text_add(p->out, "</p></section>\n");
}

#define CLAIMS_TITLE "What is said of cell therapy, and what is known"

static void fill(page *p, const void *context, const char *place, size_t length)
{
    const islet_claims *claims = context;
    int n = islet_table_rows(claims->rows);
    if (length == 4 && memcmp(place, "lead", length) == 0)
        text_format(
            p->out,
            "%d claims; %d of them were held against studies and a simulated trial by a rule, the others as a reviewer saw them.",
            n, claims->tested);
    if (length == 5 && memcmp(place, "title", length) == 0) text_add(p->out, CLAIMS_TITLE);
    if (length != 6 || memcmp(place, "claims", length) != 0) return;
    for (int tested = 1; tested >= 0; tested--) { /* those with a test first */
        text_add(p->out, tested ? "<h2>Held against studies</h2>\n" : "<h2>As a reviewer saw them</h2>\n");
        for (int row = 0; row < n; row++)
            if ((cell(claims->rows, row, "test")[0] != 0) == (tested != 0)) write_claim(p, claims->rows, row);
    }
}

islet_status islet_claims_report_write(const islet_claims *claims, const char *path, islet_problems *problems)
{
    static const char *const no_figures[] = {NULL};
    if (!claims || !path || !path[0]) return ISLET_ERR_ARGUMENT;
    return meta_page_write(&(page_plan){"claims", no_figures, fill, claims}, path, problems);
}
