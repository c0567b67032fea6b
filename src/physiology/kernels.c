/* Kernels: which widths this build has and this processor can run. */
#include <string.h>

#include "islet.h"
#include "physiology/kernel.h"

extern const kernel islet_kernel_portable;
#if defined(__x86_64__)
extern const kernel islet_kernel_scalar, islet_kernel_avx2, islet_kernel_avx512;
#endif

/* widest first; the name lists which are runnable follow the same order */
typedef struct {
    const kernel *kernel;
    bool runs;
} candidate;

static int candidates(candidate out[4])
{
    int n = 0;
#if defined(__x86_64__)
    bool fma = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool avx512 = fma && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                  __builtin_cpu_supports("avx512vl");
    out[n++] = (candidate){&islet_kernel_avx512, avx512};
    out[n++] = (candidate){&islet_kernel_avx2, fma};
    out[n++] = (candidate){&islet_kernel_scalar, fma};
#endif
    out[n++] = (candidate){&islet_kernel_portable, true};
    return n;
}

const kernel *kernel_find(const char *name)
{
    candidate all[4];
    int n = candidates(all);
    for (int i = 0; i < n; i++)
        if (all[i].runs && (!name || strcmp(name, all[i].kernel->name) == 0)) return all[i].kernel;
    return NULL;
}

const char *const *islet_engines(void)
{
    /* the list that fits is a tail of this one, because every processor that runs a width runs all below it */
    static const char *const names[] = {"avx512", "avx2", "scalar", "portable", NULL};
    candidate all[4];
    int n = candidates(all), first = 0;
    while (!all[first].runs) first++;
    return names + (4 - n) + first;
}
