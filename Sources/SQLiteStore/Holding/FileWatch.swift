import RefundWorker

/// That the file behind a store's path is still the one that was opened, and that nobody but SQLite writes to it.
///
/// With a write-ahead log the file itself changes only when the log is written into it, and that is done by the worker
/// alone: what else has written there has copied something over it.
struct FileWatch {
    private let path: String
    private var known: FileStanding

    /// - Throws: `StoreError` when there is no file.
    init(_ path: String) throws(StoreError) {
        guard let standing = FileStanding(path: path) else { throw FileWatch.gone(path) }
        self.path = path
        known = standing
    }

    /// Before a transaction begins.
    ///
    /// - Throws: `StoreError` `.exchanged`.
    func check() throws(StoreError) {
        let now = try sameFile()
        guard now.writtenAt == known.writtenAt, now.bytes == known.bytes else {
            throw .exchanged(
                "another program has written to \(path): a copy over it, or a tool that is none of SQLite's clients",
                remedy: "stop the worker; restore the store from a copy, with no -wal or -shm of before beside it, "
                    + "have it learn what it missed (README, \"Backup and restore\"), and start the worker")
        }
    }

    /// After a transaction was committed: what it was written to must be what the path still leads to, or else nobody
    /// will find it.
    ///
    /// - Throws: `StoreError` `.exchanged`.
    mutating func committed() throws(StoreError) {
        known = try sameFile()
    }

    private func sameFile() throws(StoreError) -> FileStanding {
        guard let now = FileStanding(path: path) else { throw FileWatch.gone(path) }
        guard now.id == known.id else {
            throw .exchanged(
                "\(path) is another file than the one that this worker has open: a copy was put in its place",
                remedy: "put the file back that was there, with its -wal and -shm; or stop the worker, have the copy "
                    + "learn what it missed (README, \"Backup and restore\"), and start it")
        }
        return now
    }

    private static func gone(_ path: String) -> StoreError {
        .exchanged(
            "\(path) is gone: moved, removed, or no longer mounted",
            remedy: "put it back, with its -wal and -shm, and the worker goes on")
    }
}
