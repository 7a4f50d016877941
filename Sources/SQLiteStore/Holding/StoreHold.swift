import GRDB
import GRDBSQLite
import RefundPolicy
import RefundWorker

/// A worker's right to a store's file, before it is opened: the locks, and which store must be there.
struct StoreClaim {
    let path: String
    let expected: ExpectedStore
    let beside: WriterLock
    let file: FileLock

    /// - Throws: `StoreError` `.busy` when another worker has it, `.exchanged` when the file is gone that was there.
    init(_ path: String, of store: StoreFile, pinned: StoreIdentity?) throws(StoreError) {
        self.path = path
        try store.checkIsNoDirectory(path)
        beside = try WriterLock(besideStoreAt: path)
        expected = ExpectedStore(path: path, pinned: pinned, remembered: beside.remembered)
        try expected.checkFile()
        file = try FileLock(path)
        // SQLite keeps its log beside the name that it was given, and who comes by another one does not find it.
        if let names = FileStanding(path: path)?.names, names > 1 {
            throw StoreError(
                .unavailable, operation: "open", problem: "\(path) has \(names) names (hard links)",
                remedy: "keep one: find DIRECTORY -samefile \(path) shows them; for a copy use sqlite3's .backup")
        }
    }

    /// Lets others have it.
    func release() {
        file.release()
        beside.release()
    }
}

/// Holds a worker to the store that it has opened.
///
/// Used inside the queue of its connection, by one thread at a time.
final class StoreHold {
    private let claim: StoreClaim
    private let identity: StoreIdentity
    private var watch: FileWatch
    private let identities: BoundStatement
    private let events: BoundStatement
    private let archived: BoundStatement
    private let changes: BoundStatement
    /// Grows with each commit of another connection.
    private var changesSeen: Int64?
    private var latest: KeptEvent?
    private var othersWrite = false

    init(_ claim: StoreClaim, identity: StoreIdentity, _ database: Database) throws {
        self.claim = claim
        self.identity = identity
        identities = try BoundStatement(IdentityTable.query, in: database)
        events = try BoundStatement("SELECT 1 FROM events WHERE id = ?", in: database)
        archived = try BoundStatement("SELECT 1 FROM archived WHERE request_id = ?", in: database)
        changes = try BoundStatement("PRAGMA data_version", in: database)
        changesSeen = try changes.first({ _ in }, as: { $0.integer(0) })
        watch = try FileWatch(claim.path)
        claim.beside.remember(identity)
    }

    /// - Throws: `StoreError` `.exchanged`.
    func checkFile() throws(StoreError) {
        try watch.check()
    }

    /// Within a transaction: another connection may have restored a copy into the file (`.restore` of sqlite3).
    ///
    /// - Throws: `StoreError` `.exchanged`.
    func checkContent() throws {
        let now = try changes.first({ _ in }, as: { $0.integer(0) })
        guard now != changesSeen else { return }
        let found = try identities.first({ _ in }, as: { StoreIdentity($0.text(0)) }) ?? nil
        guard found == identity else {
            throw StoreError.anotherStore(
                found, at: claim.path, expected: identity, saidBy: "this worker has opened",
                remedy: "stop the worker, put back the store that was there, and start it")
        }
        if let latest, try !has(latest) { throw StoreError.earlierCopy(at: claim.path) }
        changesSeen = now
        othersWrite = true
    }

    private func has(_ event: KeptEvent) throws -> Bool {
        if try events.first({ $0.add(event.row) }, as: { _ in true }) == true { return true }
        return try archived.first({ $0.add(event.requestID.text) }, as: { _ in true }) == true
    }

    func keepInMind(_ event: KeptEvent) {
        latest = event
    }

    /// - Throws: `StoreError` `.exchanged` when what was committed is where nobody will find it.
    func committed(on database: Database) throws {
        if othersWrite {
            // They leave it to the worker to write the log into the file (`SQLiteCaseArchive`), and it may have nothing to
            // commit for long.
            othersWrite = false
            sqlite3_wal_checkpoint_v2(database.sqliteConnection, nil, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
        }
        try watch.committed()
    }
}
