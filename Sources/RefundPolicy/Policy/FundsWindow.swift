/// How many business days after settlement the money can be on the card (contract § 1).
public struct FundsWindow: Hashable, Sendable {
    /// No window reaches further.
    public static let mostBusinessDays = 366

    /// Business days, 0...`mostBusinessDays`.
    public var earliest: Int
    /// Business days, `earliest`...`mostBusinessDays`.
    public var latest: Int

    public init(earliest: Int, latest: Int) {
        self.earliest = earliest
        self.latest = latest
    }

    /// The first and the last day on which the money is expected on the card.
    ///
    /// Business days are counted from the day after the settlement. None at all means the day of settlement itself, or
    /// the next business day where that is none.
    public func expected(
        settledOn: CalendarDate, by calendar: BusinessCalendar
    ) -> (earliest: CalendarDate, latest: CalendarDate) {
        func day(_ count: Int) -> CalendarDate {
            count < 1
                ? calendar.businessDay(from: settledOn)
                : calendar.businessDay(min(count, FundsWindow.mostBusinessDays), after: settledOn)
        }
        let first = day(earliest)
        return (first, latest > earliest ? day(latest) : first)
    }
}
