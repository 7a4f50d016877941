/// The days on which the shop and its bank work (contract § 5, `calendar`): said once, for everything that counts
/// business days.
public struct BusinessCalendar: Hashable, Sendable {
    /// A day of the week; the raw value counts from Monday, 0.
    public enum Weekday: Int, Hashable, Sendable, CaseIterable {
        case mon, tue, wed, thu, fri, sat, sun

        /// The word in a policy file.
        public var name: String { "\(self)" }
    }

    /// Nothing is counted further than that many business days.
    public static let mostBusinessDays = 3_650

    /// In order, each once; six at most, so that there is a business day in every week.
    public private(set) var weekend: [Weekday]
    /// Days that are no business days besides; in order, each once.
    public private(set) var holidays: [CalendarDate]

    /// - Parameter weekend: a weekend of all seven days is taken for none.
    public init(weekend: [Weekday] = [.sat, .sun], holidays: [CalendarDate] = []) {
        let days = Set(weekend)
        self.weekend = days.count < Weekday.allCases.count ? days.sorted { $0.rawValue < $1.rawValue } : []
        self.holidays = Set(holidays).sorted()
    }

    public func isBusinessDay(_ day: CalendarDate) -> Bool {
        !weekend.contains(day.weekday) && !isHoliday(day)
    }

    /// The day itself if it is a business day, or else the next one.
    public func businessDay(from day: CalendarDate) -> CalendarDate {
        businessDay(1, after: day.adding(days: -1))
    }

    /// The business day that comes as the `count`th after a day; the day itself where that is none at all.
    ///
    /// - Parameter count: held to 0...`mostBusinessDays`.
    public func businessDay(_ count: Int, after start: CalendarDate) -> CalendarDate {
        businessDay(count, from: start, step: 1)
    }

    /// The same backwards.
    public func businessDay(_ count: Int, before end: CalendarDate) -> CalendarDate {
        businessDay(count, from: end, step: -1)
    }

    /// Over how many days that many business days go at most, holidays aside.
    func longest(_ count: Int) -> Int {
        let week = BusinessCalendar(weekend: weekend)
        return (0..<7).reduce(0) { longest, number in
            let day = CalendarDate(dayNumber: Int32(number))
            return max(longest, week.businessDay(count, before: day).days(until: day))
        }
    }

    private func businessDay(_ count: Int, from start: CalendarDate, step: Int) -> CalendarDate {
        var remaining = min(max(0, count), BusinessCalendar.mostBusinessDays)
        var day = start
        // Of any seven days one at least is no weekend, and each holiday takes at most one of those: so this many steps
        // suffice wherever the start lies, and the loop ends even where the calendar does.
        for _ in 0..<7 * (remaining + holidays.count + 1) where remaining > 0 {
            day = day.adding(days: step)
            if isBusinessDay(day) { remaining -= 1 }
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
}

extension CalendarDate {
    public var weekday: BusinessCalendar.Weekday {
        // 1970-01-01 was a Thursday; with Monday as 0 that is 3.
        BusinessCalendar.Weekday(rawValue: ((Int(dayNumber) + 3) % 7 + 7) % 7) ?? .mon
    }
}
