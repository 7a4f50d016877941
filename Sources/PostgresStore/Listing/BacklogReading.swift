import RefundCase
import RefundPolicy
import RefundWorker

/// Counts what is open and what waits, by one index each, in one round trip.
enum BacklogReading {
    static func commands(at now: Instant) -> [Command] {
        [
            .run(openCases) { $0.add(.text, CaseStatus.allCases.filter(\.isOpen)) { $1.add($0.rawValue) } },
            .run(deadlines) { $0.add(now) }, .run(unsent) { $0.add(StoreBacklog.countedMessages) },
            .run(parked) { $0.add(StoreBacklog.countedMessages) },
            .run(withheld) { $0.add(StoreBacklog.countedMessages) }, .run(PauseRows.latest.sql),
            .run(problems) {
                $0.add(StoreBacklog.countedMessages)
                $0.add(StoreBacklog.reportedProblems)
            },
        ]
    }

    /// - Parameter results: one for each of the commands.
    static func backlog(from results: [QueryResult]) -> StoreBacklog {
        var openCases = Dictionary(uniqueKeysWithValues: CaseStatus.allCases.filter(\.isOpen).map { ($0, 0) })
        for row in results[0].rows {
            if let status = CaseStatus(rawValue: row.text(0)) { openCases[status] = Int(row.integer(1)) }
        }
        let deadlines = results[1].first { (Int($0.integer(0)), $0.optionalInstant(1)) }
        let unsent = results[2].first { (Int($0.integer(0)), $0.optionalInstant(1)) }
        var backlog = StoreBacklog(
            openCases: openCases, overdueCases: deadlines?.0 ?? 0, nextDeadline: deadlines?.1,
            unsentMessages: unsent?.0 ?? 0, oldestUnsentAt: unsent?.1,
            parkedMessages: results[3].first { Int($0.integer(0)) } ?? 0,
            payoutsPausedSince: results[5].first { PayoutBrake(latest: $0).pause?.at } ?? nil,
            withheldPayouts: results[4].first { Int($0.integer(0)) } ?? 0)
        backlog.unsentProblems = results[6].map {
            UnsentProblem(type: $0.text(0), reason: $0.text(1), count: Int($0.integer(2)))
        }
        return backlog
    }

    private static let openCases = "SELECT status, count(*) FROM cases WHERE status = ANY($1::text[]) GROUP BY status"

    private static let deadlines = """
        SELECT (SELECT count(*) FROM cases WHERE deadline <= $1::bigint),
            (SELECT min(deadline) FROM cases WHERE deadline IS NOT NULL)
        """

    private static let unsent = """
        SELECT count(*), min(created_at) FROM (
            SELECT created_at FROM messages WHERE next_at < \(MessageRows.heldBack)
            ORDER BY next_at, id LIMIT $1::bigint
        ) AS oldest
        """

    private static let problems = """
        SELECT type, last_error, count(*) FROM (
            SELECT type, last_error FROM messages WHERE next_at < \(MessageRows.heldBack)
            ORDER BY next_at, id LIMIT $1::bigint
        ) AS oldest WHERE last_error IS NOT NULL GROUP BY type, last_error ORDER BY 3 DESC, 1, 2 LIMIT $2::bigint
        """

    private static let withheld = """
        SELECT count(*) FROM (
            SELECT 1 FROM messages WHERE next_at = \(MessageRows.heldBack) LIMIT $1::bigint
        ) AS counted
        """

    private static let parked = "SELECT count(*) FROM (SELECT 1 FROM parked LIMIT $1::bigint) AS counted"
}
