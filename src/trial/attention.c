/* Attention; the law is in attention.h. */
#include "trial/attention.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

/* Does the arm get something that people feel they are given? */
static bool is_treated(const protocol_arm *arm)
{
    for (int i = 0; i < arm->n_courses; i++)
        if (course_has_dose(&arm->courses[i])) return true;
    return arm->regimen >= 0 || arm->conditioning >= 0 || arm->comparator != COMPARATOR_NONE;
}

/* What people believe they are given, least first. */
typedef enum { GIVEN_NOTHING, GIVEN_TABLETS, GIVEN_CELLS } belief;

static bool takes_tablets(const protocol_arm *arm)
{
    bool any = arm->control == CONTROL_PLACEBO;
    for (int drug = 0; drug < GLUCOSE_DRUG_COUNT && arm->sets_drugs; drug++) any = any || arm->drugs[drug];
    return any;
}

/* Of people who know their arm. */
static belief known_belief(const protocol_arm *arm)
{
    if (is_treated(arm) || arm->control == CONTROL_SHAM) return GIVEN_CELLS;
    return takes_tablets(arm) ? GIVEN_TABLETS : GIVEN_NOTHING;
}

/* Of people who do not know it: anybody may have the arm that promises most. */
static belief belief_in(const struct islet_protocol *protocol, const protocol_arm *arm)
{
    belief most = known_belief(arm);
    for (int a = 0; a < protocol->n_arms && protocol->masking == MASKING_BLINDED; a++) {
        belief other = known_belief(&protocol->arms[a]);
        if (other > most) most = other;
    }
    return most;
}

static double expectation(const params *p, const struct islet_protocol *protocol, const protocol_arm *arm)
{
    const double of[] = {[GIVEN_NOTHING] = 0.0, [GIVEN_TABLETS] = p->attention_placebo_share, [GIVEN_CELLS] = 1.0};
    return of[belief_in(protocol, arm)];
}

const char *attention_sentence(const struct islet_protocol *protocol, const protocol_arm *arm)
{
    static const char *const open[] = {"being seen and measured, no expectation: people know that they are given nothing",
                                       "being seen and measured, and some expectation: people take tablets",
                                       "being seen and measured, and full expectation: people feel that they are treated"};
    static const char *const blinded[] = {"being seen and measured, no expectation in any arm",
                                          "being seen and measured, and some expectation as in all arms: nobody knows the arm",
                                          "being seen and measured, and full expectation as in all arms: nobody knows the arm"};
    if (protocol->trial_effect == TRIAL_EFFECT_NONE) return "none: the protocol switches it off";
    return (protocol->masking == MASKING_BLINDED ? blinded : open)[belief_in(protocol, arm)];
}

double attention_effort(const run_plan *run, const protocol_arm *arm, int day)
{
    const params *p = run->params;
    if (day < 0 || run->protocol->trial_effect == TRIAL_EFFECT_NONE) return 0.0;
    double fades = lanes_exp(-day / p->attention_recruitment_decay_day);
    double recruited = p->attention_lasting_frac + (1.0 - p->attention_lasting_frac) * fades;
    return recruited + p->attention_expectation * expectation(p, run->protocol, arm) *
                           lanes_exp(-day / p->attention_expectation_decay_day);
}

double attention_meal_factor(const params *params, double effort)
{
    return 1.0 - params->attention_meal_frac * effort;
}

double attention_missed_factor(const params *params, double effort)
{
    double factor = 1.0 - params->attention_missed_frac * effort;
    return factor > 0.0 ? factor : 0.0;
}

double attention_energy_factor(const params *params, double effort)
{
    return 1.0 - params->attention_energy_share * params->attention_meal_frac * effort;
}
