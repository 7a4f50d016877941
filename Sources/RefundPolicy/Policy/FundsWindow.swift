/// How many business days after settlement the money can be on the card (contract § 1).
public struct FundsWindow: Hashable, Sendable {
    /// Business days, 0 or more.
    public var earliest: Int
    /// Business days, `earliest` or more.
    public var latest: Int
    /// Days that are no business days, in order, besides Saturdays and Sundays.
    public var holidays: [CalendarDate]

    public init(earliest: Int, latest: Int, holidays: [CalendarDate]) {
        self.earliest = earliest
        self.latest = latest
        self.holidays = holidays
    }
}
