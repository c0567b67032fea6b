/* Peak: which widths this build has. */
#include "physiology/peak.h"

#include <stddef.h>
#include <string.h>

extern peak_run islet_peak_portable;
#if defined(__x86_64__)
extern peak_run islet_peak_scalar, islet_peak_avx2, islet_peak_avx512;
#endif
#ifdef ISLET_SINGLE
extern peak_run islet_peak_portable_f32;
#if defined(__x86_64__)
extern peak_run islet_peak_scalar_f32, islet_peak_avx2_f32, islet_peak_avx512_f32;
#endif
#define SINGLE(name) islet_peak_##name##_f32
#else
#define SINGLE(name) NULL
#endif

peak_run *peak_find(const char *kernel_name, bool single)
{
    static const struct {
        const char *name;
        peak_run *run, *run_single;
    } all[] = {{"portable", islet_peak_portable, SINGLE(portable)},
#if defined(__x86_64__)
               {"scalar", islet_peak_scalar, SINGLE(scalar)},
               {"avx2", islet_peak_avx2, SINGLE(avx2)},
               {"avx512", islet_peak_avx512, SINGLE(avx512)},
#endif
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, kernel_name) == 0) return single ? all[i].run_single : all[i].run;
    return NULL;
}
