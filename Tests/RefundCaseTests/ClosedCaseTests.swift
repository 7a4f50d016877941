import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// A person closes a case that was settled by other means: the worker must not pay it as well, whatever is told later.
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

    @Test("when the revocation bounces after a close, a retry repeats the revocation and never the payout")
    func bouncesAfterClose() {
        var life = paidByHand
        life.add(.failed(.revoke, at: later(2)), at: later(2))
        life.add(.retried(), at: later(3))
        life.fallDue(at: later(4))
        life.add(.succeeded(.revoke, key: 2, at: later(5)), at: later(5))
        #expect(
            life.transcript.dropFirst(2) == [
                "attention: alert payout_failed", "settled: payout taken back, notice settled",
                "attention: alert revoke_bounced", "approved: revoke#2", "unchanged", "settled",
            ])
    }

    @Test("a held payout of a closed case stays held when the revocation succeeds a second time")
    func heldStaysHeld() {
        var life = CaseLife(policy: .example(payout: .afterRevocation))
        life.add(.failed(.revoke, at: start, retryable: false), at: start)
        life.add(.reviewed(.close), at: later(1))
        life.add(.succeeded(.revoke, at: later(2)), at: later(2))
        life.add(.failed(.revoke, at: later(3)), at: later(3))
        life.add(.succeeded(.revoke, at: later(4)), at: later(4))
        #expect(
            life.transcript.dropFirst(2) == [
                "settled: notice settled", "settled", "attention: alert revoke_bounced", "settled",
            ])
        #expect(life.refundCase.state.fulfilment?.payout?.progress == .held)
    }

    @Test("a late failure of a closed case's payout sends nothing, also once the case has come back")
    func failsAfterClose() {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.fallDue(at: Example.refundBy)
        life.add(.reviewed(.close), at: Example.refundBy)
        life.add(.failed(.revoke, at: Example.refundBy + .minutes(1)), at: Example.refundBy + .minutes(1))
        #expect(life.status == .attention)
        let late = Example.refundBy + .minutes(2)
        #expect(life.add(.failed(.payout, at: late), at: late) == "attention")
        #expect(life.refundCase.state.fulfilment?.payout?.dueAt == nil)
    }

    @Test("a payout that succeeds after a close calls a person, also once the case has come back")
    func succeedsAfterClose() {
        var life = paidByHand
        life.add(.failed(.revoke, at: later(2)), at: later(2))
        #expect(life.add(.succeeded(.payout, at: later(3)), at: later(3)) == "attention: alert payout_done_twice")
    }

    @Test("a bounce of what was paid twice calls a person and leaves the case settled: nothing more is owed")
    func bouncesOfTwice() {
        var life = paidByHand
        life.add(.succeeded(.payout, at: later(2)), at: later(2))
        let settled = life.refundCase.state
        #expect(life.add(.failed(.payout, at: later(3)), at: later(3)) == "settled: alert payout_bounced")
        guard case .settled(_, let before) = settled, case .settled(_, let after) = life.refundCase.state else {
            Issue.record("not settled")
            return
        }
        #expect(before == after)
        #expect(life.refundCase.deadlines.refund == .met)
    }

    @Test("a payout that had succeeded before the close was no other means: after its bounce a retry pays")
    func retriesWhatWasPaid() {
        var life = CaseLife()
        life.add(.succeeded(.payout, at: start), at: start)
        life.add(.failed(.revoke, at: start, retryable: false), at: start)
        #expect(life.add(.reviewed(.close), at: later(1)) == "settled: notice settled")
        life.add(.failed(.payout, at: later(2)), at: later(2))
        #expect(life.add(.retried(), at: later(3)) == "approved: revoke#2, payout#2")
    }

    @Test("a case that has come back may be closed in the same words")
    func closesAgain() {
        var life = paidByHand
        #expect(life.add(.reviewed(.close), at: later(2)) == "unchanged")
        life.add(.failed(.revoke, at: later(3)), at: later(3))
        #expect(life.add(.reviewed(.close), at: later(4)) == "settled: payout taken back")
    }

    @Test("what was missed when a person closes is told, however late the message comes")
    func closesLate() {
        var life = CaseLife()
        life.add(.failed(.payout, at: start, retryable: false), at: start)
        let closed = life.add(.reviewed(.close), at: Example.refundBy)
        #expect(closed == "settled: alert refund_missed, payout taken back, notice settled")
        #expect(life.refundCase.deadlines.refund == .missed)
    }
}
