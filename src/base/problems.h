/* Problems: everything that is wrong with a file, collected instead of stopping at the first. */
#ifndef ISLET_BASE_PROBLEMS_H
#define ISLET_BASE_PROBLEMS_H

#include "islet.h"

/* Add one message "file:line:column: text". line and column count from 1; 0 leaves them out. `text` should read
 * "what was found; what was expected; what to do". Control characters and bytes that are not UTF-8 are escaped and
 * the message is cut at 400 characters. problems == NULL is allowed and does nothing. */
void problems_error(islet_problems *problems, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
void problems_warning(islet_problems *problems, const char *file, int line, int column, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
