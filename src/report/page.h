/* Page: what the sections of the report share. Each section reads the store and fills its places in assets/page.html.
 * Nothing but the store goes in, so the same store always gives the same page. */
#ifndef ISLET_REPORT_PAGE_H
#define ISLET_REPORT_PAGE_H

#include <sqlite3.h>

#include "islet.h"
#include "report/text.h"

#define PAGE_ARMS 16
#define PAGE_VISITS 64
#define PAGE_COLOURS 8 /* of arms, in assets/style.css and theme.vl.json */
#define DAYS_A_YEAR 365.0

#define PAGE_CARDS 6
#define PAGE_CURVES 4

typedef enum { PAGE_TYPE1, PAGE_TYPE2, PAGE_NO_DIABETES } page_diabetes;

/* An end point as the report shows it: on cards, in the headline and over time. */
typedef struct {
    const char *endpoint, *card, *unit;
    const char *curve;  /* title over time; NULL: only at visits */
    const char *phrase; /* before the numbers of the arms */
    double scale;
    int digits, curve_digits;
} page_line;

typedef struct {
    islet_store *store;
    islet_problems *problems;
    islet_status status; /* first failure; sections do nothing more after it */
    text *out;           /* where the section in hand writes HTML */
    text data;           /* JSON: tables of the figures, "name":[{...},...], */

    /* the run, read once by page_read_run */
    int arms, control_arm; /* the others are compared with it; -1: one arm */
    bool has_control;      /* that arm is a control by its role */
    char arm_names[PAGE_ARMS][64];
    int n_visits, visit_days[PAGE_VISITS], last_visit_day, follow_up_day;
    int64_t patients, enrolled; /* asked for; in the store, per arm */
    bool paired, complete;
    double days_a_unit; /* of the time axes: months for short trials, else years */

    /* chosen once by page_choose, from the people and the protocol's end points */
    page_diabetes diabetes;
    bool about_insulin; /* people inject it before treatment, so that living without it is a question */
    bool gives_cells;   /* cells, immunosuppression or conditioning, in any arm */
    int n_cards, n_curves;
    const page_line *cards[PAGE_CARDS], *curves[PAGE_CURVES];
} page;

void page_read_run(page *p);
void page_choose(page *p);

/* ---- reading ---- */

/* Prepare a query and bind whole numbers to ?1, ?2, ... from a list that ends with -1 (so none may be negative).
 * NULL, with the status set, on failure. */
sqlite3_stmt *page_query(page *p, const char *sql, const int *numbers);
#define PAGE_BIND(...) ((const int[]){__VA_ARGS__ __VA_OPT__(,) -1})

/* Step: true while there is a row; finalizes the query at its end. */
bool page_row(page *p, sqlite3_stmt **query);

double column_number(sqlite3_stmt *row, int column);    /* NaN when NULL */
const char *column_string(sqlite3_stmt *row, int column); /* "" when NULL; valid until the next row */

/* First column of all rows as an array that the caller frees; NULL with *n 0 when there are none or on failure. */
double *page_values(page *p, const char *sql, const int *numbers, int64_t *n);

/* ---- writing ---- */

/* Rows of a figure's data: data_begin, then for each row row_begin, fields, row_end; then data_end. */
void data_begin(page *p, const char *name);
void data_end(page *p);
void row_begin(page *p);
void row_end(page *p);
void field_text(page *p, const char *key, const char *value);
void field_number(page *p, const char *key, double value, int digits); /* null when missing */

/* HTML tables: headings from a list that ends with NULL; a heading that begins with '#' is a number column. */
void table_begin(page *p, const char *const *headings);
void table_end(page *p);
void cell_text(page *p, const char *value);
void cell_number(page *p, double value, int digits);
void cell_count(page *p, int64_t value);
/* "value (low to high)", each times `scale` */
void cell_interval(page *p, double value, double low, double high, double scale, int digits);

/* Name of an arm with its colour beside it. */
void arm_label(page *p, int arm);

/* A source as text; doi and web addresses become links. */
void source_link(page *p, const char *source);

/* Length of time as people say it: "90 days", "1 year". */
void length_label(text *t, int days);

/* Day as people say it: "day 90", "1 year". */
void day_label(text *t, int day);

/* ---- sections: places of assets/page.html ---- */

void section_title(page *p);
void section_state(page *p);
void section_paragraph(page *p);
void section_cards(page *p);
void section_glucose(page *p);
void section_course(page *p);
void section_course_words(page *p);
void course_words(page *p, text *out);
void section_independence(page *p);
void section_independence_link(page *p);
void section_outcomes(page *p);
void section_ranges(page *p);
void section_published(page *p);
void section_people(page *p);
void section_care(page *p);
void section_assumptions(page *p);
void section_provenance(page *p);
void section_repeat(page *p);
void section_inputs(page *p);
void section_protocol(page *p);
void section_build(page *p);

#endif
