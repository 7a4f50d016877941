public import RefundPolicy
public import RefundWorker

/// What a PostgreSQL server and the store in it are, looked at without changing anything.
public struct PostgresServerFacts: Hashable, Sendable {
    /// Such as 150018 for 15.18.
    public var version: Int
    public var encoding: String
    /// The server's settings of these names, `on` or `off`, or one of the further words of `synchronous_commit`.
    public var fsync: String
    public var fullPageWrites: String
    public var synchronousCommit: String
    /// A standby, or a server whose transactions write nothing unless told so.
    public var isReadOnly: Bool
    /// Whether this connection is encrypted.
    public var isEncrypted: Bool
    /// Sessions there are now, and how many the server takes for ordinary users.
    public var sessions: Int
    public var maximumSessions: Int
    /// The size of the database's files.
    public var databaseBytes: Int64
    public var schema: StoreSchema
    public var clock: ClockReading
    public var pooling: Pooling
    public var integrity: Integrity
    /// When the first certificate ends of those that server and client have shown each other; `nil` without TLS.
    public var certificatesEndAt: Instant?

    public init(
        version: Int, encoding: String, fsync: String, fullPageWrites: String, synchronousCommit: String,
        isReadOnly: Bool, isEncrypted: Bool, sessions: Int, maximumSessions: Int, databaseBytes: Int64,
        schema: StoreSchema, clock: ClockReading, pooling: Pooling = .direct, integrity: Integrity = Integrity(),
        certificatesEndAt: Instant? = nil
    ) {
        self.version = version
        self.encoding = encoding
        self.fsync = fsync
        self.fullPageWrites = fullPageWrites
        self.synchronousCommit = synchronousCommit
        self.isReadOnly = isReadOnly
        self.isEncrypted = isEncrypted
        self.sessions = sessions
        self.maximumSessions = maximumSessions
        self.databaseBytes = databaseBytes
        self.schema = schema
        self.clock = clock
        self.pooling = pooling
        self.integrity = integrity
        self.certificatesEndAt = certificatesEndAt
    }

    /// What the server knows of damage without reading everything.
    public struct Integrity: Hashable, Sendable {
        /// Each page carries a checksum, which is looked at when it is read.
        public var hasChecksums: Bool
        /// Pages of this database whose checksum was wrong when they were read.
        public var checksumFailures: Int64
        /// Indexes of the store's tables that are not complete. What they hold unique, they do not.
        public var brokenIndexes: [String]

        public init(hasChecksums: Bool = true, checksumFailures: Int64 = 0, brokenIndexes: [String] = []) {
            self.hasChecksums = hasChecksums
            self.checksumFailures = checksumFailures
            self.brokenIndexes = brokenIndexes
        }
    }

    /// The store's tables.
    public struct StoreSchema: Hashable, Sendable {
        public enum Standing: Hashable, Sendable {
            /// There is no such schema, or it is empty; whether the user may make it.
            case missing(userMayCreate: Bool)
            /// A newer version has taken away what this one needs.
            case superseded
            /// The names of the migrations that are missing; empty when all is as this version wants it.
            case migrated(missing: [String])
        }

        public var name: String
        public var standing: Standing
        /// Tables that the user may not read and write.
        public var refusedTables: [String]
        /// Which store it is; `nil` where that can't be read, or an older version made it.
        public var identity: StoreIdentity?

        public init(name: String, standing: Standing, refusedTables: [String], identity: StoreIdentity? = nil) {
            self.name = name
            self.standing = standing
            self.refusedTables = refusedTables
            self.identity = identity
        }
    }

    /// The server's clock beside this machine's.
    public struct ClockReading: Hashable, Sendable {
        public var server: Instant
        /// This machine's time before the question and after the answer.
        public var asked: Instant
        public var answered: Instant

        public init(server: Instant, asked: Instant, answered: Instant) {
            self.server = server
            self.asked = asked
            self.answered = answered
        }
    }
}
