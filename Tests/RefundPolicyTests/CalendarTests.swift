import Foundation
import RefundPolicy
import Testing

@Suite("days of the calendar")
struct CalendarTests {
    private static let foundation: Calendar = {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? .gmt
        return calendar
    }()

    /// The day number by Foundation's calendar, which changes to the Julian one before 1582; 2,000 years on, the
    /// Gregorian calendar is the same, five cycles of 146,097 days later.
    private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        let shift = year < 1600 ? 2_000 : 0
        let parts = DateComponents(year: year + shift, month: month, day: day)
        guard parts.isValidDate(in: foundation), let date = foundation.date(from: parts) else { return nil }
        return Int((date.timeIntervalSince1970 / 86_400).rounded()) - (shift > 0 ? 5 * 146_097 : 0)
    }

    @Test("agree with Foundation over the years 1 to 9999", arguments: [11, 12] as [UInt64])
    func foundation(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<10_000 {
            let (year, month, number) = (
                Int.random(in: 1...9_999, using: &random), Int.random(in: 1...12, using: &random),
                Int.random(in: 1...31, using: &random)
            )
            let note: Comment = "seed \(seed): \(year)-\(month)-\(number)"
            let expected = CalendarTests.dayNumber(year, month, number)
            let date = CalendarDate(year: year, month: month, day: number)
            #expect(date.map { Int($0.dayNumber) } == expected, note)
            guard let date, let expected else { continue }
            #expect(date.parts == (year, month, number), note)
            #expect(CalendarDate(date.description) == date, note)
            // 1970-01-01 was a Thursday.
            #expect(date.isWeekend == [5, 6].contains(((expected + 3) % 7 + 7) % 7), note)
        }
    }

    @Test("follow one another without a gap, through a whole cycle of leap years at either end", arguments: [0, 9_600])
    func contiguous(_ firstYear: Int) throws {
        var (year, month, number) = (firstYear, 1, 1)
        var day = try #require(CalendarDate(year: year, month: month, day: number))
        let last = day.adding(days: 146_096)
        while day < last {
            day = day.adding(days: 1)
            number += 1
            if CalendarDate(year: year, month: month, day: number) == nil { (month, number) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
            guard day.parts == (year, month, number) else {
                Issue.record("\(day) is not \(year)-\(month)-\(number)")
                return
            }
        }
        #expect((year, month, number) == (firstYear + 399, 12, 31))
    }

    @Test(
        "are written YYYY-MM-DD and no other way",
        arguments: [
            "", "2022", "2022-2-12", "2022-02-1", "22-02-12", "2022/02/12", "2022-02-12 ", " 2022-02-12", "2022-02-12T",
            "2022-02-30", "2022-02-29", "1900-02-29", "2022-04-31", "2022-00-01", "2022-13-01", "2022-01-00",
            "2022-01-32",
            "-022-01-01", "+022-01-01", "٢٠٢٢-٠٢-١٢", "２０２２-02-12", "2022-0a-12", "20220212", "10000-01-01",
        ])
    func bad(_ text: String) {
        #expect(CalendarDate(text) == nil)
    }

    @Test("have leap days in leap years", arguments: ["2024-02-29", "2000-02-29", "0000-02-29", "2400-02-29"])
    func leap(_ text: String) throws {
        let date = try day(text)
        #expect(date.description == text)
        #expect(date.adding(days: 1).parts.month == 3)
        #expect(date.days(until: date.adding(days: 365)) == 365)
    }

    @Test("never overflow")
    func overflow() throws {
        let date = try day("2022-02-12")
        #expect(date.adding(days: .max).dayNumber == .max)
        #expect(date.adding(days: .min).dayNumber == .min)
        #expect(CalendarDate(dayNumber: .max).adding(days: 1).dayNumber == .max)
        #expect(CalendarDate(dayNumber: .min).adding(days: -1).dayNumber == .min)
        for extreme in [Int32.min, .max] { #expect(!CalendarDate(dayNumber: extreme).description.isEmpty) }
    }
}
