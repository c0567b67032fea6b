/* Lengths of time as publications write them, in whole days: a week has 7, a year 365, a month a twelfth of that (6 months are 182 days, 12 are 365). */
#ifndef ISLET_BASE_DURATION_H
#define ISLET_BASE_DURATION_H

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/number.h"
#include "base/word.h"

typedef enum { DURATION_DAYS, DURATION_WEEKS, DURATION_MONTHS, DURATION_YEARS, DURATION_UNITS } duration_unit;

/* whole days; of halves the earlier */
static inline double duration_days(double x, duration_unit unit)
{
    static const double days[DURATION_UNITS] = {1.0, 7.0, 365.0 / 12.0, 365.0};
    return ceil(x * days[unit] - 0.5);
}

static inline bool duration_unit_named(const char *word, duration_unit *out)
{
    static const struct {
        const char *word;
        duration_unit unit;
    } words[] = {{"d", DURATION_DAYS},     {"day", DURATION_DAYS},       {"days", DURATION_DAYS},   {"w", DURATION_WEEKS},
                 {"wk", DURATION_WEEKS},   {"week", DURATION_WEEKS},     {"weeks", DURATION_WEEKS}, {"mo", DURATION_MONTHS},
                 {"month", DURATION_MONTHS}, {"months", DURATION_MONTHS}, {"y", DURATION_YEARS},     {"yr", DURATION_YEARS},
                 {"year", DURATION_YEARS}, {"years", DURATION_YEARS}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (word_same(words[i].word, word)) {
            *out = words[i].unit;
            return true;
        }
    return false;
}

/* "24 weeks", "24weeks", "week 24", "baseline", or a number alone, which is in `unit` (DURATION_UNITS: it may not stand alone); false when it is none of them. `unit` gets what it was in. */
static inline bool duration_read(const char *text, duration_unit *unit, double *days)
{
    char word[8] = "";
    double x;
    if (word_same(text, "baseline")) {
        *days = 0.0;
        return true;
    }
    const char *number = text + strcspn(text, "0123456789.-"), *behind = number + strspn(number, "0123456789.-");
    const char *from = number > text ? text : behind + strspn(behind, " ");
    size_t length = number > text ? (size_t)(number - text) : strlen(from);
    while (length > 0 && from[length - 1] == ' ') length--;
    if (length >= sizeof word || (number > text && *behind)) return false;
    memcpy(word, from, length);
    if (length > 0 && !duration_unit_named(word, unit)) return false;
    if (*unit == DURATION_UNITS || !number_read(number, (size_t)(behind - number), &x)) return false; /* a number alone where a unit must come with it */
    *days = duration_days(x, *unit);
    return true;
}

#endif
