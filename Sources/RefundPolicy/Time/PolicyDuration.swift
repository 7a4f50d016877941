/// The units of a policy file's durations, from the largest to the smallest (contract § 5).
private enum DurationUnit: String, CaseIterable {
    case days = "d"
    case hours = "h"
    case minutes = "m"
    case seconds = "s"
    case milliseconds = "ms"

    var inMilliseconds: Int64 {
        switch self {
        case .days: 86_400_000
        case .hours: 3_600_000
        case .minutes: 60_000
        case .seconds: 1_000
        case .milliseconds: 1
        }
    }
}

extension Duration {
    /// Reads one number and one unit: `500ms`, `2s`, `15m`, `12h`, `7d` (contract § 5). A day is 24 hours.
    ///
    /// `nil` for anything else, and for what 64 bits of microseconds cannot say (some 292,000 years).
    public init?(policyText text: some StringProtocol) {
        var text = String(text)
        let split = text.withUTF8 { bytes -> (count: Int, digits: Int)? in
            let digits = bytes.prefix { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }
            return decimalNumber(digits).map { ($0, digits.count) }
        }
        guard let split, let unit = DurationUnit(rawValue: String(text.utf8.dropFirst(split.digits)) ?? "") else {
            return nil
        }
        let (milliseconds, overflow) = Int64(split.count).multipliedReportingOverflow(by: unit.inMilliseconds)
        guard !overflow, milliseconds <= Int64.max / 1_000 else { return nil }
        self = .milliseconds(milliseconds)
    }

    /// The duration as a policy file writes it, in the largest unit that says it exactly: `7d`, `90m`, `0s`. What is
    /// finer than a millisecond is dropped, since the file has no unit for it.
    public var policyText: String {
        let milliseconds = microseconds / 1_000
        guard milliseconds != 0 else { return "0s" }
        let unit = DurationUnit.allCases.first { milliseconds % $0.inMilliseconds == 0 } ?? .milliseconds
        return "\(milliseconds / unit.inMilliseconds)\(unit.rawValue)"
    }
}
