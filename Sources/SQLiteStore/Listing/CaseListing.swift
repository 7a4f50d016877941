import GRDB
import RefundCase
import RefundPolicy
import RefundWorker

/// The query behind a list of cases: first the numbers, by the index that fits, then the rows.
struct CaseListing {
    let sql: String
    private let values: [Bound]

    /// The greatest page.
    static let limits = 1...100_000

    private enum Bound {
        case integer(Int64)
        case text(String)
    }

    init(_ filter: CaseFilter) {
        let limit = Int64(min(max(filter.limit, CaseListing.limits.lowerBound), CaseListing.limits.upperBound))
        let before = filter.before?.number ?? .max
        let statuses = CaseStatus.allCases.filter { filter.statuses.contains($0) }
        guard filter.order == .newestFirst else {
            (sql, values) = CaseListing.mostUrgent(filter, statuses: statuses, limit: limit)
            return
        }
        let numbers: (sql: String, values: [Bound])
        if let deadline = CaseListing.deadline(before: filter) {
            let start = filter.dueFrom?.microsecondsSinceEpoch ?? .min
            numbers = CaseListing.numbers(
                deadlines: (start, deadline), statuses: statuses, numbersBefore: before, limit: limit)
        } else {
            numbers = CaseListing.numbers(statuses: statuses, numbersBefore: before, limit: limit)
        }
        sql = """
            SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join)
            WHERE c.id IN (\(numbers.sql)) ORDER BY c.id DESC LIMIT ?
            """
        values = numbers.values + [.integer(limit)]
    }

    func bind(to bindings: inout Bindings) {
        for value in values {
            switch value {
            case .integer(let integer): bindings.add(integer)
            case .text(let text): bindings.add(text)
            }
        }
    }

    /// Both conditions as one: a deadline before that many microseconds.
    private static func deadline(before filter: CaseFilter) -> Int64? {
        // Passed is what is not after: one microsecond more, and "before" says the same.
        let overdue = filter.overdueAt.map { ($0 + .microseconds(1)).microsecondsSinceEpoch }
        let due = filter.dueBefore?.microsecondsSinceEpoch ?? filter.dueFrom.map { _ in .max }
        guard let overdue, let due else { return overdue ?? due }
        return min(overdue, due)
    }

    /// The place behind which the order of deadlines is listed.
    private static func start(of filter: CaseFilter) -> (deadline: Int64, number: Int64) {
        let from = filter.dueFrom?.microsecondsSinceEpoch ?? .min
        guard let after = filter.after, after.deadline.microsecondsSinceEpoch >= from else { return (from, .min) }
        return (after.deadline.microsecondsSinceEpoch, after.id.number)
    }

    /// By the index of deadlines alone, from its start.
    private static func mostUrgent(
        _ filter: CaseFilter, statuses: [CaseStatus], limit: Int64
    ) -> (sql: String, values: [Bound]) {
        let marks = statuses.map { _ in "?" }.joined(separator: ", ")
        let condition = statuses.isEmpty ? "" : "AND +c.status IN (\(marks))"
        let sql = """
            SELECT \(StoredCase.columns) FROM cases AS c INDEXED BY cases_deadline \(StoredCase.join)
            WHERE c.deadline < ? AND (c.deadline, c.id) > (?, ?) \(condition) ORDER BY c.deadline, c.id LIMIT ?
            """
        let start = start(of: filter)
        let bounds = [deadline(before: filter) ?? .max, start.deadline, start.number].map(Bound.integer)
        return (sql, bounds + statuses.map { .text($0.rawValue) } + [.integer(limit)])
    }

    private static func numbers(
        deadlines: (from: Int64, before: Int64), statuses: [CaseStatus], numbersBefore before: Int64, limit: Int64
    ) -> (sql: String, values: [Bound]) {
        let marks = statuses.map { _ in "?" }.joined(separator: ", ")
        // The plus keeps SQLite from choosing the index on the status.
        let condition = statuses.isEmpty ? "" : "AND +status IN (\(marks))"
        let sql = """
            SELECT id FROM cases INDEXED BY cases_deadline
            WHERE deadline < ? AND deadline >= ? \(condition) AND id < ? ORDER BY id DESC LIMIT ?
            """
        let bounds = [deadlines.before, deadlines.from].map(Bound.integer)
        return (sql, bounds + statuses.map { .text($0.rawValue) } + [.integer(before), .integer(limit)])
    }

    /// A page of each status by its index, of which the outer query keeps the newest.
    private static func numbers(
        statuses: [CaseStatus], numbersBefore before: Int64, limit: Int64
    ) -> (sql: String, values: [Bound]) {
        guard !statuses.isEmpty else {
            return ("SELECT id FROM cases WHERE id < ? ORDER BY id DESC LIMIT ?", [.integer(before), .integer(limit)])
        }
        let page = "SELECT * FROM (SELECT id FROM cases WHERE status = ? AND id < ? ORDER BY id DESC LIMIT ?)"
        return (
            statuses.map { _ in page }.joined(separator: " UNION ALL "),
            statuses.flatMap { [.text($0.rawValue), .integer(before), .integer(limit)] }
        )
    }
}
