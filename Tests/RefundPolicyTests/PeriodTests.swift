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

    /// Clocks in Berlin went forward on 2022-03-27 at 02:00 (UTC+1 before) and back on 2022-10-30 at 03:00.
    @Test(
        "keep the local time of day over the changes of the clocks, both ways",
        arguments: [
            ("2022-10-27T22:15:00Z", 1, "2022-10-30T23:15:00Z"),
            ("2022-10-28T07:30:00.000250Z", 2, "2022-11-01T08:30:00.000250Z"),
            ("2022-03-24T23:15:00Z", 1, "2022-03-27T22:15:00Z"), ("2022-03-25T08:30:00Z", 1, "2022-03-28T07:30:00Z"),
        ])
    func clockChanges(_ start: String, _ count: Int, _ end: String) throws {
        var policy = PolicyVersion.standard
        policy.timeZone = try #require(PolicyTimeZone(identifier: "Europe/Berlin"))
        #expect(try policy.end(of: .businessDays(count), from: instant(start)) == instant(end))
        #expect(try policy.start(of: .businessDays(count), endingAt: instant(end)) == instant(start))
    }

    @Test("that end at a time that the clocks skip end when they show another; of one that comes twice, the first")
    func skippedTimes() throws {
        var policy = PolicyVersion.standard
        policy.timeZone = try #require(PolicyTimeZone(identifier: "Europe/Berlin"))
        policy.calendar = BusinessCalendar(weekend: [])
        // 02:30 on the day before; on the day itself clocks go from 02:00 to 03:00, and in autumn from 03:00 to 02:00.
        #expect(
            try policy.end(of: .businessDays(1), from: instant("2022-03-26T01:30:00Z"))
                == instant("2022-03-27T01:30:00Z"))
        #expect(
            try policy.end(of: .businessDays(1), from: instant("2022-10-29T00:30:00Z"))
                == instant("2022-10-30T00:30:00Z"))
        #expect(
            try policy.start(of: .businessDays(1), endingAt: instant("2022-10-31T01:30:00Z"))
                == instant("2022-10-30T00:30:00Z"))
        #expect(
            try policy.start(of: .businessDays(1), endingAt: instant("2022-03-28T00:30:00Z"))
                == instant("2022-03-27T01:30:00Z"))
    }

    @Test("any other time is as long wherever it stands")
    func plain() throws {
        let noon = try instant("2022-02-18T12:00:00Z")
        #expect(try policy().end(of: .time(.seconds(90)), from: noon) == noon + .seconds(90))
        #expect(try policy().start(of: .time(.seconds(90)), endingAt: noon) == noon - .seconds(90))
    }
}
