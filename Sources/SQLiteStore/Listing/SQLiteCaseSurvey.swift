import GRDB
import RefundCase
public import RefundPolicy
public import RefundWorker

extension SQLiteCaseReader: CaseSurvey {
    public func cases(numbered ids: [CaseID]) throws(StoreError) -> [ListedCase] {
        try reading { database, versions in
            let find = try BoundStatement(
                "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join) WHERE c.id = ?", in: database)
            let answers = try AnswerReading(database)
            return try Set(ids).sorted { $0.number > $1.number }.compactMap { id in
                try find.first({ $0.add(id.number) }, as: { StoredCase($0) }).map {
                    try answers.listed($0.id, try decode($0, versions))
                }
            }
        }
    }

    public func surroundings(of line: InvoiceLine, proof: ProofUse?) throws(StoreError) -> LoadedCases {
        try reading { database, _ in
            let table = try LineTable(database)
            var found = LoadedCases()
            try table.load([line], proof.map { [$0] } ?? [], into: &found)
            return found
        }
    }

    public func duePromises(within bounds: DuePromises.Bounds) throws(StoreError) -> DuePromises {
        try reading { database, _ in
            var sums: [DuePromises.Sum] = []
            // Those of the latest day: rows come in the order of deadlines, so that few are to be looked through.
            var first = 0
            try BoundStatement(SurveyQueries.due, in: database).forEachRow(
                { $0.add(bounds.end.microsecondsSinceEpoch) },
                do: { row in
                    let (deadline, isAnswer) = (row.integer(0), row.integer(1) != 0)
                    let sum = DuePromises.Sum(
                        deadline: deadline, isAnswer: isAnswer, currency: row.text(2), amount: row.integer(3), bounds)
                    if sums.last.map({ $0.day != sum.day }) ?? false { first = sums.count }
                    if let place = sums.indices[first...].first(where: { sums[$0].isAlike(sum) }) {
                        sums[place].add(sum)
                    } else {
                        sums.append(sum)
                    }
                })
            return DuePromises(of: sums)
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
    static let all = [due, dueCount, firstNumbers]

    /// From the index alone. Summed up by whoever asks: for sums of its own SQLite would sort all rows first.
    static let due = """
        SELECT deadline, deadline = respond_by AND deadline < refund_by, currency, COALESCE(refund, paid)
        FROM cases INDEXED BY cases_deadline WHERE deadline < ? ORDER BY deadline
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

extension DuePromises.Sum {
    /// That of one promise.
    fileprivate init(
        deadline: Int64, isAnswer: Bool, currency: String, amount: Int64, _ bounds: DuePromises.Bounds
    ) {
        let isMissed = deadline < bounds.next.microsecondsSinceEpoch
        let riskEnd = (isAnswer ? bounds.answersAtRisk : bounds.refundsAtRisk).microsecondsSinceEpoch
        self.init(
            // Deadlines are after 1970, so that the division rounds down.
            day: deadline / 86_400_000_000, isMissed: isMissed, isAnswer: isAnswer, currency: currency, cases: 1,
            atRisk: !isMissed && deadline < riskEnd ? 1 : 0, amount: Int128(amount))
    }

    fileprivate func isAlike(_ other: Self) -> Bool {
        isMissed == other.isMissed && isAnswer == other.isAnswer && currency == other.currency
    }

    fileprivate mutating func add(_ other: Self) {
        cases += other.cases
        atRisk += other.atRisk
        amount += other.amount
    }
}
