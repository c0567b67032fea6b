/* Parameters of the model: one struct and one table, both made from params.def. */
#ifndef ISLET_BASE_PARAMS_H
#define ISLET_BASE_PARAMS_H

typedef struct {
#define PARAM(key, value, low, high, unit, standing, source, sentence) double key;
#include "base/params.def"
#undef PARAM
} params;

typedef struct {
    const char *key;
    double value, low, high;
    const char *unit, *standing, *source, *sentence;
} param_info;

/* Every parameter in the order of the list; the last has key NULL. */
extern const param_info islet_param_info[];

/* The documented default values. */
params params_default(void);

#endif
