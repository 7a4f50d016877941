public import RefundCase
public import RefundPolicy

/// What is open in a store, and what waits there.
public struct StoreBacklog: Hashable, Sendable {
    /// How many cases have each status that is open.
    public var openCases: [CaseStatus: Int]
    /// Open cases with a deadline that has passed.
    public var overdueCases: Int
    /// The earliest deadline of an open case, passed or not.
    public var nextDeadline: Instant?
    /// Messages that the broker has not confirmed, counted up to `countedMessages`.
    public var unsentMessages: Int
    /// When the oldest of those was committed.
    public var oldestUnsentAt: Instant?
    /// Messages that wait for their request, or were given up and are not yet dead letters; counted up to
    /// `countedMessages`.
    public var parkedMessages: Int
    /// Since when payouts are paused; `nil` while they are not.
    public var payoutsPausedSince: Instant?
    /// Payouts that the brake holds, counted up to `countedMessages`; they are not among the unsent messages.
    public var withheldPayouts: Int

    /// Why unsent messages failed, those reasons first that the most have; at most `reportedProblems`.
    public var unsentProblems: [UnsentProblem] = []

    public static let reportedProblems = 5

    /// As far as messages are counted. More say no more: something has been wrong for long.
    public static let countedMessages = 10_000

    public init(
        openCases: [CaseStatus: Int], overdueCases: Int, nextDeadline: Instant?, unsentMessages: Int,
        oldestUnsentAt: Instant?, parkedMessages: Int, payoutsPausedSince: Instant? = nil, withheldPayouts: Int = 0
    ) {
        self.openCases = openCases
        self.overdueCases = overdueCases
        self.nextDeadline = nextDeadline
        self.unsentMessages = unsentMessages
        self.oldestUnsentAt = oldestUnsentAt
        self.parkedMessages = parkedMessages
        self.payoutsPausedSince = payoutsPausedSince
        self.withheldPayouts = withheldPayouts
    }
}

/// Messages of one type that the broker did not take, for one reason.
public struct UnsentProblem: Hashable, Sendable {
    /// As the store has it: a newer worker's type may be unknown here.
    public var type: String
    /// In the broker's words, or ours.
    public var reason: String
    public var count: Int

    public init(type: String, reason: String, count: Int) {
        self.type = type
        self.reason = reason
        self.count = count
    }
}
