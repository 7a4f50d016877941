import RefundPolicy
import RefundWorker

/// A connection that is made ready for a store's statements: time limits, the schema, the right kind of server.
final class Session {
    let connection: Connection
    /// The number by which the server knows the schema of the tables.
    private(set) var schemaNumber: Int64 = 0
    /// What the numbers of this session's transactions belong to (`TransactionHistory.current`); `nil` where the server does not
    /// tell.
    private(set) var history: String?

    enum Purpose {
        case working, reading, archiving
    }

    /// How long one round trip may take before the connection is given up: longer than the server's own limits, which
    /// leave the connection whole.
    static let patience: Duration = .seconds(15)

    /// The same for readers, whose statements may take 30 s.
    static let readingPatience: Duration = .seconds(40)

    /// What libpq is told unless the URL says otherwise: a server that is gone is noticed in seconds.
    static let defaults: [(keyword: String, value: String)] = [
        ("application_name", "refund-worker"), ("connect_timeout", "5"), ("client_encoding", "UTF8"),
        ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "15000"),
    ]

    /// - Parameter expected: a worker's tables are made where none are, if it says so.
    /// - Throws: `StoreError` `.unavailable` when no fitting server answers, `.incompatible` for one that can't be used.
    init(
        _ location: PostgresLocation, purpose: Purpose, expected: ExpectedStore = .any
    ) throws(StoreError) {
        var defaults = Session.defaults
        if purpose != .reading { defaults.append(("target_session_attrs", "read-write")) }
        do throws(ConnectionRefusal) {
            connection = try Connection(location, defaults: defaults)
        } catch {
            throw StoreError(
                .unavailable, operation: "connect", problem: error.problem,
                remedy: "check store.url, and that PostgreSQL runs and lets this user in")
        }
        let process = try checkServer()
        // Before anything is set or locked, which the next of a pooler's clients would meet.
        try checkPooling(process) { () throws(ConnectionRefusal) in try Connection(location, defaults: defaults) }
        try suspendLimits()
        try enterSchema(expected, creating: purpose == .working && expected.createsMissing)
    }

    private func checkPooling(
        _ process: Int64, _ another: () throws(ConnectionRefusal) -> Connection
    ) throws(StoreError) {
        let pooling: Pooling
        do throws(PostgresFailure) {
            pooling = try Pooling.look(at: connection, process: process, another: another)
        } catch {
            throw StoreError(error, during: "connect")
        }
        if pooling == .sharingSessions { throw Pooling.refusal }
    }

    /// What the URL or the server's administrator says of time limits, which do not hold while the store is opened: other
    /// workers that migrate are waited for.
    private var suspended: [Setting] = []

    private func suspendLimits() throws(StoreError) {
        for name in ["lock_timeout", "statement_timeout"] {
            let value = try run(.run("SELECT current_setting($1)") { $0.add(name) }).first { $0.text(0) } ?? "0"
            suspended.append((name, value, "0"))
            try run(.run("SELECT set_config($1, '0', false)") { $0.add(name) })
        }
    }

    /// Sets the time limits of the session's statements, once it is open.
    func limit(for purpose: Purpose) throws(StoreError) {
        for setting in suspended + Session.limits(for: purpose) {
            try run(
                .run("SELECT set_config($1, $2, false) WHERE current_setting($1) = $3") {
                    $0.add(setting.name)
                    $0.add(setting.value)
                    $0.add(setting.unless)
                })
        }
    }

    /// A limit of the caller's own, whatever others have set.
    func limitStatements(to patience: Duration) throws(StoreError) {
        try run(
            .run("SELECT set_config('statement_timeout', $1, false)") {
                $0.add("\(max(patience.microseconds / 1_000, 1))ms")
            })
    }

    func prepare(_ statements: [Statement]) throws(StoreError) {
        do throws(PostgresFailure) {
            _ = try connection.exchange(statements.map { .prepare($0) }, within: Session.patience)
        } catch {
            throw StoreError(error, during: "prepare")
        }
    }

    /// Asks for `history`. A session is of one timeline for as long as it lasts.
    func learnHistory() throws(StoreError) {
        do throws(PostgresFailure) {
            history =
                try connection.exchange(.run(TransactionHistory.current), within: Session.patience)
                .first { $0.optionalText(0) } ?? nil
        } catch {
            guard case .refused = error else { throw StoreError(error, during: "connect") }
        }
    }

    /// After a failure inside a transaction. What does not work here ends with the connection.
    func rollBack() {
        guard connection.isUsable else { return }
        _ = try? connection.exchange(.run("ROLLBACK"), within: Session.patience)
    }

    /// - Returns: the number of the process that serves this session.
    private func checkServer() throws(StoreError) -> Int64 {
        guard connection.serverVersion >= 130_000 else {
            throw StoreError(
                .incompatible, operation: "connect", problem: "the server is older than PostgreSQL 13",
                remedy: "use PostgreSQL 13 or newer")
        }
        let (encoding, process) =
            try run(.run("SELECT current_setting('server_encoding'), pg_backend_pid()::bigint"))
            .first { ($0.text(0), $0.integer(1)) } ?? ("unknown", 0)
        guard encoding == "UTF8" else {
            throw StoreError(
                .incompatible, operation: "connect", problem: "the database's encoding is \(encoding)",
                remedy: "make a database with ENCODING 'UTF8'")
        }
        return process
    }

    /// A limit, and the value at which nobody has set it: what the URL or the server's administrator says stays.
    private typealias Setting = (name: String, value: String, unless: String)

    /// The limits are below the heartbeat's, so that a lane hears of trouble before its broker does. Every statement of
    /// ours has its index; without sequential scans no plan depends on statistics that a new table does not have yet.
    private static func limits(for purpose: Purpose) -> [Setting] {
        let common: [Setting] = [
            ("lock_timeout", "2s", "0"), ("idle_in_transaction_session_timeout", "10s", "0"), ("jit", "off", "on"),
        ]
        return switch purpose {
        case .working:
            common + [
                ("statement_timeout", "10s", "0"), ("enable_seqscan", "off", "on"), ("synchronous_commit", "on", "off"),
            ]
        case .archiving:
            common + [
                ("statement_timeout", "30s", "0"), ("enable_seqscan", "off", "on"), ("synchronous_commit", "on", "off"),
            ]
        case .reading: common + [("statement_timeout", "30s", "0"), ("default_transaction_read_only", "on", "off")]
        }
    }

    /// Tables are in a schema of their own, `refund_worker`, unless the URL names another by its search path.
    private func enterSchema(_ expected: ExpectedStore, creating: Bool) throws(StoreError) {
        let path = try run(.run("SELECT current_setting('search_path')")).first { $0.text(0) } ?? ""
        let schema = Session.schema(searchPath: path)
        let quoted = "\"\(schema)\""
        if creating, try number(of: quoted) == nil {
            // Two workers that start at once on an empty database would meet here.
            try run(
                .run("SELECT pg_advisory_lock($1::bigint)") { $0.add(AdvisoryLock.migrating) },
                within: AdvisoryLock.patience)
            try run(.run("CREATE SCHEMA IF NOT EXISTS \(quoted)"))
            try run(.run("SELECT pg_advisory_unlock($1::bigint)") { $0.add(AdvisoryLock.migrating) })
        }
        guard let number = try number(of: quoted) else { throw expected.missing("there is no schema \(schema)") }
        schemaNumber = number
        try run(.run("SELECT set_config('search_path', $1, false)") { $0.add(quoted) })
    }

    private static let standardPath = "\"$user\", public"

    /// The schema of the tables, by the search path that URL, user and server leave.
    static func schema(searchPath path: String) -> String {
        guard path != standardPath, let first = path.split(separator: ",").first else { return "refund_worker" }
        return first.filter { $0 != "\"" && $0 != " " }
    }

    private func number(of quotedSchema: String) throws(StoreError) -> Int64? {
        try run(.run("SELECT to_regnamespace($1)::oid::bigint") { $0.add(quotedSchema) })
            .first { $0.optionalInteger(0) } ?? nil
    }

    @discardableResult
    private func run(
        _ command: Command, within patience: Duration = Session.patience
    ) throws(StoreError) -> QueryResult {
        do throws(PostgresFailure) {
            return try connection.exchange(command, within: patience)
        } catch {
            throw StoreError(error, during: "open")
        }
    }
}
