public import RefundPolicy

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

    public init(
        version: Int, encoding: String, fsync: String, fullPageWrites: String, synchronousCommit: String,
        isReadOnly: Bool, isEncrypted: Bool, sessions: Int, maximumSessions: Int, databaseBytes: Int64,
        schema: StoreSchema, clock: ClockReading
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

        public init(name: String, standing: Standing, refusedTables: [String]) {
            self.name = name
            self.standing = standing
            self.refusedTables = refusedTables
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
