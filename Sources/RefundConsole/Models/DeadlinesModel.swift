internal import RefundCase
internal import RefundPolicy
internal import RefundService
internal import RefundWorker

/// What is owed: missed, and in each day from today on.
struct DeadlinesModel: Sendable {
    /// A stretch of time in the picture.
    struct Stretch: Hashable, Sendable {
        /// `nil` for all that is missed.
        var day: CalendarDate?
        var answers = 0
        var refunds = 0
        var stakes: [Stake] = []

        var count: Int { answers + refunds }
    }

    /// What is missed, then each day from today on.
    var stretches: [Stretch]
    /// How many are due within the warning time of the policy in force.
    var atRisk: Int
    /// The most urgent, of which the page lists as many as it can.
    var urgent: [OwedPromise]

    static let shownLimit = 20
    /// Today and 14 days more: a refund that is asked for now is due at the end.
    static let days = 15

    /// - Parameters:
    ///   - promises: those before `horizon`.
    ///   - urgent: the most urgent cases.
    init(_ promises: DuePromises, urgent cases: [RefundCase], now: Instant) {
        let today = now.dateInUTC
        var all = [Stretch(day: nil)] + (0..<DeadlinesModel.days).map { Stretch(day: today.adding(days: $0)) }
        for due in promises.missed { all[0].add(due) }
        for due in promises.coming {
            let place = today.days(until: due.day) + 1
            if all.indices.contains(place) { all[place].add(due) }
        }
        stretches = all
        let owed = OwedPromise.all(of: cases, dueBefore: DeadlinesModel.horizon(at: now))
        atRisk = promises.atRisk
        urgent = Array(owed.prefix(DeadlinesModel.shownLimit))
    }

    /// The end of the picture's last day.
    static func horizon(at now: Instant) -> Instant {
        let day = Int64(now.dateInUTC.adding(days: days).dayNumber)
        return Instant(microsecondsSinceEpoch: day * 86_400_000_000)
    }

    static func start(of day: CalendarDate) -> Instant {
        Instant(microsecondsSinceEpoch: Int64(day.dayNumber) * 86_400_000_000)
    }
}

extension CaseSurvey {
    /// All of the picture.
    ///
    /// - Parameter policy: says how long before a deadline it counts as at risk.
    func deadlines(under policy: PolicyVersion, at now: Instant) throws -> DeadlinesModel {
        let horizon = DeadlinesModel.horizon(at: now)
        let urgent = CaseFilter(dueBefore: horizon, limit: DeadlinesModel.shownLimit, order: .mostUrgentFirst)
        let bounds = DuePromises.Bounds(at: now, before: horizon, under: policy)
        return DeadlinesModel(
            try duePromises(within: bounds), urgent: try cases(matching: urgent).map(\.refundCase), now: now)
    }
}

extension DeadlinesModel.Stretch {
    fileprivate mutating func add(_ due: DueDay) {
        switch due.kind {
        case .response: answers += due.cases
        case .refund: refunds += due.cases
        }
        stakes = Stake.merged(stakes + due.stakes)
    }

    /// The cases behind it.
    var link: Link {
        guard let day else { return Link("cases", query: [("deadline", "overdue")]) }
        return Link("cases", query: [("due", day.description)])
    }
}

extension Stake {
    /// One stake for each currency, in the order of the codes.
    static func merged(_ stakes: [Stake]) -> [Stake] {
        Dictionary(grouping: stakes) { $0.amount.currency.code }.sorted { $0.key < $1.key }.compactMap { _, group in
            let cases = group.map(\.cases).reduce(0, +)
            return Stake.sums(of: group.map { ($0.amount.currency.code, $0.amount.minorUnits) }).first
                .map { Stake(amount: $0.amount, cases: cases) }
        }
    }
}
