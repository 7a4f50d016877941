import GRDB
import GRDBSQLite
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
    /// Which store it is; `nil` where there is none, or an older version made it.
    public var identity: StoreIdentity?
    /// Which store was at this place last, as a worker has noted beside it.
    public var remembered: StoreIdentity?
    public var integrity: Integrity
    /// The size of the write-ahead log.
    public var logBytes: Int64
    /// How many names the file has.
    public var names: Int

    public enum Integrity: Hashable, Sendable {
        case whole
        /// SQLite's words, which hold numbers of pages and names of tables.
        case damaged(String)
        /// It was not finished in time.
        case unfinished
    }

    public init(
        content: Content, journalMode: String, knownMigrations: Int, identity: StoreIdentity? = nil,
        remembered: StoreIdentity? = nil, integrity: Integrity = .whole, logBytes: Int64 = 0, names: Int = 1
    ) {
        self.content = content
        self.journalMode = journalMode
        self.knownMigrations = knownMigrations
        self.identity = identity
        self.remembered = remembered
        self.integrity = integrity
        self.logBytes = logBytes
        self.names = names
    }

    /// Which store was at that place last, also where no file is; `nil` where none ever was.
    public static func remembered(at path: String) -> StoreIdentity? {
        guard let path = (try? StoreFile(path))?.path else { return nil }
        return WriterLock.remembered(besideStoreAt: path)
    }

    /// - Parameter patience: how long SQLite may look for damage.
    /// - Throws: `StoreError` when the file is not there, can't be read, or is no SQLite database.
    public static func read(
        path: String, patience: Duration = .seconds(5)
    ) throws(StoreError) -> SQLiteStoreFacts {
        try storing("look at the store") {
            let file = try StoreFile(path)
            let place = file.path ?? path
            let queue = try file.openForInspection()
            defer { try? queue.close() }
            return try queue.inDatabase { database in
                SQLiteStoreFacts(
                    content: try content(of: database),
                    journalMode: try String.fetchOne(database, sql: "PRAGMA journal_mode") ?? "unknown",
                    knownMigrations: Schema.migrator.migrations.count, identity: try IdentityTable.read(database),
                    remembered: WriterLock.remembered(besideStoreAt: place),
                    integrity: try integrity(of: database, within: patience),
                    logBytes: FileStanding(path: place + "-wal")?.bytes ?? 0,
                    names: FileStanding(path: place)?.names ?? 1)
            }
        }
    }

    /// SQLite's `quick_check`: every page of the tables and indexes, without comparing the two.
    private static func integrity(of database: Database, within patience: Duration) throws -> Integrity {
        do {
            let words = try ReadingPatience(patience).limiting(database) {
                try BoundStatement("PRAGMA quick_check(1)", in: database).first({ _ in }, as: { $0.text(0) })
            }
            return words == "ok" ? .whole : .damaged(String((words ?? "nothing").prefix(200)))
        } catch let error as StoreError where error.kind == .unavailable {
            return .unfinished
        } catch let failure as SQLiteFailure where failure.primaryCode == SQLITE_CORRUPT {
            return .damaged("SQLite \(failure.code)")
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
