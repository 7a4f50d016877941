import GRDB
import RefundCase
import RefundMessages
import RefundPolicy
import RefundWorker

/// Finds finished cases, a stretch of case numbers at a time: numbers grow with time, so that no index is needed.
struct FinishedSearch {
    private let look: BoundStatement
    private let histories: HistoryReading

    /// Whether the case `c` is finished. The newest case stays, so that SQLite never gives its number to another: a
    /// confirm that comes late would mean that one's message.
    static let isFinished = """
        c.status IN ('rejected', 'settled', 'withdrawn') AND c.due_at IS NULL
        AND c.id < (SELECT MAX(id) FROM cases)
        AND NOT EXISTS (
            SELECT 1 FROM publications
            WHERE id BETWEEN \(FinishedSearch.rows) AND next_at IS NOT NULL
        )
        AND NOT EXISTS (SELECT 1 FROM parked WHERE parked.request_id = c.request_id)
        """

    /// The number of the case's latest event.
    static let latestEvent = "(SELECT MAX(id) FROM events WHERE id BETWEEN \(FinishedSearch.rows))"

    /// The numbers that events and messages of the case `c` may have (`RowNumber`).
    private static let rows = "(c.id << \(RowNumber.placeBits)) AND ((c.id + 1) << \(RowNumber.placeBits)) - 1"

    init(_ database: Database, histories: HistoryReading) throws {
        self.histories = histories
        look = try BoundStatement(
            """
            SELECT c.id, c.request_id, c.opened_at < ?1, c.opened_at < ?1 AND \(FinishedSearch.isFinished)
                AND (SELECT at FROM events WHERE id = \(FinishedSearch.latestEvent)) < ?1
            FROM (SELECT id, request_id, opened_at, status, due_at FROM cases WHERE id > ?2 ORDER BY id LIMIT ?3) AS c
            ORDER BY c.id
            """, in: database)
    }

    /// The cases of a stretch that are finished. A stretch without one that was opened before `cutoff` is the last.
    func cases(before cutoff: Instant, after place: CaseID?, lookingAt limit: Int) throws -> FinishedCases {
        var found = FinishedCases()
        var isOld = false
        var last: CaseID?
        var finished: [(id: CaseID, requestID: RequestID?)] = []
        try look.forEachRow {
            $0.add(cutoff.microsecondsSinceEpoch)
            $0.add(place?.number ?? 0)
            $0.add(max(1, limit))
        } do: { row in
            let id = CaseID(row.integer(0))
            last = id
            isOld = isOld || row.integer(2) != 0
            if row.integer(3) != 0 { finished.append((id, RequestID(row.text(1)))) }
        }
        for (id, requestID) in finished {
            do {
                if let history = try histories.history(of: id) { found.cases.append(history) }
            } catch is DeadLetterReason {
                if let requestID { found.unreadable.append(requestID) }
            }
        }
        found.next = isOld ? last : nil
        return found
    }
}
