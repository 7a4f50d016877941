public import RefundCase
public import RefundPolicy

/// What the open cases owe: what is missed, what is due next, and how much of that soon.
public struct DuePromises: Hashable, Sendable {
    public var missed: [DueDay]
    public var coming: [DueDay]
    /// How many promises are within the time in which they count as at risk.
    public var atRisk: Int

    public init(missed: [DueDay] = [], coming: [DueDay] = [], atRisk: Int = 0) {
        self.missed = missed
        self.coming = coming
        self.atRisk = atRisk
    }
}

/// What is due on a day in UTC.
public struct DueDay: Hashable, Sendable {
    public var day: CalendarDate
    /// The promise that the cases' earliest deadline belongs to.
    public var kind: DeadlineKind
    public var cases: Int
    public var stakes: [Stake]

    public init(day: CalendarDate, kind: DeadlineKind, cases: Int, stakes: [Stake]) {
        self.day = day
        self.kind = kind
        self.cases = cases
        self.stakes = stakes
    }
}

extension DuePromises {
    /// The instants that a store tells promises apart by.
    public struct Bounds: Hashable, Sendable {
        /// The first instant that has not passed: a promise is missed once its deadline is before it.
        public var next: Instant
        public var end: Instant
        /// Promises before these count as at risk.
        public var answersAtRisk: Instant
        public var refundsAtRisk: Instant

        /// - Parameter policy: says how long before a deadline it counts as at risk.
        public init(at now: Instant, before end: Instant, under policy: PolicyVersion) {
            next = now + .microseconds(1)
            self.end = end
            answersAtRisk = policy.end(of: policy.atRisk.response, from: next)
            refundsAtRisk = policy.end(of: policy.atRisk.refund, from: next)
        }
    }

    /// One sum of a store's: of a day, a kind and a currency.
    public struct Sum {
        /// Days since 1 January 1970 in UTC.
        public var day: Int64
        public var isMissed: Bool
        /// The earliest deadline is the answer's.
        public var isAnswer: Bool
        public var currency: String
        public var cases: Int64
        public var atRisk: Int64
        /// In minor units. What is too much for 64 bits stays at the most.
        public var amount: Int128

        public init(
            day: Int64, isMissed: Bool, isAnswer: Bool, currency: String, cases: Int64, atRisk: Int64, amount: Int128
        ) {
            self.day = day
            self.isMissed = isMissed
            self.isAnswer = isAnswer
            self.currency = currency
            self.cases = cases
            self.atRisk = atRisk
            self.amount = amount
        }

        fileprivate var stake: Stake? {
            Currency(code: currency)
                .flatMap { Money(minorUnits: Int64(clamping: amount), currency: $0) }
                .map { Stake(amount: $0, cases: Int(cases)) }
        }
    }

    /// Puts the sums of a day and a kind together, the earliest day first.
    public init(of sums: [Sum]) {
        missed = DuePromises.days(of: sums.filter(\.isMissed))
        coming = DuePromises.days(of: sums.filter { !$0.isMissed })
        atRisk = sums.reduce(0) { $0 + Int($1.atRisk) }
    }

    private static func days(of sums: [Sum]) -> [DueDay] {
        struct Place: Hashable {
            var day: Int64
            var isAnswer: Bool
        }
        let places = Dictionary(grouping: sums) { Place(day: $0.day, isAnswer: $0.isAnswer) }
        return places.map { place, sums in
            DueDay(
                day: CalendarDate(dayNumber: Int32(clamping: place.day)), kind: place.isAnswer ? .response : .refund,
                cases: sums.map { Int($0.cases) }.reduce(0, +),
                stakes: sums.sorted { $0.currency < $1.currency }.compactMap(\.stake))
        }
        .sorted { ($0.day, $0.kind.rawValue) < ($1.day, $1.kind.rawValue) }
    }
}
