import GRDB
import RefundCase
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Cases in one SQLite file, for one worker process.
///
/// A commit is on disk when `transact` returns (write-ahead log, `synchronous=FULL`). A second worker on the same file
/// is refused; `SQLiteCaseReader` may look on at any time, also from other processes.
///
/// Not `Sendable`: statements and caches are used without a lock, by the one thread that the port asks for.
public final class SQLiteStore: CaseStore {
    /// Which store it is.
    public let identity: StoreIdentity

    private let queue: DatabaseQueue
    /// `nil` in memory.
    private let claim: StoreClaim?
    /// `nil` in memory, and once closed.
    private var hold: StoreHold?
    /// `nil` once closed.
    private var tables: Tables?

    /// How often a transaction is tried in all when rows of another writer are in its way.
    private static let attempts = 5

    /// Opens the store, and upgrades it as needed. One is created where there is none and none ever was.
    ///
    /// - Parameters:
    ///   - path: the file; or `:memory:` for one that ends with this object, for tests.
    ///   - expected: which store it must be; `nil` for whichever was there last.
    /// - Throws: `StoreError` `.busy` when another worker has it, `.exchanged` when it is another store than it must be,
    ///   `.incompatible` when the file is another program's or a newer version's, `.unavailable` when it can't be opened.
    public init(path: String, expected: StoreIdentity? = nil) throws(StoreError) {
        let file = try StoreFile(path)
        claim = if let path = file.path { try StoreClaim(path, of: file, pinned: expected) } else { nil }
        let claim = claim
        (queue, identity, hold, tables) = try storing("open") {
            let queue = try file.openForWriting(claim?.expected)
            return try queue.inDatabase { database in
                guard let identity = try IdentityTable.read(database) else { throw SQLiteStore.unidentified }
                let hold = try claim.map { try StoreHold($0, identity: identity, database) }
                return (queue, identity, hold, try Tables(database))
            }
        }
    }

    deinit {
        close()
    }

    /// Ends the store: the log is written into the file, and another worker may have it. Every later call throws.
    public func close() {
        guard tables != nil else { return }
        // Statements are finalized first: they keep a connection open.
        tables = nil
        hold = nil
        // What was committed is on disk already; a log that can't be tidied now is read at the next opening.
        try? queue.close()
        claim?.release()
    }

    public func transact(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        var attempt = 1
        while true {
            do throws(StoreError) {
                return try transactOnce(recording: publications, loading: keys, at: now, decide)
            } catch {
                guard isOvertaken, attempt < SQLiteStore.attempts else { throw error }
                attempt += 1
            }
        }
    }

    public func claimUnsent(
        limit: Int, bytes: Int, at now: Instant, lease: Duration
    ) throws(StoreError) -> [OutboxMessage] {
        try inTransaction { tables, operation in
            operation = "claim"
            return try tables.unsent.claim(limit: limit, bytes: bytes, at: now, lease: lease)
        }
    }

    public func countUnsent(upTo most: Int) throws(StoreError) -> Int {
        try inTransaction { tables, operation in
            operation = "count"
            return try tables.unsent.count(upTo: most)
        }
    }

    /// The latest transaction failed because a row with the same request id or line was there.
    private var isOvertaken = false

    private func transactOnce(
        recording publications: [PublicationRecord], loading keys: CaseKeys, at now: Instant,
        _ decide: (LoadedCases) -> CaseChanges
    ) throws(StoreError) -> [CaseID] {
        var latest: KeptEvent?
        let ids = try inTransaction { tables, operation in
            operation = "record"
            try tables.recording.record(publications)
            operation = "load"
            let loaded = try tables.loading.load(keys, at: now)
            operation = "write"
            let changes = decide(loaded)
            let isPaused = try tables.write(changes.brake, isPaused: loaded.brake.pause != nil, at: now)
            try tables.lines.write(changes.bookings(seeing: loaded))
            let ids = try changes.cases.map { change in try tables.write(change) }
            try tables.publish(changes.cases, ids, isPaused: isPaused, at: now)
            try tables.publish(ofFleet: changes.fleetMessages, at: now)
            try tables.write(changes.words, of: loaded, changes.cases, ids)
            try tables.actions.append(changes.actions)
            for postponement in changes.postponements { try tables.cases.postpone(postponement) }
            try tables.parking.write(changes.parking, at: now)
            try tables.deadLetters.append(changes.deadLetters)
            latest = changes.latestEvent(of: ids)
            return ids
        }
        if let latest { hold?.keepInMind(latest) }
        return ids
    }

    /// Everything that `body` does, or nothing. `body` says what it is doing, for errors.
    private func inTransaction<Value>(
        _ body: (Tables, _ operation: inout String) throws -> Value
    ) throws(StoreError) -> Value {
        isOvertaken = false
        var operation = "begin"
        do {
            // A closed queue must not be asked: it has no connection.
            guard let tables else { throw SQLiteStore.closed }
            try hold?.checkFile()
            return try queue.inDatabase { database in
                // Left over only if the rollback of an earlier failure failed as well.
                if database.isInsideTransaction { try database.rollback() }
                try tables.transaction.begin()
                do {
                    try hold?.checkContent()
                    let value = try body(tables, &operation)
                    operation = "commit"
                    try tables.transaction.commit()
                    try hold?.committed(on: database)
                    return value
                } catch {
                    tables.policies.forget()
                    if database.isInsideTransaction { try? database.rollback() }
                    throw error
                }
            }
        } catch {
            isOvertaken = (error as? SQLiteFailure)?.isUniqueViolation ?? false
            throw StoreError(error, during: operation)
        }
    }

    private static var unidentified: StoreError {
        StoreError(
            .incompatible, operation: "open", problem: "the store's identity is gone from its table",
            remedy: "restore a backup, or look who has changed the store by hand")
    }

    private static var closed: StoreError {
        StoreError(
            .unavailable, operation: "begin", problem: "the store was closed", remedy: "open it again")
    }
}
