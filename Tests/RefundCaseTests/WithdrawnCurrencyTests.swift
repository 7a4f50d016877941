import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

/// The lev was withdrawn after 31 December 2025.
@Suite("A held payout in a currency that was withdrawn meanwhile")
struct WithdrawnCurrencyTests {
    private static let submittedAt = instant("2025-12-30T09:30:00Z")
    private static let before = instant("2025-12-31T23:59:59Z")
    private static let after = instant("2026-01-01T00:00:00Z")

    private func request(_ change: (inout RefundRequest) -> Void = { _ in }) throws -> RefundRequest {
        let lev = try #require(Currency(code: "BGN"))
        var request = RefundRequest.example(
            submittedAt: Self.submittedAt, paid: try #require(Money(minorUnits: 1_000, currency: lev)))
        request.invoice.issuedOn = day("2025-12-20")
        request.term = nil
        change(&request)
        return request
    }

    private func revoked(at time: Instant) throws -> CaseLife {
        var life = CaseLife(try request(), policy: .example(payout: .afterRevocation), at: Self.submittedAt)
        life.add(.succeeded(.revoke, at: time), at: time)
        return life
    }

    @Test("goes to a person instead, and out on the last day still")
    func afterRevocation() throws {
        let paid = try revoked(at: Self.before)
        #expect(paid.status == .approved)
        #expect(paid.messages.last?.encoded.id == "rr-1042/payout#1")
        let held = try revoked(at: Self.after)
        #expect(held.status == .attention)
        #expect(!held.messages.contains { $0.command == .payout })
        let alert = try #require(held.messages.last?.encoded)
        #expect(alert.id == "rr-1042/alert/currency_withdrawn")
        #expect(String(decoding: alert.body, as: UTF8.self).contains(#""code":"currency_withdrawn""#))
    }

    @Test("also where it was held to cool off")
    func coolingOff() throws {
        var life = CaseLife(try request(), policy: .example(coolingOff: .days(5)), at: Self.submittedAt)
        life.pass(until: Self.submittedAt + .days(5))
        #expect(life.status == .attention)
        #expect(life.messages.compactMap(\.command) == [.revoke])
        #expect(life.messages.contains { $0.encoded.id == "rr-1042/alert/currency_withdrawn" })
    }

    @Test("is paid all the same where a person says so, or settled by other means")
    func ways() throws {
        var retried = try revoked(at: Self.after)
        retried.add(.retried(), at: Self.after + .seconds(1))
        #expect(retried.status == .approved)
        #expect(retried.messages.last?.encoded.id == "rr-1042/payout#1")
        var closed = try revoked(at: Self.after)
        closed.add(.reviewed(.close), at: Self.after + .seconds(1))
        #expect(closed.status == .settled)
        #expect(!closed.messages.contains { $0.command == .payout })
    }

    @Test("is the policy's zone's: there the last day may still last")
    func zone() throws {
        var policy = PolicyVersion.example(payout: .afterRevocation)
        policy.timeZone = try #require(PolicyTimeZone(identifier: "America/New_York"))
        var life = CaseLife(try request(), policy: policy, at: Self.submittedAt)
        life.add(.succeeded(.revoke, at: Self.after), at: Self.after)
        #expect(life.messages.last?.encoded.id == "rr-1042/payout#1")
    }

    @Test("that a person knew of is paid without another question")
    func known() throws {
        let request = try request { $0.submittedAt = instant("2026-01-02T09:30:00Z") }
        var life = CaseLife(
            request, policy: .example(payout: .afterRevocation), at: instant("2026-01-02T09:30:01Z"))
        #expect(life.status == .inReview)
        #expect(life.refundCase.decision.reasons.contains(.currencyWithdrawn))
        let later = instant("2026-01-02T10:00:00Z")
        life.add(.reviewed(.approve), at: later)
        life.add(.succeeded(.revoke, at: later + .seconds(5)), at: later + .seconds(5))
        #expect(life.messages.last?.encoded.id == "rr-1042/payout#1")
    }

    @Test("the stored state gives the same case")
    func kept() throws {
        let held = try revoked(at: Self.after).refundCase
        let codec = CaseStateCodec()
        let read = try codec.decode(
            codec.encode(held), status: held.state.status, request: held.request, policy: held.origin.version,
            openedAt: held.openedAt)
        #expect(read == held)
    }
}
