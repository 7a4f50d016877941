/// A point in time, to the microsecond, in years 0...9999.
public struct Instant: Hashable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, without leap seconds.
    public let microsecondsSinceEpoch: Int64

    public init(microsecondsSinceEpoch: Int64) {
        self.microsecondsSinceEpoch = microsecondsSinceEpoch
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, as AMQP's `timestamp` property has them, rounded down.
    public var secondsSinceEpoch: Int64 {
        let (quotient, remainder) = microsecondsSinceEpoch.quotientAndRemainder(dividingBy: 1_000_000)
        return remainder < 0 ? quotient - 1 : quotient
    }

    /// Reads an RFC 3339 instant with an offset, such as `2022-02-22T09:30:00Z` (contract § 3). Digits of a second
    /// beyond the sixth are dropped; a leap second, which comes only as 23:59:60 UTC, is the last microsecond of its
    /// day. `nil` as well where the instant is in no year of 0...9999 in UTC.
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        let parsed = text.withUTF8 { Instant(utf8: $0) }
        guard let parsed else { return nil }
        self = parsed
    }

    /// The same for text that is at hand as bytes.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard let parsed = Instant.parse(bytes) else { return nil }
        self = parsed.instant
    }

    /// The same with how many seconds the clock that it was read from is ahead of UTC.
    package static func withOffset(utf8 bytes: UnsafeBufferPointer<UInt8>) -> (instant: Instant, offset: Int)? {
        parse(bytes)
    }

    /// The day that it is in UTC.
    public var dateInUTC: CalendarDate {
        date(offsetSeconds: 0)
    }

    /// The day that it is where clocks are `offsetSeconds` ahead of UTC.
    public func date(offsetSeconds: Int) -> CalendarDate {
        let local = secondsSinceEpoch + Int64(offsetSeconds)
        let day = local >= 0 ? local / 86_400 : (local - 86_399) / 86_400
        return CalendarDate(dayNumber: Int32(clamping: day))
    }

    /// The instant that much later; held within what 64 bits of microseconds can say.
    public static func + (instant: Instant, duration: Duration) -> Instant {
        let (sum, overflow) = instant.microsecondsSinceEpoch.addingReportingOverflow(duration.microseconds)
        guard overflow else { return Instant(microsecondsSinceEpoch: sum) }
        return Instant(microsecondsSinceEpoch: duration < .zero ? .min : .max)
    }

    /// The instant that much earlier; held within what 64 bits of microseconds can say.
    public static func - (instant: Instant, duration: Duration) -> Instant {
        let (difference, overflow) = instant.microsecondsSinceEpoch.subtractingReportingOverflow(duration.microseconds)
        guard overflow else { return Instant(microsecondsSinceEpoch: difference) }
        return Instant(microsecondsSinceEpoch: duration < .zero ? .max : .min)
    }

    /// How much later `left` is than `right`.
    public static func - (left: Instant, right: Instant) -> Duration {
        let (difference, overflow) = left.microsecondsSinceEpoch.subtractingReportingOverflow(
            right.microsecondsSinceEpoch)
        guard overflow else { return .microseconds(difference) }
        return .microseconds(left.microsecondsSinceEpoch) - .microseconds(right.microsecondsSinceEpoch)
    }
}

extension Instant: Comparable {
    public static func < (left: Instant, right: Instant) -> Bool {
        left.microsecondsSinceEpoch < right.microsecondsSinceEpoch
    }
}

extension Instant: CustomStringConvertible {
    /// RFC 3339 in UTC, with as many digits of a second (0, 3 or 6) as it needs.
    public var description: String {
        String(unsafeUninitializedCapacity: Instant.longestText) { write(to: $0) }
    }

    /// How many bytes `write` needs at most.
    package static let longestText = 40

    /// Writes the same as `description`.
    ///
    /// - Returns: how many bytes it took.
    package func write(to bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var writer = DigitWriter(bytes)
        // A remainder that is never negative; multiplying the day back would overflow near the lower end.
        let perDay = 86_400_000_000
        let microseconds = (Int(microsecondsSinceEpoch) % perDay + perDay) % perDay
        let second = microseconds / 1_000_000
        let fraction = microseconds % 1_000_000
        let date = dateInUTC
        let isWritable = writer.date(date)
        writer.mark("T")
        writer.digits(second / 3_600, width: 2)
        writer.mark(":")
        writer.digits(second / 60 % 60, width: 2)
        writer.mark(":")
        writer.digits(second % 60, width: 2)
        // Years beyond what RFC 3339 can say, and what any message holds, come without a fraction.
        if fraction != 0, isWritable {
            writer.mark(".")
            if fraction % 1_000 != 0 {
                writer.digits(fraction, width: 6)
            } else {
                writer.digits(fraction / 1_000, width: 3)
            }
        }
        writer.mark("Z")
        return writer.count
    }
}

extension Duration {
    /// Whole microseconds, rounded towards zero and held within 64 bits.
    public var microseconds: Int64 {
        Int64(clamping: attoseconds / 1_000_000_000_000)
    }
}

extension Instant {
    /// Reads `YYYY-MM-DDTHH:MM:SS[.fraction](Z|±HH:MM)`.
    private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> (instant: Instant, offset: Int)? {
        guard bytes.count >= 20, bytes.count <= 64, let date = CalendarDate(digits: bytes[...]),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let hour = decimalNumber(bytes[11..<13]), hour <= 23,
            let minute = decimalNumber(bytes[14..<16]), minute <= 59,
            let second = decimalNumber(bytes[17..<19]), second <= 60
        else { return nil }
        var position = 19
        var fraction: Int64 = 0
        if bytes[position] == UInt8(ascii: ".") {
            position += 1
            var unit: Int64 = 100_000
            let first = position
            while position < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[position]) {
                fraction += Int64(bytes[position] - UInt8(ascii: "0")) * unit
                unit /= 10
                position += 1
            }
            guard position > first else { return nil }
        }
        guard let offset = parseOffset(bytes[position...]) else { return nil }
        let seconds = Int64(date.dayNumber) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset)
        guard secondsOfYears.contains(seconds), second < 60 || seconds % 86_400 == 0 else { return nil }
        // A leap second is of the day that it ends, and so is every fraction of it.
        let microseconds = second < 60 ? seconds * 1_000_000 + fraction : seconds * 1_000_000 - 1
        return (Instant(microsecondsSinceEpoch: microseconds), offset)
    }

    /// From 0000-01-01T00:00:00Z to 9999-12-31T23:59:59Z: what four digits of a year can say.
    private static let secondsOfYears: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

    /// Reads `Z` or `±HH:MM` as seconds ahead of UTC.
    private static func parseOffset(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let sign = bytes.first else { return nil }
        let start = bytes.startIndex
        switch sign {
        case UInt8(ascii: "Z"), UInt8(ascii: "z"):
            return bytes.count == 1 ? 0 : nil
        case UInt8(ascii: "+"), UInt8(ascii: "-"):
            guard bytes.count == 6, bytes[start + 3] == UInt8(ascii: ":"),
                let hours = decimalNumber(bytes[start + 1..<start + 3]), hours <= 23,
                let minutes = decimalNumber(bytes[start + 4..<start + 6]), minutes <= 59
            else { return nil }
            let offset = hours * 3_600 + minutes * 60
            return sign == UInt8(ascii: "+") ? offset : -offset
        default:
            return nil
        }
    }
}
