import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// What is told of a case that a person has ended: by a close, by a void, or the customer by a withdrawal.
struct ClosedCaseTests {
    private let start = Example.receivedAt

    private func later(_ minutes: Int) -> Instant { start + .minutes(minutes) }

    /// The access is withdrawn, the payout has failed for good, and a person has paid by bank transfer.
    private var paidByHand: CaseLife {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.failed(.payout, at: start, retryable: false), at: start)
        life.add(.reviewed(.close), at: later(1))
        return life
    }

    /// The payout has succeeded, the revocation was refused, and a person has seen to it.
    private var paidBySystem: CaseLife {
        var life = CaseLife()
        life.add(.succeeded(.payout, at: start), at: start)
        life.add(.failed(.revoke, at: start, retryable: false), at: start)
        life.add(.reviewed(.close), at: later(1))
        return life
    }

    @Test("a close ends all sending, the revocation's as well")
    func endsSending() {
        for situation in [Situation.payoutFailed, .unanswered, .missed, .bounced] {
            var life = situation.life
            life.add(.reviewed(.close), at: situation.now)
            #expect(life.status == .settled, "\(situation)")
            #expect(life.sends(until: Example.refundBy + .days(30)) == [], "\(situation)")
        }
    }

    @Test("a message that no worker has in its memory is taken back by the close")
    func takesBack() {
        var life = Situation.payoutFailed.life
        life.broker = .unsent
        life.add(.retried(), at: later(10))
        life.add(.failed(.revoke, at: later(11), retryable: false), at: later(11))
        #expect(life.status == .attention)
        life.add(.reviewed(.close), at: later(12))
        #expect(life.status == .settled)
        #expect(life.messages.filter { $0.command == .payout }.count == 1, "payout#2 never goes out")
    }

    @Test("the revocation of a case that was paid by hand comes undone: recorded, and a person called")
    func revocationUndone() {
        var life = paidByHand
        #expect(
            life.meets(.failed(.revoke, at: later(2)), at: later(2)) == "settled: alert revoke_undone/revoke#1")
        #expect(life.meets(.retried(), at: later(3)) == Situation.no)
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("a payout that succeeds after a close is booked and calls a person; its bounce calls one, too")
    func succeedsAfterClose() {
        var life = paidByHand
        #expect(
            life.meets(.succeeded(.payout, at: later(2)), at: later(2)) == "settled: alert payout_after_end/payout#1")
        #expect(life.meets(.succeeded(.payout, at: later(2)), at: later(3)) == "unchanged")
        #expect(
            life.meets(.failed(.payout, at: later(4)), at: later(4)) == "settled: alert payout_bounced/payout#1")
        #expect(life.refundCase.deadlines.refund == .met)
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("what was told as paid was the payout's money: its bounce opens the case again, and a retry pays")
    func bouncesAfterClose() {
        var life = paidBySystem
        #expect(
            life.meets(.failed(.payout, at: later(2)), at: later(2))
                == "attention: alert payout_bounced/payout#1, notice delayed")
        #expect(life.refundCase.deadlines.refund == .pending)
        #expect(life.sends(until: Example.refundAtRisk - .tick) == [])
        #expect(life.meets(.retried(), at: later(20)) == "approved: payout#2")
    }

    @Test("a close in part tells what it covered, and nothing of the case is sent any more")
    func coversInPart() {
        var life = Situation.payoutFailed.life
        #expect(life.meets(.reviewed(.close, amount: money(300)), at: later(10)) == "settled: notice settled")
        #expect(life.refundCase.state.fulfilment?.paidBy.isEmpty == false)
        #expect(life.sends(until: Example.refundBy) == [])
        #expect(life.meets(.retried(), at: later(11)) == Situation.no)
    }

    @Test("only an end without the payout that was sent may still be told of as paid")
    func mayBePaidAfterEnd() {
        for situation in Situation.allCases where situation.life.status.isOpen {
            var closed = situation.life
            #expect(!closed.refundCase.mayBePaidAfterEnd, "\(situation) is open")
            closed.add(.reviewed(.close), at: situation.now)
            guard closed.status == .settled, let payout = closed.refundCase.state.fulfilment?.payout else { continue }
            #expect(closed.refundCase.mayBePaidAfterEnd == !(payout.keys.isEmpty || payout.stands), "\(situation)")
        }
        #expect(!paidBySystem.refundCase.mayBePaidAfterEnd)
        var late = paidByHand
        #expect(late.refundCase.mayBePaidAfterEnd)
        late.add(.succeeded(.payout, at: later(3)), at: later(3))
        #expect(!late.refundCase.mayBePaidAfterEnd, "it is booked")
    }

    @Test("a close names at most what is owed, in its currency")
    func limitsAmount() {
        for amount in [money(701), money(1_000), money(300, "EUR"), money(0)] {
            var life = Situation.payoutFailed.life
            #expect(life.meets(.reviewed(.close, amount: amount), at: later(10)) == "refused: invalid_amount")
            #expect(life.status == .attention)
        }
        // A payout that stands owes nothing.
        var paid = Situation.revokeFailed.life
        #expect(paid.meets(.reviewed(.close, amount: money(1)), at: later(10)) == "refused: invalid_amount")
    }

    @Test("a close that was repeated closes nothing that came back; another one does")
    func closesAgain() {
        var life = paidBySystem
        life.add(.failed(.payout, at: later(2)), at: later(2))
        #expect(life.meets(.reviewed(.close), at: later(3)) == "unchanged")
        #expect(life.status == .attention)
        #expect(life.meets(.reviewed(.close, action: "another"), at: later(4)) == "settled: notice settled.2")
        life.add(.failed(.payout, at: later(5), code: "twice"), at: later(5))
        #expect(life.status == .settled)
    }

    @Test("a payout that succeeds after a void is booked and calls a person, and its bounce is recorded")
    func succeedsAfterVoid() {
        var life = Situation.voided.life
        #expect(
            life.meets(.succeeded(.payout, at: later(20)), at: later(20)) == "rejected: alert payout_after_end/payout#1"
        )
        #expect(life.refundCase.isPaidAfterEnd)
        #expect(
            life.meets(.failed(.payout, at: later(21)), at: later(21)) == "rejected: alert payout_bounced/payout#1")
        #expect(!life.refundCase.isPaidAfterEnd)
        #expect(life.sends(until: Example.refundBy) == [])
    }

    @Test("a void ends all sending, and says that the access must come back where its revocation may be out")
    func voids() {
        var out = Situation.waiting.life
        #expect(out.meets(.reviewed(.void), at: later(2)) == "rejected: notice rejected, alert access_to_restore")
        #expect(out.sends(until: Example.refundBy) == [])
        var unsent = CaseLife(policy: .example(payout: .afterRevocation), broker: .unsent)
        #expect(unsent.meets(.reviewed(.void), at: later(2)) == "rejected: revoke taken back, notice rejected")
        #expect(unsent.sends(until: Example.refundBy) == [])
    }

    @Test("a void waits for the payout's answer: until it failed it is not applicable, nor once it stands")
    func voidNeedsAnswer() {
        var life = CaseLife()
        #expect(life.meets(.reviewed(.void), at: later(1)) == Situation.no)
        #expect(life.meets(.reviewed(.void), at: later(1)) == "unchanged", "refused once, under this id")
        life.add(.failed(.payout, at: later(2)), at: later(2))
        #expect(life.meets(.reviewed(.void, action: "another"), at: later(2)).status == "rejected")
        var paid = Situation.revokeFailed.life
        #expect(paid.meets(.reviewed(.void), at: later(10)) == Situation.no)
    }

    @Test("what was missed when a person closes is told, however late the message comes")
    func closesLate() {
        var life = CaseLife()
        life.add(.failed(.payout, at: start, retryable: false), at: start)
        let closed = life.meets(.reviewed(.close), at: Example.refundBy)
        #expect(closed == "settled: alert refund_missed, notice settled")
        #expect(life.refundCase.deadlines.refund == .missed)
    }

    @Test("a close counts as the money in time, unless the deadline was missed before")
    func meetsDeadline() {
        #expect(paidByHand.refundCase.deadlines.refund == .met)
        var late = Situation.missed.life
        late.add(.reviewed(.close), at: Example.refundBy)
        #expect(late.refundCase.deadlines.refund == .missed)
    }
}
