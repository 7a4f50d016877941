/// A day of the proleptic Gregorian calendar, without a time zone: an invoice's date, the end of a term, a holiday.
public struct CalendarDate: Hashable, Sendable {
    /// Days since 1970-01-01, negative before it.
    public let dayNumber: Int32

    /// The day that many days after 1970-01-01.
    public init(dayNumber: Int32) {
        self.dayNumber = dayNumber
    }

    /// A day by its parts; `nil` unless the year is 0...9999 and the day exists in that month.
    public init?(year: Int, month: Int, day: Int) {
        guard (0...9999).contains(year), (1...12).contains(month), day >= 1,
            day <= CalendarDate.length(ofMonth: month, year: year)
        else { return nil }
        // Counting years from March puts the leap day last, so that the months before it have fixed lengths.
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        self.dayNumber = Int32(era * 146_097 + dayOfEra - 719_468)
    }

    /// Reads `YYYY-MM-DD` and nothing else (contract § 3, "dates").
    public init?(_ text: some StringProtocol) {
        var text = String(text)
        let date = text.withUTF8 { CalendarDate(utf8: $0) }
        guard let date else { return nil }
        self = date
    }

    /// The same for text that is at hand as bytes.
    package init?(utf8 bytes: UnsafeBufferPointer<UInt8>) {
        guard bytes.count == 10 else { return nil }
        self.init(digits: bytes[...])
    }

    /// Reads the ten bytes of `YYYY-MM-DD` at the start of `bytes`.
    init?(digits bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        let start = bytes.startIndex
        guard bytes.count >= 10, bytes[start + 4] == UInt8(ascii: "-"), bytes[start + 7] == UInt8(ascii: "-"),
            let year = decimalNumber(bytes[start..<start + 4]), let month = decimalNumber(bytes[start + 5..<start + 7]),
            let day = decimalNumber(bytes[start + 8..<start + 10])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    /// Year, month and day of the month.
    public var parts: (year: Int, month: Int, day: Int) {
        let shifted = Int(dayNumber) + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// The day that many days later, or earlier when negative; held within what 32 bits of days can say.
    public func adding(days: Int) -> CalendarDate {
        let (sum, overflow) = Int(dayNumber).addingReportingOverflow(days)
        guard !overflow else { return CalendarDate(dayNumber: days < 0 ? .min : .max) }
        return CalendarDate(dayNumber: Int32(clamping: sum))
    }

    /// How many days `other` comes after this day; negative when it comes before.
    public func days(until other: CalendarDate) -> Int {
        Int(other.dayNumber) - Int(dayNumber)
    }

    /// Saturday or Sunday.
    public var isWeekend: Bool { weekday == .sat || weekday == .sun }

    private static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension CalendarDate: Comparable {
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.dayNumber < right.dayNumber
    }
}

extension CalendarDate: CustomStringConvertible {
    /// `YYYY-MM-DD`.
    public var description: String {
        String(unsafeUninitializedCapacity: CalendarDate.longestText) { write(to: $0) }
    }

    /// How many bytes `write` needs at most.
    package static let longestText = 16

    /// Writes the same as `description`.
    ///
    /// - Returns: how many bytes it took.
    package func write(to bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
        var writer = DigitWriter(bytes)
        writer.date(self)
        return writer.count
    }
}

extension DigitWriter {
    /// `YYYY-MM-DD`; a year that is not one of 0...9999 with a minus sign or more digits.
    ///
    /// - Returns: whether the year has four digits.
    @discardableResult
    mutating func date(_ date: CalendarDate) -> Bool {
        let (year, month, day) = date.parts
        let isPlain = (0...9_999).contains(year)
        if isPlain {
            digits(year, width: 4)
        } else {
            text(padded(year, to: 4))
        }
        mark("-")
        digits(month, width: 2)
        mark("-")
        digits(day, width: 2)
        return isPlain
    }
}
