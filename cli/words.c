/* Words for people: end points, traits and states of screening. */
#include "words.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name, *words;
} all[] = {
    /* end points and traits */
    {"hba1c_pct", "HbA1c"},
    {"c_peptide_stimulated_nmol_l", "C-peptide after a meal"},
    {"c_peptide_fasting_nmol_l", "fasting C-peptide"},
    {"insulin_u_per_kg_day", "injected insulin"},
    {"fasting_glucose_mg_dl", "fasting glucose"},
    {"weight_kg", "weight"},
    {"bmi_kg_m2", "body mass index"},
    {"duration_year", "time since diagnosis"},
    {"age_year", "age"},
    {"egfr_ml_min_1_73m2", "kidney function (eGFR)"},
    {"glucose_drugs_n", "glucose-lowering drugs"},
    {"insulin_independent", "off insulin"},
    {"insulin_independent_strict", "off insulin, strict definition"},
    {"remission_t2d", "remission of type 2 diabetes"},
    {"free_of_harm", "free of all harms below"},
    {"severe_hypo_any", "severe hypoglycaemia"},
    {"severe_hypo_per_year", "severe hypoglycaemia a year"},
    {"graft_lost", "graft lost"},
    {"portal_bleeding", "bleeding after puncture of the liver"},
    {"portal_thrombosis", "clot in a vein of the liver"},
    {"cmv_infection", "cytomegalovirus infection"},
    {"serious_infection", "serious infection"},
    {"neutropenia", "serious lack of white blood cells"},
    {"infusion_reaction", "reaction to an infusion"},
    {"kidney_injury", "kidney function down by 30 % or more"},
    {"malignancy", "cancer"},
    {"sensitisation", "antibodies against the donor"},
    {"treatment_death", "death from the treatment"},
    {"death", "death from any cause"},
    /* states of screening */
    {"needs_judgement", "for a doctor to judge"},
    {"conflict", "said twice, differently"},
    {"unknown", "not known"},
};

void words_of(const char *name, char out[WORDS_ROOM])
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, name) == 0) {
            snprintf(out, WORDS_ROOM, "%s", all[i].words);
            return;
        }
    snprintf(out, WORDS_ROOM, "%s", name);
    for (char *at = out; *at; at++)
        if (*at == '_') *at = ' ';
}

void words_with_unit(const char *name, const char *unit, char out[WORDS_ROOM])
{
    words_of(name, out);
    const size_t used = strlen(out);
    if (*unit && strcmp(unit, "fraction") != 0 && strcmp(unit, "1") != 0) snprintf(out + used, WORDS_ROOM - used, ", %s", unit);
}
