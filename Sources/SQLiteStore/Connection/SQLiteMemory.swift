import CSQLite

/// How SQLite uses memory in this process.
enum SQLiteMemory {
    /// Lets it keep no account of its memory, which nobody reads. Once, and before the first connection is opened; when a
    /// program has used SQLite before, everything stays as it was.
    static let isUncounted: Bool = csqlite_count_no_memory() == SQLITE_OK
}
