/* What a protocol gives, in words, and which arm the others are compared with. */
#include "therapy/protocol_words.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "therapy/protocol_read.h"

/* ---- what an arm gets ---- */

static void add_part(char out[PROTOCOL_WORDS], const char *part)
{
    size_t used = strlen(out);
    snprintf(out + used, PROTOCOL_WORDS - used, "%s%s", used ? "; " : "", part);
}

static void add_drugs(const protocol_arm *arm, char out[PROTOCOL_WORDS])
{
    char list[PROTOCOL_WORDS / 2] = "";
    if (!arm->sets_drugs) return;
    for (int drug = 0; drug < GLUCOSE_DRUG_COUNT; drug++) {
        size_t used = strlen(list);
        if (arm->drugs[drug]) snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", glucose_drug_words[drug]);
    }
    if (!list[0]) {
        add_part(out, "glucose-lowering drugs taken away");
        return;
    }
    add_part(out, list);
    size_t used = strlen(out);
    snprintf(out + used, PROTOCOL_WORDS - used, " for the drugs people came with");
}

static void add_care(const struct islet_protocol *protocol, const protocol_arm *arm, char out[PROTOCOL_WORDS])
{
    static const char *const insulin[] = {[INSULIN_NONE] = "no insulin", [INSULIN_BASAL] = "basal insulin",
                                          [INSULIN_BASAL_BOLUS] = "insulin before meals and basal"};
    const type2_plan *own = &arm->care, *all = &protocol->care;
    int given = own->insulin >= 0 ? own->insulin : all->insulin;
    int titration = own->titration >= 0 ? own->titration : all->titration;
    int escalation = own->escalation >= 0 ? own->escalation : all->escalation;
    double target = isnan(own->hba1c_target_pct) ? all->hba1c_target_pct : own->hba1c_target_pct;
    char part[96], number[NUMBER_TEXT];
    if (given >= 0) add_part(out, insulin[given]);
    if (titration > TITRATION_USUAL) {
        snprintf(part, sizeof part, "titration %s", protocol_titration_words[titration]);
        add_part(out, part);
    }
    if (escalation >= 0) {
        snprintf(part, sizeof part, "escalation %s", protocol_escalation_words[escalation]);
        add_part(out, part);
    }
    if (isnan(target)) return;
    number_write(target, number);
    snprintf(part, sizeof part, "HbA1c target %s %%", number);
    add_part(out, part);
}

void protocol_beside(const struct islet_protocol *protocol, const protocol_arm *arm, char out[PROTOCOL_WORDS])
{
    static const char *const comparators[] = {[COMPARATOR_DIET] = "advice on diet",
                                              [COMPARATOR_LIFESTYLE] = "a lifestyle programme with dietitians",
                                              [COMPARATOR_WEIGHT_LOSS] = "total diet replacement to lose weight",
                                              [COMPARATOR_BYPASS_SURGERY] = "gastric bypass surgery"};
    out[0] = 0;
    if (arm->comparator != COMPARATOR_NONE) add_part(out, comparators[arm->comparator]);
    add_drugs(arm, out);
    if (arm->control == CONTROL_PLACEBO) add_part(out, "placebo tablets");
    if (arm->control == CONTROL_SHAM) add_part(out, "a sham procedure");
    if (protocol->population.diabetes != DIABETES_TYPE1) add_care(protocol, arm, out);
}

void protocol_conditions(const cell_course *course, char out[PROTOCOL_WORDS])
{
    static const char *const keys[] = {
#define CONDITION_KEY(key, unit, low, high, sentence) #key,
        COURSE_CONDITIONS(CONDITION_KEY)
#undef CONDITION_KEY
    };
    out[0] = 0;
    for (int i = 0; i < course->n_conditions; i++) {
        const requirement *range = &course->only_if[i].range;
        char low[NUMBER_TEXT], high[NUMBER_TEXT];
        number_write(range->low, low);
        number_write(range->high, high);
        size_t used = strlen(out);
        snprintf(out + used, PROTOCOL_WORDS - used, "%s%s", i ? " and " : "", keys[course->only_if[i].what]);
        used = strlen(out);
        if (isfinite(range->low)) used += (size_t)snprintf(out + used, PROTOCOL_WORDS - used, " %s %s", range->low_open ? ">" : ">=", low);
        if (isfinite(range->high)) snprintf(out + used, PROTOCOL_WORDS - used, " %s %s", range->high_open ? "<" : "<=", high);
    }
}

const char *protocol_put(const cell_course *course)
{
    static const char *const words[ROUTE_COUNT] = {[ROUTE_portal_vein] = "into the portal vein",
                                                   [ROUTE_vein] = "into a vein of the arm",
                                                   [ROUTE_pancreatic_artery] = "into an artery of the pancreas",
                                                   [ROUTE_splenic_artery] = "into the splenic artery",
                                                   [ROUTE_intramuscular] = "into a muscle",
                                                   [ROUTE_subcutaneous] = "under the skin",
                                                   [ROUTE_omentum] = "onto the omentum",
                                                   [ROUTE_device_open] = "in an open device under the skin",
                                                   [ROUTE_device_sealed] = "in a sealed device under the skin"};
    const bool open_tract = course->route == ROUTE_portal_vein && course->tract == TRACT_UNSEALED;
    return open_tract ? "into the portal vein, the needle's way not closed behind it" : words[course->route];
}

const char *protocol_nothing(const struct islet_protocol *protocol)
{
    return protocol->population.diabetes == DIABETES_TYPE1 ? "insulin alone" : "care as before";
}

/* ---- which arm the others are compared with ---- */

static bool same_drugs(const protocol_arm *a, const protocol_arm *b)
{
    return a->sets_drugs == b->sets_drugs && memcmp(a->drugs, b->drugs, sizeof a->drugs) == 0;
}

static bool sets_care(const protocol_arm *arm)
{
    return arm->care.insulin >= 0 || arm->care.titration >= 0 || arm->care.escalation >= 0 || !isnan(arm->care.hba1c_target_pct);
}

/* Is the arm given something that not every arm is given? */
static bool is_treated(const struct islet_protocol *protocol, const protocol_arm *arm)
{
    for (int i = 0; i < arm->n_courses; i++)
        if (course_has_dose(&arm->courses[i])) return true;
    for (int a = 0; a < protocol->n_arms; a++) {
        const protocol_arm *other = &protocol->arms[a];
        if ((arm->regimen >= 0 && arm->regimen != other->regimen) ||
            (arm->conditioning >= 0 && arm->conditioning != other->conditioning) ||
            (arm->comparator != COMPARATOR_NONE && arm->comparator != other->comparator) ||
            (arm->sets_drugs && !same_drugs(arm, other)))
            return true;
    }
    return false;
}

int protocol_compared_with(const struct islet_protocol *protocol, bool *is_control)
{
    int said = -1, untreated = -1, usual = -1, treated = 0;
    for (int a = 0; a < protocol->n_arms; a++) {
        const protocol_arm *arm = &protocol->arms[a];
        if (arm->control != CONTROL_NONE) said = a;
        if (is_treated(protocol, arm)) treated++;
        else untreated = a;
        if (!is_treated(protocol, arm) && !sets_care(arm)) usual = a;
    }
    int found = said >= 0 ? said : treated > 0 ? untreated : usual; /* where care alone is compared: the usual one */
    *is_control = protocol->n_arms > 1 && found >= 0;
    return protocol->n_arms < 2 ? -1 : found >= 0 ? found : 0;
}

bool islet_protocol_has_control(const islet_protocol *protocol)
{
    bool is_control;
    protocol_compared_with(protocol, &is_control);
    return is_control;
}

/* A trial's rule of doses holds in all of its arms, or the control arm would be another trial. */
/* Does the file of every product that the arm is given have the number at this place of a product? */
static bool every_product_gives(const struct islet_protocol *protocol, const protocol_arm *arm, size_t offset)
{
    for (int c = 0; c < arm->n_courses; c++) {
        const char *cells = (const char *)&protocol->products[arm->courses[c].product];
        if (course_has_dose(&arm->courses[c]) && !is_given((const sourced_value *)(cells + offset))) return false;
    }
    return true;
}

bool protocol_knows_fever(const struct islet_protocol *protocol, const protocol_arm *arm)
{
    return (arm->conditioning >= 0 && protocol->conditionings[arm->conditioning].neutropenic_fever_frac.value > 0.0) ||
           every_product_gives(protocol, arm, offsetof(product, fever_frac));
}

bool protocol_knows_reactions(const struct islet_protocol *protocol, const protocol_arm *arm)
{
    return (arm->conditioning >= 0 && protocol->conditionings[arm->conditioning].infusion_reaction_frac.value > 0.0) ||
           every_product_gives(protocol, arm, offsetof(product, infusion_reaction_frac));
}

bool protocol_gives_cells(const struct islet_protocol *protocol)
{
    for (int a = 0; a < protocol->n_arms; a++)
        if (protocol->arms[a].n_courses > 0) return true;
    return false;
}

bool protocol_treatment_is_held(const struct islet_protocol *protocol)
{
    switch ((treatment_rule)protocol->treatment) {
    case TREATMENT_HELD: return true;
    case TREATMENT_USUAL: return false;
    case TREATMENT_BY_CELLS: break;
    }
    return protocol->wean == WEAN_TRIAL_PROTOCOL && protocol_gives_cells(protocol);
}

const char *islet_protocol_treatment(const islet_protocol *protocol)
{
    if (protocol->population.diabetes == DIABETES_TYPE1) return NULL;
    return protocol_treatment_words[protocol_treatment_is_held(protocol) ? TREATMENT_HELD : TREATMENT_USUAL];
}
