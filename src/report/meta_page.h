/* What the reports of a pool and of a network share: forest plots, tables and tests. */
#ifndef ISLET_REPORT_META_PAGE_H
#define ISLET_REPORT_META_PAGE_H

#include "report/assemble.h"

#define DIAMONDS_MAX 64
#define RATIO_LEAST 0.005 /* the axis of ratios ends here and at its inverse */

typedef struct {
    double value, low, high;
    int y;
} diamond;

/* rows of the figure as they are written, and the range of its axis; rows come on the scale of the analysis */
typedef struct {
    bool ratio, weights; /* weights: studies have one, and the column a heading */
    int rows, diamonds;
    double low, high;
    const char *heading; /* while the row of headings is written */
    diamond diamond[DIAMONDS_MAX];
} forest;

/* kind: study, group (a heading), pool (a diamond), prediction. Missing numbers are NaN. */
void forest_begin(page *p, forest *f, const char *label, const char *treated, const char *control);
void forest_row(page *p, forest *f, const char *kind, const char *label, const char *treated, const char *control,
                double value, double low, double high, double weight);
void forest_end(page *p, const forest *f);
void forest_words(page *p, const forest *f, const char *axis,
                  bool arms); /* the words of the figure; after forest_end */

bool meta_page_is_ratio(const char *measure);
double meta_page_number(const islet_table *table, int row, int column);
void meta_page_section(page *p, const char *heading, const char *explain); /* ours, as HTML; closed with </section> */
void meta_page_figure(page *p, const char *name, const char *label);       /* closed with </details></figure> */
void meta_page_test(page *p, const char *name, double statistic, int freedom, double value);
void meta_page_table(page *p, const islet_table *table,
                     const char *const *headings); /* NULL: the column is not shown */
void meta_page_left(page *p, const islet_table *left);
ISLET_CHECK islet_status meta_page_write(const page_plan *plan, const char *path, islet_problems *problems);

#endif
