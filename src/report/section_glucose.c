/* Ambulatory glucose profile: percentiles of sensor glucose by time of day, before and after, for each arm.
 * Layout after Battelino T et al., Diabetes Care 2019;42:1593-1603. */
#include <math.h>
#include <string.h>

#include "report/page.h"
#include "trial/result.h"

enum { PERCENTILES = 5 };
static const double percentiles[PERCENTILES] = {0.05, 0.25, 0.50, 0.75, 0.95};
static const char *const percentile_names[PERCENTILES] = {"p5", "p25", "p50", "p75", "p95"};

/* counts in bins => value below which a share p lies, linear inside a bin; NaN when nothing was counted */
static double binned_percentile(const int64_t counts[PROFILE_BINS], double p)
{
    int64_t total = 0;
    for (int bin = 0; bin < PROFILE_BINS; bin++) total += counts[bin];
    if (total == 0) return NAN;
    double wanted = p * (double)total, below = 0.0;
    for (int bin = 0; bin < PROFILE_BINS; bin++) {
        if (below + (double)counts[bin] >= wanted && counts[bin] > 0)
            return PROFILE_BIN_MG_DL * (bin + (wanted - below) / (double)counts[bin]);
        below += (double)counts[bin];
    }
    return PROFILE_BIN_MG_DL * PROFILE_BINS;
}

static const char *const period_keys[] = {"before", "after"};
static const char *const period_labels[] = {"Before: last 2 weeks before day 0", "After: last 2 weeks of follow-up"};

/* one time of day of one arm and period: to the figure, and on the hour to the table */
static void write_slot(page *p, int arm, int period, int slot, const int64_t counts[PROFILE_BINS])
{
    double values[PERCENTILES];
    for (int i = 0; i < PERCENTILES; i++) values[i] = binned_percentile(counts, percentiles[i]);
    row_begin(p);
    field_text(p, "arm", p->arm_names[arm]);
    field_text(p, "period", period_labels[period]);
    field_number(p, "hour", 24.0 * slot / PROFILE_SLOTS, 2);
    for (int i = 0; i < PERCENTILES; i++) field_number(p, percentile_names[i], values[i], 0);
    row_end(p);
    if (slot % (PROFILE_SLOTS / 24) != 0 || slot == PROFILE_SLOTS) return;
    text_add(p->out, "<tr><td>");
    arm_label(p, arm);
    text_format(p->out, "</td><td>%s</td><td class=\"n\">%02d:00</td>", period_keys[period], slot * 24 / PROFILE_SLOTS);
    for (int i = 0; i < PERCENTILES; i++) cell_number(p, values[i], 0);
    text_add(p->out, "</tr>\n");
}

static void write_period(page *p, int arm, int period)
{
    int64_t counts[PROFILE_SLOTS + 1][PROFILE_BINS] = {{0}};
    bool any = false;
    sqlite3_stmt *query = page_query(p, period == 0 ? "SELECT slot, bin, count FROM profile WHERE arm = ?1 AND period = 'before'"
                                                    : "SELECT slot, bin, count FROM profile WHERE arm = ?1 AND period = 'after'",
                                     PAGE_BIND(arm));
    while (page_row(p, &query)) {
        int slot = sqlite3_column_int(query, 0), bin = sqlite3_column_int(query, 1);
        const int64_t count = sqlite3_column_int64(query, 2);
        if (slot < 0 || slot >= PROFILE_SLOTS || bin < 0 || bin >= PROFILE_BINS || count < 0 || count > UINT32_MAX) continue;
        counts[slot][bin] = count;
        any = true;
    }
    if (!any) return;
    memcpy(counts[PROFILE_SLOTS], counts[0], sizeof counts[0]); /* midnight again, so that the day closes */
    for (int slot = 0; slot <= PROFILE_SLOTS; slot++) write_slot(p, arm, period, slot, counts[slot]);
}

void section_glucose(page *p)
{
    static const char *const headings[] = {"arm", "period", "#time", "#5 %", "#25 %", "#median", "#75 %", "#95 %", NULL};
    data_begin(p, "glucose");
    table_begin(p, headings);
    for (int arm = 0; arm < p->arms; arm++)
        for (int period = 0; period < PROFILE_PERIODS; period++) write_period(p, arm, period);
    table_end(p);
    data_end(p);
}
