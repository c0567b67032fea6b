/* Comparators: see comparator.h. */
#include "physiology/comparator.h"

#include "base/lanes.h"
#include "base/lanes_math.h"

#define REPLACEMENT_DAY 84
#define FOOD_BACK_DAY 126
#define APPEARANCE_HALF_MG_KG_MIN 0.5 /* assumed: a tenth of what a meal reaches at its most after bypass */

static double weight_loss_prescribed(const params *p, const person *who, int day)
{
    double replaced = p->weight_loss_kcal / who->body.intake_kcal;
    double kept = 1.0 - p->weight_loss_kept_frac *
                            lanes_exp(-(day > FOOD_BACK_DAY ? day - FOOD_BACK_DAY : 0) / p->weight_loss_relapse_day);
    if (replaced > kept) return kept;
    if (day < REPLACEMENT_DAY) return replaced;
    if (day >= FOOD_BACK_DAY) return kept;
    return replaced + (kept - replaced) * (day - REPLACEMENT_DAY) / (FOOD_BACK_DAY - REPLACEMENT_DAY);
}

double comparator_eaten_frac(const params *p, comparator_kind kind, const person *who, int day)
{
    switch (kind) {
    case COMPARATOR_NONE: return 1.0;
    case COMPARATOR_DIET:
        return 1.0 - who->body.adherence * (p->diet_kept_frac + p->diet_first_intake_frac * lanes_exp(-day / p->diet_first_day));
    case COMPARATOR_LIFESTYLE:
        return 1.0 - who->body.adherence *
                         (p->lifestyle_kept_frac + p->lifestyle_first_intake_frac * lanes_exp(-day / p->lifestyle_first_day));
    case COMPARATOR_WEIGHT_LOSS: return 1.0 - who->body.adherence * (1.0 - weight_loss_prescribed(p, who, day));
    case COMPARATOR_BYPASS_SURGERY: break;
    }
    double left_out = p->surgery_intake_kcal_per_kg + p->surgery_first_intake_kcal_per_kg * lanes_exp(-day / p->surgery_first_day);
    return 1.0 - left_out * who->kinetics.bw / who->body.intake_kcal;
}

double comparator_incretin_factor(const params *p, comparator_kind kind, double appearance_mg_kg_min)
{
    if (kind != COMPARATOR_BYPASS_SURGERY) return 1.0;
    return 1.0 + p->surgery_incretin_gain * appearance_mg_kg_min / (APPEARANCE_HALF_MG_KG_MIN + appearance_mg_kg_min);
}
