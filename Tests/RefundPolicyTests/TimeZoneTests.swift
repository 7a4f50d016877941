import Foundation
import RefundPolicy
import Testing

@Suite("the policy's time zone")
struct TimeZoneTests {
    @Test(
        "tells the days of that place",
        arguments: [
            ("UTC", "2022-06-30T23:59:59Z", "2022-06-30"), ("Europe/Berlin", "2022-06-30T22:00:00Z", "2022-07-01"),
            ("Europe/Berlin", "2022-06-30T21:59:59.999999Z", "2022-06-30"),
            ("Europe/Berlin", "2022-12-31T22:59:59Z", "2022-12-31"),
            ("Europe/Berlin", "2022-12-31T23:00:00Z", "2023-01-01"),
            ("America/Los_Angeles", "2022-07-01T06:59:59Z", "2022-06-30"),
            ("Asia/Kolkata", "2022-06-30T18:30:00Z", "2022-07-01"),
            ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
            ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
            ("Asia/Kathmandu", "2022-06-30T18:15:00Z", "2022-07-01"),
        ])
    func days(_ identifier: String, _ moment: String, _ expected: String) throws {
        let zone = try #require(PolicyTimeZone(identifier: identifier))
        #expect(zone.date(of: try instant(moment)).description == expected)
        #expect(zone.identifier == identifier)
    }

    @Test(
        "has a name of the database",
        arguments: [
            "", "Mars/Olympus", "europe/berlin", "utc", "+02:00", "GMT+2", "GMT+0200", "UTC+1", "Z", "Europe/Berlin ",
            "Europe\u{2F}Berl\u{131}n", "../../etc/passwd", String(repeating: "a", count: 10_000),
        ])
    func unknown(_ identifier: String) {
        #expect(PolicyTimeZone(identifier: identifier) == nil)
    }

    @Test("is equal by its name")
    func equality() throws {
        let berlin = try #require(PolicyTimeZone(identifier: "Europe/Berlin"))
        #expect(berlin == PolicyTimeZone(identifier: "Europe/Berlin"))
        #expect(berlin.hashValue == PolicyTimeZone(identifier: "Europe/Berlin")?.hashValue)
        #expect(berlin != PolicyTimeZone(identifier: "Europe/Paris"))
        #expect(PolicyTimeZone.utc == PolicyTimeZone(identifier: "UTC"))
    }

    @Test("answers at the ends of time")
    func extremes() throws {
        let berlin = try #require(PolicyTimeZone(identifier: "Europe/Berlin"))
        for text in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
            let moment = try instant(text)
            #expect(abs(berlin.date(of: moment).days(until: moment.dateInUTC)) <= 1)
        }
    }
}
