public import RefundCase
public import RefundPolicy

/// Looking at many cases at once, for the operators' page: each call goes by an index, however many cases there are.
public protocol CaseSurvey: CaseReader {
    /// The cases of these numbers that are there, the newest first.
    func cases(numbered ids: [CaseID]) throws(StoreError) -> [ListedCase]

    /// What other cases have done with a line, archived ones included.
    func standing(of line: InvoiceLine) throws(StoreError) -> InvoiceLine.Standing

    /// What the open cases owe whose earliest deadline is at `start` or later and before `end`, by its day in UTC; days
    /// and kinds on which nothing is due are left out.
    func dueDays(from start: Instant, before end: Instant) throws(StoreError) -> [DueDay]

    /// How many open cases have a deadline before that instant, counted up to `most`.
    func dueCount(before limit: Instant, most: Int) throws(StoreError) -> Int

    /// How many cases were opened in each of `count` stretches of time, the first of which begins at `start`.
    ///
    /// Told from the cases' numbers, of which PostgreSQL may have left some unused: never too low.
    ///
    /// - Parameters:
    ///   - stretch: at least one microsecond.
    ///   - count: 1...1,000.
    func openings(from start: Instant, every stretch: Duration, count: Int) throws(StoreError) -> [Int]
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

extension DueDay {
    /// One sum of a store's query: a day, a kind and a currency.
    public struct Row {
        /// Days since 1 January 1970 in UTC.
        public var day: Int64
        /// The earliest deadline is the answer's.
        public var isAnswer: Bool
        public var currency: String
        public var cases: Int64
        /// The sums of the amounts' upper and lower 32 bits, neither of which can overflow.
        public var upper: Int64
        public var lower: Int64

        public init(day: Int64, isAnswer: Bool, currency: String, cases: Int64, upper: Int64, lower: Int64) {
            self.day = day
            self.isAnswer = isAnswer
            self.currency = currency
            self.cases = cases
            self.upper = upper
            self.lower = lower
        }

        /// What is too much for 64 bits stays at the most.
        fileprivate var stake: Stake? {
            let sum = Int64(clamping: Int128(upper) << 32 + Int128(lower))
            return Currency(code: currency).flatMap { Money(minorUnits: sum, currency: $0) }
                .map { Stake(amount: $0, cases: Int(cases)) }
        }
    }

    /// Puts the sums of a day and a kind together, the earliest day first.
    public static func days(of rows: [Row]) -> [DueDay] {
        struct Place: Hashable {
            var day: Int64
            var isAnswer: Bool
        }
        let places = Dictionary(grouping: rows) { Place(day: $0.day, isAnswer: $0.isAnswer) }
        return places.map { place, rows in
            DueDay(
                day: CalendarDate(dayNumber: Int32(clamping: place.day)), kind: place.isAnswer ? .response : .refund,
                cases: rows.map { Int($0.cases) }.reduce(0, +),
                stakes: rows.sorted { $0.currency < $1.currency }.compactMap(\.stake))
        }
        .sorted { ($0.day, $0.kind.rawValue) < ($1.day, $1.kind.rawValue) }
    }
}
