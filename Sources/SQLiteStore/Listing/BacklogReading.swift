import GRDB
import RefundCase
import RefundPolicy
import RefundWorker

/// Counts what is open and what waits, by one index each.
struct BacklogReading {
    let database: Database

    static let openStatuses = CaseStatus.allCases.filter(\.isOpen)

    static let openCases = "SELECT COUNT(*) FROM cases WHERE status = ?"

    static let deadlines = "SELECT COUNT(*) FROM cases WHERE deadline <= ?"

    static let nextDeadline = "SELECT MIN(deadline) FROM cases WHERE deadline IS NOT NULL"

    /// CROSS JOIN keeps SQLite from starting with the messages.
    static let unsent = """
        SELECT COUNT(*), MIN(m.created_at) FROM (
            SELECT id FROM publications WHERE next_at < \(PublicationTable.heldBack) ORDER BY next_at LIMIT ?
        ) AS p CROSS JOIN messages AS m ON m.id = p.id
        """

    static let problems = """
        SELECT m.type, p.last_error, COUNT(*) FROM (
            SELECT id, last_error FROM publications WHERE next_at < \(PublicationTable.heldBack) ORDER BY next_at LIMIT ?
        ) AS p CROSS JOIN messages AS m ON m.id = p.id
        WHERE p.last_error IS NOT NULL GROUP BY m.type, p.last_error ORDER BY 3 DESC, 1, 2 LIMIT ?
        """

    static let withheld = """
        SELECT COUNT(*) FROM (SELECT 1 FROM publications WHERE next_at = \(PublicationTable.heldBack) LIMIT ?)
        """

    static let parked = "SELECT COUNT(*) FROM (SELECT 1 FROM parked LIMIT ?)"

    func backlog(at now: Instant) throws -> StoreBacklog {
        var openCases: [CaseStatus: Int] = [:]
        for status in BacklogReading.openStatuses {
            openCases[status] = try count(BacklogReading.openCases) { $0.add(status.rawValue) }
        }
        let unsent = try BoundStatement(BacklogReading.unsent, in: database).first(
            { $0.add(StoreBacklog.countedMessages) }, as: { (Int($0.integer(0)), $0.optionalInteger(1)) })
        let next = try BoundStatement(BacklogReading.nextDeadline, in: database).first(
            { _ in }, as: { $0.optionalInteger(0) })
        var backlog = StoreBacklog(
            openCases: openCases,
            overdueCases: try count(BacklogReading.deadlines) { $0.add(now.microsecondsSinceEpoch) },
            nextDeadline: (next ?? nil).map(Instant.init(microsecondsSinceEpoch:)), unsentMessages: unsent?.0 ?? 0,
            oldestUnsentAt: unsent?.1.map(Instant.init(microsecondsSinceEpoch:)),
            parkedMessages: try count(BacklogReading.parked) { $0.add(StoreBacklog.countedMessages) },
            payoutsPausedSince: try brake().pause?.at,
            withheldPayouts: try count(BacklogReading.withheld) { $0.add(StoreBacklog.countedMessages) })
        try BoundStatement(BacklogReading.problems, in: database).forEachRow {
            $0.add(StoreBacklog.countedMessages)
            $0.add(StoreBacklog.reportedProblems)
        } do: { row in
            backlog.unsentProblems.append(
                UnsentProblem(type: row.text(0), reason: row.text(1), count: Int(row.integer(2))))
        }
        return backlog
    }

    func brake() throws -> PayoutBrake {
        try BoundStatement(PauseTable.latest, in: database).first({ _ in }, as: { PayoutBrake(latest: $0) })
            ?? PayoutBrake()
    }

    private func count(_ sql: String, _ bind: (inout Bindings) -> Void) throws -> Int {
        try BoundStatement(sql, in: database).first(bind, as: { Int($0.integer(0)) }) ?? 0
    }
}
