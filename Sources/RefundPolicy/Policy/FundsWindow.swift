/// How many business days after settlement the money can be on the card (contract § 1).
public struct FundsWindow: Hashable, Sendable {
    /// No window reaches further.
    public static let mostBusinessDays = 366

    /// Business days, 0...`mostBusinessDays`.
    public var earliest: Int
    /// Business days, `earliest`...`mostBusinessDays`.
    public var latest: Int
    /// Days that are no business days besides Saturdays and Sundays; kept in order, each once.
    public var holidays: [CalendarDate] {
        didSet { holidays = FundsWindow.inOrder(holidays) }
    }

    public init(earliest: Int, latest: Int, holidays: [CalendarDate]) {
        self.earliest = earliest
        self.latest = latest
        self.holidays = FundsWindow.inOrder(holidays)
    }

    /// The first and the last day on which the money is expected on the card.
    ///
    /// Business days are counted from the day after the settlement. None at all means the day of settlement itself, or
    /// the next business day where that is none.
    public func expected(settledOn: CalendarDate) -> (earliest: CalendarDate, latest: CalendarDate) {
        let first = businessDay(earliest, after: settledOn)
        return (first, latest > earliest ? businessDay(latest, after: settledOn) : first)
    }

    /// `count` is held to 0...`FundsWindow.mostBusinessDays`.
    private func businessDay(_ count: Int, after start: CalendarDate) -> CalendarDate {
        var remaining = min(max(1, count), FundsWindow.mostBusinessDays)
        var day = count < 1 ? start.adding(days: -1) : start
        // Of any seven days five are no weekend, and each holiday takes at most one of those: so this many steps
        // suffice wherever the start lies, and the loop ends even where the calendar does.
        for _ in 0..<2 * (remaining + holidays.count) + 7 where remaining > 0 {
            day = day.adding(days: 1)
            if !day.isWeekend && !isHoliday(day) { remaining -= 1 }
        }
        return day
    }

    private func isHoliday(_ day: CalendarDate) -> Bool {
        var low = 0
        var high = holidays.count
        while low < high {
            let middle = (low + high) / 2
            if holidays[middle] < day { low = middle + 1 } else { high = middle }
        }
        return low < holidays.count && holidays[low] == day
    }

    private static func inOrder(_ days: [CalendarDate]) -> [CalendarDate] {
        Set(days).sorted()
    }
}
