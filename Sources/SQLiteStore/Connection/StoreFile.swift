import GRDB
import RefundWorker

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a store's database is, and how connections to it are opened.
struct StoreFile {
    /// The file, with symbolic links resolved, so that one store has one lock; `nil` for a store in memory.
    let path: String?

    /// - Throws: `StoreError` when the path can't be one.
    init(_ path: String) throws(StoreError) {
        guard path != ":memory:" else {
            self.path = nil
            return
        }
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw StoreError(
                .unavailable, operation: "open", problem: "the path is empty or holds a zero byte",
                remedy: "name a file in store.url, such as sqlite:/var/lib/refund-worker/cases.sqlite")
        }
        self.path = StoreFile.resolved(path) ?? path
    }

    /// How long a statement waits for another connection before it answers `.busy`; the lane then tries again.
    private static let busyTimeout = 0.25
    /// The same for a connection beside a worker's, which commits many times a second: it has to wait for a gap.
    private static let patientTimeout = 10.0

    /// Opens the database for writing, creating or migrating it as needed.
    ///
    /// - Parameter expected: which store must be there; `nil` for any.
    /// - Throws: `StoreError` `.exchanged` when it is not.
    func openForWriting(_ expected: ExpectedStore? = nil) throws -> DatabaseQueue {
        let queue = try connect(configuration(isReadOnly: false))
        do {
            try queue.inDatabase { database in
                try Schema.checkIsOursOrNew(database)
                try expected?.check(database)
                try Schema.claim(database)
                guard path != nil else { return }
                let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
                guard mode == "wal" else { throw StoreFile.noWriteAheadLog }
            }
            try Schema.migrator.migrate(queue)
        } catch {
            try? queue.close()
            throw error
        }
        return queue
    }

    /// Opens the database for reading; it must be there, and be up to date.
    func openForReading() throws -> DatabaseQueue {
        try openExisting(configuration(isReadOnly: true))
    }

    /// Opens the database for short transactions while a worker may have it; it must be there, and be up to date.
    func openBesideWorker() throws -> DatabaseQueue {
        var configuration = configuration(isReadOnly: false)
        configuration.busyMode = .timeout(StoreFile.patientTimeout)
        return try openExisting(configuration)
    }

    /// Opens the database for reading, whatever it is; it must be there.
    func openForInspection() throws -> DatabaseQueue {
        try openExisting(configuration(isReadOnly: true)) { _ in }
    }

    private func openExisting(
        _ configuration: Configuration, check: (Database) throws -> Void = Schema.checkIsCurrent
    ) throws -> DatabaseQueue {
        guard let path else {
            throw StoreError(
                .unavailable, operation: "open", problem: "a store in memory can be read by its worker alone",
                remedy: "name a file in store.url")
        }
        guard StoreFile.resolved(path) != nil else {
            throw StoreError(
                .unavailable, operation: "open", problem: "\(path): \(String(cString: strerror(errno)))",
                remedy: "check store.url; the worker makes the file when it runs for the first time")
        }
        try checkIsNoDirectory(path)
        let queue = try connect(configuration)
        do {
            try queue.inDatabase { try check($0) }
        } catch {
            try? queue.close()
            throw error
        }
        return queue
    }

    private func connect(_ configuration: Configuration) throws -> DatabaseQueue {
        _ = SQLiteMemory.isUncounted
        guard let path else { return try DatabaseQueue(named: nil, configuration: configuration) }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    static let pagesInLog = 4_000

    /// A page of 8 KiB holds several messages; batches of 512 measured faster than with SQLite's 4 KiB. The log is
    /// written into the file after some 32 MiB, and cut to 64 MiB if a long reader had let it grow. 64 MiB of pages
    /// in memory were no faster than 48, with 100,000 requests waiting.
    private static let settings = """
        PRAGMA page_size = 8192;
        PRAGMA synchronous = FULL;
        PRAGMA trusted_schema = OFF;
        PRAGMA temp_store = MEMORY;
        PRAGMA cache_size = -40960;
        PRAGMA wal_autocheckpoint = \(pagesInLog);
        PRAGMA journal_size_limit = 67108864;
        """

    private func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.label = "refund store"
        configuration.busyMode = .timeout(StoreFile.busyTimeout)
        // Events and messages are written by this module alone, together with their case.
        configuration.foreignKeysEnabled = false
        // A rollback that fails must not end the process; the next transaction rolls back first.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { try $0.execute(sql: StoreFile.settings) }
        return configuration
    }

    func checkIsNoDirectory(_ path: String) throws(StoreError) {
        guard let folder = opendir(path) else { return }
        closedir(folder)
        throw StoreError(
            .unavailable, operation: "open", problem: "\(path) is a directory",
            remedy: "name a file in store.url, such as \(path)/cases.sqlite")
    }

    private static func resolved(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    private static var noWriteAheadLog: StoreError {
        StoreError(
            .unavailable, operation: "open", problem: "SQLite can't keep a write-ahead log there",
            remedy: "put the store on a local disk")
    }
}
