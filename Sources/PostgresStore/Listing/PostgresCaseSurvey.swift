import RefundCase
public import RefundPolicy
public import RefundWorker

extension PostgresCaseReader: CaseSurvey {
    public func cases(numbered ids: [CaseID]) throws(StoreError) -> [ListedCase] {
        try reading { connection in
            let rows = try connection.exchange(SurveyQueries.numbered(ids), within: Session.readingPatience)
                .map { StoredCase($0) }
            return try decoded(rows, on: connection)
        }
    }

    public func surroundings(of line: InvoiceLine, proof: ProofUse?) throws(StoreError) -> LoadedCases {
        try reading { connection in
            // Readers prepare nothing.
            var pipeline = Pipeline()
            let questions = LineQuestions([line], proof.map { [$0] } ?? [], isPrepared: false, in: &pipeline)
            var found = LoadedCases()
            questions.note(try connection.exchange(pipeline.commands, within: Session.readingPatience), into: &found)
            return found
        }
    }

    public func duePromises(within bounds: DuePromises.Bounds) throws(StoreError) -> DuePromises {
        try reading { connection in
            let rows = try connection.exchange(SurveyQueries.due(within: bounds), within: Session.readingPatience)
            return DuePromises(
                of: rows.map { row in
                    DuePromises.Sum(
                        day: row.integer(0), isMissed: row.boolean(1), isAnswer: row.boolean(2),
                        currency: row.text(3), cases: row.integer(4), atRisk: row.integer(5),
                        amount: Int128(row.integer(6)) << 32 + Int128(row.integer(7)))
                })
        }
    }

    public func dueCount(before limit: Instant, most: Int) throws(StoreError) -> Int {
        try reading { connection in
            let command = SurveyQueries.dueCount(before: limit, most: most)
            return try connection.exchange(command, within: Session.readingPatience).first { Int($0.integer(0)) } ?? 0
        }
    }

    public func openings(from start: Instant, every stretch: Duration, count: Int) throws(StoreError) -> [Int] {
        let count = min(max(count, 1), 1_000)
        return try reading { connection in
            let command = SurveyQueries.firstNumbers(from: start, every: stretch, count: count)
            let firsts = try connection.exchange(command, within: Session.readingPatience).map { $0.integer(0) }
            guard firsts.count == count + 1 else { return Array(repeating: 0, count: count) }
            return zip(firsts, firsts.dropFirst()).map { Int($1 - $0) }
        }
    }
}

/// The statements of a survey.
enum SurveyQueries {
    static let all = [numbered, due, dueCount, firstNumbers]

    private static let numbered = """
        SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join)
        WHERE c.id = ANY($1::bigint[]) ORDER BY c.id DESC
        """

    static func numbered(_ ids: [CaseID]) -> Command {
        .run(numbered) { values in values.add(.bigint, Set(ids)) { $1.add($0.number) } }
    }

    /// Deadlines are after 1970, so that the division rounds down. The sums of the amounts' upper and lower 32 bits can't
    /// overflow.
    private static let due = """
        SELECT deadline / 86400000000, deadline < $1::bigint, is_answer, currency, count(*),
            count(*) FILTER (
                WHERE deadline >= $1::bigint AND deadline < CASE WHEN is_answer THEN $3::bigint ELSE $4::bigint END),
            sum(amount >> 32)::bigint, sum(amount & 4294967295)::bigint
        FROM (
            SELECT deadline, deadline = respond_by AND deadline < refund_by AS is_answer, currency,
                COALESCE(refund, paid) AS amount
            FROM cases WHERE deadline < $2::bigint
        ) AS owed GROUP BY 1, 2, 3, 4
        """

    private static let dueCount = """
        SELECT count(*) FROM (SELECT 1 FROM cases WHERE deadline < $1::bigint LIMIT $2::bigint) AS due
        """

    static func dueCount(before limit: Instant, most: Int) -> Command {
        .run(dueCount) { values in
            values.add(limit)
            values.add(max(most, 0))
        }
    }

    static func due(within bounds: DuePromises.Bounds) -> Command {
        .run(due) { values in
            values.add(bounds.next)
            values.add(bounds.end)
            values.add(bounds.answersAtRisk)
            values.add(bounds.refundsAtRisk)
        }
    }

    /// For each edge of a stretch, the number of the first case that was opened at or after it: found by halving, since
    /// cases are numbered in the order in which they are opened.
    private static let firstNumbers = """
        WITH RECURSIVE halving (place, at, low, high) AS (
            SELECT place, $2::bigint + place * $3::bigint, (SELECT MIN(id) FROM cases), (SELECT MAX(id) FROM cases) + 1
            FROM generate_series(0, $1::bigint) AS edges (place)
            UNION ALL SELECT place, at, CASE WHEN opened >= at THEN low ELSE middle + 1 END,
                CASE WHEN opened >= at THEN middle ELSE high END
            FROM (
                SELECT place, at, low, high, (low + high) / 2 AS middle, (
                    SELECT opened_at FROM cases WHERE id >= (low + high) / 2 ORDER BY id LIMIT 1
                ) AS opened FROM halving WHERE low < high
            ) AS halved
        )
        SELECT low FROM halving WHERE low >= high ORDER BY place
        """

    static func firstNumbers(from start: Instant, every stretch: Duration, count: Int) -> Command {
        .run(firstNumbers) { values in
            values.add(count)
            values.add(start)
            values.add(max(stretch.microseconds, 1))
        }
    }
}
