import RefundCase
import RefundPolicy
import RefundWorker

/// The query behind a list of cases: every condition in one form, whose index is clear.
struct CaseListing {
    let command: Command

    /// The greatest page.
    static let limits = 1...100_000

    /// A limit that somebody wishes for, within what is given at once.
    static func page(_ limit: Int) -> Int {
        min(max(limit, limits.lowerBound), limits.upperBound)
    }

    init(_ filter: CaseFilter) {
        let statuses = CaseStatus.allCases.filter { filter.statuses.contains($0) }
        let deadline = CaseListing.deadline(before: filter)
        let sql =
            switch filter.order {
            case .mostUrgentFirst: CaseListing.mostUrgent
            case .newestFirst where deadline != nil: CaseListing.newestOwing
            case .newestFirst where statuses.isEmpty: CaseListing.newest
            case .newestFirst: CaseListing.newestOfStatuses
            }
        command = .run(sql) { values in
            values.add(deadline ?? .max)
            values.add(.text, statuses.isEmpty ? CaseStatus.allCases : statuses) { $1.add($0.rawValue) }
            values.add(filter.before?.number ?? .max)
            values.add(CaseListing.page(filter.limit))
            let start = CaseListing.start(of: filter)
            values.add(start.deadline)
            values.add(start.number)
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

    private static let selection = "SELECT \(StoredCase.columns) FROM cases AS c \(StoredCase.join)"

    /// By the index of deadlines alone, from its start.
    private static let mostUrgent = """
        \(selection) WHERE c.deadline < $1::bigint AND c.status = ANY($2::text[]) AND c.id < $3::bigint
            AND (c.deadline, c.id) > ($5::bigint, $6::bigint)
        ORDER BY c.deadline, c.id LIMIT $4::bigint
        """

    /// Those with a deadline are few beside the finished ones.
    private static let newestOwing = """
        \(selection) WHERE c.deadline < $1::bigint AND c.status = ANY($2::text[]) AND c.id < $3::bigint
            AND c.deadline >= $5::bigint AND $6::bigint IS NOT NULL
        ORDER BY c.id DESC LIMIT $4::bigint
        """

    /// Only names the other values, so that all forms take the same.
    private static let newest = """
        \(selection) WHERE $1::bigint IS NOT NULL AND $2::text[] IS NOT NULL AND c.id < $3::bigint
            AND $5::bigint IS NOT NULL AND $6::bigint IS NOT NULL
        ORDER BY c.id DESC LIMIT $4::bigint
        """

    /// A page of each status by its index, of which the newest are kept.
    private static let newestOfStatuses = """
        \(selection) JOIN (
            SELECT page.id FROM unnest($2::text[]) AS wanted (status) CROSS JOIN LATERAL (
                SELECT id FROM cases WHERE status = wanted.status AND id < $3::bigint
                ORDER BY id DESC LIMIT $4::bigint
            ) AS page WHERE $1::bigint IS NOT NULL AND $5::bigint IS NOT NULL AND $6::bigint IS NOT NULL
            ORDER BY page.id DESC LIMIT $4::bigint
        ) AS chosen ON chosen.id = c.id ORDER BY c.id DESC
        """
}
