import GRDB
public import RefundWorker

/// What a SQLite store's file is, looked at without changing it.
public struct SQLiteStoreFacts: Hashable, Sendable {
    public enum Content: Hashable, Sendable {
        /// A database without tables: a worker makes them.
        case empty
        case anotherProgram
        /// A newer version of this program has written it.
        case newer
        /// A store, and the names of the migrations that it lacks.
        case store(missing: [String])
    }

    public var content: Content
    /// `wal` in a store that a worker has opened.
    public var journalMode: String
    /// How many migrations this version knows.
    public var knownMigrations: Int

    public init(content: Content, journalMode: String, knownMigrations: Int) {
        self.content = content
        self.journalMode = journalMode
        self.knownMigrations = knownMigrations
    }

    /// - Throws: `StoreError` when the file is not there, can't be read, or is no SQLite database.
    public static func read(path: String) throws(StoreError) -> SQLiteStoreFacts {
        try storing("look at the store") {
            let queue = try StoreFile(path).openForInspection()
            defer { try? queue.close() }
            return try queue.inDatabase { database in
                SQLiteStoreFacts(
                    content: try content(of: database),
                    journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "unknown",
                    knownMigrations: Schema.migrator.migrations.count)
            }
        }
    }

    private static func content(of database: Database) throws -> Content {
        let id = try Int64.fetchOne(database, sql: "PRAGMA application_id")
        let objects = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") ?? 0
        guard id == Schema.applicationID else { return id == 0 && objects == 0 ? .empty : .anotherProgram }
        let migrator = Schema.migrator
        if try migrator.hasBeenSuperseded(database) { return .newer }
        let applied = Set(try migrator.appliedIdentifiers(database))
        return .store(missing: migrator.migrations.filter { !applied.contains($0) })
    }
}
