/* Workload in single precision: which widths this build has. It needs a C++ compiler (workload_single.cpp). */
#include <string.h>

#include "trial/workload.h"

#ifdef ISLET_SINGLE
extern workload_runner islet_workload_portable_f32;
#if defined(__x86_64__)
extern workload_runner islet_workload_scalar_f32, islet_workload_avx2_f32, islet_workload_avx512_f32;
#endif
#endif

workload_runner *workload_single(const kernel *like)
{
#ifdef ISLET_SINGLE
    static const struct {
        const char *kernel;
        workload_runner *run;
    } all[] = {{"portable", islet_workload_portable_f32},
#if defined(__x86_64__)
               {"scalar", islet_workload_scalar_f32},
               {"avx2", islet_workload_avx2_f32},
               {"avx512", islet_workload_avx512_f32},
#endif
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].kernel, like->name) == 0) return all[i].run;
#else
    (void)like;
#endif
    return NULL;
}
