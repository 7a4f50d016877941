public import RefundCase
public import RefundPolicy

/// Looking at cases: what operators' commands ask of a store. Reading never delays the workers.
public protocol CaseReader: AnyObject {
    /// The cases that the filter lets through, in its order.
    func cases(matching filter: CaseFilter) throws(StoreError) -> [ListedCase]

    /// Everything about one case; `nil` when there is none of that id.
    func history(of id: RequestID) throws(StoreError) -> CaseHistory?

    /// What is left of a case whose history was archived; `nil` when there is none of that id.
    func archived(_ id: RequestID) throws(StoreError) -> ArchivedCase?

    /// Messages that wait in the store, those that came first first.
    ///
    /// - Parameters:
    ///   - request: only those about that request; `nil` for all.
    ///   - limit: at most that many, 1...100,000.
    func parked(about request: RequestID?, limit: Int) throws(StoreError) -> [ParkedMessage]

    /// What is at stake in the open cases with a deadline before that instant: each case once, in each currency.
    func stakes(dueBefore limit: Instant) throws(StoreError) -> [Stake]

    /// How many cases have each status.
    func counts() throws(StoreError) -> [CaseStatus: Int]

    /// How the fleet's brake stands.
    func brake() throws(StoreError) -> PayoutBrake

    /// What is open and what waits, for whoever watches. By indexes alone, and of messages at most
    /// `StoreBacklog.countedMessages`, so that it may be asked every few seconds.
    func backlog(at now: Instant) throws(StoreError) -> StoreBacklog

    /// The texts of the policy's versions that cases were decided by (`KeptPolicy.text`), those of last first.
    func policyTexts() throws(StoreError) -> [String]

    /// Every pause of payouts, oldest first.
    func brakeHistory() throws(StoreError) -> [PastPause]
}

/// Which cases to list; every condition that is set must hold.
public struct CaseFilter: Hashable, Sendable {
    /// Any of these; empty for all.
    public var statuses: [CaseStatus]
    /// Open cases with a deadline that has passed at that instant.
    public var overdueAt: Instant?
    /// Open cases with a deadline before that instant.
    public var dueBefore: Instant?
    /// Open cases with a deadline at that instant or later.
    public var dueFrom: Instant?
    /// At most that many, 1...100,000.
    public var limit: Int
    /// Only cases older than this one: where the last page ended. For `newestFirst` alone.
    public var before: CaseID?
    /// Only cases less urgent than this one: where the last page ended. For `mostUrgentFirst` alone.
    public var after: Urgency?
    public var order: Order

    /// A case's place in the order of deadlines.
    public struct Urgency: Hashable, Sendable {
        public var deadline: Instant
        public var id: CaseID

        public init(deadline: Instant, id: CaseID) {
            self.deadline = deadline
            self.id = id
        }
    }

    public enum Order: Hashable, Sendable {
        case newestFirst
        /// By the earliest deadline that is not kept; cases that owe nothing are left out.
        case mostUrgentFirst
    }

    public init(
        statuses: [CaseStatus] = [], overdueAt: Instant? = nil, dueBefore: Instant? = nil, dueFrom: Instant? = nil,
        limit: Int = 50, before: CaseID? = nil, after: Urgency? = nil, order: Order = .newestFirst
    ) {
        self.statuses = statuses
        self.overdueAt = overdueAt
        self.dueBefore = dueBefore
        self.dueFrom = dueFrom
        self.limit = limit
        self.before = before
        self.after = after
        self.order = order
    }
}

/// The money of open cases in one currency: the refunds, and what was paid where none is decided yet.
public struct Stake: Hashable, Sendable {
    public var amount: Money
    public var cases: Int

    public init(amount: Money, cases: Int) {
        self.amount = amount
        self.cases = cases
    }
}

extension Stake {
    /// Adds up amounts by their currencies, in the order of the codes; what is too much for 64 bits stays at the most.
    public static func sums(of amounts: some Sequence<(currency: String, minorUnits: Int64)>) -> [Stake] {
        var sums: [String: (minorUnits: Int64, cases: Int)] = [:]
        for amount in amounts {
            let known = sums[amount.currency, default: (0, 0)]
            let (sum, isOver) = known.minorUnits.addingReportingOverflow(amount.minorUnits)
            sums[amount.currency] = (isOver ? .max : sum, known.cases + 1)
        }
        return sums.sorted { $0.key < $1.key }.compactMap { code, sum in
            Currency(code: code).flatMap { Money(minorUnits: sum.minorUnits, currency: $0) }
                .map { Stake(amount: $0, cases: sum.cases) }
        }
    }
}
