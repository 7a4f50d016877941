import GRDB
import GRDBSQLite
import RefundWorker

/// Ends statements that take too long: SQLite asks it every thousand steps of its machine.
///
/// Used inside the queue of its connection, by one thread at a time.
final class ReadingPatience {
    private let limit: Duration
    private var end = ContinuousClock.now

    init(_ limit: Duration) {
        self.limit = limit
    }

    private var isOver: Bool { ContinuousClock.now >= end }

    private static let stepsBetweenLooks: Int32 = 1_000

    /// Runs `body` with that long for all its statements.
    ///
    /// - Throws: `StoreError` `.unavailable` when the time is over.
    func limiting<Value>(_ database: Database, _ body: () throws -> Value) throws -> Value {
        end = .now + limit
        // The handler is taken away before this returns, so that the reference lives for as long as it is used.
        sqlite3_progress_handler(
            database.sqliteConnection, ReadingPatience.stepsBetweenLooks,
            { context in
                guard let context else { return 0 }
                return Unmanaged<ReadingPatience>.fromOpaque(context).takeUnretainedValue().isOver ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
        defer { sqlite3_progress_handler(database.sqliteConnection, 0, nil, nil) }
        do {
            return try body()
        } catch let failure as SQLiteFailure where failure.primaryCode == SQLITE_INTERRUPT {
            throw StoreError(
                .unavailable, operation: "read", problem: "the store gave no answer within \(limit)",
                remedy: "try again, or ask for less")
        }
    }
}
