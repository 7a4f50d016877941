#include "process_memory.h"

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

void process_memory_limit(int heaps, int mapped_bytes, int trimmed_bytes) {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, heaps);
    mallopt(M_MMAP_THRESHOLD, mapped_bytes);
    mallopt(M_TRIM_THRESHOLD, trimmed_bytes);
#endif
}
