/* Meal bookkeeping (simglucose): which meal the stomach is working on.
 *
 * Eating at 5 g/min on the one-minute grid. When eating starts, the stomach's content is remembered and the meal's
 * count starts at 0; what is eaten this minute counts before the step; both values stay until the next meal. */
#ifndef ISLET_PHYSIOLOGY_MEAL_BOOK_H
#define ISLET_PHYSIOLOGY_MEAL_BOOK_H

#include "physiology/minute.h"

typedef struct {
    lanes left, eating, before, eaten;
} meal_book;

static inline lanes meal_book_minute(meal_book *book, lanes in_stomach_mg)
{
    lanes zero = lanes_set1(0.0), one = lanes_set1(1.0);
    lanes bite = lanes_min(book->left, lanes_set1(EATING_MG_PER_MIN));
    lanes_mask eats = lanes_gt(bite, zero);
    lanes now = lanes_select(eats, one, zero);
    lanes_mask starts = lanes_gt(now, book->eating);
    if (lanes_any(starts)) { /* as a branch, so that what follows need not wait for the content */
        book->before = lanes_select(starts, in_stomach_mg, book->before);
        book->eaten = lanes_select(starts, zero, book->eaten);
    }
    book->eaten = book->eaten + bite;
    book->left = book->left - bite;
    book->eating = now;
    return bite;
}

#endif
