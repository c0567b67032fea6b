/* What the immune study may move: parameters of the model, of both populations and of treatments, by name. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "immune_study.h"

const unknown unknowns[UNKNOWNS] = {
    {"native_loss_per_day", NATURAL, 1.0, offsetof(params, native_loss_per_day)},
    {"native_loss_age_power", NATURAL, 0.5, offsetof(params, native_loss_age_power)},
    {"native_loss_log_sd", NATURAL, 0.3, offsetof(params, native_loss_log_sd)},
    {"aggressive_pace", NATURAL, 0.3, offsetof(params, aggressive_pace)},
    {"aggressive_reserve_frac", NATURAL, 0.3, offsetof(params, aggressive_reserve_frac)},
    {"native_hidden_frac", NATURAL, 0.7, offsetof(params, native_hidden_frac)},
    {"antigen_half", NATURAL, 1.0, offsetof(params, antigen_half)},
    {"quiescence_half_ratio", NATURAL, 1.0, offsetof(params, quiescence_half_ratio)},
    {"onset_collapse_day", NATURAL, 0.5, offsetof(params, onset_collapse_day)},
    {"onset_collapse_child_day", NATURAL, 0.5, offsetof(params, onset_collapse_child_day)},
    {"reactivation_per_day", NATURAL, 0.5, offsetof(params, reactivation_per_day)},
    {"stunning_per_day", NATURAL, 0.7, offsetof(params, stunning_per_day)},
    {"inactivation_per_day", NATURAL, 0.7, offsetof(params, inactivation_per_day)},
    {"youth_sensitivity", NATURAL, 0.3, offsetof(params, youth_sensitivity)},
    {"new_onset_low_fasting_mg_dl", NATURAL, 0.3, offsetof(params, new_onset_low_fasting_mg_dl)},
    {"new_onset_low_window_mg_dl", NATURAL, 0.3, offsetof(params, new_onset_low_window_mg_dl)},
    {"new_onset_titration_chance", NATURAL, 0.5, offsetof(params, new_onset_titration_chance)},
    {"reserve_adult", NATURAL, 0.15, 0},
    {"reserve_child", NATURAL, 0.15, 0},
    {"reserve_sd", NATURAL, 0.3, 0},
    {"reset_memory_kept", NATURAL, 1.0, 0},
    {"teplizumab_memory_kept", TREATMENT, 0.5, 0},
    {"teplizumab_brake", TREATMENT, 0.3, 0},
    {"atg_memory_kept", TREATMENT, 0.5, 0},
};
static conditioning *path_of(study *s, int group, int arm)
{
    struct islet_protocol *p = &s->of[group].protocol;
    return &p->conditionings[p->arms[arm].conditioning];
}

double unknown_get(study *s, int i)
{
    const char *name = unknowns[i].name;
    if (strcmp(name, "reserve_adult") == 0) return s->of[ADULT].protocol.population.native_function_frac.mean;
    if (strcmp(name, "reserve_child") == 0) return s->of[CHILD].protocol.population.native_function_frac.mean;
    if (strcmp(name, "reserve_sd") == 0) return s->of[ADULT].protocol.population.native_function_frac.sd;
    if (strcmp(name, "reset_memory_kept") == 0) return 1.0 - path_of(s, RESET, 0)->memory_depletion_frac.value;
    if (strcmp(name, "teplizumab_memory_kept") == 0) return 1.0 - path_of(s, EARLY, 1)->memory_depletion_frac.value;
    if (strcmp(name, "teplizumab_brake") == 0) return path_of(s, EARLY, 1)->growth_brake_frac.value;
    if (strcmp(name, "atg_memory_kept") == 0) return 1.0 - path_of(s, LATE, 2)->memory_depletion_frac.value;
    double value;
    memcpy(&value, (const char *)&s->params + unknowns[i].offset, sizeof value);
    return value;
}

void unknown_set(study *s, int i, double value)
{
    const char *name = unknowns[i].name;
    if (strcmp(name, "reserve_adult") == 0)
        for (int g = 0; g < 3; g++) s->of[(const int[]){ADULT, RESET, LATE}[g]].protocol.population.native_function_frac.mean = value;
    else if (strcmp(name, "reserve_child") == 0)
        for (int g = 0; g < 4; g++) s->of[(const int[]){CHILD, RESET_CHILD, YOUNG, EARLY}[g]].protocol.population.native_function_frac.mean = value;
    else if (strcmp(name, "reserve_sd") == 0)
        for (int g = 0; g < GROUPS; g++) s->of[g].protocol.population.native_function_frac.sd = value;
    else if (strcmp(name, "reset_memory_kept") == 0)
        for (int g = RESET; g <= RESET_CHILD; g++) path_of(s, g, 0)->memory_depletion_frac.value = 1.0 - fmin(value, 1.0);
    else if (strcmp(name, "teplizumab_memory_kept") == 0)
        for (int g = 0; g < 2; g++) path_of(s, (const int[]){EARLY, LATE}[g], 1)->memory_depletion_frac.value = 1.0 - fmin(value, 1.0);
    else if (strcmp(name, "teplizumab_brake") == 0)
        for (int g = 0; g < 2; g++) path_of(s, (const int[]){EARLY, LATE}[g], 1)->growth_brake_frac.value = fmin(value, 1.0);
    else if (strcmp(name, "atg_memory_kept") == 0) path_of(s, LATE, 2)->memory_depletion_frac.value = 1.0 - fmin(value, 1.0);
    else memcpy((char *)&s->params + unknowns[i].offset, &value, sizeof value);
}

bool unknown_set_by_text(study *s, const char *text)
{
    const char *equals = strchr(text, '=');
    if (!equals) return false;
    for (int i = 0; i < UNKNOWNS; i++)
        if (strlen(unknowns[i].name) == (size_t)(equals - text) && strncmp(text, unknowns[i].name, strlen(unknowns[i].name)) == 0) {
            unknown_set(s, i, atof(equals + 1));
            return true;
        }
#define PARAM(key, value, low, high, unit, standing, source, sentence)                                                 \
    if (strlen(#key) == (size_t)(equals - text) && strncmp(text, #key, strlen(#key)) == 0) {                           \
        s->params.key = atof(equals + 1);                                                                              \
        return true;                                                                                                   \
    }
#include "base/params.def"
#undef PARAM
    return false;
}
