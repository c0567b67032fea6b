/* Codes: ICD-10(-CM) by prefix and SNOMED CT, as Synthea's and the HL7 guides' bundles use them; LOINC for measurements. Skin
 * cancer other than melanoma (C44) excludes from no trial that was read, so it is left out. */
#include "patient/record_codes.h"

#include <string.h>

#include "base/word.h"

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

/* the code's beginning lies between, both included */
static const struct {
    const char *from, *to;
    item_id item;
    bool value;
} icd_items[] = {
    {"E10", "E10", ITEM_type_1_diabetes, true},
    {"E11", "E11", ITEM_type_2_diabetes, true},
    {"E10", "E10", ITEM_type_2_diabetes, false},
    {"E11", "E11", ITEM_type_1_diabetes, false},
    {"O00", "O48", ITEM_pregnant, true},
    {"Z33", "Z34", ITEM_pregnant, true},
    {"Z39.1", "Z39.1", ITEM_breast_feeding, true},
    {"C00", "C43", ITEM_active_malignancy, true},
    {"C45", "C97", ITEM_active_malignancy, true},
    {"Z85.0", "Z85.7", ITEM_past_malignancy, true},
    {"Z85.81", "Z85.81", ITEM_past_malignancy, true},
    {"Z85.820", "Z85.820", ITEM_past_malignancy, true}, /* melanoma */
    {"Z85.83", "Z85.89", ITEM_past_malignancy, true},
    {"Z85.9", "Z85.9", ITEM_past_malignancy, true},
    {"A00", "A49", ITEM_acute_infection, true},
    {"J00", "J22", ITEM_acute_infection, true},
    {"N10", "N10", ITEM_acute_infection, true},
    {"L03", "L03", ITEM_acute_infection, true},
    {"U07.1", "U07.1", ITEM_acute_infection, true},
    {"B18", "B18", ITEM_chronic_viral_infection, true},
    {"B20", "B24", ITEM_chronic_viral_infection, true},
    {"Z21", "Z21", ITEM_chronic_viral_infection, true},
    {"I50", "I50", ITEM_severe_organ_disease, true},
    {"J96", "J96", ITEM_severe_organ_disease, true},
    {"K70.3", "K70.3", ITEM_severe_organ_disease, true},
    {"K72", "K72", ITEM_severe_organ_disease, true},
    {"K74", "K74", ITEM_severe_organ_disease, true},
    {"N18.5", "N18.6", ITEM_severe_organ_disease, true},
    {"D61", "D61", ITEM_severe_organ_disease, true},
    {"Z99.2", "Z99.2", ITEM_dialysis, true},
    {"Z94", "Z94", ITEM_organ_transplant, true},
    {"Z90.41", "Z90.41", ITEM_pancreatectomy, true},
    {"Z51.5", "Z51.5", ITEM_hospice_care, true},
};

static const struct {
    const char *code;
    item_id item;
    bool value;
} snomed_items[] = {
    {"46635009", ITEM_type_1_diabetes, true}, /* diabetes mellitus type 1 */
    {"46635009", ITEM_type_2_diabetes, false},
    {"44054006", ITEM_type_2_diabetes, true}, /* diabetes mellitus type 2 */
    {"44054006", ITEM_type_1_diabetes, false},
    {"77386006", ITEM_pregnant, true}, /* pregnant */
    {"72892002", ITEM_pregnant, true}, /* normal pregnancy */
    {"413712001", ITEM_breast_feeding, true}, /* breastfeeding (mother) */
    {"363346000", ITEM_active_malignancy, true}, /* malignant neoplastic disease */
    {"254837009", ITEM_active_malignancy, true}, /* malignant neoplasm of breast */
    {"363406005", ITEM_active_malignancy, true}, /* malignant neoplasm of colon */
    {"266987004", ITEM_past_malignancy, true}, /* history of malignant neoplasm */
    {"429087003", ITEM_past_malignancy, true}, /* history of malignant neoplasm of breast */
    {"109838007", ITEM_active_malignancy, true}, /* overlapping malignant neoplasm of colon */
    {"93761005", ITEM_active_malignancy, true}, /* primary malignant neoplasm of colon */
    {"94260004", ITEM_active_malignancy, true}, /* secondary malignant neoplasm of colon */
    {"254637007", ITEM_active_malignancy, true}, /* non-small cell lung cancer */
    {"254632001", ITEM_active_malignancy, true}, /* small cell carcinoma of lung */
    {"93143009", ITEM_active_malignancy, true}, /* leukaemia */
    {"118600007", ITEM_active_malignancy, true}, /* lymphoma */
    {"40733004", ITEM_acute_infection, true}, /* infectious disease */
    {"233604007", ITEM_acute_infection, true}, /* pneumonia */
    {"68566005", ITEM_acute_infection, true}, /* urinary tract infection */
    {"128045006", ITEM_acute_infection, true}, /* cellulitis */
    {"91302008", ITEM_acute_infection, true}, /* sepsis */
    {"840539006", ITEM_acute_infection, true}, /* COVID-19 */
    {"56717001", ITEM_acute_infection, true}, /* tuberculosis */
    {"444814009", ITEM_acute_infection, true}, /* viral sinusitis */
    {"195662009", ITEM_acute_infection, true}, /* acute viral pharyngitis */
    {"10509002", ITEM_acute_infection, true}, /* acute bronchitis */
    {"43878008", ITEM_acute_infection, true}, /* streptococcal sore throat */
    {"75498004", ITEM_acute_infection, true}, /* acute bacterial sinusitis */
    {"86406008", ITEM_chronic_viral_infection, true}, /* HIV infection */
    {"61977001", ITEM_chronic_viral_infection, true}, /* chronic hepatitis B */
    {"128302006", ITEM_chronic_viral_infection, true}, /* chronic hepatitis C */
    {"19943007", ITEM_severe_organ_disease, true}, /* cirrhosis of liver */
    {"46177005", ITEM_severe_organ_disease, true}, /* end-stage renal disease */
    {"433146000", ITEM_severe_organ_disease, true}, /* chronic kidney disease stage 5 */
    {"714152005", ITEM_severe_organ_disease, true}, /* chronic kidney disease stage 5 on dialysis */
    {"105502003", ITEM_dialysis, true}, /* dependence on renal dialysis */
    {"236425005", ITEM_dialysis, true}, /* end stage renal disease on dialysis */
    {"714152005", ITEM_dialysis, true},
    {"161665007", ITEM_organ_transplant, true}, /* history of renal transplant */
    {"714153000", ITEM_organ_transplant, true}, /* chronic kidney disease stage 5 with transplant */
    {"77465005", ITEM_organ_transplant, true}, /* transplantation */
    {"33149006", ITEM_pancreatectomy, true}, /* pancreatectomy */
    {"385763009", ITEM_hospice_care, true}, /* hospice care */
    {"84114007", ITEM_severe_organ_disease, true}, /* heart failure */
};

#define ATC "http://www.whocc.no/atc"
#define RXNORM "http://www.nlm.nih.gov/research/umls/rxnorm"

/* The same systems as OIDs of HL7, as exports of older documents write them. */
static const struct {
    const char *oid, *url;
} systems[] = {
    {"urn:oid:2.16.840.1.113883.6.1", "http://loinc.org"},
    {"urn:oid:2.16.840.1.113883.6.96", "http://snomed.info/sct"},
    {"urn:oid:2.16.840.1.113883.6.90", "http://hl7.org/fhir/sid/icd-10-cm"},
    {"urn:oid:2.16.840.1.113883.6.3", "http://hl7.org/fhir/sid/icd-10"},
    {"urn:oid:2.16.840.1.113883.6.73", ATC},
    {"urn:oid:2.16.840.1.113883.6.88", RXNORM},
    {"http://www.whocc.no/atc/", ATC},
    {"http://whocc.no/atc", ATC},
};

const char *record_system(const char *system)
{
    for (int i = 0; i < COUNT(systems); i++)
        if (strcmp(system, systems[i].oid) == 0) return systems[i].url;
    return system;
}

/* Medicines by class: ATC by its beginning, and the RxNorm ingredients of common ones. Products of RxNorm have codes of their own, by
 * the thousand, which are not here: their names say what is in them. */
static const struct {
    const char *system, *code;
    bool begins;
    item_id item;
} medicine_items[] = {
    {ATC, "A10A", true, ITEM_uses_insulin},
    {ATC, "A10BA02", true, ITEM_uses_metformin},
    {ATC, "A10BB", true, ITEM_uses_sulfonylurea},
    {ATC, "A10BG", true, ITEM_uses_tzd},
    {ATC, "A10BH", true, ITEM_uses_dpp4_inhibitor},
    {ATC, "A10BJ", true, ITEM_uses_glp1_agonist},
    {ATC, "A10BX16", true, ITEM_uses_glp1_agonist}, /* tirzepatide */
    {ATC, "A10BK", true, ITEM_uses_sglt2_inhibitor},
    {RXNORM, "6809", false, ITEM_uses_metformin}, /* metformin */
    {RXNORM, "274783", false, ITEM_uses_insulin}, /* insulin glargine */
    {RXNORM, "86009", false, ITEM_uses_insulin}, /* insulin lispro */
    {RXNORM, "51428", false, ITEM_uses_insulin}, /* insulin aspart */
    {RXNORM, "400008", false, ITEM_uses_insulin}, /* insulin glulisine */
    {RXNORM, "139825", false, ITEM_uses_insulin}, /* insulin detemir */
    {RXNORM, "1670007", false, ITEM_uses_insulin}, /* insulin degludec */
    {RXNORM, "106892", false, ITEM_uses_insulin}, /* human insulin 70/30, a pack */
    {RXNORM, "475968", false, ITEM_uses_glp1_agonist}, /* liraglutide */
    {RXNORM, "1991302", false, ITEM_uses_glp1_agonist}, /* semaglutide */
    {RXNORM, "1551291", false, ITEM_uses_glp1_agonist}, /* dulaglutide */
    {RXNORM, "60548", false, ITEM_uses_glp1_agonist}, /* exenatide */
    {RXNORM, "1440051", false, ITEM_uses_glp1_agonist}, /* lixisenatide */
    {RXNORM, "2601723", false, ITEM_uses_glp1_agonist}, /* tirzepatide */
    {RXNORM, "593411", false, ITEM_uses_dpp4_inhibitor}, /* sitagliptin */
    {RXNORM, "857974", false, ITEM_uses_dpp4_inhibitor}, /* saxagliptin */
    {RXNORM, "1100699", false, ITEM_uses_dpp4_inhibitor}, /* linagliptin */
    {RXNORM, "1368001", false, ITEM_uses_dpp4_inhibitor}, /* alogliptin */
    {RXNORM, "1545653", false, ITEM_uses_sglt2_inhibitor}, /* empagliflozin */
    {RXNORM, "1488564", false, ITEM_uses_sglt2_inhibitor}, /* dapagliflozin */
    {RXNORM, "1373458", false, ITEM_uses_sglt2_inhibitor}, /* canagliflozin */
    {RXNORM, "1992672", false, ITEM_uses_sglt2_inhibitor}, /* ertugliflozin */
    {RXNORM, "4821", false, ITEM_uses_sulfonylurea}, /* glipizide */
    {RXNORM, "4815", false, ITEM_uses_sulfonylurea}, /* glyburide */
    {RXNORM, "25789", false, ITEM_uses_sulfonylurea}, /* glimepiride */
    {RXNORM, "33738", false, ITEM_uses_tzd}, /* pioglitazone */
    {RXNORM, "84108", false, ITEM_uses_tzd}, /* rosiglitazone */
    {RXNORM, "860975", false, ITEM_uses_metformin}, /* metformin 500 mg, a tablet of Synthea's */
};

/* Tablets and injections of two or three classes at once, by the ATC index of WHO (A10BD, A10AE). Classes that no item asks for
 * (acarbose, glinides) are left out of the list. */
static const struct {
    const char *code;
    item_id items[3];
    int n;
} combinations[] = {
#define MET ITEM_uses_metformin
#define SU ITEM_uses_sulfonylurea
#define TZD ITEM_uses_tzd
#define DPP4 ITEM_uses_dpp4_inhibitor
#define SGLT2 ITEM_uses_sglt2_inhibitor
    {"A10BD01", {SU}, 1},          {"A10BD02", {MET, SU}, 2},      {"A10BD03", {MET, TZD}, 2},
    {"A10BD04", {SU, TZD}, 2},     {"A10BD05", {MET, TZD}, 2},     {"A10BD06", {SU, TZD}, 2},
    {"A10BD07", {MET, DPP4}, 2},   {"A10BD08", {MET, DPP4}, 2},    {"A10BD09", {TZD, DPP4}, 2},
    {"A10BD10", {MET, DPP4}, 2},   {"A10BD11", {MET, DPP4}, 2},    {"A10BD12", {TZD, DPP4}, 2},
    {"A10BD13", {MET, DPP4}, 2},   {"A10BD14", {MET}, 1},          {"A10BD15", {MET, SGLT2}, 2},
    {"A10BD16", {MET, SGLT2}, 2},  {"A10BD17", {MET}, 1},          {"A10BD18", {MET, DPP4}, 2},
    {"A10BD19", {DPP4, SGLT2}, 2}, {"A10BD20", {MET, SGLT2}, 2},   {"A10BD21", {DPP4, SGLT2}, 2},
    {"A10BD22", {MET, DPP4}, 2},   {"A10BD23", {MET, SGLT2}, 2},   {"A10BD24", {DPP4, SGLT2}, 2},
    {"A10BD25", {MET, DPP4, SGLT2}, 3}, {"A10BD27", {MET, DPP4, SGLT2}, 3},
    {"A10AE54", {ITEM_uses_glp1_agonist}, 1}, {"A10AE56", {ITEM_uses_glp1_agonist}, 1}, /* beside the insulin of A10A */
#undef MET
#undef SU
#undef TZD
#undef DPP4
#undef SGLT2
};

/* Parts of names, in small letters: ingredients (international and American), endings of a class, and brands that are better known. */
static const struct {
    const char *part;
    item_id item;
} medicine_names[] = {
    {"insulin", ITEM_uses_insulin},          {"lantus", ITEM_uses_insulin},          {"toujeo", ITEM_uses_insulin},
    {"basaglar", ITEM_uses_insulin},         {"tresiba", ITEM_uses_insulin},         {"levemir", ITEM_uses_insulin},
    {"humalog", ITEM_uses_insulin},          {"novolog", ITEM_uses_insulin},         {"novorapid", ITEM_uses_insulin},
    {"humulin", ITEM_uses_insulin},          {"novolin", ITEM_uses_insulin},         {"metformin", ITEM_uses_metformin},
    {"glucophage", ITEM_uses_metformin},     {"janumet", ITEM_uses_metformin},       {"janumet", ITEM_uses_dpp4_inhibitor},
    {"gliclazid", ITEM_uses_sulfonylurea},   {"glimepirid", ITEM_uses_sulfonylurea}, {"glipizid", ITEM_uses_sulfonylurea},
    {"glyburid", ITEM_uses_sulfonylurea},    {"glibenclamid", ITEM_uses_sulfonylurea}, {"tolbutamid", ITEM_uses_sulfonylurea},
    {"chlorpropamid", ITEM_uses_sulfonylurea}, {"gliptin", ITEM_uses_dpp4_inhibitor}, {"januvia", ITEM_uses_dpp4_inhibitor},
    {"semaglutid", ITEM_uses_glp1_agonist},  {"liraglutid", ITEM_uses_glp1_agonist}, {"dulaglutid", ITEM_uses_glp1_agonist},
    {"albiglutid", ITEM_uses_glp1_agonist},  {"exenatid", ITEM_uses_glp1_agonist},   {"lixisenatid", ITEM_uses_glp1_agonist},
    {"tirzepatid", ITEM_uses_glp1_agonist},  {"ozempic", ITEM_uses_glp1_agonist},    {"wegovy", ITEM_uses_glp1_agonist},
    {"rybelsus", ITEM_uses_glp1_agonist},    {"victoza", ITEM_uses_glp1_agonist},    {"trulicity", ITEM_uses_glp1_agonist},
    {"mounjaro", ITEM_uses_glp1_agonist},    {"byetta", ITEM_uses_glp1_agonist},     {"gliflozin", ITEM_uses_sglt2_inhibitor},
    {"jardiance", ITEM_uses_sglt2_inhibitor}, {"farxiga", ITEM_uses_sglt2_inhibitor}, {"forxiga", ITEM_uses_sglt2_inhibitor},
    {"glitazon", ITEM_uses_tzd},             {"actos", ITEM_uses_tzd},
};

static const struct {
    const char *code;
    item_id item;
    bool kept;
} loinc_items[] = {
    {"4548-4", ITEM_hba1c_pct, true},
    {"17856-6", ITEM_hba1c_pct, true},
    {"59261-8", ITEM_hba1c_pct, true},
    {"39156-5", ITEM_bmi_kg_m2, true},
    {"29463-7", ITEM_weight_kg, true},
    {"3141-9", ITEM_weight_kg, true},
    {"62238-1", ITEM_egfr_ml_min_1_73m2, true}, /* CKD-EPI */
    {"98979-8", ITEM_egfr_ml_min_1_73m2, true}, /* CKD-EPI 2021 */
    {"33914-3", ITEM_egfr_ml_min_1_73m2, true}, /* MDRD */
    {"48642-3", ITEM_egfr_ml_min_1_73m2, true},
    {"77147-7", ITEM_egfr_ml_min_1_73m2, true},
    {"69405-9", ITEM_egfr_ml_min_1_73m2, true},
    {"1558-6", ITEM_fasting_glucose_mg_dl, true},
    {"14771-0", ITEM_fasting_glucose_mg_dl, true},
    {"99504-3", ITEM_fasting_glucose_mg_dl, false},
    {"2339-0", ITEM_fasting_glucose_mg_dl, false},
    {"2345-7", ITEM_fasting_glucose_mg_dl, false},
};

static bool in_icd(int i, const char *system, const char *code)
{
    size_t n = strlen(icd_items[i].from);
    return strstr(system, "icd-10") && strncmp(code, icd_items[i].from, n) >= 0 && strncmp(code, icd_items[i].to, n) <= 0;
}

bool record_code_item(const char *system, const char *code, int *next, item_id *item, bool *value)
{
    for (; *next < COUNT(icd_items); (*next)++)
        if (in_icd(*next, system, code)) {
            *item = icd_items[*next].item, *value = icd_items[(*next)++].value;
            return true;
        }
    for (int i; (i = *next - COUNT(icd_items)) < COUNT(snomed_items); (*next)++)
        if (strcmp(system, "http://snomed.info/sct") == 0 && strcmp(code, snomed_items[i].code) == 0) {
            *item = snomed_items[i].item, *value = snomed_items[i].value;
            (*next)++;
            return true;
        }
    return false;
}

bool record_medicine_item(const char *system, const char *code, int *next, item_id *item)
{
    for (; *next < COUNT(medicine_items); (*next)++) {
        const int i = *next;
        size_t n = strlen(medicine_items[i].code) +
                   !medicine_items[i].begins; /* the end counts, too, where the whole code must be it */
        if (strcmp(system, medicine_items[i].system) != 0 || strncmp(code, medicine_items[i].code, n) != 0) continue;
        *item = medicine_items[(*next)++].item;
        return true;
    }
    for (int i = 0; i < COUNT(combinations) && strcmp(system, ATC) == 0; i++) {
        if (strcmp(code, combinations[i].code) != 0) continue;
        const int part = *next - COUNT(medicine_items);
        if (part >= combinations[i].n) return false;
        *item = combinations[i].items[part];
        (*next)++;
        return true;
    }
    return false;
}

static bool holds_part(const char *name, const char *part)
{
    for (; *name; name++) {
        size_t i = 0;
        while (part[i] && word_small(name[i]) == part[i]) i++;
        if (!part[i]) return true;
    }
    return false;
}

bool record_medicine_named(const char *name, int *next, item_id *item)
{
    for (; *next < COUNT(medicine_names); (*next)++)
        if (holds_part(name, medicine_names[*next].part)) {
            *item = medicine_names[(*next)++].item;
            return true;
        }
    return false;
}

bool record_medicine_is_other(const char *system, const char *code)
{
    return strcmp(system, ATC) == 0 && strlen(code) >= 5 && strncmp(code, "A10", 3) != 0;
}

/* C-peptide of serum or plasma, fasting or at any time: of no use where the answer to a meal or glucagon is asked for. */
bool record_loinc_unstimulated(const char *code)
{
    static const char *const codes[] = {"1986-9", "14958-3", NULL};
    for (int i = 0; codes[i]; i++)
        if (strcmp(code, codes[i]) == 0) return true;
    return false;
}

bool record_loinc_item(const char *code, item_id *item, bool *kept)
{
    for (int i = 0; i < COUNT(loinc_items); i++)
        if (strcmp(code, loinc_items[i].code) == 0) {
            *item = loinc_items[i].item, *kept = loinc_items[i].kept;
            return true;
        }
    return false;
}
