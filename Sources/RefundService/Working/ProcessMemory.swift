internal import CProcessMemory

/// How the process gets its memory from the system, and gives it back (mallopt(3)).
enum ProcessMemory {
    /// Lets what a burst has needed go back to the system. Otherwise each thread keeps a heap of its own, and the C library
    /// raises by itself the size from which blocks are given back when they are freed (up to 32 MiB), so that a few large
    /// batches would be kept for ever. Small messages never come near the size that is named here.
    static func keepSmall() {
        process_memory_limit(2, 64 << 10, 1 << 20)
    }
}
