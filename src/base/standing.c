#include "base/standing.h"

#include <stddef.h>

const char *const islet_standing_words[] = {"measured", "fitted", "assumed", NULL};
