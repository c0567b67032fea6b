#include "base/params.h"

const param_info islet_param_info[] = {
#define PARAM(key, value, low, high, unit, standing, source, sentence)                                              \
    {#key, value, low, high, unit, #standing, source, sentence},
#include "base/params.def"
#undef PARAM
    {0, 0, 0, 0, 0, 0, 0, 0}};

params params_default(void)
{
    return (params){
#define PARAM(key, value, low, high, unit, standing, source, sentence) .key = value,
#include "base/params.def"
#undef PARAM
    };
}
