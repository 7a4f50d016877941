/// How long something may take, as a policy says it: so much time, or so many business days of its calendar (contract §
/// 5).
public enum Period: Hashable, Sendable {
    case time(Duration)
    /// 1...`BusinessCalendar.mostBusinessDays`.
    case businessDays(Int)

    public static let zero = Period.time(.zero)

    /// Reads `3bd`, or a duration such as `12h`; `nil` for anything else.
    public init?(policyText text: some StringProtocol) {
        guard text.hasSuffix("bd") else {
            guard let duration = Duration(policyText: text) else { return nil }
            self = .time(duration)
            return
        }
        let digits = text.utf8.dropLast(2)
        guard (1...4).contains(digits.count), digits.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }),
            let count = Int(text.dropLast(2)), (1...BusinessCalendar.mostBusinessDays).contains(count)
        else { return nil }
        self = .businessDays(count)
    }

    /// As a policy file writes it.
    public var policyText: String {
        switch self {
        case .time(let duration): duration.policyText
        case .businessDays(let count): "\(count)bd"
        }
    }

    var isTime: Bool {
        if case .time = self { true } else { false }
    }

    /// Whether it never begins before another one when it is counted back from that one's end, whatever day of the week
    /// that is. Holidays are not looked at: a few of them in a row make it early once a year, and a calendar gains some.
    func fits(in whole: Period, by calendar: BusinessCalendar) -> Bool {
        switch (self, whole) {
        case (.time(let own), .time(let whole)): own <= whole
        case (.time(let own), .businessDays(let count)): own <= .seconds(count * 86_400)
        // As many are too many: counted back from Monday, one is Friday, and the request may be of Saturday.
        case (.businessDays(let own), .businessDays(let count)): own < count
        case (.businessDays(let own), .time(let whole)): .seconds(calendar.longest(own) * 86_400) <= whole
        }
    }
}

extension PolicyVersion {
    /// When a period ends that begins at `start`. Business days are told in the policy's zone, and end at the time of
    /// day at which the first began, also where the clocks change between.
    ///
    /// Where the first day is no business day, the count begins with the next one that is.
    public func end(of period: Period, from start: Instant) -> Instant {
        switch period {
        case .time(let duration): return start + duration
        case .businessDays(let count):
            let day = timeZone.date(of: start)
            return timeZone.sameTime(start, daysLater: day.days(until: calendar.businessDay(count, after: day)))
        }
    }

    /// The other way round: when something has to begin that takes so long and ends at `end`.
    public func start(of period: Period, endingAt end: Instant) -> Instant {
        switch period {
        case .time(let duration): return end - duration
        case .businessDays(let count):
            let day = timeZone.date(of: end)
            return timeZone.sameTime(end, daysLater: day.days(until: calendar.businessDay(count, before: day)))
        }
    }
}
