import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// What a request comes to when it arrives.
struct OpeningTests {
    @Test("the policy's own example is approved: revoke first, then the payout of $7.00, then the answer")
    func approvesExample() {
        let life = CaseLife()
        #expect(life.transcript == ["approved: revoke#1, payout#1, notice approved"])
        #expect(life.refundCase.state.fulfilment?.refund == money(700))
        #expect(life.refundCase.respondBy == Example.respondBy)
        #expect(life.refundCase.refundBy == Example.refundBy)
        #expect(
            life.effects == [
                .send(.command(.revoke, key: 1), at: MessageOrdinal(0)),
                .send(.command(.payout, key: 1), at: MessageOrdinal(1)),
                .send(.notice(.approved, number: 1), at: MessageOrdinal(2)),
            ])
    }

    @Test("with after_revocation the payout is held, with no message of its own")
    func holdsPayout() {
        let life = CaseLife(policy: .example(payout: .afterRevocation))
        #expect(life.transcript == ["approved: revoke#1, notice approved"])
        #expect(life.refundCase.state.fulfilment?.payout?.progress == .held)
        #expect(life.refundCase.state.fulfilment?.payout?.message == nil)
    }

    @Test("an approved amount of zero revokes and notifies, and sends no payout", arguments: PayoutOrder.allCases)
    func paysNothing(_ order: PayoutOrder) {
        var life = CaseLife(
            .example(usage: Usage(unit: nil, included: 10, remaining: 0)), policy: .example(payout: order))
        #expect(life.transcript == ["approved: revoke#1, notice approved"])
        #expect(life.refundCase.deadlines.refund == .met)
        #expect(
            life.add(.succeeded(.payout, at: Example.receivedAt), at: Example.receivedAt) == "refused: not_applicable")
        #expect(
            life.add(.succeeded(.revoke, at: Example.receivedAt), at: Example.receivedAt) == "settled: notice settled")
    }

    @Test("a rejected request is answered at once, and owes no money")
    func rejects() {
        let life = CaseLife(.example(orderNumber: nil))
        #expect(life.transcript == ["rejected: notice rejected"])
        #expect(life.refundCase.deadlines == Deadlines(response: .pending, refund: .met))
        #expect(!life.refundCase.holdsLine)
    }

    @Test("a request for a person is told so, and both its deadlines run")
    func sendsToReview() {
        let life = CaseLife(.example(dispute: .open))
        #expect(life.transcript == ["in_review: notice in_review"])
        #expect(life.refundCase.dueAt == Example.responseAtRisk)
        #expect(life.refundCase.holdsLine)
    }

    @Test("another case on the line rejects", arguments: [InvoiceLine.Standing.requested, .refunded])
    func rejectsSecond(_ standing: InvoiceLine.Standing) {
        #expect(CaseLife(standing: standing).transcript == ["rejected: notice rejected"])
    }

    @Test(
        "a request that comes late is told from its submission, not from its arrival",
        arguments: [
            (Example.responseAtRisk - .tick, "approved: revoke#1, payout#1, notice approved"),
            (Example.respondBy - .tick, "approved: revoke#1, payout#1, notice approved"),
            (Example.respondBy, "approved: revoke#1, payout#1, notice approved, alert response_missed"),
            (
                Example.refundAtRisk,
                "approved: revoke#1, payout#1, notice approved, alert response_missed, alert refund_at_risk"
            ),
            (
                Example.refundBy,
                "attention: revoke#1, payout#1, notice approved, alert response_missed, alert refund_missed"
            ),
        ])
    func arrivesLate(_ now: Instant, _ expected: String) {
        #expect(CaseLife(at: now).transcript == [expected])
    }

    @Test(
        "a review that starts late warns at once",
        arguments: [
            (Example.responseAtRisk - .tick, "in_review: notice in_review"),
            (Example.responseAtRisk, "in_review: notice in_review, alert response_at_risk"),
            (Example.respondBy, "in_review: notice in_review, alert response_missed"),
            (Example.refundBy, "in_review: notice in_review, alert response_missed, alert refund_missed"),
        ])
    func reviewStartsLate(_ now: Instant, _ expected: String) {
        #expect(CaseLife(.example(dispute: .open), at: now).transcript == [expected])
    }
}
