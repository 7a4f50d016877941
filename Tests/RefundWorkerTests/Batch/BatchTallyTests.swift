import RefundCase
import RefundMessages
import RefundPolicy
import TestSupport
import Testing

@testable import RefundWorker

@Suite("What a batch tells whoever counts")
struct BatchTallyTests {
    private let now = Instant(microsecondsSinceEpoch: 1_645_522_200_000_000)

    private func tally(_ changes: [CaseChange]) -> BatchTally { BatchTally(of: CaseChanges(cases: changes)) }

    /// A case of the example that is opened, as a batch changes it.
    private func opened(standing: InvoiceLine.Standing) -> CaseChange {
        let encoder = OutboundEncoder()
        let (refundCase, effects) = RefundCase.open(
            .example(), policy: .standard, standing: standing, traceparent: nil, at: now)
        return CaseChange(
            id: nil, refundCase: refundCase, policy: nil, firstEvent: 0, events: [],
            messages: effects.compactMap { effect in
                guard case .send(let message, let ordinal) = effect else { return nil }
                return NewMessage(
                    ordinal: ordinal, encoded: encoder.encode(message, of: refundCase, at: now), createdAt: now)
            })
    }

    @Test("each decision counts once, with the policy's reasons")
    func decisions() {
        let tally = tally([opened(standing: .free), opened(standing: .refunded)])
        #expect(tally.decisions.map(\.outcome) == [.approved, .rejected])
        #expect(tally.decisions.map { Array($0.reasons) } == [[], [.alreadyRefunded]])
        #expect(tally.deadlines.isEmpty)
        #expect(tally.callsForAttention == 0)
    }

    @Test("a person's rejection counts under its own code")
    func review() {
        var change = opened(standing: .refunded)
        change.id = CaseID(1)
        #expect(tally([change]).decisions.map { Array($0.reasons) } == [[.rejectedByReview]])
    }

    @Test("alerts are told apart by what they are about")
    func alerts() {
        var change = opened(standing: .free)
        change.messages = [
            ("rr-1/alert/response_at_risk", OutboundType.deadlineAtRisk), ("rr-1/alert/refund_missed", .deadlineMissed),
            ("rr-1/alert/payout_failed", .needsAttention),
        ].enumerated().map { place, alert in
            NewMessage(
                ordinal: MessageOrdinal(place), encoded: EncodedMessage(id: alert.0, type: alert.1, body: []),
                createdAt: now)
        }
        let tally = tally([change])
        #expect(tally.deadlines.map(\.kind) == [.response, .refund])
        #expect(tally.deadlines.map(\.isMissed) == [false, true])
        #expect(tally.callsForAttention == 1)
        #expect(tally.decisions.isEmpty)
    }
}
