import RefundCase
import RefundPolicy
import TestSupport
import Testing

/// Whole lives of cases, as transcripts.
struct LifeTests {
    private let minute = Duration.minutes(1)
    private let start = Example.receivedAt

    @Test("revoked, paid, settled, and the answer known to be in time")
    func settles() {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start + minute), at: start + minute)
        life.add(.succeeded(.payout, at: start + minute), at: start + minute)
        life.fallDue(at: Example.responseAtRisk)
        #expect(
            life.transcript == [
                "approved: revoke#1, payout#1, notice approved", "approved", "settled: notice settled", "settled",
            ])
        #expect(life.refundCase.deadlines == Deadlines(response: .met, refund: .met))
        #expect(life.refundCase.dueAt == nil)
        #expect(life.refundCase.eventCount == 4)
        #expect(life.refundCase.messageCount == 4)
    }

    @Test("with after_revocation the payout goes out with the revocation's success")
    func waitsForRevocation() {
        var life = CaseLife(policy: .example(payout: .afterRevocation))
        life.add(.failed(.revoke, at: start), at: start)
        life.fallDue(at: life.refundCase.dueAt ?? start)
        life.add(.succeeded(.revoke, key: 2, at: start + .hours(1)), at: start + .hours(1))
        life.add(.succeeded(.payout, at: start + .hours(2)), at: start + .hours(2))
        #expect(
            life.transcript == [
                "approved: revoke#1, notice approved", "approved", "approved: revoke#2", "approved: payout#1",
                "settled: notice settled",
            ])
    }

    @Test("silence is answered by the same message until the attempts are used up, and a person starts another round")
    func staysSilent() {
        var life = CaseLife(policy: .example(maxAttempts: 2))
        life.add(.succeeded(.revoke, at: start), at: start)
        for _ in 0..<2 { life.fallDue(at: life.refundCase.dueAt ?? start) }
        life.add(.retried(), at: start + .hours(1))
        for _ in 0..<2 { life.fallDue(at: life.refundCase.dueAt ?? start) }
        life.add(.succeeded(.payout, at: start + .hours(3)), at: start + .hours(3))
        #expect(
            life.transcript.dropFirst(2) == [
                "approved: payout again, attempt 2", "attention: alert payout_unanswered/payout#1",
                "approved: payout again, attempt 3", "approved: payout again, attempt 4",
                "attention: alert payout_unanswered/payout#1.2", "settled: notice settled",
            ])
    }

    @Test("each failure is answered by the next key until the attempts are used up")
    func keepsFailing() {
        var life = CaseLife(policy: .example(maxAttempts: 2))
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.failed(.payout, key: 1, at: start), at: start)
        life.fallDue(at: life.refundCase.dueAt ?? start)
        life.add(.failed(.payout, key: 2, at: start + minute), at: start + minute)
        life.add(.retried(), at: start + .hours(1))
        life.add(.succeeded(.payout, key: 3, at: start + .hours(1)), at: start + .hours(1))
        #expect(
            life.transcript.dropFirst(2) == [
                "approved", "approved: payout#2", "attention: alert payout_failed/payout#2", "approved: payout#3",
                "settled: notice settled",
            ])
    }

    @Test("a bounced payout reopens the case; a retry pays under the next key, and the customer hears of both")
    func bounces() {
        var life = Situation.settled.life
        life.add(.failed(.payout, at: start + .days(1), retryable: true), at: start + .days(1))
        #expect(life.refundCase.deadlines.refund == .pending)
        life.add(.retried(), at: start + .days(2))
        life.add(.succeeded(.payout, key: 2, at: start + .days(2)), at: start + .days(2))
        #expect(
            life.transcript.suffix(3).map(Outcome.of) == [
                "attention: alert payout_bounced/payout#1, notice delayed", "approved: payout#2",
                "settled: notice settled.2",
            ])
        #expect(life.refundCase.deadlines.refund == .met)
    }

    @Test("a bounce after the refund's deadline is a missed deadline as well")
    func bouncesLate() {
        var life = Situation.settled.life
        #expect(
            life.meets(.failed(.payout, at: Example.refundBy), at: Example.refundBy)
                == "attention: alert payout_bounced/payout#1, alert refund_missed, notice delayed")
    }

    @Test("a late success settles what had run out of time, and the deadline stays missed")
    func succeedsLate() {
        var life = CaseLife()
        life.add(.succeeded(.revoke, at: start), at: start)
        life.add(.failed(.payout, at: start), at: start)
        life.fallDue(at: Example.refundBy)
        life.add(.succeeded(.payout, key: 2, at: Example.refundBy + minute), at: Example.refundBy + minute)
        #expect(
            life.transcript.dropFirst(3) == [
                "attention: payout#2, alert refund_missed", "settled: notice settled",
            ])
        #expect(life.refundCase.deadlines.refund == .missed)
    }

    @Test("a rejection does not undo a deadline that was missed")
    func rejectsLate() {
        var life = CaseLife(.example(dispute: .open))
        life.fallDue(at: Example.refundBy, answeredAt: nil)
        life.add(.reviewed(.reject), at: Example.refundBy + minute)
        #expect(life.status == .rejected)
        #expect(life.refundCase.deadlines.refund == .missed)
        #expect(life.refundCase.dueAt == nil)
    }
}
