/* Peak: fused multiply-adds in enough independent chains to fill a core's units, what the bench holds the kernel against.
 * Compiled once a lane width, as the kernel is. */
#ifndef ISLET_PHYSIOLOGY_PEAK_H
#define ISLET_PHYSIOLOGY_PEAK_H

#include <stdbool.h>

typedef struct {
    double operations; /* done: two for each multiply-add */
    double result;     /* of them all, so that no compiler leaves them out */
} peak_work;

typedef peak_work peak_run(long repeats);

/* Of the kernel with this name, which runs here, or of its width in single precision; NULL if unknown. */
peak_run *peak_find(const char *kernel_name, bool single);

#endif
