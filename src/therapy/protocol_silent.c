/* Remarks on what is given and does nothing in such people: an arm of it would read like a trial without an effect, where nothing
 * was simulated but its harms. What acts where follows from the laws: brakes on T cells need an attack on own beta cells or on a
 * graft, growth factors need own beta cells, sensitivity and inflammation are followed without type 1 diabetes. */
#include "therapy/protocol_read.h"

typedef struct {
    bool type1, own_cells, graft; /* graft: of this arm */
} people;

static people people_of(const islet_protocol *protocol, const protocol_arm *arm)
{
    const population *of = &protocol->population;
    people out = {.type1 = of->diabetes == DIABETES_TYPE1, .own_cells = of->native_function_frac.mean > 0.0};
    for (int i = 0; i < arm->n_courses; i++)
        out.graft = out.graft || product_has_beta_cells(&protocol->products[arm->courses[i].product]);
    return out;
}

static bool is_attacked(const people *who)
{
    return who->graft || (who->type1 && who->own_cells);
}

static bool acts(const product *cells, const people *who)
{
    static const mechanism_id of_metabolism[] = {MECHANISM_insulin_sensitivity, MECHANISM_inflammation};
    if (product_has_beta_cells(cells)) return true;
    if (product_strength(cells, MECHANISM_immune_reset) > 0.0) return true; /* told of with the conditioning it goes with */
    if (is_attacked(who) && product_strength_in(cells, MECHANISM_immune_modulation, who->type1) > 0.0) return true;
    if (who->own_cells && product_strength_in(cells, MECHANISM_growth_factors, who->type1) > 0.0) return true;
    if (who->graft && product_strength_in(cells, MECHANISM_new_vessels, who->type1) > 0.0) return true;
    for (size_t i = 0; i < sizeof of_metabolism / sizeof *of_metabolism; i++)
        if (!who->type1 && product_strength_in(cells, of_metabolism[i], who->type1) > 0.0) return true;
    return false;
}

static void remark_on_cells(yaml_reader *reader, const yaml_node *arms, const islet_protocol *protocol, const protocol_arm *arm,
                            const product *cells)
{
    people who = people_of(protocol, arm);
    if (acts(cells, &who)) return;
    if (product_is_silent_in(cells, who.type1))
        yaml_warning(reader, arms,
                     "arm '%s' is given '%s', whose strength was found in type %s diabetes and not in that of '%s': it does nothing here; "
                     "write a product file with a strength of your own if that is to be assumed",
                     arm->name, cells->name, who.type1 ? "2" : "1", protocol->population.name);
    else
        yaml_warning(reader, arms,
                     "arm '%s' is given '%s', of which nothing is known that acts in people of '%s': beside its harms it does nothing here, "
                     "and its result is none; write a product file with a strength of your own if that is to be assumed",
                     arm->name, cells->name, protocol->population.name);
}

static void remark_on_conditioning(yaml_reader *reader, const yaml_node *arms, const islet_protocol *protocol, const protocol_arm *arm)
{
    people who = people_of(protocol, arm);
    if (arm->conditioning < 0 || is_attacked(&who)) return;
    yaml_warning(reader, arms,
                 "arm '%s' is given the conditioning '%s' against an attack on own beta cells, which people of '%s' do not have: beside its "
                 "harms it does nothing here, and its result is none; a population with new type 1 diabetes shows what it does",
                 arm->name, protocol->conditionings[arm->conditioning].name, protocol->population.name);
}

#define REMISSION_YEAR 1.0 /* nearly everybody makes insulin of their own in the first year */

/* People of a population without beta cells, asked for soon after diagnosis, are nobody. */
static void remark_on_duration(yaml_reader *reader, const yaml_node *root, const population *of)
{
    if (of->diabetes != DIABETES_TYPE1 || of->native_function_frac.mean > 0.0) return;
    if (!of->has_require[TRAIT_duration_year] || !(of->require[TRAIT_duration_year].high <= REMISSION_YEAR)) return;
    yaml_warning(reader, yaml_find(root, "population"),
                 "people of '%s' make no insulin of their own, however short their diabetes, and within a year of diagnosis nearly all people do; "
                 "take t1d_new_onset or t1d_new_onset_child",
                 of->name);
}

void protocol_check_silent(yaml_reader *reader, const yaml_node *root, const islet_protocol *protocol)
{
    const yaml_node *arms = yaml_find(root, "arms");
    remark_on_duration(reader, root, &protocol->population);
    for (int a = 0; a < protocol->n_arms && reader->errors == 0; a++) {
        const protocol_arm *arm = &protocol->arms[a];
        for (int i = 0; i < arm->n_courses; i++) {
            bool told = false;
            for (int j = 0; j < i; j++) told = told || arm->courses[j].product == arm->courses[i].product;
            if (!told) remark_on_cells(reader, arms, protocol, arm, &protocol->products[arm->courses[i].product]);
        }
        remark_on_conditioning(reader, arms, protocol, arm);
    }
}
