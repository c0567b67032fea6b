/* Rules of care, assumptions with their standing, provenance, how to repeat the run, and what depends on the machine. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "evidence/sensitivity.h"
#include "report/page.h"
#include "store/store.h"

void section_care(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT text FROM care_rule ORDER BY number", PAGE_BIND());
    bool any = false;
    while (page_row(p, &query)) {
        text_add(p->out, any ? "<li>" : "<ol><li>");
        text_html(p->out, column_string(query, 0));
        text_add(p->out, "</li>\n");
        any = true;
    }
    if (any) text_add(p->out, "</ol>\n");
}

/* every number of the run: products and regimens, population, parameters of the model */
#define ALL_VALUES                                                                                                   \
    "SELECT standing, sentence, key, value, unit, source, product AS place, 0 AS part, 0 AS position FROM product_value " \
    "UNION ALL SELECT standing, sentence, key, mean, unit, source, 'people (mean)', 1, 0 FROM population_value "       \
    "UNION ALL SELECT standing, sentence, key, value, unit, source, 'model', 2, position FROM parameter"

static void write_values(page *p, const char *standing)
{
    static const char *const headings[] = {"what", "of", "#value", "unit", "source or reason", NULL};
    char *sql = sqlite3_mprintf(
        "SELECT * FROM (" ALL_VALUES ") WHERE standing = %Q ORDER BY part, place, position, key", standing);
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return;
    }
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND());
    sqlite3_free(sql);
    table_begin(p, headings);
    while (page_row(p, &query)) {
        char value[NUMBER_TEXT];
        number_write(column_number(query, 3), value);
        text_add(p->out, "<tr><td>");
        text_html(p->out, column_string(query, 1));
        text_add(p->out, "<br><code>");
        text_html(p->out, column_string(query, 2));
        text_add(p->out, "</code></td>");
        cell_text(p, column_string(query, 6));
        text_add(p->out, "<td class=\"n\">");
        text_html(p->out, value);
        text_add(p->out, "</td>");
        cell_text(p, column_string(query, 4));
        text_add(p->out, "<td>");
        source_link(p, column_string(query, 5));
        text_add(p->out, "</td></tr>\n");
    }
    table_end(p);
}

#define LEADING 5

/* one of the leading parameters: its sentence, value and standing as this run has them, and what it moves */
static void write_leading(page *p, const sensitivity_rank *rank)
{
    const char *dot = strchr(rank->parameter, '.');
    char *sql = sqlite3_mprintf("SELECT * FROM (" ALL_VALUES ") WHERE key = %Q AND place = %Q",
                                dot ? dot + 1 : rank->parameter, "model");
    if (dot && sql) {
        sqlite3_free(sql);
        sql = sqlite3_mprintf("SELECT * FROM (" ALL_VALUES ") WHERE key = %Q AND place = %.*Q", dot + 1,
                              (int)(dot - rank->parameter), rank->parameter);
    }
    if (!sql) {
        p->status = ISLET_ERR_MEMORY;
        return;
    }
    text_add(p->out, "<li><code>");
    text_html(p->out, rank->parameter);
    text_format(p->out, "</code> <span class=\"tag %s\">%s</span> ", rank->standing, rank->standing);
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND());
    sqlite3_free(sql);
    while (page_row(p, &query)) {
        char value[NUMBER_TEXT];
        number_write(column_number(query, 3), value);
        text_html(p->out, column_string(query, 1));
        text_add(p->out, ": ");
        text_html(p->out, value);
        text_add(p->out, " ");
        text_html(p->out, column_string(query, 4));
        text_add(p->out, "; ");
    }
    text_add(p->out, "moves most: ");
    text_html(p->out, rank->moves);
    text_add(p->out, "</li>\n");
}

/* The first `length` bytes of `parameter`: is that a product or regimen of the run? */
static bool is_used(page *p, const char *parameter, size_t length)
{
    bool used = false;
    sqlite3_stmt *query = page_query(p, "SELECT DISTINCT product FROM product_value", PAGE_BIND());
    while (page_row(p, &query)) {
        const char *name = column_string(query, 0);
        used = used || (strlen(name) == length && strncmp(name, parameter, length) == 0);
    }
    return used;
}

/* Were these people and every product that is given screened? Rows of a product's parameters say that it was. */
static bool was_screened(page *p, const sensitivity_rank *ranks, int n)
{
    bool screened = false;
    sqlite3_stmt *query = page_query(p, "SELECT population FROM run", PAGE_BIND());
    while (page_row(p, &query)) screened = strcmp(column_string(query, 0), SENSITIVITY_POPULATION) == 0;
    int products = 0;
    query = page_query(p, "SELECT DISTINCT product FROM course", PAGE_BIND());
    while (page_row(p, &query)) {
        const char *name = column_string(query, 0);
        const size_t length = strlen(name);
        bool found = false;
        for (int i = 0; i < n && !found; i++) found = strncmp(ranks[i].parameter, name, length) == 0 && ranks[i].parameter[length] == '.';
        screened = screened && found;
        products++;
    }
    return screened && products > 0;
}

/* the five parameters that results depend on most, of those that this run has; where it was never looked at, that is said */
static void write_sensitivity(page *p)
{
    sensitivity_rank *ranks = NULL;
    int n = 0, shown = 0;
    if (p->status == ISLET_OK) p->status = sensitivity_ranks(&ranks, &n, p->problems);
    const bool screened = was_screened(p, ranks, n);
    if (n > 0 && screened)
        text_add(
            p->out,
            "<p>Of all numbers these five move the results of the shipped zimislecel example most, over the range in which they may lie "
            "(<code>islet params --sensitivity</code>):</p>\n<ol>\n");
    for (int i = 0; i < n && shown < LEADING && screened; i++) {
        const char *dot = strchr(ranks[i].parameter, '.');
        if (dot && !is_used(p, ranks[i].parameter, (size_t)(dot - ranks[i].parameter))) continue;
        write_leading(p, &ranks[i]);
        shown++;
    }
    if (n > 0 && screened) text_add(p->out, "</ol>\n");
    if (n > 0 && !screened)
        text_add(p->out, "<p>Which numbers move these results most was not screened: the study of sensitivity (<code>islet params "
                         "--sensitivity</code>) is of stem-cell-derived islets in adults with long-standing type 1 diabetes alone.</p>\n");
    free(ranks);
}

void section_assumptions(page *p)
{
    write_sensitivity(p);
    static const struct {
        const char *standing, *sentence;
    } groups[] = {
        {"assumed", "assumed: no source gives the number; the reason for the choice is named"},
        {"fitted", "fitted: set so that the model meets the rows named"},
        {"measured", "measured: read in the source"},
    };
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        int64_t n = 0;
        char *sql = sqlite3_mprintf("SELECT count(*) FROM (" ALL_VALUES ") WHERE standing = %Q", groups[i].standing);
        if (!sql) {
            p->status = ISLET_ERR_MEMORY;
            return;
        }
        sqlite3_stmt *query = page_query(p, sql, PAGE_BIND());
        sqlite3_free(sql);
        while (page_row(p, &query)) n = sqlite3_column_int64(query, 0);
        if (n == 0) continue;
        text_format(p->out, "<details%s><summary><span class=\"tag %s\">", i == 0 ? " open" : "", groups[i].standing);
        text_count(p->out, n);
        text_format(p->out, " %s</span> %s</summary>\n", n == 1 ? "number" : "numbers", groups[i].sentence);
        write_values(p, groups[i].standing);
        text_add(p->out, "</details>\n");
    }
}

static void write_line(page *p, const char *name, const char *value)
{
    text_add(p->out, "<div><dt>");
    text_html(p->out, name);
    text_add(p->out, "</dt><dd>");
    text_html(p->out, value);
    text_add(p->out, "</dd></div>\n");
}

void section_provenance(page *p)
{
    char hash[ISLET_HASH_TEXT] = "";
    sqlite3_stmt *query = page_query(p, "SELECT software || ' ' || version, source_commit, options, seed, population, "
                                     "protocol_sha256 FROM provenance, run", PAGE_BIND());
    while (page_row(p, &query)) {
        static const char *const names[] = {"software", "commit", "options", "seed", "population", "SHA-256 of the protocol"};
        for (int i = 0; i < 6; i++) write_line(p, names[i], column_string(query, i));
    }
    if (p->status == ISLET_OK) p->status = islet_store_hash(p->store, hash);
    write_line(p, "content hash of the store", hash);
}

void section_repeat(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT seed, patients, years, paired FROM run", PAGE_BIND());
    while (page_row(p, &query)) {
        char years[NUMBER_TEXT];
        number_write(column_number(query, 2), years);
        text_add(p->out, "islet run protocol.yaml --out study.db --seed ");
        text_html(p->out, column_string(query, 0));
        text_format(p->out, " --patients %lld --years %s%s\nislet check study.db --hash",
                    (long long)sqlite3_column_int64(query, 1), years,
                    sqlite3_column_int(query, 3) ? "" : " --independent-arms");
    }
}

void section_inputs(page *p)
{
    static const char *const headings[] = {"input", "#bytes", "SHA-256", NULL};
    sqlite3_stmt *query = page_query(p, "SELECT name, bytes, sha256 FROM input ORDER BY name", PAGE_BIND());
    table_begin(p, headings);
    while (page_row(p, &query)) {
        text_add(p->out, "<tr>");
        cell_text(p, column_string(query, 0));
        if (isnan(column_number(query, 1))) cell_text(p, "");
        else cell_count(p, sqlite3_column_int64(query, 1));
        text_add(p->out, "<td><code>");
        text_html(p->out, column_string(query, 2));
        text_add(p->out, "</code></td></tr>\n");
    }
    table_end(p);
}

void section_protocol(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT protocol_text FROM run WHERE protocol_text IS NOT NULL", PAGE_BIND());
    bool any = false;
    while (page_row(p, &query)) {
        any = true;
        text_html(p->out, column_string(query, 0));
    }
    if (!any) text_add(p->out, "The text of the protocol is not in the store; its hash is above.");
}

void section_build(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT key, value FROM provenance_build ORDER BY key", PAGE_BIND());
    while (page_row(p, &query)) write_line(p, column_string(query, 0), column_string(query, 1));
}
