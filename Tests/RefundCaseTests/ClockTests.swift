import Foundation
import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// The sender's clock is shown to people and decides nothing; what is told and computed lies in range (contract § 4).
struct ClockTests {
    private let start = Example.receivedAt

    private func later(_ minutes: Int) -> Instant { start + .minutes(minutes) }

    private func settlement(_ occurredAt: Instant, toldAt now: Instant) throws -> [String: Any] {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.succeeded(.payout, at: occurredAt), at: now)
        let notice = try #require(life.messages.last)
        #expect(notice.encoded.id == "rr-1042/settled")
        return try #require(try JSONSerialization.jsonObject(with: Data(notice.encoded.body)) as? [String: Any])
    }

    /// Told on the 23rd, of a payout that was sent on the 22nd at 09:30:01.
    @Test(
        "the days of the money count from when it moved, where the clock is in range, else from the arrival",
        arguments: [
            ("2022-02-22T09:30:01Z", "2022-02-23"), ("2022-02-22T09:25:02Z", "2022-02-23"),
            ("2022-02-22T09:25:00Z", "2022-02-24"), ("2022-02-21T23:00:00Z", "2022-02-24"),
            ("0001-01-01T00:00:00Z", "2022-02-24"), ("1970-01-01T00:00:00Z", "2022-02-24"),
            ("2022-02-23T12:04:59Z", "2022-02-24"), ("2022-02-24T12:00:00Z", "2022-02-24"),
            ("2099-12-31T00:00:00Z", "2022-02-24"), ("9999-12-31T23:59:59Z", "2022-02-24"),
        ])
    func fundsAreExpected(_ occurredAt: String, _ earliest: String) throws {
        let notice = try settlement(instant(occurredAt), toldAt: instant("2022-02-23T12:00:00Z"))
        #expect((notice["funds_expected"] as? [String: String])?["earliest"] == earliest)
    }

    @Test("no date of a settlement lies before the request or years ahead, whatever the clocks say")
    func tellsPlausibleDates() throws {
        var random = SplitMix64(seed: 18)
        for _ in 0..<300 {
            let now = start + .seconds(Int.random(in: 60...1_200_000, using: &random))
            let occurredAt = Instant(
                microsecondsSinceEpoch: Int64.random(
                    in: -62_135_596_800_000_000...253_402_300_799_000_000, using: &random))
            let notice = try settlement(occurredAt, toldAt: now)
            let funds = try #require(notice["funds_expected"] as? [String: String])
            let dates = [notice["settled_at"] as? String ?? "", funds["earliest"] ?? "", funds["latest"] ?? ""]
            for date in dates {
                #expect(date >= "2022-02-22" && date < "2022-04-01", "\(occurredAt) told at \(now): \(dates)")
            }
        }
    }

    @Test(
        "the refund's deadline is met by when the money moved, in range, and never by a time to come",
        arguments: [
            (Example.refundBy, Example.refundBy, Deadlines.Standing.met),
            (Example.refundBy, Example.refundBy + .hours(1), .met),
            (Example.refundBy + .tick, Example.refundBy + .tick, .missed),
            (Example.refundBy + .hours(9), Example.refundBy, .met),
            // The sender's clock is years off: the arrival counts.
            (instant("1970-01-01T00:00:00Z"), Example.refundBy + .hours(1), .missed),
            (instant("2099-01-01T00:00:00Z"), Example.refundBy - .hours(1), .met),
        ])
    func meetsRefundDeadline(_ occurredAt: Instant, _ now: Instant, _ expected: Deadlines.Standing) {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.succeeded(.payout, at: occurredAt), at: now)
        #expect(life.refundCase.deadlines.refund == expected)
        #expect(life.status == .settled)
    }

    @Test("a bounce or its contradiction: only where both clocks are in range is the earlier failure one")
    func contradictionNeedsRange() {
        let now = later(30)
        let table: [(success: Instant, failure: Instant, isContradiction: Bool)] = [
            (later(10), later(9), true), (later(10), later(10), false), (later(10), later(11), false),
            (start - .minutes(4), start - .minutes(4) - .tick, true),
            (later(10), start - .minutes(6), false), (later(10), instant("1970-01-01T00:00:00Z"), false),
            (now + .minutes(4), later(9), true), (now + .minutes(6), later(9), false),
            (instant("2099-01-01T00:00:00Z"), later(9), false), (start - .minutes(6), start - .minutes(7), false),
        ]
        for row in table {
            var life = CaseLife()
            life.add(.succeeded(.revoke, at: start), at: start)
            life.add(.succeeded(.payout, at: row.success), at: now)
            let outcome = life.meets(.failed(.payout, at: row.failure), at: now)
            let alert = row.isContradiction ? "payout_contradicted" : "payout_bounced"
            #expect(outcome.effects.contains("alert \(alert)/payout#1"), "\(row)")
        }
    }
}
