/* Allocations that fail: see faults.h. In a plain build malloc and its like are defined here for the whole program. With
 * sanitizers, which have an allocator of their own, the linker puts these between the library's calls and theirs (--wrap). */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"

#pragma GCC visibility push(default) /* so that the other libraries find these */

#ifdef FAULTS_WRAP
#define OURS(name) __wrap_##name
#define THEIRS(name) __real_##name
#else
#define OURS(name) name
#define THEIRS(name) __libc_##name
#define __libc_aligned_alloc __libc_memalign
#endif

void *THEIRS(malloc)(size_t size);
void *THEIRS(calloc)(size_t n, size_t size);
void *THEIRS(realloc)(void *old, size_t size);
void *THEIRS(aligned_alloc)(size_t alignment, size_t size);
void THEIRS(free)(void *block);

static long fail_at = -1;
static bool goes_on, met;
static atomic_long allocations, live;

void faults_arm_memory(long at, bool for_ever)
{
    fail_at = at;
    goes_on = for_ever;
    allocations = 0;
    met = false;
}

long faults_allocations(void) { return allocations; }
bool faults_memory_met(void) { return met; }

long faults_live_blocks(void)
{
#ifdef FAULTS_WRAP
    return 0; /* not all are seen here; the sanitizer finds what leaks */
#else
    return live;
#endif
}

static bool is_openmp(const void *caller)
{
    Dl_info about;
    return dladdr(caller, &about) && about.dli_fname && (strstr(about.dli_fname, "libgomp") || strstr(about.dli_fname, "libomp"));
}

static bool fails(const void *caller)
{
    long number = allocations++;
    if (fail_at < 0 || number < fail_at || (number > fail_at && !goes_on) || is_openmp(caller)) return false;
    met = true;
    errno = ENOMEM;
    return true;
}

static void *counted(void *block)
{
    if (block) live++;
    return block;
}

void *OURS(malloc)(size_t size);
void *OURS(calloc)(size_t n, size_t size);
void *OURS(realloc)(void *old, size_t size);
void *OURS(aligned_alloc)(size_t alignment, size_t size);
void OURS(free)(void *block);

void *OURS(malloc)(size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(THEIRS(malloc)(size));
}

void *OURS(calloc)(size_t n, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(THEIRS(calloc)(n, size));
}

void *OURS(realloc)(void *old, size_t size)
{
    if (fails(__builtin_return_address(0))) return NULL;
    void *block = THEIRS(realloc)(old, size);
    if (!old) counted(block);
    else if (!block && size == 0) live--;
    return block;
}

void *OURS(aligned_alloc)(size_t alignment, size_t size)
{
    return fails(__builtin_return_address(0)) ? NULL : counted(THEIRS(aligned_alloc)(alignment, size));
}

void OURS(free)(void *block)
{
    if (block) live--;
    THEIRS(free)(block);
}
