import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Reviews, withdrawals and retries (contract §§ 3 and 4).
struct PeopleTests {
    private let now = Happening.now

    @Test("an approval by review takes the computed amount, or the one that it names")
    func approvesAmount() {
        var computed = CaseLife(.example(dispute: .open))
        computed.add(.reviewed(.approve), at: now)
        #expect(computed.refundCase.state.fulfilment?.refund == money(700))
        var named = CaseLife(.example(dispute: .open))
        named.add(.reviewed(.approve, amount: money(1_000)), at: now)
        #expect(named.refundCase.state.fulfilment?.refund == money(1_000))
    }

    @Test("an approval of an amount that can't be computed needs one")
    func needsAmount() {
        var life = CaseLife(.example(usage: Usage(unit: nil, included: 0, remaining: 7)))
        #expect(life.status == .inReview)
        #expect(life.add(.reviewed(.approve), at: now) == "refused: amount_needed")
        #expect(
            life.add(.reviewed(.approve, amount: money(300)), at: now)
                == "approved: revoke#1, payout#1, notice approved")
    }

    @Test("a review's amount is at most what was paid, in its currency", arguments: Review.Verdict.allCases)
    func limitsAmount(_ verdict: Review.Verdict) {
        let situation = verdict == .close ? Situation.attention : .inReview
        for amount in [money(1_001), money(700, "EUR"), money(0, "JPY")] {
            var life = situation.life
            #expect(life.add(.reviewed(verdict, amount: amount), at: now) == "refused: invalid_amount")
        }
        for amount in [money(1_000), money(0)] {
            var life = situation.life
            #expect(!life.add(.reviewed(verdict, amount: amount), at: now).hasPrefix("refused"))
        }
    }

    @Test("an approval of nothing revokes and sends no payout")
    func approvesNothing() {
        var life = CaseLife(.example(dispute: .open))
        #expect(life.add(.reviewed(.approve, amount: money(0)), at: now) == "approved: revoke#1, notice approved")
        #expect(life.refundCase.deadlines.refund == .met)
    }

    @Test(
        "the same verdict once more changes nothing, and another one is refused",
        arguments: [Review.Verdict.approve, .reject])
    func repeatsVerdict(_ verdict: Review.Verdict) {
        var life = CaseLife(.example(dispute: .open))
        life.add(.reviewed(verdict), at: now)
        #expect(life.add(.reviewed(verdict), at: now) == "unchanged")
        #expect(life.add(.reviewed(verdict, note: "other"), at: now) == "refused: not_applicable")
    }

    @Test("a withdrawal is confirmed or refused once")
    func withdrawsOnce() {
        var review = CaseLife(.example(dispute: .open))
        review.add(.withdrawn(at: now), at: now)
        #expect(review.add(.withdrawn(at: now), at: now) == "unchanged")
        #expect(review.refundCase.dueAt == nil)
        #expect(!review.refundCase.holdsLine)
        var paid = CaseLife()
        #expect(paid.add(.withdrawn(at: now), at: now) == "approved: notice withdrawal_refused")
        #expect(paid.add(.withdrawn(at: now), at: now) == "unchanged")
    }

    @Test("a withdrawal does not undo an answer that was missed, noticed or not")
    func withdrawsLate() {
        var noticed = CaseLife(.example(dispute: .open))
        noticed.fallDue(at: Example.respondBy, answeredAt: nil)
        noticed.add(.withdrawn(at: Example.respondBy), at: Example.respondBy)
        #expect(noticed.refundCase.deadlines == Deadlines(response: .missed, refund: .met))
        var unnoticed = CaseLife(.example(dispute: .open))
        #expect(
            unnoticed.add(.withdrawn(at: Example.respondBy), at: Example.respondBy)
                == "withdrawn: alert response_missed, notice withdrawn")
        #expect(unnoticed.refundCase.deadlines == Deadlines(response: .missed, refund: .met))
        #expect(unnoticed.refundCase.dueAt == nil)
    }

    @Test("a withdrawal is honoured while the payout waits for the revocation, and no longer")
    func withdrawsBeforePayout() {
        var waiting = CaseLife(policy: .example(payout: .afterRevocation))
        // The revocation is out, and the customer keeps the service: a person restores the access.
        let withdrawn = "withdrawn: notice withdrawn, alert revoke_after_withdrawal"
        #expect(waiting.add(.withdrawn(at: now), at: now) == withdrawn)
        #expect(waiting.refundCase.dueAt == nil)
        #expect(waiting.add(.succeeded(.revoke, at: now), at: now) == "unchanged")
        #expect(waiting.add(.failed(.revoke, at: now), at: now) == "unchanged")
        #expect(waiting.add(.succeeded(.payout, at: now), at: now) == "refused: not_applicable")
        var paying = CaseLife(policy: .example(payout: .afterRevocation))
        paying.add(.succeeded(.revoke, at: now), at: now)
        #expect(paying.add(.withdrawn(at: now), at: now) == "approved: notice withdrawal_refused")
    }

    @Test("a withdrawal is honoured where nothing is to be paid, until the revocation has succeeded")
    func withdrawsZero() {
        let request = RefundRequest.example(usage: Usage(unit: nil, included: 10, remaining: 0))
        var early = CaseLife(request)
        #expect(
            early.add(.withdrawn(at: now), at: now) == "withdrawn: notice withdrawn, alert revoke_after_withdrawal")
        var late = CaseLife(request)
        late.add(.succeeded(.revoke, at: now), at: now)
        #expect(late.add(.withdrawn(at: now), at: now) == "settled: notice withdrawal_refused")
    }

    @Test("a retry leaves a held payout waiting, and the payout goes out with the revocation's success")
    func retriesHeld() {
        var life = CaseLife(policy: .example(payout: .afterRevocation))
        life.add(.failed(.revoke, at: now, retryable: false), at: now)
        #expect(life.add(.retried(), at: now) == "approved: revoke#2")
        #expect(life.refundCase.state.fulfilment?.payout?.progress == .held)
        #expect(life.add(.succeeded(.revoke, key: 2, at: now), at: now) == "approved: payout#1")
    }

    @Test(
        "a retry sends what failed under its next key and what was not answered under the same, and nothing that succeeded"
    )
    func retriesUnfinished() {
        var life = Situation.attention.life
        #expect(life.add(.retried(), at: now) == "approved: revoke again, attempt 2, payout#2")
        #expect(life.add(.retried(), at: now) == "unchanged")
        #expect(life.add(.retried(note: "other"), at: now) == "refused: not_applicable")
        var revoked = Situation.attention.life
        revoked.add(.succeeded(.revoke, at: now), at: now)
        #expect(revoked.add(.retried(), at: now) == "approved: payout#2")
    }

    @Test("each round calls a person under a cause of its own")
    func alertsEachRound() {
        var life = Situation.attention.life
        for round in 2...4 {
            life.add(.retried(), at: now)
            let expected = "attention: alert payout_failed.\(round)"
            #expect(life.add(.failed(.payout, key: round, at: now, retryable: false), at: now) == expected)
        }
    }

    @Test("a close counts as the money in time, unless the deadline was missed before")
    func closes() {
        var inTime = Situation.attention.life
        inTime.add(.reviewed(.close), at: now)
        #expect(inTime.refundCase.deadlines.refund == .met)
        var late = Situation.attention.life
        late.fallDue(at: Example.refundBy)
        late.add(.reviewed(.close), at: Example.refundBy)
        #expect(late.refundCase.deadlines.refund == .missed)
    }
}
