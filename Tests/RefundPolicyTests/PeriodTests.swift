import RefundPolicy
import Testing

@Suite("business days as a duration")
struct PeriodTests {
    private func policy() throws -> PolicyVersion {
        var policy = PolicyVersion.standard
        policy.calendar = BusinessCalendar(holidays: [try day("2022-02-21")])
        return policy
    }

    /// 2022-02-18 was a Friday, and the Monday after it is a holiday here.
    @Test(
        "end at the hour at which they began, on the business day that is counted to",
        arguments: [
            ("2022-02-16T09:30:00Z", 1, "2022-02-17T09:30:00Z"), ("2022-02-18T09:30:00Z", 1, "2022-02-22T09:30:00Z"),
            ("2022-02-19T23:59:59Z", 1, "2022-02-22T23:59:59Z"), ("2022-02-17T00:00:00Z", 3, "2022-02-23T00:00:00Z"),
        ])
    func end(_ start: String, _ count: Int, _ end: String) throws {
        #expect(try policy().end(of: .businessDays(count), from: instant(start)) == instant(end))
    }

    @Test(
        "begin at the hour at which they end, counted back",
        arguments: [
            ("2022-02-17T09:30:00Z", 1, "2022-02-16T09:30:00Z"), ("2022-02-22T09:30:00Z", 1, "2022-02-18T09:30:00Z"),
            ("2022-02-20T09:30:00Z", 1, "2022-02-18T09:30:00Z"), ("2022-02-23T00:00:00Z", 3, "2022-02-17T00:00:00Z"),
        ])
    func start(_ end: String, _ count: Int, _ start: String) throws {
        #expect(try policy().start(of: .businessDays(count), endingAt: instant(end)) == instant(start))
    }

    @Test("are told by the policy's zone")
    func zone() throws {
        var policy = try policy()
        policy.timeZone = try #require(PolicyTimeZone(identifier: "America/New_York"))
        // Friday, 22:00 there.
        #expect(
            try policy.end(of: .businessDays(1), from: instant("2022-02-19T03:00:00Z"))
                == instant("2022-02-23T03:00:00Z"))
        #expect(
            try policy.start(of: .businessDays(1), endingAt: instant("2022-02-23T03:00:00Z"))
                == instant("2022-02-19T03:00:00Z"))
    }

    @Test("any other time is as long wherever it stands")
    func plain() throws {
        let noon = try instant("2022-02-18T12:00:00Z")
        #expect(try policy().end(of: .time(.seconds(90)), from: noon) == noon + .seconds(90))
        #expect(try policy().start(of: .time(.seconds(90)), endingAt: noon) == noon - .seconds(90))
    }
}
