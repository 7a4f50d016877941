import GRDB
import RefundCase
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Moves finished cases out of a SQLite file, also while a worker has it: by a connection of its own, whose transactions
/// are short, and which waits for the worker's. The worker keeps nothing of a case between its transactions.
///
/// Never makes a file, and leaves upgrades to the worker. Not `Sendable`: statements are used without a lock.
public final class SQLiteCaseArchive: CaseArchive {
    private let queue: DatabaseQueue
    private let path: String
    /// `nil` once closed.
    private var statements: Statements?

    /// - Throws: `StoreError` `.unavailable` when the file is not there or can't be opened, `.incompatible` when it is
    ///   no store of this version.
    public init(path: String) throws(StoreError) {
        (queue, self.path, statements) = try storing("open") {
            let file = try StoreFile(path)
            let queue = try file.openBesideWorker()
            return (queue, file.path ?? path, try queue.inDatabase { try Statements($0) })
        }
    }

    deinit {
        close()
    }

    /// Ends the archive. Every later call throws.
    public func close() {
        statements = nil
        try? queue.close()
    }

    public func finishedCases(
        before cutoff: Instant, after place: CaseID?, lookingAt limit: Int
    ) throws(StoreError) -> FinishedCases {
        try storing("read") {
            guard let statements else { throw SQLiteCaseArchive.closed }
            return try queue.read { _ in
                try statements.search.cases(before: cutoff, after: place, lookingAt: limit)
            }
        }
    }

    public func remove(_ cases: [CaseRemoval]) throws(StoreError) -> Bool {
        try storing("begin") {
            guard let statements else { throw SQLiteCaseArchive.closed }
            return try queue.inDatabase { database in
                if database.isInsideTransaction { try database.rollback() }
                // A worker alone writes its log into the file: it takes any other for a copy over it (`FileWatch`).
                let pages = WriterLock.isFree(besideStoreAt: path) ? StoreFile.pagesInLog : 0
                try database.execute(sql: "PRAGMA wal_autocheckpoint = \(pages)")
                try database.beginTransaction(.immediate)
                do {
                    for removal in cases {
                        guard try statements.remove(removal) else {
                            try database.rollback()
                            return false
                        }
                    }
                    try storing("commit") { try database.commit() }
                    return true
                } catch {
                    if database.isInsideTransaction { try? database.rollback() }
                    throw error
                }
            }
        }
    }

    private static var closed: StoreError {
        StoreError(.unavailable, operation: "begin", problem: "the archive was closed", remedy: "open it again")
    }
}

/// The statements of an open archive.
private struct Statements {
    let search: FinishedSearch
    private let deleteCase: BoundStatement
    private let deleteEvents: BoundStatement
    private let deleteMessages: BoundStatement
    private let deleteWords: BoundStatement
    private let insert: BoundStatement

    init(_ database: Database) throws {
        let histories = try HistoryReading(database, versions: try KnownVersions(database))
        search = try FinishedSearch(database, histories: histories)
        deleteCase = try BoundStatement(
            """
            DELETE FROM cases AS c WHERE c.id = ? AND c.request_id = ? AND \(FinishedSearch.isFinished)
            AND \(FinishedSearch.latestEvent) = ?
            """, in: database)
        deleteEvents = try BoundStatement("DELETE FROM events WHERE id BETWEEN ? AND ?", in: database)
        deleteMessages = try BoundStatement("DELETE FROM messages WHERE id BETWEEN ? AND ?", in: database)
        deleteWords = try BoundStatement("DELETE FROM words WHERE case_id = ?", in: database)
        insert = try BoundStatement(
            """
            INSERT INTO archived (\(ArchivedCase.newColumns))
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, in: database)
    }

    /// - Returns: `false` when the case has moved on.
    func remove(_ removal: CaseRemoval) throws -> Bool {
        let identity = removal.identity
        let latest = try RowNumber.of(removal.eventCount - 1, in: removal.id)
        let deleted = try deleteCase.run { values in
            values.add(removal.id.number)
            values.add(identity.requestID.text)
            values.add(latest)
        }
        guard deleted == 1 else { return false }
        let rows = RowNumber.all(of: removal.id)
        try deleteEvents.run { $0.add(rows) }
        try deleteMessages.run { $0.add(rows) }
        try deleteWords.run { $0.add(removal.id.number) }
        try insert.run { $0.add(identity) }
        return true
    }
}
