/* Words of an option or a header without regard to case: ASCII letters only, whatever the locale. */
#ifndef ISLET_BASE_WORD_H
#define ISLET_BASE_WORD_H

#include <stdbool.h>

static inline char word_small(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static inline bool word_same(const char *a, const char *b)
{
    while (*a && word_small(*a) == word_small(*b)) a++, b++;
    return word_small(*a) == word_small(*b);
}

#endif
