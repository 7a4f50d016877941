internal import Foundation

/// Figures as people read them.
enum FigureText {
    /// With thousands apart, such as `12,345` or `0.65`.
    static func number(_ value: Double, decimals: Int = 0) -> String {
        let text = String(format: "%.\(decimals)f", abs(value))
        let parts = text.split(separator: ".", maxSplits: 1)
        var whole = ""
        for (place, digit) in parts[0].reversed().enumerated() {
            if place > 0, place % 3 == 0 { whole.append(",") }
            whole.append(digit)
        }
        let sign = value < 0 ? "-" : ""
        return sign + String(whole.reversed()) + (parts.count > 1 ? ".\(parts[1])" : "")
    }

    /// The median, and behind it the ends where they differ.
    static func spread(_ spread: Spread, decimals: Int = 0) -> String {
        let median = number(spread.median, decimals: decimals)
        let ends = [spread.least, spread.most].map { number($0, decimals: decimals) }
        return ends[0] == ends[1] ? median : "\(median) (\(ends[0])–\(ends[1]))"
    }

    /// Bytes in MB (10⁶).
    static func megabytes(_ bytes: Double) -> String { "\(number(bytes / 1_000_000)) MB" }
}
