import GRDB
import RefundCase
public import RefundPolicy
public import RefundWorker

extension SQLiteCaseReader: CaseSurvey {
    public func cases(numbered ids: [CaseID]) throws(StoreError) -> [ListedCase] {
        try reading { database, versions in
            let find = try BoundStatement(
                "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join) WHERE c.id = ?", in: database)
            return try Set(ids).sorted { $0.number > $1.number }.compactMap { id in
                try find.first({ $0.add(id.number) }, as: { StoredCase($0) }).map {
                    ListedCase(id: $0.id, refundCase: try decode($0, versions))
                }
            }
        }
    }

    public func standing(of line: InvoiceLine) throws(StoreError) -> InvoiceLine.Standing {
        try reading { database, _ in
            let find = try BoundStatement(SurveyQueries.holder, in: database)
            if let status = try find.first({ $0.add(line) }, as: { $0.text(0) }) {
                // A status that only a newer worker knows still holds the line.
                return CaseStatus(rawValue: status)?.standing ?? .requested
            }
            return try ArchivedTable(database).holds(line) ? .refunded : .free
        }
    }

    public func dueDays(from start: Instant, before end: Instant) throws(StoreError) -> [DueDay] {
        try reading { database, _ in
            let rows = try BoundStatement(SurveyQueries.due, in: database).all(
                { values in
                    values.add(start.microsecondsSinceEpoch)
                    values.add(end.microsecondsSinceEpoch)
                },
                as: { row in
                    DueDay.Row(
                        day: row.integer(0), isAnswer: row.integer(1) != 0, currency: row.text(2),
                        cases: row.integer(3), upper: row.integer(4), lower: row.integer(5))
                })
            return DueDay.days(of: rows)
        }
    }

    public func dueCount(before limit: Instant, most: Int) throws(StoreError) -> Int {
        try reading { database, _ in
            try BoundStatement(SurveyQueries.dueCount, in: database).first(
                { values in
                    values.add(limit.microsecondsSinceEpoch)
                    values.add(max(most, 0))
                }, as: { Int($0.integer(0)) }) ?? 0
        }
    }

    public func openings(from start: Instant, every stretch: Duration, count: Int) throws(StoreError) -> [Int] {
        let count = min(max(count, 1), 1_000)
        return try reading { database, _ in
            let firsts = try BoundStatement(SurveyQueries.firstNumbers, in: database).all(
                { values in
                    values.add(count)
                    values.add(start.microsecondsSinceEpoch)
                    values.add(max(stretch.microseconds, 1))
                }, as: { $0.integer(0) })
            guard firsts.count == count + 1 else { return Array(repeating: 0, count: count) }
            return zip(firsts, firsts.dropFirst()).map { Int($1 - $0) }
        }
    }
}

/// The statements of a survey.
enum SurveyQueries {
    static let all = [holder, due, dueCount, firstNumbers]

    static let holder = """
        SELECT status FROM cases WHERE holds_line = 1 AND invoice_number = ? AND service_id = ? AND subscription_id = ?
        """

    /// Deadlines are after 1970, so that the division rounds down.
    static let due = """
        SELECT deadline / 86400000000 AS day, deadline = respond_by AND deadline < refund_by AS is_answer, currency,
            COUNT(*), SUM(COALESCE(refund, paid) >> 32), SUM(COALESCE(refund, paid) & 4294967295)
        FROM cases INDEXED BY cases_deadline WHERE deadline >= ? AND deadline < ? GROUP BY day, is_answer, currency
        """

    static let dueCount = """
        SELECT COUNT(*) FROM (SELECT 1 FROM cases INDEXED BY cases_deadline WHERE deadline < ? LIMIT ?)
        """

    /// SQLite takes no recursion from within a subquery, so this stands twice.
    private static let openedInTheMiddle = """
        (SELECT opened_at FROM cases WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1)
        """

    /// For each edge of a stretch, the number of the first case that was opened at or after it: found by halving, since
    /// cases are numbered in the order in which they are opened.
    static let firstNumbers = """
        WITH RECURSIVE asked (count, start, stretch) AS (VALUES (?, ?, ?)),
        edges (place, at) AS (
            SELECT 0, start FROM asked
            UNION ALL SELECT place + 1, at + stretch FROM edges, asked WHERE place < count
        ),
        halving (place, at, low, high) AS (
            SELECT place, at, (SELECT MIN(id) FROM cases), (SELECT MAX(id) FROM cases) + 1 FROM edges
            UNION ALL SELECT place, at, IIF(\(openedInTheMiddle) >= at, low, (low + high) / 2 + 1),
                IIF(\(openedInTheMiddle) >= at, (low + high) / 2, high)
            FROM halving WHERE low < high
        )
        SELECT low FROM halving WHERE low >= high ORDER BY place
        """
}
