/* Units of published outcomes: those that an end point may have in a file, however they are spelt, and what turns them into its own. */
#include "evidence/outcome_units.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"

#define CHOLESTEROL_MG_DL_PER_MMOL_L 38.67
#define TRIGLYCERIDES_MG_DL_PER_MMOL_L 88.57

static const outcome_conversion conversions[] = {
    {NULL, "fraction", "%", 0.01, 0},
    {NULL, "%", "fraction", 100, 0},
    {"hba1c_pct", "%", "mmol/mol", 0.09148, 2.152},
    {"hba1c_pct", "%", "percentage points", 1, 0}, /* of a change */
    {"ldl_mg_dl", "mg/dL", "mmol/L", CHOLESTEROL_MG_DL_PER_MMOL_L, 0},
    {"hdl_mg_dl", "mg/dL", "mmol/L", CHOLESTEROL_MG_DL_PER_MMOL_L, 0},
    {"triglycerides_mg_dl", "mg/dL", "mmol/L", TRIGLYCERIDES_MG_DL_PER_MMOL_L, 0},
    {NULL, "mg/dL", "mmol/L", MG_DL_PER_MMOL_L, 0}, /* glucose */
    {NULL, "mg/L", "mg/dL", 10, 0},
    {NULL, "nmol/L", "ng/mL", 1 / C_PEPTIDE_NG_ML_PER_NMOL_L, 0},
    {NULL, "nmol/L", "ug/L", 1 / C_PEPTIDE_NG_ML_PER_NMOL_L, 0},
    {NULL, "nmol/L", "pmol/mL", 1, 0},
    {NULL, "nmol/L", "pmol/L", 0.001, 0},
    {NULL, "U/kg/day", "IU/kg/day", 1, 0},
    {NULL, "U/kg/day", "U/kg", 1, 0}, /* of a day's dose */
    {NULL, "U/kg/day", "IU/kg", 1, 0},
    {NULL, "U/day", "IU/day", 1, 0},
    {NULL, "1/year", "events/year", 1, 0},
};

#define UNIT_TEXT 40

/* What people write for a word of a unit, once blanks and capitals are gone. */
static const char *const spellings[][2] = {
    {"percent", "%"},  {"pct", "%"},      {"proportion", "fraction"}, {"per", "/"},
    {"\xc2\xb5", "u"}, {"\xce\xbc", "u"}, {"\xc2\xb2", "2"},          {"^2", "2"},
    {"litre", "l"},    {"liter", "l"},
};

/* A unit without what only looks different: blanks, capitals, percent, per, U/kg/d. What does not fit is cut, and is no unit. */
static void plain_unit(const char *unit, char out[UNIT_TEXT])
{
    int n = 0;
    if ((unit[0] == 'p' || unit[0] == 'P') && strncmp(unit + 1, "er ", 3) == 0) out[n++] = '1'; /* per year */
    while (*unit && n < UNIT_TEXT - 12) {
        const char *as = NULL;
        char lower[12] = "";
        for (int i = 0; i < 11 && unit[i]; i++)
            lower[i] = unit[i] >= 'A' && unit[i] <= 'Z' ? (char)(unit[i] - 'A' + 'a') : unit[i];
        for (size_t i = 0; !as && i < sizeof spellings / sizeof *spellings; i++) {
            size_t length = strlen(spellings[i][0]);
            if (strncmp(lower, spellings[i][0], length) == 0) as = spellings[i][1], unit += length;
        }
        if (as) n += snprintf(out + n, (size_t)(UNIT_TEXT - n), "%s", as);
        else if (lower[0] != ' ') out[n++] = lower[0], unit++;
        else unit++;
    }
    out[n] = 0;
    static const char *const ends[][2] = {{"/d", "/day"}, {"/yr", "/year"}, {"/y", "/year"}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t length = strlen(ends[i][0]);
        if ((size_t)n > length && strcmp(out + n - length, ends[i][0]) == 0) {
            snprintf(out + (size_t)n - length, UNIT_TEXT - ((size_t)n - length), "%s", ends[i][1]);
            break;
        }
    }
}

bool outcome_unit_is(const char *a, const char *b)
{
    char plain_a[UNIT_TEXT], plain_b[UNIT_TEXT];
    plain_unit(a, plain_a);
    plain_unit(b, plain_b);
    return strcmp(plain_a, plain_b) == 0;
}

static bool is_for(const outcome_conversion *c, const outcome_info *endpoint)
{
    return strcmp(c->unit, endpoint->unit) == 0 && (!c->endpoint || strcmp(c->endpoint, endpoint->key) == 0);
}

void outcome_units_list(const outcome_info *endpoint, char out[UNITS_SHOWN])
{
    int at = snprintf(out, UNITS_SHOWN, "%s", endpoint->unit);
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions && at < UNITS_SHOWN; i++) {
        const outcome_conversion *c = &conversions[i];
        if (is_for(c, endpoint)) at += snprintf(out + at, (size_t)(UNITS_SHOWN - at), ", %s", c->written);
    }
}

const outcome_conversion *outcome_conversion_find(const outcome_info *endpoint, const char *written, bool any_endpoint)
{
    for (size_t i = 0; i < sizeof conversions / sizeof *conversions; i++) {
        const outcome_conversion *c = &conversions[i];
        if (is_for(c, endpoint) && outcome_unit_is(c->written, written) && !(any_endpoint && c->endpoint)) return c;
    }
    return NULL;
}

bool outcome_unit_scale(const outcome_info *endpoint, const char *written, double *scale, char known[UNITS_SHOWN])
{
    *scale = 1.0;
    outcome_units_list(endpoint, known);
    if (outcome_unit_is(written, endpoint->unit)) return true;
    const outcome_conversion *c = outcome_conversion_find(endpoint, written, false);
    if (c) *scale = c->factor;
    return c != NULL;
}

const char *outcome_unit_elsewhere(const outcome_info *endpoint, const char *written)
{
    if (strncmp(endpoint->key, "insulin_u", 9) != 0) return "";
    if (outcome_unit_is(written, "%")) return "; a change in % has the word change_pct in the column statistic";
    if (outcome_unit_is(written, "U/day") || outcome_unit_is(written, "IU/day")) return "; a dose in U/day is insulin_u_per_day";
    return outcome_unit_is(written, "U/kg/day") || outcome_unit_is(written, "IU/kg/day")
               ? "; a dose in U/kg/day is insulin_u_per_kg_day"
               : "";
}
