public import RefundPolicy

extension Instant {
    /// To the minute in UTC, for tables: `2022-02-25 09:30`.
    public var shortText: String {
        let text = description
        return String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(5))
    }

    /// How far off it is: `in 2d 3h`, `4h 10m ago`.
    public func distance(from now: Instant) -> String {
        let seconds = (self - now).microseconds / 1_000_000
        return seconds >= 0 ? "in \(Instant.span(seconds))" : "\(Instant.span(-seconds)) ago"
    }

    /// The two largest units.
    private static func span(_ seconds: Int64) -> String {
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 0 { return hours > 0 ? "\(days)d \(hours)h" : "\(days)d" }
        if hours > 0 { return minutes > 0 ? "\(hours)h \(minutes)m" : "\(hours)h" }
        return minutes > 0 ? "\(minutes)m" : "\(seconds)s"
    }
}
