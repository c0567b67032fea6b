/* Choice: what the report shows first. The end points that a protocol names come before all others, in its order; then follow those of the
 * people it is about: life without insulin where insulin is injected, diabetes and what leads to it where nobody has it. */
#include <stdio.h>
#include <string.h>

#include "report/page.h"

/* what can be shown, with the words and digits of cards, headline and curves */
static const page_line lines[] = {
    {"insulin_independent", "Off insulin", "%", NULL, "the share of people living without injected insulin is ", 100.0, 0, 0},
    {"insulin_independent_strict", "Off insulin, strict", "%", NULL,
     "the share of people off insulin by the strict definition is ", 100.0, 0, 0},
    {"hba1c_pct", "HbA1c", "%", "HbA1c, %", "mean HbA1c is ", 1.0, 1, 2},
    {"time_in_range_pct", "Time 70\u2013180 mg/dL", "%", "Time in 70\u2013180 mg/dL, %", "mean time in 70\u2013180 mg/dL is ", 1.0, 0, 1},
    {"time_below_70_pct", "Time below 70 mg/dL", "%", "Time below 70 mg/dL, %", "mean time below 70 mg/dL is ", 1.0, 1, 2},
    {"time_below_54_pct", "Time below 54 mg/dL", "%", "Time below 54 mg/dL, %", "mean time below 54 mg/dL is ", 1.0, 2, 2},
    {"c_peptide_stimulated_nmol_l", "Stimulated C-peptide", "nmol/L", "Stimulated C-peptide, nmol/L", "mean stimulated C-peptide is ",
     1.0, 2, 3},
    {"c_peptide_auc_mean_nmol_l", "C-peptide after a meal", "nmol/L", "C-peptide, mean over the meal test, nmol/L",
     "mean C-peptide of the meal test is ", 1.0, 2, 3},
    {"insulin_u_per_kg_day", "Insulin", "U/kg/day", "Injected insulin, U/kg/day", "the mean dose of insulin is ", 1.0, 2, 3},
    {"severe_hypo_per_year", "Severe hypoglycaemia", "per year", NULL, "severe hypoglycaemia a year and person is ", 1.0, 2, 2},
    {"diabetes", "Diabetes", "%", "Diabetes, % of people", "the share of people with diabetes is ", 100.0, 0, 1},
    {"metabolic_syndrome", "Metabolic syndrome", "%", "Metabolic syndrome, % of people",
     "the share of people with the metabolic syndrome is ", 100.0, 0, 1},
    {"remission_t2d", "Remission", "%", "Remission of type 2 diabetes, % of people", "the share of people in remission is ", 100.0, 0, 1},
    {"fasting_glucose_mg_dl", "Fasting glucose", "mg/dL", "Fasting glucose, mg/dL", "mean fasting glucose is ", 1.0, 0, 1},
    {"weight_kg", "Weight", "kg", "Weight, kg", "mean weight is ", 1.0, 1, 1},
    {"bmi_kg_m2", "Body mass index", "kg/m\u00b2", "Body mass index, kg/m\u00b2", "mean body mass index is ", 1.0, 1, 1},
    {"waist_cm", "Waist", "cm", "Waist, cm", "mean waist is ", 1.0, 1, 1},
    {"systolic_mm_hg", "Systolic blood pressure", "mmHg", "Systolic blood pressure, mmHg", "mean systolic blood pressure is ", 1.0, 0, 1},
    {"ldl_mg_dl", "LDL cholesterol", "mg/dL", "LDL cholesterol, mg/dL", "mean LDL cholesterol is ", 1.0, 0, 1},
    {"triglycerides_mg_dl", "Triglycerides", "mg/dL", "Triglycerides, mg/dL", "mean triglycerides are ", 1.0, 0, 1},
    {"glucose_drugs_n", "Glucose-lowering drugs", "a person", "Glucose-lowering drugs a person", "the mean number of glucose-lowering drugs is ",
     1.0, 1, 2},
    {"homa_ir", "HOMA-IR", "", "HOMA-IR", "mean HOMA-IR is ", 1.0, 2, 2},
    {"egfr_ml_min_1_73m2", "eGFR", "mL/min/1.73 m\u00b2", "eGFR, mL/min/1.73 m\u00b2", "mean eGFR is ", 1.0, 0, 1},
};

/* what follows where the protocol names fewer: for the cards and headline, and for the curves */
static const char *const cards_insulin[] = {"insulin_independent",         "hba1c_pct",            "time_in_range_pct",
                                            "c_peptide_stimulated_nmol_l", "insulin_u_per_kg_day", "severe_hypo_per_year", NULL};
static const char *const curves_insulin[] = {"c_peptide_stimulated_nmol_l", "hba1c_pct", "insulin_u_per_kg_day", "time_in_range_pct", NULL};
static const char *const cards_type2[] = {"hba1c_pct", "weight_kg",       "fasting_glucose_mg_dl", "remission_t2d",
                                          "glucose_drugs_n", "time_in_range_pct", NULL};
static const char *const curves_type2[] = {"hba1c_pct", "weight_kg", "fasting_glucose_mg_dl", "glucose_drugs_n", NULL};
static const char *const cards_none[] = {"diabetes", "hba1c_pct", "weight_kg", "fasting_glucose_mg_dl", "metabolic_syndrome", "systolic_mm_hg", NULL};
static const char *const curves_none[] = {"diabetes", "weight_kg", "hba1c_pct", "fasting_glucose_mg_dl", NULL};

static const page_line *find_line(const char *endpoint)
{
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (strcmp(lines[i].endpoint, endpoint) == 0) return &lines[i];
    return NULL;
}

static void add_line(const page_line **list, int *n, int most, const page_line *line)
{
    for (int i = 0; i < *n; i++)
        if (list[i] == line) return;
    if (line && *n < most) list[(*n)++] = line;
}

static bool read_count(page *p, const char *sql)
{
    int64_t n = 0;
    sqlite3_stmt *query = page_query(p, sql, PAGE_BIND());
    while (page_row(p, &query)) n = sqlite3_column_int64(query, 0);
    return n > 0;
}

/* who the people are, and what they are given */
static void read_people(page *p)
{
    p->diabetes = PAGE_TYPE1;
    sqlite3_stmt *query = page_query(p, "SELECT diabetes FROM run", PAGE_BIND());
    while (page_row(p, &query)) {
        if (strcmp(column_string(query, 0), "type2") == 0) p->diabetes = PAGE_TYPE2;
        if (strcmp(column_string(query, 0), "none") == 0) p->diabetes = PAGE_NO_DIABETES;
    }
    double share = 0.0;
    query = page_query(p, "SELECT avg(insulin_u_per_kg_day > 0.0) FROM visit WHERE arm = 0 AND day = 0", PAGE_BIND());
    while (page_row(p, &query)) share = column_number(query, 0);
    p->about_insulin = p->diabetes == PAGE_TYPE1 || share >= 0.5;
    p->gives_cells = read_count(p, "SELECT (SELECT count(*) FROM course) + (SELECT count(*) FROM arm WHERE regimen IS NOT NULL OR "
                                   "conditioning IS NOT NULL)");
}

void page_choose(page *p)
{
    read_people(p);
    const char *const *cards = p->about_insulin ? cards_insulin : p->diabetes == PAGE_TYPE2 ? cards_type2 : cards_none;
    const char *const *curves = p->about_insulin ? curves_insulin : p->diabetes == PAGE_TYPE2 ? curves_type2 : curves_none;
    const bool named = read_count(p, "SELECT count(*) FROM endpoint WHERE NOT asked"); /* else the protocol named none, and all are asked */
    sqlite3_stmt *query = page_query(p, named ? "SELECT endpoint FROM endpoint WHERE asked ORDER BY position"
                                              : "SELECT endpoint FROM endpoint WHERE 0", PAGE_BIND());
    while (page_row(p, &query)) {
        const page_line *line = find_line(column_string(query, 0));
        add_line(p->cards, &p->n_cards, PAGE_CARDS, line);
        if (line && line->curve) add_line(p->curves, &p->n_curves, PAGE_CURVES, line);
    }
    for (; *cards; cards++) add_line(p->cards, &p->n_cards, PAGE_CARDS, find_line(*cards));
    for (; *curves; curves++) add_line(p->curves, &p->n_curves, PAGE_CURVES, find_line(*curves));
}
