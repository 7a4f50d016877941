import Foundation
import RefundPolicy
import Testing

@Suite("instants of RFC 3339")
struct InstantTests {
    @Test(
        "are read with any offset and written in UTC",
        arguments: [
            ("2022-02-22T09:30:00Z", "2022-02-22T09:30:00Z"), ("2022-02-22t09:30:00z", "2022-02-22T09:30:00Z"),
            ("2022-02-22T09:30:00+00:00", "2022-02-22T09:30:00Z"),
            ("2022-02-22T09:30:00-00:00", "2022-02-22T09:30:00Z"),
            ("2022-02-20T05:00:00+09:00", "2022-02-19T20:00:00Z"),
            ("2022-02-19T20:00:00-05:00", "2022-02-20T01:00:00Z"),
            ("2022-02-22T09:30:00+23:59", "2022-02-21T09:31:00Z"),
            ("2022-02-22T09:30:00.5Z", "2022-02-22T09:30:00.500Z"),
            ("2022-02-22T09:30:00.123456Z", "2022-02-22T09:30:00.123456Z"),
            ("2022-02-22T09:30:00.1234569999Z", "2022-02-22T09:30:00.123456Z"),
            ("2022-02-22T09:30:00.000001Z", "2022-02-22T09:30:00.000001Z"),
            ("2022-02-22T09:30:00.000000Z", "2022-02-22T09:30:00Z"),
            ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"), ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59.999999Z"),
            ("2017-01-01T00:59:60.5+01:00", "2016-12-31T23:59:59.999999Z"),
        ])
    func good(_ text: String, _ written: String) throws {
        let read = try instant(text)
        #expect(read.description == written)
        #expect(Instant(read.description) == read)
    }

    @Test(
        "in any other form are none",
        arguments: [
            "", "2022-02-22", "2022-02-22T09:30Z", "2022-02-22T09:30:00", "2022-02-22 09:30:00Z", "2022-02-22T9:30:00Z",
            "2022-02-22T24:00:00Z", "2022-02-22T09:60:00Z", "2022-02-22T09:30:61Z", "2022-02-22T09:30:60Z",
            "2022-02-30T09:30:00Z", "2022-02-22T09:30:00.Z", "2022-02-22T09:30:00,5Z", "2022-02-22T09:30:00+0100",
            "2022-02-22T09:30:00+01", "2022-02-22T09:30:00+24:00", "2022-02-22T09:30:00+01:60", "2022-02-22T09:30:00ZZ",
            "2022-02-22T09:30:00Z ", " 2022-02-22T09:30:00Z", "2022-02-22T09:30:00 Z", "2022-02-22T-9:30:00Z",
            "2022-02-22T09:30:00.5", "2022-02-22T09:30:00UTC", "2022-02-22T０9:30:00Z", "2022-W08-2T09:30:00Z",
            "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "9999-12-31T23:59:60Z",
            "2022-02-22T09:30:00." + String(repeating: "1", count: 100) + "Z",
        ])
    func bad(_ text: String) {
        #expect(Instant(text) == nil)
    }

    @Test("agree with Foundation", arguments: [21] as [UInt64])
    func foundation(_ seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let formatter = ISO8601DateFormatter()
        for _ in 0..<2_000 {
            let seconds = Int64.random(in: -10_000_000_000...250_000_000_000, using: &random)
            let text = Instant(microsecondsSinceEpoch: seconds * 1_000_000).description
            let date = try #require(formatter.date(from: text), "seed \(seed): \(text)")
            #expect(Int64(date.timeIntervalSince1970) == seconds, "seed \(seed): \(text)")
        }
    }

    @Test("round down to seconds and days, before 1970 as well")
    func floors() throws {
        let before = try instant("1969-12-31T23:59:59.999999Z")
        #expect(before.secondsSinceEpoch == -1)
        #expect(before.dateInUTC == (try day("1969-12-31")))
        #expect(try instant("1970-01-01T00:00:00Z").secondsSinceEpoch == 0)
        #expect(before.date(offsetSeconds: 1) == (try day("1970-01-01")))
    }

    @Test("never overflow")
    func overflow() throws {
        let last = Instant(microsecondsSinceEpoch: .max)
        let first = Instant(microsecondsSinceEpoch: .min)
        let forever = Duration.seconds(Int64.max)
        #expect(last + .seconds(1) == last && first - .seconds(1) == first)
        #expect(first + forever == last || first + forever > first)
        #expect(last + forever == last && first - forever == first)
        #expect(last - .seconds(Int64.min) == last)
        #expect(last - first == .microseconds(Int64.max) - .microseconds(Int64.min))
        #expect(Duration.seconds(Int64.max).microseconds == .max && Duration.seconds(Int64.min).microseconds == .min)
        for instant in [first, last] { #expect(instant.description.hasSuffix("Z")) }
        #expect(try instant("2022-02-22T09:30:00Z") - instant("2022-02-22T09:29:59.5Z") == .milliseconds(500))
    }
}
