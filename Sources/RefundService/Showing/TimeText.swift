public import RefundPolicy

extension Instant {
    /// To the minute in UTC, for tables: `2022-02-25 09:30`.
    public var shortText: String {
        let text = description
        return String(text.prefix(10)) + " " + String(text.dropFirst(11).prefix(5))
    }

    /// How far off it is: `in 2d 3h`, `4h 10m ago`.
    public func distance(from now: Instant) -> String {
        let time = self - now
        return time >= .zero ? "in \(time.spanText)" : "\((.zero - time).spanText) ago"
    }
}

extension Duration {
    /// The two largest units: `2d 3h`, `4h 10m`, `7s`. Of a time that is not negative.
    public var spanText: String {
        let seconds = components.seconds
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
        if days > 0 { return hours > 0 ? "\(days)d \(hours)h" : "\(days)d" }
        if hours > 0 { return minutes > 0 ? "\(hours)h \(minutes)m" : "\(hours)h" }
        return minutes > 0 ? "\(minutes)m" : "\(seconds)s"
    }
}
