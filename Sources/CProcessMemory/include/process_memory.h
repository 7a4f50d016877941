// How the C library gets this process's memory from the system (mallopt(3)), which Swift's import of it leaves out.

#ifndef PROCESS_MEMORY_H
#define PROCESS_MEMORY_H

/// How many heaps threads share, from which size on a block is a mapping of its own, which goes back to the system when it is
/// freed, and how much may be free at a heap's end.
void process_memory_limit(int heaps, int mapped_bytes, int trimmed_bytes);

#endif
