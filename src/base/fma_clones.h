/* FMA_CLONES before a function: it is compiled for processors with and without fused multiply-adds, and the right one is
 * chosen when the library is loaded; what it calls is compiled into it. Both give the same bits, as a fused multiply-add
 * is exact everywhere; without the instruction it is a call into the C library.
 *
 * Not with clang 14, which gives the clones a name that no other object finds, nor under the address and thread sanitizers,
 * which are not ready when the choice is made. */
#ifndef ISLET_BASE_FMA_CLONES_H
#define ISLET_BASE_FMA_CLONES_H

#if defined(__x86_64__) && defined(__ELF__) && defined(__GLIBC__) && !defined(__clang__) &&                            \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define FMA_CLONES __attribute__((flatten, target_clones("fma", "default")))
#else
#define FMA_CLONES
#endif

#endif
