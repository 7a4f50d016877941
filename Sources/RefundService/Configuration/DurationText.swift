/// Durations as settings and flags write them: `500ms 2s 15m 12h 7d` (contract § 5).
public enum DurationText {
    private static let units: [(suffix: String, seconds: Int64)] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

    /// Reads a whole number and its unit; `nil` for anything else, and for more than 36,500 days.
    public static func parse(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard (1...12).contains(digits.count), let number = Int64(digits) else { return nil }
        let suffix = text.dropFirst(digits.count)
        let duration: Duration
        if suffix == "ms" {
            duration = .milliseconds(number)
        } else if let unit = units.first(where: { $0.suffix == suffix }) {
            duration = .seconds(number * unit.seconds)
        } else {
            return nil
        }
        return duration <= .seconds(36_500 * 86_400) ? duration : nil
    }

    /// The shortest text that `parse` reads as the same duration, down to the millisecond.
    public static func describe(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = attoseconds / 1_000_000_000_000_000
        guard milliseconds == 0, seconds != 0 else { return "\(seconds * 1_000 + milliseconds)ms" }
        for unit in units where seconds % unit.seconds == 0 {
            return "\(seconds / unit.seconds)\(unit.suffix)"
        }
        return "\(seconds)s"
    }
}
