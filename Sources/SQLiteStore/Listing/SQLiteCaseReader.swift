import GRDB
public import RefundCase
import RefundMessages
public import RefundPolicy
public import RefundWorker

/// Looks at the cases in a SQLite file while a worker may be writing: each call sees what was committed when it began.
///
/// Opened read-only, and never makes a file. Not `Sendable`: caches are used without a lock.
public final class SQLiteCaseReader: CaseReader {
    private let queue: DatabaseQueue
    private let decoder = InboundDecoder()
    private var versions: KnownVersions?
    /// Prepared with the first history that is asked for.
    private var histories: HistoryReading?
    private let patience: ReadingPatience?

    /// - Parameter patience: how long a call may take before it fails as `.unavailable`; `nil` for any time.
    /// - Throws: `StoreError` `.unavailable` when the file is not there or can't be opened, `.incompatible` when it is
    ///   no store of this version.
    public init(path: String, patience: Duration? = nil) throws(StoreError) {
        self.patience = patience.map { ReadingPatience($0) }
        (queue, versions) = try storing("open") {
            let queue = try StoreFile(path).openForReading()
            return (queue, try queue.inDatabase { try KnownVersions($0) })
        }
    }

    deinit {
        close()
    }

    /// Ends the reader. Every later call throws.
    public func close() {
        versions = nil
        histories = nil
        try? queue.close()
    }

    public func cases(matching filter: CaseFilter) throws(StoreError) -> [ListedCase] {
        try reading { database, versions in
            let listing = CaseListing(filter)
            let stored = try BoundStatement(listing.sql, in: database)
                .all({ listing.bind(to: &$0) }, as: { StoredCase($0) })
            let answers = try AnswerReading(database)
            return try stored.map { stored in
                try answers.listed(stored.id, try decode(stored, versions))
            }
        }
    }

    public func history(of id: RequestID) throws(StoreError) -> CaseHistory? {
        try reading { database, versions in
            let reading = try histories ?? HistoryReading(database, versions: versions)
            histories = reading
            return try reading.history(of: id)
        }
    }

    public func archived(_ id: RequestID) throws(StoreError) -> ArchivedCase? {
        try reading { database, _ in try ArchivedTable(database).find(id) }
    }

    public func parked(about request: RequestID?, limit: Int) throws(StoreError) -> [ParkedMessage] {
        try reading { database, _ in
            let condition = request == nil ? "" : "WHERE request_id = ?"
            let sql = "SELECT \(ParkedMessage.columns) FROM parked \(condition) ORDER BY id LIMIT ?"
            let page = min(max(limit, CaseListing.limits.lowerBound), CaseListing.limits.upperBound)
            return try BoundStatement(sql, in: database).all(
                {
                    if let request { $0.add(request.text) }
                    $0.add(page)
                }, as: { try ParkedMessage($0) })
        }
    }

    public func stakes(dueBefore limit: Instant) throws(StoreError) -> [Stake] {
        try reading { database, _ in
            let sql = "SELECT currency, COALESCE(refund, paid) FROM cases WHERE deadline < ?"
            let amounts = try BoundStatement(sql, in: database).all(
                { $0.add(limit.microsecondsSinceEpoch) }, as: { (currency: $0.text(0), minorUnits: $0.integer(1)) })
            return Stake.sums(of: amounts)
        }
    }

    /// Every status has a count, if only 0.
    public func counts() throws(StoreError) -> [CaseStatus: Int] {
        try reading { database, _ in
            let rows = try BoundStatement("SELECT status, COUNT(*) FROM cases GROUP BY status", in: database)
                .all({ _ in }, as: { (CaseStatus(rawValue: $0.text(0)), Int($0.integer(1))) })
            var counts = Dictionary(uniqueKeysWithValues: CaseStatus.allCases.map { ($0, 0) })
            for case (let status?, let count) in rows { counts[status] = count }
            return counts
        }
    }

    public func backlog(at now: Instant) throws(StoreError) -> StoreBacklog {
        try reading { database, _ in try BacklogReading(database: database).backlog(at: now) }
    }

    public func brake() throws(StoreError) -> PayoutBrake {
        try reading { database, _ in try BacklogReading(database: database).brake() }
    }

    public func policyTexts() throws(StoreError) -> [String] {
        try reading { database, _ in
            try BoundStatement("SELECT text FROM policies ORDER BY id DESC", in: database)
                .all({ _ in }, as: { $0.text(0) })
        }
    }

    public func brakeHistory() throws(StoreError) -> [PastPause] {
        try reading { database, _ in
            try BoundStatement("SELECT \(PastPause.columns) FROM pauses ORDER BY id", in: database)
                .all({ _ in }, as: { PastPause($0) }).compactMap(\.self)
        }
    }

    func decode(_ stored: StoredCase, _ versions: KnownVersions) throws -> RefundCase {
        try stored.decoded(versions: versions, decoder: decoder).get()
    }

    /// Runs `body` on one snapshot.
    func reading<Value>(_ body: (Database, KnownVersions) throws -> Value) throws(StoreError) -> Value {
        try storing("read") {
            do {
                // A closed queue must not be asked: it has no connection.
                guard let versions else { throw SQLiteCaseReader.closed }
                return try queue.read { database in
                    guard let patience else { return try body(database, versions) }
                    return try patience.limiting(database) { try body(database, versions) }
                }
            } catch let reason as DeadLetterReason {
                throw StoreError(
                    .incompatible, operation: "read", problem: reason.detail,
                    remedy: "run the version that wrote it, or restore a backup")
            }
        }
    }

    private static var closed: StoreError {
        StoreError(.unavailable, operation: "read", problem: "the reader was closed", remedy: "open it again")
    }
}
