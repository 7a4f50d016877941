public import RefundCase
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Looks at the cases in a PostgreSQL database while workers write: each call sees what was committed when it began.
///
/// Its session is read-only, and no statement of it runs longer than 30 s. Not `Sendable`: the connection and caches are
/// used without a lock.
public final class PostgresCaseReader: CaseReader {
    private let location: PostgresLocation
    private var session: Session?
    private var policies = PolicyRows()
    private let decoder = InboundDecoder()
    private var isClosed = false
    private let patience: Duration?

    /// - Parameter patience: how long a statement may take before it fails as `.unavailable`; `nil` for 30 s.
    /// - Throws: `StoreError` `.unavailable` when no server answers, `.incompatible` when it has no store of this version.
    public init(_ location: PostgresLocation, patience: Duration? = nil) throws(StoreError) {
        self.location = location
        self.patience = patience
        _ = try connected()
    }

    /// When the first certificate ends of those that server and reader have shown each other; `nil` without TLS.
    public var certificatesEndAt: Instant? { session?.connection.certificatesEndAt }

    /// Ends the reader. Every later call throws.
    public func close() {
        session = nil
        isClosed = true
    }

    public func cases(matching filter: CaseFilter) throws(StoreError) -> [ListedCase] {
        try reading { connection in
            let rows = try connection.exchange(CaseListing(filter).command, within: Session.readingPatience)
                .map { StoredCase($0) }
            return try decoded(rows, on: connection)
        }
    }

    public func history(of id: RequestID) throws(StoreError) -> CaseHistory? {
        try reading { connection in
            try HistoryReading(connection: connection, decoder: decoder).history(of: id, policies: &policies)
        }
    }

    public func archived(_ id: RequestID) throws(StoreError) -> ArchivedCase? {
        try reading { connection in
            try connection.exchange(ArchivedRows.command(finding: [id]), within: Session.readingPatience)
                .first { try ArchivedCase($0) }
        }
    }

    public func parked(about request: RequestID?, limit: Int) throws(StoreError) -> [ParkedMessage] {
        try reading { connection in
            let condition = request == nil ? "$1::text IS NULL" : "request_id = $1"
            let sql = "SELECT \(ParkedMessage.columns) FROM parked WHERE \(condition) ORDER BY id LIMIT $2::bigint"
            return try connection.exchange(
                .run(sql) { values in
                    values.add(request?.text)
                    values.add(CaseListing.page(limit))
                }, within: Session.readingPatience
            ).map { try ParkedMessage($0) }
        }
    }

    public func stakes(dueBefore limit: Instant) throws(StoreError) -> [Stake] {
        try reading { connection in
            let sql = "SELECT currency, COALESCE(refund, paid) FROM cases WHERE deadline < $1::bigint"
            let amounts = try connection.exchange(.run(sql) { $0.add(limit) }, within: Session.readingPatience)
                .map { (currency: $0.text(0), minorUnits: $0.integer(1)) }
            return Stake.sums(of: amounts)
        }
    }

    /// Every status has a count, if only 0.
    public func counts() throws(StoreError) -> [CaseStatus: Int] {
        try reading { connection in
            var counts = Dictionary(uniqueKeysWithValues: CaseStatus.allCases.map { ($0, 0) })
            let rows = try connection.exchange(
                .run("SELECT status, count(*) FROM cases GROUP BY status"), within: Session.readingPatience)
            for row in rows.rows {
                if let status = CaseStatus(rawValue: row.text(0)) { counts[status] = Int(row.integer(1)) }
            }
            return counts
        }
    }

    public func backlog(at now: Instant) throws(StoreError) -> StoreBacklog {
        try reading { connection in
            let results = try connection.exchange(BacklogReading.commands(at: now), within: Session.readingPatience)
            return BacklogReading.backlog(from: results)
        }
    }

    public func brake() throws(StoreError) -> PayoutBrake {
        try reading { connection in
            try connection.exchange(.run(PauseRows.latest.sql), within: Session.readingPatience)
                .first { PayoutBrake(latest: $0) } ?? PayoutBrake()
        }
    }

    public func policyTexts() throws(StoreError) -> [String] {
        try reading { connection in
            try connection.exchange(
                .run("SELECT text FROM policies ORDER BY id DESC"), within: Session.readingPatience
            ).map { $0.text(0) }
        }
    }

    public func brakeHistory() throws(StoreError) -> [PastPause] {
        try reading { connection in
            try connection.exchange(
                .run("SELECT \(PastPause.columns) FROM pauses ORDER BY id"), within: Session.readingPatience
            ).rows.compactMap { PastPause($0) }
        }
    }

    func decoded(_ rows: [StoredCase], on connection: Connection) throws -> [ListedCase] {
        try policies.learn(Set(rows.map(\.policyRow)), on: connection)
        let answers = try AnswerRows.answers(of: rows.map(\.id), on: connection)
        return try rows.map { row in
            let refundCase = try row.read(under: policies.version(row: row.policyRow), decoder: decoder)
            return ListedCase(
                id: row.id, refundCase: refundCase,
                answeredAt: answers[row.id, default: []].last { $0.isFinal(of: refundCase.id) }?.confirmedAt)
        }
    }

    /// Runs `body` on one snapshot.
    func reading<Value>(_ body: (Connection) throws -> Value) throws(StoreError) -> Value {
        let session = try connected()
        defer { session.rollBack() }
        do {
            return try interruptible("read") {
                do {
                    _ = try session.connection.exchange(
                        .run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"), within: Session.patience)
                    return try body(session.connection)
                } catch let reason as DeadLetterReason {
                    throw StoreError(
                        .incompatible, operation: "read", problem: reason.detail,
                        remedy: "run the version that wrote it, or restore a backup")
                }
            }
        } catch {
            throw error.storeError
        }
    }

    private func connected() throws(StoreError) -> Session {
        if let session, session.connection.isUsable { return session }
        guard !isClosed else {
            throw StoreError(
                .unavailable, operation: "read", problem: "the reader was closed", remedy: "open it again")
        }
        let opened = try Session(location, purpose: .reading)
        try Migrator(session: opened, migrations: Migration.all).check()
        try opened.limit(for: .reading)
        if let patience { try opened.limitStatements(to: patience) }
        try opened.prepare(PolicyRows.statements + [ArchivedRows.find])
        policies = PolicyRows()
        session = opened
        return opened
    }
}
