/* Reading from the store and writing into the page: what all sections use. */
#include "report/page.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "store/store.h"

sqlite3_stmt *page_query(page *p, const char *sql, const int *numbers)
{
    sqlite3_stmt *query = NULL;
    if (p->status != ISLET_OK) return NULL;
    p->status = store_prepare(p->store, sql, &query, p->problems);
    int code = SQLITE_OK;
    for (int i = 0; query && code == SQLITE_OK && numbers[i] >= 0; i++) code = sqlite3_bind_int(query, i + 1, numbers[i]);
    if (code == SQLITE_OK) return query;
    p->status = store_failure(p->store, code, "read the store", p->problems);
    sqlite3_finalize(query);
    return NULL;
}

bool page_row(page *p, sqlite3_stmt **query)
{
    if (!*query) return false;
    int code = sqlite3_step(*query);
    if (code == SQLITE_ROW && p->status == ISLET_OK) return true;
    if (code != SQLITE_ROW && code != SQLITE_DONE && p->status == ISLET_OK)
        p->status = store_failure(p->store, code, "read the store", p->problems);
    sqlite3_finalize(*query);
    *query = NULL;
    return false;
}

double column_number(sqlite3_stmt *row, int column)
{
    return sqlite3_column_type(row, column) == SQLITE_NULL ? NAN : sqlite3_column_double(row, column);
}

const char *column_string(sqlite3_stmt *row, int column)
{
    const unsigned char *value = sqlite3_column_text(row, column);
    return value ? (const char *)value : "";
}

double *page_values(page *p, const char *sql, const int *numbers, int64_t *n)
{
    double *values = NULL;
    int64_t capacity = 0;
    *n = 0;
    sqlite3_stmt *query = page_query(p, sql, numbers);
    while (page_row(p, &query)) {
        if (*n == capacity) {
            capacity = capacity ? 2 * capacity : 1024;
            double *grown = realloc(values, (size_t)capacity * sizeof *values);
            if (!grown) {
                p->status = ISLET_ERR_MEMORY;
                continue; /* page_row ends the query */
            }
            values = grown;
        }
        values[(*n)++] = column_number(query, 0);
    }
    if (p->status == ISLET_OK) return values;
    free(values);
    *n = 0;
    return NULL;
}

static void read_arms(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT name FROM arm ORDER BY arm", PAGE_BIND());
    for (int arm = 0; page_row(p, &query); arm++)
        if (arm < PAGE_ARMS) snprintf(p->arm_names[arm], sizeof p->arm_names[arm], "%s", column_string(query, 0));
}

static void read_visits(page *p)
{
    sqlite3_stmt *query = page_query(p, "SELECT DISTINCT day FROM visit ORDER BY day", PAGE_BIND());
    while (page_row(p, &query))
        if (p->n_visits < PAGE_VISITS) p->visit_days[p->n_visits++] = sqlite3_column_int(query, 0);
    p->last_visit_day = p->n_visits > 0 ? p->visit_days[p->n_visits - 1] : 0;
    query = page_query(p, "SELECT count(*) FROM visit WHERE arm = 0 AND day = ?1", PAGE_BIND(p->last_visit_day));
    while (page_row(p, &query)) p->enrolled = sqlite3_column_int64(query, 0);
}

void page_read_run(page *p)
{
    p->control_arm = -1;
    sqlite3_stmt *query = page_query(p, "SELECT arms, coalesce(control_arm, -1), follow_up_day, patients, paired, "
                                     "state = 'complete', has_control FROM run", PAGE_BIND());
    bool found = false;
    while (page_row(p, &query)) {
        found = true;
        p->arms = sqlite3_column_int(query, 0);
        p->control_arm = sqlite3_column_int(query, 1);
        p->follow_up_day = sqlite3_column_int(query, 2);
        p->patients = sqlite3_column_int64(query, 3);
        p->paired = sqlite3_column_int(query, 4) != 0;
        p->complete = sqlite3_column_int(query, 5) != 0;
        p->has_control = sqlite3_column_int(query, 6) != 0;
    }
    if (p->status == ISLET_OK && (!found || p->arms < 1 || p->arms > PAGE_ARMS)) p->status = ISLET_ERR_STORE;
    read_arms(p);
    read_visits(p);
    p->days_a_unit = p->follow_up_day <= 2 * DAYS_A_YEAR ? DAYS_A_YEAR / 12.0 : DAYS_A_YEAR;
}

/* ---- data of figures ---- */

/* a comma is written after every member and the last one is taken back at the end */
static void take_back_comma(text *t)
{
    if (t->size > 0 && t->bytes[t->size - 1] == ',') t->bytes[--t->size] = 0;
}

void data_begin(page *p, const char *name)
{
    text_json(&p->data, name);
    text_add(&p->data, ":[");
}

void data_end(page *p)
{
    take_back_comma(&p->data);
    text_add(&p->data, "],\n");
}

void row_begin(page *p)
{
    text_add(&p->data, "{");
}

void row_end(page *p)
{
    take_back_comma(&p->data);
    text_add(&p->data, "},");
}

void field_text(page *p, const char *key, const char *value)
{
    text_json(&p->data, key);
    text_add(&p->data, ":");
    text_json(&p->data, value);
    text_add(&p->data, ",");
}

void field_number(page *p, const char *key, double value, int digits)
{
    char number[NUMBER_TEXT] = "null";
    if (isfinite(value)) number_write_fixed(value, digits, number);
    text_json(&p->data, key);
    text_add(&p->data, ":");
    text_add(&p->data, number);
    text_add(&p->data, ",");
}

/* ---- tables ---- */

void table_begin(page *p, const char *const *headings)
{
    text_add(p->out, "<div class=\"scroll\"><table><thead><tr>");
    for (; *headings; headings++) {
        bool number = **headings == '#';
        text_add(p->out, number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">");
        text_html(p->out, *headings + number);
        text_add(p->out, "</th>");
    }
    text_add(p->out, "</tr></thead><tbody>\n");
}

void table_end(page *p)
{
    text_add(p->out, "</tbody></table></div>\n");
}

void cell_text(page *p, const char *value)
{
    text_add(p->out, "<td>");
    text_html(p->out, value);
    text_add(p->out, "</td>");
}

void cell_number(page *p, double value, int digits)
{
    text_add(p->out, "<td class=\"n\">");
    text_fixed(p->out, value, digits);
    text_add(p->out, "</td>");
}

void cell_count(page *p, int64_t value)
{
    text_add(p->out, "<td class=\"n\">");
    text_count(p->out, value);
    text_add(p->out, "</td>");
}

void cell_interval(page *p, double value, double low, double high, double scale, int digits)
{
    text_add(p->out, "<td class=\"n\">");
    text_fixed(p->out, value * scale, digits);
    if (!isnan(low) && !isnan(high)) {
        text_add(p->out, " <span class=\"ci\">(");
        text_fixed(p->out, low * scale, digits);
        text_add(p->out, " to ");
        text_fixed(p->out, high * scale, digits);
        text_add(p->out, ")</span>");
    }
    text_add(p->out, "</td>");
}

void arm_label(page *p, int arm)
{
    text_format(p->out, "<span class=\"arm arm%d\">", arm);
    text_html(p->out, arm >= 0 && arm < PAGE_ARMS ? p->arm_names[arm] : "?"); /* a number from the store may be any */
    text_add(p->out, "</span>");
}

void source_link(page *p, const char *source)
{
    bool doi = strncmp(source, "doi:10.", 7) == 0, web = strncmp(source, "https://", 8) == 0;
    size_t length = strcspn(source, " ;,");
    if (!(doi || web) || length >= 400) {
        text_html(p->out, source);
        return;
    }
    char address[400];
    memcpy(address, source, length);
    address[length] = 0;
    text_add(p->out, "<a rel=\"noreferrer\" href=\"");
    text_html(p->out, doi ? "https://doi.org/" : "");
    text_html(p->out, address + (doi ? 4 : 0));
    text_add(p->out, "\">");
    /* of a long address the host says enough */
    if (web) {
        address[8 + strcspn(address + 8, "/")] = 0;
        text_html(p->out, address + 8);
    } else {
        text_html(p->out, address);
    }
    text_add(p->out, "</a>");
    text_html(p->out, source + length);
}

void length_label(text *t, int days)
{
    if (days % 365 == 0) text_format(t, days == 365 ? "%d year" : "%d years", days / 365);
    else text_format(t, days == 1 ? "%d day" : "%d days", days);
}

void day_label(text *t, int day)
{
    if (day > 0 && day % 365 == 0) length_label(t, day);
    else text_format(t, "day %d", day);
}
