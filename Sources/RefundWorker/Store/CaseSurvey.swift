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
    /// One open case as a store's query gives it.
    public struct Row {
        public var deadline: Instant
        /// The earliest deadline is the answer's.
        public var isAnswer: Bool
        public var currency: String
        public var minorUnits: Int64

        public init(deadline: Instant, isAnswer: Bool, currency: String, minorUnits: Int64) {
            self.deadline = deadline
            self.isAnswer = isAnswer
            self.currency = currency
            self.minorUnits = minorUnits
        }
    }

    /// Adds up rows by day and kind, the earliest day first.
    public static func sums(of rows: [Row]) -> [DueDay] {
        struct Place: Hashable {
            var day: CalendarDate
            var isAnswer: Bool
        }
        let places = Dictionary(grouping: rows) { Place(day: $0.deadline.dateInUTC, isAnswer: $0.isAnswer) }
        return places.map { place, rows in
            DueDay(
                day: place.day, kind: place.isAnswer ? .response : .refund, cases: rows.count,
                stakes: Stake.sums(of: rows.map { ($0.currency, $0.minorUnits) }))
        }
        .sorted { ($0.day, $0.kind.rawValue) < ($1.day, $1.kind.rawValue) }
    }
}
