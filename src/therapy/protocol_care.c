/* Care in a protocol: its words, and what fits which diabetes. */
#include "therapy/protocol_read.h"

#include <string.h>

const char *const protocol_titration_words[] = {
    "usual", "riddle", "goal_a1c", "at_lantus_clinic", "at_lantus_patient", "initiate", NULL};
const char *const protocol_escalation_words[] = {"standard", "rescue", "none", NULL};

const char *const protocol_treatment_words[] = {"by_cells", "held", "usual", NULL}; /* order of treatment_rule */

static const char *const type2_keys[] = {"titration", "escalation", "hba1c_target_pct", "treatment"};

static void refuse(yaml_reader *reader, const yaml_node *map, const char *key, const population *of)
{
    const yaml_node *found = map && map->kind == YAML_MAP ? yaml_find(map, key) : NULL;
    if (found)
        yaml_error(
            reader, found,
            "'%s' is care of type 2 diabetes; the people of '%s' have type 1; leave it out or name another population",
            key, of->name);
}

/* Doses follow glucose, which asks for none in people without diabetes. */
static void warn_of_insulin(yaml_reader *reader, const yaml_node *map, const population *of)
{
    const yaml_node *found = map && map->kind == YAML_MAP ? yaml_find(map, "insulin") : NULL;
    if (found && strcmp(found->text, insulin_care_words[INSULIN_NONE]) != 0)
        yaml_warning(reader, found,
                     "'insulin' is '%.40s'; the people of '%s' have no diabetes and are given none as long as they have none; leave it out "
                     "or name a population with type 2 diabetes",
                     found->text, of->name);
}

void protocol_check_care(yaml_reader *reader, const yaml_node *root, protocol_context *context)
{
    islet_protocol *protocol = context->protocol;
    const population *of = &protocol->population;
    if (reader->broken || root->kind != YAML_MAP || !*of->name) return;
    const yaml_node *care = yaml_find(root, "care"), *arms = yaml_find(root, "arms");
    if (of->diabetes == DIABETES_NONE) {
        warn_of_insulin(reader, care, of);
        for (const yaml_node *arm = arms && arms->kind == YAML_LIST ? arms->first : NULL; arm; arm = arm->next) warn_of_insulin(reader, arm, of);
    }
    if (of->diabetes != DIABETES_TYPE1) return;
    if (protocol->care.insulin >= 0 && protocol->care.insulin != INSULIN_BASAL_BOLUS && care && care->kind == YAML_MAP)
        yaml_error(reader, yaml_find(care, "insulin"), "'insulin' is '%s'; people with type 1 diabetes need basal_bolus",
                   insulin_care_words[protocol->care.insulin]);
    if (protocol->care.insulin < 0) protocol->care.insulin = INSULIN_BASAL_BOLUS;
    for (size_t i = 0; i < sizeof type2_keys / sizeof *type2_keys; i++) refuse(reader, care, type2_keys[i], of);
    for (const yaml_node *arm = arms && arms->kind == YAML_LIST ? arms->first : NULL; arm; arm = arm->next) {
        for (size_t i = 0; i < sizeof type2_keys / sizeof *type2_keys; i++) refuse(reader, arm, type2_keys[i], of);
        refuse(reader, arm, "insulin", of);
        refuse(reader, arm, "drugs", of);
        refuse(reader, arm, "comparator", of);
    }
}
