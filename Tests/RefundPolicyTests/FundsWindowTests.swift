import RefundPolicy
import Testing

@Suite("when the money is on the card")
struct FundsWindowTests {
    @Test(
        "business days are counted from the day after the settlement",
        arguments: [
            // 2022-02-18 was a Friday; 2022-12-26 is a holiday, 2022-12-27 may be one.
            ("2022-02-15", 1, 2, "2022-02-16", "2022-02-17"), ("2022-02-17", 1, 2, "2022-02-18", "2022-02-21"),
            ("2022-02-18", 1, 2, "2022-02-21", "2022-02-22"), ("2022-02-19", 1, 2, "2022-02-21", "2022-02-22"),
            ("2022-02-20", 1, 2, "2022-02-21", "2022-02-22"), ("2022-12-23", 1, 2, "2022-12-27", "2022-12-28"),
            ("2022-12-22", 1, 2, "2022-12-23", "2022-12-27"), ("2022-12-26", 1, 1, "2022-12-27", "2022-12-27"),
            ("2022-02-15", 0, 1, "2022-02-15", "2022-02-16"), ("2022-02-19", 0, 1, "2022-02-21", "2022-02-21"),
            ("2022-12-26", 0, 0, "2022-12-27", "2022-12-27"), ("2022-02-15", 5, 10, "2022-02-22", "2022-03-01"),
        ])
    func window(_ settled: String, _ earliest: Int, _ latest: Int, _ first: String, _ last: String) throws {
        let calendar = BusinessCalendar(holidays: [try day("2022-12-26")])
        let expected = FundsWindow(earliest: earliest, latest: latest).expected(
            settledOn: try day(settled), by: calendar)
        #expect(expected.earliest.description == first)
        #expect(expected.latest.description == last)
    }

    @Test("weeks of holidays are waited for")
    func longHolidays() throws {
        let start = try day("2022-12-01")
        let closed = (1...400).map { start.adding(days: $0) }
        let expected = FundsWindow(earliest: 1, latest: 2)
            .expected(settledOn: start, by: BusinessCalendar(holidays: closed.reversed()))
        let first = start.adding(days: 401)
        #expect(
            expected.earliest == (first.isWeekend ? first.adding(days: first.adding(days: 1).isWeekend ? 2 : 1) : first)
        )
        #expect(!expected.latest.isWeekend && expected.latest > expected.earliest)
    }

    @Test("the answer agrees with plain counting", arguments: [31] as [UInt64])
    func counting(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<500 {
            let settled = CalendarDate(dayNumber: Int32.random(in: 18_000...20_000, using: &random))
            let holidays = (0..<Int.random(in: 0...30, using: &random)).map { _ in
                settled.adding(days: Int.random(in: -5...40, using: &random))
            }
            let count = Int.random(in: 1...30, using: &random)
            let found = FundsWindow(earliest: count, latest: count)
                .expected(settledOn: settled, by: BusinessCalendar(holidays: holidays)).earliest
            let between = (1...settled.days(until: found)).map { settled.adding(days: $0) }
            #expect(between.filter { !$0.isWeekend && !holidays.contains($0) }.count == count, "seed \(seed)")
            #expect(!found.isWeekend && !holidays.contains(found), "seed \(seed)")
        }
    }

    @Test("holidays are kept in order, each once")
    func holidayOrder() throws {
        let days = [try day("2022-12-26"), try day("2022-01-01"), try day("2022-12-26")]
        #expect(BusinessCalendar(holidays: days).holidays == [days[1], days[0]])
    }

    @Test("a weekend may be any days but all seven")
    func weekend() throws {
        // 2022-02-18 was a Friday.
        let friday = try day("2022-02-18")
        let calendar = BusinessCalendar(weekend: [.sat, .fri, .fri], holidays: [friday.adding(days: 2)])
        #expect(calendar.weekend == [.fri, .sat])
        #expect(calendar.businessDay(from: friday) == friday.adding(days: 3))
        #expect(calendar.businessDay(2, after: friday) == friday.adding(days: 4))
        #expect(calendar.businessDay(0, after: friday) == friday)
        #expect(BusinessCalendar(weekend: BusinessCalendar.Weekday.allCases).weekend == [])
    }

    @Test("counting ends, whatever the window and wherever the day")
    func bounded() {
        let funds = FundsWindow(earliest: .min, latest: .max)
        for number in [Int32.min, 0, .max] {
            let expected = funds.expected(settledOn: CalendarDate(dayNumber: number), by: BusinessCalendar())
            #expect(expected.earliest <= expected.latest)
        }
    }
}
