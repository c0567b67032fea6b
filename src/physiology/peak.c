/* Peak: which widths this build has. */
#include "physiology/peak.h"

#include <stddef.h>
#include <string.h>

extern peak_run islet_peak_portable;
#if defined(__x86_64__)
extern peak_run islet_peak_scalar, islet_peak_avx2, islet_peak_avx512;
#endif

peak_run *peak_find(const char *kernel_name)
{
    static const struct {
        const char *name;
        peak_run *run;
    } all[] = {{"portable", islet_peak_portable},
#if defined(__x86_64__)
               {"scalar", islet_peak_scalar}, {"avx2", islet_peak_avx2}, {"avx512", islet_peak_avx512},
#endif
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, kernel_name) == 0) return all[i].run;
    return NULL;
}
