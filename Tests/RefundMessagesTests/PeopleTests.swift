import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

@Suite("What people say is written as it is read")
struct PeopleTests {
    private let now = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    private func read(_ body: [UInt8], as type: InboundType) throws -> InboundMessage {
        try InboundDecoder().decode(body, as: type, at: now)
    }

    @Test("a review, with and without what may be left out", arguments: Review.Verdict.allCases)
    func review(_ verdict: Review.Verdict) throws {
        let id = try #require(RequestID("rr-1042"))
        let dollars = try #require(Currency(code: "USD"))
        for amount in [nil, Money(decimal: "5.00", currency: dollars)] {
            let review = Review(
                actionID: actionID("act-7"), verdict: verdict, amount: amount,
                reference: amount.map { _ in "bank-7" }, by: Signature("ann@desk"), note: "\"agreed\"\nby phone",
                reasonText: amount.map { _ in "We are sorry." })
            #expect(
                try read(InboundEncoder().encode(review, of: id), as: .reviewed) == .event(.reviewed(review), of: id))
        }
    }

    @Test("a withdrawal, with and without a reason", arguments: [nil, "the customer called"])
    func withdrawal(_ reason: String?) throws {
        let id = try #require(RequestID("rr-1042"))
        let withdrawal = Withdrawal(submittedAt: now, reason: reason)
        #expect(
            try read(InboundEncoder().encode(withdrawal, of: id), as: .withdrawn)
                == .event(.withdrawn(withdrawal), of: id))
    }

    @Test("a retry, with and without a note", arguments: [nil, "the payout system is back"])
    func retry(_ note: String?) throws {
        let id = try #require(RequestID("rr-1042"))
        let retry = Retry(actionID: actionID("act-8"), by: Signature("ann@desk"), note: note)
        #expect(try read(InboundEncoder().encode(retry, of: id), as: .retried) == .event(.retried(retry), of: id))
    }

    @Test("a pause and its end")
    func pause() throws {
        let pause = PayoutPause(actionID: actionID("pause-1"), by: Signature("ann@desk"), note: "the bank\nsends twice")
        #expect(try read(InboundEncoder().encode(pause), as: .payoutsPaused) == .paused(pause))
        let resumption = PayoutResumption(
            actionID: actionID("resume-1"), pause: actionID("pause-1"), by: Signature("ben@desk"), note: "mended")
        #expect(try read(InboundEncoder().encode(resumption), as: .payoutsResumed) == .resumed(resumption))
    }
}
